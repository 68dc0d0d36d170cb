/* SPDX-License-Identifier: ISC
 *
 * Runs of one requirement, kept and compared as `check` does it; also when one is cut off.
 */
#include "cmd/kept.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/json.h"
#include "folder.h"
#include "test.h"

/* As much of the record as is read again. */
static void add_verdict(struct buf *out, enum verdict verdict, const struct change *change)
{
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "record", "verdict");
	json_text(&j, "installation", "prod");
	json_text(&j, "requirement", "db/query");
	json_text(&j, "from", "web1");
	json_text(&j, "to", "sql1");
	json_text(&j, "vantage", "web1");
	json_text(&j, "verdict", verdict_names[verdict]);
	json_text(&j, "network", "unknown");
	json_text(&j, "service", "unknown");
	if (change->since_ms)
		json_time(&j, "since", change->since_ms);
	json_close(&j, '}');
	buf_add_char(out, '\n');
}

enum end { WHOLE, CUT_OFF };

/* The run at that minute, of a requirement with that verdict; what it says of the change. */
static struct change run_at(int minute, enum verdict verdict, enum end end)
{
	static const uint8_t chance[10];
	struct product product = {.name.s = "db"};
	struct requirement requirement = {.id.s = "query"};
	struct installation installation = {.product = &product, .name = "prod"};
	struct endpoint from = {.name = "web1"}, to = {.name = "sql1"};
	struct demand demand = {.installation = &installation,
				.requirement = &requirement,
				.from = &from,
				.to = &to};
	struct judgement item = {.demand = &demand, .verdict = verdict};
	struct verdicts now = {.items = {&item, 1}};
	struct run run = {.site = "of/fice",
			  .vantage = "web1",
			  .version = "1",
			  .started_ms = 1795168800000 + minute * 60000};
	const struct run_summary summary = {0};
	struct arena *arena = arena_new();
	struct buf lines = BUF_INIT;
	const struct change *changes;
	struct change change = {0};
	struct kept kept;

	run_id_format(run.started_ms, chance, run.id);
	kept_start(&kept, &run);
	assert_non_null(kept.store);
	changes = kept_changes(&kept, &run, &now, arena);
	if (changes)
		change = changes[0];
	if (end == WHOLE) {
		add_verdict(&lines, verdict, &change);
		json_summary(&lines, &summary);
		kept_add(&kept, buf_slice(&lines));
	}
	kept_stop(&kept);
	buf_release(&lines);
	arena_free(arena);
	return change;
}

static void one_after_another(void **state)
{
	struct change c;

	(void)state;
	c = run_at(0, VERDICT_PASS, WHOLE);
	assert_null(c.changed);
	c = run_at(1, VERDICT_FAIL, WHOLE);
	assert_string_equal(c.changed, "new");
	assert_true(c.since_ms == 1795168860000);
	c = run_at(2, VERDICT_FAIL, CUT_OFF);
	assert_string_equal(c.changed, "same");
	c = run_at(3, VERDICT_NOT_TESTED, WHOLE);
	assert_null(c.changed);
	c = run_at(4, VERDICT_FAIL, WHOLE);
	assert_string_equal(c.changed, "same");
	assert_true(c.since_ms == 1795168860000);
	c = run_at(5, VERDICT_PASS, WHOLE);
	assert_string_equal(c.changed, "fixed");
}

/* Nothing is kept, nothing is compared, and the check goes on. */
static void no_folder(void **state)
{
	static const struct run run = {.id = "01ARZ3NDEKTSV4RRFFQ69G5FAV",
				       .site = "office",
				       .vantage = "web1",
				       .version = "1"};
	static const struct verdicts none;
	struct arena *arena = arena_new();
	struct kept kept;

	(void)state;
	setenv("XDG_STATE_HOME", "/proc/none", 1);
	kept_start(&kept, &run);
	assert_null(kept.store);
	kept_add(&kept, SLICE("{}"));
	assert_null(kept_changes(&kept, &run, &none, arena));
	kept_stop(&kept);
	setenv("XDG_STATE_HOME", folder, 1);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_after_another),
		cmocka_unit_test(no_folder),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
