# Sourced first of all by the scripts here, each of which runs a real tool and writes what it has loaded:
#
#	PEERS=build/peers tools/peers ufw	unpack the tool once (nothing is installed)
#	tests/box/capture/ufw.sh		as root; writes tests/box/captures/ufw.bundle
#
# The script runs again in namespaces of its own (mounts, network, processes, host name): all that it makes,
# processes too, is gone with it. The unpacked packages lie over /usr, /etc and /var there, what is written
# goes to memory, and /run is empty: no file of this machine changes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
source_dir=$(cd "$here/../../.." && pwd)
export PEERS="${PEERS:-$source_dir/build/peers}" LC_ALL=C TZ=UTC
if [ -z "${CAPTURE_INSIDE-}" ]; then
	CAPTURE_INSIDE=$(mktemp -d) || exit 1
	export CAPTURE_INSIDE
	rc=0
	unshare --mount --propagation private --net --pid --fork --kill-child --uts sh "$0" "$@" || rc=$?
	rmdir "$CAPTURE_INSIDE"
	exit $rc
fi

# need PACKAGE ...
need() {
	for package; do
		[ -e "$PEERS/have/$package.whole" ] || {
			echo "${0##*/}: $package is not unpacked: run tools/peers $package" >&2
			exit 1
		}
	done
}

lay_over() {
	memory=$CAPTURE_INSIDE
	mount -t tmpfs -o mode=755 tmpfs "$memory"
	for tree in usr etc var; do
		mkdir -p "$memory/$tree" "$memory/.work/$tree" "$PEERS/root/$tree"
		mount -t overlay -o "lowerdir=$PEERS/root/$tree:/$tree,upperdir=$memory/$tree,workdir=$memory/.work/$tree" \
			overlay "/$tree"
	done
	mount -t tmpfs -o mode=755 tmpfs /run
	mount -t tmpfs tmpfs /tmp
	mkdir /run/lock
	mount -t proc proc /proc
	umount -R /sys # in this namespace only
	mount -t sysfs sysfs /sys
	# Everything is in this kernel, or is not to be had: tools that ask for modules are told so.
	for program in modprobe insmod; do
		rm -f "/usr/sbin/$program"
		ln -s ../bin/true "/usr/sbin/$program"
	done
}

# port INTERFACE: one, up, whose other end is in a namespace that has nothing else.
port() {
	ports=$((${ports:-0} + 1))
	ip link add "$1" address "52:54:00:00:00:0$ports" type veth peer name "far$ports" netns "$far"
	nsenter --net="/proc/$far/ns/net" ip link set "far$ports" up
	ip link set "$1" up
}

# A host with one leg: eth0 to the outside, 192.0.2.1/24 and 2001:db8::1/64.
host() {
	hostname fw1
	unshare --net sleep 3600 &
	far=$!
	until [ "$(readlink "/proc/$far/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.1; done
	sysctl -qw net.ipv6.conf.default.accept_dad=0
	ip link set lo up
	port eth0
	ip address add 192.0.2.1/24 dev eth0
	ip address add 2001:db8::1/64 dev eth0 nodad
	ip route add default via 192.0.2.254
	ip -6 route add default via 2001:db8::fe dev eth0
}

# A router: inside eth1, 10.1.0.1/24 and 2001:db8:1::1/64; and eth2, a third zone, 10.2.0.1/24 and
# 2001:db8:2::1/64.
router() {
	host
	port eth1
	ip address add 10.1.0.1/24 dev eth1
	ip address add 2001:db8:1::1/64 dev eth1 nodad
	port eth2
	ip address add 10.2.0.1/24 dev eth2
	ip address add 2001:db8:2::1/64 dev eth2 nodad
	sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
}

# bundle [NAME]: write tests/box/captures/NAME.bundle; NAME is the script's, where it is not given.
bundle() {
	name=${1:-$(basename "$0" .sh)}
	sh "$here/bundle.sh" >"/tmp/$name"
	(umask 022 && cp "/tmp/$name" "$here/../captures/$name.bundle")
	wc -c "$here/../captures/$name.bundle"
}

# wait_for SECONDS COMMAND ...: until it succeeds; else the script ends.
wait_for() {
	wait_left=$(($1 * 5))
	shift
	until "$@" >/dev/null 2>&1; do
		wait_left=$((wait_left - 1))
		[ $wait_left -gt 0 ] || {
			echo "${0##*/}: not in time: $*" >&2
			exit 1
		}
		sleep 0.2
	done
}
