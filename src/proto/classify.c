/* SPDX-License-Identifier: ISC */
#include "proto/classify.h"

const char *const heard_class_names[HEARD_CLASSES] = {
	[HEARD_NOTHING] = "nothing", [HEARD_CLOSED] = "closed", [HEARD_JUNK] = "junk",
	[HEARD_DRIP] = "drip",	     [HEARD_ECHO] = "echo",	[HEARD_MAYBE] = "maybe",
	[HEARD_PROVED] = "proved",
};

static uint64_t bit_of(size_t i)
{
	if (i >= PROTO_SET_MAX)
		BUG("more than %d protocols", PROTO_SET_MAX);
	return (uint64_t)1 << i % 64;
}

void proto_set_add(struct proto_set *s, size_t i)
{
	s->bits[i / 64] |= bit_of(i);
}

void proto_set_remove(struct proto_set *s, size_t i)
{
	s->bits[i / 64] &= ~bit_of(i);
}

bool proto_set_has(const struct proto_set *s, size_t i)
{
	return s->bits[i / 64] & bit_of(i);
}

size_t proto_set_count(const struct proto_set *s)
{
	size_t n = 0;

	for (size_t i = 0; i < PROTO_SET_MAX; i++)
		n += proto_set_has(s, i);
	return n;
}

bool proto_set_is_empty(const struct proto_set *s)
{
	return proto_set_count(s) == 0;
}

void proto_set_join(struct proto_set *to, const struct proto_set *from)
{
	for (size_t i = 0; i < ARRAY_LEN(to->bits); i++)
		to->bits[i] |= from->bits[i];
}

/* How much of the question has come back, when nothing else has since. */
static size_t echoed(const struct heard *h)
{
	struct slice answer = slice_skip(h->came, h->unasked);
	size_t n = answer.n < h->asked.n ? answer.n : h->asked.n;

	return n && memcmp(answer.p, h->asked.p, n) == 0 ? n : 0;
}

/* The whole question came back, or as much of it as will ever come. */
static bool is_echo(const struct heard *h)
{
	size_t n = echoed(h);

	return n && (n == h->asked.n || (h->is_over && n >= HEARD_ECHO_MIN));
}

/* To this question, or before any. */
static bool would_be_silent(const struct proto *p, const struct heard *h)
{
	return h->unasked || h->asked.n < p->silent_below;
}

static void show_all(const struct proto *const *table, enum transport transport,
		     const struct heard *h, struct classified *c)
{
	struct proto_set proved = {0};

	for (size_t i = 0; table[i]; i++) {
		struct proto_said said = {0};
		enum proto_result r = PROTO_OTHER;

		if (table[i]->transport == transport && table[i]->recognise &&
		    table[i] != h->denied)
			r = table[i]->recognise(h->came, &said);
		if (r == PROTO_MORE && table[i]->silent_below && would_be_silent(table[i], h))
			r = PROTO_OTHER;
		if (r == PROTO_MORE)
			proto_set_add(&c->maybe, i);
		if (r != PROTO_PROVED)
			continue;
		proto_set_add(&proved, i);
		c->proved = i;
		c->said = said;
	}
	if (proto_set_count(&proved) == 1)
		c->what = HEARD_PROVED;
	else
		proto_set_join(&c->maybe, &proved);
}

void classify(const struct proto *const *table, enum transport transport, const struct heard *h,
	      struct classified *c)
{
	*c = (struct classified){.what = HEARD_NOTHING};
	if (!h->came.n) {
		c->what = h->is_closed ? HEARD_CLOSED : HEARD_NOTHING;
		return;
	}
	if (is_echo(h)) {
		c->what = HEARD_ECHO;
		return;
	}
	if (echoed(h) && !h->is_over) {
		c->what = HEARD_MAYBE; /* the next bytes tell an echo from an answer */
		return;
	}
	show_all(table, transport, h, c);
	if (c->what == HEARD_PROVED)
		return;
	if (h->is_over && !h->is_closed && h->pieces >= HEARD_PIECES)
		c->what = HEARD_DRIP;
	else
		c->what = proto_set_is_empty(&c->maybe) ? HEARD_JUNK : HEARD_MAYBE;
}

bool heard_wants_tls(struct slice came)
{
	return slice_has_prefix(came, "HTTP/1.") && came.n >= 12 &&
	       slice_has_prefix(slice_skip(came, 8), " 400");
}
