/* SPDX-License-Identifier: ISC */
#include "base/slice.h"

#include <strings.h>

bool slice_equal(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool slice_is(struct slice a, const char *b)
{
	return slice_equal(a, slice_of(b));
}

bool slice_is_nocase(struct slice a, const char *b)
{
	return a.n == strlen(b) && (a.n == 0 || strncasecmp(a.p, b, a.n) == 0);
}

int slice_compare(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool slice_has_prefix(struct slice s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.n >= n && (n == 0 || memcmp(s.p, prefix, n) == 0);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice slice_trim(struct slice s)
{
	while (s.n && is_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct slice slice_skip(struct slice s, size_t n)
{
	if (n > s.n)
		n = s.n;
	return n ? (struct slice){s.p + n, s.n - n} : s; /* p may be NULL */
}

bool slice_cut(struct slice *s, char sep, struct slice *head)
{
	const char *at;

	if (!s->p)
		return false;
	at = s->n ? memchr(s->p, sep, s->n) : NULL;
	if (!at) {
		*head = *s;
		*s = SLICE_NONE;
		return true;
	}
	*head = slice_from_to(s->p, at);
	*s = slice_from_to(at + 1, s->p + s->n);
	return true;
}

bool slice_number(struct slice s, uint64_t max, uint64_t *value)
{
	uint64_t v = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = (unsigned char)s.p[i] - '0';

		if (digit > 9 || v > (max - digit) / 10 || digit > max)
			return false;
		v = v * 10 + digit;
	}
	*value = v;
	return true;
}
