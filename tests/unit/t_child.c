/* SPDX-License-Identifier: ISC */
#include "sys/child.h"

#include <signal.h>
#include <string.h>

#include "base/compiler.h"
#include "test.h"

static void check_run(const char *command, struct slice in, const char *want, int want_status)
{
	const char *const argv[] = {"sh", "-c", command, NULL};
	struct buf out = BUF_INIT;
	struct err err;
	int status = -1;

	assert_int_equal(child_run(argv, in, 1 << 20, &out, &status, &err), 0);
	check_text(command, &out, want);
	assert_int_equal(status, want_status);
	buf_release(&out);
}

static void runs(void **state)
{
	(void)state;
	check_run("exit 3", SLICE_NONE, "", 3);
	check_run("cat", SLICE("in and out"), "in and out", 0);
	check_run("kill -9 $$", SLICE_NONE, "", 128 + 9);
	check_run("exec 0<&-; echo deaf", SLICE("not read"), "deaf\n", 0);
}

/* More than pipes hold, both ways at once. */
static void much(void **state)
{
	const char *const argv[] = {"cat", NULL};
	struct buf in = BUF_INIT, out = BUF_INIT;
	struct err err;
	int status;

	(void)state;
	buf_add_fill(&in, 'x', 1 << 20);
	assert_int_equal(child_run(argv, buf_slice(&in), 1 << 20, &out, &status, &err), 0);
	assert_true(slice_equal(buf_slice(&in), buf_slice(&out)));
	buf_clear(&out);
	assert_int_not_equal(child_run(argv, buf_slice(&in), 1000, &out, &status, &err), 0);
	assert_int_equal(err.class, ERR_LIMIT);
	buf_release(&in);
	buf_release(&out);
}

/* What nobody reads ends a program with the ordinary signal, though we ignore that one. */
static void usual_signals(void **state)
{
	(void)state;
	check_run("kill -PIPE $$", SLICE_NONE, "", 128 + SIGPIPE);
}

static void missing(void **state)
{
	const char *const argv[] = {"/nonexistent/program", NULL};
	struct buf out = BUF_INIT;
	struct err err;
	int status;

	(void)state;
	assert_int_not_equal(child_run(argv, SLICE_NONE, 10, &out, &status, &err), 0);
	assert_string_equal(err.text, "/nonexistent/program: No such file or directory");
	buf_release(&out);
}

static int ask(const char *const *argv, int timeout_ms, struct buf *text, int *status,
	       struct err *err)
{
	const struct child_tool tool = {argv, 1000, timeout_ms};
	struct buf complaint = BUF_INIT;
	int rc = child_ask(&tool, text, &complaint, status, err);

	buf_add_text(text, "|");
	buf_add_slice(text, buf_slice(&complaint));
	buf_release(&complaint);
	return rc;
}

/* Out of the system's folders, with nothing of our environment; both outputs; within its time. */
static void tools(void **state)
{
	const char *const words[] = {"sh", "-c", "echo $HOME$LC_ALL; echo sorry >&2; cat; exit 4",
				     NULL};
	const char *const missing[] = {"no-such-tool", NULL};
	const char *const slow[] = {"sh", "-c", "exec sleep 60", NULL};
	const char *const loud[] = {"sh", "-c", "exec yes", NULL};
	struct buf text = BUF_INIT;
	struct err err;
	int status;

	(void)state;
	assert_int_equal(ask(words, 60000, &text, &status, &err), 0);
	check_text("words", &text, "C\n|sorry\n");
	assert_int_equal(status, 4);
	buf_clear(&text);
	assert_int_equal(ask(missing, 60000, &text, &status, &err), 0);
	check_text("missing", &text, "|no-such-tool: not found");
	assert_int_equal(status, 127);
	assert_int_equal(ask(slow, 50, &text, &status, &err), -ERR_LIMIT);
	assert_string_equal(err.text, "it takes too long");
	assert_int_equal(status, 128 + SIGKILL);
	assert_int_equal(ask(loud, 60000, &text, &status, &err), -ERR_LIMIT);
	assert_string_equal(err.text, "it printed more than 1000 bytes");
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs),	   cmocka_unit_test(much),  cmocka_unit_test(usual_signals),
		cmocka_unit_test(missing), cmocka_unit_test(tools),
	};

	signal(SIGPIPE, SIG_IGN); /* as cmd/main.c does */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
