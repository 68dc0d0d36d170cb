#!/bin/sh
# SPDX-License-Identifier: ISC
# bundle.sh: what decides about packets in this network namespace, as a bundle, to standard output.
# Nothing is changed, and no kernel module is loaded by the asking. Needs root.
set -u
export LC_ALL=C
tab=$(printf '\t')
out=$(mktemp) || exit 1
err=$(mktemp) || exit 1
trap 'rm -f "$out" "$err"' EXIT

# section NAME COMMAND ...: the command's answer, a tab before each line, under the heading "$ NAME"; its
# exit status and what it complained of where it failed.
section() {
	printf '$ %s\n' "$1"
	shift
	"$@" >"$out" 2>"$err" </dev/null
	rc=$?
	[ $rc = 0 ] || {
		printf '? %d\n' $rc
		cp "$err" "$out"
	}
	sed "s/^/$tab/" "$out"
}
ask() { section "$*" "$@"; }

deciding_keys() {
	sysctl -ae 2>/dev/null | grep -E '^net\.(ipv4\.ip_forward|ipv4\.conf\..*\.(forwarding|rp_filter|route_localnet|accept_local)|ipv6\.conf\..*\.(forwarding|disable_ipv6)|netfilter\.nf_conntrack_(helper|tcp_loose|tcp_be_liberal)|bridge\.bridge-nf-call-ip6?tables) '
}

printf 'portolan bundle 1\nhost %s\ntime %s\n' "$(uname -n)" "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
ask uname -r
ask nft --version
ask nft -j list ruleset
ask iptables-nft-save -c
ask ip6tables-nft-save -c
ask ebtables-nft-save
[ ! -e /proc/net/ip_tables_names ] || ask iptables-legacy-save -c
[ ! -e /proc/net/ip6_tables_names ] || ask ip6tables-legacy-save -c
ask ipset save
ask ip -j -d link
ask ip -j address
ask ip -j -4 route show table all
ask ip -j -6 route show table all
ask ip -j -4 rule
ask ip -j -6 rule
section 'sysctl -ae' deciding_keys
echo end
