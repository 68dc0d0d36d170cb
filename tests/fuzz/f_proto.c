/* SPDX-License-Identifier: ISC
 *
 * What comes from the network, to every dialogue: the first byte chooses which, the second how long
 * the pieces are. Nothing is taken that did not come, what it says of itself ends in NUL, and a
 * conversation comes to an end.
 */
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "proto/proto.h"

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
			      struct slice all, size_t *taken, struct proto_said *said)
{
	struct proto_out out = {.n = 0};
	char *copy = malloc(all.n ? all.n : 1);
	struct slice in = {copy, all.n};
	enum proto_result r;

	memcpy(copy, all.p, all.n);
	r = p->input(state, ask, &in, &out, said);
	if (in.n > all.n || in.p + in.n != copy + all.n)
		BUG("%s takes what did not come", p->name);
	if (!memchr(said->text, '\0', sizeof(said->text)))
		BUG("%s: what it says has no end", p->name);
	if (out.n > sizeof(out.bytes))
		BUG("%s says too much", p->name);
	*taken = all.n - in.n;
	free(copy);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	_Alignas(8) uint8_t state[PROTO_STATE_MAX] = {0};
	struct proto_ask ask = {.what = "wmi"};
	struct proto_out out = {.n = 0};
	struct proto_said said = {.port = 0};
	const struct proto *p;
	size_t piece, have = 0, from = 0, taken;

	if (n < 2)
		return 0;
	p = protos[data[0] % count()];
	piece = p->transport == TRANSPORT_UDP ? SIZE_MAX : (size_t)data[1] + 1;
	data += 2;
	n -= 2;
	for (unsigned i = 0; i < PROTO_CHANCE; i++)
		ask.chance[i] = (uint8_t)i;
	if (p->start)
		p->start(state, &ask, &out);
	do {
		have += n - have < piece ? n - have : piece;
		if (give(p, state, &ask, (struct slice){(const char *)data + from, have - from},
			 &taken, &said) != PROTO_MORE)
			break;
		from += taken;
	} while (have < n);
	return 0;
}
