# portolan identify: its command line and its forms, on loopback.
. "$SOURCE_DIR/tests/lib.sh"

expect_rc 1 portolan identify 127.0.0.1:1
cat >"$T/ok" <<'END'
0 of 1 port proves what speaks there; 1 is not open.
  127.0.0.1:1  closed  a reset came from the target's address: nothing listens there, unless it was forged on the way
END
sed 's/; [0-9.]* ms$//' "$T/out" >"$T/got"
same "$T/ok" "$T/got"

expect_rc 1 portolan identify --format jsonl 127.0.0.1:1,2
[ "$(grep -c '"record":"outcome"' "$T/out")" = 2 ] || fail "not two outcomes"
has "$T/out" '"method":"identify"'
has "$T/out" '"proved":null'
has "$T/out" '"assumed":"tcpmux"'
tail -n 1 "$T/out" | grep -q '"record":"summary".*"fail":2,' || fail "$(tail -n 1 "$T/out")"
expect_rc 1 portolan identify --format json --udp 127.0.0.1:1
has "$T/out" '"transport":"udp"'
python3 -m json.tool <"$T/out" >/dev/null || fail "not JSON"

expect_rc 2 portolan identify
expect_rc 2 portolan identify 10.0.0.0/24:22
has "$T/err" "say that you may with --i-may-probe 10.0.0.0/24"
expect_rc 2 portolan identify 127.0.0.1:http
expect_rc 2 portolan identify --ports 0 127.0.0.1
expect_rc 2 portolan identify --fragile 0 127.0.0.1:1
expect_rc 1 portolan identify --fragile 1,9-12 127.0.0.1:1
expect_rc 2 portolan identify --format html 127.0.0.1:1
expect_rc 2 portolan identify --timeout 0 127.0.0.1:1
exit 0
