/* SPDX-License-Identifier: ISC
 *
 * From flows to one device's rules: each flow by where the device stands on its way.
 */
#include <stdlib.h>

#include "policy/derive_int.h"

static const struct names no_names;

/* --- rules, each once ------------------------------------------------------------------------- */

static void add_text(struct buf *b, const char *s)
{
	buf_add(b, s ? s : "", s ? strlen(s) + 1 : 1);
}

static void add_prefixes(struct buf *b, const struct prefixes *p)
{
	for_each (one, &p->list) {
		buf_add(b, &one->addr.family, 1);
		buf_add(b, one->addr.bytes, one->addr.family == 4 ? 4 : 16);
		buf_add(b, &one->bits, 1);
	}
	buf_add_char(b, '\0');
}

/* What the rule does, whoever is behind it. */
static void add_bytes(struct buf *b, const struct rule *r)
{
	const struct match *m = &r->match;
	const uint16_t numbers[] = {r->hook,
				    r->rank,
				    r->action,
				    m->family,
				    m->transport,
				    m->ports.lo,
				    m->ports.hi,
				    m->source_ports.lo,
				    m->source_ports.hi,
				    (uint16_t)m->number,
				    m->translated,
				    m->packets,
				    r->rewrite.port,
				    r->rewrite.session,
				    r->rewrite.balance};

	buf_add(b, numbers, sizeof(numbers));
	for (size_t i = 0; i <= m->more_in.list.n; i++)
		add_text(b, match_in(m, i));
	buf_add_char(b, '\n');
	for (size_t i = 0; i <= m->more_out.list.n; i++)
		add_text(b, match_out(m, i));
	buf_add_char(b, '\n');
	add_text(b, m->icmp);
	add_text(b, m->user);
	add_prefixes(b, &m->source);
	add_prefixes(b, &m->target);
	buf_add(b, &r->rewrite.addr.family, 1);
	buf_add(b, r->rewrite.addr.bytes, sizeof(r->rewrite.addr.bytes));
	for_each (end, &r->rewrite.members) {
		buf_add(b, &end->addr.family, 1);
		buf_add(b, end->addr.bytes, sizeof(end->addr.bytes));
		buf_add(b, &end->port, sizeof(end->port));
	}
}

static struct draft *new_draft(struct derivation *d, const struct rule *r, struct slice bytes)
{
	struct draft *draft = ARENA_NEW(d->arena, struct draft);

	draft->rule = *r;
	draft->flows = BUF_INIT;
	draft->index = d->drafts.n;
	buf_add(&d->drafts, &draft, sizeof(draft));
	map_add(&d->by_bytes, (struct slice){arena_copy(d->arena, bytes), bytes.n}, draft);
	return draft;
}

void derive_add(struct derivation *d, const struct rule *r, const struct flow *f)
{
	struct buf bytes = BUF_INIT;
	struct draft *draft;

	add_bytes(&bytes, r);
	draft = map_find(&d->by_bytes, buf_slice(&bytes));
	if (!draft)
		draft = new_draft(d, r, buf_slice(&bytes));
	if (f)
		buf_add(&draft->flows, &f, sizeof(f));
	buf_release(&bytes);
}

static int by_place(const void *a_, const void *b_)
{
	const struct draft *a = *(struct draft *const *)a_, *b = *(struct draft *const *)b_;

	if (a->rule.hook != b->rule.hook)
		return (int)a->rule.hook - (int)b->rule.hook;
	if (a->rule.rank != b->rule.rank)
		return (int)a->rule.rank - (int)b->rule.rank;
	return a->index < b->index ? -1 : 1;
}

static int by_id(const void *a_, const void *b_)
{
	const struct flow *a = *(const struct flow *const *)a_,
			  *b = *(const struct flow *const *)b_;

	return a->id < b->id ? -1 : a->id > b->id;
}

/* Of one flow its own id, so that the two can be found in each other; of several a hash of theirs,
 * whatever their order in the plan. */
static uint64_t key_of(const struct rule *r)
{
	uint64_t key = r->flows.n ? r->flows.items[0]->id : 0;

	if (r->flows.n > 1) {
		key = 0;
		for_each (f, &r->flows)
			key = hash_stable(&(*f)->id, sizeof((*f)->id), key);
	}
	return key >> (64 - RULE_KEY_BITS);
}

static void finish_rule(struct derivation *d, struct draft *draft)
{
	struct rule *r = &draft->rule;
	size_t n = draft->flows.n / sizeof(*r->flows.items);

	if (n) {
		r->flows.items = arena_get(d->arena, n, sizeof(*r->flows.items));
		memcpy(r->flows.items, draft->flows.data, draft->flows.n);
		r->flows.n = n;
		qsort(r->flows.items, n, sizeof(*r->flows.items), by_id);
		r->key = key_of(r);
		r->expires = derive_expires(d, r);
	}
	buf_release(&draft->flows);
}

static void finish(struct derivation *d)
{
	struct draft **drafts = (struct draft **)d->drafts.data;
	size_t n = d->drafts.n / sizeof(struct draft *), n_findings;
	struct policy *p = d->policy;

	if (n)
		qsort(drafts, n, sizeof(struct draft *), by_place);
	p->rules.items = ARENA_ARRAY(d->arena, struct rule, n);
	for (size_t i = 0; i < n; i++) {
		finish_rule(d, drafts[i]);
		if (!drafts[i]->gone)
			p->rules.items[p->rules.n++] = drafts[i]->rule;
	}
	n_findings = d->findings.n / sizeof(struct finding);
	p->findings.items = ARENA_ARRAY(d->arena, struct finding, n_findings);
	if (n_findings)
		memcpy(p->findings.items, d->findings.data, d->findings.n);
	p->findings.n = n_findings;
}

void derive_tell(struct derivation *d, struct finding f)
{
	const char *key = arena_printf(d->arena, "%s %s", f.code, f.subject);

	if (map_add(&d->told, slice_of(key), d))
		buf_add(&d->findings, &f, sizeof(f));
}

/* --- one flow --------------------------------------------------------------------------------- */

static const char *first_of(const struct names *names)
{
	return names->list.n ? names->list.items[0] : NULL;
}

static struct names rest_of(const struct names *names)
{
	size_t n = names->list.n;

	return n > 1 ? (struct names){{names->list.items + 1, n - 1}} : no_names;
}

void derive_set_in(struct match *m, const struct names *names)
{
	m->in = first_of(names);
	m->more_in = rest_of(names);
}

void derive_set_out(struct match *m, const struct names *names)
{
	m->out = first_of(names);
	m->more_out = rest_of(names);
}

struct match derive_match(const struct flow *f, uint8_t family, const struct view *v)
{
	struct match m = {.family = family,
			  .source = v->source,
			  .target = v->target,
			  .transport = f->transport,
			  .ports = v->ports,
			  .source_ports = f->source,
			  .icmp = f->name,
			  .number = f->number};

	derive_set_in(&m, &v->in);
	derive_set_out(&m, &v->out);

	if (f->parent_port)
		m.ports = (struct port_range){1024, 65535};
	if (f->transport == TRANSPORT_IP && f->number == IP_ANY)
		m.transport = TRANSPORT_NONE;
	/* Under its own name it has flags, by which replies are told from what begins. */
	if (f->transport == TRANSPORT_IP && f->number == IP_TCP) {
		m.transport = TRANSPORT_TCP;
		m.ports = PORT_RANGE_ANY;
		m.number = 0;
	}
	return m;
}

static bool has_icmp(const struct flow *f, uint8_t family)
{
	const struct icmp_name *name;

	if (f->transport != TRANSPORT_ICMP || strcmp(f->name, "any") == 0)
		return true;
	name = icmp_name_find(slice_of(f->name));
	return name && (family == 4 ? name->type4 : name->type6) >= 0;
}

static const char *user_of_balancer(const struct derivation *d, const struct flow *f)
{
	const struct crossing c = {f->claims->demand->from, f->to, f->transport, f->ports};
	const struct balancer *b = device_balancer(d->device, &c);

	return b ? b->run_as.s : NULL;
}

/* Of its proxy or gateway, where the connection is one of its own. */
static const char *user_of(const struct derivation *d, const struct flow *f)
{
	const struct claim *c = f->claims;

	if (c->gateway == GATEWAY_FTP)
		return d->device->ftp_gateway.run_as.s;
	if (c->gateway == GATEWAY_HTTP && c->through == d->device)
		return d->device->http_proxy.run_as.s;
	if (c->gateway == GATEWAY_SOCKS && c->through == d->device)
		return d->device->socks_proxy.run_as.s;
	if (c->gateway == GATEWAY_BALANCER && c->through == d->device)
		return user_of_balancer(d, f);
	return NULL;
}

static bool is_answer(const char *icmp)
{
	return icmp && (strcmp(icmp, "echo-reply") == 0 || strcmp(icmp, "timestamp-reply") == 0);
}

static void add_reply(struct derivation *d, const struct rule *r, const struct flow *f)
{
	static const enum hook back[HOOK_COUNT] = {[HOOK_INPUT] = HOOK_OUTPUT,
						   [HOOK_FORWARD] = HOOK_FORWARD,
						   [HOOK_OUTPUT] = HOOK_INPUT};
	struct rule reply = *r;
	struct match *m = &reply.match;

	reply.hook = back[r->hook];
	m->in = r->match.out;
	m->more_in = r->match.more_out;
	m->out = r->match.in;
	m->more_out = r->match.more_in;
	m->source = r->match.target;
	m->target = r->match.source;
	m->ports = r->match.source_ports;
	m->source_ports = r->match.ports;
	m->user = NULL;
	m->packets = PACKETS_REPLY;
	if (m->icmp && strcmp(m->icmp, "echo") == 0)
		m->icmp = "echo-reply";
	else if (m->icmp && strcmp(m->icmp, "timestamp") == 0)
		m->icmp = "timestamp-reply";
	/* Of all protocols: those but TCP, which has its own rule. */
	if (m->transport == TRANSPORT_NONE) {
		derive_add(d, &reply, f);
		m->transport = TRANSPORT_TCP;
	}
	/* They begin nothing, so nothing that is forbidden stands before them. */
	if (m->transport == TRANSPORT_TCP || is_answer(m->icmp))
		reply.rank = RANK_BASE;
	derive_add(d, &reply, f);
}

/* The kernel's own reset leaves by output, wherever it refused; to connection tracking it is only
 * related to what was refused, so no base rule lets it out. */
static void add_reset(struct derivation *d, const struct rule *refused, const struct flow *f)
{
	struct rule r = *refused;

	r.hook = HOOK_OUTPUT;
	r.rank = RANK_BASE;
	r.action = ACTION_ACCEPT;
	derive_set_in(&r.match, &no_names);
	r.match.out = refused->match.in;
	r.match.more_out = refused->match.more_in;
	r.match.source = refused->match.target;
	r.match.target = refused->match.source;
	r.match.ports = refused->match.source_ports;
	r.match.source_ports = refused->match.ports;
	r.match.packets = PACKETS_RESET;
	derive_add(d, &r, f);
}

static void add_filter(struct derivation *d, const struct rule *r, const struct flow *f)
{
	if (!derive_filters(d->device))
		return;
	derive_add(d, r, f);
	if (!derive_keeps_state(d) && r->action == ACTION_ACCEPT)
		add_reply(d, r, f);
	if (r->action == ACTION_RESET)
		add_reset(d, r, f);
}

/* Before the filter: what is dialled becomes what is meant. */
static void add_target_nat(struct derivation *d, const struct rule *filter, const struct view *v,
			   const struct flow *f)
{
	struct rule r = *filter;

	r.hook = HOOK_PREROUTING;
	r.rank = RANK_NEED;
	r.action = filter->hook == HOOK_INPUT ? ACTION_REDIRECT : ACTION_DNAT;
	derive_set_out(&r.match, &no_names);
	r.match.target = v->dialled;
	r.match.ports = v->dialled_ports;
	r.match.translated = false;
	if (v->balancer) {
		r.rewrite = derive_members(d, v->balancer, r.match.family);
		derive_add(d, &r, f);
		return;
	}
	if (r.action == ACTION_DNAT && v->target.list.n)
		r.rewrite.addr = v->target.list.items[0].addr;
	if (v->ports.lo != v->dialled_ports.lo)
		r.rewrite.port = v->ports.lo;
	derive_add(d, &r, f);
}

static void add_source_nat(struct derivation *d, const struct rule *filter,
			   const struct departure *by, const struct view *v, const struct flow *f)
{
	struct rule r = *filter;

	r.hook = HOOK_POSTROUTING;
	r.rank = RANK_NEED;
	r.action = ACTION_SNAT;
	derive_set_in(&r.match, &no_names);
	derive_set_out(&r.match, &no_names);
	r.match.out = by->out;
	/* What a balancer passes on it sends as itself, and nothing else that goes there. */
	r.match.translated = v->balancer != NULL;
	r.rewrite = (struct rewrite){.addr = *by->as};
	derive_add(d, &r, f);
}

static enum hook hook_of(enum stand stand)
{
	static const enum hook hooks[] = {
		[STAND_START] = HOOK_OUTPUT, [STAND_WAY] = HOOK_FORWARD, [STAND_END] = HOOK_INPUT};

	return hooks[stand];
}

/* Nobody needs it, and those who ask wait for an answer. */
static bool is_refused(const struct derivation *d, const struct flow *f)
{
	for (const struct claim *c = f->claims; c; c = c->next)
		if (derive_holds(d, c) && (c->level != LEVEL_OPTIONAL ||
					   c->demand->requirement->if_unused != IF_UNUSED_RESET))
			return false;
	return f->transport == TRANSPORT_TCP;
}

static void add_needed(struct derivation *d, const struct flow *f, const struct view *v,
		       struct match match)
{
	struct rule r = {.hook = hook_of(derive_stand(d, f)),
			 .rank = d->is_exception[f->index] ? RANK_EXCEPTION : RANK_NEED,
			 .match = match};

	if (is_refused(d, f)) {
		r.rank = RANK_REFUSE;
		r.action = ACTION_RESET;
		if (r.hook != HOOK_OUTPUT)
			add_filter(d, &r, f);
		return;
	}
	if (r.hook == HOOK_OUTPUT)
		r.match.user = user_of(d, f);
	r.match.translated = v->translated;
	add_filter(d, &r, f);
	if (v->translated)
		add_target_nat(d, &r, v, f);
	for_each (by, &v->leaves)
		add_source_nat(d, &r, by, v, f);
}

/* Others come with the same address: whom to drop, only the device before the translation knows. */
static void tell_hidden(struct derivation *d, const struct flow *f)
{
	derive_tell(d, (struct finding){
			       .severity = SEVERITY_LOW,
			       .code = "forbidden-behind-translation",
			       .subject = arena_printf(d->arena, "%s to %s", f->from->name,
						       f->to->name),
			       .evidence = "a device before this one translates its source, so "
					   "that it looks like others: nothing is dropped here",
			       .fix = "drop it where it still has its own address"});
}

static void add_forbidden(struct derivation *d, const struct flow *f, const struct view *v,
			  struct match match)
{
	const struct rule r = {.hook = hook_of(derive_stand(d, f)),
			       .rank = d->has_exception[f->index] ? RANK_DENY : RANK_DENY_FIRST,
			       .action = ACTION_DROP,
			       .match = match};

	if (!v->hidden)
		add_filter(d, &r, f);
	else if (derive_filters(d->device))
		tell_hidden(d, f);
}

static void tell_nothing_said(struct derivation *d, const struct flow *f)
{
	const struct endpoint *e = f->from->addresses.n ? f->to : f->from;

	if (e->addresses.n && (!has_icmp(f, 4) || !has_icmp(f, 6)))
		derive_tell(d, (struct finding){.severity = SEVERITY_HIGH,
						.code = "icmp-of-other-family",
						.subject = arena_printf(d->arena, "%s to %s",
									f->from->name, f->to->name),
						.evidence = arena_printf(
							d->arena,
							"icmp/%s is in %s only, and the two "
							"have no addresses of it in common: "
							"nothing is opened",
							f->name, has_icmp(f, 4) ? "IPv4" : "IPv6"),
						.fix = "give both an address of that family"});
	else if (!e->addresses.n)
		derive_tell(d, (struct finding){
				       .severity = SEVERITY_HIGH,
				       .code = "no-address",
				       .subject = e->name,
				       .evidence = "only its name is known, and a rule needs an "
						   "address: nothing is opened for it",
				       .fix = "give its addresses in the site file, or send it "
					      "through a proxy, which knows names"});
	else
		derive_tell(d, (struct finding){
				       .severity = SEVERITY_HIGH,
				       .code = "no-common-family",
				       .subject = arena_printf(d->arena, "%s to %s", f->from->name,
							       f->to->name),
				       .evidence = "the two have no family of addresses in common: "
						   "nothing is opened",
				       .fix = "give both an address of one family"});
}

static void derive_flow(struct derivation *d, const struct flow *f)
{
	bool said = false;

	if (derive_stand(d, f) == STAND_NOWHERE || !d->opened[f->index] || !derive_any_holds(d, f))
		return;
	if (derive_is_session(d, f)) {
		derive_session(d, f);
		return;
	}
	for (uint8_t family = 4; family <= 6; family += 2) {
		struct view v;

		if (!has_icmp(f, family) || !derive_view(d, f, family, &v))
			continue;
		if (f->kind == FLOW_REQUIRED)
			add_needed(d, f, &v, derive_match(f, family, &v));
		else
			add_forbidden(d, f, &v, derive_match(f, family, &v));
		said = true;
	}
	if (!said)
		tell_nothing_said(d, f);
}

/* --- all of them ------------------------------------------------------------------------------ */

/* Of alternatives the site must say which; the plan has asked. */
static void mark_opened(struct derivation *d, const struct need *need)
{
	if (!need || need->kind == NEED_ANY)
		return;
	if (need->kind == NEED_FLOW)
		d->opened[need->flow->index] = true;
	for_each (kid, &need->kids)
		mark_opened(d, *kid);
}

static void mark_forbidden(struct derivation *d, const struct need *need, bool has_exception)
{
	if (!need)
		return;
	if (need->kind == NEED_FLOW) {
		d->opened[need->flow->index] = true;
		d->has_exception[need->flow->index] |= has_exception;
	}
	for_each (kid, &need->kids)
		mark_forbidden(d, *kid, has_exception);
}

static void mark_all(struct derivation *d)
{
	for_each (demand, &d->plan->demands) {
		const struct demand *one = *demand;

		if (one->requirement->forbid) {
			mark_forbidden(d, one->needs, one->except.n != 0);
		} else {
			mark_opened(d, one->needs);
			mark_opened(d, one->also);
		}
		for_each (f, &one->except)
			d->is_exception[(*f)->index] = true;
	}
}

static void check_name(const struct text *name, size_t max, const char *also, struct errs *errs)
{
	if (name->s && !policy_is_name_also(name->s, max, also))
		errs_add(errs, name->at,
			 "\"%.40s\" cannot stand in a ruleset: letters, digits and -_.+@%s only, "
			 "at most %zu",
			 name->s, also ? also : "", max);
}

static void check_names(const struct device *device, const struct policy_options *options,
			struct errs *errs)
{
	size_t max = options->interface_max ? options->interface_max : INTERFACE_NAME_MAX;

	for_each (i, &device->interfaces)
		check_name(&i->system_name, max, options->interface_also, errs);
	check_name(&device->ftp_gateway.run_as, USER_NAME_MAX, NULL, errs);
	check_name(&device->http_proxy.run_as, USER_NAME_MAX, NULL, errs);
	check_name(&device->socks_proxy.run_as, USER_NAME_MAX, NULL, errs);
	for_each (b, &device->load_balancer)
		check_name(&b->run_as, USER_NAME_MAX, NULL, errs);
}

static void start(struct derivation *d, const struct plan *plan, const struct device *device,
		  const struct policy_options *options)
{
	struct arena *arena = arena_new();
	struct policy *p = ARENA_NEW(arena, struct policy);

	*p = (struct policy){.arena = arena, .plan = plan, .device = device};
	*d = (struct derivation){.policy = p,
				 .arena = arena,
				 .plan = plan,
				 .device = device,
				 .options = options,
				 .opened = ARENA_ARRAY(arena, bool, plan->flows.n),
				 .is_exception = ARENA_ARRAY(arena, bool, plan->flows.n),
				 .has_exception = ARENA_ARRAY(arena, bool, plan->flows.n),
				 .members = BUF_INIT,
				 .drafts = BUF_INIT,
				 .findings = BUF_INIT};
}

static void derive_flows(struct derivation *d)
{
	derive_findings(d);
	if (d->device->filter != FILTER_UNKNOWN)
		for_each (f, &d->plan->flows)
			derive_flow(d, *f);
}

static struct policy *end(struct derivation *d)
{
	derive_base(d);
	derive_put_answers_first(d);
	finish(d);
	buf_release(&d->members);
	buf_release(&d->drafts);
	buf_release(&d->findings);
	map_release(&d->by_bytes);
	map_release(&d->told);
	return d->policy;
}

struct policy *policy_derive(const struct plan *plan, const struct device *device,
			     const struct policy_options *options, struct errs *errs)
{
	struct derivation d;

	check_names(device, options, errs);
	if (errs->n)
		return NULL;
	start(&d, plan, device, options);
	mark_all(&d);
	derive_flows(&d);
	return end(&d);
}

/* As a device without a side: it has one end of each flow, or the other. */
struct policy *policy_derive_host(const struct plan *plan, const struct host *host,
				  const struct policy_options *options)
{
	struct derivation d;
	struct device *device;

	start(&d, plan, NULL, options);
	device = ARENA_NEW(d.arena, struct device);
	*device = (struct device){.name = host->name,
				  .platform = host->platform,
				  .owner = host->owner,
				  .filter = FILTER_STATEFUL};
	d.device = d.policy->device = device;
	d.host = host;
	mark_all(&d);
	d.side = STAND_START;
	derive_flows(&d);
	d.side = STAND_END;
	derive_flows(&d);
	return end(&d);
}
