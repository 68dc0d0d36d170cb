/* SPDX-License-Identifier: ISC
 *
 * What comes from the network, to every dialogue. The first byte chooses which, the second one of
 * its conversations, for what it asks; then come pieces, each behind its length in two bytes:
 * datagrams, or what a stream brings at a time. Nothing is taken that did not come, what it says of
 * itself ends in NUL, and a conversation comes to an end. seeds_proto.c writes the conversations in
 * this form.
 */
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static size_t count(void)
{
	size_t n = 0;

	while (protos[n])
		n++;
	return n;
}

/* An exact copy: the sanitizers see every byte read beyond its end. */
static enum proto_result give(const struct proto *p, void *state, const struct proto_ask *ask,
			      struct slice *all, struct proto_said *said)
{
	struct proto_out out = {.n = 0};
	char *copy = malloc(all->n ? all->n : 1);
	struct slice in = {copy, all->n};
	enum proto_result r;

	if (all->n)
		memcpy(copy, all->p, all->n);
	r = p->input(state, ask, &in, &out, said);
	if (in.n > all->n || in.p + in.n != copy + all->n)
		BUG("%s takes what did not come", p->name);
	if (!memchr(said->text, '\0', sizeof(said->text)))
		BUG("%s: what it says has no end", p->name);
	if (out.n > sizeof(out.bytes))
		BUG("%s says too much", p->name);
	*all = slice_skip(*all, all->n - in.n);
	free(copy);
	return r;
}

/* The next piece; one that is cut short is as long as the rest. */
static bool take_piece(struct slice *s, struct slice *piece)
{
	uint16_t n;

	if (!wire_take16(s, &n))
		return false;
	return wire_take(s, n < s->n ? n : s->n, piece);
}

/* As somebody else's reply. */
static void recognise(const struct proto *p, struct slice data)
{
	struct proto_said said = {.port = 0};
	char *copy = malloc(data.n ? data.n : 1);

	if (data.n)
		memcpy(copy, data.p, data.n);
	if (p->recognise)
		(void)p->recognise((struct slice){copy, data.n}, &said);
	if (!memchr(said.text, '\0', sizeof(said.text)))
		BUG("%s: what it says has no end", p->name);
	free(copy);
}

static void talk(const struct proto *p, const struct proto_ask *ask, struct slice data)
{
	_Alignas(8) uint8_t state[PROTO_STATE_MAX] = {0};
	struct proto_out out = {.n = 0};
	struct proto_said said = {.port = 0};
	struct slice piece, unread;
	char *all = malloc(data.n ? data.n : 1);
	enum proto_result r = PROTO_MORE;
	size_t n = 0;

	if (p->start)
		p->start(state, ask, &out);
	while (r == PROTO_MORE && take_piece(&data, &piece)) {
		if (piece.n)
			memcpy(all + n, piece.p, piece.n);
		n += piece.n;
		unread = (struct slice){all, n};
		r = give(p, state, ask, &unread, &said);
		n = p->transport == TRANSPORT_UDP ? 0 : unread.n;
		memmove(all, unread.p, n);
	}
	free(all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct proto_ask ask = {.what = NULL};
	const struct proto *p;

	if (n < 2)
		return 0;
	p = protos[data[0] % count()];
	ask.what = p->vectors[data[1] % p->n_vectors].what;
	for (unsigned i = 0; i < PROTO_CHANCE; i++)
		ask.chance[i] = (uint8_t)i;
	talk(p, &ask, (struct slice){(const char *)data + 2, n - 2});
	for (size_t i = 0; protos[i]; i++)
		recognise(protos[i], (struct slice){(const char *)data + 2, n - 2});
	return 0;
}
