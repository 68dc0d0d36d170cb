# Sourced by tools/try: who listens in its networks. Servers that this machine has already serve, each with a
# configuration of its own; stand-ins (tools/stand-in.py) play the rest.

# in_background NAME COMMAND ...: there, with its output in $T/log.
in_background() {
	at=$1
	shift
	nsenter --net="/run/netns/$at" "$@" >>"$T/log" 2>&1 </dev/null &
}
# answers NAME ADDRESS PORT: within two seconds.
answers() {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		on "$1" python3 -c 'import socket, sys; socket.create_connection((sys.argv[1], sys.argv[2]), 1)' \
			"$2" "$3" 2>/dev/null && return
		sleep 0.2
	done
	return 1
}

has_one_uid() { case $TRY_WAY in *--user*) true ;; *) false ;; esac; }

# real_sshd NAME ADDRESS, real_nginx NAME ADDRESS: false where it is not here or does not come up.
real_sshd() {
	command -v sshd >/dev/null && ! has_one_uid || return 1
	ssh-keygen -q -t ed25519 -N '' -f "$T/host_key"
	printf 'HostKey %s\nListenAddress %s:22\nPidFile none\nUsePAM no\n' "$T/host_key" "$2" >"$T/sshd.conf"
	in_background "$1" "$(command -v sshd)" -D -e -f "$T/sshd.conf"
	answers "$1" "$2" 22
}
real_nginx() {
	command -v nginx >/dev/null || return 1
	mkdir -p "$T/nginx"
	cat >"$T/nginx.conf" <<END
daemon off;
user root;
worker_processes 1;
error_log stderr;
pid $T/nginx.pid;
events {}
http {
	access_log off;
	client_body_temp_path $T/nginx/body;
	proxy_temp_path $T/nginx/proxy;
	fastcgi_temp_path $T/nginx/fastcgi;
	uwsgi_temp_path $T/nginx/uwsgi;
	scgi_temp_path $T/nginx/scgi;
	server { listen $2:80; return 200 "try\n"; }
}
END
	in_background "$1" "$(command -v nginx)" -e stderr -c "$T/nginx.conf"
	answers "$1" "$2" 80
}

# stand_ins NAME WHAT/TRANSPORT@ADDRESS:PORT ...: until they listen.
stand_ins() {
	at=$1
	shift
	mkfifo "$T/ready-$at"
	nsenter --net="/run/netns/$at" python3 tools/stand-in.py "$@" >"$T/ready-$at" 2>>"$T/log" </dev/null &
	read -r ready <"$T/ready-$at" && [ "$ready" = ready ] || { cat "$T/log" >&2; exit 1; }
}

# start_listening NAMESPACE HOST SITE-FILE: there portolan stands in for that host of the site, until
# stop_listening HOST, which prints what it has seen.
start_listening() {
	nsenter --net="/run/netns/$1" portolan listen --as "$2" --for 10 "$3" >"$T/listen-$2" 2>>"$T/log" </dev/null &
	listening=$!
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		grep -q open "$T/listen-$2" && return
		sleep 0.2
	done
	cat "$T/log" >&2
	exit 1
}
stop_listening() {
	kill "$listening"
	wait "$listening" || true
	echo
	cat "$T/listen-$1"
}

serve_company() {
	real= standins=
	if real_sshd servers 203.0.113.22; then
		real="$real sshd (login)"
	else
		standins="$standins ssh/tcp@203.0.113.22:22"
	fi
	if real_nginx servers 203.0.113.80; then
		real="$real nginx (webmail)"
	else
		standins="$standins http/tcp@203.0.113.80:80"
	fi
	afs=
	for port in 7000 7001 7002 7003 7004 7005 7006 7007 7008; do
		afs="$afs afs/udp@203.0.113.70:$port"
	done
	# shellcheck disable=SC2086 # words on purpose
	stand_ins servers $standins $afs telnet/tcp@203.0.113.22:23 ftp/tcp@203.0.113.21:21 \
		https/tcp@203.0.113.80:443 https/tcp@203.0.113.81:443 kadmin/tcp@203.0.113.88:751 \
		kerberos/tcp@203.0.113.88:88 kerberos/tcp@203.0.113.89:88 \
		kerberos/udp@203.0.113.88:88 kerberos/udp@203.0.113.89:88
	stand_ins corp-proxy http-proxy/tcp@192.0.2.30:3128
	# Names are asked for at the guest's own address, whatever this machine uses; the answer is "no such name".
	echo 'nameserver 127.0.0.1' >"$T/resolv.conf"
	if [ -e /etc/resolv.conf ]; then
		mount --bind "$T/resolv.conf" "$(readlink -f /etc/resolv.conf)"
	fi
	stand_ins guest-pc dns/udp@127.0.0.1:53
	tell_who_serves
}

serve_office() {
	real=
	# 10.1.0.5:9389 is left out on purpose.
	stand_ins inside mssql/tcp@10.1.0.20:1433 smtp/tcp@10.1.0.25:25 ldaps/tcp@10.1.0.5:636 \
		kerberos/tcp@10.1.0.5:88 smb/tcp@10.1.0.5:445 ssh/tcp@10.1.9.9:22
	stand_ins sd1 https/tcp@192.0.2.8:443
	tell_who_serves
}

tell_who_serves() {
	if [ "$real" ]; then
		say "Of this machine's own servers serve, in there only:$real; stand-ins play the rest."
	else
		say "Stand-ins play all servers."
	fi
}
