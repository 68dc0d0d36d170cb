# SPDX-License-Identifier: ISC
"""A Linux box rebuilt from its bundle in a network namespace: interfaces, addresses, routes, rules, sysctls, sets
and rulesets. Every interface but lo is a veth of that name, whose far end, of the same name, is in a second
namespace. Both go away with this process."""
import ctypes
import json
import os
import shutil
import subprocess
import sys

from bundle import PARTS, BadInput

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
TABLES = {'local': 255, 'main': 254, 'default': 253}
# What a fresh kernel has, not what this machine has: IPv4's are inherited otherwise.
DEFAULTS = '''net.ipv4.ip_forward = 0
net.ipv4.conf.all.rp_filter = 0
net.ipv4.conf.default.rp_filter = 0
net.ipv4.conf.all.route_localnet = 0
net.ipv4.conf.default.route_localnet = 0
net.ipv4.conf.all.accept_local = 0
net.ipv4.conf.default.accept_local = 0
net.ipv6.conf.all.forwarding = 0
'''
# The box says only what a packet makes it say, as often as it is asked, and learns nothing from packets. A
# redirect counts against the errors that routing may still send to that address.
QUIET = '''net.ipv4.icmp_ratelimit = 0
net.ipv4.icmp_ratemask = 0
net.ipv6.icmp.ratelimit = 0
net.ipv6.icmp.ratemask =
net.ipv4.conf.all.send_redirects = 0
net.ipv4.conf.default.send_redirects = 0
net.ipv4.conf.all.accept_redirects = 0
net.ipv4.conf.default.accept_redirects = 0
net.ipv6.conf.all.accept_redirects = 0
net.ipv6.conf.default.accept_redirects = 0
net.ipv6.conf.default.accept_ra = 0
net.ipv6.conf.default.addr_gen_mode = 1
net.ipv6.conf.default.dad_transmits = 0
net.ipv6.conf.default.router_solicitations = 0
'''


def warn(text):
    print('oracle:', text, file=sys.stderr)


def call(function, *arguments):
    if function(*arguments):
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def new_namespace():
    """This process moves into a fresh one; returns its descriptor."""
    call(LIBC.unshare, CLONE_NEWNET)
    return os.open('/proc/self/ns/net', os.O_RDONLY | os.O_CLOEXEC)


def enter(namespace):
    call(LIBC.setns, namespace, CLONE_NEWNET)


def run(what, arguments, text):
    """A command fed with text; `what` is told where it fails."""
    path = shutil.which(arguments[0], path=os.environ.get('PATH', '') + ':/usr/sbin:/sbin')
    if not path:
        raise BadInput(f'{what}: no {arguments[0]} here')
    done = subprocess.run([path] + arguments[1:], input=text, text=True, capture_output=True, check=False)
    if done.returncode:
        raise BadInput(f'{what}: {" ".join(arguments)}: {done.stderr.strip()[:2000]}')


def ip(what, lines, family='-4'):
    if lines:
        run(what, ['ip', family, '-batch', '-'], '\n'.join(lines) + '\n')


# --- interfaces and addresses --------------------------------------------------------------------------

def link_lines(link, far):
    name = link['ifname']
    if link.get('linkinfo', {}).get('info_kind') == 'vrf':
        raise BadInput(f'{name}: a VRF cannot be rebuilt')
    lines = ['link set lo up']
    if name != 'lo':
        mac = link.get('address', '')
        hardware = f'address {mac} ' if link.get('link_type') == 'ether' and mac.count(':') == 5 else ''
        # No neighbour is asked for: none would answer.
        lines = [f'link add name {name} {hardware}type veth peer name {name} netns /proc/{os.getpid()}/fd/{far}',
                 f'link set {name} arp off']
    if str(link.get('group', 'default')) != 'default':
        lines.append(f'link set {name} group {link["group"]}')
    if 'mtu' in link and name != 'lo':
        lines.append(f'link set {name} mtu {min(link["mtu"], 65535)}')
    return lines


def address_line(name, address, routes_follow):
    local = address['local']
    peer = f' peer {address["address"]}' if 'address' in address else ''
    line = f'address replace {local}{peer}/{address["prefixlen"]} dev {name}'
    if 'broadcast' in address:
        line += f' broadcast {address["broadcast"]}'
    if 'scope' in address and not address.get('family') == 'inet6':
        line += f' scope {address["scope"]}'
    if ':' in local:
        line += ' nodad'
    return line + (' noprefixroute' if routes_follow and name != 'lo' else '')


def build_links(bundle, box, far):
    links = bundle.links()
    lines = [line for link in links for line in link_lines(link, far)]
    ip('interfaces', lines)
    up = [f'link set {link["ifname"]} up' for link in links
          if link['ifname'] != 'lo' and 'UP' in link.get('flags', ['UP'])]
    enter(far)
    write_sysctls('net.ipv6.conf.all.disable_ipv6 = 1')
    ip('far ends', [f'link set {link["ifname"]} up arp off' for link in links if link['ifname'] != 'lo'])
    enter(box)
    ip('interfaces', up)


def build_addresses(bundle):
    for family, part in (('-4', 'route4'), ('-6', 'route6')):
        lines = [address_line(name, address, bundle.has(part)) for name, address in bundle.addresses()
                 if (':' in address['local']) == (family == '-6')]
        ip(PARTS['address'], lines, family)


# --- routes and rules ------------------------------------------------------------------------------------

def table_number(name):
    """Names that only the box knows get numbers of ours, out of the way of what people choose."""
    if str(name).isdigit():
        return int(name)
    return TABLES.setdefault(name, 0x40000000 + len(TABLES))


def hop_words(hop):
    words = []
    if 'via' in hop:
        words += ['via', hop['via']['family'], hop['via']['host']]
    elif 'gateway' in hop:
        words += ['via', hop['gateway']]
    if 'dev' in hop:
        words += ['dev', hop['dev']]
    if 'weight' in hop:
        words += ['weight', str(hop['weight'])]
    # Whether the next hop is reachable was decided there.
    return words + (['onlink'] if 'dev' in hop and len(words) > 2 else [])


def route_line(route):
    kind = route.get('type', 'unicast')
    words = ['route append', kind, str(route['dst'])]
    for key, word in (('from', 'from'), ('tos', 'tos'), ('prefsrc', 'src'), ('metric', 'metric'), ('scope', 'scope')):
        if key in route and not (key == 'scope' and ':' in str(route['dst'])):
            words += [word, str(route[key])]
    words += ['table', str(table_number(route.get('table', 'main')))]
    if kind in ('unicast', 'local', 'broadcast', 'multicast', 'anycast'):
        words += [] if 'nexthops' in route else hop_words(route)
    for hop in route.get('nexthops', []):
        words += ['nexthop'] + hop_words(hop)
    return ' '.join(words)


def is_kernels_own(route):
    """What comes with the addresses, and the ends of IPv6's tables."""
    return (route.get('table') == 'local' and route.get('protocol', 'kernel') == 'kernel'
            or route.get('metric') == 0xffffffff)


def build_routes(bundle):
    for family, part in (('-4', 'route4'), ('-6', 'route6')):
        routes = [r for r in bundle.json(part) if not is_kernels_own(r)]
        for route in routes:
            if 'encap' in route or any('encap' in hop for hop in route.get('nexthops', [])):
                raise BadInput(f'{PARTS[part]}: {route["dst"]}: an encapsulating route cannot be rebuilt')
        # `ip route` shows the unreachable with dev lo in IPv6, and on lo there is nothing else to route to.
        routes.sort(key=lambda r: 'gateway' in r or 'via' in r or 'nexthops' in r)
        ip(PARTS[part], [route_line(r) for r in routes], family)


def rule_words(rule):
    words = ['rule add', 'priority', str(rule['priority'])]
    if 'not' in rule:
        words.append('not')
    for key, word in (('src', 'from'), ('dst', 'to')):
        if key in rule:
            length = f'/{rule[key + "len"]}' if key + 'len' in rule else ''
            words += [word, rule[key] + length]
    if 'fwmark' in rule:
        words += ['fwmark', rule['fwmark'] + (f'/{rule["fwmask"]}' if 'fwmask' in rule else '')]
    for key, word in (('iif', 'iif'), ('oif', 'oif'), ('tos', 'tos'), ('ipproto', 'ipproto'),
                      ('suppress_prefixlen', 'suppress_prefixlength'), ('suppress_ifgroup', 'suppress_ifgroup')):
        if key in rule:
            words += [word, str(rule[key])]
    for key, word in (('uid', 'uidrange'), ('sport', 'sport'), ('dport', 'dport')):
        if key + '_start' in rule:
            words += [word, f'{rule[key + "_start"]}-{rule[key + "_end"]}']
        elif key in rule:
            words += [word, str(rule[key])]
    return words


def rule_line(rule):
    words = rule_words(rule)
    if 'l3mdev' in rule:
        raise BadInput(f'rule {rule["priority"]}: l3mdev: a VRF cannot be rebuilt')
    if 'table' in rule:
        words += ['table', str(table_number(rule['table']))]
    elif 'goto' in rule:
        words += ['goto', str(rule['goto'])]
    elif 'action' in rule:
        words += ['type', rule['action']] if rule['action'] != 'nop' else ['nop']
    return ' '.join(words)


def build_rules(bundle):
    for family, part in (('-4', 'rule4'), ('-6', 'rule6')):
        if not bundle.has(part):
            continue
        fresh = [0, 32766, 32767] if family == '-4' else [0, 32766]
        rules = sorted(bundle.json(part), key=lambda r: 'goto' in r)
        # Both at once would be the same rule twice, so the old ones go first.
        ip(PARTS[part], [f'rule delete priority {p}' for p in fresh] + [rule_line(r) for r in rules], family)


# --- sysctls ----------------------------------------------------------------------------------------------

def sysctl_order(key):
    """What sets many others comes before these."""
    return 0 if key == 'net.ipv4.ip_forward' else 1 if '.all.' in key else 2 if '.default.' in key else 3


def write_sysctls(text):
    rows = [line.partition('=') for line in text.splitlines() if line.strip()]
    settings = {key.strip(): value.strip() for key, _, value in rows}
    for key in sorted(settings, key=sysctl_order):
        # An interface's dot is written as a slash, and the other way round.
        path = '/proc/sys/' + key.translate(str.maketrans('./', '/.'))
        try:
            with open(path, 'w', encoding='utf-8') as f:
                f.write(settings[key] + '\n')
        except FileNotFoundError:
            warn(f'{key} = {settings[key]}: this kernel has no such setting, or the box has no such interface')
        except OSError as e:
            raise BadInput(f'{key} = {settings[key]}: {e.strerror}') from None


# --- rulesets ------------------------------------------------------------------------------------------------

def saved_tables(bundle):
    """(family, table) of what iptables-nft and its like hold: restored by them."""
    for part, family in (('iptables-nft', 'ip'), ('ip6tables-nft', 'ip6'), ('ebtables-nft', 'bridge')):
        for line in bundle.text(part).splitlines():
            if line.startswith('*'):
                yield family, line[1:].strip()


def without(item, key):
    """A copy of JSON in which no list holds an object with that key; no object has a handle."""
    if isinstance(item, list):
        return [without(i, key) for i in item if not (isinstance(i, dict) and key in i)]
    if isinstance(item, dict):
        return {k: without(v, key) for k, v in item.items() if k != 'handle'}
    return item


def holds(item, key):
    if isinstance(item, dict):
        return key in item or any(holds(v, key) for v in item.values())
    return isinstance(item, list) and any(holds(i, key) for i in item)


def owner(body):
    return body.get('family'), body.get('table', body.get('name'))


# What must be there before what.
ORDER = ('table', 'chain', 'set', 'map', 'element', 'rule')


def native_nft(bundle):
    """The commands for the tables that are nft's own."""
    commands = [c for c in bundle.json('nft').get('nftables', []) if 'metainfo' not in c]
    theirs = set(saved_tables(bundle))
    for command in commands:
        (kind, body), = command.items()
        if kind == 'rule' and holds(body, 'xt') and owner(body) not in theirs:
            raise BadInput(f'table {body["family"]} {body["table"]} is of iptables-nft, whose save was not collected')
        if kind == 'chain' and body.get('hook') == 'egress':
            warn(f'chain {body["name"]}: what is dropped at egress is not seen')
    mine = [c for c in commands if owner(next(iter(c.values()))) not in theirs]
    for command in mine:
        # As nft 1.0.6 prints it, it does not read it.
        if ' . ' in command.get('map', {}).get('map', ''):
            command['map']['map'] = command['map']['map'].split(' . ')
    lost = {owner(c['chain']) for c in mine if c.get('chain', {}).get('hook') in ('ingress', 'egress')
            and 'dev' not in c['chain']}
    for name in sorted(lost):
        warn(f'table {" ".join(name)} is left out: nft did not print the device of its chain')
    mine = [c for c in mine if owner(next(iter(c.values()))) not in lost]
    if any('flowtable' in c for c in mine):
        warn('flowtables are left out: the first packet of a connection takes no part in them')
        mine = without([c for c in mine if 'flowtable' not in c], 'flow')
    rank = {kind: n for n, kind in enumerate(ORDER)}
    # Counters, limits and helpers stand between chains and sets.
    return without(sorted(mine, key=lambda c: rank.get(next(iter(c)), 1.5)), None)


def load_nft(bundle):
    text = bundle.text('nft')
    if not text.strip():
        return
    if not text.lstrip().startswith('{'):
        run('nft', ['nft', '-f', '-'], text)
        return
    commands = native_nft(bundle)
    if commands:
        run(PARTS['nft'], ['nft', '-j', '-f', '-'], json.dumps({'nftables': commands}))


def load_rulesets(bundle):
    if bundle.text('ipset').strip():
        run(PARTS['ipset'], ['ipset', 'restore'], bundle.text('ipset'))
    for part in ('iptables-legacy', 'ip6tables-legacy', 'iptables-nft', 'ip6tables-nft'):
        if '*' in bundle.text(part):
            run(PARTS[part], [part + '-restore'], bundle.text(part))
    load_nft(bundle)
    if '-A' in bundle.text('ebtables-nft'):
        warn('the rules of ebtables are left out: no bridge is rebuilt')


def build(bundle):
    """Returns the descriptors of the box's namespace, in which this process then is, and of the far one."""
    far = new_namespace()
    box = new_namespace()
    write_sysctls(DEFAULTS + QUIET)
    devices, others = [], []
    for line in bundle.text('sysctl').splitlines():
        (devices if '.conf.' in line and '.all.' not in line and '.default.' not in line else others).append(line)
    write_sysctls('\n'.join(others))
    build_links(bundle, box, far)
    write_sysctls('\n'.join(devices))
    build_addresses(bundle)
    build_routes(bundle)
    build_rules(bundle)
    load_rulesets(bundle)
    return box, far
