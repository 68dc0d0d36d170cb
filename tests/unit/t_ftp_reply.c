/* SPDX-License-Identifier: ISC */
#include "proto/ftp_reply.h"

#include <string.h>

#include "base/compiler.h"
#include "test.h"

static const struct {
	const char *in;
	enum ftp_result result;
	unsigned code;
	const char *text, *rest;
} replies[] = {
	{"220 ready\r\n", FTP_REPLY, 220, "ready", ""},
	{"220 ready\n", FTP_REPLY, 220, "ready", ""}, /* a bare LF, as some servers send */
	{"220\r\n", FTP_REPLY, 220, "", ""},
	{"220 ready\r", FTP_MORE, 0, NULL, NULL},
	{"", FTP_MORE, 0, NULL, NULL},
	{"2", FTP_MORE, 0, NULL, NULL},
	{"150 opening\r\n226 done\r\n", FTP_REPLY, 150, "opening", "226 done\r\n"},
	{"220-welcome\r\n to us\r\n220 end\r\nx", FTP_REPLY, 220, "end", "x"},
	{"220-welcome\r\n220-still\r\n221 not it\r\n220 end\r\n", FTP_REPLY, 220, "end", ""},
	{"211-features:\r\n EPSV\r\n2\r\n211 end\r\n", FTP_REPLY, 211, "end", ""},
	{"220-welcome\r\nSSH-2.0\r\n220 end\r\n", FTP_REPLY, 220, "end", ""},
	{"220-welcome\r\n", FTP_MORE, 0, NULL, ""},
	{"220-welcome\r\n220-to\r\n22", FTP_MORE, 0, NULL, "22"},
	{"220-welcome\r\nto us", FTP_MORE, 0, NULL, "to us"},
	{"SSH-2.0-OpenSSH\r\n", FTP_BAD, 0, NULL, NULL},
	{"SSH", FTP_BAD, 0, NULL, NULL},
	{"999 what\r\n", FTP_BAD, 0, NULL, NULL},
	{"220ready\r\n", FTP_BAD, 0, NULL, NULL},
	{"\r\n", FTP_BAD, 0, NULL, NULL},
};

static void test_replies(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(replies); i++) {
		struct slice in = slice_of(replies[i].in);
		struct ftp_reply r = {0};
		unsigned begun = 0;

		assert_int_equal(ftp_reply_read(&in, &begun, &r), replies[i].result);
		if (replies[i].rest)
			assert_true(slice_is(in, replies[i].rest));
		else
			assert_ptr_equal(in.p, replies[i].in); /* nothing was taken */
		if (replies[i].result != FTP_REPLY)
			continue;
		assert_int_equal(r.code, replies[i].code);
		assert_true(slice_is(r.text, replies[i].text));
		assert_int_equal(begun, 0);
	}
}

/* However it is cut, the same comes of it. */
static void test_in_pieces(void **state)
{
	static const char text[] = "220-welcome\r\n221 not it\r\n220 end\r\n";

	(void)state;
	for (size_t cut = 0; cut < sizeof(text) - 1; cut++) {
		struct slice in = {text, cut};
		struct ftp_reply r;
		unsigned begun = 0;

		assert_int_equal(ftp_reply_read(&in, &begun, &r), FTP_MORE);
		in = slice_from_to(in.p, text + sizeof(text) - 1);
		assert_int_equal(ftp_reply_read(&in, &begun, &r), FTP_REPLY);
		assert_int_equal(r.code, 220);
		assert_true(slice_is(r.text, "end"));
		assert_int_equal(in.n, 0);
	}
}

/* A line that never ends is none. */
static void test_endless(void **state)
{
	char text[FTP_LINE_MAX + 1];
	struct slice in = {text, FTP_LINE_MAX - 1};
	struct ftp_reply r;
	unsigned begun = 0;

	(void)state;
	memset(text, '1', sizeof(text));
	assert_int_equal(ftp_reply_read(&in, &begun, &r), FTP_MORE);
	in.n++;
	assert_int_equal(ftp_reply_read(&in, &begun, &r), FTP_BAD);
	memcpy(text, "220 ", 4);
	text[FTP_LINE_MAX] = '\n';
	in = (struct slice){text, sizeof(text)};
	assert_int_equal(ftp_reply_read(&in, &begun, &r), FTP_BAD);
	begun = 220;
	memcpy(text, "SSH ", 4);
	in = (struct slice){text, FTP_LINE_MAX};
	assert_int_equal(ftp_reply_read(&in, &begun, &r), FTP_BAD);
}

static const struct {
	const char *text, *addr;
	uint16_t port; /* 0: refused */
} passives[] = {
	{"Entering Passive Mode (192,0,2,7,200,10).", "192.0.2.7", 51210},
	{"Entering Passive Mode 192,0,2,7,200,10", "192.0.2.7", 51210},
	{"=192,0,2,7,0,21", "192.0.2.7", 21},
	{"Passive 1 (192,0,2,7,200,10)", "192.0.2.7", 51210},
	{"Entering Passive Mode (192,0,2,7,200)", NULL, 0},
	{"Entering Passive Mode (192,0,2,7,256,10)", NULL, 0},
	{"Entering Passive Mode (192,0,2,7,0,0)", NULL, 0},
	{"Entering Passive Mode (192.0.2.7.200.10)", NULL, 0},
	{"", NULL, 0},
};

static void test_pasv(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(passives); i++) {
		struct ftp_reply r = {227, slice_of(passives[i].text)};
		char text[ADDR_TEXT_MAX];
		uint16_t port = 0;
		struct addr a;

		assert_int_equal(ftp_reply_pasv(&r, &a, &port), passives[i].port != 0);
		if (!passives[i].port)
			continue;
		assert_int_equal(port, passives[i].port);
		assert_string_equal(addr_text(&a, text), passives[i].addr);
	}
}

static const struct {
	const char *text;
	uint16_t port;
} extended[] = {
	{"Entering Extended Passive Mode (|||6446|)", 6446},
	{"Extended Passive Mode OK (!!!51210!)", 51210},
	{"(|||65536|)", 0},
	{"(|||0|)", 0},
	{"(|1||6446|)", 0},
	{"(|||6446)", 0},
	{"|||6446|", 0},
	{"(||", 0},
	{"", 0},
};

static void test_epsv(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(extended); i++) {
		struct ftp_reply r = {229, slice_of(extended[i].text)};
		uint16_t port = 0;

		assert_int_equal(ftp_reply_epsv(&r, &port), extended[i].port != 0);
		if (extended[i].port)
			assert_int_equal(port, extended[i].port);
	}
}

static void expect_port(const char *addr, uint16_t port, const char *line)
{
	struct buf out = BUF_INIT;
	struct addr a;

	assert_true(addr_parse(slice_of(addr), &a));
	ftp_format_port(&a, port, &out);
	assert_string_equal(out.data, line);
	buf_release(&out);
}

static void test_port(void **state)
{
	(void)state;
	expect_port("192.0.2.7", 51210, "PORT 192,0,2,7,200,10\r\n");
	expect_port("2001:db8::7", 51210, "EPRT |2|2001:db8::7|51210|\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replies), cmocka_unit_test(test_in_pieces),
		cmocka_unit_test(test_endless), cmocka_unit_test(test_pasv),
		cmocka_unit_test(test_epsv),	cmocka_unit_test(test_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
