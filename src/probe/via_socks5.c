/* SPDX-License-Identifier: ISC */
#include "probe/via_socks5.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/compiler.h"

enum { VERSION = 5, NO_LOGIN = 0, LOGIN = 2, NONE_TAKEN = 0xff, NAME_MAX_BYTES = 255 };

enum step { STEP_METHOD, STEP_LOGIN, STEP_CONNECT };

struct socks {
	enum step step;
	uint16_t port;
	struct addr to;
	const char *name;
};

static void start(void *state, const struct via_hop *v, const char *name, const struct addr *to,
		  uint16_t port, struct proto_out *out)
{
	static const uint8_t without[] = {VERSION, 1, NO_LOGIN},
			     with[] = {VERSION, 2, NO_LOGIN, LOGIN};
	struct socks *s = state;

	*s = (struct socks){.port = port, .to = *to, .name = name};
	if (v->user)
		proto_put(out, with, sizeof(with));
	else
		proto_put(out, without, sizeof(without));
}

PRINTF(4, 5)
static enum via_result refuse(struct proxy_refusal *r, enum proxy_leg leg, unsigned code,
			      const char *fmt, ...)
{
	va_list ap;

	r->leg = leg;
	snprintf(r->how, sizeof(r->how), "socks %u", code);
	va_start(ap, fmt);
	vsnprintf(r->words, sizeof(r->words), fmt, ap);
	va_end(ap);
	return VIA_REFUSED;
}

static void put_counted(struct proto_out *out, const char *text)
{
	size_t n = strlen(text);
	uint8_t length = (uint8_t)(n > NAME_MAX_BYTES ? NAME_MAX_BYTES : n);

	proto_put(out, &length, 1);
	proto_put(out, text, length);
}

static enum via_result ask_for_connection(struct socks *s, struct proto_out *out)
{
	static const uint8_t connect[] = {VERSION, 1, 0};
	const uint8_t kind = s->name ? 3 : s->to.family == 6 ? 4 : 1;

	proto_put(out, connect, sizeof(connect));
	proto_put(out, &kind, 1);
	if (s->name)
		put_counted(out, s->name);
	else
		proto_put(out, s->to.bytes, s->to.family == 6 ? 16 : 4);
	proto_put16(out, s->port);
	s->step = STEP_CONNECT;
	return VIA_MORE;
}

static enum via_result took_method(struct socks *s, const struct via_hop *v, uint8_t method,
				   struct proto_out *out, struct proxy_refusal *r)
{
	static const uint8_t version = 1;

	if (method == NO_LOGIN)
		return ask_for_connection(s, out);
	if (method == LOGIN && v->user) {
		proto_put(out, &version, 1);
		put_counted(out, v->user);
		put_counted(out, v->password);
		s->step = STEP_LOGIN;
		return VIA_MORE;
	}
	if (method != NONE_TAKEN)
		return refuse(r, LEG_AUTHENTICATION, method,
			      "the proxy chose a login that was not offered");
	return refuse(r, LEG_AUTHENTICATION, method,
		      v->user ? "the proxy takes no user's name and password, and nobody without"
			      : "the proxy wants a login, and there is none for it");
}

/* RFC 1928 section 6. */
static const struct {
	enum proxy_leg leg;
	const char *words;
} replies[] = {
	[1] = {LEG_BEYOND, "the proxy failed, and does not say why"},
	[2] = {LEG_POLICY, "the proxy's own rules forbid it"},
	[3] = {LEG_BEYOND, "the proxy has no route to that network"},
	[4] = {LEG_BEYOND, "the proxy cannot reach that host"},
	[5] = {LEG_BEYOND, "the proxy was refused there: nothing listens, or something rejects it"},
	[6] = {LEG_BEYOND, "the proxy's packets used up their hops"},
	[7] = {LEG_POLICY, "the proxy makes no connections for others"},
	[8] = {LEG_POLICY, "the proxy does not take that kind of address"},
};

static enum via_result took_reply(uint8_t code, struct proxy_refusal *r)
{
	if (code == 0)
		return VIA_THROUGH;
	if (code >= ARRAY_LEN(replies))
		return refuse(r, LEG_POLICY, code, "the proxy refuses with a code of its own");
	r->is_unreachable = replies[code].leg == LEG_BEYOND;
	return refuse(r, replies[code].leg, code, "%s", replies[code].words);
}

static enum via_result no_proxy(struct proxy_refusal *r)
{
	r->leg = LEG_CONNECT;
	snprintf(r->how, sizeof(r->how), "no socks");
	snprintf(r->words, sizeof(r->words), "what answers there is no SOCKS 5 proxy");
	return VIA_REFUSED;
}

/* How long the reply is, by the kind of its address; 0: not known yet. */
static size_t reply_length(struct slice in)
{
	if (in.n < 5)
		return 0;
	switch (in.p[3]) {
	case 1:
		return 4 + 4 + 2;
	case 4:
		return 4 + 16 + 2;
	default:
		return 4 + 1 + (size_t)(uint8_t)in.p[4] + 2;
	}
}

static enum via_result input_reply(struct slice *in, struct proxy_refusal *r)
{
	size_t n = reply_length(*in);
	uint8_t code;

	if (in->p[0] != VERSION)
		return no_proxy(r);
	/* Some end the connection after the code: then the rest is not needed. */
	if (in->n >= 2 && in->p[1] != 0)
		return took_reply((uint8_t)in->p[1], r);
	if (!n || in->n < n)
		return VIA_MORE;
	code = (uint8_t)in->p[1];
	*in = slice_skip(*in, n);
	return took_reply(code, r);
}

static enum via_result input(void *state, const struct via_hop *v, struct slice *in,
			     struct proto_out *out, struct proxy_refusal *r)
{
	struct socks *s = state;
	uint8_t value;

	if (s->step == STEP_CONNECT)
		return in->n ? input_reply(in, r) : VIA_MORE;
	if (in->n && in->p[0] != (s->step == STEP_LOGIN ? 1 : VERSION))
		return no_proxy(r);
	if (in->n < 2)
		return VIA_MORE;
	value = (uint8_t)in->p[1];
	*in = slice_skip(*in, 2);
	if (s->step == STEP_METHOD)
		return took_method(s, v, value, out, r);
	if (value != 0)
		return refuse(r, LEG_AUTHENTICATION, value,
			      "the proxy does not take the login for it");
	return ask_for_connection(s, out);
}

const struct via_kind via_socks5 = {
	.name = "socks5",
	.state_size = sizeof(struct socks),
	.start = start,
	.input = input,
};
