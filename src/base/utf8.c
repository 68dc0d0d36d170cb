/* SPDX-License-Identifier: ISC */
#include "base/utf8.h"

#include "base/compiler.h"

size_t utf8_length(const unsigned char *p, size_t n, uint32_t *c)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} kinds[] = {
		{0x80, 0x00, 0},
		{0xe0, 0xc0, 0x80},
		{0xf0, 0xe0, 0x800},
		{0xf8, 0xf0, 0x10000},
	};

	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		if ((p[0] & kinds[k].mask) != kinds[k].lead)
			continue;
		if (n < k + 1)
			return 0;
		*c = p[0] & (unsigned char)~kinds[k].mask;
		for (size_t i = 1; i <= k; i++) {
			if ((p[i] & 0xc0) != 0x80)
				return 0;
			*c = *c << 6 | (p[i] & 0x3f);
		}
		if (*c < kinds[k].least || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff))
			return 0;
		return k + 1;
	}
	return 0;
}

bool utf8_is_unprintable(uint32_t c)
{
	static const struct {
		uint32_t lo, hi;
	} ranges[] = {
		{0x00, 0x1f},	  {0x7f, 0x9f},	    {0xad, 0xad},     {0x61c, 0x61c},
		{0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
		{0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0xe007f},
	};

	if (c >= 0x20 && c < 0x7f)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(ranges); i++)
		if (c >= ranges[i].lo && c <= ranges[i].hi)
			return true;
	return false;
}
