#!/usr/bin/env python3
"""audit_tls_server.py PORT KIND: what no library of today speaks any more, from the specifications: the first
answer of a server of TLS, SSL 3 (RFC 6101) or SSL 2, and nothing behind it. One connection after the other.

The certificate is no certificate, and signatures are zeros: whoever asks only looks at what was chosen."""
import socket
import struct
import sys

RFC2409_GROUP2 = (  # section 6.2
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF")
FINITE = {0x0011, 0x0014, 0x0017, 0x0019, 0x0015, 0x0016, 0x0033, 0x0034, 0x0039}
EXPORT = {0x0003, 0x0006, 0x0008, 0x0011, 0x0014, 0x0017, 0x0019}
CURVE = {0xC009, 0xC011, 0xC012, 0xC013}
ANONYMOUS = {0x0017, 0x0019, 0x0034}

# versions; suites in the server's order; extensions that are answered; the curve; the hash of a signature
KINDS = {
    "ancient": dict(versions=[0x0300], ssl2=True, suites=[0x0005, 0x0009, 0x0003, 0x0014, 0x0007, 0x0033]),
    "old": dict(versions=[0x0300, 0x0301], deflate=True, suites=[0x0017, 0x0004, 0x000A, 0x0016, 0x002F]),
    "careless": dict(versions=[0x0301, 0x0302, 0x0303], answered=[0xFF01], curve=1, hash=1,
                     suites=[0xC013, 0xC011, 0x0033, 0x0015]),
    # It refuses by closing, and warns before it answers.
    "odd": dict(versions=[0x0303], answered=[0xFF01, 23, 22], warns=True, closes=True, suites=[0xC013], curve=23,
                hash=4),
    # It answers only to its name.
    "named": dict(versions=[0x0303], answered=[0xFF01, 23, 22], name=b"peer.test", suites=[0xC013], curve=23, hash=4),
    "silent": dict(versions=[]),
}


def take(data, at, size):
    """A vector with a length of size bytes, and where the next thing stands."""
    n = int.from_bytes(data[at:at + size], "big")
    return data[at + size:at + size + n], at + size + n


def read_hello(body):
    version = struct.unpack(">H", body[:2])[0]
    _, at = take(body, 34, 1)
    suites, at = take(body, at, 2)
    methods, at = take(body, at, 1)
    extensions = {}
    rest = take(body, at, 2)[0]
    at = 0
    while at < len(rest):
        kind = struct.unpack(">H", rest[at:at + 2])[0]
        extensions[kind], at = take(rest, at + 2, 2)
    return version, struct.unpack(f">{len(suites) // 2}H", suites), methods, extensions


def message(kind, body):
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def record(kind, version, body):
    return struct.pack(">BHH", kind, version, len(body)) + body


def vector(body, size=2):
    return len(body).to_bytes(size, "big") + body


def key_exchange(server, version, suite):
    if suite in CURVE:
        body = struct.pack(">BH", 3, server["curve"]) + vector(b"\4" + bytes(64), 1)
    else:
        prime = b"\xf0" + bytes(63) if suite in EXPORT else bytes.fromhex(RFC2409_GROUP2)
        body = vector(prime) + vector(b"\2") + vector(bytes(len(prime)))
    if suite not in ANONYMOUS:
        if version == 0x0303:
            body += bytes([server["hash"], 1])
        body += vector(bytes(32))
    return message(12, body)


def answer(server, body):
    offered, suites, methods, extensions = read_hello(body)
    version = max((v for v in server["versions"] if v <= offered), default=None)
    suite = next((s for s in server.get("suites", []) if s in suites), None)
    if version is None:
        return record(21, 0x0300, b"\2\x46")
    if "name" in server and server["name"] not in extensions.get(0, b""):
        return record(21, version, b"\2\x70")
    if suite is None:
        return b"" if server.get("closes") else record(21, version, b"\2\x28")
    mine = b"".join(struct.pack(">H", e) + (b"\0\1\0" if e == 0xFF01 else b"\0\0") for e in server.get("answered", []))
    flight = message(2, struct.pack(">H", version) + bytes(32) + b"\0" + struct.pack(">H", suite)
                     + (b"\1" if server.get("deflate") and 1 in methods else b"\0") + (vector(mine) if mine else b""))
    if suite not in ANONYMOUS:
        flight += message(11, vector(vector(bytes(60), 3), 3))
    if suite in FINITE | CURVE:
        flight += key_exchange(server, version, suite)
    flight += message(14, b"")
    warning = record(21, version, b"\1\x70") if server.get("warns") else b""
    # Messages do not end where records do.
    return warning + b"".join(record(22, version, flight[i:i + 50]) for i in range(0, len(flight), 50))


def answer_ssl2(server):
    if not server.get("ssl2"):
        return b"\x15\x03\x00\x00\x02\x02\x28"
    body = struct.pack(">BBBHHHH", 4, 0, 1, 2, 20, 6, 16) + bytes(20) + b"\1\0\x80\7\0\xc0" + bytes(16)
    return struct.pack(">H", 0x8000 | len(body)) + body


def serve(client, server):
    head = client.recv(5, socket.MSG_WAITALL)
    if len(head) < 5:
        return
    if head[0] & 0x80:
        client.recv((head[0] & 0x7F) << 8 | head[1] - 3)
        client.sendall(answer_ssl2(server))
    else:
        body = client.recv(head[3] << 8 | head[4], socket.MSG_WAITALL)
        if not server["versions"]:
            return  # and not a word
        client.sendall(answer(server, body[4:]))
    client.settimeout(1)
    client.recv(64)


def main():
    server = KINDS[sys.argv[2]]
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    print("ready", flush=True)
    while True:
        client = listener.accept()[0]
        with client:
            try:
                serve(client, server)
            except OSError:
                pass


main()
