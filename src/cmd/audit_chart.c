/* SPDX-License-Identifier: ISC */
#include "cmd/audit_chart.h"

#include <string.h>

#include "base/date.h"
#include "cmd/identify_print.h"
#include "model/service.h"
#include "probe/inside.h"
#include "probe/method_identify.h"
#include "probe/scope.h"
#include "report/flow_words.h"

/* A wider range is one of which a port is chosen: nobody looks at all of it. */
enum { RANGE_MAX = 64 };

/* --- where to look ---------------------------------------------------------------------------- */

static bool is_at(const struct endpoint *e, const struct addr *a)
{
	for_each (p, &e->addresses)
		if (prefix_has(p, a))
			return true;
	return false;
}

static bool is_looked_at(const struct flow *f, enum transport transport)
{
	return f->kind == FLOW_REQUIRED && f->transport == transport && f->ports.lo &&
	       f->ports.hi - f->ports.lo < RANGE_MAX;
}

static void add_host(struct auditing *x, const struct plan *plan, const struct addr *a,
		     enum transport transport, const struct portset *usual)
{
	struct portset ports = {0};
	struct task task = {
		.target = *a,
		.method = transport == TRANSPORT_UDP ? &method_identify_udp : &method_identify,
	};

	for (size_t i = 0; i < usual->n; i++)
		portset_add(&ports, usual->items[i]);
	for_each (f, &plan->flows)
		if (is_looked_at(*f, transport) && is_at((*f)->to, a))
			portset_add(&ports, (*f)->ports);
	for (size_t i = 0; i < ports.n; i++)
		for (unsigned port = ports.items[i].lo; port <= ports.items[i].hi; port++) {
			task.port = (uint16_t)port;
			auditing_add(x, &task);
		}
	portset_release(&ports);
}

void audit_chart_targets(struct auditing *x, const struct plan *plan, const struct portset *tcp,
			 const struct portset *udp)
{
	for_each (h, &plan->site->hosts)
		for_each (a, &h->addresses) {
			if (!scope_has(plan->site, a))
				continue;
			add_host(x, plan, a, TRANSPORT_TCP, tcp);
			add_host(x, plan, a, TRANSPORT_UDP, udp);
		}
}

/* --- what should be there --------------------------------------------------------------------- */

static bool covers(const struct flow *f, const struct audited *s)
{
	return f->transport == s->transport && f->ports.lo && f->ports.lo <= s->port &&
	       s->port <= f->ports.hi && is_at(f->to, &s->target);
}

/* Whether what was proved is that service. */
static bool is_service(const struct audited *s, const char *wanted)
{
	struct outcome o = {.proved = s->service, .transport = s->transport};
	struct service service;

	return !service_find(slice_of(wanted), &service) || identify_is_of(&o, &service);
}

static const struct claim *claim_with_service(const struct flow *f)
{
	for (const struct claim *c = f->claims; c; c = c->next)
		if (c->service)
			return c;
	return NULL;
}

static const char *requirement_text(struct arena *a, const struct claim *c)
{
	return arena_printf(a, "%s/%s", c->demand->installation->name,
			    c->demand->requirement->id.s);
}

static void find_impostor(const struct auditing *x, struct audited *s, const struct claim *c,
			  struct audit_report *r)
{
	struct finding *f = audit_judge_add(x->arena, r, audit_judge_subject(x->arena, s));

	f->severity = SEVERITY_HIGH;
	f->code = "impostor";
	f->evidence = arena_printf(x->arena, "%s expects %s there; what speaks is %s%s%s",
				   requirement_text(x->arena, c), c->service, s->service,
				   s->said[0] ? ": " : "", s->said);
	f->fix = "Find out which program listens there (portolan ports on that host), and end it "
		 "or move it.";
}

static void find_unwanted(const struct auditing *x, struct audited *s, struct audit_report *r)
{
	struct finding *f = audit_judge_add(x->arena, r, audit_judge_subject(x->arena, s));

	f->severity = SEVERITY_LOW;
	f->code = "not-required";
	f->evidence = arena_printf(x->arena, "%s answers, and no requirement of the site wants it",
				   s->service);
	f->fix = "Switch it off, or add to the site what needs it.";
}

static void find_forbidden(const struct auditing *x, struct audited *s, const struct flow *flow,
			   struct audit_report *r)
{
	struct finding *f = audit_judge_add(x->arena, r, audit_judge_subject(x->arena, s));
	const struct claim *c = flow->claims;

	f->severity = SEVERITY_HIGH;
	f->code = "forbidden-open";
	f->evidence = arena_printf(
		x->arena, "%s forbids it from %s, and %s answers there to this host",
		c->demand->installation->use ? requirement_text(x->arena, c) : "never_cross",
		flow->from->name, s->service);
	f->fix = "Close the way: portolan policy derive says with which rule.";
}

/* A required flow inside what is forbidden. */
static bool is_excepted(const struct plan *plan, const struct audited *s)
{
	for_each (other, &plan->flows)
		if ((*other)->kind == FLOW_REQUIRED && covers(*other, s))
			return true;
	return false;
}

static void join_service(const struct auditing *x, const struct plan *plan, const struct vantage *v,
			 struct audited *s, struct audit_report *r)
{
	const struct claim *missed = NULL;
	bool is_wanted = false, is_right = false;

	for_each (f, &plan->flows) {
		const struct claim *c = claim_with_service(*f);

		if (!covers(*f, s))
			continue;
		if ((*f)->kind == FLOW_FORBIDDEN) {
			if (v && vantage_is(v, plan->site, (*f)->from) && !is_excepted(plan, s))
				find_forbidden(x, s, *f, r);
			continue;
		}
		is_wanted = true;
		if (c && !is_service(s, c->service))
			missed = missed ? missed : c;
		else if (c)
			is_right = true;
	}
	if (missed && !is_right)
		find_impostor(x, s, missed, r);
	if (!is_wanted)
		find_unwanted(x, s, r);
}

/* --- what is to be done by hand --------------------------------------------------------------- */

static const struct manual_state *state_of(const struct use *use, const struct manual_item *item)
{
	for_each (state, &use->checklist)
		if (text_same(state->item, item->id))
			return state;
	return NULL;
}

static bool is_done(const struct manual_state *state)
{
	return state && (text_is(state->state, "done") || text_is(state->state, "yes"));
}

static void find_open_item(const struct auditing *x, const struct installation *i,
			   const struct manual_item *item, struct audit_report *r)
{
	const struct manual_state *state = state_of(i->use, item);
	struct finding *f;

	if (is_done(state))
		return;
	f = audit_judge_add(x->arena, r, arena_printf(x->arena, "%s/%s", i->name, item->id.s));
	f->severity = SEVERITY_INFO;
	f->code = "checklist-open";
	f->evidence = arena_printf(x->arena, "%s: %s; owner: %s, date: %s", item->title.s,
				   state && state->state.s ? state->state.s : "not begun",
				   state && state->owner.s ? state->owner.s : "nobody",
				   state && state->date.s ? state->date.s : "none");
	f->fix = item->why.s;
}

static void join_checklists(const struct auditing *x, const struct plan *plan,
			    struct audit_report *r)
{
	for_each (i, &plan->installations)
		if (i->use)
			for_each (item, &i->product->checklist)
				find_open_item(x, i, item, r);
}

void audit_chart_judge(const struct auditing *x, const struct plan *plan, const struct vantage *v,
		       struct audit_report *r)
{
	for_each (s, &x->services)
		if (!(*s)->is_alternative)
			join_service(x, plan, v, *s, r);
	for_each (w, &plan->warnings)
		*audit_judge_add(x->arena, r, w->subject) = *w;
	join_checklists(x, plan, r);
}

/* --- what the site lives with ----------------------------------------------------------------- */

static const struct audited *service_of(const struct auditing *x, const struct finding *f)
{
	for_each (s, &x->services)
		if (f->subject == (*s)->subject)
			return *s;
	return NULL;
}

static bool has_address(const struct host *h, const struct addr *a)
{
	for_each (own, &h->addresses)
		if (addr_equal(own, a))
			return true;
	return false;
}

static bool is_exempt(const struct audit_exemption *e, const struct finding *f,
		      const struct audited *s, int32_t today)
{
	int32_t until = 0;

	if (!text_is(e->code, f->code) || !date_parse(slice_of(e->until.s), &until) ||
	    until < today)
		return false;
	return (!e->host || has_address(e->host, &s->target)) && (!e->port || e->port == s->port);
}

static const struct audit_exemption *find_exemption(const struct site *site,
						    const struct auditing *x,
						    const struct finding *f, int32_t today)
{
	const struct audited *s = service_of(x, f);

	if (!s)
		return NULL;
	for_each (e, &site->exemptions)
		if (is_exempt(e, f, s, today))
			return e;
	return NULL;
}

void audit_chart_exempt(struct arena *a, const struct site *s, const struct auditing *x,
			int32_t today, struct audit_report *r)
{
	size_t kept = 0;

	for_each (f, &r->findings) {
		const struct audit_exemption *e = find_exemption(s, x, f, today);
		struct audit_exception *told;

		if (!e) {
			r->findings.items[kept++] = *f;
			continue;
		}
		told = list_add(a, &r->exceptions, sizeof(*told));
		*told = (struct audit_exception){*f, e->reason.s, e->until.s};
	}
	r->findings.n = kept;
}
