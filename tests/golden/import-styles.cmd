# Tables as several vendors lay them out.
for table in tests/golden/import/*.table; do
	echo "== $table"
	portolan catalog import "$table"
	echo "status $?"
done
