# SPDX-License-Identifier: ISC
"""Packets as bytes, which carry a number that is known again in what comes of them, whatever NAT did to them:
in the payload, which an ICMP error quotes, and in the TCP numbers, to which a reset answers."""
import socket
import struct

MAGIC = b'portolan'
PAYLOAD_BYTES = len(MAGIC) + 4
# The TCP numbers of packet n begin at FIRST + n * STEP; a reset acknowledges at most STEP - 1 more.
FIRST, STEP = 0x10000000, 64

ICMP, TCP, UDP, ICMP6, SCTP, UDPLITE, GRE = 1, 6, 17, 58, 132, 136, 47
# What stands behind these is not a payload but another header.
EXTENSIONS = (0, 43, 44, 51, 60, 135, 139, 140)
FLAGS = {'fin': 1, 'syn': 2, 'rst': 4, 'psh': 8, 'ack': 16, 'urg': 32, 'ece': 64, 'cwr': 128}
DISCOVERY = range(133, 138)


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack(f'!{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def summed(segment, at, pseudo):
    """The segment with its checksum, which stands `at` bytes from its start; 0 would mean none."""
    value = checksum(pseudo + segment) or 0xffff
    return segment[:at] + struct.pack('!H', value) + segment[at + 2:]


def tcp(packet, payload, numbers, pseudo):
    flags = 0
    for name in packet.get('tcp_flags', 'syn').replace(',', ' ').split():
        flags |= 0 if name == 'none' else FLAGS[name]
    # A maximum segment size, as every real SYN has: rules look at it.
    option = struct.pack('!BBH', 2, 4, 1460) if flags & FLAGS['syn'] else b''
    head = struct.pack('!HHIIBBHHH', packet['sport'], packet['dport'], *numbers,
                       (20 + len(option)) // 4 << 4, flags, 65535, 0, 0)
    return summed(head + option + payload, 16, pseudo)


def udp(packet, payload, pseudo):
    size = 8 + len(payload)
    return summed(struct.pack('!HHHH', packet['sport'], packet['dport'], size, 0) + payload, 6, pseudo)


def icmp(packet, payload, echo, pseudo):
    head = struct.pack('!BBHHH', packet['icmp_type'], packet.get('icmp_code', 0), 0, echo & 0xffff, 1)
    return summed(head + payload, 2, pseudo)


def sctp(packet, payload):
    """An INIT, the number in a parameter that the other side may skip."""
    parameter = struct.pack('!HH', 0x8fff, 4 + len(payload)) + payload
    chunk = struct.pack('!BBHIIHHI', 1, 0, 20 + len(parameter), 1, 65535, 1, 1, 1) + parameter
    head = struct.pack('!HHI', packet['sport'], packet['dport'], 0)
    return head + struct.pack('<I', crc32c(head + bytes(4) + chunk)) + chunk


def segment(packet, payload, numbers, pseudo):
    proto = packet['proto']
    if proto == TCP:
        return tcp(packet, payload, numbers, pseudo)
    if proto in (UDP, UDPLITE):
        return udp(packet, payload, pseudo)
    if (packet['family'], proto) in ((4, ICMP), (6, ICMP6)):
        return icmp(packet, payload, numbers[0] // STEP, pseudo if proto == ICMP6 else b'')
    if proto == SCTP:
        return sctp(packet, payload)
    # The first bytes are what a GRE header without options has, and no other protocol's meaning.
    return bytes(8 if proto != GRE else 4) + payload


def build(packet, number, numbers=None):
    """The bytes from the IP header on. `numbers`: sequence and acknowledgement, where not those of `number`."""
    family, proto = packet['family'], packet['proto']
    if family == 6 and proto in EXTENSIONS:
        raise ValueError(f'protocol {proto} is an extension header')
    kind = socket.AF_INET if family == 4 else socket.AF_INET6
    ends = socket.inet_pton(kind, packet['src']) + socket.inet_pton(kind, packet['dst'])
    payload = MAGIC + struct.pack('!I', number)
    first = FIRST + number * STEP
    size = len(segment(packet, payload, (0, 0), b''))
    pseudo = ends + (struct.pack('!HH', proto, size) if family == 4 else struct.pack('!II', size, proto))
    body = segment(packet, payload, numbers or (first, first), pseudo)
    if family == 6:
        hops = 255 if proto == ICMP6 and packet['icmp_type'] in DISCOVERY else 64
        return struct.pack('!IHBB', 6 << 28, size, proto, hops) + ends + body
    head = struct.pack('!BBHHHBBH', 0x45, 0, 20 + size, number & 0xffff, 0, 64, proto, 0) + ends
    return head[:10] + struct.pack('!H', checksum(head)) + head[12:] + body


def check(packet):
    """Raises KeyError or ValueError where the packet cannot be built."""
    build(packet, 0)


class Seen:
    """A packet that was seen: what it says, which number it has, and whether it answers that one (`reject`)."""

    def __init__(self, data):
        self.data = data
        self.family = data[0] >> 4
        v4 = self.family == 4
        self.proto = data[9] if v4 else data[6]
        self.start = (data[0] & 15) * 4 if v4 else 40
        kind, at, size = (socket.AF_INET, 12, 4) if v4 else (socket.AF_INET6, 8, 16)
        self.src = socket.inet_ntop(kind, data[at:at + size])
        self.dst = socket.inet_ntop(kind, data[at + size:at + 2 * size])
        self.number = self.reject = None
        self._recognise()

    def ports(self):
        """(source, destination), or of protocols without them (None, None)."""
        if self.proto not in (TCP, UDP, SCTP, UDPLITE):
            return None, None
        return struct.unpack('!HH', self.data[self.start:self.start + 4])

    def _recognise(self):
        at = self.data.find(MAGIC, self.start)
        body = self.data[self.start:]
        if 0 <= at <= len(self.data) - PAYLOAD_BYTES:  # a redirect quotes less
            self.number, = struct.unpack('!I', self.data[at + len(MAGIC):at + PAYLOAD_BYTES])
            # Our own have it where the header ends; behind it stands a whole packet in what quotes one.
            errors = {(4, ICMP): (3, 'icmp'), (6, ICMP6): (1, 'icmp6')}.get((self.family, self.proto))
            if errors and at > self.start + 8:
                if body[0] == errors[0]:
                    self.reject = f'{errors[1]} {body[0]}/{body[1]}'
                else:  # a redirect: the packet itself goes on
                    self.number = None
        elif self.proto == TCP and len(body) >= 20 and body[13] & FLAGS['rst']:
            sequence, acknowledged = struct.unpack('!II', body[4:12])
            self.number = ((acknowledged if body[13] & FLAGS['ack'] else sequence) - FIRST) // STEP
            self.reject = 'tcp-reset'
