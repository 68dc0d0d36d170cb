/* SPDX-License-Identifier: ISC
 *
 * Whatever the names are, a report keeps its form. Each writer writes a plan twice: with the
 * input's strings for names, and with those strings in hexadecimal. What is left of the two
 * outputs without their text must be the same: fields, cells, brackets, tags. Two names are equal
 * in both or in neither.
 */
#include <stdint.h>

#include "../report_fixture.h"
#include "base/buf.h"
#include "doc/csv.h"
#include "report/writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(bool holds, const char *what, const char *writer)
{
	if (!holds)
		BUG("%s: %s", writer, what);
}

/* --- what is left of each form --- */

/* Brackets, commas and colons outside strings; a string is one s. */
static void json_skeleton(struct slice s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '"') {
			buf_add_char(out, s.p[i]);
			continue;
		}
		for (i++; i < s.n && s.p[i] != '"'; i++) {
			require((unsigned char)s.p[i] >= 0x20, "a control character", "json");
			i += s.p[i] == '\\';
		}
		require(i < s.n, "a string without an end", "json");
		buf_add_char(out, 's');
	}
}

/* Fields by row. */
static void csv_skeleton(struct slice s, struct buf *out)
{
	struct arena *arena = arena_new();
	struct err err;
	struct csv csv;
	int rc;

	csv_start(&csv, "plan.csv", s, ',', arena);
	while ((rc = csv_next(&csv, &err)) > 0) {
		buf_addf(out, "%zu\n", csv.n);
		for (size_t i = 0; i < csv.n; i++) {
			struct slice field = csv_field(&csv, i);

			require(!field.n || !memchr("=+-@\t\r\n", field.p[0], 7), "a formula",
				"csv");
		}
	}
	require(rc == 0, err.text, "csv");
	arena_free(arena);
}

/* Lines, and bars that part cells. */
static void markdown_skeleton(struct slice s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (strchr("|\n<`", s.p[i]))
			buf_add_char(out, s.p[i]);
	}
}

static void text_skeleton(struct slice s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		require(c == '\n' || (c >= 0x20 && c != 0x7f), "a control character", "text");
		if (c == '\n')
			buf_add_char(out, '\n');
	}
}

/* Tags with the names of their attributes; the data in its block as JSON. */
static void html_skeleton(struct slice s, struct buf *out)
{
	static const char script[] = "<script type=\"application/json\" id=\"data\">";
	const char *data = memmem(s.p, s.n, script, strlen(script)), *end;
	bool tag = false, quoted = false;

	require(data != NULL, "no data", "html");
	data += strlen(script);
	end = memmem(data, (size_t)(s.p + s.n - data), "<", 1);
	require(end && memcmp(end, "</script>", 9) == 0, "the data ends early", "html");
	json_skeleton(slice_from_to(data, end), out);
	for (const char *p = s.p; p < data; p++) {
		if (quoted ? *p == '"' : tag && *p == '"')
			quoted = !quoted;
		else if (*p == '<' || (*p == '>' && tag)) {
			require(!quoted && tag == (*p == '>'), "a bracket inside a tag", "html");
			tag = !tag;
		}
		if (tag && !quoted)
			buf_add_char(out, *p);
	}
	require(!tag, "a tag without an end", "html");
}

static const struct {
	const char *name;
	void (*skeleton)(struct slice s, struct buf *out);
} forms[] = {
	{"text", text_skeleton}, {"csv", csv_skeleton},	   {"markdown", markdown_skeleton},
	{"json", json_skeleton}, {"jsonl", json_skeleton}, {"html", html_skeleton},
};

/* --- names --- */

struct strings {
	const uint8_t *data;
	size_t n, at;
	bool as_hex;
	struct arena *arena;
};

/* The next piece of the input, up to a zero byte. No $: a name to try that has one is a template,
 * and left out. */
static const char *next_name(void *ctx, const char *usual)
{
	struct strings *s = ctx;
	struct buf name = BUF_INIT;
	const char *kept;

	(void)usual;
	if (s->at >= s->n)
		s->at = 0;
	while (s->at < s->n && s->data[s->at]) {
		uint8_t c = s->data[s->at++];

		if (s->as_hex)
			buf_addf(&name, "%02x", c);
		else
			buf_add_char(&name, c == '$' ? '%' : (char)c);
	}
	s->at++;
	kept = arena_copy(s->arena, buf_slice(&name));
	buf_release(&name);
	return kept;
}

/* What a run says of the first flow, in the input's words. */
static void fill_run(struct past_run *run, struct past_outcome *p, const struct flow *f,
		     struct strings *strings)
{
	struct buf id = BUF_INIT;

	flow_format_id(f, &id);
	*p = (struct past_outcome){.flow = arena_copy(strings->arena, buf_slice(&id)),
				   .vantage = next_name(strings, "")};
	p->outcome = (struct outcome){.name = next_name(strings, ""),
				      .state = STATE_REJECTED,
				      .cause = CAUSE_HOP,
				      .by = {.family = 4},
				      .device = next_name(strings, ""),
				      .how = next_name(strings, ""),
				      .evidence = next_name(strings, ""),
				      .candidates = {next_name(strings, "")}};
	*run = (struct past_run){.id = next_name(strings, ""), .vantage = next_name(strings, "")};
	map_add(&run->by_flow, slice_of(p->flow), p);
	buf_release(&id);
}

static void write_all(const struct writer *w, const uint8_t *data, size_t n, bool as_hex,
		      enum plan_by by, struct buf *out, struct buf *request)
{
	struct plan_query query = {.by = by, .explain = true, .version = "0"};
	struct request_form form = {.version = "0"};
	struct strings strings = {data, n, 0, as_hex, arena_new()};
	struct fixture_names names = {next_name, &strings};
	struct past_outcome outcome;
	struct plan_view view;
	struct past_run run;
	struct request r;
	struct fixture x;

	fixture_init(&x, &names);
	fixture_flows(&x);
	fill_run(&run, &outcome, x.flows[0], &strings);
	form.run = &run;
	form.requester = form.ticket = next_name(&strings, "");
	require(plan_view_init(&view, &x.plan, &query), "nothing in it", w->name);
	w->plan(&view, out);
	plan_view_release(&view);
	if (w->request) {
		request_init(&r, &x.plan, &form);
		w->request(&r, request);
		request_release(&r);
	}
	map_release(&run.by_flow);
	fixture_release(&x);
	arena_free(strings.arena);
}

static void check(const struct writer *w, const uint8_t *data, size_t n, enum plan_by by)
{
	struct buf out[2][2] = {{BUF_INIT, BUF_INIT}, {BUF_INIT, BUF_INIT}};
	struct buf left[2][2] = {{BUF_INIT, BUF_INIT}, {BUF_INIT, BUF_INIT}};
	size_t k = 0;

	while (strcmp(forms[k].name, w->name) != 0)
		k++;
	for (size_t hex = 0; hex < 2; hex++) {
		write_all(w, data, n, hex, by, &out[hex][0], &out[hex][1]);
		for (size_t i = 0; i < 2; i++)
			if (out[hex][i].n)
				forms[k].skeleton(buf_slice(&out[hex][i]), &left[hex][i]);
	}
	for (size_t i = 0; i < 2; i++)
		require(slice_equal(buf_slice(&left[0][i]), buf_slice(&left[1][i])),
			i ? "a request loses its form" : "a plan loses its form", w->name);
	for (size_t i = 0; i < 4; i++) {
		buf_release(&out[i / 2][i % 2]);
		buf_release(&left[i / 2][i % 2]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > 4096)
		return 0;
	for (size_t i = 0; writers[i]; i++)
		check(writers[i], data, n, (enum plan_by)(n % (PLAN_BY_HOST + 1)));
	return 0;
}
