#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A check's report as other programs read it: forms.py FORM FILE. Usual names and hostile ones must give the
same structure, so what is compared are numbers and places."""
import csv
import html.parser
import io
import json
import re
import sys
import xml.etree.ElementTree

VERDICTS = {'forbidden-open': 1, 'fail': 4, 'pass': 2, 'degraded': 1, 'not-tested': 3, 'unproven': 1, 'elsewhere': 1}
N = sum(VERDICTS.values())


def count(words):
    return {word: words.count(word) for word in set(words)}


def check_records(records):
    verdicts = [r for r in records if r['record'] == 'verdict']
    ids = [r['id'] for r in records if r['record'] == 'outcome']
    assert count([v['verdict'] for v in verdicts]) == VERDICTS, verdicts
    assert all(set(v) == set(verdicts[0]) for v in verdicts), 'keys come and go'
    assert all(i in ids for v in verdicts for i in v['outcomes']), 'an outcome that there is not'
    assert sum(v['prerequisite'] is not None for v in verdicts) == 2
    goals = [r for r in records if r['record'] == 'goal']
    assert [(g['verdict'], g['requirement'] is None) for g in goals] == [('pass', True), ('fail', False)], goals
    assert records[-1]['record'] == 'summary' and records[-1]['exit'] == 1


def check_jsonl(text):
    records = [json.loads(line) for line in text.split('\n')[:-1]]
    assert records[0]['record'] == 'run'
    check_records(records)


def check_json(text):
    document = json.loads(text)
    assert document['record'] == 'run'
    check_records(document['records'])


def check_csv(text):
    rows = list(csv.DictReader(io.StringIO(text, newline='')))
    assert count([r['verdict'] for r in rows]) == VERDICTS
    assert all(None not in r and None not in r.values() for r in rows), 'cells'
    assert not [c for r in rows for c in r.values() if c[:1] in ('=', '+', '-', '@')], 'a formula'


# What Jenkins, GitLab and GitHub's actions have in common: the attributes of JUnit's own reports.
JUNIT = {
    'testsuites': ({'name', 'tests', 'failures', 'errors', 'skipped', 'time'}, {'testsuite'}),
    'testsuite': ({'name', 'tests', 'failures', 'errors', 'skipped', 'time', 'timestamp', 'hostname'},
                  {'properties', 'testcase'}),
    'properties': (set(), {'property'}),
    'property': ({'name', 'value'}, set()),
    'testcase': ({'classname', 'name', 'time'}, {'failure', 'error', 'skipped', 'system-out'}),
    'failure': ({'message', 'type'}, set()),
    'error': ({'message', 'type'}, set()),
    'skipped': ({'message'}, set()),
    'system-out': (set(), set()),
}


def check_junit(text):
    root = xml.etree.ElementTree.fromstring(text.encode())
    for element in root.iter():
        attributes, children = JUNIT[element.tag]
        assert set(element.attrib) == attributes, element.attrib
        assert {child.tag for child in element} <= children, element.tag
        for number in ('tests', 'failures', 'errors', 'skipped', 'time'):
            assert float(element.attrib.get(number, 0)) >= 0
    for suite in root:
        assert re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d', suite.attrib['timestamp'])
        for key, path in (('tests', 'testcase'), ('failures', 'testcase/failure'), ('errors', 'testcase/error'),
                          ('skipped', 'testcase/skipped')):
            assert int(suite.attrib[key]) == len(suite.findall(path)), key
    # Of the four that fail one is optional: told, but no failure.
    assert (root.attrib['tests'], root.attrib['failures'], root.attrib['errors']) == (str(N), '4', '1')


def check_sarif(text):
    log = json.loads(text)
    assert log['version'] == '2.1.0' and len(log['runs']) == 1
    run = log['runs'][0]
    rules = run['tool']['driver']['rules']
    assert set(run['tool']['driver']) == {'name', 'version', 'rules'}
    assert len({r['id'] for r in rules}) == len(rules)
    assert all(r['shortDescription']['text'] for r in rules)
    found = run['results']
    assert count([f['properties']['verdict'] for f in found]) == {
        v: n for v, n in VERDICTS.items() if v not in ('pass', 'elsewhere')}
    for f in found:
        assert rules[f['ruleIndex']]['id'] == f['ruleId']
        assert f['level'] in ('error', 'warning', 'note')
        assert not re.search(r'(?<!\\)\]\(|(?<!{){\d', f['message']['text']), f['message']
        places = f['locations'][0]['logicalLocations']
        assert len(places) == 3 and all(p['name'] is not None and p['fullyQualifiedName'] is not None for p in places)
        assert f['partialFingerprints']['requirement/v1'] and f['partialFingerprints']['flow/v1']
        assert f.get('baselineState') in (None, 'new', 'unchanged')
    assert sum(f['level'] == 'error' for f in found) == 4
    assert run['invocations'][0]['exitCode'] == 1


def check_openmetrics(text):
    """By the grammar of the text format; promtool says the rest."""
    label = r'[a-z_]+="(?:[^"\\\n]|\\["\\n])*"'
    lines = text.split('\n')
    assert lines[-2:] == ['# EOF', '']
    series, family = set(), None
    for line in lines[:-2]:
        if line.startswith('#'):
            kind, name, _ = re.fullmatch(r'# (TYPE|HELP) (portolan_check_[a-z_]+) (.+)', line).groups()
            assert kind == 'TYPE' or name == family, line
            family = name
            continue
        name, labels, value = re.fullmatch(rf'([a-z_]+){{({label}(?:,{label})*)}} ([0-9.]+)', line).groups()
        assert name == family and (name, labels) not in series, line
        series.add((name, labels))
        float(value)
    assert len([s for s in series if s[0] == 'portolan_check_verdict']) == N - 1
    assert len([s for s in series if s[0] == 'portolan_check_verdicts']) == 7


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.data, self.rows = [], None, []

    def handle_starttag(self, tag, attributes):
        assert tag not in ('img', 'link'), tag
        assert not [a for a, _ in attributes if a in ('src', 'href') or a.startswith('on')], attributes
        if tag == 'tbody':
            self.rows.append(dict(attributes))
        if tag not in ('meta', 'input'):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (tag, self.getpos())

    def handle_data(self, data):
        if self.open and self.open[-1] == 'script' and data.startswith('{'):
            self.data = json.loads(data)


def check_html(text):
    page = Page()
    page.feed(text)
    page.close()
    assert not page.open
    check_records(page.data['records'])
    verdicts = [r for r in page.data['records'] if r['record'] == 'verdict']
    for row in page.rows:
        assert verdicts[int(row['data-record'])]['verdict'] == row['class'], row
    assert sorted(int(row['data-record']) for row in page.rows) == list(range(N))


def check_markdown(text):
    """A table's rows have as many cells as its head."""
    cells = 0
    for line in text.split('\n'):
        n = len(re.findall(r'(?<!\\)\|', line.replace('\\\\', ''))) if line.startswith('|') else 0
        assert not cells or not n or n == cells, line
        cells = n
    assert text.count('\n| ') == 6 * 2 + 8, text.count('\n| ')


with open(sys.argv[2], newline='', encoding='utf-8') as f:
    globals()['check_' + sys.argv[1]](f.read())
