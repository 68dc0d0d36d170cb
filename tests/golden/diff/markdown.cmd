portolan diff tests/golden/diff/before.jsonl tests/golden/diff/after.jsonl --format markdown
