/* SPDX-License-Identifier: ISC */
#include "report/ports.h"

#include <string.h>

#include "report/flow_words.h"
#include "report/paragraph.h"
#include "report/table.h"

enum { NAMES_SHOWN = 4 };

/* --- words ------------------------------------------------------------------------------------ */

void ports_words_at(const struct listening_port *p, struct buf *out)
{
	static const char *const every[] = {
		[STACK_IPV4] = "every IPv4 address",
		[STACK_IPV6] = "every IPv6 address",
		[STACK_BOTH] = "every address, IPv4 and IPv6",
		[STACK_IPV6_AT_LEAST] = "every IPv6 address; IPv4, too: not told",
	};
	char text[ADDR_TEXT_MAX];

	if (listening_is_any(p))
		buf_add_text(out, every[p->stack]);
	else
		buf_add_text(out, addr_text(&p->at, text));
	if (p->link)
		buf_addf(out, " of %s", p->link);
	if (p->exposure == AT_LOOPBACK)
		buf_add_text(out, " (loopback)");
	if (p->sockets > 1)
		buf_addf(out, ", %zu sockets", p->sockets);
}

static bool is_same_want(const struct demand *a, const struct demand *b)
{
	return a->installation == b->installation && a->requirement == b->requirement;
}

/* "web1, web2": who wants it of the same installation and requirement. */
static void add_from(const struct demand *const *all, size_t n, const struct demand *d, size_t max,
		     struct buf *out)
{
	const char *last = NULL;
	size_t names = 0;

	for (size_t i = 0; i < n; i++) {
		if (!is_same_want(all[i], d) || (last && strcmp(last, all[i]->from->name) == 0))
			continue;
		if (!max || names < max)
			buf_addf(out, "%s%s", last ? ", " : " from ", all[i]->from->name);
		last = all[i]->from->name;
		names++;
	}
	if (max && names > max)
		buf_addf(out, " and %zu more", names - max);
}

static bool is_first_want(const struct demand *const *all, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (is_same_want(all[k], all[i]))
			return false;
	return true;
}

static void add_demands(const struct demand *const *all, size_t n, size_t max, struct buf *out)
{
	const char *between = "";

	for (size_t i = 0; i < n; i++) {
		if (!is_first_want(all, i))
			continue;
		buf_add_text(out, between);
		flow_words_requirement(all[i], out);
		add_from(all, n, all[i], max, out);
		between = "; ";
	}
}

void ports_words_wanted(const struct listening_port *p, size_t max, struct buf *out)
{
	add_demands(p->demands.items, p->demands.n, max, out);
	if (!p->own)
		return;
	if (p->demands.n)
		buf_add_text(out, "; ");
	flow_words_requirement(p->own, out);
	buf_add_text(out, " by this host itself");
}

void ports_words_missed(const struct listening_gap *gap, size_t max, struct buf *out)
{
	add_demands(gap->demands.items, gap->demands.n, max, out);
}

struct ports_counts ports_count(const struct listening *l)
{
	struct ports_counts c = {0};

	for_each (p, &l->ports) {
		c.loopback += p->exposure == AT_LOOPBACK;
		c.outside += p->exposure != AT_LOOPBACK;
		c.not_told += p->holder == HOLDER_NOT_TOLD;
		c.strangers += l->plan && !p->wanted.n && !p->own;
	}
	return c;
}

/* --- a line a port ---------------------------------------------------------------------------- */

static void add_process(const struct listening_port *p, struct buf *out)
{
	const struct listening_process *x = &p->process;

	if (p->holder == HOLDER_NOT_TOLD) {
		buf_add_text(out, "not told (needs root)");
	} else if (p->holder == HOLDER_NONE) {
		buf_add_text(out, "none that can be seen");
	} else {
		buf_addf(out, "%s %ld", x->name ? x->name : "(gone)", x->id);
		if (x->count > 1)
			buf_addf(out, " and %zu more", x->count - 1);
		if (x->is_replaced)
			buf_add_text(out, ", its file was replaced since");
	}
}

static void add_number(const struct listening_port *p, struct buf *out)
{
	struct service usual, better;

	buf_add_text(out, p->card.answer);
	if (!listening_clear_text(p, &usual))
		return;
	buf_addf(out, "; %s is clear text, instead:", usual.name);
	for (size_t i = 0; service_instead(&usual, i, &better); i++)
		buf_addf(out, "%s %s", i ? "," : "", better.name);
}

static void add_in_chart(const struct listening *l, const struct listening_port *p, struct buf *out)
{
	if (!l->plan)
		return;
	ports_words_wanted(p, NAMES_SHOWN, out);
	if (!out->n)
		buf_add_text(out, "not in the chart");
}

static void add_cell(struct table *t, struct buf *text)
{
	table_add_cell(t, text->data);
	buf_clear(text);
}

static void add_row(const struct listening *l, const struct listening_port *p, struct table *t)
{
	const char *const known[] = {p->user, p->process.unit, p->process.package};
	struct buf text = BUF_INIT;

	buf_addf(&text, "%s/%u", transport_names[p->transport], p->port);
	add_cell(t, &text);
	ports_words_at(p, &text);
	add_cell(t, &text);
	add_process(p, &text);
	add_cell(t, &text);
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		table_add_cell(t, known[i] ? known[i] : "");
	add_in_chart(l, p, &text);
	add_cell(t, &text);
	add_number(p, &text);
	add_cell(t, &text);
	buf_release(&text);
}

static void add_table(const struct listening *l, size_t width, struct buf *out)
{
	static const char *const titles[] = {"port", "listens on", "process",	"user",
					     "unit", "package",	   "wanted by", "the number"};
	struct table t;

	table_init(&t);
	for (size_t i = 0; i < ARRAY_LEN(titles); i++)
		table_add_column(&t, titles[i], i == 1 || i >= 6);
	for_each (p, &l->ports)
		add_row(l, p, &t);
	if (l->ports.n) {
		buf_add_char(out, '\n');
		table_write_text(&t, 2, width, out);
	}
	table_release(&t);
}

/* --- what stands around it -------------------------------------------------------------------- */

static void add_line(struct buf *out, size_t indent, size_t width, const struct buf *line)
{
	const struct paragraph p = {
		.indent = indent, .hang = indent ? indent + 2 : 0, .width = width};

	paragraph_write(&p, line->data, out);
}

static void add_answer(const struct listening *l, size_t width, struct buf *out)
{
	const struct ports_counts c = ports_count(l);
	size_t gaps = listening_required_gaps(l);
	struct buf line = BUF_INIT;

	if (l->plan)
		buf_addf(&line, "%s: ", l->host);
	if (gaps)
		buf_addf(&line, "on %zu required port%s nobody listens yet; ", gaps,
			 gaps == 1 ? "" : "s or ranges");
	else if (l->plan)
		buf_add_text(&line, "all that is required of it listens; ");
	if (l->ports.n)
		buf_addf(&line, "%zu listen%s where others may reach %s, %zu for this host alone",
			 c.outside, c.outside == 1 ? "s" : "", c.outside == 1 ? "it" : "them",
			 c.loopback);
	else
		buf_add_text(&line, "nothing listens");
	if (c.strangers)
		buf_addf(&line, "; %zu %s not in the chart", c.strangers,
			 c.strangers == 1 ? "is" : "are");
	buf_add_char(&line, '.');
	add_line(out, 0, width, &line);
	buf_release(&line);
}

static void add_gaps(const struct listening *l, size_t width, struct buf *out)
{
	struct buf line = BUF_INIT;

	if (l->gaps.n)
		buf_add_text(out, "\nNobody listens yet:\n");
	for_each (gap, &l->gaps) {
		buf_clear(&line);
		buf_addf(&line, "%s/", transport_names[gap->flow->transport]);
		portset_format(&gap->missing, &line);
		buf_addf(&line, "  %s, wanted by ", level_names[gap->level]);
		ports_words_missed(gap, NAMES_SHOWN, &line);
		if (gap->is_choice)
			buf_add_text(&line, "; one of several that would do");
		if (gap->loopback_only)
			buf_add_text(&line, "; somebody does on loopback, for this host alone");
		add_line(out, 2, width, &line);
	}
	buf_release(&line);
}

static void add_findings(const struct listening *l, size_t width, struct buf *out)
{
	struct buf line = BUF_INIT;

	if (l->findings.n)
		buf_add_text(out, "\nTo be looked at:\n");
	for_each (f, &l->findings) {
		buf_clear(&line);
		buf_addf(&line, "%s  %s", severity_names[f->severity], f->evidence);
		add_line(out, 2, width, &line);
		buf_clear(&line);
		buf_addf(&line, "%s", f->fix);
		add_line(out, 6, width, &line);
	}
	buf_release(&line);
}

static void add_unknown(const struct listening *l, size_t width, struct buf *out)
{
	struct buf line = BUF_INIT;

	buf_add_char(out, '\n');
	if (ports_count(l).not_told)
		buf_add_text(&line, "Processes of other users are told to root alone. ");
	if (l->no_stack)
		buf_add_text(&line, "The kernel has no sock_diag: by /proc it is not told whether "
				    "[::] takes IPv4, too. ");
	buf_add_text(&line, "What a packet filter lets through is not looked at. A registered "
			    "name says neither what speaks there nor that it is good.");
	add_line(out, 0, width, &line);
	buf_release(&line);
}

void ports_text(const struct listening *l, size_t width, struct buf *out)
{
	add_answer(l, width, out);
	add_gaps(l, width, out);
	add_table(l, width, out);
	add_findings(l, width, out);
	add_unknown(l, width, out);
}
