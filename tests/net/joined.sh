# What was seen and what the rulesets on the way say, joined: web1 - fw1 - db1.
. "$SOURCE_DIR/tests/lib.sh"
: "${T:?}"
need_namespaces
command -v nft >/dev/null || skip "no nft(8): install nftables"
web=web-$$ fw=fw-$$ db=db-$$
export test_namespaces="$web $fw $db" # lib.sh ends them
for ns in $test_namespaces; do
	ip netns add "$ns" || die "no namespace"
	ip -n "$ns" link set lo up
done
# wire NAMESPACE ADDRESS GATEWAY FIREWALL-INTERFACE
wire() {
	ip -n "$1" link add up0 type veth peer name "$4" netns "$fw"
	ip -n "$1" address add "$2/24" dev up0
	ip -n "$1" link set up0 up
	ip -n "$fw" address add "$3/24" dev "$4"
	ip -n "$fw" link set "$4" up
	ip -n "$1" route add default via "$3"
}
wire "$web" 10.9.0.8 10.9.0.1 eth1
wire "$db" 10.1.0.20 10.1.0.1 eth0
ip netns exec "$fw" sysctl -qw net.ipv4.ip_forward=1
mkdir "$T/catalog"
cat >"$T/site.yaml" <<'END'
portolan: 1
site: joined
zones:
  inside: {networks: [10.1.0.0/24]}
  dmz: {networks: [10.9.0.0/24]}
hosts:
  web1: {addresses: [10.9.0.8]}
  db1: {addresses: [10.1.0.20]}
devices:
  fw1:
    owner: network team
    interfaces:
      inside: {zone: inside, name: eth0, addresses: [10.1.0.1]}
      dmz: {zone: dmz, name: eth1, addresses: [10.9.0.1]}
    filter: stateful
uses:
  - product: shop
    roles: {web: web1, db: db1}
END
cat >"$T/catalog/shop.yaml" <<'END'
portolan: 1
product: shop
title: A shop
documents: {d: {title: The shop's ports}}
roles:
  web: {title: web server}
  db: {title: database}
requirements:
  data: {from: web, to: db, needs: tcp/5432, why: all data lives there, doc: {in: d}}
  files: {from: web, to: db, needs: tcp/2049, why: pictures, doc: {in: d}}
  never: {from: db, to: web, forbid: tcp/22, why: the database has no business there, doc: {in: d}}
END
rules() {
	ip netns exec "$fw" nft -f - <<END || die "nft"
flush ruleset
table inet filter {
	chain c_forward {
		type filter hook forward priority 0; policy drop;
		ct state established accept
		tcp dport 5432 accept
		$1
	}
}
END
}
collect() {
	ip netns exec "$fw" "$PORTOLAN" policy collect "$T/fw1.bundle" 2>"$T/err" || die "collect: $(cat "$T/err")"
}
check() {
	ip netns exec "$web" "$PORTOLAN" check "$T/site.yaml" --catalog "$T/catalog" --as web1 --no-history --all \
		"$@" >"$T/out" 2>"$T/err"
}
listener="import socket,time
for port in (5432, 2049):
    s=socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(('', port)); s.listen(8)
    globals()['s%d' % port] = s
print('ready', flush=True)
time.sleep(600)"
ip netns exec "$db" /usr/bin/python3 -c "$listener" >"$T/ready" &
test_pids="$test_pids $!"
for _ in 1 2 3 4 5 6 7 8 9 10; do
	grep -q ready "$T/ready" && break
	sleep 0.2
done

rules 'tcp dport 2049 drop comment "no files"'
collect
check --bundle "fw1=$T/fw1.bundle" && fail "a flow is stopped, and all holds"
has "$T/out" "rules: fw1 stops it: rule 3 of inet filter c_forward: tcp dport 2049 drop"
has "$T/out" "next move: network team (fw1)"
has "$T/out" "nobody tried it; the rulesets on its way stop it"
check --bundle "fw1=$T/fw1.bundle" --format jsonl
has "$T/out" '"rules":"fw1 lets it through: rule 2 of inet filter c_forward: tcp dport 5432 accept'

# The bundle is older than the rules: one of the two is wrong, and that is said.
rules 'tcp dport 2049 accept'
check --bundle "fw1=$T/fw1.bundle"
has "$T/out" "it was reached, but fw1 stops it"
collect
rules ''
check --bundle "fw1=$T/fw1.bundle"
has "$T/out" "it was stopped, but fw1 lets it through: rule 3 of inet filter c_forward: tcp dport 2049 accept"

# The request says which rule.
rules 'tcp dport 2049 drop'
collect
ip netns exec "$web" "$PORTOLAN" check "$T/site.yaml" --catalog "$T/catalog" --as web1 --format jsonl \
	--output "$T/run.jsonl"
"$PORTOLAN" request "$T/site.yaml" --catalog "$T/catalog" --failing-only --run "$T/run.jsonl" \
	--bundle "fw1=$T/fw1.bundle" --format csv >"$T/out" || fail "request"
has "$T/out" "rules: fw1 stops it: rule 3 of inet filter c_forward: tcp dport 2049 drop"
exit 0
