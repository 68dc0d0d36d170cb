# fwbuilder: its compiler's script of the package's own template of a firewall with three legs, with this box's
# addresses, and rules of other kinds put before the template's own: negations, groups, ranges, flags, tags,
# a port's translation, a redirection and a balanced target.
. "$(dirname "$0")/lib.sh"
need fwbuilder iptables
lay_over
router

cat >/tmp/make.py <<'X'
import re
import sys
text = open('/usr/share/fwbuilder-5.3.7/templates.xml').read()
text = text.replace('192.168.1.', '10.1.0.').replace('192.168.2.', '10.2.0.')
ANY = {'Src': 'sysid0', 'Dst': 'sysid0', 'Srv': 'sysid1', 'Itf': 'sysid0', 'When': 'sysid2'}
INSIDE, DMZ, SERVER, MAIL = 'id3DC75CE7-1', 'id3DC75CE7-2', 'id3D84EECE', 'id3D84EECF'
FIREWALL, ETH0, ETH1, ETH2 = 'id40986AFE', 'id40986B45', 'id40986B52', 'id40986B67'
KINDS = {'Srv': 'ServiceRef', 'OSrv': 'ServiceRef', 'TSrv': 'ServiceRef', 'When': 'IntervalRef'}
objects = '''<AddressRange id="own-range" name="few" comment="" ro="False" start_address="198.51.100.10" end_address="198.51.100.77"/>
<AddressRange id="own-balanced" name="balanced" comment="" ro="False" start_address="10.2.0.50" end_address="10.2.0.53"/>'''
services = '''<TCPService id="own-tcp" ack_flag="False" ack_flag_mask="False" fin_flag="False" fin_flag_mask="False" rst_flag="False" rst_flag_mask="False" syn_flag="False" syn_flag_mask="False" urg_flag="False" urg_flag_mask="False" psh_flag="False" psh_flag_mask="False" established="False" name="high" comment="" ro="False" src_range_start="1024" src_range_end="65535" dst_range_start="8000" dst_range_end="8089"/>
<TCPService id="own-odd" ack_flag="False" ack_flag_mask="True" fin_flag="True" fin_flag_mask="True" rst_flag="False" rst_flag_mask="True" syn_flag="True" syn_flag_mask="True" urg_flag="False" urg_flag_mask="False" psh_flag="False" psh_flag_mask="False" established="False" name="odd" comment="" ro="False" src_range_start="0" src_range_end="0" dst_range_start="0" dst_range_end="0"/>
<TCPService id="own-web" ack_flag="False" ack_flag_mask="False" fin_flag="False" fin_flag_mask="False" rst_flag="False" rst_flag_mask="False" syn_flag="False" syn_flag_mask="False" urg_flag="False" urg_flag_mask="False" psh_flag="False" psh_flag_mask="False" established="False" name="web" comment="" ro="False" src_range_start="0" src_range_end="0" dst_range_start="80" dst_range_end="80"/>
<TCPService id="own-proxy" ack_flag="False" ack_flag_mask="False" fin_flag="False" fin_flag_mask="False" rst_flag="False" rst_flag_mask="False" syn_flag="False" syn_flag_mask="False" urg_flag="False" urg_flag_mask="False" psh_flag="False" psh_flag_mask="False" established="False" name="proxy" comment="" ro="False" src_range_start="0" src_range_end="0" dst_range_start="3128" dst_range_end="3128"/>
<UDPService id="own-udp" name="game" comment="" ro="False" src_range_start="0" src_range_end="0" dst_range_start="27015" dst_range_end="27030"/>
<IPService id="own-gre" fragm="False" lsrr="False" protocol_num="47" rr="False" short_fragm="False" ssrr="False" ts="False" name="gre" comment="" ro="False"/>
<IPService id="own-dscp" fragm="False" lsrr="False" protocol_num="0" rr="False" short_fragm="False" ssrr="False" ts="False" dscp="0x2e" name="voice" comment="" ro="False"/>
<ICMPService id="own-stamp" code="-1" type="13" name="stamp" comment="" ro="False"/>'''
count = 0


def part(name, value):
    neg, ids = (True, value[1:]) if value and value[0] == 'not' else (False, value)
    kind = KINDS.get(name, 'ObjectRef')
    refs = ''.join(f'<{kind} ref="{i}"/>' for i in ids)
    return f'<{name} neg="{neg}">{refs}</{name}>'


def rule(action, direction='Both', options='', **parts):
    global count
    count += 1
    body = ''.join(part(n, parts.get(n, [ANY[n]])) for n in ('Src', 'Dst', 'Srv', 'Itf', 'When'))
    return (f'<PolicyRule id="own-{count}" disabled="False" log="False" position="{count}" action="{action}" '
            f'direction="{direction}" comment="">{body}<PolicyRuleOptions>{options}</PolicyRuleOptions></PolicyRule>')


def nat(**parts):
    global count
    count += 1
    any_of = lambda n: 'sysid1' if n.endswith('Srv') else 'sysid0'
    names = ('OSrc', 'ODst', 'OSrv', 'TSrc', 'TDst', 'TSrv', 'ItfInb', 'ItfOutb')
    body = ''.join(part(n, parts.get(n, [any_of(n)])) for n in names)
    return (f'<NATRule id="own-{count}" disabled="False" position="{count}" action="Translate" comment="">'
            f'{body}<NATRuleOptions/></NATRule>')


option = lambda name, value: f'<Option name="{name}">{value}</Option>'
rules = [
    rule('Deny', 'Inbound', Srv=['own-odd'], Itf=[ETH0]),
    rule('Accept', Src=['not', INSIDE, DMZ], Dst=[MAIL], Srv=['own-tcp', 'own-udp']),
    rule('Accept', Src=['own-range'], Dst=[FIREWALL], Srv=['own-udp', 'tcp-SSH', 'own-gre', 'icmp-ping_request', 'own-stamp']),
    rule('Reject', 'Outbound', option('action_on_reject', 'ICMP admin prohibited'), Src=[INSIDE], Dst=['not', DMZ], Srv=['tcp-SMTP'], Itf=[ETH0]),
    rule('Accept', Src=[SERVER, MAIL], Dst=['id3DC75CE8'], Srv=['not', 'own-web', 'own-proxy']),
    rule('Deny', Src=[SERVER], Srv=['own-dscp']),
    rule('Accept', options=option('limit_value', '10') + option('limit_suffix', '/minute'), Dst=[ETH1], Srv=['own-proxy']),
    rule('Continue', options=option('tagging', 'True') + option('tagobject_id', 'own-tag'), Src=[DMZ], Srv=['own-web']),
    rule('Accept', Srv=['own-tag']),
    rule('Accept', options=option('connlimit_value', '5') + option('stateless', 'True'), Src=[DMZ], Dst=[ETH0], Srv=['own-tcp']),
]
nats = [
    nat(ODst=[ETH0], OSrv=['own-tcp'], TDst=['own-balanced']),
    nat(ODst=[ETH0], OSrv=['own-web'], TDst=[MAIL], TSrv=['own-proxy']),
    nat(OSrc=[INSIDE], OSrv=['own-web'], TDst=[FIREWALL], TSrv=['own-proxy']),
    nat(OSrc=[DMZ], OSrv=['own-udp'], TSrc=['own-range']),
]
tag = '<TagService id="own-tag" tagcode="17" name="tag" comment="" ro="False"/>'
at = text.index('<Firewall id="id40986AFE"')
head, body = text[:at], text[at:].replace('version=""', 'version="1.4.20"', 1)
ranges = re.search('<AddressRange ', head).start()
head = head[:ranges] + objects + head[ranges:]
custom = re.search('<(TCPService) ', head).start()
head = head[:custom] + services + head[custom:]
tags = head.rindex('<ServiceGroup id="stdid10"')
head = head[:tags] + tag + head[tags:]
body = re.sub(r'(<NAT id="id40986B03"[^>]*>)', lambda m: m[1] + ''.join(nats), body, count=1)
body = re.sub(r'(<Policy id="id40986B12"[^>]*>)', lambda m: m[1] + ''.join(rules), body, count=1)
sys.stdout.write(head + body)
X
python3 /tmp/make.py >/tmp/box.fwb
cd /tmp || exit
fwb_ipt -f /tmp/box.fwb -4 "fw template 3" || [ -s "/tmp/fw template 3.fw" ]
sh "/tmp/fw template 3.fw" start
bundle
