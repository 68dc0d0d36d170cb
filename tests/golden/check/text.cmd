"$CHECK_FORMS" text
