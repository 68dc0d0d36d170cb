/* SPDX-License-Identifier: ISC */
#include "dialogues.h"

#include <stdio.h>

#include "base/compiler.h"

static void start_ask(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put_text(out, "question");
}

static void start_void(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	(void)out;
}

static enum proto_result input_ask(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)ask;
	if (slice_is(*in, "later"))
		return PROTO_MORE;
	if (slice_is(*in, "more")) {
		proto_put_text(out, "second question");
		return PROTO_MORE;
	}
	if (!slice_is(*in, "done"))
		return PROTO_OTHER;
	proto_put_text(out, "bye");
	proto_say(said, SLICE("version 1"));
	return PROTO_PROVED;
}

/* A line, taken from the front; false: it is not whole yet. */
static bool take_line(struct slice *in, struct slice *line)
{
	return in->n && memchr(in->p, '\n', in->n) && slice_cut(in, '\n', line);
}

static enum proto_result input_greet(void *state, const struct proto_ask *ask, struct slice *in,
				     struct proto_out *out, struct proto_said *said)
{
	struct slice line;

	(void)state;
	(void)ask;
	if (!take_line(in, &line))
		return PROTO_MORE;
	if (!slice_has_prefix(line, "hello "))
		return PROTO_OTHER;
	proto_say(said, slice_skip(line, 6));
	proto_put_text(out, "bye\n");
	return PROTO_PROVED;
}

static void start_chat(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put_text(out, "hi\n");
}

static enum proto_result input_chat(void *state, const struct proto_ask *ask, struct slice *in,
				    struct proto_out *out, struct proto_said *said)
{
	struct slice line;

	(void)state;
	(void)ask;
	(void)said;
	if (!take_line(in, &line))
		return PROTO_MORE;
	if (slice_is(line, "more")) {
		proto_put_text(out, "again\n");
		return PROTO_MORE;
	}
	return slice_is(line, "hi") ? PROTO_PROVED : PROTO_OTHER;
}

static void start_door(void *state, const struct via_hop *v, const char *name,
		       const struct addr *to, uint16_t port, struct proto_out *out)
{
	char text[ADDR_TEXT_MAX], line[256];
	const bool *is_again = state;

	(void)v;
	if (*is_again)
		proto_put_text(out, "please\n");
	snprintf(line, sizeof(line), "to %s %u\n", name ? name : addr_text(to, text), port);
	proto_put_text(out, line);
}

static enum via_result input_door(void *state, const struct via_hop *v, struct slice *in,
				  struct proto_out *out, struct proxy_refusal *refusal)
{
	bool *is_again = state;
	struct slice line;

	(void)v;
	if (!take_line(in, &line))
		return VIA_MORE;
	if (slice_is(line, "again")) {
		*is_again = true;
		return VIA_AGAIN;
	}
	if (slice_is(line, "wait")) {
		proto_put_text(out, "yes\n");
		return VIA_MORE;
	}
	if (slice_is(line, "in"))
		return VIA_THROUGH;
	refusal->leg = LEG_POLICY;
	snprintf(refusal->how, sizeof(refusal->how), "door");
	snprintf(refusal->words, sizeof(refusal->words), "it says %.*s", (int)line.n, line.p);
	return VIA_REFUSED;
}

const struct via_kind via_door = {
	.name = "door",
	.state_size = sizeof(bool),
	.start = start_door,
	.input = input_door,
};

/* Known from the first bytes on; in part they may be it. */
static enum proto_result recognise_text(struct slice in, const char *text, enum proto_result whole)
{
	size_t n = strlen(text);

	if (in.n >= n)
		return slice_has_prefix(in, text) ? whole : PROTO_OTHER;
	return memcmp(in.p, text, in.n) == 0 ? PROTO_MORE : PROTO_OTHER;
}

static enum proto_result recognise_greet(struct slice in, struct proto_said *said)
{
	proto_say(said, slice_skip(in, 6));
	return recognise_text(in, "hello ", memchr(in.p, '\n', in.n) ? PROTO_PROVED : PROTO_MORE);
}

static enum proto_result recognise_220(struct slice in, struct proto_said *said)
{
	(void)said;
	return recognise_text(in, "220 ", PROTO_MORE);
}

static enum proto_result recognise_tls(struct slice in, struct proto_said *said)
{
	(void)said;
	return recognise_text(in, "TLS!", PROTO_PROVED);
}

static enum proto_result recognise_http(struct slice in, struct proto_said *said)
{
	proto_say(said, slice_skip(in, 9));
	return recognise_text(in, "HTTP/1.1 ",
			      memchr(in.p, '\n', in.n) ? PROTO_PROVED : PROTO_MORE);
}

static enum proto_result recognise_twin(struct slice in, struct proto_said *said)
{
	(void)said;
	return recognise_text(in, "TWIN", PROTO_PROVED);
}

static enum proto_result recognise_pong(struct slice in, struct proto_said *said)
{
	(void)said;
	return slice_is(in, "pong") ? PROTO_PROVED : PROTO_OTHER;
}

/* A greeting, a question, and a line that begins with `yes`. */
static enum proto_result hold_220(uint8_t *state, struct slice *in, struct proto_out *out,
				  const char *question, const char *yes)
{
	struct slice line;

	if (!take_line(in, &line))
		return PROTO_MORE;
	if (*state)
		return slice_has_prefix(line, yes) ? PROTO_PROVED : PROTO_OTHER;
	if (!slice_has_prefix(line, "220 "))
		return PROTO_OTHER;
	*state = 1;
	proto_put_text(out, question);
	return PROTO_MORE;
}

static enum proto_result input_mail(void *state, const struct proto_ask *ask, struct slice *in,
				    struct proto_out *out, struct proto_said *said)
{
	(void)ask;
	(void)said;
	return hold_220(state, in, out, "EHLO\n", "250 ");
}

static enum proto_result input_files(void *state, const struct proto_ask *ask, struct slice *in,
				     struct proto_out *out, struct proto_said *said)
{
	(void)ask;
	(void)said;
	return hold_220(state, in, out, "FEAT\n", "211 ");
}

#define START(name, text)                                                                          \
	static void start_##name(void *state, const struct proto_ask *ask, struct proto_out *out)  \
	{                                                                                          \
		(void)state;                                                                       \
		(void)ask;                                                                         \
		proto_put_text(out, text);                                                         \
	}
START(tls, "TLS?\n")
START(http, "GET\n")
START(shell, "pwd\n")
START(twin, "twin\n")
START(twin_b, "twin b\n")
START(pong, "ping")

#define INPUT(name, text)                                                                          \
	static enum proto_result input_##name(void *state, const struct proto_ask *ask,            \
					      struct slice *in, struct proto_out *out,             \
					      struct proto_said *said)                             \
	{                                                                                          \
		(void)state;                                                                       \
		(void)ask;                                                                         \
		(void)out;                                                                         \
		(void)said;                                                                        \
		return recognise_text(*in, text, PROTO_PROVED);                                    \
	}
INPUT(tls, "TLS!")
INPUT(shell, "/home\n")
INPUT(twin, "TWIN A\n")
INPUT(twin_b, "TWIN B\n")
INPUT(pong, "pong")

static enum proto_result input_http(void *state, const struct proto_ask *ask, struct slice *in,
				    struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)ask;
	(void)out;
	return recognise_http(*in, said);
}

static const struct proto dialogues[] = {
	{.name = "ask",
	 .transport = TRANSPORT_UDP,
	 .answers = PROTO_ALWAYS,
	 .start = start_ask,
	 .input = input_ask},
	{.name = "shy",
	 .transport = TRANSPORT_UDP,
	 .answers = PROTO_SOMETIMES,
	 .start = start_ask,
	 .input = input_ask},
	{.name = "mute",
	 .transport = TRANSPORT_UDP,
	 .answers = PROTO_NEVER,
	 .start = start_ask,
	 .input = input_ask},
	{.name = "void",
	 .transport = TRANSPORT_UDP,
	 .answers = PROTO_NEVER,
	 .start = start_void,
	 .input = input_ask},
	{.name = "greet",
	 .transport = TRANSPORT_TCP,
	 .answers = PROTO_ALWAYS,
	 .is_server_first = true,
	 .input = input_greet,
	 .recognise = recognise_greet},
	{.name = "log",
	 .transport = TRANSPORT_TCP,
	 .answers = PROTO_NEVER,
	 .start = start_void,
	 .input = input_chat},
	{.name = "chat",
	 .transport = TRANSPORT_TCP,
	 .answers = PROTO_ALWAYS,
	 .start = start_chat,
	 .input = input_chat},
	{.name = "mail",
	 .transport = TRANSPORT_TCP,
	 .is_server_first = true,
	 .input = input_mail,
	 .recognise = recognise_220},
	{.name = "files",
	 .transport = TRANSPORT_TCP,
	 .is_server_first = true,
	 .input = input_files,
	 .recognise = recognise_220},
	{.name = "tls",
	 .transport = TRANSPORT_TCP,
	 .start = start_tls,
	 .input = input_tls,
	 .recognise = recognise_tls,
	 .turn = 1},
	{.name = "http",
	 .transport = TRANSPORT_TCP,
	 .start = start_http,
	 .input = input_http,
	 .recognise = recognise_http,
	 .turn = 3},
	{.name = "shell",
	 .transport = TRANSPORT_TCP,
	 .start = start_shell,
	 .input = input_shell,
	 .turn = 20},
	{.name = "twin",
	 .transport = TRANSPORT_TCP,
	 .start = start_twin,
	 .input = input_twin,
	 .recognise = recognise_twin,
	 .turn = 30},
	{.name = "twin-b",
	 .transport = TRANSPORT_TCP,
	 .start = start_twin_b,
	 .input = input_twin_b,
	 .recognise = recognise_twin,
	 .turn = 31},
	{.name = "pong",
	 .transport = TRANSPORT_UDP,
	 .start = start_pong,
	 .input = input_pong,
	 .recognise = recognise_pong},
};

/* The places are those of dialogues[]. */
const struct proto *const strangers[] = {
	&dialogues[0],	&dialogues[4],	&dialogues[7],	&dialogues[8],
	&dialogues[9],	&dialogues[10], &dialogues[11], &dialogues[12],
	&dialogues[13], &dialogues[14], NULL,
};

const struct proto *dialogue_find(struct slice name, enum transport transport)
{
	for (size_t i = 0; i < ARRAY_LEN(dialogues); i++)
		if (dialogues[i].transport == transport && slice_is(name, dialogues[i].name))
			return &dialogues[i];
	for (size_t i = 0; protos[i]; i++)
		if (protos[i]->transport == transport && slice_is(name, protos[i]->name))
			return protos[i];
	return NULL;
}
