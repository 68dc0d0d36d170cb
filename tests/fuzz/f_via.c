/* SPDX-License-Identifier: ISC
 *
 * What a proxy says: nothing is taken that did not come, every refusal names its leg and says why,
 * and a conversation comes to an end. The first byte chooses the kind, the second the pieces.
 */
#include "probe/via.h"

#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "probe/via_http.h"
#include "probe/via_socks5.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { TIMES_MAX = 4 };

static void check_refusal(const struct proxy_refusal *r)
{
	if (r->leg == LEG_NONE || !r->how[0] || !r->words[0])
		BUG("a refusal that says nothing");
	if (!memchr(r->words, '\0', sizeof(r->words)))
		BUG("words without an end");
}

/* An exact copy: the sanitizers see every byte read beyond its end. */
static enum via_result give(const struct via_hop *hop, void *state, struct slice all, size_t *taken)
{
	struct proxy_refusal refusal = {0};
	struct proto_out out = {.n = 0};
	char *copy = malloc(all.n ? all.n : 1);
	struct slice in = {copy, all.n};
	enum via_result r;

	memcpy(copy, all.p, all.n);
	r = hop->kind->input(state, hop, &in, &out, &refusal);
	if (in.n > all.n || in.p + in.n != copy + all.n)
		BUG("it takes what did not come");
	if (r == VIA_REFUSED)
		check_refusal(&refusal);
	*taken = all.n - in.n;
	free(copy);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	_Alignas(8) uint8_t state[VIA_STATE_MAX] = {0};
	struct via_hop hop = {.kind = &via_http, .user = "u", .password = "p"};
	struct proto_out out = {.n = 0};
	enum via_result r = VIA_MORE;
	size_t piece, have = 0, from = 0, taken;

	if (n < 3)
		return 0;
	if (data[0] & 1)
		hop.kind = &via_socks5;
	if (data[0] & 2)
		hop.user = NULL;
	piece = (size_t)data[1] + 1;
	data += 2;
	n -= 2;
	for (unsigned times = 0; times < TIMES_MAX; times++) {
		hop.kind->start(state, &hop, "db1", &(struct addr){0}, 1433, &out);
		out.n = 0;
		do {
			have += n - have < piece ? n - have : piece;
			r = give(&hop, state,
				 (struct slice){(const char *)data + from, have - from}, &taken);
			from += taken;
		} while (have < n && r == VIA_MORE);
		if (r != VIA_AGAIN)
			return 0;
	}
	BUG("a proxy is dialled again and again");
}
