# What `make install` puts into DESTDIR is whole, and works from where it then lies.
. "$SOURCE_DIR/tests/lib.sh"
command -v meson >/dev/null || skip "no meson"
prefix=$(meson introspect --buildoptions "$BUILD_DIR" |
	python3 -c 'import json, sys; print({o["name"]: o["value"] for o in json.load(sys.stdin)}["prefix"])')
DESTDIR=$T/root meson install -C "$BUILD_DIR" --no-rebuild --quiet >"$T/out" 2>&1 ||
	die "meson install: $(cat "$T/out")"
root=$T/root$prefix

(cd "$root" && find . -type f | sort) >"$T/files"
has "$T/files" ./bin/portolan
has "$T/files" ./share/man/man1/portolan.1
has "$T/files" ./share/bash-completion/completions/portolan
portolan --dump-commands | cut -f1 >"$T/names"
while IFS= read -r name; do
	has "$T/files" "./share/man/man1/portolan-$name.1"
done <"$T/names"
# Data: each file of catalog/ and registry/ that the build lists.
for folder in catalog registry; do
	for file in "$SOURCE_DIR/$folder"/*.yaml "$SOURCE_DIR/$folder"/*.csv; do
		test -f "$file" || continue
		grep -qF -e "'${file##*/}'" "$SOURCE_DIR/$folder/meson.build" 2>/dev/null || continue
		has "$T/files" "./share/portolan/$folder/${file##*/}"
	done
done
# Nothing of the build folder, no test, nothing that others may write to.
grep -E '\.(o|a|c|h)$|/t_|/f_' "$T/files" && fail "installed by mistake"
find "$root" -perm /022 ! -type l | grep . && fail "others may write there"

# From there, and moved elsewhere, each command is found and run: its program lies in libexec.
mkdir "$T/elsewhere"
cp -a "$root/." "$T/elsewhere/"
for bin in "$root/bin" "$T/elsewhere/bin"; do
	expect_rc 0 "$bin/portolan" --version
	expect_rc 0 "$bin/portolan" --help
	while IFS= read -r name; do
		expect_rc 0 "$bin/portolan" "$name" --help
		has "$T/out" "usage: portolan $name"
	done <"$T/names"
done
exit 0
