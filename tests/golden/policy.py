#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""policy.py NAME ...: derive the policy of each device with a file policy/NAME/DEVICE.rules and compare
it with that file, which was written by hand from the documents, in any order. The site is
policy/NAME/site.yaml, else sites/NAME/site.yaml; base rules, which no flow is behind, are left out. A file
policy/NAME/options has words for the command.

DEVICE.rules  HOOK ACTION [in=INTERFACE] [out=INTERFACE] SOURCE > TARGET TRANSPORT/PORTS WORDS
              WORDS: from=PORTS, user=, translated, reply, to=[ADDRESS][:PORT], to=session,
              to=BALANCE:ADDRESS[:PORT],... of a load balancer
Where a required flow is inside of a forbidden one, the first must come first: that is looked at, too.
"""
import difflib
import json
import os
import subprocess
import sys

PORTOLAN = os.environ["PORTOLAN"]
GOLDEN = os.path.join(os.environ["SOURCE_DIR"], "tests", "golden")


def site_of(name):
    own = os.path.join(GOLDEN, "policy", name)
    folder = own if os.path.exists(os.path.join(own, "site.yaml")) else os.path.join(GOLDEN, "sites", name)
    catalog = os.path.join(folder, "catalog")
    if not os.path.isdir(catalog):
        catalog = os.path.join(os.environ["SOURCE_DIR"], "catalog")
    return os.path.join(folder, "site.yaml"), catalog


def derive(name, device):
    site, catalog = site_of(name)
    command = [PORTOLAN, "policy", "derive", site, "--device", device, "--format", "jsonl", "--catalog", catalog]
    options = os.path.join(GOLDEN, "policy", name, "options")
    if os.path.exists(options):
        with open(options, encoding="utf-8") as f:
            command += f.read().split()
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        sys.exit(f"{name} {device}: exit {ran.returncode}\n{ran.stderr}")
    records = [json.loads(line) for line in ran.stdout.splitlines()]
    return [r for r in records if r["record"] == "rule" and r["flows"]]


def side(prefixes):
    text = ",".join(prefixes)
    return {"0.0.0.0/0": "any4", "::/0": "any6"}.get(text, text)


def words(r):
    yield from (r["hook"], r["action"])
    for key in "in", "out":
        yield f"{key}={r[key]}" if r[key] else ""
    yield f"{side(r['source'])} > {side(r['target'])}"
    yield f"{r['transport']}/{r['ports']}"
    yield f"from={r['source_ports']}" if r["source_ports"] else ""
    yield f"user={r['user']}" if r["user"] else ""
    yield "translated" if r["translated"] else ""
    yield r["packets"] or ""
    to = (r["to_address"] or "") + (f":{r['to_port']}" if r["to_port"] else "")
    to = "session" if r["by_session"] else to
    to = f"{r['balance']}:{','.join(r['members'])}" if "members" in r else to
    yield f"to={to}" if to else ""


def expected(path):
    with open(path, encoding="utf-8") as f:
        kept = [" ".join(line.split()) for line in f]
    return sorted(line for line in kept if line and not line.startswith("#"))


def main():
    status = 0
    for name in sys.argv[1:]:
        folder = os.path.join(GOLDEN, "policy", name)
        files = sorted(f for f in os.listdir(folder) if f.endswith(".rules"))
        if not files:
            sys.exit(f"{name}: no DEVICE.rules")
        for file in files:
            rules = derive(name, file[:-len(".rules")])
            got = sorted(" ".join(w for w in words(r) if w) for r in rules)
            want = expected(os.path.join(folder, file))
            if got != want:
                print("\n".join(difflib.unified_diff(want, got, f"{name}/{file}", "derived", lineterm="", n=0)))
                status = 1
            order = [r["rank"] for r in rules if r["hook"] == "forward"]
            if order != sorted(order):
                print(f"{name}/{file}: not in the order of ranks")
                status = 1
    sys.exit(status)


main()
