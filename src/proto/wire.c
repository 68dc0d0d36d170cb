/* SPDX-License-Identifier: ISC */
#include "proto/wire.h"

bool wire_take(struct slice *s, size_t n, struct slice *bytes)
{
	if (n > s->n)
		return false;
	*bytes = (struct slice){s->p, n};
	*s = slice_skip(*s, n);
	return true;
}

/* size bytes, the most significant first; or the other way round. */
static bool take_number(struct slice *s, size_t size, bool little, uint32_t *v)
{
	struct slice bytes;

	if (!wire_take(s, size, &bytes))
		return false;
	*v = 0;
	for (size_t i = 0; i < size; i++)
		*v = *v << 8 | (uint8_t)bytes.p[little ? size - 1 - i : i];
	return true;
}

bool wire_take8(struct slice *s, uint8_t *v)
{
	uint32_t number;

	if (!take_number(s, 1, false, &number))
		return false;
	*v = (uint8_t)number;
	return true;
}

bool wire_take16(struct slice *s, uint16_t *v)
{
	uint32_t number;

	if (!take_number(s, 2, false, &number))
		return false;
	*v = (uint16_t)number;
	return true;
}

bool wire_take32(struct slice *s, uint32_t *v)
{
	return take_number(s, 4, false, v);
}

bool wire_take16le(struct slice *s, uint16_t *v)
{
	uint32_t number;

	if (!take_number(s, 2, true, &number))
		return false;
	*v = (uint16_t)number;
	return true;
}

bool wire_take32le(struct slice *s, uint32_t *v)
{
	return take_number(s, 4, true, v);
}

bool wire_take_same(struct slice *s, const void *bytes, size_t n)
{
	if (s->n < n || memcmp(s->p, bytes, n) != 0)
		return false;
	*s = slice_skip(*s, n);
	return true;
}

struct slice wire_take_string(struct slice *s)
{
	const char *end = s->n ? memchr(s->p, '\0', s->n) : NULL;
	struct slice string = {s->p, end ? (size_t)(end - s->p) : s->n};

	*s = slice_skip(*s, string.n + 1);
	return string;
}
