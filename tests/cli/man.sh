# The manual is complete: each command has a page that names each of its options and no other; the main page
# has every command, state, cause and verdict; the pages are good mdoc and are installed.
. "$SOURCE_DIR/tests/lib.sh"
man=$SOURCE_DIR/man

# options_of PAGE: what it documents as --name.
options_of() {
	sed -n 's/^\.\(It \)\{0,1\}Fl -\([a-z0-9-]*\).*/\2/p; s/^\.Op Fl -\([a-z0-9-]*\).*/\1/p' "$1" | sort -u
}

# check_page PAGE OPTION ...: what is wrong with it, a line each.
check_page() {
	page=$1
	shift
	test -f "$page" || { echo "there is no ${page##*/}"; return; }
	printf '%s\n' "$@" | sed '/^$/d' | sort -u >"$T/table"
	options_of "$page" | grep -vx -e help -e version >"$T/page"
	comm -23 "$T/table" "$T/page" | sed "s/^/${page##*/} says nothing of --/"
	comm -13 "$T/table" "$T/page" | sed "s/^/${page##*/} has, and the command has not: --/"
}

portolan --dump-commands >"$T/dump"
test -s "$T/dump" || die "no commands"
tab=$(printf '\t')
while IFS= read -r line; do
	name=${line%%"$tab"*}
	options=$(printf '%s\n' "$line" | tr '\t' '\n' | sed -n '4,$s/^--\([^=]*\).*/\1/p')
	# shellcheck disable=SC2086 # words on purpose
	check_page "$man/portolan-$name.1" $options >"$T/wrong"
	while IFS= read -r wrong; do
		fail "$wrong"
	done <"$T/wrong"
	has "$man/portolan.1" ".Xr portolan-$name 1"
done <"$T/dump"

# A page too little, an option too few and one too many are noticed.
check_page "$T/none.1" >"$T/out"
has "$T/out" "there is no none.1"
printf '.It Fl -there\n.It Fl -more Ar x\n' >"$T/x.1"
check_page "$T/x.1" there missing >"$T/out"
has "$T/out" "x.1 says nothing of --missing"
has "$T/out" "x.1 has, and the command has not: --more"
has_not "$T/out" "--there"

for list in state cause verdict; do
	sed -n "/^const char \*const ${list}_names/,/^};/p" "$SOURCE_DIR/src/model/names.c" |
		grep -o '"[a-z-]*"' | tr -d '"' >"$T/words"
	test -s "$T/words" || fail "no ${list}_names in src/model/names.c"
	while IFS= read -r word; do
		grep -qx "\.It $word" "$man/portolan.1" || fail "portolan.1 has no $list \"$word\""
	done <"$T/words"
done

# Each service that a dialogue proves stands in the list of portolan-check(1).
cat "$SOURCE_DIR"/src/proto/*.c | tr '\n\t' '  ' | grep -o 'services\[\] = {[^}]*}' | grep -o '"[^"]*"' | tr -d '"' |
	sort -u >"$T/protocols"
test -s "$T/protocols" || fail "no services in src/proto"
sed -n '/^\.Sh PROTOCOLS/,/^\.El/s/^\.It Cm //p' "$man/portolan-check.1" | tr -d ' ' | tr ',' '\n' | sort >"$T/listed"
same "$T/protocols" "$T/listed"

for page in "$man"/*.[1-9]; do
	has "$man/meson.build" "'${page##*/}'"
done
command -v mandoc >/dev/null || skip "no mandoc: the pages' syntax was not looked at"
mandoc -Tlint -Wwarning "$man"/*.[1-9] || fail "mandoc -Tlint -Wwarning"
printf '.Dd x\n.Foo\n' >"$T/bad.1"
mandoc -Tlint -Wwarning "$T/bad.1" >"$T/out" && fail "mandoc finds nothing wrong in a bad page"
exit 0
