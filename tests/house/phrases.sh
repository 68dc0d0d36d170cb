# No run of eight words of the documents that the catalog is made from stands in what is shipped: tests/catalog/phrases.txt
# has their hashes (tools/phrases.py).
. "$SOURCE_DIR/tests/lib.sh"
cd "$SOURCE_DIR" || exit 1
hashes=tests/catalog/phrases.txt
test "$(grep -cE '^[0-9a-f]{16}$' $hashes)" -ge 4000 || fail "$hashes holds too few hashes"
test "$(grep -cvE '^[0-9a-f]{16}$' $hashes)" = 0 || fail "$hashes holds something else"

find catalog examples registry man doc README* -type f 2>/dev/null >"$T/files"
test "$(wc -l <"$T/files")" -ge 10 || fail "there is nothing to look at"
xargs python3 tools/phrases.py check $hashes <"$T/files" || fail "other people's sentences"

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
exit 0
