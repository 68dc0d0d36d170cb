/* SPDX-License-Identifier: ISC
 *
 * Microsoft SQL Server: what comes before a login, MS-TDS section 2.2.6.5. We offer to go on
 * without encryption; the server tells its version, and whether it would have that. Where TLS comes
 * first (TDS 8.0), nothing of this is seen.
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { HEADER = 8, TABULAR_RESULT = 4, END_OF_MESSAGE = 1 };
/* The options, and the size of those that have one. */
enum { VERSION = 0, ENCRYPTION = 1, TERMINATOR = 0xff, VERSION_SIZE = 6 };

/* A packet of type 0x12, the last of its message. Each option: its number, where its value is
 * (from behind the header), the value's size. */
#define REQUEST                                                                                    \
	"\x12\1\0\x2f\0\0\0\0"                                                                     \
	"\0\0\x1a\0\6"		       /* version */                                               \
	"\1\0\x20\0\1"		       /* encryption */                                            \
	"\2\0\x21\0\1"		       /* instance */                                              \
	"\3\0\x22\0\4"		       /* thread */                                                \
	"\4\0\x26\0\1\xff"	       /* several active results */                                \
	"\x11\0\0\0\0\0\0\0\0\0\0\0\0" /* 17.0, encryption of the login, the rest 0 */

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	static const struct slice request = SLICE(REQUEST);

	(void)state;
	(void)ask;
	proto_put(out, request.p, request.n);
}

struct prelogin {
	uint8_t major, minor, encryption;
	uint16_t build;
	bool has_version, has_encryption;
};

/* One option's value, which stands in the body where its entry says. */
static bool read_option(struct slice body, uint8_t option, struct slice entry, struct prelogin *p)
{
	uint16_t offset, size;
	struct slice value;

	if (!wire_take16(&entry, &offset) || !wire_take16(&entry, &size) || offset > body.n)
		return false;
	body = slice_skip(body, offset);
	if (!wire_take(&body, size, &value))
		return false;
	if (option == VERSION) {
		p->has_version = size == VERSION_SIZE && wire_take8(&value, &p->major) &&
				 wire_take8(&value, &p->minor) && wire_take16(&value, &p->build);
		return p->has_version;
	}
	if (option == ENCRYPTION)
		p->has_encryption = wire_take8(&value, &p->encryption);
	return true;
}

/* The version is the first of them, section 2.2.6.5; they end in 0xff. */
static bool read_options(struct slice body, struct prelogin *p)
{
	enum { ENTRY = 4, OPTIONS_MAX = 16 };
	struct slice s = body, entry;
	uint8_t option;

	*p = (struct prelogin){0};
	for (unsigned i = 0; i < OPTIONS_MAX && wire_take8(&s, &option); i++) {
		if (option == TERMINATOR)
			return p->has_version && p->has_encryption;
		if ((i == 0 && option != VERSION) || !wire_take(&s, ENTRY, &entry) ||
		    !read_option(body, option, entry, p))
			return false;
	}
	return false;
}

static const char *product(const struct prelogin *p)
{
	static const struct {
		uint8_t major, minor;
		const char *name;
	} names[] = {{8, 0, "2000"},  {9, 0, "2005"},  {10, 0, "2008"}, {10, 50, "2008 R2"},
		     {11, 0, "2012"}, {12, 0, "2014"}, {13, 0, "2016"}, {14, 0, "2017"},
		     {15, 0, "2019"}, {16, 0, "2022"}, {17, 0, "2025"}};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].major == p->major && names[i].minor == p->minor)
			return names[i].name;
	return NULL;
}

static bool say(const struct prelogin *p, struct proto_said *said)
{
	static const char *const encryption[] = {"encrypts the login alone", "encrypts all",
						 "encrypts nothing", "insists on encryption"};
	const char *name = product(p);

	if (p->encryption >= ARRAY_LEN(encryption))
		return false;
	proto_sayf(said, "SQL Server %s%s%u.%u.%u%s, %s", name ? name : "", name ? " (" : "",
		   p->major, p->minor, p->build, name ? ")" : "", encryption[p->encryption]);
	return true;
}

static enum proto_result read_answer(struct slice *in, struct proto_said *said)
{
	enum { ANSWER_MAX = 4096 };
	static const uint8_t begin[] = {TABULAR_RESULT, END_OF_MESSAGE};
	struct slice s = *in, skipped, body;
	struct prelogin p;
	uint16_t n;

	for (size_t i = 0; i < sizeof(begin) && i < s.n; i++)
		if ((uint8_t)s.p[i] != begin[i])
			return PROTO_OTHER;
	if (!wire_take_same(&s, begin, sizeof(begin)) || !wire_take16(&s, &n))
		return PROTO_MORE;
	if (n < HEADER || n > ANSWER_MAX)
		return PROTO_OTHER;
	if (!wire_take(&s, 4, &skipped) || !wire_take(&s, (size_t)n - HEADER, &body))
		return PROTO_MORE;
	if (!read_options(body, &p) || !say(&p, said))
		return PROTO_OTHER;
	*in = s;
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)ask;
	(void)out;
	return read_answer(in, said);
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	return read_answer(&in, said);
}

static const char *const services[] = {"mssql", NULL};

/* MS-TDS section 4.2 */
#define ANSWER                                                                                     \
	"\4\1\0\x2b\0\0\1\0\0\0\x1a\0\6\1\0\x20\0\1\2\0\x21\0\1\3\0\x22\0\0\4\0\x22\0\1\xff\x09\0" \
	"\0\0\0\0\1\0\0"

static const struct proto_vector vectors[] = {
	{.title = "the example of the specification",
	 .source = "MS-TDS section 4.2",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\4\1")},
		   {'<', SLICE("\0\x2b\0\0\1\0\0\0\x1a\0\6\1\0\x20\0\1\2\0\x21\0\1\3\0\x22\0\0\4\0"
			       "\x22\0\1\xff\x09\0\0\0\0\0\1\0\0")}},
	 .result = PROTO_PROVED,
	 .text = "SQL Server 2005 (9.0.0), encrypts all"},
	{.title = "it insists, and is of a version without a name",
	 .source = "MS-TDS section 2.2.6.5",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\4\1\0\x1a\0\0\1\0\0\0\x0b\0\6\1\0\x11\0\1\xff\x63\1\2\3\0\0\3")}},
	 .result = PROTO_PROVED,
	 .text = "SQL Server 99.1.515, insists on encryption"},
	{.title = "a value beyond the end",
	 .source = "MS-TDS section 2.2.6.5",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\4\1\0\x1a\0\0\1\0\0\0\x0d\0\6\1\0\x11\0\1\xff\x63\1\2\3\0\0\3")}},
	 .result = PROTO_OTHER},
	{.title = "a web server",
	 .source = "RFC 9112",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("HTTP/1.1 400 Bad Request\r\n\r\n")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE(REQUEST)}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "to another's question",
	 .source = "MS-TDS section 4.2",
	 .bytes = SLICE(ANSWER),
	 .text = "SQL Server 2005 (9.0.0), encrypts all"},
};

const struct proto proto_mssql = {
	.name = "mssql",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 71,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
