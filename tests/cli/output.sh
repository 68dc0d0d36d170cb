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
