# SPDX-License-Identifier: ISC
"""Puts packets on the far ends of the box's interfaces, or sends them as the box itself."""
import ctypes
import fcntl
import ipaddress
import socket
import struct

import box
from bundle import BadInput
from packets import build

MOST_SOCKETS = 400
SIOCGIFHWADDR = 0x8927
LIBC = ctypes.CDLL(None)
NEIGHBOUR = '02:00:00:00:00:fe'


def mac_bytes(text):
    return bytes.fromhex(text.replace(':', ''))


class Sender:
    def __init__(self, bundle, namespace, far):
        self.broadcasts = {(r.get('dev'), r['dst']) for r in bundle.json('route4') if r.get('type') == 'broadcast'}
        self.macs = {}
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            for link in bundle.links():
                if link['ifname'] != 'lo':
                    request = struct.pack('16s24x', link['ifname'].encode())
                    self.macs[link['ifname']] = fcntl.ioctl(s, SIOCGIFHWADDR, request)[18:24]
        box.enter(far)
        self.far = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        box.enter(namespace)
        self.sockets = {}

    def check(self, packet):
        """Raises BadInput or KeyError where the packet makes no sense; fills in the source that the box would take."""
        if packet['in'] is not None:
            if packet['in'] not in self.macs:
                raise BadInput(f'nothing arrives at "{packet["in"]}": no such interface, or lo')
            if packet.get('mark') or 'uid' in packet or 'gid' in packet:
                raise BadInput('uid, gid and mark are of packets that the box sends ("in": null)')
        elif 'src' not in packet:
            packet['src'] = self._source(packet)

    def send(self, packet, number, numbers=None):
        """Raises OSError as the kernel says it."""
        data = build(packet, number, numbers)
        if packet['in'] is None:
            scope = (0, 0) if packet['family'] == 6 else ()
            self._own(packet).sendto(data, (packet['dst'], 0) + scope)
        else:
            kind = 0x0800 if packet['family'] == 4 else 0x86dd
            head = self._to(packet) + mac_bytes(packet.get('mac', NEIGHBOUR)) + struct.pack('!H', kind)
            self.far.sendto(head + data, (packet['in'], kind))

    def _to(self, packet):
        """The link's address that a neighbour would write to."""
        address = ipaddress.ip_address(packet['dst'])
        if address.is_multicast:
            low = address.packed[-4:]
            return b'\x33\x33' + low if packet['family'] == 6 else bytes((1, 0, 0x5e, low[1] & 0x7f)) + low[2:]
        if packet['dst'] == '255.255.255.255' or (packet['in'], packet['dst']) in self.broadcasts:
            return b'\xff' * 6
        return self.macs[packet['in']]

    def _open(self, packet, kind, protocol):
        """A socket of the packet's user: the kernel keeps with it who made it. Capabilities stay."""
        family = socket.AF_INET if packet['family'] == 4 else socket.AF_INET6
        LIBC.setfsgid(packet.get('gid', 0))
        LIBC.setfsuid(packet.get('uid', 0))
        try:
            s = socket.socket(family, kind, protocol)
        finally:
            LIBC.setfsuid(0)
            LIBC.setfsgid(0)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        if packet.get('mark'):
            s.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, struct.pack('=I', packet['mark']))
        return s

    def _source(self, packet):
        with self._open(packet, socket.SOCK_DGRAM, 0) as s:
            try:
                s.connect((packet['dst'], 9))
                return s.getsockname()[0]
            except OSError:  # no way there: the packet finds out for itself
                return '0.0.0.0' if packet['family'] == 4 else '::'

    def _own(self, packet):
        """A raw socket, bound to the source so that routing knows it."""
        key = tuple(packet.get(k) for k in ('family', 'uid', 'gid', 'mark', 'src'))
        if key not in self.sockets:
            if len(self.sockets) >= MOST_SOCKETS:
                for s in self.sockets.values():
                    s.close()
                self.sockets.clear()
            s = self._open(packet, socket.SOCK_RAW, socket.IPPROTO_RAW)
            try:
                s.bind((packet['src'], 0))
            except OSError:
                s.close()
                raise
            self.sockets[key] = s
        return self.sockets[key]
