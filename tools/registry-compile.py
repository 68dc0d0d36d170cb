#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Compile registry/*.txt to C: constant tables and one pool of strings each, without pointers.

usage: tools/registry-compile.py IANA OVERLAY SERVICES OUTPUT

Run by the build. A line that cannot be read ends it with file:line and what is wrong. The formats
are described at the head of each file, the tables in src/model/registry.h and service.h.
"""
import pathlib
import re
import sys

TRANSPORTS = {"tcp": 1, "udp": 2, "sctp": 4, "dccp": 8, "any": 31}
KINDS = ["assigned", "reserved", "misuse", "squatter", "prefer", "sibling", "browser", "provider",
         "note"]
PROTECTIONS = ["clear", "upgrade", "varies", "tls", "own"]
WORD = re.compile(r"[^\s|]{1,40}")


class Mistake(Exception):
    pass


class Pool:
    """Strings, each kept once, by offset; the empty one is at 0."""

    def __init__(self):
        self.offsets = {"": 0}
        self.size = 1

    def add(self, text):
        if text not in self.offsets:
            self.offsets[text] = self.size
            self.size += len(text.encode()) + 1
        return self.offsets[text]

    def c_lines(self):
        for text in self.offsets:  # in the order of their offsets
            body = "".join(f"\\{b:03o}" if b < 32 or b > 126 or b in b'"\\?' else chr(b)
                           for b in text.encode())
            yield f'\t"{body}\\0"'


class Row:
    """One fact on one range, before its strings are in a pool."""

    def __init__(self, ports, kind, word, text="", source=""):
        (self.on, self.lo, self.hi) = ports
        self.kind, self.word, self.text, self.source = kind, word, text, source


def parse_ports(text):
    """"tcp,udp/20-21" -> (transport bits, 20, 21)"""
    transports, slash, ports = text.partition("/")
    found = re.fullmatch(r"(\d+)(?:-(\d+))?", ports)
    if not slash or not found:
        raise Mistake(f'"{text}" is not TRANSPORT/PORT')
    lo, hi = int(found[1]), int(found[2] or found[1])
    if not lo <= hi <= 65535:
        raise Mistake(f'"{text}": ports run from 0 to 65535, upwards')
    on = 0
    for transport in transports.split(","):
        if transport not in TRANSPORTS:
            raise Mistake(f'"{transport}" is no transport')
        on |= TRANSPORTS[transport]
    return on, lo, hi


def read_lines(path, separator, n):
    """(line number, fields) of a file, without comments; "-" alone is an empty field."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = [field.strip() for field in line.split(separator)]
        if separator == "\t":
            fields += [""] * (n - len(fields))
        try:
            if len(fields) != n:
                raise Mistake(f"{len(fields)} fields instead of {n}")
            yield ["" if field == "-" else field for field in fields]
        except Mistake as mistake:
            sys.exit(f"{path}:{number}: {mistake}")


def is_reserved(name, text):
    return not name and text.lower().startswith(("reserved", "de-registered"))


def iana_row(ports, name, text):
    return Row(parse_ports(ports), "reserved" if is_reserved(name, text) else "assigned", name, text)


def read_iana(path):
    return [iana_row(*fields) for fields in read_lines(path, "\t", 3)]


def read_head(path, key):
    """What stands behind "#key " at the head of the file."""
    return re.search(rf"^#{key} (.*)$", path.read_text(encoding="utf-8"), re.M)[1]


def check_overlay(kind, word, text, source):
    if kind not in KINDS[2:] and kind != "iana":
        raise Mistake(f'there is no kind "{kind}"')
    if word and not (WORD.fullmatch(word) or kind == "sibling"):
        raise Mistake(f'"{word}" is not one word')
    if kind in ("squatter", "prefer", "sibling") and not word:
        raise Mistake(f"a {kind} needs a word")
    if kind in ("misuse", "squatter", "note") and not text:
        raise Mistake(f"a {kind} needs a sentence")
    if kind == "sibling":
        parse_ports(word)
    if kind == "provider" and (word not in ("in", "out", "both") or not source):
        raise Mistake("a provider needs in, out or both, and who it is")


def read_overlay(path):
    """(rows for IANA's table, rows of our own)"""
    iana, own = [], []
    for kind, ports, word, text, source in read_lines(path, "|", 5):
        try:
            check_overlay(kind, word, text, source)
            for one in ports.split():
                if kind == "iana":
                    iana.append(iana_row(one, word or "", text))
                else:
                    (iana if kind == "misuse" else own).append(
                        Row(parse_ports(one), kind, word, text, source))
        except Mistake as mistake:
            sys.exit(f"{path}: {kind} {ports}: {mistake}")
    return iana, own


def check_squatters(iana, own):
    """Who holds a number does not squat on it."""
    held = {(row.lo, row.word.lower()) for row in iana if row.word}
    for row in own:
        if row.kind == "squatter" and (row.lo, row.word.lower()) in held:
            sys.exit(f"overlay: {row.word} holds {row.lo}: a note, not a squatter")


def c_table(name, rows, source, date):
    """The C text of one struct registry."""
    rows = sorted(rows, key=lambda row: (row.lo, row.kind == "misuse"))  # stable: IANA's order
    pool = Pool()
    records = [f"\t{{{r.lo}, {r.hi}, {r.on}, {KINDS.index(r.kind)}, 0, {pool.add(r.word)}, "
               f"{pool.add(r.text)}, {pool.add(r.source)}}}," for r in rows]
    words = [i for i, row in enumerate(rows) if row.word]
    words.sort(key=lambda i: (rows[i].word.lower().encode(), i))
    widest = max(row.hi - row.lo for row in rows)
    return "\n".join([
        f"static const struct registry_record {name}_records[] = {{", *records, "};",
        f"static const uint16_t {name}_words[] = {{",
        *("\t" + " ".join(f"{i}," for i in words[k:k + 16]) for k in range(0, len(words), 16)),
        "};",
        f"static const char {name}_pool[] =", *pool.c_lines(), ";",
        f"const struct registry registry_{name} = {{",
        f"\t.records = {name}_records, .by_word = {name}_words, .pool = {name}_pool,",
        f"\t.n = {len(rows)}, .n_words = {len(words)}, .pool_size = sizeof({name}_pool) - 1,",
        f'\t.widest = {widest}, .source = "{source}", .date = "{date}",', "};", ""])


def read_services(path):
    services = {}
    for name, ports, protection, instead, title, truth, source in read_lines(path, "|", 7):
        try:
            if name in services:
                raise Mistake("listed twice")
            if protection not in PROTECTIONS:
                raise Mistake(f'"{protection}" is no protection')
            if not title:
                raise Mistake("a service needs a title")
            services[name] = ([parse_ports(one) for one in ports.split()],
                              PROTECTIONS.index(protection), instead, title, truth, source)
        except Mistake as mistake:
            sys.exit(f"{path}: {name}: {mistake}")
    for name, service in services.items():
        for other in filter(None, re.split(r",\s*", service[2])):
            if other not in services or other == name:
                sys.exit(f'{path}: {name}: instead "{other}"?')
    return services


def c_services(services):
    pool = Pool()
    ports, records = [], []
    for name in sorted(services, key=str.encode):
        own, protection, instead, title, truth, source = services[name]
        offsets = ", ".join(str(pool.add(text)) for text in (name, title, instead, truth, source))
        records.append(f"\t{{{offsets}, {len(ports)}, {len(own)}, {protection}}},")
        ports += [f"\t{{{lo}, {hi}, {on}}}," for on, lo, hi in own]
    return "\n".join([
        "static const struct service_record service_records[] = {", *records, "};",
        "static const struct service_port service_ports[] = {", *ports, "};",
        "static const char service_pool[] =", *pool.c_lines(), ";",
        "const struct service_table service_table = {",
        f"\tservice_records, service_ports, service_pool, {len(records)},", "};", ""])


def main():
    iana_path, overlay_path, services_path, output = map(pathlib.Path, sys.argv[1:])
    added, own = read_overlay(overlay_path)
    iana = read_iana(iana_path) + added
    check_squatters(iana, own)
    date = read_head(iana_path, "date")
    output.write_text("\n".join([
        "/* Generated by tools/registry-compile.py from the tables in registry. */",
        '#include "model/registry.h"', '#include "model/service.h"', "",
        c_table("iana", iana, read_head(iana_path, "source"), date),
        c_table("overlay", own, "portolan", ""), c_services(read_services(services_path))]),
        encoding="utf-8")


main()
