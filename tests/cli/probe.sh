# portolan probe in its ways and forms, on loopback.
. "$SOURCE_DIR/tests/lib.sh"

# A free port, and one with a listener.
start python3 "$SOURCE_DIR/tools/stand-in.py" any/tcp@127.0.0.1:0
wait_for 5 grep -q ready "$log" || skip "no listener: $(cat "$log")"
open=$(python3 - "$pid" <<'END'
import re, sys
pid = sys.argv[1]
import os
inodes = {os.readlink(f'/proc/{pid}/fd/{fd}') for fd in os.listdir(f'/proc/{pid}/fd')}
for line in open('/proc/net/tcp').read().splitlines()[1:]:
    fields = line.split()
    if f'socket:[{fields[9]}]' in inodes and fields[3] == '0A':
        print(int(fields[1].split(':')[1], 16))
END
)
[ -n "$open" ] || skip "the listener's port is not known"

expect_rc 0 portolan probe --like test-netconnection "127.0.0.1:$open"
has "$T/out" "ComputerName     : 127.0.0.1"
has "$T/out" "RemotePort       : $open"
has "$T/out" "TcpTestSucceeded : True"
has_not "$T/out" Reason
expect_rc 1 portolan probe --like test-netconnection http://127.0.0.1:1/path
has "$T/out" "RemotePort       : 1"
has "$T/out" "TcpTestSucceeded : False"
has "$T/out" "Reason           : closed"

expect_rc 1 portolan probe --udp 127.0.0.1:1
has "$T/out" "udp 127.0.0.1:1 is closed."
expect_rc 1 portolan probe --service dns 127.0.0.1:1
has "$T/out" "127.0.0.1:1 is closed."

# What cannot be meant is said before anything is sent.
expect_rc 2 portolan probe --udp --ping 127.0.0.1
has "$T/err" "--udp or --ping, not both"
expect_rc 2 portolan probe --ping 127.0.0.1:1
has "$T/err" "a ping has no port"
expect_rc 2 portolan probe --service nonesuch 127.0.0.1:1
has "$T/err" 'there is no service "nonesuch"'
expect_rc 2 portolan probe --service tacacs 127.0.0.1:1
has "$T/err" "does not speak it"
expect_rc 2 portolan probe --like nmap 127.0.0.1:1
has "$T/err" "--like knows test-netconnection"
expect_rc 2 portolan probe --like test-netconnection --format json 127.0.0.1:1
expect_rc 2 portolan probe 127.0.0.1
has "$T/err" "which port of 127.0.0.1?"
