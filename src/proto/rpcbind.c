/* SPDX-License-Identifier: ISC
 *
 * rpcbind: on which TCP port is this program? RFC 1833. Version 2 is asked first, which every
 * rpcbind and portmapper speaks over IPv4 (section 3, PMAPPROC_GETPORT); over IPv6 they name
 * versions 3 and 4, and are asked anew (section 2.2.1, RPCBPROC_GETADDR). Where no program is
 * named: the procedure that does nothing.
 */
#include "base/compiler.h"
#include "proto/rpc.h"
#include "proto/wire.h"

enum {
	NOTHING = 0,
	GETPORT = 3,
	GETADDR = 3,
	VERSION_2 = 2,
	VERSION_3 = 3,
	TCP = 6,
	ANY_VERSION = 1
};

struct talk {
	uint32_t program; /* 0: none is asked for */
	bool is_second;	  /* version 3 */
};

/* The number of the program that is asked for; 0: none, or what is asked for is none. */
static uint32_t program_of(const char *what)
{
	const char *id = rpc_name_id(what);
	uint64_t number;

	return id && slice_number(slice_of(id), UINT32_MAX, &number) ? (uint32_t)number : 0;
}

static struct rpc_call call(const struct talk *t, const struct proto_ask *ask)
{
	const uint8_t *c = ask->chance + (t->is_second ? 4 : 0);

	return (struct rpc_call){
		.xid = (uint32_t)c[0] << 24 | (uint32_t)c[1] << 16 | (uint32_t)c[2] << 8 | c[3],
		.program = RPCBIND_PROGRAM,
		.version = t->is_second ? VERSION_3 : VERSION_2,
		.procedure = t->program ? GETPORT : NOTHING,
	};
}

/* A string: its length, its bytes, and zeros up to a multiple of four (RFC 4506 section 4.11). */
static void put_string(struct proto_out *out, const char *s)
{
	static const uint8_t zeros[3];
	size_t n = strlen(s);

	proto_put32(out, (uint32_t)n);
	proto_put(out, s, n);
	proto_put(out, zeros, -n & 3);
}

/* Both take any version of the program where they do not have the one that is named. */
static void put_first(const struct talk *t, const struct proto_ask *ask, struct proto_out *out)
{
	const struct rpc_call c = call(t, ask);

	rpc_put_call(out, &c);
	if (!t->program)
		return;
	proto_put32(out, t->program);
	proto_put32(out, ANY_VERSION);
	proto_put32(out, TCP);
	proto_put32(out, 0);
}

static void put_second(const struct talk *t, const struct proto_ask *ask, struct proto_out *out)
{
	const struct rpc_call c = call(t, ask);

	rpc_put_call(out, &c);
	proto_put32(out, t->program);
	proto_put32(out, ANY_VERSION);
	put_string(out, "tcp6");
	put_string(out, "");
	put_string(out, "");
}

static void put(const struct talk *t, const struct proto_ask *ask, struct proto_out *out)
{
	(t->is_second ? put_second : put_first)(t, ask, out);
}

/* A record's mark is known once the message is. */
static void put_record(const struct talk *t, const struct proto_ask *ask, struct proto_out *out)
{
	struct proto_out m = {.n = 0};

	put(t, ask, &m);
	rpc_put_record(out, m.n);
	proto_put(out, m.bytes, m.n);
}

static void start_udp(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	struct talk *t = state;

	t->program = program_of(ask->what);
	put(t, ask, out);
}

static void start_tcp(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	struct talk *t = state;

	t->program = program_of(ask->what);
	put_record(t, ask, out);
}

/* "2001:db8::1.8.1": the port is in the last two numbers, RFC 1833 section 2.1 and RFC 5665 section
 * 5.2.3. */
static bool read_address(struct slice s, uint16_t *port)
{
	struct slice part, high = SLICE_NONE, low = SLICE_NONE;
	uint64_t h, l;

	while (slice_cut(&s, '.', &part)) {
		high = low;
		low = part;
	}
	if (!slice_number(high, UINT8_MAX, &h) || !slice_number(low, UINT8_MAX, &l))
		return false;
	*port = (uint16_t)(h << 8 | l);
	return true;
}

/* An empty address or port 0: there is no such program, or not over TCP. */
static bool read_port(const struct talk *t, struct slice results, uint16_t *port)
{
	struct slice address;
	uint32_t v;

	*port = 0;
	if (!wire_take32(&results, &v))
		return false;
	if (t->is_second)
		return wire_take(&results, v, &address) && (v == 0 || read_address(address, port));
	*port = (uint16_t)v;
	return v <= UINT16_MAX;
}

static enum proto_result read_results(const struct talk *t, const struct proto_ask *ask,
				      struct slice results, struct proto_said *said)
{
	if (t->program && !read_port(t, results, &said->port))
		return PROTO_OTHER;
	said->is_unknown = ask->what && said->port == 0;
	return PROTO_PROVED;
}

/* Sets is_second where it is to be asked again. */
static enum proto_result read_answer(struct talk *t, const struct proto_ask *ask, struct slice m,
				     struct proto_said *said)
{
	struct rpc_reply reply;

	switch (rpc_read(m, call(t, ask).xid, &reply)) {
	case RPC_DONE:
		return read_results(t, ask, reply.results, said);
	case RPC_VERSIONS:
		if (!t->program)
			return read_results(t, ask, SLICE_NONE, said);
		if (t->is_second || reply.low > VERSION_3 || reply.high < VERSION_3)
			return PROTO_PROVED;
		t->is_second = true;
		return PROTO_MORE;
	case RPC_STRANGER:
		return PROTO_MORE;
	default:
		return PROTO_OTHER;
	}
}

static enum proto_result input_udp(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	struct talk *t = state;
	bool was_second = t->is_second;
	enum proto_result result = read_answer(t, ask, *in, said);

	if (t->is_second && !was_second)
		put(t, ask, out);
	return result;
}

static enum proto_result input_tcp(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	struct talk *t = state;
	bool was_second = t->is_second;
	enum proto_result result;
	struct slice m;

	if (!rpc_take_record(in, &m, &result))
		return result;
	result = read_answer(t, ask, m, said);
	if (t->is_second && !was_second)
		put_record(t, ask, out);
	return result;
}

static const char *const services[] = {"rpcbind", NULL};

#define NOTHING_2                                                                                  \
	"\0\1\2\3\0\0\0\0\0\0\0\2\0\1\206\240\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"         \
	"\0\0"
#define MOUNTD_2                                                                                   \
	"\0\1\2\3\0\0\0\0\0\0\0\2\0\1\206\240\0\0\0\2\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0"         \
	"\0\0\0\1\206\245\0\0\0\1\0\0\0\6\0\0\0\0"
#define MOUNTD_3                                                                                   \
	"\4\5\6\7\0\0\0\0\0\0\0\2\0\1\206\240\0\0\0\3\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0"         \
	"\0\0\0\1\206\245\0\0\0\1\0\0\0\4tcp6\0\0\0\0\0\0\0\0"
#define VERSIONS_3_TO_4 "\0\1\2\3\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0\3\0\0\0\4"

static const struct proto_vector vectors_udp[] = {
	{.title = "it is there",
	 .source = "rpcbind 1.2.6",
	 .turns = {{'>', SLICE(NOTHING_2)},
		   {'<', SLICE("\0\1\2\3\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}},
	 .result = PROTO_PROVED},
	{.title = "where a program is",
	 .source = "rpcbind 1.2.6",
	 .what = "mountd",
	 .turns = {{'>', SLICE(MOUNTD_2)},
		   {'<', SLICE("\0\1\2\3\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0NP")}},
	 .result = PROTO_PROVED,
	 .port = 20048},
	{.title = "a program that is not there",
	 .source = "rpcbind 1.2.6",
	 .what = "ypserv",
	 .turns = {{'>',
		    SLICE("\0\1\2\3\0\0\0\0\0\0\0\2\0\1\206\240\0\0\0\2\0\0\0\3\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\1\206\244\0\0\0\1\0\0\0\6\0\0\0\0")},
		   {'<', SLICE("\0\1\2\3\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}},
	 .result = PROTO_PROVED,
	 .is_unknown = true},
	{.title = "it is asked anew in version 3",
	 .source = "RFC 1833",
	 .what = "mountd",
	 .turns = {{'>', SLICE(MOUNTD_2)},
		   {'<', SLICE(VERSIONS_3_TO_4)},
		   {'>', SLICE(MOUNTD_3)},
		   {'<',
		    SLICE("\4\5\6\7\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0212001:db8::"
			  "7.78.80\0\0\0")}},
	 .result = PROTO_PROVED,
	 .port = 20048},
	{.title = "a program that is not there, in version 3",
	 .source = "RFC 1833",
	 .what = "100005",
	 .turns = {{'>', SLICE(MOUNTD_2)},
		   {'<', SLICE(VERSIONS_3_TO_4)},
		   {'>', SLICE(MOUNTD_3)},
		   {'<', SLICE("\4\5\6\7\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}},
	 .result = PROTO_PROVED,
	 .is_unknown = true},
	{.title = "an address that is none",
	 .source = "RFC 1833",
	 .what = "mountd",
	 .turns = {{'>', SLICE(MOUNTD_2)},
		   {'<', SLICE(VERSIONS_3_TO_4)},
		   {'>', SLICE(MOUNTD_3)},
		   {'<',
		    SLICE("\4\5\6\7\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\11::.256.80\0"
			  "\0\0")}},
	 .result = PROTO_OTHER},
	{.title = "the first answer comes twice",
	 .source = "RFC 1833",
	 .what = "mountd",
	 .turns = {{'>', SLICE(MOUNTD_2)},
		   {'<', SLICE(VERSIONS_3_TO_4)},
		   {'>', SLICE(MOUNTD_3)},
		   {'<', SLICE(VERSIONS_3_TO_4)}},
	 .result = PROTO_MORE},
	{.title = "something that no rpcbind lists",
	 .source = "RFC 1833",
	 .what = "wmi",
	 .turns = {{'>', SLICE(NOTHING_2)},
		   {'<', SLICE("\0\1\2\3\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}},
	 .result = PROTO_PROVED,
	 .is_unknown = true},
	{.title = "a server of other programs",
	 .source = "RFC 5531",
	 .turns = {{'>', SLICE(NOTHING_2)},
		   {'<', SLICE("\0\1\2\3\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(NOTHING_2)}, {'<', SLICE(NOTHING_2)}},
	 .result = PROTO_OTHER},
};

static const struct proto_vector vectors_tcp[] = {
	{.title = "where a program is",
	 .source = "rpcbind 1.2.6",
	 .what = "mountd",
	 .turns = {{'>', SLICE("\200\0\0008" MOUNTD_2)},
		   {'<', SLICE("\200\0\0\34\0\1\2")},
		   {'<', SLICE("\3\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0NP")}},
	 .result = PROTO_PROVED,
	 .port = 20048},
	{.title = "a program that is not there",
	 .source = "rpcbind 1.2.6",
	 .what = "ypserv",
	 .turns = {{'>', SLICE("\200\0\08\0\1\2\3\0\0\0\0\0\0\0\2\0\1\206\240\0\0\0\2\0\0\0\3\0\0\0"
			       "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\206\244\0\0\0\1\0\0\0\6\0\0\0\0")},
		   {'<',
		    SLICE("\200\0\0\34\0\1\2\3\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}},
	 .result = PROTO_PROVED,
	 .is_unknown = true},
	{.title = "it is asked anew in version 3",
	 .source = "RFC 1833",
	 .what = "mountd",
	 .turns = {{'>', SLICE("\200\0\0008" MOUNTD_2)},
		   {'<', SLICE("\200\0\0 " VERSIONS_3_TO_4)},
		   {'>', SLICE("\200\0\0@" MOUNTD_3)},
		   {'<', SLICE("\200\0\0000\4\5\6\7\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0212001:db8::7.78.80\0\0\0")}},
	 .result = PROTO_PROVED,
	 .port = 20048},
	{.title = "a web server",
	 .source = "RFC 9112",
	 .turns = {{'>', SLICE("\200\0\0(" NOTHING_2)},
		   {'<', SLICE("HTTP/1.1 400 Bad Request\r\n"
			       "\r\n")}},
	 .result = PROTO_OTHER},
};

const struct proto proto_rpcbind = {
	.name = "rpcbind",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_ALWAYS,
	.is_directory = true,
	.state_size = sizeof(struct talk),
	.start = start_udp,
	.input = input_udp,
	.vectors = vectors_udp,
	.n_vectors = ARRAY_LEN(vectors_udp),
};

const struct proto proto_rpcbind_tcp = {
	.name = "rpcbind",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.is_directory = true,
	.state_size = sizeof(struct talk),
	.start = start_tcp,
	.input = input_tcp,
	.vectors = vectors_tcp,
	.n_vectors = ARRAY_LEN(vectors_tcp),
};
