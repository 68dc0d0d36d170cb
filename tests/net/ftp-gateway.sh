# The FTP gateway between real clients and real servers, under exactly the rules that are derived for it: on F, on N and
# on both, over IPv4 and IPv6, in every mode of the clients.
#
# ftp-gateway.sh [explicit|transparent]
# shellcheck disable=SC2034 # read by the library
. "$SOURCE_DIR/tests/peers-lib.sh"
. "$SOURCE_DIR/tests/ftp-lab.sh"
placement=${1:-explicit}
lab

# start_gateways WHERE SITE: those of F, N or FN, under their rules; PID:LOG of each in $gateways
start_gateways() {
	lab_policy "$2"
	gateways='' gate4='' gate6=''
	# The further one first: the nearer one may dial it at once.
	case $1 in *N) start_gateway N "$N" "$2" ;; esac
	case $1 in F*) start_gateway F "$F" "$2" ;; esac
	case $placement-$1 in
	explicit-F*) gate4=10.20.0.1 gate6=2001:db8:20::1 ;;
	explicit-N) gate4=10.21.0.2 gate6=2001:db8:21::2 ;;
	esac
}
# start_gateway DEVICE NAMESPACE SITE
start_gateway() {
	lab_gateway "$1" "$3" --verbose
	gateways="$gateways $pid:$log"
}

# unfinished LOG: what it tells of sessions in which nothing was carried to its end
unfinished() {
	awk -F '"session":' '{ split($2, word, ","); n = word[1] }
		FNR == NR { if (/"complete":true/) done[n] = 1; next }
		!(n in done)' "$1" "$1" | head -n 60
}
# through WORDS: all clients get along with all servers, and each of them has gone through each gateway, which saw
# nothing wrong with it
through() {
	lab_matrix 4 6
	lab_all "$placement, $1"
	for gateway in $gateways; do
		heard "$1" "${gateway%%:*}" "${gateway#*:}"
		stop "${gateway%%:*}"
	done
}
# heard WORDS PID LOG: what that gateway tells of it
heard() {
	if ! kill -0 "$2" 2>/dev/null; then
		wait "$2"
		fail "$1: a gateway has ended with $?: $(grep -v '^{' "$3")"
	fi
	[ "$(grep -c '"event":"login"' "$3")" -ge "$(wc -l <"$T/results")" ] || fail "$1: not all went through it"
	! grep -E '"event":"violation"|"complete":false' "$3" || fail "$1: this is wrong"
	! grep -q -v ' ok$' "$T/results" || unfinished "$3"
}

# checked SITE: portolan itself negotiates through them in every mode of the site, and data connections really open
checked() {
	expect_rc 0 ip netns exec "$C" env LOGIN=lab:secret "$PORTOLAN" check "$1" --catalog "$SOURCE_DIR/catalog" \
		--ftp-login env:LOGIN --format json
	has "$T/out" 'opened its data connection to our port'
	for gateway in $gateways; do
		stop "${gateway%%:*}"
	done
}
for where in F N FN; do
	start_gateways $where "$LAB_SITES/$placement-$where.yaml"
	through "on $where"
done
start_gateways FN "$LAB_SITES/$placement-FN.yaml"
checked "$LAB_SITES/$placement-FN.yaml"

# other WORDS SED-EXPRESSION [WHERE]: with other modes than the site file says
other() {
	sed "$2" "$LAB_SITES/$placement-${3-N}.yaml" >"$T/other.yaml"
	! cmp -s "$T/other.yaml" "$LAB_SITES/$placement-${3-N}.yaml" || die "nothing changed: $2"
	start_gateways "${3-N}" "$T/other.yaml"
	through "$1"
}
lab_servers='vsftpd pyftpdlib'
other 'towards servers passive' 's/server: same/server: passive/'
other 'towards servers active' 's/server: same/server: active/'
other 'passive, else active' 's/server: same/server: passive-then-active/'
other 'clients are dialled from port 20' 's/active_source: any/active_source: 20/'
other 'F passive, N active' '/42000/,$ s/server: same/server: active/; s/server: same/server: passive/' FN
if [ "$placement" = explicit ]; then
	lab_crossed=yes
	start_gateways N "$LAB_SITES/explicit-N.yaml"
	through 'from one family to the other'
	lab_crossed=
fi
# The kernel carries the data, one translation each; nothing of them stays.
for where in N FN; do
	other "data by translation, on $where" 's/plane: relay/plane: nat/' $where
	for ns in "$F" "$N"; do
		ip netns exec "$ns" nft list ruleset | sed -n '/map p_session/,/}/p' >"$T/maps"
		! grep elements "$T/maps" || fail "translations are left"
	done
done
