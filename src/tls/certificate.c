/* SPDX-License-Identifier: ISC */
#include "tls/certificate.h"

#include <limits.h>
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/addr.h"
#include "base/buf.h"

static void put(char *to, size_t room, const void *bytes, size_t n)
{
	if (n > room - 1)
		n = room - 1;
	memcpy(to, bytes, n);
	to[n] = '\0';
}

static void put_text(char *to, size_t room, const char *s)
{
	put(to, room, s, strlen(s));
}

static void put_name(char *to, size_t room, const X509_NAME *name)
{
	BIO *text = BIO_new(BIO_s_mem());
	char *p;
	long n;

	if (text &&
	    X509_NAME_print_ex(text, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0 &&
	    (n = BIO_get_mem_data(text, &p)) > 0)
		put(to, room, p, (size_t)n);
	BIO_free(text);
}

static void put_common_name(struct certificate *c, const X509_NAME *name)
{
	int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
	unsigned char *utf8 = NULL;
	int n;

	if (at < 0)
		return;
	n = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
	if (n > 0)
		put(c->name, sizeof(c->name), utf8, (size_t)n);
	OPENSSL_free(utf8);
}

static bool read_address(const ASN1_OCTET_STRING *bytes, struct addr *a)
{
	int n = ASN1_STRING_length(bytes);

	*a = (struct addr){.family = n == 4 ? 4 : 6};
	if (n != 4 && n != 16)
		return false;
	memcpy(a->bytes, ASN1_STRING_get0_data(bytes), (size_t)n);
	return true;
}

static void add_name(const GENERAL_NAME *one, struct buf *names, size_t *n)
{
	const char *comma = names->n ? ", " : "";
	char text[ADDR_TEXT_MAX];
	struct addr a;

	if (one->type == GEN_DNS) {
		buf_add_text(names, comma);
		buf_add(names, ASN1_STRING_get0_data(one->d.dNSName),
			(size_t)ASN1_STRING_length(one->d.dNSName));
	} else if (one->type == GEN_IPADD && read_address(one->d.iPAddress, &a)) {
		buf_addf(names, "%s%s", comma, addr_text(&a, text));
	} else {
		return;
	}
	++*n;
}

static void put_names(struct certificate *c, const X509 *x)
{
	GENERAL_NAMES *all = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	struct buf names = BUF_INIT;

	for (int i = 0; i < sk_GENERAL_NAME_num(all); i++) {
		add_name(sk_GENERAL_NAME_value(all, i), &names, &c->n_names);
		if (c->n_names == 1 && !c->name[0])
			put(c->name, sizeof(c->name), names.data, names.n);
	}
	put(c->names, sizeof(c->names), names.data, names.n);
	buf_release(&names);
	GENERAL_NAMES_free(all);
}

/* Seconds since 1970; 0: no time that can be read. */
static int64_t read_time(const ASN1_TIME *t)
{
	enum { DAY = 24 * 3600 };
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days = 0, seconds = 0;
	bool ok = epoch && t && ASN1_TIME_diff(&days, &seconds, epoch, t) == 1;

	ASN1_TIME_free(epoch);
	return ok ? (int64_t)days * DAY + seconds : 0;
}

static void put_key(struct certificate *c, X509 *x)
{
	EVP_PKEY *key = X509_get0_pubkey(x);
	const char *kind = key ? EVP_PKEY_get0_type_name(key) : NULL;

	if (!kind)
		return;
	put_text(c->key, sizeof(c->key), kind);
	c->key_bits = (unsigned)EVP_PKEY_get_bits(key);
	c->is_self_signed = X509_NAME_cmp(X509_get_subject_name(x), X509_get_issuer_name(x)) == 0 &&
			    X509_verify(x, key) == 1;
}

void certificate_read(X509 *x, const char *name, struct certificate *c)
{
	const char *signature = OBJ_nid2sn(X509_get_signature_nid(x));
	const X509_NAME *subject = X509_get_subject_name(x);

	*c = (struct certificate){
		.not_before = read_time(X509_get0_notBefore(x)),
		.not_after = read_time(X509_get0_notAfter(x)),
		.is_for_name = name && X509_check_host(x, name, 0, 0, NULL) == 1,
	};
	put_name(c->subject, sizeof(c->subject), subject);
	put_name(c->issuer, sizeof(c->issuer), X509_get_issuer_name(x));
	put_common_name(c, subject);
	put_names(c, x);
	put_key(c, x);
	put_text(c->signature, sizeof(c->signature), signature ? signature : "");
	ERR_clear_error(); /* what could not be read is nobody's failure */
}

/* How hard the signature is to forge, in bits, where OpenSSL knows. */
static int strength(X509 *x)
{
	int bits = 0;

	return X509_get_signature_info(x, NULL, NULL, &bits, NULL) == 1 ? bits : INT_MAX;
}

void certificate_read_chain(const STACK_OF(X509) * chain, struct certificate *c)
{
	int weakest = INT_MAX;

	for (int i = 1; i < sk_X509_num(chain); i++) {
		X509 *x = sk_X509_value(chain, i);
		int bits = strength(x);

		if (X509_NAME_cmp(X509_get_subject_name(x), X509_get_issuer_name(x)) == 0 ||
		    bits >= weakest)
			continue;
		weakest = bits;
		put_text(c->chain_signature, sizeof(c->chain_signature),
			 OBJ_nid2sn(X509_get_signature_nid(x)));
	}
	ERR_clear_error(); /* as above */
}
