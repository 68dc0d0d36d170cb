# tests/box/oracle, which says what the kernel does with each packet, on small boxes of which it is known.
. "$SOURCE_DIR/tests/lib.sh"
: "${T:?}"
need_namespaces
command -v nft >/dev/null || skip "no nft(8): install nftables"
# The system's own, without anything around it.
python=/usr/bin/python3
test -x "$python" || skip "no $python"
oracle() { "$python" "$SOURCE_DIR/tests/box/oracle" "$@"; }

cat >"$T/link" <<'END'
[{"ifname": "lo"}, {"ifname": "eth0", "flags": ["UP"], "link_type": "ether", "address": "02:00:00:00:00:01"},
 {"ifname": "eth1", "flags": ["UP"]}, {"ifname": "wan.7", "flags": ["UP"], "mtu": 1400},
 {"ifname": "off0", "flags": []}]
END
cat >"$T/address" <<'END'
[{"ifname": "lo", "addr_info": [{"local": "127.0.0.1", "prefixlen": 8}, {"local": "::1", "prefixlen": 128}]},
 {"ifname": "eth0", "addr_info": [{"local": "10.0.0.1", "prefixlen": 24, "broadcast": "10.0.0.255", "scope": "global"},
  {"local": "2001:db8::1", "prefixlen": 64}]},
 {"ifname": "eth1", "addr_info": [{"local": "10.1.0.1", "prefixlen": 24}, {"local": "2001:db8:1::1", "prefixlen": 64}]},
 {"ifname": "wan.7", "addr_info": [{"local": "192.0.2.1", "prefixlen": 30}]}]
END
cat >"$T/route4" <<'END'
[{"dst": "default", "gateway": "192.0.2.2", "dev": "wan.7"},
 {"dst": "10.0.0.0/24", "dev": "eth0", "protocol": "kernel", "scope": "link", "prefsrc": "10.0.0.1"},
 {"dst": "10.1.0.0/24", "dev": "eth1", "protocol": "kernel", "scope": "link", "prefsrc": "10.1.0.1"},
 {"dst": "192.0.2.0/30", "dev": "wan.7", "protocol": "kernel", "scope": "link", "prefsrc": "192.0.2.1"},
 {"type": "prohibit", "dst": "10.66.0.0/16"},
 {"dst": "default", "dev": "eth1", "gateway": "10.1.0.2", "table": "others"},
 {"type": "local", "dst": "10.0.0.1", "table": "local", "dev": "eth0", "protocol": "kernel", "scope": "host"}]
END
cat >"$T/rule4" <<'END'
[{"priority": 0, "src": "all", "table": "local"}, {"priority": 100, "src": "10.0.0.64", "srclen": 26, "table": "others"},
 {"priority": 101, "src": "all", "fwmark": "0x7", "table": "others"},
 {"priority": 32766, "src": "all", "table": "main"}, {"priority": 32767, "src": "all", "table": "default"}]
END
cat >"$T/sysctl" <<'END'
net.ipv4.ip_forward = 1
net.ipv4.conf.wan/7.rp_filter = 1
net.ipv6.conf.all.forwarding = 1
END
: >"$T/none"

cat >"$T/cases.py" <<'END'
"""cases.py packets WANTED <CASES: as the oracle reads them; cases.py compare WANTED VERDICTS"""
import json, sys
PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1, "icmp6": 58, "gre": 47, "sctp": 132}
def packet(number, left):
    where, proto, src, dst, *rest = left.split()
    kind, _, detail = proto.partition("/")
    p = {"id": number, "in": where, "family": 6 if ":" in dst else 4, "proto": PROTOCOLS[kind], "src": src, "dst": dst}
    for key, no in ("in", None), ("src", ...):
        if p[key] == "-":
            p[key] = no
    if p["src"] is ...:
        del p["src"]
    if kind in ("tcp", "udp", "sctp"):
        p["sport"] = 40000
    for word in rest:
        key, _, value = word.rpartition("=")
        p[key or "dport"] = value if key == "mac" else int(value)
    if detail:
        p["tcp_flags" if kind == "tcp" else "icmp_type"] = detail if kind == "tcp" else int(detail)
    return p
if sys.argv[1] == "packets":
    cases = [line.split(" : ") for line in sys.stdin if line.strip() and line[0] != "#"]
    with open(sys.argv[2], "w") as f:
        for number, (left, right) in enumerate(cases):
            print(json.dumps(packet(number, left)))
            f.write(f"{right.strip()}\t{left}\n")
else:
    for want, got in zip(open(sys.argv[2]), open(sys.argv[3]), strict=True):
        v = json.loads(got)
        words = " ".join(str(v[k]) for k in ("fate", "reject", "error", "out", "src", "dst", "sport", "dport") if k in v).split()
        wanted, case = want.rstrip("\n").split("\t")
        # What is not said is not compared.
        if words[:len(wanted.split())] != wanted.split():
            print(f"{case}: not {wanted}, but {' '.join(words)}")
END

# judge NAME OPTIONS ...: packets, one a line, and after each what becomes of it:
#	in|- protocol[/flags|/type] source|- dest [dport] [key=value] : fate [reject|error|out [source dest [ports]]]
judge() {
	judged=$1
	shift
	"$python" "$T/cases.py" packets "$T/want" >"$T/packets" || die "$judged: the cases"
	[ -s "$T/want" ] || die "$judged: no cases"
	oracle --link "$T/link" --address "$T/address" --route4 "$T/route4" --rule4 "$T/rule4" --sysctl "$T/sysctl" "$@" \
		<"$T/packets" >"$T/verdicts" 2>"$T/err" || die "$judged: $(cat "$T/err")"
	"$python" "$T/cases.py" compare "$T/want" "$T/verdicts" >"$T/differ" 2>&1
	[ ! -s "$T/differ" ] || fail "$judged: $(cat "$T/differ")"
}
# json FILE: as nft tells it
json() {
	# shellcheck disable=SC2016 # the inner shell's
	unshare -n sh -c 'nft -f "$1" && nft -j list ruleset' sh "$1" >"$T/json" || die "nft -j: $1"
}

# --- no rules: routing alone ------------------------------------------------------------------------------
judge routing <<'END'
eth0 tcp 10.0.0.9 10.0.0.1 22 : local 10.0.0.9 10.0.0.1 40000 22
eth0 udp 10.0.0.9 10.1.0.1 53 : local
eth0 udp 10.0.0.9 10.0.0.255 53 : local
eth0 icmp/8 10.0.0.9 10.1.0.9 : forwarded eth1 10.0.0.9 10.1.0.9
eth0 gre 10.0.0.9 198.51.100.1 : forwarded wan.7
eth0 sctp 10.0.0.9 198.51.100.1 2905 : forwarded wan.7 10.0.0.9 198.51.100.1 40000 2905
# a rule for a source, a route that forbids
eth0 tcp 10.0.0.63 198.51.100.1 80 : forwarded wan.7
eth0 tcp 10.0.0.64 198.51.100.1 80 : forwarded eth1
eth0 tcp 10.0.0.9 10.66.0.1 80 : rejected icmp 3/13
# the box's own source, a martian; rp_filter at wan.7 alone
eth0 tcp 10.0.0.1 10.1.0.9 80 : dropped
eth0 tcp 127.0.0.1 10.0.0.1 80 : dropped
eth0 tcp 10.1.0.9 10.0.0.1 80 : local
wan.7 tcp 10.1.0.9 10.0.0.1 80 : dropped
wan.7 tcp 203.0.113.9 10.0.0.1 80 : local
eth0 tcp 2001:db8::9 2001:db8:1::9 80 : forwarded eth1
eth0 icmp6/128 2001:db8::9 2001:db8::1 : local
eth0 udp 2001:db8::9 2001:db8:7::1 53 : rejected icmp6 1/0
# an interface that is down
off0 tcp 10.0.0.9 10.0.0.1 22 : dropped
# sent by the box
- tcp - 10.1.0.9 80 : sent eth1 10.1.0.1 10.1.0.9 40000 80
- tcp 10.0.0.1 198.51.100.1 80 : sent wan.7
- tcp - 198.51.100.1 80 mark=7 : sent eth1
- tcp - 198.51.100.1 80 mark=4294967295 : sent wan.7
- tcp - 10.0.0.1 80 : local 10.0.0.1 10.0.0.1
- udp - 2001:db8::9 53 : sent eth0 2001:db8::1
- tcp 10.0.0.9 10.1.0.9 80 : dropped EADDRNOTAVAIL
- tcp - 10.66.0.1 80 : dropped EACCES
END
judge "no forwarding" --sysctl "$T/none" <<'END'
eth0 tcp 10.0.0.9 10.1.0.9 80 : dropped
eth0 tcp 2001:db8::9 2001:db8:1::9 80 : dropped
eth0 tcp 10.0.0.9 10.1.0.1 80 : local
wan.7 tcp 10.1.0.9 10.0.0.1 80 : local
END

# --- nft: two tables of which both must accept, every kind of reject, NAT ---------------------------------
cat >"$T/nft" <<'END'
table inet first {
	chain input {
		type filter hook input priority -10; policy accept;
		tcp dport 25 drop
		tcp dport 26 accept
	}
}
table inet filter {
	set friends { type ipv4_addr; flags interval; elements = { 10.0.0.16/28, 10.0.0.40-10.0.0.42 }; }
	chain raw { type filter hook prerouting priority -300; udp dport 5000 notrack; }
	chain input {
		type filter hook input priority 0; policy drop;
		ct state untracked udp dport 5000 accept
		ct state established accept
		tcp dport { 22, 25 } accept
		tcp dport 113 reject with tcp reset
		tcp dport 114 reject
		udp dport 114 reject with icmpx type admin-prohibited
		ip saddr @friends tcp dport 2000-2010 accept
		ether saddr 02:00:00:00:00:77 tcp dport 77 accept
		tcp dport 8081 accept
		icmpv6 type echo-request accept
	}
	chain forward {
		type filter hook forward priority 0; policy drop;
		ct state invalid reject with icmpx type no-route
		ct status dnat accept
		iifname "eth0" oifname "wan.7" accept
		tcp dport 114 reject
	}
	chain output {
		type filter hook output priority 0; policy accept;
		tcp dport 25 meta skuid != 33 drop
		tcp dport 26 meta skgid 34 drop
		tcp dport 27 reject with tcp reset
	}
}
table ip nat {
	chain pre {
		type nat hook prerouting priority -100;
		tcp dport 8080 dnat to 10.1.0.7:80
		tcp dport 8082 redirect to :8081
	}
	chain out {
		type nat hook output priority -100;
		tcp dport 8080 dnat to 10.1.0.7:80
	}
	chain post {
		type nat hook postrouting priority 100;
		oifname "wan.7" ip saddr 10.0.0.0/25 masquerade
		oifname "wan.7" ip saddr 10.0.0.128/25 snat to 192.0.2.3
	}
}
END
cat >"$T/cases" <<'END'
eth0 tcp 10.0.0.9 10.0.0.1 22 : local
eth0 tcp 10.0.0.9 10.0.0.1 23 : dropped
eth0 tcp 10.0.0.9 10.0.0.1 25 : dropped
eth0 tcp 10.0.0.9 10.0.0.1 26 : dropped
eth0 tcp 10.0.0.9 10.0.0.1 113 : rejected tcp-reset
eth0 tcp/ack 10.0.0.9 10.0.0.1 113 : rejected tcp-reset
eth0 tcp 10.0.0.9 10.0.0.1 114 : rejected icmp 3/3
eth0 udp 10.0.0.9 10.0.0.1 114 : rejected icmp 3/13
eth0 tcp 2001:db8::9 2001:db8::1 113 : rejected tcp-reset
eth0 tcp 2001:db8::9 2001:db8::1 114 : rejected icmp6 1/4
eth0 udp 2001:db8::9 2001:db8::1 114 : rejected icmp6 1/1
eth0 udp 10.0.0.9 10.0.0.1 5000 : local
eth0 udp 10.0.0.9 10.0.0.1 5001 : dropped
eth0 tcp 10.0.0.15 10.0.0.1 2000 : dropped
eth0 tcp 10.0.0.16 10.0.0.1 1999 : dropped
eth0 tcp 10.0.0.16 10.0.0.1 2000 : local
eth0 tcp 10.0.0.31 10.0.0.1 2010 : local
eth0 tcp 10.0.0.31 10.0.0.1 2011 : dropped
eth0 tcp 10.0.0.43 10.0.0.1 2010 : dropped
eth0 tcp 10.0.0.9 10.0.0.1 77 mac=02:00:00:00:00:77 : local
eth0 tcp 10.0.0.9 10.0.0.1 77 mac=02:00:00:00:00:78 : dropped
eth0 icmp6/128 2001:db8::9 2001:db8::1 : local
eth0 icmp/8 10.0.0.9 10.0.0.1 : dropped
eth0 tcp 10.0.0.9 10.0.0.1 8080 : forwarded eth1 10.0.0.9 10.1.0.7 40000 80
eth0 tcp 10.0.0.9 10.0.0.1 8082 : local 10.0.0.9 10.0.0.1 40000 8081
eth0 tcp 10.0.0.9 198.51.100.1 80 : forwarded wan.7 192.0.2.1 198.51.100.1 40000 80
eth0 tcp 10.0.0.200 198.51.100.1 80 : forwarded wan.7 192.0.2.3 198.51.100.1 40000 80
eth1 tcp 10.1.0.9 198.51.100.1 80 : dropped
eth1 tcp 10.1.0.9 10.0.0.9 114 : rejected icmp 3/3
eth0 icmp/0 10.0.0.9 10.1.0.9 : rejected icmp 3/0
# an error is not answered by an error
eth0 icmp/3 10.0.0.9 10.1.0.9 : dropped
- tcp - 10.1.0.9 25 : dropped
- tcp - 10.1.0.9 25 uid=33 : sent eth1
- tcp - 10.1.0.9 25 uid=34 : dropped
- tcp - 10.1.0.9 26 uid=33 gid=34 : dropped
- tcp - 10.1.0.9 26 uid=33 gid=35 : sent eth1
- tcp - 10.1.0.9 27 : rejected tcp-reset
- tcp - 10.1.0.9 8080 : sent eth1 10.1.0.1 10.1.0.7 40000 80
- tcp - 10.0.0.1 22 : local
- tcp - 10.0.0.1 23 : dropped
# as the first of its connection, each time
- tcp - 10.0.0.1 22 : local
eth0 tcp 10.0.0.9 10.0.0.1 22 : local
eth0 tcp 10.0.0.9 10.0.0.1 8080 : forwarded eth1 10.0.0.9 10.1.0.7 40000 80
END
judge nft --nft "$T/nft" <"$T/cases"
json "$T/nft"
judge "nft -j" --nft "$T/json" <"$T/cases"

# --- a connection that stays, and the same packets without it ---------------------------------------------
cat >"$T/stateful" <<'END'
table inet filter {
	chain input { type filter hook input priority 0; policy drop; tcp dport 22 accept; }
	chain output { type filter hook output priority 0; policy drop; ct state established accept; }
	chain forward {
		type filter hook forward priority 0; policy drop;
		ct state established accept
		iifname "eth0" ct state new accept
	}
}
END
cat >"$T/cases" <<'END'
eth1 tcp/syn,ack 10.1.0.9 10.0.0.9 sport=80 40000 : dropped
eth0 tcp 10.0.0.9 10.1.0.9 80 : forwarded eth1
eth1 tcp/syn,ack 10.1.0.9 10.0.0.9 sport=80 40000 : forwarded eth0
eth1 tcp/syn,ack 10.1.0.9 10.0.0.9 sport=81 40000 : dropped
eth0 tcp 10.0.0.9 10.0.0.1 22 : local
- tcp/syn,ack 10.0.0.1 10.0.0.9 sport=22 40000 : sent eth0
- tcp/syn,ack 10.0.0.1 10.0.0.9 sport=23 40000 : dropped
END
judge keep --keep --nft "$T/stateful" <"$T/cases"
sed -e 's/40000 : forwarded eth0/40000 : dropped/' -e 's/40000 : sent eth0/40000 : dropped/' "$T/cases" >"$T/fresh"
judge "first packets" --nft "$T/stateful" <"$T/fresh"

# --- iptables, both kinds beside nft ----------------------------------------------------------------------
if command -v iptables-legacy-restore >/dev/null && command -v iptables-nft-restore >/dev/null; then
	cat >"$T/legacy" <<'END'
*raw
:PREROUTING ACCEPT [0:0]
-A PREROUTING -p udp -m udp --dport 5000 -j CT --notrack
COMMIT
*filter
:INPUT DROP [12:3456]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
[1:60] -A INPUT -m conntrack --ctstate UNTRACKED -j ACCEPT
[1:60] -A INPUT -p tcp -m multiport --dports 22,2000:2010 -j ACCEPT
-A INPUT -p tcp -m tcp --dport 23 -j REJECT --reject-with icmp-host-prohibited
-A OUTPUT -p tcp -m tcp --dport 25 -m owner ! --uid-owner 33 -j DROP
COMMIT
END
	cat >"$T/second" <<'END'
*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -p tcp -m tcp --dport 2005 -j DROP
-A FORWARD -i eth0 -o eth1 -m conntrack --ctstate NEW -j ACCEPT
COMMIT
END
	printf 'table ip more { chain input { type filter hook input priority 5; tcp dport 2006 drop; }; }\n' >"$T/more"
	cat >"$T/cases" <<'END'
eth0 udp 10.0.0.9 10.0.0.1 5000 : local
eth0 udp 10.0.0.9 10.0.0.1 5001 : dropped
eth0 tcp 10.0.0.9 10.0.0.1 22 : local
eth0 tcp 10.0.0.9 10.0.0.1 23 : rejected icmp 3/10
eth0 tcp 10.0.0.9 10.0.0.1 2004 : local
eth0 tcp 10.0.0.9 10.0.0.1 2005 : dropped
eth0 tcp 10.0.0.9 10.0.0.1 2006 : dropped
eth0 tcp 10.0.0.9 10.1.0.9 80 : forwarded eth1
eth1 tcp 10.1.0.9 10.0.0.9 80 : dropped
eth0 tcp 2001:db8::9 2001:db8::1 2005 : local
- tcp - 10.1.0.9 25 : dropped
- tcp - 10.1.0.9 25 uid=33 : sent eth1
END
	judge legacy --iptables-legacy "$T/legacy" --iptables-nft "$T/second" --nft "$T/more" <"$T/cases"
	# What nft tells of iptables-nft's tables is left to its own restore.
	# shellcheck disable=SC2016 # the inner shell's
	unshare -n sh -c 'iptables-nft-restore <"$1" && nft -f "$2" && nft -j list ruleset' sh "$T/second" "$T/more" \
		>"$T/json" || die "nft -j"
	judge "legacy and nft -j" --iptables-legacy "$T/legacy" --iptables-nft "$T/second" --nft "$T/json" <"$T/cases"
else
	echo "no iptables here: its part is not tested"
fi

# --- bundles, boundaries, mistakes ------------------------------------------------------------------------
# bundle: of the files, as it is collected
bundle() {
	printf 'portolan bundle 1\nhost fw1\ntime 2026-11-27T09:20:00Z\n'
	for part in 'ip -j -d link=link' 'ip -j address=address' 'ip -j -4 route show table all=route4' \
		'ip -j -4 rule=rule4' 'sysctl -ae=sysctl' 'nft -j list ruleset=json'; do
		printf '$ %s\n' "${part%=*}"
		sed 's/^/	/' "$T/${part##*=}"
	done
	printf '$ iptables-legacy-save -c\n? 127\n\tsh: not found\nend\n'
}
json "$T/nft"
bundle >"$T/fw.bundle"
expect_rc 0 oracle --boundaries "$T/fw.bundle" --count 4000 --seed 7
cp "$T/out" "$T/packets"
[ "$(wc -l <"$T/packets")" = 4000 ] || fail "not 4000 packets"
for value in '"dport": 112' '"dport": 115' '"10.0.0.15"' '"10.0.0.32"' '"10.0.0.43"' '"uid": 34' '"in": "wan.7"' \
	'"in": null' '"proto": 58'; do
	has "$T/packets" "$value"
done
# Nothing is lost, nothing hangs on what went before, and no answer is one too many for the kernel's own limits.
judged() {
	oracle "$T/fw.bundle" 2>"$T/err" || fail "$(cat "$T/err")"
}
judged <"$T/packets" | sort >"$T/once"
tac "$T/packets" | judged | sort >"$T/backwards"
# Which of the errors of routing are sent before there are too many is the order's doing.
grep -ho '"id": [0-9]*, "fate": "dropped", "limited"' "$T/once" "$T/backwards" | sed 's/ "fate.*//' | sort -u >"$T/limited"
[ "$(wc -l <"$T/limited")" -lt 1000 ] || fail "a quarter is limited"
grep -vFf "$T/limited" "$T/once" >"$T/sure"
grep -vFf "$T/limited" "$T/backwards" >"$T/sure.backwards"
same "$T/sure" "$T/sure.backwards"
[ "$(grep -c '"icmp6 1/' "$T/once")" -gt 60 ] || fail "fewer ICMPv6 errors than the kernel sends at once"
[ "$(wc -l <"$T/once")" = 4000 ] || fail "not 4000 verdicts"
for fate in local forwarded sent dropped rejected; do
	has "$T/once" "\"fate\": \"$fate\""
done

sed '$d' "$T/fw.bundle" >"$T/cut.bundle"
expect_rc 1 oracle "$T/cut.bundle"
has "$T/err" "truncated"
# wrong PACKET WORDS
wrong() {
	printf '%s\n' "$1" >"$T/packets"
	oracle "$T/fw.bundle" <"$T/packets" >"$T/out" 2>"$T/err" && fail "taken: $1"
	has "$T/err" "$2"
}
wrong '{"id": 1}' 'packet 1: no "in"'
wrong '{"id": 1, "in": "eth9", "family": 4, "proto": 6, "src": "10.0.0.9", "dst": "10.0.0.1"}' 'eth9'
wrong '{"id": 1, "in": "eth0", "family": 4, "proto": 6, "src": "10.0.0.9", "dst": "10.0.0.1"}' "no 'sport'"
wrong '{"id": 1, "in": "eth0", "family": 4, "proto": 2, "dst": "10.0.0.1"}' "no 'src'"
wrong '{"id": 1, "in": "eth0", "family": 4, "proto": 2, "src": "10.0.0.9", "dst": "10.0.0.1", "mark": 1}' "mark"
exit 0
