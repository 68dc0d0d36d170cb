/* SPDX-License-Identifier: ISC */
#include "probe/questions.h"

#include "model/service.h"
#include "probe/rtt.h"

enum {
	SLACK_MS = 30, /* for a busy host */
	WEIGHT_EXPECTED = 8,
	WEIGHT_EARLY = 3,
	EARLY = 10 /* turns that give away many */
};

bool questions_is_foreign(const struct questions *q, size_t i)
{
	const struct proto *p = q->table[i];

	return p != q->expected && p != q->known && !proto_set_has(&q->maybe, i);
}

static bool can_ask(const struct questions *q, size_t i)
{
	const struct proto *p = q->table[i];

	if (q->is_spent && questions_is_foreign(q, i))
		return false;
	return p->transport == q->transport && p->answers != PROTO_NEVER &&
	       !proto_set_has(&q->asked, i) && (p->start || p->is_server_first);
}

/* Who speaks first was waited for already. */
static bool has_turn(const struct questions *q, size_t i)
{
	const struct proto *p = q->table[i];

	return q->transport == TRANSPORT_UDP || (p->turn && !p->is_server_first);
}

/* BitTorrent, as measured: aria2 1.36.0 looks at its sockets once a second, and Transmission 3.00
 * closes at once while it has a handshake of the same address under way. */
bool questions_is_slow(const struct questions *q, size_t i)
{
	return q->transport == TRANSPORT_TCP && strcmp(q->table[i]->name, "bittorrent") == 0;
}

/* Nothing has come to any question, and there were some; or it is known who is left. */
static bool is_hushed(const struct questions *q)
{
	return q->is_again ||
	       (q->n_asked >= QUESTIONS_HUSHED && proto_set_count(&q->lost) >= q->n_asked);
}

static bool is_before(const struct questions *q, size_t a, size_t b)
{
	bool slow = questions_is_slow(q, a);

	if (slow != questions_is_slow(q, b))
		return slow == is_hushed(q);
	return q->table[a]->turn < q->table[b]->turn;
}

static bool is_expected(const struct questions *q, size_t i)
{
	return q->table[i] == q->expected || q->table[i] == q->known;
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
		    (best == QUESTIONS_NONE || is_before(q, i, best)))
			best = i;
	return best;
}

size_t questions_next(const struct questions *q)
{
	size_t i = next_heard_of(q);

	if (i != QUESTIONS_NONE)
		return i;
	for (i = 0; q->table[i]; i++)
		if (q->table[i] == q->known && can_ask(q, i))
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
	q->is_again = true;
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

static bool is_due(const struct questions *q, size_t i)
{
	return can_ask(q, i) &&
	       (has_turn(q, i) || is_expected(q, i) || proto_set_has(&q->maybe, i));
}

static int weight_left(const struct questions *q)
{
	int sum = 0;

	for (size_t i = 0; q->table[i]; i++)
		if (is_due(q, i) && !questions_is_slow(q, i))
			sum += weight(q, i);
	return sum;
}

int64_t questions_least_us(uint32_t rtt_us)
{
	return 2 * (int64_t)rtt_us + SLACK_MS * 1000;
}

/* Those that are slow have their time to themselves. */
static int64_t kept_us(const struct questions *q)
{
	int64_t us = 0;

	for (size_t i = 0; q->table[i]; i++)
		if (is_due(q, i) && questions_is_slow(q, i))
			us += QUESTIONS_SLOW_MS * 1000;
	return us;
}

static size_t next_slow(const struct questions *q)
{
	for (size_t i = 0; q->table[i]; i++)
		if (is_due(q, i) && questions_is_slow(q, i))
			return i;
	return QUESTIONS_NONE;
}

size_t questions_next_within(const struct questions *q, int64_t left_us, uint32_t rtt_us)
{
	int64_t least_us = questions_least_us(rtt_us);
	size_t at = questions_next(q);

	if (at == QUESTIONS_NONE || proto_set_has(&q->maybe, at))
		return at;
	if (!questions_is_slow(q, at) && left_us - kept_us(q) < least_us)
		at = next_slow(q);
	return left_us >= least_us ? at : QUESTIONS_NONE;
}

int64_t questions_share_us(const struct questions *q, size_t i, int64_t left_us, uint32_t rtt_us)
{
	int64_t least_us = questions_least_us(rtt_us), us;
	int sum = weight_left(q);

	if (questions_is_slow(q, i))
		us = left_us < QUESTIONS_SLOW_MS * 1000 ? left_us : QUESTIONS_SLOW_MS * 1000;
	else
		us = sum ? (left_us - kept_us(q)) * weight(q, i) / sum : left_us;
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
