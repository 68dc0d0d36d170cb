#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What the sources promise about themselves (doc/architecture.md), read from the files.

    layers.py FOLDER        check the tree; one line a breach, status 1 where there is any
    layers.py --self-test   break each rule in a small tree and see that it is noticed
"""
import os
import re
import sys
import tempfile

# Who may include whom, besides itself.
LAYERS = {
    'base': '',
    'channel': 'base sys',
    'tls': 'base sys',
    'remote': '',  # a program of its own, carried to other hosts
    'model': 'base',
    'sys': 'base',
    'doc': 'base model',
    'proto': 'base model',
    'audit': 'base model proto',
    'policy': 'base model',
    'box': 'base model policy',
    'report': 'base model',
    'store': 'base model sys',
    'probe': 'base model sys proto audit',
    'gateway': 'base model sys proto',
    'lab': 'base model sys policy',
    'watch': 'base model sys doc proto audit policy box report store probe gateway lab',
    'cmd': 'base model sys doc proto audit policy box report store probe gateway lab watch channel tls',
}

# Headers that bring system calls: only src/sys.
SYSTEM = re.compile(
    r'^(unistd|fcntl|poll|signal|dirent|spawn|termios|ifaddrs|sched|pthread|threads|netdb|pwd|grp|glob'
    r'|ftw|syslog|mqueue|semaphore|aio|sys/(?!types\.h).*|net/.*|netinet/.*|netpacket/.*|linux/.*)\.h$')
# ... and these, each with its reason.
SYSTEM_ALLOWED = {
    ('base/banned.h', 'netdb.h'): 'declares what it then forbids',
    ('cmd/main.c', 'unistd.h'): 'execv of the program that holds a command',
    ('cmd/main.c', 'signal.h'): 'SIGPIPE is ignored before anything else runs',
    ('cmd/main.c', 'sys/random.h'): 'the key of the hashes',
    ('cmd/installed.c', 'unistd.h'): 'where this program lies',
}

# Folders that only compute: they return, they do not print, end, look at the clock or open files.
PURE = ('model', 'doc', 'proto', 'audit', 'policy', 'box', 'report')
IMPURE_CALL = re.compile(
    r'(?<![.>\w])(v?f?printf|dprintf|puts|fputs|putchar|fputc|putc|fwrite|perror|exit|_exit|_Exit|quick_exit'
    r'|abort|assert|fopen|fdopen|freopen|getenv|setenv|time|clock|clock_gettime|gettimeofday|rand|srand'
    r'|random|malloc_trim|setlocale)\s*\(')

COLUMNS = 100


def read(path):
    with open(path, encoding='utf-8') as f:
        return f.read()


def files(root, *suffixes):
    found = []
    for folder, _, names in os.walk(root):
        found += [os.path.join(folder, n) for n in names if n.endswith(suffixes)]
    return sorted(found)


def strip(text):
    """Without comments, strings and characters; as many lines as before."""
    pattern = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
    return re.sub(pattern, lambda m: '\n' * m.group(0).count('\n') or ' ', text, flags=re.S)


def line_of(text, at):
    return text.count('\n', 0, at) + 1


def includes(text):
    for m in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">\n]+)[">]', text, re.M):
        yield line_of(text, m.start()), m.group(1) == '"', m.group(2)


def check_directions(src, name, text):
    """(a) an include goes down, and names its folder."""
    folder = name.split('/')[0]
    if folder not in LAYERS:
        yield f'{name}:1: src/{folder} is no layer'
        return
    for line, ours, header in includes(text):
        if not ours or (folder == 'cmd' and '/' not in header):  # generated
            continue
        target = header.split('/')[0]
        if '/' not in header or not os.path.exists(os.path.join(src, header)):
            yield f'{name}:{line}: "{header}" is not "folder/file.h" in src'
        elif target != folder and target not in LAYERS[folder].split():
            yield f'{name}:{line}: {folder} may not include {target} ({header})'


def check_own_header_first(src, name, text):
    own = re.sub(r'\.c$', '.h', name)
    if name.endswith('.c') and os.path.exists(os.path.join(src, own)):
        first = next(includes(text), (1, False, 'nothing'))
        if first[2] != own:
            yield f'{name}:{first[0]}: its own header comes first ("{own}")'


def check_system(_, name, text):
    """(d) system calls only in src/sys."""
    if name.startswith(('sys/', 'remote/')):
        return
    for line, ours, header in includes(text):
        if not ours and SYSTEM.match(header) and (name, header) not in SYSTEM_ALLOWED:
            yield f'{name}:{line}: <{header}> belongs in src/sys'


def check_pure(_, name, text):
    """(e) no printing, ending, clock or files where there is only computing."""
    if name.split('/')[0] not in PURE:
        return
    code = strip(text)
    for m in IMPURE_CALL.finditer(code):
        yield f'{name}:{line_of(code, m.start())}: {m.group(1)}() in src/{name.split("/")[0]}'


def check_head(_, name, text):
    """(f) the licence; in a header also what it is for."""
    if not text.startswith('/* SPDX-License-Identifier: ISC'):
        yield f'{name}:1: no SPDX line'
    if not name.endswith('.h'):
        return
    first = text.split('*/')[0]
    if len(re.sub(r'[\s*/]|SPDX-License-Identifier: ISC', '', first)) < 20:
        yield f'{name}:1: a header begins with what it is for'
    if '\n#pragma once\n' not in text:
        yield f'{name}:1: no #pragma once'


def check_columns(_, name, text):
    for i, line in enumerate(text.split('\n'), 1):
        if len(line.expandtabs(8)) > COLUMNS:
            yield f'{name}:{i}: more than {COLUMNS} columns'
        if line != line.rstrip():
            yield f'{name}:{i}: blanks at the end'


FILE_CHECKS = (check_directions, check_own_header_first, check_system, check_pure, check_head,
               check_columns)


def check_cycles(src):
    """(b) no header includes itself by way of others."""
    edges = {}
    for path in files(src, '.h', '.c'):
        edges[os.path.relpath(path, src)] = [h for _, ours, h in includes(read(path)) if ours]
    done, now = set(), []

    def walk(name):
        if name in now:
            return now[now.index(name):] + [name]
        if name in done:
            return None
        now.append(name)
        for target in edges.get(name, []):
            cycle = walk(target)
            if cycle:
                return cycle
        now.pop()
        done.add(name)
        return None

    for name in edges:
        cycle = walk(name)
        if cycle:
            yield f'{cycle[0]}:1: includes itself: {" -> ".join(cycle)}'
            return


def words(path):
    """Every quoted word of a meson.build, comments left out."""
    text = re.sub(r'#[^\n]*', '', read(path)) if os.path.exists(path) else ''
    return set(re.findall(r"'([^'\n]+)'", text))


def check_orphans(root):
    """(c) what lies there is built and run: every source and every test is in a list."""
    src = os.path.join(root, 'src')
    listed = words(os.path.join(src, 'meson.build'))
    listed |= {re.sub('^src/', '', w) for w in words(os.path.join(root, 'meson.build'))}
    commands = words(os.path.join(src, 'cmd', 'meson.build'))
    listed |= {f'cmd/cmd_{w.replace("-", "_")}.c' for w in commands} | commands
    listed |= {f'cmd/{w}' for w in commands}
    listed |= {f'report/writer_{w}.c' for w in listed}
    for path in files(src, '.c'):
        name = os.path.relpath(path, src)
        if name not in listed:
            yield f'src/{name}:1: in no meson.build'
    tests = os.path.join(root, 'tests')
    kinds = (('unit', r't_(.*)\.c$'), ('fuzz', r'f_(.*)\.c$'), ('replay', r'(.*)\.rpl$'), ('truth', r'(.*)\.truth$'),
             ('golden', r'(.*)\.cmd$'), ('cli', r'(.*)\.sh$'), ('net', r'(.*)\.sh$'))
    for suite, pattern in kinds:
        folder = os.path.join(tests, suite)
        known = words(os.path.join(folder, 'meson.build'))
        for path in files(folder, ''):
            name = os.path.relpath(path, folder)
            m = re.match(pattern, name)
            if m and not name.startswith('corpus/') and name != 'run.sh' and m.group(1) not in known:
                yield f'tests/{suite}/{name}:1: not in tests/{suite}/meson.build'


def check_tree(root):
    src = os.path.join(root, 'src')
    breaches = []
    for path in files(src, '.c', '.h'):
        text = read(path)
        for check in FILE_CHECKS:
            breaches += ['src/' + b for b in check(src, os.path.relpath(path, src), text)]
    for path in files(os.path.join(root, 'tests'), '.c', '.h'):
        name = os.path.relpath(path, root)
        text = read(path)
        breaches += list(check_columns(None, name, text))
        breaches += list(check_head(None, name, text))
    breaches += ['src/' + b for b in check_cycles(src)]
    breaches += list(check_orphans(root))
    return breaches


HEAD = '/* SPDX-License-Identifier: ISC\n *\n * A header of the self-test, for nothing.\n */\n#pragma once\n'
C = '/* SPDX-License-Identifier: ISC */\n'
GOOD = {
    'meson.build': "sources = ['src/cmd/main.c']\n",
    'src/meson.build': "base = static_library('base', 'base/a.c', 'model/m.c')\n",
    'src/cmd/meson.build': "programs = {'commands': ['port']}\n",
    'src/base/a.h': HEAD,
    'src/base/b.h': HEAD + '#include "base/a.h"\n',
    'src/base/a.c': C + '#include "base/a.h"\n\n#include <stdio.h>\n',
    'src/model/m.h': HEAD + '#include "base/a.h"\n',
    'src/model/m.c': C + '#include "model/m.h"\n/* printf() is for others */\nint x(void) { return o->exit(1); }\n',
    'src/cmd/main.c': C + '#include <unistd.h>\n#include "model/m.h"\n#include "foreign.h"\n',
    'src/cmd/cmd_port.c': C,
    'tests/unit/meson.build': "units = ['a']\n",
    'tests/unit/t_a.c': C,
    'tests/cli/meson.build': "cli = ['a']\n",
    'tests/cli/a.sh': '\n',
}
# What is changed in the good tree, and what must be said of it; None: nothing.
BAD = (
    ({}, None),
    ({'src/base/a.h': HEAD + '#include "model/m.h"\n'}, 'base may not include model'),
    ({'src/doc/d.h': HEAD + '#include "policy/p.h"\n', 'src/policy/p.h': HEAD}, 'doc may not include policy'),
    ({'src/extra/e.h': HEAD}, 'src/extra is no layer'),
    ({'src/base/a.c': C + '#include "a.h"\n'}, 'is not "folder/file.h"'),
    ({'src/base/a.h': HEAD + '#include "base/b.h"\n'}, 'includes itself'),
    ({'src/base/a.c': C + '#include <stdio.h>\n#include "base/a.h"\n'}, 'its own header comes first'),
    ({'src/model/m.c': C + '#include "model/m.h"\n#include <sys/socket.h>\n'}, '<sys/socket.h> belongs in src/sys'),
    ({'src/cmd/cmd_port.c': C + '#include <fcntl.h>\n'}, '<fcntl.h> belongs in src/sys'),
    ({'src/sys/s.h': HEAD + '#include <fcntl.h>\n'}, None),
    ({'src/model/m.c': C + '#include "model/m.h"\nvoid x(void) { printf("a"); }\n'}, 'm.c:3: printf()'),
    ({'src/model/m.c': C + '#include "model/m.h"\nvoid x(void) { exit (1); }\n'}, 'exit() in src/model'),
    ({'src/model/m.c': C + '#include "model/m.h"\nvoid x(void) { abort(); }\n'}, 'abort() in src/model'),
    ({'src/base/a.c': C + '#include "base/a.h"\nvoid x(void) { printf("a"); }\n'}, None),
    ({'src/base/o.c': C}, 'src/base/o.c:1: in no meson.build'),
    ({'src/cmd/load.c': C, 'src/cmd/meson.build': "p = {'commands': ['port'], 'sources': ['load.c']}"}, None),
    ({'src/cmd/cmd_lost.c': C}, 'src/cmd/cmd_lost.c:1: in no meson.build'),
    ({'tests/unit/t_lost.c': C}, 'not in tests/unit/meson.build'),
    ({'tests/cli/lost.sh': '\n'}, 'not in tests/cli/meson.build'),
    ({'src/base/a.h': HEAD.replace('SPDX', 'SPD')}, 'no SPDX line'),
    ({'tests/unit/t_a.c': '\n'}, 'no SPDX line'),
    ({'src/base/a.h': C + '#pragma once\n'}, 'begins with what it is for'),
    ({'src/base/a.h': HEAD.replace('#pragma once', '')}, 'no #pragma once'),
    ({'src/base/b.h': HEAD + '\t' * 12 + '/* abc */\n'}, 'more than 100 columns'),
    ({'src/base/b.h': HEAD + 'int x; \n'}, 'blanks at the end'),
)


def self_test():
    failures = 0
    for changes, want in BAD:
        with tempfile.TemporaryDirectory() as root:
            for name, text in {**GOOD, **changes}.items():
                path = os.path.join(root, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, 'w', encoding='utf-8') as f:
                    f.write(text)
            got = check_tree(root)
        good = not got if want is None else any(want in g for g in got)
        if not good:
            failures += 1
            print(f'FAIL: {list(changes)}: wanted {want}, got {got}')
    print(f'{len(BAD)} trees, {failures} failures')
    return failures


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if sys.argv[1] == '--self-test':
        return 1 if self_test() else 0
    breaches = check_tree(sys.argv[1])
    for breach in breaches:
        print('FAIL:', breach)
    return 1 if breaches else 0


if __name__ == '__main__':
    sys.exit(main())
