/* SPDX-License-Identifier: ISC */
#include "cmd/catalog_uses.h"

#include "base/escape.h"
#include "doc/needs.h"
#include "model/lint_use.h"
#include "model/registry.h"
#include "report/json.h"

int port_filter_read(const char *text, struct port_filter *f, struct err *err)
{
	struct slice rest = slice_of(text), ports;

	slice_cut(&rest, '/', &ports);
	f->on = rest.p ? transport_bit_parse(rest) : 0;
	if (port_range_parse(ports, &f->ports) && (!rest.p || f->on))
		return 0;
	return err_set(err, ERR_USAGE, PLACE_NONE,
		       "expected a port such as 443, 443/tcp or 7000-7008, found \"%.60s\"", text);
}

static bool is_meant(const struct port_filter *f, const struct port_use *u)
{
	return u->is_known && port_range_overlaps(u->ports, f->ports) &&
	       (!f->on || transport_bit(u->leaf->transport) & f->on);
}

/* Each use of each product, those that mean just this port before those that span many; a product
 * is free again before the next is read. */
static size_t each_use(struct catalog *c, const struct port_filter *f, struct errs *errs,
		       void (*put)(struct buf *out, const struct product *p,
				   const struct port_use *u),
		       struct buf *out)
{
	enum { MANY = 1024 };
	struct buf wide = BUF_INIT;
	size_t found = 0;

	for (size_t i = 0; i < c->n; i++) {
		struct product *p =
			catalog_product(c, (struct text){.s = c->names[i], .at = PLACE_NONE}, errs);
		struct port_uses uses;

		if (!p)
			continue;
		uses = port_uses_of(p, p->arena);
		for (size_t k = 0; k < uses.n; k++) {
			if (!is_meant(f, &uses.items[k]))
				continue;
			put(uses.items[k].ports.hi - uses.items[k].ports.lo < MANY ? out : &wide, p,
			    &uses.items[k]);
			found++;
		}
		product_free(p);
	}
	buf_add_slice(out, buf_slice(&wide));
	buf_release(&wide);
	return found;
}

static void put_line(struct buf *out, const struct product *p, const struct port_use *u)
{
	buf_addf(out, "%s/%s  %s -> %s  ", p->name.s, u->q->id.s, u->from, u->to);
	leaf_format(u->leaf, out);
	if (u->is_forbidden)
		buf_add_text(out, "  must stay closed");
	if (u->q->when) {
		buf_add_text(out, "  when ");
		when_format(u->q->when, out);
	}
	if (u->q->why.s) {
		buf_add_text(out, "\n    ");
		escape_terminal(out, slice_of(u->q->why.s));
	}
	buf_add_char(out, '\n');
}

size_t catalog_uses_text(struct catalog *c, const struct port_filter *f, struct buf *out,
			 struct errs *errs)
{
	struct buf lines = BUF_INIT;
	size_t n = each_use(c, f, errs, put_line, &lines);

	if (n)
		buf_addf(out, "%zu requirement%s of the catalog use%s it.\n", n, n == 1 ? "" : "s",
			 n == 1 ? "s" : "");
	else
		buf_add_text(out, "No requirement of the catalog uses it.\n");
	buf_add_slice(out, buf_slice(&lines));
	buf_release(&lines);
	return n;
}

static void put_record(struct buf *out, const struct product *p, const struct port_use *u)
{
	struct json j = {.out = out};
	struct buf text = BUF_INIT;

	json_open(&j, NULL, '{');
	json_text(&j, "record", "use");
	json_text(&j, "product", p->name.s);
	json_text(&j, "requirement", u->q->id.s);
	json_text(&j, "from", u->from);
	json_text(&j, "to", u->to);
	json_text(&j, "transport", transport_names[u->leaf->transport]);
	port_range_format(u->ports, &text);
	json_text(&j, "ports", text.data);
	json_text(&j, "kind", u->is_forbidden ? "forbidden" : "required");
	json_text(&j, "service", u->service);
	buf_clear(&text);
	if (u->q->when)
		when_format(u->q->when, &text);
	json_text(&j, "when", u->q->when ? text.data : NULL);
	json_text(&j, "why", u->q->why.s);
	json_close(&j, '}');
	buf_add_char(out, '\n');
	buf_release(&text);
}

size_t catalog_uses_records(struct catalog *c, const struct port_filter *f, struct buf *out,
			    struct errs *errs)
{
	return each_use(c, f, errs, put_record, out);
}
