/* SPDX-License-Identifier: ISC */
#include "probe/far_packet.h"

#include <string.h>

enum {
	NUMBER_ICMP = 1, /* IANA's protocol numbers */
	NUMBER_TCP = 6,
	NUMBER_UDP = 17,
	NUMBER_ICMP6 = 58,
	FLAG_SYN = 2,
	FLAG_RST = 4,
	FLAG_ACK = 16,
};

/* --- reading ---------------------------------------------------------------------------------- */

static uint8_t byte_at(struct slice s, size_t at)
{
	return (uint8_t)s.p[at];
}

static uint16_t short_at(struct slice s, size_t at)
{
	return (uint16_t)(byte_at(s, at) << 8 | byte_at(s, at + 1));
}

static void take_addr(struct slice s, size_t at, uint8_t family, struct addr *a)
{
	*a = (struct addr){.family = family};
	memcpy(a->bytes, s.p + at, family == 4 ? 4 : 16);
}

/* The header of IP: *s is what follows it, as far as the packet says it goes. */
static bool take_ip4(struct slice *s, struct addr *from, struct addr *to, uint8_t *protocol)
{
	size_t header, all;

	if (s->n < 20)
		return false;
	header = (byte_at(*s, 0) & 15u) * 4u;
	all = short_at(*s, 2);
	if (header < 20 || header > s->n || all < header || (short_at(*s, 6) & 0x1fff))
		return false;
	take_addr(*s, 12, 4, from);
	take_addr(*s, 16, 4, to);
	*protocol = byte_at(*s, 9);
	if (all < s->n)
		s->n = all;
	*s = slice_skip(*s, header);
	return true;
}

static bool take_ip6(struct slice *s, struct addr *from, struct addr *to, uint8_t *protocol)
{
	size_t all;

	if (s->n < 40)
		return false;
	all = 40u + short_at(*s, 4);
	take_addr(*s, 8, 6, from);
	take_addr(*s, 24, 6, to);
	*protocol = byte_at(*s, 6);
	if (all < s->n)
		s->n = all;
	*s = slice_skip(*s, 40);
	return true;
}

static bool take_ip(struct slice *s, struct addr *from, struct addr *to, uint8_t *protocol)
{
	unsigned version = s->n ? byte_at(*s, 0) >> 4 : 0;

	if (version == 4)
		return take_ip4(s, from, to, protocol);
	return version == 6 && take_ip6(s, from, to, protocol);
}

static enum transport transport_of(uint8_t protocol, uint8_t family)
{
	if (protocol == NUMBER_TCP)
		return TRANSPORT_TCP;
	if (protocol == NUMBER_UDP)
		return TRANSPORT_UDP;
	return protocol == (family == 4 ? NUMBER_ICMP : NUMBER_ICMP6) ? TRANSPORT_ICMP
								      : TRANSPORT_NONE;
}

static bool is_icmp_error(const struct far_packet *p)
{
	return p->from.family == 4 ? p->icmp_type == 3 || p->icmp_type == 11 || p->icmp_type == 12
				   : p->icmp_type < 128;
}

/* Behind the 8 bytes of an ICMP error: the packet's own header, and at least 8 bytes of it. */
static void take_quoted(struct slice s, struct far_packet *p)
{
	uint8_t protocol;

	if (!take_ip(&s, &p->about.from, &p->about.to, &protocol) || s.n < 4)
		return;
	p->about.transport = transport_of(protocol, p->about.from.family);
	if (p->about.transport != TRANSPORT_ICMP) {
		p->about.from_port = short_at(s, 0);
		p->about.to_port = short_at(s, 2);
	}
}

static bool take_tcp(struct slice s, struct far_packet *p)
{
	size_t header;

	if (s.n < 20)
		return false;
	header = (byte_at(s, 12) >> 4) * 4u;
	p->tcp_flags = byte_at(s, 13);
	p->data = header >= 20 && s.n > header ? s.n - header : 0;
	return true;
}

static bool take_icmp(struct slice s, struct far_packet *p)
{
	p->icmp_type = byte_at(s, 0);
	p->icmp_code = byte_at(s, 1);
	if (is_icmp_error(p))
		take_quoted(slice_skip(s, 8), p);
	return true;
}

bool far_packet_parse(struct slice s, struct far_packet *p)
{
	uint8_t protocol;

	*p = (struct far_packet){0};
	if (!take_ip(&s, &p->from, &p->to, &protocol) || s.n < 8)
		return false;
	p->transport = transport_of(protocol, p->from.family);
	if (p->transport == TRANSPORT_NONE)
		return false;
	if (p->transport == TRANSPORT_ICMP)
		return take_icmp(s, p);
	p->from_port = short_at(s, 0);
	p->to_port = short_at(s, 2);
	if (p->transport == TRANSPORT_TCP)
		return take_tcp(s, p);
	p->data = s.n - 8;
	return true;
}

/* --- what it says ----------------------------------------------------------------------------- */

static bool is_echo(const struct far_packet *p, uint8_t v4, uint8_t v6)
{
	return p->icmp_type == (p->from.family == 4 ? v4 : v6);
}

static bool is_asked(const struct far_packet *p, const struct far_flow *f)
{
	if (p->transport != f->transport || !addr_equal(&p->to, &f->target))
		return false;
	return f->transport == TRANSPORT_ICMP ? is_echo(p, 8, 128) : p->to_port == f->port;
}

static void note_coming(const struct far_packet *p, const struct far_flow *f, struct far_view *v)
{
	if (!is_asked(p, f))
		return;
	if (!addr_equal(&p->from, &f->source)) {
		v->other = p->from;
		return;
	}
	v->interface = FAR_YES;
	if (f->transport == TRANSPORT_TCP && p->data)
		v->data = FAR_YES;
}

static unsigned answer_of(const struct far_packet *p)
{
	if (p->transport == TRANSPORT_UDP)
		return FAR_LEFT_ANSWER;
	if (p->tcp_flags & FLAG_RST)
		return FAR_LEFT_RESET;
	return (p->tcp_flags & (FLAG_SYN | FLAG_ACK)) == (FLAG_SYN | FLAG_ACK) ? FAR_LEFT_HANDSHAKE
									       : 0;
}

static bool is_error_about(const struct far_packet *p, const struct far_flow *f)
{
	return p->about.transport == f->transport && addr_equal(&p->about.to, &f->target) &&
	       (f->transport == TRANSPORT_ICMP || p->about.to_port == f->port);
}

static void note_leaving(const struct far_packet *p, const struct far_flow *f, struct far_view *v)
{
	if (!addr_equal(&p->to, &f->source))
		return;
	if (p->transport == TRANSPORT_ICMP && is_error_about(p, f))
		v->left |= FAR_LEFT_ICMP;
	if (p->transport != f->transport || !addr_equal(&p->from, &f->target))
		return;
	if (f->transport == TRANSPORT_ICMP)
		v->left |= is_echo(p, 0, 129) ? FAR_LEFT_ANSWER : 0;
	else if (p->from_port == f->port)
		v->left |= answer_of(p);
}

void far_packet_note(const struct far_packet *p, bool is_outgoing, const struct far_flow *f,
		     struct far_view *v)
{
	if (is_outgoing)
		note_leaving(p, f, v);
	else
		note_coming(p, f, v);
}
