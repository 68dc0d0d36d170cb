/* SPDX-License-Identifier: ISC */
#include "doc/site_quick.h"

#include <string.h>

#include "base/suggest.h"
#include "doc/fields.h"
#include "doc/site_quick_int.h"
#include "model/goal.h"

size_t quick_role_index(const struct quick *k, const char *name)
{
	return (size_t)(product_role(k->product, name) - k->product->roles.items);
}

/* --- what is wanted --------------------------------------------------------------------------- */

static void want_goal(struct quick *k)
{
	const struct goal *g = product_goal(k->product, k->asked->goal);
	struct suggest s = suggest_start(slice_of(k->asked->goal));
	char hint[SUGGEST_TEXT_MAX];
	struct id_list list;

	if (!g) {
		for_each (other, &k->product->goals)
			suggest_add(&s, other->name.s);
		errs_add(k->errs, PLACE_NONE, "--goal: %s has no goal \"%.60s\"%s",
			 k->product->name.s, k->asked->goal, suggest_text(&s, hint));
		return;
	}
	goal_requirements(k->product, g, k->arena, &list);
	for_each (id, &list.ids)
		k->is_wanted[product_requirement(k->product, id->s) -
			     k->product->requirements.items] = true;
}

static bool is_bound(const struct quick *k, struct text role)
{
	return role.s && k->bound[quick_role_index(k, role.s)].n > 0;
}

static void want_between(struct quick *k)
{
	for_each (q, &k->product->requirements)
		k->is_wanted[q - k->product->requirements.items] =
			is_bound(k, q->from) != is_bound(k, q->to);
}

/* --- who plays what --------------------------------------------------------------------------- */

static bool unknown_role(struct quick *k, const char *option, const char *name)
{
	struct suggest s = suggest_start(slice_of(name));
	char hint[SUGGEST_TEXT_MAX];

	if (product_role(k->product, name))
		return false;
	for_each (r, &k->product->roles)
		suggest_add(&s, r->name.s);
	errs_add(k->errs, PLACE_NONE, "%s: %s has no role \"%.60s\"%s", option, k->product->name.s,
		 name, suggest_text(&s, hint));
	return true;
}

static bool is_taken(const struct quick *k, const char *key)
{
	if (strcmp(key, k->asked->host) == 0 || strcmp(key, QUICK_PROXY_KEY) == 0)
		return true;
	for (size_t i = 0; i < k->n_hosts; i++)
		if (strcmp(key, k->hosts[i].key) == 0)
			return true;
	return false;
}

/* A name is its own key, unless something else is called so; an address would be taken for a
 * network. Those get the role's name. */
static const char *key_of(struct quick *k, struct slice who, const char *role, bool is_address)
{
	const char *key = arena_copy(k->arena, who);

	if (!is_address && name_is_valid(who) && !is_taken(k, key))
		return key;
	key = role;
	for (size_t n = 2; is_taken(k, key); n++)
		key = arena_printf(k->arena, "%s-%zu", role, n);
	return key;
}

static const struct quick_host *find_host(const struct quick *k, struct slice who,
					  const struct addr *a)
{
	for (size_t i = 0; i < k->n_hosts; i++)
		if (k->hosts[i].name ? slice_is(who, k->hosts[i].name)
				     : a->family && addr_equal(a, &k->hosts[i].addr))
			return &k->hosts[i];
	return NULL;
}

static void bind_one(struct quick *k, const char *role, struct slice who)
{
	struct buf *bound = &k->bound[quick_role_index(k, role)];
	struct addr a = {0};
	bool is_address = addr_parse(who, &a);
	const struct quick_host *known;
	struct quick_host *h;

	if (!is_address && !dns_name_is_valid(who, "")) {
		errs_add(k->errs, PLACE_NONE,
			 "%s=%.*s: expected a host name or an address, without a port", role,
			 (int)(who.n < 60 ? who.n : 60), who.p);
		return;
	}
	known = find_host(k, who, &a);
	if (!known && k->n_hosts == HOSTS_MAX) {
		errs_add(k->errs, PLACE_NONE,
			 "more than %d hosts on the command line: write a "
			 "site file (portolan site new)",
			 HOSTS_MAX);
		return;
	}
	if (!known) {
		h = &k->hosts[k->n_hosts];
		h->key = key_of(k, who, role, is_address);
		h->name = is_address ? NULL : arena_copy(k->arena, who);
		h->addr = a;
		k->n_hosts++;
		known = h;
	}
	buf_addf(bound, "%s%s", bound->n ? ", " : "", known->key);
}

static void bind_roles(struct quick *k)
{
	for (size_t i = 0; i < k->asked->roles.n; i++) {
		struct slice who = slice_of(k->asked->roles.items[i]), role, one;
		const char *name;

		if (!memchr(who.p, '=', who.n)) {
			errs_add(k->errs, PLACE_NONE, "\"%.60s\": expected ROLE=HOST", who.p);
			continue;
		}
		slice_cut(&who, '=', &role);
		name = arena_copy(k->arena, role);
		if (unknown_role(k, name, name))
			continue;
		while (slice_cut(&who, ',', &one))
			bind_one(k, name, one);
	}
}

/* Each once, however many requirements want it. */
static void ask_for(struct quick *k, const struct role *r)
{
	bool *is_missing = &k->is_missing[r - k->product->roles.items];

	if (!*is_missing)
		errs_add(k->errs, PLACE_NONE, "the goal %s needs %s: add %s=HOST", k->asked->goal,
			 r->title.s ? r->title.s : r->name.s, r->name.s);
	*is_missing = true;
}

/* This host is at the end that nobody was named for. */
static void find_here(struct quick *k)
{
	for_each (q, &k->product->requirements) {
		const struct text ends[] = {q->from, q->to};

		if (!k->is_wanted[q - k->product->requirements.items])
			continue;
		for (size_t i = 0; i < 2; i++) {
			const struct role *r =
				ends[i].s ? product_role(k->product, ends[i].s) : NULL;

			if (r && !is_bound(k, ends[i]) && !r->outside && !r->is.n && !r->includes.n)
				k->is_here[r - k->product->roles.items] = true;
			else if (r && !is_bound(k, ends[i]) && r->outside && k->asked->goal)
				ask_for(k, r);
		}
	}
}

static void settle_here(struct quick *k)
{
	struct buf names = BUF_INIT;
	size_t n = 0;

	if (k->asked->as) {
		memset(k->is_here, 0, k->product->roles.n * sizeof(*k->is_here));
		if (!unknown_role(k, "--as", k->asked->as))
			k->is_here[quick_role_index(k, k->asked->as)] = true;
		return;
	}
	find_here(k);
	for_each (r, &k->product->roles)
		if (k->is_here[r - k->product->roles.items])
			buf_addf(&names, "%s%s", n++ ? ", " : "", r->name.s);
	if (n > 1)
		errs_add(k->errs, PLACE_NONE,
			 "which role is this host: %s? Say it with --as ROLE, and bind the others",
			 names.data);
	if (!n && !k->errs->n)
		errs_add(k->errs, PLACE_NONE,
			 "no requirement of %s is between this host and a role that you named",
			 k->product->name.s);
	buf_release(&names);
}

/* --- what is turned on ------------------------------------------------------------------------ */

static bool has_word(const struct site_words *words, const char *word)
{
	for (size_t i = 0; i < words->n; i++)
		if (strcmp(words->items[i], word) == 0)
			return true;
	return false;
}

static void turn_on(struct quick *k, const char *feature)
{
	char not [120];

	snprintf(not, sizeof(not ), "not %s", feature);
	if (has_word(&k->asked->features, feature) || has_word(&k->asked->features, not ))
		return;
	for (size_t i = 0; i < k->n_features; i++)
		if (strcmp(k->features[i], feature) == 0)
			return;
	if (k->n_features < FEATURES_MAX)
		k->features[k->n_features++] = feature;
}

/* What makes the condition hold: all of "and", the first of "or"; a "not" is left alone. */
static void turn_on_for(struct quick *k, const struct cond *c)
{
	if (!c)
		return;
	if (c->kind == COND_FEATURE)
		turn_on(k, c->left.s);
	if (c->kind == COND_AND || c->kind == COND_OR)
		turn_on_for(k, c->a);
	if (c->kind == COND_AND)
		turn_on_for(k, c->b);
}

static void find_features(struct quick *k)
{
	for_each (q, &k->product->requirements)
		if (k->is_wanted[q - k->product->requirements.items])
			turn_on_for(k, q->when);
}

bool site_quick_may_use_proxy(const struct product *p)
{
	for_each (q, &p->requirements)
		if (q->via != VIA_DIRECT)
			return true;
	return false;
}

int site_quick_write(const struct site_quick *q, struct buf *out, struct errs *errs)
{
	struct quick k = {.asked = q, .product = q->product, .arena = arena_new(), .errs = errs};

	k.bound = ARENA_ARRAY(k.arena, struct buf, q->product->roles.n);
	for (size_t i = 0; i < q->product->roles.n; i++)
		buf_init(&k.bound[i]);
	k.is_here = ARENA_ARRAY(k.arena, bool, q->product->roles.n);
	k.is_missing = ARENA_ARRAY(k.arena, bool, q->product->roles.n);
	k.is_wanted = ARENA_ARRAY(k.arena, bool, q->product->requirements.n);
	bind_roles(&k);
	if (q->goal)
		want_goal(&k);
	else
		want_between(&k);
	if (!errs->n)
		settle_here(&k);
	find_features(&k);
	if (!errs->n)
		quick_write(&k, out);
	for (size_t i = 0; i < q->product->roles.n; i++)
		buf_release(&k.bound[i]);
	arena_free(k.arena);
	return errs->n ? -ERR_USAGE : 0;
}
