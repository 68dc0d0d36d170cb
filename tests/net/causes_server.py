#!/usr/bin/env python3
# The servers of causes.sh and causes-wide.sh. Without arguments, all that listens at a server. With "hold", a
# client that keeps its source ports busy: hold HOST PORT N. With "names", a resolver that knows no name.
import select
import socket
import sys

OPEN, UDP_ANSWERS, UDP_SILENT = (7000, 7001, 7002), (7770,), (7771,)


def bound(family, kind, port):
    s = socket.socket(family, kind)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    else:
        s.setsockopt(socket.IPPROTO_IP, 8, 1)  # IP_PKTINFO
    s.bind(("", port))
    if kind == socket.SOCK_STREAM:
        s.listen(512)
    return s


# A datagram is answered from the address that it was sent to.
def answer(s):
    data, ancillary, _, peer = s.recvmsg(2048, 256)
    s.sendmsg([b"portolan"], [a for a in ancillary if a[1] in (8, socket.IPV6_PKTINFO)], 0, peer)


def serve():
    readers, kept = {}, []
    for family in socket.AF_INET, socket.AF_INET6:
        for port in OPEN:
            s = bound(family, socket.SOCK_STREAM, port)
            readers[s] = lambda s: kept.append(s.accept()[0])
        for port in UDP_ANSWERS:
            readers[bound(family, socket.SOCK_DGRAM, port)] = answer
        for port in UDP_SILENT:
            readers[bound(family, socket.SOCK_DGRAM, port)] = lambda s: s.recv(2048)
    print("ready", flush=True)
    while True:
        for s in select.select(list(readers), [], [])[0]:
            try:
                readers[s](s)
            except OSError:  # whoever came is gone again
                pass


def hold(host, port, n):
    kept = [socket.create_connection((host, int(port))) for _ in range(int(n))]
    print("ready", len(kept), flush=True)
    select.select([], [], [])


# names [IPV4 IPV6]: both.test is there, nothing else is.
def names(*addresses):
    kinds = dict(zip((1, 28), addresses))
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 53))
    print("ready", flush=True)
    while True:
        q, peer = s.recvfrom(512)
        end = q.index(b"\0", 12) + 5
        address = kinds.get(q[end - 3], "") if q.startswith(b"\4both", 12) else ""
        packed = socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address) if address else b""
        answer = b"\xc0\x0c" + q[end - 4:end] + b"\0\0\0\x3c\0" + bytes([len(packed)]) + packed if packed else b""
        s.sendto(q[:2] + (b"\x81\x80" if answer else b"\x81\x83") + b"\0\1\0" + bytes([bool(answer)]) +
                 b"\0\0\0\0" + q[12:end] + answer, peer)


if __name__ == "__main__":
    {"hold": hold, "names": names, "serve": serve}[(sys.argv + ["serve"])[1]](*sys.argv[2:])
