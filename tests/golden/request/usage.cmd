portolan request tests/golden/plan/updater-site.yaml --catalog tests/golden/plan/catalog --format html
portolan request tests/golden/plan/updater-site.yaml --catalog tests/golden/plan/catalog --format cvs
portolan request tests/golden/plan/updater-site.yaml --catalog tests/golden/plan/catalog --expires 2027-02-29
portolan request tests/golden/plan/updater-site.yaml --catalog tests/golden/plan/catalog --valid-from soon
portolan request tests/golden/plan/updater-site.yaml --catalog tests/golden/plan/catalog --valid-from 2027-03-01 --expires 2027-02-28
portolan request tests/golden/plan/updater-site.yaml --catalog tests/golden/plan/catalog --failing-only
portolan request tests/golden/plan/updater-site.yaml --catalog tests/golden/plan/catalog --run tests/golden/diff/after.jsonl
sed 5,\$d tests/golden/request/updater-run.jsonl |
	portolan request tests/golden/plan/updater-site.yaml --catalog tests/golden/plan/catalog --failing-only --run -
