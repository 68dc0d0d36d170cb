# The catalog as a user types it: words, forms, exit codes, where the catalog is.
. "$SOURCE_DIR/tests/lib.sh"
cd "$SOURCE_DIR" || exit 1

expect_rc 0 portolan catalog list
has "$T/out" "PRODUCT"
test "$(wc -l <"$T/out")" = $(($(find catalog -name '*.yaml' | wc -l) + 1)) || fail "list is not whole"
for name in $(find catalog -name '*.yaml' | sed 's,.*/\(.*\)\.yaml,\1,'); do
	expect_rc 0 portolan catalog show "$name"
	has "$T/out" "$name: "
	for format in jsonl json; do
		expect_rc 0 portolan catalog show "$name" --format $format
		cp "$T/out" "$T/$format"
	done
	python3 -c '
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
assert lines == json.load(open(sys.argv[2]))["records"]
assert lines[0]["record"] == "product" and lines[0]["requirements"] == \
    sum(r["record"] == "requirement" for r in lines)' "$T/jsonl" "$T/json" || fail "$name: the records"
	expect_rc 0 portolan catalog show "$name" --format yaml
	cp "$T/out" "$T/$name.yaml"
	expect_rc 0 portolan catalog show "$T/$name.yaml" --format yaml
	same "$T/out" "$T/$name.yaml"
	expect_rc 0 portolan catalog check "$name" --strict
done

# Where the catalog is: the option, the environment, our own.
mkdir "$T/mine"
cp catalog/ftp.yaml "$T/mine/ftp.yaml"
expect_rc 0 portolan catalog list --catalog "$T/mine"
test "$(wc -l <"$T/out")" = 2 || fail "--catalog is not heeded"
PORTOLAN_CATALOG=$T/mine expect_rc 0 portolan catalog list
test "$(wc -l <"$T/out")" = 2 || fail "PORTOLAN_CATALOG is not heeded"
expect_rc 3 portolan catalog list --catalog "$T/nowhere"
has "$T/err" "cannot read the folder"
cp catalog/ftp.yaml "$T/mine/other.yaml"
expect_rc 2 portolan catalog show other --catalog "$T/mine"
has "$T/err" "they must agree"

# Findings are no failure; a lint is one with --strict, a broken file is one always.
printf 'portolan: 1\nproduct: x\nroles: {a: {}, b: {}}\nrequirements:\n  r: {from: a, to: b, needs: tcp/22, service: telnet}\n' \
	>"$T/x.yaml"
expect_rc 0 portolan catalog check "$T/x.yaml"
has "$T/out" "x.yaml:5:30: high: x/r (lint, wrong-number)"
expect_rc 1 portolan catalog check "$T/x.yaml" --strict
expect_rc 0 portolan catalog check passwordstate --by-severity --format jsonl
head -n 1 "$T/out" >"$T/first"
has "$T/first" '"severity":"high"'
has "$T/out" '"documented":"tcp/22","effective":"tcp/23"'
has "$T/out" '"reference":{"publisher":"Click Studios","title":"Open Port Requirements","section":"13","row":"Telnet"'
echo 'portolan: 2' >"$T/broken.yaml"
expect_rc 2 portolan catalog check ftp "$T/broken.yaml"
has "$T/err" "broken.yaml:1:11: "

# A hostile file cannot write to the terminal.
printf 'portolan: 1\nproduct: x\ntitle: "a\\x1b[2Jb"\nroles: {a: {}}\nrequirements: {r: {from: a, to: a, needs: tcp/1}}\n' \
	>"$T/hostile.yaml"
expect_rc 0 portolan catalog show "$T/hostile.yaml"
has "$T/out" 'a\x1b[2Jb'

for format in product site; do
	expect_rc 0 portolan catalog schema $format
	python3 -m json.tool <"$T/out" >/dev/null || fail "the schema of a $format is no JSON"
done
for words in "lst" "show" "show a b" "schema" "schema x" "list --format yaml" "show nosuch"; do
	# shellcheck disable=SC2086 # words on purpose
	expect_rc 2 portolan catalog $words
done
expect_rc 2 portolan catalog lst
has "$T/err" '(did you mean "list"?)'
expect_rc 2 portolan catalog show passwordstat
has "$T/err" '(did you mean "passwordstate"?)'
exit 0
