/* SPDX-License-Identifier: ISC */
#include "cmd/gateway_counts.h"

#include <string.h>
#include <time.h>

#include "sys/shared.h"

enum { TRIES = 1000 }; /* for a copy: a worker's end takes less than a microsecond */

int gateway_counts_new(struct gateway_counts **c, struct err *err)
{
	void *p;
	int rc = shared_new(sizeof(**c), &p, err);

	*c = p;
	if (!rc)
		(*c)->form = COUNTS_FORM;
	return rc;
}

struct worker_counts *gateway_counts_take(struct gateway_counts *c, size_t i, const char *name)
{
	struct worker_counts *w = &c->workers[i];

	memset(w, 0, sizeof(*w));
	w->since_ms = (int64_t)time(NULL) * 1000;
	snprintf(w->name, sizeof(w->name), "%s", name);
	w->is_used = true;
	return w;
}

/* What was counted up, not what there is now. */
static void add(struct gate_counts *sum, const struct gate_counts *c)
{
	sum->sessions_all += c->sessions_all;
	sum->logins += c->logins;
	sum->refused += c->refused;
	sum->violations += c->violations;
	sum->transfers_all += c->transfers_all;
	sum->broken += c->broken;
	sum->bytes_down += c->bytes_down;
	sum->bytes_up += c->bytes_up;
}

void gateway_counts_end(struct gateway_counts *c, struct worker_counts *w)
{
	c->turns++;
	add(&c->past, &w->counts);
	w->is_used = false;
	c->turns++;
}

void gateway_counts_copy(const struct gateway_counts *c, struct gateway_counts *copy)
{
	for (int i = 0; i < TRIES; i++) {
		uint32_t turns = c->turns;

		memcpy(copy, c, sizeof(*copy));
		if (turns % 2 == 0 && c->turns == turns)
			break;
	}
	for (size_t i = 0; i < OVERSEER_WORKERS; i++) {
		struct worker_counts *w = &copy->workers[i];

		w->is_used = !!w->is_used;
		w->drains = !!w->drains;
		w->name[sizeof(w->name) - 1] = '\0';
	}
}

struct gate_counts gateway_counts_sum(const struct gateway_counts *copy)
{
	struct gate_counts sum = copy->past;

	for (size_t i = 0; i < OVERSEER_WORKERS; i++) {
		const struct worker_counts *w = &copy->workers[i];

		if (!w->is_used)
			continue;
		add(&sum, &w->counts);
		sum.sessions += w->counts.sessions;
		sum.transfers += w->counts.transfers;
	}
	return sum;
}
