# policy apply: rules come onto a box, and go again by themselves; whoever is logged in stays so; what fails leaves
# everything as it was. All of it in a namespace of this test: the box.
# shellcheck disable=SC2317 # functions are called by expect_rc, run and wait_for
. "$SOURCE_DIR/tests/lib.sh"
need_namespaces
for tool in nft iptables-nft iptables-legacy ip6tables-legacy; do
	command -v "$tool" >/dev/null || skip "no $tool"
done
unset SSH_CONNECTION # of who runs the test, and not on this box

namespace peer
peer=$ns
namespace box
box=$ns
home=$(stat -L -c %i "/run/netns/$box") || die "no number of the namespace"
state=/run/portolan/apply-$home
trap 'rm -rf --one-file-system "$state"; test_end' EXIT
mkdir "$T/bin" # stands before the system's own folders, where a test puts something into it
# shellcheck disable=SC2016 # the inner shell's
on_box() { ip netns exec "$box" sh -c 'mount --bind "$0" /usr/local/sbin && exec "$@"' "$T/bin" "$@"; }
apply() { on_box "$PORTOLAN" policy apply "$@"; }

for n in "$peer" "$box"; do
	ip netns exec "$n" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad'
done
ip -n "$box" link add eth0 type veth peer name eth0 netns "$peer" || die "no link"
for n in "$peer" "$box"; do
	ip -n "$n" link set eth0 up
done
ip -n "$box" address add 192.0.2.1/24 dev eth0
ip -n "$peer" address add 192.0.2.9/24 dev eth0
ip -n "$box" address add 2001:db8::1/64 dev eth0 nodad
ip -n "$peer" address add 2001:db8::9/64 dev eth0 nodad

# --- what the box has: rules of ours, and somebody else's -------------------------------------------------
cat >"$T/old.nft" <<'END'
table inet portolan {
	set met {
		type ipv4_addr
		flags timeout
		elements = { 203.0.113.1 timeout 1h }
	}
	chain p_input {
		type filter hook input priority filter; policy accept;
		iif "eth0" tcp dport 23 counter packets 7 bytes 420 drop
		ct state established accept
	}
}
table ip docker {
	chain DOCKER { ip daddr 172.17.0.2 tcp dport 80 counter accept; }
	chain FORWARD {
		type filter hook forward priority filter; policy accept;
		jump DOCKER
	}
}
END
cat >"$T/new.nft" <<'END'
table inet portolan
delete table inet portolan
table inet portolan {
	chain p_input {
		type filter hook input priority filter; policy drop;
		iifname "lo" accept
		ct state established accept
		ct state invalid drop
		icmpv6 type { 133, 134, 135, 136 } accept
		iif "eth0" tcp dport 22 counter accept
	}
}
END
# variant NAME SED-COMMAND: new.nft, changed
variant() { sed "$2" "$T/new.nft" >"$T/$1.nft"; }
variant deaf '/dport 22/d'
variant mute '/established/d'
variant maybe 's/tcp dport 22/limit rate 1\/second &/'
variant blind '/icmpv6/d'
variant flush '1i flush ruleset'
variant broken 's/counter accept/counter accpt/'

without_times() { sed 's/ expires [0-9a-z]*//'; }
# rules: of all tables, each by its name: one that is made anew stands behind the others.
rules() {
	on_box nft list tables | sort | while read -r _ family name; do
		on_box nft list table "$family" "$name" | without_times
	done
}
# handles: of all that there is, to the number of a rule: the same ones, not just the like
handles() { on_box nft -a list ruleset | without_times; }
reset() {
	rm -rf --one-file-system "$state"
	on_box nft flush ruleset
	on_box nft -f "$T/old.nft" || die "no rules to begin with"
	rules >"$T/before"
}
is_new() { on_box nft list table inet portolan | grep -qF 'dport 22'; }
is_old() { ! is_new; }
unchanged() {
	rules >"$T/after"
	same "$T/before" "$T/after"
	[ ! -e "$state/socket" ] || fail "something still listens: $*"
}
# keeper: the id of the process that would undo it
keeper() {
	for k in $(ip netns pids "$box"); do
		case $(cat "/proc/$k/comm" 2>/dev/null) in portolan*) echo "$k" ;; esac
	done
}
no_keeper() { [ -z "$(keeper)" ]; }

# --- a terminal: terminal.py ANSWER COMMAND ... : y to the question, then ANSWER -------------------------------
cat >"$T/terminal.py" <<'END'
import os, pty, select, signal, subprocess, sys, time

def until(fd, words, text, seconds=30):
    end = time.monotonic() + seconds
    while words not in text and time.monotonic() < end:
        if select.select([fd], [], [], 0.2)[0]:
            try:
                piece = os.read(fd, 65536)
            except OSError:
                break
            if not piece:
                break
            text += piece
    return text

pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
answer = sys.argv[1]
text = until(fd, b'[y/N] ', b'')
subprocess.run(os.environ.get('MEANWHILE', ':'), shell=True, check=False)
if answer == 'not':
    os.write(fd, b'\n')
else:
    # Typed ahead: it is no answer to the second question.
    os.write(fd, b'y\n\n')
    text = until(fd, b'old ones back: ', text)
    time.sleep(0.3)
    keys = {'enter': b'\n', 'no': b'n\n', 'ctrl-c': b'\x03'}
    if answer in keys:
        os.write(fd, keys[answer])
    elif answer == 'elsewhere':
        subprocess.run(os.environ['ELSEWHERE'], shell=True, check=False)
    elif answer == 'hangup':
        os.close(fd)
    elif answer != 'wait':
        os.kill(pid, getattr(signal, 'SIG' + answer))
if answer != 'hangup':
    text = until(fd, b'\0', text, 20)
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(text)
sys.exit(os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
END
# on_tty ANSWER ARGUMENT ...
on_tty() {
	tty_answer=$1
	shift
	# shellcheck disable=SC2016 # the inner shell's
	python3 "$T/terminal.py" "$tty_answer" ip netns exec "$box" "$PORTOLAN" policy apply "$@"
}

# --- said first, done then --------------------------------------------------------------------------------
reset
handles >"$T/handles"
expect_rc 0 apply "$T/new.nft" --dry-run
has "$T/out" "Closed: let through before, not now"
has "$T/err" "can be loaded, and taken back; nothing was changed"
expect_rc 2 apply "$T/new.nft"
has "$T/err" "there is no terminal to ask on"
expect_rc 1 on_tty not "$T/new.nft"
has "$T/out" "nothing was changed"
handles >"$T/after"
same "$T/handles" "$T/after"
[ "$(ls "$state")" = lock ] || fail "left behind: $(ls "$state")"
[ "$(stat -c %a "$state" /run/portolan | sort -u)" = 700 ] || fail "its folder is not root's alone"

expect_rc 0 apply "$T/new.nft" --yes --confirm 100
has "$T/err" "loaded for 100 s"
has "$T/err" "gone when this box starts again"
is_new || fail "not loaded"
on_box nft list table ip docker >"$T/docker"
has "$T/docker" "jump DOCKER"
for file in "$state"/*.nft; do
	[ "$(stat -c %a "$file")" = 600 ] || fail "mode of $file"
done
expect_rc 3 apply "$T/new.nft" --yes
has "$T/err" "another policy apply waits for its answer"
has "$T/err" "--undo"
is_new || fail "the second one did something"
expect_rc 0 apply --confirmed
has "$T/err" "confirmed: the new rules stay"
wait_for 15 no_keeper || fail "the process is still there"
is_new || fail "confirmed, and gone"
[ ! -e "$state/old.nft" ] || fail "the old rules still lie there"
expect_rc 1 apply --confirmed
has "$T/err" "nothing waits for an answer; the last: confirmed"
expect_rc 0 apply "$T/new.nft" --yes
has "$T/err" "are loaded already"
no_keeper || fail "something waits for nothing"

# --- it goes by itself ------------------------------------------------------------------------------------
reset
expect_rc 0 apply "$T/new.nft" --yes --confirm 5
is_new || fail "not loaded for its time"
wait_for 20 is_old || fail "still there after its time"
wait_for 15 no_keeper || fail "the process does not end"
unchanged "time"
expect_rc 1 apply --confirmed
has "$T/err" "the last: not confirmed in time: the old rules are back"

expect_rc 0 apply "$T/new.nft" --yes --confirm 100
expect_rc 0 apply --undo
has "$T/err" "the old rules are back"
unchanged "told"
expect_rc 0 apply "$T/new.nft" --yes --confirm 100
kill "$(keeper)" || fail "no process to end"
wait_for 20 is_old || fail "ended by a signal, and still loaded"
wait_for 15 no_keeper || fail "the process does not end"
unchanged "SIGTERM to the process that waits"
expect_rc 0 apply "$T/new.nft" --yes --confirm 6
kill -HUP "$(keeper)"
kill -INT "$(keeper)"
wait_for 20 is_old || fail "a signal that it ignores has ended it"
wait_for 15 no_keeper || fail "the process does not end"
unchanged "SIGHUP and SIGINT to the process that waits"

# Killed, it can do nothing: that is said, and there is a way out.
expect_rc 0 apply "$T/new.nft" --yes --confirm 100
kill -9 "$(keeper)"
wait_for 15 no_keeper
expect_rc 3 apply "$T/new.nft" --yes
has "$T/err" "is gone, and nobody said that it may stay"
expect_rc 0 apply --undo
unchanged "SIGKILL"

# --- on a terminal ----------------------------------------------------------------------------------------
expect_rc 0 on_tty enter "$T/new.nft"
has "$T/out" "confirmed: the new rules stay"
is_new || fail "Enter, and gone"
for answer in no ctrl-c TERM HUP; do
	reset
	expect_rc 1 on_tty $answer "$T/new.nft"
	has "$T/out" "not confirmed: the old rules are back"
	unchanged "$answer"
done
reset
expect_rc 1 on_tty wait "$T/new.nft" --confirm 5
has "$T/out" "not confirmed in time: the old rules are back"
unchanged "waited"
for answer in hangup KILL; do
	reset
	run on_tty $answer "$T/new.nft" --confirm 100
	has_not "$T/out" "confirmed: the new rules stay"
	wait_for 20 is_old || fail "$answer: still loaded"
	wait_for 15 no_keeper || fail "$answer: the process does not end"
	unchanged "$answer"
done

# The word from another login, while the first waits; a second apply, and another change, while it asks.
reset
ELSEWHERE="ip netns exec $box $PORTOLAN policy apply --confirmed" expect_rc 0 on_tty elsewhere "$T/new.nft"
has "$T/out" "confirmed: the new rules stay"
is_new || fail "confirmed elsewhere, and gone"
reset
MEANWHILE="ip netns exec $box $PORTOLAN policy apply $T/new.nft --yes 2>$T/second; ip netns exec $box nft add chain ip docker more" \
	expect_rc 3 on_tty wait "$T/new.nft"
has "$T/second" "another policy apply is under way on this box"
has "$T/out" "somebody has changed the rules of this box since they were looked at"
on_box nft delete chain ip docker more
unchanged "somebody else"

# --- whoever is logged in ---------------------------------------------------------------------------------
cat >"$T/login.py" <<'END'
# login.py serve PORT FAMILY COMMAND ...: a "sshd" that has one connection, and runs the command
# login.py hold ADDRESS PORT OWN-PORT: that connection, which says something all the time
import socket, subprocess, sys, threading, time
if sys.argv[1] == 'serve':
    open('/proc/self/comm', 'w').write('sshd')
    s = socket.create_server(('', int(sys.argv[2])), family=socket.AF_INET6, dualstack_ipv6=True)
    c, _ = s.accept()
    def echo():
        while True:
            c.sendall(c.recv(100))
    threading.Thread(target=echo, daemon=True).start()
    threading.Thread(target=lambda: [s.accept() for _ in range(9)], daemon=True).start()
    sys.exit(subprocess.run(sys.argv[3:], check=False).returncode if len(sys.argv) > 3 else time.sleep(200))
c = socket.create_connection((sys.argv[2], int(sys.argv[3])), source_address=('', int(sys.argv[4])))
c.settimeout(100)
for i in range(1800):
    c.sendall(b'x')
    c.recv(100)
    print(i, flush=True)
    time.sleep(0.1)
END
start ip netns exec "$box" python3 "$T/login.py" serve 22
wait_for 10 ip netns exec "$box" sh -c 'ss -Hltn "sport = :22" | grep -q .' || die "nobody listens: $(cat "$log")"
start ip netns exec "$peer" python3 "$T/login.py" hold 192.0.2.1 22 50222
session=$log
wait_for 10 test -s "$session" || die "no connection: $(cat "$session")"
# goes_on: the connection of before still carries what is said
goes_on() {
	said=$(wc -l <"$session")
	wait_for 15 sh -c "[ \$(wc -l <'$session') -gt $((said + 2)) ]"
}
reaches() { ip netns exec "$peer" python3 -c 'import socket; socket.create_connection(("192.0.2.1", 22), 2)' 2>/dev/null; }
login="192.0.2.9 50222 192.0.2.1 22"
as_login() { SSH_CONNECTION=$login apply "$@"; }

reset
handles >"$T/handles"
expect_rc 1 as_login "$T/deaf.nft" --yes
has "$T/err" "nothing was changed: with these rules the login that runs this could not be repeated"
has "$T/err" "tcp 192.0.2.9:49152 > 192.0.2.1:22, in by eth0: would be dropped by the policy of inet portolan p_input"
has "$T/err" "--even-if-last-login"
expect_rc 1 as_login "$T/maybe.nft" --yes
has "$T/err" "could not be repeated"
has "$T/err" "that depends on limit rate 1/second"
expect_rc 1 as_login "$T/maybe.nft" --dry-run
variant cut '/established/d; s/tcp dport 22/& tcp flags syn/'
expect_rc 1 as_login "$T/cut.nft" --yes --even-if-last-login
has "$T/err" "these rules would cut off the login that runs this"
has "$T/err" "tcp 192.0.2.9:50222 > 192.0.2.1:22"
cat >"$T/moved.nft" <<'END'
table inet portolan {
	chain p_prerouting {
		type nat hook prerouting priority dstnat; policy accept;
		tcp dport 22 redirect to :2222
	}
}
END
expect_rc 1 as_login "$T/moved.nft" --yes
has "$T/err" "goes to another place"
handles >"$T/after"
same "$T/handles" "$T/after"
goes_on || fail "refused, and cut off"

expect_rc 0 as_login "$T/new.nft" --yes --confirm 100
goes_on || fail "proven to go on, and cut off"
reaches || fail "proven to be reached, and not"
expect_rc 0 apply --undo
# mute.nft has no established: a new packet to port 22 is let in anyway, and so is what answers.
expect_rc 0 as_login "$T/mute.nft" --yes --confirm 100
goes_on || fail "mute: proven to go on, and cut off"
expect_rc 0 apply --undo
unchanged "logins"
expect_rc 0 as_login "$T/deaf.nft" --yes --confirm 100 --even-if-last-login
has "$T/err" "warning: with these rules the login that runs this could not be repeated"
goes_on || fail "deaf: proven to go on, and cut off"
reaches && fail "deaf: reached"
expect_rc 0 apply --undo
reaches || fail "undone, and not reached"
SSH_CONNECTION="192.0.2.9 50222 203.0.113.5 22" expect_rc 0 apply "$T/deaf.nft" --dry-run
has "$T/err" "not an address of this box"
SSH_CONNECTION="nonsense" expect_rc 3 apply "$T/deaf.nft" --dry-run
has "$T/err" "SSH_CONNECTION"

# Without SSH_CONNECTION, as behind sudo: by the sshd that it descends from, here over IPv6.
start ip netns exec "$box" python3 "$T/login.py" serve 2222 "$PORTOLAN" policy apply "$T/deaf.nft" --dry-run
server=$pid said_by_server=$log
wait_for 10 ip netns exec "$box" sh -c 'ss -Hltn "sport = :2222" | grep -q .' || die "nobody listens"
start ip netns exec "$peer" python3 "$T/login.py" hold 2001:db8::1 2222 50333
wait_for 60 grep -q 'portolan:' "$said_by_server" || fail "no answer: $(cat "$said_by_server")"
wait "$server"
[ $? = 1 ] || fail "the login by its ancestors: $(cat "$said_by_server")"
has "$said_by_server" "tcp [2001:db8::9]:49152 > [2001:db8::1]:2222, in by eth0: would be dropped"
# Behind tmux: every login counts.
# shellcheck disable=SC2016 # the inner shell's
expect_rc 1 on_box sh -c 'printf "tmux: server" >/proc/$$/comm; "$0" policy apply "$1" --dry-run; exit $?' "$PORTOLAN" "$T/deaf.nft"
has "$T/err" "tcp 192.0.2.9:49152 > 192.0.2.1:22"
# At the console there is nobody to lock out.
expect_rc 0 apply "$T/deaf.nft" --dry-run
# Over IPv6, neighbours that are not heard cut off whatever else passes.
SSH_CONNECTION="2001:db8::9 50333 2001:db8::1 22" expect_rc 1 apply "$T/blind.nft" --yes --even-if-last-login
has "$T/err" "these rules would hide the next hop of the login that runs this"
SSH_CONNECTION="2001:db8::9 50333 2001:db8::1 22" expect_rc 0 apply "$T/new.nft" --dry-run

# --- what fails changes nothing ---------------------------------------------------------------------------
reset
handles >"$T/handles"
expect_rc 2 apply "$T/broken.nft" --yes
has "$T/err" "portolan: $T/broken.nft:10:"
expect_rc 2 apply "$T/flush.nft" --yes
has "$T/err" "it removes the table ip docker"
{ cat "$T/new.nft"; echo 'add chain ip docker more'; } >"$T/adds.nft"
expect_rc 2 apply "$T/adds.nft" --yes
has "$T/err" 'it adds to the table ip docker, which is there already: where it is to be replaced, say "delete table ip docker"'
expect_rc 2 apply /dev/null --yes
has "$T/err" "it defines no table"
expect_rc 3 apply "$T/none.nft" --yes
expect_rc 2 apply "$SOURCE_DIR/examples/stanford/site.yaml" --yes
has "$T/err" "--device says whose rules"
# A rule that only the real box refuses: this nft fails there, where eth0 is no stand-in.
cat >"$T/bin/nft" <<'END'
#!/bin/sh
case "$*" in
-f*new.nft) ! /sbin/ip -d link show eth0 2>/dev/null | grep -q veth || { echo "no luck today" >&2; exit 1; } ;;
esac
exec /usr/sbin/nft "$@"
END
chmod 755 "$T/bin/nft"
expect_rc 3 apply "$T/new.nft" --yes
has "$T/err" "no luck today"
rm "$T/bin/nft"
handles >"$T/after"
same "$T/handles" "$T/after"
no_keeper || fail "something waits for nothing"
[ ! -e "$state/old.nft" ] || fail "files were left behind"

# A file may define more than one table, take its parts from beside it, and name what nobody has.
mkdir "$T/parts"
echo 'table ip docker; delete table ip docker; table ip docker { chain DOCKER { ip daddr 172.17.0.3 accept; }; }' >"$T/parts/docker.nft"
{ cat "$T/new.nft"; echo 'include "./parts/docker.nft"'; echo 'table inet more { chain x { accept; }; }'; } >"$T/two.nft"
# shellcheck disable=SC2016 # the inner shell's
expect_rc 0 on_box sh -c 'cd "$0" && exec "$1" policy apply two.nft --yes' "$T" "$PORTOLAN"
rules >"$T/after"
has "$T/after" "172.17.0.3"
has "$T/after" "table inet more"
expect_rc 0 apply --undo
unchanged "two tables"

# --- a site's own rules, in both languages ----------------------------------------------------------------
three=$SOURCE_DIR/tests/golden/policy/three-zones
site() { apply "$three/site.yaml" --catalog "$three/catalog" --device fw1 "$@"; }
portolan policy derive "$three/site.yaml" --catalog "$three/catalog" --device fw1 >"$T/derived.nft" || die "derive"
namespace fresh
ip netns exec "$ns" nft -f "$T/derived.nft" || die "nft -f"
ip netns exec "$ns" nft -s list table inet portolan >"$T/want"
expect_rc 0 site --yes --confirm 100
has "$T/err" "no-way-in"
on_box nft -s list table inet portolan >"$T/after"
same "$T/want" "$T/after"
expect_rc 0 apply --undo
unchanged "a site"
expect_rc 2 site --format html --yes
expect_rc 2 apply "$three/site.yaml" --catalog "$three/catalog" --device nobody --yes

# saved: of both families, without counters; with the tables that are there at all
saved() {
	for tool in iptables ip6tables; do
		on_box "$tool-$backend-save"
	done 2>/dev/null | sed '/^#/d; s/\[[0-9]*:[0-9]*\]//'
	[ "$backend" = legacy ] || on_box nft list tables | sort
}
has_ours() { on_box "iptables-$backend-save" 2>/dev/null | grep -q PORTOLAN; }
has_none() { ! has_ours; }
for backend in nft legacy; do
	rm -rf --one-file-system "$state"
	on_box nft flush ruleset
	[ $backend = nft ] || for tool in iptables ip6tables; do
		for action in restore save; do
			ln -s "$(command -v $tool-legacy)" "$T/bin/$tool-$action"
		done
	done
	# Somebody else's rules, in IPv4 alone; of nat and of IPv6 there is not even a table.
	for rule in '-N DOCKER' '-A FORWARD -j DOCKER' '-A DOCKER -d 172.17.0.2 -p tcp --dport 80 -j ACCEPT'; do
		# shellcheck disable=SC2086 # words on purpose
		on_box iptables-$backend $rule || die "iptables-$backend $rule"
	done
	[ $backend = nft ] || for table in filter nat; do # they stay, once they were asked for
		on_box iptables-legacy -t $table -S >/dev/null
		on_box ip6tables-legacy -t $table -S >/dev/null
	done
	saved >"$T/before-$backend"
	expect_rc 0 site --format iptables --dry-run
	has "$T/out" "Closed"
	expect_rc 0 site --format iptables --yes --confirm 5
	has_ours || fail "$backend: not loaded"
	on_box ip6tables-$backend-save >"$T/six"
	has "$T/six" "-A INPUT -j PORTOLAN-INPUT"
	wait_for 20 has_none || fail "$backend: still there after its time"
	wait_for 15 no_keeper || fail "the process does not end"
	saved >"$T/after"
	same "$T/before-$backend" "$T/after"

	# Kept, then others, then these again: each hooked in once.
	expect_rc 0 site --format iptables --yes
	expect_rc 0 apply --confirmed
	saved >"$T/kept"
	[ "$(grep -c -e '-j PORTOLAN' "$T/kept")" = 10 ] || fail "$backend: not hooked in ten times"
	expect_rc 0 site --format iptables --yes
	has "$T/err" "are loaded already"
	printf '*filter\n:PORTOLAN-INPUT - [0:0]\n-I INPUT 1 -j PORTOLAN-INPUT\n-A PORTOLAN-INPUT -p tcp --dport 22 -j RETURN\nCOMMIT\n' >"$T/other.v4"
	expect_rc 0 apply "$T/other.v4" --yes
	on_box iptables-$backend-save >"$T/after"
	has "$T/after" "-A PORTOLAN-INPUT -p tcp -m tcp --dport 22 -j RETURN"
	[ "$(grep -c '^-A PORTOLAN-INPUT' "$T/after")" = 1 ] || fail "$backend: not replaced"
	expect_rc 0 apply --undo
	saved >"$T/after"
	same "$T/kept" "$T/after"

	# A login that is let in by nothing.
	printf '*filter\n:PORTOLAN-INPUT - [0:0]\n-A PORTOLAN-INPUT -p tcp -m conntrack --ctstate NEW -j DROP\nCOMMIT\n' >"$T/deaf.v4"
	expect_rc 1 as_login "$T/deaf.v4" --yes
	has "$T/err" "could not be repeated"
	has "$T/err" "by rule 1 of ip filter PORTOLAN-INPUT"

	# Others' chains are not ours to replace.
	sed 's/-A PORTOLAN-INPUT/-A INPUT/' "$T/other.v4" >"$T/wrong.v4"
	expect_rc 2 apply "$T/wrong.v4" --yes
	has "$T/err" "wrong.v4:4:1: "
	has "$T/err" "only the chains PORTOLAN-... are replaced"

	# The second family fails: the first is put back.
	printf '*filter\n:PORTOLAN-INPUT - [0:0]\n-A PORTOLAN-INPUT -p udp --dport 22 -j RETURN\nCOMMIT\n' >"$T/other.v6"
	real=$(command -v ip6tables-$backend-restore)
	rm -f "$T/bin/ip6tables-restore"
	cat >"$T/bin/ip6tables-restore" <<END
#!/bin/sh
case "\$*" in
*--test*|*--version*|*old.v6) ;;
*) ! /sbin/ip -d link show eth0 2>/dev/null | grep -q veth || { echo "no luck today" >&2; exit 1; } ;;
esac
exec $real "\$@"
END
	chmod 755 "$T/bin/ip6tables-restore"
	expect_rc 3 apply "$T/other.v4" "$T/other.v6" --yes
	has "$T/err" "ip6tables-restore: no luck today"
	saved >"$T/after"
	same "$T/kept" "$T/after"
	no_keeper || fail "something waits for nothing"
	rm "$T/bin/ip6tables-restore"
done
rm -f "$T"/bin/*

# --- the command line -------------------------------------------------------------------------------------
expect_rc 2 apply "$T/new.nft" --yes --confirm 0
expect_rc 2 apply "$T/new.nft" --yes --confirm soon
expect_rc 2 apply --confirmed --undo
expect_rc 2 apply --confirmed "$T/new.nft"
command -v setpriv >/dev/null && {
	expect_rc 3 ip netns exec "$box" setpriv --reuid 65534 --regid 65534 --clear-groups "$PORTOLAN" policy apply /dev/null --yes
	has "$T/err" "only root may change the rules of this box"
}
exit 0
