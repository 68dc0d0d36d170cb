#!/bin/sh
# run.sh [--update] FILE.cmd ...: run the command in each file from the source folder and compare what it
# prints with FILE.ok. In the command, `portolan` is the one just built.
set -u
update=no status=0
if [ "${1-}" = --update ]; then
	update=yes
	shift
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/bin" "$dir/home"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$PORTOLAN" >"$dir/bin/portolan"
chmod +x "$dir/bin/portolan"
export LC_ALL=C TZ=UTC HOME="$dir/home" XDG_STATE_HOME="$dir/home/state" PATH="$dir/bin:$PATH"
from=$PWD
cd "$SOURCE_DIR" || exit 1
for file; do
	case $file in
	/*) ;;
	*) file=$from/$file ;;
	esac
	ok=${file%.cmd}.ok
	sh "$file" >"$dir/got" 2>&1
	rc=$?
	[ $rc = 0 ] || echo "exit $rc" >>"$dir/got"
	if [ $update = yes ]; then
		cmp -s "$dir/got" "$ok" || { cp "$dir/got" "$ok" && echo "written: $ok"; } || status=1
	elif [ ! -e "$ok" ]; then
		echo "no $ok; printed was:"
		cat "$dir/got"
		status=1
	elif ! diff -u "$ok" "$dir/got"; then
		status=1
	fi
done
exit $status
