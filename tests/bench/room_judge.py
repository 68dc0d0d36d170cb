#!/usr/bin/env python3
"""room_judge.py ours|nmap tcp|udp TRUTH FILE: what was said of each port of a room, beside what is there
(tests/bench/room-lib.sh). ours: JSON lines of portolan identify; nmap: its XML. A line of sums, and one for each port
that was not told right; status 1 where something is wrong or misleading.

    proved      the protocol that is there
    known       of who is no service: that it is none
    wrong       another protocol, or one of who has none
    misleading  a name out of a table of numbers, where it is not that, and nothing was seen of it
    unproved    the rest
"""
import collections
import json
import sys
import xml.etree.ElementTree

# nmap's names for what has another one here.
ALSO = {
    'ms-wbt-server': 'rdp', 'microsoft-ds': 'smb', 'netbios-ssn': 'smb netbios-session', 'kerberos-sec': 'kerberos', 'socks5': 'socks5',
    'domain': 'dns', 'rpcbind': 'rpcbind', 'nfs': 'nfs', 'oracle-tns': 'oracle-tns', 'ms-sql-s': 'mssql', 'mc-nmf': 'adws',
    'msrpc': 'epmap', 'X11': 'x11', 'mongod': 'mongodb', 'auth': 'ident', 'lotusnotes': 'nrpc', 'kpasswd5': 'kpasswd',
    'http-proxy': 'http-proxy http', 'ipp': 'ipp http', 'irc': 'irc', 'nntp': 'nntp', 'sip-proxy': 'sip', 'sip': 'sip',
    'kerberos-adm': 'kadmin', 'rdp': 'rdp', 'postgresql': 'postgresql', 'globalcatLDAP': 'gc ldap', 'ldap': 'ldap gc',
    'docker': 'docker', 'zabbix': 'zabbix-agent', 'nagios-nsca': '', 'snpp': '', 'bittorrent-tracker': '', 'etcd': 'etcd',
    'http': 'http docker etcd ipp', 'vnc-http': '', 'stun': 'stun', 'openvpn': 'openvpn', 'dcerpc': 'epmap', 'status': '',
}


def from_ours(path):
    with open(path, encoding='utf-8') as file:
        for record in map(json.loads, file):
            if record['record'] == 'outcome':
                yield record['target'], record['port'], record.get('proved'), None, \
                    ' '.join(str(record.get(key)) for key in ('state', 'how', 'evidence'))


def from_nmap(path):
    for host in xml.etree.ElementTree.parse(path).iter('host'):
        address = host.find('address').get('addr')
        for port in host.iter('port'):
            service = port.find('service')
            if service is None or port.find('state').get('state') != 'open':
                continue
            name, tunnel = service.get('name'), service.get('tunnel')
            names = set(ALSO.get(name, name).split())
            if tunnel == 'ssl':
                names = {n + 's' for n in names} | names | {'tls'}
            elif name in ('ssl', 'tls'):
                names = {'tls'}
            seen = service.get('method') == 'probed' and name != 'tcpwrapped'
            yield address, int(port.get('portid')), names if seen else None, names - {'tcpwrapped'}, \
                f'{name} {service.get("method")} {service.get("product")}'


def main():
    who, transport, truth, path = sys.argv[1:]
    said = {}
    for address, port, proved, guessed, words in (from_ours if who == 'ours' else from_nmap)(path):
        said[address, port] = ({proved} if isinstance(proved, str) else proved, guessed, words)
    sums = collections.Counter()
    with open(truth, encoding='utf-8') as file:
        rows = [line.split() for line in file if line.split()[1] == transport]
    for address, _, port, protocols, server in rows:
        there = set() if protocols[0] == '-' else set(protocols.split(','))
        proved, guessed, words = said.get((address, int(port)), (None, None, 'nothing was said'))
        if proved:
            verdict = 'proved' if proved & there else 'wrong'
        elif guessed and not guessed & there:
            verdict = 'misleading'
        elif there:
            verdict = 'unproved'
        else:
            verdict = 'known'
        sums[verdict] += 1
        if verdict not in ('proved', 'known'):
            print(f'  {verdict}: {server} at {address}:{port} ({protocols}): {words}')
    services = sum(row[3][0] != '-' for row in rows)
    with open(path + '.cost', encoding='utf-8') as file:
        seconds, kilobytes = file.read().split()
    print(f'{who} {transport}: {sums["proved"]} of {services} services proved, {sums["known"]} of {len(rows) - services} '
          f'others known, {sums["wrong"]} wrong, {sums["misleading"]} misleading, {sums["unproved"]} unproved; '
          f'{float(seconds):.2f} s, {int(kilobytes) / 1024:.1f} MB')
    return 1 if sums['wrong'] or sums['misleading'] else 0


if __name__ == '__main__':
    sys.exit(main())
