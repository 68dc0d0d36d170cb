#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The model's answers against the kernel's own.

    compare.py --whole <PACKETS >ALL          what the oracle's packets are besides what they say
    compare.py PACKETS VERDICTS ANSWERS [--most N]

PACKETS as tests/box/oracle takes them, VERDICTS what it said, ANSWERS what "policy explain --packets" did, all of
them a line of JSON a packet, in one order. What the model calls certain must be what the kernel did; where it names
several ends, one of them must be. Prints the disagreements (at most N of them) and a line of counts; status 1 where
there are any."""
import argparse
import collections
import json
import sys

sys.dont_write_bytecode = True
# pylint: disable=wrong-import-position
from packets import build

DISCOVERY = range(133, 138)
UDPLITE = 136  # of which the kernel's connection tracking sums up the header as if it were UDP
STOPPED = ('dropped', 'rejected', 'unrouted')


def rows(path):
    with open(path, encoding='utf-8') as f:
        return [json.loads(line) for line in f if line.strip()]


def whole(packet):
    """As tests/box/sender.py sends it."""
    discovers = packet['proto'] == 58 and packet['family'] == 6 and packet['icmp_type'] in DISCOVERY
    full = {'ttl': 255 if discovers else 64, 'tcp_flags': 'syn', 'dscp': 0, 'ecn': 0,
            'length': len(build({'src': '::' if packet['family'] == 6 else '0.0.0.0', **packet}, 0)), **packet}
    if packet['in'] is None:
        return {'uid': 0, 'gid': 0, 'src': '0.0.0.0' if packet['family'] == 4 else '::', **full}
    return {'mac': '02:00:00:00:00:fe', **full}


def same_way(outcome, verdict):
    """Where it passes, it does so by the same link, with the same addresses and target port."""
    if outcome['fate'] != 'local' and outcome['out'] != verdict.get('out'):
        return False
    if any('which address of' in words for words in outcome['depends']):
        return True  # of a range the ends are named
    if 'src' in verdict and (outcome['src'] != verdict['src'] or outcome['dst'] != verdict['dst']):
        return False
    return 'dport' not in verdict or outcome['dport'] == verdict['dport']


def agrees(outcome, verdict):
    fate, kernel = outcome['fate'], verdict['fate']
    if fate == 'undecided':
        return True
    if kernel in ('dropped', 'rejected'):
        if fate not in STOPPED:
            return False
        # Routing tells the sender, or not; the kernel limits ICMP errors, and sends none about what went to all.
        return fate == 'unrouted' or verdict.get('limited') or fate == kernel or fate == 'rejected'
    return fate == kernel and same_way(outcome, verdict)


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--whole', action='store_true')
    p.add_argument('files', nargs='*')
    p.add_argument('--most', type=int, default=10)
    args = p.parse_args()
    if args.whole:
        for line in sys.stdin:
            print(json.dumps(whole(json.loads(line))))
        return 0
    counts, wrong = collections.Counter(), 0
    packets, verdicts, answers = (rows(path) for path in args.files)
    if not len(packets) == len(verdicts) == len(answers) or not packets:
        raise SystemExit(f'{len(packets)} packets, {len(verdicts)} verdicts, {len(answers)} answers')
    for packet, verdict, answer in zip(packets, verdicts, answers):
        if packet['id'] != verdict['id'] or packet['id'] != answer['id']:
            raise SystemExit(f'out of order: {packet["id"]}, {verdict["id"]}, {answer["id"]}')
        certain = len(answer['outcomes']) == 1 and answer['outcomes'][0]['fate'] != 'undecided'
        counts['certain' if certain else 'depends'] += 1
        counts[verdict['fate']] += 1
        # What a program may not even send: EPERM is a hook's, these are not.
        if verdict.get('error') in ('EINVAL', 'EADDRNOTAVAIL', 'EACCES', 'ENODEV'):
            counts['refused by the socket'] += 1
            continue
        if packet['proto'] == UDPLITE:
            counts['UDP-Lite'] += 1
            continue
        if not any(agrees(o, verdict) for o in answer['outcomes']):
            wrong += 1
            if wrong <= args.most:
                print(f'packet  {json.dumps(packet)}\n kernel {json.dumps(verdict)}')
                for o in answer['outcomes']:
                    print(f' model  {json.dumps(o)}')
    print(f'{len(packets)} packets, {wrong} disagreements; ' + ', '.join(f'{k} {n}' for k, n in sorted(counts.items())))
    return 1 if wrong else 0


if __name__ == '__main__':
    raise SystemExit(main())
