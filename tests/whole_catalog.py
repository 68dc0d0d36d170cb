#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""whole_catalog.py NETWORK CLIENT SERVER ...: a site on standard output where the host at CLIENT uses every
product of the catalog, each with every feature, and talks to servers. A product with choices is used once for
each option. What one use forbids another may need, so each has the next of the SERVER addresses."""
import json
import os
import subprocess
import sys

# Where the default is no port of a server that the test has, or there is none.
SETTINGS = {
    'domino': [{}, {'nrpc_port': 51413}],
    'passwordstate': [{}, {'gateway_port': 6379}],
    'stanford-from-outside': [{'leland_version': '"2.1.1.2"'}],
}
# Roles that connect as often as they are connected to.
AT_CLIENT = {'secure-ports': [['inside', 'snmp_manager']]}

# What one role needs there and another must not: they are not at the same end. And who must not connect to any
# port of all, of which there are too many to be asked again and again.
AT_SERVER = {
    'domino': [[], ['remote'], ['client'], ['client', 'outer']],
    'passwordstate': [['browser', 'portal'], ['web', 'portal'], ['browser', 'portal']],
}


def catalog(*words):
    out = subprocess.run([os.environ['PORTOLAN'], 'catalog', *words, '--format', 'json'], check=True,
                         stdout=subprocess.PIPE).stdout
    return json.loads(out)['records']


def named(records, kind):
    return [r for r in records if r['record'] == kind]


def starts(role, requirements):
    """Whether it connects more often than others connect to it."""
    return sum((r['from'] == role) - (r['to'] == role) for r in requirements) > 0


def nth_of(table, product, nth, default):
    rows = table.get(product, [default])
    return rows[nth % len(rows)]


def use(product, records, nth, server):
    requirements = named(records, 'requirement')
    here, there = nth_of(AT_CLIENT, product, nth, []), nth_of(AT_SERVER, product, nth, [])
    lines = [f'  - product: {product}', f'    as: {product}-{nth}', '    roles:']
    for role in named(records, 'role'):
        name = role['name']
        is_client = name in here or name not in there and starts(name, requirements)
        lines.append(f'      {name}: {"client" if is_client else server}')
    features = [f['name'] for f in named(records, 'feature')]
    if features:
        lines.append(f'    features: [{", ".join(features)}]')
    choices = named(records, 'choice')
    if choices:
        lines.append('    choices:')
        lines += [f'      {c["name"]}: {c["options"][nth % len(c["options"])]}' for c in choices]
    settings = nth_of(SETTINGS, product, nth, {})
    if settings:
        lines.append('    settings:')
        lines += [f'      {k}: {v}' for k, v in settings.items()]
    return lines


def main():
    network, client, *addresses = sys.argv[1:]
    uses = []
    for p in named(catalog('list'), 'product'):
        records = catalog('show', p['product'])
        options = [len(c['options']) for c in named(records, 'choice')]
        for nth in range(max(options + [len(SETTINGS.get(p['product'], []))]) or 1):
            uses.append((p['product'], records, nth))
    lines = ['portolan: 1', 'site: whole-catalog', 'zones:', f'  net: {{networks: [{network}]}}', 'hosts:',
             f'  client: {{addresses: [{client}]}}']
    lines += [f'  server{i}: {{addresses: [{a}]}}' for i, a in enumerate(addresses)]
    lines.append('uses:')
    for i, (product, records, nth) in enumerate(uses):
        lines += use(product, records, nth, f'server{i % len(addresses)}')
    print('\n'.join(lines))


if __name__ == '__main__':
    main()
