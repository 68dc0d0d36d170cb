/* SPDX-License-Identifier: ISC */
#include "doc/import_columns.h"

#include "doc/import_ports.h"

/* --- headings --------------------------------------------------------------------------------- */

enum { HEADING_WORDS_MAX = 12 };

/* The first line that has one of the heading's words decides. */
static const struct {
	enum column kind;
	const char *words; /* "|port|ports|" */
} headings[] = {
	{COLUMN_PORTS, "|port|ports|portnumber|tcp|udp|"},
	{COLUMN_PROTOCOL, "|protocol|protocols|transport|proto|"},
	{COLUMN_PURPOSE, "|purpose|description|comment|comments|note|notes|details|reason|"
			 "remarks|explanation|function|usage|information|why|"},
	{COLUMN_DIRECTION, "|direction|inbound|outbound|ingress|"},
	{COLUMN_FROM, "|source|from|src|initiator|client|origin|originator|sender|"},
	{COLUMN_TO, "|destination|to|target|dest|dst|receiver|listener|server|"},
	{COLUMN_SERVICE, "|service|services|"},
	{COLUMN_LABEL, "|type|component|product|role|application|name|item|feature|system|"
		       "operation|process|connection|communication|module|device|"},
};

static size_t heading_words(struct slice s, struct slice *words)
{
	size_t n = 0;

	for (const char *p = s.p, *end = s.p + s.n; p < end && n < HEADING_WORDS_MAX;) {
		const char *begin = p;

		while (p < end && ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z')))
			p++;
		if (p > begin) /* "port(s)" is a port */
			words[n++] = slice_from_to(begin, p);
		else
			p++;
	}
	return n;
}

static bool has_word(const char *list, struct slice word)
{
	struct slice rest = slice_of(list), one;

	while (slice_cut(&rest, '|', &one))
		if (one.n && one.n == word.n && strncasecmp(one.p, word.p, word.n) == 0)
			return true;
	return false;
}

static bool any_word(const char *list, const struct slice *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (has_word(list, words[i]))
			return true;
	return false;
}

/* COLUMN_NOTE: it is none that we know. */
static enum column read_heading(struct slice cell, unsigned *on)
{
	struct slice words[HEADING_WORDS_MAX];
	size_t n = heading_words(cell, words);

	*on = 0;
	for (size_t i = 0; i < ARRAY_LEN(headings); i++) {
		if (!any_word(headings[i].words, words, n))
			continue;
		if (headings[i].kind == COLUMN_PROTOCOL && any_word("|application|", words, n))
			return COLUMN_SERVICE;
		if (headings[i].kind != COLUMN_PORTS)
			return headings[i].kind;
		if (any_word("|source|src|client|", words, n))
			return COLUMN_SOURCE_PORT;
		if (any_word("|protocol|transport|", words, n)) /* "TCP/UDP protocol, port" */
			return COLUMN_PORTS;
		*on |= any_word("|tcp|", words, n) ? ON_TCP : 0;
		*on |= any_word("|udp|", words, n) ? ON_UDP : 0;
		return COLUMN_PORTS;
	}
	return COLUMN_NOTE;
}

static bool has_digit(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9')
			return true;
	return false;
}

bool columns_have(const struct columns *columns, enum column kind)
{
	for (size_t i = 0; i < columns->n; i++)
		if (columns->kinds[i] == kind)
			return true;
	return false;
}

bool columns_read(struct arena *a, const struct table_row *row, struct columns *columns)
{
	struct columns c = {.n = row->n};
	size_t known = 0, filled = 0;

	for (size_t i = 0; i < row->n; i++) {
		struct slice text = row->cells[i].text;

		if (has_digit(text) || phrase_is_transport(a, text))
			return false;
		filled += text.n > 0;
		c.kinds[i] = read_heading(text, &c.on[i]);
		known += c.kinds[i] != COLUMN_NOTE;
	}
	if (filled < 2 || known < 2 || known * 2 < filled ||
	    (!columns_have(&c, COLUMN_PORTS) && !columns_have(&c, COLUMN_PROTOCOL)))
		return false;
	*columns = c;
	return true;
}

/* --- what stands in a column ------------------------------------------------------------------ */

struct content {
	size_t filled, ports, transports;
};

static struct content content_of(struct arena *a, const struct table *t, size_t first,
				 size_t column)
{
	enum { ENOUGH = 200 };
	struct content c = {0};

	for (size_t i = first; i < t->rows.n && c.filled < ENOUGH; i++) {
		struct slice text = import_table_cell(&t->rows.items[i], column).text;

		if (!text.n || t->rows.items[i].n < 2)
			continue;
		c.filled++;
		c.ports += phrase_is_ports(a, text);
		c.transports += phrase_is_transport(a, text);
	}
	return c;
}

static bool is_mostly(size_t part, size_t whole)
{
	return part && part * 2 >= whole;
}

/* The column with the greatest share of ports becomes theirs. */
static void find_ports(const struct content *contents, struct columns *c)
{
	size_t best = TABLE_COLUMNS_MAX, most = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (!is_mostly(contents[i].ports, contents[i].filled) || contents[i].ports <= most)
			continue;
		most = contents[i].ports;
		best = i;
	}
	if (best < TABLE_COLUMNS_MAX)
		c->kinds[best] = COLUMN_PORTS;
}

/* Without headings: words in front of the ports are source and destination, or a label alone;
 * words behind them say what it is for. */
static void guess_words(struct columns *c)
{
	size_t before = 0, seen = 0;
	bool behind = false;

	for (size_t i = 0; i < c->n; i++) {
		behind |= c->kinds[i] == COLUMN_PORTS;
		before += c->kinds[i] == COLUMN_NOTE && !behind;
	}
	for (size_t i = 0; i < c->n; i++) {
		if (c->kinds[i] != COLUMN_NOTE)
			continue;
		seen++;
		if (before == 2 && seen <= 2)
			c->kinds[i] = seen == 1 ? COLUMN_FROM : COLUMN_TO;
		else if (before == 3 && seen <= 3)
			c->kinds[i] = seen == 1	  ? COLUMN_LABEL
				      : seen == 2 ? COLUMN_FROM
						  : COLUMN_TO;
		else if (seen == 1)
			c->kinds[i] = COLUMN_LABEL;
		else
			c->kinds[i] = COLUMN_PURPOSE;
	}
}

bool columns_complete(struct arena *a, const struct table *t, size_t first, struct columns *c)
{
	struct content contents[TABLE_COLUMNS_MAX];
	bool guessed = c->n == 0;

	if (guessed)
		*c = (struct columns){.n = t->columns, .guessed = true};
	for (size_t i = 0; i < c->n; i++)
		contents[i] = content_of(a, t, first, i);
	for (size_t i = 0; i < c->n; i++) /* "Type" is TCP or UDP, in some tables */
		if ((c->kinds[i] == COLUMN_LABEL || c->kinds[i] == COLUMN_NOTE) &&
		    !columns_have(c, COLUMN_PROTOCOL) &&
		    is_mostly(contents[i].transports, contents[i].filled))
			c->kinds[i] = COLUMN_PROTOCOL;
	if (!columns_have(c, COLUMN_PORTS))
		find_ports(contents, c);
	if (guessed)
		guess_words(c);
	return columns_have(c, COLUMN_PORTS);
}
