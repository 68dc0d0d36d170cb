/* SPDX-License-Identifier: ISC
 *
 * BitTorrent's directory of peers: are you there? BEP 5. The question says that we answer none (BEP
 * 43), so that nobody keeps us for a node. Where BitTorrent listens over UDP, that is what most
 * programs answer.
 */
#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { NODE_ID = 20, TRANSACTION = 4 };

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	proto_put_text(out, "d1:ad2:id20:");
	proto_put(out, ask->chance, PROTO_CHANCE);
	proto_put(out, ask->chance, NODE_ID - PROTO_CHANCE);
	proto_put_text(out, "e1:q4:ping2:roi1e1:t4:");
	proto_put(out, ask->chance, TRANSACTION);
	proto_put_text(out, "1:y1:qe");
}

/* Bencoding, BEP 3. */

static bool take_string(struct slice *s, struct slice *string)
{
	struct slice rest = *s, digits;
	uint64_t n;

	if (!slice_cut(&rest, ':', &digits) || !rest.p || !slice_number(digits, s->n, &n) ||
	    !wire_take(&rest, n, string))
		return false;
	*s = rest;
	return true;
}

static bool take_integer(struct slice *s)
{
	struct slice rest = slice_skip(*s, 1), digits;
	uint64_t n;

	if (!s->n || s->p[0] != 'i' || !slice_cut(&rest, 'e', &digits) || !rest.p)
		return false;
	if (digits.n && digits.p[0] == '-')
		digits = slice_skip(digits, 1);
	if (!slice_number(digits, INT64_MAX, &n))
		return false;
	*s = rest;
	return true;
}

/* One value, whatever is in it. */
static bool take_value(struct slice *s, struct slice *value)
{
	struct slice rest = *s, string;
	size_t depth = 0;

	do {
		if (rest.n && (rest.p[0] == 'd' || rest.p[0] == 'l')) {
			rest = slice_skip(rest, 1);
			depth++;
		} else if (rest.n && rest.p[0] == 'e' && depth) {
			rest = slice_skip(rest, 1);
			depth--;
		} else if (!take_integer(&rest) && !take_string(&rest, &string)) {
			return false;
		}
	} while (depth);
	*value = (struct slice){s->p, s->n - rest.n};
	*s = rest;
	return true;
}

/* What a dictionary has under a key. */
static bool find(struct slice dictionary, const char *key, struct slice *value)
{
	struct slice found;

	if (!wire_take_same(&dictionary, "d", 1))
		return false;
	while (take_string(&dictionary, &found) && take_value(&dictionary, value))
		if (slice_is(found, key))
			return true;
	return false;
}

static bool find_string(struct slice dictionary, const char *key, struct slice *string)
{
	struct slice value;

	return find(dictionary, key, &value) && take_string(&value, string);
}

/* A response names its node; an error is a list. */
static bool is_answer(struct slice message, struct slice kind)
{
	struct slice value, id;

	if (slice_is(kind, "r"))
		return find(message, "r", &value) && find_string(value, "id", &id) &&
		       id.n == NODE_ID;
	return slice_is(kind, "e") && find(message, "e", &value) && value.p[0] == 'l';
}

/* Two letters for the program, then its version in its own way: BEP 5, BEP 20. */
static void say_client(struct slice message, struct proto_said *said)
{
	struct slice v;

	if (find_string(message, "v", &v) && v.n >= 2 && v.p[0] > ' ' && v.p[0] <= '~' &&
	    v.p[1] > ' ' && v.p[1] <= '~')
		proto_sayf(said, "client %.2s", v.p);
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct slice rest = *in, message, transaction, kind;

	(void)state;
	(void)out;
	if (!take_value(&rest, &message) || rest.n || !find_string(message, "t", &transaction) ||
	    !find_string(message, "y", &kind))
		return PROTO_OTHER;
	if (transaction.n != TRANSACTION || memcmp(transaction.p, ask->chance, TRANSACTION) != 0)
		return PROTO_MORE; /* an answer to another question, or a question to us */
	if (!is_answer(message, kind))
		return PROTO_OTHER;
	say_client(message, said);
	return PROTO_PROVED;
}

static const char *const services[] = {"bittorrent", NULL};

#define PING                                                                                       \
	"d1:ad2:id20:\0\1\2\3\4\5\6\7\10\11\n\13\14\15\16\17\0\1\2\3e1:q4:ping2:roi1e1:t4:\0\1\2"  \
	"\0031:y1:qe"

static const struct proto_vector vectors[] = {
	{.title = "it answers",
	 .source = "Transmission 3.00",
	 .turns = {{'>', SLICE(PING)},
		   {'<', SLICE("d1:rd2:id20:']\200\324\325faK\274\10n\203\276\224u\204\351\231\203"
			       "\276e1:t4:\0\1\2\0031:y1:re")}},
	 .result = PROTO_PROVED},
	{.title = "it answers, and says what it is",
	 .source = "aria2 1.36.0",
	 .turns = {{'>', SLICE(PING)},
		   {'<', SLICE("d1:rd2:id20:\332\307\351z\373E\364\31u^e\304iL\2608\311\343\25Oe1:"
			       "t4:\0\1\2\0031:v4:A2\0\0031:y1:re")}},
	 .result = PROTO_PROVED,
	 .text = "client A2"},
	{.title = "with our address in front, and more of its own",
	 .source = "BEP 42",
	 .turns = {{'>', SLICE(PING)},
		   {'<', SLICE("d2:ip6:\177\0\0\1\32\3411:rd2:id20:ABCDEFGHIJKLMNOPQRST1:pi6881e5:"
			       "thingld1:ai-3eeee1:t4:\0\1\2\0031:v4:LT\1\0021:y1:re")}},
	 .result = PROTO_PROVED,
	 .text = "client LT"},
	{.title = "an error",
	 .source = "BEP 5",
	 .turns = {{'>', SLICE(PING)},
		   {'<', SLICE("d1:eli203e14:Protocol Errore1:t4:\0\1\2\0031:y1:ee")}},
	 .result = PROTO_PROVED},
	{.title = "an answer to another question is waited out",
	 .source = "BEP 5",
	 .turns = {{'>', SLICE(PING)},
		   {'<', SLICE("d1:rd2:id20:ABCDEFGHIJKLMNOPQRSTe1:t4:zzzz1:y1:re")}},
	 .result = PROTO_MORE},
	{.title = "a question of its own is waited out",
	 .source = "BEP 5",
	 .turns = {{'>', SLICE(PING)},
		   {'<', SLICE("d1:ad2:id20:ABCDEFGHIJKLMNOPQRSTe1:q4:ping1:t2:aa1:y1:qe")}},
	 .result = PROTO_MORE},
	{.title = "a response of no node",
	 .source = "BEP 5",
	 .turns = {{'>', SLICE(PING)}, {'<', SLICE("d1:rd5:tokeni1ee1:t4:\0\1\2\0031:y1:re")}},
	 .result = PROTO_OTHER},
	{.title = "a name of nineteen bytes",
	 .source = "BEP 5",
	 .turns = {{'>', SLICE(PING)},
		   {'<', SLICE("d1:rd2:id19:ABCDEFGHIJKLMNOPQRSe1:t4:\0\1\2\0031:y1:re")}},
	 .result = PROTO_OTHER},
	{.title = "something behind its end",
	 .source = "BEP 3",
	 .turns = {{'>', SLICE(PING)},
		   {'<', SLICE("d1:rd2:id20:ABCDEFGHIJKLMNOPQRSTe1:t4:\0\1\2\0031:y1:ree")}},
	 .result = PROTO_OTHER},
	{.title = "longer than the datagram",
	 .source = "BEP 3",
	 .turns = {{'>', SLICE(PING)}, {'<', SLICE("d1:rd2:id20:ABC")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(PING)}, {'<', SLICE(PING)}},
	 .result = PROTO_OTHER},
};

const struct proto proto_bittorrent_dht = {
	.name = "bittorrent-dht",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_SOMETIMES,
	.start = start,
	.input = input,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
