. "$SOURCE_DIR/tests/lib.sh"
# portolan catalog import: the product on standard output, questions on standard error.
tables=$SOURCE_DIR/tests/golden/import

# The four forms of the same tables give the same product.
for form in tabs pipes csv blanks; do
	cp "$tables/passwordstate.$form" "$T/ports.txt"
	expect_rc 0 portolan catalog import "$T/ports.txt" --product passwordstate --document opr
	cp "$T/out" "$T/$form"
done
for form in pipes csv blanks; do
	same "$T/tabs" "$T/$form"
done
has "$T/tabs" "# question: row 5 \"Hosts (as the directory lists them)\": \"389 or 636\": no protocol is given, TCP is assumed"
has "$T/err" "question: row 64 \"Telnet\": \"22\": telnet has port 23, and 22 is ssh"

# Options stand in for what the table does not say.
expect_rc 0 portolan catalog import "$T/ports.txt" --from scanner --to target --section 99
has "$T/out" "from: scanner"
has "$T/out" "to: target"
has "$T/out" "section: 99"
has_not "$T/err" "who connects"

# What is not understood is an error with its place; the rest is written, and the row stays as a comment.
printf 'Name\tPort\nweb\tTCP 443\nother\tTCP 70000\n' >"$T/bad.txt"
expect_rc 2 portolan catalog import "$T/bad.txt"
has "$T/out" "# not understood, line 3: other | TCP 70000"
has "$T/out" "tcp/443"
has "$T/err" "$T/bad.txt:3:11: 70000 is no port"

# From standard input; an empty one, and one without a table.
run portolan catalog import - <"$T/bad.txt"
[ "$rc" = 2 ] || fail "standard input: exit $rc"
has "$T/out" "product: imported"
printf 'no table\n' >"$T/none.txt"
expect_rc 2 portolan catalog import "$T/none.txt"
[ ! -s "$T/out" ] || fail "something was written"
has "$T/err" "no table found"
expect_rc 2 portolan catalog import "$T/bad.txt" --product 'a b'
expect_rc 3 portolan catalog import "$T/not-there.txt"
