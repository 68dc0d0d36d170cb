# ferm: one file for both families, functions, variables, hooks between tables, @if, nested blocks, sets,
# resolved names, a preserved chain; what stands before it is kept by @preserve.
. "$(dirname "$0")/lib.sh"
need ferm ipset iptables
lay_over
router

ipset create blocked hash:net
ipset add blocked 203.0.113.0/24
ipset add blocked 203.0.113.64/28 nomatch
iptables-legacy -N theirs # another program's
iptables-legacy -A theirs -s 192.0.2.66 -j DROP

cat >/tmp/rules <<'END'
@def $OUTSIDE = eth0;
@def $INSIDE = (eth1 eth2);
@def $ADMINS = (10.1.0.0/28 10.1.0.32 10.2.0.7);
@def &FORWARD_TCP($port, $to) = {
	table nat chain PREROUTING interface $OUTSIDE daddr 192.0.2.1 proto tcp dport $port DNAT to $to;
	table filter chain FORWARD interface $OUTSIDE daddr @cat("", $to) proto tcp dport $port ACCEPT;
}
@def &BOTH($proto, $ports) = proto $proto mod multiport destination-ports $ports ACCEPT;

domain (ip ip6) {
	table filter {
		chain INPUT {
			policy DROP;
			mod state state INVALID DROP;
			mod state state (ESTABLISHED RELATED) ACCEPT;
			interface lo ACCEPT;
			interface $INSIDE {
				proto tcp dport (domain ssh 3128) ACCEPT;
				proto udp dport (domain bootps ntp) ACCEPT;
				&BOTH(tcp, (143 993 8000:8009));
				proto icmp ACCEPT;
			}
			interface ! $OUTSIDE proto tcp dport 9100 ACCEPT;
			proto tcp dport ssh @subchain "guests" {
				mod hashlimit hashlimit 5/min hashlimit-mode srcip hashlimit-name ssh ACCEPT;
				LOG log-prefix "ssh: ";
				REJECT;
			}
			proto tcp dport auth REJECT reject-with tcp-reset;
			proto tcp syn dport (http https) mod connlimit connlimit-above 20 DROP;
			proto tcp dport (http https) ACCEPT;
			proto tcp tcp-flags (SYN FIN) (SYN FIN) DROP;
			proto esp ACCEPT;
		}
		chain OUTPUT {
			policy ACCEPT;
			outerface $OUTSIDE proto tcp dport smtp mod owner uid-owner ! 101 REJECT;
		}
		chain FORWARD {
			policy DROP;
			mod conntrack ctstate (ESTABLISHED RELATED) ACCEPT;
			interface $INSIDE outerface $OUTSIDE {
				proto tcp tcp-flags (SYN RST) SYN TCPMSS clamp-mss-to-pmtu;
				proto udp dport ! 137:139 ACCEPT;
				proto tcp ACCEPT;
			}
			mod mark mark 0x7 ACCEPT;
		}
	}
}
domain ip {
	table filter chain INPUT {
		mod set match-set blocked src jump refused;
		saddr $ADMINS proto tcp dport (8080 8443) ACCEPT;
		proto icmp icmp-type (echo-request 3/4 timestamp-request) ACCEPT;
		mod iprange src-range 198.51.100.10-198.51.100.19 proto tcp dport 5432 ACCEPT;
		mod pkttype pkt-type (broadcast multicast) DROP;
	}
	table filter chain refused {
		mod limit limit 3/sec limit-burst 5 NFLOG nflog-group 2;
		REJECT reject-with icmp-admin-prohibited;
	}
	table filter chain theirs @preserve;
	table mangle chain PREROUTING {
		interface eth1 proto tcp dport 9999 MARK set-mark 0x7;
		interface eth2 mod dscp dscp-class EF DSCP set-dscp-class CS0;
	}
	table nat {
		chain PREROUTING interface eth1 proto tcp dport http daddr ! 10.1.0.1 REDIRECT to-ports 3128;
		chain POSTROUTING outerface $OUTSIDE {
			saddr 10.1.0.0/24 MASQUERADE;
			saddr 10.2.0.0/24 daddr ! 192.0.2.0/24 SNAT to 192.0.2.1;
		}
	}
	&FORWARD_TCP(2222, 10.2.0.22);
	&FORWARD_TCP((25 465 587), 10.2.0.25);
}
domain ip6 table filter chain INPUT {
	proto ipv6-icmp icmpv6-type (neighbour-solicitation neighbour-advertisement router-advertisement echo-request) ACCEPT;
	saddr 2001:db8:1::/64 proto tcp dport 8443 ACCEPT;
}
END
ferm /tmp/rules
bundle
