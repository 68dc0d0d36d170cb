# The generated bash completion: commands, options and their values.
. "$SOURCE_DIR/tests/lib.sh"
command -v bash >/dev/null || skip "no bash"
script=$BUILD_DIR/completion/portolan
test -s "$script" || die "no $script"

# complete_for SCRIPT WORDS ...: what is offered for the last of the words, one a line in $T/out.
complete_for() {
	# shellcheck disable=SC2016 # bash expands it
	bash -c 'source "$1" || exit 1
		shift
		COMP_WORDS=(portolan "$@") COMP_CWORD=$#
		_portolan
		printf "%s\n" "${COMPREPLY[@]}"' bash "$@" >"$T/out" 2>"$T/err" || fail "completion of $*"
	test -s "$T/err" && fail "completion of $*: $(cat "$T/err")"
}

portolan --dump-commands >"$T/dump"
complete_for "$script" ""
cut -f1 "$T/dump" | while IFS= read -r name; do
	grep -qx -e "$name" "$T/out" || echo "$name"
done >"$T/missing"
test -s "$T/missing" && fail "not offered: $(cat "$T/missing")"
complete_for "$script" help ""
grep -qx "$(sed -n '1s/	.*//p' "$T/dump")" "$T/out" || fail "help offers no commands"

# Each command's own options.
while IFS= read -r line; do
	name=$(printf '%s' "$line" | cut -f1)
	complete_for "$script" "$name" --
	printf '%s\n' "$line" | tr '\t' '\n' | sed -n '4,$s/=.*/=/; 4,$p' >"$T/want"
	while IFS= read -r option; do
		grep -qx -e "$option" "$T/out" || fail "$name does not offer $option"
	done <"$T/want"
done <"$T/dump"

# A table of our own, for the finer points.
cat >"$T/program" <<'END'
#!/bin/sh
printf 'plan\tthe site'\''s flows\tSITE\t--format=text|json\t--fast\t--site=FILE\n'
printf 'catalog\tproducts\tlist|show [NAME]\n'
END
chmod +x "$T/program"
sh "$SOURCE_DIR/completion/generate.sh" "$SOURCE_DIR/completion/bash.sh" "$T/program" >"$T/made" ||
	fail "generate.sh"
expect() {
	want=$1
	shift
	complete_for "$T/made" "$@"
	test "$(tr '\n' ' ' <"$T/out")" = "$want " || fail "$*: $(tr '\n' ' ' <"$T/out"), not $want"
}
expect "plan" p
expect "--help --format= --fast --site=" plan --
expect "--fast" plan --fa
expect "text json" plan --format = ""
expect "json" plan --format = j
expect "text json" plan --format =
expect "json" plan --format j
expect "" plan --site ""
expect "" plan --fast ""
expect "list show" catalog ""
expect "" catalog list ""
expect "" nonsense ""
exit 0
