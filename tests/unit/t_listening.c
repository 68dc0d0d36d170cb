/* SPDX-License-Identifier: ISC
 *
 * A host's sockets beside a site: each case is what listens, and what is said of it.
 */
#include "model/listening.h"

#include "base/compiler.h"
#include "doc/product.h"
#include "doc/site.h"
#include "test.h"

#define DOC ", doc: {in: d}}\n"
static const char product_text[] =
	"portolan: 1\nproduct: p\ntitle: P\ndocuments: {d: {title: D}}\n"
	"settings: {admin: {title: A, type: port, default: 9000}}\n"
	"roles:\n  c: {title: C, many: true}\n  s: {title: S, many: true}\n"
	"requirements:\n"
	"  web: {from: c, to: s, needs: tcp/443" DOC
	"  span: {from: c, to: s, needs: tcp/7000-7002" DOC
	"  either: {from: c, to: s, needs: tcp/81 or tcp/82" DOC
	"  both: {from: c, to: s, needs: [tcp/83, udp/83]" DOC
	"  wish: {from: c, to: s, needs: tcp/84, level: optional, without: less" DOC
	"  mail: {from: c, to: s, needs: tcp/1352, service: smtp" DOC
	"  letters: {from: c, to: s, needs: tcp/1434, service: smtp, level: optional, "
	"without: less" DOC "  itself: {from: s, to: s, needs: \"tcp/${admin}\"" DOC
	"  away: {from: s, to: c, needs: tcp/85" DOC;
static const char site_text[] =
	"portolan: 1\nsite: s\nzones:\n  x: {networks: [10.0.1.0/24, \"fd00:1::/64\"]}\n"
	"local_ports: {1434/tcp: letters}\n"
	"hosts:\n  h1: {addresses: [10.0.1.1]}\n  h2: {addresses: [10.0.1.2, \"fd00:1::2\"]}\n"
	"uses:\n  - product: p\n    roles: {c: h1, s: h2}\n";

static struct port_rules rules = {true, {32768, 60999}, NULL, 1024};
static struct port_sources sources = {&registry_iana, &registry_overlay, &rules, {NULL, 0}};

struct town {
	struct product *product;
	struct site *site;
	struct plan *plan;
	struct errs errs;
};

static void build(struct town *t)
{
	const struct plan_options options = {0};
	const struct product *all[1];

	*t = (struct town){0};
	t->product = product_read("p.yaml", slice_of(product_text), &t->errs);
	t->site = site_read("s.yaml", slice_of(site_text), NULL, &t->errs);
	if (t->errs.n)
		fail_msg("%s", t->errs.items[0].text);
	all[0] = t->product;
	t->plan = plan_build(t->site, all, 1, &options, &t->errs);
	if (!t->plan)
		fail_msg("%s", t->errs.items[0].text);
}

static void demolish(struct town *t)
{
	plan_free(t->plan);
	site_free(t->site);
	product_free(t->product);
	errs_release(&t->errs);
}

/* "tcp 10.0.1.2 443", "udp :: 53 both" */
static struct listening_port port_of(struct slice words)
{
	struct listening_port p = {.sockets = 1, .holder = HOLDER_NONE};
	struct slice word;
	uint64_t n;

	slice_cut(&words, ' ', &word);
	p.transport = slice_is(word, "udp") ? TRANSPORT_UDP : TRANSPORT_TCP;
	slice_cut(&words, ' ', &word);
	assert_true(addr_parse(word, &p.at));
	slice_cut(&words, ' ', &word);
	assert_true(slice_number(word, 65535, &n));
	p.port = (uint16_t)n;
	p.stack = p.at.family == 4 ? STACK_IPV4 : STACK_IPV6;
	if (slice_is(words, "both"))
		p.stack = STACK_BOTH;
	else if (slice_is(words, "lo"))
		p.link = "lo";
	return p;
}

static bool is_at(const struct endpoint *e, const char *host)
{
	return e && e->host && text_is(e->host->name, host);
}

static void add_plan(struct listening *l, const struct town *t)
{
	l->plan = t->plan;
	l->host = "h2";
	for_each (f, &t->plan->flows)
		if (is_at((*f)->to, "h2"))
			*(const struct flow **)list_add(l->arena, &l->flows, sizeof(*f)) = *f;
	for_each (d, &t->plan->demands)
		if ((*d)->absence == ABSENCE_SAME_HOST && is_at((*d)->to, "h2"))
			*(const struct demand **)list_add(l->arena, &l->own, sizeof(*d)) = *d;
}

static void describe(const struct listening *l, struct buf *out)
{
	for_each (p, &l->ports) {
		buf_addf(out, "%s:", p->query.text);
		for_each (d, &p->demands)
			buf_addf(out, " %s", (*d)->requirement->id.s);
		if (p->own)
			buf_addf(out, " (%s)", p->own->requirement->id.s);
		buf_addf(out, "%s\n", p->sockets > 1 ? " x" : "");
	}
	for_each (gap, &l->gaps) {
		buf_addf(out, "missing %s/", transport_names[gap->flow->transport]);
		portset_format(&gap->missing, out);
		buf_addf(out, " %s%s%s\n", level_names[gap->level], gap->is_choice ? " choice" : "",
			 gap->loopback_only ? " loopback" : "");
	}
	for_each (f, &l->findings)
		buf_addf(out, "%s %s %s\n", severity_names[f->severity], f->code, f->subject);
}

static void look(const char *lines, const struct town *t, unsigned on, struct buf *out)
{
	struct listening l = {.arena = arena_new(), .sources = &sources, .on = on};
	struct slice rest = slice_of(lines), line;

	while (slice_cut(&rest, '\n', &line))
		if (line.n)
			*(struct listening_port *)list_add(
				l.arena, &l.ports, sizeof(struct listening_port)) = port_of(line);
	if (t)
		add_plan(&l, t);
	listening_join(&l);
	describe(&l, out);
	listening_release(&l);
	arena_free(l.arena);
}

static void without_a_site(void **state)
{
	static const char *const rows[][2] = {
		/* From outside first, and of it the privileged. */
		{"tcp 127.0.0.1 22\ntcp 0.0.0.0 8080\ntcp ::1 80\nudp 10.0.1.2 53\ntcp :: 22 both",
		 "tcp/22:\nudp/53:\ntcp/8080:\ntcp/22:\ntcp/80:\n"},
		{"tcp 10.0.1.2 8080\ntcp 10.0.1.2 8080", "tcp/8080: x\n"},
		{"tcp 10.0.1.2 8080\ntcp 0.0.0.0 8080", "tcp/8080:\ntcp/8080:\n"},
		{"tcp 10.0.1.2 40000\nudp 0.0.0.0 40000",
		 "tcp/40000:\nudp/40000:\nlow listener-ephemeral tcp/40000\n"
		 "info listener-ephemeral udp/40000\n"},
		{"tcp 0.0.0.0 40000\ntcp :: 40000",
		 "tcp/40000:\ntcp/40000:\nlow listener-ephemeral tcp/40000\n"},
		{"tcp 10.0.1.2 32767\ntcp 10.0.1.2 61000", "tcp/32767:\ntcp/61000:\n"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf got = BUF_INIT;

		look(rows[i][0], NULL, ON_TCP | ON_UDP, &got);
		check_text(rows[i][0], &got, rows[i][1]);
		buf_release(&got);
	}
}

#define ALL_BUT_WEB                                                                                \
	"tcp 0.0.0.0 7000\ntcp 0.0.0.0 7001\ntcp 0.0.0.0 7002\ntcp 10.0.1.2 82\n"                  \
	"tcp 0.0.0.0 83\nudp 0.0.0.0 83\ntcp 0.0.0.0 84\n"                                         \
	"tcp 0.0.0.0 1352\ntcp 0.0.0.0 1434\n"
#define ALL_BUT_WEB_SAID "tcp/82: either\ntcp/83: both\nudp/83: both\ntcp/84: wish\n"
#define REST_SAID                                                                                  \
	"tcp/1352: mail\ntcp/1434: letters\ntcp/7000: span\ntcp/7001: span\ntcp/7002: span\n"
#define MAIL_SAID "low listener-number-of-another tcp/1352\n"

static void with_a_site(void **state)
{
	static const struct {
		const char *listens, *said;
	} rows[] = {
		{ALL_BUT_WEB "tcp :: 443 both",
		 ALL_BUT_WEB_SAID "tcp/443: web\n" REST_SAID MAIL_SAID},
		/* An IPv6 address of this host's is wanted, too. */
		{ALL_BUT_WEB "tcp fd00:1::2 443",
		 ALL_BUT_WEB_SAID "tcp/443: web\n" REST_SAID MAIL_SAID},
		/* An address that is not the site's. */
		{ALL_BUT_WEB "tcp 10.0.9.9 443",
		 ALL_BUT_WEB_SAID "tcp/443:\n" REST_SAID "missing tcp/443 required\n"
				  "medium listener-not-in-chart tcp/443\n" MAIL_SAID},
		{ALL_BUT_WEB "tcp 127.0.0.1 443", ALL_BUT_WEB_SAID REST_SAID
		 "tcp/443:\nmissing tcp/443 required loopback\n" MAIL_SAID},
		{ALL_BUT_WEB "tcp 0.0.0.0 443 lo", ALL_BUT_WEB_SAID REST_SAID
		 "tcp/443:\nmissing tcp/443 required loopback\n" MAIL_SAID},
		{ALL_BUT_WEB "udp 0.0.0.0 443",
		 ALL_BUT_WEB_SAID "udp/443:\n" REST_SAID "missing tcp/443 required\n"
				  "medium listener-not-in-chart udp/443\n" MAIL_SAID},
		/* By itself alone: 9000 is the product's setting. */
		{ALL_BUT_WEB "tcp 0.0.0.0 443\ntcp 0.0.0.0 9000",
		 ALL_BUT_WEB_SAID "tcp/443: web\n" REST_SAID "tcp/9000: (itself)\n"
				  "medium listener-wide tcp/9000\n" MAIL_SAID},
		{ALL_BUT_WEB "tcp 0.0.0.0 443\ntcp 127.0.0.1 9000\ntcp 127.0.0.1 9001",
		 ALL_BUT_WEB_SAID "tcp/443: web\n" REST_SAID
				  "tcp/9000: (itself)\ntcp/9001:\n" MAIL_SAID},
		/* A client's own socket is no stranger. */
		{ALL_BUT_WEB "tcp 0.0.0.0 443\nudp 0.0.0.0 40000",
		 ALL_BUT_WEB_SAID "tcp/443: web\n" REST_SAID "udp/40000:\n" MAIL_SAID
				  "info listener-ephemeral udp/40000\n"},
		{"tcp 0.0.0.0 7001",
		 "tcp/7001: span\nmissing tcp/443 required\nmissing tcp/7000,7002 required\n"
		 "missing tcp/81 required choice\nmissing tcp/82 required choice\nmissing tcp/83 "
		 "required\n"
		 "missing udp/83 required\nmissing tcp/84 optional\nmissing tcp/1352 required\n"
		 "missing tcp/1434 optional\n"},
	};
	struct town town;

	(void)state;
	build(&town);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf got = BUF_INIT;

		look(rows[i].listens, &town, ON_TCP | ON_UDP, &got);
		check_text(rows[i].listens, &got, rows[i].said);
		buf_release(&got);
	}
	demolish(&town);
}

/* What was not looked at is not missing. */
static void one_transport(void **state)
{
	struct buf got = BUF_INIT;
	struct town town;

	(void)state;
	build(&town);
	look("", &town, ON_UDP, &got);
	check_text("UDP", &got, "missing udp/83 required\n");
	buf_release(&got);
	demolish(&town);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_site),
		cmocka_unit_test(with_a_site),
		cmocka_unit_test(one_transport),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
