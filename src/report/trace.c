/* SPDX-License-Identifier: ISC */
#include "report/trace.h"

#include <string.h>

#include "base/escape.h"
#include "report/json.h"
#include "report/words.h"

/* --- for people ------------------------------------------------------------------------------- */

static void add_line(struct buf *out, const struct buf *line)
{
	escape_terminal(out, buf_slice(line));
	buf_add_char(out, '\n');
}

static void add_name(const struct trace *t, const struct trace_hop *h, struct buf *out)
{
	if (h->device) {
		buf_addf(out, "%s", h->device->name.s);
		buf_addf(out, " %s", h->interface->name.s);
	} else if (h->zone) {
		buf_addf(out, "in %s", h->zone->name.s);
	} else if (t->has_site && h->addr.family) {
		buf_add_text(out, "outside the site: at a provider");
	}
}

static const char *sight_words(const struct trace_hop *h)
{
	static const char *const words[HOP_SIGHTS] = {
		[HOP_SILENT] = "answers nobody",
		[HOP_FLOW] = "this flow comes here",
		[HOP_CONTROL] = "other packets come here, this flow does not",
	};

	return words[h->sight];
}

static bool is_reached(const struct trace *t)
{
	for (unsigned i = 0; i < t->n; i++)
		if (t->hops[i].sight == HOP_CONTROL)
			return false;
	return true;
}

static void add_hop(const struct trace *t, unsigned i, struct buf *out)
{
	const struct trace_hop *h = &t->hops[i];
	struct buf name = BUF_INIT, row = BUF_INIT;
	char addr[ADDR_TEXT_MAX] = "?";
	const char *words = sight_words(h);

	if (h->addr.family)
		addr_text(&h->addr, addr);
	/* What a flow draws at one hop that answers is not known of those that it did not ask. */
	if (t->outcome->hop && i + 1 > t->outcome->hop && h->sight == HOP_CONTROL)
		words = "other packets come here";
	else if (t->outcome->hop == i + 1)
		words = t->outcome->state == STATE_DROPPED ? "this flow is dropped here"
							   : "answers here";
	add_name(t, h, &name);
	buf_addf(&row, "  %2u  %-*s  %-24s  %s", i + 1, t->outcome->target.family == 6 ? 28 : 15,
		 addr, name.data ? name.data : "", words);
	add_line(out, &row);
	buf_release(&name);
	buf_release(&row);
}

static void add_target(const struct trace *t, struct buf *out)
{
	char addr[ADDR_TEXT_MAX];
	const struct outcome *o = t->outcome;
	bool answers = addr_equal(&o->by, &o->target) && !o->hop;

	if (!t->distance)
		return;
	buf_addf(out, "  %2u  %-*s  %-24s  %s\n", t->distance, o->target.family == 6 ? 28 : 15,
		 addr_text(&o->target, addr), "the target",
		 answers	 ? "answers"
		 : is_reached(t) ? "answers others; this flow's answer does not come"
				 : "answers others");
}

/* A sentence that can be sent as it is. */
static void add_request(const struct trace *t, struct buf *out)
{
	const struct device *d = trace_asked(t);
	const struct outcome *o = t->outcome;
	struct buf words = BUF_INIT;
	char from[ADDR_TEXT_MAX] = "this host", to[ADDR_TEXT_MAX];

	if (o->state == STATE_OPEN || o->state == STATE_NOT_ATTEMPTED || !o->target.family)
		return;
	if (o->source.family)
		addr_text(&o->source, from);
	buf_add_text(&words, "To send");
	if (d)
		buf_addf(&words, " to %s", d->owner.s ? d->owner.s : d->name.s);
	buf_addf(&words, ": \"%s from %s to %s port %u, at ",
		 o->transport == TRANSPORT_UDP ? "UDP" : "TCP", from, addr_text(&o->target, to),
		 o->port);
	words_time(o->at_ms, &words);
	buf_addf(&words, ": %s. Is there a rule about it?\"", o->evidence ? o->evidence : "");
	buf_add_char(out, '\n');
	add_line(out, &words);
	buf_release(&words);
}

void trace_text(const struct trace *t, struct buf *out)
{
	struct buf words = BUF_INIT;

	words_target(t->outcome, &words);
	buf_addf(&words, " is %s: ", words_state(t->outcome));
	words_outcome(t->outcome, &words);
	buf_add_char(&words, '.');
	add_line(out, &words);
	if (t->n || t->distance)
		buf_add_char(out, '\n');
	for (unsigned i = 0; i < t->n; i++)
		add_hop(t, i, out);
	add_target(t, out);
	if (t->control &&
	    (t->control != t->outcome->transport || t->control_port != t->outcome->port))
		buf_addf(out, "\n  others: %s %u, which the target answers\n",
			 t->control == TRANSPORT_UDP ? "udp" : "tcp", t->control_port);
	add_request(t, out);
	buf_release(&words);
}

/* --- as a record ------------------------------------------------------------------------------ */

void json_trace(struct buf *out, const struct trace *t, const struct run *run)
{
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "record", "trace");
	json_text(&j, "run", run->id);
	json_number(&j, "outcome", t->outcome->id);
	json_number_or_null(&j, "distance", t->distance);
	json_text(&j, "control", t->control ? transport_names[t->control] : NULL);
	json_number_or_null(&j, "control_port", t->control_port);
	json_open(&j, "hops", '[');
	for (unsigned i = 0; i < t->n; i++) {
		const struct trace_hop *h = &t->hops[i];

		json_open(&j, NULL, '{');
		json_number(&j, "hop", i + 1);
		json_addr(&j, "address", &h->addr);
		json_text(&j, "answers", hop_sight_names[h->sight]);
		json_text(&j, "device", h->device ? h->device->name.s : NULL);
		json_text(&j, "interface", h->interface ? h->interface->name.s : NULL);
		json_text(&j, "zone", h->zone ? h->zone->name.s : NULL);
		json_bool(&j, "outside", t->has_site && h->addr.family && !h->zone);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
}
