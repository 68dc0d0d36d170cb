# Runs by their names: files, ids, last and last~1 of a site, whole ones only.
. "$SOURCE_DIR/tests/lib.sh"
golden=$SOURCE_DIR/tests/golden/diff
before=01ARZ3NDEKTSV4RRFFQ69G5FAV
after=01BX5ZZKBKACTAV9WEVGEMMVRZ
runs=$XDG_STATE_HOME/portolan/runs/office
mkdir -p "$runs"
cp "$golden/before.jsonl" "$runs/$before.jsonl"

expect_rc 1 portolan diff "$golden/before.jsonl" "$golden/after.jsonl"
cp "$T/out" "$T/want"
expect_rc 0 portolan diff "$golden/after.jsonl" "$golden/after.jsonl"
has "$T/out" "No difference: 13 as before."
expect_rc 0 portolan diff "$golden/before.jsonl" "$golden/before.jsonl"

# One run is not two.
expect_rc 2 portolan diff --site office
has "$T/err" "only 1 whole run is kept here"
cp "$golden/after.jsonl" "$runs/$after.jsonl"
for words in "" "last~1" "last~1 last" "$before" "$before $after" "$golden/before.jsonl last"; do
	# shellcheck disable=SC2086 # words on purpose
	expect_rc 1 portolan diff --site office $words
	same "$T/want" "$T/out"
done
expect_rc 0 portolan diff --site office last last
expect_rc 2 portolan diff --site office last~2
has "$T/err" "only 2 whole runs are kept here"
expect_rc 2 portolan diff --site "another office" last
has "$T/err" '"another office" only 0 whole runs'

# What was killed does not count: half a run, and one without a first line; by its id it is told.
cp "$golden/cut-off.jsonl" "$runs/01BX5ZZKBKACTAV9WEVGEMMVS0.jsonl"
: >"$runs/01BX5ZZKBKACTAV9WEVGEMMVS1.jsonl"
echo "no run" >"$runs/notes.jsonl"
expect_rc 1 portolan diff --site office
same "$T/want" "$T/out"
expect_rc 2 portolan diff --site office 01BX5ZZKBKACTAV9WEVGEMMVS0
has "$T/err" "was cut off before its verdicts"
expect_rc 2 portolan diff --site office 01BX5ZZKBKACTAV9WEVGEMMVS1
has "$T/err" "no run 01BX5ZZKBKACTAV9WEVGEMMVS1 is kept here"

# The site's file says its name.
printf 'portolan: 1\nsite: office\nzones: {a: {networks: [10.0.0.0/8]}}\n' >"$T/site.yaml"
expect_rc 1 portolan diff --site "$T/site.yaml"
same "$T/want" "$T/out"
printf 'portolan: 1\nsite: [office]\n' >"$T/site.yaml"
expect_rc 2 portolan diff --site "$T/site.yaml"
has "$T/err" "site.yaml:2:"

# A file that is broken is told with its line, also where it is kept.
sed '2s/"port":5432/"port":"x"/' "$golden/after.jsonl" >"$runs/$after.jsonl"
expect_rc 2 portolan diff --site office
has "$T/err" "$after.jsonl:2:1: \"port\" is no number"

# Each line of the records is one; the words of the manual are theirs.
portolan diff "$golden/before.jsonl" "$golden/after.jsonl" --format jsonl >"$T/records"
python3 - "$T/records" "$SOURCE_DIR/man/portolan-diff.1" <<'END' || fail "records"
import json, sys
records = [json.loads(line) for line in open(sys.argv[1], encoding='utf-8')]
manual = open(sys.argv[2], encoding='utf-8').read()
assert records[0]['record'] == 'diff' and len(records) == 13, len(records)
kinds = set(records[0]['counts']) - {'same'}
assert kinds == {r['kind'] for r in records[1:]}, kinds
assert all(f'.It {kind}\n' in manual for kind in kinds)
assert all(set(r) == set(records[1]) for r in records[1:])
END
exit 0
