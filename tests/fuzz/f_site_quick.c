/* SPDX-License-Identifier: ISC
 *
 * A command line without a site, a word a line: "-f", "-c", "-s" for a feature, a choice, a
 * setting, "-g" a goal, "-a" this host's role, "-p" a proxy, "-x" its exceptions, each followed by
 * its value; any other line is ROLE=HOST. Refused with a reason, or made a site that reads, with
 * each host in it once.
 */
#include <stddef.h>
#include <stdint.h>

#include "again.h"
#include "doc/product.h"
#include "doc/site.h"
#include "doc/site_quick.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WORDS_MAX = 100 };

static const char product_text[] =
	"portolan: 1\nproduct: small\n"
	"settings: {port: {type: port, default: 80}, where: {type: word, default: x}}\n"
	"features: {a: one, b: {title: two, conflicts: [a]}}\n"
	"choices: {c: {options: [x, y]}}\n"
	"roles:\n"
	"  client: {many: true}\n"
	"  server: {settings: {nn: {type: digits, default: 00}}}\n"
	"  server-2: {}\n"
	"  far: {outside: true, names: [far.example.com]}\n"
	"requirements:\n"
	"  r: {from: client, to: server, needs: tcp/1, when: a}\n"
	"  q: {from: client, to: server-2, needs: tcp/2, via: proxy}\n"
	"  o: {from: client, to: far, needs: tcp/3}\n"
	"goals: {g: {all: [r, q]}, h: {then: [g, o]}}\n";

struct words {
	const char *items[WORDS_MAX];
	size_t n;
};

struct line {
	struct arena *arena;
	struct words roles, features, choices, settings;
	struct site_quick quick;
};

static void add(struct words *w, const char *word)
{
	if (w->n < WORDS_MAX)
		w->items[w->n++] = word;
}

static void take_word(struct line *l, struct slice word)
{
	struct site_quick *q = &l->quick;
	bool is_option = word.n > 1 && word.p[0] == '-';
	const char *value = arena_copy(l->arena, slice_skip(word, is_option ? 2 : 0));

	switch (is_option ? word.p[1] : 0) {
	case 'f':
		add(&l->features, value);
		break;
	case 'c':
		add(&l->choices, value);
		break;
	case 's':
		add(&l->settings, value);
		break;
	case 'g':
		q->goal = value;
		break;
	case 'a':
		q->as = value;
		break;
	case 'p':
		q->proxy.port = 3128;
		q->proxy.login = "env:LOGIN";
		if (!addr_parse(slice_of(value), &q->proxy.addr))
			q->proxy.addr.family = 0;
		break;
	case 'x':
		q->proxy.exceptions = slice_of(value);
		break;
	default:
		add(&l->roles, value);
	}
}

/* What can only be checked against the product (values of settings and the like) is told later, as
 * for any site. */
static void check(const struct site_quick *q, const struct buf *text)
{
	struct errs errs = {0};
	struct site *s = site_read("command line", buf_slice(text), NULL, &errs);

	must_be_clean(&errs, text);
	for_each (h, &s->hosts)
		if (h->addresses.n != 1 && !h->dns_name.s &&
		    !slice_is(slice_of(h->name.s), q->host))
			BUG("%s has %zu addresses\n%s", h->name.s, h->addresses.n, text->data);
	site_free(s);
	errs_release(&errs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct addr own[] = {{4, {192, 0, 2, 1}}, {6, {0x20, 1, 0xd, 0xb8, [15] = 1}}};
	struct line l = {.arena = arena_new(),
			 .quick = {.host = "this-host", .own = own, .n_own = 2}};
	struct slice rest = {(const char *)data, size}, word;
	struct buf text = BUF_INIT;
	struct errs errs = {0};
	struct product *p = product_read("small.yaml", slice_of(product_text), &errs);
	int rc;

	must_be_clean(&errs, &(struct buf){(char *)product_text, sizeof(product_text) - 1, 0});
	/* A word of a command line has no zero byte. */
	while (rest.n && slice_cut(&rest, '\n', &word))
		if (!memchr(word.p, '\0', word.n))
			take_word(&l, word);
	l.quick.product = p;
	l.quick.roles = (struct site_words){l.roles.items, l.roles.n};
	l.quick.features = (struct site_words){l.features.items, l.features.n};
	l.quick.choices = (struct site_words){l.choices.items, l.choices.n};
	l.quick.settings = (struct site_words){l.settings.items, l.settings.n};
	rc = site_quick_write(&l.quick, &text, &errs);
	if ((rc != 0) != (errs.n > 0))
		BUG("%d, and %zu messages", rc, errs.n);
	if (!rc)
		check(&l.quick, &text);
	errs_release(&errs);
	buf_release(&text);
	arena_free(l.arena);
	product_free(p);
	return 0;
}
