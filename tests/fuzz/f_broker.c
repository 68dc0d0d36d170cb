/* SPDX-License-Identifier: ISC
 *
 * What a worker that is no longer ours could ask the broker: it is refused, or it is
 * inside the limits.
 */
#include "base/compiler.h"
#include "sys/broker.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct broker_limits limits = {.listen = {{41000, 41999}, {42000, 42000}}},
					  more = {.listen = {{41000, 41999}, {42000, 42000}},
						  .port_20 = true,
						  .transparent = true,
						  .translate = true};
	const struct slice bytes = {(const char *)data, n};
	struct broker_question q, again;

	if (!broker_read(bytes, &limits, &q)) {
		/* A wider limit may let it pass; then it is one of these. */
		if (broker_read(bytes, &more, &q) && !q.transparent && q.port != 20 &&
		    q.verb != BROKER_TRANSLATE && q.verb != BROKER_UNTRANSLATE)
			BUG("verb %u, port %u", q.verb, q.port);
		return 0;
	}
	if (!broker_read(bytes, &more, &again) || again.verb != q.verb)
		BUG("wider limits let less pass");
	if (q.transparent)
		BUG("a foreign address");
	if (q.verb != BROKER_LISTEN && q.verb != BROKER_BIND)
		BUG("verb %u", q.verb);
	if (q.verb == BROKER_LISTEN ? q.port < 41000 || q.port > 42000 : q.port && q.port < 1024)
		BUG("port %u", q.port);
	if (q.at.family != 4 && q.at.family != 6 && (q.verb == BROKER_LISTEN || q.at.family))
		BUG("family %u", q.at.family);
	return 0;
}
