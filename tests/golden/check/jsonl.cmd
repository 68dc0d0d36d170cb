"$CHECK_FORMS" jsonl
