# The part that differs from script to script; the rest is src/report/script.ps1.
set -e
portolan check examples/stanford/site.yaml --catalog catalog --script powershell --from guest-pc |
	sed "s/^# Written .*/# Written WHEN by WHAT/; s/'[0-9a-f]\{18,\}'/'BYTES'/; /^# --- How/,\$d"
