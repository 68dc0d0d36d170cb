# The shell scripts pass shellcheck.
. "$SOURCE_DIR/tests/lib.sh"
command -v shellcheck >/dev/null || skip "no shellcheck"
cd "$SOURCE_DIR" || exit 1
# SC2154: the tests' variables come from lib.sh; SC1091: it is not followed.
for f in $(grep -rlE '^#!/bin/(ba)?sh' tools .ci tests | sort; find tests -name '*.sh' | sort); do
	shellcheck -s sh -e SC1091,SC2154 "$f" || fail "$f"
done
# shellcheck disable=SC2016 # written, not run
printf '#!/bin/sh\nrm $1/*\n' >"$T/x.sh"
expect_rc 1 shellcheck "$T/x.sh"
