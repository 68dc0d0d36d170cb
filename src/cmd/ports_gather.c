/* SPDX-License-Identifier: ISC */
#include "cmd/ports_gather.h"

#include <string.h>

#include "sys/packages.h"
#include "sys/processes.h"
#include "sys/sockets.h"

/* --- sockets and who has them ----------------------------------------------------------------- */

static enum stack stack_of(const struct socket_listener *s)
{
	if (s->at.family == 4)
		return STACK_IPV4;
	if (s->dual == DUAL_YES)
		return STACK_BOTH;
	return s->dual == DUAL_UNTOLD ? STACK_IPV6_AT_LEAST : STACK_IPV6;
}

static void take_process(struct listening_port *p, const struct process *x, size_t n,
			 struct arena *arena)
{
	p->holder = HOLDER_TOLD;
	p->process = (struct listening_process){
		.id = x->id,
		.count = n,
		.name = x->name,
		.command = x->command,
		.program = x->program,
		.unit = x->unit,
		.is_replaced = x->is_replaced,
	};
	if (x->has_user)
		p->user = user_name(x->user, arena);
}

/* The programs, each once; `of` has for each port its place among them, from 1. */
struct programs {
	struct package_search *items;
	size_t n;
	size_t *of;
};

static size_t add_program(struct programs *all, const char *path)
{
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->items[i].path, path) == 0)
			return i + 1;
	all->items[all->n].path = path;
	return ++all->n;
}

/* Root that was not told of some has fewer rights than it seems: then nothing is said, either. */
static void find_process(struct listening *l, const struct socket_holders *holders,
			 const struct socket_listener *s, struct programs *programs)
{
	struct listening_port *p = &l->ports.items[l->ports.n];
	const struct socket_holder *holder;
	struct process x;
	size_t n;

	holder = socket_holder_find(holders, s->inode, &n);
	p->user = user_name(s->user, l->arena);
	p->holder = s->inode && holders->is_partial ? HOLDER_NOT_TOLD : HOLDER_NONE;
	if (!holder)
		return;
	process_read(holder->process, l->arena, &x);
	take_process(p, &x, n, l->arena);
	if (x.program && !x.is_elsewhere)
		programs->of[l->ports.n] = add_program(programs, x.program);
}

static void add_ports(struct listening *l, const struct socket_listeners *sockets,
		      const struct socket_holders *holders, struct programs *programs)
{
	l->ports.items = ARENA_ARRAY(l->arena, struct listening_port, sockets->n);
	for (size_t i = 0; i < sockets->n; i++) {
		const struct socket_listener *s = &sockets->items[i];

		if (!(l->on & (s->is_udp ? ON_UDP : ON_TCP)))
			continue;
		l->ports.items[l->ports.n] = (struct listening_port){
			.transport = s->is_udp ? TRANSPORT_UDP : TRANSPORT_TCP,
			.at = s->at,
			.port = s->port,
			.stack = stack_of(s),
			.link = link_name(s->link, l->arena),
			.sockets = 1,
		};
		find_process(l, holders, s, programs);
		l->ports.n++;
	}
}

static void find_packages(struct listening *l, const struct programs *programs)
{
	l->no_packages = !packages_find(programs->items, programs->n, l->arena);
	for (size_t i = 0; i < l->ports.n; i++)
		if (programs->of[i])
			l->ports.items[i].process.package =
				programs->items[programs->of[i] - 1].package;
}

int ports_gather(struct listening *l, struct err *err)
{
	struct socket_listeners sockets = {0};
	struct socket_holders holders = {0};
	struct programs programs = {0};
	int rc = socket_listeners_read(&sockets, err);

	if (!rc)
		rc = socket_holders_read(&holders, err);
	if (!rc) {
		programs.items = ARENA_ARRAY(l->arena, struct package_search, sockets.n);
		programs.of = ARENA_ARRAY(l->arena, size_t, sockets.n);
		add_ports(l, &sockets, &holders, &programs);
		l->is_partial = holders.is_partial;
		l->no_stack = sockets.by_proc;
		find_packages(l, &programs);
	}
	socket_listeners_release(&sockets);
	socket_holders_release(&holders);
	return rc;
}

/* --- what the site wants ---------------------------------------------------------------------- */

static bool has_address(const struct vantage *v, const struct addr *a)
{
	for_each (own, &v->addresses)
		if (addr_equal(own, a))
			return true;
	return false;
}

/* Whether this host has any of the addresses that the site gives it. */
static bool knows_own(const struct vantage *v)
{
	if (v->host)
		for_each (a, &v->host->addresses)
			if (has_address(v, a))
				return true;
	if (v->device)
		for_each (i, &v->device->interfaces)
			for_each (a, &i->addresses)
				if (has_address(v, a))
					return true;
	return false;
}

static void add_flow(struct listening *l, const struct flow *f)
{
	*(const struct flow **)list_add(l->arena, &l->flows, sizeof(f)) = f;
}

static void add_own(struct listening *l, const struct demand *d)
{
	*(const struct demand **)list_add(l->arena, &l->own, sizeof(d)) = d;
}

static bool ends_here(const struct flow *f, const struct plan *plan, const struct vantage *v)
{
	return f->kind == FLOW_REQUIRED && vantage_is(v, plan->site, f->to) &&
	       (f->transport == TRANSPORT_TCP || f->transport == TRANSPORT_UDP);
}

void ports_gather_wanted(struct listening *l, const struct plan *plan, const struct vantage *v)
{
	l->plan = plan;
	l->host = v->name;
	l->any_address = !knows_own(v);
	for_each (f, &plan->flows)
		if (ends_here(*f, plan, v))
			add_flow(l, *f);
	for_each (d, &plan->demands) {
		bool own = (*d)->absence == ABSENCE_SAME_HOST || (*d)->absence == ABSENCE_LOCAL;

		if (own && (*d)->to && vantage_is(v, plan->site, (*d)->to))
			add_own(l, *d);
	}
}
