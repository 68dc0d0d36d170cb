/* SPDX-License-Identifier: ISC */
#include "sys/state.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compiler.h"
#include "test.h"

static void set(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static void where_it_is(void **state)
{
	static const struct {
		const char *xdg, *home, *path; /* NULL: not set; cannot be said */
	} cases[] = {
		{NULL, "/home/me", "/home/me/.local/state/portolan/x"},
		{"", "/home/me", "/home/me/.local/state/portolan/x"},
		{"/var/me", "/home/me", "/var/me/portolan/x"},
		{"relative", "/home/me", "/home/me/.local/state/portolan/x"}, /* to be ignored */
		{NULL, NULL, NULL},
		{NULL, "relative", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf path = BUF_INIT;
		struct err err;

		set("XDG_STATE_HOME", cases[i].xdg);
		set("HOME", cases[i].home);
		assert_int_equal(state_path("x", &path, &err) == 0, cases[i].path != NULL);
		if (cases[i].path)
			check_text(cases[i].path, &path, cases[i].path);
		buf_release(&path);
	}
}

static void makes_folders(void **state)
{
	char top[] = "/tmp/t_state.XXXXXX";
	struct buf path = BUF_INIT;
	struct stat st;
	struct err err;

	(void)state;
	assert_non_null(mkdtemp(top));
	buf_addf(&path, "%s/a/b/file", top);
	assert_int_equal(state_make_folder(path.data, &err), 0);
	assert_int_equal(state_make_folder(path.data, &err), 0);
	buf_truncate(&path, path.n - 5);
	assert_int_equal(stat(path.data, &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(st.st_mode & 077, 0);
	rmdir(path.data);
	buf_truncate(&path, path.n - 2);
	rmdir(path.data);
	assert_int_equal(rmdir(top), 0);
	assert_int_equal(state_make_folder("/proc/none/file", &err), -ERR_SYSTEM);
	buf_release(&path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_it_is),
		cmocka_unit_test(makes_folders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
