/* SPDX-License-Identifier: ISC */
#include "doc/site_new.h"

#include "doc/import_table.h"
#include "doc/needs.h"
#include "doc/site_words.h"
#include "doc/yaml_write.h"

enum { COMMENT_COLUMN = 38, COLUMNS_MAX = 100, CHOOSE_SHOWN = 6 };

#define ADD(w, list) list_add((w)->arena, &(list), sizeof(*(list).items))

/* --- lines ------------------------------------------------------------------------------------ */

/* At most `room` bytes of it, up to the end of a word. */
static void add_comment(struct site_writer *w, const char *comment, size_t room)
{
	const char *clean = cell_clean(w->arena, slice_of(comment), 1000);
	size_t n = strlen(clean);

	if (n > room) {
		n = room - 4;
		while (n && clean[n] != ' ')
			n--;
	}
	while (n && clean[n] && strchr(" ,;", clean[n - 1]))
		n--;
	buf_addf(w->out, "# %.*s%s", (int)n, clean, clean[n] ? " ..." : "");
}

/* The comment goes to its column, or behind a longer line; cut where the page ends. */
static void put(struct site_writer *w, const char *line, const char *comment)
{
	size_t n = strlen(line);

	buf_add_text(w->out, line);
	if (comment) {
		buf_add_fill(w->out, ' ', n < COMMENT_COLUMN ? COMMENT_COLUMN - n : 1);
		n = n < COMMENT_COLUMN ? COMMENT_COLUMN : n + 1;
		add_comment(w, comment, n + 42 < COLUMNS_MAX ? COLUMNS_MAX - 2 - n : 40);
	}
	buf_add_char(w->out, '\n');
}

static const char *scalar(struct site_writer *w, const char *s)
{
	struct buf out = BUF_INIT;
	const char *copy;

	yaml_scalar(&out, s);
	copy = arena_copy(w->arena, buf_slice(&out));
	buf_release(&out);
	return copy;
}

/* "[a, b]" */
static const char *flow_list(struct site_writer *w, const char *const *items, size_t n)
{
	struct buf out = BUF_INIT;
	const char *copy;

	for (size_t i = 0; i < n; i++)
		buf_addf(&out, "%s%s", i ? ", " : "[", scalar(w, items[i]));
	buf_add_char(&out, ']');
	copy = arena_copy(w->arena, buf_slice(&out));
	buf_release(&out);
	return copy;
}

/* Names behind a comment's first words, over two lines where they are many. */
static void put_names(struct site_writer *w, const char *intro, const char *const *names, size_t n)
{
	enum { MORE_BYTES = 14 }; /* " and 12 more" */
	struct buf line = BUF_INIT;
	size_t indent = strspn(intro, " "), lines = 0;

	if (!n)
		return;
	buf_add_text(&line, intro);
	for (size_t i = 0; i < n; i++) {
		size_t room = COLUMNS_MAX - (lines && i + 1 < n ? MORE_BYTES : 0);

		if (line.n + strlen(names[i]) + 2 > room) {
			if (lines++) {
				buf_addf(&line, " and %zu more", n - i);
				break;
			}
			put(w, line.data, NULL);
			buf_clear(&line);
			buf_add_fill(&line, ' ', indent);
			buf_add_text(&line, "#  ");
		}
		buf_addf(&line, " %s%s", names[i], i + 1 < n ? "," : "");
	}
	put(w, line.data, NULL);
	buf_release(&line);
}

/* --- one product ------------------------------------------------------------------------------ */

static const char *described(struct site_writer *w, const struct product *p, const struct role *r,
			     const char *intro)
{
	struct buf out = BUF_INIT;
	const char *copy;

	buf_add_text(&out, intro);
	site_describe_role(w->s, p, r, &out);
	copy = arena_copy(w->arena, buf_slice(&out));
	buf_release(&out);
	return copy;
}

/* "web1", or "{to: web1, session_port: 22}" where the role has settings of its own. */
static const char *binding(struct site_writer *w, const struct product *p, const struct role *r,
			   const char *target)
{
	struct buf out = BUF_INIT;
	const char *text = scalar(w, target);

	for_each (v, &r->settings) {
		const char *name = arena_printf(w->arena, "%s.%s", r->name.s, v->name.s);
		const char *value = site_word(&w->s->settings, p, name);

		if (value)
			buf_addf(&out, ", %s: %s", v->name.s, scalar(w, value));
	}
	if (out.n)
		text = arena_printf(w->arena, "{to: %s%s}", text, out.data);
	buf_release(&out);
	return text;
}

/* "      web: web1", with all that were given for the role; NULL: none. */
static const char *role_line(struct site_writer *w, const struct product *p, const struct role *r)
{
	struct buf out = BUF_INIT;
	const char *value, *target, *line = NULL;
	struct slice name;
	size_t n = 0;

	for (size_t i = 0; i < w->s->roles.n; i++) {
		if (!site_split_word(w->s->roles.items[i], p, &name, &value) ||
		    !slice_is(name, r->name.s))
			continue;
		target = site_take_target(w, r->name.s, value);
		if (target)
			buf_addf(&out, "%s%s", n++ ? ", " : "", binding(w, p, r, target));
	}
	if (n)
		line = arena_printf(w->arena, n > 1 ? "      %s: [%s]" : "      %s: %s", r->name.s,
				    out.data);
	buf_release(&out);
	return line;
}

static bool only_connects(const struct site_writer *w, const struct product *p,
			  const struct role *r)
{
	struct buf out = BUF_INIT;
	bool listens;

	site_describe_role(w->s, p, r, &out);
	listens = strstr(out.data, "; listens on ") != NULL;
	buf_release(&out);
	return !listens;
}

static void add_placeholder(struct site_writer *w, const char *host)
{
	for_each (other, &w->placeholders)
		if (strcmp(*other, host) == 0)
			return;
	*(const char **)ADD(w, w->placeholders) = host;
}

/* Somebody's many computers are a zone; a server is a host with an address. */
static const char *placeholder(struct site_writer *w, const struct product *p, const struct role *r)
{
	const char *host;

	if (r->many && only_connects(w, p, r))
		return arena_printf(w->arena, "      # %s: zone %s", r->name.s,
				    w->zones.n ? w->zones.items[0].name : "inside");
	host = arena_printf(w->arena, "%s1", r->name.s);
	add_placeholder(w, host);
	return arena_printf(w->arena, "      # %s: %s", r->name.s, host);
}

static void put_roles(struct site_writer *w, const struct product *p)
{
	LIST_OF(const char *) lines = {0}, comments = {0}, optional = {0};
	bool any = false;

	for_each (r, &p->roles) {
		const char *line;

		if (!site_needs_role(w->s, p, r))
			continue;
		line = role_line(w, p, r);
		if (!line && r->optional) {
			*(const char **)ADD(w, optional) = r->name.s;
			continue;
		}
		any |= line != NULL;
		*(const char **)ADD(w, lines) = line ? line : placeholder(w, p, r);
		*(const char **)ADD(w, comments) = described(w, p, r, line ? "" : "fill in: ");
	}
	if (lines.n)
		put(w, any ? "    roles:" : "    # roles:", NULL);
	for (size_t i = 0; i < lines.n; i++)
		put(w, lines.items[i], comments.items[i]);
	put_names(w, "      # where you have them:", optional.items, optional.n);
}

static void put_features(struct site_writer *w, const struct product *p)
{
	LIST_OF(const char *) given = {0}, others = {0};

	for_each (f, &p->features) {
		bool on = site_has_feature(w->s, p, f);

		if (on != f->on)
			*(const char **)ADD(w, given) =
				on ? f->name.s : arena_printf(w->arena, "not %s", f->name.s);
		else if (!on)
			*(const char **)ADD(w, others) = f->name.s;
	}
	if (given.n)
		put(w,
		    arena_printf(w->arena, "    features: %s", flow_list(w, given.items, given.n)),
		    NULL);
	put_names(w, given.n ? "    # more features:" : "    # features:", others.items, others.n);
}

/* The values that were given, and as comments those that hold without a word. */
struct pairs {
	LIST_OF(const char *) lines, comments;
	bool any;
};

static void add_pair(struct site_writer *w, struct pairs *pairs, struct text name,
		     const char *given, const char *standard, const char *comment)
{
	const char *line;

	if (given)
		line = arena_printf(w->arena, "      %s: %s", name.s, scalar(w, given));
	else
		line = arena_printf(w->arena, "      # %s: %s", name.s,
				    standard ? scalar(w, standard) : "VALUE");
	pairs->any |= given != NULL;
	*(const char **)ADD(w, pairs->lines) = line;
	*(const char **)ADD(w, pairs->comments) =
		given || standard ? comment : arena_printf(w->arena, "fill in: %s", comment);
}

static void put_pairs(struct site_writer *w, const char *key, const struct pairs *pairs)
{
	if (!pairs->lines.n)
		return;
	put(w, arena_printf(w->arena, "    %s%s:", pairs->any ? "" : "# ", key), NULL);
	for (size_t i = 0; i < pairs->lines.n; i++)
		put(w, pairs->lines.items[i], pairs->comments.items[i]);
}

static void put_choices(struct site_writer *w, const struct product *p)
{
	struct pairs choices = {0}, settings = {0};

	for_each (c, &p->choices) {
		const char *given = site_word(&w->s->choices, p, c->name.s);

		if (given || site_needs_choice(w->s, p, c))
			add_pair(w, &choices, c->name, given, c->value.s, site_or_list(w, c));
	}
	put_pairs(w, "choices", &choices);
	for_each (v, &p->settings) {
		const char *given = site_word(&w->s->settings, p, v->name.s);

		if (given || site_needs_setting(w->s, p, v))
			add_pair(w, &settings, v->name, given, v->value.s,
				 v->title.s ? v->title.s : setting_type_names[v->type]);
	}
	put_pairs(w, "settings", &settings);
}

/* The first "or" below an expression, and the set through which it is reached. */
static const struct expr *find_or(const struct expr *e, const char **set)
{
	if (!e || e->kind == EXPR_ANY)
		return e;
	for_each (kid, &e->kids) {
		const struct expr *found = find_or(*kid, set);

		if (!found)
			continue;
		if (e->kind == EXPR_SET)
			*set = e->set;
		return found;
	}
	return NULL;
}

static const char *formatted(struct site_writer *w, const struct expr *e)
{
	struct buf out = BUF_INIT;
	const char *copy;

	needs_format(e, &out);
	copy = arena_copy(w->arena, buf_slice(&out));
	buf_release(&out);
	return copy;
}

/* Where either will do, `plan` asks; here stands how to answer. */
static void put_choose(struct site_writer *w, const struct product *p)
{
	LIST_OF(const char *) keys = {0};

	for_each (q, &p->requirements) {
		const char *set = NULL, *key, *seen = NULL;
		const struct expr *e = find_or(q->needs, &set);

		if (!e || !site_requirement_applies(w->s, p, q))
			continue;
		key = set ? arena_printf(w->arena, "@%s", set) : q->id.s;
		for_each (other, &keys)
			if (strcmp(*other, key) == 0)
				seen = key;
		if (seen || keys.n == CHOOSE_SHOWN)
			continue;
		if (!keys.n)
			put(w, "    # choose:", "one of them will do; plan asks until it is said");
		*(const char **)ADD(w, keys) = key;
		put(w,
		    arena_printf(w->arena, "      # %s: %s", scalar(w, key),
				 formatted(w, e->kids.items[0])),
		    arena_printf(w->arena, "of %s", formatted(w, e)));
	}
}

static void put_use(struct site_writer *w, const struct product *p)
{
	put(w, arena_printf(w->arena, "  - product: %s", scalar(w, p->name.s)), p->title.s);
	put_roles(w, p);
	put_features(w, p);
	put_choices(w, p);
	put_choose(w, p);
}

/* --- the whole -------------------------------------------------------------------------------- */

static void put_zones(struct site_writer *w)
{
	put(w, "# Where things stand; the most specific network decides an address's zone.", NULL);
	put(w, w->zones.n ? "zones:" : "# zones:", NULL);
	for_each (z, &w->zones)
		put(w,
		    arena_printf(w->arena, "  %s: {networks: %s}", z->name,
				 flow_list(w, z->networks.items, z->networks.n)),
		    NULL);
	if (!w->zones.n)
		put(w, "  # inside: {networks: [NETWORK]}", "fill in: such as 10.1.0.0/16");
	if (!site_has_zone(w, "internet"))
		put(w, "  # internet: {networks: [any]}", "everything else");
}

static void check_hosts(struct site_writer *w)
{
	for_each (h, &w->hosts)
		if (!h->addresses.n && !h->dns_name)
			site_mistake(
				w, "--role: the host \"%s\" has no address; write ROLE=%s:ADDRESS",
				h->name, h->name);
}

static bool has_host(const struct site_writer *w, const char *name)
{
	for_each (h, &w->hosts)
		if (strcmp(h->name, name) == 0)
			return true;
	return false;
}

static void put_hosts(struct site_writer *w)
{
	const char *comment = "fill in, here and below";

	if (w->hosts.n || w->placeholders.n)
		put(w, w->hosts.n ? "hosts:" : "# hosts:", NULL);
	for_each (h, &w->hosts)
		put(w,
		    h->addresses.n
			    ? arena_printf(w->arena, "  %s: {addresses: %s}", scalar(w, h->name),
					   flow_list(w, h->addresses.items, h->addresses.n))
			    : arena_printf(w->arena, "  %s: {name: %s}", scalar(w, h->name),
					   scalar(w, h->dns_name)),
		    NULL);
	for_each (name, &w->placeholders) {
		if (has_host(w, *name))
			continue;
		put(w, arena_printf(w->arena, "  # %s: {addresses: [ADDRESS]}", *name), comment);
		comment = NULL;
	}
}

static void put_groups(struct site_writer *w)
{
	if (w->groups.n)
		put(w, "groups:", NULL);
	for_each (g, &w->groups) {
		bool seen = false;

		for (const char **other = w->groups.items; other < g; other++)
			seen |= strcmp(*other, *g) == 0;
		if (!seen)
			put(w,
			    arena_printf(w->arena, "  %s: {tags: %s}", scalar(w, *g),
					 flow_list(w, g, 1)),
			    "fill in: the hosts that have this tag");
	}
}

static void put_head(struct site_writer *w)
{
	const char *names[64];
	size_t n = 0;

	for (; n < w->s->n_products && n < ARRAY_LEN(names); n++)
		names[n] = w->s->products[n]->name.s;
	put_names(w, arena_printf(w->arena, "# The site %s, for", w->s->name), names, n);
	put(w,
	    "# What stands behind \"# \" is not in force: fill it in and take the \"# \" in front "
	    "away.",
	    NULL);
	put(w, "portolan: 1", NULL);
	put(w, arena_printf(w->arena, "site: %s", scalar(w, w->s->name)), NULL);
}

int site_new_write(const struct site_new *s, struct buf *out, struct errs *errs)
{
	struct site_writer w = {.s = s, .arena = arena_new(), .errs = errs};
	struct buf uses = BUF_INIT;
	size_t before = errs->n;

	site_check_words(&w);
	w.out = &uses;
	for (size_t i = 0; i < s->n_products; i++)
		put_use(&w, s->products[i]); /* finds the hosts, which stand above it */
	check_hosts(&w);
	w.out = out;
	put_head(&w);
	put(&w, "", NULL);
	put_zones(&w);
	put(&w, "", NULL);
	put_hosts(&w);
	put_groups(&w);
	put(&w, "", NULL);
	put(&w, "# Who plays which role: a host, \"zone NAME\", \"group NAME\" or a network.",
	    NULL);
	put(&w, "uses:", NULL);
	buf_add_slice(out, buf_slice(&uses));
	buf_release(&uses);
	arena_free(w.arena);
	return errs->n == before ? 0 : -ERR_USAGE;
}
