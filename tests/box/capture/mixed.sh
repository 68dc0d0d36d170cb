# mixed: several front ends on one router at once, as they find each other: ufw and Docker over iptables-nft,
# fail2ban over both of iptables and nft, an old script over iptables-legacy, an nftables table of the
# administrator's own before them all.
. "$(dirname "$0")/lib.sh"
need ufw docker.io fail2ban iptables ipset busybox-static
lay_over
router

# The old script.
ipset create friends hash:net
ipset add friends 198.51.100.0/25
iptables-legacy -P FORWARD DROP
iptables-legacy -A INPUT -i eth0 -p tcp --dport 3306 -j DROP
iptables-legacy -A INPUT -i eth0 -m set ! --match-set friends src -p tcp --dport 2222 -j REJECT --reject-with tcp-reset
iptables-legacy -A FORWARD -m state --state ESTABLISHED,RELATED -j ACCEPT
iptables-legacy -A FORWARD -i eth1 -j ACCEPT
iptables-legacy -A FORWARD -i eth0 -p tcp -m multiport --dports 80,443,8080,8443 -j ACCEPT
iptables-legacy -A FORWARD -i docker0 -j ACCEPT
iptables-legacy -A FORWARD -i br-front ! -o eth1 -j ACCEPT
iptables-legacy -t mangle -A PREROUTING -i eth1 -p tcp --dport 25 -j MARK --set-mark 0x9
ip6tables-legacy -A FORWARD -i eth0 -p tcp --dport 445 -j DROP

# The administrator's own.
nft -f - <<'X'
table inet own {
	set bad {
		type ipv4_addr
		flags interval
		auto-merge
		elements = { 203.0.113.0/26, 203.0.113.32-203.0.113.99 }
	}
	chain early {
		type filter hook prerouting priority -310; policy accept;
		ip saddr @bad drop
	}
	chain late {
		type filter hook forward priority 5; policy accept;
		meta mark 0x9 reject with icmpx admin-prohibited
		iifname "eth0" oifname "br-*" tcp dport 8080 ct original proto-dst != 80 drop
	}
	chain before {
		type filter hook input priority -5; policy accept;
		tcp dport { 23, 2323 } drop
	}
}
X

# ufw, with Docker's traffic left to Docker.
cp /usr/share/ufw/ufw.conf /usr/share/ufw/before.init /usr/share/ufw/after.init /etc/ufw
cp /usr/share/ufw/iptables/*.rules /etc/ufw
ufw default deny incoming
ufw default allow outgoing
ufw allow 22
ufw limit 2222/tcp
ufw allow in on eth1
ufw deny from 198.51.100.7
ufw route allow in on eth0 out on eth2 to 10.2.0.80 port 443 proto tcp
ufw --force enable

mount -t cgroup2 cgroup2 /sys/fs/cgroup
group=capture-mixed
mkdir "/sys/fs/cgroup/$group"
end() {
	kill $daemon 2>/dev/null || :
	wait $daemon || :
	cat "/sys/fs/cgroup/$group"/*/cgroup.procs 2>/dev/null | while read -r process; do
		kill -9 "$process"
	done
	sleep 1
	rmdir "/sys/fs/cgroup/$group"/* 2>/dev/null || :
	rmdir "/sys/fs/cgroup/$group"
}
trap end EXIT
mkdir -p /run/docker-data /etc/docker
cat >/etc/docker/daemon.json <<'X'
{ "data-root": "/run/docker-data", "storage-driver": "vfs", "bip": "172.17.0.1/16" }
X
dockerd --cgroup-parent "/$group" --exec-opt native.cgroupdriver=cgroupfs >/tmp/log 2>&1 &
daemon=$!
wait_for 40 docker info
mkdir -p /tmp/image/bin
cp /usr/bin/busybox /tmp/image/bin/
tar -C /tmp/image -c . | docker import - box >/dev/null
docker network create --subnet 10.20.0.0/24 -o com.docker.network.bridge.name=br-front front
run() { docker run -d "$@" box /bin/busybox sleep 3600; }
run --name web --network front --ip 10.20.0.2 -p 80:8080 -p 192.0.2.1:443:8443
run --name plain -p 127.0.0.1:3306:3306 -p 5000-5002:5000-5002
iptables -I DOCKER-USER -i eth0 -s 203.0.113.128/25 -j DROP

mkdir -p /run/fail2ban /var/lib/fail2ban
printf '' >/var/log/auth.log
cat >/etc/fail2ban/jail.local <<'X'
[DEFAULT]
enabled = false
allowipv6 = true
backend = polling
logpath = /var/log/auth.log
[sshd]
enabled = true
port = ssh,2222
banaction = iptables-multiport
[recidive]
enabled = true
logpath = /var/log/auth.log
banaction = nftables-allports
[vsftpd]
enabled = true
port = ftp
logpath = /var/log/auth.log
banaction = ufw
X
fail2ban-server -f -x --logtarget /tmp/log2 start &
wait_for 30 fail2ban-client ping
wait_for 10 fail2ban-client status vsftpd
for jail in sshd recidive vsftpd; do
	fail2ban-client set $jail banip 192.0.2.66 198.51.100.77 2001:db8:bad::5
done
sleep 2
bundle
