/* SPDX-License-Identifier: ISC */
#include "policy/emit_unsaid.h"

#include "policy/emit_words.h"

void unsaid_init(struct unsaid *u)
{
	*u = (struct unsaid){.arena = arena_new(), .list = BUF_INIT};
}

void unsaid_release(struct unsaid *u)
{
	buf_release(&u->list);
	map_release(&u->told);
	arena_free(u->arena);
}

void unsaid_tell(struct unsaid *u, struct finding f)
{
	const char *key = arena_printf(u->arena, "%s %s", f.code, f.subject);

	if (!map_add(&u->told, slice_of(key), u))
		return;
	f.subject = key + strlen(f.code) + 1;
	buf_add(&u->list, &f, sizeof(f));
}

void unsaid_tell_rule(struct unsaid *u, const struct rule *r, struct finding f)
{
	struct buf subject = BUF_INIT;

	buf_addf(&subject, "%s ", hook_names[r->hook]);
	emit_reason(&subject, r, 0);
	f.subject = subject.data;
	unsaid_tell(u, f);
	buf_release(&subject);
}

/* --- whether rules meet ----------------------------------------------------------------------- */

static bool names_meet(const char *a, const char *b)
{
	return !a || !b || strcmp(a, b) == 0;
}

static bool prefixes_meet(const struct prefixes *a, const struct prefixes *b)
{
	if (!a->list.n || !b->list.n)
		return true;
	for_each (p, &a->list)
		for_each (q, &b->list)
			if (prefix_has_prefix(p, q) || prefix_has_prefix(q, p))
				return true;
	return false;
}

static bool ports_meet(struct port_range a, struct port_range b)
{
	return emit_is_any(a) || emit_is_any(b) || port_range_overlaps(a, b);
}

static bool icmp_meets(const struct match *a, const struct match *b)
{
	for (uint8_t family = 4; family <= 6; family += 2) {
		int x = emit_icmp_type(a, family), y = emit_icmp_type(b, family);

		if ((!a->family || a->family == family) && (!b->family || b->family == family) &&
		    (x < 0 || y < 0 || x == y))
			return true;
	}
	return false;
}

/* Under its number what has a name of its own, too. */
static bool is_number_of(unsigned number, enum transport t)
{
	switch (t) {
	case TRANSPORT_TCP:
		return number == IP_TCP;
	case TRANSPORT_UDP:
		return number == 17;
	case TRANSPORT_SCTP:
		return number == 132;
	case TRANSPORT_ICMP:
		return number == 1 || number == 58;
	default:
		return false;
	}
}

static bool transports_meet(const struct match *a, const struct match *b)
{
	if (a->transport == TRANSPORT_NONE || b->transport == TRANSPORT_NONE)
		return true;
	if (a->transport != b->transport)
		return (a->transport == TRANSPORT_IP && is_number_of(a->number, b->transport)) ||
		       (b->transport == TRANSPORT_IP && is_number_of(b->number, a->transport));
	if (a->transport == TRANSPORT_ICMP)
		return icmp_meets(a, b);
	if (a->transport == TRANSPORT_IP)
		return a->number == b->number;
	return ports_meet(a->ports, b->ports) && ports_meet(a->source_ports, b->source_ports);
}

bool match_meets(const struct match *a, const struct match *b)
{
	return names_meet(a->in, b->in) && names_meet(a->out, b->out) &&
	       (!a->family || !b->family || a->family == b->family) &&
	       prefixes_meet(&a->source, &b->source) && prefixes_meet(&a->target, &b->target) &&
	       transports_meet(a, b);
}

const struct rule *unsaid_opened_behind(const struct policy *p, const struct rule *drop)
{
	for_each (r, &p->rules)
		if (r->hook == drop->hook && r->rank > drop->rank && r->action == ACTION_ACCEPT &&
		    match_meets(&r->match, &drop->match))
			return r;
	return NULL;
}
