# docker [nft|legacy]: dockerd over both backends of iptables, with its first network and two more (one of them
# internal, one with IPv6), published ports (all addresses, one address, UDP, a range), a container on two
# networks, and a rule of the administrator's own. Written as docker-NAME.bundle; without a name both.
. "$(dirname "$0")/lib.sh"
need docker.io iptables busybox-static
if [ $# = 0 ]; then
	for backend in nft legacy; do
		env -u CAPTURE_INSIDE sh "$0" $backend
	done
	exit
fi
lay_over
router
ln -sf "/usr/sbin/iptables-$1" /etc/alternatives/iptables
ln -sf "/usr/sbin/ip6tables-$1" /etc/alternatives/ip6tables

# The containers' control groups are all that is not in a namespace: one of this run's own, gone at its end.
mount -t cgroup2 cgroup2 /sys/fs/cgroup
group=capture-docker-$1
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
cat >/etc/docker/daemon.json <<'END'
{ "data-root": "/run/docker-data", "experimental": true, "ip6tables": true, "ipv6": true,
  "fixed-cidr-v6": "2001:db8:d0::/64", "storage-driver": "vfs", "bip": "172.17.0.1/16" }
END
dockerd --cgroup-parent "/$group" --exec-opt native.cgroupdriver=cgroupfs >/tmp/log 2>&1 &
daemon=$!
wait_for 40 docker info
mkdir -p /tmp/image/bin
cp /usr/bin/busybox /tmp/image/bin/
tar -C /tmp/image -c . | docker import - box >/dev/null
docker network create --subnet 10.20.0.0/24 -o com.docker.network.bridge.name=br-front front
docker network create --internal --subnet 10.30.0.0/24 -o com.docker.network.bridge.name=br-back back
docker network create --ipv6 --subnet 10.40.0.0/24 --subnet 2001:db8:40::/64 \
	-o com.docker.network.bridge.name=br-six -o com.docker.network.bridge.enable_icc=false six

run() { docker run -d "$@" box /bin/busybox sleep 3600; }
run --name web --network front --ip 10.20.0.2 -p 80:8080 -p 192.0.2.1:443:8443 -p 53:53/udp
docker network connect --ip 10.30.0.2 back web
run --name data --network back --ip 10.30.0.3
run --name plain -p 127.0.0.1:3306:3306 -p 5000-5002:5000-5002
run --name six --network six --ip 10.40.0.2 --ip6 2001:db8:40::2 -p 8088:80
iptables -I DOCKER-USER -i eth0 -s 203.0.113.0/24 -j DROP
docker ps --format '{{.Names}}: {{.Ports}}'
bundle "docker-$1"
