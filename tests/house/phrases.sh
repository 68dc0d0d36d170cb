# No run of eight words of the documents that the catalog is made from stands in any file here: tests/catalog/phrases.txt
# has their hashes (tools/phrases.py).
. "$SOURCE_DIR/tests/lib.sh"
cd "$SOURCE_DIR" || exit 1
hashes=$SOURCE_DIR/tests/catalog/phrases.txt
test "$(grep -cE '^[0-9a-f]{16}$' "$hashes")" -ge 4000 || fail "$hashes holds too few hashes"
test "$(grep -cvE '^[0-9a-f]{16}$' "$hashes")" = 0 || fail "$hashes holds something else"

# list FOLDER: what git tracks there and what is new; without git, all but what was built.
list() {
	(cd "$1" && git ls-files -z --cached --others --exclude-standard 2>/dev/null) >"$T/listed"
	[ -s "$T/listed" ] || (cd "$1" && find . -type d -name 'build*' -prune -o -type f -print0) >"$T/listed"
}
# check HASHES FOLDER: the files that were listed; one that is deleted and not yet committed is not there.
check() {
	# shellcheck disable=SC2016 # the inner shell's
	(cd "$2" && xargs -0 sh -c 'for f; do [ ! -f "$f" ] || printf "%s\0" "$f"; done' sh) <"$T/listed" >"$T/there"
	(cd "$2" && xargs -0 python3 "$SOURCE_DIR/tools/phrases.py" check "$1") <"$T/there"
}

list .
for name in README.md catalog/passwordstate.yaml examples/passwordstate/site.yaml man/portolan.1 registry/services.txt \
	src/cmd/main.c tests/golden/import/passwordstate.csv tests/unit/t_import.c tools/phrases.py; do
	tr '\0' '\n' <"$T/listed" | sed 's,^\./,,' | grep -qx "$name" || fail "$name is not looked at"
done
check "$hashes" . || fail "other people's sentences"

# A run is found across lines and marks, in any case; its neighbours are not.
printf 'One two: three four\nfive (six) seven eight, nine.\n' >"$T/original"
python3 tools/phrases.py make "$T/original" >"$T/hashes"
test "$(wc -l <"$T/hashes")" = 2 || fail "two runs, not $(wc -l <"$T/hashes")"
printf '# x\n  why: ONE two three\n    four five "six" seven eight\n' >"$T/copied"
expect_rc 1 python3 tools/phrases.py check "$T/hashes" "$T/copied"
has "$T/out" "copied:2: not our own words: one two three"
printf 'two three four five six seven eight ten\n' >"$T/own"
expect_rc 0 python3 tools/phrases.py check "$T/hashes" "$T/own"
: >"$T/empty"
expect_rc 1 python3 tools/phrases.py check "$T/empty" "$T/own"

# Anywhere in a tree, whatever the file is called; what was built there does not count.
tree="$T/tree"
mkdir -p "$tree/tests/a golden" "$tree/build"
cp "$T/own" "$tree/README"
cp "$T/copied" "$tree/build/copied"
list "$tree"
expect_rc 0 check "$T/hashes" "$tree"
cp "$T/copied" "$tree/tests/a golden/in put.tabs"
list "$tree"
expect_rc 123 check "$T/hashes" "$tree"
has "$T/out" "in put.tabs:2: not our own words"
exit 0
