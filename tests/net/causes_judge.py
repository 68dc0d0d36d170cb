#!/usr/bin/env python3
# causes_judge.py ROWS FOLDER DECIDED: hold what the probes said against the truth (tests/causes-lib.sh).
#
# An answer is decided and right, or open: what remains is all that may remain, and the truth is among it. It is
# vague where more remains than may, and wrong otherwise. More than is asked for may be known only with privileges:
# there the truth itself is always right.
import json
import os
import re
import sys

ANSWER = re.compile(r"([a-z-]+)(?:\[(.*)\]|/([a-z-]+)(?:/(.+))?)$")


def outcomes_of(path, family):
    try:
        records = [json.loads(line) for line in open(path)]
    except (OSError, ValueError):
        return []
    return [r for r in records if r["record"] == "outcome" and r["family"] in (int(family), None)]


def candidate(word):
    return word if word in ("target", "target-firewall", "return-path", "middlebox", "local-firewall",
                            "local-route", "hop:?") else "hop:" + word


def cause_of(truth):
    return "hop" if truth.startswith("hop:") else truth


def is_right(o, answer, hops):
    state, remains, cause, by = ANSWER.match(answer).groups()
    if o["state"] != state:
        return False
    if remains is not None:
        return o["cause"] == "unproven" and set(o["candidates"]) == {candidate(w) for w in remains.split(",")}
    if by in hops and state not in ("rejected", "unreachable"):  # in the target's name: where it is is known
        return o["cause"] == cause and o["hop"] == hops[by]
    return o["cause"] == cause and (not by or (o["by"] == by and o["hop"] == hops.get(by)))


def judge(o, answers, truths, user, hops, exact):
    if any(is_right(o, a, hops) for a in answers):
        return "right"
    states = {ANSWER.match(a).group(1) for a in answers}
    if truths == ["-"] or o["state"] not in states:
        return "wrong"
    truths = {candidate(t) for t in truths}
    if user == "root" and o["cause"] in map(cause_of, truths):
        return "right"
    if o["cause"] != "unproven" or not truths & set(o["candidates"]):
        return "wrong"
    may = {candidate(w) for a in answers for w in (ANSWER.match(a).group(2) or "").split(",")}
    if set(o["candidates"]) <= may:
        return "wrong" if exact else "right"
    return "vague"


def told(folder, client, o):
    if not o:
        return "nothing: " + open(os.path.join(folder, client + ".err")).read().strip()
    return "{state}/{cause}/{by} hop {hop}, {candidates}, {how}".format(**o)


def main(rows, folder, needed, exact=""):
    counts = dict.fromkeys(("decided", "open", "wrong", "vague"), 0)
    for line in open(rows):
        client, label, user, family, _, _, _, answers, truth, hops = line.rstrip("\n").split("\t")
        hops = {a: n + 1 for n, a in enumerate(hops.split())}
        # One, but for a row of several ports: all of them.
        for o in outcomes_of(os.path.join(folder, client), family) or [None]:
            found = judge(o, answers.split(), truth.split(","), user, hops, exact) if o else "wrong"
            if found == "right":
                found = "open" if o["cause"] == "unproven" else "decided"
            counts[found] += 1
            if found in ("wrong", "vague") or os.environ.get("SHOW_ALL"):
                print(f"{found}: {label}: {told(folder, client, o)}; right: {answers}")
    print(", ".join(f"{n} {word}" for word, n in counts.items()))
    return counts["wrong"] + counts["vague"] > 0 or counts["decided"] < int(needed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
