# Which modes let in least: told for the site, derived for a device; what the site says itself stays.
s=tests/golden/policy/ftp-least/site.yaml
least() { portolan policy derive --catalog catalog --least-exposure "$@" || echo "exit $?"; }
least $s
least $s --device N | grep -A2 least-exposure
least $s --format jsonl
least $s --format html
portolan policy derive --catalog catalog $s --device N | grep -A2 exposure | grep '^#'
least examples/ftp/site.yaml
# Clients that are known to use one mode leave nothing else open for them.
sed 's/^  - product: ftp/&\n    modes: {data: passive}/' $s >"$HOME/passive.yaml"
least "$HOME/passive.yaml"
# One that is tried after the other is what the site says, too.
sed 's/server: either/server: passive-then-active/' $s >"$HOME/said.yaml"
least "$HOME/said.yaml" | head -1
