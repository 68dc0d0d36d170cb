# fail2ban: its iptables actions of four kinds and its nftables actions, beside rules written by hand; some
# addresses are banned in each jail, of both families.
. "$(dirname "$0")/lib.sh"
need fail2ban ipset iptables
lay_over
host

mkdir -p /run/fail2ban /var/lib/fail2ban
printf '' >/var/log/auth.log
cat >/etc/fail2ban/jail.local <<'END'
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
banaction = iptables-allports
[postfix]
enabled = true
port = smtp,465,submission
banaction = nftables-multiport
logpath = /var/log/auth.log
[dovecot]
enabled = true
logpath = /var/log/auth.log
banaction = nftables-allports
[vsftpd]
enabled = true
port = ftp,ftp-data
banaction = iptables-ipset-proto6
logpath = /var/log/auth.log
[apache-auth]
enabled = true
logpath = /var/log/auth.log
port = http,https
banaction = nftables-multiport
blocktype = drop
[mysqld-auth]
enabled = true
logpath = /var/log/auth.log
port = 3306
banaction = iptables-new
blocktype = DROP
END

for command in iptables ip6tables; do
	$command -P INPUT DROP
	$command -A INPUT -i lo -j ACCEPT
	$command -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
	$command -A INPUT -p tcp -m multiport --dports 22,25,80,143,443,3306 -j ACCEPT
done
ip6tables -A INPUT -p ipv6-icmp -j ACCEPT

fail2ban-server -f -x --logtarget /tmp/log start &
wait_for 30 fail2ban-client ping
wait_for 10 fail2ban-client status mysqld-auth
for jail in sshd recidive postfix dovecot vsftpd apache-auth mysqld-auth; do
	fail2ban-client set $jail banip 203.0.113.5 203.0.113.77 2001:db8:bad::5
done
fail2ban-client set recidive banip 198.51.100.0/24
sleep 2
fail2ban-client banned
grep -E 'ERROR|WARN' /tmp/log || :
bundle
