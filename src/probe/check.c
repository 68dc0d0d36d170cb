/* SPDX-License-Identifier: ISC */
#include "probe/check.h"

#include <string.h>

#include "model/service.h"
#include "probe/check_via.h"
#include "probe/method.h"
#include "probe/method_ftp.h"
#include "probe/method_ping.h"
#include "probe/method_talk.h"
#include "probe/method_tcp.h"
#include "probe/method_udp.h"
#include "probe/scope.h"
#include "probe/via.h"

/* A task that asks a directory for the port of a flow, or tries the port that was named. */
struct question_task {
	size_t task;
	unsigned flow;		   /* the child, whose port is asked for */
	const struct claim *claim; /* of the child: for this one */
	bool is_answer;		   /* it tries the port */
	const struct via_hop *via; /* the child's way; the directory itself is asked directly */
};

/* Beyond the limit they are only counted. */
static struct task *add_task(struct check *c, const struct task *like)
{
	struct task *t = &c->beyond;

	if (c->n_wanted++ < ENGINE_TASKS_MAX)
		t = buf_room(&c->tasks, sizeof(*t));

	*t = *like;
	return t;
}

const struct task *check_tasks(const struct check *c, size_t *n)
{
	*n = c->tasks.n / sizeof(struct task);
	return (const struct task *)(void *)c->tasks.data;
}

/* --- how -------------------------------------------------------------------------------------- */

/* The dialogue for what should answer; where nobody says what, for what usually does. */
static const struct proto *dialogue_of(const struct flow *f, const char *service, uint16_t port)
{
	const struct proto *p;
	struct service usual;

	if (!service && service_at(transport_bit(f->transport), port, &usual))
		service = usual.name;
	p = proto_find(service, f->transport);
	return p && p->is_on_request ? NULL : p;
}

/* Whose conversation says which port it is. The way into a proxy is nobody's child. */
static const struct flow *parent_of(const struct flow *f)
{
	return check_via_is_into(f) ? NULL : f->claims->parent;
}

static bool is_ftp_child(const struct flow *f)
{
	const struct flow *parent = parent_of(f);

	return f->claims->mode && parent && parent->claims->service &&
	       strcmp(parent->claims->service, "ftp") == 0;
}

/* How the directory is asked that listens there; NULL: none does, or we cannot ask it. */
static const struct proto *directory_at(const struct flow *parent)
{
	const struct proto *p =
		parent ? proto_find(parent->claims->service, parent->transport) : NULL;

	return p && p->is_directory ? p : NULL;
}

static bool is_named_child(const struct flow *f)
{
	return !is_ftp_child(f) && directory_at(parent_of(f));
}

/* Negotiated connections are tried from where the conversation starts, whichever way they run. */
static const struct endpoint *starting_end(const struct flow *f)
{
	return is_ftp_child(f) ? f->claims->parent->from : f->from;
}

/* The flow whose address and port are dialled to try this one. */
static const struct flow *dialled_flow(const struct flow *f)
{
	return is_ftp_child(f) || is_named_child(f) ? f->claims->parent : f;
}

static const char *why_not(const struct check *c, const struct flow *f)
{
	switch (f->transport) {
	case TRANSPORT_TCP:
	case TRANSPORT_UDP:
		break;
	case TRANSPORT_ICMP:
		return strcmp(f->name, "echo") == 0
			       ? NULL
			       : "only an echo can be asked for, no other kind of ICMP";
	case TRANSPORT_SCTP:
		return "SCTP is not tried by this version";
	default:
		return "an IP protocol other than TCP, UDP and ICMP cannot be tried by itself";
	}
	if (is_ftp_child(f) && c->via)
		return "a data connection is not negotiated through a proxy by this version";
	if (is_ftp_child(f) || is_named_child(f))
		return NULL;
	if (f->parent_port || f->any_of)
		return "its port is negotiated by a protocol that this version does not speak";
	if (f->source.lo)
		return "it wants a source port of its own, which this version does not bind";
	return NULL;
}

/* What is asked of a directory on behalf of a child. */
static void add_question(struct check *c, const struct flow *f, const struct claim *claim,
			 const struct task *like)
{
	const struct flow *parent = claim->parent;
	struct question_task *q = buf_room(&c->questions, sizeof(*q));
	struct task *t;

	*q = (struct question_task){.flow = f->index,
				    .task = c->tasks.n / sizeof(*t),
				    .claim = claim,
				    .via = like->via};
	t = add_task(c, like);
	t->via = NULL;
	c->has_names = c->has_names || !t->target.family;
	t->flow = parent->index;
	t->port = parent->ports.lo;
	t->expected = parent->claims->service;
	t->proto = directory_at(parent);
	t->what = claim->what;
	t->method = parent->transport == TRANSPORT_UDP ? &method_udp : &method_talk;
}

/* Services that share a range are asked for one by one: each has a port of its own. */
static void add_questions(struct check *c, const struct flow *f, const struct task *like)
{
	for (const struct claim *claim = f->claims; claim; claim = claim->next) {
		const struct claim *first = f->claims;

		while (!claim_asks(first, claim->parent, claim->what))
			first = first->next;
		if (first == claim && directory_at(claim->parent))
			add_question(c, f, claim, like);
	}
}

/* What a login at an explicit gateway names: the server behind it, "HOST" or "HOST:PORT". NULL: no
 * such gateway is dialled, or nothing is known of the server. */
static const char *server_behind(struct check *c, const struct flow *control)
{
	const struct device *gateway = control->to->device;
	const struct endpoint *server = control->claims->whole;
	uint16_t port = control->claims->whole_ports.lo;
	char text[ADDR_TEXT_MAX];
	const char *host;

	if (!gateway || !gateway->ftp_gateway.given ||
	    gateway->ftp_gateway.placement != PLACEMENT_EXPLICIT || !server ||
	    !(server->addresses.n || server->names.n))
		return NULL;
	if (!server->addresses.n)
		host = server->names.items[0].s;
	else
		host = arena_printf(c->arena,
				    server->addresses.items[0].addr.family == 6 ? "[%s]" : "%s",
				    addr_text(&server->addresses.items[0].addr, text));
	return port == 21 ? host : arena_printf(c->arena, "%s:%u", host, port);
}

static void add_data_connection(struct check *c, const struct flow *f, const struct task *like)
{
	const struct flow *parent = f->claims->parent;
	struct task *t = add_task(c, like);

	t->flow = f->index;
	t->port = parent->translation && parent->translation->dialled.port
			  ? parent->translation->dialled.port
			  : parent->ports.lo;
	t->expected = f->claims->service;
	t->method = &method_ftp;
	t->user = c->options.ftp_user;
	t->password = c->options.ftp_password;
	t->mode = f->claims->mode;
	t->ports = f->ports;
	t->what = server_behind(c, parent);
}

/* Over TCP the connection says what the network does; a dialogue is held only in the protocol that
 * is expected, not in one that is usual on the port. */
static bool is_worth_a_talk(const struct check *c, const struct proto *proto, const char *service)
{
	return proto && service && !c->options.network_only;
}

/* A directory proves itself by answering; its children's questions are tasks of their own. */
static void add_port(struct check *c, const struct flow *f, const struct task *like, uint16_t port)
{
	const char *service = f->claims->service;
	struct task *t = add_task(c, like);

	t->flow = f->index;
	t->port = port;
	t->expected = service;
	t->proto = t->via ? NULL : dialogue_of(f, service, port);
	if (f->transport == TRANSPORT_ICMP)
		t->method = &method_ping;
	else if (f->transport == TRANSPORT_UDP)
		t->method = &method_udp;
	else if (t->via || is_worth_a_talk(c, t->proto, service))
		t->method = &method_talk;
	else
		t->method = &method_tcp;
}

static void add_ports(struct check *c, const struct flow *f, const struct task *like)
{
	struct port_range ports = f->ports;

	if (is_ftp_child(f)) {
		add_data_connection(c, f, like);
		return;
	}
	if (is_named_child(f)) {
		add_questions(c, f, like);
		return;
	}
	if (f->translation && f->translation->dialled.port)
		ports.lo = ports.hi = f->translation->dialled.port;
	for (unsigned port = ports.lo; port <= ports.hi; port++)
		add_port(c, f, like, (uint16_t)port);
}

/* --- where to --------------------------------------------------------------------------------- */

/* Each adds tasks for f, dialling `to`, or returns why not. */
static const char *add_addresses(struct check *c, const struct flow *f, const struct flow *to)
{
	const struct site *s = c->plan->site;

	if (to->translation && to->translation->dialled.text.s) {
		const struct task like = {.target = to->translation->dialled.addr, .via = c->via};

		if (!scope_has(s, &like.target))
			return "its address is outside the site's scope";
		add_ports(c, f, &like);
		return NULL;
	}
	for_each (p, &to->to->addresses)
		if (!scope_has(s, &p->addr))
			return "its address is outside the site's scope";
	for_each (p, &to->to->addresses) {
		const struct task like = {.target = p->addr, .via = c->via};

		add_ports(c, f, &like);
	}
	return NULL;
}

/* RFC 6761 section 6.3: a name for whichever host asks; who gives it to a host means this one. */
static bool is_localhost(const char *name)
{
	return slice_is_nocase(slice_of(name), "localhost");
}

/* What this host offers to itself is no flow: where one starts here, its target is another host. */
static void add_name(struct check *c, const struct flow *f, const char *name)
{
	const struct task like = {.name = name, .via = c->via, .is_elsewhere = !is_localhost(name)};

	c->has_names = c->has_names || !c->via;
	add_ports(c, f, &like);
}

/* A name that the site gives a host is the site's own, unless a scope says what may be tried. */
static const char *add_host_name(struct check *c, const struct flow *f, const struct flow *to)
{
	const struct site *s = c->plan->site;
	const char *name = to->to->names.items[0].s;

	if ((s->scope.n || s->scope_names.n) && !scope_has_name(s, name))
		return "its name is not in the site's scope";
	add_name(c, f, name);
	return NULL;
}

static const char *add_outside_names(struct check *c, const struct flow *f, const struct flow *to)
{
	const struct role *outside = to->to->outside;
	size_t before = c->tasks.n;

	for_each (t, &outside->try_names)
		if (scope_has_name(c->plan->site, t->s))
			add_name(c, f, t->s);
	if (c->tasks.n != before)
		return NULL;
	return outside->try_names.n ? "none of its names is in the site's scope"
				    : "the product gives no name of it to try";
}

static const char *add_flow(struct check *c, const struct flow *f)
{
	const struct flow *to = dialled_flow(f);
	const char *why = why_not(c, f);

	if (why)
		return why;
	if (c->via && !scope_has(c->plan->site, &c->via->addr))
		return "its proxy's address is outside the site's scope";
	if (to->to->kind == ENDPOINT_NETWORK)
		return "it goes to a whole network; name a host of it to try";
	if (to->to->addresses.n)
		return add_addresses(c, f, to);
	return to->to->outside ? add_outside_names(c, f, to) : add_host_name(c, f, to);
}

/* --- before ----------------------------------------------------------------------------------- */

/* Demands are told apart by where they lie. */
static struct slice key_of(const struct demand *const *d)
{
	return (struct slice){(const char *)d, sizeof(*d)};
}

/* A rule of the perimeter forbids a whole network to a whole network: no single probe proves it,
 * the rulesets do. */
static bool is_perimeter(const struct demand *d)
{
	return !d->installation->use && d->to->kind == ENDPOINT_NETWORK;
}

/* Some demand of this check wants it, or it shows that what a forbidding one speaks of is there at
 * all. */
static bool is_wanted(const struct check *c, const struct flow *f)
{
	for (const struct claim *claim = f->claims; claim; claim = claim->next)
		if (map_find(&c->wanted, key_of(&claim->demand)))
			return true;
	return c->is_control[f->to->index];
}

static void find_wanted(struct check *c)
{
	const struct plan *plan = c->plan;
	unsigned last = 0;

	for (size_t i = 0; i < plan->flows.n; i++)
		if (last < plan->flows.items[i]->to->index)
			last = plan->flows.items[i]->to->index;
	c->is_control = ARENA_ARRAY(c->arena, bool, last + 1);
	for_each (d, &plan->demands) {
		map_add(&c->wanted, key_of(d), (void *)*d);
		if ((*d)->requirement->forbid && (*d)->to->index <= last)
			c->is_control[(*d)->to->index] = true;
	}
}

static bool starts_at(const struct check *c, const struct flow *f)
{
	const struct site *s = c->plan->site;

	if (!vantage_is(c->vantage, s, starting_end(f)))
		return false;
	if (f->to->kind == ENDPOINT_NETWORK)
		return !is_perimeter(f->claims->demand);
	return is_ftp_child(f) || !vantage_is(c->vantage, s, f->to);
}

/* Which demands start at the vantage, and which come in to it from elsewhere. */
static void find_ends(struct check *c)
{
	const struct plan *plan = c->plan;

	c->starts_here = ARENA_ARRAY(c->arena, bool, plan->demands.n);
	c->comes_in = ARENA_ARRAY(c->arena, bool, plan->demands.n);
	for (size_t i = 0; i < plan->demands.n; i++) {
		const struct demand *d = plan->demands.items[i];

		if (is_perimeter(d))
			continue;
		c->starts_here[i] = vantage_is(c->vantage, plan->site, d->from);
		c->comes_in[i] = !c->starts_here[i] && vantage_is(c->vantage, plan->site, d->to);
	}
}

void check_prepare(struct check *c, const struct plan *plan, const struct vantage *v,
		   struct check_options options, struct arena *arena)
{
	*c = (struct check){.plan = plan,
			    .vantage = v,
			    .arena = arena,
			    .options = options,
			    .tasks = BUF_INIT,
			    .questions = BUF_INIT};
	c->results = ARENA_ARRAY(arena, struct flow_result, plan->flows.n);
	find_ends(c);
	find_wanted(c);
	for (size_t i = 0; i < plan->flows.n; i++) {
		const struct flow *f = plan->flows.items[i];
		struct flow_result *r = &c->results[i];

		c->via = check_via(c, f);
		r->is_here = is_wanted(c, f) && (c->via || starts_at(c, f));
		if (r->is_here)
			r->not_tested = add_flow(c, f);
	}
}

void check_release(struct check *c)
{
	buf_release(&c->tasks);
	buf_release(&c->questions);
	map_release(&c->wanted);
}

/* --- what follows ----------------------------------------------------------------------------- */

static const struct question_task *questions(const struct check *c, size_t *n)
{
	*n = c->questions.n / sizeof(struct question_task);
	return (const struct question_task *)(void *)c->questions.data;
}

/* NULL: the task asked no directory. Questions are in the order of their tasks. */
static const struct question_task *question_of(const struct check *c, size_t task)
{
	size_t n, lo = 0;
	const struct question_task *q = questions(c, &n);

	while (lo < n) {
		size_t mid = lo + (n - lo) / 2;

		if (q[mid].task == task)
			return &q[mid];
		if (q[mid].task < task)
			lo = mid + 1;
		else
			n = mid;
	}
	return NULL;
}

/* The port of q's flow is known by now: where it may lie, it is tried. */
static void follow(struct check *c, const struct question_task *q, const struct outcome *o)
{
	const struct flow *f = c->plan->flows.items[q->flow];
	struct question_task answer = *q;
	struct task *t;

	if (o->named_port < f->ports.lo || o->named_port > f->ports.hi) {
		c->results[q->flow].not_tested = "the directory names a port outside the range "
						 "that is planned for it";
		return;
	}
	answer.is_answer = true;
	answer.task = c->tasks.n / sizeof(*t);
	t = add_task(c, &(struct task){.name = o->name, .target = o->target, .via = q->via});
	t->flow = answer.flow;
	t->port = o->named_port;
	t->expected = answer.claim->service;
	t->method = answer.via ? &method_talk : &method_tcp;
	buf_add(&c->questions, &answer, sizeof(answer)); /* q is gone */
}

bool check_follow(struct check *c, const struct outcome *outcomes, size_t n)
{
	size_t before = c->tasks.n;

	for (size_t i = 0; !c->is_followed && i < n; i++) {
		const struct outcome *o = &outcomes[i];
		const struct question_task *q = o->named_port ? question_of(c, o->task) : NULL;

		if (q)
			follow(c, q, o);
	}
	c->is_followed = true;
	return c->tasks.n != before;
}

/* --- after ------------------------------------------------------------------------------------ */

static const char *device_with(const struct site *s, const struct addr *a)
{
	if (a->family)
		for_each (d, &s->devices)
			for_each (i, &d->interfaces)
				for_each (own, &i->addresses)
					if (addr_equal(own, a))
						return d->name.s;
	return NULL;
}

/* The flow that an outcome speaks of; NULL: of none. A question that was answered with a port is
 * followed by an outcome for that port; one that was not is told where the directory's own is. */
static struct flow_result *result_of(struct check *c, const struct outcome *o,
				     const struct question_task *q)
{
	if (!q)
		return &c->results[o->flow];
	if (q->is_answer || (o->proved && o->service == ANSWER_FAIL))
		return &c->results[q->flow];
	if (!o->proved)
		c->results[q->flow].not_tested =
			"the directory that names its port was not asked, or did not answer";
	else if (!o->named_port)
		c->results[q->flow].not_tested =
			"the directory answers, and does not name its port";
	return NULL;
}

void check_name_device(const struct check *c, struct outcome *o)
{
	o->device = device_with(c->plan->site, o->hop_addr.family ? &o->hop_addr : &o->by);
}

/* For whom each outcome of a flow is, where services share it. */
static void give_askers_room(struct check *c)
{
	size_t n;
	const struct question_task *q = questions(c, &n);

	for (size_t i = 0; i < n; i++) {
		struct flow_result *r = &c->results[q[i].flow];

		if (!r->asked)
			r->asked = ARENA_ARRAY(c->arena, const struct claim *, r->n);
	}
}

void check_gather(struct check *c, const struct outcome *outcomes, size_t n)
{
	const struct outcome **room = ARENA_ARRAY(c->arena, const struct outcome *, n);

	for (size_t i = 0; i < n; i++) {
		const struct question_task *q = question_of(c, outcomes[i].task);
		struct flow_result *r = result_of(c, &outcomes[i], q);

		if (r)
			r->n++;
	}
	for (size_t i = 0; i < c->plan->flows.n; i++) {
		c->results[i].outcomes = room;
		room += c->results[i].n;
	}
	give_askers_room(c);
	for (size_t i = 0; i < c->plan->flows.n; i++)
		c->results[i].n = 0;
	for (size_t i = 0; i < n; i++) {
		const struct question_task *q = question_of(c, outcomes[i].task);
		struct flow_result *r = result_of(c, &outcomes[i], q);

		if (!r)
			continue;
		if (q)
			((const struct claim **)r->asked)[r->n] = q->claim;
		((const struct outcome **)r->outcomes)[r->n++] = &outcomes[i];
	}
}
