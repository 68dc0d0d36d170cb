"$CHECK_FORMS" junit
