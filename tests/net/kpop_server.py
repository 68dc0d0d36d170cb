#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The handshake of a kpop server on port 1109, by MIT's own krb5_recvauth(); behind it there is no mail.
Python has no such call, so it goes by the C library."""
import ctypes
import os
import socket
import struct
import tempfile


def receive(krb5, context, connection):
    fd = ctypes.c_int(connection.fileno())
    session, ticket, keytab = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
    krb5.krb5_kt_resolve(context, b'FILE:/nonexistent', ctypes.byref(keytab))
    krb5.krb5_recvauth(context, ctypes.byref(session), ctypes.byref(fd), b'KPOPV1.0', None, 0, keytab,
                       ctypes.byref(ticket))


def main():
    with tempfile.NamedTemporaryFile('w', suffix='.conf') as conf:
        conf.write('[libdefaults]\n\tdefault_realm = PEER.TEST\n')
        conf.flush()
        os.environ['KRB5_CONFIG'] = conf.name
        krb5 = ctypes.CDLL('libkrb5.so.3')
        context = ctypes.c_void_p()
        krb5.krb5_init_context(ctypes.byref(context))
    listener = socket.create_server(('::', 1109), family=socket.AF_INET6, dualstack_ipv6=True)
    print('ready', flush=True)
    while True:
        connection, _ = listener.accept()
        with connection:
            # Not settimeout(): that makes the descriptor one that does not wait, and the library's first read fails.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack('ll', 5, 0))
            receive(krb5, context, connection)


if __name__ == '__main__':
    main()
