/* SPDX-License-Identifier: ISC
 *
 * A device's policy for people: a table for each hook, with reason, document and owner. What a page
 * says is the same in both forms: texts here, and how each form writes them below.
 */
#include "base/escape.h"
#include "cmd/policy_print.h"
#include "report/flow_words.h"
#include "report/html.h"

enum column {
	COLUMN_DOES,
	COLUMN_FROM,
	COLUMN_TO,
	COLUMN_WHAT,
	COLUMN_FOR,
	COLUMN_WHY,
	COLUMN_WRITTEN,
	COLUMN_OWNER,
	COLUMN_KEY,
	COLUMN_COUNT,
	COLUMNS_IN_TABLE = COLUMN_FOR + 1, /* of HTML; the rest stand below, with labels */
};
static const char *const column_names[] = {"does", "from",	 "to",	  "what", "for",
					   "why",  "written in", "owner", "key"};

/* --- what it says ----------------------------------------------------------------------------- */

struct row {
	struct buf cells[COLUMN_COUNT];
};

static void add_end(struct buf *text, const char *(*name)(const struct match *m, size_t i),
		    const struct match *m, const struct prefixes *p)
{
	char one[PREFIX_TEXT_MAX];

	for_each (prefix, &p->list)
		buf_addf(text, "%s%s", prefix == p->list.items ? "" : " ",
			 prefix_text(prefix, one));
	if (!p->list.n)
		buf_add_text(text, m->family == 6   ? "any IPv6"
				   : m->family == 4 ? "any IPv4"
						    : "any");
	for (size_t i = 0; name(m, i); i++)
		buf_addf(text, "%s%s", i ? ", " : " (", name(m, i));
	if (name(m, 0))
		buf_add_char(text, ')');
}

static void add_range(struct buf *out, struct port_range r)
{
	if (!r.lo || (r.lo == 1 && r.hi == 65535))
		buf_add_text(out, "any");
	else
		port_range_format(r, out);
}

static void add_needs(struct buf *text, const struct match *m)
{
	static const char *const packets[] = {[PACKETS_ESTABLISHED] = " replies",
					      [PACKETS_RELATED] = " errors",
					      [PACKETS_INVALID] = " invalid",
					      [PACKETS_RESET] = " resets",
					      [PACKETS_REPLY] = " replies"};

	buf_add_text(text, m->transport ? transport_names[m->transport] : "all");
	if (m->transport == TRANSPORT_ICMP) {
		buf_addf(text, "/%s", m->icmp ? m->icmp : "any");
	} else if (m->transport == TRANSPORT_IP) {
		buf_addf(text, "/%u", m->number);
	} else if (m->transport) {
		buf_add_char(text, '/');
		add_range(text, m->ports);
	}
	if (m->source_ports.lo) {
		buf_add_text(text, " from ");
		add_range(text, m->source_ports);
	}
	if (m->packets)
		buf_add_text(text, packets[m->packets]);
	if (m->user)
		buf_addf(text, " by %s", m->user);
	if (m->translated)
		buf_add_text(text, " translated");
}

static void add_action(struct buf *text, const struct rule *r)
{
	char addr[ADDR_TEXT_MAX];

	buf_add_text(text, action_names[r->action]);
	if (r->rewrite.session)
		buf_add_text(text, " as agreed");
	for_each (end, &r->rewrite.members) {
		buf_addf(text, "%s%s", end == r->rewrite.members.items ? " to one of " : ", ",
			 addr_text(&end->addr, addr));
		if (end->port)
			buf_addf(text, " port %u", end->port);
	}
	if (r->rewrite.addr.family)
		buf_addf(text, " to %s", addr_text(&r->rewrite.addr, addr));
	if (r->rewrite.port)
		buf_addf(text, " port %u", r->rewrite.port);
}

static void add_reasons(struct row *row, const struct rule *r)
{
	struct buf *why = &row->cells[COLUMN_WHY], *reference = &row->cells[COLUMN_WRITTEN];

	if (!r->flows.n)
		buf_add_text(why, r->why);
	else
		rule_format_requirements(r, &row->cells[COLUMN_FOR]);
	for_each (f, &r->flows) {
		for (const struct claim *c = (*f)->claims; c; c = c->next) {
			if (!policy_is_first(r, *f, c))
				continue;
			buf_addf(why, "%s%s", why->n ? "; " : "", c->demand->requirement->why.s);
			buf_add_text(reference, reference->n ? "; " : "");
			flow_words_reference(c->demand, reference);
		}
	}
}

static struct row row_of(const struct rule *r)
{
	const char *owner = policy_owner(r);
	char key[RULE_KEY_TEXT_MAX];
	struct row row;

	for (enum column c = 0; c < COLUMN_COUNT; c++)
		row.cells[c] = BUF_INIT;
	add_action(&row.cells[COLUMN_DOES], r);
	add_end(&row.cells[COLUMN_FROM], match_in, &r->match, &r->match.source);
	add_end(&row.cells[COLUMN_TO], match_out, &r->match, &r->match.target);
	add_needs(&row.cells[COLUMN_WHAT], &r->match);
	add_reasons(&row, r);
	buf_add_text(&row.cells[COLUMN_OWNER], owner ? owner : "");
	buf_add_text(&row.cells[COLUMN_KEY], r->flows.n ? rule_key_text(r, key) : "");
	return row;
}

static void row_release(struct row *row)
{
	for (enum column c = 0; c < COLUMN_COUNT; c++)
		buf_release(&row->cells[c]);
}

static void add_summary(const struct policy *p, struct buf *out)
{
	size_t n = 0;

	for_each (r, &p->rules)
		n += r->flows.n != 0;
	buf_addf(out,
		 "%zu rule%s for what is needed or forbidden, %zu for every connection; %zu "
		 "finding%s.",
		 n, n == 1 ? "" : "s", p->rules.n - n, p->findings.n,
		 p->findings.n == 1 ? "" : "s");
}

static bool has_rules(const struct policy *p, enum hook hook)
{
	for_each (r, &p->rules)
		if (r->hook == hook)
			return true;
	return false;
}

/* --- in Markdown ------------------------------------------------------------------------------ */

static void md_row(struct buf *out, const struct rule *r)
{
	struct row row = row_of(r);

	buf_add_char(out, '|');
	for (enum column c = 0; c < COLUMN_COUNT; c++) {
		buf_add_char(out, ' ');
		escape_markdown(out, buf_slice(&row.cells[c]));
		buf_add_text(out, " |");
	}
	buf_add_char(out, '\n');
	row_release(&row);
}

static void md_hook(struct buf *out, const struct policy *p, enum hook hook)
{
	if (!has_rules(p, hook))
		return;
	buf_addf(out, "\n## %s\n\n|", hook_names[hook]);
	for (enum column c = 0; c < COLUMN_COUNT; c++)
		buf_addf(out, " %s |", column_names[c]);
	buf_add_text(out, "\n|");
	for (enum column c = 0; c < COLUMN_COUNT; c++)
		buf_add_text(out, "---|");
	buf_add_char(out, '\n');
	for_each (r, &p->rules)
		if (r->hook == hook)
			md_row(out, r);
}

static void md_line(struct buf *out, const char *label, const char *text)
{
	if (!text)
		return;
	buf_add_text(out, label);
	escape_markdown(out, slice_of(text));
}

static void md_findings(struct buf *out, const struct policy *p)
{
	if (p->findings.n)
		buf_add_text(out, "\n## findings\n\n");
	for_each (f, &p->findings) {
		buf_addf(out, "- %s, %s: ", severity_names[f->severity], f->code);
		md_line(out, "", f->subject);
		md_line(out, ": ", f->evidence);
		md_line(out, "; to do: ", f->fix);
		buf_add_char(out, '\n');
	}
}

void policy_page_markdown(const struct policy *p, struct buf *out)
{
	md_line(out, "# ", p->device->name.s);
	md_line(out, " of ", p->plan->site->name.s);
	buf_add_text(out, "\n\n");
	add_summary(p, out);
	md_line(out, "\n\nOwner: ", p->device->owner.s);
	buf_add_char(out, '\n');
	md_findings(out, p);
	for (enum hook hook = 0; hook < HOOK_COUNT; hook++)
		md_hook(out, p, hook);
}

/* --- in HTML ---------------------------------------------------------------------------------- */

/* Of page.css. */
static const char *const cell_classes[COLUMNS_IN_TABLE] = {"level", "from", "to", "needs", "for"};

static const char *colour_of(enum action a)
{
	return a == ACTION_ACCEPT		       ? "rule"
	       : a == ACTION_DROP || a == ACTION_RESET ? "rule forbidden"
						       : "rule recommended";
}

static void html_row(struct buf *out, const struct rule *r)
{
	struct row row = row_of(r);

	buf_addf(out, "<tbody class=\"%s\"><tr><td class=\"level\">", colour_of(r->action));
	html_element(out, "span", "", row.cells[COLUMN_DOES].data);
	buf_add_text(out, "</td>");
	for (enum column c = COLUMN_FROM; c < COLUMNS_IN_TABLE; c++)
		html_element(out, "td", cell_classes[c], row.cells[c].data);
	buf_addf(out, "</tr><tr class=\"more\"><td colspan=\"%d\"><dl>", COLUMNS_IN_TABLE);
	for (enum column c = COLUMNS_IN_TABLE; c < COLUMN_COUNT; c++)
		html_fact(out, column_names[c], row.cells[c].data);
	buf_add_text(out, "</dl></td></tr></tbody>\n");
	row_release(&row);
}

static void html_hook(struct buf *out, const struct policy *p, enum hook hook)
{
	if (!has_rules(p, hook))
		return;
	buf_addf(out, "<section class=\"flows\"><h2>%s</h2>\n<table class=\"rules\"><thead><tr>",
		 hook_names[hook]);
	for (enum column c = 0; c < COLUMNS_IN_TABLE; c++)
		html_element(out, "th", cell_classes[c], column_names[c]);
	buf_add_text(out, "</tr></thead>\n");
	for_each (r, &p->rules)
		if (r->hook == hook)
			html_row(out, r);
	buf_add_text(out, "</table>\n</section>\n");
}

static void html_findings(struct buf *out, const struct policy *p)
{
	if (!p->findings.n)
		return;
	buf_add_text(out, "<section class=\"notes\"><h2>findings</h2><ul>\n");
	for_each (f, &p->findings) {
		const char *severity = severity_names[f->severity];

		buf_addf(out, "<li class=\"warn %s\">", severity);
		html_element(out, "span", "severity", severity);
		buf_addf(out, " %s ", f->code);
		html_element(out, "b", "subject", f->subject);
		if (f->evidence)
			html_element(out, "p", "evidence", f->evidence);
		if (f->fix)
			html_element(out, "p", "fix", f->fix);
		buf_add_text(out, "</li>\n");
	}
	buf_add_text(out, "</ul></section>\n");
}

static void html_head(struct buf *out, const struct policy *p)
{
	struct buf heading = BUF_INIT, summary = BUF_INIT;
	struct html_head head = {.brand = "portolan policy"};

	buf_addf(&heading, "%s of %s", p->device->name.s, p->plan->site->name.s);
	add_summary(p, &summary);
	head.name = head.heading = heading.data;
	head.answer = summary.data;
	html_start(&head, out);
	buf_add_text(out, "<dl>");
	html_fact(out, "owner", p->device->owner.s);
	buf_add_text(out, "</dl>\n");
	buf_release(&heading);
	buf_release(&summary);
}

/* Without a script: there is nothing to choose that a reader's own search would not find. */
void policy_page_html(const struct policy *p, struct buf *out)
{
	html_head(out, p);
	html_findings(out, p);
	for (enum hook hook = 0; hook < HOOK_COUNT; hook++)
		html_hook(out, p, hook);
	buf_add_text(out, "</body>\n</html>\n");
}
