# ufw: closed to the inside, a limit, an application's profile, a denied source, a routed flow, two ports from
# one network, an interface's own rule.
. "$(dirname "$0")/lib.sh"
need ufw
lay_over
router

cat >/etc/ufw/applications.d/harbour <<'END'
[Harbour Web Full]
title=The harbour's pages
description=Both ports
ports=80,443/tcp|8080:8089/udp
END
printf '10.1.0.9 files\n' >>/etc/hosts
sed -i 's/^DEFAULT_FORWARD_POLICY=.*/DEFAULT_FORWARD_POLICY="DROP"/' /etc/default/ufw
# The package's first configuration copies these.
cp /usr/share/ufw/ufw.conf /usr/share/ufw/before.init /usr/share/ufw/after.init /etc/ufw
cp /usr/share/ufw/iptables/*.rules /etc/ufw

ufw default deny incoming
ufw default allow outgoing
ufw default deny routed
ufw logging low
ufw allow 22
ufw limit ssh # behind the rule before it: never reached
ufw limit 2022/tcp
ufw allow 'Harbour Web Full'
ufw deny from 203.0.113.0/24
ufw deny from 2001:db8:bad::/48
ufw reject in on eth0 to any port 113 proto tcp
ufw allow from 10.1.0.0/24 to 10.1.0.1 port 53,5353 proto udp
ufw allow in on eth1 log to any port 3128 proto tcp comment 'proxy of the inside'
ufw deny out to 198.51.100.7 port 25 proto tcp
ufw route allow in on eth1 out on eth0 from 10.1.0.0/24
ufw route allow proto tcp from any to 10.2.0.80 port 443
ufw route reject in on eth0 out on eth1
ufw insert 1 deny from 203.0.113.66
ufw --force enable
ufw status verbose
bundle
