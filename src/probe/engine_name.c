/* SPDX-License-Identifier: ISC
 *
 * Tasks that wait for their name, and which of its addresses are theirs.
 */
#include "probe/engine_int.h"
#include "probe/via.h"
#include "sys/loop.h"

enum { NAMES_AT_ONCE = 32 }; /* a resolver is a target, too */

static bool fits(const struct task *t, const struct addr *a)
{
	return (!t->family || t->family == a->family) &&
	       (!t->source.family || t->source.family == a->family);
}

/* Behind a proxy a name is the proxy's to resolve. */
bool engine_needs_name(const struct task *t)
{
	return !t->target.family && !t->via;
}

/* The next address that the task goes to, from pending.address on; false: there is none. */
bool engine_next_address(struct engine *e, size_t task, struct addr *a)
{
	const struct task *t = &e->tasks[task];
	struct pending *p = &e->pending[task];
	const struct name *n;

	if (!engine_needs_name(t)) {
		*a = t->target;
		return p->address == 0;
	}
	n = map_find(&e->names, slice_of(t->name));
	for (; p->address < n->query.n_addrs && p->address < UINT8_MAX; p->address++) {
		*a = n->query.addrs[p->address];
		if (fits(t, a))
			return true;
	}
	return false;
}

/* RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3. */
static bool is_loopback(const struct addr *a)
{
	static const struct addr one = {6, {[15] = 1}};

	return a->family == 4 ? a->bytes[0] == 127 : addr_equal(a, &one);
}

bool engine_leads_back(const struct task *t, const struct addr *a)
{
	return t->is_elsewhere && is_loopback(a);
}

void engine_report_back(struct engine *e, size_t task, const struct addr *a)
{
	struct outcome o;

	engine_start_outcome(e, task, a, &o);
	o.state = STATE_UNREACHABLE;
	o.cause = CAUSE_DNS;
	o.confidence = CONFIDENCE_CERTAIN;
	o.network = outcome_network(o.state, o.cause);
	o.service = outcome_service(o.state, o.cause);
	o.how = "dns: loopback";
	o.evidence = "the resolver gives this host's own loopback address for it";
	engine_report(e, task, &o);
}

static enum resolve_status why_no_address(const struct task *t, const struct resolve_query *q)
{
	uint8_t family = t->family ? t->family : t->source.family;

	if (!family)
		return resolve_why(q);
	return family == 4 ? q->status4 : q->status6;
}

static void take_name(struct engine *e, struct name *n)
{
	struct outcome o;
	struct addr a;
	size_t task;

	while (engine_queue_take(e, &n->waiting, &task)) {
		if (engine_next_address(e, task, &a)) {
			engine_queue_add(e, &e->ready, task);
			continue;
		}
		engine_start_outcome(e, task, &(struct addr){0}, &o);
		blame_name(why_no_address(&e->tasks[task], &n->query), &o);
		e->pending[task].over = true;
		engine_report(e, task, &o);
	}
}

static void name_resolved(struct resolve_query *q)
{
	struct name *n = (struct name *)q;
	struct engine *e = n->engine;

	e->names_live--;
	if (e->config.resolved)
		e->config.resolved(e->config.ctx, q);
	take_name(e, n);
	engine_fill(e);
}

void engine_start_names(struct engine *e)
{
	while (e->next_name && e->names_live < NAMES_AT_ONCE) {
		struct name *n = e->next_name;

		e->next_name = n->next;
		e->names_live++;
		e->config.resolver->ops->start(e->config.resolver, &n->query);
	}
}

void engine_add_to_name(struct engine *e, size_t task)
{
	const struct task *t = &e->tasks[task];
	struct name *n = map_find(&e->names, slice_of(t->name));

	if (!n) {
		n = ARENA_NEW(e->arena, struct name);
		n->engine = e;
		n->query.name = t->name;
		n->query.family = t->family;
		n->query.done = name_resolved;
		map_add(&e->names, slice_of(t->name), n);
		*e->last_name = n;
		e->last_name = &n->next;
	}
	if (n->query.family != t->family)
		n->query.family = 0; /* its tasks want different ones */
	engine_queue_add(e, &n->waiting, task);
}
