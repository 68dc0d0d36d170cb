/* SPDX-License-Identifier: ISC */
#include <openssl/evp.h>

#include "channel/key.h"
#include "cmd/command.h"
#include "sys/file.h"

static int read_public(const char *path, char text[KEY_TEXT_MAX], struct err *err)
{
	unsigned char bytes[KEY_BYTES];
	EVP_PKEY *key;
	int rc = key_read(path, &key, err);

	if (rc)
		return rc;
	if (key_public(key, bytes))
		key_format(bytes, text);
	else
		rc = err_set(err, ERR_DOCUMENT, (struct place){.file = path},
			     "this key has no public half");
	EVP_PKEY_free(key);
	return rc;
}

/* What is printed is what the file says by then: another run may have been first. */
static int find(char text[KEY_TEXT_MAX], struct err *err)
{
	struct buf path = BUF_INIT;
	int rc = key_path(&path, err);

	if (!rc && !file_exists(path.data))
		rc = key_make(path.data, err);
	if (!rc)
		rc = read_public(path.data, text, err);
	if (rc)
		err_take_place(err);
	buf_release(&path);
	return rc;
}

static int run(const struct arguments *args)
{
	struct buf out = BUF_INIT;
	char text[KEY_TEXT_MAX];
	struct err err;
	bool ok;

	(void)args;
	if (find(text, &err) != 0)
		return command_failed(&err);
	buf_addf(&out, "%s\n", text);
	ok = command_print(&out);
	buf_release(&out);
	return ok ? EXIT_HOLDS : EXIT_NOT_TESTED;
}

const struct command command_keys = {
	.name = "keys",
	.summary =
		"this user's key for the far side of a check: made once, its public half printed",
	.operands = "",
	.min_operands = 0,
	.max_operands = 0,
	.run = run,
};
