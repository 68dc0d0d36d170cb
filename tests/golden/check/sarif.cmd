"$CHECK_FORMS" sarif
