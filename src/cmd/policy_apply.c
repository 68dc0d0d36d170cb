/* SPDX-License-Identifier: ISC */
#include "cmd/policy_apply.h"

#include <stdio.h>
#include <string.h>

#include "cmd/apply_login.h"
#include "cmd/apply_rules.h"
#include "cmd/apply_try.h"
#include "cmd/policy_diff.h"
#include "sys/file.h"
#include "sys/guard.h"
#include "sys/host.h"
#include "sys/terminal.h"

enum { CONFIRM_S = 60, CONFIRM_MAX_S = 86400 };

#define ANSWERS "portolan policy apply --confirmed keeps them, --undo takes them back"

static int failed(const char *fmt, const char *word)
{
	struct err err;

	(void)err_set(&err, ERR_SYSTEM, PLACE_NONE, fmt, word);
	return command_failed(&err);
}

static int refuse_others(void)
{
	return host_is_root() ? 0
			      : failed("only root may change the rules of this box: sudo %s",
				       "portolan policy apply ...");
}

/* --- whose turn it is ------------------------------------------------------------------------- */

static int take_turn(struct turn *t, bool *taken)
{
	struct err err;

	return turn_take(t, "apply", taken, &err) ? command_failed(&err) : 0;
}

static int begin(struct turn *t)
{
	bool taken;
	int rc = take_turn(t, &taken);

	if (rc)
		return rc;
	if (taken && apply_is_open(t))
		return failed("another policy apply waits for its answer: %s", ANSWERS);
	if (taken)
		return failed("another %s is under way on this box", "policy apply");
	if (apply_is_open(t))
		return failed("the process that was to take back what was applied before is gone, "
			      "and nobody said that it may stay: %s",
			      ANSWERS);
	apply_remove(t);
	return 0;
}

/* --- what changes ----------------------------------------------------------------------------- */

static int tell_changes(const struct apply *a)
{
	struct buf out = BUF_INIT;
	struct box_diff *d = box_diff(a->before, a->after, SPACE_LIMITS);
	bool ok;

	policy_diff_text(d, &out);
	ok = command_print(&out);
	box_diff_free(d);
	buf_release(&out);
	return ok ? 0 : EXIT_NOT_TESTED;
}

/* A person's yes; nothing else is one. */
static bool ask(const struct apply *a, unsigned seconds)
{
	char line[100];

	fprintf(stderr, "Load the rules of %s, for %u s at first? [y/N] ", a->name, seconds);
	fflush(stderr);
	return fgets(line, sizeof(line), stdin) && (line[0] == 'y' || line[0] == 'Y');
}

static void tell_how_to_keep(const struct apply *a)
{
	if (a->nft.n)
		fprintf(stderr,
			"portolan: they are gone when this box starts again: keep the text that "
			"\"policy derive\" writes in a file that its nftables.service loads "
			"(Debian: include it in /etc/nftables.conf)\n");
	else
		fprintf(stderr,
			"portolan: they are gone when this box starts again: Debian's "
			"netfilter-persistent loads /etc/iptables/rules.v4 and rules.v6, which "
			"\"netfilter-persistent save\" writes\n");
}

/* --- in the process that loads, and undoes ---------------------------------------------------- */

struct keeping {
	const struct apply *a;
	struct turn *turn;
	size_t done;
};

static int load_rules(void *ctx, struct buf *said)
{
	struct keeping *k = ctx;
	struct err err;
	int rc = apply_check_unchanged(k->a, &err);

	if (!rc)
		rc = apply_write(k->turn, "loaded", SLICE("\n"), &err);
	if (!rc)
		rc = apply_load(k->turn, &k->done, &err);
	if (rc)
		buf_add_text(said, err.text);
	return rc;
}

/* Where nothing was loaded the box is as it was, to the last handle. */
static int undo_rules(void *ctx, struct buf *said)
{
	struct keeping *k = ctx;
	struct err err;
	int rc = k->done ? apply_undo(k->turn, &err) : 0;

	if (rc)
		buf_add_text(said, err.text);
	return rc;
}

/* "last" is for whoever comes back and asks what has become of it. */
static void end_rules(void *ctx, enum guard_end how, const char *said)
{
	struct keeping *k = ctx;
	struct err err;

	guard_log(said);
	(void)!apply_write(k->turn, "last", slice_of(said), &err);
	if (how != GUARD_FAILED)
		apply_remove(k->turn);
	turn_end(k->turn);
}

/* --- the whole -------------------------------------------------------------------------------- */

static int exit_of(enum guard_end how, const struct buf *said)
{
	fprintf(stderr, "portolan: %s\n", said->data);
	return how == GUARD_KEPT ? EXIT_HOLDS : how == GUARD_UNDONE ? EXIT_FAILS : EXIT_NOT_TESTED;
}

static int wait_for_answer(struct guard *g, unsigned seconds)
{
	struct buf said = BUF_INIT;
	int rc;

	fprintf(stderr,
		"portolan: loaded. Does a second login still work? Enter keeps the new rules; n, "
		"Ctrl-C, or %u s without an answer bring the old ones back: ",
		seconds);
	rc = exit_of(guard_attend(g, &said), &said);
	buf_release(&said);
	return rc;
}

static int load_and_wait(struct apply *a, unsigned seconds, bool wait)
{
	struct keeping keeping = {.a = a, .turn = &a->turn};
	struct buf path = BUF_INIT;
	struct guard_task task = {.seconds = seconds,
				  .do_it = load_rules,
				  .undo = undo_rules,
				  .end = end_rules,
				  .ctx = &keeping};
	struct guard *g;
	struct err err;
	int rc;

	turn_path(&a->turn, "socket", &path);
	task.path = path.data;
	if (guard_start(&g, &task, &err)) {
		rc = command_failed(&err);
	} else if (wait) {
		rc = wait_for_answer(g, seconds);
	} else {
		guard_let_go(g);
		rc = EXIT_HOLDS;
		fprintf(stderr, "portolan: loaded for %u s: %s; without a word they go\n", seconds,
			ANSWERS);
	}
	guard_free(g);
	buf_release(&path);
	if (rc == EXIT_HOLDS)
		tell_how_to_keep(a);
	return rc;
}

static int check(const struct arguments *args, struct apply *a)
{
	int rc = apply_rules(args, a);

	if (!rc)
		rc = apply_try(a);
	if (!rc)
		rc = tell_changes(a);
	return rc ? rc : apply_login_check(a->after, args_has(args, "even-if-last-login"));
}

static int apply(const struct arguments *args, struct apply *a, unsigned seconds)
{
	bool yes = args_has(args, "yes");
	int rc = begin(&a->turn);

	if (rc)
		return rc;
	rc = check(args, a);
	if (!rc && a->same) {
		fprintf(stderr, "portolan: the rules of %s are loaded already\n", a->name);
		tell_how_to_keep(a);
	} else if (!rc && args_has(args, "dry-run")) {
		fprintf(stderr,
			"portolan: the rules of %s can be loaded, and taken back; nothing "
			"was changed\n",
			a->name);
	} else if (!rc && !yes && !ask(a, seconds)) {
		fprintf(stderr, "portolan: nothing was changed\n");
		rc = EXIT_FAILS;
	} else if (!rc) {
		return load_and_wait(a, seconds, !yes);
	}
	apply_remove(&a->turn);
	return rc;
}

static bool read_seconds(const struct arguments *args, unsigned *seconds)
{
	const char *text = args_value(args, "confirm");
	uint64_t n = CONFIRM_S;

	if (text && (!slice_number(slice_of(text), CONFIRM_MAX_S, &n) || !n)) {
		command_usage_error("--confirm wants seconds, from 1 to %d, not \"%.20s\"",
				    CONFIRM_MAX_S, text);
		return false;
	}
	*seconds = (unsigned)n;
	return true;
}

int policy_apply(const struct arguments *args)
{
	unsigned seconds;
	struct apply a;
	int rc;

	if (args_has(args, "confirmed") || args_has(args, "undo"))
		return policy_apply_answer(args);
	if (!read_seconds(args, &seconds))
		return EXIT_USAGE;
	if (!args_has(args, "yes") && !args_has(args, "dry-run") && !terminal_can_ask())
		return command_usage_error("policy apply: there is no terminal to ask on: --yes "
					   "loads without a question, --dry-run only tries");
	rc = refuse_others();
	if (rc)
		return rc;
	apply_init(&a);
	rc = apply(args, &a, seconds);
	apply_release(&a);
	return rc;
}

/* --- the answer ------------------------------------------------------------------------------- */

/* What it says is done; of a killed one by this process itself. */
static int answer_for_killed(const struct turn *t, bool keep)
{
	struct buf said = BUF_INIT;
	struct err err;
	int rc = 0;

	if (!keep && apply_undo(t, &err))
		return command_failed(&err);
	apply_remove(t);
	fprintf(stderr, "portolan: %s\n", keep ? "the new rules stay" : "the old rules are back");
	buf_release(&said);
	return rc;
}

static int tell_last(const struct turn *t)
{
	struct buf path = BUF_INIT, said = BUF_INIT;
	struct err err;

	turn_path(t, "last", &path);
	if (!file_exists(path.data) || file_read(path.data, 4096, &said, &err)) {
		buf_clear(&said);
		buf_add_text(&said, "nothing was applied since this box has started");
	}
	fprintf(stderr, "portolan: nothing waits for an answer; the last: %s\n", said.data);
	buf_release(&path);
	buf_release(&said);
	return EXIT_FAILS;
}

static int answer_without(bool keep)
{
	struct turn t;
	bool taken;
	int rc = take_turn(&t, &taken);

	if (!rc && taken)
		rc = failed("another policy apply is under way, and not yet to be %s",
			    keep ? "confirmed" : "undone");
	else if (!rc)
		rc = apply_is_open(&t) ? answer_for_killed(&t, keep) : tell_last(&t);
	turn_release(&t);
	return rc;
}

int policy_apply_answer(const struct arguments *args)
{
	bool keep = args_has(args, "confirmed");
	struct buf path = BUF_INIT, said = BUF_INIT;
	enum guard_end how;
	struct turn t;
	int rc;
	bool taken;

	if (keep && args_has(args, "undo"))
		return command_usage_error("policy apply: --confirmed or --undo, not both");
	if (args_n_operands(args) != 1)
		return command_usage_error("policy apply --%s takes no file",
					   keep ? "confirmed" : "undo");
	rc = refuse_others();
	if (rc)
		return rc;
	rc = take_turn(&t, &taken);
	turn_path(&t, "socket", &path);
	turn_release(&t);
	if (!rc && guard_tell(path.data, keep ? "keep" : "undo", &how, &said)) {
		rc = exit_of(how, &said);
		if (!keep && how == GUARD_UNDONE)
			rc = EXIT_HOLDS;
	} else if (!rc) {
		rc = answer_without(keep);
	}
	buf_release(&path);
	buf_release(&said);
	return rc;
}
