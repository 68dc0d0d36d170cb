/* SPDX-License-Identifier: ISC */
#include "cmd/remember.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cmd/command.h"
#include "probe/blame.h"
#include "proto/proto.h"

enum {
	DAY_S = 86400,
	VISITS_MAX = 3, /* a day, to who counts them: MariaDB shuts out after 100 in a row */
};

static void tell(const struct err *why)
{
	struct err e = {.class = why->class};

	snprintf(e.text, sizeof(e.text), "what is learnt of ports is not remembered: %.300s",
		 why->text);
	(void)command_failed(&e);
}

/* Only of who never goes on by himself: who is asked what is inside TLS goes on. */
static bool counts_visits(const char *proved)
{
	for (size_t i = 0; protos[i]; i++)
		if (protos[i]->transport == TRANSPORT_TCP && strcmp(protos[i]->name, proved) == 0)
			return protos[i]->is_on_request;
	return false;
}

static void recall_of(void *ctx, const struct recall_place *place, struct recollection *out)
{
	const struct memory_place at = {.addr = *place->to,
					.port = place->port,
					.is_udp = place->transport == TRANSPORT_UDP};
	const struct remember *r = ctx;

	out->proved = memory_proved(r->memory, &at);
	out->foreign = memory_left(r->memory, &at);
	out->rests = !at.is_udp && counts_visits(out->proved) &&
		     memory_today(r->memory, &at) >= VISITS_MAX;
}

void remember_start(struct remember *r)
{
	struct err err;

	if (memory_read(&r->memory, (int32_t)(time(NULL) / DAY_S), &err))
		tell(&err);
	r->recall = (struct recall){.of = recall_of, .ctx = r};
}

/* "tls+imap": what is inside belongs to it. */
void remember_note(struct remember *r, const struct outcome *o, const struct sighting *seen)
{
	const struct memory_place at = {
		.addr = o->target, .port = o->port, .is_udp = o->transport == TRANSPORT_UDP};
	char proved[MEMORY_WORD_MAX] = "";
	unsigned visits;

	if (o->transport != TRANSPORT_TCP && o->transport != TRANSPORT_UDP)
		return;
	if (seen->saw == SAW_IDENTIFIED && seen->inside)
		snprintf(proved, sizeof(proved), "%s+%s", seen->proto->name, seen->inside->name);
	else if (seen->saw == SAW_IDENTIFIED)
		snprintf(proved, sizeof(proved), "%s", seen->proto->name);
	if (seen->is_remembered)
		return;
	visits = !at.is_udp && counts_visits(proved);
	memory_add(r->memory, &at, seen->foreign + visits, proved[0] ? proved : NULL);
}

void remember_stop(struct remember *r)
{
	struct err err;

	if (memory_write(r->memory, &err))
		tell(&err);
	r->memory = NULL;
}
