/* SPDX-License-Identifier: ISC
 *
 * The words of the command line, checked against the products, as zones, hosts and groups.
 */
#include "doc/site_words.h"

#include <stdarg.h>

#include "base/suggest.h"
#include "doc/fields.h"
#include "doc/import_table.h"
#include "model/setting.h"

#define ADD(w, list) list_add((w)->arena, &(list), sizeof(*(list).items))

void site_mistake(struct site_writer *w, const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_addfv(&text, fmt, ap);
	va_end(ap);
	errs_add(w->errs, PLACE_NONE, "%s", text.data);
	buf_release(&text);
}

/* --- zones, hosts, groups: from the words ----------------------------------------------------- */

static bool take_networks(struct site_writer *w, struct new_zone *z, const char *list)
{
	struct slice rest = slice_of(list), one;

	while (slice_cut(&rest, ',', &one)) {
		struct prefix p;
		bool host_bits;

		one = slice_trim(one);
		if (!slice_is(one, "any") && !prefix_parse(one, &p, &host_bits)) {
			site_mistake(w,
				     "--zone %s: expected a network such as 10.1.0.0/16, found "
				     "\"%.*s\"%s",
				     z->name, (int)(one.n < 60 ? one.n : 60), one.p,
				     host_bits ? ", which has bits set behind its length" : "");
			return false;
		}
		*(const char **)ADD(w, z->networks) = arena_copy(w->arena, one);
	}
	return true;
}

static void take_zone(struct site_writer *w, const char *word)
{
	const char *equals = strchr(word, '=');
	struct new_zone z = {0};

	if (!equals) {
		site_mistake(w,
			     "--zone \"%.60s\": expected NAME=NETWORK, such as inside=10.1.0.0/16",
			     word);
		return;
	}
	z.name = arena_copy(w->arena, slice_trim(slice_from_to(word, equals)));
	if (!name_is_valid(slice_of(z.name)))
		site_mistake(w, "--zone \"%.60s\": \"%.40s\" is no name", word, z.name);
	else if (take_networks(w, &z, equals + 1))
		*(struct new_zone *)ADD(w, w->zones) = z;
}

bool site_has_zone(const struct site_writer *w, const char *name)
{
	for_each (z, &w->zones)
		if (strcmp(z->name, name) == 0)
			return true;
	return false;
}

static struct new_host *host_named(struct site_writer *w, struct slice name)
{
	struct new_host *h;

	for_each (other, &w->hosts)
		if (slice_is(name, other->name))
			return other;
	h = ADD(w, w->hosts);
	h->name = arena_copy(w->arena, name);
	return h;
}

static void add_address(struct site_writer *w, struct new_host *h, struct slice address)
{
	for_each (other, &h->addresses)
		if (slice_is(address, *other))
			return;
	*(const char **)ADD(w, h->addresses) = arena_copy(w->arena, address);
}

/* "web1:10.1.0.10,2001:db8::10", "web1:web1.example.org", "web1" whose address stands elsewhere */
static const char *take_host(struct site_writer *w, const char *role, const char *value)
{
	struct slice rest = slice_of(value), name, one;
	struct new_host *h;
	struct addr a;

	slice_cut(&rest, ':', &name);
	if (!name_is_valid(name)) {
		site_mistake(w,
			     "--role %s: expected HOST:ADDRESS, \"zone NAME\", \"group NAME\" or a "
			     "network, found \"%.60s\"",
			     role, value);
		return NULL;
	}
	h = host_named(w, name);
	while (rest.p && slice_cut(&rest, ',', &one)) {
		one = slice_trim(one);
		if (addr_parse(one, &a)) {
			add_address(w, h, one);
		} else if (name_is_valid(one) && !h->addresses.n) {
			h->dns_name = arena_copy(w->arena, one);
		} else {
			site_mistake(
				w,
				"--role %s: expected an address behind \"%s:\", found \"%.*s\"; "
				"give --role again for another host",
				role, h->name, (int)(one.n < 60 ? one.n : 60), one.p);
			return NULL;
		}
	}
	return h->name;
}

/* What the binding says in the file; NULL after a message. */
const char *site_take_target(struct site_writer *w, const char *role, const char *value)
{
	struct slice s = slice_of(value);
	struct prefix p;
	bool host_bits;

	if (slice_has_prefix(s, "zone ")) {
		if (!site_has_zone(w, value + 5) && strcmp(value + 5, "internet") == 0)
			take_zone(w, "internet=any");
		if (site_has_zone(w, value + 5))
			return value;
		site_mistake(w,
			     "--role %s: the zone \"%.60s\" is not given; add --zone %.60s=NETWORK",
			     role, value + 5, value + 5);
		return NULL;
	}
	if (slice_has_prefix(s, "group ")) {
		if (name_is_valid(slice_of(value + 6))) {
			*(const char **)ADD(w, w->groups) = value + 6;
			return value;
		}
		site_mistake(w, "--role %s: \"%.60s\" is no name of a group", role, value + 6);
		return NULL;
	}
	if (prefix_parse(s, &p, &host_bits))
		return value;
	if (host_bits) {
		site_mistake(w, "--role %s: %.60s has bits set behind its length", role, value);
		return NULL;
	}
	return take_host(w, role, value);
}

/* --- whether the words are right -------------------------------------------------------------- */

struct word_list {
	const char *option, *what;
	const struct site_words *words;
};

/* "role" and "settings" may be of a role: "target.session_port". */
static const void *find_word(const struct product *p, const char *what, const char *name)
{
	const char *dot = strchr(name, '.');
	char role[101];

	if (strcmp(what, "role") == 0)
		return product_role(p, name);
	if (strcmp(what, "feature") == 0)
		return product_feature(p, name);
	if (strcmp(what, "choice") == 0)
		return product_choice(p, name);
	if (!dot || (size_t)(dot - name) >= sizeof(role))
		return product_setting(p, name);
	snprintf(role, sizeof(role), "%.*s", (int)(dot - name), name);
	return product_role(p, role) ? role_setting(product_role(p, role), dot + 1) : NULL;
}

static void suggest_words(struct suggest *hint, const struct product *p, const char *what)
{
	if (strcmp(what, "role") == 0)
		for_each (x, &p->roles)
			suggest_add(hint, x->name.s);
	else if (strcmp(what, "feature") == 0)
		for_each (x, &p->features)
			suggest_add(hint, x->name.s);
	else if (strcmp(what, "choice") == 0)
		for_each (x, &p->choices)
			suggest_add(hint, x->name.s);
	else
		for_each (x, &p->settings)
			suggest_add(hint, x->name.s);
}

/* The word without its value and without "not ". */
static const char *name_in(struct site_writer *w, const struct word_list *l, const char *word,
			   const struct product *p)
{
	const char *value, *slash = strchr(word, '/');
	struct slice name;

	if (strcmp(l->what, "feature") != 0)
		return site_split_word(word, p, &name, &value) ? arena_copy(w->arena, name) : NULL;
	if (slash && !slice_is(slice_from_to(word, slash), p->name.s))
		return NULL;
	word = slash ? slash + 1 : word;
	return strncmp(word, "not ", 4) == 0 ? word + 4 : word;
}

const char *site_or_list(struct site_writer *w, const struct choice *c)
{
	struct buf out = BUF_INIT;
	const char *copy;

	for (size_t i = 0; i < c->options.n; i++)
		buf_addf(&out, "%s%s",
			 i == 0			 ? ""
			 : i + 1 == c->options.n ? " or "
						 : ", ",
			 c->options.items[i].s);
	if (c->title.s)
		buf_addf(&out, ": %s", c->title.s);
	copy = arena_copy(w->arena, buf_slice(&out));
	buf_release(&out);
	return copy;
}

static void check_value(struct site_writer *w, const struct word_list *l, const void *found,
			const char *value)
{
	char why[SETTING_WHY_MAX];

	if (strcmp(l->what, "setting") == 0 && !setting_accepts(found, value, why))
		site_mistake(w, "--setting %s: %s", ((const struct setting *)found)->name.s, why);
	if (strcmp(l->what, "choice") == 0) {
		const struct choice *c = found;

		for_each (o, &c->options)
			if (text_is(*o, value))
				return;
		site_mistake(w, "--choice %s: expected %s, found \"%.60s\"", c->name.s,
			     site_or_list(w, c), value);
	}
}

static void check_word(struct site_writer *w, const struct word_list *l, const char *word)
{
	struct suggest hint = suggest_start(slice_of(""));
	char text[SUGGEST_TEXT_MAX];
	const char *name = NULL, *value;
	bool found = false, needed = false;
	struct slice key;

	for (size_t i = 0; i < w->s->n_products; i++) {
		const struct product *p = w->s->products[i];
		const char *here = name_in(w, l, word, p);
		const void *item = here ? find_word(p, l->what, here) : NULL;

		if (!here)
			continue;
		name = here;
		hint.wanted = slice_of(name);
		suggest_words(&hint, p, l->what);
		if (!item)
			continue;
		found = true;
		needed |= strcmp(l->what, "role") != 0 || site_needs_role(w->s, p, item);
		if (site_split_word(word, p, &key, &value))
			check_value(w, l, item, value);
	}
	if (!name)
		site_mistake(w, "--%s \"%.80s\": expected NAME=VALUE", l->option, word);
	else if (!found)
		site_mistake(w, "--%s: unknown %s \"%.60s\"%s", l->option, l->what, name,
			     suggest_text(&hint, text));
	else if (!needed)
		site_mistake(
			w,
			"--role: nothing that applies uses the role \"%.60s\"; is a feature or a "
			"choice missing?",
			name);
}

void site_check_words(struct site_writer *w)
{
	const struct word_list lists[] = {{"feature", "feature", &w->s->features},
					  {"choice", "choice", &w->s->choices},
					  {"setting", "setting", &w->s->settings},
					  {"role", "role", &w->s->roles}};

	for (size_t i = 0; i < w->s->zones.n; i++)
		take_zone(w, w->s->zones.items[i]);
	if (!name_is_valid(slice_of(w->s->name)))
		site_mistake(
			w, "--name: \"%.60s\" is no name: letters, digits, \"_\", \"-\" and \".\"",
			w->s->name);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		for (size_t k = 0; k < lists[i].words->n; k++)
			check_word(w, &lists[i], lists[i].words->items[k]);
}
