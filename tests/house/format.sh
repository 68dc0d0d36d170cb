# Every C file is laid out as .clang-format says, by the version in Debian 12: others differ in small things.
# `make format` does it.
. "$SOURCE_DIR/tests/lib.sh"
formatter=$(command -v clang-format-14 || command -v clang-format) || skip "no clang-format"
"$formatter" --version | grep -q 'version 14\.' || skip "$("$formatter" --version), not 14"
cd "$SOURCE_DIR" || exit 1
find src tests -name '*.[ch]' -exec "$formatter" --dry-run -Werror {} + >"$T/out" 2>&1 ||
	{ grep -E 'error:' "$T/out" | head -40; fail "run 'make format'"; }
# The check can fail.
printf 'int  x ;\n' >"$T/x.c"
cp .clang-format "$T"
expect_rc 1 "$formatter" --dry-run -Werror "$T/x.c"
