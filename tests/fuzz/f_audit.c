/* SPDX-License-Identifier: ISC
 *
 * What comes from the network, to every topic of an audit. The first byte chooses which, the second
 * is what is known before; then come pieces, each behind its length in two bytes: datagrams, or
 * what a stream brings at a time; one without bytes is the next connection. seeds_audit.c writes
 * the conversations in this form.
 */
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct talk {
	const struct audit *topic;
	_Alignas(8) uint8_t state[AUDIT_STATE_MAX];
	struct audit_ask ask;
	struct audit_notes notes;
	enum proto_result result;
	char *all; /* what came and was not taken */
	size_t n;
};

static size_t count(void)
{
	size_t n = 0;

	while (audits[n])
		n++;
	return n;
}

/* An exact copy: the sanitizers see every byte read beyond its end. */
static void give(struct talk *t)
{
	struct proto_out out = {.n = 0};
	char *copy = malloc(t->n ? t->n : 1);
	struct slice in = {copy, t->n};

	if (t->n)
		memcpy(copy, t->all, t->n);
	t->result = t->topic->input(t->state, &t->ask, &in, &out, &t->notes);
	if (in.n > t->n || in.p + in.n != copy + t->n)
		BUG("%s takes what did not come", t->topic->name);
	if (out.n > sizeof(out.bytes))
		BUG("%s says too much", t->topic->name);
	memmove(t->all, t->all + (t->n - in.n), in.n);
	t->n = t->topic->transport == TRANSPORT_UDP ? 0 : in.n;
	free(copy);
}

static bool connect_to(struct talk *t)
{
	struct proto_out out = {.n = 0};

	t->n = 0;
	t->result = PROTO_MORE;
	return t->topic->start(t->state, &t->ask, &out);
}

/* The next piece; one that is cut short is as long as the rest. */
static bool take_piece(struct slice *s, struct slice *piece)
{
	uint16_t n;

	if (!wire_take16(s, &n))
		return false;
	return wire_take(s, n < s->n ? n : s->n, piece);
}

static void talk(struct talk *t, struct slice data)
{
	bool goes_on = connect_to(t);
	struct slice piece;

	while (goes_on && take_piece(&data, &piece)) {
		if (piece.n && t->result == PROTO_MORE) {
			memcpy(t->all + t->n, piece.p, piece.n);
			t->n += piece.n;
			give(t);
		} else if (!piece.n) {
			if (t->result == PROTO_MORE && t->topic->over)
				t->topic->over(t->state, &t->ask, true, &t->notes);
			t->ask.connection++;
			goes_on = connect_to(t);
		}
	}
	if (t->result == PROTO_MORE && t->topic->over)
		t->topic->over(t->state, &t->ask, false, &t->notes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct talk t = {.ask.now = AUDIT_VECTOR_NOW};

	if (n < 2)
		return 0;
	t.topic = audits[data[0] % count()];
	t.ask.is_inside = data[1] & 1;
	for (unsigned i = 0; i < PROTO_CHANCE; i++)
		t.ask.chance[i] = (uint8_t)i;
	if (!t.topic->start)
		return 0;
	t.all = malloc(n);
	talk(&t, (struct slice){(const char *)data + 2, n - 2});
	free(t.all);
	for (size_t i = 0; i < t.notes.n; i++)
		if (!memchr(t.notes.items[i].evidence, '\0', AUDIT_TEXT_MAX))
			BUG("%s: a note has no end", t.topic->name);
	return 0;
}
