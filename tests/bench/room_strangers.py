#!/usr/bin/env python3
"""room_strangers.py: those that are no service at all, or almost; NAME PORT ... are printed, then "ready"."""
import os
import random
import socket
import struct
import threading
import time


def silent(c):
    while c.recv(4096):
        pass


def echo(c):
    while (b := c.recv(4096)):
        c.sendall(b)


def junk(c):
    """Six bytes to each question."""
    while c.recv(4096):
        c.sendall(b'\x93\x17\xfe\x00\xa8\xb1')


def noise(c):
    """As many random bytes as a BitTorrent peer answers with."""
    while c.recv(4096):
        c.sendall(os.urandom(random.randint(96, 608)))


def noise_once(c):
    """Likewise, and then no more."""
    c.recv(4096)
    c.sendall(os.urandom(random.randint(96, 608)))
    silent(c)


def noise_unasked(c):
    c.sendall(os.urandom(200))
    silent(c)


def drip(c):
    while True:
        c.sendall(b'%x\r\n' % time.monotonic_ns())
        time.sleep(0.15)


def close(c):
    c.close()


def close_late(c):
    c.recv(4096)
    c.close()


def reset(c):
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    c.close()


def text(c):
    c.sendall(b'what is that?\r\n')
    silent(c)


def text_after(c):
    while c.recv(4096):
        c.sendall(b'what is that?\r\n')


def half(c):
    """A greeting that says nothing, as of SMTP or FTP, and no more."""
    c.sendall(b'220 ')
    silent(c)


def prompt(c):
    c.sendall(b'login: ')
    while c.recv(4096):
        c.sendall(b'Password: ')


def zeros(c):
    while c.recv(4096):
        c.sendall(bytes(64))


STRANGERS = (silent, echo, junk, noise, noise_once, noise_unasked, drip, close, close_late, reset, text, text_after, half,
             prompt, zeros)


def serve(port, talk):
    listener = socket.create_server(('127.0.0.1', port), backlog=256)

    def one(c):
        try:
            with c:
                talk(c)
        except OSError:
            pass

    def run():
        while True:
            threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()
    threading.Thread(target=run, daemon=True).start()


for place, stranger in enumerate(STRANGERS):
    serve(5001 + place, stranger)
    print(stranger.__name__, 5001 + place, flush=True)
print('ready', flush=True)
threading.Event().wait()
