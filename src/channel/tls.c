/* SPDX-License-Identifier: ISC */
#include "channel/tls.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

enum { CHUNK = 4096, VALID_SECONDS = 24 * 3600 };

/* --- who it is -------------------------------------------------------------------------------- */

/* Nobody looks at anything in it but the key; X.509 wants a name and a time nevertheless. */
static X509 *make_certificate(EVP_PKEY *own)
{
	X509 *x = X509_new();

	if (x && X509_set_version(x, X509_VERSION_3) &&
	    ASN1_INTEGER_set(X509_get_serialNumber(x), 1) &&
	    X509_gmtime_adj(X509_getm_notBefore(x), -VALID_SECONDS) &&
	    X509_gmtime_adj(X509_getm_notAfter(x), VALID_SECONDS) && X509_set_pubkey(x, own) &&
	    X509_sign(x, own, NULL))
		return x;
	X509_free(x);
	return NULL;
}

static bool find_pin(const struct tls_pins *pins, const unsigned char key[KEY_BYTES], size_t *pin)
{
	for (size_t i = 0; i < pins->n; i++)
		if (CRYPTO_memcmp(pins->keys[i], key, KEY_BYTES) == 0) {
			*pin = i;
			return true;
		}
	return false;
}

/* In the place of OpenSSL's own check of names, times and authorities. That the peer has the
 * private half is proven by its CertificateVerify, RFC 8446 section 4.4.3. */
static int verify(X509_STORE_CTX *store, void *arg)
{
	const struct tls_pins *pins = arg;
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls *t = SSL_get_app_data(ssl);
	const X509 *x = X509_STORE_CTX_get0_cert(store);
	unsigned char key[KEY_BYTES] = {0};

	if (x && key_public(X509_get0_pubkey(x), key) && find_pin(pins, key, &t->pin))
		return 1;
	memcpy(t->stranger, key, KEY_BYTES);
	t->is_stranger = true;
	X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_UNTRUSTED);
	return 0;
}

static bool restrict_context(SSL_CTX *ctx)
{
	SSL_CTX_set_options(ctx,
			    SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	return SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) &&
	       SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) &&
	       SSL_CTX_set_num_tickets(ctx, 0) && SSL_CTX_set1_sigalgs_list(ctx, "ed25519") &&
	       SSL_CTX_set1_groups_list(ctx, "X25519");
}

int tls_context(SSL_CTX **ctx, EVP_PKEY *own, const struct tls_pins *pins, bool is_server,
		struct err *err)
{
	X509 *x = make_certificate(own);
	bool ok;

	*ctx = SSL_CTX_new(is_server ? TLS_server_method() : TLS_client_method());
	ok = x && *ctx && restrict_context(*ctx) && SSL_CTX_use_certificate(*ctx, x) == 1 &&
	     SSL_CTX_use_PrivateKey(*ctx, own) == 1;
	X509_free(x); /* the context has its own count of it */
	if (!ok) {
		SSL_CTX_free(*ctx);
		*ctx = NULL;
		return err_set(err, ERR_SYSTEM, PLACE_NONE,
			       "OpenSSL does not give what TLS 1.3 with Ed25519 needs");
	}
	SSL_CTX_set_cert_verify_callback(*ctx, verify, (void *)pins);
	return 0;
}

/* --- one connection --------------------------------------------------------------------------- */

bool tls_start(struct tls *t, SSL_CTX *ctx)
{
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());

	*t = (struct tls){.ssl = SSL_new(ctx)};
	if (!t->ssl || !in || !out) {
		BIO_free(in);
		BIO_free(out);
		tls_stop(t);
		return false;
	}
	SSL_set_bio(t->ssl, in, out); /* they are its own now */
	SSL_set_app_data(t->ssl, t);
	if (SSL_is_server(t->ssl))
		SSL_set_accept_state(t->ssl);
	else
		SSL_set_connect_state(t->ssl);
	return true;
}

void tls_stop(struct tls *t)
{
	SSL_free(t->ssl);
	t->ssl = NULL;
	t->state = TLS_OVER;
}

/* What a peer says that does not like our certificate, RFC 8446 section 6.2. */
static bool is_about_certificate(unsigned long error)
{
	switch (ERR_GET_REASON(error)) {
	case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
	case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
	case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
		return true;
	default:
		return false;
	}
}

/* The state after a call that gave rc: more is awaited, or it is over. */
static void note(struct tls *t, int rc)
{
	int why = SSL_get_error(t->ssl, rc);

	if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
		return;
	t->is_refused = why == SSL_ERROR_SSL && is_about_certificate(ERR_peek_error());
	t->state = TLS_OVER;
}

static void shake(struct tls *t)
{
	int rc;

	ERR_clear_error();
	rc = SSL_do_handshake(t->ssl);
	if (rc == 1)
		t->state = TLS_OPEN;
	else
		note(t, rc);
}

static void listen_to(struct tls *t, size_t max, struct buf *said)
{
	char chunk[CHUNK];
	int n;

	do {
		ERR_clear_error();
		n = SSL_read(t->ssl, chunk, sizeof(chunk));
		if (n > 0)
			buf_add(said, chunk, (size_t)n);
	} while (n > 0 && said->n <= max);
	if (n > 0)
		t->state = TLS_OVER; /* it says too much */
	else
		note(t, n);
}

void tls_take(struct tls *t, struct slice came, size_t max, struct buf *said)
{
	if (t->state == TLS_OVER)
		return;
	if (came.n && BIO_write(SSL_get_rbio(t->ssl), came.p, (int)came.n) != (int)came.n) {
		t->state = TLS_OVER;
		return;
	}
	if (t->state == TLS_SHAKING)
		shake(t);
	if (t->state == TLS_OPEN)
		listen_to(t, max, said);
}

void tls_say(struct tls *t, struct slice words)
{
	ERR_clear_error();
	if (t->state == TLS_OPEN && SSL_write(t->ssl, words.p, (int)words.n) != (int)words.n)
		t->state = TLS_OVER;
}

void tls_bye(struct tls *t)
{
	ERR_clear_error();
	if (t->state == TLS_OPEN)
		SSL_shutdown(t->ssl);
}

void tls_give(struct tls *t, struct buf *out)
{
	char chunk[CHUNK];
	int n;

	if (!t->ssl)
		return;
	while ((n = BIO_read(SSL_get_wbio(t->ssl), chunk, sizeof(chunk))) > 0)
		buf_add(out, chunk, (size_t)n);
}
