/* SPDX-License-Identifier: ISC */
#include "doc/kinds_own.h"

#include "doc/needs.h"

static const char needs_expected[] = "what is needed, such as tcp/443, or a list";

const struct expr *read_needs(struct reader *r, const struct node *n)
{
	struct expr *all;
	size_t used = 0;

	if (n->kind != NODE_LIST)
		return want_text(r, n, needs_expected) ? needs_parse(r->arena, n->text, r->errs)
						       : NULL;
	if (!n->n) {
		complain(r, n->text.at, "expected %s, found an empty list", needs_expected);
		return NULL;
	}
	all = ARENA_NEW(r->arena, struct expr);
	all->kind = EXPR_ALL;
	all->at = n->text.at;
	all->kids.items = arena_get(r->arena, n->n, sizeof(*all->kids.items));
	for (size_t i = 0; i < n->n; i++) {
		const struct expr *kid = read_needs(r, n->items[i]);

		if (kid)
			all->kids.items[used++] = kid;
	}
	all->kids.n = used;
	return used == n->n ? all : NULL;
}

static void read_needs_at(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	(void)f;
	*(const struct expr **)at = read_needs(r, n);
}

void write_needs(struct yaml_writer *w, const struct expr *e)
{
	struct buf text = BUF_INIT;

	if (e->kind == EXPR_ALL) {
		yaml_open(w);
		for_each (kid, &e->kids) {
			if ((*kid)->kind == EXPR_ALL) {
				yaml_dash(w);
				w->after_dash = false;
				buf_truncate(w->out, w->out->n - 1); /* "-" and a list below it */
				write_needs(w, *kid);
				continue;
			}
			buf_clear(&text);
			needs_format(*kid, &text);
			yaml_item_text(w, text.data);
		}
		yaml_close(w);
	} else {
		needs_format(e, &text);
		yaml_text(w, text.data);
	}
	buf_release(&text);
}

static void write_needs_at(struct yaml_writer *w, const struct field *f, const void *at)
{
	(void)f;
	write_needs(w, *(const struct expr *const *)at);
}

static void schema_needs(struct buf *out, const struct field *f)
{
	(void)f;
	buf_add_text(out, "{\"type\":[\"string\",\"array\"]}");
}

const struct kind kind_needs = {needs_expected, read_needs_at, unset_pointer, write_needs_at,
				schema_needs};

static void read_when(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	if (want_text(r, n, f->kind->expected))
		*(const struct cond **)at = when_parse(r->arena, n->text, r->errs);
}

static void write_when(struct yaml_writer *w, const struct field *f, const void *at)
{
	struct buf text = BUF_INIT;

	(void)f;
	when_format(*(const struct cond *const *)at, &text);
	yaml_text(w, text.data);
	buf_release(&text);
}

const struct kind kind_when = {"a condition such as \"web apart db\"", read_when, unset_pointer,
			       write_when, schema_string};
