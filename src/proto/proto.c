/* SPDX-License-Identifier: ISC */
#include "proto/proto.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool proves(const struct proto *p, const char *service)
{
	for (const char *const *s = p->services; *s; s++)
		if (strcmp(*s, service) == 0)
			return true;
	return false;
}

const struct proto *proto_find(const char *service, enum transport transport)
{
	for (size_t i = 0; service && protos[i]; i++)
		if (protos[i]->transport == transport && proves(protos[i], service))
			return protos[i];
	return NULL;
}

void proto_ask_nothing(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	(void)out;
}

enum proto_result proto_take_nothing(void *state, const struct proto_ask *ask, struct slice *in,
				     struct proto_out *out, struct proto_said *said)
{
	(void)state;
	(void)ask;
	(void)in;
	(void)out;
	(void)said;
	return PROTO_OTHER;
}

void proto_put(struct proto_out *out, const void *bytes, size_t n)
{
	if (n > sizeof(out->bytes) - out->n)
		BUG("a message of more than %d bytes", PROTO_OUT_MAX);
	memcpy(out->bytes + out->n, bytes, n);
	out->n += n;
}

void proto_put_text(struct proto_out *out, const char *s)
{
	proto_put(out, s, strlen(s));
}

void proto_put16(struct proto_out *out, unsigned v)
{
	const uint8_t bytes[] = {(uint8_t)(v >> 8), (uint8_t)v};

	proto_put(out, bytes, sizeof(bytes));
}

void proto_put32(struct proto_out *out, uint32_t v)
{
	proto_put16(out, v >> 16);
	proto_put16(out, v & 0xffff);
}

void proto_put16le(struct proto_out *out, unsigned v)
{
	const uint8_t bytes[] = {(uint8_t)v, (uint8_t)(v >> 8)};

	proto_put(out, bytes, sizeof(bytes));
}

void proto_put32le(struct proto_out *out, uint32_t v)
{
	proto_put16le(out, v & 0xffff);
	proto_put16le(out, v >> 16);
}

void proto_say(struct proto_said *said, struct slice text)
{
	size_t n = 0;

	while (n < text.n && n < sizeof(said->text) - 1 && text.p[n] != '\r' && text.p[n] != '\n' &&
	       text.p[n])
		n++;
	if (n)
		memcpy(said->text, text.p, n);
	said->text[n] = '\0';
}

void proto_sayf(struct proto_said *said, const char *fmt, ...)
{
	char text[PROTO_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	proto_say(said, slice_of(text));
}
