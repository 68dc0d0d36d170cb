/* SPDX-License-Identifier: ISC
 *
 * The first site file: it reads in every case, holds what is needed and nothing else, and its
 * comments can be filled in as they stand.
 */
#include "doc/site_new.h"

#include <stdlib.h>

#include "doc/product.h"
#include "doc/site.h"
#include "sys/file.h"
#include "test.h"

#define WORDS(...)                                                                                 \
	{                                                                                          \
		(const char *[]){__VA_ARGS__},                                                     \
			sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *)               \
	}

static const char *const names[] = {"passwordstate", "ftp", "domino", "secure-ports",
				    "stanford-from-outside"};
static const struct product *products[ARRAY_LEN(names)];

static int read_products(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct buf path = BUF_INIT, bytes = BUF_INIT;
		struct errs errs = {0};
		struct err err;

		buf_addf(&path, "catalog/%s.yaml", names[i]);
		assert_int_equal(file_read(path.data, 1 << 20, &bytes, &err), 0);
		products[i] = product_read(names[i], buf_slice(&bytes), &errs);
		assert_non_null(products[i]);
		buf_release(&path);
		buf_release(&bytes);
	}
	return 0;
}

static int free_products(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		product_free((struct product *)products[i]);
	return 0;
}

static void write_site(const struct site_new *s, struct buf *out)
{
	struct errs errs = {0};

	if (site_new_write(s, out, &errs))
		fail_msg("%s", errs.items[0].text);
}

/* It reads, and says nothing that its products do not know. */
static struct site *read_site(const struct site_new *s, const struct buf *text)
{
	struct errs errs = {0};
	struct site *site = site_read("new", buf_slice(text), NULL, &errs);

	for (size_t i = 0; site && i < site->uses.n; i++)
		site_check_use(site, &site->uses.items[i], s->products[i], &errs);
	if (errs.n)
		fail_msg("%u:%u: %s\n%s", errs.items[0].place.line, errs.items[0].place.column,
			 errs.items[0].text, text->data);
	return site;
}

static size_t count_lines(const struct buf *text)
{
	size_t n = 0;

	for (size_t i = 0; i < text->n; i++)
		n += text->data[i] == '\n';
	return n;
}

/* As a user does: the "# " in front of "key:" goes, and the capitals become values. */
static void fill_in(const struct buf *text, struct buf *out)
{
	struct slice rest = buf_slice(text), line;
	unsigned address = 10;

	while (slice_cut(&rest, '\n', &line)) {
		size_t indent = strspn(line.p, " ");
		struct slice word = slice_skip(line, indent), key;
		const char *capitals;

		buf_add_fill(out, ' ', indent);
		if (slice_has_prefix(word, "# ")) {
			struct slice body = slice_skip(word, 2);

			slice_cut(&body, ':', &key);
			if (body.p && !memchr(key.p, ' ', key.n) && !slice_is(key, "features"))
				word = slice_skip(word, 2);
		}
		capitals = memmem(word.p, word.n, "[ADDRESS]", 9);
		if (capitals)
			buf_addf(out, "%.*s[10.1.0.%u]}", (int)(capitals - word.p), word.p,
				 address++);
		else if ((capitals = memmem(word.p, word.n, "NETWORK]", 8)))
			buf_addf(out, "%.*s10.1.0.0/16]}", (int)(capitals - word.p), word.p);
		else
			buf_add_slice(out, word);
		buf_add_char(out, '\n');
	}
}

/* Nothing is known: everything is a comment, the file reads, and it can be filled in. */
static void test_placeholders(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct site_new s = {.name = "x", .products = &products[i], .n_products = 1};
		struct buf text = BUF_INIT, filled = BUF_INIT;
		struct site *site;

		write_site(&s, &text);
		site = read_site(&s, &text);
		assert_int_equal(site->uses.n, 1);
		assert_int_equal(site->hosts.n, 0);
		assert_int_equal(site->uses.items[0].roles.n, 0);
		site_free(site);
		fill_in(&text, &filled);
		site = read_site(&s, &filled);
		for_each (r, &products[i]->roles) {
			bool bound = false;

			for_each (rb, &site->uses.items[0].roles)
				bound |= text_same(rb->role, r->name);
			assert_int_equal(bound,
					 site_needs_role(&s, products[i], r) && !r->optional);
		}
		site_free(site);
		buf_release(&text);
		buf_release(&filled);
	}
}

static void test_given(void **state)
{
	struct site_new s = {
		.name = "head-office",
		.products = products,
		.n_products = 1,
		.roles = WORDS("web=web1:10.1.0.10,2001:db8::10", "db=sql1:sql1.example.org",
			       "browser=zone inside", "dc=dc1:10.1.0.5", "dc=dc2:10.1.0.6",
			       "linux=group linux", "reader=zone internet"),
		.features = WORDS("email", "reset", "directory_accounts", "selfdestruct_readers"),
		.choices = WORDS("selfdestruct=push_pull"),
		.settings = WORDS("web_port=8443"),
		.zones = WORDS("inside=10.1.0.0/16,2001:db8::/48"),
	};
	struct buf text = BUF_INIT;
	struct site *site;
	const struct use *u;

	(void)state;
	write_site(&s, &text);
	if (count_lines(&text) < 25 || count_lines(&text) > 50)
		fail_msg("%zu lines", count_lines(&text));
	site = read_site(&s, &text);
	u = &site->uses.items[0];
	assert_int_equal(site->zones.n, 2);
	assert_int_equal(site->hosts.n, 4);
	assert_int_equal(site->hosts.items[0].addresses.n, 2);
	assert_string_equal(site->hosts.items[1].dns_name.s, "sql1.example.org");
	assert_int_equal(u->features.n, 4);
	assert_string_equal(u->choices.items[0].value.s, "push_pull");
	assert_string_equal(u->settings.items[0].value.s, "8443");
	for_each (rb, &u->roles)
		if (text_is(rb->role, "dc"))
			assert_int_equal(rb->bindings.n, 2);
	assert_non_null(strstr(text.data, "# mail: mail1"));
	assert_non_null(strstr(text.data, "fill in: mail server; listens on tcp/25"));
	assert_non_null(strstr(text.data, "Passwordstate web server; listens on tcp/8443"));
	assert_null(strstr(text.data, "gateway")); /* no feature needs it */
	assert_null(strstr(text.data, "portal_port"));
	assert_non_null(strstr(text.data, "# db_port: 1433"));
	assert_non_null(strstr(text.data, "\"@directory_account\": tcp/389"));
	site_free(site);
	buf_release(&text);
}

static void test_several_products(void **state)
{
	struct site_new s = {
		.name = "x",
		.products = products,
		.n_products = ARRAY_LEN(names),
		.roles = WORDS("ftp/client=10.2.0.0/16", "server=ftp1:10.1.0.21",
			       "domino=d1:10.1.0.22"),
		.settings = WORDS("control_port=2121"),
		.features = WORDS("passwordstate/not launch_rdp"),
	};
	struct buf text = BUF_INIT;
	struct site *site;

	(void)state;
	write_site(&s, &text);
	site = read_site(&s, &text);
	assert_int_equal(site->uses.n, ARRAY_LEN(names));
	assert_string_equal(site->uses.items[0].features.items[0].s, "not launch_rdp");
	assert_int_equal(site->uses.items[1].roles.n, 2); /* of ftp: both */
	assert_int_equal(site->uses.items[2].roles.n, 1); /* of domino: not its client */
	site_free(site);
	buf_release(&text);
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *role, *feature, *choice, *setting, *zone;
		const char *message;
	} bad[] = {
		{.role = "wbe=web1:10.1.0.1", .message = "did you mean \"web\"?"},
		{.role = "web", .message = "expected NAME=VALUE"},
		{.role = "web=web1", .message = "\"web1\" has no address"},
		{.role = "web=web1:10.1.0.1,web2:10.1.0.2", .message = "give --role again"},
		{.role = "web=10.1.0.1/8", .message = "bits set behind its length"},
		{.role = "web=zone nowhere", .message = "add --zone nowhere=NETWORK"},
		{.role = "web=group a b", .message = "no name of a group"},
		{.role = "web=", .message = "expected HOST:ADDRESS"},
		{.role = "mail=m:10.1.0.1", .message = "is a feature or a choice missing?"},
		{.role = "ftp/web=m:10.1.0.1", .message = "expected NAME=VALUE"},
		{.feature = "emial", .message = "did you mean \"email\"?"},
		{.choice = "selfdestruct=x", .message = "embedded, app_server or push_pull"},
		{.choice = "nothing=x", .message = "unknown choice \"nothing\""},
		{.setting = "web_port=0", .message = "expected a port"},
		{.setting = "web_prot=1", .message = "did you mean \"web_port\"?"},
		{.setting = "target.session_port=x", .message = "expected a port"},
		{.zone = "a=10.1.0.1/8", .message = "bits set behind its length"},
		{.zone = "a", .message = "expected NAME=NETWORK"},
		{.zone = "a b=10.0.0.0/8", .message = "is no name"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct site_new s = {.name = "x", .products = products, .n_products = 1};
		const char *words[5] = {bad[i].role, bad[i].feature, bad[i].choice, bad[i].setting,
					bad[i].zone};
		struct site_words *lists[5] = {&s.roles, &s.features, &s.choices, &s.settings,
					       &s.zones};
		struct buf text = BUF_INIT;
		struct errs errs = {0};

		for (size_t k = 0; k < 5; k++)
			*lists[k] = (struct site_words){&words[k], words[k] != NULL};
		if (site_new_write(&s, &text, &errs) == 0)
			fail_msg("row %zu is accepted", i);
		if (!strstr(errs.items[0].text, bad[i].message))
			fail_msg("row %zu: %s", i, errs.items[0].text);
		errs_release(&errs);
		buf_release(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_placeholders),
		cmocka_unit_test(test_given),
		cmocka_unit_test(test_several_products),
		cmocka_unit_test(test_mistakes),
	};

	return cmocka_run_group_tests(tests, read_products, free_products);
}
