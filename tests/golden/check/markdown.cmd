"$CHECK_FORMS" markdown
