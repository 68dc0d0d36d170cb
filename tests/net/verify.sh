# What "policy derive" writes is, loaded and read back, exactly what "policy verify" wants; and each rule that is
# taken away, or added, is found.
. "$SOURCE_DIR/tests/lib.sh"
: "${T:?}"
need_namespaces
command -v nft >/dev/null || skip "no nft(8): install nftables"
ns=verify-$$
export test_namespaces="$ns" # lib.sh ends it

# part COMMAND FILE: as it stands in a bundle
part() {
	printf '$ %s\n' "$1"
	sed 's/^/	/' "$2"
}

# bundle: of what is loaded in the namespace
bundle() {
	printf 'portolan bundle 1\nhost fw1\ntime 2026-11-27T09:20:00Z\n'
	ip netns exec "$ns" nft -j list ruleset >"$T/part"
	part 'nft -j list ruleset' "$T/part"
	[ "$1" = nft ] || for tool in iptables ip6tables; do
		ip netns exec "$ns" "$tool-nft-save" -c >"$T/part"
		part "$tool-nft-save -c" "$T/part"
	done
	echo end
}

fresh() {
	ip netns del "$ns" 2>/dev/null
	ip netns add "$ns" || die "no namespace"
}

options= # of both, as the site's folder says
# verify SITE DEVICE CATALOG: of $T/bundle, into $T/out
verify() {
	# shellcheck disable=SC2086 # words on purpose
	"$PORTOLAN" policy verify "$1" --device "$2" --catalog "$3" $options --bundle "$T/bundle" >"$T/out" 2>"$T/err"
}

devices() {
	sed -n '/^devices:/,/^[a-z]/s/^  \([A-Za-z0-9_-]*\):.*/\1/p' "$1"
}

for site in "$SOURCE_DIR"/tests/golden/policy/*/site.yaml "$SOURCE_DIR"/examples/*/site.yaml; do
	catalog=$(dirname "$site")/catalog
	[ -d "$catalog" ] || catalog=$SOURCE_DIR/catalog
	# No Linux box has interfaces of such names.
	case $site in */unverified/*) continue ;; esac
	options=$(cat "$(dirname "$site")/options" 2>/dev/null)
	for device in $(devices "$site"); do
		derive() {
			# shellcheck disable=SC2086 # words on purpose
			"$PORTOLAN" policy derive "$site" --device "$device" --catalog "$catalog" $options --format "$1"
		}
		derive nftables >"$T/rules" || die "derive $site $device"
		fresh
		ip netns exec "$ns" nft -f "$T/rules" || die "nft -f $site $device"
		bundle nft >"$T/bundle"
		verify "$site" "$device" "$catalog" || fail "$site $device: $(cat "$T/out" "$T/err")"
		command -v iptables-nft-restore >/dev/null || continue
		# An IP protocol 0 is no protocol to iptables, and it chooses no member by its client: both are
		# said when it is derived.
		case $site in */many-ports/* | */balancer-nat/*) continue ;; esac
		fresh
		derive iptables >"$T/rules"
		ip netns exec "$ns" iptables-nft-restore <"$T/rules" || die "iptables-restore $site $device"
		derive ip6tables >"$T/rules"
		ip netns exec "$ns" ip6tables-nft-restore <"$T/rules" || die "ip6tables-restore $site $device"
		bundle iptables >"$T/bundle"
		verify "$site" "$device" "$catalog" || fail "iptables, $site $device: $(cat "$T/out" "$T/err")"
	done
done

# --- one rule less, one rule more -------------------------------------------------------------------------
options=
site=$SOURCE_DIR/tests/golden/policy/three-zones/site.yaml
catalog=$SOURCE_DIR/tests/golden/policy/three-zones/catalog
"$PORTOLAN" policy derive "$site" --device fw1 --catalog "$catalog" >"$T/whole" || die derive
# changed WORDS ...: $T/rules, loaded, are not what is needed, and that is said
changed() {
	fresh
	ip netns exec "$ns" nft -f "$T/rules" || die "nft -f: $*"
	bundle nft >"$T/bundle"
	verify "$site" fw1 "$catalog"
	rc=$?
	[ $rc = 1 ] || fail "status $rc without: $* $(cat "$T/out" "$T/err")"
	for words; do
		grep -qF "$words" "$T/out" || fail "not said: $words in $(cat "$T/out")"
	done
}
n=0
grep -n 'accept comment "[0-9a-f]\{12\} ' "$T/whole" >"$T/needed"
while IFS=: read -r line rule; do
	sed "${line}d" "$T/whole" >"$T/rules"
	need=${rule##*comment \"????????????\ }
	changed "Missing: needed" "${need%\"}"
	n=$((n + 1))
done <"$T/needed"
[ "$n" -gt 8 ] || fail "only $n rules were taken away"
sed '/dnat ip to/d' "$T/whole" >"$T/rules"
changed "Missing: needed" "shop/page"
sed 's/dnat ip to 10.9.0.8/dnat ip to 10.9.0.9/; s/ip daddr 10.9.0.8 tcp dport 443/ip daddr 10.9.0.9 tcp dport 443/' \
	"$T/whole" >"$T/rules"
changed "Translated into something else" "shop/page" "to 10.9.0.9"
sed '/shop\/never/d' "$T/whole" >"$T/rules"
fresh
ip netns exec "$ns" nft -f "$T/rules" || die "nft -f without what is forbidden"
bundle nft >"$T/bundle"
verify "$site" fw1 "$catalog" || fail "what is forbidden is dropped by the policy, too: $(cat "$T/out")"
# more RULE WORDS ...: a rule in front of the others
more() {
	sed "/hook forward/a\\
$1" "$T/whole" >"$T/rules"
	shift
	changed "$@"
}
more 'iifname "eth1" oifname "eth0" ip saddr 10.9.0.8 ip daddr 10.1.0.20 tcp dport 5432-5433 accept' \
	"Forbidden, and let through" "10.1.0.20:5433" "enough would be: tcp 10.9.0.8 > 10.1.0.20 port 5432"
more 'iifname "eth2" oifname "eth1" tcp dport 80 accept' "nothing needs it" "rule 1 of inet portolan p_forward" ":80"
# What may or may not be let through is not known, and that is said.
sed '/hook forward/a\
iifname "eth2" oifname "eth1" tcp dport 80 limit rate 1/second accept' "$T/whole" >"$T/rules"
fresh
ip netns exec "$ns" nft -f "$T/rules" || die "nft -f with a limit"
bundle nft >"$T/bundle"
verify "$site" fw1 "$catalog"
rc=$?
[ $rc = 3 ] || fail "status $rc, not 3, of what depends"
has "$T/out" "depends on what is not known"
exit 0
