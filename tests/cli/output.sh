# What --output may do to a file that is none: a device is written to, never replaced.
. "$SOURCE_DIR/tests/lib.sh"
mkfifo "$T/pipe"
cat "$T/pipe" >"$T/got" &
reader=$!
expect_rc 0 portolan site new ftp --force --output "$T/pipe"
wait "$reader"
has "$T/got" "product: ftp"
[ -p "$T/pipe" ] || fail "the pipe was replaced"
: >"$T/file"
ln -s file "$T/link"
expect_rc 0 portolan site new ftp --force --output "$T/link"
[ -h "$T/link" ] || fail "the link was replaced"
has "$T/file" "product: ftp"

# A signal ends the program also while nobody reads the report that it writes: 124 is the first
# signal's doing, 137 that of the second, which nothing survives.
mkfifo "$T/full"
exec 3<>"$T/full"
timeout -k 10 3 "$PORTOLAN" probe --format jsonl 127.0.0.1:1-500 >"$T/full"
rc=$?
exec 3<&-
[ "$rc" = 124 ] || fail "SIGTERM does not end it: $rc"
