#!/bin/sh
# How long portolan probe takes beside its peers, on loopback: prints medians and ratios, asserts
# nothing. Usage: PORTOLAN=build/portolan tests/bench/probe.sh
# "net" is without the cost of starting any program at all, which is that of true(1).
set -u
portolan=${PORTOLAN:-build/portolan}
missing=
for program in python3 hyperfine nc nmap; do
	command -v "$program" >/dev/null || missing="$missing $program"
done
[ -x "$portolan" ] || missing="$missing $portolan"
case $missing in
*python3* | *hyperfine* | *portolan*)
	echo "cannot measure, not found:$missing"
	exit 77
	;;
"") ;;
*) echo "not compared with, not found:$missing" ;;
esac

T=$(mktemp -d "${TMPDIR:-/tmp}/portolan-bench.XXXXXX")
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$T"' EXIT
trap 'exit 1' INT TERM

# 60 ports that are open, chosen by the kernel; what connects is accepted and closed.
python3 - >"$T/ports" <<'PY' &
import select, socket, sys
listeners = []
for _ in range(60):
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    s.listen(512)
    listeners.append(s)
print(",".join(str(s.getsockname()[1]) for s in listeners), flush=True)
poll = select.poll()
for s in listeners:
    poll.register(s, select.POLLIN)
by_fd = {s.fileno(): s for s in listeners}
while True:
    for fd, _ in poll.poll():
        by_fd[fd].accept()[0].close()
PY
server=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
	[ -s "$T/ports" ] && break
	sleep 0.2
done
ports=$(cat "$T/ports")
one=${ports%%,*}

# median NAME COMMAND: in ms, to $T/NAME.
median() {
	hyperfine -N --ignore-failure --warmup 20 --runs "$runs" --export-json "$T/json" "$2" \
		>/dev/null 2>&1 || return 1
	python3 -c 'import json,sys; print(1000*json.load(open(sys.argv[1]))["results"][0]["median"])' \
		"$T/json" >"$T/$1"
}
# row TITLE NAME [OTHER]: the median, net, and how many times OTHER's net that is.
row() {
	[ -s "$T/$2" ] || return
	awk -v title="$1" -v ms="$(cat "$T/$2")" -v none="$(cat "$T/true")" \
		-v other="$([ -n "${3-}" ] && cat "$T/$3")" 'BEGIN {
		printf "%-34s %8.2f ms  net %8.2f ms", title, ms, ms - none
		if (other != "") printf "  x %.2f", (ms - none) / (other - none)
		print ""
	}'
}

runs=300
median true true
median one "$portolan probe 127.0.0.1:$one"
median help "$portolan --version"
[ -z "$(command -v nc)" ] || median nc "nc -z 127.0.0.1 $one"
runs=50
median sixty "$portolan probe 127.0.0.1:$ports"
if command -v nmap >/dev/null; then
	runs=10
	median nmap1 "nmap -sT -Pn -n -p $one 127.0.0.1"
	median nmap60 "nmap -sT -Pn -n -p $ports 127.0.0.1"
fi

row "a program that does nothing" true
row "portolan --version" help
row "nc -z, one open port" nc
row "portolan, one open port (of nc)" one nc
row "nmap -sT, one open port" nmap1
row "portolan, one open port (of nmap)" one nmap1
row "nmap -sT, 60 open ports" nmap60
row "portolan, 60 open ports (of nmap)" sixty nmap60
