/* SPDX-License-Identifier: ISC */
#include "box/packet.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "box/nf_words.h"

enum { ICMP = 1, TCP = 6, UDP = 17, DCCP = 33, ICMPV6 = 58, SCTP = 132, UDPLITE = 136 };
enum { ECHO = 8, ECHO6 = 128, SYN = 2, FIRST_EPHEMERAL = 49152 };

static bool has_ports(uint8_t proto)
{
	return proto == TCP || proto == UDP || proto == DCCP || proto == SCTP || proto == UDPLITE;
}

static bool is_icmp(const struct nf_packet *p)
{
	return p->proto == (p->to.family == 4 ? ICMP : ICMPV6);
}

static int bad(struct err *err, const char *what, struct slice found)
{
	return err_set(err, ERR_USAGE, PLACE_NONE,
		       "%s, not \"%.*s\": a packet is such as \"tcp 10.0.0.9 10.0.0.1:22\"", what,
		       (int)(found.n < 60 ? found.n : 60), found.p ? found.p : "");
}

/* "10.0.0.1", "10.0.0.1:22", "2001:db8::1", "[2001:db8::1]:22". */
static bool parse_end(struct slice s, struct addr *a, uint16_t *port)
{
	struct slice host = s, rest = SLICE_NONE;
	uint64_t number;
	const char *colon;

	if (s.n && s.p[0] == '[') {
		rest = slice_skip(s, 1);
		if (!slice_cut(&rest, ']', &host) || !rest.p)
			return false;
	} else if (!addr_parse(s, a)) {
		colon = memchr(s.p, ':', s.n);
		if (!colon)
			return false;
		host = slice_from_to(s.p, colon);
		rest = slice_from_to(colon, s.p + s.n);
	}
	if (!addr_parse(host, a))
		return false;
	if (!rest.n)
		return true;
	if (rest.p[0] != ':' || !slice_number(slice_skip(rest, 1), UINT16_MAX, &number))
		return false;
	*port = (uint16_t)number;
	return true;
}

/* "icmp", "icmp/3", "icmp/3/1": false where the type is no number. */
static bool parse_proto(struct slice s, struct nf_packet *p, bool *typed)
{
	struct slice part;
	uint64_t type = 0, code = 0;
	int proto;

	if (!slice_cut(&s, '/', &part))
		return false;
	proto = nf_proto_of(part);
	if (proto < 0)
		return false;
	p->proto = (uint8_t)proto;
	*typed = slice_cut(&s, '/', &part);
	if (*typed && !slice_number(part, 255, &type))
		return false;
	if (slice_cut(&s, '/', &part) && !slice_number(part, 255, &code))
		return false;
	p->icmp_type = (uint8_t)type;
	p->icmp_code = (uint8_t)code;
	return !s.p;
}

static bool next_word(struct slice *s, struct slice *word)
{
	*s = slice_trim(*s);
	if (!s->n)
		return false;
	return slice_cut(s, ' ', word);
}

static void fill(struct nf_packet *p, bool typed)
{
	if (p->proto == ICMP && p->to.family == 6)
		p->proto = ICMPV6;
	if (is_icmp(p) && !typed)
		p->icmp_type = p->proto == ICMP ? ECHO : ECHO6;
	if (p->proto == TCP)
		p->tcp_flags = SYN;
	if (has_ports(p->proto) && !p->from_port)
		p->from_port = FIRST_EPHEMERAL;
	p->state = nf_state_of_first(p);
}

int packet_parse(struct slice text, struct nf_packet *p, struct err *err)
{
	struct slice words[3] = {SLICE_NONE, SLICE_NONE, SLICE_NONE}, rest = text, more;
	bool typed;

	*p = (struct nf_packet){0};
	for (size_t i = 0; i < 3; i++)
		if (!next_word(&rest, &words[i]))
			return bad(err, "expected a protocol, a source and a target", text);
	if (next_word(&rest, &more))
		return bad(err, "expected nothing behind the target", more);
	if (!parse_proto(words[0], p, &typed))
		return bad(err, "expected a protocol such as tcp, icmp/8 or 47", words[0]);
	if (!parse_end(words[1], &p->from, &p->from_port))
		return bad(err, "expected a source address", words[1]);
	if (!parse_end(words[2], &p->to, &p->to_port))
		return bad(err, "expected a target address", words[2]);
	if (p->from.family != p->to.family)
		return bad(err, "expected source and target of one family", words[2]);
	if (typed && !is_icmp(p) && p->proto != ICMP)
		return bad(err, "expected a type of ICMP only", words[0]);
	if (!has_ports(p->proto) && (p->from_port || p->to_port))
		return bad(err, "expected ports only of a protocol that has them", words[0]);
	fill(p, typed);
	return 0;
}

static void format_end(const struct addr *a, uint16_t port, bool with_port, struct buf *out)
{
	char text[ADDR_TEXT_MAX];

	addr_text(a, text);
	if (!with_port)
		buf_add_text(out, text);
	else if (a->family == 6)
		buf_addf(out, "[%s]:%u", text, port);
	else
		buf_addf(out, "%s:%u", text, port);
}

void packet_format(const struct nf_packet *p, struct buf *out)
{
	static const struct {
		uint8_t number;
		const char *name;
	} protos[] = {{ICMP, "icmp"}, {TCP, "tcp"},	{UDP, "udp"},
		      {DCCP, "dccp"}, {ICMPV6, "icmp"}, {SCTP, "sctp"}};
	const char *name = NULL;

	for (size_t i = 0; i < sizeof(protos) / sizeof(protos[0]); i++)
		if (protos[i].number == p->proto)
			name = protos[i].name;
	if (name)
		buf_add_text(out, name);
	else
		buf_addf(out, "protocol %u", p->proto);
	if (is_icmp(p))
		buf_addf(out, "/%u/%u", p->icmp_type, p->icmp_code);
	buf_add_char(out, ' ');
	format_end(&p->from, p->from_port, has_ports(p->proto), out);
	buf_add_text(out, " > ");
	format_end(&p->to, p->to_port, has_ports(p->proto), out);
}

/* A number within limits; a missing one is `otherwise`. */
static bool take_number(json_t *o, const char *key, int64_t max, int64_t otherwise, int64_t *out)
{
	json_t *v = json_object_get(o, key);

	*out = otherwise;
	if (!v || json_is_null(v))
		return true;
	if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > max)
		return false;
	*out = json_integer_value(v);
	return true;
}

static bool take_addr(json_t *o, const char *key, struct addr *a)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s && addr_parse(slice_of(s), a);
}

static bool take_flags(json_t *o, struct nf_packet *p)
{
	const char *s = json_string_value(json_object_get(o, "tcp_flags"));
	struct slice rest = slice_of(s), word;

	p->tcp_flags = p->proto == TCP && !s ? SYN : 0;
	while (s && slice_cut(&rest, ',', &word)) {
		int flag = nf_tcp_flag_of(slice_trim(word));

		if (flag < 0 && !slice_is(word, "none"))
			return false;
		p->tcp_flags |= flag < 0 ? 0 : (uint8_t)flag;
	}
	return true;
}

static bool take_mac(json_t *o, struct nf_packet *p)
{
	const char *s = json_string_value(json_object_get(o, "mac"));
	unsigned b[6];

	if (!s)
		return true;
	if (strlen(s) != 17)
		return false;
	for (int i = 0; i < 6; i++) {
		char *end;

		b[i] = (unsigned)strtoul(s + 3 * i, &end, 16);
		if (end != s + 3 * i + 2)
			return false;
		p->mac[i] = (uint8_t)b[i];
	}
	p->has_mac = true;
	return true;
}

struct number_key {
	const char *key;
	int64_t max, value;
	bool given;
};

/* The name of the first key that is not right; NULL: all are. */
static const char *take_all(struct arena *a, json_t *o, struct packet_line *line)
{
	struct nf_packet *p = &line->packet;
	struct number_key n[] = {
		{"id", INT64_MAX, 0, false},
		{"proto", 255, 0, false},
		{"sport", UINT16_MAX, 0, false},
		{"dport", UINT16_MAX, 0, false},
		{"icmp_type", 255, 0, false},
		{"icmp_code", 255, 0, false},
		{"uid", UINT32_MAX, 0, false},
		{"gid", UINT32_MAX, 0, false},
		{"mark", UINT32_MAX, 0, false},
		{"ttl", 255, 0, false},
		{"length", UINT16_MAX, 0, false},
		{"dscp", 63, 0, false},
		{"ecn", 3, 0, false},
	};
	const char *in = json_string_value(json_object_get(o, "in"));

	for (size_t i = 0; i < sizeof(n) / sizeof(n[0]); i++) {
		n[i].given = json_is_integer(json_object_get(o, n[i].key));
		if (!take_number(o, n[i].key, n[i].max, 0, &n[i].value))
			return n[i].key;
	}
	*line = (struct packet_line){.id = n[0].given ? n[0].value : -1};
	*p = (struct nf_packet){
		.in = in ? arena_copy(a, slice_of(in)) : NULL,
		.proto = (uint8_t)n[1].value,
		.from_port = (uint16_t)n[2].value,
		.to_port = (uint16_t)n[3].value,
		.icmp_type = (uint8_t)n[4].value,
		.icmp_code = (uint8_t)n[5].value,
		.has_uid = n[6].given,
		.uid = (uint32_t)n[6].value,
		.has_gid = n[7].given,
		.gid = (uint32_t)n[7].value,
		.mark = (uint32_t)n[8].value,
		.has_ttl = n[9].given,
		.ttl = (uint8_t)n[9].value,
		.has_length = n[10].given,
		.length = (uint16_t)n[10].value,
		.has_dscp = n[11].given,
		.dscp = (uint8_t)n[11].value,
		.has_ecn = n[12].given,
		.ecn = (uint8_t)n[12].value,
	};
	if (!take_addr(o, "src", &p->from))
		return "src";
	if (!take_addr(o, "dst", &p->to) || p->to.family != p->from.family)
		return "dst";
	if (!take_flags(o, p))
		return "tcp_flags";
	return take_mac(o, p) ? NULL : "mac";
}

int packet_read_json(struct arena *a, struct slice line, struct place at, struct packet_line *out,
		     struct err *err)
{
	json_error_t wrong;
	json_t *o = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, &wrong);
	const char *key;

	if (!json_is_object(o)) {
		json_decref(o);
		return err_set(err, ERR_DOCUMENT, at, "a line is a JSON object with a packet: %s",
			       o ? "this is none" : wrong.text);
	}
	key = take_all(a, o, out);
	json_decref(o);
	if (key)
		return err_set(err, ERR_DOCUMENT, at, "the packet's \"%s\" is missing or not right",
			       key);
	out->packet.state = nf_state_of_first(&out->packet);
	return 0;
}
