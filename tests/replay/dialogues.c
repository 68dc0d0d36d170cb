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
	 .input = input_greet},
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
