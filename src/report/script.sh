# --- How it is tried: the same in every script -----------------------------------------------------

LC_ALL=C
export LC_ALL
tab=$(printf '\t')
newline='
'

has() { command -v "$1" >/dev/null 2>&1; }

# Only these are used: nc by its kind, or bash with timeout.
find_means() {
	nc=none bash=no
	if has bash && has timeout; then
		bash=yes
	fi
	has nc || return 0
	case $(nc -h 2>&1 </dev/null) in
	*Ncat*) nc=ncat ;;
	*OpenBSD* | *netcat-openbsd*) nc=openbsd ;;
	*BusyBox*-z*) nc=busybox-z ;;
	*BusyBox*'-e PROG'*) nc=busybox ;;
	*'[v1.'*) nc=traditional ;;
	esac
}

# Milliseconds of a clock; nothing where date(1) does not count them.
clock() {
	case $(date +%s%N) in
	'' | *[!0-9]*) ;;
	*) echo $(($(date +%s%N) / 1000000)) ;;
	esac
}

# How many ICMP errors this host has got so far; nothing where it does not tell. With none in between,
# "Connection refused" was a reset, and "unreachable" this host's own word.
icmp_errors() {
	[ -r /proc/net/snmp ] || return 0
	names='' values='' errors=0
	while read -r label rest; do
		case $label$rest in
		Icmp:[0-9]*) values=$rest ;;
		Icmp:*) names=$rest ;;
		esac
	done </proc/net/snmp
	# shellcheck disable=SC2086 # words on purpose
	set -- $values
	for name in $names; do
		case $name in
		InDestUnreachs | InTimeExcds | InParmProbs) errors=$((errors + ${1:-0})) ;;
		esac
		shift
	done
	if [ -r /proc/net/snmp6 ]; then
		while read -r label value; do
			case $label in
			Icmp6InDestUnreachs | Icmp6InTimeExcds | Icmp6InParmProblems) errors=$((errors + value)) ;;
			esac
		done </proc/net/snmp6
	fi
	echo "$errors"
}

start_try() {
	errors_before=$(icmp_errors)
	clock_before=$(clock)
}
stop_try() {
	clock_after=$(clock)
	errors_after=$(icmp_errors)
	ms=- icmp=-
	if [ -n "$clock_before" ] && [ -n "$clock_after" ]; then
		ms=$((clock_after - clock_before))
	fi
	if [ -n "$errors_before" ] && [ -n "$errors_after" ]; then
		icmp=none
		[ "$errors_before" = "$errors_after" ] || icmp=some
	fi
}

# say STATE: one line of the results, as it came: 11 fields with tabs between them.
say() {
	how=${text%%"$newline"*}
	how=$(printf '%s' "$how" | tr -c ' -~' '?' | cut -c 1-120)
	line="$flow$tab$target$tab$address$tab$port$tab$transport$tab$1"
	printf '%s\n' "$line$tab${how:--}$tab$means$tab$ms$tab$icmp$tab-"
}

# not_tested WORDS
not_tested() {
	text=$1 means=- ms=- icmp=-
	say not-tested
}

# state_of TEXT: the one word for what a means said. What it said otherwise is unknown, never closed.
state_of() {
	case $1 in
	*'timed out'* | *TIMEOUT*) echo timeout ;;
	*'Connection refused'*) echo refused ;;
	*'No route to host'*) echo host-unreachable ;;
	*'Network is unreachable'* | *'Network unreachable'*) echo net-unreachable ;;
	*'Permission denied'*) echo denied ;;
	*'Operation not permitted'*) echo not-permitted ;;
	*) echo unknown ;;
	esac
}

connect_nc() {
	case $nc in
	openbsd | traditional) nc -n -v -z -w "$seconds" "$address" "$port" ;;
	ncat) nc -n -v -z -w "$seconds" "$address" "$port" ;;
	busybox-z) nc -z -w "$seconds" "$address" "$port" ;;
	busybox) nc -w "$seconds" "$address" "$port" -e true ;;
	esac
}

# $address and $port, by the best means that there is.
connect() {
	means=none
	case $nc:$address in
	none:*) ;;
	traditional:*:*) ;; # it speaks IPv4 only
	*) means="nc ($nc)" ;;
	esac
	if [ $bash = yes ] && [ "$nc" != openbsd ]; then
		means='bash /dev/tcp'
	fi
	if [ "$means" = none ]; then
		not_tested 'neither nc nor bash with timeout is here'
		return
	fi
	connect_once
	# The ICMP error may be about another try that is under way.
	for _ in again 'and again'; do
		[ "$state$icmp" = refusedsome ] || break
		connect_once
	done
	say "$state"
}

connect_once() {
	start_try
	if [ "$means" = 'bash /dev/tcp' ]; then
		# shellcheck disable=SC2016 # for bash
		text=$(timeout "$seconds" bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$address" "$port" 2>&1 </dev/null)
	else
		text=$(connect_nc 2>&1 </dev/null)
	fi
	status=$?
	stop_try
	state=$(state_of "$text")
	case $status in
	0) state=open ;;
	124 | 137 | 143) [ "$state" != unknown ] || state=timeout ;; # ended by timeout(1)
	esac
}

# Two echoes, so that one lost packet proves nothing.
echo_to() {
	ping=ping
	case $address in
	*:*) ! has ping6 || ping=ping6 ;;
	esac
	if ! has $ping; then
		not_tested 'no ping is here'
		return
	fi
	means=$ping
	start_try
	text=$($ping -n -c 2 -W "$seconds" "$address" 2>&1 </dev/null)
	status=$?
	stop_try
	ms=- # ping waits between two packets
	state=$(state_of "$text")
	case $status$text in
	0*) state=open ;;
	*'ermission denied'* | *'not permitted'*) # to this program, not to its packets
		not_tested "ping may not: ${text%%"$newline"*}"
		return
		;;
	*'acket filtered'* | *'Host Unreachable'* | *'Net Unreachable'* | *'Address unreachable'* | *'No route'*)
		text=$(printf '%s\n' "$text" | grep -i -E 'filtered|unreachable|no route')
		state='host-unreachable'
		;;
	*'100% packet loss'*) [ "$state" != unknown ] || state=timeout ;;
	esac
	say "$state"
}

# of_hosts: the addresses that a host can have. Resolvers that block a name give 0.0.0.0 or the like, and a
# connection to that comes to this host itself.
of_hosts() {
	while read -r address; do
		case $address in
		0.* | 22[4-9].* | 23[0-9].* | 255.255.255.255) ;;
		:: | ::ffff:*.* | [Ff][Ff][0-9A-Fa-f][0-9A-Fa-f]:*) ;;
		*) echo "$address" ;;
		esac
	done
}

# name N NAME: its addresses into a file, or why there are none.
name() {
	mine || return 0
	status=127 found='' text='neither getent nor nslookup is here' state=not-tested means=-
	if has getent; then
		text=$(getent ahosts "$2" 2>&1)
		status=$? means=getent state=no-name
		found=$(printf '%s\n' "$text" | sed -n 's/^\([0-9a-fA-F.:]*\)[[:space:]].*/\1/p' | sort -u)
	fi
	if [ -z "$found" ] && has nslookup; then
		text=$(nslookup "$2" 2>&1 </dev/null)
		means=nslookup state=$(name_state_of "$text")
		# getent(1): 2 is "not found", by what applications ask, and not why: only that is nslookup's to say.
		[ $status = 2 ] || found=$(printf '%s\n' "$text" |
			sed -n '/^Name:/,$ s/^Address[ 0-9]*:[[:space:]]*\([0-9a-fA-F.:]*\).*/\1/p' | sort -u)
		text=$(printf '%s\n' "$text" | grep -i -E 'nxdomain|find|resolve|server|timed' | tail -n 1)
	fi
	address=-
	if [ -n "$found" ]; then
		printf '%s\n' "$found" | of_hosts >"$dir/addresses.$1"
		address=${found%%"$newline"*} state=not-tested text='no host has this address'
	fi
	printf '%s\n' "$state" "$means" "${text%%"$newline"*}" "$address" >"$dir/why.$1"
}

# An answer may be missing for one of the two families only.
name_state_of() {
	case $1 in
	*NXDOMAIN*) echo no-name ;;
	*SERVFAIL* | *REFUSED* | *'timed out'* | *Address*Name:*) echo name-error ;;
	*'No answer'*) echo no-name ;;
	*) echo name-error ;;
	esac
}

try() {
	if [ $transport = tcp ]; then
		connect
	else
		echo_to
	fi
}

# each FLOW PORT TARGET [N]: for each address of the N-th name, or for the address that it is.
each() {
	flow=$1 port=$2 target=$3 address=$3
	if [ $# = 3 ]; then
		try
	elif [ -s "$dir/addresses.$4" ]; then
		while read -r address; do
			try
		done <"$dir/addresses.$4"
	else
		ms=- icmp=-
		{
			read -r state
			read -r means
			read -r text
			read -r address
		} <"$dir/why.$4"
		say "$state"
	fi
}

tcp() {
	mine || return 0
	transport=tcp
	each "$@"
}
icmp_echo() {
	mine || return 0
	transport=icmp
	each "$1" 0 "$2" ${3+"$3"}
}
untried() {
	mine || return 0
	transport=$1 flow=$2 port=$3 target=$4 address=-
	not_tested "$5"
}

# Each of the $at_once workers goes through the list and takes what is its own.
mine() {
	turn=$((turn + 1))
	[ $((turn % at_once)) = "$worker" ]
}
work() { # names | tries
	workers='' worker=0
	while [ $worker -lt $at_once ]; do
		(
			turn=0
			case $1 in
			names) names ;;
			tries) tries ;;
			esac >>"$dir/told.$worker"
		) &
		workers="$workers $!"
		worker=$((worker + 1))
	done
	for pid in $workers; do
		wait "$pid"
	done
}

# Interrupted: what is known is printed, without the last line, so that the reader sees it.
# shellcheck disable=SC2317 # the trap calls it
stop() {
	trap '' INT TERM HUP
	# shellcheck disable=SC2086 # words on purpose
	kill $workers 2>/dev/null
	wait
	cat "$dir"/told.* 2>/dev/null
	exit 0
}

workers=''
dir=$(mktemp -d "${TMPDIR:-/tmp}/portolan.XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
trap stop INT TERM HUP
find_means
printf "%s$tab" 'portolan-results 1' "$site" "$host" "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
printf '%s\n' "$id"
work names
work tries
cat "$dir"/told.*
printf "portolan-end$tab%s\n" "$(cat "$dir"/told.* | wc -l | tr -d ' ')"
exit 0
