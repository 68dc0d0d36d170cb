"$CHECK_FORMS" openmetrics
