# Documents and command lines that nobody should write: what is said of them is safe on a terminal, and they cost
# no more than being refused. All that is tried is on loopback.
. "$SOURCE_DIR/tests/lib.sh"
escape=$(printf '\033')
mkdir "$T/catalog"

# product NAME REQUIREMENTS
product() {
	cat >"$T/catalog/$1.yaml" <<END
portolan: 1
product: $1
title: made to be tested
documents: {made: {title: made up}}
roles: {a: {title: A}, b: {title: B, many: true}, other: {title: O, many: true}}
requirements:
  $2
END
}
product proxied 'q: {from: a, to: b, needs: tcp/1, via: proxy, doc: {in: made}}'
product wide 'q: {from: a, to: b, needs: tcp/any, doc: {in: made}}'
product pair 'q: {from: a, to: b, needs: tcp/1, doc: {in: made}}
  r: {from: a, to: other, needs: tcp/1, doc: {in: made}}'

# --- a site -----------------------------------------------------------------------------------------

cat >"$T/login.yaml" <<END
portolan: 1
site: s
zones: {here: {networks: [127.0.0.0/8]}, there: {networks: [any]}}
hosts: {me: {addresses: [127.0.0.1]}, far: {addresses: [192.0.2.5]}}
devices:
  gate:
    interfaces: {in: {zone: here, addresses: [127.0.0.30]}}
    http_proxy: {listen: 1, credentials: "env:\\e[31mRED"}
uses: [{product: proxied, roles: {a: me, b: far}}]
END
expect_rc 1 portolan check "$T/login.yaml" --catalog "$T/catalog" --as me --no-history
has "$T/err" 'login env:\x1b[31mRED is not set'
has_not "$T/err" "$escape"
has_not "$T/out" "$escape"

{
	printf 'portolan: 1\nsite: s\nzones: {z: {networks: [127.0.0.0/8]}}\nhosts:\n  me: {addresses: [127.9.9.9]}\n'
	i=0
	while [ $i -lt 20 ]; do
		i=$((i + 1))
		printf '  h%d: {addresses: [127.1.1.%d]}\n' $i $i
	done
	printf 'uses:\n  - product: wide\n    roles:\n      a: me\n      b:\n'
	seq -f '        - h%g' 20
} >"$T/wide.yaml"
expect_rc 2 portolan check "$T/wide.yaml" --catalog "$T/catalog" --as me --no-history
has "$T/err" '1310700 checks start here, more than 1000000'

# --- a command line ---------------------------------------------------------------------------------

# words EXIT WORDS ...: of a check without a site. Names stay in tests/fuzz: here they would be asked for.
words() {
	want_rc=$1
	shift
	expect_rc "$want_rc" portolan check pair --catalog "$T/catalog" --format csv "$@"
}
words 1 b=127.0.0.2 other=127.0.0.3
words 1 b=127.0.0.2,127.0.0.3,::1 other=127.0.0.2
words 2 "b=${escape}[31m"
has_not "$T/err" "$escape"
words 2 b=127.0.0.2 --setting ''
has "$T/err" 'settings: "": expected NAME=VALUE'
words 2 b=127.0.0.2 --feature ''
has "$T/err" 'features: "": expected NAME'
words 2 b
has "$T/err" '"b": expected ROLE=HOST'
words 2 "b=$(printf '%0300d' 1)"
has "$T/err" 'expected a host name or an address'
exit 0
