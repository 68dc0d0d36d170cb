/* SPDX-License-Identifier: ISC */
#include "probe/stand_in.h"

static const char mark[STAND_IN_MARK_MAX] = {'p', 'o', 'r', 't', 'o', 'l', 'a', 'n'};

static size_t mark_bytes(struct slice s)
{
	return s.n < sizeof(mark) ? s.n : sizeof(mark);
}

/* Of an empty one, too: answered in kind, two stand-ins would never stop. */
static bool is_marked(struct slice s)
{
	return memcmp(s.p ? s.p : mark, mark, mark_bytes(s)) == 0;
}

bool stand_in_answer(struct slice in, void *out)
{
	if (is_marked(in))
		return false;
	memmove(out, in.p, in.n);
	memcpy(out, mark, mark_bytes(in));
	return true;
}

bool stand_in_is(struct slice sent, struct slice got)
{
	if (sent.n < sizeof(mark) || got.n != sent.n || is_marked(sent) || !is_marked(got))
		return false;
	return slice_equal(slice_skip(sent, sizeof(mark)), slice_skip(got, sizeof(mark)));
}
