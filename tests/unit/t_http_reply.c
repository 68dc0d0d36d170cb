/* SPDX-License-Identifier: ISC */
#include "proto/http_reply.h"

#include <string.h>

#include "base/compiler.h"
#include "test.h"

static const struct {
	const char *in;
	enum http_result result;
	unsigned status;
	const char *line, *server, *body;
	enum http_kind kind;
} replies[] = {
	{.in = "", .result = HTTP_MORE},
	{.in = "HTTP/1.", .result = HTTP_MORE},
	{.in = "HTTP/1.1 200 OK\r\nServer: a\r\n", .result = HTTP_MORE},
	{.in = "HTTP/2 200\r\n\r\n", .result = HTTP_BAD},
	{.in = "HTTP/1.1 2x0 OK\r\n\r\n", .result = HTTP_BAD},
	{.in = "HTTP/1.1 099 OK\r\n\r\n", .result = HTTP_BAD},
	{.in = "HTTP/1.1 600 OK\r\n\r\n", .result = HTTP_BAD},
	{.in = "HTTP/1.1 2000 OK\r\n\r\n", .result = HTTP_BAD},
	{"HTTP/1.1 200\n\n", HTTP_REPLY, 200, "200", NULL, "", HTTP_WEB},
	{"HTTP/1.1 200 OK\r\nserver:  a b \r\n\r\nhi", HTTP_REPLY, 200, "200 OK", "a b", "hi",
	 HTTP_WEB},
	{"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi", HTTP_MORE, 200, "200 OK", NULL, "hi",
	 HTTP_WEB},
	{"HTTP/1.1 304 No\r\nContent-Length: 3\r\n\r\n", HTTP_REPLY, 304, "304 No", NULL, "",
	 HTTP_WEB},
	{"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\nhi", HTTP_REPLY, 200, "200 OK", NULL,
	 "hi", HTTP_WEB},
	{"HTTP/1.1 200 OK\r\nServers\r\nXServer: no\r\n\r\n", HTTP_REPLY, 200, "200 OK", NULL, "",
	 HTTP_WEB},
	{"HTTP/1.1 501 No\r\nContent-Length: 0\r\n\r\n", HTTP_REPLY, 501, "501 No", NULL, "",
	 HTTP_UNCLEAR},
	{"HTTP/1.0 407 Login\r\n\r\n", HTTP_REPLY, 407, "407 Login", NULL, "", HTTP_PROXY},
	{"HTTP/1.1 200 OK\r\nApi-Version: 1\r\n\r\n", HTTP_REPLY, 200, "200 OK", NULL, "",
	 HTTP_WEB},
	{"HTTP/1.1 200 OK\r\nApi-Version: 1\r\nDocker-Experimental: false\r\n\r\n", HTTP_REPLY, 200,
	 "200 OK", NULL, "", HTTP_OTHERS},
	{"HTTP/1.1 401 \r\nServer: Microsoft-HTTPAPI/2.0\r\nWWW-Authenticate: Negotiate\r\n\r\n",
	 HTTP_REPLY, 401, "401", "Microsoft-HTTPAPI/2.0", "", HTTP_EITHER},
};

static void expect(size_t i, const char *what, struct slice got, const char *wanted)
{
	if (!slice_equal(got, slice_of(wanted ? wanted : "")))
		fail_msg("row %zu, %s: \"%.*s\"", i, what, (int)got.n, got.n ? got.p : "");
}

static void are_read(void **state)
{
	struct http_reply r;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(replies); i++) {
		struct slice server = SLICE_NONE;
		enum http_result result = http_reply_read(slice_of(replies[i].in), &r);

		if (result != replies[i].result)
			fail_msg("row %zu: result %d", i, (int)result);
		if (!replies[i].status)
			continue;
		assert_int_equal(r.status, replies[i].status);
		http_field(&r, "Server", &server);
		expect(i, "line", r.line, replies[i].line);
		expect(i, "server", server, replies[i].server);
		expect(i, "body", r.body, replies[i].body);
		if (http_kind(&r) != replies[i].kind)
			fail_msg("row %zu: kind %d", i, (int)http_kind(&r));
	}
}

/* Its fields are those that came; one that is cut off is still one. */
static void head_without_end(void **state)
{
	char text[HTTP_HEAD_MAX + 10] = "HTTP/1.1 200 OK\r\nServer: a\r\nSet-Cookie: ";
	struct http_reply r;
	struct slice server;
	size_t n = strlen(text);

	(void)state;
	memset(text + n, 'x', sizeof(text) - n);
	assert_int_equal(http_reply_read((struct slice){text, HTTP_HEAD_MAX - 1}, &r), HTTP_MORE);
	assert_int_equal(http_reply_read((struct slice){text, sizeof(text)}, &r), HTTP_REPLY);
	assert_true(http_field(&r, "Server", &server));
	assert_true(slice_is(server, "a"));
	assert_int_equal(r.body.n, sizeof(text) - HTTP_HEAD_MAX);
}

static void request_with_a_name(void **state)
{
	const struct proto_ask ask = {.host = "web.example.com"};
	struct proto_out out = {.n = 0};

	(void)state;
	http_put_request(&ask, "GET /x", &out);
	check_slice("request", (struct slice){(const char *)out.bytes, out.n},
		    SLICE("GET /x HTTP/1.0\r\n"
			  "Host: web.example.com\r\n"
			  "User-Agent: portolan\r\n"
			  "\r\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(are_read),
		cmocka_unit_test(head_without_end),
		cmocka_unit_test(request_with_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
