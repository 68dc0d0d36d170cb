/* SPDX-License-Identifier: ISC */
#include "tls/client.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/tls1.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/mem.h"
#include "tls/certificate.h"

enum { NAME_MAX_TEXT = 256, ALPN_MAX = 32 };

struct client {
	struct layer layer; /* first: the address is the same */
	SSL_CTX *ctx;	    /* owned */
};

struct conversation {
	SSL *ssl; /* owned */
	enum layer_state state;
	char name[NAME_MAX_TEXT]; /* "": none was told */
	size_t n_wire;
	bool wants_certificate;
	unsigned long error; /* OpenSSL's, of what ended it; 0: none */
};

/* For all of them. */

/* We have none; that it was asked for is told. */
static int asked_for_certificate(SSL *ssl, X509 **x, EVP_PKEY **key)
{
	struct conversation *c = SSL_get_app_data(ssl);

	(void)x;
	(void)key;
	c->wants_certificate = true;
	return 0;
}

/* Old servers know nothing of RFC 5746, have small keys and sign with SHA-1: they are read, too. A
 * renegotiation is refused (RFC 5246 section 7.2.2). */
static bool open_up(SSL_CTX *ctx)
{
	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_options(ctx, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_RENEGOTIATION |
					 SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
					 SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_client_cert_cb(ctx, asked_for_certificate);
	return SSL_CTX_set_min_proto_version(ctx, 0) && SSL_CTX_set_max_proto_version(ctx, 0) &&
	       SSL_CTX_set_cipher_list(ctx, "DEFAULT:ALL:COMPLEMENTOFALL:@SECLEVEL=0");
}

static const struct layer_ops client_ops;

int tls_client_new(struct layer **l, struct err *err)
{
	struct client *c = mem_new(1, sizeof(*c));

	c->layer.ops = &client_ops;
	c->ctx = SSL_CTX_new(TLS_client_method());
	*l = &c->layer;
	if (c->ctx && open_up(c->ctx))
		return 0;
	tls_client_free(*l);
	*l = NULL;
	return err_set(err, ERR_SYSTEM, PLACE_NONE, "OpenSSL does not give what TLS needs");
}

void tls_client_free(struct layer *l)
{
	struct client *c = (struct client *)l;

	if (!c)
		return;
	SSL_CTX_free(c->ctx);
	free(c);
}

/* One. */

static void client_free(void *p)
{
	struct conversation *c = p;

	if (!c)
		return;
	SSL_free(c->ssl);
	free(c);
}

/* An address is no server name: RFC 6066 section 3; nor has that one a dot at its end. */
static void keep_name(struct conversation *c, const char *name)
{
	struct slice s = slice_of(name);
	struct addr a;

	if (s.n && s.p[s.n - 1] == '.')
		s.n--;
	if (!s.n || s.n >= sizeof(c->name) || addr_parse(s, &a))
		return;
	memcpy(c->name, s.p, s.n);
	c->name[s.n] = '\0';
}

static bool offer(SSL *ssl, const char *alpn)
{
	unsigned char list[ALPN_MAX];
	size_t n = strlen(alpn);

	if (n >= sizeof(list))
		return false;
	list[0] = (unsigned char)n;
	memcpy(list + 1, alpn, n);
	return SSL_set_alpn_protos(ssl, list, (unsigned)n + 1) == 0;
}

static bool connect_to(struct conversation *c, const struct layer_ask *ask)
{
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());

	if (!c->ssl || !in || !out) {
		BIO_free(in);
		BIO_free(out);
		return false;
	}
	SSL_set_bio(c->ssl, in, out); /* they are its own now */
	SSL_set_app_data(c->ssl, c);
	SSL_set_connect_state(c->ssl);
	if (ask->name)
		keep_name(c, ask->name);
	if (c->name[0] && SSL_set_tlsext_host_name(c->ssl, c->name) != 1)
		return false;
	return !ask->alpn || offer(c->ssl, ask->alpn);
}

/* The state after a call that gave rc: more is awaited, or it is over. */
static void note(struct conversation *c, int rc)
{
	int why = SSL_get_error(c->ssl, rc);

	if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
		return;
	c->error = ERR_peek_error();
	c->state = LAYER_OVER;
}

static void shake(struct conversation *c)
{
	int rc;

	ERR_clear_error();
	rc = SSL_do_handshake(c->ssl);
	if (rc == 1)
		c->state = LAYER_OPEN;
	else
		note(c, rc);
}

static void *client_start(const struct layer *l, const struct layer_ask *ask)
{
	const struct client *client = (const struct client *)l;
	struct conversation *c = mem_new(1, sizeof(*c));

	c->ssl = SSL_new(client->ctx);
	if (!connect_to(c, ask)) {
		client_free(c);
		return NULL;
	}
	shake(c);
	return c;
}

static enum layer_state client_state(const void *p)
{
	return ((const struct conversation *)p)->state;
}

static void client_feed(void *p, struct slice wire)
{
	struct conversation *c = p;

	if (c->state == LAYER_OVER || !wire.n)
		return;
	c->n_wire += wire.n;
	if (c->n_wire > TLS_WIRE_MAX ||
	    BIO_write(SSL_get_rbio(c->ssl), wire.p, (int)wire.n) != (int)wire.n)
		c->state = LAYER_OVER;
	else if (c->state == LAYER_SHAKING)
		shake(c);
}

static size_t client_take(void *p, void *to, size_t n)
{
	struct conversation *c = p;
	int rc;

	if (c->state != LAYER_OPEN || !n)
		return 0;
	ERR_clear_error();
	rc = SSL_read(c->ssl, to, n > INT_MAX ? INT_MAX : (int)n);
	if (rc > 0)
		return (size_t)rc;
	note(c, rc);
	return 0;
}

static bool client_say(void *p, struct slice plain)
{
	struct conversation *c = p;
	int rc;

	if (c->state != LAYER_OPEN)
		return false;
	ERR_clear_error();
	rc = SSL_write(c->ssl, plain.p, (int)plain.n);
	if (rc != (int)plain.n)
		note(c, rc);
	return rc == (int)plain.n;
}

static void client_end(void *p)
{
	struct conversation *c = p;

	ERR_clear_error();
	if (c->state == LAYER_OPEN)
		SSL_shutdown(c->ssl);
	ERR_clear_error();
	c->state = LAYER_OVER;
}

static size_t client_give(void *p, void *to, size_t n)
{
	const struct conversation *c = p;
	int rc = BIO_read(SSL_get_wbio(c->ssl), to, n > INT_MAX ? INT_MAX : (int)n);

	return rc > 0 ? (size_t)rc : 0;
}

/* What was found. */

/* OpenSSL calls them TLSv1, TLSv1.1. */
static void put_version(const SSL *ssl, struct layer_told *told)
{
	const char *name = SSL_get_version(ssl);

	if (strcmp(name, "TLSv1") == 0)
		name = "TLSv1.0";
	if (strncmp(name, "TLSv", 4) == 0)
		snprintf(told->version, sizeof(told->version), "TLS %s", name + 4);
	else
		snprintf(told->version, sizeof(told->version), "%s", name);
}

static void put_alpn(const SSL *ssl, struct layer_told *told)
{
	const unsigned char *chosen;
	unsigned n;

	SSL_get0_alpn_selected(ssl, &chosen, &n);
	if (n)
		snprintf(told->alpn, sizeof(told->alpn), "%.*s", (int)n, (const char *)chosen);
}

static void put_why(const struct conversation *c, struct layer_told *told)
{
	const char *why = c->error ? ERR_reason_error_string(c->error) : NULL;

	if (c->n_wire > TLS_WIRE_MAX)
		why = "it says too much";
	snprintf(told->why, sizeof(told->why), "%s", why ? why : "");
	if (ERR_GET_LIB(c->error) != ERR_LIB_SSL)
		return;
	told->refuses_name = ERR_GET_REASON(c->error) == SSL_R_TLSV1_UNRECOGNIZED_NAME;
	told->refuses_alpn = ERR_GET_REASON(c->error) == SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL;
}

static void client_describe(const void *p, struct layer_told *told)
{
	const struct conversation *c = p;
	X509 *x = SSL_get0_peer_certificate(c->ssl);

	*told = (struct layer_told){
		.is_complete = SSL_is_init_finished(c->ssl),
		.wants_certificate = c->wants_certificate,
		.has_certificate = x != NULL,
	};
	if (told->is_complete || x)
		put_version(c->ssl, told);
	if (told->is_complete) {
		snprintf(told->cipher, sizeof(told->cipher), "%s", SSL_get_cipher_name(c->ssl));
		put_alpn(c->ssl, told);
	}
	if (x) {
		certificate_read(x, c->name[0] ? c->name : NULL, &told->certificate);
		certificate_read_chain(SSL_get_peer_cert_chain(c->ssl), &told->certificate);
	}
	put_why(c, told);
}

static const struct layer_ops client_ops = {
	.start = client_start,
	.free = client_free,
	.feed = client_feed,
	.state = client_state,
	.take = client_take,
	.say = client_say,
	.end = client_end,
	.give = client_give,
	.describe = client_describe,
};
