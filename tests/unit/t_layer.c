/* SPDX-License-Identifier: ISC
 *
 * The layer of tls/client.h against OpenSSL's own server, byte by byte through memory; nothing is
 * sent anywhere.
 */
#include "tls/client.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "test.h"
#include "tls/certificate.h"

enum { DAY = 24 * 3600, CHUNK = 4096, ROUNDS = 20 };

/* A certificate of this key, signed by `by`, who is called `issuer`. */
static X509 *make_certificate(EVP_PKEY *key, EVP_PKEY *by, const char *issuer, const char *names)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_NAME_new();
	X509_EXTENSION *e;

	assert_true(X509_set_version(x, X509_VERSION_3));
	assert_true(ASN1_INTEGER_set(X509_get_serialNumber(x), 1));
	assert_non_null(X509_gmtime_adj(X509_getm_notBefore(x), -DAY));
	assert_true(ASN1_TIME_set_string_X509(X509_getm_notAfter(x), "20330518033320Z"));
	assert_true(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
					       (const unsigned char *)"peer.test", -1, -1, 0));
	assert_true(X509_set_subject_name(x, name));
	X509_NAME_free(name);
	name = X509_NAME_new();
	assert_true(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
					       (const unsigned char *)issuer, -1, -1, 0));
	assert_true(X509_set_issuer_name(x, name));
	X509_NAME_free(name);
	if (names) {
		e = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
		assert_non_null(e);
		assert_true(X509_add_ext(x, e, -1));
		X509_EXTENSION_free(e);
	}
	assert_true(X509_set_pubkey(x, key));
	assert_true(X509_sign(x, by, EVP_sha256()) > 0);
	return x;
}

struct server {
	SSL_CTX *ctx;
	SSL *ssl;
	EVP_PKEY *key;
	char name[64], alpn[16]; /* that it was told */
};

static int told_name(SSL *ssl, int *alert, void *arg)
{
	struct server *s = arg;
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

	snprintf(s->name, sizeof(s->name), "%s", name ? name : "");
	*alert = SSL_AD_UNRECOGNIZED_NAME;
	return strcmp(s->name, "other.test") == 0 ? SSL_TLSEXT_ERR_ALERT_FATAL : SSL_TLSEXT_ERR_OK;
}

static int told_alpn(SSL *ssl, const unsigned char **out, unsigned char *n, const unsigned char *in,
		     unsigned in_n, void *arg)
{
	struct server *s = arg;

	(void)ssl;
	if (in_n < 1 || in[0] + 1u != in_n)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	snprintf(s->alpn, sizeof(s->alpn), "%.*s", (int)in[0], (const char *)in + 1);
	*out = in + 1;
	*n = in[0];
	return SSL_TLSEXT_ERR_OK;
}

static void serve(struct server *s, int version, EVP_PKEY *key)
{
	X509 *x = make_certificate(key, key, "peer.test", "DNS:peer.test,DNS:b.test,IP:192.0.2.1");

	*s = (struct server){.ctx = SSL_CTX_new(TLS_server_method()), .key = key};
	SSL_CTX_set_security_level(s->ctx, 0);
	assert_true(SSL_CTX_set_min_proto_version(s->ctx, version));
	assert_true(SSL_CTX_set_max_proto_version(s->ctx, version));
	assert_int_equal(SSL_CTX_use_certificate(s->ctx, x), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(s->ctx, key), 1);
	X509_free(x);
	SSL_CTX_set_tlsext_servername_callback(s->ctx, told_name);
	SSL_CTX_set_tlsext_servername_arg(s->ctx, s);
	SSL_CTX_set_alpn_select_cb(s->ctx, told_alpn, s);
	s->ssl = SSL_new(s->ctx);
	SSL_set_bio(s->ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	SSL_set_accept_state(s->ssl);
}

static void serve_end(struct server *s)
{
	SSL_free(s->ssl);
	SSL_CTX_free(s->ctx);
	EVP_PKEY_free(s->key);
}

static struct layer *layer;

static int setup(void **state)
{
	struct err err;

	(void)state;
	return tls_client_new(&layer, &err);
}

static int teardown(void **state)
{
	(void)state;
	tls_client_free(layer);
	return 0;
}

static void *begin(const char *name, const char *alpn)
{
	void *c = layer->ops->start(layer, &(struct layer_ask){.name = name, .alpn = alpn});

	assert_non_null(c);
	return c;
}

/* What the server has for the wire, in pieces. */
static void carry(struct server *s, void *c, size_t piece)
{
	char wire[CHUNK];
	int n;

	while ((n = BIO_read(SSL_get_wbio(s->ssl), wire, (int)piece)) > 0)
		layer->ops->feed(c, (struct slice){wire, (size_t)n});
}

/* Everything that either has for the other. */
static void pump(struct server *s, void *c, size_t piece)
{
	char wire[CHUNK];
	size_t n;

	for (unsigned i = 0; i < ROUNDS; i++) {
		while ((n = layer->ops->give(c, wire, sizeof(wire))))
			assert_int_equal(BIO_write(SSL_get_rbio(s->ssl), wire, (int)n), n);
		if (!SSL_is_init_finished(s->ssl))
			SSL_do_handshake(s->ssl);
		carry(s, c, piece);
	}
}

static void check_taken(void *c, const char *want)
{
	char text[256];
	size_t n = layer->ops->take(c, text, sizeof(text));

	check_slice("taken", (struct slice){text, n}, slice_of(want));
}

static void check_words(struct server *s, void *c)
{
	char text[64];
	int n;

	assert_true(layer->ops->say(c, SLICE("who?")));
	pump(s, c, CHUNK);
	n = SSL_read(s->ssl, text, sizeof(text));
	check_slice("heard", (struct slice){text, n > 0 ? (size_t)n : 0}, SLICE("who?"));
	assert_int_equal(SSL_write(s->ssl, "I", 1), 1);
	pump(s, c, 1);
	check_taken(c, "I");
	check_taken(c, "");
	assert_int_equal(layer->ops->state(c), LAYER_OPEN);
	SSL_shutdown(s->ssl);
	pump(s, c, CHUNK);
	check_taken(c, "");
	assert_int_equal(layer->ops->state(c), LAYER_OVER);
	assert_false(layer->ops->say(c, SLICE("more")));
}

static void check_version(int version, const char *name, EVP_PKEY *key, const char *kind,
			  unsigned bits, size_t piece)
{
	struct layer_told told;
	struct server s;
	void *c = begin("peer.test", "http/1.1");

	serve(&s, version, key);
	assert_int_equal(layer->ops->state(c), LAYER_SHAKING);
	pump(&s, c, piece);
	assert_int_equal(layer->ops->state(c), LAYER_OPEN);
	layer->ops->describe(c, &told);
	assert_true(told.is_complete && told.has_certificate && !told.wants_certificate);
	assert_string_equal(told.version, name);
	assert_string_equal(told.alpn, "http/1.1");
	assert_string_equal(told.why, "");
	assert_true(told.cipher[0]);
	assert_string_equal(s.name, "peer.test");
	assert_string_equal(told.certificate.key, kind);
	assert_int_equal(told.certificate.key_bits, bits);
	check_words(&s, c);
	layer->ops->free(c);
	serve_end(&s);
}

static void test_versions(void **state)
{
	(void)state;
	check_version(TLS1_3_VERSION, "TLS 1.3", EVP_EC_gen("P-256"), "EC", 256, CHUNK);
	check_version(TLS1_3_VERSION, "TLS 1.3", EVP_EC_gen("P-384"), "EC", 384, 1);
	check_version(TLS1_2_VERSION, "TLS 1.2", EVP_EC_gen("P-256"), "EC", 256, 7);
	check_version(TLS1_2_VERSION, "TLS 1.2", EVP_RSA_gen(1024), "RSA", 1024, CHUNK);
	check_version(TLS1_1_VERSION, "TLS 1.1", EVP_RSA_gen(1024), "RSA", 1024, CHUNK);
	check_version(TLS1_VERSION, "TLS 1.0", EVP_RSA_gen(512), "RSA", 512, 1);
}

static void test_certificate(void **state)
{
	EVP_PKEY *key = EVP_EC_gen("P-256"), *other = EVP_RSA_gen(2048);
	X509 *own = make_certificate(key, key, "peer.test", "DNS:a.test,DNS:b.test,IP:192.0.2.1");
	X509 *issued = make_certificate(key, other, "authority", NULL);
	X509 *forged = make_certificate(key, other, "peer.test", NULL);
	struct certificate c;

	(void)state;
	certificate_read(own, "b.test", &c);
	assert_string_equal(c.subject, "CN=peer.test");
	assert_string_equal(c.name, "peer.test");
	assert_string_equal(c.names, "a.test, b.test, 192.0.2.1");
	assert_int_equal(c.n_names, 3);
	assert_int_equal(c.not_after, 2000000000);
	assert_true(c.is_self_signed && c.is_for_name);
	assert_string_equal(c.signature, "ecdsa-with-SHA256");
	certificate_read(issued, "b.test", &c);
	assert_string_equal(c.issuer, "CN=authority");
	assert_string_equal(c.signature, "RSA-SHA256");
	assert_false(c.is_self_signed || c.is_for_name);
	certificate_read(forged, NULL, &c);
	assert_false(c.is_self_signed || c.is_for_name);
	X509_free(own);
	X509_free(issued);
	X509_free(forged);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
}

static void check_refusal(const char *name, bool refused, const char *told_to_server)
{
	struct layer_told told;
	struct server s;
	void *c = begin(name, NULL);

	serve(&s, TLS1_3_VERSION, EVP_EC_gen("P-256"));
	pump(&s, c, CHUNK);
	layer->ops->describe(c, &told);
	assert_int_equal(told.refuses_name, refused);
	assert_int_equal(layer->ops->state(c), refused ? LAYER_OVER : LAYER_OPEN);
	assert_string_equal(s.name, told_to_server);
	assert_string_equal(s.alpn, "");
	layer->ops->free(c);
	serve_end(&s);
}

static void test_names(void **state)
{
	(void)state;
	check_refusal("other.test", true, "other.test");
	check_refusal("third.test.", false, "third.test");
	check_refusal(NULL, false, "");
	check_refusal("192.0.2.1", false, "");
	check_refusal("2001:db8::1", false, "");
}

/* The certificate of a server that wants one, and gets none, is read nevertheless. */
static void check_demand(int version)
{
	struct layer_told told;
	struct server s;
	void *c = begin(NULL, NULL);

	serve(&s, version, EVP_EC_gen("P-256"));
	SSL_set_verify(s.ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	pump(&s, c, CHUNK);
	check_taken(c, "");
	assert_int_equal(layer->ops->state(c), LAYER_OVER);
	layer->ops->describe(c, &told);
	assert_true(told.wants_certificate && told.has_certificate && told.why[0]);
	assert_string_equal(told.certificate.name, "peer.test");
	layer->ops->free(c);
	serve_end(&s);
}

/* A server that speaks nothing of what is offered. */
static int wants_other(SSL *ssl, const unsigned char **out, unsigned char *n,
		       const unsigned char *in, unsigned in_n, void *arg)
{
	(void)ssl;
	(void)out;
	(void)n;
	(void)in;
	(void)in_n;
	(void)arg;
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void test_offer(void **state)
{
	struct layer_told told;
	struct server s;
	void *c = begin(NULL, "http/1.1");

	(void)state;
	serve(&s, TLS1_2_VERSION, EVP_EC_gen("P-256"));
	SSL_CTX_set_alpn_select_cb(s.ctx, wants_other, NULL);
	pump(&s, c, CHUNK);
	assert_int_equal(layer->ops->state(c), LAYER_OVER);
	layer->ops->describe(c, &told);
	assert_true(told.refuses_alpn && !told.refuses_name);
	layer->ops->free(c);
	serve_end(&s);
}

static void test_demand(void **state)
{
	(void)state;
	check_demand(TLS1_2_VERSION);
	check_demand(TLS1_3_VERSION);
}

/* Refused, and words go on. */
static void test_renegotiation(void **state)
{
	struct server s;
	void *c = begin(NULL, NULL);

	(void)state;
	serve(&s, TLS1_2_VERSION, EVP_EC_gen("P-256"));
	pump(&s, c, CHUNK);
	assert_int_equal(SSL_write(s.ssl, "a", 1), 1);
	assert_int_equal(SSL_renegotiate(s.ssl), 1);
	SSL_do_handshake(s.ssl);
	carry(&s, c, CHUNK);
	check_taken(c, "a");
	check_taken(c, "");
	assert_int_equal(layer->ops->state(c), LAYER_OPEN);
	layer->ops->free(c);
	serve_end(&s);
}

static void test_garbage(void **state)
{
	static char zeros[CHUNK];
	struct layer_told told;
	void *c = begin(NULL, NULL);

	(void)state;
	layer->ops->feed(c, SLICE("HTTP/1.1 400 Bad Request\r\n\r\n"));
	assert_int_equal(layer->ops->state(c), LAYER_OVER);
	layer->ops->describe(c, &told);
	assert_true(told.why[0] && !told.has_certificate && !told.version[0]);
	layer->ops->feed(c, SLICE("more"));
	check_taken(c, "");
	layer->ops->end(c);
	layer->ops->free(c);

	/* Handshake records that never make a message. */
	c = begin(NULL, NULL);
	for (size_t n = 0; n <= TLS_WIRE_MAX && layer->ops->state(c) == LAYER_SHAKING; n += 6)
		layer->ops->feed(c, SLICE("\x16\x03\x03\0\x01\0"));
	assert_int_equal(layer->ops->state(c), LAYER_OVER);
	layer->ops->free(c);

	/* More than anybody has to say, at once. */
	c = begin(NULL, NULL);
	layer->ops->feed(c, SLICE("\x16\x03\x03\x40\0\x02\0\x40\0"));
	for (size_t n = 0; n <= TLS_WIRE_MAX; n += sizeof(zeros))
		layer->ops->feed(c, (struct slice){zeros, sizeof(zeros)});
	assert_int_equal(layer->ops->state(c), LAYER_OVER);
	layer->ops->free(c);
	layer->ops->free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions), cmocka_unit_test(test_certificate),
		cmocka_unit_test(test_names),	 cmocka_unit_test(test_demand),
		cmocka_unit_test(test_offer),	 cmocka_unit_test(test_renegotiation),
		cmocka_unit_test(test_garbage),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
