/* SPDX-License-Identifier: ISC
 *
 * Parts of policies that the hand-written ones of tests/golden/policy do not show: what is left
 * open, refused, shared; how much of it fits where.
 */
#include "policy/policy.h"

#include "doc/product.h"
#include "doc/site.h"
#include "policy/emit.h"
#include "policy/emit_words.h"
#include "test.h"

#define REQUIREMENT(id, keys) "  " id ": {" keys ", why: because, doc: {in: d}}\n"

#define INTERFACES                                                                                 \
	"interfaces: {x: {zone: x, name: eth0, addresses: [10.0.1.254]}, "                         \
	"y: {zone: y, name: eth1, addresses: [10.0.2.254]}}"

enum { TODAY = 20784 }; /* 2026-11-27 */

struct derived {
	struct product *product;
	struct site *site;
	struct plan *plan;
	struct policy *policy; /* NULL: errors */
	struct errs errs;
	struct buf product_text, site_text, text;
};

/* The policy of the site's last device. */
static struct derived derive_site(const char *requirements, const char *site)
{
	struct derived d = {.product_text = BUF_INIT, .site_text = BUF_INIT, .text = BUF_INIT};
	const struct plan_options options = {0};
	const struct product *all[1];

	buf_addf(&d.product_text,
		 "portolan: 1\nproduct: p\ntitle: P\ndocuments: {d: {title: D}}\n"
		 "roles:\n  a: {title: A, many: true}\n  b: {title: B, many: true}\n"
		 "  c: {title: C, many: true, optional: true}\nrequirements:\n%s",
		 requirements);
	buf_addf(&d.site_text, "portolan: 1\nsite: s\n%s", site);
	d.product = product_read("p.yaml", buf_slice(&d.product_text), &d.errs);
	d.site = site_read("s.yaml", buf_slice(&d.site_text), NULL, &d.errs);
	if (d.errs.n)
		print_error("%s\n", d.errs.items[0].text);
	assert_int_equal(d.errs.n, 0);
	all[0] = d.product;
	d.plan = plan_build(d.site, all, 1, &options, &d.errs);
	assert_non_null(d.plan);
	d.policy = policy_derive(d.plan, &d.site->devices.items[d.site->devices.n - 1],
				 &(struct policy_options){.today = TODAY}, &d.errs);
	if (d.policy)
		emitter_nftables.policy(d.policy, &d.text);
	return d;
}

/* Host h1 is a, h2 is b, in zones of their own with `device` between them. */
static struct derived derive(const char *requirements, const char *h2, const char *device)
{
	struct buf site = BUF_INIT;
	struct derived d;

	buf_addf(&site,
		 "zones:\n  x: {networks: [10.0.1.0/24]}\n"
		 "  y: {networks: [10.0.2.0/24]}\nhosts:\n  h1: {addresses: [10.0.1.1]}\n"
		 "  h2: {%s}\ndevices:\n  fw: {%s}\n"
		 "uses:\n  - product: p\n    roles: {a: h1, b: h2}\n",
		 h2, device);
	d = derive_site(requirements, site.data);
	buf_release(&site);
	return d;
}

static struct derived derive_usual(const char *requirements)
{
	return derive(requirements, "addresses: [10.0.2.2]", INTERFACES ", filter: stateful");
}

static void release(struct derived *d)
{
	policy_free(d->policy);
	plan_free(d->plan);
	site_free(d->site);
	product_free(d->product);
	errs_release(&d->errs);
	buf_release(&d->product_text);
	buf_release(&d->site_text);
	buf_release(&d->text);
}

/* The i-th rule that flows are behind; NULL: there are fewer. */
static const struct rule *rule_at(const struct derived *d, size_t i)
{
	for_each (r, &d->policy->rules)
		if (r->flows.n && i-- == 0)
			return r;
	return NULL;
}

static size_t count(const struct derived *d)
{
	size_t n = 0;

	while (rule_at(d, n))
		n++;
	return n;
}

static bool is_told(const struct derived *d, const char *code)
{
	for_each (f, &d->policy->findings)
		if (strcmp(f->code, code) == 0)
			return true;
	return false;
}

static bool has(const struct derived *d, const char *words)
{
	if (strstr(d->text.data, words))
		return true;
	print_error("not in the text: %s\n%s", words, d->text.data);
	return false;
}

static void key_is_the_flows(void **state)
{
	struct derived d = derive_usual(REQUIREMENT("q", "from: a, to: b, needs: tcp/80"));
	char key[RULE_KEY_TEXT_MAX];
	struct buf id = BUF_INIT;

	(void)state;
	assert_int_equal(count(&d), 1);
	flow_format_id(d.plan->flows.items[0], &id);
	rule_key_text(rule_at(&d, 0), key);
	assert_int_equal(strlen(key), 12);
	assert_memory_equal(key, id.data, 12);
	buf_release(&id);
	release(&d);
}

static void requirements_share_a_rule(void **state)
{
	struct derived d = derive_usual(REQUIREMENT("q", "from: a, to: b, needs: tcp/80")
						REQUIREMENT("r", "from: a, to: b, needs: tcp/80"));
	struct buf text = BUF_INIT;

	(void)state;
	assert_int_equal(count(&d), 1);
	rule_format_requirements(rule_at(&d, 0), &text);
	check_text("both", &text, "p/q, p/r");
	buf_release(&text);
	release(&d);
}

static void alternatives_wait_for_an_answer(void **state)
{
	struct derived d =
		derive_usual(REQUIREMENT("q", "from: a, to: b, needs: tcp/80 or tcp/81"));
	struct derived e =
		derive_usual(REQUIREMENT("q", "from: a, to: b, needs: tcp/80 else tcp/81"));

	(void)state;
	assert_int_equal(count(&d), 0);
	assert_true(is_told(&d, "undecided"));
	assert_int_equal(count(&e), 2);
	assert_false(is_told(&e, "undecided"));
	release(&d);
	release(&e);
}

static void names_open_nothing(void **state)
{
	struct derived d = derive(REQUIREMENT("q", "from: a, to: b, needs: tcp/80"),
				  "name: h2.example, zone: y", INTERFACES ", filter: stateful");

	(void)state;
	assert_int_equal(count(&d), 0);
	assert_true(is_told(&d, "no-address"));
	release(&d);
}

static void unused_is_answered(void **state)
{
	struct derived d = derive_usual(REQUIREMENT(
		"q", "from: a, to: b, needs: tcp/113, level: optional, without: waits, "
		     "if_unused: reset") REQUIREMENT("r", "from: a, to: b, needs: tcp/80, "
							  "if_unused: reset"));

	(void)state;
	assert_int_equal(count(&d), 3);
	assert_int_equal(rule_at(&d, 0)->action, ACTION_ACCEPT);
	assert_int_equal(rule_at(&d, 1)->action, ACTION_RESET);
	assert_true(has(&d, "tcp dport 113 counter reject with tcp reset"));
	/* The answer leaves by output. */
	assert_int_equal(rule_at(&d, 2)->hook, HOOK_OUTPUT);
	assert_true(has(&d, "oifname \"eth0\" ip saddr 10.0.2.2 ip daddr 10.0.1.1 tcp sport 113 "
			    "tcp flags & rst == rst counter accept"));
	release(&d);
}

static void narrower_needs_come_first(void **state)
{
	static const enum rank ranks[] = {RANK_DENY_FIRST, RANK_EXCEPTION, RANK_DENY, RANK_NEED};
	struct derived d = derive_usual(
		REQUIREMENT("no", "from: a, to: b, forbid: tcp/any")
			REQUIREMENT("never", "from: a, to: b, forbid: udp/53")
				REQUIREMENT("yes", "from: a, to: b, needs: tcp/80")
					REQUIREMENT("other", "from: a, to: b, needs: udp/123"));

	(void)state;
	assert_int_equal(count(&d), 4);
	for (size_t i = 0; i < ARRAY_LEN(ranks); i++)
		assert_int_equal(rule_at(&d, i)->rank, ranks[i]);
	release(&d);
}

/* h1 in x, h3 beside it; fw1 hides x behind its own address from fw2, behind which h2 is. */
#define HIDDEN(uses)                                                                               \
	"zones:\n  x: {networks: [10.0.1.0/24]}\n  m: {networks: [10.0.3.0/24]}\n"                 \
	"  y: {networks: [10.0.2.0/24]}\nhosts:\n  h1: {addresses: [10.0.1.1]}\n"                  \
	"  h2: {addresses: [10.0.2.2]}\n  h3: {addresses: [10.0.1.3]}\ndevices:\n" uses            \
	"uses:\n  - product: p\n    roles: {"
#define FW1                                                                                        \
	"  fw1:\n    interfaces: {x: {zone: x, name: eth0, addresses: [10.0.1.254]}, "             \
	"m: {zone: m, name: eth1, addresses: [10.0.3.1]}}\n    filter: stateful\n"                 \
	"    source_nat: [{from: x, out: m}]\n"
#define FW2                                                                                        \
	"  fw2:\n    interfaces: {m: {zone: m, name: eth0, addresses: [10.0.3.2]}, "               \
	"y: {zone: y, name: eth1, addresses: [10.0.2.254]}}\n    filter: stateful\n"

/* A drop would drop what is required of the others, too: they have the same address there. */
static void hidden_sources_are_not_dropped(void **state)
{
	static const char q[] = REQUIREMENT("yes", "from: a, to: b, needs: tcp/80")
		REQUIREMENT("no", "from: c, to: b, forbid: tcp/80");
	struct derived behind = derive_site(q, HIDDEN(FW1 FW2) "a: h1, b: h2, c: h3}\n");
	struct derived before = derive_site(q, HIDDEN(FW2 FW1) "a: h1, b: h2, c: h3}\n");

	(void)state;
	assert_int_equal(count(&behind), 1);
	assert_int_equal(rule_at(&behind, 0)->action, ACTION_ACCEPT);
	assert_true(has(&behind, "ip saddr 10.0.3.1 ip daddr 10.0.2.2 tcp dport 80"));
	assert_true(is_told(&behind, "forbidden-behind-translation"));
	assert_int_equal(rule_at(&before, 0)->action, ACTION_DROP);
	assert_false(is_told(&before, "forbidden-behind-translation"));
	release(&behind);
	release(&before);
}

/* What the device begins itself has its own address still, whatever others make of it. */
static void own_source_is_not_translated_yet(void **state)
{
	struct derived d = derive_site(
		REQUIREMENT("yes", "from: a, to: b, needs: tcp/80")
			REQUIREMENT("no", "from: a, to: b, forbid: udp/53"),
		HIDDEN("  fw1:\n    interfaces: {m: {zone: m, name: eth1, addresses: [10.0.3.1]}, "
		       "y: {zone: y, name: eth2, addresses: [10.0.2.254]}}\n    filter: none\n"
		       "    source_nat: [{from: m, out: y}]\n"
		       "  fw2:\n    interfaces: {x: {zone: x, name: eth0, addresses: "
		       "[10.0.1.254]}, m: {zone: m, name: eth1, addresses: [10.0.3.2]}}\n"
		       "    filter: stateful\n") "a: fw2, b: h2}\n");

	(void)state;
	for (size_t i = 0; i < count(&d); i++)
		assert_int_equal(rule_at(&d, i)->hook, HOOK_OUTPUT);
	assert_int_equal(count(&d), 2);
	assert_null(strstr(d.text.data, "10.0.2.254"));
	assert_true(has(&d, "udp dport 53 counter drop"));
	assert_false(is_told(&d, "forbidden-behind-translation"));
	release(&d);
}

#define DUAL(filter, roles)                                                                        \
	"zones:\n  x: {networks: [10.0.1.0/24, \"2001:db8:1::/64\"]}\n"                            \
	"  y: {networks: [10.0.2.0/24, \"2001:db8:2::/64\"]}\nhosts:\n"                            \
	"  h1: {addresses: [10.0.1.1, \"2001:db8:1::1\"]}\n"                                       \
	"  h2: {addresses: [10.0.2.2, \"2001:db8:2::2\"]}\ndevices:\n  fw: {" INTERFACES           \
	", filter: " filter "}\nuses:\n  - product: p\n    roles: {" roles "}\n"

/* The network is forbidden over IPv4, its host has IPv6 besides, and is an exception all the same.
 */
static void other_family_is_no_part_of_it(void **state)
{
	static const char q[] = REQUIREMENT("yes", "from: a, to: b, needs: tcp/80")
		REQUIREMENT("no", "from: c, to: b, forbid: tcp/any");
	struct derived d = derive_site(q, DUAL("stateful", "a: h1, b: h2, c: 10.0.1.0/24"));

	(void)state;
	assert_int_equal(count(&d), 3);
	assert_int_equal(rule_at(&d, 0)->rank, RANK_EXCEPTION);
	assert_int_equal(rule_at(&d, 1)->rank, RANK_EXCEPTION);
	assert_int_equal(rule_at(&d, 2)->rank, RANK_DENY);
	release(&d);
}

/* The host is forbidden over both families, and one of them is an exception. */
static void one_family_is_narrower(void **state)
{
	static const char q[] = REQUIREMENT("yes", "from: a, to: b, needs: tcp/80")
		REQUIREMENT("no", "from: c, to: b, forbid: tcp/80");
	struct derived d = derive_site(q, DUAL("stateful", "a: 10.0.1.1, b: h2, c: h1"));

	(void)state;
	assert_int_equal(count(&d), 3);
	assert_int_equal(rule_at(&d, 0)->rank, RANK_EXCEPTION);
	assert_int_equal(rule_at(&d, 1)->rank, RANK_DENY);
	assert_int_equal(rule_at(&d, 2)->rank, RANK_DENY);
	release(&d);
}

static struct derived derive_stateless(const char *requirements)
{
	return derive(requirements, "addresses: [10.0.2.2]", INTERFACES ", filter: stateless");
}

#define NO_SYN "tcp flags & (fin | syn | rst | ack) != syn counter accept"

/* b must not begin anything towards a, and answers a. */
static void answers_begin_nothing(void **state)
{
	struct derived d =
		derive_stateless(REQUIREMENT("yes", "from: a, to: b, needs: tcp/80")
					 REQUIREMENT("no", "from: b, to: a, forbid: tcp/any"));

	(void)state;
	assert_int_equal(count(&d), 3);
	assert_int_equal(rule_at(&d, 0)->rank, RANK_BASE);
	assert_true(has(&d, "ip saddr 10.0.2.2 ip daddr 10.0.1.1 tcp sport 80 " NO_SYN));
	assert_int_equal(rule_at(&d, 1)->action, ACTION_DROP);
	release(&d);
}

/* What is forbidden on the way back, and to which ports answers pass before it (NULL: it meets
 * none); which finding there is. */
static void answers_over_udp(void **state)
{
	static const struct {
		const char *needs, *forbid, *answer, *code;
	} rows[] = {
		{"udp/53", "udp/any", "udp dport 1024-65535 udp sport 53 ",
		 "answers-look-forbidden"},
		{"udp/53", "ip/any", "udp dport 1024-65535 udp sport 53 ",
		 "answers-look-forbidden"},
		{"udp/53", "ip/17", "udp dport 1024-65535 udp sport 53 ", "answers-look-forbidden"},
		{"udp/53", "udp/2000", "udp dport 1024-65535 udp sport 53 ",
		 "answers-look-forbidden"},
		{"udp/53 from 4000-4009", "udp/4005", "udp dport 4000-4009 udp sport 53 ",
		 "answers-look-forbidden"},
		{"udp/53 from 4000-4009", "udp/4010", NULL, NULL},
		{"udp/53", "udp/514", NULL, NULL},
		{"udp/123", "udp/123", NULL, "own-port-unanswered"},
		{"udp/53", "udp/any from 54", NULL, NULL},
		{"udp/53", "tcp/any", NULL, NULL}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf q = BUF_INIT;
		struct derived d;
		const struct rule *first;

		buf_addf(&q,
			 REQUIREMENT("yes", "from: a, to: b, needs: %s")
				 REQUIREMENT("no", "from: b, to: a, forbid: %s"),
			 rows[i].needs, rows[i].forbid);
		d = derive_stateless(q.data);
		first = rule_at(&d, 0);
		if ((first->rank == RANK_BASE) != (rows[i].answer != NULL) ||
		    (rows[i].answer && !has(&d, rows[i].answer)) ||
		    (rows[i].code && !is_told(&d, rows[i].code)) ||
		    (!rows[i].code &&
		     (is_told(&d, "answers-look-forbidden") || is_told(&d, "own-port-unanswered"))))
			fail_msg("row %zu\n%s", i, d.text.data);
		release(&d);
		buf_release(&q);
	}
}

static void answers_of_any_protocol(void **state)
{
	struct derived any = derive_stateless(REQUIREMENT("q", "from: a, to: b, needs: ip/any"));
	struct derived six = derive_stateless(REQUIREMENT("q", "from: a, to: b, needs: ip/6"));

	(void)state;
	assert_int_equal(count(&any), 3);
	assert_true(has(&any, "ip saddr 10.0.2.2 ip daddr 10.0.1.1 meta l4proto tcp " NO_SYN));
	assert_true(has(&any, "ip saddr 10.0.2.2 ip daddr 10.0.1.1 meta l4proto != tcp counter"));
	assert_int_equal(count(&six), 2);
	assert_true(has(&six, "ip saddr 10.0.1.1 ip daddr 10.0.2.2 meta l4proto tcp counter"));
	assert_true(has(&six, "ip saddr 10.0.2.2 ip daddr 10.0.1.1 meta l4proto tcp " NO_SYN));
	release(&any);
	release(&six);
}

#define TWO_IN_X                                                                                   \
	"interfaces: {x: {zone: x, name: eth0, addresses: [10.0.1.254]}, "                         \
	"x2: {zone: x, name: eth3, addresses: [10.0.1.253]}, "                                     \
	"y: {zone: y, name: eth1, addresses: [10.0.2.254]}}"

static void zones_have_several_interfaces(void **state)
{
	static const char q[] = REQUIREMENT("q", "from: a, to: b, needs: tcp/80");
	struct derived d = derive(q, "addresses: [10.0.2.2]", TWO_IN_X ", filter: stateful");
	struct derived back = derive(REQUIREMENT("q", "from: b, to: a, needs: tcp/80"),
				     "addresses: [10.0.2.2]", TWO_IN_X ", filter: stateless");
	struct derived inside = derive(q, "addresses: [10.0.1.2]", TWO_IN_X ", filter: stateful");
	struct derived closed = derive(REQUIREMENT("q", "from: a, to: b, forbid: tcp/80"),
				       "addresses: [10.0.1.2]", TWO_IN_X ", filter: stateful");
	struct derived one = derive_usual(q);
	struct buf text = BUF_INIT;

	(void)state;
	assert_true(has(&d, "iifname { \"eth0\", \"eth3\" } oifname \"eth1\" ip saddr 10.0.1.1 ip "
			    "daddr 10.0.2.2 tcp dport 80"));
	assert_true(is_told(&d, "zone-behind-two-interfaces"));
	assert_null(strstr(d.text.data, "oifname {"));
	assert_true(
		has(&back, "iifname \"eth1\" oifname { \"eth0\", \"eth3\" } ip saddr 10.0.2.2"));
	assert_true(has(&back,
			"iifname { \"eth0\", \"eth3\" } oifname \"eth1\" ip saddr 10.0.1.1 ip "
			"daddr 10.0.2.2 tcp sport 80"));
	assert_true(has(&inside, "iifname { \"eth0\", \"eth3\" } oifname { \"eth0\", \"eth3\" } ip "
				 "saddr 10.0.1.1 ip daddr 10.0.1.2 tcp dport 80 counter accept"));
	assert_true(has(&closed, "ip saddr 10.0.1.1 ip daddr 10.0.1.2 tcp dport 80 counter drop"));
	assert_false(is_told(&one, "zone-behind-two-interfaces"));
	/* A language that names one: a rule for each. */
	emit_policy(&emitter_iptables, inside.policy, &text);
	assert_non_null(strstr(text.data, "-i eth0 -o eth3 "));
	assert_non_null(strstr(text.data, "-i eth3 -o eth0 "));
	buf_release(&text);
	release(&d);
	release(&back);
	release(&inside);
	release(&closed);
	release(&one);
}

/* h1 in x, h2 and h3 in y behind fw, which balances. */
#define BALANCED(service)                                                                          \
	"zones:\n  x: {networks: [10.0.1.0/24, \"2001:db8:1::/64\"]}\n"                            \
	"  y: {networks: [10.0.2.0/24, \"2001:db8:2::/64\"]}\nhosts:\n"                            \
	"  h1: {addresses: [10.0.1.1, \"2001:db8:1::1\"]}\n"                                       \
	"  h2: {addresses: [10.0.2.2, \"2001:db8:2::2\"]}\n"                                       \
	"  h3: {addresses: [10.0.2.3, \"2001:db8:2::3\"]}\ndevices:\n  fw: {" INTERFACES           \
	", filter: stateful, load_balancer: {" service "}}\n"                                      \
	"uses:\n  - product: p\n    roles: {a: h1, b: "

static void balancers_send_to_whom_something_leads(void **state)
{
	static const char q[] = REQUIREMENT("q", "from: a, to: b, needs: tcp/80");
	struct derived two = derive_site(q, BALANCED("at: \"10.0.1.9:80\", to: [\"h2:80\", "
						     "\"h3:80\"], plane: nat") "[h2, h3]}\n");
	struct derived one = derive_site(q, BALANCED("at: \"10.0.1.9:81\", to: [\"h2:80\", "
						     "\"h3:80\"], plane: nat") "h2}\n");
	struct derived six = derive_site(q, BALANCED("at: \"[2001:db8:1::9]:80\", to: [\"h2:80\", "
						     "\"h3:80\"], plane: nat, balance: source, "
						     "seen_as: balancer") "[h2, h3]}\n");

	(void)state;
	assert_true(has(&two, "ip saddr 10.0.1.1 ip daddr 10.0.1.9 tcp dport 80 counter dnat ip to "
			      "numgen random mod 2 map { 0 : 10.0.2.2, 1 : 10.0.2.3 } comment"));
	assert_false(is_told(&two, "member-not-needed"));
	assert_true(has(&one, "tcp dport 81 counter dnat ip to 10.0.2.2:80 comment"));
	assert_true(is_told(&one, "member-not-needed"));
	assert_true(has(&six, "dnat ip6 to jhash ip6 saddr mod 2 map { 0 : 2001:db8:2::2, "
			      "1 : 2001:db8:2::3 } comment"));
	/* What has no address there cannot be sent as. */
	assert_null(strstr(six.text.data, "snat"));
	release(&two);
	release(&one);
	release(&six);
}

/* With one leg only, and seen as itself whatever the site says. */
static void balancers_beside_the_way(void **state)
{
	struct derived d = derive_site(
		REQUIREMENT("q", "from: a, to: b, needs: tcp/80"),
		"zones:\n  y: {networks: [10.0.2.0/24]}\nhosts:\n  h1: {addresses: [10.0.2.1]}\n"
		"  h2: {addresses: [10.0.2.2]}\ndevices:\n  lb: {interfaces: {y: {zone: y, name: "
		"eth0, addresses: [10.0.2.9]}}, filter: stateful, load_balancer: {at: "
		"\"10.0.2.9:80\", to: \"h2:80\", plane: nat}}\nuses:\n  - product: p\n"
		"    roles: {a: h1, b: h2}\n");

	(void)state;
	assert_true(has(&d, "iifname \"eth0\" oifname \"eth0\" ip saddr 10.0.2.1 ip daddr 10.0.2.2 "
			    "tcp dport 80 ct status dnat counter accept"));
	assert_true(has(&d, "snat ip to 10.0.2.9 comment"));
	assert_true(is_told(&d, "answers-pass-by"));
	release(&d);
}

static void who_gets_in_is_told(void **state)
{
	static const char q[] = REQUIREMENT("q", "from: a, to: b, needs: tcp/22");
	struct derived closed = derive_usual(q);
	struct derived open = derive_site(q, DUAL("stateful", "a: h1, b: fw"));
	/* Its answers come in: nobody begins with them. */
	struct derived answers = derive_site(q, DUAL("stateless", "a: fw, b: h2"));
	struct derived none = derive_site(q, DUAL("none", "a: h1, b: h2"));

	(void)state;
	assert_true(is_told(&closed, "no-way-in"));
	assert_false(is_told(&open, "no-way-in"));
	assert_true(is_told(&answers, "no-way-in"));
	assert_false(is_told(&none, "no-way-in"));
	release(&closed);
	release(&open);
	release(&answers);
	release(&none);
}

/* RFC 4890 section 4.4.1 */
static void links_of_ipv6_work(void **state)
{
	static const char q[] = REQUIREMENT("q", "from: a, to: b, needs: tcp/80");
	struct derived d = derive_site(q, DUAL("stateful", "a: h1, b: h2"));
	struct derived four = derive_usual(q);

	(void)state;
	assert_true(has(&d, "icmpv6 type 133 ip6 hoplimit 255 counter accept"));
	assert_true(has(&d, "icmpv6 type 134 ip6 hoplimit 255 counter accept"));
	assert_true(has(&d, "icmpv6 type 130 counter accept"));
	assert_true(has(&d, "icmpv6 type 143 counter accept"));
	assert_null(strstr(four.text.data, "icmpv6 type"));
	release(&d);
	release(&four);
}

static void messages_of_one_family(void **state)
{
	struct derived d = derive_usual(
		REQUIREMENT("q", "from: a, to: b, needs: icmp/router-solicitation")
			REQUIREMENT("r", "from: a, to: b, needs: icmp/listener-query"));

	(void)state;
	assert_int_equal(count(&d), 1);
	assert_true(is_told(&d, "icmp-of-other-family"));
	assert_false(is_told(&d, "no-common-family"));
	release(&d);
}

/* nft refuses a set whose elements meet. */
static void ranges_that_meet_are_one(void **state)
{
	struct derived d = derive_usual(REQUIREMENT(
		"q", "from: a, to: b, needs: [tcp/80-90, tcp/85-100, tcp/200, tcp/300, udp/1]"));

	(void)state;
	assert_int_equal(count(&d), 5);
	assert_true(has(&d, "10.0.1.1 . 10.0.2.2 . 80-100 comment"));
	assert_true(has(&d, " +1 p/q\""));
	assert_true(has(&d, "flags interval"));
	assert_true(has(&d, "ip saddr . ip daddr . tcp dport @p_forward_1 counter accept comment "
			    "\"4 rules"));
	assert_true(has(&d, "udp dport 1 counter accept"));
	release(&d);
}

static void comments_have_an_end(void **state)
{
	struct buf requirements = BUF_INIT;
	struct derived d;
	const char *comment;

	(void)state;
	for (int i = 0; i < 20; i++)
		buf_addf(&requirements,
			 REQUIREMENT("a-name-that-is-long-%d", "from: a, to: b, needs: tcp/80"), i);
	d = derive_usual(requirements.data);
	comment = strstr(d.text.data, "p/a-name");
	assert_non_null(comment);
	assert_int_equal(strcspn(comment, "\""), 128 - 13); /* behind the key and a blank */
	buf_release(&requirements);
	release(&d);
}

/* The one line of the IPv4 text that has these words; "" with a message: there is none. */
static struct slice line_with(const struct derived *d, const char *words, struct buf *text)
{
	struct slice rest, line;

	buf_clear(text);
	emit_policy(&emitter_iptables, d->policy, text);
	rest = buf_slice(text);
	while (slice_cut(&rest, '\n', &line))
		if (memmem(line.p, line.n, words, strlen(words)))
			return line;
	print_error("not in the text: %s\n%s", words, text->data);
	return (struct slice){"", 0};
}

static void a_rule_has_fifteen_ports(void **state)
{
	struct buf text = BUF_INIT;
	struct derived d = derive_usual(REQUIREMENT(
		"q", "from: a, to: b, needs: [tcp/1, tcp/3, tcp/5, tcp/7, tcp/9, tcp/11, tcp/13, "
		     "tcp/15, tcp/17, tcp/19, tcp/21, tcp/23, tcp/25, tcp/27-28, tcp/31, tcp/33]"));
	struct slice line;

	(void)state;
	line = line_with(&d, "--dports 1,3,5,7,9,11,13,15,17,19,21,23,25,27:28 ", &text);
	assert_non_null(memmem(line.p, line.n, " p/q\" -j RETURN", 15));
	assert_int_not_equal(line_with(&d, "--dports 31,33 ", &text).n, 0);
	release(&d);
	buf_release(&text);
}

/* Its own comment is longer: 20 names; and the keys of 15 rules. */
static void comments_of_iptables_have_an_end(void **state)
{
	struct buf requirements = BUF_INIT, text = BUF_INIT;
	struct derived d;
	struct slice line;
	const char *comment;

	(void)state;
	for (int i = 0; i < 20; i++)
		buf_addf(&requirements,
			 REQUIREMENT("a-name-that-is-long-%d", "from: a, to: b, needs: tcp/80"), i);
	d = derive_usual(requirements.data);
	line = line_with(&d, "p/a-name", &text);
	comment = memchr(line.p, '"', line.n);
	assert_non_null(comment);
	assert_int_equal(strcspn(comment + 1, "\""), 255);
	assert_memory_equal(comment + 1 + 255, "\" -j RETURN\n", 12);
	buf_release(&requirements);
	buf_release(&text);
	release(&d);
}

static void hostile_texts_stay_in_their_place(void **state)
{
	static const char name[] = "a\"b\\c\nCOMMIT\n*filter\r\t\x7f\xc3\xa9\x01'z";
	struct buf out = BUF_INIT;

	(void)state;
	emit_quoted(&out, name, 255);
	check_text("quoted", &out, "\"a'b/c?COMMIT?*filter????\?\?'z\"");
	buf_clear(&out);
	emit_quoted(&out, name, 2);
	check_text("cut", &out, "\"a'\"");
	buf_clear(&out);
	emit_remark(&out, "owner: ", name);
	check_text("remark", &out, "# owner: a'b/c?COMMIT?*filter????\?\?'z\n");
	buf_release(&out);
}

static void addresses_are_lines(void **state)
{
	struct buf text = BUF_INIT;
	struct derived d =
		derive(REQUIREMENT("q", "from: a, to: b, needs: tcp/80"),
		       "addresses: [10.0.2.2, 10.0.2.3]", INTERFACES ", filter: stateless");

	(void)state;
	assert_int_not_equal(
		line_with(&d,
			  "-s 10.0.2.3 -d 10.0.1.1 -i eth1 -o eth0 -p tcp -m tcp --sport 80 ! "
			  "--tcp-flags FIN,SYN,RST,ACK SYN ",
			  &text)
			.n,
		0);
	assert_int_not_equal(line_with(&d, "-s 10.0.1.1 -d 10.0.2.2 ", &text).n, 0);
	assert_int_not_equal(line_with(&d, "-s 10.0.1.1 -d 10.0.2.3 ", &text).n, 0);
	assert_null(strstr(text.data, "RELATED"));
	assert_null(strstr(text.data, "ESTABLISHED"));
	release(&d);
	buf_release(&text);
}

static void names_that_iptables_cannot_hold(void **state)
{
	static const struct {
		const char *name, *user;
		size_t n;
	} rows[] = {{"eth0", "proxy", 0}, {"eth+", "proxy", 1}, {"e+h", "p", 0},
		    {"-t", "p", 1},	  {"eth0", "13", 0},	{"eth0", "1-5", 1},
		    {"eth0", "010", 1},	  {"eth0", "0", 0}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf device = BUF_INIT;
		struct derived d;

		buf_addf(&device,
			 "interfaces: {x: {zone: x, name: \"%s\", addresses: [10.0.1.254]}, y: "
			 "{zone: y, addresses: [10.0.2.254]}}, filter: stateful, http_proxy: "
			 "{listen: 3128, run_as: \"%s\"}",
			 rows[i].name, rows[i].user);
		d = derive(REQUIREMENT("q", "from: a, to: b, needs: tcp/80"),
			   "addresses: [10.0.2.2]", device.data);
		assert_non_null(d.policy);
		emitter_iptables.check(d.policy, &d.errs);
		if (d.errs.n != rows[i].n)
			fail_msg("%s %s: %zu errors", rows[i].name, rows[i].user, d.errs.n);
		release(&d);
		buf_release(&device);
	}
}

static void nothing_where_nothing_is_filtered(void **state)
{
	const char *q = REQUIREMENT("q", "from: a, to: b, needs: tcp/80");
	struct derived none = derive(q, "addresses: [10.0.2.2]", INTERFACES);
	struct derived unknown = derive(q, "addresses: [10.0.2.2]", INTERFACES ", filter: unknown");

	(void)state;
	assert_int_equal(none.policy->rules.n, 0);
	assert_true(is_told(&none, "filter-none"));
	/* What an earlier file has loaded goes; of somebody else's box nothing does. */
	assert_true(has(&none, "delete table inet portolan\ntable inet portolan {\n}\n"));
	assert_int_equal(unknown.policy->rules.n, 0);
	assert_true(is_told(&unknown, "filter-unknown"));
	assert_null(strstr(unknown.text.data, "table"));
	release(&none);
	release(&unknown);
}

static void names_that_no_ruleset_holds(void **state)
{
	struct derived d =
		derive(REQUIREMENT("q", "from: a, to: b, needs: tcp/80"), "addresses: [10.0.2.2]",
		       "interfaces: {x: {zone: x, name: \"e\\\"; flush\", addresses: "
		       "[10.0.1.254]}, y: {zone: y, addresses: [10.0.2.254]}}, filter: "
		       "stateful");

	(void)state;
	assert_null(d.policy);
	assert_int_equal(d.errs.n, 1);
	release(&d);
}

static void names(void **state)
{
	static const struct {
		const char *name;
		bool is;
	} rows[] = {{"eth0", true},
		    {"br-1.100", true},
		    {"", false},
		    {"a b", false},
		    {"a\"b", false},
		    {"a*", false},
		    {"eth0\n", false},
		    {"..", false},
		    {"123456789012345", true},
		    {"1234567890123456", false},
		    {"\xc3\xa9", false}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (policy_is_name(rows[i].name, INTERFACE_NAME_MAX) != rows[i].is)
			fail_msg("\"%s\"", rows[i].name);
}

#define GRANTED(grants)                                                                            \
	"zones:\n  x: {networks: [10.0.1.0/24]}\n  y: {networks: [10.0.2.0/24]}\nhosts:\n"         \
	"  h1: {addresses: [10.0.1.1]}\n  h2: {addresses: [10.0.2.2]}\ndevices:\n  fw: "           \
	"{" INTERFACES                                                                             \
	", filter: stateful}\nuses:\n  - product: p\n    roles: {a: h1, b: h2}\n" grants

static const char *evidence_of(const struct derived *d, const char *code)
{
	for_each (f, &d->policy->findings)
		if (strcmp(f->code, code) == 0)
			return f->evidence;
	return "";
}

/* The last day still counts; it is announced 30 days before. */
static void grants_have_an_end(void **state)
{
	static const struct {
		const char *grants;
		size_t n;
		bool expired, soon;
	} rows[] = {{"", 1, false, false},
		    {"    expires: 2026-11-26\n", 0, true, false},
		    {"    expires: 2026-11-27\n", 1, false, true},
		    {"    expires: 2026-12-27\n", 1, false, true},
		    {"    expires: 2026-12-28\n", 1, false, false},
		    {"    expires: 2026-11-01\n    grants: {q: {expires: 2027-06-30}}\n", 1, false,
		     false},
		    {"    expires: 2027-06-30\n    grants: {q: {expires: 2026-11-01}}\n", 0, true,
		     false}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf site = BUF_INIT;
		struct derived d;

		buf_addf(&site, GRANTED("%s"), rows[i].grants);
		d = derive_site(REQUIREMENT("q", "from: a, to: b, needs: tcp/80"), site.data);
		if (count(&d) != rows[i].n || is_told(&d, "expired") != rows[i].expired ||
		    is_told(&d, "expires-soon") != rows[i].soon)
			fail_msg("row %zu: %zu rules", i, count(&d));
		release(&d);
		buf_release(&site);
	}
}

static void the_longest_grant_counts(void **state)
{
	static const char q[] = REQUIREMENT("q", "from: a, to: b, needs: tcp/80")
		REQUIREMENT("r", "from: a, to: b, needs: tcp/80");
	struct derived both = derive_site(q, GRANTED("    expires: 2026-11-30\n"
						     "    grants: {r: {expires: 2027-06-30}}\n"));
	struct derived one = derive_site(q, GRANTED("    grants: {r: {expires: 2027-06-30}}\n"));
	struct derived gone = derive_site(q, GRANTED("    expires: 2027-01-31\n"
						     "    grants: {r: {expires: 2026-11-01}}\n"));

	(void)state;
	assert_true(has(&both, " until 2027-06-30 p/q, p/r\""));
	assert_string_equal(evidence_of(&both, "expires-soon"),
			    "its last day is 2026-11-30, in 3 days");
	assert_int_equal(rule_at(&one, 0)->expires, 0);
	assert_true(has(&gone, " until 2027-01-31 "));
	assert_true(is_told(&gone, "expired"));
	release(&both);
	release(&one);
	release(&gone);
}

/* Waiting opens nothing: what is forbidden stays so. */
static void what_is_forbidden_does_not_expire(void **state)
{
	struct derived d = derive_site(REQUIREMENT("no", "from: a, to: b, forbid: tcp/80"),
				       GRANTED("    expires: 2026-11-01\n"));

	(void)state;
	assert_int_equal(count(&d), 1);
	assert_int_equal(rule_at(&d, 0)->action, ACTION_DROP);
	assert_int_equal(rule_at(&d, 0)->expires, 0);
	release(&d);
}

/* What nobody needs any more is refused as what nobody needs. */
static void expired_needs_are_refused(void **state)
{
	struct derived d = derive_site(
		REQUIREMENT("q", "from: a, to: b, needs: tcp/113, level: optional, without: "
				 "waits, if_unused: reset")
			REQUIREMENT("r", "from: a, to: b, needs: tcp/113"),
		GRANTED("    grants: {r: {expires: 2026-11-01}}\n"));

	(void)state;
	assert_int_equal(rule_at(&d, 0)->action, ACTION_RESET);
	release(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(key_is_the_flows),
		cmocka_unit_test(requirements_share_a_rule),
		cmocka_unit_test(alternatives_wait_for_an_answer),
		cmocka_unit_test(names_open_nothing),
		cmocka_unit_test(unused_is_answered),
		cmocka_unit_test(narrower_needs_come_first),
		cmocka_unit_test(hidden_sources_are_not_dropped),
		cmocka_unit_test(own_source_is_not_translated_yet),
		cmocka_unit_test(other_family_is_no_part_of_it),
		cmocka_unit_test(one_family_is_narrower),
		cmocka_unit_test(answers_begin_nothing),
		cmocka_unit_test(answers_over_udp),
		cmocka_unit_test(answers_of_any_protocol),
		cmocka_unit_test(zones_have_several_interfaces),
		cmocka_unit_test(balancers_send_to_whom_something_leads),
		cmocka_unit_test(balancers_beside_the_way),
		cmocka_unit_test(who_gets_in_is_told),
		cmocka_unit_test(links_of_ipv6_work),
		cmocka_unit_test(messages_of_one_family),
		cmocka_unit_test(ranges_that_meet_are_one),
		cmocka_unit_test(comments_have_an_end),
		cmocka_unit_test(a_rule_has_fifteen_ports),
		cmocka_unit_test(comments_of_iptables_have_an_end),
		cmocka_unit_test(hostile_texts_stay_in_their_place),
		cmocka_unit_test(addresses_are_lines),
		cmocka_unit_test(names_that_iptables_cannot_hold),
		cmocka_unit_test(nothing_where_nothing_is_filtered),
		cmocka_unit_test(names_that_no_ruleset_holds),
		cmocka_unit_test(names),
		cmocka_unit_test(grants_have_an_end),
		cmocka_unit_test(the_longest_grant_counts),
		cmocka_unit_test(what_is_forbidden_does_not_expire),
		cmocka_unit_test(expired_needs_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
