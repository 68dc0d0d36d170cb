# Reports as other programs read them: CSV, JSON and HTML by Python's own parsers, with documents whose text
# would break out of each if it could.
. "$SOURCE_DIR/tests/lib.sh"
command -v python3 >/dev/null || skip "no python3"
mkdir "$T/catalog"
sed "s|title: Updater|title: '<script>alert(1)</script>'|
	s|why: updates come from the vendor|why: '=cmd \"q\" <b> -->'|
	s|publisher: Example Ltd|publisher: '</script><img src=x onerror=alert(1)>'|" \
	"$SOURCE_DIR/tests/golden/plan/catalog/updater.yaml" >"$T/catalog/updater.yaml"
site=$SOURCE_DIR/tests/golden/plan/updater-site.yaml
cat >"$T/check.py" <<'END'
import csv, html.parser, io, json, sys

FLOWS = 11

class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.data, self.bodies = [], None, 0
    def handle_starttag(self, tag, attributes):
        assert tag != 'img', self.getpos()
        assert not [a for a, _ in attributes if a in ('src', 'href') or a.startswith('on')], attributes
        self.bodies += tag == 'tbody'
        if tag not in ('meta', 'input'):
            self.open.append(tag)
    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (tag, self.getpos())
    def handle_data(self, data):
        if self.open and self.open[-1] == 'script' and data.startswith('{'):
            self.data = json.loads(data)

def flows(records):
    return [r for r in records if r['record'] == 'flow']

def check_html(text):
    page = Page()
    page.feed(text)
    page.close()
    assert not page.open and page.bodies == FLOWS and len(flows(page.data['records'])) == FLOWS
    assert page.data['installations'][0]['title'] == '<script>alert(1)</script>'

def check_csv(text):
    rows = list(csv.reader(io.StringIO(text, newline='')))
    assert {len(r) for r in rows} == {len(rows[0])}, 'columns'
    assert len(rows) == FLOWS + 1, len(rows)
    assert not [c for r in rows for c in r if c[:1] in ('=', '+', '-', '@')], 'a formula'
    assert [c for r in rows for c in r if c.startswith("'=cmd")], 'no such cell'

def check_json(text):
    document = json.loads(text)
    assert document['record'] == 'plan' and document['flows'] == FLOWS
    assert len(flows(document['records'])) == FLOWS

def check_jsonl(text):
    records = [json.loads(line) for line in text.splitlines()]
    assert records[0]['record'] == 'plan' and len(flows(records)) == FLOWS
    assert all(set(f) == set(flows(records)[0]) for f in flows(records)), 'keys come and go'

def check_request_json(text):
    document = json.loads(text)
    changes = [r for r in document['records'] if r['record'] == 'change']
    assert document['record'] == 'request' and len(changes) == FLOWS
    assert all(c['evidence'] is None and c['ticket'] == 'T=1' for c in changes)

def check_request_csv(text):
    check_csv(text)
    assert text.splitlines()[0].startswith('request_id,action,source_zone,'), 'head'

with open(sys.argv[2], newline='', encoding='utf-8') as f:
    globals()['check_' + sys.argv[1]](f.read())
END
for form in html csv json jsonl; do
	portolan plan "$site" --catalog "$T/catalog" --explain --format $form >"$T/plan.$form" || fail "plan --format $form"
	python3 "$T/check.py" $form "$T/plan.$form" || fail "plan --format $form"
done
for form in csv json; do
	portolan request "$site" --catalog "$T/catalog" --ticket T=1 --format $form >"$T/request.$form" ||
		fail "request --format $form"
	python3 "$T/check.py" request_$form "$T/request.$form" || fail "request --format $form"
done
# A form that a report does not have is refused, with those that it has.
refused() {
	expect_rc 2 portolan "$1" "$site" --catalog "$T/catalog" --format "$2"
	has "$T/err" "a $1 has no format \"$2\"$3; it is text, csv, markdown, "
	has_not "$T/err" " $2 "
	[ -s "$T/out" ] && fail "$1 --format $2 prints something"
}
refused plan junit ''
refused plan openmetrics ''
refused request html ''
refused request sarif ''
refused check prometheus ''
refused check junot ' (did you mean "junit"?)'
# The check can fail.
sed 's/&lt;b&gt;/<b x="1">/' "$T/plan.html" >"$T/bad.html"
python3 "$T/check.py" html "$T/bad.html" 2>/dev/null && fail "a broken page goes unnoticed"
# Every form is offered by help, and no other.
portolan plan --help >"$T/help"
for form in text csv markdown html jsonl json; do
	grep -q -e "--format.*$form" "$T/help" || fail "help says nothing of --format $form"
done
grep -q -e "--format.*junit" "$T/help" && fail "help offers a form that a plan has not"
portolan check --help >"$T/help"
for form in text csv markdown html jsonl json junit sarif openmetrics; do
	grep -q -e "--format.*$form" "$T/help" || fail "help says nothing of --format $form"
	grep -q -e "^\.It Cm $form" "$SOURCE_DIR/man/portolan-check.1" || fail "the manual says nothing of $form"
done

# A check of this host alone, in a file: the forms are tried by tests/golden/forms.sh, here that they arrive.
cat >"$T/site.yaml" <<'END'
portolan: 1
site: alone
zones: {here: {networks: [127.0.0.0/8]}}
hosts: {me: {addresses: [127.0.0.1]}, other: {addresses: [127.0.0.2]}}
uses: [{product: alone, roles: {a: me, b: other}}]
END
cat >"$T/catalog/alone.yaml" <<'END'
portolan: 1
product: alone
title: Alone
documents: {made: {title: made up}}
roles: {a: {title: one}, b: {title: another}}
requirements:
  reach:
    from: a
    to: b
    needs: tcp/1
    why: made up
    doc: {in: made, row: made}
END
for form in text csv markdown html jsonl json junit sarif openmetrics; do
	expect_rc 1 portolan check "$T/site.yaml" --catalog "$T/catalog" --as me --format $form
	has "$T/out" alone
	cp "$T/out" "$T/printed"
	expect_rc 1 portolan check "$T/site.yaml" --catalog "$T/catalog" --as me --format $form --output "$T/file"
	[ -s "$T/out" ] && fail "--output prints, too"
	head -c 20 "$T/printed" >"$T/start"
	head -c 20 "$T/file" | cmp - "$T/start" || fail "--output writes something else"
done
expect_rc 3 portolan check "$T/site.yaml" --catalog "$T/catalog" --as me --output "$T"

# --- a product without the hosts that play its roles --------------------------------------------------
expect_rc 2 portolan check ftp
has "$T/err" "ftp ROLE=HOST"
expect_rc 3 portolan check "$T/none.yaml"
exit 0
