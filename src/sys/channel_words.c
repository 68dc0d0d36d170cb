/* SPDX-License-Identifier: ISC */
#include "sys/channel_words.h"

#include "base/compiler.h"

enum { KEYS_MAX = 64 };

static const char *const verbs[] = {
	[CHANNEL_READY] = "ready", [CHANNEL_OPEN] = "open", [CHANNEL_LINE] = "line",
	[CHANNEL_GONE] = "gone",   [CHANNEL_DROP] = "drop", [CHANNEL_FAILED] = "failed",
};

static bool find_verb(struct slice s, enum channel_verb *verb)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (slice_is(s, verbs[i])) {
			*verb = (enum channel_verb)i;
			return true;
		}
	return false;
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

static bool take_addr(struct slice *s, struct addr *a)
{
	struct slice head;

	return slice_cut(s, ' ', &head) && addr_parse(head, a);
}

bool channel_word_parse(struct slice s, struct channel_word *w)
{
	struct slice head;

	*w = (struct channel_word){0};
	if (s.n > CHANNEL_WORD_MAX || !slice_cut(&s, ' ', &head) || !find_verb(head, &w->verb))
		return false;
	if (w->verb != CHANNEL_READY && w->verb != CHANNEL_FAILED &&
	    !take_number(&s, CHANNEL_SESSIONS - 1, &w->session))
		return false;
	if (w->verb == CHANNEL_OPEN && (!take_number(&s, KEYS_MAX, &w->key) ||
					!take_addr(&s, &w->peer) || !take_addr(&s, &w->local)))
		return false;
	w->text = s;
	return w->verb == CHANNEL_LINE || w->verb == CHANNEL_GONE || w->verb == CHANNEL_FAILED ||
	       !s.p;
}

void channel_word_format(const struct channel_word *w, struct buf *out)
{
	buf_add_text(out, verbs[w->verb]);
	if (w->verb != CHANNEL_READY && w->verb != CHANNEL_FAILED)
		buf_addf(out, " %u", w->session);
	if (w->verb == CHANNEL_OPEN) {
		buf_addf(out, " %u ", w->key);
		addr_format(&w->peer, out);
		buf_add_char(out, ' ');
		addr_format(&w->local, out);
	}
	if (w->verb == CHANNEL_LINE || w->verb == CHANNEL_GONE || w->verb == CHANNEL_FAILED) {
		buf_add_char(out, ' ');
		buf_add_slice(out, w->text);
	}
}
