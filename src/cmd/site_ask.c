/* SPDX-License-Identifier: ISC */
#include "cmd/site_ask.h"

#include <stdio.h>

#include "base/addr.h"
#include "base/escape.h"
#include "doc/import_table.h"
#include "model/setting.h"

struct asker {
	struct site_new *s;
	struct arena *arena;
	bool over; /* the input ended */
};

/* --- one question ----------------------------------------------------------------------------- */

static void say(const char *fmt, ...) PRINTF(1, 2);
static void say(const char *fmt, ...)
{
	struct buf raw = BUF_INIT, text = BUF_INIT;
	struct slice rest, line;
	va_list ap;

	va_start(ap, fmt);
	buf_addfv(&raw, fmt, ap);
	va_end(ap);
	rest = buf_slice(&raw);
	for (bool first = true; slice_cut(&rest, '\n', &line); first = false) {
		if (!first)
			buf_add_char(&text, '\n');
		escape_terminal(&text, line);
	}
	fwrite(text.data, 1, text.n, stderr);
	fflush(stderr);
	buf_release(&raw);
	buf_release(&text);
}

/* A trimmed line; "" for an empty one and at the end of the input. */
static const char *answer(struct asker *a)
{
	char line[1000];

	if (a->over || !fgets(line, sizeof(line), stdin)) {
		a->over = true;
		return "";
	}
	return arena_copy(a->arena, slice_trim(slice_of(line)));
}

static void add_word(struct asker *a, struct site_words *words, const char *word)
{
	struct list list = {words->items, words->n};
	const char **more = ARENA_ARRAY(a->arena, const char *, words->n + 1);

	for (size_t i = 0; i < list.n; i++)
		more[i] = words->items[i];
	more[words->n] = word;
	words->items = more;
	words->n++;
}

static void add_pair(struct asker *a, struct site_words *words, const struct product *p,
		     const char *name, const char *value)
{
	add_word(a, words, arena_printf(a->arena, "%s/%s=%s", p->name.s, name, value));
}

/* --- features --------------------------------------------------------------------------------- */

static bool take_feature(struct asker *a, const struct product *p, struct slice word)
{
	bool off = slice_has_prefix(word, "-");
	const char *name = arena_copy(a->arena, off ? slice_skip(word, 1) : word);

	if (!product_feature(p, name)) {
		say("  there is no feature \"%s\"\n", name);
		return false;
	}
	add_word(a, &a->s->features,
		 arena_printf(a->arena, "%s/%s%s", p->name.s, off ? "not " : "", name));
	return true;
}

static void ask_features(struct asker *a, const struct product *p)
{
	bool good = false;

	if (!p->features.n || a->s->features.n)
		return;
	say("%s has these features:\n", p->name.s);
	for_each (f, &p->features)
		say("  %-20s %s%s\n", f->name.s, f->title.s ? f->title.s : "",
		    f->on ? " (on)" : "");
	while (!good && !a->over) {
		struct slice rest, word;

		say("Which of them, separated by blanks (-NAME turns one off) [none more]: ");
		rest = slice_of(answer(a));
		good = true;
		while (slice_cut(&rest, ' ', &word))
			if (word.n)
				good &= take_feature(a, p, word);
	}
}

/* --- choices and settings --------------------------------------------------------------------- */

static bool is_option(const struct choice *c, const char *value)
{
	for_each (o, &c->options)
		if (text_is(*o, value))
			return true;
	return false;
}

static void ask_choice(struct asker *a, const struct product *p, const struct choice *c)
{
	while (!a->over) {
		const char *value;

		say("%s:", c->title.s ? c->title.s : c->name.s);
		for_each (o, &c->options)
			say(" %s", o->s);
		say(" [%s]: ", c->value.s ? c->value.s : "later");
		value = answer(a);
		if (!*value)
			return;
		if (is_option(c, value)) {
			add_pair(a, &a->s->choices, p, c->name.s, value);
			return;
		}
		say("  \"%s\" is none of them\n", value);
	}
}

static void ask_setting(struct asker *a, const struct product *p, const struct setting *v)
{
	char why[SETTING_WHY_MAX];

	while (!a->over) {
		const char *value;

		say("%s [%s]: ", v->title.s ? v->title.s : v->name.s,
		    v->value.s ? v->value.s : "later");
		value = answer(a);
		if (!*value)
			return;
		if (setting_accepts(v, value, why)) {
			add_pair(a, &a->s->settings, p, v->name.s, value);
			return;
		}
		say("  %s\n", why);
	}
}

static void ask_choices(struct asker *a, const struct product *p)
{
	for_each (c, &p->choices)
		if (!site_word(&a->s->choices, p, c->name.s) && site_needs_choice(a->s, p, c))
			ask_choice(a, p, c);
}

static void ask_settings(struct asker *a, const struct product *p)
{
	for_each (v, &p->settings)
		if (!site_word(&a->s->settings, p, v->name.s) && site_needs_setting(a->s, p, v))
			ask_setting(a, p, v);
}

/* --- zones and roles -------------------------------------------------------------------------- */

static bool is_networks(const char *value)
{
	struct slice rest = slice_of(value), one;
	struct prefix p;
	bool host_bits;

	while (slice_cut(&rest, ',', &one))
		if (!slice_is(slice_trim(one), "any") &&
		    !prefix_parse(slice_trim(one), &p, &host_bits))
			return false;
	return true;
}

static void ask_zones(struct asker *a)
{
	while (!a->over && !a->s->zones.n) {
		const char *value;

		say("The network of the zone \"inside\", such as 10.1.0.0/16 [later]: ");
		value = answer(a);
		if (!*value)
			return;
		if (is_networks(value))
			add_word(a, &a->s->zones, arena_printf(a->arena, "inside=%s", value));
		else
			say("  \"%s\" is no network\n", value);
	}
}

/* What site_new_write() would say of this one word. */
static bool is_good_role(struct asker *a, const char *word)
{
	struct site_new trial = *a->s;
	struct buf out = BUF_INIT;
	struct errs errs = {0};
	bool good;

	trial.roles = (struct site_words){&word, 1};
	good = site_new_write(&trial, &out, &errs) == 0;
	for (size_t i = 0; i < errs.n; i++)
		say("  %s\n", errs.items[i].text);
	errs_release(&errs);
	buf_release(&out);
	return good;
}

static void ask_role(struct asker *a, const struct product *p, const struct role *r)
{
	struct buf text = BUF_INIT;

	site_describe_role(a->s, p, r, &text);
	while (!a->over) {
		const char *value, *word;

		say("%s (%s)\n  HOST:ADDRESS, \"zone NAME\", \"group NAME\" or a network [later]: ",
		    r->name.s, text.data);
		value = answer(a);
		if (!*value)
			break;
		word = arena_printf(a->arena, "%s/%s=%s", p->name.s, r->name.s, value);
		if (!is_good_role(a, word))
			continue;
		add_word(a, &a->s->roles, word);
		break;
	}
	buf_release(&text);
}

static void ask_roles(struct asker *a, const struct product *p)
{
	for_each (r, &p->roles)
		if (!r->optional && !site_word(&a->s->roles, p, r->name.s) &&
		    site_needs_role(a->s, p, r))
			ask_role(a, p, r);
}

void site_ask(struct site_new *s, struct arena *arena)
{
	struct asker a = {.s = s, .arena = arena};

	for (size_t i = 0; i < s->n_products; i++) {
		ask_features(&a, s->products[i]);
		ask_choices(&a, s->products[i]);
	}
	ask_zones(&a);
	for (size_t i = 0; i < s->n_products; i++) {
		ask_roles(&a, s->products[i]);
		ask_settings(&a, s->products[i]);
	}
	if (a.over)
		say("\n");
}
