/* SPDX-License-Identifier: ISC
 *
 * Telnet: whether it asks for a name and a password in clear text. All that the server offers or
 * asks for is declined, as the plainest client would (RFC 854); what it then says to a person is a
 * prompt. One that takes nobody without encryption (RFC 2946, RFC 2941) does not come that far.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/line.h"

enum { SE = 240, SB = 250, WILL = 251, WONT = 252, DO = 253, DONT = 254, IAC = 255 };
enum { AUTHENTICATION = 37, ENCRYPT = 38, START_TLS = 46 };
enum { SUBNEGOTIATION_MAX = 512, ANSWERS_MAX = 64, SAID_MAX = 256 };

enum { IN_CLEAR };
static const struct weakness weaknesses[] = {
	[IN_CLEAR] = {"telnet-cleartext-login", SEVERITY_HIGH, false,
		      "it asks for passwords in clear text", "Move to SSH, and switch this off.",
		      "RFC 2941; CWE-319"},
};

struct state {
	uint16_t n;	 /* of what it said to a person; what is longer is not looked at */
	uint8_t answers; /* of ours; some servers never come to an end */
	bool authentication, encryption, tls;
	char said[SAID_MAX];
};

static bool start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	(void)out;
	return true;
}

static void decline(struct state *st, uint8_t verb, uint8_t option, struct proto_out *out)
{
	const uint8_t answer[] = {IAC, verb == WILL ? DONT : WONT, option};

	st->authentication |= option == AUTHENTICATION;
	st->encryption |= option == ENCRYPT;
	st->tls |= option == START_TLS;
	if (st->answers == ANSWERS_MAX)
		return;
	st->answers++;
	proto_put(out, answer, sizeof(answer));
}

/* From IAC SB up to IAC SE. */
static enum proto_result skip_subnegotiation(struct slice *in)
{
	for (size_t i = 2; i + 1 < in->n && i < SUBNEGOTIATION_MAX; i++)
		if ((uint8_t)in->p[i] == IAC && (uint8_t)in->p[i + 1] == SE) {
			*in = slice_skip(*in, i + 2);
			return PROTO_PROVED;
		}
	return in->n < SUBNEGOTIATION_MAX ? PROTO_MORE : PROTO_OTHER;
}

/* From IAC on. */
static enum proto_result take_command(struct state *st, struct slice *in, struct proto_out *out)
{
	uint8_t verb;

	if (in->n < 2)
		return PROTO_MORE;
	verb = (uint8_t)in->p[1];
	if (verb == SB)
		return skip_subnegotiation(in);
	if (verb < WILL || verb == IAC) { /* no operation, go ahead; a byte of 255 */
		*in = slice_skip(*in, 2);
		return PROTO_PROVED;
	}
	if (in->n < 3)
		return PROTO_MORE;
	if (verb == WILL || verb == DO)
		decline(st, verb, (uint8_t)in->p[2], out);
	*in = slice_skip(*in, 3);
	return PROTO_PROVED;
}

static void take_text(struct state *st, struct slice *in)
{
	if (st->n < SAID_MAX)
		st->said[st->n++] = in->p[0];
	*in = slice_skip(*in, 1);
}

/* The last line, if it asks for a name or a password. */
static bool is_prompt(const struct state *st, struct slice *prompt)
{
	static const char *const words[] = {"ogin:", "sername:", "assword:", "ser:", "ser name:"};
	struct slice said = {st->said, st->n}, line = SLICE_NONE;

	while (slice_cut(&said, '\n', prompt))
		line = *prompt;
	*prompt = slice_trim(line);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		size_t n = strlen(words[i]);

		if (prompt->n >= n && memcmp(prompt->p + prompt->n - n, words[i], n) == 0)
			return true;
	}
	return false;
}

static enum proto_result input(void *state, const struct audit_ask *ask, struct slice *in,
			       struct proto_out *out, struct audit_notes *notes)
{
	struct state *st = state;
	struct slice prompt;
	enum proto_result taken;

	(void)ask;
	while (in->n) {
		if ((uint8_t)in->p[0] != IAC) {
			take_text(st, in);
			continue;
		}
		taken = take_command(st, in, out);
		if (taken != PROTO_PROVED)
			return taken;
	}
	if (!is_prompt(st, &prompt))
		return PROTO_MORE;
	audit_note(notes, &weaknesses[IN_CLEAR], "\"%.*s\"%s%s%s%s", (int)prompt.n, prompt.p,
		   st->authentication || st->encryption || st->tls ? ", though it knows" : "",
		   st->authentication ? " AUTHENTICATION" : "", st->encryption ? " ENCRYPT" : "",
		   st->tls ? " START_TLS" : "");
	return PROTO_PROVED;
}

static const char *const of[] = {"telnet", NULL};

static const struct audit_vector vectors[] = {
	{.title = "as it comes",
	 .source = "GNU inetutils telnetd 2.4",
	 .turns = {{'<',
		    SLICE("\377\373%\377\373&\377\375\30\377\375 \377\375#\377\375'\377\375$")},
		   {'>',
		    SLICE("\377\376%\377\376&\377\374\30\377\374 \377\374#\377\374'\377\374$")},
		   {'<', SLICE("\377\373\3\377\375\1\377\375\"\377\375\37\377\373\5\377\375!")},
		   {'>', SLICE("\377\376\3\377\374\1\377\374\"\377\374\37\377\376\5\377\374!")},
		   {'<', SLICE("\377\373\1\377\375\6\377\375\0")},
		   {'>', SLICE("\377\376\1\377\374\6\377\374\0")},
		   {'<', SLICE("\r\nLinux 6.18.44-fc-v769 (vm) (pts/0)\r\n\r\n")},
		   {'<', SLICE("\377\373\3\377\373\1vm login: ")},
		   {'>', SLICE("\377\376\3\377\376\1")}},
	 .codes = "telnet-cleartext-login",
	 .evidence = "\"vm login:\", though it knows AUTHENTICATION ENCRYPT"},
	{.title = "TLS, or nothing",
	 .source = "RFC 854",
	 .turns = {{'<', SLICE("\377\375.")},
		   {'>', SLICE("\377\374.")},
		   {'<', SLICE("Encryption is required.\r\n")},
		   {'.', SLICE("")}},
	 .codes = ""},
};

const struct audit audit_telnet = {
	.name = "telnet",
	.title = "passwords in clear text of telnet",
	.of = of,
	.transport = TRANSPORT_TCP,
	.state_size = sizeof(struct state),
	.start = start,
	.input = input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
