# portolan identify with real servers, on their usual ports and on others' ports, and with those that are no
# service at all.
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers bind9 krb5-kdc krb5-admin-server openssh-server nginx slapd redis-server vsftpd chrony snmpd
command -v nft >/dev/null || skip "no nft"

identify() {
	ip netns exec "$ns" "$PORTOLAN" identify "$@" >"$T/out" 2>&1
	rc=$?
}

# says PORT WORD WORDS: the line of that port.
says() {
	grep -qE -e "^  (udp )?127\.0\.0\.1:$1  +$2  .*$3" "$T/out" ||
		fail "${name-}: port $1 is not \"$2 ... $3\": $(cat "$T/out")"
}

# speaks SERVICE [--udp]: this version has its dialogue.
speaks() {
	portolan probe --service "$@" 127.0.0.1:1 >"$T/out" 2>&1
	[ $? != 2 ]
}

# also_on TRANSPORT PORT PORT: what listens on the second is on the first, too.
also_on() {
	ip netns exec "$ns" nft -f - <<-END || die "no redirection"
		table ip portolan_squat {
			chain out {
				type nat hook output priority -100
				$1 dport $2 redirect to :$3
			}
		}
	END
}

# known PEER PROTOCOL PORT [--udp]: on its own port, on one that nobody has, and on Domino's.
known() {
	name=$1 proto=$2 port=$3 transport=${4:-tcp}
	speaks "$proto" ${4+"$4"} || return
	namespace "$name-$transport"
	peer "$name" "$ns"
	identify ${4+"$4"} "127.0.0.1:$port"
	says "$port" "$proto" ""
	[ $rc = 0 ] || fail "$name: exit $rc"
	also_on "${transport#--}" 40001 "$port"
	identify ${4+"$4"} 127.0.0.1:40001
	says 40001 "$proto" ""
	also_on "${transport#--}" 1352 "$port"
	identify ${4+"$4"} 127.0.0.1:1352
	[ -n "${4-}" ] || says 1352 "$proto" "impostor: expected nrpc, proved $proto"
	"answers_$name" "$ns" || fail "$name does not serve any more"
	peer_stop "$pid" "$ns"
}

known named dns 53
known named dns 53 --udp
known krb5kdc kerberos 88
known krb5kdc kerberos 88 --udp
known kadmind kpasswd 464
known chronyd ntp 123 --udp
known snmpd snmp 161 --udp
known sshd ssh 22
known nginx http 80
known slapd ldap 389
known redis redis 6379
known vsftpd ftp 21

# Nobody's.
namespace nobody
name=nobody
cat >"$T/nobody.py" <<'END'
import os, random, socket, threading, time

def serve(port, talk):
    listener = socket.create_server(('127.0.0.1', port), backlog=64)
    def one(c):
        try:
            talk(c)
        except OSError:
            pass
    def run():
        while True:
            c, _ = listener.accept()
            threading.Thread(target=one, args=(c,), daemon=True).start()
    threading.Thread(target=run, daemon=True).start()
    return listener

def echo(c):
    while (b := c.recv(4096)):
        c.sendall(b)
def silent(c):
    while c.recv(4096):
        pass
def junk(c):
    while c.recv(4096):
        c.sendall(b'\x93\x17\xfe\x00\xa8\xb1')
def noise(c):
    while c.recv(4096):
        c.sendall(os.urandom(random.randint(96, 608)))
def noise_unasked(c):
    c.sendall(os.urandom(200))
    silent(c)
def half(c):
    c.sendall(b'220 ')
    silent(c)
def drip(c):
    while True:
        c.sendall(b'%x\r\n' % time.monotonic_ns())
        time.sleep(0.15)
def close(c):
    c.close()
printed = bytearray()
def printer(c):
    while (b := c.recv(4096)):
        printed.extend(b)
        print('printed', len(printed), flush=True)
once = None
def ban(c):
    c.recv(4096)
    once.close()  # nobody is let in any more
    c.close()

serve(40001, echo)
serve(40002, silent)
serve(40003, junk)
serve(40004, drip)
serve(40005, close)
serve(9100, printer)
serve(40011, noise)
serve(40012, noise_unasked)
serve(40013, half)
serve(22, silent)
def udp(port, answer):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(('127.0.0.1', port))
    def run():
        while True:
            b, a = s.recvfrom(4096)
            if answer(b) is not None:
                s.sendto(answer(b), a)
    threading.Thread(target=run, daemon=True).start()
udp(40001, lambda b: b)
udp(40002, lambda b: None)
udp(40003, lambda b: b'\x93\x17\xfe\x00\xa8\xb1')
print('ready', flush=True)
threading.Event().wait()
END
start ip netns exec "$ns" python3 "$T/nobody.py"
wait_for 5 grep -q ready "$log" || die "nobody.py: $(cat "$log")"
begun=$(date +%s%N)
identify 127.0.0.1:40001-40006,9100
took=$((($(date +%s%N) - begun) / 1000000))
[ $rc = 1 ] || fail "exit $rc, not 1"
[ $took -lt 3500 ] || fail "it took $took ms"
says 40001 echo "it sends back what it is sent"
says 40002 silent "it accepted and acknowledged, and said nothing"
says 40003 unknown "no protocol that is known here"
says 40004 tarpit "it drips words"
says 40005 "says nothing" "it accepts, and ends every connection"
says 40006 closed ""
says 9100 silent "it was asked nothing"
grep -q printed "$log" && fail "the printer prints: $(cat "$log")"
grep -q '^0 of 7 ports prove' "$T/out" || fail "$(head -n 1 "$T/out")"
grep -qE 'proved|impostor|http|ssh' "$T/out" && fail "a guess: $(cat "$T/out")"

# Bytes by chance are no key of BitTorrent; who begins a greeting, or should have greeted, costs no more than others.
begun=$(date +%s%N)
identify 127.0.0.1:22,40011-40013
took=$((($(date +%s%N) - begun) / 1000000))
[ $took -lt 5000 ] || fail "it took $took ms"
says 22 silent "said nothing in (2[0-9]|30)[0-9][0-9] ms"
for port in 40011 40012 40013; do
	says $port unknown ""
done

identify --udp 127.0.0.1:40001-40004
says 40001 echo "it sends back what it is sent"
says 40002 silent "no answer and no error"
says 40003 unknown "no protocol that is known here"
says 40004 closed ""

# Without ports those of the list are tried, and it says so.
identify 127.0.0.1
has "$T/out" "tried: the usual ports over TCP of what this version can speak"
has "$T/out" "53,"
identify --timeout 1000 127.0.0.1:40002
says 40002 silent "said nothing in 1[0-9][0-9][0-9] ms"

# What is left of the day's first messages, and no more; what was proved before is asked first.
mkdir -p "$XDG_STATE_HOME/portolan"
printf '127.0.0.1 40002 %s 79 -\n' "$(date +%F)" >"$XDG_STATE_HOME/portolan/targets"
identify 127.0.0.1:40002
says 40002 silent "said nothing in [0-9]* ms to 1 question, and no more"
grep -q '^127\.0\.0\.1 40002 .* 80 -$' "$XDG_STATE_HOME/portolan/targets" || fail "it does not count"
printf '127.0.0.1 40002 %s 3 mysql\n' "$(date +%F)" >"$XDG_STATE_HOME/portolan/targets"
identify 127.0.0.1:40002
says 40002 mysql "mysql was proved there earlier today, and was not asked again"
exit 0
