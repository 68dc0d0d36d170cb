/* SPDX-License-Identifier: ISC
 *
 * What an X.509 certificate says, RFC 5280: plain data, which tls/certificate.c fills.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CERTIFICATE_TEXT_MAX = 128, CERTIFICATE_NAMES_MAX = 256, CERTIFICATE_WORD_MAX = 32 };

/* As the certificate says it; from outside, so escape it where it is printed. */
struct certificate {
	char subject[CERTIFICATE_TEXT_MAX], issuer[CERTIFICATE_TEXT_MAX]; /* RFC 2253's form */
	char name[CERTIFICATE_TEXT_MAX];   /* its common name, else the first of names; "" */
	char names[CERTIFICATE_NAMES_MAX]; /* of DNS, and addresses: "a.test, b.test"; cut */
	size_t n_names;			   /* all of them, cut or not */
	int64_t not_before, not_after;	   /* seconds since 1970; 0: it cannot be read */
	char key[CERTIFICATE_WORD_MAX];	   /* "RSA", "EC", "ED25519"; "": it cannot be read */
	unsigned key_bits;
	char signature[CERTIFICATE_WORD_MAX]; /* "RSA-SHA256" */
	/* The weakest signature on the certificates that came behind it; "": none came. What a root
	 * says of itself does not count. */
	char chain_signature[CERTIFICATE_WORD_MAX];
	bool is_self_signed; /* issued by itself, and by its own key */
	bool is_for_name;    /* it is for the name that was asked for */
};
