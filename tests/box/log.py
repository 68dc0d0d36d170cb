# SPDX-License-Identifier: ISC
"""What reaches the end of the box's input and postrouting hooks: logged there by a table of ours, to us
(linux/netfilter/nfnetlink_log.h), and then dropped. So nothing answers that the ruleset does not make answer, nothing
leaves, and no connection is ever confirmed: each packet is the first of its own."""
import errno
import select
import socket
import struct

import box
from packets import Seen

GROUP = 64987
PREFIX = 'portolan-oracle'
SNAP = 1500
# Last, but before conntrack confirms connections at 2147483647. Logging and dropping asks nothing of conntrack.
TABLE = '''table inet %(prefix)s {
	chain input {
		type filter hook input priority 2147483646;
		log prefix "%(prefix)s" group %(group)d snaplen %(snap)d
		%(end)s
	}
	chain postrouting {
		type filter hook postrouting priority 2147483646;
		log prefix "%(prefix)s" group %(group)d snaplen %(snap)d
		oifname "lo" accept
		%(end)s
	}
}
'''
NETLINK_NETFILTER, ULOG, CTNETLINK = 12, 4, 1
MESSAGE, CONFIG, CT_DELETE = 0, 1, 2
REQUEST, ACK = 1, 4
CFG_CMD, CFG_MODE, CFG_TIMEOUT, CFG_THRESHOLD = 1, 2, 4, 5
PACKET_HDR, INDEV, OUTDEV, PAYLOAD, PREFIX_TEXT = 1, 4, 5, 9, 10
INPUT_HOOK = 1


def attribute(kind, value):
    size = 4 + len(value)
    return struct.pack('=HH', size, kind) + value + bytes(-size % 4)


def attributes(data):
    found, at = {}, 0
    while at + 4 <= len(data):
        size, kind = struct.unpack_from('=HH', data, at)
        if size < 4:
            break
        found[kind & 0x3fff] = data[at + 4:at + size]
        at += size + 3 & ~3
    return found


def interface(value):
    return socket.if_indextoname(struct.unpack('!I', value)[0]) if value else None


class Log:
    """keep: packets go on after they were logged, so that connections come to be. What arrives is then stopped by
    an IPsec policy, after conntrack and before any answer; what leaves is lost at the far end."""

    def __init__(self, keep):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        self.socket.bind((0, 0))
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 1 << 26)  # SO_RCVBUFFORCE
        self._ask(ULOG, CONFIG, attribute(CFG_CMD, b'\1'))  # bind
        self._ask(ULOG, CONFIG, attribute(CFG_MODE, struct.pack('!IBB', SNAP, 2, 0)))  # copy packets
        self._ask(ULOG, CONFIG, attribute(CFG_TIMEOUT, struct.pack('!I', 1)) +
                  attribute(CFG_THRESHOLD, struct.pack('!I', 1)))
        self.socket.setblocking(False)
        box.run('the table that watches', ['nft', '-f', '-'],
                TABLE % {'prefix': PREFIX, 'group': GROUP, 'snap': SNAP, 'end': 'accept' if keep else 'drop'})
        if keep:
            box.write_sysctls('net.ipv4.conf.lo.disable_policy = 0\nnet.ipv6.conf.lo.disable_policy = 0')
            for anything in ('0.0.0.0/0', '::/0'):
                box.run('--keep', ['ip', 'xfrm', 'policy', 'add', 'src', anything, 'dst', anything, 'dir', 'in',
                                   'action', 'block'], '')

    def _ask(self, subsystem, kind, body):
        resource = GROUP if subsystem == ULOG else 0
        message = struct.pack('=BBH', 0, 0, socket.htons(resource)) + body
        self.socket.send(struct.pack('=IHHII', 16 + len(message), subsystem << 8 | kind, REQUEST | ACK, 0, 0) + message)
        if subsystem == ULOG:
            size, what, _, _, _, error = struct.unpack_from('=IHHIIi', self.socket.recv(65536))
            if what != 2 or error:
                raise OSError(-error, f'nfnetlink_log: {errno.errorcode.get(-error)}')

    def forget_connections(self):
        """Conntrack's table is emptied; the acknowledgement is no log message and is passed over."""
        self._ask(CTNETLINK, CT_DELETE, b'')

    def read(self, seconds):
        """(hook is input, in, out, what was seen) of all there is, until nothing comes for so long."""
        while select.select([self.socket], [], [], seconds)[0]:
            try:
                data = self.socket.recv(1 << 17)
            except OSError as e:
                if e.errno != errno.ENOBUFS:  # lost messages: their packets are sent again
                    raise
                continue
            yield from self._messages(data)

    def _messages(self, data):
        at = 0
        while at + 20 <= len(data):
            size, kind = struct.unpack_from('=IH', data, at)
            if kind == ULOG << 8 | MESSAGE:
                a = attributes(data[at + 20:at + size])
                if a.get(PREFIX_TEXT, b'').rstrip(b'\0') == PREFIX.encode() and len(a.get(PAYLOAD, b'')) >= 20:
                    yield a[PACKET_HDR][2] == INPUT_HOOK, interface(a.get(INDEV)), interface(a.get(OUTDEV)), \
                        Seen(a[PAYLOAD])
            at += max(size + 3 & ~3, 16)
