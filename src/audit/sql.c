/* SPDX-License-Identifier: ISC
 *
 * TLS and logins of databases. PostgreSQL: SSLRequest, answered by one letter (PostgreSQL
 * documentation, "SSL Session Encryption"). MySQL and MariaDB: the greeting says whether there is
 * TLS, and how passwords are proved (MySQL protocol, HandshakeV10); SSLRequest switches. They
 * count connections that end before a login, so all of it is done once, on one connection. SQL
 * Server says before the login what it would encrypt.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/wire.h"

enum {
	PG_TRUST,
	PG_CLEAR,
	PG_MD5,
	PG_NO_SWITCH,
	MS_NEVER,
	MS_OPTIONAL,
	MY_NO_TLS,
	MY_OLD_LOGIN,
	MY_SHA1_LOGIN
};
static const struct weakness weaknesses[] = {
	[PG_TRUST] = {"postgresql-trust", SEVERITY_CRITICAL, false,
		      "whoever reaches it is let in under any name, without a password (trust)",
		      "Put scram-sha-256 in the place of trust (pg_hba.conf).", "CWE-306"},
	[PG_CLEAR] = {"postgresql-cleartext-login", SEVERITY_HIGH, false,
		      "it asks for the password in clear text, before TLS",
		      "Put hostssl and scram-sha-256 in the place of host and password "
		      "(pg_hba.conf).",
		      "CWE-319"},
	[PG_MD5] = {"postgresql-md5-login", SEVERITY_LOW, false, "its logins rest on MD5",
		    "Set password_encryption and pg_hba.conf to scram-sha-256.", "RFC 6151"},
	[MS_NEVER] = {"mssql-no-encryption", SEVERITY_HIGH, false,
		      "it encrypts nothing, not even the login",
		      "Give it a certificate, and set Force Encryption.",
		      "MS-TDS section 2.2.6.5; CWE-319"},
	[MS_OPTIONAL] = {"mssql-encryption-optional", SEVERITY_LOW, false,
			 "it encrypts the login alone where the client does not ask for more",
			 "Set Force Encryption.", "MS-TDS section 2.2.6.5"},
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

static bool pg_login_start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	static const struct slice first = SLICE("\0\0\0\51\0\3\0\0"
						"user\0portolan\0database\0portolan\0\0");

	(void)state;
	(void)ask;
	proto_put(out, first.p, first.n);
	return true;
}

/* Which proof it wants of a user that is not there, without TLS; an error tells nothing. */
static enum proto_result pg_login_input(void *state, const struct audit_ask *ask, struct slice *in,
					struct proto_out *out, struct audit_notes *notes)
{
	enum { OPEN = 0, CLEAR = 3, MD5 = 5 };
	struct slice s = *in;
	uint32_t n, kind;
	uint8_t type;

	(void)state;
	(void)ask;
	if (!wire_take8(&s, &type))
		return PROTO_MORE;
	if (type != 'R')
		return PROTO_OTHER;
	if (!wire_take32(&s, &n) || !wire_take32(&s, &kind))
		return PROTO_MORE;
	if (kind == OPEN)
		audit_note(notes, &weaknesses[PG_TRUST], "user portolan: no password asked for");
	else if (kind == CLEAR)
		audit_note(notes, &weaknesses[PG_CLEAR], "user portolan: AuthenticationCleartext");
	else if (kind == MD5)
		audit_note(notes, &weaknesses[PG_MD5], "user portolan: AuthenticationMD5Password");
	proto_put(out, "X\0\0\0\4", 5);
	return PROTO_PROVED;
}

/* SQL Server: what comes before a login, MS-TDS section 2.2.6.5. We offer no more than an
 * encrypted login; a server that demands more says so. */

/* Each option: its number, where its value is (from behind the header), the value's size. */
#define PRELOGIN                                                                                   \
	"\x12\1\0\x2f\0\0\0\0"                                                                     \
	"\0\0\x1a\0\6"		       /* version */                                               \
	"\1\0\x20\0\1"		       /* encryption */                                            \
	"\2\0\x21\0\1"		       /* instance */                                              \
	"\3\0\x22\0\4"		       /* thread */                                                \
	"\4\0\x26\0\1\xff"	       /* several active results */                                \
	"\x11\0\0\0\0\0\0\0\0\0\0\0\0" /* 17.0, encryption of the login, the rest 0 */

static bool ms_start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	static const struct slice prelogin = SLICE(PRELOGIN);

	(void)state;
	(void)ask;
	proto_put(out, prelogin.p, prelogin.n);
	return true;
}

/* Options: a number, where the value is, its size; 0xff ends them. */
static bool find_encryption(struct slice body, uint8_t *encryption)
{
	enum { ENCRYPTION = 1, END = 0xff };
	struct slice s = body, value;
	uint8_t option;
	uint16_t at, n;

	while (wire_take8(&s, &option) && option != END && wire_take16(&s, &at) &&
	       wire_take16(&s, &n))
		if (option == ENCRYPTION) {
			value = slice_skip(body, at < body.n ? at : body.n);
			return wire_take8(&value, encryption);
		}
	return false;
}

static enum proto_result ms_input(void *state, const struct audit_ask *ask, struct slice *in,
				  struct proto_out *out, struct audit_notes *notes)
{
	enum { HEADER = 8, ANSWER_MAX = 4096, OFF = 0, NOT_SUPPORTED = 2 };
	static const char begin[] = {4, 1};
	struct slice s = *in, skipped, body;
	uint8_t encryption;
	uint16_t n;

	(void)state;
	(void)ask;
	(void)out;
	if (memcmp(s.p, begin, s.n < 2 ? s.n : 2) != 0)
		return PROTO_OTHER;
	if (!wire_take(&s, sizeof(begin), &skipped) || !wire_take16(&s, &n))
		return PROTO_MORE;
	if (n < HEADER || n > ANSWER_MAX)
		return PROTO_OTHER;
	if (!wire_take(&s, 4, &skipped) || !wire_take(&s, (size_t)n - HEADER, &body))
		return PROTO_MORE;
	if (!find_encryption(body, &encryption))
		return PROTO_OTHER;
	if (encryption == NOT_SUPPORTED)
		audit_note(notes, &weaknesses[MS_NEVER], "ENCRYPTION: 2, not supported");
	else if (encryption == OFF)
		audit_note(notes, &weaknesses[MS_OPTIONAL], "ENCRYPTION: 0, off");
	return PROTO_PROVED;
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

/* Three bytes of length, little end first, and a number that begins with 0. Then what we can do
 * (passwords and words as of 4.1, TLS, plugins), the longest packet, the charset utf8mb4. */
#define MY_SSL_REQUEST                                                                             \
	"\40\0\0\1"                                                                                \
	"\1\212\10\0"                                                                              \
	"\0\0\0\1"                                                                                 \
	"\55\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

/* An error in the greeting's place (it does not let us in) tells nothing. */
static enum proto_result my_input(void *state, const struct audit_ask *ask, struct slice *in,
				  struct proto_out *out, struct audit_notes *notes)
{
	enum { PACKET_MAX = 1024 };
	static const struct slice request = SLICE(MY_SSL_REQUEST);
	struct slice s = *in, m;
	struct greeting g;
	uint32_t head;

	(void)state;
	(void)ask;
	if (!wire_take32le(&s, &head))
		return PROTO_MORE;
	if (head > PACKET_MAX)
		return PROTO_OTHER;
	if (!wire_take(&s, head, &m))
		return PROTO_MORE;
	if (!read_greeting(m, &g))
		return PROTO_OTHER;
	judge(&g, notes);
	if (!(g.can & CAN_TLS))
		return PROTO_OTHER;
	proto_put(out, request.p, request.n);
	return PROTO_PROVED;
}

static const char *const of_pg[] = {"postgresql", NULL};
static const char *const of_ms[] = {"mssql", NULL};
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

#define PG_LOGIN "\0\0\0\51\0\3\0\0user\0portolan\0database\0portolan\0\0"
static const struct audit_vector pg_login_vectors[] = {
	{.title = "by SCRAM",
	 .source = "PostgreSQL 15.18",
	 .turns = {{'>', SLICE(PG_LOGIN)},
		   {'<', SLICE("R\0\0\0\27\0\0\0\12SCRAM-SHA-256\0\0")},
		   {'>', SLICE("X\0\0\0\4")}},
	 .codes = ""},
	{.title = "without a password",
	 .source = "PostgreSQL documentation, AuthenticationOk",
	 .turns = {{'>', SLICE(PG_LOGIN)},
		   {'<', SLICE("R\0\0\0\10\0\0\0\0")},
		   {'>', SLICE("X\0\0\0\4")}},
	 .codes = "postgresql-trust"},
	{.title = "the password itself",
	 .source = "PostgreSQL documentation, AuthenticationCleartextPassword",
	 .turns = {{'>', SLICE(PG_LOGIN)},
		   {'<', SLICE("R\0\0\0\10\0\0\0\3")},
		   {'>', SLICE("X\0\0\0\4")}},
	 .codes = "postgresql-cleartext-login"},
	{.title = "by MD5",
	 .source = "PostgreSQL documentation, AuthenticationMD5Password",
	 .turns = {{'>', SLICE(PG_LOGIN)},
		   {'<', SLICE("R\0\0\0\14\0\0\0\5salt")},
		   {'>', SLICE("X\0\0\0\4")}},
	 .codes = "postgresql-md5-login"},
};

/* MS-TDS section 4.2, with another value of ENCRYPTION. */
#define PRELOGIN_ANSWER(encryption)                                                                \
	"\4\1\0\x2b\0\0\1\0\0\0\x1a\0\6\1\0\x20\0\1\2\0\x21\0\1\3\0\x22\0\0\4\0\x22\0\1\xff\x09\0" \
	"\0\0\0\0" encryption "\0\0"
static const struct audit_vector ms_vectors[] = {
	{.title = "it insists",
	 .source = "MS-TDS section 4.2",
	 .turns = {{'>', SLICE(PRELOGIN)}, {'<', SLICE(PRELOGIN_ANSWER("\3"))}},
	 .codes = ""},
	{.title = "the login alone",
	 .source = "MS-TDS section 2.2.6.5",
	 .turns = {{'>', SLICE(PRELOGIN)}, {'<', SLICE(PRELOGIN_ANSWER("\0"))}},
	 .codes = "mssql-encryption-optional"},
	{.title = "nothing",
	 .source = "MS-TDS section 2.2.6.5",
	 .turns = {{'>', SLICE(PRELOGIN)}, {'<', SLICE(PRELOGIN_ANSWER("\2"))}},
	 .codes = "mssql-no-encryption"},
};

static const struct audit_vector my_vectors[] = {
	{.title = "no TLS",
	 .source = "MariaDB 10.11.19",
	 .turns = {{'<', SLICE("d\0\0\0\n5.5.5-10.11.19-MariaDB-0+deb12u1\0\5\0\0\0-Lw5A&7%\0\376"
			       "\367\10\2\0\377\201\25\0\0\0\0\0\0\35\0\0\0OA837\\G1_hnq\0"
			       "mysql_native_password\0")}},
	 .codes = "mysql-tls-missing mysql-sha1-login"},
	{.title = "TLS, and logins by SHA-1",
	 .source = "MariaDB 10.11.19",
	 .turns = {{'<', SLICE("d\0\0\0\n5.5.5-10.11.19-MariaDB-0+deb12u1\0\4\0\0\0~^;LN$cH\0\376"
			       "\377\10\2\0\377\201\25\0\0\0\0\0\0\35\0\0\0}_Cr4IRC6&Zr\0"
			       "mysql_native_password\0")},
		   {'>', SLICE(MY_SSL_REQUEST)}},
	 .codes = "mysql-sha1-login"},
	{.title = "as it should be",
	 .source = "MySQL protocol, HandshakeV10",
	 .turns = {{'<', SLICE("J\0\0\0\n8.0.36\0\10\0\0\0abcdefgh\0\377\377\377\2\0\377\337\25\0\0"
			       "\0\0\0\0\0\0\0\0ijklmnopqrst\0caching_sha2_password\0")},
		   {'>', SLICE(MY_SSL_REQUEST)}},
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
const struct audit audit_postgresql_login = {
	.name = "postgresql-login",
	.title = "logins of PostgreSQL before TLS",
	.of = of_pg,
	.transport = TRANSPORT_TCP,
	.is_active = true,
	.start = pg_login_start,
	.input = pg_login_input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = pg_login_vectors,
	.n_vectors = ARRAY_LEN(pg_login_vectors),
};
const struct audit audit_mssql = {
	.name = "mssql",
	.title = "encryption of SQL Server",
	.of = of_ms,
	.transport = TRANSPORT_TCP,
	.start = ms_start,
	.input = ms_input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = ms_vectors,
	.n_vectors = ARRAY_LEN(ms_vectors),
};
const struct audit audit_mysql = {
	.name = "mysql",
	.title = "TLS and logins of MySQL and MariaDB",
	.of = of_my,
	.transport = TRANSPORT_TCP,
	.place = AUDIT_UPGRADE,
	.is_once = true,
	.start = my_start,
	.input = my_input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = my_vectors,
	.n_vectors = ARRAY_LEN(my_vectors),
};
