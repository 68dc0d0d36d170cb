# policy collect: what is on a box with nft, both backends of iptables and ipset comes into one file, and the box is
# afterwards as it was before.
. "$SOURCE_DIR/tests/lib.sh"
need_namespaces
for tool in nft iptables-nft iptables-legacy ip6tables-legacy setpriv unshare; do
	command -v "$tool" >/dev/null || skip "no $tool"
done

namespace fw
# The collector looks where the system has its programs; ipset may be one that was only unpacked.
mkdir "$T/bin"
unpacked=${PEERS:-/nonexistent}/root
if command -v ipset >/dev/null; then
	has_ipset=yes
elif [ -x "$unpacked/usr/sbin/ipset" ]; then
	has_ipset=yes
	libraries=$(dirname "$(find "$unpacked" -name 'libipset.so.*' | head -n 1)")
	printf '#!/bin/sh\nLD_LIBRARY_PATH="%s" exec "%s" "$@"\n' "$libraries" "$unpacked/usr/sbin/ipset" >"$T/bin/ipset"
	chmod 755 "$T/bin/ipset"
else
	has_ipset=no
fi
# inside COMMAND ...: in the namespace, with $T/bin as one of the system's folders.
inside() {
	# shellcheck disable=SC2016 # the inner shell's
	ip netns exec "$ns" sh -c 'mount --bind "$0" /usr/local/sbin && exec "$@"' "$T/bin" "$@"
}

ip netns exec "$ns" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad'
ip -n "$ns" link add eth0 type veth peer name eth1
ip -n "$ns" link set eth0 up alias 'the wire of Jane Doe'
ip -n "$ns" link set eth1 up
ip -n "$ns" address add 192.0.2.1/24 dev eth0
ip -n "$ns" -6 address add 2001:db8::1/64 dev eth0 nodad
ip -n "$ns" route add 198.51.100.0/24 via 192.0.2.254
ip -n "$ns" rule add fwmark 0x7 table 77
inside sysctl -qw net.ipv4.ip_forward=1
cat >"$T/own.nft" <<'END'
table inet own {
	chain in {
		type filter hook input priority 5; policy accept;
		tcp dport 2222 drop comment "a line\n$ ip -j address"
	}
}
END
inside nft -f "$T/own.nft" || die "nft -f"
inside iptables-nft -A INPUT -p tcp --dport 1111 -j DROP || die "iptables-nft"
inside ip6tables-nft -A INPUT -p tcp --dport 1112 -j DROP || die "ip6tables-nft"
inside iptables-legacy -A INPUT -p tcp --dport 3333 -j DROP || die "iptables-legacy"
inside ip6tables-legacy -A INPUT -p tcp --dport 4444 -j DROP || die "ip6tables-legacy"
if [ "$has_ipset" = yes ]; then
	inside ipset create banned hash:ip || die "ipset create"
	inside ipset add banned 203.0.113.9 || die "ipset add"
fi

# state: all that the kernel holds, as its tools show it, but for what it counts.
state() {
	inside nft -s list ruleset
	for tool in iptables ip6tables; do
		inside "$tool-legacy-save"
		inside "$tool-nft-save"
	done 2>/dev/null | sed '/^#/d; s/\[[0-9]*:[0-9]*\]//'
	[ "$has_ipset" = no ] || inside ipset save
	inside sh -c 'cat /proc/net/ip_tables_names /proc/net/ip6_tables_names; ip -d link; ip address; ip route show table all
		ip -6 route show table all; ip rule; ip -6 rule; sysctl -a --pattern "^net[.](ipv4|ipv6[.]conf|netfilter|bridge)"
		cut -d" " -f1 /proc/modules 2>/dev/null' 2>/dev/null | sed '/^net.netfilter.nf_conntrack_count/d'
}

# Until the addresses and routes that the kernel makes by itself are there.
state >"$T/before"
for _ in 1 2 3 4 5 6 7 8 9 10; do
	sleep 0.3
	state >"$T/after"
	cmp -s "$T/before" "$T/after" && break
	cp "$T/after" "$T/before"
done
expect_rc 0 inside "$PORTOLAN" policy collect "$T/fw.bundle"
state >"$T/after"
same "$T/before" "$T/after"

[ "$(stat -c %a "$T/fw.bundle")" = 600 ] || fail "mode $(stat -c %a "$T/fw.bundle")"
has "$T/err" "portolan: $T/fw.bundle: what"
has_not "$T/err" "not enough"
for words in '"dport"}}, "right": 2222' '-A INPUT -p tcp -m tcp --dport 1111 -j DROP' '--dport 1112 -j DROP' \
	'--dport 3333 -j DROP' '--dport 4444 -j DROP' '"dst":"198.51.100.0/24"' '"fwmark":"0x7"' '"local":"2001:db8::1"' \
	'	net.ipv4.ip_forward = 1' '	net.ipv4.conf.eth0.rp_filter = '; do
	has "$T/fw.bundle" "$words"
done
[ "$has_ipset" = no ] || has "$T/fw.bundle" "	add banned 203.0.113.9"
has_not "$T/fw.bundle" "Jane Doe"
has_not "$T/fw.bundle" "tcp_congestion_control"
cat >"$T/parts.py" <<'END'
import sys
sys.path.insert(0, sys.argv[1] + '/tests/box')
from bundle import Bundle, PARTS
bundle = Bundle()
bundle.read(sys.argv[2])
print(' '.join(name for name in PARTS if bundle.has(name)))
for name in ('nft', 'link', 'address', 'route4', 'route6', 'rule4', 'rule6'):
    assert bundle.json(name), name
assert bundle.open_links() == ['eth1', 'eth0'], bundle.open_links()
END
run python3 "$T/parts.py" "$SOURCE_DIR" "$T/fw.bundle"
[ "$rc" = 0 ] || fail "bundle.py: $(tail -n 1 "$T/err")"
for part in iptables-nft ip6tables-nft ebtables-nft iptables-legacy ip6tables-legacy sysctl; do
	has "$T/out" "$part"
done
[ "$has_ipset" = no ] || has "$T/out" ipset

# It replaces what is there, and a name of its own is the host's, in the folder where one stands.
echo old >"$T/fw.bundle"
chmod 644 "$T/fw.bundle"
expect_rc 0 inside "$PORTOLAN" policy collect "$T/fw.bundle"
[ "$(stat -c %a "$T/fw.bundle")" = 600 ] || fail "replaced: mode $(stat -c %a "$T/fw.bundle")"
mkdir "$T/here"
# shellcheck disable=SC2016 # the inner shell's
inside unshare --uts sh -c 'printf "../e vil" >/proc/sys/kernel/hostname && cd "$0" && exec "$1" policy collect' "$T/here" "$PORTOLAN" 2>"$T/err" ||
	fail "in a folder: $(cat "$T/err")"
[ "$(ls "$T/here")" = _._e_vil.bundle ] || fail "its name: $(ls "$T/here")"
has "$T/here/_._e_vil.bundle" "host _._e_vil"
expect_rc 0 inside "$PORTOLAN" policy collect -
[ "$(tail -n 1 "$T/out")" = end ] || fail "to standard output: no end"

# A box without anything: nothing is made by asking.
namespace empty
expect_rc 0 inside "$PORTOLAN" policy collect "$T/empty.bundle"
[ -z "$(inside nft list ruleset)" ] || fail "asking made: $(inside nft list ruleset)"
[ -z "$(inside cat /proc/net/ip_tables_names 2>/dev/null)" ] || fail "asking made tables"

# A tool that fails is said, in the file too, and what is needed is not there: exit 3.
printf '#!/bin/sh\necho "no luck today" >&2\nexit 5\n' >"$T/bin/nft"
chmod 755 "$T/bin/nft"
expect_rc 3 inside "$PORTOLAN" policy collect "$T/failed.bundle"
has "$T/err" "not collected: nft -j list ruleset: no luck today"
has "$T/err" "not enough to say what this box does with a packet"
grep -A2 -xF '$ nft -j list ruleset' "$T/failed.bundle" >"$T/lines"
printf '$ nft -j list ruleset\n? 5\n\tno luck today\n' >"$T/want"
same "$T/want" "$T/lines"
rm "$T/bin/nft"

# Who is not root is told so, and no file is left.
chmod 755 "$T"
expect_rc 3 setpriv --reuid 65534 --regid 65534 --clear-groups "$PORTOLAN" policy collect "$T/nobody.bundle"
has "$T/err" "only root may see the rules of this box: sudo portolan policy collect $T/nobody.bundle"
[ ! -e "$T/nobody.bundle" ] || fail "a file without root"
expect_rc 2 "$PORTOLAN" policy collect --device fw1
has "$T/err" "policy collect takes no --device"
exit 0
