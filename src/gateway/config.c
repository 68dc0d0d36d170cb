/* SPDX-License-Identifier: ISC */
#include "gateway/config.h"

#include <strings.h>

static bool has_addr(const struct prefix *list, size_t n, const struct addr *a)
{
	for (size_t i = 0; i < n; i++)
		if (prefix_has(&list[i], a))
			return true;
	return false;
}

/* With * for any characters, in the pattern's own case. */
static bool fits(const char *pattern, struct slice s)
{
	const char *star = NULL;
	size_t i = 0, retry = 0;

	while (i < s.n) {
		if (*pattern == '*') {
			star = pattern++;
			retry = i;
		} else if (*pattern == s.p[i]) {
			pattern++;
			i++;
		} else if (star) {
			pattern = star + 1;
			i = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

static bool has_user(const struct gate_rule *r, struct slice user)
{
	if (!r->users.n || !user.p)
		return true;
	for_each (pattern, &r->users)
		if (fits(*pattern, user))
			return true;
	return false;
}

const struct gate_rule *gate_rule_for(const struct gate_config *c, const struct addr *client,
				      const struct addr *server, uint16_t port, struct slice user)
{
	for_each (r, &c->rules)
		if (has_addr(r->from.items, r->from.n, client) &&
		    has_addr(r->to.items, r->to.n, server) && r->ports.lo <= port &&
		    port <= r->ports.hi && has_user(r, user))
			return r;
	return NULL;
}

struct addr gate_next_hop(const struct gate_rule *r, const struct addr *server)
{
	const struct addr *same = &r->next[server->family == 6];
	const struct addr *other = &r->next[server->family != 6];

	if (same->family)
		return *same;
	return other->family ? *other : *server;
}

bool gate_rule_names(const struct gate_rule *r, const struct addr *server)
{
	for_each (p, &r->to)
		if (p->bits == (p->addr.family == 4 ? 32 : 128) && addr_equal(&p->addr, server))
			return true;
	return false;
}

/* The next word of a line, blanks skipped. */
static bool next_word(struct slice *line, struct slice *word)
{
	do {
		if (!slice_cut(line, ' ', word))
			return false;
	} while (!word->n);
	return true;
}

bool gate_has_words(const char *words, struct slice line)
{
	struct slice wanted = slice_of(words), word, said;

	while (next_word(&wanted, &word))
		if (!next_word(&line, &said) || said.n != word.n ||
		    strncasecmp(said.p, word.p, word.n) != 0)
			return false;
	return true;
}
