#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Text files as C strings, declared in src/report/OUTPUT.h: embed.py NAME=FILE ... OUTPUT.c. The files stay readable by their own tools."""
import os
import sys


def literal(line):
    out = ''.join(c if c not in '"\\' else '\\' + c for c in line)
    if not out.isascii():
        sys.exit('embed.py: only ASCII: ' + line)
    return f'\t"{out}\\n"'


def main():
    header = 'report/' + os.path.basename(sys.argv[-1])[:-2] + '.h'
    with open(sys.argv[-1], 'w', encoding='ascii') as out:
        out.write('/* SPDX-License-Identifier: ISC\n * Made by tools/embed.py. */\n#include "'
                  + header + '"\n')
        for arg in sys.argv[1:-1]:
            name, path = arg.split('=', 1)
            with open(path, encoding='utf-8') as f:
                lines = [literal(line) for line in f.read().split('\n')[:-1]]
            out.write(f'\nconst char {name}[] =\n' + '\n'.join(lines) + ';\n')


if __name__ == '__main__':
    main()
