# The part that differs from script to script; the rest is src/report/script.sh.
set -e
portolan check examples/stanford/site.yaml --catalog catalog --script sh --from guest-pc |
	sed '1d; s/^# Written .*/# Written WHEN by WHAT/; /^# --- How/,$d'
