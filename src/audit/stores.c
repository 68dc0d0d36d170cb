/* SPDX-License-Identifier: ISC
 *
 * Redis and memcached: is a stranger served, and does the password pass in clear text? The same
 * questions as of their dialogues: PING, version.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/line.h"

enum { ANSWER_MAX = 512 };

enum { REDIS_OPEN, REDIS_CLEAR, MEMCACHED_OPEN, MEMCACHED_CLEAR };
static const struct weakness weaknesses[] = {
	[REDIS_OPEN] =
		{"redis-open", SEVERITY_CRITICAL, false,
		 "whoever reaches it reads, changes and configures all: it wants no password",
		 "Set a password (requirepass, or ACLs), and let only those in who need it.",
		 "CWE-306"},
	[REDIS_CLEAR] = {"redis-cleartext", SEVERITY_HIGH, false,
			 "its password passes in clear text",
			 "Let it listen with TLS alone (tls-port, and port 0).", "CWE-319"},
	[MEMCACHED_OPEN] = {"memcached-open", SEVERITY_HIGH, false,
			    "whoever reaches it reads and changes all: it wants no password",
			    "Let it listen on the loopback alone, or only those in who need it.",
			    "CWE-306"},
	[MEMCACHED_CLEAR] = {"memcached-cleartext", SEVERITY_HIGH, false,
			     "its password passes in clear text",
			     "Let it listen with TLS (--enable-ssl).", "CWE-319"},
};

static void note_line(struct audit_notes *notes, unsigned which, struct slice line)
{
	audit_note(notes, &weaknesses[which], "%.*s", (int)line.n, line.p);
}

static bool redis_start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put_text(out, "*1\r\n$4\r\nPING\r\n");
	return true;
}

/* A password is asked for before anything else is looked at. In protected mode ("-DENIED") only the
 * server's own host is served, and it hangs up. */
static enum proto_result redis_input(void *state, const struct audit_ask *ask, struct slice *in,
				     struct proto_out *out, struct audit_notes *notes)
{
	struct slice line;
	enum proto_result result = line_take(in, ANSWER_MAX, &line);

	(void)state;
	if (result != PROTO_PROVED)
		return result;
	if (slice_is(line, "+PONG"))
		note_line(notes, REDIS_OPEN, line);
	else if (slice_has_prefix(line, "-NOAUTH ") && !ask->is_inside)
		note_line(notes, REDIS_CLEAR, line);
	if (!slice_has_prefix(line, "-DENIED"))
		proto_put_text(out, "*1\r\n$4\r\nQUIT\r\n");
	return PROTO_PROVED;
}

static bool memcached_start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put_text(out, "version\r\n");
	return true;
}

static enum proto_result memcached_input(void *state, const struct audit_ask *ask, struct slice *in,
					 struct proto_out *out, struct audit_notes *notes)
{
	struct slice line;
	enum proto_result result = line_take(in, ANSWER_MAX, &line);

	(void)state;
	if (result != PROTO_PROVED)
		return result;
	if (slice_has_prefix(line, "VERSION "))
		note_line(notes, MEMCACHED_OPEN, line);
	else if (slice_is(line, "CLIENT_ERROR unauthenticated") && !ask->is_inside)
		note_line(notes, MEMCACHED_CLEAR, line);
	proto_put_text(out, "quit\r\n");
	return PROTO_PROVED;
}

static const char *const of_redis[] = {"redis", NULL};
static const char *const of_memcached[] = {"memcached", NULL};

#define PING "*1\r\n$4\r\nPING\r\n"
#define QUIT "*1\r\n$4\r\nQUIT\r\n"

static const struct audit_vector redis_vectors[] = {
	{.title = "open",
	 .source = "Redis 7.0.15",
	 .turns = {{'>', SLICE(PING)}, {'<', SLICE("+PONG\r\n")}, {'>', SLICE(QUIT)}},
	 .codes = "redis-open"},
	{.title = "a password, in clear text",
	 .source = "Redis 7.0.15",
	 .turns = {{'>', SLICE(PING)},
		   {'<', SLICE("-NOAUTH Authentication required.\r\n")},
		   {'>', SLICE(QUIT)}},
	 .codes = "redis-cleartext"},
	{.title = "a password, inside TLS",
	 .source = "Redis 7.0.15",
	 .is_inside = true,
	 .turns = {{'>', SLICE(PING)},
		   {'<', SLICE("-NOAUTH Authentication required.\r\n")},
		   {'>', SLICE(QUIT)}},
	 .codes = ""},
	{.title = "protected mode",
	 .source = "Redis 7.0.15",
	 .turns = {{'>', SLICE(PING)},
		   {'<', SLICE("-DENIED Redis is running in protected mode because protected mode "
			       "is enabled and no password is set for the default user.\r\n")}},
	 .codes = ""},
};

static const struct audit_vector memcached_vectors[] = {
	{.title = "open",
	 .source = "memcached 1.6.18",
	 .turns = {{'>', SLICE("version\r\n")},
		   {'<', SLICE("VERSION 1.6.18\r\n")},
		   {'>', SLICE("quit\r\n")}},
	 .codes = "memcached-open"},
	{.title = "a password, in clear text",
	 .source = "memcached 1.6.18",
	 .turns = {{'>', SLICE("version\r\n")},
		   {'<', SLICE("CLIENT_ERROR unauthenticated\r\n")},
		   {'>', SLICE("quit\r\n")}},
	 .codes = "memcached-cleartext"},
	{.title = "a password, inside TLS",
	 .source = "memcached 1.6.18",
	 .is_inside = true,
	 .turns = {{'>', SLICE("version\r\n")},
		   {'<', SLICE("CLIENT_ERROR unauthenticated\r\n")},
		   {'>', SLICE("quit\r\n")}},
	 .codes = ""},
};

const struct audit audit_redis = {
	.name = "redis",
	.title = "Redis without a password",
	.of = of_redis,
	.transport = TRANSPORT_TCP,
	.start = redis_start,
	.input = redis_input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = redis_vectors,
	.n_vectors = ARRAY_LEN(redis_vectors),
};
const struct audit audit_memcached = {
	.name = "memcached",
	.title = "memcached without a password",
	.of = of_memcached,
	.transport = TRANSPORT_TCP,
	.start = memcached_start,
	.input = memcached_input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = memcached_vectors,
	.n_vectors = ARRAY_LEN(memcached_vectors),
};
