/* SPDX-License-Identifier: ISC
 *
 * Key pairs of Ed25519 (RFC 8032), in OpenSSL's hands. The private half is one file of this user's
 * state folder, PKCS #8 in PEM (RFC 5958, RFC 7468), for nobody else to read; the public half is
 * written as base64 of its 32 bytes, as others do.
 */
#pragma once

#include <openssl/types.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/slice.h"

enum { KEY_BYTES = 32, KEY_TEXT_MAX = 45 };

/* Where this user's is. */
struct buf;
MUST_USE int key_path(struct buf *path, struct err *err);
/* Refuses a file that others may read. The key is the caller's: EVP_PKEY_free(). */
MUST_USE int key_read(const char *path, EVP_PKEY **key, struct err *err);
/* A new one; the file is replaced by rename. */
MUST_USE int key_make(const char *path, struct err *err);

/* False: it is of another kind. */
bool key_public(const EVP_PKEY *key, unsigned char bytes[KEY_BYTES]);
void key_format(const unsigned char bytes[KEY_BYTES], char text[KEY_TEXT_MAX]);
bool key_parse(struct slice text, unsigned char bytes[KEY_BYTES]); /* that very form alone */
