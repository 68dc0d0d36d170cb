#!/bin/sh
# run.sh libfuzzer|plain PROGRAM NAME: run one fuzz target over tests/fuzz/corpus/NAME, or over the seeds that the build
# has made of something else (seeds-NAME), bounded. What libFuzzer finds is kept in the build folder (fuzz-NAME),
# never in the source.
# FUZZ_RUNS and FUZZ_SECONDS bound it; `make fuzz` sets them higher.
set -eu
kind=$1 program=$2 name=$3
seeds=$SOURCE_DIR/tests/fuzz/corpus/$name
[ -d "$seeds" ] || seeds=$BUILD_DIR/tests/fuzz/seeds-$name
test -n "$(ls "$seeds" 2>/dev/null)" || { echo "$seeds: no seeds"; exit 1; }
if [ "$kind" = libfuzzer ]; then
	found=$BUILD_DIR/fuzz-$name
	mkdir -p "$found"
	exec "$program" -runs="${FUZZ_RUNS:-20000}" -max_total_time="${FUZZ_SECONDS:-30}" \
		-timeout=10 -error_exitcode=1 -timeout_exitcode=1 -rss_limit_mb=2048 -max_len=8192 -seed=1 -print_final_stats=1 \
		-artifact_prefix="$found/" "$found" "$seeds"
fi
exec "$program" "${FUZZ_RUNS:-2000}" "$seeds"
