#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""stand-in.py WHAT/TRANSPORT@ADDRESS:PORT ...: listen there and greet as WHAT would, for networks made for a
tour or a test. Prints "ready" once it listens on all of them; whoever looks is told that it is a stand-in.

    stand-in.py ssh/tcp@203.0.113.22:22 kerberos/udp@203.0.113.88:88 dns/udp@[::1]:53
"""
import selectors
import socket
import sys

# What speaks first, says it. Any other WHAT takes connections (or datagrams) and is silent.
GREETINGS = {
    'ftp': b'220 stand-in FTP server ready\r\n',
    'imap': b'* OK stand-in IMAP server ready\r\n',
    'pop3': b'+OK stand-in POP3 server ready\r\n',
    'smtp': b'220 stand-in.invalid ESMTP\r\n',
    'ssh': b'SSH-2.0-standin\r\n',
    'telnet': b'\xff\xfd\x18\xff\xfd\x20stand-in login: ',  # RFC 854: DO TERMINAL-TYPE, DO TERMINAL-SPEED
}


def http(request):
    """Not found, to whatever is asked."""
    if not request:
        return None
    return b'HTTP/1.0 404 Not Found\r\nServer: stand-in\r\nContent-Length: 0\r\n\r\n'


def dns(query):
    """No such name (RFC 1035 section 4.1.1): the question back, with QR, RD, RA and code 3."""
    if len(query) < 12:
        return None
    return query[:2] + b'\x81\x83' + query[4:6] + b'\0' * 6 + question(query)


def question(query):
    end = query.index(b'\0', 12) + 5  # the root label, type and class
    return query[12:end]


ANSWERS = {'dns': dns, 'http': http}


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


def take_connection(watched, what, s):
    try:
        peer, _ = s.accept()
        peer.setblocking(False)
        watched.register(peer, selectors.EVENT_READ, (take_bytes, what))
        peer.sendall(GREETINGS.get(what, b''))
    except OSError:
        pass  # gone again: a probe


def take_bytes(watched, what, s):
    answer = None
    try:
        got = s.recv(4096)
        answer = ANSWERS.get(what, lambda _: None)(got)
        if answer:
            s.sendall(answer)
    except OSError:
        got = b''
    if answer or not got:
        watched.unregister(s)
        s.close()


def take_datagram(watched, what, s):
    try:
        got, peer = s.recvfrom(4096)
        answer = ANSWERS.get(what, lambda _: None)(got)
        if answer:
            s.sendto(answer, peer)
    except (OSError, ValueError):
        pass


def main():
    watched = selectors.DefaultSelector()
    for where in sys.argv[1:]:
        what, s = listen(where)
        s.setblocking(False)
        take = take_connection if s.type == socket.SOCK_STREAM else take_datagram
        watched.register(s, selectors.EVENT_READ, (take, what))
    print('ready', flush=True)
    while True:
        for key, _ in watched.select():
            take, what = key.data
            take(watched, what, key.fileobj)


if __name__ == '__main__':
    try:
        main()
    except (OSError, ValueError) as e:
        sys.exit(f'stand-in: {e}')
