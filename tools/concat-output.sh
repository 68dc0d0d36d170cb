#!/bin/sh
# Run each of the programs given before the first word that starts with "--" with the words from there
# on, one after the other.
set -eu
programs=
while [ $# -gt 0 ]; do
	case $1 in
	--*) break ;;
	*) programs="$programs $1"; shift ;;
	esac
done
for program in $programs; do
	"$program" "$@"
done
