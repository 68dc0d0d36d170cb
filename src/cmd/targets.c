/* SPDX-License-Identifier: ISC */
#include "cmd/targets.h"

#include <stdlib.h>

#include "base/mem.h"

enum { RANGE_MAX_BITS = 10 /* addresses of one prefix: 1,024 */ };

static int read_allowed(const struct arguments *args, struct targets *t, struct err *err)
{
	bool host_bits;

	t->allowed = mem_new(args_count(args, "i-may-probe"), sizeof(*t->allowed));
	for (size_t i = 0; i < args_count(args, "i-may-probe"); i++)
		if (!prefix_parse(slice_of(args_nth(args, "i-may-probe", i)),
				  &t->allowed[t->n_allowed++], &host_bits))
			return err_set(err, ERR_USAGE, PLACE_NONE,
				       "--i-may-probe wants a prefix, such as 10.0.0.0/24");
	return 0;
}

/* Scope: a host that is named is meant; a range must be claimed. */
static int check_scope(const struct targets *all, const struct target_spec *t, struct err *err)
{
	char text[PREFIX_TEXT_MAX];
	unsigned bits = (t->prefix.addr.family == 4 ? 32 : 128) - t->prefix.bits;

	if (!t->is_range)
		return 0;
	prefix_text(&t->prefix, text);
	if (bits > RANGE_MAX_BITS)
		return err_set(err, ERR_USAGE, PLACE_NONE, "%s has more than %u addresses", text,
			       1U << RANGE_MAX_BITS);
	for (size_t i = 0; i < all->n_allowed; i++)
		if (prefix_has_prefix(&all->allowed[i], &t->prefix))
			return 0;
	return err_set(
		err, ERR_USAGE, PLACE_NONE,
		"%s is a range: name single hosts, or say that you may with --i-may-probe %s", text,
		text);
}

int targets_read(const struct arguments *args, struct targets *t, struct err *err)
{
	size_t n = args_n_operands(args);
	int rc = read_allowed(args, t, err);

	t->specs = mem_new(n, sizeof(*t->specs));
	while (!rc && t->n < n) {
		rc = target_parse(slice_of(args_operand(args, t->n)), &t->specs[t->n], err);
		if (!rc)
			rc = check_scope(t, &t->specs[t->n++], err);
	}
	return rc;
}

void targets_release(struct targets *t)
{
	for (size_t i = 0; i < t->n; i++)
		target_release(&t->specs[i]);
	free(t->specs);
	free(t->allowed);
}

size_t targets_count_addresses(const struct target_spec *t)
{
	return t->is_range ? (size_t)1 << ((t->prefix.addr.family == 4 ? 32 : 128) - t->prefix.bits)
			   : 1;
}

struct addr targets_address(const struct target_spec *t, size_t i)
{
	struct addr a = t->prefix.addr;
	size_t last = a.family == 4 ? 3 : 15;

	a.bytes[last] |= (uint8_t)i;
	a.bytes[last - 1] |= (uint8_t)(i >> 8);
	return a;
}
