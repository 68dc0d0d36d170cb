/* SPDX-License-Identifier: ISC
 *
 * Windows' endpoint mapper: on which TCP port does this interface listen? C706 (DCE RPC) chapter 12
 * and appendix O, as MS-RPCE uses them. A bind to the mapper; then ept_lookup, which, unlike
 * ept_map, wants no version of the interface. A few entries are asked for at a time, as a mapper
 * may tell all that it has.
 *
 * Whole numbers are in the sender's order; Windows and Samba send the low byte first, and so do we.
 */
#include <string.h>

#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { UUID = 16, HANDLE = 20, HEADER = 16, ENTRIES = 16, ROUNDS_MAX = 30 };
enum { REQUEST = 0, RESPONSE = 2, BIND = 11, BIND_ACK = 12, EPT_LOOKUP = 2 };
#define EPT_NOT_REGISTERED 0x16c9a0d6u

/* The mapper, version 3, and NDR, version 2: as the bytes go. */
static const struct slice mapper =
	SLICE("\x08\x83\xaf\xe1\x1f\x5d\xc9\x11\x91\xa4\x08\0\x2b\x14\xa0\xfa\3\0\0\0");
static const struct slice ndr =
	SLICE("\x04\x5d\x88\x8a\xeb\x1c\xc9\x11\x9f\xe8\x08\0\x2b\x10\x48\x60\2\0\0\0");

struct talk {
	uint8_t wanted[UUID];
	uint8_t handle[HANDLE]; /* of a lookup that goes on */
	uint8_t round;		/* 0: bound is not yet */
	bool has_wanted;
};

static int digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* "e3514235-4b06-11d1-ab04-00c04fc2dcd2" as its bytes go: the first three parts low byte first. */
static bool parse_uuid(const char *text, uint8_t uuid[UUID])
{
	static const uint8_t order[UUID] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

	for (size_t i = 0; i < UUID; i++) {
		int high, low;

		text += *text == '-';
		high = digit(text[0]);
		low = high < 0 ? -1 : digit(text[1]);
		if (low < 0)
			return false;
		uuid[order[i]] = (uint8_t)(high << 4 | low);
		text += 2;
	}
	return *text == '\0';
}

static void put_header(struct proto_out *out, unsigned type, unsigned size, unsigned call)
{
	enum { WHOLE = 3, LOW_BYTE_FIRST = 0x10 };

	proto_put(out, (const uint8_t[]){5, 0, (uint8_t)type, WHOLE, LOW_BYTE_FIRST, 0, 0, 0}, 8);
	proto_put16le(out, size);
	proto_put16le(out, 0); /* no authentication */
	proto_put32le(out, call);
}

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	enum { FRAGMENT = 5840 };
	struct talk *t = state;
	const char *id = rpc_name_id(ask->what);

	t->has_wanted = id && parse_uuid(id, t->wanted);
	put_header(out, BIND, 72, 1);
	proto_put16le(out, FRAGMENT);
	proto_put16le(out, FRAGMENT);
	proto_put32le(out, 0);				  /* a new association */
	proto_put32le(out, 1);				  /* one context: */
	proto_put(out, (const uint8_t[]){0, 0, 1, 0}, 4); /* 0, one syntax */
	proto_put(out, mapper.p, mapper.n);
	proto_put(out, ndr.p, ndr.n);
}

static void put_lookup(struct talk *t, struct proto_out *out)
{
	enum { BY_INTERFACE = 1, ALL_VERSIONS = 1 };

	put_header(out, REQUEST, HEADER + 8 + 60, ++t->round);
	proto_put32le(out, 60);
	proto_put16le(out, 0);
	proto_put16le(out, EPT_LOOKUP);
	proto_put32le(out, BY_INTERFACE);
	proto_put32le(out, 0); /* no object */
	proto_put32le(out, 1); /* an interface: */
	proto_put(out, t->wanted, UUID);
	proto_put32le(out, 0);
	proto_put32le(out, ALL_VERSIONS);
	proto_put(out, t->handle, HANDLE);
	proto_put32le(out, ENTRIES);
}

struct pdu {
	uint8_t type;
	struct slice body;
};

/* One fragment; a longer answer would have more, and so few entries fit in one. */
static bool take_pdu(struct slice *in, struct pdu *p, enum proto_result *result)
{
	static const uint8_t version[] = {5, 0}, order[] = {0x10, 0, 0, 0};
	struct slice s = *in;
	uint8_t flags;
	uint16_t size, no_auth;
	uint32_t call;

	*result = PROTO_OTHER;
	if (s.n && s.p[0] != 5)
		return false;
	*result = PROTO_MORE;
	if (s.n < HEADER)
		return false;
	*result = PROTO_OTHER;
	if (!wire_take_same(&s, version, sizeof(version)) || !wire_take8(&s, &p->type) ||
	    !wire_take8(&s, &flags) || !wire_take_same(&s, order, sizeof(order)) ||
	    !wire_take16le(&s, &size) || !wire_take16le(&s, &no_auth) ||
	    !wire_take32le(&s, &call) || size < HEADER || no_auth)
		return false;
	*result = PROTO_MORE;
	if (!wire_take(&s, size - (size_t)HEADER, &p->body))
		return false;
	*in = s;
	return true;
}

/* Skips to the next multiple of four behind `base`. */
static void align(struct slice base, struct slice *s)
{
	*s = slice_skip(*s, -(size_t)(s->p - base.p) & 3);
}

/* The port of a tower whose floors are the wanted interface and TCP; 0: it is another one. A floor
 * is two strings of bytes, each behind its length: what it is, and where. */
static uint16_t tower_port(const struct talk *t, struct slice tower)
{
	enum { IS_UUID = 0x0d, IS_TCP = 0x07 };
	uint16_t n_floors, n, port = 0;
	struct slice what, where;

	if (!wire_take16le(&tower, &n_floors))
		return 0;
	for (unsigned i = 0; i < n_floors; i++) {
		if (!wire_take16le(&tower, &n) || !wire_take(&tower, n, &what) || what.n == 0 ||
		    !wire_take16le(&tower, &n) || !wire_take(&tower, n, &where))
			return 0;
		if (i == 0 && (what.n < 1 + UUID || what.p[0] != IS_UUID ||
			       memcmp(what.p + 1, t->wanted, UUID) != 0))
			return 0;
		if (what.p[0] == IS_TCP && !wire_take16(&where, &port))
			return 0;
	}
	return port;
}

/* The entries without their towers, which follow all of them. */
static bool skip_entries(struct slice stub, struct slice *s, uint32_t n)
{
	uint32_t tower, offset, length;
	struct slice object, annotation;

	for (; n; n--) {
		if (!wire_take(s, UUID, &object) || !wire_take32le(s, &tower) || !tower ||
		    !wire_take32le(s, &offset) || !wire_take32le(s, &length) ||
		    !wire_take(s, length, &annotation))
			return false;
		align(stub, s);
	}
	return true;
}

/* ept_lookup's answer; *port 0: nothing of it is what is wanted. */
static bool read_lookup(struct talk *t, struct slice stub, uint16_t *port)
{
	struct slice s = stub, handle, tower;
	uint32_t n, room, first, count, size, length;

	if (!wire_take(&s, HANDLE, &handle) || !wire_take32le(&s, &n) ||
	    !wire_take32le(&s, &room) || !wire_take32le(&s, &first) || !wire_take32le(&s, &count) ||
	    count != n || n > ENTRIES || !skip_entries(stub, &s, n))
		return false;
	memcpy(t->handle, handle.p, HANDLE);
	for (*port = 0; n; n--) {
		if (!wire_take32le(&s, &size) || !wire_take32le(&s, &length) ||
		    !wire_take(&s, length, &tower))
			return false;
		align(stub, &s);
		if (*port == 0)
			*port = tower_port(t, tower);
	}
	return true;
}

static bool is_over(const struct talk *t, struct slice stub)
{
	static const uint8_t none[HANDLE];
	struct slice status = slice_skip(stub, stub.n - 4);
	uint32_t v;

	return memcmp(t->handle, none, HANDLE) == 0 || !wire_take32le(&status, &v) || v != 0;
}

static enum proto_result read_response(struct talk *t, struct slice body, struct proto_out *out,
				       struct proto_said *said)
{
	struct slice stub = slice_skip(body, 8); /* a hint, the context */

	if (body.n < 8 || !read_lookup(t, stub, &said->port))
		return PROTO_OTHER;
	if (said->port)
		return PROTO_PROVED;
	if (is_over(t, stub)) {
		said->is_unknown = true;
		return PROTO_PROVED;
	}
	if (t->round == ROUNDS_MAX) {
		proto_say(said, SLICE("it lists too much to look through"));
		return PROTO_PROVED;
	}
	put_lookup(t, out);
	return PROTO_MORE;
}

/* Did it accept the context? Sizes, association, a second address, the results. */
static bool is_accepted(struct slice body)
{
	struct slice s = body, skipped, address;
	uint16_t n, result;
	uint8_t n_results;

	if (!wire_take(&s, 8, &skipped) || !wire_take16le(&s, &n) || !wire_take(&s, n, &address))
		return false;
	align(body, &s);
	return wire_take8(&s, &n_results) && n_results == 1 && wire_take(&s, 3, &skipped) &&
	       wire_take16le(&s, &result) && result == 0;
}

/* The port of what is in DCOM is told only by DCOM itself, to those who log in. */
static enum proto_result begin_lookup(struct talk *t, const struct proto_ask *ask,
				      struct proto_out *out, struct proto_said *said)
{
	if (t->has_wanted) {
		put_lookup(t, out);
		return PROTO_MORE;
	}
	if (ask->what && rpc_name_id(ask->what))
		said->is_unknown = true;
	else if (ask->what)
		proto_say(said, SLICE("DCOM tells its ports only to those who log in"));
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct talk *t = state;
	enum proto_result result;
	struct pdu p;

	if (!take_pdu(in, &p, &result))
		return result;
	if (t->round == 0)
		return p.type == BIND_ACK && is_accepted(p.body) ? begin_lookup(t, ask, out, said)
								 : PROTO_OTHER;
	return p.type == RESPONSE ? read_response(t, p.body, out, said) : PROTO_OTHER;
}

static const char *const services[] = {"epmap", NULL};

#define BIND_TO_MAPPER                                                                             \
	"\5\0\13\3\20\0\0\0H\0\0\0\1\0\0\0\320\26\320\26\0\0\0\0\1\0\0\0\0\0\1\0\10\203"           \
	"\257\341\37]\311\21\221\244\10\0+\24\240\372\3\0\0\0\4]\210\212\353\34\311\21"            \
	"\237\350\10\0+\20H`\2\0\0\0"
#define ACCEPTED                                                                                   \
	"\5\0\14\3\20\0\0\0<\0\0\0\1\0\0\0\320\26\320\26\211\202\0\0\4\000135\0\0\0\1\0\0"         \
	"\0\0\0\0\0\4]\210\212\353\34\311\21\237\350\10\0+\20H`\2\0\0\0"
#define LOOKUP_DRSUAPI                                                                             \
	"\5\0\0\3\20\0\0\0T\0\0\0\1\0\0\0<\0\0\0\0\0\2\0\1\0\0\0\0\0\0\0\1\0\0\0005BQ\343"         \
	"\6K\321\21\253\4\0\300O\302\334\322\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"          \
	"\0\0\0\0\0\0\20\0\0\0"

static const struct proto_vector vectors[] = {
	{.title = "it is there",
	 .source = "Samba 4.17.12",
	 .turns = {{'>', SLICE(BIND_TO_MAPPER)},
		   {'<', SLICE("\5\0\14\3\20\0\0\0<")},
		   {'<', SLICE("\0\0\0\1\0\0\0\320\26\320\26\211\202\0\0\4\000135\0\0\0\1\0\0\0\0\0"
			       "\0\0\4]\210\212\353\34\311\21\237\350\10\0+\20H`\2\0\0\0")}},
	 .result = PROTO_PROVED},
	{.title = "where an interface is",
	 .source = "Samba 4.17.12, two of its entries",
	 .what = "drsuapi",
	 .turns = {{'>', SLICE(BIND_TO_MAPPER)},
		   {'<', SLICE(ACCEPTED)},
		   {'>', SLICE(LOOKUP_DRSUAPI)},
		   {'<',
		    SLICE("\5\0\2\3\20\0\0\0D\1\0\0\1\0\0\0,\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\2\0\0\0\20\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\10\0\0\0drsuapi\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\10\0\0\0drsuapi\0^\0\0\0^\0\0\0\5\0"
			  "\23\0\r5BQ\343\6K\321\21\253\4\0\300O\302\334\322\4\0\2\0\0\0\23\0\r"
			  "\4]\210\212\353\34\311\21\237\350\10\0+\20H`\2\0\2\0\0\0\1\0\13\2\0"
			  "\0\0\1\0\17\30\0\\pipe\\protected_storage\0\1\0\21\1\0\0\0\0K\0\0\0K"
			  "\0\0\0\5\0\23\0\r5BQ\343\6K\321\21\253\4\0\300O\302\334\322\4\0\2\0"
			  "\0\0\23\0\r\4]\210\212\353\34\311\21\237\350\10\0+\20H`\2\0\2\0\0\0"
			  "\1\0\13\2\0\0\0\1\0\7\2\0\300\1\1\0\11\4\0\0\0\0\0\0\0\0\0\0")}},
	 .result = PROTO_PROVED,
	 .port = 49153},
	{.title = "by its UUID, in the second answer",
	 .source = "Samba 4.17.12, two of its entries",
	 .what = "E3514235-4b06-11d1-ab04-00c04fc2dcd2",
	 .turns = {{'>', SLICE(BIND_TO_MAPPER)},
		   {'<', SLICE(ACCEPTED)},
		   {'>', SLICE(LOOKUP_DRSUAPI)},
		   {'<', SLICE("\5\0\2\3\20\0\0\0\274\0\0\0\1\0\0\0\244\0\0\0\0\0\0\0\0\0\0\0\376"
			       "\275\n"
			       "\374\n"
			       "\317\277@\227L\201\7R\3673\275\1\0\0\0\20\0\0\0\0\0\0\0\1\0\0\0\0\0"
			       "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\n"
			       "\0\0\0dnsserver\0\0\0K\0\0\0K\0\0\0\5\0\23\0\r\244\302\253PMW\263@"
			       "\235f\356O\325\373\240v\5\0\2\0\0\0\23\0\r\4]\210\212\353\34\311\21"
			       "\237\350\10\0+\20H`\2\0\2\0\0\0\1\0\13\2\0\0\0\1\0\7\2\0\300\1\1\0"
			       "\11\4\0\0\0\0\0\0\0\0\0\0")},
		   {'>',
		    SLICE("\5\0\0\3\20\0\0\0T\0\0\0\2\0\0\0<\0\0\0\0\0\2\0\1\0\0\0\0\0\0\0\1\0"
			  "\0\0005BQ\343\6K\321\21\253\4\0\300O\302\334\322\0\0\0\0\1\0\0\0\0\0"
			  "\0\0\376\275\n"
			  "\374\n"
			  "\317\277@\227L\201\7R\3673\275\20\0\0\0")},
		   {'<',
		    SLICE("\5\0\2\3\20\0\0\0\270\0\0\0\2\0\0\0\240\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\20\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\10\0\0\0drsuapi\0K\0\0\0K\0"
			  "\0\0\5\0\23\0\r5BQ\343\6K\321\21\253\4\0\300O\302\334\322\4\0\2\0\0"
			  "\0\23\0\r\4]\210\212\353\34\311\21\237\350\10\0+\20H`\2\0\2\0\0\0\1"
			  "\0\13\2\0\0\0\1\0\7\2\0\300\1\1\0\11\4\0\0\0\0\0\0\0\0\0\0")}},
	 .result = PROTO_PROVED,
	 .port = 49153},
	{.title = "an interface that is not there",
	 .source = "Samba 4.17.12",
	 .what = "frs",
	 .turns = {{'>', SLICE(BIND_TO_MAPPER)},
		   {'<', SLICE(ACCEPTED)},
		   {'>',
		    SLICE("\5\0\0\3\20\0\0\0T\0\0\0\1\0\0\0<\0\0\0\0\0\2\0\1\0\0\0\0\0\0\0\1\0"
			  "\0\0\264Y\314\365dB\32\20\214Y\10\0+/\204&\0\0\0\0\1\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\20\0\0\0")},
		   {'<',
		    SLICE("\5\0\2\3\20\0\0\0@\0\0\0\1\0\0\0(\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\20\0\0\0\0\0\0\0\0\0\0\0\326\240\311\26")}},
	 .result = PROTO_PROVED,
	 .is_unknown = true},
	{.title = "what is in DCOM",
	 .source = "MS-DCOM",
	 .what = "wmi",
	 .turns = {{'>', SLICE(BIND_TO_MAPPER)}, {'<', SLICE(ACCEPTED)}},
	 .result = PROTO_PROVED,
	 .text = "DCOM tells its ports only to those who log in"},
	{.title = "what is no interface",
	 .source = "C706",
	 .what = "mountd",
	 .turns = {{'>', SLICE(BIND_TO_MAPPER)}, {'<', SLICE(ACCEPTED)}},
	 .result = PROTO_PROVED,
	 .is_unknown = true},
	{.title = "another interface, which refuses to be the mapper",
	 .source = "C706",
	 .turns = {{'>', SLICE(BIND_TO_MAPPER)},
		   {'<',
		    SLICE("\5\0\14\3\20\0\0\0<\0\0\0\1\0\0\0\320\26\320\26\211\202\0\0\4\000135"
			  "\0\0\0\1\0\0\0\2\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}},
	 .result = PROTO_OTHER},
	{.title = "a fault instead of an answer",
	 .source = "C706",
	 .what = "drsuapi",
	 .turns = {{'>', SLICE(BIND_TO_MAPPER)},
		   {'<', SLICE(ACCEPTED)},
		   {'>', SLICE(LOOKUP_DRSUAPI)},
		   {'<',
		    SLICE("\5\0\3\3\20\0\0\0 \0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0")}},
	 .result = PROTO_OTHER},
	{.title = "a web server",
	 .source = "RFC 9112",
	 .turns = {{'>', SLICE(BIND_TO_MAPPER)},
		   {'<', SLICE("HTTP/1.1 400 Bad Request\r\n"
			       "\r\n")}},
	 .result = PROTO_OTHER},
};

const struct proto proto_epmap = {
	.name = "epmap",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.is_directory = true,
	.state_size = sizeof(struct talk),
	.start = start,
	.input = input,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
