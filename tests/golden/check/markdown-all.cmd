"$CHECK_FORMS" markdown 80
