/* SPDX-License-Identifier: ISC */
#include "cmd/auditing.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/service.h"
#include "probe/blame.h"
#include "probe/method_identify.h"

void auditing_add(struct auditing *x, const struct task *task)
{
	if (x->n_tasks == x->room) {
		x->room = x->room ? 2 * x->room : 64;
		x->tasks = mem_resize(x->tasks, x->room, sizeof(*x->tasks));
	}
	x->tasks[x->n_tasks] = *task;
	x->tasks[x->n_tasks].flow = UINT_MAX;
	x->tasks[x->n_tasks].is_fragile = portset_has(&x->fragile, task->port);
	x->tasks[x->n_tasks].recall = &x->remember.recall;
	x->tasks[x->n_tasks++].layer = x->layer;
}

/* --- what was proved -------------------------------------------------------------------------- */

static struct audited *add_service(struct auditing *x, const struct outcome *o)
{
	struct audited **place = list_add(x->arena, &x->services, sizeof(*place)), *s;

	*place = s = ARENA_NEW(x->arena, struct audited);
	s->target = o->target;
	s->name = o->name;
	s->port = o->port;
	s->transport = o->transport;
	s->said = "";
	return s;
}

static struct audited *find_service(const struct auditing *x, const struct outcome *o)
{
	for_each (s, &x->services)
		if ((*s)->port == o->port && (*s)->transport == o->transport &&
		    addr_equal(&(*s)->target, &o->target))
			return *s;
	return NULL;
}

/* From the sighting, as an outcome says less. */
static void take_sighting(struct trial *t, const struct outcome *o, const struct sighting *seen)
{
	struct auditing *x = t->ctx;
	struct audited *s;

	remember_note(&x->remember, o, seen);
	if (seen->saw != SAW_IDENTIFIED || find_service(x, o))
		return;
	s = add_service(x, o);
	s->proto = seen->inside ? seen->inside->name : seen->proto->name;
	s->service = seen->inside ? seen->inside_service : seen->proto->name;
	s->said = arena_copy(x->arena, slice_of(seen->said.text));
	s->is_inside = seen->inside || strcmp(s->proto, "tls") == 0;
	s->is_alternative = x->stage > 0;
	s->is_remembered = seen->is_remembered;
	s->identified = (struct audit_exchange){seen->asked, seen->answered};
	s->is_shut_out = seen->said.is_shut_out;
	if (!seen->layer || !seen->layer->has_certificate)
		return;
	s->certificate = ARENA_NEW(x->arena, struct certificate);
	*(struct certificate *)s->certificate = seen->layer->certificate;
}

/* What was proved when it was tried again is known by its outcome alone. */
static void add_from_outcomes(struct auditing *x)
{
	for (size_t i = 0; i < x->trial.outcomes.n; i++) {
		const struct outcome *o = &x->trial.outcomes.items[i];
		struct audited *s;

		if (!o->proved || o->task >= x->n_asked)
			continue;
		s = find_service(x, o);
		if (!s) {
			s = add_service(x, o);
			s->proto = s->service = o->proved;
			s->is_inside = strcmp(o->proved, "tls") == 0;
		}
		s->outcome = o->id;
	}
}

/* As they are read, not as they answered. */
static int by_target(const void *a_, const void *b_)
{
	const struct audited *a = *(struct audited *const *)a_, *b = *(struct audited *const *)b_;
	int c = addr_compare(&a->target, &b->target);

	if (c)
		return c;
	if (a->transport != b->transport)
		return a->transport < b->transport ? -1 : 1;
	return a->port < b->port ? -1 : a->port > b->port;
}

static void sort_services(struct auditing *x)
{
	if (x->services.n)
		qsort(x->services.items, x->services.n, sizeof(struct audited *), by_target);
}

/* --- questions -------------------------------------------------------------------------------- */

static struct audit_job *add_job(struct auditing *x, struct audited *s, const struct audit *only)
{
	struct loop *l = x->trial.loop;
	struct audit_job **place, *job = ARENA_NEW(x->arena, struct audit_job);

	job->facts = (struct audit_facts){
		.proto = s->proto,
		.service = s->service,
		.said = s->said,
		.transport = s->transport,
		.port = s->port,
		.is_inside = s->is_inside,
		.host = s->name,
		.certificate = s->certificate,
		.now = l->ops->wall_ms(l) / 1000,
	};
	job->table = audits;
	job->only = only;
	job->is_active = x->is_active;
	place = list_add(x->arena, &s->jobs, sizeof(*place));
	return *place = job;
}

static void ask(struct auditing *x, struct audited *s, struct audit_job *job)
{
	const struct task task = {
		.name = s->name,
		.target = s->target,
		.port = s->port,
		.method = s->transport == TRANSPORT_UDP ? &method_audit_udp : &method_audit,
		.audit = job,
	};

	if (audit_job_is_due(job))
		auditing_add(x, &task);
}

static void ask_service(struct auditing *x, struct audited *s)
{
	s->is_shut_out |= trial_is_shut_out(&x->trial, &s->target);
	if (s->is_remembered || s->is_shut_out)
		return;
	if (s->transport == TRANSPORT_TCP) {
		ask(x, s, add_job(x, s, NULL));
		return;
	}
	for (size_t i = 0; audits[i]; i++)
		if (audits[i]->place != AUDIT_FACTS && (!audits[i]->is_active || x->is_active) &&
		    audit_is_of(audits[i], s->proto, TRANSPORT_UDP))
			ask(x, s, add_job(x, s, audits[i]));
}

/* --- what came of it -------------------------------------------------------------------------- */

static void add_notes(struct audited *s, const struct audit_notes *more)
{
	for (size_t i = 0; i < more->n; i++)
		audit_note(&s->notes, more->items[i].weakness, "%s", more->items[i].evidence);
}

/* Of an upgrade the certificate came later. */
static void add_told(struct audit_facts *facts, const struct audit_job *job)
{
	const struct audit *upgrade = audit_upgrade_of(facts->proto);

	if (!job->has_told)
		return;
	if (job->told.has_certificate)
		facts->certificate = &job->told.certificate;
	if (upgrade && upgrade->is_once && job->told.is_complete) {
		facts->tls_version = job->told.version;
		facts->tls_suite = job->told.cipher;
	}
}

static void conclude(struct auditing *x, struct audited *s)
{
	struct audit_facts facts = {0};

	if (!s->jobs.n)
		add_job(x, s, NULL);
	facts = s->jobs.items[0]->facts;
	facts.most = s->identified;
	for_each (job, &s->jobs) {
		add_notes(s, &(*job)->notes);
		s->connections += (*job)->connections;
		s->unanswered += (*job)->unanswered;
		s->is_shut_out |= (*job)->is_shut_out;
		add_told(&facts, *job);
		facts.most = audit_exchange_most(facts.most, (*job)->most);
	}
	s->certificate = facts.certificate;
	for (size_t i = 0; audits[i]; i++)
		if (audits[i]->place == AUDIT_FACTS)
			audits[i]->consider(&facts, &s->notes);
}

/* --- what is safer ---------------------------------------------------------------------------- */

const struct audited *auditing_find(const struct auditing *x, const struct audited *beside,
				    const char *service)
{
	for_each (s, &x->services)
		if (addr_equal(&(*s)->target, &beside->target) &&
		    strcmp((*s)->service, service) == 0)
			return *s;
	return NULL;
}

static bool is_tried(const struct auditing *x, const struct audited *s, uint16_t port)
{
	for (size_t i = 0; i < x->n_tasks; i++)
		if (x->tasks[i].port == port && x->tasks[i].method == &method_identify &&
		    addr_equal(&x->tasks[i].target, &s->target))
			return true;
	return false;
}

static void look_for(struct auditing *x, const struct audited *s, const struct service *safer)
{
	const struct task task = {
		.name = s->name,
		.target = s->target,
		.port = safer->n_ports ? safer->ports[0].lo : 0,
		.method = &method_identify,
	};

	if (task.port && safer->ports[0].on & ON_TCP && !is_tried(x, s, task.port) &&
	    !auditing_find(x, s, safer->name))
		auditing_add(x, &task);
}

static void look_for_safer(struct auditing *x, const struct audited *s)
{
	struct service own, safer;

	if (s->is_inside || !s->notes.n || s->is_shut_out ||
	    !service_find(slice_of(s->service), &own))
		return;
	for (size_t i = 0; service_instead(&own, i, &safer); i++)
		look_for(x, s, &safer);
}

/* --- stages ----------------------------------------------------------------------------------- */

static bool go_on(struct trial *t)
{
	struct auditing *x = t->ctx;
	size_t before = x->n_tasks;

	if (x->stage == 0) {
		add_from_outcomes(x);
		sort_services(x);
		for_each (s, &x->services)
			ask_service(x, *s);
	} else if (x->stage == 1) {
		for_each (s, &x->services)
			conclude(x, *s);
		for_each (s, &x->services)
			look_for_safer(x, *s);
	}
	x->stage++;
	t->tasks = x->tasks;
	t->n_tasks = x->n_tasks;
	return x->n_tasks > before || (x->stage == 1 && go_on(t));
}

int auditing_run(struct auditing *x, struct err *err)
{
	struct trial *t = &x->trial;
	int rc;

	x->n_asked = x->n_tasks;
	t->tasks = x->tasks;
	t->n_tasks = x->n_tasks;
	t->more = go_on;
	t->sighted = take_sighting;
	t->ctx = x;
	t->is_quick = true;
	remember_start(&x->remember);
	rc = trial_run(t, err);
	remember_stop(&x->remember);
	return rc;
}

void auditing_release(struct auditing *x)
{
	trial_release(&x->trial);
	portset_release(&x->fragile);
	free(x->tasks);
}
