#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""meaning.py windows|cisco|aws: what the texts say that no tool has read here is what the policy means.

Each device and host of each site is derived in that language, and read here by what its vendor's documents
say of it; and as records (--format jsonl), which are the policy. Both are asked about packets at the
boundaries of all rules: ends of prefixes and of ranges of ports, and what is beside them, protocols, types
of ICMP, interfaces. Where a language cannot say something, a finding in the text does, with the hook and the
key of a rule: only for packets of that rule, and only in its direction, they may differ.

The records of a device whose site says `filter: stateless` are those for Cisco, whose lists keep no state.
"""
import collections
import glob
import ipaddress
import itertools
import json
import os
import random
import re
import subprocess
import sys
import tempfile

PORTOLAN = os.environ["PORTOLAN"]
SOURCE = os.environ["SOURCE_DIR"]
DAY = "2026-11-27"
MIXED = 600  # packets of each device and family that have a bit of several rules
TCP, UDP, ICMP, ICMP6, SCTP = 6, 17, 1, 58, 132
PORTS = {TCP, UDP, SCTP}
ALL_PORTS = (0, 65535)
TOP = {4: 2**32 - 1, 6: 2**128 - 1}
ERRORS = {4: {3, 11}, 6: {1, 2, 3, 4}}

# Addresses are numbers; way in and out are names of interfaces, None where the device itself begins or ends.
Packet = collections.namedtuple("Packet", "version proto src dst sport dport type code ack user way_in way_out")


def words_of(p):
    show = {4: ipaddress.IPv4Address, 6: ipaddress.IPv6Address}[p.version]
    said = p._asdict() | {"src": str(show(p.src)), "dst": str(show(p.dst))}
    return " ".join(f"{k}={v}" for k, v in said.items() if v is not None)


def within(n, spans):
    return any(lo <= n <= hi for lo, hi in spans)


def network(text):
    """(version, (first, last)); a prefix with bits behind its length is refused."""
    n = ipaddress.ip_network(text)
    return n.version, (int(n.network_address), int(n.broadcast_address))


def answer(p):
    kind = {8: 0, 13: 14, 128: 129}.get(p.type, p.type)
    return p._replace(src=p.dst, dst=p.src, sport=p.dport, dport=p.sport, way_in=p.way_out, way_out=p.way_in,
                      ack=p.proto == TCP, type=kind)


# --- the policy --------------------------------------------------------------------------------------------

TYPES = {"echo": (8, 128), "echo-reply": (0, 129), "redirect": (5, 137), "destination-unreachable": (3, 1),
         "fragmentation-needed": (3, 2), "time-exceeded": (11, 3), "parameter-problem": (12, 4),
         "timestamp": (13, None), "timestamp-reply": (14, None), "router-solicitation": (10, 133),
         "router-advertisement": (9, 134), "neighbour-solicitation": (None, 135),
         "neighbour-advertisement": (None, 136), "listener-query": (None, 130), "listener-report": (None, 131),
         "listener-done": (None, 132), "listener-report-2": (None, 143)}
PROTOCOLS = {"tcp": TCP, "udp": UDP, "sctp": SCTP}


def port_span(text):
    lo, _, hi = ("0-65535" if text in (None, "any") else text).partition("-")
    return int(lo), int(hi or lo)


class Rule:
    def __init__(self, r):
        self.hook, self.key, self.action, self.packets = r["hook"], r["key"], r["action"], r["packets"]
        self.ways_in = r["in"] and r["in"].split(",")
        self.ways_out = r["out"] and r["out"].split(",")
        self.family, self.user, self.translated = r["family"], r["user"], r["translated"]
        self.source, self.target = ([network(p)[1] for p in r[end]] for end in ("source", "target"))
        self.transport, self.icmp = r["transport"], r["ports"] if r["transport"] == "icmp" else "any"
        self.number = r["ports"] if r["transport"] == "ip" else PROTOCOLS.get(r["transport"])
        has_ports = r["transport"] in PROTOCOLS
        self.ports = port_span(r["ports"]) if has_ports else ALL_PORTS
        self.sports = port_span(r["source_ports"]) if has_ports else ALL_PORTS
        self.to_address, self.to_port, self.by_session = r["to_address"], r["to_port"], r["by_session"]
        self.members, self.is_base = r.get("members", []), not r["flows"]

    def name(self):
        return self.hook, self.key

    def is_of_state(self, p):
        if self.packets in ("established", "invalid", "reset"):
            return False  # none of these begins anything
        if self.packets == "related":
            return p.proto in (ICMP, ICMP6) and p.type in ERRORS[p.version]
        if self.packets == "reply":
            return p.ack if self.transport == "tcp" else self.transport or p.proto != TCP
        return True

    def is_of_protocol(self, p):
        if self.transport == "icmp":
            if p.proto != (ICMP6 if p.version == 6 else ICMP):
                return False
            if self.icmp == "any":
                return True
            code = 4 if self.icmp == "fragmentation-needed" and p.version == 4 else p.code
            return (p.type, p.code) == (TYPES[self.icmp][p.version == 6], code)
        return self.transport is None or p.proto == self.number

    def has(self, p, but=()):
        """Whether the packet is in it; `but`: what is not asked for."""
        return (("state" in but or self.is_of_state(p)) and self.family in (None, p.version)
                and self.is_of_protocol(p)
                and ("src" in but or not self.source or within(p.src, self.source))
                and ("dst" in but or not self.target or within(p.dst, self.target))
                and (p.proto not in PORTS or (("dport" in but or within(p.dport, [self.ports]))
                                              and ("sport" in but or within(p.sport, [self.sports]))))
                and ("way_in" in but or not self.ways_in or p.way_in in self.ways_in)
                and ("way_out" in but or not self.ways_out or p.way_out in self.ways_out)
                and ("user" in but or not self.user or p.user == self.user))


def hook_of(p):
    return "output" if p.way_in is None else "input" if p.way_out is None else "forward"


class Policy:
    def __init__(self, records):
        self.rules = [Rule(r) for r in records if r["record"] == "rule"]
        self.filters = {h: [r for r in self.rules if r.hook == h] for h in ("input", "forward", "output")}
        self.filter = sum(self.filters.values(), [])
        self.told = Findings((f["code"], f["subject"]) for f in records if f["record"] == "finding")

    def decides(self, p, translated=False):
        """The first rule that has it, or None: it is dropped."""
        for r in self.filters[hook_of(p)]:
            if r.has(p) and (translated or not r.translated):
                return r
        return None

    def allows(self, p, translated=False):
        r = self.decides(p, translated)
        return r is not None and r.action == "accept"

    def translations(self, p):
        """What may come of its target: (packet, rule); the rule is None where it stays."""
        for r in self.rules:
            if r.hook != "prerouting" or p.way_in is None or not r.has(p, but=("way_out",)):
                continue
            ends = [re.fullmatch(r"(.*?)(?::(\d+))?", m).groups() for m in r.members] or [(r.to_address, r.to_port)]
            return [(p._replace(dst=int(ipaddress.ip_address(a)) if a else p.dst, dport=int(port or p.dport)), r)
                    for a, port in ends]
        return [(p, None)]

    def source_seen(self, p):
        for r in self.rules:
            if r.hook == "postrouting" and r.has(p, but=("way_in",)) and r.to_address:
                return p._replace(src=int(ipaddress.ip_address(r.to_address))), r
        return p, None

    def dialled(self, p):
        """For a packet to where a translation leads, what it was translated from; None: nothing."""
        p = p._replace(ack=False)
        for r in self.rules:
            if r.hook == "prerouting" and r.target and p.way_in in (r.ways_in or [p.way_in]):
                asked = p._replace(dst=r.target[0][0], dport=r.ports[0])
                if any(end == p and by is r for end, by in self.translations(asked)):
                    return asked
        return None


class Findings(collections.defaultdict):
    """{code: {(hook, key)}}, and subjects that are no rule as they are."""

    def __init__(self, found):
        super().__init__(set)
        for code, subject in found:
            rule = re.match(r"(\w+) ([0-9a-f]{12})\b", subject or "")
            self[code].add(rule.groups() if rule else subject)


# --- packets -----------------------------------------------------------------------------------------------

FAR = {4: int(ipaddress.ip_address("192.0.2.201")), 6: int(ipaddress.ip_address("2001:db8:ffff::201"))}
ICMP_TYPES = {4: [0, 3, 5, 8, 9, 11, 12, 13, 255], 6: [1, 2, 3, 4, 5, 127, 128, 129, 130, 131, 132, 133, 136, 143]}


def around(spans, top):
    return sorted({n for lo, hi in spans for n in (lo - 1, lo, hi, hi + 1) if 0 <= n <= top})


def ends_of(spans, version):
    """The boundary addresses; of any one that nobody else has."""
    if not spans or (0, TOP[version]) in spans:
        return [FAR[version]]
    return around(spans, TOP[version])


def typical(rule, version):
    """A packet that is in the rule, but for interfaces."""
    icmp = ICMP6 if version == 6 else ICMP
    proto = icmp if rule.transport == "icmp" else TCP if rule.number is None else rule.number
    kind = 8 if version == 4 else 128
    if rule.icmp != "any":
        kind = TYPES[rule.icmp][version == 6]
    src, dst = (s[0][0] if s and s[0] != (0, TOP[version]) else FAR[version] for s in (rule.source, rule.target))
    return Packet(version, proto, src, dst, max(rule.sports[0], 1) if rule.sports != ALL_PORTS else 49152,
                  max(rule.ports[0], 1), kind, 4 if rule.icmp == "fragmentation-needed" else 0,
                  rule.packets == "reply" and proto == TCP, rule.user, None, None)


def beside(rule, p, own):
    """The packet, and those that differ from it in one thing, or in both ends."""
    version = p.version
    ports = around([rule.ports, (1, 1), (1023, 1024)], 65535)
    sports = around([rule.sports, (1, 1), (1023, 1024)], 65535)
    sources, targets = ends_of(rule.source, version), ends_of(rule.target, version)
    change = {"src": sources + own + [FAR[version]], "dst": targets + own + [FAR[version]],
              "proto": [TCP, UDP, ICMP6 if version == 6 else ICMP, SCTP, 47, 0, 41], "dport": ports, "sport": sports,
              "ack": [not p.ack], "user": [None, "other"]}
    if rule.transport in ("icmp", None):
        change |= {"type": ICMP_TYPES[version], "code": [0, 1, 4, 5]}
    yield p
    for key, values in change.items():
        for value in values:
            yield p._replace(**{key: value})
    for src, dst in itertools.product(sources[:8], targets[:8]):
        yield p._replace(src=src, dst=dst)
    if rule.transport is None:
        for proto in (UDP, ICMP6 if version == 6 else ICMP, 47):
            for kind in ICMP_TYPES[version]:
                yield p._replace(proto=proto, type=kind)


def mixed(rng, samples):
    """What comes from where one rule has it and goes to where another has it, as a third says."""
    for version in 4, 6:
        of_family = [p for p in samples if p.version == version]
        for _ in range(MIXED if of_family else 0):
            a, b, c = (rng.choice(of_family) for _ in range(3))
            yield rng.choice([a, b, c])._replace(src=a.src, dst=b.dst)


class Site:
    """One device or host: what is derived of it, its interfaces and its addresses."""

    def __init__(self, path, name, folder):
        self.path, self.name, self.folder = path, name, folder
        own = os.path.join(os.path.dirname(path), "catalog")
        self.catalog = own if os.path.isdir(own) else os.path.join(SOURCE, "catalog")
        with open(path, encoding="utf-8") as f:
            self.text = f.read()
        block = re.search(rf"^  {re.escape(name)}:(.*\n(?:   .*\n)*)", self.text, re.M).group(1)
        self.interfaces = re.findall(r"^      ([\w-]+): \{zone: [^}]*?(?:name: ([^,}]+))?(?:, addresses:[^}]*)?\}$",
                                     block, re.M)
        self.own = {(n.version, int(n)) for a in re.findall(r"addresses: \[(.*?)\]", block)
                    for n in map(ipaddress.ip_address, re.findall(r"[0-9a-f.:]+", a))}

    def derive(self, form, change=lambda text: text):
        """Names with a slash are for Cisco alone: the records have them with a dot."""
        at = os.path.join(self.folder, "site.yaml")
        with open(at, "w", encoding="utf-8") as f:
            f.write(change(self.text if form == "cisco" else plain(self.text)))
        options = os.path.join(os.path.dirname(self.path), "options")
        more = []
        if os.path.exists(options):
            with open(options, encoding="utf-8") as f:
                more = f.read().split()
        command = [PORTOLAN, "policy", "derive", at, "--device", self.name, "--format", form, "--catalog",
                   self.catalog, "--on", DAY] + more
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode != 0:
            sys.exit(f"{self.path} {self.name}: exit {ran.returncode}\n{ran.stderr}")
        return ran.stdout

    def policy(self, change=lambda text: text):
        return Policy([json.loads(line) for line in self.derive("jsonl", change).splitlines()])

    def links(self):
        return [plain(system) for _, system in self.interfaces if system] or [""]


def plain(text):
    return text.replace("GigabitEthernet0/", "Gi0.")


def behind(policy, links):
    """For an address the interfaces behind which it is: those of the longest prefix that rules have for it."""
    known = {}
    for r in policy.filter:
        for spans, ways in (r.source, r.ways_in), (r.target, r.ways_out):
            for span in spans if ways else []:
                known.setdefault((r.family, span), set()).update(ways)
    ordered = sorted(known.items(), key=lambda item: item[0][1][1] - item[0][1][0])
    return lambda version, n: next((ways for (family, (lo, hi)), ways in ordered
                                    if family == version and lo <= n <= hi), set(links))


def placed(links, hook, p):
    """Where it may come in and leave."""
    if hook == "input":
        return [p._replace(way_in=link) for link in links]
    if hook == "output":
        return [p._replace(way_out=link) for link in links]
    return [p._replace(way_in=i, way_out=o) for i in links for o in links if i != o]


def hooks_of(rule):
    return {"prerouting": ["input", "forward"], "postrouting": ["forward"]}.get(rule.hook, [rule.hook])


def packets_of(policy, site):
    """At the boundaries of its rules. What would not be routed so, or is the device's own, is none of them."""
    rng, samples, found, links = random.Random(site.name), [], set(), site.links()
    for rule in policy.rules:
        if rule.is_base and rule.transport != "icmp" or rule.packets == "reset":
            continue
        for version in [rule.family] if rule.family else [4, 6]:
            p = typical(rule, version)
            if rule.icmp == "any" or p.type is not None:
                samples.append(p)
                own = [n for v, n in site.own if v == version]
                for near in beside(rule, p, own):
                    hooks = ["input"] if near.dst in own and rule.hook == "forward" else hooks_of(rule)
                    found.update((hook, near) for hook in hooks)
    found.update((hook, p) for p in mixed(rng, samples) for hook in policy.filters)
    where = behind(policy, links)
    every = {clean(there) for hook, p in found for there in placed(links, hook, p)}
    return [p for p in every if hook_of(p) != "forward" or is_routed(policy, site, where, p)]


def is_routed(policy, site, where, p):
    dst = policy.translations(p)[0][0].dst
    return (p.way_out in where(p.version, dst) and p.way_in in where(p.version, p.src)
            and (p.version, dst) not in site.own and (p.version, p.src) not in site.own)


def clean(p):
    """Without what its protocol does not have."""
    if p.proto not in PORTS:
        p = p._replace(sport=None, dport=None)
    if p.proto not in (ICMP, ICMP6):
        p = p._replace(type=None, code=None)
    return p if p.proto == TCP else p._replace(ack=False)


def outcomes(policy, p):
    """(as the filter sees it, what translated it), where that is known and comes to this hook."""
    if p.way_in is None:
        return [(p, None)]
    return [(mid, rule) for mid, rule in policy.translations(p)
            if not rule or not rule.by_session and (rule.action == "redirect") == (p.way_out is None)]


# --- Windows -----------------------------------------------------------------------------------------------


def powershell(line):
    """Words, quoted texts and commas; 'it''s' is one text. Of what else there is nothing is known."""
    token = re.compile(r"\s*(?:('(?:[^']|'')*')|([A-Za-z0-9@$=_.:-]+)|(,))")
    at = 0
    while at < len(line):
        m = token.match(line, at)
        if not m:
            sys.exit(f"no PowerShell: {line[at:at + 60]!r}")
        at = m.end()
        yield m.group(1)[1:-1].replace("''", "'") if m.group(1) else m.group(0).strip()


def options(line):
    """{"Direction": ["Inbound"], ...}: a comma holds a list together."""
    found, name, comma = {}, None, True
    for word in powershell(line):
        if word == ",":
            comma = True
        elif re.fullmatch(r"-[A-Z][A-Za-z]+", word) and not (comma and name and found[name]):
            name, comma = word[1:], True
            assert name not in found, line
            found[name] = []
        elif name:
            assert comma, line
            found[name].append(word)
            comma = False
    return found


WINDOWS_OPTIONS = {"Direction", "Action", "Protocol", "LocalPort", "RemotePort", "LocalAddress", "RemoteAddress",
                   "IcmpType", "InterfaceAlias", "Program", "Service", "Name", "DisplayName", "Description"}
WINDOWS_PORTS = {"RPC": (49152, 65535), "RPCEPMap": (135, 135)}


class WindowsRule:
    """Each condition is None where there is none: all pass it."""

    def __init__(self, line):
        o = options(line)
        assert not set(o) - WINDOWS_OPTIONS, line
        self.name, self.line = o["Name"][0], line
        self.inbound, self.allow = o["Direction"][0] == "Inbound", o["Action"][0] == "Allow"
        assert o["Direction"][0] in ("Inbound", "Outbound") and o["Action"][0] in ("Allow", "Block"), line
        word = o["Protocol"][0]
        self.proto = {"TCP": TCP, "UDP": UDP, "ICMPv4": ICMP, "ICMPv6": ICMP6, "Any": None}.get(word, word)
        self.proto = self.proto if self.proto is None else int(self.proto)
        self.alias = o.get("InterfaceAlias", [None])[0]
        self.local, self.remote = (self.networks(o.get(k)) for k in ("LocalAddress", "RemoteAddress"))
        assert self.proto in (TCP, UDP) or not {"LocalPort", "RemotePort"} & set(o), line
        self.lport, self.rport = ([WINDOWS_PORTS.get(t) or port_span(t) for t in o[k]] if k in o else None
                                  for k in ("LocalPort", "RemotePort"))
        assert self.proto in (ICMP, ICMP6) or "IcmpType" not in o, line
        self.icmp = [[int(n) for n in t.split(":")] for t in o["IcmpType"]] if "IcmpType" in o else None

    @staticmethod
    def networks(texts):
        return texts and [network(t) for t in texts]

    def has(self, p):
        inbound = p.way_out is None
        local, lport, remote, rport = (p.dst, p.dport, p.src, p.sport) if inbound else (p.src, p.sport, p.dst, p.dport)
        return (inbound == self.inbound and self.proto in (None, p.proto)
                and self.alias in (None, p.way_in if inbound else p.way_out)
                and all(not nets or any(v == p.version and lo <= n <= hi for v, (lo, hi) in nets)
                        for nets, n in ((self.local, local), (self.remote, remote)))
                and all(not spans or within(n, spans) for spans, n in ((self.lport, lport), (self.rport, rport)))
                and (not self.icmp or any([p.type, p.code][:len(t)] == t for t in self.icmp)))


class Windows:
    """A block wins over every allow; there is no order. The defaults are what the script sets at its end."""

    form = "windows"

    def __init__(self, text, _):
        found = re.findall(r"^# (\w+): ([a-z-]+): (.*)", text, re.M)
        self.told = Findings((code, subject) for _, code, subject in found)
        self.high = Findings((code, subject) for severity, code, subject in found if severity == "high")
        self.rules = [WindowsRule(line) for line in text.splitlines() if "New-NetFirewallRule" in line]
        assert len({r.name for r in self.rules}) == len(self.rules), "a name twice"
        assert "Profile = 'Any'; Enabled = 'True'" in text or not self.rules
        profile = [options(line) for line in text.splitlines() if line.startswith("Set-NetFirewallProfile ")]
        self.filters = bool(profile)
        assert not profile or (profile[0]["Enabled"], profile[0]["Profile"]) == (
            ["True"], ["Domain", "Private", "Public"])
        self.default = {way: profile and profile[0][f"Default{way}Action"] == ["Allow"]
                        for way in ("Inbound", "Outbound")}

    def misses(self, policy):
        if any(not r.is_base for r in policy.filters["forward"]) and not self.told["passes-unseen"]:
            yield "what passes through is not looked at, and nothing says so"

    def passes(self, p, mid, _policy, _rule):
        if hook_of(p) == "forward":
            return None
        found = {r.allow for r in self.rules if r.has(mid)}
        return False not in found and (True in found or self.default["Inbound" if p.way_out is None else "Outbound"])

    def may_stop(self, p, rule, policy):
        if rule.name() in self.told["not-in-windows"] and (rule.translated or rule.transport == "sctp"):
            return True
        if self.told["state-is-kept"] and rule.packets == "reply":
            return True
        return p.proto in (ICMP, ICMP6) and p.type in ERRORS[p.version] and rule.is_base and any(
            r.name() in self.told["block-of-errors"] and r.has(p) for r in policy.filter)

    def may_pass(self, p, rule, policy):
        if rule and rule.name() in self.high["exception-in-block"]:
            return True
        return any(r.name() in self.told["owner-unsaid"] and r.has(p, but=("user",)) for r in policy.filter)


# --- Cisco IOS ---------------------------------------------------------------------------------------------


class Entry:
    """permit|deny PROTOCOL END [PORTS] END [PORTS] [TYPE [CODE]] [established]"""

    def __init__(self, text, version):
        self.text, self.todo, self.version = text, text.split(), version
        self.permit = {"permit": True, "deny": False}[self.todo.pop(0)]
        word = self.todo.pop(0)
        known = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "ip": None}
        if version == 6:
            known = {"tcp": TCP, "udp": UDP, "icmp": ICMP6, "ipv6": None}
        self.proto = known[word] if word in known else int(word)
        assert self.proto != 0, text  # that is any protocol
        self.src, self.sports = self.end(), self.ports()
        self.dst, self.dports = self.end(), self.ports()
        self.icmp = []
        while self.todo and self.todo[0].isdigit():
            self.icmp.append(int(self.todo.pop(0)))
        assert not self.icmp or self.proto in (ICMP, ICMP6), text
        self.established = self.todo == ["established"] and self.proto == TCP
        assert not self.todo or self.established, text

    def end(self):
        word = self.todo.pop(0)
        if word == "any":
            return 0, TOP[self.version]
        if word == "host":
            word = self.todo.pop(0)
        elif self.version == 4:
            wild = int(ipaddress.IPv4Address(self.todo.pop(0)))
            assert wild & (wild + 1) == 0, self.text
            word += f"/{32 - wild.bit_length()}"
        version, span = network(word)
        assert version == self.version, self.text
        return span

    def ports(self):
        word = self.todo[0] if self.todo else None
        if word not in ("eq", "range"):
            return ALL_PORTS
        assert self.proto in (TCP, UDP), self.text
        self.todo.pop(0)
        first = int(self.todo.pop(0))
        return first, first if word == "eq" else int(self.todo.pop(0))

    def has(self, p):
        return (self.proto in (None, p.proto) and self.src[0] <= p.src <= self.src[1]
                and self.dst[0] <= p.dst <= self.dst[1] and (p.ack or not self.established)
                and (self.proto not in PORTS or (within(p.sport, [self.sports]) and within(p.dport, [self.dports])))
                and [p.type, p.code][:len(self.icmp)] == self.icmp)


class Cisco:
    """The first entry that matches, and a deny behind the last. A list for what comes in sees targets as they are
    dialled, one for what leaves sees sources as they are translated; what the router sends none looks at."""

    form = "cisco"

    def __init__(self, text, site):
        found = re.findall(r"^! (\w+): ([a-z-]+): (.*)", text, re.M)
        self.told = Findings((code, plain(subject)) for _, code, subject in found)
        self.lists, self.bound, self.nat, self.static = {}, {}, {}, {}
        self.site, current = site, None
        for line in text.splitlines():
            assert len(line) <= 254 and "?" not in line
            current = self.read(line, current)
        self.filters = bool(self.lists)
        assert set(self.bound.values()) == set(self.lists)

    def read(self, line, current):
        """What the next line belongs to: a list, or an interface."""
        listed = re.fullmatch(r"(?:ip access-list extended|ipv6 access-list) (PORTOLAN[46]-\S+)", line)
        bound = re.fullmatch(r" (?:ip access-group|ipv6 traffic-filter) (PORTOLAN([46])-\S+) (in|out)", line)
        static = re.fullmatch(r"ip nat inside source static (tcp|udp) (\S+) (\d+) (\S+) (\d+) extendable", line)
        if line.startswith("!") or line.startswith(" remark "):
            return current
        if line in ("exit", "end"):
            return None
        if listed:
            assert current is None and listed.group(1) not in self.lists, line
            self.lists[listed.group(1)] = []
            return listed.group(1)
        if line.startswith("interface "):
            return plain(line.split()[1])
        if bound:
            assert current not in self.lists, line
            self.bound[current, bound.group(3), int(bound.group(2))] = bound.group(1)
        elif static:
            transport, local, lport, at, port = static.groups()
            self.static[PROTOCOLS[transport], network(at)[1][0], int(port)] = network(local)[1][0], int(lport)
        elif line in (" ip nat inside", " ip nat outside"):
            self.nat[current] = line.split()[-1]
        else:
            self.lists[current].append(Entry(line, int(current[8])))
        return current

    def permits(self, link, way, p):
        name = self.bound.get((link, way, p.version))
        return name is None or next((e.permit for e in self.lists[name] if e.has(p)), False)

    def translated(self, p):
        if self.nat.get(p.way_in) != "outside":
            return p
        to = self.static.get((p.proto, p.dst, p.dport))
        return p._replace(dst=to[0], dport=to[1]) if to else p

    def misses(self, policy):
        bindable = self.site.interfaces or self.told["no-interface"]
        if any(r.hook != "output" for r in policy.filter) and not bindable:
            yield "there is nothing to bind a list to, and nothing says so"
        if not self.told["own-unseen"]:
            yield "what the router sends is not looked at, and nothing says so"
        for r in policy.rules:
            if r.name() in self.told["not-in-cisco"]:
                continue
            if r.hook == "postrouting" or r.hook == "output" and r.action == "drop" and not r.is_base:
                yield f"nothing says that this is not done: {r.hook} {r.key}"
            if r.hook == "prerouting":
                yield from self.mistranslated(policy, r)

    def mistranslated(self, policy, rule):
        """What is translated otherwise than by a translation that the text should make."""
        for near in beside(rule, typical(rule, rule.family), [n for v, n in self.site.own if v == rule.family]):
            for p in placed(self.site.links(), "input", clean(near)):
                ends = [end if not by or by.name() not in self.told["not-in-cisco"] else p
                        for end, by in policy.translations(p)]
                if self.translated(p) not in ends and self.permits(p.way_in, "in", p):
                    yield f"translated otherwise: {words_of(p)} to {words_of(self.translated(p))}"

    def passes(self, p, mid, policy, rule):
        if hook_of(p) == "output" or not self.site.interfaces:
            return None
        if hook_of(p) == "input":
            return self.permits(p.way_in, "in", p) if (p.version, mid.dst) in self.site.own else None
        ways = [(p, policy.source_seen(mid)[0])]
        if not rule or rule.packets == "reply":
            ways = [self.as_answer(p, mid, policy)] + (ways if not rule else [])
        return any(self.permits(p.way_in, "in", came) and self.permits(p.way_out, "out", left) for came, left in ways)

    def answers(self, p, mid, policy):
        """Whether the answer comes back; of ICMP only what asks has one."""
        if p.proto in (ICMP, ICMP6) and p.type not in (8, 13, 128) or p.way_out is None:
            return True
        left = policy.source_seen(mid)[0] if p.way_in else p
        return self.permits(p.way_out, "in", answer(left)) and (
            p.way_in is None or self.permits(p.way_in, "out", answer(p)))

    def may_lose_answer(self, mid, policy):
        back = answer(mid)
        rule = policy.decides(back, True)
        if any(r.name() in self.told["answers-forbidden"] and r.packets == "reply" and r.has(back)
               for r in policy.filter):
            return True
        if rule is None or rule.action != "accept":
            return bool(self.told["answers-look-forbidden"]) or self.is_inexact(back, policy)
        return self.may_stop(back, rule, policy)

    @staticmethod
    def as_answer(p, mid, policy):
        """An answer to what was translated, as it comes and as it leaves."""
        asked = answer(mid)._replace(ack=False)
        seen, snat = policy.source_seen(asked)
        dialled = policy.dialled(asked)
        came = p._replace(dst=seen.src) if snat else p
        left = mid._replace(src=dialled.dst, sport=dialled.dport) if dialled else mid
        return came, left

    def may_stop(self, p, rule, policy):
        if rule.name() in self.told["not-in-cisco"]:
            return rule.transport == "sctp" or rule.number == 0 or rule.translated
        if rule.name() in self.told["replies-of-any"] and rule.packets == "reply":
            return p.proto not in (TCP, UDP, ICMP, ICMP6)
        return self.is_inexact(p, policy)

    def is_inexact(self, p, policy):
        return any(r.name() in self.told["drop-not-exact"] and r.has(p, but=("way_in", "way_out"))
                   for r in policy.filter)

    def may_pass(self, p, rule, policy):
        if self.is_inexact(p, policy):
            return True
        code = "reaches-router" if p.way_out is None else "passes-by-two"
        named = [r for r in policy.filters["forward"] if r.name() in self.told[code]]
        if any(r.has(p, but=("way_out",)) for r in named):
            return True
        if p.ack and p.way_out and self.told["replies-by-flags"]:
            return all(any(r.packets == "reply" and r.has(p, but=but) for r in policy.filters["forward"])
                       for but in (("way_out",), ("way_in",)))
        # Answers to what was translated are sent to the router.
        return p.way_out is None and any(r.packets == "reply" and r.has(p, but=("way_out", "dst")) for r in named)


# --- AWS ---------------------------------------------------------------------------------------------------


class Permission:
    def __init__(self, p):
        assert set(p) <= {"IpProtocol", "FromPort", "ToPort", "IpRanges", "Ipv6Ranges"}, p
        names = PROTOCOLS | {"icmp": ICMP, "icmpv6": ICMP6, "-1": None}
        word = p["IpProtocol"]
        self.proto = names[word] if word in names else int(word)
        assert word != "sctp" and ("FromPort" in p) == (self.proto in (TCP, UDP, ICMP, ICMP6)), p
        self.lo, self.hi = p.get("FromPort"), p.get("ToPort")
        self.ranges = [network(r["CidrIp"]) for r in p["IpRanges"]]
        self.ranges += [network(r["CidrIpv6"]) for r in p["Ipv6Ranges"]]
        assert len(set(self.ranges)) == len(self.ranges), p
        assert all(v == (4 if i < len(p["IpRanges"]) else 6) for i, (v, _) in enumerate(self.ranges)), p
        texts = [r["Description"] for r in p["IpRanges"] + p["Ipv6Ranges"]]
        assert all(re.fullmatch(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}", t) for t in texts), p

    def has(self, p, far):
        if self.proto not in (None, p.proto) or not any(v == p.version and lo <= far <= hi
                                                        for v, (lo, hi) in self.ranges):
            return False
        if self.proto in (TCP, UDP):
            return self.lo <= p.dport <= self.hi
        if self.proto in (ICMP, ICMP6):
            return self.lo in (-1, p.type) and self.hi in (-1, p.code)
        return True


class Aws:
    """Entries only let through, in any order; state is kept. A group is of one interface: what passes through is
    let in by one and out by another. Neighbours of IPv6 find each other in any case."""

    form = "aws"

    def __init__(self, text, site):
        document = json.loads(text)
        self.told = Findings((f["Code"], f["Subject"]) for f in document["Findings"])
        self.groups, self.site = {}, site
        links = site.interfaces or [(None, "")]
        assert len(document["SecurityGroups"]) in (0, len(links))
        for (name, system), group in zip(links, document["SecurityGroups"]):
            assert group["GroupName"] == f"portolan-{site.name}" + (f"-{name}" if name else "")
            for way, key in ("in", "IpPermissions"), ("out", "IpPermissionsEgress"):
                self.groups[plain(system), way] = [Permission(p) for p in group[key]]
                if max(self.sizes(group[key])) > 60:
                    assert self.told["too-many-entries"], group["GroupName"]
        self.filters = bool(self.groups)

    @staticmethod
    def sizes(permissions):
        return [sum(len(p[key]) for p in permissions) for key in ("IpRanges", "Ipv6Ranges")]

    def misses(self, policy):
        if any(not r.is_base for r in policy.filters["forward"]) and not self.told["passes-by-halves"]:
            yield "what passes through is let through by halves, and nothing says so"

    def passes(self, p, mid, _policy, _rule):
        if p.proto == ICMP6 and 130 <= p.type <= 143:
            return None
        return ((p.way_in is None or any(e.has(mid, mid.src) for e in self.groups[p.way_in, "in"]))
                and (p.way_out is None or any(e.has(mid, mid.dst) for e in self.groups[p.way_out, "out"])))

    def may_stop(self, _p, rule, _policy):
        if self.told["state-is-kept"] and rule.packets == "reply":
            return True
        return rule.name() in self.told["not-in-aws"] and (rule.translated or rule.transport == "sctp")

    def may_pass(self, p, rule, policy):
        """By an entry of the one end, and by one of the other, whichever rules they are of."""
        if rule and rule.action == "drop" and not rule.is_base and rule.name() not in self.told["not-in-aws"]:
            return False
        return ((p.way_in is None or self.opens(p, policy, ("dst", "way_out"), "input"))
                and (p.way_out is None or self.opens(p, policy, ("src", "way_in"), "output")))

    def opens(self, p, policy, but, own):
        halves = self.told["passes-by-halves"]
        one_end = self.told["one-end"]
        for r in policy.filters[own] + (policy.filters["forward"] if halves else []):
            more = ("sport",) if r.name() in self.told["source-port-unsaid"] or halves else ()
            more += ("user",) if r.name() in self.told["owner-unsaid"] else ()
            if r.action == "accept" and not r.translated and r.has(p, but=more + (but if one_end else ())):
                return True
        return False


# --- the two side by side ----------------------------------------------------------------------------------


def stateless(text):
    return text.replace("filter: stateful", "filter: stateless")


class Comparison:
    def __init__(self, language, site):
        self.site, self.policy = site, site.policy(stateless if language is Cisco else lambda text: text)
        self.reading = language(site.derive(language.form), site)
        self.wrong, self.asked, self.passed, self.excused = [], 0, 0, 0

    def say(self, words):
        self.wrong.append(f"{os.path.relpath(self.site.path, SOURCE)} {self.site.name}: {words}")

    def ask(self, p, mid, rule, want, what=""):
        got = self.reading.passes(p, mid, self.policy, rule)
        if got is None:
            return
        self.asked += 1
        self.passed += want and got
        if bool(got) == want:
            return
        excused = self.reading.may_pass if got else self.reading.may_stop
        if excused(mid, rule, self.policy):
            self.excused += 1
        else:
            self.say(f"{what}{'let through' if got else 'stopped'}, and should not be: {words_of(p)}"
                     f" ({' '.join(map(str, rule.name())) if rule else 'no rule'})")

    def run(self):
        self.wrong += list(self.reading.misses(self.policy))
        for p in packets_of(self.policy, self.site):
            for mid, nat in outcomes(self.policy, p):
                rule = self.policy.decides(mid, nat is not None)
                back = self.policy.decides(mid, True)
                if nat is None and back and back.packets == "reply" and self.policy.dialled(answer(mid)):
                    rule = back
                self.ask(p, mid, rule, rule is not None and rule.action == "accept")
        if isinstance(self.reading, Cisco):
            self.run_with_answers(self.site.policy())

    def run_with_answers(self, policy):
        """By the site's own word a connection may be stateful: it begins, and what answers it comes back."""
        for p in packets_of(policy, self.site):
            for mid, nat in outcomes(policy, p):
                rule = policy.decides(mid, nat is not None)
                if p.ack or rule is None or rule.action != "accept" or rule.is_base or rule.packets:
                    continue
                self.ask(p, mid, rule, True, "as a beginning ")
                if not self.reading.answers(p, mid, policy) and not self.reading.may_lose_answer(mid, self.policy):
                    self.say(f"no answer comes back: {words_of(p)} ({rule.hook} {rule.key})")


def sites(folder):
    paths = glob.glob(f"{SOURCE}/tests/golden/policy/*/site.yaml") + glob.glob(f"{SOURCE}/examples/*/site.yaml")
    for path in sorted(paths):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for section in re.findall(r"^(?:hosts|devices):\n((?: .*\n)+)", text, re.M):
            for name in re.findall(r"^  ([\w-]+):", section, re.M):
                yield Site(path, name, folder)


def main():
    language = {"windows": Windows, "cisco": Cisco, "aws": Aws}[sys.argv[1]]
    total, n_wrong = collections.Counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        for site in sites(folder):
            c = Comparison(language, site)
            if c.policy.filter and language is not Cisco or c.reading.filters:
                c.run()
            print("\n".join(c.wrong[:8]), end="\n" if c.wrong else "")
            n_wrong += len(c.wrong)
            total.update(devices=1, asked=c.asked, passed=c.passed, excused=c.excused)
    print(f"{dict(total)} wrong: {n_wrong}")
    sys.exit(1 if n_wrong else 0)


main()
