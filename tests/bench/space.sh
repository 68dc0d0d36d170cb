#!/bin/sh
# space.sh: exact sets on made-up lists of rules, and BuDDy on those of 10,000 where libbdd-dev is installed.
# Goals: all dead rules of 10,000 in a 300th of what a pairwise check takes (some 60 s), two lists of 10,000 compared in
# 0.2 s; 100,000 rules of kinds 1 and 4 in 3 s and 500 MB, and kind 3 refused within the same. For people: no test.
set -eu
bench=$BUILD_DIR/tests/bench
for list in '1 10000' '4 10000' '4 10000 6' '1 100000' '4 100000' '3 1000' '3 100000'; do
	# shellcheck disable=SC2086 # words on purpose
	"$bench/bench_space" $list
	case $list in
	*' 10000')
		if [ -x "$bench/space_buddy" ]; then
			# shellcheck disable=SC2086
			"$bench/space_buddy" $list
		else
			echo "  libbdd-dev is not installed: not compared with BuDDy"
		fi ;;
	esac
done
