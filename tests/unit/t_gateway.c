/* SPDX-License-Identifier: ISC
 *
 * Conversations through the FTP gateway, tests/gateway/NAME.talk, each as a whole and byte by byte:
 *
 *	== TITLE		a conversation begins; "in one piece: ...": not byte by byte
 *	set KEY VALUE		before it: what differs from the gateway's defaults
 *	c TEXT, s TEXT		client, server say this line; with ~ behind it no end of line
 *	! EVENT			"dialled ADDRESS", "not dialled REPLY", "up client",
 *				"failed server", "broken", "gone client", "expired"
 *	C TEXT, S TEXT		what client and server are told, in that order; then
 *	> TEXT			what is ordered (tests/gateway/double.h); "> end": both are closed
 *
 * What follows an input is all that it makes. \r, \n, \\ and \xNN stand for bytes.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "sys/file.h"
#include "test.h"
#include "../gateway/double.h"

struct talk {
	struct gateway_double d;
	struct buf wanted, input; /* input: the line that made what is compared */
	struct slice title;
	const char *file;
	bool begun, ended, bytewise;
	size_t n; /* conversations */
};

/* --- what comes out --------------------------------------------------------------------------- */

static void add_byte(struct buf *out, unsigned char c)
{
	if (c == '\r')
		buf_add_text(out, "\\r");
	else if (c == '\\')
		buf_add_text(out, "\\\\");
	else if (c < 32 || c > 126)
		buf_addf(out, "\\x%02x", c);
	else
		buf_add_char(out, (char)c);
}

/* "C 220 hi": CRLF ends a line, and is not shown. */
static void add_lines(struct buf *out, const char *mark, struct buf *from)
{
	bool begun = false;

	for (size_t i = 0; i < from->n; i++) {
		if (!begun)
			buf_addf(out, "%s ", mark);
		begun = true;
		if (from->data[i] == '\r' && i + 1 < from->n && from->data[i + 1] == '\n') {
			buf_add_char(out, '\n');
			begun = false;
			i++;
		} else if (from->data[i] == '\n') {
			buf_add_text(out, "\\n\n");
			begun = false;
		} else {
			add_byte(out, (unsigned char)from->data[i]);
		}
	}
	if (begun)
		buf_add_text(out, "~\n");
	buf_clear(from);
}

static void add_made(struct talk *t, struct buf *out)
{
	struct session *s = &t->d.session;

	add_lines(out, "C", &s->to_client);
	add_lines(out, "S", &s->to_server);
	buf_add_slice(out, buf_slice(&t->d.said));
	buf_clear(&t->d.said);
	if (s->stage == STAGE_ENDING && !t->ended)
		buf_add_text(out, "> end\n");
	t->ended = s->stage == STAGE_ENDING;
}

static void compare(struct talk *t)
{
	struct buf made = BUF_INIT;

	add_made(t, &made);
	if (!slice_equal(buf_slice(&made), buf_slice(&t->wanted)))
		fail_msg("%s: %.*s%s\nafter: %s\nwanted:\n%smade:\n%s", t->file, (int)t->title.n,
			 t->title.p, t->bytewise ? " (byte by byte)" : "", t->input.data,
			 t->wanted.data, made.data);
	buf_clear(&t->wanted);
	buf_release(&made);
}

/* --- a file ----------------------------------------------------------------------------------- */

static void finish(struct talk *t)
{
	if (!t->title.p)
		return;
	compare(t);
	double_free(&t->d);
}

static void input(struct talk *t, struct slice line)
{
	if (!t->begun)
		double_start(&t->d);
	t->begun = true;
	compare(t);
	buf_clear(&t->input);
	buf_add_slice(&t->input, line);
	if (!double_take(&t->d, line, t->bytewise))
		fail_msg("%s: what is \"%.*s\"?", t->file, (int)line.n, line.p);
}

static void take(struct talk *t, struct slice line)
{
	if (slice_has_prefix(line, "==")) {
		finish(t);
		t->title = slice_skip(line, 3);
		t->begun = t->ended = false;
		t->n++;
		double_init(&t->d);
	} else if (t->bytewise && slice_has_prefix(t->title, "in one piece: ")) {
		return;
	} else if (slice_has_prefix(line, "set ")) {
		assert_true(double_take(&t->d, line, false));
	} else if (line.n && memchr("cs!", line.p[0], 3)) {
		input(t, line);
	} else if (line.n && line.p[0] != '#') {
		if (!t->begun)
			double_start(&t->d);
		t->begun = true;
		buf_add_slice(&t->wanted, line);
		buf_add_char(&t->wanted, '\n');
	}
}

static size_t run_file(const char *path, bool bytewise)
{
	struct talk t = {.file = path, .bytewise = bytewise, .wanted = BUF_INIT, .input = BUF_INIT};
	struct buf text = BUF_INIT;
	struct slice rest, line;
	struct err err;

	assert_int_equal(file_read(path, 1 << 20, &text, &err), 0);
	for (rest = buf_slice(&text); slice_cut(&rest, '\n', &line);)
		take(&t, line);
	finish(&t);
	buf_release(&t.wanted);
	buf_release(&t.input);
	buf_release(&text);
	return t.n;
}

static void talks(void **state)
{
	struct arena *arena = arena_new();
	const char **names;
	size_t n, all = 0;
	struct err err;

	(void)state;
	assert_int_equal(file_list("tests/gateway", ".talk", arena, &names, &n, &err), 0);
	for (size_t i = 0; i < n; i++) {
		const char *path = arena_printf(arena, "tests/gateway/%s.talk", names[i]);

		all += run_file(path, false);
		assert_int_equal(run_file(path, true), run_file(path, false));
	}
	assert_true(all >= 40);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(talks)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
