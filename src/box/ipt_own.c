/* SPDX-License-Identifier: ISC */
#include "box/ipt_own.h"

#include <string.h>

#define OWN "PORTOLAN-"

/* A line, and the table that it stands in. */
struct lines {
	struct slice rest, table, line;
	uint32_t number;
};

static bool next_line(struct lines *l)
{
	if (!l->rest.n || !slice_cut(&l->rest, '\n', &l->line))
		return false;
	l->number++;
	l->line = slice_trim(l->line);
	if (slice_has_prefix(l->line, "*"))
		l->table = slice_skip(l->line, 1);
	return true;
}

static struct slice word_at(struct slice line, size_t n)
{
	struct slice word = SLICE_NONE;

	for (size_t i = 0; i <= n; i++)
		if (!slice_cut(&line, ' ', &word))
			return SLICE_NONE;
	return word;
}

static bool is_own(struct slice chain)
{
	return slice_has_prefix(chain, OWN);
}

/* "-I INPUT 1 -j PORTOLAN-INPUT" */
static bool is_jump(struct slice line)
{
	return slice_is(word_at(line, 0), "-I") && slice_is(word_at(line, 3), "-j") &&
	       is_own(word_at(line, 4)) && !word_at(line, 5).p && !is_own(word_at(line, 1));
}

static struct slice declared(struct slice line)
{
	return slice_has_prefix(line, ":") ? slice_skip(word_at(line, 0), 1) : SLICE_NONE;
}

static bool is_allowed(struct slice line)
{
	return !line.n || line.p[0] == '#' || line.p[0] == '*' || slice_is(line, "COMMIT") ||
	       is_own(declared(line)) ||
	       (slice_is(word_at(line, 0), "-A") && is_own(word_at(line, 1))) || is_jump(line);
}

int ipt_own_check(const char *file, struct slice text, struct err *err)
{
	struct lines l = {.rest = text};

	while (next_line(&l))
		if (!is_allowed(l.line))
			return err_set(err, ERR_DOCUMENT, (struct place){file, l.number, 1},
				       "\"%.*s\": of iptables only the chains " OWN
				       "... are replaced, as \"policy derive --format iptables\" "
				       "writes them",
				       (int)(l.line.n < 60 ? l.line.n : 60), l.line.p);
	return 0;
}

/* "[12:3456] -A INPUT ...": without the counters. */
static struct slice without_counters(struct slice line)
{
	struct slice rest = line, head;

	if (!slice_has_prefix(line, "["))
		return line;
	slice_cut(&rest, ' ', &head);
	return rest.p ? rest : line;
}

static bool same_table(const struct lines *a, const struct lines *b)
{
	return slice_equal(a->table, b->table);
}

static bool has_jump(struct slice saved, const struct lines *jump)
{
	struct lines l = {.rest = saved};

	while (next_line(&l)) {
		struct slice line = without_counters(l.line);

		if (same_table(&l, jump) && slice_is(word_at(line, 0), "-A") &&
		    slice_equal(word_at(line, 1), word_at(jump->line, 1)) &&
		    slice_is(word_at(line, 2), "-j") &&
		    slice_equal(word_at(line, 3), word_at(jump->line, 4)) && !word_at(line, 4).p)
			return true;
	}
	return false;
}

static void add_line(struct buf *out, struct slice line)
{
	buf_add_slice(out, line);
	buf_add_char(out, '\n');
}

void ipt_own_load(struct slice text, struct slice saved, struct buf *out)
{
	struct lines l = {.rest = text};

	while (next_line(&l))
		if (!is_jump(l.line) || !has_jump(saved, &l))
			add_line(out, l.line);
}

/* --- and back --------------------------------------------------------------------------------- */

static bool has_chain(struct slice saved, const struct lines *declaration)
{
	struct lines l = {.rest = saved};

	while (next_line(&l))
		if (same_table(&l, declaration) &&
		    slice_equal(declared(l.line), declared(declaration->line)) &&
		    declared(l.line).n)
			return true;
	return false;
}

static void add_rules(struct slice saved, const struct lines *declaration, struct buf *out)
{
	struct lines l = {.rest = saved};

	while (next_line(&l)) {
		struct slice line = without_counters(l.line);

		if (same_table(&l, declaration) && slice_is(word_at(line, 0), "-A") &&
		    slice_equal(word_at(line, 1), declared(declaration->line)))
			add_line(out, l.line);
	}
}

static void add_unjump(struct buf *out, struct slice line)
{
	struct slice hook = word_at(line, 1), chain = word_at(line, 4);

	buf_addf(out, "-D %.*s -j %.*s\n", (int)hook.n, hook.p, (int)chain.n, chain.p);
}

enum undo_step { DECLARE, UNJUMP, FILL, REMOVE, UNDO_STEPS };

static void undo_line(const struct lines *l, struct slice saved, enum undo_step step,
		      struct buf *out)
{
	struct slice chain = declared(l->line);
	bool was = chain.n && has_chain(saved, l);

	if (step == UNJUMP && is_jump(l->line))
		add_unjump(out, l->line);
	else if (step == DECLARE && was)
		buf_addf(out, ":%.*s - [0:0]\n", (int)chain.n, chain.p);
	else if (step == FILL && was)
		add_rules(saved, l, out);
	else if (step == REMOVE && chain.n && !was)
		buf_addf(out, "-F %.*s\n-X %.*s\n", (int)chain.n, chain.p, (int)chain.n, chain.p);
}

void ipt_own_undo(struct slice loaded, struct slice saved, struct buf *out)
{
	struct slice rest = loaded, table;

	while (ipt_own_next_table(&rest, &table)) {
		buf_addf(out, "*%.*s\n", (int)table.n, table.p);
		for (enum undo_step step = 0; step < UNDO_STEPS; step++) {
			struct lines l = {.rest = loaded};

			while (next_line(&l))
				if (slice_equal(l.table, table))
					undo_line(&l, saved, step, out);
		}
		buf_add_text(out, "COMMIT\n");
	}
}

bool ipt_own_next_table(struct slice *text, struct slice *table)
{
	struct lines l = {.rest = *text};

	while (next_line(&l))
		if (slice_has_prefix(l.line, "*")) {
			*text = l.rest;
			*table = l.table;
			return true;
		}
	return false;
}

/* As it is without a rule: nothing but built-in chains that accept. */
static bool is_at_rest(struct slice line)
{
	return line.p[0] == '*' || slice_is(line, "COMMIT") ||
	       (line.p[0] == ':' && slice_is(word_at(line, 1), "ACCEPT"));
}

static void add_plain(struct slice line, struct buf *out)
{
	const struct slice policy = word_at(line, 1);

	if (line.p[0] == ':' && policy.p) /* ":INPUT ACCEPT [1:2]" */
		line = slice_from_to(line.p, policy.p + policy.n);
	add_line(out, line);
}

void ipt_own_plain(struct slice saved, struct buf *out)
{
	struct lines l = {.rest = saved};
	size_t begin = out->n;
	bool at_rest = true;

	while (next_line(&l)) {
		struct slice line = without_counters(l.line);

		if (!line.n || line.p[0] == '#')
			continue;
		if (line.p[0] == '*') {
			begin = out->n;
			at_rest = true;
		}
		at_rest = at_rest && is_at_rest(line);
		add_plain(line, out);
		if (slice_is(line, "COMMIT") && at_rest)
			buf_truncate(out, begin);
	}
}
