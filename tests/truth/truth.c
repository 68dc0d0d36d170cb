/* SPDX-License-Identifier: ISC
 *
 * truth FILE.truth: judges each row and compares. Exit 1 where one differs, or the file has none.
 *
 *	TREE | SEEN | OPTIONS | VERDICT NETWORK/SERVICE TURN DECISIVE EXIT ["REASON"]
 *
 * TREE and SEEN as in world.h. OPTIONS: network strict forbid optional recommended; wall, box (what
 * is on the way), dialled=DEVICE (the first server is one, with a team), except=FLOW, also=FLOW.
 * VERDICT may end in "(partial)"; what starts elsewhere has
 * "elsewhere" and the exit alone. TURN may name its device, "network:wall"; DECISIVE is the flow.
 * REASON is how the reason begins; without it there is none, the outcome says it. A line that
 * begins with # is a comment.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "sys/file.h"
#include "world.h"

enum { COLUMNS = 4, FILE_MAX = 1 << 20 };

struct table {
	const char *path;
	unsigned line, rows, failures;
};

static bool read_option(struct world *w, struct slice word, struct judge_options *options)
{
	struct demand *d = &w->demands[0];
	struct requirement *q = &w->requirements[0];
	unsigned flow = word.n ? world_flow(word.p[word.n - 1]) : WORLD_FLOWS;

	if (slice_is(word, "network"))
		options->network_only = true;
	else if (slice_is(word, "strict"))
		options->strict = true;
	else if (slice_is(word, "forbid"))
		q->forbid = &w->forbidden;
	else if (slice_is(word, "optional"))
		q->level = LEVEL_OPTIONAL;
	else if (slice_is(word, "recommended"))
		q->level = LEVEL_RECOMMENDED;
	else if (slice_has_prefix(word, "dialled="))
		return world_dial_device(w, slice_skip(word, strlen("dialled=")));
	else if (slice_has_prefix(word, "except=") && flow < WORLD_FLOWS)
		d->except.items[d->except.n++] = &w->flows[flow];
	else if (slice_has_prefix(word, "also=") && flow < WORLD_FLOWS)
		d->also = world_read_tree(w, (char[]){world_letter(flow), '\0'});
	else
		return world_add_hop(w, word);
	return true;
}

static bool read_options(struct world *w, struct slice text, struct judge_options *options)
{
	struct slice word;

	w->demands[0].except.items = ARENA_ARRAY(w->arena, const struct flow *, WORLD_FLOWS);
	for (text = slice_trim(text); slice_cut(&text, ' ', &word);)
		if (word.n && !read_option(w, word, options))
			return false;
	return true;
}

/* As the last column has it. */
static void format_judgement(const struct world *w, const struct judgement *j, struct buf *out)
{
	if (j->elsewhere) {
		buf_addf(out, "elsewhere %d", w->verdicts.summary.exit);
		return;
	}
	buf_addf(out, "%s%s %s/%s %s", verdict_names[j->verdict], j->partial ? "(partial)" : "",
		 answer_names[j->network], answer_names[j->service], turn_names[j->turn]);
	if (j->device)
		buf_addf(out, ":%s", j->device->name.s);
	buf_addf(out, " %c %d", j->decisive ? world_letter(j->decisive->flow) : '-',
		 w->verdicts.summary.exit);
	if (j->reason)
		buf_addf(out, " \"%s\"", j->reason);
}

static bool is_as_wanted(struct slice got, struct slice want)
{
	struct slice have = got;

	want = slice_trim(want);
	if (!want.n || want.p[want.n - 1] != '"')
		return slice_equal(got, want);
	want.n--; /* a reason is told by how it begins */
	have.n = want.n;
	return want.n && got.n > want.n && slice_equal(have, want);
}

static void check_row(struct table *t, const struct slice columns[COLUMNS])
{
	struct judge_options options = {0};
	struct buf got = BUF_INIT;
	struct world w;

	world_init(&w);
	w.demands[0].needs = world_read_tree(&w, arena_copy(w.arena, slice_trim(columns[0])));
	options.starts_here = w.starts_here;
	if (!w.demands[0].needs || !world_read_seen(&w, columns[1]) ||
	    !read_options(&w, columns[2], &options))
		buf_add_text(&got, "cannot be read");
	else
		format_judgement(&w, world_judge(&w, &options), &got);
	if (!is_as_wanted(buf_slice(&got), columns[3])) {
		fprintf(stderr, "%s:%u: %s\n", t->path, t->line, got.data);
		t->failures++;
	}
	t->rows++;
	buf_release(&got);
	world_release(&w);
}

static void check_line(struct table *t, struct slice line)
{
	struct slice columns[COLUMNS] = {SLICE_NONE};
	size_t n = 0;

	if (!slice_trim(line).n || line.p[0] == '#')
		return;
	while (n < COLUMNS && slice_cut(&line, '|', &columns[n]))
		n++;
	check_row(t, columns);
}

int main(int argc, char **argv)
{
	struct table t = {.path = argc == 2 ? argv[1] : NULL};
	struct buf text = BUF_INIT;
	struct slice rest, line;
	struct err err;

	if (!t.path || file_read(t.path, FILE_MAX, &text, &err)) {
		fprintf(stderr, "usage: truth FILE.truth, which can be read\n");
		return 2;
	}
	for (rest = buf_slice(&text); slice_cut(&rest, '\n', &line);) {
		t.line++;
		check_line(&t, line);
	}
	buf_release(&text);
	printf("%u rows, %u failures\n", t.rows, t.failures);
	return t.failures || !t.rows;
}
