/* SPDX-License-Identifier: ISC */
#include "report/probe_like.h"

#include "base/escape.h"
#include "report/words.h"

static void add_addr(const char *label, const struct addr *a, struct buf *out)
{
	char text[ADDR_TEXT_MAX];

	buf_addf(out, "%s : %s\n", label, a->family ? addr_text(a, text) : "");
}

static void add_block(const struct outcome *o, struct buf *out)
{
	bool opened = o->state == STATE_OPEN || o->state == STATE_OPEN_RESET ||
		      o->state == STATE_SILENT || o->state == STATE_WRONG_SERVICE;
	char text[ADDR_TEXT_MAX];

	buf_add_text(out, "\nComputerName     : ");
	escape_terminal(out, slice_of(o->name		 ? o->name
				      : o->target.family ? addr_text(&o->target, text)
							 : ""));
	buf_add_char(out, '\n');
	add_addr("RemoteAddress   ", &o->target, out);
	buf_addf(out, "RemotePort       : %u\n", o->port);
	add_addr("SourceAddress   ", &o->source, out);
	buf_addf(out, "TcpTestSucceeded : %s\n", opened ? "True" : "False");
	if (o->state == STATE_OPEN)
		return;
	buf_addf(out, "Reason           : %s: ", state_names[o->state]);
	words_outcome(o, out);
	buf_add_char(out, '\n');
}

void probe_like_test_netconnection(const struct outcome_list *outcomes, struct buf *out)
{
	for (size_t i = 0; i < outcomes->n; i++)
		add_block(&outcomes->items[i], out);
	buf_add_char(out, '\n');
}
