# "policy explain" says what the kernel does: thousands of packets around every boundary of each capture.
. "$SOURCE_DIR/tests/peers-lib.sh"
: "${T:?}"
need_namespaces
need_peers ipset
python=/usr/bin/python3
test -x "$python" || skip "no $python"
box=$SOURCE_DIR/tests/box
PATH=$PATH:$R/usr/sbin:$PEERS/root/usr/sbin
LD_LIBRARY_PATH=$PEERS/root/usr/lib/x86_64-linux-gnu
export LD_LIBRARY_PATH

for bundle in "$box"/captures/*.bundle; do
	name=$(basename "$bundle" .bundle)
	"$python" "$box/oracle" --boundaries "$bundle" --count 4000 --seed 4 >"$T/packets" || die "$name: boundaries"
	# nft does not read all of the JSON that it prints; then its own language stands beside.
	if [ -e "$box/captures/$name.nft" ]; then
		awk -v text="$box/captures/$name.nft" '
			/^\$ nft -j list ruleset$/ { print; while ((getline line < text) > 0) print "\t" line; skip = 1; next }
			/^[$e]/ { skip = 0 }
			!skip' "$bundle" >"$T/bundle"
		bundle_of_oracle=$T/bundle
	else
		bundle_of_oracle=$bundle
	fi
	"$python" "$box/oracle" "$bundle_of_oracle" <"$T/packets" >"$T/verdicts" 2>"$T/err" || die "$name: $(cat "$T/err")"
	"$python" "$box/compare.py" --whole <"$T/packets" >"$T/whole" || die "$name: whole"
	"$PORTOLAN" policy explain --bundle "$bundle" --packets "$T/whole" >"$T/answers" || die "$name: explain"
	"$python" "$box/compare.py" "$T/whole" "$T/verdicts" "$T/answers" >"$T/out" || fail "$name: $(cat "$T/out")"
	echo "$name: $(tail -1 "$T/out")"
done
exit 0
