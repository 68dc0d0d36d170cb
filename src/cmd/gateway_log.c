/* SPDX-License-Identifier: ISC */
#include "cmd/gateway_log.h"

#include <inttypes.h>

#include "base/escape.h"
#include "report/words.h"

static void add_text(struct buf *out, const char *key, struct slice s)
{
	if (!s.p)
		return;
	buf_addf(out, ",\"%s\":\"", key);
	escape_json(out, s);
	buf_add_char(out, '"');
}

static void add_end(struct buf *out, const char *key, const struct addr *a, uint16_t port)
{
	char text[ADDR_TEXT_MAX];

	if (!a->family)
		return;
	buf_addf(out, a->family == 6 ? ",\"%s\":\"[%s]:%u\"" : ",\"%s\":\"%s:%u\"", key,
		 addr_text(a, text), port);
}

static void add_transfer(struct buf *out, const struct gate_event *e)
{
	add_text(out, "verb", e->verb);
	add_text(out, "path", e->path);
	buf_addf(out, ",\"direction\":\"%s\",\"code\":%u,\"complete\":%s",
		 e->upload ? "upload" : "download", e->code, e->broken ? "false" : "true");
	if (!e->passed)
		buf_addf(out, ",\"bytes\":%" PRIu64 ",\"ms\":%" PRId64, e->bytes, e->us / 1000);
}

void gateway_log_json(const struct gate_event *e, int64_t wall_ms, struct buf *out)
{
	buf_add_text(out, "{\"time\":\"");
	words_timestamp(wall_ms, out);
	buf_addf(out, "\",\"event\":\"%s\",\"session\":%" PRIu64, e->what, e->session);
	add_end(out, "client", &e->client, e->client_port);
	add_end(out, "server", &e->server, e->server_port);
	add_text(out, "user", slice_of(e->user));
	add_text(out, "detail", e->detail);
	if (e->verb.p)
		add_transfer(out, e);
	buf_add_text(out, "}\n");
}
