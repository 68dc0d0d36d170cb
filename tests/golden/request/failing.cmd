export COLUMNS=100
set -e
request() {
	portolan request tests/golden/plan/updater-site.yaml --catalog tests/golden/plan/catalog \
		--run tests/golden/request/updater-run.jsonl "$@"
}
# Of what was tried one flow is stopped; one is another way of what holds, one closed by its target.
request --failing-only
request --failing-only --format markdown
request --failing-only --format csv | tr -d '\r'
request --failing-only --format jsonl | sed 's/"version":"[^"]*"/"version":"V"/'
