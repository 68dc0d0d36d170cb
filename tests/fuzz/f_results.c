/* SPDX-License-Identifier: ISC
 *
 * What came back from another host. What is accepted keeps the reader's promises, and becomes an
 * outcome without surprise; what is refused says why.
 */
#include "doc/results.h"

#include "base/text_pool.h"
#include "probe/hearsay.h"
#include "probe/method_ping.h"
#include "probe/method_tcp.h"
#include "probe/method_udp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(bool holds, const char *what)
{
	if (!holds)
		BUG("%s", what);
}

static const struct method *method_of(const struct told *t)
{
	if (t->transport == TRANSPORT_UDP)
		return &method_udp;
	return t->transport == TRANSPORT_ICMP ? &method_ping : &method_tcp;
}

static void hear(const struct told *t, struct text_pool *texts)
{
	const struct task task = {.target = t->address,
				  .name = "name",
				  .port = t->port,
				  .method = method_of(t),
				  .proto = t->port == 53 ? proto_find("dns", TRANSPORT_UDP) : NULL};
	const struct hearsay h = {.task = &task, .method = "script", .texts = texts};
	struct outcome o;

	hearsay_outcome(&h, t, &o);
	require(o.state < STATE_COUNT && o.cause < CAUSE_COUNT, "no state");
	require(o.how && o.evidence, "no words");
	require(t->state != TOLD_UNKNOWN || o.state == STATE_NOT_ATTEMPTED, "unknown, yet known");
	require(t->state != TOLD_NOT_TESTED || o.state == STATE_NOT_ATTEMPTED,
		"not tested, yet told");
}

static void check_told(const struct told *t)
{
	require(t->target.n > 0 && t->state < TOLD_STATE_COUNT, "no target or state");
	require(t->reply.n <= TOLD_REPLY_MAX, "a long reply");
	require(t->state == TOLD_ANSWERED || !t->reply.n, "a reply from nobody");
	require(t->state != TOLD_ICMP || t->by.family, "an ICMP error from nobody");
	require(t->state != TOLD_LOCAL || (t->how && t->error), "no error");
	require(t->line > 1, "no line");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *arena = arena_new();
	struct text_pool texts;
	struct results r;
	struct err err = {0};

	text_pool_init(&texts);
	if (results_read("file", (struct slice){(const char *)data, n}, arena, &r, &err) == 0) {
		require(r.site && r.host, "no site or host");
		for_each (t, &r.items) {
			check_told(t);
			if (t->transport == TRANSPORT_TCP || t->transport == TRANSPORT_UDP ||
			    t->transport == TRANSPORT_ICMP)
				hear(t, &texts);
		}
	} else {
		require(err.class == ERR_DOCUMENT && err.text[0], "refused without a reason");
	}
	text_pool_release(&texts);
	arena_free(arena);
	return 0;
}
