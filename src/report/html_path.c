/* SPDX-License-Identifier: ISC */
#include "report/html_path.h"

#include "base/buf.h"
#include "base/escape.h"
#include "report/flow_words.h"

enum {
	BOX_WIDTH = 156,
	BOX_HEIGHT = 46,
	GAP_WIDTH = 104,
	TOP = 22,
	HEIGHT = 78,
	NAT_HEIGHT = 108, /* where something is written under a box */
	LABEL_CHARS = 20,
};

struct drawing {
	struct buf *out;
	unsigned x; /* where the next box begins */
	bool first;
};

/* Cut between characters: a box has room for so many. */
static void add_short(struct buf *out, const char *s, size_t chars)
{
	size_t n = 0, at = 0;

	for (; s[at] && n < chars; n++) {
		at++;
		while ((s[at] & 0xc0) == 0x80)
			at++;
	}
	if (!s[at]) {
		escape_html(out, slice_of(s));
		return;
	}
	for (at--; at && (s[at] & 0xc0) == 0x80;)
		at--;
	escape_html(out, (struct slice){s, at});
	buf_add_text(out, "&#8230;");
}

static void add_label(struct drawing *d, unsigned x, unsigned y, const char *class, const char *s,
		      size_t chars)
{
	buf_addf(d->out, "<text x=\"%u\" y=\"%u\" class=\"%s\">", x, y, class);
	add_short(d->out, s, chars);
	buf_add_text(d->out, "</text>");
}

static void add_box(struct drawing *d, const char *class, const char *name, const char *below)
{
	buf_addf(d->out, "<g class=\"%s\"><title>", class);
	escape_html(d->out, slice_of(name));
	buf_add_char(d->out, ' ');
	escape_html(d->out, slice_of(below));
	buf_addf(d->out,
		 "</title><rect x=\"%u\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"8\"></rect>",
		 d->x, TOP, BOX_WIDTH, BOX_HEIGHT);
	add_label(d, d->x + BOX_WIDTH / 2, TOP + 19, "name", name, LABEL_CHARS);
	add_label(d, d->x + BOX_WIDTH / 2, TOP + 36, "sub", below, LABEL_CHARS + 3);
	buf_add_text(d->out, "</g>");
	d->x += BOX_WIDTH;
}

static void add_arrow(struct drawing *d, const char *class, const char *above)
{
	unsigned y = TOP + BOX_HEIGHT / 2, end = d->x + GAP_WIDTH - 4;

	buf_addf(d->out,
		 "<path class=\"way %s\" d=\"M%u %uH%u\"></path>"
		 "<path class=\"head %s\" d=\"M%u %ul-8 -5v10z\"></path>",
		 class, d->x + 4, y, end - 7, class, end, y);
	if (*above)
		add_label(d, d->x + GAP_WIDTH / 2, y - 8, "on", above, 17);
	d->x += GAP_WIDTH;
}

/* What a device does to addresses, under its box. */
static void add_translation(struct drawing *d, const struct flow *f, const struct device *device)
{
	const struct translation *t = f->translation;
	unsigned middle = d->x - BOX_WIDTH / 2, y = TOP + BOX_HEIGHT + 14;
	struct buf text = BUF_INIT;
	char addr[ADDR_TEXT_MAX];

	if (t && t->dialled_at == device) {
		buf_add_text(&text, "dialled ");
		flow_words_dialled(f, &text);
		add_label(d, middle, y, "nat", text.data, 34);
		y += 14;
	}
	if (t && t->seen_at == device && t->seen_as.family) {
		buf_clear(&text);
		buf_addf(&text, "seen as %s", addr_text(&t->seen_as, addr));
		add_label(d, middle, y, "nat", text.data, 34);
	}
	buf_release(&text);
}

static void add_endpoint(struct drawing *d, const struct endpoint *e)
{
	struct buf below = BUF_INIT;

	flow_words_addresses(e, &below);
	if (!below.n)
		flow_words_zone(e, &below);
	add_box(d, e->device ? "box device" : "box", e->name, below.data);
	buf_release(&below);
}

static void add_hops(struct drawing *d, const struct flow *f, const char *class)
{
	if (f->path->unknown) {
		add_box(d, "box unknown", "?", "the way is not known");
		add_arrow(d, class, "");
	}
	for_each (hop, &f->path->hops) {
		struct buf below = BUF_INIT;

		if (hop->in && hop->out)
			buf_addf(&below, "%s > %s", hop->in->name.s, hop->out->name.s);
		else
			buf_addf(&below, "filter: %s", filter_names[hop->device->filter]);
		add_box(d, "box device", hop->device->name.s, below.data);
		add_translation(d, f, hop->device);
		add_arrow(d, class, "");
		buf_release(&below);
	}
}

void html_path(const struct flow *f, const struct claim *c, struct buf *out)
{
	const char *class = f->kind == FLOW_FORBIDDEN ? "no" : "yes";
	bool goes_on = c->whole && c->whole != f->to;
	size_t arrows = 1 + f->path->hops.n + f->path->unknown + goes_on;
	size_t width = arrows * (BOX_WIDTH + GAP_WIDTH) + BOX_WIDTH + 2;
	int height = f->translation ? NAT_HEIGHT : HEIGHT;
	struct drawing d = {.out = out, .x = 1};
	struct buf ports = BUF_INIT;

	flow_format_ports(f, &ports);
	buf_addf(out,
		 "<svg class=\"path\" role=\"img\" viewBox=\"0 0 %zu %d\" width=\"%zu\" "
		 "height=\"%d\">",
		 width, height, width, height);
	add_endpoint(&d, f->from);
	add_arrow(&d, class, ports.data);
	add_hops(&d, f, class);
	add_endpoint(&d, f->to);
	if (goes_on) {
		add_arrow(&d, "later", "next legs");
		add_box(&d, "box later", c->whole->name, "where the way goes");
	}
	buf_add_text(out, "</svg>");
	buf_release(&ports);
}
