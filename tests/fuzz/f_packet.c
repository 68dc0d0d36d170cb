/* SPDX-License-Identifier: ISC
 *
 * A packet in words or as JSON. What is taken has two ends of one family, and can be written.
 */
#include "box/packet.h"

#include "base/compiler.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const struct nf_packet *p)
{
	struct buf out = BUF_INIT;

	if (p->from.family != p->to.family || (p->to.family != 4 && p->to.family != 6))
		BUG("two families");
	packet_format(p, &out);
	if (!out.n)
		BUG("a packet without words");
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice text = {(const char *)data, n};
	struct arena *a = arena_new();
	struct packet_line line;
	struct nf_packet p;
	struct err err = {0};

	if (!packet_parse(text, &p, &err))
		check(&p);
	else if (!err.text[0])
		BUG("refused without a reason");
	if (!packet_read_json(a, text, PLACE_NONE, &line, &err))
		check(&line.packet);
	arena_free(a);
	return 0;
}
