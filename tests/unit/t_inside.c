/* SPDX-License-Identifier: ISC */
#include "probe/inside.h"

#include <string.h>

#include "base/compiler.h"
#include "test.h"

static const struct proto *proto(const char *name)
{
	for (size_t i = 0; protos[i]; i++)
		if (protos[i]->transport == TRANSPORT_TCP && strcmp(protos[i]->name, name) == 0)
			return protos[i];
	fail_msg("no dialogue %s", name);
	return NULL;
}

static void test_service(void **state)
{
	static const struct {
		const char *proto;
		uint16_t port;
		const char *service;
	} rows[] = {
		{"http", 443, "https"},
		{"http", 8443, "https"},
		{"http", 40001, "https"},
		{"imap", 993, "imaps"},
		{"imap", 40001, "imaps"},
		{"pop3", 995, "pop3s"},
		{"smtp", 465, "submissions"},
		{"ldap", 636, "ldaps"},
		{"ldap", 3269, "gcs"},
		{"ldap", 40001, "ldaps"},
		{"ftp", 990, "ftps"},
		{"telnet", 992, "telnets"},
		{"dns", 853, "dot"},
		{"dns", 40001, "dot"},
		{"docker", 2376, "docker-tls"},
		{"winrm", 5986, "winrms"},
		{"mqtt", 8883, "mqtts"},
		{"amqp", 5671, "amqps"},
		{"irc", 6697, "ircs"},
		{"ipp", 631, "ipps"},
		{"redis", 6379, "redis"},
		{"ssh", 443, "ssh"},
		{"kpop", 995, "kpop"},
		{"sip", 5061, "sips"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *got = inside_service(proto(rows[i].proto), rows[i].port);

		if (strcmp(got, rows[i].service) != 0)
			fail_msg("%s on %u is %s, not %s", rows[i].proto, rows[i].port, got,
				 rows[i].service);
	}
}

static void test_usual(void **state)
{
	static const struct {
		uint16_t port;
		const char *proto, *alpn;
	} rows[] = {
		{443, "http", "http/1.1"}, {8443, "http", "http/1.1"}, {993, "imap", NULL},
		{995, "pop3", NULL},	   {465, "smtp", NULL},	       {636, "ldap", NULL},
		{3269, "ldap", NULL},	   {853, "dns", "dot"},	       {990, "ftp", NULL},
		{6379, "redis", NULL},	   {2376, "docker", NULL},     {5986, "winrm", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct proto *p = inside_usual(protos, rows[i].port);
		const char *alpn = inside_alpn(p);

		if (!p || strcmp(p->name, rows[i].proto) != 0)
			fail_msg("%u wants %s, not %s", rows[i].port, p ? p->name : "nothing",
				 rows[i].proto);
		if (!alpn != !rows[i].alpn || (alpn && strcmp(alpn, rows[i].alpn) != 0))
			fail_msg("%u offers %s", rows[i].port, alpn ? alpn : "nothing");
	}
	assert_null(inside_usual(protos, 40001));
	assert_null(inside_alpn(NULL));
}

static void test_words(void **state)
{
	struct layer_told told = {.is_complete = true, .version = "TLS 1.3"};
	struct buf text = BUF_INIT;

	(void)state;
	inside_say(&told, "", "imap", "ready", &text);
	check_text("proved", &text, "TLS 1.3, inside it imap: ready");
	buf_clear(&text);
	inside_say(&told, "", NULL, "", &text);
	check_text("not proved", &text, "TLS 1.3");
	buf_clear(&text);
	told.wants_certificate = true;
	inside_say(&told, "", NULL, "", &text);
	check_text("shy", &text, "TLS 1.3; it wants a certificate of who connects");
	buf_clear(&text);
	told = (struct layer_told){.why = "garbage", .refuses_name = true};
	inside_say(&told, "TLS 1.2", NULL, "", &text);
	check_text("no handshake", &text,
		   "TLS 1.2, and no handshake: garbage; it answers to another name");
	buf_clear(&text);
	inside_say(&told, "", NULL, "", &text);
	check_text("nothing", &text, "TLS, and no handshake: garbage; it answers to another name");
	buf_release(&text);
}

static void test_certificate(void **state)
{
	struct certificate c = {
		.subject = "O=Harbour",
		.key = "RSA",
		.key_bits = 2048,
		.not_after = 2000000000,
		.is_self_signed = true,
	};
	struct buf text = BUF_INIT;

	(void)state;
	inside_say_certificate(&c, 1999999999, &text);
	check_text("valid", &text, "O=Harbour, RSA 2048, self-signed, until 2033-05-18");
	buf_clear(&text);
	snprintf(c.name, sizeof(c.name), "peer.test");
	snprintf(c.names, sizeof(c.names), "peer.test");
	c.n_names = 1;
	snprintf(c.issuer, sizeof(c.issuer), "CN=authority");
	c.is_self_signed = false;
	inside_say_certificate(&c, 2000000001, &text);
	check_text("expired", &text,
		   "peer.test, RSA 2048, expired 2033-05-18, issued by CN=authority");
	buf_clear(&text);
	snprintf(c.names, sizeof(c.names), "peer.test, b.test");
	c.n_names = 2;
	c.is_self_signed = true;
	inside_say_certificate(&c, 0, &text);
	check_text("names", &text,
		   "peer.test, RSA 2048, self-signed, until 2033-05-18, names peer.test, b.test");
	buf_clear(&text);
	c = (struct certificate){.not_after = INT64_MAX};
	inside_say_certificate(&c, 0, &text);
	check_text("empty", &text, "nobody");
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_service),
		cmocka_unit_test(test_usual),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_certificate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
