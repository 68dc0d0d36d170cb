#!/bin/sh
# What the programs in libexec hold, as the rows of foreign.h: foreign-rows.sh PROGRAM ...
set -eu
for program; do
	"$program" --dump-commands rows
done
