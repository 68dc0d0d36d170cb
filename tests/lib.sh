# Sourced by the shell tests: . "$SOURCE_DIR/tests/lib.sh"
# Each gets a folder $T of its own that goes away with it, `portolan` is the one just built, and every
# process started with `start` is ended by its id.
set -u
T=$(mktemp -d "${TMPDIR:-/tmp}/portolan-test.XXXXXX")
export HOME="$T/home" XDG_STATE_HOME="$T/state" LC_ALL=C TZ=UTC
mkdir "$HOME"
test_failures=0
test_pids=
test_started=0
test_namespaces=

portolan() { "$PORTOLAN" "$@"; }

test_end() {
	rc=$?
	trap - EXIT INT TERM HUP
	for pid in $test_pids; do
		stop "$pid"
	done
	for ns in $test_namespaces; do
		for pid in $(ip netns pids "$ns" 2>/dev/null); do
			kill -9 "$pid" 2>/dev/null
		done
		ip netns del "$ns" 2>/dev/null
	done
	rm -rf --one-file-system "$T"
	# A skip does not hide what failed before it.
	[ $test_failures = 0 ] || rc=1
	exit $rc
}
trap test_end EXIT
trap 'exit 1' INT TERM HUP

# fail WORDS: tell it and go on; the test fails at its end. die WORDS: at once.
fail() {
	echo "FAIL: $*"
	test_failures=$((test_failures + 1))
}
die() {
	echo "FAIL: $*"
	exit 1
}
# skip WORDS: this machine cannot run the test.
skip() {
	echo "skip: $*"
	exit 77
}

# run COMMAND ...: its output in $T/out and $T/err, its status in $rc.
run() {
	"$@" >"$T/out" 2>"$T/err"
	rc=$?
}
# expect_rc N COMMAND ...: run it; it must exit with N.
expect_rc() {
	want=$1
	shift
	run "$@"
	if [ "$rc" != "$want" ]; then
		fail "exit $rc, not $want: $*"
		sed 's/^/  | /' "$T/out" "$T/err"
	fi
}
# same FILE FILE; has FILE WORDS; has_not FILE WORDS (fixed strings).
same() { diff -u "$1" "$2" || fail "$1 and $2 differ"; }
has() { grep -qF -e "$2" "$1" || { fail "not in $1: $2"; sed 's/^/  | /' "$1"; }; }
has_not() { ! grep -qF -e "$2" "$1" || { fail "in $1: $2"; sed 's/^/  | /' "$1"; }; }

# start COMMAND ...: in the background, its output in $log; its id in $pid.
start() {
	test_started=$((test_started + 1))
	log=$T/log.$test_started
	"$@" >"$log" 2>&1 </dev/null &
	pid=$!
	test_pids="$test_pids $pid"
}
# stop PID: ended, and seen to be gone.
stop() {
	kill "$1" 2>/dev/null || return 0
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		kill -0 "$1" 2>/dev/null || break
		sleep 0.1
	done
	kill -9 "$1" 2>/dev/null
	wait "$1" 2>/dev/null
	return 0
}
# wait_for SECONDS COMMAND ...: until it succeeds.
wait_for() {
	tries=$(($1 * 10))
	shift
	while [ $tries -gt 0 ]; do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
		tries=$((tries - 1))
	done
	return 1
}

# Network namespaces need privilege: without it the test is skipped, where CI=true it fails.
need_namespaces() {
	command -v ip >/dev/null || skip "no ip(8): install iproute2"
	if ! ip netns add "portolan-$$" 2>"$T/err"; then
		[ "${CI-}" = true ] && die "privilege: no network namespaces here: $(cat "$T/err")"
		skip "privilege: no network namespaces: $(cat "$T/err")"
	fi
	ip netns del "portolan-$$"
}
# namespace NAME: make portolan-PID-NAME with lo up; its full name in $ns.
namespace() {
	ns=portolan-$$-$1
	ip netns add "$ns" || die "cannot make the namespace $ns"
	test_namespaces="$test_namespaces $ns"
	ip -n "$ns" link set lo up
}
