/* SPDX-License-Identifier: ISC */
#include "dialogues.h"

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
