/* SPDX-License-Identifier: ISC */
#include "probe/far_words.h"

#include "base/compiler.h"

static const char *const verbs[] = {
	[FAR_HELLO] = "hello",	   [FAR_WATCH] = "watch",   [FAR_GO] = "go",
	[FAR_REFUSED] = "refused", [FAR_READY] = "ready",   [FAR_TOLD] = "told",
	[FAR_SAW] = "saw",	   [FAR_END] = "end",	    [FAR_CALL] = "call",
	[FAR_DIAL] = "dial",	   [FAR_CALLED] = "called",
};
static const char *const ports[] = {
	[FAR_PORT_UNKNOWN] = "unknown",	  [FAR_PORT_NOBODY] = "nobody",
	[FAR_PORT_SERVED] = "served",	  [FAR_PORT_BUSY] = "busy",
	[FAR_PORT_STAND_IN] = "stand-in",
};
static const char *const seens[] = {[FAR_UNKNOWN] = "unknown", [FAR_NO] = "no", [FAR_YES] = "yes"};
static const char *const means[] = {"sockets", "packets"};

/* --- reading ---------------------------------------------------------------------------------- */

static bool find(struct slice s, const char *const *words, size_t n, unsigned *at)
{
	for (size_t i = 0; i < n; i++)
		if (words[i] && slice_is(s, words[i])) {
			*at = (unsigned)i;
			return true;
		}
	return false;
}

static bool take(struct slice *s, const char *const *words, size_t n, unsigned *at)
{
	struct slice head;

	return slice_cut(s, ' ', &head) && find(head, words, n, at);
}

static bool take_number(struct slice *s, uint64_t max, unsigned *n)
{
	struct slice head;
	uint64_t value;

	if (!slice_cut(s, ' ', &head) || !slice_number(head, max, &value))
		return false;
	*n = (unsigned)value;
	return true;
}

static bool take_id(struct slice *s, unsigned *id)
{
	return take_number(s, FAR_FLOWS_MAX - 1, id);
}

static bool take_addr(struct slice *s, struct addr *a)
{
	struct slice head;

	return slice_cut(s, ' ', &head) && addr_parse(head, a);
}

static bool take_hello(struct slice *s, struct far_word *w)
{
	unsigned version, packets = 0;

	if (!take_number(s, FAR_VERSION, &version) || version != FAR_VERSION ||
	    !take_addr(s, &w->address))
		return false;
	if (!s->p)
		return true;
	w->is_far = true;
	if (!take(s, means, ARRAY_LEN(means), &packets))
		return false;
	w->has_packets = packets;
	return true;
}

/* The port is 0 for an echo, and for nothing else. */
static bool take_flow(struct slice *s, struct far_flow *f)
{
	unsigned port, transport;

	if (!take(s, transport_names, TRANSPORT_COUNT, &transport) || !take_addr(s, &f->source) ||
	    !take_addr(s, &f->target) || !take_number(s, 65535, &port))
		return false;
	f->transport = (enum transport)transport;
	f->port = (uint16_t)port;
	return f->source.family == f->target.family &&
	       (transport == TRANSPORT_TCP || transport == TRANSPORT_UDP ||
		transport == TRANSPORT_ICMP) &&
	       (transport == TRANSPORT_ICMP) == (port == 0);
}

static bool take_seen(struct slice *s, enum far_seen *seen)
{
	unsigned at;

	if (!take(s, seens, ARRAY_LEN(seens), &at))
		return false;
	*seen = (enum far_seen)at;
	return true;
}

static bool take_other(struct slice *s, struct addr *a)
{
	struct slice head;

	return slice_cut(s, ' ', &head) && (slice_is(head, "-") || addr_parse(head, a));
}

static bool take_view(struct slice *s, struct far_view *v)
{
	unsigned port;

	if (!take(s, ports, ARRAY_LEN(ports), &port) || !take_seen(s, &v->interface) ||
	    !take_seen(s, &v->socket) || !take_seen(s, &v->data) || !take_seen(s, &v->drop) ||
	    !take_number(s, FAR_LEFT_ALL, &v->left) || !take_other(s, &v->other))
		return false;
	v->port = (enum far_port)port;
	return true;
}

static size_t count(const char *const *words)
{
	size_t n = 0;

	while (words[n])
		n++;
	return n;
}

static bool is_candidate(struct slice s)
{
	struct addr a;

	if (slice_has_prefix(s, "hop:"))
		return slice_is(s, "hop:?") || addr_parse(slice_skip(s, 4), &a);
	for (size_t i = 0; cause_names[i]; i++)
		if (slice_is(s, cause_names[i]))
			return true;
	return false;
}

static bool take_candidates(struct slice *s, struct far_called *c)
{
	struct slice head, one;

	if (!slice_cut(s, ' ', &head) || !head.n)
		return false;
	if (slice_is(head, "-"))
		return true;
	while (slice_cut(&head, ',', &one)) {
		if (c->n_candidates == OUTCOME_CANDIDATES_MAX || !is_candidate(one))
			return false;
		c->candidates[c->n_candidates++] = one;
	}
	return true;
}

static bool take_decision(struct slice *s, struct far_called *c)
{
	unsigned state, cause, confidence;

	if (!take(s, state_names, count(state_names), &state) ||
	    !take(s, cause_names, count(cause_names), &cause) ||
	    !take(s, confidence_names, count(confidence_names), &confidence))
		return false;
	c->state = (enum state)state;
	c->cause = (enum cause)cause;
	c->confidence = (enum confidence)confidence;
	return true;
}

static bool take_called(struct slice *s, struct far_called *c)
{
	unsigned rtt;

	if (!take_decision(s, c) || !take_other(s, &c->by) || !take_number(s, UINT32_MAX, &rtt) ||
	    !take_number(s, UINT16_MAX, &c->tries) || !take_seen(s, &c->left) ||
	    !take_candidates(s, c) || !slice_cut(s, '|', &c->how) || !s->p)
		return false;
	c->rtt_us = rtt;
	c->evidence = *s;
	*s = SLICE_NONE;
	return c->how.n < OUTCOME_HOW_MAX && c->evidence.n < OUTCOME_EVIDENCE_MAX &&
	       (c->cause == CAUSE_UNPROVEN || !c->n_candidates);
}

static bool take_rest(struct slice *s, struct far_word *w)
{
	switch (w->verb) {
	case FAR_HELLO:
		return take_hello(s, w);
	case FAR_CALLED:
		return take_id(s, &w->id) && take_called(s, &w->called);
	case FAR_WATCH:
	case FAR_CALL:
		return take_id(s, &w->id) && take_flow(s, &w->flow);
	case FAR_REFUSED:
		if (!take_id(s, &w->id) || !s->n)
			return false;
		w->text = *s;
		*s = SLICE_NONE;
		return true;
	case FAR_SAW:
		return take_id(s, &w->id) && take_view(s, &w->view);
	default:
		return true;
	}
}

bool far_word_parse(struct slice line, struct far_word *w)
{
	unsigned verb;

	*w = (struct far_word){0};
	if (line.n > FAR_WORDS_MAX || !take(&line, verbs, ARRAY_LEN(verbs), &verb))
		return false;
	w->verb = (enum far_verb)verb;
	return take_rest(&line, w) && !line.p;
}

/* --- writing ---------------------------------------------------------------------------------- */

static void add_addr(const struct addr *a, struct buf *out)
{
	buf_add_char(out, ' ');
	if (a->family)
		addr_format(a, out);
	else
		buf_add_char(out, '-');
}

static void add_flow(const struct far_flow *f, struct buf *out)
{
	buf_addf(out, " %s", transport_names[f->transport]);
	add_addr(&f->source, out);
	add_addr(&f->target, out);
	buf_addf(out, " %u", f->port);
}

static void add_view(const struct far_view *v, struct buf *out)
{
	buf_addf(out, " %s %s %s %s %s %u", ports[v->port], seens[v->interface], seens[v->socket],
		 seens[v->data], seens[v->drop], v->left);
	add_addr(&v->other, out);
}

/* Its sentence is left out where it is too much. */
static void add_called(const struct far_called *c, struct buf *out)
{
	buf_addf(out, " %s %s %s", state_names[c->state], cause_names[c->cause],
		 confidence_names[c->confidence]);
	add_addr(&c->by, out);
	buf_addf(out, " %u %u %s ", c->rtt_us, c->tries, seens[c->left]);
	for (size_t i = 0; i < c->n_candidates; i++)
		buf_addf(out, "%s%.*s", i ? "," : "", (int)c->candidates[i].n, c->candidates[i].p);
	buf_addf(out, "%s %.*s|", c->n_candidates ? "" : "-", (int)c->how.n, c->how.p);
	if (out->n + c->evidence.n <= FAR_WORDS_MAX)
		buf_add_slice(out, c->evidence);
}

static bool has_id(enum far_verb verb)
{
	return verb == FAR_WATCH || verb == FAR_REFUSED || verb == FAR_SAW || verb == FAR_CALL ||
	       verb == FAR_CALLED;
}

static void add_hello(const struct far_word *w, struct buf *out)
{
	buf_addf(out, " %d", FAR_VERSION);
	add_addr(&w->address, out);
	if (w->is_far)
		buf_addf(out, " %s", means[w->has_packets]);
}

void far_word_format(const struct far_word *w, struct buf *out)
{
	buf_add_text(out, verbs[w->verb]);
	if (has_id(w->verb))
		buf_addf(out, " %u", w->id);
	switch (w->verb) {
	case FAR_HELLO:
		add_hello(w, out);
		break;
	case FAR_WATCH:
	case FAR_CALL:
		add_flow(&w->flow, out);
		break;
	case FAR_REFUSED:
		buf_add_char(out, ' ');
		buf_add_slice(out, w->text);
		break;
	case FAR_SAW:
		add_view(&w->view, out);
		break;
	case FAR_CALLED:
		add_called(&w->called, out);
		break;
	default:
		break;
	}
}
