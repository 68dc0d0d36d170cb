#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The documents that the catalog is made from are other people's: their sentences are not shipped.

    tools/phrases.py make DOCUMENT ...      hashes of every run of eight words, to standard output
    tools/phrases.py check HASHES FILE ...  1, and the places, where such a run stands in a file

Words are letters and digits in any case; what stands between them does not count, nor where lines end.
A run needs four different words of letters: lists of ports are facts. The hashes say nothing of the words.
"""
import hashlib
import re
import sys

WORDS = 8
LETTERS = 4  # different ones
WORD = re.compile(r"[a-z0-9]+")


def runs(text):
    """(offset, words) for each run of eight words."""
    words = [(m.start(), m.group()) for m in WORD.finditer(text.lower())]
    for i in range(len(words) - WORDS + 1):
        run = [w for _, w in words[i:i + WORDS]]
        if len({w for w in run if w.isalpha()}) >= LETTERS:
            yield words[i][0], ' '.join(run)


def digest(run):
    return hashlib.blake2b(run.encode(), digest_size=8).hexdigest()


def read(path):
    with open(path, encoding='utf-8', errors='replace') as f:
        return f.read()


def make(paths):
    for hashed in sorted({digest(run) for path in paths for _, run in runs(read(path))}):
        print(hashed)
    return 0


def check(hashes, paths):
    known = set(read(hashes).split())
    found = 0
    for path in paths:
        text = read(path)
        for offset, run in runs(text):
            if digest(run) in known:
                print(f'{path}:{text.count(chr(10), 0, offset) + 1}: not our own words: {run}')
                found += 1
    return 1 if found or not known else 0


def main(args):
    if len(args) >= 2 and args[0] == 'make':
        return make(args[1:])
    if len(args) >= 3 and args[0] == 'check':
        return check(args[1], args[2:])
    sys.exit(__doc__)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
