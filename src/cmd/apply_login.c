/* SPDX-License-Identifier: ISC */
#include "cmd/apply_login.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "box/lockout.h"
#include "box/packet.h"
#include "cmd/command.h"
#include "cmd/explain_print.h"
#include "sys/conntrack.h"
#include "sys/logins.h"

/* --- words ------------------------------------------------------------------------------------ */

static void add_outcome(const struct lockout_obstacle *o, struct buf *out)
{
	const struct nf_outcome *end = o->outcome;

	buf_add_text(out, o->is_answer ? "its answer " : "");
	if (nf_fate_passes(end->fate)) {
		buf_add_text(out, "goes to another place, as ");
		packet_format(&end->as, out);
	} else {
		buf_addf(out, "would be %s", nf_fate_names[end->fate]);
		explain_decider(end, out);
	}
	if (end->rule) {
		buf_add_text(out, ": ");
		escape_terminal(out, slice_of(end->rule->text));
	}
	for_each (words, &end->depends) {
		buf_add_text(out, words == end->depends.items ? "; that depends on " : ", ");
		escape_terminal(out, slice_of(*words));
	}
}

static void add_obstacle(const struct lockout_obstacle *o, struct buf *out)
{
	packet_format(&o->packet, out);
	if (o->packet.in) {
		buf_add_text(out, ", in by ");
		escape_terminal(out, slice_of(o->packet.in));
	}
	buf_add_text(out, ": ");
	if (o->why)
		escape_terminal(out, slice_of(o->why));
	else
		add_outcome(o, out);
}

static const char *const titles[LOCKOUT_PARTS] = {
	[LOCKOUT_STANDS] = "these rules would cut off the login that runs this",
	[LOCKOUT_NEIGHBOURS] = "these rules would hide the next hop of the login that runs this",
	[LOCKOUT_ANEW] = "with these rules the login that runs this could not be repeated",
};

static const char *advice(enum lockout_part part, bool even_if_last)
{
	if (part != LOCKOUT_ANEW)
		return "let a requirement name it, or log in where they do not stop it";
	return even_if_last ? "as was said, that may be"
			    : "let a requirement name it; where there is another way in, "
			      "--even-if-last-login";
}

static void tell(enum lockout_part part, const struct lockout_obstacle *o, bool even_if_last)
{
	struct buf out = BUF_INIT;

	add_obstacle(o, &out);
	fprintf(stderr, "portolan: %s%s\n  %s\n  %s\n",
		part == LOCKOUT_ANEW && even_if_last ? "warning: " : "nothing was changed: ",
		titles[part], out.data, advice(part, even_if_last));
	buf_release(&out);
}

/* --- one login -------------------------------------------------------------------------------- */

static struct lockout_login login_of(const struct login_connection *c)
{
	struct lockout_login l = {.peer = c->peer,
				  .own = c->own,
				  .peer_port = c->peer_port,
				  .own_port = c->own_port,
				  .link = *c->link ? c->link : NULL};
	struct conntrack_entry entry;

	/* Where the kernel does not tell, it is taken as not known to it. */
	if (conntrack_find(&c->peer, c->peer_port, &c->own, c->own_port, &entry)) {
		l.tracked = entry.known && entry.answered;
		l.mark = entry.mark;
	}
	return l;
}

static void tell_elsewhere(const struct login_connection *c)
{
	char text[ADDR_TEXT_MAX];

	fprintf(stderr,
		"portolan: the login that runs this ends at %s, which is not an address of this "
		"box: whether it goes on was not looked at\n",
		addr_text(&c->own, text));
}

static bool may_stay(const struct box *after, const struct login_connection *c, bool even_if_last)
{
	const struct lockout_login l = login_of(c);
	struct lockout found;
	bool good = true;

	if (!lockout_is_here(after, &l)) {
		tell_elsewhere(c);
		return true;
	}
	lockout_find(after, &l, &found);
	for (enum lockout_part part = 0; part < LOCKOUT_PARTS; part++) {
		const struct lockout_obstacle *o = &found.parts[part];

		/* What cuts it off keeps it from coming back, too: said once. */
		if (!o->there || (part == LOCKOUT_ANEW && !good))
			continue;
		tell(part, o, even_if_last);
		good = good && part == LOCKOUT_ANEW && even_if_last;
	}
	lockout_release(&found);
	return good;
}

int apply_login_check(const struct box *after, bool even_if_last)
{
	struct logins logins;
	struct err err;
	bool good = true;
	int rc = 0;

	if (logins_find(&logins, getenv("SSH_CONNECTION"), &err))
		rc = command_failed(&err);
	for (size_t i = 0; i < logins.n && !rc; i++)
		good = may_stay(after, &logins.items[i], even_if_last) && good;
	logins_release(&logins);
	return rc ? rc : good ? 0 : EXIT_FAILS;
}
