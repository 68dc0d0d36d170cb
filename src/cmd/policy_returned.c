/* SPDX-License-Identifier: ISC */
#include "cmd/policy_returned.h"

#include <string.h>

#include "base/escape.h"
#include "box/packet.h"
#include "box/verify.h"
#include "cmd/load.h"
#include "cmd/policy_subject.h"
#include "cmd/rulings.h"
#include "doc/csv.h"
#include "report/request.h"
#include "sys/file.h"

enum { CSV_BYTES_MAX = 64 << 20 };

/* What must be as it was asked for: other fields are for people. */
static const char *const fixed[] = {"action",	"source_ip", "source_port", "dest_ip",
				    "protocol", "dest_port", "icmp_type"};

struct returning {
	const struct plan *plan;
	const struct ruling *rulings;
	const char **missing; /* by flow: what a device does not let through; NULL: nothing */
	struct request request;
	struct csv csv;
	size_t columns[ARRAY_LEN(fixed)], id; /* where they stand; SIZE_MAX: nowhere */
	struct buf out;
	size_t done, not_done, open;
};

static const struct request_column *column(const char *key)
{
	for (size_t i = 0; i < request_columns_n; i++)
		if (strcmp(request_columns[i].key, key) == 0)
			return &request_columns[i];
	return NULL;
}

static bool has_value(struct returning *q, const struct request_row *row, const char *key,
		      struct slice value)
{
	const struct request_column *c = column(key);
	struct buf now = BUF_INIT;
	bool same;

	if (c)
		c->add(&q->request, row, &now);
	same = slice_equal(slice_trim(buf_slice(&now)), slice_trim(value));
	buf_release(&now);
	return same;
}

static const struct request_row *find_row(struct returning *q, struct slice id)
{
	for_each (row, &q->request.rows)
		if (has_value(q, row, "request_id", id))
			return row;
	return NULL;
}

/* The first field that is another one now; NULL: none. */
static const char *find_change(struct returning *q, const struct request_row *row)
{
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		if (q->columns[i] < q->csv.n &&
		    !has_value(q, row, fixed[i], csv_field(&q->csv, q->columns[i])))
			return fixed[i];
	return NULL;
}

/* Of all flows of the row: the worst. */
static const struct ruling *ruling_of(const struct returning *q, const struct request_row *row)
{
	bool deny = row->part == REQUEST_DENY;
	enum ruled wanted = deny ? RULED_STOPPED : RULED_PASSES;
	const struct ruling *found = NULL;

	for_each (f, &row->flows) {
		const struct ruling *r = &q->rulings[(*f)->index];

		if (!found || found->said == wanted)
			found = r;
	}
	return found;
}

static void tell(struct returning *q, struct slice id, const char *what, const char *words)
{
	escape_terminal(&q->out, id);
	buf_addf(&q->out, " %s%s", what, words ? ": " : "");
	if (words)
		buf_add_text(&q->out, words);
	buf_add_char(&q->out, '\n');
}

static const char *find_missing(const struct returning *q, const struct request_row *row)
{
	for_each (f, &row->flows)
		if (q->missing[(*f)->index])
			return q->missing[(*f)->index];
	return NULL;
}

static void judge_row(struct returning *q, struct slice id, const struct request_row *row)
{
	const struct ruling *r = ruling_of(q, row);
	enum ruled wanted = row->part == REQUEST_DENY ? RULED_STOPPED : RULED_PASSES;
	const char *change = find_change(q, row);

	if (change) {
		tell(q, id, "changed, so not what was asked for", change);
		q->not_done++;
	} else if (find_missing(q, row)) {
		tell(q, id, "NOT implemented", find_missing(q, row));
		q->not_done++;
	} else if (r->said == wanted) {
		tell(q, id, "implemented", r->words);
		q->done++;
	} else if (r->said == RULED_PASSES || r->said == RULED_STOPPED) {
		tell(q, id, "NOT implemented", r->words);
		q->not_done++;
	} else {
		tell(q, id, "not known", r->words);
		q->open++;
	}
}

static void read_row(struct returning *q)
{
	struct slice id = slice_trim(csv_field(&q->csv, q->id));
	const struct request_row *row = find_row(q, id);

	if (row) {
		judge_row(q, id, row);
		return;
	}
	tell(q, id, "not known", "the site asks for nothing of that number now");
	q->open++;
}

static size_t find_field(const struct csv *csv, const char *name)
{
	for (size_t i = 0; i < csv->n; i++)
		if (slice_is_nocase(slice_trim(csv_field(csv, i)), name))
			return i;
	return SIZE_MAX;
}

static int read_head(struct returning *q, struct err *err)
{
	int rc = csv_next(&q->csv, err);

	if (rc < 0)
		return rc;
	q->id = rc ? find_field(&q->csv, "request_id") : SIZE_MAX;
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		q->columns[i] = rc ? find_field(&q->csv, fixed[i]) : SIZE_MAX;
	if (q->id != SIZE_MAX)
		return 0;
	return err_set(
		err, ERR_DOCUMENT, (struct place){q->csv.file, 1, 1},
		"no column \"request_id\" in its first line: expected what \"portolan request "
		"--format csv\" wrote");
}

/* Spreadsheets of some countries write a semicolon. */
static char separator_of(struct slice text)
{
	struct slice line;
	size_t commas = 0, semicolons = 0;

	slice_cut(&text, '\n', &line);
	for (size_t i = 0; i < line.n; i++) {
		commas += line.p[i] == ',';
		semicolons += line.p[i] == ';';
	}
	return semicolons > commas ? ';' : ',';
}

static int read_rows(struct returning *q, const char *file, struct slice text, struct arena *a)
{
	struct err err;
	int rc;

	csv_start(&q->csv, file, text, separator_of(text), a);
	rc = read_head(q, &err);
	while (!rc && (rc = csv_next(&q->csv, &err)) > 0) {
		rc = 0;
		if (q->id < q->csv.n && slice_trim(csv_field(&q->csv, q->id)).n)
			read_row(q);
	}
	return rc ? command_failed(&err) : 0;
}

/* Not one packet of each flow, but all: what the device lacks of what it needs. */
static int find_lacks(struct returning *q, const struct device_box *b, int32_t today,
		      struct arena *a)
{
	const struct policy_options options = {.today = today};
	struct verify_asked asked = {.box = b->box, .limits = SPACE_LIMITS};
	struct errs errs = {0};
	struct subject subject;
	struct policy *p;
	struct verified *v;

	if (!subject_find(q->plan->site, b->name, &subject))
		return EXIT_USAGE;
	p = subject_policy(&subject, q->plan, &options, &errs);
	if (!p)
		return command_failed_all(&errs);
	asked.today = p;
	v = verify(&asked);
	for_each (item, &v->items) {
		struct buf packet = BUF_INIT;

		if (item->depends ||
		    (item->kind != VERIFY_MISSING && item->kind != VERIFY_OTHERWISE))
			continue;
		packet_format(&item->packet, &packet);
		for_each (f, &item->need->flows)
			q->missing[(*f)->index] = arena_printf(
				a, "%s: %s %s%s%s", b->name,
				item->words ? "what is such as" : "it stops what is such as",
				packet.data, item->words ? " " : "",
				item->words ? item->words : "");
		buf_release(&packet);
	}
	verified_free(v);
	policy_free(p);
	return 0;
}

static int find_all(const struct arguments *args, struct returning *q, struct arena *a)
{
	struct boxes boxes;
	int32_t today;
	int rc = subject_day(args, &today) ? 0 : EXIT_USAGE;

	if (rc)
		return rc;
	q->missing = ARENA_ARRAY(a, const char *, q->plan->flows.n);
	rc = boxes_load(&boxes, args, q->plan->site);
	if (!rc)
		q->rulings = rulings_make(q->plan, &boxes, a);
	for_each (b, &boxes.list)
		if (!rc)
			rc = find_lacks(q, b, today, a);
	boxes_release(&boxes);
	return rc;
}

static int verify_file(const struct arguments *args, struct returning *q, struct arena *a)
{
	const struct request_form form = {.failing_only = false};
	const char *file = args_value(args, "request");
	struct buf bytes = BUF_INIT;
	struct err err;
	int rc = file_read(file, CSV_BYTES_MAX, &bytes, &err) ? command_failed(&err) : 0;

	if (!rc)
		rc = find_all(args, q, a);
	if (!rc) {
		request_init(&q->request, q->plan, &form);
		rc = read_rows(q, file, buf_slice(&bytes), a);
		request_release(&q->request);
	}
	buf_addf(&q->out, "%zu implemented, %zu not, %zu not known\n", q->done, q->not_done,
		 q->open);
	if (!rc && !command_print(&q->out))
		rc = EXIT_NOT_TESTED;
	buf_release(&bytes);
	if (rc)
		return rc;
	return q->not_done ? EXIT_FAILS : q->open ? EXIT_NOT_TESTED : EXIT_HOLDS;
}

int policy_returned(const struct arguments *args)
{
	const struct plan_options options = {.as_documented = args_has(args, "as-documented")};
	struct returning q = {.out = BUF_INIT};
	struct arena *a = arena_new();
	struct loaded l;
	int rc;

	if (!args_count(args, "bundle")) {
		arena_free(a);
		return command_usage_error("policy verify --request: --bundle FILE is what was "
					   "collected from a device, once for each");
	}
	rc = load_plan(&l, args_operand(args, 1), args_value(args, "catalog"), &options);
	q.plan = l.plan;
	if (!rc)
		rc = verify_file(args, &q, a);
	load_release(&l);
	arena_free(a);
	buf_release(&q.out);
	return rc;
}
