/* SPDX-License-Identifier: ISC
 *
 * A change that takes itself back: here a file that is made, and removed.
 */
#include "sys/guard.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "folder.h"
#include "sys/file.h"
#include "test.h"

struct change {
	struct buf made, ended, socket; /* paths */
	bool fails, is_stuck;
};

static int make(void *ctx, struct buf *said)
{
	struct change *c = ctx;
	struct err err;

	if (c->fails)
		buf_add_text(said, "no luck");
	return c->fails || file_replace(c->made.data, SLICE("x"), 0600, &err);
}

static int unmake(void *ctx, struct buf *said)
{
	struct change *c = ctx;
	struct err err;

	if (c->is_stuck)
		buf_add_text(said, "stuck");
	return c->is_stuck || file_remove(c->made.data, &err);
}

static void note_end(void *ctx, enum guard_end how, const char *said)
{
	struct change *c = ctx;
	struct buf text = BUF_INIT;
	struct err err;

	buf_addf(&text, "%d %s", (int)how, said);
	(void)!file_replace(c->ended.data, buf_slice(&text), 0600, &err);
	buf_release(&text);
}

static void change_init(struct change *c)
{
	*c = (struct change){.made = BUF_INIT, .ended = BUF_INIT, .socket = BUF_INIT};
	buf_addf(&c->made, "%s/made", folder);
	buf_addf(&c->ended, "%s/ended", folder);
	buf_addf(&c->socket, "%s/socket", folder);
}

/* The last thing that the process does for us is to say how it ended. */
static void check_end(struct change *c, const char *wanted)
{
	struct buf text = BUF_INIT;
	struct err err;

	for (int i = 0; i < 100 && !file_exists(c->ended.data); i++)
		usleep(50000);
	assert_int_equal(file_read(c->ended.data, 4096, &text, &err), 0);
	check_text("its end", &text, wanted);
	assert_int_equal(file_exists(c->made.data), wanted[0] != '0' + GUARD_UNDONE);
	assert_int_equal(file_remove(c->ended.data, &err), 0);
	assert_int_equal(file_remove(c->made.data, &err), 0);
	buf_release(&text);
}

static struct guard *begin(struct change *c, unsigned seconds)
{
	const struct guard_task task = {c->socket.data, seconds, make, unmake, note_end, c};
	struct guard *g;
	struct err err;

	if (guard_start(&g, &task, &err))
		fail_msg("%s", err.text);
	assert_true(file_exists(c->made.data));
	return g;
}

static void tell(struct change *c, const char *word, enum guard_end wanted)
{
	struct buf said = BUF_INIT;
	enum guard_end how;

	assert_true(guard_tell(c->socket.data, word, &how, &said));
	assert_int_equal(how, wanted);
	assert_false(guard_tell(c->socket.data, word, &how, &said));
	buf_release(&said);
}

static void ends(struct change *c)
{
	struct guard *g = begin(c, 60);
	struct buf said = BUF_INIT;

	guard_let_go(g);
	guard_free(g);
	tell(c, "keep", GUARD_KEPT);
	check_end(c, "0 confirmed: the new rules stay");

	g = begin(c, 60);
	tell(c, "undo", GUARD_UNDONE);
	check_end(c, "1 told to undo it: the old rules are back");
	guard_free(g);

	g = begin(c, 1);
	guard_let_go(g);
	guard_free(g);
	check_end(c, "1 not confirmed in time: the old rules are back");

	g = begin(c, 60);
	guard_free(g);
	check_end(c, "1 the command that waited was ended: the old rules are back");

	/* A signal that comes while it waits is its answer, and does no more. */
	g = begin(c, 60);
	kill(getpid(), SIGTERM);
	assert_int_equal(guard_attend(g, &said), GUARD_UNDONE);
	guard_free(g);
	check_text("what it says", &said, "not confirmed: the old rules are back");
	check_end(c, "1 not confirmed: the old rules are back");
	buf_release(&said);
}

static void fails(struct change *c)
{
	const struct guard_task task = {c->socket.data, 60, make, unmake, note_end, c};
	struct guard *g;
	struct err err;

	c->fails = true;
	assert_int_equal(guard_start(&g, &task, &err), -ERR_SYSTEM);
	assert_string_equal(err.text, "no luck; the box is as it was");
	assert_null(g);
	check_end(c, "1 no luck; the box is as it was");
	c->fails = false;
	c->is_stuck = true;
	guard_free(begin(c, 60));
	check_end(c, "2 the command that waited was ended: the old rules could NOT be put back: "
		     "stuck");
}

static void takes_itself_back(void **state)
{
	struct change c;

	(void)state;
	change_init(&c);
	ends(&c);
	fails(&c);
	buf_release(&c.made);
	buf_release(&c.ended);
	buf_release(&c.socket);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_itself_back),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
