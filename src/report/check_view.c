/* SPDX-License-Identifier: ISC */
#include "report/check_view.h"

#include "base/map.h"
#include "report/check_words.h"

enum check_group check_group_of(const struct judgement *j)
{
	if (j->elsewhere)
		return CHECK_ELSEWHERE;
	if (j->verdict == VERDICT_FORBIDDEN_OPEN)
		return CHECK_FORBIDDEN_OPEN;
	if (j->prerequisite)
		return CHECK_MOOT;
	switch (j->verdict) {
	case VERDICT_FAIL:
		return CHECK_FAILS;
	case VERDICT_DEGRADED:
		return CHECK_DEGRADED;
	case VERDICT_NOT_TESTED:
		return j->decisive ? CHECK_NOT_TESTED : CHECK_UNTRIED;
	case VERDICT_UNPROVEN:
		return CHECK_UNPROVEN;
	default:
		return CHECK_HOLDS;
	}
}

bool check_is_negotiated(const struct judgement *j)
{
	return j->flow && j->flow->claims && j->flow->claims->mode;
}

const char *check_vantage(const struct check_report *r, const struct judgement *j)
{
	return j->decisive && j->decisive->vantage ? j->decisive->vantage : r->run->vantage;
}

struct change check_change(const struct check_report *r, const struct judgement *j)
{
	return r->changes ? r->changes[j - r->verdicts->items.items] : (struct change){0};
}

static bool has_changed(const struct check_report *r, const struct judgement *j, const char *how)
{
	const char *changed = check_change(r, j).changed;

	return !j->elsewhere && changed && strcmp(changed, how) == 0;
}

bool check_is_new(const struct check_report *r, const struct judgement *j)
{
	return has_changed(r, j, "new");
}

bool check_is_fixed(const struct check_report *r, const struct judgement *j)
{
	return has_changed(r, j, "fixed");
}

/* --- piles ------------------------------------------------------------------------------------ */

static void add_title(const struct judgement *j, enum check_group group, struct buf *out)
{
	if (group == CHECK_MOOT) {
		check_words_id(j->prerequisite, out);
		buf_add_text(out, " works");
	} else {
		buf_add_text(out, j->reason ? j->reason : "it was not tried");
	}
}

/* Each verdict of the group is counted in its pile; places[i] is that pile. */
static void count(const struct check_report *r, enum check_group group, struct arena *arena,
		  struct check_piles *piles, struct check_pile **places)
{
	struct buf title = BUF_INIT;
	struct map by_title = {0};

	for (size_t i = 0; i < r->verdicts->items.n; i++) {
		const struct judgement *j = &r->verdicts->items.items[i];
		struct check_pile *pile;

		if (check_group_of(j) != group)
			continue;
		buf_clear(&title);
		add_title(j, group, &title);
		pile = map_find(&by_title, buf_slice(&title));
		if (!pile) {
			pile = &piles->items[piles->n++];
			pile->title = arena_copy(arena, buf_slice(&title));
			map_add(&by_title, slice_of(pile->title), pile);
		}
		pile->items.n++;
		places[i] = pile;
	}
	map_release(&by_title);
	buf_release(&title);
}

struct check_piles check_pile_up(const struct check_report *r, enum check_group group,
				 struct arena *arena)
{
	size_t n = r->verdicts->items.n;
	struct check_piles piles = {.items = ARENA_ARRAY(arena, struct check_pile, n)};
	struct check_pile **places = ARENA_ARRAY(arena, struct check_pile *, n);

	count(r, group, arena, &piles, places);
	for (size_t i = 0; i < piles.n; i++) {
		struct check_pile *pile = &piles.items[i];

		pile->items.items = ARENA_ARRAY(arena, const struct judgement *, pile->items.n);
		pile->items.n = 0;
	}
	for (size_t i = 0; i < n; i++)
		if (places[i])
			places[i]->items.items[places[i]->items.n++] = &r->verdicts->items.items[i];
	return piles;
}
