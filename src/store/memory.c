/* SPDX-License-Identifier: ISC */
#include "store/memory.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/map.h"
#include "sys/file.h"
#include "sys/state.h"

enum { FILE_MAX = 16 * 1024 * 1024, KEY_MAX = ADDR_TEXT_MAX + 12 };

struct memory {
	struct arena *arena;
	struct map ports;	    /* by address and port */
	struct memory_port **order; /* the arena's */
	size_t n;
	int32_t today;
	struct buf path;
	bool is_changed;
};

/* --- lines ------------------------------------------------------------------------------------ */

static bool take_word(struct slice *s, struct slice *word)
{
	return slice_cut(s, ' ', word) && word->n;
}

static bool take_number(struct slice *s, uint64_t max, uint64_t *n)
{
	struct slice word;

	return take_word(s, &word) && slice_number(word, max, n);
}

static bool take_port(struct slice *s, struct memory_place *at)
{
	struct slice word, number;
	uint64_t port;
	size_t all;

	if (!take_word(s, &word))
		return false;
	all = word.n;
	slice_cut(&word, '/', &number);
	at->is_udp = number.n < all;
	if ((at->is_udp && !slice_is(word, "udp")) || !slice_number(number, UINT16_MAX, &port))
		return false;
	at->port = (uint16_t)port;
	return true;
}

static const char *on(const struct memory_place *at)
{
	return at->is_udp ? "/udp" : "";
}

static bool is_word(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
		      s.p[i] == '-' || s.p[i] == '+'))
			return false;
	return s.n && s.n < MEMORY_WORD_MAX;
}

bool memory_parse(struct slice line, struct memory_port *p)
{
	struct slice address, day, proved;
	uint64_t foreign;

	*p = (struct memory_port){0};
	if (!take_word(&line, &address) || !addr_parse(address, &p->at.addr) ||
	    !take_port(&line, &p->at) || !take_word(&line, &day) || !date_parse(day, &p->day) ||
	    !take_number(&line, UINT16_MAX, &foreign) || !take_word(&line, &proved))
		return false;
	if (!slice_is(proved, "-") && !is_word(proved))
		return false;
	p->foreign = (unsigned)foreign;
	if (!slice_is(proved, "-"))
		memcpy(p->proved, proved.p, proved.n);
	return true;
}

void memory_format(const struct memory_port *p, struct buf *out)
{
	char address[ADDR_TEXT_MAX], day[DATE_TEXT_MAX];

	buf_addf(out, "%s %u%s %s %u %s\n", addr_text(&p->at.addr, address), p->at.port, on(&p->at),
		 date_text(p->day, day), p->foreign, p->proved[0] ? p->proved : "-");
}

/* --- the map ---------------------------------------------------------------------------------- */

static struct slice key_of(const struct memory_place *at, char text[KEY_MAX])
{
	char address[ADDR_TEXT_MAX];

	snprintf(text, KEY_MAX, "%s %u%s", addr_text(&at->addr, address), at->port, on(at));
	return slice_of(text);
}

static struct memory_port *find(const struct memory *m, const struct memory_place *at)
{
	char key[KEY_MAX];

	return m ? map_find(&m->ports, key_of(at, key)) : NULL;
}

static struct memory_port *add(struct memory *m, const struct memory_port *p)
{
	struct memory_port *own;
	char key[KEY_MAX];

	if (m->n == MEMORY_PORTS_MAX)
		return NULL;
	own = ARENA_NEW(m->arena, struct memory_port);
	*own = *p;
	map_add(&m->ports, slice_of(arena_copy(m->arena, key_of(&p->at, key))), own);
	return m->order[m->n++] = own;
}

static bool is_fresh(const struct memory *m, const struct memory_port *p)
{
	return p->day <= m->today && p->day > m->today - MEMORY_DAYS;
}

static void take_lines(struct memory *m, struct slice all)
{
	struct memory_port p;
	struct slice line;

	while (slice_cut(&all, '\n', &line))
		if (memory_parse(line, &p) && is_fresh(m, &p) && !find(m, &p.at))
			add(m, &p);
}

static void forget(struct memory *m)
{
	map_release(&m->ports);
	buf_release(&m->path);
	arena_free(m->arena);
}

int memory_read(struct memory **out, int32_t today, struct err *err)
{
	struct arena *arena = arena_new();
	struct memory *m = ARENA_NEW(arena, struct memory);
	struct buf bytes = BUF_INIT;
	int rc;

	*m = (struct memory){.arena = arena, .today = today, .path = BUF_INIT};
	m->order = ARENA_ARRAY(arena, struct memory_port *, MEMORY_PORTS_MAX);
	rc = state_path("targets", &m->path, err);
	if (!rc && file_exists(m->path.data))
		rc = file_read(m->path.data, FILE_MAX, &bytes, err);
	if (!rc)
		take_lines(m, buf_slice(&bytes));
	else
		forget(m);
	buf_release(&bytes);
	*out = rc ? NULL : m;
	return rc;
}

unsigned memory_today(const struct memory *m, const struct memory_place *at)
{
	const struct memory_port *p = find(m, at);

	return p && p->day == m->today ? p->foreign : 0;
}

unsigned memory_left(const struct memory *m, const struct memory_place *at)
{
	unsigned sent = memory_today(m, at);

	return sent < MEMORY_BUDGET ? MEMORY_BUDGET - sent : 0;
}

const char *memory_proved(const struct memory *m, const struct memory_place *at)
{
	const struct memory_port *p = find(m, at);

	return p ? p->proved : "";
}

void memory_add(struct memory *m, const struct memory_place *at, unsigned foreign,
		const char *proved)
{
	struct memory_port *p = find(m, at);

	if (!m || (!foreign && !proved))
		return;
	if (!p)
		p = add(m, &(struct memory_port){.at = *at, .day = m->today});
	if (!p)
		return;
	if (p->day != m->today)
		p->foreign = 0;
	p->day = m->today;
	p->foreign += foreign;
	if (proved && strlen(proved) < MEMORY_WORD_MAX)
		snprintf(p->proved, sizeof(p->proved), "%s", proved);
	m->is_changed = true;
}

static int write_file(const struct memory *m, struct err *err)
{
	struct buf bytes = BUF_INIT;
	int rc = state_make_folder(m->path.data, err);

	for (size_t i = 0; i < m->n; i++)
		memory_format(m->order[i], &bytes);
	if (!rc)
		rc = file_replace(m->path.data, buf_slice(&bytes), 0600, err);
	buf_release(&bytes);
	return rc;
}

int memory_write(struct memory *m, struct err *err)
{
	int rc = 0;

	if (!m)
		return 0;
	if (m->is_changed)
		rc = write_file(m, err);
	forget(m);
	return rc;
}
