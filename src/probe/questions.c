/* SPDX-License-Identifier: ISC */
#include "probe/questions.h"

#include "model/service.h"
#include "probe/rtt.h"

enum { WEIGHT_EXPECTED = 8, WEIGHT_EARLY = 3, EARLY = 10 /* turns that give away many */ };

static bool can_ask(const struct questions *q, size_t i)
{
	const struct proto *p = q->table[i];

	return p->transport == q->transport && p->answers != PROTO_NEVER &&
	       !proto_set_has(&q->asked, i) && (p->start || p->is_server_first);
}

/* Who speaks first was waited for already. */
static bool has_turn(const struct questions *q, size_t i)
{
	const struct proto *p = q->table[i];

	return q->transport == TRANSPORT_UDP || (p->turn && !p->is_server_first);
}

static bool is_before(const struct proto *a, const struct proto *b)
{
	return a->turn < b->turn;
}

static bool is_expected(const struct questions *q, size_t i)
{
	return q->table[i] == q->expected;
}

static size_t next_heard_of(const struct questions *q)
{
	size_t best = QUESTIONS_NONE;

	for (size_t i = 0; q->table[i]; i++)
		if (proto_set_has(&q->maybe, i) && can_ask(q, i) &&
		    (best == QUESTIONS_NONE || is_expected(q, i)))
			best = i;
	return best;
}

static size_t next_in_turn(const struct questions *q)
{
	size_t best = QUESTIONS_NONE;

	for (size_t i = 0; q->table[i]; i++)
		if (has_turn(q, i) && can_ask(q, i) &&
		    (best == QUESTIONS_NONE || is_before(q->table[i], q->table[best])))
			best = i;
	return best;
}

size_t questions_next(const struct questions *q)
{
	size_t i = next_heard_of(q);

	if (i != QUESTIONS_NONE)
		return i;
	for (i = 0; q->table[i]; i++)
		if (is_expected(q, i) && can_ask(q, i))
			return i;
	return next_in_turn(q);
}

void questions_mark(struct questions *q, size_t i)
{
	proto_set_add(&q->asked, i);
	proto_set_remove(&q->maybe, i);
}

void questions_ask(struct questions *q, size_t i)
{
	questions_mark(q, i);
	q->n_asked++;
}

void questions_lose(struct questions *q, size_t i)
{
	proto_set_add(&q->lost, i);
}

void questions_again(struct questions *q)
{
	for (size_t i = 0; q->table[i]; i++)
		if (proto_set_has(&q->lost, i))
			proto_set_remove(&q->asked, i);
	q->lost = (struct proto_set){0};
}

void questions_hear(struct questions *q, const struct proto_set *maybe)
{
	proto_set_join(&q->maybe, maybe);
}

size_t questions_find(const struct questions *q, const char *name)
{
	for (size_t i = 0; q->table[i]; i++)
		if (q->table[i]->transport == q->transport && strcmp(q->table[i]->name, name) == 0)
			return i;
	return QUESTIONS_NONE;
}

static int weight(const struct questions *q, size_t i)
{
	if (is_expected(q, i) || proto_set_has(&q->maybe, i))
		return WEIGHT_EXPECTED;
	return q->table[i]->turn && q->table[i]->turn < EARLY ? WEIGHT_EARLY : 1;
}

static int weight_left(const struct questions *q)
{
	int sum = 0;

	for (size_t i = 0; q->table[i]; i++)
		if (can_ask(q, i) &&
		    (has_turn(q, i) || is_expected(q, i) || proto_set_has(&q->maybe, i)))
			sum += weight(q, i);
	return sum;
}

int64_t questions_least_us(uint32_t rtt_us)
{
	return 2 * (int64_t)rtt_us + RTT_SLACK_MS * 1000;
}

int64_t questions_share_us(const struct questions *q, size_t i, int64_t left_us, uint32_t rtt_us)
{
	int64_t least_us = questions_least_us(rtt_us);
	int sum = weight_left(q);
	int64_t us = sum ? left_us * weight(q, i) / sum : left_us;

	return us > least_us ? us : least_us;
}

/* registry/services.txt has both; a print server's box may have more than one such port. */
bool questions_are_harmful(uint16_t port)
{
	return port == 515 || (port >= 9100 && port <= 9107);
}

const struct proto *questions_usual(enum transport transport, uint16_t port)
{
	unsigned on = transport_bit(transport);
	struct port_range ports = {port, port};
	const struct proto *found;
	struct service s;
	size_t i = 0;

	if (service_at(on, port, &s) && (found = proto_find(s.name, transport)))
		return found;
	while (service_next_at(on, ports, &i, &s))
		if ((found = proto_find(s.name, transport)))
			return found;
	return NULL;
}
