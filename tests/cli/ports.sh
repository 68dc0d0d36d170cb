# portolan ports: its command line and its forms, on whatever listens here.
. "$SOURCE_DIR/tests/lib.sh"

for form in text csv jsonl json; do
	expect_rc 0 portolan ports --format $form
done
python3 -m json.tool <"$T/out" >/dev/null || fail "not JSON"
has "$T/out" '"record":"summary"'
expect_rc 0 portolan ports --tcp --format jsonl
has_not "$T/out" '"transport":"udp"'
expect_rc 0 portolan ports --tcp --udp --format csv
head -n 1 "$T/out" | grep -q '^state,transport,port,' || fail "no heading: $(head -n 1 "$T/out")"
expect_rc 0 portolan ports
has "$T/out" "What a packet filter lets through is not looked at."

expect_rc 2 portolan ports --format html
expect_rc 2 portolan ports --as web1
has "$T/err" "--as and --catalog want a SITE"
echo "portolan: 2" >"$T/bad.yaml"
expect_rc 2 portolan ports "$T/bad.yaml"
expect_rc 2 portolan ports one two
expect_rc 2 portolan ports --as nobody "$SOURCE_DIR/examples/domino/site.yaml"
has "$T/err" 'the site has no host "nobody"'
exit 0
