# SPDX-License-Identifier: ISC
"""Packets around every boundary that a bundle's texts mention: both sides of both ends of every prefix and range,
every port and number and their neighbours, with what else the same rule says, and at random."""
import collections
import ipaddress
import itertools
import random
import re

from packets import EXTENSIONS

PROTOCOLS = {'icmp': 1, 'igmp': 2, 'tcp': 6, 'udp': 17, 'gre': 47, 'esp': 50, 'icmpv6': 58, 'ipv6-icmp': 58,
             'sctp': 132, 'udplite': 136}
TYPES = {'echo-reply': 0, 'destination-unreachable': 3, 'redirect': 5, 'echo-request': 8, 'time-exceeded': 11,
         'nd-router-solicit': 133, 'nd-router-advert': 134, 'nd-neighbor-solicit': 135, 'nd-neighbor-advert': 136}
PORTED = (6, 17, 132, 136)
# What JSON says that decides about no packet.
ASIDE = ('packets', 'bytes', 'handle', 'prio', 'expires', 'timeout', 'comment', 'metainfo', 'ifindex', 'mtu', 'txqlen',
         'preferred_life_time', 'valid_life_time')
ODD = {4: ['0.0.0.0', '127.0.0.1', '255.255.255.255', '224.0.0.1', '240.0.0.1', '169.254.1.1', '192.0.2.77'],
       6: ['::', '::1', 'ff02::1', 'fe80::77', '::ffff:192.0.2.7', '2001:db8:ffff::77']}


class Line:
    """What one rule, element, route or address mentions."""

    def __init__(self):
        self.addresses = {4: set(), 6: set()}
        self.numbers, self.protocols, self.types, self.words, self.macs = set(), set(), set(), set(), set()

    def join(self, other):
        for family in (4, 6):
            self.addresses[family] |= other.addresses[family]
        for name in ('numbers', 'protocols', 'types', 'words', 'macs'):
            getattr(self, name).update(getattr(other, name))

    def add(self, token):
        if re.fullmatch(r'([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}', token):
            self.macs.add(token)
        elif self._add_range(token):
            pass
        elif re.fullmatch(r'(0x[0-9a-fA-F]+|\d+)([:/-](0x[0-9a-fA-F]+|\d+))*', token):
            for part in re.split('[:/-]', token):
                number = int(part, 16 if part.startswith('0x') else 10)
                self.numbers.update(n for n in (number - 1, number, number + 1) if 0 <= n < 1 << 32)
        elif token in PROTOCOLS:
            self.protocols.add(PROTOCOLS[token])
        elif token in TYPES:
            self.types.add(TYPES[token])
        elif ':' in token or ',' in token:  # "tcp:80", "10.0.0.1,udp:53" of a set
            for part in re.split('[:,]', token):
                if part and part != token:
                    self.add(part)
        else:
            self.words.add(token)

    def _add_range(self, token):
        try:
            ends = [ipaddress.ip_network(part, strict=False) for part in token.split('-')] \
                if '.' in token or ':' in token else []
        except ValueError:
            return False
        if not ends:
            return False
        low, high = ends[0], ends[-1]
        first, last, family = int(low[0]), int(high[-1]), low.version
        top = (1 << low.max_prefixlen) - 1
        for value in (first - 1, first, (first + last) // 2, last, last + 1):
            if 0 <= value <= top:
                kind = ipaddress.IPv4Address if family == 4 else ipaddress.IPv6Address
                self.addresses[family].add(str(kind(value)))
        return True

    def boundaries(self):
        """(kind, value) of each."""
        for family in (4, 6):
            yield from ((family, a) for a in sorted(self.addresses[family]))
        yield from (('number', n) for n in sorted(self.numbers))
        yield from (('type', t) for t in sorted(self.types))
        yield from (('protocol', p) for p in sorted(self.protocols))
        yield from (('mac', m) for m in sorted(self.macs))


def tokens_of(item):
    """The words of a piece of JSON; prefixes and ranges as one."""
    if isinstance(item, dict):
        if set(item) == {'addr', 'len'}:
            yield f'{item["addr"]}/{item["len"]}'
            return
        if 'local' in item and 'prefixlen' in item:
            yield f'{item["local"]}/{item["prefixlen"]}'
        if 'range' in item and all(isinstance(end, (str, int)) for end in item['range']):
            yield '-'.join(str(end) for end in item['range'])
            return
        for key, value in item.items():
            if key not in ASIDE:
                yield key
                yield from tokens_of(value)
    elif isinstance(item, list):
        for value in item:
            yield from tokens_of(value)
    elif not isinstance(item, bool) and item is not None:
        yield str(item).lstrip('@')


def line_of(tokens):
    line = Line()
    for token in tokens:
        line.add(token)
    return line


def text_lines(text):
    """Saves: a rule or an element a line, without counters and comments."""
    for row in text.splitlines():
        row = re.sub(r'^\[\d+:\d+\]|--comment ("[^"]*"|\S+)', ' ', row)
        if row.strip() and row[0] not in '#:*':
            yield line_of(t for word in re.split(r'[\s"=!{}@;]+', row) for t in [word.strip(',')] if t)


def collect(bundle):
    """All lines, and the sets by name."""
    lines, sets = [], collections.defaultdict(Line)
    if bundle.text('nft').lstrip().startswith('{'):
        for item in bundle.json('nft').get('nftables', []):
            (kind, body), = item.items()
            if kind in ('set', 'map'):
                sets[body['name']].join(line_of(tokens_of(body.get('elem', []))))
            if kind in ('set', 'map', 'element', 'rule'):
                lines.append(line_of(tokens_of(body.get('elem', body.get('expr', [])))))
    else:
        lines += text_lines(bundle.text('nft'))
    for row in bundle.text('ipset').splitlines():
        words = row.split()
        if words[:1] == ['add']:
            sets[words[1]].join(line_of(words[2:3]))
    for name in ('iptables-nft', 'ip6tables-nft', 'iptables-legacy', 'ip6tables-legacy', 'ipset'):
        lines += text_lines(bundle.text(name))
    for name in ('route4', 'route6', 'rule4', 'rule6'):
        lines += [line_of(tokens_of(item)) for item in bundle.json(name)]
    lines += [line_of(tokens_of(a)) for _, a in bundle.addresses()]
    return lines, sets


class Maker:
    def __init__(self, bundle, seed):
        self.random = random.Random(seed)
        self.lines, self.sets = collect(bundle)
        for line in self.lines:
            for name in line.words & set(self.sets):
                line.join(self.sets[name])
        self.links = bundle.open_links()
        self.own = {4: [], 6: []}
        self.nets = collections.defaultdict(list)
        for name, address in bundle.addresses():
            family = 6 if ':' in address['local'] else 4
            self.own[family].append(address['local'])
            self.nets[name, family].append(ipaddress.ip_network(f'{address["local"]}/{address["prefixlen"]}', False))
        everything = Line()
        for line in self.lines:
            everything.join(line)
        self.pool = {family: sorted(everything.addresses[family]) + ODD[family] for family in (4, 6)}
        self.numbers = sorted(everything.numbers) or [80]
        self.types = sorted(everything.types) or [8, 128]

    def make(self, count):
        """Every boundary of every line in turn, again and again; every fifth packet has nothing to do with one."""
        rows = [(line, b) for line in self.lines for b in line.boundaries()]
        self.random.shuffle(rows)
        for made, (line, boundary) in enumerate(itertools.islice(itertools.cycle(rows or [(Line(), None)]), count)):
            packet = self._packet(line, boundary if made % 5 else None)
            yield {'id': made + 1, **packet}

    def _one(self, some, others):
        """Mostly of the same line."""
        some = sorted(some)
        return self.random.choice(some if some and self.random.random() < 0.7 else others)

    def _packet(self, line, boundary):
        kind, value = boundary or (None, None)
        families = [f for f in (4, 6) if line.addresses[f]] or [f for f in (4, 6) if self.own[f]] or [4, 6]
        family = kind if kind in (4, 6) else self.random.choice(families)
        packet = {'in': self._link(line), 'family': family}
        packet['proto'] = self._protocol(line, family, kind, value)
        self._ends(packet, line)
        if kind in (4, 6):
            packet[self.random.choice(('src', 'dst'))] = value
        if packet['in'] is None and packet['src'] == '0.0.0.0':  # the kernel puts one of its own there
            packet['src'] = self.random.choice(self.own[4] or ['127.0.0.1'])
        self._details(packet, line)
        if kind in ('number', 'type'):
            self._place(packet, value, kind)
        if packet['in'] and (kind == 'mac' or line.macs):
            packet['mac'] = value if kind == 'mac' else self.random.choice(sorted(line.macs))
        return packet

    def _link(self, line):
        links = sorted(line.words & set(self.links))
        of_a_user = line.words & {'skuid', 'skgid', '--uid-owner', '--gid-owner'}
        if not self.links or self.random.random() < (0.6 if of_a_user else 0.2):
            return None
        return self._one(links, self.links)

    def _protocol(self, line, family, kind, value):
        usual = [6, 17, 1 if family == 4 else 58]
        proto = value if kind == 'protocol' else self._one(line.protocols, usual)
        if kind == 'number' and value < 256 and self.random.random() < 0.1:
            proto = value
        if kind == 'type':
            proto = usual[2]
        return 6 if family == 6 and proto in EXTENSIONS else proto

    def _ends(self, packet, line):
        family = packet['family']
        pool = self.pool[family]
        nets = self.nets[packet['in'], family]
        near = [str(net[self.random.randrange(min(net.num_addresses, 1 << 16))]) for net in nets]
        packet['dst'] = self._one(line.addresses[family], pool + self.own[family] * 3)
        if packet['in'] is None:
            packet['src'] = self._one([], self.own[family] or pool)
        else:
            packet['src'] = self._one(line.addresses[family], near * len(pool) + pool)
        if self.random.random() < 0.3 and self.own[family]:
            packet['dst'] = self.random.choice(self.own[family])
        if self.random.random() < 0.02 and packet['in']:
            packet['src'] = self.random.choice(self.own[family] + ODD[family])

    def _details(self, packet, line):
        ports = [n for n in line.numbers if n < 65536]
        if packet['proto'] in PORTED:
            packet['sport'] = self.random.randrange(1024, 65536)
            packet['dport'] = self._one(ports, [n for n in self.numbers if n < 65536])
        if packet['proto'] == 6 and self.random.random() < 0.1:
            packet['tcp_flags'] = self.random.choice(('ack', 'syn,ack', 'rst', 'fin,ack', 'none', 'fin,psh,urg'))
        if packet['proto'] == (1 if packet['family'] == 4 else 58):
            packet['icmp_type'] = self._one(line.types, [8 if packet['family'] == 4 else 128] + self.types)
            packet['icmp_code'] = 0
        if packet['in'] is None and self.random.random() < 0.3:
            packet['uid'] = self._one(line.numbers, [0, 1, 65534])

    def _place(self, packet, value, kind):
        """A number may be meant as any of these."""
        slots = ['icmp_type'] * 3 + ['icmp_code'] if 'icmp_type' in packet and value < 256 else []
        if 'dport' in packet and value < 65536:
            slots += ['dport'] * 4 + ['sport'] * 2
        if packet['in'] is None and kind == 'number' and value < 0xffffffff:
            slots += ['uid'] * 2 + ['mark'] * 2
        if slots:
            packet[self.random.choice(slots)] = value


def make(bundle, count, seed):
    yield from Maker(bundle, seed).make(count)
