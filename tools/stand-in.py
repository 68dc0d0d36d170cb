#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""stand-in.py WHAT/TRANSPORT@ADDRESS:PORT ...: listen there and answer as WHAT would, for networks made for a
tour or a test. Prints "ready" once it listens on all of them; whoever looks is told that it is a stand-in.

    stand-in.py ssh/tcp@203.0.113.22:22 kerberos/udp@203.0.113.88:88 dns/udp@[::1]:53
"""
import selectors
import socket
import sys
import time

# What speaks first, says it. Any other WHAT takes connections (or datagrams) and is silent.
GREETINGS = {
    'ftp': b'220 stand-in FTP server ready\r\n',
    'imap': b'* OK stand-in IMAP server ready\r\n',
    'pop3': b'+OK stand-in POP3 server ready\r\n',
    'smtp': b'220 stand-in.invalid ESMTP\r\n',
    'ssh': b'SSH-2.0-standin\r\n',
    'telnet': b'\xff\xfd\x18\xff\xfd\x20stand-in login: ',  # RFC 854: DO TERMINAL-TYPE, DO TERMINAL-SPEED
}
FTP_DATA_PORTS = range(50000, 50010)


class Peer:
    """One conversation: over UDP that is one datagram."""

    def __init__(self, s, is_datagram):
        self.s, self.is_datagram = s, is_datagram
        self.opened = []  # what it opened beside its connection
        self.is_over = False  # nothing more is said

    def close(self):
        for s in [self.s, *self.opened]:
            s.close()


def http(peer, request):
    """Not found, to whatever is asked."""
    peer.is_over = True
    return b'HTTP/1.0 404 Not Found\r\nServer: stand-in\r\nContent-Length: 0\r\n\r\n'


def http_proxy(peer, request):
    """CONNECT (RFC 9110 section 9.3.6), as far as the connection: nothing is passed on."""
    host, port = request.split()[1].decode().rsplit(':', 1)
    try:
        peer.opened.append(socket.create_connection((host.strip('[]'), int(port)), 1))
    except OSError:
        peer.is_over = True
        return b'HTTP/1.1 502 Bad Gateway\r\nServer: stand-in\r\n\r\n'
    return b'HTTP/1.1 200 Connection established\r\n\r\n'


def dns(peer, query):
    """No such name (RFC 1035 section 4.1.1): the question back, with QR, RD, RA and code 3."""
    end = query.index(b'\0', 12) + 5  # the root label, type and class
    return query[:2] + b'\x81\x83' + query[4:6] + b'\0' * 6 + query[12:end]


def ftp(peer, line):
    """Anonymous, with passive data connections (RFC 959, RFC 2428), that carry nothing."""
    verb = line.split()[0].upper()
    if verb == b'EPSV':
        return b'229 Entering Extended Passive Mode (|||%d|)\r\n' % open_data_port(peer)
    if verb == b'QUIT':
        peer.is_over = True
    return {b'USER': b'331 any password\r\n', b'PASS': b'230 welcome\r\n',
            b'QUIT': b'221 good-bye\r\n'}.get(verb, b'502 a stand-in does not know that\r\n')


def open_data_port(peer):
    for port in FTP_DATA_PORTS:
        s = socket.socket(peer.s.family)
        try:
            s.bind((peer.s.getsockname()[0], port))
        except OSError:
            s.close()
            continue
        s.listen(1)
        peer.opened.append(s)
        return port
    return 0


def der(tag, *content):
    """An element of less than 128 bytes."""
    inside = b''.join(content)
    return bytes([tag, len(inside)]) + inside


def kerberos(peer, request):
    """KRB-ERROR 6, no such client (RFC 4120 section 5.9.1); over TCP with its length in front (7.2.2)."""
    def text(s):
        return der(0x1b, s.encode())
    realm = 'STAND-IN.INVALID'
    error = der(0x7e, der(0x30,
        der(0xa0, der(2, b'\5')), der(0xa1, der(2, b'\x1e')),
        der(0xa4, der(0x18, time.strftime('%Y%m%d%H%M%SZ', time.gmtime()).encode())),
        der(0xa5, der(2, b'\0')), der(0xa6, der(2, b'\6')), der(0xa9, text(realm)),
        der(0xaa, der(0x30, der(0xa0, der(2, b'\2')), der(0xa1, der(0x30, text('krbtgt'), text(realm)))))))
    return error if peer.is_datagram else len(error).to_bytes(4, 'big') + error


def afs(peer, packet):
    """The answer to Rx's VERSION packet: its header back, from the server's side, and 65 bytes of text."""
    rx_version, last_packet = 13, 4
    if packet[20] != rx_version:
        return None
    return packet[:21] + bytes([last_packet]) + packet[22:28] + b'stand-in'.ljust(65, b'\0')


ANSWERS = {'afs': afs, 'dns': dns, 'ftp': ftp, 'http': http, 'http-proxy': http_proxy, 'kerberos': kerberos}


def answer(what, peer, got):
    try:
        return ANSWERS[what](peer, got) if got and what in ANSWERS else None
    except (IndexError, ValueError):
        return None  # not what it was made for


def listen(where):
    what, rest = where.split('/', 1)
    transport, rest = rest.split('@', 1)
    address, port = rest.rsplit(':', 1)
    address = address.strip('[]')
    kind = socket.SOCK_STREAM if transport == 'tcp' else socket.SOCK_DGRAM
    s = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET, kind)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if s.family == socket.AF_INET6:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    s.bind((address, int(port)))
    if transport == 'tcp':
        s.listen(64)
    return what, s


def take_connection(watched, what, listener, _):
    try:
        s, _ = listener.accept()
        s.setblocking(False)
        watched.register(s, selectors.EVENT_READ, (take_bytes, what, Peer(s, False)))
        s.sendall(GREETINGS.get(what, b''))
    except OSError:
        pass  # gone again: a probe


def take_bytes(watched, what, s, peer):
    try:
        got = s.recv(4096)
        peer.is_over |= not got
        s.sendall(answer(what, peer, got) or b'')
    except OSError:
        peer.is_over = True
    if peer.is_over:
        watched.unregister(s)
        peer.close()


def take_datagram(watched, what, s, _):
    try:
        got, sender = s.recvfrom(4096)
        said = answer(what, Peer(s, True), got)
        if said:
            s.sendto(said, sender)
    except OSError:
        pass


def main():
    watched = selectors.DefaultSelector()
    for where in sys.argv[1:]:
        what, s = listen(where)
        s.setblocking(False)
        take = take_connection if s.type == socket.SOCK_STREAM else take_datagram
        watched.register(s, selectors.EVENT_READ, (take, what, None))
    print('ready', flush=True)
    while True:
        for key, _ in watched.select():
            take, what, peer = key.data
            take(watched, what, key.fileobj, peer)


if __name__ == '__main__':
    try:
        main()
    except (OSError, ValueError) as e:
        sys.exit(f'stand-in: {e}')
