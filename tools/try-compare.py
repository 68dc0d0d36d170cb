#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""try-compare.py CHECK.jsonl <EXPECTED: is what `portolan check` found what was broken on purpose?

EXPECTED has a line for each requirement, with tabs between: its id, verdict, the state that decided, and for what
was broken who may be blamed for it ("hop unproven") and how it was broken. A goal's line is "goal NAME", its
verdict, and the requirement that decided it. A requirement that is not there must not fail. What differs is told,
and the status is 1. The right verdict with the wrong one blamed is told, too."""
import json
import sys


def read_check(path):
    outcomes, verdicts, goals = {}, {}, {}
    with open(path, encoding='utf-8') as f:
        for line in f:
            r = json.loads(line)
            if r['record'] == 'outcome':
                outcomes[r['id']] = r
            elif r['record'] == 'verdict' and r['verdict'] != 'elsewhere':
                verdicts.setdefault(r['requirement'], []).append(r)
            elif r['record'] == 'goal':
                goals[r['goal']] = r
    return outcomes, verdicts, goals


def describe(outcome):
    blamed = outcome['device'] or outcome['by'] or ' or '.join(outcome['candidates'])
    return f"{outcome['state']}, {outcome['cause']}" + (f': {blamed}' if blamed else '')


def tell(ok, what, how, said):
    if how or not ok:
        print(f"  {'found' if ok else 'DIFFERS':7} {what}: {how or 'not broken'}")
        print(f'          it says: {said}')
    return ok


def same_goal(expected, goals):
    name, verdict, requirement, _, how = expected
    goal = goals.get(name.split()[1], {'verdict': 'nothing', 'requirement': None})
    ok = goal['verdict'] == verdict and (goal['requirement'] or '') == requirement
    return tell(ok, name, how, goal['verdict'] + (f" ({goal['requirement']})" if goal['requirement'] else ''))


def same_requirement(expected, outcomes, found):
    requirement, verdict, state, causes, how = expected
    decisive = [outcomes[v['decisive']] for v in found if v['decisive']]
    ok = {v['verdict'] for v in found} == {verdict} and {o['state'] for o in decisive} == {state}
    said = '; '.join(sorted({describe(o) for o in decisive})) or 'nothing'
    tell(ok, requirement.split('/')[1], how, f"{', '.join(sorted({v['verdict'] for v in found}))} ({said})")
    if ok and how and not {o['cause'] for o in decisive} <= set(causes.split() or ['target']):
        print('          but blames the wrong one: this version cannot tell the two apart')
    return ok


def compare(expected, outcomes, verdicts, goals):
    wrong = 0
    for line in expected:
        if line[0].startswith('goal '):
            wrong += not same_goal(line, goals)
        else:
            wrong += not same_requirement(line, outcomes, verdicts.pop(line[0], []))
    for requirement, found in verdicts.items():
        for v in found:
            if v['verdict'] in ('fail', 'forbidden-open'):
                print(f"  DIFFERS {requirement}: was not broken, and it says {v['verdict']}: {v['reason']}")
                wrong += 1
    return wrong


def main():
    expected = [(line.rstrip('\n').split('\t') + [''] * 4)[:5] for line in sys.stdin if line.strip()]
    return 1 if compare(expected, *read_check(sys.argv[1])) else 0


if __name__ == '__main__':
    sys.exit(main())
