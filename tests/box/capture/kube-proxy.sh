# kube-proxy [iptables|nftables]: from its constructs, not captured: the chains that it makes of five Services (a
# ClusterIP with two endpoints, one with ClientIP affinity, a NodePort, a LoadBalancer with source ranges and the
# Local policy, one without endpoints), written by hand in its words, with the masquerading and the filter that
# kubelet and a bridge of Pods bring. Written as kube-proxy-NAME.bundle; without a name both.
if [ $# = 0 ]; then
	for mode in iptables nftables; do
		sh "$0" "$mode" || exit 1
	done
	exit 0
fi
. "$(dirname "$0")/lib.sh"
need iptables
lay_over
host
sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.route_localnet=1
ip link add cni0 address 52:54:00:00:00:0c type bridge
ip address add 10.244.1.1/24 dev cni0
ip link set cni0 up
ip route add 10.244.2.0/24 via 192.0.2.12
ip route add 10.244.3.0/24 via 192.0.2.13

# service CHAIN ADDRESS PORT ENDPOINT ...: the chains of one Service, with an equal share for each endpoint.
endpoint() {
	echo "-A $1 -s $2/32 -m comment --comment \"$3\" -j KUBE-MARK-MASQ"
	echo "-A $1 -p tcp -m comment --comment \"$3\" $5 -m tcp -j DNAT --to-destination $2:$4"
}
in_iptables() {
	iptables-restore <<X
*mangle
:KUBE-KUBELET-CANARY - [0:0]
:KUBE-PROXY-CANARY - [0:0]
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-EXTERNAL-SERVICES - [0:0]
:KUBE-FIREWALL - [0:0]
:KUBE-FORWARD - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-PROXY-FIREWALL - [0:0]
:KUBE-SERVICES - [0:0]
-A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
-A INPUT -m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS
-A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
-A INPUT -j KUBE-FIREWALL
-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
-A FORWARD -s 10.244.0.0/16 -j ACCEPT
-A FORWARD -d 10.244.0.0/16 -j ACCEPT
-A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
-A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A OUTPUT -j KUBE-FIREWALL
-A KUBE-EXTERNAL-SERVICES -p tcp -m comment --comment "shop/empty:http has no endpoints" -m addrtype --dst-type LOCAL -m tcp --dport 30999 -j REJECT
-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A KUBE-NODEPORTS -p tcp -m comment --comment "shop/edge:https health check node port" -m tcp --dport 32100 -j ACCEPT
-A KUBE-PROXY-FIREWALL -d 203.0.113.80/32 -p tcp -m comment --comment "shop/edge:https traffic not accepted by KUBE-FW-EDGE" -m tcp --dport 443 -j DROP
-A KUBE-SERVICES -d 10.96.0.99/32 -p tcp -m comment --comment "shop/empty:http has no endpoints" -m tcp --dport 80 -j REJECT
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC-API - [0:0]
:KUBE-SEP-API1 - [0:0]
:KUBE-SEP-API2 - [0:0]
:KUBE-SVC-WEB - [0:0]
:KUBE-EXT-WEB - [0:0]
:KUBE-SEP-WEB1 - [0:0]
:KUBE-SEP-WEB2 - [0:0]
:KUBE-SEP-WEB3 - [0:0]
:KUBE-SVC-EDGE - [0:0]
:KUBE-SVL-EDGE - [0:0]
:KUBE-EXT-EDGE - [0:0]
:KUBE-FW-EDGE - [0:0]
:KUBE-SEP-EDGE1 - [0:0]
:KUBE-SEP-EDGE2 - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment "default/kubernetes:https cluster IP" -m tcp --dport 443 -j KUBE-SVC-API
-A KUBE-SERVICES -d 10.96.0.20/32 -p tcp -m comment --comment "shop/web:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-WEB
-A KUBE-SERVICES -d 10.96.0.30/32 -p tcp -m comment --comment "shop/edge:https cluster IP" -m tcp --dport 443 -j KUBE-SVC-EDGE
-A KUBE-SERVICES -d 203.0.113.80/32 -p tcp -m comment --comment "shop/edge:https loadbalancer IP" -m tcp --dport 443 -j KUBE-FW-EDGE
-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
-A KUBE-NODEPORTS -d 127.0.0.0/8 -p tcp -m comment --comment "shop/web:http" -m tcp --dport 30080 -j KUBE-EXT-WEB
-A KUBE-NODEPORTS -p tcp -m comment --comment "shop/web:http" -m tcp --dport 30080 -j KUBE-EXT-WEB
-A KUBE-NODEPORTS -p tcp -m comment --comment "shop/edge:https" -m tcp --dport 30443 -j KUBE-EXT-EDGE
-A KUBE-SVC-API ! -s 10.244.0.0/16 -d 10.96.0.1/32 -p tcp -m comment --comment "default/kubernetes:https cluster IP" -m tcp --dport 443 -j KUBE-MARK-MASQ
-A KUBE-SVC-API -m comment --comment "default/kubernetes:https -> 192.0.2.1:6443" -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-API1 --mask 255.255.255.255 --rsource -j KUBE-SEP-API1
-A KUBE-SVC-API -m comment --comment "default/kubernetes:https -> 192.0.2.11:6443" -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-API2 --mask 255.255.255.255 --rsource -j KUBE-SEP-API2
-A KUBE-SVC-API -m comment --comment "default/kubernetes:https -> 192.0.2.1:6443" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-API1
-A KUBE-SVC-API -m comment --comment "default/kubernetes:https -> 192.0.2.11:6443" -j KUBE-SEP-API2
$(endpoint KUBE-SEP-API1 192.0.2.1 "default/kubernetes:https" 6443 "-m recent --set --name KUBE-SEP-API1 --mask 255.255.255.255 --rsource")
$(endpoint KUBE-SEP-API2 192.0.2.11 "default/kubernetes:https" 6443 "-m recent --set --name KUBE-SEP-API2 --mask 255.255.255.255 --rsource")
-A KUBE-SVC-WEB ! -s 10.244.0.0/16 -d 10.96.0.20/32 -p tcp -m comment --comment "shop/web:http cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ
-A KUBE-SVC-WEB -m comment --comment "shop/web:http -> 10.244.1.5:8080" -m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-WEB1
-A KUBE-SVC-WEB -m comment --comment "shop/web:http -> 10.244.2.5:8080" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-WEB2
-A KUBE-SVC-WEB -m comment --comment "shop/web:http -> 10.244.3.5:8080" -j KUBE-SEP-WEB3
-A KUBE-EXT-WEB -m comment --comment "masquerade traffic for shop/web:http external destinations" -j KUBE-MARK-MASQ
-A KUBE-EXT-WEB -j KUBE-SVC-WEB
$(endpoint KUBE-SEP-WEB1 10.244.1.5 "shop/web:http" 8080 "")
$(endpoint KUBE-SEP-WEB2 10.244.2.5 "shop/web:http" 8080 "")
$(endpoint KUBE-SEP-WEB3 10.244.3.5 "shop/web:http" 8080 "")
-A KUBE-FW-EDGE -s 198.51.100.0/24 -m comment --comment "shop/edge:https loadbalancer IP" -j KUBE-EXT-EDGE
-A KUBE-FW-EDGE -s 192.0.2.0/24 -m comment --comment "shop/edge:https loadbalancer IP" -j KUBE-EXT-EDGE
-A KUBE-FW-EDGE -m comment --comment "other traffic to shop/edge:https will be dropped by KUBE-PROXY-FIREWALL"
-A KUBE-EXT-EDGE -s 10.244.0.0/16 -m comment --comment "pod traffic for shop/edge:https external destinations" -j KUBE-SVC-EDGE
-A KUBE-EXT-EDGE -m comment --comment "masquerade LOCAL traffic for shop/edge:https external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
-A KUBE-EXT-EDGE -m comment --comment "route LOCAL traffic for shop/edge:https external destinations" -m addrtype --src-type LOCAL -j KUBE-SVC-EDGE
-A KUBE-EXT-EDGE -j KUBE-SVL-EDGE
-A KUBE-SVL-EDGE -m comment --comment "shop/edge:https -> 10.244.1.6:8443" -j KUBE-SEP-EDGE1
-A KUBE-SVC-EDGE ! -s 10.244.0.0/16 -d 10.96.0.30/32 -p tcp -m comment --comment "shop/edge:https cluster IP" -m tcp --dport 443 -j KUBE-MARK-MASQ
-A KUBE-SVC-EDGE -m comment --comment "shop/edge:https -> 10.244.1.6:8443" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-EDGE1
-A KUBE-SVC-EDGE -m comment --comment "shop/edge:https -> 10.244.2.6:8443" -j KUBE-SEP-EDGE2
$(endpoint KUBE-SEP-EDGE1 10.244.1.6 "shop/edge:https" 8443 "")
$(endpoint KUBE-SEP-EDGE2 10.244.2.6 "shop/edge:https" 8443 "")
COMMIT
X
}
in_nftables() {
	nft -f - <<'X'
table ip kube-proxy {
	comment "rules for kube-proxy"
	set cluster-ips { type ipv4_addr; elements = { 10.96.0.1, 10.96.0.20, 10.96.0.30, 10.96.0.99 }; comment "Active ClusterIPs"; }
	set nodeport-ips { type ipv4_addr; elements = { 192.0.2.1 }; comment "IPs that accept NodePort traffic"; }
	set affinity-api1 { type ipv4_addr; flags dynamic,timeout; timeout 3h; }
	set affinity-api2 { type ipv4_addr; flags dynamic,timeout; timeout 3h; }
	map firewall-ips {
		type ipv4_addr . inet_proto . inet_service : verdict
		comment "destinations that are subject to LoadBalancerSourceRanges"
		elements = { 203.0.113.80 . tcp . 443 : goto firewall-edge }
	}
	map no-endpoint-services {
		type ipv4_addr . inet_proto . inet_service : verdict
		comment "vmap to drop or reject packets to services with no endpoints"
		elements = { 10.96.0.99 . tcp . 80 comment "shop/empty:http" : goto reject-chain }
	}
	map no-endpoint-nodeports {
		type inet_proto . inet_service : verdict
		comment "vmap to drop or reject packets to service nodeports with no endpoints"
		elements = { tcp . 30999 comment "shop/empty:http" : drop }
	}
	map service-ips {
		type ipv4_addr . inet_proto . inet_service : verdict
		comment "ClusterIP, ExternalIP and LoadBalancer IP traffic"
		elements = { 10.96.0.1 . tcp . 443 : goto service-api, 10.96.0.20 . tcp . 80 : goto service-web,
			10.96.0.30 . tcp . 443 : goto service-edge, 203.0.113.80 . tcp . 443 : goto external-edge }
	}
	map service-nodeports {
		type inet_proto . inet_service : verdict
		comment "NodePort traffic"
		elements = { tcp . 30080 : goto external-web, tcp . 30443 : goto external-edge }
	}
	chain filter-prerouting { type filter hook prerouting priority dstnat - 10; policy accept; ct state new jump firewall-check; }
	chain filter-input { type filter hook input priority filter; policy accept; ct state new jump nodeport-endpoints-check; ct state new jump service-endpoints-check; }
	chain filter-forward { type filter hook forward priority filter; policy accept; ct state new jump service-endpoints-check; ct state new jump cluster-ips-check; }
	chain filter-output { type filter hook output priority -110; policy accept; ct state new jump firewall-check; }
	chain filter-output-post-dnat { type filter hook output priority -90; policy accept; ct state new jump service-endpoints-check; ct state new jump cluster-ips-check; }
	chain nat-prerouting { type nat hook prerouting priority dstnat; policy accept; jump services; }
	chain nat-output { type nat hook output priority -100; policy accept; jump services; }
	chain nat-postrouting { type nat hook postrouting priority srcnat; policy accept; jump masquerading; }
	chain services {
		ip daddr . ip protocol . th dport vmap @service-ips
		ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports
	}
	chain masquerading {
		ip saddr 10.244.0.0/16 ip daddr 10.244.0.0/16 return
		meta mark & 0x4000 == 0 return
		meta mark set meta mark ^ 0x4000
		masquerade fully-random
	}
	chain mark-for-masquerade { meta mark set meta mark | 0x4000; }
	chain reject-chain { reject; }
	chain cluster-ips-check {
		ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"
		ip daddr 10.96.0.0/12 drop comment "Drop traffic to unallocated ClusterIPs"
	}
	chain firewall-check { ip daddr . ip protocol . th dport vmap @firewall-ips; }
	chain nodeport-endpoints-check { ip daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports; }
	chain service-endpoints-check { ip daddr . ip protocol . th dport vmap @no-endpoint-services; }
	chain firewall-edge { ip saddr != { 198.51.100.0/24, 192.0.2.0/24 } drop; }
	chain service-api {
		ip daddr 10.96.0.1 tcp dport 443 ip saddr != 10.244.0.0/16 jump mark-for-masquerade
		ip saddr @affinity-api1 goto endpoint-api1
		ip saddr @affinity-api2 goto endpoint-api2
		numgen random mod 2 vmap { 0 : goto endpoint-api1, 1 : goto endpoint-api2 }
	}
	chain endpoint-api1 {
		ip saddr 192.0.2.1 jump mark-for-masquerade
		update @affinity-api1 { ip saddr }
		meta l4proto tcp dnat to 192.0.2.1:6443
	}
	chain endpoint-api2 {
		ip saddr 192.0.2.11 jump mark-for-masquerade
		update @affinity-api2 { ip saddr }
		meta l4proto tcp dnat to 192.0.2.11:6443
	}
	chain service-web {
		ip daddr 10.96.0.20 tcp dport 80 ip saddr != 10.244.0.0/16 jump mark-for-masquerade
		numgen random mod 3 vmap { 0 : goto endpoint-web1, 1 : goto endpoint-web2, 2 : goto endpoint-web3 }
	}
	chain external-web { jump mark-for-masquerade; goto service-web; }
	chain endpoint-web1 { ip saddr 10.244.1.5 jump mark-for-masquerade; meta l4proto tcp dnat to 10.244.1.5:8080; }
	chain endpoint-web2 { ip saddr 10.244.2.5 jump mark-for-masquerade; meta l4proto tcp dnat to 10.244.2.5:8080; }
	chain endpoint-web3 { ip saddr 10.244.3.5 jump mark-for-masquerade; meta l4proto tcp dnat to 10.244.3.5:8080; }
	chain service-edge {
		ip daddr 10.96.0.30 tcp dport 443 ip saddr != 10.244.0.0/16 jump mark-for-masquerade
		numgen random mod 2 vmap { 0 : goto endpoint-edge1, 1 : goto endpoint-edge2 }
	}
	chain external-edge {
		ip saddr 10.244.0.0/16 goto service-edge comment "short-circuit pod traffic"
		fib saddr type local jump mark-for-masquerade comment "masquerade local traffic"
		fib saddr type local goto service-edge comment "short-circuit local traffic"
		goto local-edge
	}
	chain local-edge { numgen random mod 1 vmap { 0 : goto endpoint-edge1 }; }
	chain endpoint-edge1 { ip saddr 10.244.1.6 jump mark-for-masquerade; meta l4proto tcp dnat to 10.244.1.6:8443; }
	chain endpoint-edge2 { ip saddr 10.244.2.6 jump mark-for-masquerade; meta l4proto tcp dnat to 10.244.2.6:8443; }
}
X
}
"in_$1"
bundle "kube-proxy-$1"
