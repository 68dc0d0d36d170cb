/* SPDX-License-Identifier: ISC
 *
 * Both sides of a conversation through the FTP gateway, and what the network does meanwhile, in any
 * order: the lines of tests/gateway that go in. It dials no port that is refused (the double sees
 * to that), keeps no more than its bounds, and what it tells are lines.
 */
#include "base/compiler.h"
#include "../gateway/double.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { BOUND = 1 << 17 };

static void check(struct gateway_double *d)
{
	struct session *s = &d->session;

	if (s->to_client.n > BOUND || s->to_server.n > BOUND || s->heard.n > BOUND ||
	    s->told.n > BOUND || s->n_expected > EXPECTED_MAX)
		BUG("more is kept than there is room for");
	if (s->stage != STAGE_BLIND && s->to_server.n &&
	    s->to_server.data[s->to_server.n - 1] != '\n')
		BUG("half a line goes to the server");
	buf_clear(&s->to_client);
	buf_clear(&s->to_server);
	buf_clear(&d->said);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice rest = {(const char *)data, n}, line;
	struct gateway_double d;
	bool begun = false;

	double_init(&d);
	while (slice_cut(&rest, '\n', &line)) {
		bool is_setting = slice_has_prefix(line, "set ");

		if (!line.n || (is_setting && begun) ||
		    !(is_setting || memchr("cs!", line.p[0], 3)))
			continue;
		if (!begun && !is_setting)
			double_start(&d);
		begun = begun || !is_setting;
		double_take(&d, line, n % 2);
		if (begun)
			check(&d);
	}
	if (!begun)
		double_start(&d);
	double_free(&d);
	return 0;
}
