/* SPDX-License-Identifier: ISC
 *
 * A packet as it passes the far side's interface. What is read lies within it, and a flow's view
 * only ever gains.
 */
#include "base/compiler.h"
#include "probe/far_packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const struct far_packet *p, bool is_outgoing)
{
	const struct far_flow f = {.transport = p->transport,
				   .source = is_outgoing ? p->to : p->from,
				   .target = is_outgoing ? p->from : p->to,
				   .port = is_outgoing ? p->from_port : p->to_port};
	struct far_view v = {.left = FAR_LEFT_ICMP};

	far_packet_note(p, is_outgoing, &f, &v);
	if (!(v.left & FAR_LEFT_ICMP) || v.left > FAR_LEFT_ALL)
		BUG("what left is forgotten");
	if (v.other.family)
		BUG("it came from elsewhere than it came from");
	if (is_outgoing && v.interface != FAR_UNKNOWN)
		BUG("what leaves has come");
	if (!is_outgoing && p->transport != TRANSPORT_ICMP && v.interface != FAR_YES)
		BUG("what came has not come");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct far_packet p;

	if (!far_packet_parse((struct slice){(const char *)data, n}, &p))
		return 0;
	if (p.data > n || p.from.family != p.to.family)
		BUG("more than there is");
	check(&p, false);
	check(&p, true);
	return 0;
}
