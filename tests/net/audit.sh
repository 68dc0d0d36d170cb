# portolan audit with real servers: what is unsafe is told with its code, on the port where it is; what is joined with
# a site is what should be there and what should not.
# shellcheck disable=SC2317 # here is called by expect_rc
. "$SOURCE_DIR/tests/peers-lib.sh"
need_peers openssh-server postfix dovecot-imapd dovecot-pop3d rsync
export PORTOLAN_CATALOG="$SOURCE_DIR/catalog"

namespace audit
at=192.0.2.7
ip -n "$ns" address add $at/32 dev lo
peer sshd "$ns"
peer postfix "$ns"
peer dovecot "$ns"
peer rsyncd "$ns"
here() { ip netns exec "$ns" "$PORTOLAN" "$@"; }

# finds CODE PORT: one finding of that code, about that port.
finds() {
	python3 - "$1" "$2" "$T/out" <<'PYTHON' || fail "no finding $1 about port $2: $(cat "$T/out")"
import json, sys
code, port, path = sys.argv[1:]
found = [r for r in map(json.loads, open(path)) if r['record'] == 'finding' and r['code'] == code
         and r['subject'].endswith(':' + port)]
sys.exit(len(found) != 1)
PYTHON
}

expect_rc 1 here audit --format jsonl $at:22,25,110,143
finds starttls-missing 25
finds starttls-missing 143
finds login-before-tls 110
has_not "$T/out" 'ssh-'
has "$T/out" '"record":"summary","profile":"default","services":4,'

expect_rc 0 here audit $at:22
has "$T/out" 'Nothing was found against the 1 service (profile default).'
expect_rc 0 here audit --profile strict $at:22
has "$T/out" 'ssh-short-mac'

# What is safer, and answers on the same host though nobody named its port.
expect_rc 1 here audit --format jsonl $at:873
finds cleartext 873
has "$T/out" 'ssh answers on 22 of this host: move to it.'

# A site: mail is wanted on 25, a database where the secure shell answers; POP3 and IMAP nobody wants.
cat >"$T/thing.yaml" <<'YAML'
portolan: 1
product: thing
title: A thing
roles:
  client: {title: who uses it}
  server: {title: who is used}
requirements:
  mail:
    from: client
    to: server
    needs: tcp/25
    service: smtp
    why: mail is handed in
  data:
    from: client
    to: server
    needs: tcp/22
    service: mysql
    why: the data are there
  never:
    from: client
    to: server
    forbid: tcp/110
    why: mail is read under TLS
checklist:
  keys: {title: keys are changed every year, why: old keys are known}
YAML
cat >"$T/site.yaml" <<'YAML'
portolan: 1
site: here
zones:
  all: {networks: [192.0.2.0/24]}
hosts:
  a: {addresses: [192.0.2.7]}
  b: {addresses: [192.0.2.8]}
uses:
  - product: thing
    roles: {client: b, server: a}
    checklist: {keys: {owner: Ann, date: 2026-12-01}}
exemptions:
  - {code: starttls-missing, host: a, port: 25, reason: the last mile, until: 2099-01-01}
  - {code: login-before-tls, port: 143, reason: too late, until: 2020-01-01}
YAML
expect_rc 1 here audit --format jsonl --ports 110,143 --catalog "$T" "$T/site.yaml"
finds impostor 22
finds not-required 110
finds not-required 143
finds login-before-tls 143
has "$T/out" '"record":"exception","code":"starttls-missing","subject":"192.0.2.7:25",'
has "$T/out" '"reason":"the last mile","until":"2099-01-01"'
has "$T/out" '"code":"checklist-open","subject":"thing/keys",'
has "$T/out" 'owner: Ann, date: 2026-12-01'
has_not "$T/out" '"code":"not-required","subject":"192.0.2.7:25"'

has_not "$T/out" forbidden-open
expect_rc 1 here audit --format jsonl --ports 110,143 --as b --catalog "$T" "$T/site.yaml"
finds forbidden-open 110

# Each form is what it says it is.
for form in text csv markdown html jsonl json junit sarif; do
	expect_rc 1 here audit --ports 110,143 --catalog "$T" --format $form --output "$T/$form" "$T/site.yaml"
	[ -s "$T/$form" ] || fail "$form: nothing written"
done
python3 - "$T" <<'PYTHON' || fail "a form cannot be read"
import csv, json, sys, xml.dom.minidom
t = sys.argv[1]
rows = list(csv.reader(open(t + '/csv')))
assert len(rows) > 5 and all(len(r) == 6 for r in rows)
suite = xml.dom.minidom.parse(t + '/junit').getElementsByTagName('testsuite')[0]
cases = suite.getElementsByTagName('testcase')
assert int(suite.getAttribute('tests')) == len(cases)
run = json.load(open(t + '/sarif'))['runs'][0]
rules = [r['id'] for r in run['tool']['driver']['rules']]
assert len(rules) == len(set(rules)) and all(rules[r['ruleIndex']] == r['ruleId'] for r in run['results'])
assert len(run['results']) == len(rows) - 1
assert open(t + '/html').read().count('<li class="warn ') == len(rows) - 1
assert json.load(open(t + '/json'))['records'][-1]['record'] == 'summary'
PYTHON

expect_rc 2 here audit --active $at:22
expect_rc 2 here audit --profile lax $at:22
exit 0
