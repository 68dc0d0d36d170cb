/* SPDX-License-Identifier: ISC */
#include "base/suggest.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST = 40 };

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Optimal string alignment over three rows. */
static unsigned edit_distance(struct slice a, struct slice b)
{
	unsigned rows[3][LONGEST + 1];
	unsigned *before = rows[0], *last = rows[1], *now = rows[2];

	for (size_t j = 0; j <= b.n; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= a.n; i++) {
		unsigned *oldest = before;

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= b.n; j++) {
			now[j] = last[j - 1] + (a.p[i - 1] != b.p[j - 1]);
			now[j] = least(now[j], least(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
				now[j] = least(now[j], before[j - 2] + 1);
		}
		before = last;
		last = now;
		now = oldest;
	}
	return last[b.n];
}

void suggest_add(struct suggest *s, const char *name)
{
	struct slice other = slice_of(name);
	unsigned distance;

	if (s->wanted.n == 0 || s->wanted.n > LONGEST || other.n > LONGEST)
		return;
	distance = edit_distance(s->wanted, other);
	if (distance > (s->wanted.n + 2) / 3 || distance >= other.n)
		return;
	if (!s->best || distance < s->distance) {
		s->best = name;
		s->distance = distance;
	}
}

const char *suggest_text(const struct suggest *s, char text[SUGGEST_TEXT_MAX])
{
	text[0] = '\0';
	if (s->best)
		snprintf(text, SUGGEST_TEXT_MAX, " (did you mean \"%s\"?)", s->best);
	return text;
}
