/* SPDX-License-Identifier: ISC
 *
 * portolan-channel listen|dial ADDRESS PORT KEY ...: the program that has this user's key, and that
 * alone. `check`, `probe` and `listen` start it with a socket as its standard input. What it hears
 * from the network and could be made to do by it, it does as nobody, without the right to look at
 * packets, which the program that started it may have; that one in turn never sees the key.
 */
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <string.h>

#include "channel/session.h"
#include "sys/interrupt.h"
#include "sys/privilege.h"

enum { KEYS_MAX = 64, ARGUMENTS = 4 };

struct wanted {
	bool is_server;
	struct channel_place place;
	unsigned char keys[KEYS_MAX][KEY_BYTES];
	struct tls_pins pins;
};

static int read_arguments(int argc, char **argv, struct wanted *w, struct err *err)
{
	uint64_t port = 0;

	if (argc <= ARGUMENTS || argc > ARGUMENTS + KEYS_MAX ||
	    !addr_parse(slice_of(argv[2]), &w->place.at) ||
	    !slice_number(slice_of(argv[3]), 65535, &port))
		return err_set(err, ERR_USAGE, PLACE_NONE,
			       "this program is started by check, probe and listen");
	w->is_server = strcmp(argv[1], "listen") == 0;
	w->place.port = (uint16_t)port;
	for (int i = ARGUMENTS; i < argc; i++)
		if (!key_parse(slice_of(argv[i]), w->keys[w->pins.n++]))
			return err_set(err, ERR_USAGE, PLACE_NONE,
				       "\"%.60s\" is no key: portolan keys prints one", argv[i]);
	w->pins.keys = (const unsigned char(*)[KEY_BYTES])w->keys;
	return 0;
}

static int read_key(EVP_PKEY **key, struct err *err)
{
	struct buf path = BUF_INIT;
	int rc = key_path(&path, err);

	*key = NULL;
	if (!rc)
		rc = key_read(path.data, key, err);
	if (rc)
		err_take_place(err); /* the path goes with the buffer */
	buf_release(&path);
	return rc;
}

/* The port first: it may be one that only root may have. */
static int start(struct sessions *s, const struct wanted *w, struct err *err)
{
	int rc = w->is_server ? sessions_listen(s, &w->place, err) : 0;

	if (!rc)
		rc = sessions_attach(s, err);
	if (!rc)
		rc = privilege_drop(err);
	if (rc)
		return rc;
	if (w->is_server)
		sessions_tell(&(struct channel_word){.verb = CHANNEL_READY});
	else
		sessions_dial(s, &w->place);
	return 0;
}

static int serve(const struct wanted *w, EVP_PKEY *key, struct err *err)
{
	struct sessions *s = NULL;
	struct loop *l = NULL;
	SSL_CTX *ctx;
	int rc = tls_context(&ctx, key, &w->pins, w->is_server, err);

	if (!rc)
		rc = loop_new(&l, err);
	if (!rc) {
		s = sessions_new(l, ctx);
		rc = start(s, w, err);
	}
	if (!rc && !l->stop)
		rc = loop_run(l, NULL, err);
	sessions_free(s);
	loop_free(l);
	SSL_CTX_free(ctx);
	return rc;
}

int main(int argc, char **argv)
{
	struct wanted wanted = {0};
	EVP_PKEY *key = NULL;
	struct err err;
	int rc = read_arguments(argc, argv, &wanted, &err);

	if (!rc)
		rc = read_key(&key, &err);
	if (!rc)
		rc = serve(&wanted, key, &err);
	EVP_PKEY_free(key);
	if (rc)
		sessions_tell(
			&(struct channel_word){.verb = CHANNEL_FAILED, .text = slice_of(err.text)});
	return rc ? 3 : 0;
}
