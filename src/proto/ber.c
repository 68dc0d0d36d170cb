/* SPDX-License-Identifier: ISC */
#include "proto/ber.h"

#include "proto/wire.h"

static bool take_length(struct slice *s, size_t *n)
{
	uint8_t first, byte;

	if (!wire_take8(s, &first))
		return false;
	*n = first & 0x7f;
	if (first < 0x80)
		return true;
	if (first == 0x80 || first > 0x84)
		return false;
	*n = 0;
	for (unsigned i = first & 0x7f; i; i--) {
		if (!wire_take8(s, &byte))
			return false;
		*n = *n << 8 | byte;
	}
	return true;
}

bool ber_take_any(struct slice *s, uint8_t *tag, struct slice *value)
{
	struct slice rest = *s;
	size_t n;

	if (!wire_take8(&rest, tag) || (*tag & 0x1f) == 0x1f || !take_length(&rest, &n) ||
	    !wire_take(&rest, n, value))
		return false;
	*s = rest;
	return true;
}

bool ber_take(struct slice *s, uint8_t tag, struct slice *value)
{
	struct slice rest = *s;
	uint8_t found;

	if (!ber_take_any(&rest, &found, value) || found != tag)
		return false;
	*s = rest;
	return true;
}

bool ber_take_number(struct slice *s, uint32_t *v)
{
	struct slice rest = *s, value;

	if (!ber_take(&rest, BER_INTEGER, &value) || value.n == 0 || (value.p[0] & 0x80))
		return false;
	if (value.n == 5 && value.p[0] == 0) /* its sign */
		value = slice_skip(value, 1);
	if (value.n > 4)
		return false;
	*v = 0;
	for (size_t i = 0; i < value.n; i++)
		*v = *v << 8 | (uint8_t)value.p[i];
	*s = rest;
	return true;
}

bool ber_find(struct slice s, uint8_t tag, struct slice *value)
{
	uint8_t found;

	while (ber_take_any(&s, &found, value))
		if (found == tag)
			return true;
	return false;
}

uint32_t ber_id(const struct proto_ask *ask)
{
	const uint8_t *c = ask->chance;

	/* Positive, and with no byte that the shortest form would leave out (X.690 section
	 * 8.3.2). */
	return 0x40000000u | (c[0] & 0x3fu) << 24 | (uint32_t)c[1] << 16 | (uint32_t)c[2] << 8 |
	       c[3];
}

void ber_put_id(struct proto_out *out, const struct proto_ask *ask)
{
	proto_put(out, (const uint8_t[]){BER_INTEGER, 4}, 2);
	proto_put32(out, ber_id(ask));
}
