"$CHECK_FORMS" json
