/* SPDX-License-Identifier: ISC
 *
 * MySQL and MariaDB: the first packet, unasked: a greeting, or an error that says why there is
 * none. Nothing is said in return. The servers count every connection that ends before its login,
 * however it ends, and shut out a host after 100 of them in a row (max_connect_errors); a wrong
 * message counts alike, and so does a quit in place of a login. Measured with MariaDB 10.11.19.
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum {
	PACKET_MAX = 1024,
	VERSION_10 = 10,
	ERROR = 0xff,
	ERRORS_FROM = 1000,
	ERRORS_TO = 4999,
	HOST_IS_BLOCKED = 1129
};

/* Three bytes of length, little end first, and a number that begins with 0. PROTO_OTHER: what came
 * cannot be the first packet. */
static enum proto_result take_packet(struct slice *in, struct slice *packet)
{
	struct slice rest = *in;
	uint32_t head;
	size_t n;

	if (in->n > 2 && (in->p[2] || ((uint8_t)in->p[1] << 8 | (uint8_t)in->p[0]) > PACKET_MAX))
		return PROTO_OTHER;
	if (!wire_take32le(&rest, &head))
		return PROTO_MORE;
	n = head & 0xffffff;
	if (head >> 24 || n < 5)
		return PROTO_OTHER;
	if (rest.n && (uint8_t)rest.p[0] != VERSION_10 && (uint8_t)rest.p[0] != ERROR)
		return PROTO_OTHER;
	if (!wire_take(&rest, n, packet))
		return PROTO_MORE;
	*in = rest;
	return PROTO_PROVED;
}

static bool is_printable(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((uint8_t)s.p[i] < ' ' || (uint8_t)s.p[i] == 127)
			return false;
	return s.n > 0;
}

/* "5.5.5-10.11.19-MariaDB": the first number is for replicas of old that know no 10. */
static void say_version(struct slice version, struct proto_said *said)
{
	static const char disguise[] = "5.5.5-";

	proto_say(said, slice_has_prefix(version, disguise)
				? slice_skip(version, sizeof(disguise) - 1)
				: version);
}

/* Version, connection, half of a challenge, a byte 0, and what it can do. */
static enum proto_result read_greeting(struct slice m, struct proto_said *said)
{
	struct slice version = wire_take_string(&m), challenge;
	uint32_t connection;
	uint8_t zero;
	uint16_t can;

	if (!is_printable(version) || version.p[0] < '0' || version.p[0] > '9' ||
	    !wire_take32le(&m, &connection) || !wire_take(&m, 8, &challenge) ||
	    !wire_take8(&m, &zero) || zero || !wire_take16le(&m, &can))
		return PROTO_OTHER;
	say_version(version, said);
	return PROTO_PROVED;
}

/* A number and words; before the greeting without the SQL state that comes between them later. */
static enum proto_result read_error(struct slice m, struct proto_said *said)
{
	uint16_t number;

	if (!wire_take16le(&m, &number) || number < ERRORS_FROM || number > ERRORS_TO ||
	    !is_printable(m))
		return PROTO_OTHER;
	proto_say(said, slice_has_prefix(m, "#") ? slice_skip(m, 6) : m);
	said->is_shut_out = number == HOST_IS_BLOCKED;
	return PROTO_PROVED;
}

static enum proto_result read_first(struct slice *in, struct proto_said *said)
{
	struct slice m;
	enum proto_result result = take_packet(in, &m);
	uint8_t kind;

	if (result != PROTO_PROVED || !wire_take8(&m, &kind))
		return result;
	return kind == ERROR ? read_error(m, said) : read_greeting(m, said);
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)ask;
	(void)out;
	return read_first(in, said);
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	return read_first(&in, said);
}

static const char *const services[] = {"mysql", "mariadb", NULL};

#define GREETING                                                                                   \
	"d\0\0\0\n5.5.5-10.11.19-MariaDB-0+deb12u1\0\5\0\0\0-Lw5A&7%\0\376\367\10\2\0\377\201\25"  \
	"\0\0\0\0\0\0\35\0\0\0OA837\\G1_hnq\0mysql_native_password\0"

static const struct proto_vector vectors[] = {
	{.title = "MariaDB",
	 .source = "MariaDB 10.11.19",
	 .turns = {{'<', SLICE(GREETING)}},
	 .result = PROTO_PROVED,
	 .text = "10.11.19-MariaDB-0+deb12u1"},
	{.title = "MySQL",
	 .source = "MySQL protocol, HandshakeV10",
	 .turns = {{'<', SLICE("J\0\0\0\n8.0.36\0\10\0\0\0abcdefgh\0\377\377\377\2\0\377\337\25\0\0"
			       "\0\0\0\0\0\0\0\0ijklmnopqrst\0caching_sha2_password\0")}},
	 .result = PROTO_PROVED,
	 .text = "8.0.36"},
	{.title = "it does not let us in",
	 .source = "MariaDB 10.11.19",
	 .turns = {{'<', SLICE("F\0\0\0\377j\4Host 'b.peer.test' is not allowed to connect to this "
			       "MariaDB server")}},
	 .result = PROTO_PROVED,
	 .text = "Host 'b.peer.test' is not allowed to connect to this MariaDB server"},
	{.title = "it has shut this host out",
	 .source = "MySQL protocol, ERR_Packet",
	 .turns =
		 {{'<',
		   SLICE("\70\0\0\0\377i\4Host 'b' is blocked because of many connection errors")}},
	 .result = PROTO_PROVED,
	 .is_shut_out = true,
	 .text = "Host 'b' is blocked because of many connection errors"},
	{.title = "an error that has not ended",
	 .source = "MySQL protocol, ERR_Packet",
	 .turns = {{'<', SLICE("\35\0\0\0\377\20\4#08004Too many")}},
	 .result = PROTO_MORE},
	{.title = "too many connections; the state is not told",
	 .source = "MySQL protocol, ERR_Packet",
	 .turns = {{'<', SLICE("\35\0\0\0\377\20\4#08004Too many connections")}},
	 .result = PROTO_PROVED,
	 .text = "Too many connections"},
	{.title = "a number that is no error's",
	 .source = "MySQL protocol, ERR_Packet",
	 .turns = {{'<', SLICE("\10\0\0\0\377\1\0hello")}},
	 .result = PROTO_OTHER},
	{.title = "a later packet",
	 .source = "MySQL protocol, packets",
	 .turns = {{'<', SLICE("\27\0\0\1\377\20\4#08004Too many connections")}},
	 .result = PROTO_OTHER},
	{.title = "a greeting that is cut short",
	 .source = "MySQL protocol, HandshakeV10",
	 .turns = {{'<', SLICE("\14\0\0\0\n8.0.36\0\10\0\0\0")}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "to a request of HTTP",
	 .source = "MariaDB 10.11.19",
	 .bytes = SLICE(GREETING "!\0\0\1\377\204\4#08S01Got packets out of order"),
	 .text = "10.11.19-MariaDB-0+deb12u1"},
};

const struct proto proto_mysql = {
	.name = "mysql",
	.services = services,
	.transport = TRANSPORT_TCP,
	.is_on_request = true,
	.answers = PROTO_ALWAYS,
	.is_server_first = true,
	.input = input,
	.recognise = recognise,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
