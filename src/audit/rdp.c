/* SPDX-License-Identifier: ISC
 *
 * RDP: whether it takes a connection that is protected by RDP's own encryption alone, and one with
 * TLS whose user is known only behind the login screen. Each is a connection request that offers
 * this and nothing else, MS-RDPBCGR section 2.2.1.1; nothing is begun with what was granted.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/wire.h"

/* Of X.224, TPKT and the negotiation. */
enum { CONFIRM = 0xd0, TPKT = 4, LEAST = 7, MOST = 512, ANSWER = 2 };
enum { BY_RDP = 0, BY_TLS = 1 };

enum { PLAIN, NO_NLA };
static const struct weakness weaknesses[] = {
	[PLAIN] = {"rdp-no-tls", SEVERITY_HIGH, false,
		   "it takes connections without TLS: who is on the way can read them",
		   "Demand TLS and network level authentication (NLA).",
		   "MS-RDPBCGR section 5.3; CVE-2005-1794"},
	[NO_NLA] = {"rdp-no-nla", SEVERITY_MEDIUM, false,
		    "it opens a session for anybody, who logs in only then (no NLA)",
		    "Demand network level authentication (NLA).",
		    "MS-RDPBCGR section 5.4.5; CVE-2019-0708"},
};

struct state {
	bool is_plain; /* it took the first */
};

static bool start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	static const struct slice request = SLICE("\3\0\0\x13\x0e\xe0\0\0\0\0\0\1\0\x08\0");
	const struct state *st = state;

	if (st->is_plain)
		return false;
	proto_put(out, request.p, request.n);
	proto_put32le(out, ask->connection ? BY_TLS : BY_RDP);
	return true;
}

/* Behind the confirm; nothing there: a server of before 2003, which knows no choice. */
static bool read_choice(struct slice s, uint32_t *chosen)
{
	static const uint8_t size[] = {8, 0};
	uint8_t type, flags;

	*chosen = BY_RDP;
	return s.n == 0 || (wire_take8(&s, &type) && type == ANSWER && wire_take8(&s, &flags) &&
			    wire_take_same(&s, size, sizeof(size)) && wire_take32le(&s, chosen));
}

/* X.224's confirm: destination (ours, 0), source, class 0. */
static bool read_confirm(struct slice s, uint32_t *chosen)
{
	static const uint8_t to_us[] = {0, 0};
	uint8_t size, code, class;
	uint16_t source;

	return wire_take8(&s, &size) && size == s.n && wire_take8(&s, &code) && code == CONFIRM &&
	       wire_take_same(&s, to_us, sizeof(to_us)) && wire_take16(&s, &source) &&
	       wire_take8(&s, &class) && class == 0 && read_choice(s, chosen);
}

static void judge(struct state *st, const struct audit_ask *ask, uint32_t chosen,
		  struct audit_notes *notes)
{
	if (!ask->connection && chosen == BY_RDP) {
		st->is_plain = true;
		audit_note(notes, &weaknesses[PLAIN],
			   "it took a connection with RDP's own encryption alone");
	} else if (ask->connection && chosen == BY_TLS) {
		audit_note(notes, &weaknesses[NO_NLA],
			   "it took a connection that offered TLS alone, without CredSSP");
	}
}

static enum proto_result input(void *state, const struct audit_ask *ask, struct slice *in,
			       struct proto_out *out, struct audit_notes *notes)
{
	static const uint8_t version[] = {3, 0};
	struct slice s = *in, packet;
	uint32_t chosen;
	uint16_t n;

	(void)out;
	if (s.n < TPKT)
		return PROTO_MORE;
	if (!wire_take_same(&s, version, sizeof(version)) || !wire_take16(&s, &n) ||
	    n < LEAST + TPKT || n > MOST)
		return PROTO_OTHER;
	if (!wire_take(&s, (size_t)n - TPKT, &packet))
		return PROTO_MORE;
	*in = s;
	if (read_confirm(packet, &chosen))
		judge(state, ask, chosen, notes);
	return PROTO_PROVED;
}

static const char *const of[] = {"rdp", NULL};

#define ASK_PLAIN "\3\0\0\x13\x0e\xe0\0\0\0\0\0\1\0\x08\0\0\0\0\0"
#define ASK_TLS	  "\3\0\0\x13\x0e\xe0\0\0\0\0\0\1\0\x08\0\1\0\0\0"

static const struct audit_vector vectors[] = {
	{.title = "as it comes",
	 .source = "xrdp 0.9.21",
	 .turns = {{'>', SLICE("\3\0\0\23\16\340\0\0\0\0\0\1\0\10\0\0\0\0\0")},
		   {'<', SLICE("\3\0\0\23\16\320\0\0\0224\0\2\1\10\0\0\0\0\0")}},
	 .codes = "rdp-no-tls"},
	{.title = "TLS alone",
	 .source = "xrdp 0.9.21",
	 .turns = {{'>', SLICE("\3\0\0\23\16\340\0\0\0\0\0\1\0\10\0\0\0\0\0")},
		   {'<', SLICE("\3\0\0\23\16\320\0\0\0224\0\3\0\10\0\1\0\0\0")},
		   {'|', SLICE("")},
		   {'>', SLICE("\3\0\0\23\16\340\0\0\0\0\0\1\0\10\0\1\0\0\0")},
		   {'<', SLICE("\3\0\0\23\16\320\0\0\0224\0\2\1\10\0\1\0\0\0")}},
	 .codes = "rdp-no-nla"},
	{.title = "one that knows no choice",
	 .source = "MS-RDPBCGR section 2.2.1.2",
	 .turns = {{'>', SLICE(ASK_PLAIN)}, {'<', SLICE("\3\0\0\13\6\320\0\0\0224\0")}},
	 .codes = "rdp-no-tls"},
	{.title = "it insists on network level authentication",
	 .source = "MS-RDPBCGR section 2.2.1.2.2",
	 .turns = {{'>', SLICE(ASK_PLAIN)},
		   {'<', SLICE("\3\0\0\23\16\320\0\0\0224\0\3\0\10\0\5\0\0\0")},
		   {'|', SLICE("")},
		   {'>', SLICE(ASK_TLS)},
		   {'<', SLICE("\3\0\0\23\16\320\0\0\0224\0\3\0\10\0\5\0\0\0")}},
	 .codes = ""},
};

const struct audit audit_rdp = {
	.name = "rdp",
	.title = "what RDP demands before a session",
	.of = of,
	.transport = TRANSPORT_TCP,
	.connections = 2,
	.state_size = sizeof(struct state),
	.start = start,
	.input = input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
