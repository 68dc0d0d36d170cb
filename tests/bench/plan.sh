#!/bin/sh
# plan.sh [N ...]: how long a plan takes and what it needs, for sites of N managed hosts each.
# Goal: 1,000 hosts, 100,000 flows and more, in half a second and 200 MB; ten times the hosts, ten times the time.
# Not a test: the numbers are for people. `ninja -C build bench-plan`, or by hand with BUILD_DIR and SOURCE_DIR.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
[ $# -gt 0 ] || set -- 10 100 1000
for n; do
	python3 "$SOURCE_DIR/tests/bench/plan-site.py" "$n" "$dir/$n"
	"$BUILD_DIR/tests/bench/bench_plan" "$dir/$n/site.yaml" "$SOURCE_DIR/catalog/passwordstate.yaml"
done
