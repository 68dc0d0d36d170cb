/* SPDX-License-Identifier: ISC
 *
 * BitTorrent over TCP, of a peer of whom no torrent is known. To a handshake of BEP 3 for a torrent
 * that it has not it says nothing; but whoever sends it a public key of Message Stream Encryption
 * (proto/mse.h) gets its own, before it can know for which torrent: 96 bytes, and up to 512 more of
 * padding, all of them as if by chance.
 *
 * So what proves it is a shape: bytes in which nothing can be seen, as many as there should be,
 * that are not ours. A server that answers anything with bytes by chance has the same shape, and a
 * peer would answer no further word of ours. What tells the two apart is on other connections, and
 * up to the caller: a peer says nothing unasked, and nothing to a question of fewer than 96 bytes.
 * Where something came then, ask no further. (Of 96 bytes or more it takes the first for a key,
 * whatever they are: a ClientHello, too.) Peers that were told to obfuscate nothing are silent.
 *
 * A peer has few places for those who have not said what they want; Transmission has one for each
 * address. Ask on one connection at a time.
 */
#include "base/compiler.h"
#include "proto/mse.h"
#include "proto/proto.h"

enum { PAD_MAX = 512 };

static const struct slice handshake = SLICE("\x13"
					    "BitTorrent protocol");
enum { PEER_ID_AT = 48, PEER_ID = 20 };

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	uint8_t key[MSE_KEY];

	(void)state;
	mse_public_key(ask->chance, PROTO_CHANCE, key);
	proto_put(out, key, sizeof(key));
}

static bool is_ours(const struct proto_ask *ask, struct slice in)
{
	uint8_t key[MSE_KEY];

	mse_public_key(ask->chance, PROTO_CHANCE, key);
	return memcmp(in.p, key, sizeof(key)) == 0;
}

static bool is_printed(char c)
{
	return (c >= ' ' && c <= '~') || c == '\t' || c == '\r' || c == '\n';
}

/* Of too few bytes for a key. Eight by chance are text once in two thousand times; and only of an
 * answer in pieces that few are seen at first. */
static bool is_text(struct slice in)
{
	enum { ENOUGH = 8 };

	for (size_t i = 0; i < in.n && i < ENOUGH; i++)
		if (!is_printed(in.p[i]))
			return false;
	return in.n >= ENOUGH;
}

/* Words: some say what they did not understand, and ours within it. Of 600 bytes by chance so many
 * in a row are printed less than once in 10,000 times. */
static bool has_words(struct slice in)
{
	enum { WORDS = 16 };
	unsigned n = 0;

	for (size_t i = 0; i < in.n && n < WORDS; i++)
		n = is_printed(in.p[i]) ? n + 1 : 0;
	return n == WORDS;
}

/* Of 96 bytes by chance, on average: 80 different ones, the most frequent three times, half of them
 * with the highest bit. Fewer than one in 100,000 is
 * outside these bounds. */
static bool is_by_chance(const uint8_t key[MSE_KEY])
{
	enum { DIFFERENT_MIN = 66, SAME_MAX = 7, HIGH_MIN = 26, HIGH_MAX = 70 };
	uint8_t times[256] = {0}, most = 0;
	unsigned different = 0, high = 0;

	for (unsigned i = 0; i < MSE_KEY; i++) {
		different += times[key[i]]++ == 0;
		high += key[i] >> 7;
		if (times[key[i]] > most)
			most = times[key[i]];
	}
	return different >= DIFFERENT_MIN && most <= SAME_MAX && high >= HIGH_MIN &&
	       high <= HIGH_MAX;
}

/* in: MSE_KEY bytes at least. */
static bool has_key(struct slice in)
{
	const uint8_t *key = (const uint8_t *)in.p;

	return in.n <= MSE_KEY + PAD_MAX && is_by_chance(key) && mse_is_key(key) && !has_words(in);
}

/* By custom the peer's id begins with its program and version, and a hyphen behind: BEP 20. */
static void say_client(struct slice in, struct proto_said *said)
{
	const char *id = in.p + PEER_ID_AT;
	int n = 0;

	if (in.n < PEER_ID_AT + PEER_ID)
		return;
	for (int i = 0; i < PEER_ID && id[i] > ' ' && id[i] < 0x7f; i++)
		if (id[i] == '-')
			n = i + 1;
	if (n > 1)
		proto_sayf(said, "client %.*s", n, id);
}

/* A handshake of BEP 3: its first bytes are always the same. */
static enum proto_result read_handshake(struct slice in, struct proto_said *said)
{
	const size_t n = in.n < handshake.n ? in.n : handshake.n;

	if (n == 0 || memcmp(in.p, handshake.p, n) != 0)
		return PROTO_OTHER;
	if (n < handshake.n)
		return PROTO_MORE;
	say_client(in, said);
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)out;
	if (read_handshake(*in, said) == PROTO_PROVED)
		return in->n < PEER_ID_AT + PEER_ID ? PROTO_MORE : PROTO_PROVED;
	if (in->n < MSE_KEY)
		return is_text(*in) ? PROTO_OTHER : PROTO_MORE;
	if (!has_key(*in) || is_ours(ask, *in))
		return PROTO_OTHER;
	proto_sayf(said, "a key to obfuscate what follows (MSE)");
	return PROTO_PROVED;
}

static enum proto_result recognise(struct slice in, struct proto_said *said)
{
	const enum proto_result result = read_handshake(in, said);

	if (result != PROTO_OTHER)
		return result;
	return in.n >= MSE_KEY && has_key(in) ? PROTO_MORE : PROTO_OTHER;
}

static const char *const services[] = {"bittorrent", NULL};

#define KEY                                                                                        \
	"_\242-\17>@!Y\321\234\303\310\230\235n\341\177\204\4\237\351\302\356"                     \
	"\216qG\14`\231\27\206)p\371\237\230\334\213\225\262\33<\344t\263.b"                       \
	"\315\2054\217;\352\262M\240!\3414\31\364\213\323\213Y\203\235\347\266"                    \
	"\352\310\344\354\207uP\33\323[#\243\240@\203\3764\14\347\265A8\230"                       \
	"G\200^\233"

static const struct proto_vector vectors[] = {
	{.title = "its key and padding",
	 .source = "Transmission 3.00",
	 .turns = {{'>', SLICE(KEY)},
		   {'<',
		    SLICE("\347\345E\325\321\324\251oj\6\201\24\36\n5\250\16\24\362\224\302\325"
			  "p\334$]\264X\4\260\356\377\213O\7\376\36\255\237\331\356\324\10\340"
			  "\364=\344w\274_5\7\n%\370Y8\203#\206\256\6*\322zCu\312\207\272\341"
			  "U}n\350A,\260\263\243z\327\217\4\205u\26[u~\241VI\354\3003\336\277"
			  "\303\355\212\10\342\364j-")}},
	 .result = PROTO_PROVED,
	 .text = "a key to obfuscate what follows (MSE)"},
	{.title = "its key and padding",
	 .source = "aria2 1.36.0",
	 .turns = {{'>', SLICE(KEY)},
		   {'<',
		    SLICE("\315\311\366\272\215\206V\5\6\230Z\2543\2574\10\303\254w\302\371'\351"
			  "\216\221\375t\265\2174\212\"u\212\244\352\272\37\271\31\254\3067\264"
			  "\352\363B\21\352\374hX\0232\6p\247\21\347\270\345\20\233\352\13'\214"
			  "\270Ye\312S-<\276|\345\202\305+\343\215\30\277\202\375.\3\314\33\226"
			  "\3\257\225\311T\355\2605\272~\35<\256,q")}},
	 .result = PROTO_PROVED,
	 .text = "a key to obfuscate what follows (MSE)"},
	{.title = "its key and padding",
	 .source = "rTorrent 0.9.8",
	 .turns = {{'>', SLICE(KEY)},
		   {'<',
		    SLICE("_C\210&\304>\243\203\250\31\310\261\242H\2108\232\272\223\377\304~"
			  "\224\217\321\216w\361\217\323\243\5\266\261\262@~\0247F\272\243\220"
			  "Fa,\361n0\266\6\360\1\13\17\211<\11\243>\302\32{\37\361HI\250\7\372"
			  "\357\257\274\264E\317\255\305\331\223\275\365\363\332\17\262#\14l\216"
			  "U4\240\31\3761\26\230\325r\203\31/")}},
	 .result = PROTO_PROVED,
	 .text = "a key to obfuscate what follows (MSE)"},
	{.title = "it greets by itself",
	 .source = "BEP 3",
	 .turns = {{'>', SLICE(KEY)},
		   {'<',
		    SLICE("\23BitTorrent protocol\0\0\0\0\0\20\0\5\235\3573\14\332d\353\330\366"
			  "ng\233\365{mm/\251\6OA2-1-36-0-\2742\33\317/\312\15s\352\315")}},
	 .result = PROTO_PROVED,
	 .text = "client A2-1-36-0-"},
	{.title = "a complaint with our bytes in it",
	 .source = "Redis 7.0.15",
	 .turns =
		 {{'>', SLICE(KEY)},
		  {'<',
		   SLICE("-ERR unknown command '_\242-\27>@!Y\321\234\303\310\230\235n\341\177\204'"
			 ", with args beginning with: '\4\237\351\302\356\216qG\14`\231\27\206)p"
			 "\371\237\230\334\213\225\262\33<\344t\263.b\315' \r\n")}},
	 .result = PROTO_OTHER},
	{.title = "fewer bytes than a key",
	 .source = "MSE",
	 .turns = {{'>', SLICE(KEY)},
		   {'<',
		    SLICE("\315\311\366\272\215\206V\5\6\230Z\2543\2574\10\303\254w\302\371'\351"
			  "\216\221\375t\265\2174\212\"u\212\244\352\272\37\271\31\254\3067\264"
			  "\352\363B\21\352\374hX\0232\6p\247\21\347\270\345\20\233\352\13'\214"
			  "\270Ye\312S-<\276|\345\202\305+\343\215\30\277\202\375.\3\314\33\226"
			  "\3\257\225\311")}},
	 .result = PROTO_MORE},
	{.title = "a number that is no key: not below the prime",
	 .source = "MSE",
	 .turns = {{'>', SLICE(KEY)},
		   {'<',
		    SLICE("\377\377\377\377\377\377\377\377\311\17\332\243\375?\353<\222P\267"
			  "\227J\233R\213icc!\244a\265^\365[{\352\375\200\232\232\236\222[y\246"
			  "4/\240\375\270\262\224\331\177\306\20=\222\10\233%\372^\3\237R\250"
			  "\350\251_d\326X\234\37xD\6eB\3548\0\2153\35\375;'$\0261v\224\342\376")}},
	 .result = PROTO_OTHER},
	{.title = "the ServerHello of TLS",
	 .source = "nginx 1.22.1",
	 .turns = {{'>', SLICE(KEY)},
		   {'<', SLICE("\26\3\3\0Z\2\0\0V\3\3\265\202\311\203KuH\307\234D\244\202\213g\303"
			       "\364\365\316V\3721$4\26\27\0157\2739\374\202\315\0\23\1\0\0.\0+\0\2"
			       "\3\4\0003\0$\0\35\0 '\336\317\251\253\34\331.\2[0\304k\345u}\17\330"
			       "\306\"{\222\304[\201\357\215\236\14L\374)\24\3\3\0\1\1")}},
	 .result = PROTO_OTHER},
	{.title = "a web server",
	 .source = "RFC 9112",
	 .turns = {{'>', SLICE(KEY)}, {'<', SLICE("HTTP/1.1 400 Bad Request\15\n\15\n")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(KEY)}, {'<', SLICE(KEY)}},
	 .result = PROTO_OTHER},
};

static const struct proto_reply replies[] = {
	{.title = "to a handshake for a torrent that it has",
	 .source = "aria2 1.36.0",
	 .bytes = SLICE("\23BitTorrent protocol\0\0\0\0\0\20\0\5\235\3573\14\332d\353\330\366"
			"ng\233\365{mm/\251\6OA2-1-36-0-\2742\33\317/\312\15s\352\315"),
	 .text = "client A2-1-36-0-"},
};

const struct proto proto_bittorrent = {
	.name = "bittorrent",
	.services = services,
	.transport = TRANSPORT_TCP,
	.is_on_request = true,
	.answers = PROTO_SOMETIMES,
	.start = start,
	.input = input,
	.recognise = recognise,
	.turn = 8,
	.silent_below = MSE_KEY,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
	.replies = replies,
	.n_replies = ARRAY_LEN(replies),
};
