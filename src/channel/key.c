/* SPDX-License-Identifier: ISC */
#include "channel/key.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/buf.h"
#include "sys/file.h"
#include "sys/state.h"

enum { FILE_BYTES_MAX = 4096, TEXT_CHARS = KEY_TEXT_MAX - 1 };

int key_path(struct buf *path, struct err *err)
{
	return state_path("key", path, err);
}

/* Never ask for a password: the file has none, or is not ours. */
static int no_password(char *text, int room, int writes, void *ctx)
{
	(void)text;
	(void)room;
	(void)writes;
	(void)ctx;
	return 0;
}

static EVP_PKEY *parse_pem(struct slice pem)
{
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;

	BIO_free(bio);
	if (key && EVP_PKEY_is_a(key, "ED25519"))
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

int key_read(const char *path, EVP_PKEY **key, struct err *err)
{
	struct place place = {.file = path};
	struct buf pem = BUF_INIT;
	int rc;

	*key = NULL;
	if (!file_exists(path))
		return err_set(err, ERR_SYSTEM, place, "there is no key yet: run portolan keys");
	if (!file_is_private(path))
		return err_set(err, ERR_SYSTEM, place,
			       "others may read this key: chmod 600, or make another one");
	rc = file_read(path, FILE_BYTES_MAX, &pem, err);
	if (!rc) {
		*key = parse_pem(buf_slice(&pem));
		if (!*key)
			rc = err_set(err, ERR_DOCUMENT, place,
				     "this is no private key of Ed25519 (PEM, without a password)");
	}
	OPENSSL_cleanse(pem.data, pem.n);
	buf_release(&pem);
	return rc;
}

static int write_pem(const char *path, const EVP_PKEY *key, struct err *err)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *bytes;
	long n;
	int rc;

	if (!bio || !PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL)) {
		BIO_free(bio);
		return err_set(err, ERR_SYSTEM, PLACE_NONE, "OpenSSL cannot write a key");
	}
	n = BIO_get_mem_data(bio, &bytes);
	rc = file_replace(path, (struct slice){bytes, (size_t)n}, 0600, err);
	OPENSSL_cleanse(bytes, (size_t)n);
	BIO_free(bio);
	return rc;
}

int key_make(const char *path, struct err *err)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	int rc;

	if (!key)
		return err_set(err, ERR_SYSTEM, PLACE_NONE, "OpenSSL cannot make a key");
	rc = state_make_folder(path, err);
	if (!rc)
		rc = write_pem(path, key, err);
	EVP_PKEY_free(key);
	return rc;
}

bool key_public(const EVP_PKEY *key, unsigned char bytes[KEY_BYTES])
{
	size_t n = KEY_BYTES;

	return key && EVP_PKEY_is_a(key, "ED25519") &&
	       EVP_PKEY_get_raw_public_key(key, bytes, &n) == 1 && n == KEY_BYTES;
}

void key_format(const unsigned char bytes[KEY_BYTES], char text[KEY_TEXT_MAX])
{
	EVP_EncodeBlock((unsigned char *)text, bytes, KEY_BYTES);
}

/* Written again it must be the same: so neither blanks nor bits that mean nothing pass. */
bool key_parse(struct slice text, unsigned char bytes[KEY_BYTES])
{
	unsigned char all[KEY_BYTES + 4];
	char again[KEY_TEXT_MAX];

	if (text.n != TEXT_CHARS ||
	    EVP_DecodeBlock(all, (const unsigned char *)text.p, TEXT_CHARS) != KEY_BYTES + 1)
		return false;
	memcpy(bytes, all, KEY_BYTES);
	key_format(bytes, again);
	return slice_is(text, again);
}
