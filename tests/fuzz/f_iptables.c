/* SPDX-License-Identifier: ISC
 *
 * ipset save, then iptables-save of either family: the line "#6" in front says IPv6, a line "---"
 * parts the two. What is read must be whole.
 */
#include <stddef.h>
#include <stdint.h>

#include "box_whole.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What stands before the line "---"; *rest is what follows. */
static struct slice before_line(struct slice *rest)
{
	struct slice all = *rest, line;
	const char *begin = rest->p;

	while (slice_cut(rest, '\n', &line))
		if (slice_is(line, "---"))
			return slice_from_to(begin, line.p);
	*rest = all;
	return SLICE_NONE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rules = {(const char *)data, size};
	uint8_t family = slice_has_prefix(rules, "#6") ? 6 : 4;
	struct slice sets = size ? before_line(&rules) : SLICE_NONE;
	struct box *b = box_new();
	struct err err;

	if (family == 6 && sets.p)
		sets = slice_skip(sets, sets.n < 3 ? sets.n : 3);
	if (box_read_ipset(b, &(struct box_text){"sets", 1, sets}, &err) == 0 &&
	    box_read_iptables(b, &(struct box_text){"rules", 1, rules}, family, NF_XTABLES, &err) ==
		    0)
		check_box(b);
	box_free(b);
	return 0;
}
