/* SPDX-License-Identifier: ISC */
#include "cmd/gateway_log.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/compiler.h"
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

/* --- xferlog ---------------------------------------------------------------------------------- */

static bool is_file(const struct gate_event *e)
{
	static const char *const words[] = {"RETR", "STOR", "STOU", "APPE"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (slice_is_nocase(e->verb, words[i]))
			return true;
	return false;
}

/* A field is what stands between blanks: it has none, and is not empty. */
static void add_field(struct buf *out, struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		buf_add_char(out, c <= ' ' || c == 0x7f ? '_' : s.p[i]);
	}
	if (!s.n)
		buf_add_char(out, '_');
}

/* "Sat Nov 28 07:30:06 2026" */
static void add_local_time(struct buf *out, int64_t wall_ms)
{
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
				 *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
						    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t at = (time_t)(wall_ms / 1000);
	struct tm tm;

	memset(&tm, 0, sizeof(tm));
	localtime_r(&at, &tm);
	buf_addf(out, "%s %s %2d %02d:%02d:%02d %d", days[tm.tm_wday], months[tm.tm_mon],
		 tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_year + 1900);
}

static bool is_anonymous(const char *user)
{
	return slice_is_nocase(slice_of(user), "anonymous") ||
	       slice_is_nocase(slice_of(user), "ftp");
}

bool gateway_log_xfer(const struct gate_event *e, int64_t wall_ms, struct buf *out)
{
	const char *user = e->user ? e->user : "";
	int64_t seconds = (e->us + 999999) / 1000000;
	char client[ADDR_TEXT_MAX];

	if (!is_file(e))
		return false;
	add_local_time(out, wall_ms);
	buf_addf(out, " %" PRId64 " %s %" PRIu64 " ", seconds ? seconds : 1,
		 addr_text(&e->client, client), e->bytes);
	add_field(out, e->path);
	buf_addf(out, " %c _ %c %c ", e->ascii ? 'a' : 'b', e->upload ? 'i' : 'o',
		 is_anonymous(user) ? 'a' : 'r');
	add_field(out, slice_of(user));
	buf_addf(out, " ftp 0 * %c\n", e->broken ? 'i' : 'c');
	return true;
}
