# Negotiated data connections against real FTP servers: opened, dropped, refused a login, over IPv4 and IPv6.
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers vsftpd proftpd-core pure-ftpd
command -v nft >/dev/null || skip "no nft(8): install nftables"

namespace client; client=$ns
namespace server; server=$ns
ip -n "$client" link add name eth0 type veth peer name eth0 netns "$server"
for host in client:192.0.2.10:2001:db8:a::10 server:192.0.2.21:2001:db8:a::21; do
	where=$(eval echo "\$${host%%:*}")
	rest=${host#*:}
	ip -n "$where" address add "${rest%%:*}/24" dev eth0
	ip -n "$where" -6 address add "${rest#*:}/64" dev eth0 nodad
	ip -n "$where" link set eth0 up
done

# site FILE ADDRESS-OF-CLIENT ADDRESS-OF-SERVER
site() {
	cat >"$1" <<END
portolan: 1
site: ftp
zones: {net: {networks: [192.0.2.0/24, "2001:db8:a::/64"]}}
hosts:
  C: {addresses: ["$2"]}
  S: {addresses: ["$3"]}
uses:
  - product: ftp
    roles: {client: [{to: C, data_ports: 40000-40009}], server: S}
END
}
site "$T/v4.yaml" 192.0.2.10 192.0.2.21
site "$T/v6.yaml" 2001:db8:a::10 2001:db8:a::21

# The data connections' outcomes, one a line: mode or method, state, cause, network, service.
check_data() {
	run ip netns exec "$client" "$PORTOLAN" check "$1" --format jsonl
	python3 - "$T/out" <<'END'
import json, sys
for line in open(sys.argv[1]):
    r = json.loads(line)
    if r['record'] == 'outcome' and r['method'] == 'ftp':
        print(r['state'], r['cause'], r['network'], r['service'], r['evidence'][0])
END
}


# Over both families; this one has passive ports of its own.
make_vsftpd6() {
	make_vsftpd
	sed -i 's/^listen=YES/listen_ipv6=YES/' "$R/etc/vsftpd.conf"
	printf 'pasv_min_port=50000\npasv_max_port=50009\n' >>"$R/etc/vsftpd.conf"
}
run_vsftpd6() { run_vsftpd "$1"; }
answers_vsftpd6() { answers_vsftpd "$1"; }
peer vsftpd6 "$server"
for family in v4 v6; do
	check_data "$T/$family.yaml" | sed "s,^,GOT $family ,"
done
