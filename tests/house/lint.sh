# clang-tidy and cppcheck find nothing in the sources, and would find something in a bad one.
. "$SOURCE_DIR/tests/lib.sh"
JOBS=${JOBS:-2} sh "$SOURCE_DIR/tools/lint" "$BUILD_DIR" >"$T/out" 2>&1
rc=$?
[ $rc = 77 ] && skip "$(cat "$T/out")"
[ $rc = 0 ] || { cat "$T/out"; fail "tools/lint"; }

mkdir -p "$T/tree/src" "$T/tree/build" "$T/tree/tools"
cp "$SOURCE_DIR/tools/lint" "$T/tree/tools"
cp "$SOURCE_DIR/.clang-tidy" "$T/tree"
cat >"$T/tree/src/bad.c" <<'END'
int bad(int *p);
int bad(int *p)
{
	int a[2];

	if (!p || !p)
		return 0;
	return a[1];
}
END
printf '[{"directory": "%s/build", "file": "../src/bad.c", "command": "cc -c ../src/bad.c"}]\n' "$T/tree" \
	>"$T/tree/build/compile_commands.json"
expect_rc 1 sh "$T/tree/tools/lint" "$T/tree/build"
has "$T/out" "misc-redundant-expression"
has "$T/err" "uninitvar"
exit 0
