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
# The check can fail.
sed 's/&lt;b&gt;/<b x="1">/' "$T/plan.html" >"$T/bad.html"
python3 "$T/check.py" html "$T/bad.html" 2>/dev/null && fail "a broken page goes unnoticed"
# Every form is offered by help, and no other.
portolan plan --help >"$T/help"
for form in text csv markdown html jsonl json; do
	grep -q -e "--format.*$form" "$T/help" || fail "help says nothing of --format $form"
done
exit 0
