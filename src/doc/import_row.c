/* SPDX-License-Identifier: ISC */
#include "doc/import_row.h"

enum { LABEL_MAX = 120, PROSE_MAX = 400, SLUG_MAX = 60 };

struct row {
	struct importer *im;
	struct requirement *q;
	struct phrase_context context;
	const char *label; /* NULL: the table has no column for it */
	struct place at;
	struct buf note;
	bool noted_ports;
};

/* --- small things ----------------------------------------------------------------------------- */

const char *import_slug(struct arena *a, const char *text, char joint)
{
	struct buf out = BUF_INIT;
	bool gap = false;
	const char *slug;

	for (const char *p = text; *p && out.n < SLUG_MAX; p++) {
		char c = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
		bool keep = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		if (keep && gap && out.n)
			buf_add_char(&out, joint);
		if (keep)
			buf_add_char(&out, c);
		gap = !keep;
	}
	slug = arena_copy(a, buf_slice(&out));
	buf_release(&out);
	return slug;
}

struct table_cell import_cell(const struct importer *im, enum column kind)
{
	for (size_t i = 0; i < im->columns.n; i++)
		if (im->columns.kinds[i] == kind)
			return import_table_cell(&im->now, i);
	return (struct table_cell){SLICE(""), PLACE_NONE};
}

static bool is_nothing(struct slice s)
{
	return s.n == 0 || slice_is(s, "-") || slice_is(s, "--") || slice_is(s, "\xe2\x80\x93") ||
	       slice_is(s, "\xe2\x80\x94") || slice_is_nocase(s, "n/a") ||
	       slice_is_nocase(s, "none");
}

static struct text text_of(const struct row *r, const char *s)
{
	return (struct text){s, r->at};
}

static void infer(struct row *r, const char *field, const char *reason)
{
	struct inferred *i;

	for_each (other, &r->q->inferred) {
		if (!text_is(other->field, field))
			continue;
		if (!text_is(other->reason, reason)) /* of another column of ports */
			other->reason.s =
				arena_printf(r->im->arena, "%s; %s", other->reason.s, reason);
		return;
	}
	i = list_add(r->im->arena, &r->q->inferred, sizeof(*i));
	i->field = text_of(r, field);
	i->reason = text_of(r, reason);
}

static void add_note(struct row *r, struct slice cell)
{
	const char *s = cell_clean(r->im->arena, cell, PROSE_MAX);

	if (*s)
		buf_addf(&r->note, "%s%s", r->note.n ? "; " : "", s);
}

/* --- roles ------------------------------------------------------------------------------------ */

static struct text use_role(struct row *r, const char *name, const char *title)
{
	struct importer *im = r->im;
	struct role *role;

	if (!map_find(&im->roles_by_name, slice_of(name))) {
		role = list_add(im->arena, &im->product.roles, sizeof(*role));
		role->name = text_of(r, name);
		role->title = text_of(r, title);
		map_add(&im->roles_by_name, slice_of(name), im);
	}
	return text_of(r, name);
}

/* From a cell; one that names several is a question. */
static struct text role_of_cell(struct row *r, struct slice cell)
{
	struct importer *im = r->im;
	const char *title = cell_clean(im->arena, cell, LABEL_MAX);
	const char *name = import_slug(im->arena, title, '_');

	if (!*name)
		name = arena_printf(im->arena, "role_%zu", im->row);
	if (!*title)
		title = name;
	if (strchr(title, ',') || strchr(title, '/') || strstr(title, " or ") ||
	    strstr(title, " and "))
		import_ask(im, r->at, r->label, "\"%s\" is taken for one role; are they several?",
			   title);
	return use_role(r, name, title);
}

enum direction { DIRECTION_NONE, DIRECTION_IN, DIRECTION_OUT, DIRECTION_BOTH };

static bool has_letters(struct slice s, const char *letters)
{
	size_t n = strlen(letters);

	for (size_t i = 0; i + n <= s.n; i++)
		if (strncasecmp(s.p + i, letters, n) == 0)
			return true;
	return false;
}

static enum direction read_direction(struct slice s)
{
	bool in = has_letters(s, "in"), out = has_letters(s, "out");

	if ((in && out) || has_letters(s, "both") || has_letters(s, "bi") || has_letters(s, "two"))
		return DIRECTION_BOTH;
	return in ? DIRECTION_IN : out ? DIRECTION_OUT : DIRECTION_NONE;
}

static void set_from(struct row *r, enum direction d)
{
	struct importer *im = r->im;
	struct slice cell = import_cell(im, COLUMN_FROM).text;

	if (!is_nothing(cell)) {
		r->q->from = role_of_cell(r, cell);
	} else if (im->options->from) {
		r->q->from = use_role(r, im->options->from, im->options->from);
		infer(r, "from", "the table does not say who connects; given at the import");
	} else if (d == DIRECTION_OUT) {
		r->q->from = use_role(r, "server", "what the table is about");
		infer(r, "from", "the table only says that it goes out");
	} else {
		r->q->from = use_role(r, "source", "who connects; the table does not say it");
		infer(r, "from", "the table does not say who connects");
		import_ask(im, r->at, NULL,
			   "the table does not say who connects; the role \"source\" stands for "
			   "it (or give --from)");
	}
}

static void set_to(struct row *r, enum direction d)
{
	struct importer *im = r->im;
	struct slice cell = import_cell(im, COLUMN_TO).text;
	struct slice label = import_cell(im, COLUMN_LABEL).text;

	if (!is_nothing(cell)) {
		r->q->to = role_of_cell(r, cell);
	} else if (im->options->to) {
		r->q->to = use_role(r, im->options->to, im->options->to);
		infer(r, "to", "the table does not say who listens; given at the import");
	} else if (d == DIRECTION_IN) {
		r->q->to = use_role(r, "server", "what the table is about");
		infer(r, "to", "the table only says that it comes in");
	} else if (!is_nothing(label)) {
		r->q->to = role_of_cell(r, label);
		infer(r, "to", "the table does not say who listens; its row's label is taken");
	} else {
		r->q->to = use_role(r, "target", "who listens; the table does not say it");
		infer(r, "to", "the table does not say who listens");
		import_ask(im, r->at, NULL,
			   "the table does not say who listens; the role \"target\" stands for it "
			   "(or give --to)");
	}
}

static void set_roles(struct row *r)
{
	struct table_cell cell = import_cell(r->im, COLUMN_DIRECTION);
	enum direction d = read_direction(cell.text);

	set_from(r, d);
	set_to(r, d);
	if (cell.text.n && d == DIRECTION_NONE)
		import_ask(r->im, cell.at, r->label, "what direction is \"%s\"?",
			   cell_clean(r->im->arena, cell.text, LABEL_MAX));
	if (d == DIRECTION_BOTH)
		import_ask(r->im, cell.at, r->label,
			   "both directions: replies need no rule of their own; where the other "
			   "side opens connections too, add them");
}

/* --- ports ------------------------------------------------------------------------------------ */

/* ICMP or an IP protocol in the protocol's column: then a number beside it is no port. */
static bool is_portless(struct row *r, struct slice protocol)
{
	size_t n;
	const struct word *words = words_of(r->im->arena, protocol, &n);
	bool portless = false;

	for (size_t i = 0; i < n; i++) {
		if (words[i].kind == WORD_TRANSPORT)
			return false;
		portless |= words[i].kind == WORD_ICMP || words[i].kind == WORD_IP;
	}
	return portless;
}

static void use_hole(struct row *r, const char *name)
{
	struct product *p = &r->im->product;
	struct setting *s;

	if (!name || product_setting(p, name))
		return;
	s = list_add(r->im->arena, &p->settings, sizeof(*s));
	s->name = text_of(r, name);
	s->type = SETTING_DIGITS;
	s->value = text_of(r, "00");
	s->title = text_of(r, "the two digits that the table leaves open");
}

static void add_needs(struct row *r, const struct expr *e)
{
	struct importer *im = r->im;
	struct expr *all;
	const struct expr *now = r->q->needs;

	if (!now) {
		r->q->needs = e;
		return;
	}
	all = ARENA_NEW(im->arena, struct expr);
	all->kind = EXPR_ALL;
	all->at = now->at;
	for (int side = 0; side < 2; side++) {
		const struct expr *part = side ? e : now;
		const struct expr **kid;

		if (part->kind != EXPR_ALL) {
			kid = list_add(im->arena, &all->kids, sizeof(*kid));
			*kid = part;
			continue;
		}
		for_each (k, &part->kids) {
			kid = list_add(im->arena, &all->kids, sizeof(*kid));
			*kid = *k;
		}
	}
	r->q->needs = all;
}

static int read_phrase(struct row *r, struct table_cell cell, unsigned on, struct err *err)
{
	struct phrase_context context = r->context;
	struct phrase phrase;
	int rc;

	if (on)
		context.on = on;
	rc = phrase_read(r->im->arena, cell, &context, &phrase, err);
	if (rc)
		return rc;
	add_needs(r, phrase.needs);
	use_hole(r, phrase.hole);
	if (phrase.inferred)
		infer(r, "needs", phrase.inferred);
	for (size_t i = 0; i < phrase.n_questions; i++)
		import_ask(r->im, cell.at, r->label, "%s", phrase.questions[i]);
	if (phrase.n_questions)
		add_note(r, cell.text);
	if (phrase.service)
		r->context.service = phrase.service;
	return 0;
}

/* Of a row with several columns of ports each one counts. */
static int read_ports(struct row *r, struct err *err)
{
	const struct columns *c = &r->im->columns;
	struct table_cell protocol = import_cell(r->im, COLUMN_PROTOCOL);
	bool found = false;
	int rc = 0;

	if (is_portless(r, protocol.text)) {
		struct slice ports = import_cell(r->im, COLUMN_PORTS).text;

		if (!is_nothing(ports) && !slice_is_nocase(ports, "any"))
			add_note(r, ports);
		return read_phrase(r, protocol, 0, err);
	}
	for (size_t i = 0; i < c->n && !rc; i++) {
		struct table_cell cell = import_table_cell(&r->im->now, i);

		if (c->kinds[i] != COLUMN_PORTS || is_nothing(cell.text))
			continue;
		found = true;
		rc = read_phrase(r, cell, c->on[i], err);
	}
	if (found)
		return rc;
	if (r->context.service) /* "HTTPS" and no port beside it */
		return read_phrase(r, protocol.text.n ? protocol : r->im->now.cells[0], 0, err);
	return err_set(err, ERR_DOCUMENT, r->at, "this row has no ports");
}

static void read_context(struct row *r)
{
	struct table_cell protocol = import_cell(r->im, COLUMN_PROTOCOL);
	struct table_cell service = import_cell(r->im, COLUMN_SERVICE);
	const struct known_service *known = known_service(service.text);

	if (!known)
		known = known_service(import_cell(r->im, COLUMN_LABEL).text);
	r->context.service = known;
	phrase_transports(r->im->arena, protocol.text, &r->context);
}

/* The service stands at the requirement only where its one port is that service's. */
static void set_service(struct row *r)
{
	const struct known_service *s = r->context.service;
	const struct expr *e = r->q->needs;
	const struct port_term *port = &e->leaf.ports.lo;
	uint64_t number = 0;

	if (!s || e->kind != EXPR_LEAF || e->leaf.ports.kind != PORTS_SPAN ||
	    e->leaf.ports.has_hi || port->pieces.n != 1 || !port->pieces.items[0].digits ||
	    !slice_number(slice_of(port->pieces.items[0].digits), 65535, &number))
		return;
	if (number == s->port)
		r->q->service = text_of(r, s->name);
}

/* --- the rest of the row ---------------------------------------------------------------------- */

static void set_id(struct row *r)
{
	struct importer *im = r->im;
	const char *base = import_slug(im->arena, r->label ? r->label : "", '-'), *id;
	size_t *next;

	if (!*base)
		base = import_slug(im->arena,
				   arena_printf(im->arena, "%s to %s", r->q->from.s, r->q->to.s),
				   '-');
	next = map_find(&im->next_by_base, slice_of(base));
	if (!next) {
		next = ARENA_NEW(im->arena, size_t);
		*next = 2;
		map_add(&im->next_by_base, slice_of(base), next);
	}
	id = base;
	while (!map_add(&im->ids, slice_of(id), im))
		id = arena_printf(im->arena, "%s-%zu", base, (*next)++);
	r->q->id = text_of(r, id);
}

static void set_words(struct row *r)
{
	const struct columns *c = &r->im->columns;
	struct buf why = BUF_INIT;

	for (size_t i = 0; i < r->im->now.n; i++) {
		enum column kind = i < c->n ? c->kinds[i] : COLUMN_NOTE;
		const char *s = cell_clean(r->im->arena, r->im->now.cells[i].text, PROSE_MAX);

		if (kind == COLUMN_PURPOSE && *s)
			buf_addf(&why, "%s%s", why.n ? "; " : "", s);
		else if (kind == COLUMN_NOTE)
			add_note(r, r->im->now.cells[i].text);
		else if (kind == COLUMN_SOURCE_PORT && *s)
			buf_addf(&r->note, "%ssource port %s", r->note.n ? "; " : "", s);
		else if (kind == COLUMN_SERVICE && *s && columns_have(c, COLUMN_LABEL) &&
			 !r->q->service.s)
			add_note(r, r->im->now.cells[i].text);
	}
	if (why.n)
		r->q->why = text_of(r, arena_copy(r->im->arena, buf_slice(&why)));
	buf_release(&why);
}

static const char *role_title(const struct row *r, struct text name)
{
	return product_role(&r->im->product, name.s)->title.s;
}

static void set_doc(struct row *r)
{
	struct docref *d = list_add(r->im->arena, &r->q->doc, sizeof(*d));

	d->in = r->im->product.documents.items[0].name;
	if (r->im->section)
		d->section = text_of(r, r->im->section);
	d->row = text_of(r, r->label ? r->label
				     : arena_printf(r->im->arena, "%s to %s",
						    role_title(r, r->q->from),
						    role_title(r, r->q->to)));
	if (r->note.n)
		d->note = text_of(r, arena_copy(r->im->arena, buf_slice(&r->note)));
}

static const char *read_label(const struct importer *im)
{
	struct slice label = import_cell(im, COLUMN_LABEL).text;
	const char *text;

	if (is_nothing(label))
		label = import_cell(im, COLUMN_SERVICE).text;
	text = is_nothing(label) ? "" : cell_clean(im->arena, label, LABEL_MAX);
	return *text ? text : NULL;
}

static void keep_as_comment(struct importer *im, const struct err *err)
{
	struct buf row = BUF_INIT;

	for (size_t i = 0; i < im->now.n; i++)
		buf_addf(&row, "%s%s", i ? " | " : "",
			 cell_clean(im->arena, im->now.cells[i].text, PROSE_MAX));
	import_comment(im, "not understood, line %u: %s", (unsigned)im->now.line, row.data);
	errs_add(&im->out->errs, err->place, "%s", err->text);
	buf_release(&row);
}

void import_row(struct importer *im)
{
	struct requirement q = {0};
	struct row r = {.im = im, .q = &q, .label = read_label(im), .note = BUF_INIT};
	struct err err;

	r.at = im->now.cells[0].at;
	r.at.line = im->now.line;
	read_context(&r);
	if (read_ports(&r, &err)) {
		keep_as_comment(im, &err);
		goto out;
	}
	set_service(&r);
	set_roles(&r);
	set_id(&r);
	set_words(&r);
	set_doc(&r);
	*(struct requirement *)list_add(im->arena, &im->product.requirements, sizeof(q)) = q;
	im->out->requirements++;
out:
	buf_release(&r.note);
}
