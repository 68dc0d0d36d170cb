/* SPDX-License-Identifier: ISC
 *
 * What is held against a certificate, from what it says.
 */
#include "audit/audit.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "test.h"

enum { DAY = 86400 };
#define NOW AUDIT_VECTOR_NOW

enum kind { FOR_NAME, OTHER, COMMON_NAME, OWN };

static const struct {
	const char *host, *key;
	unsigned bits;
	const char *signature, *chain_signature;
	int begins, ends; /* days from now */
	enum kind kind;
	const char *codes;
	const char *evidence; /* of the first; NULL: whatever it is */
} rows[] = {
	{"a.test", "RSA", 2048, "RSA-SHA256", "RSA-SHA384", -10, 80, FOR_NAME, "", NULL},
	{NULL, "RSA", 2048, "RSA-SHA256", "RSA-SHA384", -10, 80, FOR_NAME, "", NULL},
	{"a.test", "EC", 256, "ecdsa-with-SHA256", "", -10, 80, FOR_NAME, "", NULL},
	{"a.test", "ED25519", 253, "ED25519", "", -10, 80, FOR_NAME, "", NULL},
	{"a.test", "", 0, "", "", -10, 80, FOR_NAME, "", NULL},
	{"a.test", "RSA", 2048, "RSA-SHA256", "", -10, -1, FOR_NAME, "certificate-expired",
	 "it ended on 2026-09-20"},
	{"a.test", "RSA", 2048, "RSA-SHA256", "", 1, 80, FOR_NAME, "certificate-not-yet-valid",
	 "it begins on 2026-09-22"},
	{"a.test", "RSA", 2048, "RSA-SHA256", "", -10, 20, FOR_NAME, "certificate-expires-soon",
	 "it ends on 2026-10-11"},
	{"a.test", "RSA", 2048, "RSA-SHA256", "", -10, 388, FOR_NAME, "", NULL},
	{"a.test", "RSA", 2048, "RSA-SHA256", "", -10, 389, FOR_NAME, "certificate-long-lived",
	 "399 days"},
	{"b.test", "RSA", 2048, "RSA-SHA256", "", -10, 80, OTHER, "certificate-other-name",
	 "b.test was asked for, it is for a.test"},
	{NULL, "RSA", 2048, "RSA-SHA256", "", -10, 80, OTHER, "", NULL},
	{"a.test", "RSA", 2048, "RSA-SHA256", "", -10, 80, COMMON_NAME, "certificate-no-names",
	 "a.test"},
	{"a.test", "RSA", 1024, "RSA-SHA256", "", -10, 80, FOR_NAME, "certificate-weak-key",
	 "RSA of 1024 bits"},
	{"a.test", "RSA-PSS", 1024, "RSA-SHA256", "", -10, 80, FOR_NAME, "certificate-weak-key",
	 NULL},
	{"a.test", "DSA", 1024, "dsa_with_SHA256", "", -10, 80, FOR_NAME, "certificate-weak-key",
	 NULL},
	{"a.test", "EC", 192, "ecdsa-with-SHA256", "", -10, 80, FOR_NAME, "certificate-weak-key",
	 NULL},
	{"a.test", "RSA", 2048, "RSA-SHA1", "", -10, 80, FOR_NAME, "certificate-weak-signature",
	 "RSA-SHA1"},
	{"a.test", "EC", 256, "ecdsa-with-SHA1", "", -10, 80, FOR_NAME,
	 "certificate-weak-signature", NULL},
	{"a.test", "RSA", 2048, "RSA-MD5", "", -10, 80, FOR_NAME, "certificate-weak-signature",
	 NULL},
	{"a.test", "RSA", 2048, "RSA-SHA256", "RSA-SHA1", -10, 80, FOR_NAME,
	 "certificate-weak-chain", "RSA-SHA1"},
	{"a.test", "RSA", 2048, "RSA-SHA1", "", -10, 3650, OWN, "certificate-self-signed",
	 "CN=a.test"},
};

static struct certificate make(size_t i)
{
	struct certificate c = {
		.subject = "CN=a.test",
		.name = "a.test",
		.n_names = rows[i].kind != COMMON_NAME,
		.not_before = NOW + rows[i].begins * DAY,
		.not_after = NOW + rows[i].ends * DAY,
		.key_bits = rows[i].bits,
		.is_self_signed = rows[i].kind == OWN,
		.is_for_name = rows[i].kind != OTHER,
	};

	snprintf(c.names, sizeof(c.names), "%s", c.n_names ? "a.test" : "");
	snprintf(c.key, sizeof(c.key), "%s", rows[i].key);
	snprintf(c.signature, sizeof(c.signature), "%s", rows[i].signature);
	snprintf(c.chain_signature, sizeof(c.chain_signature), "%s", rows[i].chain_signature);
	return c;
}

static const struct audit *find(const char *name)
{
	for (size_t i = 0; audits[i]; i++)
		if (strcmp(audits[i]->name, name) == 0)
			return audits[i];
	fail_msg("no topic is called %s", name);
	return NULL;
}

static void certificates(void **state)
{
	const struct audit *topic = find("certificate");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct certificate c = make(i);
		struct audit_facts facts = {.host = rows[i].host, .certificate = &c, .now = NOW};
		struct audit_notes notes = {.n = 0};
		struct buf codes = BUF_INIT;

		topic->consider(&facts, &notes);
		for (size_t k = 0; k < notes.n; k++)
			buf_addf(&codes, "%s%s", k ? " " : "", notes.items[k].weakness->code);
		if (!slice_is(buf_slice(&codes), rows[i].codes))
			fail_msg("row %zu: \"%.*s\", not \"%s\"", i, (int)codes.n, codes.data,
				 rows[i].codes);
		if (rows[i].evidence)
			assert_string_equal(notes.items[0].evidence, rows[i].evidence);
		buf_release(&codes);
	}
}

static void none(void **state)
{
	struct audit_facts facts = {.now = NOW};
	struct audit_notes notes = {.n = 0};

	(void)state;
	find("certificate")->consider(&facts, &notes);
	assert_int_equal(notes.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(certificates),
		cmocka_unit_test(none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
