# SPDX-License-Identifier: ISC
"""What was collected from one Linux box: the output of each command, from a bundle or from plain files."""
import json


class BadInput(Exception):
    """One sentence, with its place."""


# Each part's short name, which is also the option that gives it as a file, and the command whose output it is.
PARTS = {
    'nft': 'nft -j list ruleset',
    'iptables-nft': 'iptables-nft-save -c',
    'ip6tables-nft': 'ip6tables-nft-save -c',
    'ebtables-nft': 'ebtables-nft-save',
    'iptables-legacy': 'iptables-legacy-save -c',
    'ip6tables-legacy': 'ip6tables-legacy-save -c',
    'ipset': 'ipset save',
    'link': 'ip -j -d link',
    'address': 'ip -j address',
    'route4': 'ip -j -4 route show table all',
    'route6': 'ip -j -6 route show table all',
    'rule4': 'ip -j -4 rule',
    'rule6': 'ip -j -6 rule',
    'sysctl': 'sysctl -ae',
}
NAMES = {command: name for name, command in PARTS.items()}


class Bundle:
    """parts: the text of each part that was collected, by its short name."""

    def __init__(self):
        self.parts = {}

    def text(self, name):
        return self.parts.get(name, '')

    def has(self, name):
        return name in self.parts

    def json(self, name):
        """The list (or for nft the object) of a part in JSON; an empty list where it was not collected."""
        text = self.text(name)
        if not text.strip():
            return []
        try:
            return json.loads(text)
        except ValueError as e:
            raise BadInput(f'{PARTS[name]}: no JSON: {e}') from None

    def add_file(self, name, path):
        with open(path, encoding='utf-8') as f:
            self.parts[name] = f.read()

    def read(self, path):
        """A whole bundle. A command that failed counts as not collected."""
        with open(path, encoding='utf-8') as f:
            lines = f.read().split('\n')
        if lines[0] != 'portolan bundle 1':
            raise BadInput(f'{path}:1: not "portolan bundle 1"')
        if lines[-1] or len(lines) < 2 or lines[-2] != 'end':
            raise BadInput(f'{path}:{len(lines)}: truncated: the last line is not "end"')
        output, failed = {}, set()
        command = None
        for number, line in enumerate(lines[1:-2], 2):
            if line.startswith('\t') and command:
                output[command].append(line[1:])
            elif line.startswith('$ '):
                command = line[2:]
                if command in output:
                    raise BadInput(f'{path}:{number}: {command} for the second time')
                output[command] = []
            elif line.startswith('? ') and command:
                failed.add(command)
            elif command or not line.startswith(('host ', 'time ')):
                raise BadInput(f'{path}:{number}: cannot read "{line[:60]}"')
        for command, text in output.items():
            if command in NAMES and command not in failed:
                self.parts[NAMES[command]] = '\n'.join(text) + '\n'

    def links(self):
        """The interfaces: of `ip link`, or of `ip address`, which tells them too."""
        found = self.json('link') or self.json('address')
        if not found:
            raise BadInput('no interfaces: neither `ip -j -d link` nor `ip -j address` was collected')
        return found

    def open_links(self):
        """The interfaces at which a packet can arrive: up, no port of another, not lo."""
        return [link['ifname'] for link in self.links()
                if link['ifname'] != 'lo' and 'UP' in link.get('flags', ['UP']) and 'master' not in link]

    def addresses(self):
        """(interface, address) of every address; an address is what `ip -j address` says of it."""
        for link in self.json('address'):
            for address in link.get('addr_info', []):
                if 'local' in address:
                    yield link['ifname'], address
