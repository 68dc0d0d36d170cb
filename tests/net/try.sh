# The tour of `make try`: as root, as an ordinary user, and where no namespaces are to be had. It finds what it
# broke, in less than a minute, and leaves nothing, even when it is killed.
. "$SOURCE_DIR/tests/lib.sh"
need_namespaces
command -v nft >/dev/null || skip "no nft(8): install nftables"
cd "$SOURCE_DIR" || exit 1
mkdir "$T/tmp"
chmod 777 "$T" "$T/tmp"
export BUILD="$BUILD_DIR" TMPDIR="$T/tmp"
mark=TRY_MARK=$$

# What the tour starts has the mark in its environment, whatever namespaces it is in.
left_running() { grep -lzsx "$mark" /proc/[0-9]*/environ; }
# shellcheck disable=SC2317 # called by wait_for
nothing_runs() { [ -z "$(left_running)" ]; }
rules_here() { nft list ruleset; ip -o link; ip netns list; mount; } 2>/dev/null
rules_here >"$T/before"
: >"$T/mark"
nothing_left() {
	wait_for 1 nothing_runs || fail "$1: still running: $(left_running | tr '\n' ' ')"
	rules_here >"$T/after"
	grep -vF "portolan-" "$T/before" >"$T/a"
	grep -vF "portolan-" "$T/after" >"$T/b"
	same "$T/a" "$T/b"
	find "$T/home" "$T/tmp" "$T/state" -mindepth 1 2>/dev/null | grep . && fail "$1: left files"
	[ ! -e /run/try ] || fail "$1: left /run/try"
	find "$SOURCE_DIR/tools" "$SOURCE_DIR/examples" "$SOURCE_DIR/catalog" -newer "$T/mark" | grep . &&
		fail "$1: wrote into the sources"
}

# tour WORDS COMMAND ...: it must say WORDS, and be quick.
tour() {
	words=$1
	shift
	begun=$(date +%s)
	expect_rc 0 "$@"
	took=$(($(date +%s) - begun))
	[ $took -lt 60 ] || fail "$*: $took seconds"
	has "$T/out" "$words"
	echo "$took s: $*"
	nothing_left "$*"
}

tour "Exactly what was broken was found" env "$mark" tools/try
has "$T/out" "next move: company network team (corp-firewall)"
has "$T/out" "2 are fixed"
has "$T/out" "tcp/143 from 192.0.2.77 (guest-pc): stanford-from-outside/imap-mail arrived"
has_not "$T/out" "user namespace"

# A tour in which something else is broken than it says, fails: it is a test.
mkdir "$T/copy"
cp -r tools examples catalog "$T/copy/"
sed -i 's/tcp dport 1109 reject with icmpx admin-prohibited/tcp dport 1109 accept/' "$T/copy/tools/try-networks.sh"
expect_rc 1 env "$mark" "$T/copy/tools/try"
has "$T/out" "DIFFERS kerberos-pop"
has "$T/out" "NOT the same"
nothing_left "a tour that fails"

# Killed in the middle of it, with seconds to go.
start env "$mark" tools/try
killed=$pid
wait_for 30 grep -q '^guest-pc\$' "$log" || die "no tour: $(cat "$log")"
kill -9 "$killed"
nothing_left "kill -9"

# An ordinary user: nobody, with nothing but what everybody may read.
nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups env HOME="$T/tmp" XDG_STATE_HOME="$T/tmp" \
		PATH=/usr/local/bin:/usr/bin:/bin "$@"
}
if nobody test -r "$BUILD_DIR/portolan-site" -a -r "$SOURCE_DIR/tools/try" 2>/dev/null; then
	if nobody unshare --user --map-root-user true 2>/dev/null; then
		tour "Exactly what was broken was found" nobody env "$mark" tools/try
		has "$T/out" "user namespace"
	else
		tour "nothing is checked" nobody env "$mark" tools/try
	fi
else
	echo "not as an ordinary user: nobody may not read $SOURCE_DIR"
fi

# Without the right to make namespaces of any kind: plan and request only, and that is said.
# shellcheck disable=SC2016 # the inner shell expands it
tour "nothing is checked" env "$mark" unshare --user --map-root-user sh -c \
	'echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all --inh-caps=-all tools/try'
has_not "$T/out" "portolan check"
exit 0
