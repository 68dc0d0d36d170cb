/* SPDX-License-Identifier: ISC */
#include "report/plan_columns.h"

#include "report/flow_words.h"

static void add_text(struct buf *out, const char *s)
{
	if (s)
		buf_add_text(out, s);
}

const char *plan_row_level(const struct plan_row *row)
{
	const struct claim *c = row->claim;

	if (row->flow->kind == FLOW_FORBIDDEN)
		return "forbidden";
	if (c->also)
		return level_names[LEVEL_RECOMMENDED];
	if (c->level == LEVEL_REQUIRED && c->branch)
		return "alternative";
	return level_names[c->level];
}

static void add_from(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	(void)v;
	buf_add_text(out, row->flow->from->name);
}

static void add_to(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	(void)v;
	buf_add_text(out, row->flow->to->name);
}

static void add_needs(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	(void)v;
	flow_format_ports(row->flow, out);
}

static void add_service(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	(void)v;
	add_text(out, flow_service(row->flow));
}

static void add_path(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	(void)v;
	flow_words_path(row->flow, out);
}

static void add_level(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	(void)v;
	buf_add_text(out, plan_row_level(row));
}

static void add_note(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	size_t start = out->n;

	(void)v;
	flow_words_note(row->flow, row->claim, out);
	if (row->alternative && row->flow->claims->branch == 0)
		buf_addf(out, "%sneeded anyway", out->n > start ? "; " : "");
}

static void add_documented(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	const char *documented = flow_documented(row->flow, row->claim);

	(void)v;
	if (documented)
		buf_add_text(out, strcmp(documented, "none") == 0 ? "nothing" : documented);
}

static void add_requirements(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	plan_view_requirements(v, row->flow, out);
}

/* Under a heading that names the installation the short form is enough; an alternative has its
 * own. */
static void add_short_requirements(const struct plan_view *v, const struct plan_row *row,
				   struct buf *out)
{
	const struct installation *i = row->claim->demand->installation;
	size_t start = out->n;

	(void)v;
	if (row->alternative)
		return;
	for (const struct claim *c = row->claim; c; c = c->next)
		if (c->demand->installation == i && plan_view_wants(v, c->demand) &&
		    claim_is_first(row->flow, c))
			buf_addf(out, "%s%s", out->n > start ? " " : "",
				 c->demand->requirement->id.s);
}

/* Asked of the outermost alternatives: they are those that are numbered. */
static bool is_ordered(const struct need *n)
{
	if (!n || n->kind == NEED_ELSE || n->kind == NEED_ANY)
		return n && n->kind == NEED_ELSE;
	for_each (kid, &n->kids)
		if (is_ordered(*kid))
			return true;
	return false;
}

/* Which of a requirement's ways this is: any of them does, or each is for when the one before it
 * fails. */
static void add_branch(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	const struct claim *c = row->claim;

	(void)v;
	if (!c->branch)
		return;
	buf_addf(out, "%s, ", c->demand->requirement->id.s);
	if (!is_ordered(c->demand->needs))
		buf_addf(out, "way %u", c->branch);
	else if (c->branch == 1)
		buf_add_text(out, "first");
	else
		buf_addf(out, "else %u", c->branch);
}

static void add_why(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	const struct requirement *q = row->claim->demand->requirement;

	(void)v;
	add_text(out, q->why.s ? q->why.s : q->title.s);
}

static void add_without(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	(void)v;
	add_text(out, row->claim->demand->requirement->without.s);
}

static void add_reference(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	(void)v;
	flow_words_reference(row->claim->demand, out);
}

static void add_what(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	(void)v;
	add_text(out, row->what);
}

static void add_interface(const struct interface *i, struct buf *out)
{
	if (i)
		add_text(out, i->name.s);
}

static void add_in(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	(void)v;
	if (row->hop)
		add_interface(row->hop->in, out);
	else if (row->flow->to->device)
		add_interface(row->flow->to->interface, out);
}

static void add_out(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	(void)v;
	if (row->hop)
		add_interface(row->hop->out, out);
	else if (row->flow->from->device && !row->flow->to->device)
		add_interface(row->flow->from->interface, out);
}

static void add_peer(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	(void)v;
	if (row->peer)
		buf_add_text(out, row->peer->name);
}

static void add_flow(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	(void)v;
	flow_format_id(row->flow, out);
}

static void add_installation(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	(void)v;
	buf_add_text(out, row->claim->demand->installation->name);
}

static void add_from_zone(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	(void)v;
	flow_words_zone(row->flow->from, out);
}

static void add_to_zone(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	(void)v;
	flow_words_zone(row->flow->to, out);
}

static void add_source(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	(void)v;
	flow_words_addresses(row->flow->from, out);
}

static void add_target(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	(void)v;
	flow_words_addresses(row->flow->to, out);
}

static void add_dialled(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	(void)v;
	flow_words_dialled(row->flow, out);
}

static void add_seen_as(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	const struct translation *t = row->flow->translation;

	(void)v;
	if (t && t->seen_as.family)
		addr_format(&t->seen_as, out);
}

static void add_gateway(const struct plan_view *v, const struct plan_row *row, struct buf *out)
{
	(void)v;
	flow_words_gateway(row->claim, out);
}

#define FROM                                                                                       \
	{                                                                                          \
		"from", "FROM", false, add_from                                                    \
	}
#define TO                                                                                         \
	{                                                                                          \
		"to", "TO", false, add_to                                                          \
	}
#define NEEDS                                                                                      \
	{                                                                                          \
		"needs", "NEEDS", false, add_needs                                                 \
	}
#define SERVICE                                                                                    \
	{                                                                                          \
		"service", "SERVICE", false, add_service                                           \
	}
#define LEVEL                                                                                      \
	{                                                                                          \
		"level", "LEVEL", false, add_level                                                 \
	}
#define PATH                                                                                       \
	{                                                                                          \
		"path", "PATH", false, add_path                                                    \
	}
#define NOTE                                                                                       \
	{                                                                                          \
		"note", "NOTE", true, add_note                                                     \
	}
#define DOCUMENTED                                                                                 \
	{                                                                                          \
		"documented", "DOCUMENT SAYS", true, add_documented                                \
	}
#define WITHOUT                                                                                    \
	{                                                                                          \
		"without", "LOST WITHOUT IT", true, add_without                                    \
	}
#define REQUIREMENTS                                                                               \
	{                                                                                          \
		"requirements", "FOR", true, add_requirements                                      \
	}
#define BRANCH                                                                                     \
	{                                                                                          \
		"alternative", "ONE OF", true, add_branch                                          \
	}
#define WHAT                                                                                       \
	{                                                                                          \
		"what", "WHAT", false, add_what                                                    \
	}

static const struct plan_column by_application[] = {
	BRANCH, FROM, TO,	  NEEDS,   SERVICE,
	PATH,	NOTE, DOCUMENTED, WITHOUT, {"for", "FOR", true, add_short_requirements},
};
static const struct plan_column by_port[] = {
	FROM, TO, SERVICE, LEVEL, PATH, NOTE, DOCUMENTED, REQUIREMENTS,
};
static const struct plan_column by_device[] = {
	WHAT,
	{"in", "IN", false, add_in},
	{"out", "OUT", false, add_out},
	FROM,
	TO,
	NEEDS,
	LEVEL,
	NOTE,
	REQUIREMENTS,
};
static const struct plan_column by_host[] = {
	WHAT, {"peer", "PEER", false, add_peer}, NEEDS, SERVICE, LEVEL, PATH, NOTE, REQUIREMENTS,
};

const struct plan_columns plan_columns_by[] = {
	[PLAN_BY_APPLICATION] = {by_application, ARRAY_LEN(by_application)},
	[PLAN_BY_PORT] = {by_port, ARRAY_LEN(by_port)},
	[PLAN_BY_DEVICE] = {by_device, ARRAY_LEN(by_device)},
	[PLAN_BY_HOST] = {by_host, ARRAY_LEN(by_host)},
};

const struct plan_column plan_columns_all[] = {
	WHAT,
	{"in", "IN", false, add_in},
	{"out", "OUT", false, add_out},
	{"flow", "FLOW", false, add_flow},
	{"installation", "INSTALLATION", false, add_installation},
	REQUIREMENTS,
	FROM,
	{"from_zone", "FROM ZONE", false, add_from_zone},
	{"source", "SOURCE", false, add_source},
	TO,
	{"to_zone", "TO ZONE", false, add_to_zone},
	{"target", "TARGET", false, add_target},
	NEEDS,
	SERVICE,
	LEVEL,
	BRANCH,
	PATH,
	{"via", "VIA", false, add_gateway},
	{"dialled", "DIALLED", false, add_dialled},
	{"seen_as", "SEEN AS", false, add_seen_as},
	DOCUMENTED,
	NOTE,
	{"why", "WHY", true, add_why},
	WITHOUT,
	{"document", "DOCUMENT", true, add_reference},
};
const size_t plan_columns_all_n = ARRAY_LEN(plan_columns_all);
