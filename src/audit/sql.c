/* SPDX-License-Identifier: ISC
 *
 * The switch to TLS of databases. PostgreSQL: SSLRequest, answered by one letter (PostgreSQL
 * documentation, "SSL Session Encryption"). MySQL and MariaDB: the greeting says whether there is
 * TLS, and how passwords are proved (MySQL protocol, HandshakeV10). They count connections that end
 * before a login, so theirs is only listened to, once.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/wire.h"

enum { PG_NO_SWITCH, MY_NO_TLS, MY_OLD_LOGIN, MY_SHA1_LOGIN };
static const struct weakness weaknesses[] = {
	[PG_NO_SWITCH] = {"postgresql-tls-missing", SEVERITY_MEDIUM, false,
			  "it cannot be switched to TLS: all passes in clear text",
			  "Give it a certificate (ssl = on), and let pg_hba.conf have hostssl "
			  "instead of host.",
			  "CWE-319"},
	[MY_NO_TLS] =
		{"mysql-tls-missing", SEVERITY_MEDIUM, false,
		 "it has no TLS: all passes in clear text",
		 "Give it a certificate (ssl_cert, ssl_key), and set require_secure_transport.",
		 "CWE-319"},
	[MY_OLD_LOGIN] = {"mysql-old-login", SEVERITY_HIGH, false,
			  "its logins are of a kind that shows the password to who listens",
			  "Set default_authentication_plugin to caching_sha2_password or ed25519.",
			  "CVE-2000-0981; CWE-319"},
	[MY_SHA1_LOGIN] = {"mysql-sha1-login", SEVERITY_LOW, true,
			   "its logins rest on SHA-1 without salt (mysql_native_password)",
			   "Move accounts to caching_sha2_password or ed25519.", "CWE-916"},
};

static bool pg_start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put(out, "\0\0\0\10\4\322\26\57", 8);
	return true;
}

static enum proto_result pg_input(void *state, const struct audit_ask *ask, struct slice *in,
				  struct proto_out *out, struct audit_notes *notes)
{
	uint8_t answer;

	(void)state;
	(void)ask;
	(void)out;
	if (!wire_take8(in, &answer))
		return PROTO_MORE;
	if (answer == 'S')
		return PROTO_PROVED;
	if (answer == 'N')
		audit_note(notes, &weaknesses[PG_NO_SWITCH], "to SSLRequest: N");
	return PROTO_OTHER;
}

/* The low and the high half of what it can do. */
enum { CAN_TLS = 0x0800, SECURE_LOGIN = 0x8000, HAS_PLUGINS_HIGH = 0x0008 };

struct greeting {
	uint16_t can, can_high;
	struct slice plugin; /* none: it names none */
};

static bool read_greeting(struct slice m, struct greeting *g)
{
	enum { VERSION_10 = 10, CONNECTION_CHALLENGE_AND_ZERO = 13, CHARSET_AND_STATUS = 3 };
	enum { CHALLENGE_SIZE_AND_RESERVED = 11, CHALLENGE_REST = 13 };
	struct slice skipped;
	uint8_t version;

	*g = (struct greeting){.plugin = SLICE_NONE};
	if (!wire_take8(&m, &version) || version != VERSION_10)
		return false;
	wire_take_string(&m);
	if (!wire_take(&m, CONNECTION_CHALLENGE_AND_ZERO, &skipped) || !wire_take16le(&m, &g->can))
		return false;
	if (!wire_take(&m, CHARSET_AND_STATUS, &skipped) || !wire_take16le(&m, &g->can_high) ||
	    !wire_take(&m, CHALLENGE_SIZE_AND_RESERVED + CHALLENGE_REST, &skipped))
		return true; /* before 4.1 it ends here or there */
	if (g->can_high & HAS_PLUGINS_HIGH)
		g->plugin = wire_take_string(&m);
	return true;
}

static void judge(const struct greeting *g, struct audit_notes *notes)
{
	bool has_tls = g->can & CAN_TLS;

	if (!has_tls)
		audit_note(notes, &weaknesses[MY_NO_TLS], "its greeting does not offer TLS");
	if (!(g->can & SECURE_LOGIN) || slice_is(g->plugin, "mysql_old_password"))
		audit_note(notes, &weaknesses[MY_OLD_LOGIN], "logins as before version 4.1");
	else if (slice_is(g->plugin, "mysql_clear_password") && !has_tls)
		audit_note(notes, &weaknesses[MY_OLD_LOGIN], "mysql_clear_password, without TLS");
	else if (slice_is(g->plugin, "mysql_native_password"))
		audit_note(notes, &weaknesses[MY_SHA1_LOGIN], "mysql_native_password");
}

static bool my_start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	(void)out;
	return true;
}

/* Three bytes of length, little end first, and a number that begins with 0. An error in the
 * greeting's place (it does not let us in) tells nothing. */
static enum proto_result my_input(void *state, const struct audit_ask *ask, struct slice *in,
				  struct proto_out *out, struct audit_notes *notes)
{
	enum { PACKET_MAX = 1024 };
	struct slice s = *in, m;
	struct greeting g;
	uint32_t head;

	(void)state;
	(void)ask;
	(void)out;
	if (!wire_take32le(&s, &head))
		return PROTO_MORE;
	if (head > PACKET_MAX)
		return PROTO_OTHER;
	if (!wire_take(&s, head, &m))
		return PROTO_MORE;
	if (!read_greeting(m, &g))
		return PROTO_OTHER;
	judge(&g, notes);
	return PROTO_PROVED;
}

static const char *const of_pg[] = {"postgresql", NULL};
static const char *const of_my[] = {"mysql", NULL};

static const struct audit_vector pg_vectors[] = {
	{.title = "no TLS",
	 .source = "PostgreSQL 15.18",
	 .turns = {{'>', SLICE("\0\0\0\10\4\322\26\57")}, {'<', SLICE("N")}},
	 .codes = "postgresql-tls-missing"},
	{.title = "it switches",
	 .source = "PostgreSQL 15.18",
	 .turns = {{'>', SLICE("\0\0\0\10\4\322\26\57")}, {'<', SLICE("S")}},
	 .codes = ""},
};

static const struct audit_vector my_vectors[] = {
	{.title = "no TLS",
	 .source = "MariaDB 10.11.19",
	 .turns = {{'<', SLICE("d\0\0\0\n5.5.5-10.11.19-MariaDB-0+deb12u1\0\5\0\0\0-Lw5A&7%\0\376"
			       "\367\10\2\0\377\201\25\0\0\0\0\0\0\35\0\0\0OA837\\G1_hnq\0"
			       "mysql_native_password\0")}},
	 .codes = "mysql-tls-missing mysql-sha1-login"},
	{.title = "as it should be",
	 .source = "MySQL protocol, HandshakeV10",
	 .turns = {{'<', SLICE("J\0\0\0\n8.0.36\0\10\0\0\0abcdefgh\0\377\377\377\2\0\377\337\25\0\0"
			       "\0\0\0\0\0\0\0\0ijklmnopqrst\0caching_sha2_password\0")}},
	 .codes = ""},
	{.title = "logins of old",
	 .source = "MySQL protocol, HandshakeV10",
	 .turns = {{'<', SLICE("\50\0\0\0\n4.0.30\0\10\0\0\0abcdefgh\0\54\0\10\2\0\0\0\0\0\0\0\0\0"
			       "\0\0\0\0\0\0")}},
	 .codes = "mysql-tls-missing mysql-old-login"},
	{.title = "it does not let us in",
	 .source = "MariaDB 10.11.19",
	 .turns = {{'<', SLICE("F\0\0\0\377j\4Host 'b.peer.test' is not allowed to connect to this "
			       "MariaDB server")}},
	 .codes = ""},
};

const struct audit audit_postgresql_upgrade = {
	.name = "postgresql-upgrade",
	.title = "TLS of PostgreSQL",
	.of = of_pg,
	.transport = TRANSPORT_TCP,
	.place = AUDIT_UPGRADE,
	.start = pg_start,
	.input = pg_input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = pg_vectors,
	.n_vectors = ARRAY_LEN(pg_vectors),
};
const struct audit audit_mysql = {
	.name = "mysql",
	.title = "TLS and logins of MySQL and MariaDB",
	.of = of_my,
	.transport = TRANSPORT_TCP,
	.start = my_start,
	.input = my_input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = my_vectors,
	.n_vectors = ARRAY_LEN(my_vectors),
};
