#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""try-compare.py CHECK.jsonl <EXPECTED: is what `portolan check` found what was broken on purpose?

EXPECTED has a line for each requirement, with tabs between: its id, verdict, the state that decided, and for what
was broken who may be blamed for it ("hop unproven") and how it was broken. A requirement that is not there must
not fail. What differs is told, and the status is 1. The right verdict with the wrong one blamed is told, too."""
import json
import sys


def read_check(path):
    outcomes, verdicts = {}, {}
    with open(path, encoding='utf-8') as f:
        for line in f:
            r = json.loads(line)
            if r['record'] == 'outcome':
                outcomes[r['id']] = r
            elif r['record'] == 'verdict' and r['verdict'] != 'elsewhere':
                verdicts.setdefault(r['requirement'], []).append(r)
    return outcomes, verdicts


def describe(outcome):
    blamed = outcome['device'] or outcome['by'] or ' or '.join(outcome['candidates'])
    return f"{outcome['state']}, {outcome['cause']}" + (f': {blamed}' if blamed else '')


def compare(expected, outcomes, verdicts):
    wrong = 0
    for requirement, verdict, state, causes, how in expected:
        found = verdicts.pop(requirement, [])
        decisive = [outcomes[i] for v in found for i in v['outcomes']]
        ok = {v['verdict'] for v in found} == {verdict} and {o['state'] for o in decisive} == {state}
        if how or not ok:
            said = '; '.join(sorted({describe(o) for o in decisive})) or 'nothing'
            print(f"  {'found' if ok else 'DIFFERS':7} {requirement.split('/')[1]}: {how or 'not broken'}")
            print(f"          it says: {', '.join(sorted({v['verdict'] for v in found}))} ({said})")
        if ok and not {o['cause'] for o in decisive} <= set(causes.split() or ['target']):
            print('          but blames the wrong one: this version cannot tell the two apart')
        wrong += not ok
    for requirement, found in verdicts.items():
        for v in found:
            if v['verdict'] in ('fail', 'forbidden-open'):
                print(f"  DIFFERS {requirement}: was not broken, and it says {v['verdict']}: {v['reason']}")
                wrong += 1
    return wrong


def main():
    expected = [(line.rstrip('\n').split('\t') + [''] * 2)[:5] for line in sys.stdin if line.strip()]
    return 1 if compare(expected, *read_check(sys.argv[1])) else 0


if __name__ == '__main__':
    sys.exit(main())
