/* SPDX-License-Identifier: ISC */
#include "model/lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/suggest.h"
#include "model/lint_use.h"
#include "model/service.h"

struct linter {
	const struct product *p;
	const struct lint_context *context;
	struct arena *arena;
	struct port_uses uses;	  /* of the product */
	struct port_uses *theirs; /* of each other one */
	const struct lint *now;
	struct finding *items; /* owned until lint_product() is over */
	size_t n, room;
};

struct lint {
	const char *code;
	enum severity severity;
	void (*look)(struct linter *l);				     /* at the product; or: */
	void (*look_at)(struct linter *l, const struct port_use *u); /* at each port it needs */
};

PRINTF(5, 6)
static void tell(struct linter *l, struct place at, const char *id, const char *fix,
		 const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (l->n == l->room) {
		l->room = l->room ? l->room * 2 : 16;
		l->items = mem_resize(l->items, l->room, sizeof(*l->items));
	}
	l->items[l->n++] = (struct finding){
		.severity = l->now->severity,
		.code = l->now->code,
		.subject = arena_printf(l->arena, "%s/%s", l->p->name.s, id),
		.evidence = arena_copy(l->arena, slice_of(text)),
		.fix = fix,
		.at = at,
	};
}

/* "tcp/443", "udp/7000-7008" */
static const char *use_text(struct linter *l, const struct port_use *u)
{
	struct buf ports = BUF_INIT;
	const char *text;

	port_range_format(u->ports, &ports);
	text = arena_printf(l->arena, "%s/%s", transport_names[u->leaf->transport], ports.data);
	buf_release(&ports);
	return text;
}

/* --- numbers and names ------------------------------------------------------------------------ */

static bool is_single(const struct port_use *u)
{
	return u->is_known && u->ports.lo == u->ports.hi && !u->leaf->ports.any_of;
}

static unsigned on_of(const struct port_use *u)
{
	return transport_bit(u->leaf->transport);
}

static bool has_service(const struct port_use *u, struct service *s)
{
	return u->service && service_find(slice_of(u->service), s);
}

static bool runs_over(const struct service *s, unsigned on)
{
	for (size_t i = 0; i < s->n_ports; i++)
		if (s->ports[i].on & on)
			return true;
	return s->n_ports == 0;
}

static bool is_usual(const struct port_use *u)
{
	struct service named;

	return has_service(u, &named) && service_listens(&named, on_of(u), u->ports);
}

/* telnet on 22: the number belongs to another protocol than the one named. */
static void look_wrong_number(struct linter *l, const struct port_use *u)
{
	struct service named, owner;

	if (!is_single(u) || !on_of(u) || !has_service(u, &named) || is_usual(u))
		return;
	if (runs_over(&named, on_of(u)) && named.n_ports &&
	    service_at(on_of(u), u->ports.lo, &owner))
		tell(l, u->at, u->q->id.s, "correct the number or the service",
		     "%s is the port of %s; %s listens on %u", use_text(l, u), owner.name,
		     named.name, named.ports[0].lo);
}

static void look_wrong_transport(struct linter *l, const struct port_use *u)
{
	unsigned on = on_of(u), other = on == ON_TCP ? ON_UDP : ON_TCP;
	const char *right = on == ON_TCP ? "UDP" : "TCP", *wrong = on == ON_TCP ? "TCP" : "UDP";
	struct service named;

	if (!u->is_known || (on != ON_TCP && on != ON_UDP))
		return;
	if (has_service(u, &named)) {
		if (!runs_over(&named, on) && runs_over(&named, other))
			tell(l, u->at, u->q->id.s, "correct the transport or the service",
			     "%s runs over %s only, not over %s", named.name, right, wrong);
		return;
	}
	if (!u->service && is_single(u) && !service_at(on, u->ports.lo, &named) &&
	    service_at(other, u->ports.lo, &named) && !runs_over(&named, on))
		tell(l, u->at, u->q->id.s, "correct the transport, or name the service",
		     "%s is asked for, but the %s of that number runs over %s only", use_text(l, u),
		     named.name, right);
}

static bool has_reference(const struct ports *p)
{
	for_each (piece, &p->lo.pieces)
		if (!piece->digits)
			return true;
	return p->arith != NULL;
}

/* The number is somebody else's, where the product chose it: a default, or a port for a service
 * that has another. Where a service that we know owns it, the lints above have their say. */
static void look_registered(struct linter *l, const struct port_use *u)
{
	struct service owner;
	const char *name = u->service ? u->service : l->p->name.s;
	struct buf sentence = BUF_INIT;

	if (is_single(u) && !u->is_forbidden && on_of(u) && !is_usual(u) &&
	    !service_at(on_of(u), u->ports.lo, &owner) &&
	    (u->service || has_reference(&u->leaf->ports)) &&
	    registry_taken(&registry_iana, u->ports, on_of(u), slice_of(name), &sentence))
		tell(l, u->at, u->q->id.s,
		     "expect its owner there, and choose another for new sites",
		     "%s; here it is %s", sentence.data, name);
	buf_release(&sentence);
}

static void look_unknown_service(struct linter *l, const struct port_use *u)
{
	struct service named;
	struct suggest s = suggest_start(slice_of(u->service));
	char hint[SUGGEST_TEXT_MAX];

	if (!u->service || has_service(u, &named))
		return;
	service_suggest(&s);
	tell(l, u->at, u->q->id.s, "see registry/services.txt for the names",
	     "no protocol \"%.40s\" is known%s; what answers cannot be checked", u->service,
	     suggest_text(&s, hint));
}

/* A directory of ports is of no use without the ports that it names. */
static bool has_dynamic_ports(struct linter *l, const struct port_use *directory)
{
	for_each (u, &l->uses) {
		bool same_way =
			strcmp(u->from, directory->from) == 0 && strcmp(u->to, directory->to) == 0;

		if (u->is_forbidden || (!same_way && u->q != directory->q))
			continue;
		if (u->leaf->transport == TRANSPORT_RPC)
			return true;
		if (u->leaf->transport == TRANSPORT_TCP && u->is_known &&
		    (u->ports.hi > u->ports.lo || text_is(u->q->child_of, directory->q->id.s)))
			return true;
	}
	return false;
}

static void look_directory(struct linter *l, const struct port_use *u)
{
	enum { EPMAP = 135, SQL_BROWSER = 1434 };

	if (!is_single(u) || u->is_forbidden)
		return;
	if (u->leaf->transport == TRANSPORT_TCP && u->ports.lo == EPMAP && !has_dynamic_ports(l, u))
		tell(l, u->at, u->q->id.s, "write rpc/NAME, or add the dynamic range",
		     "the endpoint mapper on tcp/135 only names a port; that port is not asked "
		     "for");
	if (u->leaf->transport == TRANSPORT_UDP && u->ports.lo == SQL_BROWSER &&
	    !has_dynamic_ports(l, u))
		tell(l, u->at, u->q->id.s, "add the instance's TCP port, as a child of this one",
		     "SQL Browser on udp/1434 only names a port; that port is not asked for");
}

/* Where a system takes source ports from, a listener's port may be taken already. Linux takes
 * 32768 to 60999 (ip_local_port_range), others 49152 to 65535 (RFC 6335, section 6). */
static void look_ephemeral(struct linter *l, const struct port_use *u)
{
	if (is_single(u) && !u->is_forbidden && u->ports.lo >= 32768 &&
	    (u->leaf->transport == TRANSPORT_TCP || u->leaf->transport == TRANSPORT_UDP))
		tell(l, u->at, u->q->id.s, "reserve it on the server (ip_local_reserved_ports)",
		     "%s lies where systems take source ports from (%s): a connection may hold it "
		     "when the service starts",
		     use_text(l, u), u->ports.lo < 49152 ? "32768-60999 on Linux" : "49152-65535");
}

/* --- safety ----------------------------------------------------------------------------------- */

static bool is_instead(const struct service *clear, const char *name)
{
	struct service better;

	for (size_t i = 0; service_instead(clear, i, &better); i++)
		if (strcmp(better.name, name) == 0)
			return true;
	return false;
}

static bool has_secure_sibling(struct linter *l, const struct port_use *clear,
			       const struct service *service)
{
	for_each (u, &l->uses)
		if (!u->is_forbidden && u->service && strcmp(u->from, clear->from) == 0 &&
		    strcmp(u->to, clear->to) == 0 && is_instead(service, u->service))
			return true;
	return false;
}

static void look_cleartext(struct linter *l, const struct port_use *u)
{
	struct service named, better;

	if (!has_service(u, &named) || u->q->secure.s || u->is_forbidden || u->is_also ||
	    (named.protection != PROTECT_CLEAR && named.protection != PROTECT_UPGRADE) ||
	    !service_instead(&named, 0, &better))
		return;
	if (!has_secure_sibling(l, u, &named))
		tell(l, u->at, u->q->id.s, "offer the secure one beside it, or say \"secure\"",
		     "%s is in clear text%s, and no %s stands between the same roles", named.name,
		     named.protection == PROTECT_UPGRADE ? " unless both ends ask for TLS" : "",
		     better.name);
}

static bool is_anybody(const struct product *p, const char *role)
{
	const struct role *r = product_role(p, role);

	return r && r->outside && !r->names.n && !r->addresses.n;
}

static void look_unrestricted(struct linter *l, const struct port_use *u)
{
	const struct role *to = product_role(l->p, u->to);

	if (u->is_known && !u->is_forbidden && u->ports.lo < 1024 && to && !to->outside &&
	    is_anybody(l->p, u->from))
		tell(l, u->at, u->q->id.s, "give the role's names or addresses",
		     "anybody outside may come in to %s: the role \"%s\" has no names and no "
		     "addresses",
		     use_text(l, u), u->from);
}

/* Two conditions that cannot hold at once: different options of one choice, a feature and "not"
 * that feature. Only what "and" joins is looked at; true means certain. */
static bool excludes(const struct cond *a, const struct cond *b)
{
	if (!a || !b)
		return false;
	if (a->kind == COND_AND)
		return excludes(a->a, b) || excludes(a->b, b);
	if (b->kind == COND_AND)
		return excludes(a, b->a) || excludes(a, b->b);
	if (a->kind == COND_CHOICE && b->kind == COND_CHOICE)
		return text_same(a->left, b->left) && !text_same(a->right, b->right);
	if (a->kind == COND_NOT && b->kind == COND_FEATURE)
		return a->a->kind == COND_FEATURE && text_same(a->a->left, b->left);
	if (b->kind == COND_NOT && a->kind == COND_FEATURE)
		return excludes(b, a);
	return false;
}

static bool is_other(struct text a, struct text b)
{
	return (a.s || b.s) && !text_same(a, b);
}

/* The same roles, at addresses that a rule can tell apart. */
static bool on_other_network(const struct requirement *a, const struct requirement *b)
{
	return is_other(a->network.from, b->network.from) || is_other(a->network.to, b->network.to);
}

static void look_contradiction(struct linter *l, const struct port_use *forbidden)
{
	if (!forbidden->is_forbidden || !forbidden->is_known)
		return;
	for_each (u, &l->uses) {
		if (u->is_forbidden || !u->is_known || on_other_network(u->q, forbidden->q) ||
		    u->leaf->transport != forbidden->leaf->transport ||
		    strcmp(u->from, forbidden->from) != 0 || strcmp(u->to, forbidden->to) != 0)
			continue;
		if (port_range_inside(forbidden->ports, u->ports) &&
		    !excludes(forbidden->q->when, u->q->when))
			tell(l, forbidden->at, forbidden->q->id.s,
			     "narrow what is needed, or what is forbidden",
			     "%s is forbidden from %s to %s, and \"%s\" needs all of it",
			     use_text(l, forbidden), u->from, u->to, u->q->id.s);
	}
}

/* --- what nothing uses ------------------------------------------------------------------------ */

static void look_unused(struct linter *l)
{
	static const char fix[] = "use it, or take it out";
	const struct product *p = l->p;

	for_each (f, &p->features)
		if (!uses_feature(p, f->name.s))
			tell(l, f->name.at, f->name.s, fix,
			     "no requirement depends on this feature");
	for_each (c, &p->choices)
		if (!uses_choice(p, c->name.s))
			tell(l, c->name.at, c->name.s, fix,
			     "no requirement depends on this choice");
	for_each (n, &p->networks)
		if (!uses_network(p, n->name.s))
			tell(l, n->name.at, n->name.s, fix, "no requirement is on this network");
	for_each (s, &p->settings)
		if (!uses_setting(p, NULL, s->name.s))
			tell(l, s->name.at, s->name.s, fix, "nothing refers to this setting");
	for_each (r, &p->roles) {
		if (!uses_role(p, r->name.s))
			tell(l, r->name.at, r->name.s, fix, "no requirement has this role");
		for_each (s, &r->settings)
			if (!uses_setting(p, r->name.s, s->name.s))
				tell(l, s->name.at, s->name.s, fix,
				     "nothing refers to this setting of the role \"%s\"",
				     r->name.s);
	}
	for_each (set, &p->sets)
		if (!uses_set(p, set->name.s))
			tell(l, set->name.at, set->name.s, fix, "nothing refers to this set");
}

/* --- documents -------------------------------------------------------------------------------- */

static void look_without_doc(struct linter *l)
{
	for_each (q, &l->p->requirements)
		if (!q->doc.n)
			tell(l, q->id.at, q->id.s, "add \"doc\": where it is written",
			     "nobody can look up where this requirement comes from");
}

static void look_undated(struct linter *l)
{
	for_each (d, &l->p->documents)
		if (!d->date.s && !d->revision.s && !d->retrieved.s)
			tell(l, d->name.at, d->name.s,
			     "add \"date\", \"revision\" or \"retrieved\"",
			     "nothing says how old this document is");
}

/* The same day two years before; false: this is no date. */
static bool two_years_before(const char *date, char out[24])
{
	uint64_t year;
	struct slice s = slice_of(date);

	if (s.n < 4 || s.n > 16 || !slice_number((struct slice){date, 4}, 9999, &year) || year < 2)
		return false;
	snprintf(out, 24, "%04u%s", (unsigned)year - 2, date + 4);
	return true;
}

static void look_stale(struct linter *l)
{
	char limit[24];
	bool has_limit = l->context->today && two_years_before(l->context->today, limit);

	for_each (d, &l->p->documents) {
		if (has_limit && d->retrieved.s && strcmp(d->retrieved.s, limit) < 0)
			tell(l, d->retrieved.at, d->name.s, "read it again, and set \"retrieved\"",
			     "this document was last looked at on %.20s", d->retrieved.s);
		if (d->revision.s && l->p->version.s &&
		    version_compare(d->revision.s, l->p->version.s) < 0)
			tell(l, d->revision.at, d->name.s, "look for the document of this version",
			     "the document is of %.40s, the product of %.40s", d->revision.s,
			     l->p->version.s);
	}
}

/* --- beside other products -------------------------------------------------------------------- */

/* A default of ours that another product uses for something else: a host cannot hold both. */
static void look_collision(struct linter *l, const struct port_use *u)
{
	if (!is_single(u) || u->is_forbidden || !u->service || is_usual(u))
		return;
	for (size_t i = 0; i < l->context->n_others; i++) {
		const struct product *other = l->context->others[i];

		if (text_same(other->name, l->p->name))
			continue;
		for_each (t, &l->theirs[i]) {
			if (!is_single(t) || t->is_forbidden || t->ports.lo != u->ports.lo ||
			    t->leaf->transport != u->leaf->transport || !t->service ||
			    strcmp(t->service, u->service) == 0)
				continue;
			tell(l, u->at, u->q->id.s, "choose another default, or keep them apart",
			     "%s is %s here and %s in %s/%s", use_text(l, u), u->service,
			     t->service, other->name.s, t->q->id.s);
			return;
		}
	}
}

/* --- the table -------------------------------------------------------------------------------- */

static const struct lint lints[] = {
	{"wrong-number", SEVERITY_HIGH, .look_at = look_wrong_number},
	{"wrong-transport", SEVERITY_HIGH, .look_at = look_wrong_transport},
	{"directory-without-ports", SEVERITY_MEDIUM, .look_at = look_directory},
	{"forbidden-and-needed", SEVERITY_HIGH, .look_at = look_contradiction},
	{"anybody-privileged", SEVERITY_MEDIUM, .look_at = look_unrestricted},
	{"cleartext", SEVERITY_INFO, .look_at = look_cleartext},
	{"ephemeral-listener", SEVERITY_INFO, .look_at = look_ephemeral},
	{"registered-to-other", SEVERITY_INFO, .look_at = look_registered},
	{"unknown-service", SEVERITY_LOW, .look_at = look_unknown_service},
	{"default-collides", SEVERITY_INFO, .look_at = look_collision},
	{"unused", SEVERITY_LOW, .look = look_unused},
	{"no-reference", SEVERITY_LOW, .look = look_without_doc},
	{"undated-document", SEVERITY_INFO, .look = look_undated},
	{"stale-document", SEVERITY_LOW, .look = look_stale},
};

void lint_product(const struct product *p, const struct lint_context *context, struct arena *arena,
		  struct lint_findings *out)
{
	struct linter l = {.p = p, .context = context, .arena = arena};

	l.uses = port_uses_of(p, arena);
	l.theirs = ARENA_ARRAY(arena, struct port_uses, context->n_others);
	for (size_t i = 0; i < context->n_others; i++)
		l.theirs[i] = port_uses_of(context->others[i], arena);
	for (size_t i = 0; i < ARRAY_LEN(lints); i++) {
		l.now = &lints[i];
		if (l.now->look)
			l.now->look(&l);
		for_each (u, &l.uses)
			if (l.now->look_at)
				l.now->look_at(&l, u);
	}
	out->items = ARENA_ARRAY(arena, struct finding, l.n);
	out->n = l.n;
	if (l.n)
		memcpy(out->items, l.items, l.n * sizeof(*l.items));
	free(l.items);
}
