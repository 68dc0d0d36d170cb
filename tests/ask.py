#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""ask.py tcp|udp PORT BYTES WANTED [ADDRESS [SOURCE]]: send BYTES to 127.0.0.1 or ADDRESS, and succeed when
the answer holds WANTED. Both with the escapes of a Python string. Line by line, as a polite client: an answer is awaited first
where the server speaks first."""
import socket
import struct
import sys
import time


def unescape(text):
    return text.encode().decode('unicode_escape').encode('latin-1')


def main():
    transport, port, send, wanted = sys.argv[1], int(sys.argv[2]), unescape(sys.argv[3]), unescape(sys.argv[4])
    address = sys.argv[5] if len(sys.argv) > 5 else '127.0.0.1'
    kind = socket.SOCK_STREAM if transport == 'tcp' else socket.SOCK_DGRAM
    until = time.monotonic() + 5
    got = b''
    with socket.socket(socket.AF_INET, kind) as s:
        s.settimeout(2)
        if transport == 'tcp':  # closed without a trace: no TIME_WAIT
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        if len(sys.argv) > 6:
            s.bind((sys.argv[6], 0))
        s.connect((address, port))
        if send:
            s.sendall(send)
        while wanted not in got and time.monotonic() < until:
            part = s.recv(4096)
            if not part:
                break
            got += part
    if wanted not in got:
        print(f'{transport}/{port} at {address} said {got!r}')
        return 1
    return 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except OSError as e:
        print(e)
        sys.exit(1)
