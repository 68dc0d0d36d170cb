/* SPDX-License-Identifier: ISC
 *
 * For /bin/sh of any make, busybox's too. The first part says what is tried, script.sh how.
 */
#include "report/script.h"
#include "report/script_text.h"

enum { AT_ONCE = 8 };

/* A word that reads better without quotes, where it needs none. */
static void add_word(struct buf *out, const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789.:_-";

	if (*s && !s[strspn(s, plain)])
		buf_add_text(out, s);
	else
		script_quote_sh(out, slice_of(s));
}

static void add_setting(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, "%s=", name);
	script_quote_sh(out, slice_of(value));
	buf_add_char(out, '\n');
}

static void add_target(struct buf *out, const struct script_try *t)
{
	add_word(out, t->target);
	if (t->name)
		buf_addf(out, " %zu", t->name);
}

static void add_try(const struct script_try *t, struct buf *out)
{
	const char *untried = t->not_tried;

	if (t->transport == TRANSPORT_UDP && !untried)
		untried = "a shell cannot tell whether UDP arrives";
	buf_add_char(out, '\t');
	if (untried) {
		buf_addf(out, "untried %s ", transport_names[t->transport]);
		buf_addf(out, "%s %u ", t->flow, t->port);
		add_word(out, t->target);
		buf_add_char(out, ' ');
		script_quote_sh(out, slice_of(untried));
	} else if (t->transport == TRANSPORT_ICMP) {
		buf_addf(out, "icmp_echo %s ", t->flow);
		add_target(out, t);
	} else {
		buf_addf(out, "tcp %s %u ", t->flow, t->port);
		add_target(out, t);
	}
	buf_add_char(out, ' ');
	script_add_note(out, t);
}

static void add_names(const struct script *s, struct buf *out)
{
	buf_add_text(out, "names() {\n");
	for (size_t i = 0; i < s->n_names; i++) {
		buf_addf(out, "\tname %zu ", i + 1);
		add_word(out, s->names[i]);
		buf_add_char(out, '\n');
	}
	buf_add_text(out, s->n_names ? "}\n" : "\t:\n}\n");
}

static void write(const struct script *s, unsigned seconds, struct buf *out)
{
	char id[17];

	snprintf(id, sizeof(id), "%016llx", (unsigned long long)s->id);
	buf_add_text(out, "\nset -u\n");
	add_setting(out, "site", s->site);
	add_setting(out, "host", s->host);
	add_setting(out, "id", id);
	buf_addf(out, "seconds=%u # to wait for an answer\nat_once=%d\n\n", seconds, AT_ONCE);
	add_names(s, out);
	buf_add_text(out, "tries() {\n");
	for (size_t i = 0; i < s->n_tries; i++)
		add_try(&s->tries[i], out);
	buf_add_text(out, s->n_tries ? "}\n\n" : "\t:\n}\n\n");
	buf_add_text(out, script_text_sh);
}

const struct script_kind script_sh = {
	.name = "sh",
	.suffix = "sh",
	.first_line = "#!/bin/sh\n",
	.run = "sh",
	.redirect = ">",
	.seconds = 3, /* the kernel repeats a lost SYN after one, and again after two more */
	.write = write,
};
