#!/bin/sh
# errors.sh [--update] PROGRAM: every broken document of errors/ must be refused, with the very words of its
# .ok file. Those called site-*.yaml are sites, the others products. --update writes the words anew.
set -u
update=no status=0
if [ "$1" = --update ]; then
	update=yes
	shift
fi
got=$(mktemp)
trap 'rm -f "$got"' EXIT
cd "$SOURCE_DIR" || exit 1
count=0
for file in tests/golden/errors/*.yaml; do
	count=$((count + 1))
	ok=${file%.yaml}.ok
	"$1" "$file" >"$got" 2>&1
	rc=$?
	if [ $rc != 2 ]; then
		echo "$file: exit $rc, not 2"
		cat "$got"
		status=1
	elif [ $update = yes ]; then
		cmp -s "$got" "$ok" || { cp "$got" "$ok"; echo "written: $ok"; }
	elif ! diff -u "$ok" "$got"; then
		status=1
	fi
done
[ $count -ge 60 ] || { echo "only $count broken documents"; status=1; }
exit $status
