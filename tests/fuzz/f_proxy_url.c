/* SPDX-License-Identifier: ISC
 *
 * What stands in http_proxy and no_proxy: what is taken for a proxy has a host and a port.
 */
#include "model/proxy_url.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *copy = malloc(n ? n : 1);
	struct slice s = {copy, n};
	const char *why = NULL;
	struct addr a = {.family = 4};
	struct proxy_url u;

	memcpy(copy, data, n);
	if (!proxy_url_parse(s, &u, &why)) {
		if (!why || !*why)
			BUG("refused without a reason");
	} else if ((u.name[0] != '\0') == (u.addr.family != 0) || !u.port) {
		BUG("a proxy without a host or a port");
	}
	no_proxy_has(s, SLICE("db1.example.com"), &a);
	free(copy);
	return 0;
}
