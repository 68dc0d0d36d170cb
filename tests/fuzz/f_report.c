/* SPDX-License-Identifier: ISC
 *
 * Whatever the names are, and whatever peers said, a report keeps its form. Each writer writes a
 * plan, a request and a check twice: with the input's strings for names, and with those strings in
 * hexadecimal. What is left of the two outputs without their text must be the same: fields, cells,
 * brackets, tags. Two names are equal in both or in neither.
 */
#include <stdint.h>

#include "../check_fixture.h"
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

/* Tags with the names of their attributes; each that opens is closed. References are known ones,
 * and what is no character of XML does not occur. */
static void xml_reference(struct slice rest)
{
	static const char *const known[] = {"&amp;", "&lt;",  "&gt;",  "&quot;",
					    "&#39;", "&#10;", "&#13;", "&#9;"};
	bool is_known = false;

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		is_known |= slice_has_prefix(rest, known[i]);
	require(is_known, "an unknown reference", "xml");
}

static void xml_tag(struct slice tag, size_t *depth, struct buf *out)
{
	bool quoted = false;

	require(tag.n > 0, "an empty tag", "xml");
	if (*tag.p == '?')
		return;
	if (*tag.p == '/') {
		require(*depth > 0, "closed without being open", "xml");
		--*depth;
	} else if (tag.p[tag.n - 1] != '/') {
		++*depth;
	}
	for (size_t i = 0; i < tag.n; i++) {
		if (tag.p[i] == '"')
			quoted = !quoted;
		else if (!quoted)
			buf_add_char(out, tag.p[i]);
		require(tag.p[i] != '<', "a bracket inside a tag", "xml");
	}
	require(!quoted, "a value without an end", "xml");
	buf_add_char(out, '\n');
}

static void xml_skeleton(struct slice s, struct buf *out)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		const char *end;

		require(c == '\n' || (c >= 0x20 && c != 0x7f), "a control character", "xml");
		require(!slice_has_prefix(slice_skip(s, i), "\xef\xbf\xbf"), "no character", "xml");
		if (c == '&')
			xml_reference(slice_skip(s, i));
		require(c != '>', "a bracket outside a tag", "xml");
		if (c != '<')
			continue;
		end = memchr(s.p + i, '>', s.n - i);
		require(end != NULL, "a tag without an end", "xml");
		xml_tag(slice_from_to(s.p + i + 1, end), &depth, out);
		for (const char *p = s.p + i; p < end; p++)
			if (*p == '&')
				xml_reference(slice_from_to(p, s.p + s.n));
		i = (size_t)(end - s.p);
	}
	require(depth == 0, "a tag stays open", "xml");
}

/* NAME{LABEL="VALUE",...} NUMBER: what stands before the number. */
static struct slice metrics_sample(struct slice line)
{
	size_t i = 0;

	while (i < line.n && (line.p[i] == '_' || (line.p[i] >= 'a' && line.p[i] <= 'z')))
		i++;
	require(i && i < line.n && line.p[i] == '{', "no name", "openmetrics");
	do {
		for (i++; i < line.n && line.p[i] >= 'a' && line.p[i] <= 'z';)
			i++;
		require(i + 1 < line.n && line.p[i] == '=' && line.p[i + 1] == '"', "no label",
			"openmetrics");
		for (i += 2; i < line.n && line.p[i] != '"'; i++)
			i += line.p[i] == '\\';
		require(++i < line.n, "a label without an end", "openmetrics");
	} while (line.p[i] == ',');
	require(line.p[i] == '}', "the labels do not end", "openmetrics");
	require(i + 2 < line.n && line.p[i + 1] == ' ' &&
			strspn(line.p + i + 2, "0123456789.") == line.n - i - 2,
		"no number", "openmetrics");
	return (struct slice){line.p, i};
}

/* Every line is a comment of ours or a sample, and no series stands there twice. How many there are
 * depends on the names: ends of one name may come to one series. */
static void metrics_skeleton(struct slice s, struct buf *out)
{
	struct map seen = {0};
	struct slice line;

	(void)out;
	while (slice_cut(&s, '\n', &line)) {
		if (!line.n || slice_has_prefix(line, "# TYPE portolan_check_") ||
		    slice_has_prefix(line, "# HELP portolan_check_") || slice_is(line, "# EOF"))
			continue;
		require(map_add(&seen, metrics_sample(line), &seen), "a series twice",
			"openmetrics");
	}
	map_release(&seen);
}

static const struct {
	const char *name;
	void (*skeleton)(struct slice s, struct buf *out);
} forms[] = {
	{"text", text_skeleton}, {"csv", csv_skeleton},	   {"markdown", markdown_skeleton},
	{"json", json_skeleton}, {"jsonl", json_skeleton}, {"html", html_skeleton},
	{"junit", xml_skeleton}, {"sarif", json_skeleton}, {"openmetrics", metrics_skeleton},
};

/* --- names --- */

struct strings {
	const uint8_t *data;
	size_t n, at;
	bool as_hex;
	struct arena *arena;
};

/* What would mean something there, and does not come from outside: a name to try with $ is a
 * template, and left out; a question is about PRODUCT/REQUIREMENT; a candidate may be
 * hop:ADDRESS. */
static bool has_meaning(uint8_t c, const char *usual)
{
	return c == '$' || (c == '/' && strcmp(usual, "prod.roles.db") == 0) ||
	       (c == ':' && strcmp(usual, "target") == 0);
}

/* The next piece of the input, up to a zero byte. */
static const char *next_name(void *ctx, const char *usual)
{
	struct strings *s = ctx;
	struct buf name = BUF_INIT;
	const char *kept;

	if (s->at >= s->n)
		s->at = 0;
	while (s->at < s->n && s->data[s->at]) {
		uint8_t c = s->data[s->at++];

		if (s->as_hex)
			buf_addf(&name, "%02x", c);
		else
			buf_add_char(&name, has_meaning(c, usual) ? '%' : (char)c);
	}
	s->at++;
	kept = arena_copy(s->arena, buf_slice(&name));
	buf_release(&name);
	return kept;
}

/* Of each kind that the form has. */
enum { KIND_PLAN, KIND_REQUEST, KIND_CHECK, KINDS };
static const char *const losses[KINDS] = {
	"a plan loses its form",
	"a request loses its form",
	"a check loses its form",
};

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
				      .candidates = {next_name(strings, "target")}};
	*run = (struct past_run){.id = next_name(strings, ""), .vantage = next_name(strings, "")};
	map_add(&run->by_flow, slice_of(p->flow), p);
	buf_release(&id);
}

static void write_plan(const struct writer *w, struct strings *strings, enum plan_by by,
		       struct buf out[KINDS])
{
	struct plan_query query = {.by = by, .explain = true, .version = "0"};
	struct request_form form = {.version = "0"};
	struct fixture_names names = {next_name, strings};
	struct past_outcome outcome;
	struct plan_view view;
	struct past_run run;
	struct request r;
	struct fixture x;

	fixture_init(&x, &names);
	fixture_flows(&x);
	fill_run(&run, &outcome, x.flows[0], strings);
	form.run = &run;
	form.requester = form.ticket = next_name(strings, "");
	require(plan_view_init(&view, &x.plan, &query), "nothing in it", w->name);
	if (w->plan)
		w->plan(&view, &out[KIND_PLAN]);
	plan_view_release(&view);
	if (w->request) {
		request_init(&r, &x.plan, &form);
		w->request(&r, &out[KIND_REQUEST]);
		request_release(&r);
	}
	map_release(&run.by_flow);
	fixture_release(&x);
}

static void write_check(const struct writer *w, struct strings *strings, struct buf *out)
{
	struct fixture_names names = {next_name, strings};
	struct check_fixture c;

	check_fixture_init(&c, &names);
	c.report.all = true;
	w->check(&c.report, out);
	check_fixture_release(&c);
}

static void write_all(const struct writer *w, struct strings strings, enum plan_by by,
		      struct buf out[KINDS])
{
	strings.arena = arena_new();
	if (w->plan || w->request)
		write_plan(w, &strings, by, out);
	if (w->check)
		write_check(w, &strings, &out[KIND_CHECK]);
	arena_free(strings.arena);
}

static void check(const struct writer *w, const uint8_t *data, size_t n, enum plan_by by)
{
	struct buf out[2][KINDS] = {0}, left[2][KINDS] = {0};
	size_t k = 0;

	while (strcmp(forms[k].name, w->name) != 0)
		k++;
	for (size_t i = 0; i < 2 * KINDS; i++) {
		buf_init(&out[i / KINDS][i % KINDS]);
		buf_init(&left[i / KINDS][i % KINDS]);
	}
	for (size_t hex = 0; hex < 2; hex++) {
		write_all(w, (struct strings){data, n, 0, hex, NULL}, by, out[hex]);
		for (size_t i = 0; i < KINDS; i++)
			if (out[hex][i].n)
				forms[k].skeleton(buf_slice(&out[hex][i]), &left[hex][i]);
	}
	for (size_t i = 0; i < KINDS; i++)
		require(slice_equal(buf_slice(&left[0][i]), buf_slice(&left[1][i])), losses[i],
			w->name);
	for (size_t i = 0; i < 2 * KINDS; i++) {
		buf_release(&out[i / KINDS][i % KINDS]);
		buf_release(&left[i / KINDS][i % KINDS]);
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
