/* SPDX-License-Identifier: ISC */
#include "policy/emit_words.h"

#include "base/date.h"
#include "base/map.h"
#include "policy/emit.h"

void emit_policy(const struct emitter *e, const struct policy *p, struct buf *out)
{
	struct policy *single = e->names_interfaces ? NULL : policy_by_interface(p);

	e->policy(single ? single : p, out);
	policy_free(single);
}

/* nft has no escape inside quotes, and takes no byte for the end of a line but the newline. */
void emit_harmless(struct buf *out, const char *s, size_t room)
{
	for (; *s && room; s++, room--) {
		unsigned char c = (unsigned char)*s;

		buf_add_char(out, c == '"'	       ? '\''
				  : c == '\\'	       ? '/'
				  : c < ' ' || c > '~' ? '?'
						       : *s);
	}
}

void emit_quoted(struct buf *out, const char *s, size_t room)
{
	buf_add_char(out, '"');
	emit_harmless(out, s, room);
	buf_add_char(out, '"');
}

/* --- remarks ---------------------------------------------------------------------------------- */

void emit_remark(struct buf *out, const char *label, const char *text)
{
	if (!text)
		return;
	buf_addf(out, "# %s", label);
	emit_harmless(out, text, SIZE_MAX);
	buf_add_char(out, '\n');
}

void emit_finding(struct buf *out, const struct finding *f)
{
	buf_addf(out, "# %s: %s: ", severity_names[f->severity], f->code);
	emit_harmless(out, f->subject, SIZE_MAX);
	buf_add_char(out, '\n');
	emit_remark(out, "  ", f->evidence);
	emit_remark(out, "  to do: ", f->fix);
}

void emit_head(struct buf *out, const struct policy *p)
{
	emit_remark(out, "device: ", p->device->name.s);
	emit_remark(out, "site: ", p->plan->site->name.s);
	emit_remark(out, "owner: ", p->device->owner.s);
	for_each (f, &p->findings)
		emit_finding(out, f);
}

/* --- parts of rules --------------------------------------------------------------------------- */

void emit_reason(struct buf *out, const struct rule *r, size_t more)
{
	char key[RULE_KEY_TEXT_MAX], day[DATE_TEXT_MAX];

	if (r->flows.n)
		buf_addf(out, "%s ", rule_key_text(r, key));
	if (more)
		buf_addf(out, "+%zu ", more);
	if (r->expires)
		buf_addf(out, "until %s ", date_text(r->expires, day));
	rule_format_requirements(r, out);
}

static void add_once(struct buf *out, const char *label, const char *text, struct map *told)
{
	if (text && map_add(told, slice_of(text), told))
		buf_addf(out, "; %s %s", label, text);
}

void emit_grants(struct buf *out, const struct rule *r)
{
	struct map owners = {0}, tickets = {0};

	for_each (f, &r->flows) {
		for (const struct claim *c = (*f)->claims; c; c = c->next) {
			struct grant g = claim_grant(c);

			add_once(out, "owner", g.owner.s, &owners);
			add_once(out, "ticket", g.ticket.s, &tickets);
		}
	}
	map_release(&owners);
	map_release(&tickets);
}

void emit_rewrite(struct buf *out, const struct rewrite *w)
{
	char text[ADDR_TEXT_MAX];
	bool brackets = w->addr.family == 6 && w->port;

	if (w->addr.family)
		buf_addf(out, "%s%s%s", brackets ? "[" : "", addr_text(&w->addr, text),
			 brackets ? "]" : "");
	if (w->port)
		buf_addf(out, ":%u", w->port);
}

void emit_chooser(struct buf *out, const struct match *m, const struct rewrite *w)
{
	static const char *const by[] = {
		[BALANCE_RANDOM] = "numgen random", [BALANCE_ROUND_ROBIN] = "numgen inc"};

	if (w->balance == BALANCE_SOURCE)
		buf_addf(out, "jhash %s saddr", m->family == 6 ? "ip6" : "ip");
	else
		buf_add_text(out, by[w->balance]);
	buf_addf(out, " mod %zu", w->members.n);
}

bool emit_has_ports(enum transport t)
{
	return t == TRANSPORT_TCP || t == TRANSPORT_UDP || t == TRANSPORT_SCTP;
}

bool emit_is_any(struct port_range r)
{
	return !r.lo || (r.lo == 1 && r.hi == 65535);
}

int emit_icmp_type(const struct match *m, uint8_t family)
{
	const struct icmp_name *name = m->icmp ? icmp_name_find(slice_of(m->icmp)) : NULL;

	return !name ? -1 : family == 6 ? name->type6 : name->type4;
}

int emit_icmp_code(const struct match *m, uint8_t family)
{
	bool fragment = m->icmp && slice_is(slice_of(m->icmp), "fragmentation-needed");

	return family == 4 && fragment && emit_icmp_type(m, family) == 3 ? 4 : -1;
}

bool emit_is_of_link(const struct match *m, uint8_t family)
{
	int type = emit_icmp_type(m, family);

	return family == 6 && type >= 133 && type <= 136;
}

const int *emit_icmp_errors(uint8_t family)
{
	/* Unreachable, time exceeded; of IPv6 also too big, and parameter problem. */
	static const int errors4[] = {3, 11, -1}, errors6[] = {1, 2, 3, 4, -1};

	return family == 6 ? errors6 : errors4;
}
