/* SPDX-License-Identifier: ISC
 *
 * Bytes from the wire into the layer of TLS: it comes to an end, gives and takes no more than there
 * is room for, and what it tells are texts that end. The first byte chooses: a certificate alone,
 * or a server's words, and the size of their pieces.
 */
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "tls/certificate.h"
#include "tls/client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { ROOM = 64 };

static void check_certificate(const struct certificate *c)
{
	if (!memchr(c->subject, '\0', sizeof(c->subject)) ||
	    !memchr(c->issuer, '\0', sizeof(c->issuer)) ||
	    !memchr(c->name, '\0', sizeof(c->name)) || !memchr(c->names, '\0', sizeof(c->names)) ||
	    !memchr(c->key, '\0', sizeof(c->key)) ||
	    !memchr(c->signature, '\0', sizeof(c->signature)))
		BUG("words without an end");
}

static void read_certificate(const uint8_t *data, size_t n)
{
	X509 *x = d2i_X509(NULL, &data, (long)n);
	struct certificate c;

	if (!x)
		return;
	certificate_read(x, "peer.test", &c);
	check_certificate(&c);
	X509_free(x);
}

static void drain(const struct layer_ops *ops, void *c)
{
	char room[ROOM];
	size_t n;

	while ((n = ops->take(c, room, sizeof(room))))
		if (n > sizeof(room))
			BUG("more than there is room for");
	while ((n = ops->give(c, room, sizeof(room))))
		if (n > sizeof(room))
			BUG("more than there is room for");
}

static void hear(const struct layer *l, const uint8_t *data, size_t n, size_t piece)
{
	void *c = l->ops->start(l, &(struct layer_ask){.name = "peer.test"});
	struct layer_told told;

	for (size_t at = 0; at < n; at += piece) {
		l->ops->feed(c, (struct slice){(const char *)data + at,
					       n - at < piece ? n - at : piece});
		drain(l->ops, c);
	}
	l->ops->describe(c, &told);
	if (told.is_complete)
		BUG("a handshake with nobody");
	if (told.has_certificate)
		check_certificate(&told.certificate);
	l->ops->end(c);
	drain(l->ops, c);
	l->ops->free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct layer *l; /* for all inputs */
	struct err err;

	if (n < 2)
		return 0;
	if (!l && tls_client_new(&l, &err))
		BUG("no OpenSSL");
	if (data[0] & 1)
		read_certificate(data + 1, n - 1);
	else
		hear(l, data + 1, n - 1, (size_t)(data[0] >> 1) * 16 + 1);
	return 0;
}
