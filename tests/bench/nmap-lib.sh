# Sourced by the benches that run nmap beside us, as installed or as tools/peers unpacked it; $PEERS is set.
# tool NAME COMMAND: a line of a list of tools.
tool() { printf '%s\t%s\n' "$1" "$2"; }
# tool_nmap ARGUMENTS: the same for nmap, as installed or as tools/peers unpacked it; nothing where it is not.
tool_nmap() {
	if command -v nmap >/dev/null; then
		tool nmap "nmap $1"
	elif [ -x "$PEERS/root/usr/bin/nmap" ]; then
		tool nmap "env NMAPDIR=$PEERS/root/usr/share/nmap \
LD_LIBRARY_PATH=$(dirname "$(find "$PEERS/root/usr/lib" -name 'libpcap.so.*' | head -n 1)") \
$PEERS/root/usr/bin/nmap $1"
	else
		echo "nmap is not there: run tools/peers nmap" >&2
	fi
}
