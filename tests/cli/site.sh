. "$SOURCE_DIR/tests/lib.sh"
# portolan site new: options, placeholders, the file, and the questions on a terminal.
export PORTOLAN_CATALOG="$SOURCE_DIR/catalog"
site_new() { portolan site new "$@" </dev/null; }

# Nothing is known: comments that say what to fill in, and no question without a terminal.
expect_rc 0 site_new passwordstate
has "$T/out" "# web: web1"
has "$T/out" "fill in: Passwordstate web server; listens on tcp/443"
has_not "$T/out" "gateway"

# A feature brings what it needs.
expect_rc 0 site_new passwordstate --feature browser_launcher --choice selfdestruct=push_pull
has "$T/out" "features: [browser_launcher]"
has "$T/out" "# gateway: gateway1"
has "$T/out" "selfdestruct: push_pull"

# Several products, and mistakes in one go.
expect_rc 0 site_new ftp domino --role domino=d1:10.1.0.22 --zone inside=10.1.0.0/16
has "$T/out" "product: ftp"
has "$T/out" "domino: d1"
expect_rc 2 site_new passwordstate --role wbe=w:10.1.0.1 --feature emial
has "$T/err" "did you mean \"web\"?"
has "$T/err" "did you mean \"email\"?"
[ ! -s "$T/out" ] || fail "something was written"
expect_rc 2 site_new passwordstate --zone a=10.0.0.0/8 --zone b=10.0.0.0/8
has "$T/err" "both have 10.0.0.0/8"

# The file is never overwritten without being told.
expect_rc 0 site_new ftp --output "$T/site.yaml"
cp "$T/site.yaml" "$T/before"
expect_rc 2 site_new passwordstate --output "$T/site.yaml"
same "$T/before" "$T/site.yaml"
expect_rc 0 site_new passwordstate --output "$T/site.yaml" --force
has "$T/site.yaml" "product: passwordstate"
expect_rc 3 site_new ftp --output "$T/no/such/folder/site.yaml"
expect_rc 2 site_new no-such-product
expect_rc 2 portolan site old ftp

# On a terminal it asks: features first, then choices, the zone, roles and settings.
if command -v script >/dev/null; then
	printf '%s\n' 'emial' 'email' '' '' 10.1.0.0/16 'zone inside' 'web1' web1:10.1.0.10 sql1:10.1.0.20 \
		'' 8443 '' '' >"$T/answers"
	script -qec "\"$PORTOLAN\" site new passwordstate --output \"$T/asked.yaml\"" /dev/null \
		<"$T/answers" >"$T/dialogue" 2>&1 || fail "script: exit $?"
	has "$T/dialogue" "there is no feature \"emial\""
	has "$T/dialogue" "the host \"web1\" has no address"
	has "$T/asked.yaml" "features: [email]"
	has "$T/asked.yaml" "inside: {networks: [10.1.0.0/16]}"
	has "$T/asked.yaml" "browser: zone inside"
	has "$T/asked.yaml" "web1: {addresses: [10.1.0.10]}"
	has "$T/asked.yaml" "# mail: mail1"
	has "$T/asked.yaml" " web_port: 8443"
fi
