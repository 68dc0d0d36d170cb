# All of it, and what was seen of it.
portolan request tests/golden/plan/updater-site.yaml --catalog tests/golden/plan/catalog \
	--run tests/golden/request/updater-run.jsonl --format json |
	grep -o '"answer":"[^"]*"\|"request_id":"[^"]*"\|"evidence":"[^"]*"\|"evidence":null\|"test_[a-z]*":[^,}]*'
