/* SPDX-License-Identifier: ISC */
#include "doc/run.h"

#include <jansson.h>
#include <limits.h>
#include <stdlib.h>

#include "base/buf.h"

struct reader {
	const char *file;
	uint32_t line; /* 0: of one document */
	size_t record; /* 1.. in a document */
	enum run_part part;
	struct past_run *run;
	bool has_header;
	struct verdict_keys keys;
	struct buf verdicts, outcomes; /* struct past_verdict, struct past_outcome */
	struct buf decisive;	       /* unsigned: of each verdict, its outcome's id; 0: none */
	struct err *err;
	int rc; /* of the first mistake */
};

PRINTF(2, 3) static void wrong(struct reader *r, const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	va_list ap;

	if (r->rc)
		return;
	if (!r->line && r->record)
		buf_addf(&text, "record %zu: ", r->record);
	va_start(ap, fmt);
	buf_addfv(&text, fmt, ap);
	va_end(ap);
	r->rc = err_set(r->err, ERR_DOCUMENT,
			(struct place){.file = r->file, .line = r->line, .column = 1}, "%s",
			text.data);
	buf_release(&text);
}

/* --- values ----------------------------------------------------------------------------------- */

/* Absent and null are the same; any other type than a text is a mistake. */
static const char *read_text(struct reader *r, const json_t *record, const char *key)
{
	const json_t *v = json_object_get(record, key);

	if (!v || json_is_null(v))
		return NULL;
	if (!json_is_string(v)) {
		wrong(r, "\"%s\" is no text", key);
		return NULL;
	}
	return arena_copy(r->run->arena, slice_of(json_string_value(v)));
}

static const char *need_text(struct reader *r, const json_t *record, const char *key)
{
	const char *s = read_text(r, record, key);

	if (!s)
		wrong(r, "there is no \"%s\"", key);
	return s ? s : "";
}

static unsigned read_word(struct reader *r, const json_t *record, const char *key,
			  const char *const *words)
{
	const char *s = need_text(r, record, key);

	for (unsigned i = 0; words[i]; i++)
		if (strcmp(words[i], s) == 0)
			return i;
	wrong(r, "this version knows no \"%s\" that is \"%.60s\"", key, s);
	return 0;
}

static uint64_t read_number(struct reader *r, const json_t *record, const char *key, uint64_t max)
{
	const json_t *v = json_object_get(record, key);

	if (!v || json_is_null(v))
		return 0;
	if (!json_is_integer(v) || json_integer_value(v) < 0 ||
	    (uint64_t)json_integer_value(v) > max) {
		wrong(r, "\"%s\" is no number from 0 to %llu", key, (unsigned long long)max);
		return 0;
	}
	return (uint64_t)json_integer_value(v);
}

static struct addr read_addr(struct reader *r, const json_t *record, const char *key)
{
	const char *s = read_text(r, record, key);
	struct addr a = {0};

	if (s && !addr_parse(slice_of(s), &a))
		wrong(r, "\"%s\" is no address: \"%.60s\"", key, s);
	return a;
}

static int64_t days_before(int64_t year, unsigned month)
{
	static const unsigned days[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	int64_t y = year - (month <= 2); /* leap days that are over */

	return (year - 1970) * 365 + days[month - 1] + (y / 4 - y / 100 + y / 400) - 477;
}

/* "2026-11-20T10:00:00.123Z", RFC 3339 as it is written here. */
static bool parse_time(struct slice s, int64_t *ms)
{
	static const struct {
		uint8_t at, n;
		uint16_t max;
		char after;
	} parts[] = {{0, 4, 9999, '-'}, {5, 2, 12, '-'},  {8, 2, 31, 'T'},  {11, 2, 23, ':'},
		     {14, 2, 59, ':'},	{17, 2, 60, '.'}, {20, 3, 999, 'Z'}};
	uint64_t v[ARRAY_LEN(parts)];

	if (s.n != 24)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (!slice_number((struct slice){s.p + parts[i].at, parts[i].n}, parts[i].max,
				  &v[i]) ||
		    s.p[parts[i].at + parts[i].n] != parts[i].after)
			return false;
	if (v[0] < 1970 || !v[1] || !v[2])
		return false;
	*ms = days_before((int64_t)v[0], (unsigned)v[1]) + (int64_t)v[2] - 1;
	*ms = ((*ms * 24 + (int64_t)v[3]) * 60 + (int64_t)v[4]) * 60 + (int64_t)v[5];
	*ms = *ms * 1000 + (int64_t)v[6];
	return true;
}

static int64_t read_time(struct reader *r, const json_t *record, const char *key)
{
	const char *s = read_text(r, record, key);
	int64_t ms = 0;

	if (s && !parse_time(slice_of(s), &ms))
		wrong(r, "\"%s\" is no time such as 2026-11-20T10:00:00.000Z", key);
	return ms;
}

/* The first n texts of a list; what follows is left out. */
static void read_texts(struct reader *r, const json_t *record, const char *key, const char **out,
		       size_t n)
{
	const json_t *list = json_object_get(record, key);

	if (!list || json_is_null(list))
		return;
	if (!json_is_array(list))
		wrong(r, "\"%s\" is no list", key);
	for (size_t i = 0; i < n && i < json_array_size(list); i++) {
		const char *s = json_string_value(json_array_get(list, i));

		if (!s)
			wrong(r, "\"%s\" is no list of texts", key);
		out[i] = s ? arena_copy(r->run->arena, slice_of(s)) : NULL;
	}
}

/* --- records ---------------------------------------------------------------------------------- */

static void read_header(struct reader *r, const json_t *record)
{
	struct past_run *run = r->run;

	if (r->has_header)
		wrong(r, "a second run begins here: one file holds one");
	r->has_header = true;
	run->id = read_text(r, record, "run");
	run->site = read_text(r, record, "site");
	run->vantage = read_text(r, record, "vantage");
	run->started_ms = read_time(r, record, "started");
	read_texts(r, record, "options", run->options, RUN_OPTIONS_MAX);
}

/* What is told of a check a second time is what was found out later. Ids count from 1, in the order
 * in which they are kept. */
static void add_outcome(struct reader *r, const struct past_outcome *p)
{
	struct past_outcome *all = (void *)r->outcomes.data;
	size_t n = r->outcomes.n / sizeof(*all), id = p->outcome.id;

	if (id && id <= n && all[id - 1].outcome.id == id)
		all[id - 1] = *p;
	else
		buf_add(&r->outcomes, p, sizeof(*p));
}

static void read_outcome(struct reader *r, const json_t *record)
{
	struct past_outcome p = {.flow = read_text(r, record, "flow"),
				 .vantage = need_text(r, record, "vantage")};
	struct outcome *o = &p.outcome;

	o->id = (unsigned)read_number(r, record, "id", UINT_MAX);
	o->flow = UINT_MAX;
	o->source = read_addr(r, record, "source");
	o->target = read_addr(r, record, "target");
	o->name = read_text(r, record, "name");
	o->transport = read_word(r, record, "transport", transport_names);
	o->port = (uint16_t)read_number(r, record, "port", UINT16_MAX);
	o->method = read_text(r, record, "method");
	o->state = read_word(r, record, "state", state_names);
	o->cause = read_word(r, record, "cause", cause_names);
	o->by = read_addr(r, record, "by");
	o->device = read_text(r, record, "device");
	o->hop = (uint8_t)read_number(r, record, "hop", UINT8_MAX);
	o->how = read_text(r, record, "how");
	read_texts(r, record, "candidates", o->candidates, OUTCOME_CANDIDATES_MAX);
	o->confidence = read_word(r, record, "confidence", confidence_names);
	o->network = read_word(r, record, "network", answer_names);
	o->service = read_word(r, record, "service", answer_names);
	o->rtt_us = (uint32_t)read_number(r, record, "rtt_us", UINT32_MAX);
	read_texts(r, record, "evidence", &o->evidence, 1);
	o->at_ms = read_time(r, record, "at");
	add_outcome(r, &p);
}

static void read_turn(struct reader *r, const json_t *record, struct past_verdict *v)
{
	const json_t *turn = json_object_get(record, "turn");

	if (!turn || json_is_null(turn))
		return;
	if (!json_is_object(turn)) {
		wrong(r, "\"turn\" is no object");
		return;
	}
	v->turn = read_word(r, turn, "who", turn_names);
	v->device = read_text(r, turn, "device");
	v->owner = read_text(r, turn, "owner");
}

/* The id of the outcome that decided; 0: none did. */
static unsigned read_decisive(struct reader *r, const json_t *record)
{
	const json_t *id = json_object_get(record, "decisive");

	if (!id || json_is_null(id))
		return 0;
	if (!json_is_integer(id) || json_integer_value(id) < 1 ||
	    json_integer_value(id) > UINT_MAX) {
		wrong(r, "\"decisive\" is no outcome's id");
		return 0;
	}
	return (unsigned)json_integer_value(id);
}

static void read_verdict(struct reader *r, const json_t *record)
{
	const char *word = need_text(r, record, "verdict");
	struct past_verdict v = {.installation = need_text(r, record, "installation"),
				 .requirement = need_text(r, record, "requirement"),
				 .from = need_text(r, record, "from"),
				 .to = need_text(r, record, "to"),
				 .vantage = need_text(r, record, "vantage")};
	const char *const names[] = {v.installation, v.requirement, v.from, v.to, v.vantage};
	unsigned decisive;

	if (strcmp(word, "elsewhere") == 0)
		return;
	v.verdict = read_word(r, record, "verdict", verdict_names);
	v.network = read_word(r, record, "network", answer_names);
	v.service = read_word(r, record, "service", answer_names);
	read_turn(r, record, &v);
	v.reason = read_text(r, record, "reason");
	v.since_ms = read_time(r, record, "since");
	decisive = read_decisive(r, record);
	v.key = verdict_key_add(&r->keys, names, r->run->arena);
	buf_add(&r->verdicts, &v, sizeof(v));
	buf_add(&r->decisive, &decisive, sizeof(decisive));
}

static void read_record(struct reader *r, const json_t *record)
{
	const char *kind = json_string_value(json_object_get(record, "record"));

	if (!kind)
		wrong(r, "no record: an object with the key \"record\" is wanted");
	else if (strcmp(kind, "run") == 0)
		read_header(r, record);
	else if (strcmp(kind, "outcome") == 0 && r->part == RUN_ALL)
		read_outcome(r, record);
	else if (strcmp(kind, "verdict") == 0)
		read_verdict(r, record);
	else if (strcmp(kind, "summary") == 0)
		r->run->is_whole = true;
}

/* --- a file ----------------------------------------------------------------------------------- */

static json_t *load(struct slice s, json_error_t *error)
{
	return json_loadb(s.p, s.n, JSON_REJECT_DUPLICATES, error);
}

static void read_line(struct reader *r, struct slice line, bool may_be_torn)
{
	json_error_t error;
	json_t *record;

	if (r->part != RUN_ALL && slice_has_prefix(line, "{\"record\":\"outcome\","))
		return;
	if (line.n > RUN_LINE_MAX) {
		wrong(r, "the line is longer than %d bytes", RUN_LINE_MAX);
		return;
	}
	record = load(line, &error);
	if (record)
		read_record(r, record);
	else if (!may_be_torn)
		wrong(r, "not JSON: %s", error.text);
	json_decref(record);
}

static void read_lines(struct reader *r, struct slice input)
{
	struct slice line;

	while (!r->rc && slice_cut(&input, '\n', &line)) {
		r->line++;
		line = slice_trim(line);
		if (line.n)
			read_line(r, line, !input.p);
	}
}

/* The header's object with the others in its "records". */
static void read_document(struct reader *r, struct slice input)
{
	json_t *document = NULL, *records;
	json_error_t error;

	if (input.n > RUN_DOCUMENT_MAX)
		wrong(r, "a document of more than %d bytes; use --format jsonl", RUN_DOCUMENT_MAX);
	else
		document = load(input, &error);
	records = json_object_get(document, "records");
	if (document && !json_is_array(records))
		wrong(r, "no run: neither lines nor a document with \"records\"");
	else if (document)
		read_record(r, document);
	else
		wrong(r, "no run: not JSON in line %d: %s", error.line, error.text);
	for (size_t i = 0; !r->rc && i < json_array_size(records); i++) {
		r->record = i + 1;
		read_record(r, json_array_get(records, i));
	}
	json_decref(document);
}

/* Of lines the first is a whole record, and not the head of a document in many lines. */
static bool is_lines(struct slice input)
{
	struct slice line;
	bool is_one = false;
	json_t *first;

	if (!slice_cut(&input, '\n', &line) || line.n > RUN_LINE_MAX)
		return false;
	first = load(line, NULL);
	is_one = first && !json_object_get(first, "records");
	json_decref(first);
	return is_one;
}

/* --- together --------------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
	const struct past_outcome *const *x = a, *const *y = b;

	return ((*x)->outcome.id > (*y)->outcome.id) - ((*x)->outcome.id < (*y)->outcome.id);
}

static const struct past_outcome *outcome_of(const struct past_outcome **sorted, size_t n,
					     unsigned id)
{
	const struct past_outcome wanted = {.outcome = {.id = id}}, *key = &wanted;
	const struct past_outcome **found =
		n && id ? bsearch(&key, sorted, n, sizeof(*sorted), by_id) : NULL;

	return found ? *found : NULL;
}

static void join_decisive(struct reader *r)
{
	struct past_run *run = r->run;
	size_t n = run->outcomes.n;
	const struct past_outcome **sorted =
		ARENA_ARRAY(run->arena, const struct past_outcome *, n);
	const unsigned *ids = (const void *)r->decisive.data;

	for (size_t i = 0; i < n; i++)
		sorted[i] = &run->outcomes.items[i];
	if (n)
		qsort(sorted, n, sizeof(*sorted), by_id);
	for_each (v, &run->verdicts)
		v->decisive = outcome_of(sorted, n, ids[v - run->verdicts.items]);
}

static void join_flows(struct past_run *run)
{
	/* By the first of a flow: the last one so far. */
	struct past_outcome **last =
		ARENA_ARRAY(run->arena, struct past_outcome *, run->outcomes.n);

	for_each (o, &run->outcomes) {
		struct past_outcome *first = o;

		if (!o->flow)
			continue;
		if (!map_add(&run->by_flow, slice_of(o->flow), o)) {
			first = map_find(&run->by_flow, slice_of(o->flow));
			last[first - run->outcomes.items]->next = o;
		}
		last[first - run->outcomes.items] = o;
	}
}

static void *keep(struct arena *arena, const struct buf *items)
{
	return items->n ? memcpy(arena_get(arena, items->n, 1), items->data, items->n) : NULL;
}

static void join(struct reader *r)
{
	struct past_run *run = r->run;

	run->outcomes.n = r->outcomes.n / sizeof(struct past_outcome);
	run->outcomes.items = keep(run->arena, &r->outcomes);
	run->verdicts.n = r->verdicts.n / sizeof(struct past_verdict);
	run->verdicts.items = keep(run->arena, &r->verdicts);
	for_each (v, &run->verdicts) {
		map_add(&run->by_key, v->key, v);
		map_add(&run->by_vantage, slice_of(v->vantage), v);
	}
	join_decisive(r);
	join_flows(run);
}

static struct past_run *new_run(void)
{
	struct arena *arena = arena_new();
	struct past_run *run = ARENA_NEW(arena, struct past_run);

	run->arena = arena;
	return run;
}

struct past_run *run_read(const char *file, struct slice input, enum run_part part, struct err *err)
{
	struct reader r = {.file = file, .part = part, .run = new_run(), .err = err};

	r.verdicts = r.outcomes = r.decisive = BUF_INIT;
	if (is_lines(input))
		read_lines(&r, input);
	else
		read_document(&r, input);
	if (!r.rc && !r.has_header)
		r.rc = err_set(err, ERR_DOCUMENT, (struct place){.file = file},
			       "there is no run in it: its first record is of the kind \"run\"");
	join(&r);
	verdict_keys_release(&r.keys);
	buf_release(&r.verdicts);
	buf_release(&r.outcomes);
	buf_release(&r.decisive);
	if (!r.rc)
		return r.run;
	past_run_free(r.run);
	return NULL;
}
