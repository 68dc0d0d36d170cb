/* SPDX-License-Identifier: ISC
 *
 * Keys in their file and on a line, and TLS between two ends that know each other, and do not.
 */
#include "channel/tls.h"

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/compiler.h"
#include "folder.h"
#include "sys/channel.h"
#include "sys/file.h"
#include "test.h"

static EVP_PKEY *new_key(unsigned char public[KEY_BYTES])
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

	assert_true(key_public(key, public));
	return key;
}

static void test_text(void **state)
{
	static const char *const bad[] = {
		"",
		"iDOti1ibA4MGrYJSlQ/aWSlzHx1yk2Zii8HA+FCy8IQ",	 /* short */
		"iDOti1ibA4MGrYJSlQ/aWSlzHx1yk2Zii8HA+FCy8IR=",	 /* bits that mean nothing */
		"iDOti1ibA4MGrYJSlQ/aWSlzHx1yk2Zii8HA+FCy8Q==",	 /* 31 bytes */
		"iDOti1ibA4MGrYJSlQ/aWSlzHx1yk2Zii8HA+FCy8IQ= ", /* a blank */
		"iDOti1ibA4MGrYJSlQ/aWSlzHx1yk2Zii8HA-FCy8IQ=",	 /* another alphabet */
		"                                           =",
	};
	static const char good[] = "iDOti1ibA4MGrYJSlQ/aWSlzHx1yk2Zii8HA+FCy8IQ=";
	unsigned char bytes[KEY_BYTES];
	char again[KEY_TEXT_MAX];

	(void)state;
	assert_true(key_parse(slice_of(good), bytes));
	key_format(bytes, again);
	assert_string_equal(again, good);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (key_parse(slice_of(bad[i]), bytes))
			fail_msg("taken: \"%s\"", bad[i]);
}

static void test_file(void **state)
{
	struct buf path = BUF_INIT;
	unsigned char first[KEY_BYTES], second[KEY_BYTES];
	EVP_PKEY *key;
	struct err err;

	(void)state;
	buf_addf(&path, "%s/key", folder);
	assert_int_equal(key_read(path.data, &key, &err), -ERR_SYSTEM);
	assert_non_null(strstr(err.text, "portolan keys"));
	assert_int_equal(key_make(path.data, &err), 0);
	assert_true(file_is_private(path.data));
	assert_int_equal(key_read(path.data, &key, &err), 0);
	assert_true(key_public(key, first));
	EVP_PKEY_free(key);
	assert_int_equal(key_make(path.data, &err), 0);
	assert_int_equal(key_read(path.data, &key, &err), 0);
	assert_true(key_public(key, second));
	EVP_PKEY_free(key);
	assert_memory_not_equal(first, second, KEY_BYTES);
	assert_int_equal(file_replace(path.data, SLICE("no key\n"), 0600, &err), 0);
	assert_int_equal(key_read(path.data, &key, &err), -ERR_DOCUMENT);
	assert_int_equal(file_replace(path.data, SLICE("no key\n"), 0640, &err), 0);
	assert_int_equal(key_read(path.data, &key, &err), -ERR_SYSTEM);
	assert_non_null(strstr(err.text, "others may read"));
	buf_release(&path);
}

/* --- two ends --------------------------------------------------------------------------------- */

struct end {
	EVP_PKEY *key;
	unsigned char public[1][KEY_BYTES], pinned[2][KEY_BYTES];
	struct tls_pins pins;
	SSL_CTX *ctx;
	struct tls tls;
	struct buf said;
};

static void new_end(struct end *e)
{
	*e = (struct end){.said = BUF_INIT};
	e->key = new_key(e->public[0]);
	e->pins.keys = (const unsigned char(*)[KEY_BYTES])e->pinned;
	e->pins.n = 2;
	memset(e->pinned[0], 7, KEY_BYTES);
}

static void pin(struct end *e, const struct end *other)
{
	memcpy(e->pinned[1], other->public[0], KEY_BYTES);
}

static void start(struct end *e, bool is_server)
{
	struct err err;

	assert_int_equal(tls_context(&e->ctx, e->key, &e->pins, is_server, &err), 0);
	assert_true(tls_start(&e->tls, e->ctx));
}

static void carry(struct end *from, struct end *to)
{
	struct buf bytes = BUF_INIT;

	tls_give(&from->tls, &bytes);
	tls_take(&to->tls, buf_slice(&bytes), 1000, &to->said);
	buf_release(&bytes);
}

static void talk(struct end *client, struct end *server)
{
	for (int i = 0; i < 6; i++) {
		carry(client, server);
		carry(server, client);
	}
}

static void end(struct end *e)
{
	tls_stop(&e->tls);
	SSL_CTX_free(e->ctx);
	EVP_PKEY_free(e->key);
	buf_release(&e->said);
}

static void test_friends(void **state)
{
	struct end client, server;

	(void)state;
	new_end(&client);
	new_end(&server);
	pin(&client, &server);
	pin(&server, &client);
	start(&client, false);
	start(&server, true);
	talk(&client, &server);
	assert_int_equal(client.tls.state, TLS_OPEN);
	assert_int_equal(server.tls.state, TLS_OPEN);
	assert_int_equal(server.tls.pin, 1);
	assert_string_equal(SSL_get_version(client.tls.ssl), "TLSv1.3");
	tls_say(&client.tls, SLICE("hello\n"));
	tls_say(&server.tls, SLICE("and to you\n"));
	talk(&client, &server);
	check_text("client", &client.said, "and to you\n");
	check_text("server", &server.said, "hello\n");
	tls_bye(&client.tls);
	talk(&client, &server);
	assert_int_equal(server.tls.state, TLS_OVER);
	end(&client);
	end(&server);
}

static void test_wrong_server(void **state)
{
	struct end client, server;

	(void)state;
	new_end(&client);
	new_end(&server);
	pin(&server, &client);
	start(&client, false);
	start(&server, true);
	talk(&client, &server);
	assert_int_equal(client.tls.state, TLS_OVER);
	assert_true(client.tls.is_stranger);
	assert_memory_equal(client.tls.stranger, server.public[0], KEY_BYTES);
	assert_int_not_equal(server.tls.state, TLS_OPEN);
	end(&client);
	end(&server);
}

static void test_wrong_client(void **state)
{
	struct end client, server;

	(void)state;
	new_end(&client);
	new_end(&server);
	pin(&client, &server);
	start(&client, false);
	start(&server, true);
	talk(&client, &server);
	assert_int_equal(server.tls.state, TLS_OVER);
	assert_true(server.tls.is_stranger);
	assert_int_equal(client.tls.state, TLS_OVER);
	assert_true(client.tls.is_refused);
	assert_int_equal(server.said.n, 0);
	end(&client);
	end(&server);
}

/* Who shows no certificate at all is not let in. */
static void test_no_certificate(void **state)
{
	struct end client, server;

	(void)state;
	new_end(&client);
	new_end(&server);
	pin(&client, &server);
	pin(&server, &client);
	start(&server, true);
	client.ctx = SSL_CTX_new(TLS_client_method());
	assert_true(tls_start(&client.tls, client.ctx));
	talk(&client, &server);
	assert_int_equal(server.tls.state, TLS_OVER);
	assert_int_equal(server.said.n, 0);
	end(&client);
	end(&server);
}

static void test_noise(void **state)
{
	struct end server;

	(void)state;
	new_end(&server);
	start(&server, true);
	tls_take(&server.tls, SLICE("GET / HTTP/1.1\r\n\r\n"), 1000, &server.said);
	assert_int_equal(server.tls.state, TLS_OVER);
	tls_take(&server.tls, SLICE("more"), 1000, &server.said);
	assert_int_equal(server.said.n, 0);
	end(&server);
}

/* It says why it goes, and goes with a word of ours unread. */
static void test_last_word(void **state)
{
	char bytes[100];
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	assert_true(channel_send(pair[0], SLICE("unread")));
	assert_true(channel_send(pair[1], SLICE("gone")));
	close(pair[1]);
	assert_int_equal(channel_recv(pair[0], bytes, sizeof(bytes)), 4);
	assert_memory_equal(bytes, "gone", 4);
	assert_int_equal(channel_recv(pair[0], bytes, sizeof(bytes)), 0);
	close(pair[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),	     cmocka_unit_test(test_file),
		cmocka_unit_test(test_friends),	     cmocka_unit_test(test_wrong_server),
		cmocka_unit_test(test_wrong_client), cmocka_unit_test(test_no_certificate),
		cmocka_unit_test(test_noise),	     cmocka_unit_test(test_last_word),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
