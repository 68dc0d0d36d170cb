# check --script, --results and --ssh as typed: which options go together, what results are refused, and that
# what is read decides the verdict. Nothing here opens a connection.
. "$SOURCE_DIR/tests/lib.sh"
site=$SOURCE_DIR/examples/passwordstate/site.yaml
tab=$(printf '\t')
check() { portolan check --catalog "$SOURCE_DIR/catalog" "$@" "$site"; }

# --- which options go together ----------------------------------------------------------------------

expect_rc 2 check --script perl --from web1
has "$T/err" '--script is sh or powershell, not "perl"'
expect_rc 2 check --script sh --from nobody
has "$T/err" 'the site has no host "nobody"'
expect_rc 2 check --from web1
has "$T/err" "--from says which host tries"
expect_rc 2 check --ssh
has "$T/err" "--ssh wants --from HOST"
expect_rc 2 check --script sh --from web1 --ssh
has "$T/err" "give one of them"
expect_rc 2 check --script sh --from web1 --as web1
has "$T/err" "give one of them"
expect_rc 2 check --results x --from web1
has "$T/err" "--results says itself which host it is from"
expect_rc 2 check --results x --watch 5
has "$T/err" "--watch tries again"
expect_rc 2 portolan check --script sh --catalog "$SOURCE_DIR/catalog" stanford-from-outside ssh=203.0.113.22
has "$T/err" "want a site"

# --- scripts ----------------------------------------------------------------------------------------

# The same plan gives the same script, but for when it was written.
for kind in sh powershell; do
	expect_rc 0 check --script $kind --from web1
	sed '/^# Written/d' "$T/out" >"$T/once.$kind"
	expect_rc 0 check --script $kind --from web1
	sed '/^# Written/d' "$T/out" >"$T/again"
	same "$T/once.$kind" "$T/again"
	expect_rc 0 check --script $kind --from web1 --timeout 6500
	grep -q '^$*seconds *= *7 ' "$T/out" || fail "$kind does not wait 7 seconds"
	LC_ALL=C grep -n '[^ -~	]' "$T/out" && fail "not only ASCII: $kind"
done
sh -n "$T/once.sh" || fail "no shell script"
# Each try of the one is in the other.
sed -n 's/^	\(tcp\|untried udp\) \([0-9a-f]*\) .*/\2/p' "$T/once.sh" | sort >"$T/flows.sh"
sed -n "s/^	Add-\(Tcp\|Udp\|Untried 'udp'\) '\([0-9a-f]*\)' .*/\2/p" "$T/once.powershell" | sort >"$T/flows.powershell"
[ -s "$T/flows.sh" ] || fail "nothing is tried"
same "$T/flows.sh" "$T/flows.powershell"

# --- results ----------------------------------------------------------------------------------------

id=$(sed -n "s/^id='\(.*\)'/\1/p" "$T/once.sh")
head_line="portolan-results 1${tab}head-office${tab}web1${tab}2026-11-27T05:42:22Z${tab}$id"
# results STATE ICMP: as if every TCP connection had come to that.
results() {
	echo "$head_line"
	sed -n 's/^	tcp \([0-9a-f]*\) \([0-9]*\) \([0-9.:a-f]*\) # .*/\1 \3 \2/p' "$T/once.sh" |
		while read -r flow address port; do
			printf '%s\n' "$flow$tab$address$tab$address$tab$port${tab}tcp$tab$1${tab}words${tab}nc${tab}5$tab$2$tab-"
		done >"$T/lines"
	cat "$T/lines"
	printf 'portolan-end\t%s\n' "$(wc -l <"$T/lines" | tr -d ' ')"
}
# judged RC WORDS: by the results in $T/results.
judged() {
	expect_rc "$1" check --results "$T/results"
	has "$T/out" "$2"
}
results open none >"$T/results"
judged 3 "From web1 of head-office:"
has_not "$T/out" "FAILS"
results timeout none >"$T/results"
judged 1 "dropped: nc got no answer in 5 ms"
results refused none >"$T/results"
judged 1 "a reset came from the target's address"
# Where an ICMP error came meanwhile, the cause stays open, and nobody is told that the way is open.
results refused some >"$T/results"
expect_rc 3 check --network --results "$T/results"
has "$T/out" "by a reset or an ICMP error"
results refused none >"$T/results"
expect_rc 3 check --network --results "$T/results"
has_not "$T/out" "by a reset or an ICMP error"
# Under PowerShell's redirection.
python3 - "$T/results" "$T/utf16" <<'END'
import sys
open(sys.argv[2], 'wb').write(open(sys.argv[1]).read().replace('\n', '\r\n').encode('utf-16'))
END
check --network --results "$T/results" >"$T/eight"
check --network --results "$T/utf16" >"$T/sixteen"
same "$T/eight" "$T/sixteen"

# refused RC WORDS: the results are, with a reason.
refused() {
	expect_rc 2 check --results "$T/results"
	has "$T/err" "$1"
	[ ! -s "$T/out" ] || fail "a report of refused results: $1"
}
expect_rc 3 check --results "$T/missing"
has "$T/err" "missing"
echo hello >"$T/results"
refused "there are no results in it"
results open none | sed 's/head-office/branch/' >"$T/results"
refused 'results of the site "branch", not of "head-office"'
results open none | sed '1s/web1/web9/' >"$T/results"
refused 'the site has no host "web9"'
results open none | sed '2d' >"$T/results"
refused "the last line counts other results"
results open none | sed 's/	/ /g' >"$T/results"
refused "was it copied from a screen"
results open none | sed '2{p;s/	open	/	refused	/}' >"$T/results"
refused "results:3:1: it contradicts itself: the same was told before"
results open none >"$T/results"
expect_rc 2 check --results "$T/results" --results "$T/results"
has "$T/err" "results from web1 were given before"
# What is odd is told beside the report.
results open none | sed '$d' >"$T/results"
judged 3 "From web1"
has "$T/err" "the last line is missing"
results open none | sed "1s/$id/0000000000000000/" >"$T/results"
judged 3 "From web1"
has "$T/err" "results of another plan"

# --- ssh --------------------------------------------------------------------------------------------

# ssh SCRIPT: instead of ssh(1), which would get "-T ... -- DESTINATION COMMAND".
ssh_is() {
	printf '#!/bin/sh\n%s\n' "$1" >"$T/ssh"
	chmod +x "$T/ssh"
	export PORTOLAN_SSH="$T/ssh -x"
}
# shellcheck disable=SC2016 # for the other shell
ssh_is 'echo "$@" >"$0.args"; exit 255'
expect_rc 3 check --from web1 --ssh
has "$T/err" "ssh cannot log in to web1"
has "$T/ssh.args" "-x -T -oBatchMode=yes -- web1 exec sh -c"
expect_rc 3 check --from web1 --ssh-to admin@10.1.0.10
has "$T/ssh.args" "-- admin@10.1.0.10 exec sh"
ssh_is 'echo "portolan-machine Plan9 pdp11"'
expect_rc 3 check --from web1 --ssh
has "$T/err" "web1 is a Plan9 pdp11, for which this portolan has no probe"
ssh_is 'exit 126'
expect_rc 3 check --from web1 --ssh
has "$T/err" "the probe did not run on web1 (exit 126)"
export PORTOLAN_SSH="$T/none"
expect_rc 3 check --from web1 --ssh
has "$T/err" "No such file or directory"

# --- names ------------------------------------------------------------------------------------------

mkdir "$T/catalog" "$T/bin"
cat >"$T/catalog/named.yaml" <<'END'
portolan: 1
product: named
title: made to be tested
documents: {made: {title: made up}}
roles:
  client: {title: the client}
  server: {title: a server by name}
requirements:
  one:
    from: client
    to: server
    needs: tcp/8040
    why: made up
    doc: {in: made, row: made}
END
cat >"$T/named.yaml" <<'END'
portolan: 1
site: named
zones:
  here: {networks: [192.0.2.0/24]}
  there: {networks: [203.0.113.0/24]}
hosts:
  client: {addresses: [192.0.2.10]}
  server: {name: server.test, zone: there}
devices:
  wall:
    interfaces:
      here: {zone: here, addresses: [192.0.2.1]}
      there: {zone: there, addresses: [203.0.113.1]}
    filter: stateful
uses:
  - product: named
    roles: {client: client, server: server}
END
# shellcheck disable=SC2317 # called by expect_rc
check_named() { portolan check --catalog "$T/catalog" "$@" "$T/named.yaml"; }
# program_is NAME SCRIPT: instead of what looks names up.
program_is() {
	printf '#!/bin/sh\n%s\n' "$2" >"$T/bin/$1"
	chmod +x "$T/bin/$1"
}
# named RC WORDS: by the script's results and, where this build has it, by the probe's that goes over ssh.
named() {
	expect_rc 0 check_named --script sh --from client
	cp "$T/out" "$T/script.sh"
	PATH="$T/bin:$PATH" sh "$T/script.sh" >"$T/results" || fail "the script fails"
	expect_rc "$1" check_named --results "$T/results"
	has "$T/out" "$2"
	run check_named --from client --ssh
	grep -q 'without a static C library' "$T/err" && return
	[ "$rc" = "$1" ] || fail "ssh: exit $rc, not $1: $(cat "$T/out" "$T/err")"
	has "$T/out" "$2"
}
# shellcheck disable=SC2016 # for the other shell
ssh_is 'for command; do :; done
PATH="${0%/*}/bin:$PATH" exec sh -c "$command"'

# A name that is blocked leads nowhere, least of all to the host that asks.
for address in 0.0.0.0 0.1.2.3 :: 224.0.0.1 239.255.255.255 255.255.255.255 ff02::1 ::ffff:192.0.2.1; do
	program_is getent "echo '$address STREAM server.test'"
	named 1 "address that no host has"
	has "$T/results" "${tab}server.test${tab}$address${tab}8040${tab}tcp${tab}not-tested${tab}"
done

# getent's "not found" is no failure of the name's: nslookup says why, and what neither knows is not tested.
program_is getent 'exit 2'
command -v nslookup >/dev/null || named 3 "getent does not tell whether there is no such name"
program_is nslookup 'echo "** server can'"'"'t find server.test: NXDOMAIN"; exit 1'
named 1 "the name has no address there, says nslookup"
program_is nslookup 'echo "*** Can'"'"'t find server.test: No answer"; exit 1'
named 1 "the name has no address there, says nslookup"
for said in 'find server.test: No answer; find server.test: SERVFAIL' 'find server.test: REFUSED' \
	';; connection timed out; no servers could be reached'; do
	program_is nslookup "echo '$said'; exit 1"
	named 3 "the name could not be looked up there, says nslookup"
done
# What only nslookup finds is not what applications there would find.
program_is nslookup 'printf "Server:\\t192.0.2.1\\nAddress:\\t192.0.2.1#53\\n\\nName:\\tserver.test\\nAddress: 203.0.113.9\\n"'
named 3 "the name could not be looked up there, says nslookup"
exit 0
