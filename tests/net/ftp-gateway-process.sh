# The FTP gateway's processes: what a worker may do, and what becomes of conversations when the configuration is read
# again, when it ends, when one of its processes is killed, and when descriptors run out (ftp_process.py).
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers python3-pyftpdlib
# Clients and the gateway on one host, the server on another: a gateway dials no port of its own host that is its own.
namespace S; S=$ns
namespace F
for address in 10.20.0.10 10.20.0.1 2001:db8:20::1 2001:db8:21::1; do
	ip -n "$ns" address add "$address" dev lo || die "no address $address"
done
ip -n "$ns" link add name eth1 type veth peer name eth0 netns "$S"
ip -n "$ns" link set eth1 up
ip -n "$S" link set eth0 up
ip -n "$ns" address add 10.21.0.1/24 dev eth1
ip -n "$ns" route add 203.0.113.24 dev eth1
ip -n "$S" address add 203.0.113.24/24 dev eth0
ip -n "$S" route add 10.21.0.1 dev eth0

mkdir -p "$R/srv/lab"
head -c 100000 /dev/urandom >"$R/srv/lab/small file"
truncate -s 64M "$R/srv/lab/large"
cat >"$R/tmp/server.py" <<'END'
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import ThreadedFTPServer
FTPHandler.authorizer = DummyAuthorizer()
FTPHandler.authorizer.add_user('lab', 'pass-the-word', '/srv/lab', perm='elradfmwMT')
FTPHandler.passive_ports = range(30000, 31000)
ThreadedFTPServer(('203.0.113.24', 21), FTPHandler).serve_forever()
END
start_inside "$S" /usr/bin/python3 /tmp/server.py
answers() { ip netns exec "$ns" python3 -c 'import socket; socket.create_connection(("203.0.113.24", 21))'; }
wait_for 10 answers || die "no server: $(cat "$log")"

# The worker has no files: the name must have been read before.
printf '127.0.0.1 localhost\n203.0.113.24 files.test\n' >"$T/hosts"
mount --bind "$T/hosts" /etc/hosts || die "cannot mount over /etc/hosts"
cp "$SOURCE_DIR/tests/net/ftp-gateway/explicit-F.yaml" "$T/site.yaml"

ip netns exec "$ns" python3 "$SOURCE_DIR/tests/net/ftp_process.py" "$PORTOLAN" "$T" "$R/srv/lab" "$@" ||
	fail 'not all cases pass'
