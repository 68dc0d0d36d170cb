/* SPDX-License-Identifier: ISC
 *
 * Our chains on a box: what is loaded there, and what puts back what was.
 */
#include "box/ipt_own.h"

#include "base/compiler.h"
#include "test.h"

#define TEXT                                                                                       \
	"# fw1\n*filter\n:PORTOLAN-INPUT - [0:0]\n-I INPUT 1 -j PORTOLAN-INPUT\n"                  \
	"-A PORTOLAN-INPUT -p tcp -m comment --comment \"a -j b\" -j RETURN\nCOMMIT\n"

/* Docker's, and no chain of ours. */
#define OTHERS                                                                                     \
	"# Generated\n*filter\n:INPUT ACCEPT [1:2]\n:DOCKER - [0:0]\n"                             \
	"[3:4] -A INPUT -j DOCKER\nCOMMIT\n"
/* With ours, of another time. */
#define OURS                                                                                       \
	"*filter\n:INPUT ACCEPT [1:2]\n:PORTOLAN-INPUT - [0:0]\n"                                  \
	"[5:6] -A INPUT -j PORTOLAN-INPUT\n[7:8] -A PORTOLAN-INPUT -p udp -j DROP\nCOMMIT\n"

static void refuses(void **state)
{
	static const char *const wrong[] = {
		"*filter\n:INPUT DROP [0:0]\nCOMMIT\n",
		"*filter\n-A INPUT -j PORTOLAN-INPUT\nCOMMIT\n",
		"*filter\n-F\nCOMMIT\n",
		"*filter\n-X PORTOLAN-INPUT\nCOMMIT\n",
		"*filter\n-I INPUT 1 -j DOCKER\nCOMMIT\n",
		"*filter\n-I INPUT 1 -j PORTOLAN-INPUT -p tcp\nCOMMIT\n",
		"*filter\n-I PORTOLAN-INPUT 1 -j PORTOLAN-FORWARD\nCOMMIT\n",
		"*filter\n:DOCKER - [0:0]\nCOMMIT\n",
	};
	struct err err;

	(void)state;
	assert_int_equal(ipt_own_check("f", SLICE(TEXT), &err), 0);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		assert_int_not_equal(ipt_own_check("f", slice_of(wrong[i]), &err), 0);
		assert_int_equal(err.place.line, 2);
	}
}

static void there_and_back(void **state)
{
	static const struct {
		const char *name, *saved, *load, *undo;
	} rows[] = {
		{"for the first time", OTHERS,
		 "# fw1\n*filter\n:PORTOLAN-INPUT - [0:0]\n-I INPUT 1 -j PORTOLAN-INPUT\n"
		 "-A PORTOLAN-INPUT -p tcp -m comment --comment \"a -j b\" -j RETURN\nCOMMIT\n",
		 "*filter\n-D INPUT -j PORTOLAN-INPUT\n-F PORTOLAN-INPUT\n-X "
		 "PORTOLAN-INPUT\nCOMMIT\n"},
		{"again", OURS,
		 "# fw1\n*filter\n:PORTOLAN-INPUT - [0:0]\n"
		 "-A PORTOLAN-INPUT -p tcp -m comment --comment \"a -j b\" -j RETURN\nCOMMIT\n",
		 "*filter\n:PORTOLAN-INPUT - [0:0]\n[7:8] -A PORTOLAN-INPUT -p udp -j "
		 "DROP\nCOMMIT\n"},
		{"of another table", "*mangle\n:PORTOLAN-INPUT - [0:0]\nCOMMIT\n",
		 "# fw1\n*filter\n:PORTOLAN-INPUT - [0:0]\n-I INPUT 1 -j PORTOLAN-INPUT\n"
		 "-A PORTOLAN-INPUT -p tcp -m comment --comment \"a -j b\" -j RETURN\nCOMMIT\n",
		 "*filter\n-D INPUT -j PORTOLAN-INPUT\n-F PORTOLAN-INPUT\n-X "
		 "PORTOLAN-INPUT\nCOMMIT\n"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf load = BUF_INIT, undo = BUF_INIT;

		ipt_own_load(SLICE(TEXT), slice_of(rows[i].saved), &load);
		check_text(rows[i].name, &load, rows[i].load);
		ipt_own_undo(buf_slice(&load), slice_of(rows[i].saved), &undo);
		check_text(rows[i].name, &undo, rows[i].undo);
		buf_release(&load);
		buf_release(&undo);
	}
}

static void plain(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	ipt_own_plain(SLICE("# at 9\n*nat\n:INPUT ACCEPT [1:2]\nCOMMIT\n" OTHERS
			    "*raw\n:OUTPUT DROP [9:9]\nCOMMIT\n"),
		      &out);
	check_text("plain", &out,
		   "*filter\n:INPUT ACCEPT\n:DOCKER -\n-A INPUT -j DOCKER\nCOMMIT\n"
		   "*raw\n:OUTPUT DROP\nCOMMIT\n");
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses),
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
