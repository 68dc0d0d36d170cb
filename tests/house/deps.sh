# tools/deps installs what is missing and nothing else, asks for privilege only then, and says why.
# With a dpkg, an apt and a sudo of our own, which only write down what they are asked.
. "$SOURCE_DIR/tests/lib.sh"
deps=$SOURCE_DIR/tools/deps
bin=$T/bin
mkdir "$bin"
for tool in sh sed cat grep env; do
	ln -s "$(command -v $tool)" "$bin/$tool"
done
fake() {
	printf '#!/bin/sh\n%s\n' "$2" >"$bin/$1"
	chmod +x "$bin/$1"
}
# Installed is what stands in $T/installed; known to apt what stands in $T/known.
fake dpkg-query "for p; do :; done; grep -qx \"\$p\" '$T/installed' && printf 'ii '"
fake apt-cache "grep -qx \"\$2\" '$T/known' && echo '  Candidate: 1.0' || echo '  Candidate: (none)'"
fake apt-get "echo \"apt-get \$*\" >>'$T/calls'"
fake sudo "echo 'sudo:' >>'$T/calls'; [ \"\$1\" = -n ] && shift; exec \"\$@\""
fake id 'echo 0'
install='apt-get -q -y install --no-install-recommends'

every() {
	PATH=$bin "$deps" "$1" --list | sed 's/ .*//'
}
every check >"$T/known"
every build >"$T/build"
test "$(sort "$T/known" | uniq -d)" = "" || fail "a package twice"
test -s "$T/build" || fail "a build without packages"

cp "$T/known" "$T/installed"
: >"$T/calls"
expect_rc 0 env PATH="$bin" "$deps" check
has "$T/out" "is installed"
test -s "$T/calls" && fail "all is there, and yet: $(cat "$T/calls")"

# The build's own packages do for the build.
cp "$T/build" "$T/installed"
expect_rc 0 env PATH="$bin" "$deps" build
test -s "$T/calls" && fail "all is there for the build, and yet: $(cat "$T/calls")"

grep -vx -e libfyaml-dev -e meson "$T/build" >"$T/installed"
expect_rc 0 env PATH="$bin" "$deps" build
has "$T/out" "libfyaml-dev: "
echo "$install meson libfyaml-dev" >"$T/want"
same "$T/want" "$T/calls"

# As a user: with sudo, which must not ask where nobody answers.
fake id 'echo 1000'
: >"$T/calls"
expect_rc 0 env PATH="$bin" "$deps" build </dev/null
printf 'sudo:\n%s meson libfyaml-dev\n' "$install" >"$T/want"
same "$T/want" "$T/calls"
rm "$bin/sudo"
: >"$T/calls"
expect_rc 1 env PATH="$bin" "$deps" build
has "$T/err" "apt-get install --no-install-recommends meson libfyaml-dev"
test -s "$T/calls" && fail "without sudo: $(cat "$T/calls")"

# Lists that do not know a package are fetched anew.
fake id 'echo 0'
: >"$T/known"
: >"$T/calls"
expect_rc 0 env PATH="$bin" "$deps" build
printf 'apt-get -q update\n%s meson libfyaml-dev\n' "$install" >"$T/want"
same "$T/want" "$T/calls"

# A failed installation is a failure; elsewhere than on Debian it is only told.
fake apt-get 'exit 100'
expect_rc 100 env PATH="$bin" "$deps" build
rm "$bin/dpkg-query"
expect_rc 0 env PATH="$bin" "$deps" build
has "$T/out" "not a Debian system"
has "$T/out" "libfyaml-dev"
expect_rc 2 env PATH="$bin" "$deps" nonsense
exit 0
