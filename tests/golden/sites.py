#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""sites.py FOLDER ...: plan FOLDER/site.yaml and compare with the answers beside it, which were
written by hand from the documents: flows.txt, questions.txt, warnings.txt or errors.txt, in any
order. Then give every answer that a question asks for: the question must be gone.

flows.txt     FROM -> TO TRANSPORT/PORTS WORDS : REQUIREMENTS
              words only where they say something: forbidden, recommended, optional, mode=, leg=,
              [the path], dialled=, seen_as=, via=, group=REQUIREMENT[#GROUP]/BRANCH, and what the
              line "# with: ..." adds: addresses, installation, parent, documented, service
questions.txt SUBJECT | the line to add; where that has a word in capitals, " | " and the same line
              with a word of this site
warnings.txt  SEVERITY CODE SUBJECT
errors.txt    a part of each message; there is no plan then
options.txt   more arguments
catalog/      products of its own; else the project's
"""
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

PORTOLAN = os.environ["PORTOLAN"]
CATALOG = os.path.join(os.environ["SOURCE_DIR"], "catalog")


def lines(folder, name):
    """The answers: without comments, and the words behind "# with:"."""
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        return [], set()
    with open(path, encoding="utf-8") as f:
        text = f.read().splitlines()
    extra = {w for line in text if line.startswith("# with:") for w in line[7:].split()}
    kept = [" ".join(line.split()) for line in text]
    return [line for line in kept if line and not line.startswith("#")], extra


def plan(folder, site):
    own = os.path.join(folder, "catalog")
    command = [PORTOLAN, "plan", site, "--format", "jsonl",
               "--catalog", own if os.path.isdir(own) else CATALOG]
    ran = subprocess.run(command + lines(folder, "options.txt")[0], capture_output=True, text=True,
                         check=False)
    if ran.returncode not in (0, 2):
        sys.exit(f"{folder}: exit {ran.returncode}\n{ran.stderr}")
    return [json.loads(line) for line in ran.stdout.splitlines()], ran.stderr


def short(requirement):
    return requirement.split("/", 1)[1]


def flow_words(f, extra, names):
    yield "forbidden" if f["kind"] == "forbidden" else ""
    yield f["level"] if f["level"] != "required" else ""
    for key in "mode", "leg":
        yield f"{key}={f[key]}" if f[key] else ""
    yield "[?]" if f["path"] is None else f"[{','.join(f['path'])}]" if f["path"] else ""
    for key in "dialled", "seen_as":
        yield f"{key}={f[key]}" if f[key] else ""
    yield f"via={f['via']}" if f["via"] != "direct" else ""
    yield f"group={short(f['group'])}/{f['branch']}" if f["group"] else ""
    if "installation" in extra:
        yield f"as={f['installation']}"
    if "parent" in extra and f["parent"]:
        yield f"parent={names[f['parent']]}"
    if "service" in extra and f["service"]:
        yield f"service={f['service']}"
    if "addresses" in extra:
        yield f"{','.join(f['source'])}>{','.join(f['target'])}"
    if "documented" in extra:
        for key in "documented", "effective":
            yield f"{key}=\"{f[key]}\"" if f[key] else ""


def flow_lines(records, extra):
    flows = [r for r in records if r["record"] == "flow"]
    names = {f["flow"]: f"{f['from']}>{f['to']}:{f['transport']}/{f['ports']}".replace(" ", "_")
             for f in flows}
    if len(names) != len(flows):
        sys.exit("two flows have the same id")
    for f in flows:
        words = [w for w in flow_words(f, extra, names) if w]
        yield " ".join([f"{f['from']} -> {f['to']} {f['transport']}/{f['ports']}"] + words
                       + [":"] + [short(r) for r in f["requirements"]])


def compare(folder, name, got):
    want, _ = lines(folder, name)
    if name == "questions.txt":
        want = [" | ".join(line.split(" | ")[:2]) for line in want]
    diff = list(difflib.unified_diff(sorted(want), sorted(got), f"{folder}/{name}", "portolan",
                                     lineterm="", n=0))
    print("\n".join(diff), end="\n" if diff else "")
    return not diff


def put(node, path, value):
    """uses[0].choose."@x": the place of a key in the site, made where it is missing."""
    keys = [k.strip('"') if k[0] != "[" else int(k[1:-1])
            for k in re.findall(r'"[^"]*"|\[\d+\]|[^.\[\]]+', path)]
    for key, follow in zip(keys, keys[1:] + [None]):
        if isinstance(node, list) and key == len(node):
            node.append(None)
        elif isinstance(node, dict) and key not in node:
            node[key] = None
        if follow is None:
            node[key] = value
        elif node[key] is None:
            node[key] = [] if isinstance(follow, int) else {}
        elif isinstance(follow, str) and isinstance(node[key], str):
            node[key] = {"to": node[key]}
        node = node[key]


def answer_one(folder, add):
    """The site with one more line, beside the files that it includes; the lines still asked for."""
    with tempfile.TemporaryDirectory() as copy:
        shutil.copytree(folder, copy, dirs_exist_ok=True)
        site = os.path.join(copy, "site.yaml")
        with open(site, encoding="utf-8") as f:
            document = yaml.load(f, Loader=yaml.BaseLoader)
        path, value = add.split(": ", 1)
        put(document, path, yaml.load(value, Loader=yaml.BaseLoader))
        with open(site, "w", encoding="utf-8") as f:
            yaml.dump(document, f, default_style='"')
        records, errors = plan(copy, site)
    return {(r["subject"], r["add"]) for r in records if r["record"] == "question"}, errors


def check_answers(folder):
    good = True
    for line in lines(folder, "questions.txt")[0]:
        parts = line.split(" | ")
        left, errors = answer_one(folder, parts[-1])
        if errors or (parts[0], parts[1]) in left:
            print(f"{folder}: \"{parts[-1]}\" is no answer to {parts[0]}\n{errors}")
            good = False
    return good


def check(folder):
    records, errors = plan(folder, os.path.join(folder, "site.yaml"))
    wanted, _ = lines(folder, "errors.txt")
    if wanted or errors:
        good = len(wanted) == len(errors.splitlines()) and all(w in errors for w in wanted)
        print("" if good else f"{folder}: expected {wanted}\n{errors}", end="")
        return good
    _, extra = lines(folder, "flows.txt")
    good = compare(folder, "flows.txt", flow_lines(records, extra))
    good &= compare(folder, "questions.txt", [f"{r['subject']} | {r['add']}" for r in records
                                              if r["record"] == "question"])
    good &= compare(folder, "warnings.txt", [f"{r['severity']} {r['code']} {r['subject']}"
                                             for r in records if r["record"] == "finding"])
    return good and check_answers(folder)


if __name__ == "__main__":
    sys.exit(0 if all([check(folder.rstrip("/")) for folder in sys.argv[1:]]) else 1)
