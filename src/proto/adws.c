/* SPDX-License-Identifier: ISC
 *
 * Active Directory web services: .NET message framing's preamble for that address (MC-NMF section
 * 2.2.3; MS-ADDM section 2.1), with the wish to log in. The one byte that grants it is no proof; so
 * a login is begun with NTLM's first message, which names nobody (MS-NLMP section 2.2.1.1, in a
 * frame of MS-NNS section 2.2.1), and the challenge to it tells the host. It is not answered.
 */
#include <string.h>

#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { VIA = 2, FAULT = 8, UPGRADE = 9, GRANTED = 10 };
#define FAULTS "http://schemas.microsoft.com/ws/2006/05/framing/faults/"

struct talk {
	bool is_granted;
};

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	enum { HOST_MAX = 64 }; /* so that the length takes one byte */
	static const char path[] = ":9389/ActiveDirectoryWebServices/Windows/Resource";
	static const char upgrade[] = "application/negotiate";
	const char *host = ask->host && strlen(ask->host) <= HOST_MAX ? ask->host : "localhost";
	size_t n = strlen("net.tcp://") + strlen(host) + strlen(path);

	(void)state;
	proto_put(out, "\0\1\0\1\2", 5); /* version 1.0, duplex */
	if (n < 0x80)
		proto_put(out, (const uint8_t[]){VIA, (uint8_t)n}, 2);
	else
		proto_put(out, (const uint8_t[]){VIA, (uint8_t)(n | 0x80), 1}, 3);
	proto_put_text(out, "net.tcp://");
	proto_put_text(out, host);
	proto_put_text(out, path);
	proto_put(out, "\3\x08", 2); /* binary, with a dictionary for the session */
	proto_put(out, (const uint8_t[]){UPGRADE, sizeof(upgrade) - 1}, 2);
	proto_put_text(out, upgrade);
}

/* Unicode, tell the target, NTLM, always sign, extended security; no domain, no workstation. */
static void put_login(struct proto_out *out)
{
	static const struct slice frame = SLICE("\x16\1\0\0\x20"
						"NTLMSSP\0\1\0\0\0\x05\x82\x08\0"
						"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");

	proto_put(out, frame.p, frame.n);
}

/* UTF-16, low byte first; what is not ASCII becomes "?". */
static void say_host(struct slice name, struct proto_said *said)
{
	char text[PROTO_TEXT_MAX];
	uint16_t c;
	size_t n = 0;

	while (n < sizeof(text) - 1 && wire_take16le(&name, &c))
		text[n++] = c > ' ' && c <= '~' ? (char)c : '?';
	text[n] = '\0';
	proto_sayf(said, "host %s", text);
}

/* CHALLENGE_MESSAGE, MS-NLMP section 2.2.1.2: in its information on the target is the host. */
static bool read_challenge(struct slice m, struct proto_said *said)
{
	enum { FIELDS = 28, HOST = 3 };
	struct slice s = m, skipped, info, value;
	uint16_t size, room, id, n;
	uint32_t offset;

	if (!wire_take_same(&s, "NTLMSSP\0\2\0\0", 12) || !wire_take(&s, FIELDS, &skipped) ||
	    !wire_take16le(&s, &size) || !wire_take16le(&s, &room) || !wire_take32le(&s, &offset) ||
	    offset > m.n)
		return false;
	s = slice_skip(m, offset);
	if (!wire_take(&s, size, &info))
		return false;
	while (wire_take16le(&info, &id) && wire_take16le(&info, &n) && wire_take(&info, n, &value))
		if (id == HOST)
			say_host(value, said);
	return true;
}

/* A frame: whether the login goes on or failed, version 1.0, a length; then the challenge, or an
 * error's number in eight bytes. */
static enum proto_result read_login(struct slice *in, struct proto_said *said)
{
	enum { FAILED = 0x15, GOES_ON = 0x16, ERROR_SIZE = 8, FRAME_MAX = 4096 };
	struct slice s = *in, m;
	uint8_t type, major, minor;
	uint16_t n;

	if (wire_take8(&s, &type) && type != FAILED && type != GOES_ON)
		return PROTO_OTHER;
	if (!wire_take8(&s, &major) || !wire_take8(&s, &minor) || !wire_take16(&s, &n))
		return PROTO_MORE;
	if (major != 1 || minor != 0 || n > FRAME_MAX)
		return PROTO_OTHER;
	if (!wire_take(&s, n, &m))
		return PROTO_MORE;
	*in = s;
	if (type == GOES_ON)
		return read_challenge(m, said) ? PROTO_PROVED : PROTO_OTHER;
	proto_say(said, SLICE("it lets nobody log in with NTLM"));
	return n == ERROR_SIZE ? PROTO_PROVED : PROTO_OTHER;
}

/* A fault's name stands behind where all of them are. EndpointNotFound: something else in .NET. */
static enum proto_result read_fault(struct slice *in, struct proto_said *said)
{
	struct slice s = *in, fault;
	uint8_t type, n;

	if (!wire_take8(&s, &type) || !wire_take8(&s, &n) || !wire_take(&s, n, &fault))
		return PROTO_MORE;
	if (!slice_has_prefix(fault, FAULTS))
		return PROTO_OTHER;
	fault = slice_skip(fault, sizeof(FAULTS) - 1);
	if (slice_is(fault, "EndpointNotFound"))
		return PROTO_OTHER;
	proto_sayf(said, "it refuses: %.*s", (int)fault.n, fault.p);
	*in = s;
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct talk *t = state;

	(void)ask;
	if (in->n == 0)
		return PROTO_MORE;
	if (t->is_granted)
		return read_login(in, said);
	if (in->p[0] == FAULT)
		return read_fault(in, said);
	if (in->p[0] != GRANTED || in->n > 1) /* it has nothing else to say before we go on */
		return PROTO_OTHER;
	*in = slice_skip(*in, 1);
	t->is_granted = true;
	put_login(out);
	return PROTO_MORE;
}

static const char *const services[] = {"adws", NULL};

#define REQUEST                                                                                    \
	"\0\1\0\1\2\2\x44"                                                                         \
	"net.tcp://localhost:9389/ActiveDirectoryWebServices/Windows/Resource"                     \
	"\3\10\11\x15"                                                                             \
	"application/negotiate"
#define LOGIN "\x16\1\0\0\x20NTLMSSP\0\1\0\0\0\x05\x82\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
/* A target without a name, and of the information on it the name of the host alone. */
#define CHALLENGE                                                                                  \
	"NTLMSSP\0\2\0\0\0\0\0\0\0\x30\0\0\0\x05\x82\x8a\0"                                        \
	"12345678\0\0\0\0\0\0\0\0\x10\0\x10\0\x30\0\0\0\3\0\10\0d\0c\0.\0a\0\0\0\0\0"

static const struct proto_vector vectors[] = {
	{.title = "it begins a login",
	 .source = "MC-NMF section 2.2.3.6, MS-NLMP section 2.2.1.2",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\n")},
		   {'>', SLICE(LOGIN)},
		   {'<', SLICE("\x16\1\0\0\x40" CHALLENGE)}},
	 .result = PROTO_PROVED,
	 .text = "host dc.a"},
	{.title = "without NTLM",
	 .source = "MS-NNS section 2.2.1",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\n")},
		   {'>', SLICE(LOGIN)},
		   {'<', SLICE("\x15\1\0\0\x08\0\0\0\0\x80\x09\3\x08")}},
	 .result = PROTO_PROVED,
	 .text = "it lets nobody log in with NTLM"},
	{.title = "it refuses",
	 .source = "MC-NMF section 2.2.3.7",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("\10\x44" FAULTS "ServerTooBusy")}},
	 .result = PROTO_PROVED,
	 .text = "it refuses: ServerTooBusy"},
	{.title = "a service of something else",
	 .source = "MC-NMF section 2.2.3.7",
	 .turns = {{'>', SLICE(REQUEST)}, {'<', SLICE("\10\x47" FAULTS "EndpointNotFound")}},
	 .result = PROTO_OTHER},
	{.title = "an end of line alone",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE(REQUEST)},
		   {'<', SLICE("\n")},
		   {'>', SLICE(LOGIN)},
		   {'<', SLICE(LOGIN)}},
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

const struct proto proto_adws = {
	.name = "adws",
	.services = services,
	.transport = TRANSPORT_TCP,
	.answers = PROTO_ALWAYS,
	.state_size = sizeof(struct talk),
	.start = start,
	.input = input,
	.turn = 72,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
