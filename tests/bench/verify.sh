#!/bin/sh
# verify.sh [ROUNDS]: what it takes to compare rulesets in meaning, and to pass one. Two lists of 10,000 rules, and
# of 100,000, read and shown equal; 10,000 against a site; and a TCP connection through the 10,000 flows that
# policy derive has written, next to one through no rules at all.
. "$SOURCE_DIR/tests/bench/lib.sh"
rounds=${1:-3}
need_pair

# rules KIND N: pairs of hosts and one port (1); prefixes within prefixes, ranges of ports, 30 in 100 deny (4)
cat >"$T/rules.py" <<'PY'
import random, sys
kind, n = int(sys.argv[1]), int(sys.argv[2])
random.seed(kind)
def host():
    return f'10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(1, 255)}/32'
def nested():
    bits = random.choice([16, 20, 24, 28, 32])
    a = 10 << 24 | random.randrange(20) << 16 | random.getrandbits(16) & 0x3333
    a = a >> 32 - bits << 32 - bits
    return f'{a >> 24}.{a >> 16 & 255}.{a >> 8 & 255}.{a & 255}/{bits}'
print('*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]')
for _ in range(n):
    low, proto = random.randrange(1, 65536), random.choice(['tcp', 'tcp', 'tcp', 'udp'])
    if kind == 1:
        print(f'-A FORWARD -s {host()} -d {host()} -p {proto} -m {proto} --dport {low} -j ACCEPT')
    else:
        high = min(65535, low + random.randrange(random.choice([1, 1, 1, 100, 1024, 65536])))
        verdict = 'DROP' if random.random() < .3 else 'ACCEPT'
        print(f'-A FORWARD -s {nested()} -d {nested()} -p {proto} -m {proto} --dport {low}:{high} -j {verdict}')
print('COMMIT')
PY
python3 "$SOURCE_DIR/tests/bench/policy-site.py" 20 "$T/small" || die "no site"
for kind in 1 4; do
	for n in 10000 100000; do
		rules=$T/rules.$kind.$n
		python3 "$T/rules.py" $kind $n >"$rules" || die "no rules"
		sed 5000d "$rules" >"$rules.less"
		measure "equal-$kind-$n" "$rounds" "$(tool portolan "$PORTOLAN policy diff $rules $rules")
"
		measure "one-less-$kind-$n" "$rounds" "$(tool portolan \
			"$PORTOLAN policy diff $rules $rules.less")
"
		measure "verify-$kind-$n" "$rounds" "$(tool portolan \
			"$PORTOLAN policy verify $T/small/site.yaml --catalog $T/small/catalog --device fw1 --ruleset $rules")
"
		if [ $n = 10000 ]; then
			limit "equal-$kind-$n" portolan 0.2
		else
			limit "equal-$kind-$n" portolan 3
			limit "verify-$kind-$n" portolan 3
		fi
	done
done

# --- through the rules ------------------------------------------------------------------------------------
python3 "$SOURCE_DIR/tests/bench/policy-site.py" 100 "$T" || die "no site"
"$PORTOLAN" policy derive "$T/site.yaml" --catalog "$T/catalog" --device fw1 >"$T/fw1.nft" || die "no policy"
cat >"$T/latency.py" <<'PY'
"""latency.py RULES ROUNDS: the median time of a connection from one namespace to the next, without rules and with
these, in turns; the flow is one of theirs."""
import re, socket, statistics, subprocess, sys, threading, time
rules, rounds = sys.argv[1], int(sys.argv[2])
text = open(rules).read()
element = re.search(r'(10\.\S+) \. (10\.\S+) \. (\d+) comment', text)
src, dst, port = element.group(1), element.group(2), int(element.group(3))
sides = re.search(r'iifname "(\S+)" oifname "(\S+)" .*@p_forward_1', text)
def run(*words):
    subprocess.run(words, check=True)
me = f'lat{time.time_ns() % 1000000}'
names = [f'{me}c', f'{me}f', f'{me}s']
try:
    for n in names:
        run('ip', 'netns', 'add', n)
        run('ip', '-n', n, 'link', 'set', 'lo', 'up')
    for end, side, addr, net in ((0, sides.group(1), src, '192.0.2.1/31'), (2, sides.group(2), dst, '192.0.2.3/31')):
        gate = f'192.0.2.{2 if end else 0}'
        run('ip', '-n', names[end], 'link', 'add', 'up0', 'type', 'veth', 'peer', 'name', side, 'netns', names[1])
        for n, link, a in ((names[end], 'up0', net), (names[1], side, gate + '/31')):
            run('ip', '-n', n, 'address', 'add', a, 'dev', link)
            run('ip', '-n', n, 'link', 'set', link, 'up')
        run('ip', '-n', names[end], 'address', 'add', addr + '/32', 'dev', 'lo')
        run('ip', '-n', names[end], 'route', 'add', 'default', 'via', gate, 'src', addr)
        run('ip', '-n', names[1], 'route', 'add', addr, 'via', net.split('/')[0])
    run('ip', 'netns', 'exec', names[1], 'sysctl', '-qw', 'net.ipv4.ip_forward=1')
    server = subprocess.Popen(['ip', 'netns', 'exec', names[2], sys.executable, '-c', f'''
import socket
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("{dst}", {port})); s.listen(512)
print("ready", flush=True)
while True:
    s.accept()[0].close()
'''], stdout=subprocess.PIPE)
    server.stdout.readline()
    client = f'''
import socket, statistics, time
took = []
for _ in range(3000):
    s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\\\\1\\\\0\\\\0\\\\0\\\\0\\\\0\\\\0\\\\0"); s.bind(("{src}", 0))
    t = time.perf_counter(); s.connect(("{dst}", {port})); took.append(time.perf_counter() - t); s.close()
print(statistics.median(took) * 1e6)
'''
    best = {}
    for _ in range(rounds):
        for what in ('none', 'rules'):
            run('ip', 'netns', 'exec', names[1], 'nft', 'flush', 'ruleset')
            if what == 'rules':
                run('ip', 'netns', 'exec', names[1], 'nft', '-f', rules)
            out = subprocess.run(['ip', 'netns', 'exec', names[0], sys.executable, '-c', client], check=True,
                                 capture_output=True, text=True).stdout
            best[what] = min(best.get(what, 1e9), float(out))
    print(f'connect: {best["rules"]:.1f} us through 10,000 flows, {best["none"]:.1f} us through none: '
          f'{best["rules"] / best["none"]:.2f}, goal 1.10')
finally:
    if 'server' in globals():
        server.kill()
    for n in names:
        subprocess.run(['ip', 'netns', 'del', n], stderr=subprocess.DEVNULL)
PY
python3 "$T/latency.py" "$T/fw1.nft" "$rounds" || fail "no latency"
exit 0
