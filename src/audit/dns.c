/* SPDX-License-Identifier: ISC
 *
 * DNS over UDP, where senders can be forged: whether it tells its version to anybody, and, only
 * where the owner wants that tried, whether it looks things up for us: the name servers of the
 * root, which every resolver knows already. RFC 1035 section 4, RFC 5358.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/wire.h"

enum { RECURSE = 0x0100, CAN_RECURSE = 0x0080, IS_ANSWER = 0x8000, CODE = 15, TEXT = 16 };

static const struct weakness version_weaknesses[] = {
	{"dns-version", SEVERITY_LOW, true, "it tells anybody which version of what it is",
	 "Take the version out of its answers (version none).", "RFC 4892 section 5"},
};
static const struct weakness recursion_weaknesses[] = {
	{"dns-recursion", SEVERITY_LOW, false,
	 "it looks up any name for whoever reaches it as we do, with a forged sender too",
	 "If we are none of its clients, let only those ask (allow-recursion, access-control).",
	 "RFC 5358 section 4"},
};

/* version.bind TXT CH, and the root's NS IN. */
static const struct slice version_question = SLICE("\7version\4bind\0\0\x10\0\3"),
			  root_question = SLICE("\0\0\2\0\1");

static bool put_query(const struct audit_ask *ask, unsigned flags, struct slice question,
		      struct proto_out *out)
{
	proto_put(out, ask->chance, 2);
	proto_put16(out, flags);
	proto_put16(out, 1);
	proto_put16(out, 0);
	proto_put32(out, 0);
	proto_put(out, question.p, question.n);
	return true;
}

static bool start_version(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	return put_query(ask, 0, version_question, out);
}

static bool start_recursion(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	return put_query(ask, RECURSE, root_question, out);
}

struct answer {
	uint16_t flags, answers;
	struct slice rest; /* behind the question */
};

/* MORE: it is not to our question. OTHER: it is none, or does not repeat the question. */
static enum proto_result read_answer(const struct audit_ask *ask, struct slice m,
				     struct slice question, struct answer *a)
{
	uint16_t questions, authorities, more;
	struct slice id;

	if (!wire_take(&m, 2, &id) || !wire_take16(&m, &a->flags) || !(a->flags & IS_ANSWER) ||
	    !wire_take16(&m, &questions) || !wire_take16(&m, &a->answers) ||
	    !wire_take16(&m, &authorities) || !wire_take16(&m, &more))
		return PROTO_OTHER;
	if (memcmp(id.p, ask->chance, 2) != 0)
		return PROTO_MORE;
	if (questions != 1 || !wire_take_same(&m, question.p, question.n))
		return PROTO_OTHER;
	a->rest = m;
	return PROTO_PROVED;
}

/* The first record: its name, whole or a pointer; type, class, time, size; a text. */
static bool read_text(struct slice s, struct slice *text)
{
	struct slice skipped;
	uint8_t label, n;
	uint16_t type, size;

	while (wire_take8(&s, &label) && label && label < 0xc0)
		if (!wire_take(&s, label, &skipped))
			return false;
	if (label >= 0xc0 && !wire_take(&s, 1, &skipped))
		return false;
	return wire_take16(&s, &type) && type == TEXT && wire_take(&s, 6, &skipped) &&
	       wire_take16(&s, &size) && wire_take8(&s, &n) && wire_take(&s, n, text);
}

/* Somebody may have put other words there: without a number it is no version. */
static bool has_digit(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9')
			return true;
	return false;
}

static enum proto_result input_version(void *state, const struct audit_ask *ask, struct slice *in,
				       struct proto_out *out, struct audit_notes *notes)
{
	struct answer a;
	struct slice text;
	enum proto_result result = read_answer(ask, *in, version_question, &a);

	(void)state;
	(void)out;
	if (result == PROTO_PROVED && a.answers && read_text(a.rest, &text) && has_digit(text))
		audit_note(notes, &version_weaknesses[0], "version.bind is \"%.*s\"",
			   text.n < AUDIT_TEXT_MAX ? (int)text.n : AUDIT_TEXT_MAX, text.p);
	return result;
}

static enum proto_result input_recursion(void *state, const struct audit_ask *ask, struct slice *in,
					 struct proto_out *out, struct audit_notes *notes)
{
	struct answer a;
	enum proto_result result = read_answer(ask, *in, root_question, &a);

	(void)state;
	(void)out;
	if (result == PROTO_PROVED && a.flags & CAN_RECURSE && !(a.flags & CODE) && a.answers)
		audit_note(notes, &recursion_weaknesses[0],
			   "it named %u servers of the root, in an answer of %zu bytes", a.answers,
			   in->n);
	return result;
}

static const char *const of[] = {"dns", NULL};

static const struct audit_vector version_vectors[] = {
	{.title = "as it comes",
	 .source = "BIND 9.18.49",
	 .turns = {{'>', SLICE("\0\1\0\0\0\1\0\0\0\0\0\0\7version\4bind\0\0\20\0\3")},
		   {'<', SLICE("\0\1\204\0\0\1\0\1\0\1\0\0\7version\4bind\0\0\20\0\3\300\14\0\20\0"
			       "\3\0\0\0\0\0\31\309.18.49-1~deb12u3-"
			       "Debian\300\14\0\2\0\3\0\0\0\0\0\2\300\14")}},
	 .codes = "dns-version"},
	{.title = "it keeps it to itself",
	 .source = "Unbound 1.17.1",
	 .turns = {{'>', SLICE("\0\1\0\0\0\1\0\0\0\0\0\0\7version\4bind\0\0\20\0\3")},
		   {'<', SLICE("\0\1\200\205\0\1\0\0\0\0\0\0\7version\4bind\0\0\20\0\3")}},
	 .codes = ""},
};
static const struct audit_vector recursion_vectors[] = {
	{.title = "a resolver",
	 .source = "Unbound 1.17.1",
	 .turns = {{'>', SLICE("\0\1\1\0\0\1\0\0\0\0\0\0\0\0\2\0\1")},
		   {'<', SLICE("\0\1\201\200\0\1\0\1\0\0\0\1\0\0\2\0\1\0\0\2\0\1\0\1Q\200\0\10\1a\4"
			       "root\0\300\34\0\1\0\1\0\1Q\200\0\4\177\0\0\1")}},
	 .codes = "dns-recursion"},
	{.title = "it knows its own zones alone",
	 .source = "BIND 9.18.49",
	 .turns = {{'>', SLICE("\0\1\1\0\0\1\0\0\0\0\0\0\0\0\2\0\1")},
		   {'<', SLICE("\0\1\201\5\0\1\0\0\0\0\0\0\0\0\2\0\1")}},
	 .codes = ""},
};

const struct audit audit_dns_version = {
	.name = "dns-version",
	.title = "versions that DNS tells",
	.of = of,
	.transport = TRANSPORT_UDP,
	.start = start_version,
	.input = input_version,
	.weaknesses = version_weaknesses,
	.n_weaknesses = ARRAY_LEN(version_weaknesses),
	.vectors = version_vectors,
	.n_vectors = ARRAY_LEN(version_vectors),
};
const struct audit audit_dns_recursion = {
	.name = "dns-recursion",
	.title = "whether DNS looks names up for anybody",
	.of = of,
	.transport = TRANSPORT_UDP,
	.is_active = true,
	.start = start_recursion,
	.input = input_recursion,
	.weaknesses = recursion_weaknesses,
	.n_weaknesses = ARRAY_LEN(recursion_weaknesses),
	.vectors = recursion_vectors,
	.n_vectors = ARRAY_LEN(recursion_vectors),
};
