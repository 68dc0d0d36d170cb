#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A table of truths: one requirement a line, and what a check of it must say.

    requirement | to | needs | keys | verdict | state cause by | network service | turn

truths.py product NAME TABLE: the product file of its left half. `needs` may begin with "forbid:"; keys are more
lines of the requirement, with ";" between them. A role stands for one host of each family, or for a
name: "www.peer.test" is the role www.

truths.py compare TABLE RUN FW ...: what RUN (jsonl) says otherwise than its right half. Each verdict of the
requirement must be as the row has it. `by` is "target", "fw" (one of the addresses FW), "other" or "-".
A row whose right half is "*" is not compared.
"""
import json
import sys


def rows(path):
    for line in open(path):
        cells = [cell.strip() for cell in line.split('|')]
        if len(cells) == 8:
            yield cells
        elif line.strip() and not line.startswith('#'):
            sys.exit(f'{path}: {len(cells)} cells, not 8: {line}')


def role_of(to):
    return to.split('.')[0]


def product(name, path):
    table = list(rows(path))
    print(f'portolan: 1\nproduct: {name}\ntitle: made to be tested\ndocuments: {{made: {{title: made up}}}}')
    print('roles:\n  client: {title: the client}')
    for role in dict.fromkeys(role_of(row[1]) for row in table):
        print(f'  {role}:\n    title: made up\n    many: true')
        print('    settings: {rpc_ports: {type: range, default: 1024-65535}}')
    print('requirements:')
    for requirement, to, needs, keys, *_ in table:
        if not needs.startswith('forbid:'):
            needs = 'needs: ' + needs
        lines = ['from: client', f'to: {role_of(to)}', needs, 'why: made up', 'doc: {in: made, row: made}']
        lines += [key.strip() for key in keys.split(';') if key.strip()]
        print(f'  {requirement}:')
        for line in lines:
            print(f'    {line}')


def said(verdict, outcomes, fw):
    """The right half of a row, as the run has it."""
    decisive = outcomes.get(verdict['decisive'])
    seen = '-'
    if decisive:
        by = decisive['by']
        who = '-' if not by else 'target' if by == decisive['target'] else 'fw' if by in fw else 'other'
        seen = f"{decisive['state']} {decisive['cause']} {who}"
    turn = verdict['turn']
    who = '-' if not turn else turn['who'] + (f":{turn['device']}" if turn['device'] else '')
    return [verdict['verdict'], seen, f"{verdict['network']} {verdict['service']}", who]


def compare(path, run, *fw):
    records = [json.loads(line) for line in open(run)]
    outcomes = {r['id']: r for r in records if r['record'] == 'outcome'}
    verdicts = {}
    for r in records:
        if r['record'] == 'verdict':
            verdicts.setdefault(r['requirement'].split('/', 1)[1], []).append(r)
    for requirement, *_, verdict, seen, answers, turn in rows(path):
        if requirement not in verdicts:
            print(f'{requirement}: no verdict')
        for r in verdicts.get(requirement, []):
            is_so = said(r, outcomes, fw)
            if verdict != '*' and is_so != [verdict, seen, answers, turn]:
                print(f"{requirement} to {r['to']}: {' | '.join(is_so)}, not "
                      f"{' | '.join([verdict, seen, answers, turn])} ({r['reason']})")


if __name__ == '__main__':
    {'product': product, 'compare': compare}[sys.argv[1]](*sys.argv[2:])
