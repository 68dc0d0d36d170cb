/* SPDX-License-Identifier: ISC
 *
 * What the languages without a tool of ours say of what they cannot say: findings that the goldens
 * of tests/golden/policy do not show, and how much fits where.
 */
#include "policy/emit.h"

#include "doc/product.h"
#include "doc/site.h"
#include "policy/emit_unsaid.h"
#include "test.h"

#define REQUIREMENT(id, keys) "  " id ": {" keys ", why: because, doc: {in: d}}\n"

#define NAMES                                                                                      \
	"interfaces: {x: {zone: x, name: e0, addresses: [10.0.1.254]}, y: {zone: y, name: e1, "    \
	"addresses: [10.0.2.254]}, z: {zone: z, name: e2, addresses: [198.51.100.7]}}, "           \
	"filter: stateful"

struct emitted {
	struct product *product;
	struct site *site;
	struct plan *plan;
	struct errs errs;
	struct buf product_text, site_text, text;
};

/* Hosts h1 is a, h2 is b, h3 is c; the device fw is between their zones, and z is all the rest. */
static void read_documents(struct emitted *m, const char *requirements, const char *device,
			   const char *owner)
{
	buf_addf(&m->product_text,
		 "portolan: 1\nproduct: p\ntitle: P\ndocuments: {d: {title: D}}\n"
		 "roles:\n  a: {title: A, many: true}\n  b: {title: B, many: true}\n"
		 "  c: {title: C, many: true}\n  all: {title: All, many: true}\n"
		 "  fw: {title: F}\n  out: {title: Out, many: true}\nrequirements:\n%s",
		 requirements);
	buf_addf(&m->site_text,
		 "portolan: 1\nsite: s\nzones:\n  x: {networks: [10.0.1.0/24]}\n"
		 "  y: {networks: [10.0.2.0/24]}\n  z: {networks: [any]}\nhosts:\n"
		 "  h1: {addresses: [10.0.1.1]}\n  h2: {addresses: [10.0.2.2]}\n"
		 "  h3: {addresses: [10.0.2.3]}\ndevices:\n  fw: {%s}\n"
		 "uses:\n  - product: p\n    owner: \"%s\"\n"
		 "    roles: {a: h1, b: h2, c: h3, all: zone x, fw: fw, out: zone z}\n",
		 device, owner);
	m->product = product_read("p.yaml", buf_slice(&m->product_text), &m->errs);
	m->site = site_read("s.yaml", buf_slice(&m->site_text), NULL, &m->errs);
	if (m->errs.n)
		print_error("%s\n", m->errs.items[0].text);
	assert_int_equal(m->errs.n, 0);
}

/* host: whose firewall; NULL: the device's. */
static struct emitted emit(const struct emitter *emitter, const char *requirements,
			   const char *device, const char *owner, const char *host)
{
	struct emitted m = {.product_text = BUF_INIT, .site_text = BUF_INIT, .text = BUF_INIT};
	const struct plan_options plan_options = {0};
	const struct policy_options options = {.interface_also = emitter->interface_also,
					       .interface_max = emitter->interface_max,
					       .stateless = emitter->stateless};
	const struct product *all[1];
	struct policy *p = NULL;

	read_documents(&m, requirements, device, owner);
	all[0] = m.product;
	m.plan = plan_build(m.site, all, 1, &plan_options, &m.errs);
	assert_non_null(m.plan);
	for_each (h, &m.site->hosts)
		if (host && text_is(h->name, host))
			p = policy_derive_host(m.plan, h, &options);
	if (!host)
		p = policy_derive(m.plan, &m.site->devices.items[0], &options, &m.errs);
	assert_non_null(p);
	emit_policy(emitter, p, &m.text);
	policy_free(p);
	return m;
}

static void release(struct emitted *m)
{
	plan_free(m->plan);
	site_free(m->site);
	product_free(m->product);
	errs_release(&m->errs);
	buf_release(&m->product_text);
	buf_release(&m->site_text);
	buf_release(&m->text);
}

static bool has(const struct emitted *m, const char *words)
{
	if (strstr(m->text.data, words))
		return true;
	print_error("not in the text: %s\n%s", words, m->text.data);
	return false;
}

static void every_text_says_unverified(void **state)
{
	static const struct emitter *const emitters[] = {&emitter_windows, &emitter_cisco,
							 &emitter_aws};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(emitters); i++) {
		struct emitted m =
			emit(emitters[i], REQUIREMENT("q", "from: a, to: b, needs: tcp/80"), NAMES,
			     "o", NULL);
		const char *first = strstr(m.text.data, "nverified");

		assert_non_null(first);
		assert_true(first - m.text.data < 80);
		release(&m);
	}
}

/* What is forbidden has an exception, and another rule is wider than both. */
static void what_a_block_cannot_say(void **state)
{
	struct emitted m =
		emit(&emitter_windows,
		     REQUIREMENT("q", "from: a, to: b, needs: tcp/80")
			     REQUIREMENT("never", "from: all, to: b, forbid: tcp/1-100")
				     REQUIREMENT("wide", "from: a, to: b, needs: tcp/50-200"),
		     NAMES, "o", "h2");

	(void)state;
	assert_true(has(&m, "# high: exception-in-block: input "));
	assert_null(strstr(m.text.data, "-Action Block"));
	release(&m);
}

/* With nothing required inside, it is a block. */
static void what_a_block_says(void **state)
{
	struct emitted m =
		emit(&emitter_windows,
		     REQUIREMENT("never", "from: all, to: b, forbid: [tcp/1-100, ip/any]"), NAMES,
		     "o", "h2");

	(void)state;
	assert_true(has(&m, "-Direction Inbound -Action Block -Protocol TCP -LocalPort '1-100' "
			    "-LocalAddress '10.0.2.2' -RemoteAddress '10.0.1.0/24' "));
	assert_true(has(&m, "-Action Block -Protocol Any "));
	assert_true(has(&m, "# low: block-of-errors: input "));
	release(&m);
}

/* What begins at the same hosts and ends at the device itself is another matter. */
static void a_drop_stands_where_it_fits(void **state)
{
	struct emitted m = emit(&emitter_cisco,
				REQUIREMENT("never", "from: all, to: b, forbid: tcp/22")
					REQUIREMENT("in", "from: all, to: fw, needs: tcp/22"),
				NAMES, "o", NULL);

	(void)state;
	assert_null(strstr(m.text.data, "drop-not-exact"));
	assert_true(has(&m, " deny tcp 10.0.1.0 0.0.0.255 host 10.0.2.2 eq 22\n"));
	release(&m);
}

/* Where it comes in it would take what goes elsewhere, and where it leaves it is translated. */
static void a_drop_that_no_list_can_say(void **state)
{
	struct emitted m =
		emit(&emitter_cisco,
		     REQUIREMENT("never", "from: all, to: out, forbid: tcp/22")
			     REQUIREMENT("q", "from: a, to: b, needs: tcp/20-30")
				     REQUIREMENT("wide", "from: a, to: out, needs: tcp/1-1000"),
		     NAMES ", source_nat: [{from: x, out: z, to: 198.51.100.7}]", "o", NULL);

	(void)state;
	assert_true(has(&m, "! high: drop-not-exact: forward "));
	release(&m);
}

static void a_range_is_no_static_translation(void **state)
{
	struct emitted m = emit(
		&emitter_cisco, REQUIREMENT("q", "from: all, to: b, needs: tcp/8000-8010"),
		NAMES ", destination_nat: [{at: \"10.0.1.254\", to: \"10.0.2.2\", transport: tcp}]",
		"o", NULL);

	(void)state;
	assert_true(has(&m, "! high: not-in-cisco: prerouting "));
	assert_null(strstr(m.text.data, "ip nat"));
	release(&m);
}

/* Longer than a remark or a description, in bytes that neither takes. */
static void lines_have_an_end(void **state)
{
	struct buf owner = BUF_INIT, requirements = BUF_INIT;
	struct slice rest, line;
	struct emitted m;

	(void)state;
	for (int i = 0; i < 40; i++) {
		buf_add_text(&owner, "?|'`%<>");
		buf_addf(&requirements,
			 REQUIREMENT("a-name-that-is-long-%d", "from: a, to: b, needs: tcp/80"), i);
	}
	m = emit(&emitter_cisco, requirements.data, NAMES, owner.data, NULL);
	rest = buf_slice(&m.text);
	while (slice_cut(&rest, '\n', &line)) {
		assert_true(line.n <= 240);
		assert_null(memchr(line.p, '?', line.n));
		if (slice_has_prefix(line, " remark "))
			assert_true(line.n <= 108);
	}
	release(&m);
	buf_release(&owner);
	buf_release(&requirements);
}

static void descriptions_hold_what_aws_allows(void **state)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789. _-:/()#,@[]+=&;{}!$*";
	static const char label[] = "\"Description\": \"";
	struct buf owner = BUF_INIT;
	struct emitted m;
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 60; i++)
		buf_add_text(&owner, "?|'`%<>\\\"\\\\");
	m = emit(&emitter_aws, REQUIREMENT("q", "from: a, to: b, needs: tcp/80"), NAMES, owner.data,
		 "h2");
	for (const char *s = m.text.data; (s = strstr(s, label)) != NULL; n++) {
		size_t length = strspn(s += strlen(label), allowed);

		assert_int_equal(s[length], '"');
		assert_true(length <= 255);
	}
	assert_true(n > 1);
	release(&m);
	buf_release(&owner);
}

static void numbers_meet_names(void **state)
{
	const struct match tcp = {.transport = TRANSPORT_TCP, .ports = {80, 90}},
			   other = {.transport = TRANSPORT_TCP, .ports = {91, 99}},
			   udp = {.transport = TRANSPORT_UDP},
			   six = {.transport = TRANSPORT_IP, .number = IP_TCP},
			   any = {.transport = TRANSPORT_NONE},
			   echo = {.transport = TRANSPORT_ICMP, .icmp = "echo"},
			   icmp = {.transport = TRANSPORT_ICMP},
			   reply = {.transport = TRANSPORT_ICMP, .icmp = "echo-reply"},
			   in = {.in = "e0", .transport = TRANSPORT_TCP},
			   elsewhere = {.in = "e1", .transport = TRANSPORT_TCP};

	(void)state;
	assert_true(match_meets(&tcp, &six));
	assert_false(match_meets(&udp, &six));
	assert_false(match_meets(&tcp, &other));
	assert_true(match_meets(&any, &echo));
	assert_true(match_meets(&icmp, &echo));
	assert_false(match_meets(&reply, &echo));
	assert_true(match_meets(&tcp, &in));
	assert_false(match_meets(&elsewhere, &in));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_text_says_unverified),
		cmocka_unit_test(what_a_block_cannot_say),
		cmocka_unit_test(what_a_block_says),
		cmocka_unit_test(a_drop_stands_where_it_fits),
		cmocka_unit_test(a_drop_that_no_list_can_say),
		cmocka_unit_test(a_range_is_no_static_translation),
		cmocka_unit_test(lines_have_an_end),
		cmocka_unit_test(descriptions_hold_what_aws_allows),
		cmocka_unit_test(numbers_meet_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
