/* SPDX-License-Identifier: ISC
 *
 * MongoDB: whether it lists its databases to somebody who has not logged in; names alone, of which
 * none is kept. One that wants a login says error 13, Unauthorized. MongoDB manual, "MongoDB Wire
 * Protocol" and "listDatabases"; BSON specification 1.1.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/wire.h"

enum { HEADER = 16, OP_MSG = 2013, MESSAGE_MAX = 65536, BODY = 0 };
enum { BSON_DOUBLE = 1, BSON_ARRAY = 4 };

static const struct weakness weaknesses[] = {
	{"mongodb-open", SEVERITY_CRITICAL, false,
	 "whoever reaches it reads and changes all: it wants no login",
	 "Demand a login (security.authorization), and let only those in who need it.", "CWE-306"},
};

/* {listDatabases: 1, nameOnly: true, $db: "admin"} */
#define LIST                                                                                       \
	"\62\0\0\0"                                                                                \
	"\20listDatabases\0\1\0\0\0"                                                               \
	"\10nameOnly\0\1"                                                                          \
	"\2$db\0\6\0\0\0admin\0"                                                                   \
	"\0"
static const struct slice list = SLICE(LIST);

static bool start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	proto_put32le(out, HEADER + 4 + 1 + (uint32_t)list.n);
	proto_put(out, ask->chance, 4); /* our id */
	proto_put32le(out, 0);		/* to nothing */
	proto_put32le(out, OP_MSG);
	proto_put32le(out, 0); /* no flags */
	proto_put(out, (const uint8_t[]){BODY}, 1);
	proto_put(out, list.p, list.n);
	return true;
}

/* How long values are; of those that begin with a length, how many more bytes than that follow. */
static const struct value {
	uint8_t type;
	bool has_length;
	int8_t n;
} values[] = {
	{BSON_DOUBLE, false, 8}, {2, true, 0},			       /* a string */
	{3, true, -4},		 {BSON_ARRAY, true, -4}, {5, true, 1}, /* bytes, and of what kind */
	{7, false, 12},		 {8, false, 1},		 {9, false, 8},	 {10, false, 0},
	{16, false, 4},		 {17, false, 8},	 {18, false, 8},
};

static bool take_value(struct slice *s, uint8_t type, struct slice *value)
{
	uint32_t n;

	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		const struct value *v = &values[i];

		if (v->type != type)
			continue;
		if (!v->has_length)
			return wire_take(s, (size_t)v->n, value);
		return wire_take32le(s, &n) && n <= MESSAGE_MAX &&
		       wire_take(s, n + (uint32_t)v->n, value);
	}
	return false;
}

/* Up to the first element that it does not know. */
static bool find(struct slice document, uint8_t wanted, const char *wanted_name,
		 struct slice *value)
{
	struct slice name;
	uint8_t type;

	while (wire_take8(&document, &type) && type) {
		name = wire_take_string(&document);
		if (!take_value(&document, type, value))
			return false;
		if (type == wanted && slice_is(name, wanted_name))
			return true;
	}
	return false;
}

static void judge(struct slice document, struct audit_notes *notes)
{
	static const struct slice one = SLICE("\0\0\0\0\0\0\xf0\x3f");
	struct slice ok, databases;

	if (find(document, BSON_DOUBLE, "ok", &ok) && slice_equal(ok, one) &&
	    find(document, BSON_ARRAY, "databases", &databases))
		audit_note(notes, weaknesses, "listDatabases was answered");
}

static enum proto_result input(void *state, const struct audit_ask *ask, struct slice *in,
			       struct proto_out *out, struct audit_notes *notes)
{
	struct slice m = *in, body, to;
	uint32_t n, id, op, flags, size;
	uint8_t kind;

	(void)state;
	(void)out;
	if (!wire_take32le(&m, &n))
		return PROTO_MORE;
	if (n < HEADER + 4 + 1 + 5 || n > MESSAGE_MAX)
		return PROTO_OTHER;
	if (!wire_take(&m, n - 4, &body))
		return PROTO_MORE;
	*in = m;
	if (!wire_take32le(&body, &id) || !wire_take(&body, 4, &to) ||
	    memcmp(to.p, ask->chance, 4) != 0 || !wire_take32le(&body, &op) || op != OP_MSG ||
	    !wire_take32le(&body, &flags) || !wire_take8(&body, &kind) || kind != BODY ||
	    !wire_take32le(&body, &size))
		return PROTO_OTHER;
	judge(body, notes);
	return PROTO_PROVED;
}

static const char *const of[] = {"mongodb", NULL};

#define REQUEST "\107\0\0\0\0\1\2\3\0\0\0\0\335\7\0\0\0\0\0\0\0" LIST
static const struct audit_vector vectors[] = {
	{.title = "open",
	 .source = "MongoDB manual, listDatabases",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\116\0\0\0\1\0\0\0\0\1\2\3\335\7\0\0\0\0\0\0\0"
			       "\71\0\0\0"
			       "\4databases\0\35\0\0\0"
			       "\0030\0\25\0\0\0\2name\0\6\0\0\0admin\0\0"
			       "\0"
			       "\1ok\0\0\0\0\0\0\0\360?"
			       "\0")}},
	 .codes = "mongodb-open",
	 .evidence = "listDatabases was answered"},
	{.title = "a login first",
	 .source = "MongoDB manual, error codes",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\141\0\0\0\1\0\0\0\0\1\2\3\335\7\0\0\0\0\0\0\0"
			       "\114\0\0\0"
			       "\1ok\0\0\0\0\0\0\0\0\0"
			       "\2errmsg\0\12\0\0\0no login!\0"
			       "\20code\0\15\0\0\0"
			       "\2codeName\0\15\0\0\0Unauthorized\0"
			       "\0")}},
	 .codes = ""},
	{.title = "an answer to another question",
	 .source = "MongoDB manual, MongoDB Wire Protocol",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\32\0\0\0\1\0\0\0\7\7\7\7\335\7\0\0\0\0\0\0\0\5\0\0\0\0")}},
	 .codes = ""},
};

const struct audit audit_mongodb = {
	.name = "mongodb",
	.title = "MongoDB without a login",
	.of = of,
	.transport = TRANSPORT_TCP,
	.start = start,
	.input = input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
