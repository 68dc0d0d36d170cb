/* SPDX-License-Identifier: ISC */
#include "cmd/check_ssh.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/check_results.h"
#include "cmd/check_script.h"
#include "cmd/command.h"
#include "cmd/installed.h"
#include "sys/file.h"
#include "sys/host.h"
#include "sys/child.h"
#include "sys/terminal.h"
#include CONFIG_H

enum { PROGRAM_MAX = 16 << 20, RESULTS_MAX = 64 << 20, WORDS_MAX = 32 };

#define OTHER_MACHINE "portolan-machine "

/* One line for any login shell. Of what comes in, the program's own size is told to it: the list
 * lies behind it in the same file. */
#define COMMAND                                                                                    \
	"exec sh -c 'm=$(uname -sm); case $m in \"%s\") ;; *) echo \"" OTHER_MACHINE               \
	"$m\"; exit 0;; esac; umask 077; d=$(mktemp -d \"${TMPDIR:-/tmp}/portolan.XXXXXX\") || "   \
	"exit 1; trap \"rm -rf \\\"$d\\\"\" EXIT; trap \"exit 1\" HUP INT TERM; "                  \
	"cat >\"$d/probe\" && chmod 700 \"$d/probe\" && \"$d/probe\" %zu <\"$d/probe\"'"

static void add_try(struct buf *out, const struct script_try *t)
{
	buf_addf(out, "%s\t%s\t%u\t%s\t", transport_names[t->transport], t->flow, t->port,
		 t->target);
	if (t->not_tried)
		buf_addf(out, "untried\t%s", t->not_tried);
	else
		buf_add_text(out, t->name ? "name" : "address");
	if (!t->not_tried && t->transport == TRANSPORT_UDP) {
		buf_add_char(out, '\t');
		for (size_t i = 0; i < t->message.n; i++)
			buf_addf(out, "%02x", (unsigned char)t->message.p[i]);
	}
	buf_add_char(out, '\n');
}

static void add_list(const struct checking *c, struct buf *out)
{
	unsigned timeout_ms = c->trial.timeout_ms ? c->trial.timeout_ms : ENGINE_TIMEOUT_MS;
	struct handed handed;

	check_hand_over(c, &c->check, &handed);
	buf_addf(out, "\nrun\t%s\t%s\t%016llx\t%u\n", c->loaded.site->name.s, c->vantage.name,
		 (unsigned long long)handed.id, timeout_ms);
	for (size_t i = 0; i < handed.n; i++)
		add_try(out, &handed.tries[i]);
}

/* The program's own bytes; *size: how many. */
static int add_program(struct buf *out, size_t *size, struct err *err)
{
	struct buf path = BUF_INIT;
	int rc = 0;

	installed_path("portolan-probe-remote", LIBEXEC_DIR, &path);
	if (!file_exists(path.data))
		rc = err_set(err, ERR_SYSTEM, PLACE_NONE,
			     "%s is not there: this portolan was built without a static C library; "
			     "use --script sh",
			     path.data);
	if (!rc)
		rc = file_read(path.data, PROGRAM_MAX, out, err);
	*size = out->n;
	buf_release(&path);
	return rc;
}

/* --- ssh -------------------------------------------------------------------------------------- */

static const char *destination(const struct checking *c)
{
	const char *to = args_value(c->args, "ssh-to");

	return to ? to : c->vantage.name;
}

/* PORTOLAN_SSH's words, then ours. */
static void list_words(const struct checking *c, const char *command, const char **words)
{
	const char *ssh = getenv("PORTOLAN_SSH");
	struct slice rest = slice_of(ssh && *ssh ? ssh : "ssh"), word;
	size_t n = 0;

	while (n < WORDS_MAX && slice_cut(&rest, ' ', &word))
		if (word.n)
			words[n++] = arena_copy(c->arena, word);
	words[n++] = "-T";
	if (!terminal_can_ask())
		words[n++] = "-oBatchMode=yes";
	words[n++] = "--";
	words[n++] = destination(c);
	words[n++] = command;
	words[n] = NULL;
}

static int read_status(const struct checking *c, int status, const char *ssh, struct err *err)
{
	if (status == 0)
		return 0;
	if (status == 255)
		return err_set(err, ERR_SYSTEM, PLACE_NONE,
			       "ssh cannot log in to %.60s: see that \"%.60s %.60s true\" works",
			       destination(c), ssh, destination(c));
	return err_set(err, ERR_SYSTEM, PLACE_NONE,
		       "the probe did not run on %.60s (exit %d): its folder for temporary files "
		       "may forbid programs; set TMPDIR there, or use --script sh",
		       destination(c), status);
}

static int read_machine(const struct checking *c, struct slice output, struct err *err)
{
	struct slice line;

	while (slice_cut(&output, '\n', &line))
		if (slice_has_prefix(line, OTHER_MACHINE))
			return err_set(err, ERR_SYSTEM, PLACE_NONE,
				       "%.60s is a %.*s, for which this portolan has no probe: use "
				       "--script sh",
				       destination(c),
				       (int)(line.n < 80 ? line.n : 80) -
					       (int)strlen(OTHER_MACHINE),
				       line.p + strlen(OTHER_MACHINE));
	return 0;
}

static int run_ssh(const struct checking *c, struct buf *results, struct err *err)
{
	char machine[HOST_MACHINE_MAX_TEXT];
	const char *words[WORDS_MAX + 6];
	struct buf in = BUF_INIT;
	size_t size;
	int status, rc = add_program(&in, &size, err);

	if (!rc) {
		add_list(c, &in);
		host_machine(machine);
		list_words(c, arena_printf(c->arena, COMMAND, machine, size), words);
		rc = child_run(words, buf_slice(&in), RESULTS_MAX, results, &status, err);
	}
	if (!rc)
		rc = read_status(c, status, words[0], err);
	if (!rc)
		rc = read_machine(c, buf_slice(results), err);
	buf_release(&in);
	return rc;
}

int check_over_ssh(struct checking *c, struct err *err)
{
	struct hearing *h = check_hear(c);
	struct buf results = BUF_INIT;
	int rc = run_ssh(c, &results, err);

	if (!rc)
		rc = check_hear_results(h, destination(c), buf_slice(&results), "ssh", err);
	if (!rc)
		check_judge_results(h);
	check_stop_hearing(h);
	buf_release(&results);
	return rc;
}
