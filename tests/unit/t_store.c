/* SPDX-License-Identifier: ISC */
#include "store/store.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compiler.h"
#include "sys/file.h"
#include "folder.h"
#include "test.h"

static const char id[] = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

static void content_is(const char *site, const char *run, const char *want)
{
	struct buf path = BUF_INIT, got = BUF_INIT;
	struct err err;

	assert_int_equal(store_path(site, run, &path, &err), 0);
	assert_int_equal(file_read(path.data, 1 << 20, &got, &err), 0);
	check_text(site, &got, want);
	buf_release(&got);
	buf_release(&path);
}

static void keeps_lines(void **state)
{
	struct buf path = BUF_INIT;
	struct store *s;
	struct stat st;
	struct err err;

	(void)state;
	assert_int_equal(store_begin(&s, "office", id, &err), 0);
	assert_int_equal(store_add(s, SLICE("{\"a\":1}"), &err), 0);
	content_is("office", id, "{\"a\":1}\n"); /* before it ends */
	assert_int_equal(store_add(s, SLICE("{}\n{}\n"), &err), 0);
	assert_int_equal(store_end(s, &err), 0);
	content_is("office", id, "{\"a\":1}\n{}\n{}\n");
	assert_int_equal(store_path("office", id, &path, &err), 0);
	assert_int_equal(stat(path.data, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	*strrchr(path.data, '/') = '\0';
	assert_int_equal(stat(path.data, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	/* A second run of one id: never two in one file. */
	assert_int_equal(store_begin(&s, "office", id, &err), -ERR_SYSTEM);
	assert_null(s);
	assert_non_null(strstr(err.text, id));
	assert_non_null(strstr(err.text, "cannot create: File exists"));
	buf_release(&path);
}

static void names_are_safe(void **state)
{
	static const struct {
		const char *site, *name;
	} rows[] = {
		{"head-office", "head-office"},
		{"a.b_C9", "a.b_C9"},
		{"", "%"},
		{".", "%2E"},
		{"..", "%2E."},
		{"../../etc", "%2E.%2F..%2Fetc"},
		{"a/b", "a%2Fb"},
		{"50%", "50%25"},
		{"\x1b[2J \xc3\xa9", "%1B%5B2J%20%C3%A9"},
	};
	struct buf path = BUF_INIT, want = BUF_INIT;
	char longest[4000];
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		buf_clear(&want);
		buf_addf(&want, "%s/portolan/runs/%s/%s.jsonl", folder, rows[i].name, id);
		assert_int_equal(store_path(rows[i].site, id, &path, &err), 0);
		check_text(rows[i].site, &path, want.data);
	}
	memset(longest, '/', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(store_path(longest, id, &path, &err), 0);
	assert_true(path.n < 250);
	longest[0] = 'a'; /* another site is another folder, however long */
	assert_int_equal(store_path(longest + 1, id, &want, &err), 0);
	assert_false(slice_equal(buf_slice(&path), buf_slice(&want)));
	buf_release(&want);
	buf_release(&path);
}

/* Whatever was added is there when the process is killed right after. */
static void killed(void **state)
{
	enum { LINES = 3000 };
	struct buf want = BUF_INIT;
	int status;
	pid_t pid;

	(void)state;
	for (int i = 0; i < LINES; i++)
		buf_addf(&want, "{\"n\":%d}\n", i);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		struct store *s;
		struct err err;

		if (store_begin(&s, "killed", id, &err))
			_exit(1);
		for (int i = 0; i < LINES; i++) {
			char line[32];

			snprintf(line, sizeof(line), "{\"n\":%d}", i);
			if (store_add(s, slice_of(line), &err))
				_exit(1);
		}
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	content_is("killed", id, want.data);
	buf_release(&want);
}

/* A full disk: told once, and the file ends with a whole line. */
static void disk_full(void **state)
{
	struct rlimit before, small;
	struct store *s;
	struct err err;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = (struct rlimit){20, before.rlim_max};
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(store_begin(&s, "full", id, &err), 0);
	assert_int_equal(store_add(s, SLICE("{\"first\":1}"), &err), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(store_add(s, SLICE("{\"second\":2}"), &err), -ERR_SYSTEM);
	assert_non_null(strstr(err.text, ".jsonl: cannot write: "));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(store_add(s, SLICE("{\"third\":3}"), &err), 0);
	assert_int_equal(store_end(s, &err), 0);
	content_is("full", id, "{\"first\":1}\n");
}

static void no_home(void **state)
{
	struct store *s;
	struct err err;

	(void)state;
	unsetenv("HOME");
	unsetenv("XDG_STATE_HOME");
	assert_int_equal(store_begin(&s, "office", id, &err), -ERR_SYSTEM);
	assert_null(s);
	assert_int_equal(store_add(s, SLICE("{}"), &err), 0);
	assert_int_equal(store_end(s, &err), 0);
	setenv("XDG_STATE_HOME", "/proc/none", 1);
	assert_int_equal(store_begin(&s, "office", id, &err), -ERR_SYSTEM);
	assert_null(s);
	setenv("XDG_STATE_HOME", folder, 1);
}

static void keep_run(const char *site, const char *run, size_t mib)
{
	struct buf path = BUF_INIT;
	struct store *s;
	struct err err;

	assert_int_equal(store_begin(&s, site, run, &err), 0);
	assert_int_equal(store_path(site, run, &path, &err), 0);
	if (mib) /* a file with a hole, not so many bytes */
		assert_int_equal(truncate(path.data, (off_t)mib << 20), 0);
	assert_int_equal(store_end(s, &err), 0);
	buf_release(&path);
}

/* The newest stay, and the list begins with them. */
static void oldest_go(void **state)
{
	struct arena *arena = arena_new();
	const char **ids;
	struct err err;
	char name[32];
	size_t n;

	(void)state;
	assert_int_equal(store_list("never", arena, &ids, &n, &err), 0);
	assert_int_equal(n, 0);
	for (int i = 0; i < STORE_RUNS_MAX + 3; i++) {
		snprintf(name, sizeof(name), "01ARZ3NDEKTSV4RRFFQ69G%04d", i);
		keep_run("many", name, 0);
	}
	assert_int_equal(store_list("many", arena, &ids, &n, &err), 0);
	assert_int_equal(n, STORE_RUNS_MAX);
	assert_string_equal(ids[0], name);
	assert_string_equal(ids[n - 1], "01ARZ3NDEKTSV4RRFFQ69G0003");
	keep_run("large", "01ARZ3NDEKTSV4RRFFQ69G0001", 1);
	keep_run("large", "01ARZ3NDEKTSV4RRFFQ69G0002", STORE_MIB_MAX - 1);
	assert_int_equal(store_list("large", arena, &ids, &n, &err), 0);
	assert_int_equal(n, 2);
	keep_run("large", "01ARZ3NDEKTSV4RRFFQ69G0003", 1);
	assert_int_equal(store_list("large", arena, &ids, &n, &err), 0);
	assert_int_equal(n, 2);
	keep_run("large", "01ARZ3NDEKTSV4RRFFQ69G0004", STORE_MIB_MAX + 1);
	assert_int_equal(store_list("large", arena, &ids, &n, &err), 0);
	assert_int_equal(n, 1); /* the last one stays, however large */
	assert_string_equal(ids[0], "01ARZ3NDEKTSV4RRFFQ69G0004");
	arena_free(arena);
}

static void what_is_an_id(void **state)
{
	(void)state;
	assert_true(store_is_id(slice_of(id)));
	assert_false(store_is_id(SLICE("last")));
	assert_false(store_is_id(SLICE("../../../../../../etc/pass")));
	assert_false(store_is_id(SLICE("01ARZ3NDEKTSV4RRFFQ69G5FAVX")));
	assert_false(store_is_id(SLICE("01arz3ndektsv4rrffq69g5fav")));
	assert_false(store_is_id((struct slice){"01ARZ3NDEKTSV4RRFFQ69G5FA\0", 26}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_lines),	 cmocka_unit_test(names_are_safe),
		cmocka_unit_test(killed),	 cmocka_unit_test(disk_full),
		cmocka_unit_test(no_home),	 cmocka_unit_test(oldest_go),
		cmocka_unit_test(what_is_an_id),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
