/* SPDX-License-Identifier: ISC */
#include "probe/inside.h"

#include <string.h>

#include "base/compiler.h"
#include "base/date.h"
#include "base/escape.h"

static bool is_listed_instead(const struct service *clear, const struct service *s)
{
	struct service other;

	for (size_t i = 0; service_instead(clear, i, &other); i++)
		if (strcmp(other.name, s->name) == 0)
			return true;
	return false;
}

static bool is_with_s(const char *clear, const char *name)
{
	size_t n = strlen(clear);

	return strncmp(name, clear, n) == 0 && strcmp(name + n, "s") == 0;
}

/* pop3s is pop3's, whatever else is told to use it instead. */
static bool has_plain_form(const struct service *s)
{
	struct slice name = slice_of(s->name);
	struct service plain;

	if (!name.n || name.p[name.n - 1] != 's')
		return false;
	name.n--;
	return service_find(name, &plain);
}

static bool is_over_tcp(const struct service *s)
{
	for (size_t i = 0; i < s->n_ports; i++)
		if (s->ports[i].on & ON_TCP)
			return true;
	return false;
}

bool inside_is(const struct proto *p, const struct service *s)
{
	struct service clear;

	if (s->protection != PROTECT_TLS || !is_over_tcp(s))
		return false;
	for (const char *const *name = p->services; name && *name; name++) {
		if (is_with_s(*name, s->name))
			return true;
		if (!has_plain_form(s) && service_find(slice_of(*name), &clear) &&
		    is_listed_instead(&clear, s))
			return true;
	}
	return false;
}

bool inside_is_known(const struct service *s)
{
	for (size_t i = 0; protos[i]; i++)
		if (protos[i]->transport == TRANSPORT_TCP && inside_is(protos[i], s))
			return true;
	return false;
}

/* The service that is that protocol's own, too, where it is a matter of settings: redis. */
static bool is_its_own(const struct proto *p, const struct service *s)
{
	for (const char *const *name = p->services; name && *name; name++)
		if (strcmp(*name, s->name) == 0)
			return s->protection != PROTECT_TLS;
	return false;
}

const char *inside_service(const struct proto *p, uint16_t port)
{
	const struct port_range ports = {port, port};
	struct service s;
	size_t i = 0;

	while (service_next_at(ON_TCP, ports, &i, &s))
		if (inside_is(p, &s))
			return s.name;
	for (i = 0; service_get(i, &s); i++)
		if (p->services && is_with_s(p->services[0], s.name) && inside_is(p, &s))
			return s.name;
	for (i = 0; service_get(i, &s); i++)
		if (inside_is(p, &s))
			return s.name;
	return p->name;
}

static const struct proto *proto_of(const struct proto *const *table, const struct service *s)
{
	for (size_t i = 0; table[i]; i++)
		if (table[i]->transport == TRANSPORT_TCP &&
		    (inside_is(table[i], s) || is_its_own(table[i], s)))
			return table[i];
	return NULL;
}

static bool is_usual(const struct service *s, uint16_t port)
{
	for (size_t i = 0; i < s->n_ports; i++)
		if (s->ports[i].on & ON_TCP)
			return s->ports[i].lo <= port && port <= s->ports[i].hi;
	return false;
}

/* Of those whose usual port it is before others. */
const struct proto *inside_usual(const struct proto *const *table, uint16_t port)
{
	const struct port_range ports = {port, port};
	const struct proto *found = NULL, *p;
	struct service s;
	size_t i = 0;

	while (service_next_at(ON_TCP, ports, &i, &s)) {
		p = proto_of(table, &s);
		if (p && is_usual(&s, port))
			return p;
		if (!found)
			found = p;
	}
	return found;
}

const char *inside_alpn(const struct proto *p)
{
	if (p && strcmp(p->name, "http") == 0)
		return "http/1.1";
	return p && strcmp(p->name, "dns") == 0 ? "dot" : NULL;
}

void inside_say(const struct layer_told *told, const char *outer, const char *inner,
		const char *said, struct buf *out)
{
	if (told->version[0])
		buf_add_text(out, told->version);
	else
		buf_add_text(out, outer[0] ? outer : "TLS");
	if (inner)
		buf_addf(out, ", inside it %s%s%s", inner, said[0] ? ": " : "", said);
	else if (!told->is_complete)
		buf_addf(out, ", and no handshake: %s", told->why);
	if (!inner && told->wants_certificate)
		buf_add_text(out, "; it wants a certificate of who connects");
	if (told->refuses_name)
		buf_add_text(out, "; it answers to another name");
}

void inside_say_certificate(const struct certificate *c, int64_t now, struct buf *out)
{
	enum { DAY = 24 * 3600, LAST_DAY = 2932896 }; /* 9999-12-31, which means never */
	int64_t day = c->not_after / DAY;
	char text[DATE_TEXT_MAX];

	buf_add_text(out, c->name[0] ? c->name : c->subject[0] ? c->subject : "nobody");
	if (c->key[0])
		buf_addf(out, ", %s %u", c->key, c->key_bits);
	if (c->is_self_signed)
		buf_add_text(out, ", self-signed");
	if (day > 0 && day <= LAST_DAY)
		buf_addf(out, ", %s %s", c->not_after < now ? "expired" : "until",
			 date_text((int32_t)day, text));
	if (!c->is_self_signed && c->issuer[0])
		buf_addf(out, ", issued by %s", c->issuer);
	if (c->n_names && strcmp(c->names, c->name) != 0)
		buf_addf(out, ", names %s", c->names);
}
