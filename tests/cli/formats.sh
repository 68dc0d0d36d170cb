# The manual of each format has every key that its tables have, and no list of keys has more: the schema, which
# is made from the same tables, says which there are.
. "$SOURCE_DIR/tests/lib.sh"

# keys_of FORMAT: every key of the schema, once.
keys_of() {
	portolan catalog schema "$1" | python3 -c '
import json, sys
def keys(node):
    if isinstance(node, dict):
        yield from node.get("properties", {})
        for value in node.values():
            yield from keys(value)
    elif isinstance(node, list):
        for value in node:
            yield from keys(value)
print("\n".join(sorted(set(keys(json.load(sys.stdin))))))'
}

# missing_in PAGE: of the words on standard input, those that the page nowhere marks as a word to write.
missing_in() {
	sed -n 's/^\.\(It \)\{0,1\}Cm //p' "$1" | tr ' ,' '\n' >"$T/marked"
	while IFS= read -r key; do
		grep -qx -e "$key" "$T/marked" || echo "$key"
	done
}

for format in product site; do
	page=$SOURCE_DIR/man/portolan-$format.5
	keys_of $format >"$T/keys"
	test "$(wc -l <"$T/keys")" -ge 30 || fail "the schema of a $format has $(wc -l <"$T/keys") keys"
	missing_in "$page" <"$T/keys" >"$T/missing"
	test -s "$T/missing" && fail "portolan-$format.5 says nothing of: $(tr '\n' ' ' <"$T/missing")"
done
echo no_such_key | missing_in "$page" >"$T/missing"
grep -qx no_such_key "$T/missing" || fail "a key that is missing goes unnoticed"

# The page's example is a product; every lint has a word in the manual.
sed -n '/^portolan: 1/,/^\.Ed/p' "$SOURCE_DIR/man/portolan-product.5" | sed '/^\.Ed/d' >"$T/shop.yaml"
expect_rc 0 portolan catalog check "$T/shop.yaml" --format jsonl
sed -n 's/^	{"\([a-z-]*\)", SEVERITY_.*/\1/p' "$SOURCE_DIR/src/model/lint.c" >"$T/lints"
test -s "$T/lints" || fail "no lints in src/model/lint.c"
while IFS= read -r lint; do
	has "$SOURCE_DIR/man/portolan-catalog.1" ".It Cm $lint"
done <"$T/lints"
exit 0
