#!/bin/sh
# generate.sh TEMPLATE PROGRAM: what `PROGRAM --dump-commands` says, in place of the line @COMMANDS@.
set -eu
dump=$("$2" --dump-commands | LC_ALL=C sort)
test -n "$dump"
while IFS= read -r line; do
	case $line in
	@COMMANDS@) printf '%s\n' "$dump" | sed "s/'/'\\\\''/g; s/.*/	'&'/" ;;
	*) printf '%s\n' "$line" ;;
	esac
done <"$1"
