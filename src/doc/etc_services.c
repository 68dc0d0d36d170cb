/* SPDX-License-Identifier: ISC */
#include "doc/etc_services.h"

#include "model/registry.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The first word of *s; an empty slice where there is none. */
static struct slice take_word(struct slice *s)
{
	size_t n = 0;
	struct slice word;

	while (s->n && is_blank(s->p[0]))
		*s = slice_skip(*s, 1);
	while (n < s->n && !is_blank(s->p[n]))
		n++;
	word = (struct slice){s->p, n};
	*s = slice_skip(*s, n);
	return word;
}

static bool parse_line(struct slice line, struct etc_service *entry)
{
	struct slice facts, port;
	uint64_t number;

	slice_cut(&line, '#', &facts);
	entry->name = take_word(&facts);
	line = take_word(&facts);
	if (!entry->name.n || !slice_cut(&line, '/', &port) || !line.p ||
	    !slice_number(port, 65535, &number))
		return false;
	entry->port = (uint16_t)number;
	entry->on = transport_bit_parse(line);
	entry->aliases = slice_trim(facts);
	return entry->on != 0;
}

bool etc_services_next(struct slice *text, struct etc_service *entry)
{
	struct slice line;

	while (slice_cut(text, '\n', &line))
		if (parse_line(line, entry))
			return true;
	return false;
}
