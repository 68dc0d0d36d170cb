/* SPDX-License-Identifier: ISC
 *
 * A world of hops, where one thing is in the way, asked as the network would be; and losses.
 */
#include "probe/inquiry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text_pool.h"
#include "test.h"

enum trouble {
	NO_TROUBLE,
	DROP_FORWARD,  /* hop `at` does not pass it on */
	DROP_ARRIVAL,  /* hop `at` does not take it */
	DROP_TARGET,   /* the target's own filter */
	DROP_RETURN,   /* its answers are lost */
	DROP_OWN,      /* ours */
	RESET_FORWARD, /* hop `at` answers in the target's name */
	RESET_OWN,     /* we do */
	REJECT_MASKED, /* an ICMP error of hop `at`, whose sender looks like the target */
	REJECT,	       /* an ICMP error of hop `at` */
};

struct world {
	unsigned distance;
	enum trouble trouble;
	unsigned at;
	int more_back;	  /* routers on the way back of every hop but the first */
	unsigned back;	  /* routers on the way back; 0: as many as there */
	unsigned mute;	  /* this hop never tells */
	bool no_control;  /* the target's unused ports are dropped by its filter */
	bool is_tcp_only; /* the trouble is */
	bool forges_all;  /* the trouble is that of all ports */
	unsigned lose;	  /* in 100 */
	unsigned begin;	  /* TTL of the target's packets; 0: 64 */
	unsigned begin_1; /* of those for this port; 0: the same */
	unsigned asked, expired;
};

static struct addr hop_of(unsigned i)
{
	return (struct addr){.family = 4, .bytes = {10, 0, (uint8_t)i, 1}};
}

static const struct addr the_target = {.family = 4, .bytes = {10, 9, 9, 9}};

static struct reply icmp(const struct addr *by, uint8_t type, uint8_t code, unsigned ttl)
{
	return (struct reply){.kind = type == 11 ? REPLY_EXCEEDED : REPLY_ICMP,
			      .icmp = {.by = *by, .type = type, .code = code, .ttl = (uint8_t)ttl}};
}

static struct reply answer_of_target(const struct world *w, const struct ask_what *q)
{
	unsigned back = w->back ? w->back : w->distance - 1;
	unsigned begin = q->port == 1000 && w->begin_1 ? w->begin_1 : w->begin;
	unsigned ttl = (begin ? begin : 64) - back;

	if (q->transport == TRANSPORT_UDP)
		return icmp(&the_target, 3, 3, ttl);
	return (struct reply){.kind = ttl >= q->min_ttl ? REPLY_RESET : REPLY_NONE};
}

static struct reply answer_in_its_name(const struct world *w, const struct ask_what *q,
				       unsigned hops)
{
	unsigned ttl = hops > 1 ? 64 - (unsigned)((int)hops - 1 + w->more_back) : 64;

	if (w->trouble == REJECT_MASKED)
		return icmp(&the_target, 3, 13, ttl);
	return (struct reply){.kind = ttl >= q->min_ttl ? REPLY_RESET : REPLY_NONE};
}

static struct reply pass(const struct world *w, const struct ask_what *q, bool is_troubled)
{
	unsigned ttl = q->ttl ? q->ttl : 64;

	if (is_troubled && w->trouble == DROP_OWN)
		return (struct reply){.kind = q->is_held ? REPLY_KEPT : REPLY_NONE};
	if (is_troubled && w->trouble == RESET_OWN)
		return answer_in_its_name(w, q, 0);
	for (unsigned i = 1; i < w->distance; i++, ttl--) {
		struct addr hop = hop_of(i);

		if (is_troubled && w->trouble == DROP_ARRIVAL && w->at == i)
			return (struct reply){.kind = REPLY_NONE};
		if (ttl == 1)
			return w->mute == i ? (struct reply){.kind = REPLY_NONE}
					    : icmp(&hop, 11, 0, 64 - (i - 1));
		if (!is_troubled || w->at != i)
			continue;
		if (w->trouble == DROP_FORWARD)
			return (struct reply){.kind = REPLY_NONE};
		if (w->trouble == RESET_FORWARD || w->trouble == REJECT_MASKED)
			return answer_in_its_name(w, q, i);
		if (w->trouble == REJECT)
			return icmp(&hop, 3, 13, 64 - (i - 1));
	}
	if (is_troubled && (w->trouble == DROP_TARGET || w->trouble == DROP_RETURN))
		return (struct reply){.kind = REPLY_NONE};
	return answer_of_target(w, q);
}

static struct reply ask(struct world *w, const struct ask_what *q)
{
	bool is_troubled = (q->port == 1000 || w->forges_all) &&
			   !(w->is_tcp_only && q->transport == TRANSPORT_UDP);
	bool is_own = is_troubled && (w->trouble == DROP_OWN || w->trouble == RESET_OWN);
	struct reply r = pass(w, q, is_troubled);

	w->asked++;
	assert_true(w->asked < 2000);
	if (q->port != 1000 && w->no_control && (q->ttl == 0 || q->ttl >= w->distance))
		r.kind = REPLY_NONE;
	w->expired += r.kind == REPLY_EXCEEDED;
	if (!is_own && (unsigned)rand() % 100 < w->lose)
		r.kind = REPLY_NONE;
	return r;
}

static void survey(struct world *w, struct way *way)
{
	struct survey s;
	struct ask_what q;
	unsigned i;

	way->target = the_target;
	survey_init(&s, way);
	survey_add_control(&s, (struct control){TRANSPORT_TCP, 33434, false});
	survey_add_control(&s, (struct control){TRANSPORT_UDP, 33434, false});
	while (survey_next(&s, &q, &i)) {
		struct reply r = ask(w, &q);

		survey_take(&s, i, &r);
	}
}

static struct outcome first_sight(const struct world *w, struct text_pool *pool)
{
	struct outcome o = {.target = the_target,
			    .transport = TRANSPORT_TCP,
			    .port = 1000,
			    .state = STATE_DROPPED,
			    .cause = CAUSE_UNPROVEN,
			    .texts = pool};

	if (w->trouble == NO_TROUBLE || w->trouble == RESET_FORWARD || w->trouble == RESET_OWN) {
		o.state = STATE_CLOSED;
		o.cause = CAUSE_TARGET;
		o.by = the_target;
		o.how = "rst";
	} else if (w->trouble == REJECT || w->trouble == REJECT_MASKED) {
		o.state = STATE_REJECTED;
		o.cause = w->trouble == REJECT ? CAUSE_HOP : CAUSE_TARGET_FIREWALL;
		o.by = w->trouble == REJECT ? hop_of(w->at) : the_target;
		o.how = "icmp 3/13";
	}
	return o;
}

static struct outcome inquire(struct world *w, struct way *way, struct text_pool *pool)
{
	struct outcome o = first_sight(w, pool);
	struct inquiry q;
	struct ask_what what;
	bool is_control;

	inquiry_init(&q, inquiry_symptom(&o, false), &o, way);
	while (inquiry_next(&q, &what, &is_control)) {
		struct reply r = ask(w, &what);

		inquiry_take(&q, &r);
	}
	inquiry_conclude(&q, &o);
	return o;
}

static void candidates_text(const struct outcome *o, struct buf *out)
{
	for (size_t i = 0; i < OUTCOME_CANDIDATES_MAX && o->candidates[i]; i++)
		buf_addf(out, "%s%s", i ? " " : "", o->candidates[i]);
	if (o->hop)
		buf_addf(out, "#%u", o->hop);
}

static const struct row {
	const char *name;
	struct world world;
	enum state state;
	enum cause cause;
	const char *rest; /* the candidates, or the hop */
} rows[] = {
	{"closed", {3, NO_TROUBLE}, STATE_CLOSED, CAUSE_TARGET, ""},
	{"closed by a system that begins with 128",
	 {3, NO_TROUBLE, .begin = 128},
	 STATE_CLOSED,
	 CAUSE_TARGET,
	 ""},
	{"closed, 12 hops", {12, NO_TROUBLE, .begin = 255}, STATE_CLOSED, CAUSE_TARGET, ""},
	{"closed, next door", {1, NO_TROUBLE}, STATE_CLOSED, CAUSE_TARGET, ""},
	{"closed, a longer way back", {3, NO_TROUBLE, .back = 5}, STATE_CLOSED, CAUSE_TARGET, ""},
	{"dropped by hop 1",
	 {3, DROP_FORWARD, 1},
	 STATE_DROPPED,
	 CAUSE_UNPROVEN,
	 "hop:10.0.1.1 hop:10.0.2.1"},
	{"dropped by hop 2 of 5",
	 {6, DROP_FORWARD, 2},
	 STATE_DROPPED,
	 CAUSE_UNPROVEN,
	 "hop:10.0.2.1 hop:10.0.3.1"},
	{"dropped where hop 3 takes it",
	 {6, DROP_ARRIVAL, 3},
	 STATE_DROPPED,
	 CAUSE_UNPROVEN,
	 "hop:10.0.2.1 hop:10.0.3.1"},
	{"dropped where hop 1 takes it", {3, DROP_ARRIVAL, 1}, STATE_DROPPED, CAUSE_HOP, "#1"},
	{"dropped behind one that never tells",
	 {6, DROP_FORWARD, 3, .mute = 3},
	 STATE_DROPPED,
	 CAUSE_UNPROVEN,
	 "hop:10.0.2.1 hop:? hop:10.0.4.1"},
	{"dropped by the last hop",
	 {3, DROP_FORWARD, 2},
	 STATE_DROPPED,
	 CAUSE_UNPROVEN,
	 "hop:10.0.2.1 target-firewall return-path"},
	{"dropped by the target",
	 {3, DROP_TARGET},
	 STATE_DROPPED,
	 CAUSE_UNPROVEN,
	 "hop:10.0.2.1 target-firewall return-path"},
	{"the answer is lost",
	 {3, DROP_RETURN},
	 STATE_DROPPED,
	 CAUSE_UNPROVEN,
	 "hop:10.0.2.1 target-firewall return-path"},
	{"dropped next door",
	 {1, DROP_TARGET},
	 STATE_DROPPED,
	 CAUSE_UNPROVEN,
	 "target-firewall return-path"},
	{"everything is dropped by hop 2",
	 {4, DROP_FORWARD, 2, .forges_all = true},
	 STATE_DROPPED,
	 CAUSE_UNPROVEN,
	 "hop:10.0.2.1 hop:? target-firewall return-path target"},
	{"our own drop", {3, DROP_OWN}, STATE_DROPPED, CAUSE_LOCAL_FIREWALL, ""},
	{"our own reset", {3, RESET_OWN}, STATE_REJECTED, CAUSE_LOCAL_FIREWALL, ""},
	{"forged by hop 1", {3, RESET_FORWARD, 1}, STATE_CLOSED, CAUSE_HOP, "#1"},
	{"forged by the last hop", {3, RESET_FORWARD, 2}, STATE_CLOSED, CAUSE_HOP, "#2"},
	{"forged by hop 4 of 8", {9, RESET_FORWARD, 4}, STATE_CLOSED, CAUSE_HOP, "#4"},
	{"forged before a system that begins with 128",
	 {4, RESET_FORWARD, 3, .begin = 128},
	 STATE_CLOSED,
	 CAUSE_HOP,
	 "#3"},
	{"all is forged by hop 2, as a shorter way back would look",
	 {4, RESET_FORWARD, 2, .forges_all = true},
	 STATE_CLOSED,
	 CAUSE_UNPROVEN,
	 "target hop:10.0.2.1"},
	{"all of TCP is forged by hop 2",
	 {4, RESET_FORWARD, 2, .forges_all = true, .is_tcp_only = true},
	 STATE_CLOSED,
	 CAUSE_HOP,
	 "#2"},
	{"closed, a shorter way back", {5, NO_TROUBLE, .back = 2}, STATE_CLOSED, CAUSE_TARGET, ""},
	{"forged by the last hop, a longer way back",
	 {4, RESET_FORWARD, 3, .more_back = 2, .back = 6},
	 STATE_CLOSED,
	 CAUSE_HOP,
	 "#3"},
	{"forged by the last hop, a shorter way back",
	 {6, RESET_FORWARD, 5, .more_back = -2, .back = 3},
	 STATE_CLOSED,
	 CAUSE_HOP,
	 "#5"},
	{"forged by the last hop, whose way back is longer than the target's",
	 {5, RESET_FORWARD, 4, .back = 1},
	 STATE_CLOSED,
	 CAUSE_HOP,
	 "#4"},
	{"resets of the target begin with another TTL",
	 {4, NO_TROUBLE, .begin = 64, .begin_1 = 255},
	 STATE_CLOSED,
	 CAUSE_TARGET,
	 ""},
	{"a masked rejection", {4, REJECT_MASKED, 2}, STATE_REJECTED, CAUSE_HOP, "#2"},
	{"a rejection", {4, REJECT, 2}, STATE_REJECTED, CAUSE_HOP, "#2"},
};

static struct outcome run(const struct row *row, unsigned lose, struct text_pool *pool)
{
	struct world w = row->world;
	struct way way = {0};

	w.lose = lose;
	survey(&w, &way);
	return inquire(&w, &way, pool);
}

static bool is_as_told(const struct row *row, const struct outcome *o, bool is_loud)
{
	struct buf rest = BUF_INIT;
	bool same;

	candidates_text(o, &rest);
	same = o->state == row->state && o->cause == row->cause &&
	       slice_is(buf_slice(&rest), row->rest);
	if (!same && is_loud)
		print_message("%s: %s, %s, \"%s\"\n", row->name, state_names[o->state],
			      cause_names[o->cause], rest.data ? rest.data : "");
	buf_release(&rest);
	return same;
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct text_pool pool;
		struct outcome o;

		text_pool_init(&pool);
		o = run(&rows[i], 0, &pool);
		if (!is_as_told(&rows[i], &o, true))
			fail_msg("row %zu: %s, %s", i, cause_names[o.cause],
				 o.evidence ? o.evidence : "");
		text_pool_release(&pool);
	}
}

/* A packet in ten is lost there or on its way back. */
static void test_losses(void **state)
{
	enum { ROUNDS = 1000, LOSE = 10 };
	unsigned wrong = 0;

	(void)state;
	srand(1);
	for (size_t i = 0; i < ARRAY_LEN(rows) * ROUNDS; i++) {
		struct text_pool pool;
		struct outcome o;

		text_pool_init(&pool);
		o = run(&rows[i % ARRAY_LEN(rows)], LOSE, &pool);
		wrong += !is_as_told(&rows[i % ARRAY_LEN(rows)], &o, false) &&
			 o.cause != CAUSE_UNPROVEN;
		text_pool_release(&pool);
	}
	assert_true(wrong * 1000 <= ARRAY_LEN(rows) * ROUNDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_losses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
