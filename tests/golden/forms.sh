# A check's report as other programs read it: Python's parsers, and promtool where it is unpacked; with usual
# names, and with names that would break out of each form if they could.
. "$SOURCE_DIR/tests/lib.sh"
command -v python3 >/dev/null || skip "no python3"
promtool=$(command -v promtool || echo "${PEERS:-$BUILD_DIR/peers}/root/usr/bin/promtool")
for form in jsonl json csv junit sarif openmetrics html markdown; do
	for names in 0 hostile; do
		"$CHECK_FORMS" $form $names >"$T/$form-$names" || fail "$form $names"
		python3 "$SOURCE_DIR/tests/golden/forms.py" $form "$T/$form-$names" || fail "$form $names: see above"
	done
done
if [ -x "$promtool" ]; then
	for names in 0 hostile; do
		"$promtool" check metrics <"$T/openmetrics-$names" || fail "promtool, $names"
	done
	sed 's/from="client"/from="cli"ent"/' "$T/openmetrics-0" >"$T/bad"
	"$promtool" check metrics <"$T/bad" >/dev/null 2>&1 && fail "promtool takes a broken label"
else
	echo "no promtool: tools/peers prometheus unpacks it"
fi
# The checks can fail.
# bad FORM SED: an output that was changed so is noticed.
bad() {
	sed "$2" "$T/$1-0" >"$T/bad"
	cmp -s "$T/bad" "$T/$1-0" && fail "$1: $2 changes nothing"
	python3 "$SOURCE_DIR/tests/golden/forms.py" "$1" "$T/bad" 2>/dev/null && fail "$1: $2 goes unnoticed"
}
bad jsonl 's/"verdict":"fail"/"verdict":"pass"/'
bad csv 's/,elsewhere,/,else,where,/'
bad junit 's/failures="4"/failures="3"/'
bad junit 's/&gt;/>\x01/'
bad sarif 's/"ruleIndex":1/"ruleIndex":0/'
bad openmetrics 's/from="client"/from="cli"ent"/'
bad html 's/<b>yes/<b><i>yes/'
bad markdown 's/| client |/| cli | ent |/'
exit 0
