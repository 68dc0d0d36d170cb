/* SPDX-License-Identifier: ISC
 *
 * The format of a product file, as tables from the innermost record outwards.
 */
#include "doc/product.h"

#include <string.h>

#include "base/suggest.h"
#include "doc/fields.h"
#include "doc/kinds_own.h"
#include "doc/needs.h"
#include "doc/product_check.h"

#define AT(type, member) offsetof(struct type, member)

/* --- settings, features, choices, documents --------------------------------------------------- */

static const struct field setting_fields[] = {
	{"type", &kind_word, AT(setting, type), true, setting_type_names, NULL,
	 "what the value is"},
	{"default", &kind_text, AT(setting, value),
	 .help = "the value unless the site says another"},
	{"min", &kind_text, AT(setting, min), .help = "the least value"},
	{"max", &kind_text, AT(setting, max), .help = "the greatest value"},
	{"at_least", &kind_text, AT(setting, at_least), .help = "how many ports a range must have"},
	{"forbid", &kind_texts, AT(setting, forbid), .help = "values that it must not have"},
	{"title", &kind_text, AT(setting, title), .help = "what it is, in a few words"},
};
static const struct record setting_record = {"a setting",
					     sizeof(struct setting),
					     setting_fields,
					     ARRAY_LEN(setting_fields),
					     NULL,
					     NO_PLACE,
					     NULL};

static const struct field document_fields[] = {
	{"title", &kind_text, AT(document, title), true},
	{"publisher", &kind_text, AT(document, publisher)},
	{"date", &kind_date, AT(document, date), .help = "of publication"},
	{"revision", &kind_text, AT(document, revision)},
	{"retrieved", &kind_date, AT(document, retrieved), .help = "the date on which it was read"},
	{"url", &kind_text, AT(document, url)},
};
static const struct record document_record = {"a document",
					      sizeof(struct document),
					      document_fields,
					      ARRAY_LEN(document_fields),
					      NULL,
					      NO_PLACE,
					      NULL};

static const struct field feature_fields[] = {
	{"title", &kind_text, AT(feature, title), .help = "what it is, in a few words"},
	{"default", &kind_flag, AT(feature, on), .help = "whether it is on unless the site says"},
	{"conflicts", &kind_names, AT(feature, conflicts), .help = "features that exclude it"},
};
static const struct record feature_record = {"a feature",
					     sizeof(struct feature),
					     feature_fields,
					     ARRAY_LEN(feature_fields),
					     "title",
					     NO_PLACE,
					     NULL};

static const struct field choice_fields[] = {
	{"options", &kind_names, AT(choice, options), true, .help = "exactly one of these holds"},
	{"default", &kind_name, AT(choice, value), .help = "unless the site says another"},
	{"title", &kind_text, AT(choice, title), .help = "what it is, in a few words"},
};
static const struct record choice_record = {
	"a choice", sizeof(struct choice), choice_fields, ARRAY_LEN(choice_fields), NULL, NO_PLACE,
	NULL};

static const struct field network_fields[] = {
	{"title", &kind_text, AT(network, title), true, .help = "what it is, in a few words"},
};
static const struct record network_record = {"a network",
					     sizeof(struct network),
					     network_fields,
					     ARRAY_LEN(network_fields),
					     "title",
					     NO_PLACE,
					     NULL};

/* --- roles ------------------------------------------------------------------------------------ */

static const struct field role_fields[] = {
	{"title", &kind_text, AT(role, title), .help = "what it is, in a few words"},
	{"many", &kind_flag, AT(role, many), .help = "usually more than one"},
	{"optional", &kind_flag, AT(role, optional),
	 .help = "unbound, its requirements do not apply and nobody is asked"},
	{"outside", &kind_flag, AT(role, outside), .help = "not a part of the site"},
	{"is", &kind_names, AT(role, is), .help = "one of these plays it for a given peer"},
	{"includes", &kind_names, AT(role, includes),
	 .help = "whoever plays one of these plays it"},
	{"names", &kind_texts, AT(role, names), .help = "its names; wildcards are quoted"},
	{"addresses", &kind_prefixes, AT(role, addresses), .help = "its published addresses"},
	{"multicast", &kind_prefixes, AT(role, multicast),
	 .help = "the groups that it stands for, or 255.255.255.255"},
	{"try", &kind_texts, AT(role, try_names), .help = "names to try, once in the site's scope"},
	{"user", &kind_text, AT(role, user), .help = "the user as whom its process runs"},
	{"settings", &kind_named, AT(role, settings), .record = &setting_record,
	 .help = "settings of each binding"},
};
static const struct record role_record = {
	"a role", sizeof(struct role), role_fields, ARRAY_LEN(role_fields), "title", NO_PLACE,
	NULL};

static void read_sets(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	struct list *list;

	if (!want_kind(r, n, NODE_MAP, f->kind->expected))
		return;
	list = new_list(r, at, n->n, sizeof(struct set));
	for (size_t i = 0; i < n->n; i++) {
		struct set *set = (struct set *)list->items + i;

		set->name = n->pairs[i].key;
		want_name(r, set->name);
		set->needs = read_needs(r, n->pairs[i].value);
	}
}

static void write_sets(struct yaml_writer *w, const struct field *f, const void *at)
{
	const LIST_OF(struct set) *list = at;

	(void)f;
	yaml_open(w);
	for_each (set, list) {
		yaml_key(w, set->name.s);
		write_needs(w, set->needs);
	}
	yaml_close(w);
}

static const struct kind kind_sets = {"a map of sets", read_sets, unset_list, write_sets,
				      schema_any};

/* --- requirements ----------------------------------------------------------------------------- */

static const struct field docref_fields[] = {
	{"in", &kind_name, AT(docref, in), true, .help = "one of the product's documents"},
	{"section", &kind_text, AT(docref, section)},
	{"row", &kind_text, AT(docref, row)},
	{"note", &kind_text, AT(docref, note)},
};
static const struct record docref_record = {"a reference", sizeof(struct docref),
					    docref_fields, ARRAY_LEN(docref_fields),
					    NULL,	   NO_PLACE,
					    NULL};

static const struct field mode_fields[] = {
	{"from", &kind_name, AT(mode, from)},
	{"to", &kind_name, AT(mode, to)},
	{"needs", &kind_needs, AT(mode, needs), true},
};
static const struct record mode_record = {
	"a mode", sizeof(struct mode), mode_fields, ARRAY_LEN(mode_fields), NULL, NO_PLACE, NULL};

static const struct field documented_fields[] = {
	{"from", &kind_name, AT(documented, from)},
	{"to", &kind_name, AT(documented, to)},
	{"needs", &kind_needs, AT(documented, needs)},
};
static const struct record documented_record = {"what the document says",
						sizeof(struct documented),
						documented_fields,
						ARRAY_LEN(documented_fields),
						NULL,
						NO_PLACE,
						NULL};

static void read_documented(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	struct documented *d = at;

	(void)f;
	d->given = true;
	if (n->kind == NODE_MAP)
		read_record(r, &documented_record, n, d);
	else if (n->kind == NODE_TEXT && strcmp(n->text.s, "none") == 0)
		d->none = true;
	else
		d->needs = read_needs(r, n);
}

static void write_documented(struct yaml_writer *w, const struct field *f, const void *at)
{
	const struct documented *d = at;

	(void)f;
	if (d->none) {
		yaml_text(w, "none");
	} else if (d->from.s || d->to.s) {
		yaml_open(w);
		write_record(w, &documented_record, d);
		yaml_close(w);
	} else {
		write_needs(w, d->needs);
	}
}

static const struct kind kind_documented = {"what the document says: needs, a map, or none",
					    read_documented, unset_flag, write_documented,
					    schema_any};

/* "a sentence", or {kind: ..., reason: a sentence}; fills defect_kind and defect. */
struct defect_pair {
	enum defect_kind kind;
	struct text reason;
};
static const struct field defect_pair_fields[] = {
	{"kind", &kind_word, AT(defect_pair, kind), .words = defect_names},
	{"reason", &kind_text, AT(defect_pair, reason), true},
};
static const struct record defect_pair_record = {"a defect",
						 sizeof(struct defect_pair),
						 defect_pair_fields,
						 ARRAY_LEN(defect_pair_fields),
						 "reason",
						 NO_PLACE,
						 NULL};

static void read_defect(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	struct requirement *req = at;
	struct defect_pair pair = {0};

	(void)f;
	read_record(r, &defect_pair_record, n, &pair);
	req->defect_kind = pair.kind;
	req->defect = pair.reason;
}

static bool unset_defect(const struct field *f, const void *at)
{
	(void)f;
	return !((const struct requirement *)at)->defect.s;
}

static void write_defect(struct yaml_writer *w, const struct field *f, const void *at)
{
	const struct requirement *req = at;
	struct defect_pair pair = {req->defect_kind, req->defect};

	(void)f;
	yaml_open(w);
	write_record(w, &defect_pair_record, &pair);
	yaml_close(w);
}

static const struct kind kind_defect = {"a sentence, or a kind and a reason", read_defect,
					unset_defect, write_defect, schema_any};

/* "no-nat", "idle-timeout 3600" */
static void read_path(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	LIST_OF(struct text) texts = {0};
	struct list *list;

	kind_texts.read(r, f, n, &texts);
	list = new_list(r, at, texts.n, sizeof(struct path_condition));
	list->n = 0;
	for_each (t, &texts) {
		struct path_condition *c = (struct path_condition *)list->items + list->n;
		struct slice rest = slice_of(t->s), word;
		uint64_t number = 0;
		int i = 0;

		slice_cut(&rest, ' ', &word);
		while (path_quality_names[i] && !slice_is(word, path_quality_names[i]))
			i++;
		if (!path_quality_names[i] || (i >= PATH_MIN_MTU) != (rest.p != NULL) ||
		    (rest.p && !slice_number(rest, 1000000, &number))) {
			complain(r, t->at,
				 "expected no-nat, no-tls-interception, no-proxy, "
				 "no-proxy-login, same-link, min-mtu BYTES, max-rtt MS or "
				 "idle-timeout SECONDS, found \"%.40s\"",
				 t->s);
			continue;
		}
		*c = (struct path_condition){(enum path_quality)i, (unsigned)number, t->at};
		list->n++;
	}
}

static void write_path(struct yaml_writer *w, const struct field *f, const void *at)
{
	const LIST_OF(struct path_condition) *list = at;
	struct buf text = BUF_INIT;

	(void)f;
	yaml_open(w);
	for_each (c, list) {
		buf_clear(&text);
		buf_add_text(&text, path_quality_names[c->quality]);
		if (c->quality >= PATH_MIN_MTU)
			buf_addf(&text, " %u", c->value);
		yaml_item_text(w, text.data);
	}
	yaml_close(w);
	buf_release(&text);
}

static const struct kind kind_path = {"conditions of the way", read_path, unset_list, write_path,
				      schema_any};

/* "cluster", or {from: backup, to: cluster} */
static const struct field end_networks_fields[] = {
	{"from", &kind_name, AT(end_networks, from)},
	{"to", &kind_name, AT(end_networks, to)},
};
static const struct record end_networks_record = {"the networks of the ends",
						  sizeof(struct end_networks),
						  end_networks_fields,
						  ARRAY_LEN(end_networks_fields),
						  NULL,
						  NO_PLACE,
						  NULL};

static void read_networks(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	struct end_networks *ends = at;

	if (n->kind == NODE_MAP) {
		read_record(r, &end_networks_record, n, ends);
		if (!ends->from.s && !ends->to.s)
			complain(r, n->text.at, "expected %s, found neither", f->kind->expected);
		return;
	}
	kind_name.read(r, &(struct field){.kind = f->kind}, n, &ends->from);
	ends->to = ends->from;
}

static bool unset_networks(const struct field *f, const void *at)
{
	const struct end_networks *ends = at;

	(void)f;
	return !ends->from.s && !ends->to.s;
}

static void write_networks(struct yaml_writer *w, const struct field *f, const void *at)
{
	const struct end_networks *ends = at;

	(void)f;
	if (text_same(ends->from, ends->to)) {
		yaml_text(w, ends->from.s);
		return;
	}
	yaml_open(w);
	write_record(w, &end_networks_record, ends);
	yaml_close(w);
}

static void schema_networks(struct buf *out, const struct field *f)
{
	(void)f;
	buf_add_text(out, "{\"anyOf\":[{\"type\":[\"string\",\"number\"]},");
	record_schema(out, &end_networks_record);
	buf_add_text(out, "]}");
}

static const struct kind kind_networks = {"a network of both ends, or a map with from and to",
					  read_networks, unset_networks, write_networks,
					  schema_networks};

/* Both are nothing to open; "local" says what listens all the same, for the host itself. */
static void read_link(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	struct requirement *q = at;

	if (!want_text(r, n, f->kind->expected))
		return;
	q->link_local = strcmp(n->text.s, "local") == 0;
	q->link_none = q->link_local || strcmp(n->text.s, "none") == 0;
	if (!q->link_none)
		complain(r, n->text.at, "expected none (no network path) or local, found \"%.40s\"",
			 n->text.s);
}

static bool unset_link(const struct field *f, const void *at)
{
	(void)f;
	return !((const struct requirement *)at)->link_none;
}

static void write_link(struct yaml_writer *w, const struct field *f, const void *at)
{
	(void)f;
	yaml_text(w, ((const struct requirement *)at)->link_local ? "local" : "none");
}

static const struct kind kind_link = {"none or local", read_link, unset_link, write_link,
				      schema_string};

static const struct field requirement_fields[] = {
	{"title", &kind_text, AT(requirement, title)},
	{"from", &kind_name, AT(requirement, from), true,
	 .help = "the role that opens the connection"},
	{"to", &kind_name, AT(requirement, to), true, .help = "the role that listens"},
	{"needs", &kind_needs, AT(requirement, needs), .help = "what must be open"},
	{"forbid", &kind_needs, AT(requirement, forbid), .help = "what must stay closed"},
	{"link", &kind_link, 0, .help = "none: no network path at all; local: within one host"},
	{"also", &kind_needs, AT(requirement, also), .help = "opened and tried, but never decides"},
	{"modes", &kind_named, AT(requirement, modes), .record = &mode_record,
	 .help = "ways in which it is negotiated; each planned one must pass"},
	{"service", &kind_name, AT(requirement, service), .help = "the protocol that answers"},
	{"secure", &kind_text, AT(requirement, secure),
	 .help = "what protects it: tls, tls1.2, ..."},
	{"network", &kind_networks, AT(requirement, network),
	 .help = "in which of the product's networks its ends are addressed"},
	{"reach", &kind_word, AT(requirement, reach), .words = reach_names,
	 .help = "one: any one of those who listen is enough"},
	{"when", &kind_when, AT(requirement, when), .help = "the condition under which it applies"},
	{"level", &kind_word, AT(requirement, level), .words = level_names},
	{"without", &kind_text, AT(requirement, without), .help = "what is lost without it"},
	{"phase", &kind_word, AT(requirement, phase), .words = phase_names},
	{"via", &kind_word, AT(requirement, via), .words = via_names},
	{"path", &kind_path, AT(requirement, path), .help = "what the way must be like"},
	{"child_of", &kind_name, AT(requirement, child_of),
	 .help = "the requirement that negotiates it"},
	{"after", &kind_names, AT(requirement, after),
	 .help = "requirements without which it is moot"},
	{"if_unused", &kind_word, AT(requirement, if_unused), .words = if_unused_names},
	{"reply", &kind_word, AT(requirement, reply), .words = reply_names},
	{"tags", &kind_names, AT(requirement, tags), .help = "the document's own classes"},
	{"why", &kind_text, AT(requirement, why), .help = "one sentence of our own"},
	{"documented", &kind_documented, AT(requirement, documented),
	 .help = "what the document says, where it is wrong"},
	{"defect", &kind_defect, 0, .help = "why we say otherwise"},
	{"inferred", &kind_values, AT(requirement, inferred),
	 .help = "what the document does not say, and why we say it"},
	{"doc", &kind_one_or_more, AT(requirement, doc), .record = &docref_record,
	 .help = "where it is written"},
};

static void check_inferred(struct reader *r, const struct requirement *q)
{
	for_each (i, &q->inferred) {
		struct suggest s = suggest_start(slice_of(i->field.s));
		char hint[SUGGEST_TEXT_MAX];
		bool is_key = false;

		for (size_t k = 0; k < ARRAY_LEN(requirement_fields) && !is_key; k++)
			is_key = text_is(i->field, requirement_fields[k].key);
		for (size_t k = 0; k < ARRAY_LEN(requirement_fields) && !is_key; k++)
			suggest_add(&s, requirement_fields[k].key);
		if (!is_key)
			complain(r, i->field.at, "\"%.40s\" is no key of a requirement%s",
				 i->field.s, suggest_text(&s, hint));
	}
}

static void check_requirement(struct reader *r, const struct node *n, void *at)
{
	const struct requirement *q = at;
	bool no_needs = q->link_none && !q->link_local;
	int ways = (q->needs != NULL) + (q->forbid != NULL) + no_needs + (q->modes.n != 0);

	if (ways == 0)
		complain(r, n->text.at,
			 "a requirement needs \"needs\", \"forbid\", \"modes\" or "
			 "\"link: none\"");
	else if (ways > 1)
		complain(r, n->text.at,
			 "only one of \"needs\", \"forbid\", \"modes\" and "
			 "\"link\" may stand in a requirement");
	else if (q->link_local && !q->needs)
		complain(r, n->text.at, "\"link: local\" goes with \"needs\": what listens");
	if (q->level == LEVEL_OPTIONAL && !q->without.s)
		complain(r, n->text.at, "an optional requirement needs \"without\": what is lost");
	if (q->documented.given && !q->defect.s)
		complain(r, n->text.at, "\"documented\" needs \"defect\": why we say otherwise");
	check_inferred(r, q);
	if (q->forbid && (q->also || q->level != LEVEL_REQUIRED))
		complain(r, n->text.at, "\"forbid\" goes neither with \"also\" nor with \"level\"");
}

static const struct record requirement_record = {"a requirement",
						 sizeof(struct requirement),
						 requirement_fields,
						 ARRAY_LEN(requirement_fields),
						 NULL,
						 NO_PLACE,
						 check_requirement};

/* --- goals ------------------------------------------------------------------------------------ */

static const char *const goal_words[] = {
	[GOAL_ALL] = "all", [GOAL_ANY] = "any", [GOAL_ELSE] = "else", [GOAL_THEN] = "then"};
static const char goal_expected[] =
	"a requirement's name, a list, or a map with all, any, else or then";

static void read_goal(struct reader *r, const struct node *n, struct goal *g, unsigned depth);

static void read_goal_kids(struct reader *r, const struct node *n, struct goal *g, unsigned depth)
{
	struct list *list;

	if (!want_kind(r, n, NODE_LIST, "a list"))
		return;
	if (!n->n)
		complain(r, n->text.at, "expected %s, found an empty list", goal_expected);
	list = new_list(r, &g->kids, n->n, sizeof(struct goal));
	for (size_t i = 0; i < n->n; i++)
		read_goal(r, n->items[i], (struct goal *)list->items + i, depth + 1);
}

static bool read_goal_key(struct reader *r, const struct pair *pair, struct goal *g, unsigned depth)
{
	if (text_is(pair->key, "title")) {
		kind_text.read(r, &(struct field){.kind = &kind_text}, pair->value, &g->title);
		return false;
	}
	for (int k = GOAL_ALL; k <= GOAL_THEN; k++) {
		if (text_is(pair->key, goal_words[k])) {
			g->kind = (enum goal_kind)k;
			read_goal_kids(r, pair->value, g, depth);
			return true;
		}
	}
	complain(r, pair->key.at, "unknown key \"%.40s\" in a goal: title, all, any, else or then",
		 pair->key.s);
	return false;
}

static void read_goal(struct reader *r, const struct node *n, struct goal *g, unsigned depth)
{
	unsigned operators = 0;

	if (n->kind == NODE_LIST) {
		g->kind = GOAL_ALL;
		read_goal_kids(r, n, g, depth);
	} else if (n->kind == NODE_TEXT && depth == 0) {
		g->kind = GOAL_ALL; /* a goal that is one requirement */
		g->kids.items = ARENA_NEW(r->arena, struct goal);
		g->kids.n = 1;
		read_goal(r, n, g->kids.items, 1);
	} else if (n->kind == NODE_TEXT) {
		if (want_text(r, n, goal_expected))
			g->name = n->text;
	} else {
		for (size_t i = 0; i < n->n; i++)
			operators += read_goal_key(r, &n->pairs[i], g, depth);
		if (operators != 1)
			complain(r, n->text.at,
				 "a goal needs exactly one of all, any, else and then");
	}
}

static void read_goals(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	struct list *list;

	if (!want_kind(r, n, NODE_MAP, f->kind->expected))
		return;
	list = new_list(r, at, n->n, sizeof(struct goal));
	for (size_t i = 0; i < n->n; i++) {
		struct goal *g = (struct goal *)list->items + i;

		g->name = n->pairs[i].key;
		want_name(r, g->name);
		read_goal(r, n->pairs[i].value, g, 0);
	}
}

/* "key:" and the kids below it; a kid that is a map stands behind its dash. */
static void write_goal(struct yaml_writer *w, const struct goal *g)
{
	yaml_key(w, goal_words[g->kind]);
	yaml_open(w);
	for_each (kid, &g->kids) {
		if (kid->kind == GOAL_NAME) {
			yaml_item_text(w, kid->name.s);
			continue;
		}
		yaml_dash(w);
		w->depth++;
		write_goal(w, kid);
		w->depth--;
	}
	yaml_close(w);
}

static void write_goals(struct yaml_writer *w, const struct field *f, const void *at)
{
	const LIST_OF(struct goal) *list = at;

	(void)f;
	yaml_open(w);
	for_each (g, list) {
		yaml_key(w, g->name.s);
		yaml_open(w);
		if (g->title.s) {
			yaml_key(w, "title");
			yaml_text(w, g->title.s);
		}
		write_goal(w, g);
		yaml_close(w);
	}
	yaml_close(w);
}

static const struct kind kind_goals = {"a map of goals", read_goals, unset_list, write_goals,
				       schema_any};

/* --- defects, checklist, the whole ------------------------------------------------------------ */

static const struct field defect_fields[] = {
	{"kind", &kind_word, AT(defect, kind), .words = defect_names},
	{"doc", &kind_one_or_more, AT(defect, doc), .record = &docref_record},
	{"documented", &kind_text, AT(defect, documented), .help = "what the document says"},
	{"effective", &kind_text, AT(defect, effective), .help = "what we take instead"},
	{"reason", &kind_text, AT(defect, reason), true},
	{"requirements", &kind_names, AT(defect, requirements)},
};
static const struct record defect_record = {
	"a defect", sizeof(struct defect), defect_fields, ARRAY_LEN(defect_fields), NULL, NO_PLACE,
	NULL};

static const struct field manual_fields[] = {
	{"title", &kind_text, AT(manual_item, title), true},
	{"why", &kind_text, AT(manual_item, why)},
	{"doc", &kind_one_or_more, AT(manual_item, doc), .record = &docref_record},
};
static const struct record manual_record = {"an item of the checklist",
					    sizeof(struct manual_item),
					    manual_fields,
					    ARRAY_LEN(manual_fields),
					    "title",
					    NO_PLACE,
					    NULL};

/* The version is checked before the table is used; here it is only known. */
struct product_file {
	struct text version; /* of the format */
	struct product product;
};
#define IN(member) (offsetof(struct product_file, product) + offsetof(struct product, member))

static const struct field product_fields[] = {
	{"portolan", &kind_text, AT(product_file, version), true, .help = "the format: 1"},
	{"product", &kind_name, IN(name), true, .help = "its name in the catalog"},
	{"title", &kind_text, IN(title)},
	{"version", &kind_text, IN(version), .help = "of the product"},
	{"documents", &kind_named, IN(documents), .record = &document_record},
	{"settings", &kind_named, IN(settings), .record = &setting_record},
	{"features", &kind_named, IN(features), .record = &feature_record},
	{"choices", &kind_named, IN(choices), .record = &choice_record},
	{"networks", &kind_named, IN(networks), .record = &network_record,
	 .help = "where the same machines are on several"},
	{"roles", &kind_named, IN(roles), true, .record = &role_record},
	{"sets", &kind_sets, IN(sets), .help = "needs with a name, used as \"@name\""},
	{"requirements", &kind_named, IN(requirements), true, .record = &requirement_record},
	{"goals", &kind_goals, IN(goals), .help = "what a person wants to do"},
	{"defects", &kind_named, IN(defects), .record = &defect_record,
	 .help = "of the documents, beyond single requirements"},
	{"checklist", &kind_named, IN(checklist), .record = &manual_record,
	 .help = "items for a person; owner and date stand in the site"},
};
static const struct record product_record = {"a product",
					     sizeof(struct product_file),
					     product_fields,
					     ARRAY_LEN(product_fields),
					     NULL,
					     NO_PLACE,
					     NULL};

struct product *product_read(const char *file, struct slice bytes, struct errs *errs)
{
	struct arena *arena = arena_new();
	struct reader r = {arena, file, errs};
	struct product_file *pf = ARENA_NEW(arena, struct product_file);
	size_t before = errs->n + errs->dropped;
	const struct node *root = yaml_read(arena, file, bytes, errs);

	pf->product.arena = arena;
	pf->product.file = file;
	if (root && check_version(&r, root, "product")) {
		read_record(&r, &product_record, root, pf);
		if (before == errs->n + errs->dropped)
			product_check(&pf->product, errs);
	}
	if (before == errs->n + errs->dropped)
		return &pf->product;
	arena_free(arena);
	return NULL;
}

void product_format(const struct product *p, struct buf *out)
{
	struct product_file pf = {.version = {.s = "1"}, .product = *p};
	struct yaml_writer w = {.out = out};

	write_record(&w, &product_record, &pf);
}

void product_schema(struct buf *out)
{
	buf_add_text(out, "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
			  "\"title\":\"portolan product\",\"allOf\":[");
	record_schema(out, &product_record);
	buf_add_text(out, "]}\n");
}
