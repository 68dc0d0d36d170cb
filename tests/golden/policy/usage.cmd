s=examples/ftp/site.yaml
try() { portolan policy "$@" || echo "exit $?"; }
try derive
try derive $s --catalog catalog
try derive $s --catalog catalog --device f
try derive $s --catalog catalog --device F --format ipfw
try verify $s --device F
try
try collect here.bundle there.bundle
try collect --format jsonl
try derive $s --catalog catalog --device F --sidecar /nonexistent/F.json
sed 's/name: eth0/name: "et\\"h0"/' $s >"$HOME/bad.yaml"
try derive "$HOME/bad.yaml" --catalog catalog --device F 2>&1 | sed "s|$HOME|HOME|"
sed 's/filter: stateful/filter: unknown/' $s >"$HOME/unknown.yaml"
try derive "$HOME/unknown.yaml" --catalog catalog --device F
# Names that iptables would take for more than they are; nftables takes them as they are.
sed 's/name: eth0/name: eth+/; s/run_as: .*/run_as: 1-5/' $s >"$HOME/wide.yaml"
try derive "$HOME/wide.yaml" --catalog catalog --device F --format iptables 2>&1 | sed "s|$HOME|HOME|"
try derive "$HOME/wide.yaml" --catalog catalog --device F | grep -c '"eth+"'
try derive "$HOME/unknown.yaml" --catalog catalog --device F --format ip6tables
