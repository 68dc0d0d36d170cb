/* SPDX-License-Identifier: ISC */
#include "model/setting.h"

#include <stdio.h>

static bool is_of_type(enum setting_type type, struct slice s, const char **expected)
{
	struct port_range range;

	switch (type) {
	case SETTING_PORT:
		*expected = "a port, 1 to 65535";
		return port_range_parse(s, &range) && range.lo == range.hi;
	case SETTING_RANGE:
		*expected = "a port or a range such as 40000-40999";
		return port_range_parse(s, &range);
	case SETTING_DIGITS:
		*expected = "digits, at most 5";
		for (size_t i = 0; i < s.n; i++)
			if (s.p[i] < '0' || s.p[i] > '9')
				return false;
		return s.n > 0 && s.n <= 5;
	case SETTING_WORD:
	case SETTING_VERSION:
		*expected = "one word";
		return s.n > 0 && s.n < 100 && !memchr(s.p, '\n', s.n);
	}
	return false;
}

static bool has_enough_ports(const struct setting *s, const char *value)
{
	struct port_range range = {0, 0};
	uint64_t n = 0;

	return port_range_parse(slice_of(value), &range) &&
	       slice_number(slice_of(s->at_least.s), 65535, &n) &&
	       (uint64_t)range.hi - range.lo + 1 >= n;
}

bool setting_accepts(const struct setting *s, const char *value, char why[SETTING_WHY_MAX])
{
	const char *expected = "";

	if (!is_of_type(s->type, slice_of(value), &expected)) {
		snprintf(why, SETTING_WHY_MAX, "expected %s, found \"%.40s\"", expected, value);
		return false;
	}
	if (s->min.s && version_compare(value, s->min.s) < 0) {
		snprintf(why, SETTING_WHY_MAX, "%.40s is below the least value, %.40s", value,
			 s->min.s);
		return false;
	}
	if (s->max.s && version_compare(value, s->max.s) > 0) {
		snprintf(why, SETTING_WHY_MAX, "%.40s is above the greatest value, %.40s", value,
			 s->max.s);
		return false;
	}
	if (s->type == SETTING_RANGE && s->at_least.s && !has_enough_ports(s, value)) {
		snprintf(why, SETTING_WHY_MAX, "%.40s has fewer than %.40s ports", value,
			 s->at_least.s);
		return false;
	}
	for_each (f, &s->forbid) {
		if (text_is(*f, value)) {
			snprintf(why, SETTING_WHY_MAX, "%.40s is a value that it must not have",
				 value);
			return false;
		}
	}
	return true;
}
