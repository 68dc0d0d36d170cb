#!/bin/sh
# policy.sh [ROUNDS]: 10,000 flows of one firewall, from their documents to nftables, next to what Capirca needs
# for the same 10,000 written as its terms (tools/peers python3-capirca); and what comes out, loaded.
# Prints times, and where it means to be; with FLOOR=1 it fails at twice that.
. "$SOURCE_DIR/tests/bench/lib.sh"
rounds=${1:-3}
need_pair
python3 "$SOURCE_DIR/tests/bench/policy-site.py" 100 "$T" || die "no site"
derive="$PORTOLAN policy derive $T/site.yaml --catalog $T/catalog --device fw1"
$derive >"$T/fw1.nft" || die "no policy"
n=$(grep -c ' app/call"' "$T/fw1.nft")
[ "$n" = 10000 ] || die "$n flows in the rules, not 10000"

capirca=$PEERS/root/usr/lib/python3/dist-packages
tools=$(tool portolan "$derive")
if PYTHONPATH=$capirca /usr/bin/python3 -c 'import capirca' 2>/dev/null; then
	cat >"$T/run.py" <<'PY'
from capirca.aclgen import EntryPoint
EntryPoint()
PY
	mkdir "$T/acl"
	tools="$tools
$(tool capirca "env PYTHONPATH=$capirca /usr/bin/python3 $T/run.py --base_directory $T/pol --definitions_directory $T/def \
--output_directory $T/acl --policy_file $T/pol/fw1.pol --norecursive --max_renderers 1")"
else
	echo "capirca is not there: run tools/peers python3-capirca" >&2
fi
measure derive "$rounds" "$tools
"
if [ -d "$T/acl" ]; then
	grep -q 'ip saddr 10.1.0.100' -r "$T/acl" || die "capirca has written nothing"
fi
ratio derive portolan capirca wall 0.067
limit derive portolan 0.2
measure load "$rounds" "$(tool portolan "nft -c -f $T/fw1.nft")
"
