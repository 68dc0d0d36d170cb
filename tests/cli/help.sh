# Help, usage and their exit codes, for every command there is.
. "$SOURCE_DIR/tests/lib.sh"

expect_rc 0 portolan --help
has "$T/out" "usage: portolan COMMAND"
cp "$T/out" "$T/usage"
expect_rc 0 portolan
same "$T/out" "$T/usage"
expect_rc 0 portolan help
same "$T/out" "$T/usage"
expect_rc 0 portolan --version
grep -qE '^portolan [0-9]+\.[0-9]+\.[0-9]+$' "$T/out" || fail "--version: $(cat "$T/out")"

portolan --dump-commands >"$T/dump"
tab=$(printf '\t')
while IFS= read -r line; do
	name=${line%%"$tab"*}
	summary=$(printf '%s' "$line" | cut -f2)
	has "$T/usage" "$summary"
	expect_rc 0 portolan "$name" --help
	has "$T/out" "usage: portolan $name"
	has "$T/out" "$summary"
	cp "$T/out" "$T/help"
	printf '%s\n' "$line" | tr '\t' '\n' | sed -n '4,$s/=/ /p; 4,$s/=.*//p' | while IFS= read -r option; do
		grep -qF -e "$option" "$T/help" || echo "$option"
	done >"$T/missing"
	test -s "$T/missing" && fail "'$name --help' leaves out $(cat "$T/missing")"
	expect_rc 0 portolan help "$name"
	same "$T/out" "$T/help"
	expect_rc 0 portolan "$name" -h
	same "$T/out" "$T/help"
	expect_rc 2 portolan "$name" --no-such-option
	has "$T/err" "there is no option --no-such-option"
	test -s "$T/out" && fail "'$name --no-such-option' writes to standard output"
done <"$T/dump"
test "$(cut -f1 "$T/dump" | sort | uniq -d)" = "" || fail "two commands of one name"

expect_rc 2 portolan no-such-command
has "$T/err" 'there is no command "no-such-command"'
expect_rc 2 portolan help no-such-command
expect_rc 2 portolan "$(printf 'a\033[2Jb')"
has "$T/err" '\x1b[2J'
first=$(cut -f1 "$T/dump" | sed -n 1p)
expect_rc 2 portolan "${first}x"
has "$T/err" "(did you mean \"$first\"?)"

# Where the output cannot be written, that is told and is no success.
if test -w /dev/full; then
	portolan --help >/dev/full 2>"$T/err"
	test $? = 3 || fail "a full disk goes unnoticed"
	portolan --version >/dev/full 2>"$T/err"
	test $? = 3 || fail "--version: a full disk goes unnoticed"
	has "$T/err" "cannot write the output"
fi
exit 0
