/* SPDX-License-Identifier: ISC */
#include "gateway/address.h"

enum address_result address_of_port(struct slice arg, struct addr *a, uint16_t *port)
{
	uint8_t n[6] = {0};
	struct slice part;
	size_t i = 0;
	uint64_t v;

	for (; slice_cut(&arg, ',', &part); i++) {
		if (i == sizeof(n) || part.n > 3 || !slice_number(part, 255, &v))
			return ADDRESS_BAD;
		n[i] = (uint8_t)v;
	}
	*a = (struct addr){.family = 4};
	memcpy(a->bytes, n, 4);
	*port = (uint16_t)(n[4] << 8 | n[5]);
	return i == sizeof(n) && *port ? ADDRESS_OK : ADDRESS_BAD;
}

enum address_result address_of_eprt(struct slice arg, struct addr *a, uint16_t *port)
{
	struct slice family, address, number;
	uint64_t v;
	char mark;

	if (!arg.n || arg.p[0] < 33 || arg.p[0] > 126 || arg.p[arg.n - 1] != arg.p[0])
		return ADDRESS_BAD;
	mark = arg.p[0];
	arg = (struct slice){arg.p + 1, arg.n - 1};
	if (!slice_cut(&arg, mark, &family) || !slice_cut(&arg, mark, &address) ||
	    !slice_cut(&arg, mark, &number) || arg.n || !slice_number(family, 65535, &v))
		return ADDRESS_BAD;
	if (v != 1 && v != 2)
		return ADDRESS_FAMILY;
	if (!addr_parse(address, a) || a->family != (v == 1 ? 4 : 6) ||
	    !slice_number(number, 65535, &v) || !v)
		return ADDRESS_BAD;
	*port = (uint16_t)v;
	return ADDRESS_OK;
}

void address_put_227(const struct addr *a, uint16_t port, struct buf *out)
{
	buf_addf(out, "227 Entering Passive Mode (%u,%u,%u,%u,%u,%u)\r\n", a->bytes[0], a->bytes[1],
		 a->bytes[2], a->bytes[3], port >> 8, port & 255U);
}

void address_put_229(uint16_t port, struct buf *out)
{
	buf_addf(out, "229 Entering Extended Passive Mode (|||%u|)\r\n", port);
}
