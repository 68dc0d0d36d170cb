/* SPDX-License-Identifier: ISC
 *
 * Any bytes as what nft -j prints. What is read must be whole, and a packet must find its end.
 */
#include <stddef.h>
#include <stdint.h>

#include "box/packet.h"
#include "box_whole.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const struct box *b, const char *text, const char *in, bool forward)
{
	struct nf_packet p;
	struct nf_walk *w;
	struct err err;

	if (packet_parse(slice_of(text), &p, &err))
		BUG("a packet of ours");
	p.in = in;
	p.out = forward ? "eth1" : NULL;
	p.routed = true;
	w = nf_walk(b, &p, &err);
	if (!w || !w->outcomes.n)
		BUG("a walk without an end");
	nf_walk_free(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct slice text = {(const char *)data, size};
	struct box *b = box_new();
	struct err err;

	b->has.nft = true;
	if (box_read_nft(b, &(struct box_text){"rules", 1, text}, &err) == 0 &&
	    box_check(b, &err) == 0) {
		check_box(b);
		walk(b, "tcp 10.0.0.9 10.0.0.1:22", "eth0", false);
		walk(b, "udp 2001:db8::9 [2001:db8::1]:53", "eth0", true);
		walk(b, "icmp 10.0.0.1 10.0.0.9", NULL, true);
	}
	box_free(b);
	return 0;
}
