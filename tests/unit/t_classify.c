/* SPDX-License-Identifier: ISC
 *
 * Whose words are these, and which question comes next: over a table of protocols that nobody
 * speaks, and over those of src/proto.
 */
#include "proto/classify.h"

#include <stdlib.h>

#include "probe/questions.h"
#include "test.h"

static enum proto_result begins(struct slice in, const char *text, enum proto_result whole)
{
	size_t n = strlen(text);

	if (in.n < n)
		return memcmp(in.p, text, in.n) == 0 ? PROTO_MORE : PROTO_OTHER;
	return slice_has_prefix(in, text) ? whole : PROTO_OTHER;
}

static enum proto_result is_bell(struct slice in, struct proto_said *said)
{
	proto_say(said, slice_skip(in, 5));
	return begins(in, "BELL ", PROTO_PROVED);
}

static enum proto_result is_mail(struct slice in, struct proto_said *said)
{
	(void)said;
	return begins(in, "220 ", PROTO_MORE);
}

static enum proto_result is_files(struct slice in, struct proto_said *said)
{
	(void)said;
	return begins(in, "220 ", PROTO_MORE);
}

static enum proto_result is_twin(struct slice in, struct proto_said *said)
{
	(void)said;
	return begins(in, "TWIN", PROTO_PROVED);
}

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put_text(out, "question");
}

enum { BELL, MAIL, FILES, TWIN, OTHER_TWIN, SHELL, QUIET, DATAGRAM };
#define TCP .transport = TRANSPORT_TCP
static const struct proto known[] = {
	[BELL] = {TCP, .name = "bell", .recognise = is_bell, .start = start, .turn = 3},
	[MAIL] = {TCP, .name = "mail", .recognise = is_mail, .is_server_first = true},
	[FILES] = {TCP, .name = "files", .recognise = is_files, .is_server_first = true},
	[TWIN] = {TCP, .name = "twin", .recognise = is_twin, .start = start, .turn = 30},
	[OTHER_TWIN] = {TCP, .name = "other-twin", .recognise = is_twin, .start = start,
			.turn = 31},
	[SHELL] = {TCP, .name = "shell", .start = start, .turn = 2},
	[QUIET] = {TCP, .name = "quiet", .start = start}, /* without a turn */
	[DATAGRAM] = {.name = "datagram",
		      .transport = TRANSPORT_UDP,
		      .recognise = is_bell,
		      .start = start},
};
static const struct proto *const table[] = {
	&known[BELL],  &known[MAIL],  &known[FILES],	&known[TWIN], &known[OTHER_TWIN],
	&known[SHELL], &known[QUIET], &known[DATAGRAM], NULL,
};

static void format(const struct classified *c, struct buf *out)
{
	buf_add_text(out, heard_class_names[c->what]);
	if (c->what == HEARD_PROVED)
		buf_addf(out, " %s: %s", table[c->proved]->name, c->said.text);
	for (size_t i = 0; table[i]; i++)
		if (proto_set_has(&c->maybe, i))
			buf_addf(out, " %s", table[i]->name);
}

static void whose_words(void **state)
{
	static const struct {
		const char *what;
		struct heard heard;
		const char *means;
	} rows[] = {
		{"silence", {.is_over = true}, "nothing"},
		{"an end without a word", {.is_over = true, .is_closed = true}, "closed"},
		{"its own", {.came = SLICE("BELL 7")}, "proved bell: 7"},
		{"its own, cut off", {.came = SLICE("BE")}, "maybe bell"},
		{"... and no more comes", {.came = SLICE("BE"), .is_over = true}, "maybe bell"},
		{"two that may be", {.came = SLICE("220 hi")}, "maybe mail files"},
		{"two that are sure", {.came = SLICE("TWIN")}, "maybe twin other-twin"},
		{"one of them said no",
		 {.came = SLICE("TWIN"), .denied = &known[TWIN]},
		 "proved other-twin: "},
		{"nobody's", {.came = SLICE("\x93\x17")}, "junk"},
		{"an echo", {.asked = SLICE("BELL 7"), .came = SLICE("BELL 7")}, "echo"},
		{"an echo, and more", {.asked = SLICE("BELL"), .came = SLICE("BELL 7")}, "echo"},
		{"an echo's beginning",
		 {.asked = SLICE("BELL 7"), .came = SLICE("BELL ")},
		 "maybe"},
		{"... and no more comes",
		 {.asked = SLICE("BELL 7"), .came = SLICE("BELL "), .is_over = true},
		 "echo"},
		{"too little to be one",
		 {.asked = SLICE("22!"), .came = SLICE("22"), .is_over = true},
		 "maybe mail files"},
		{"it begins alike",
		 {.asked = SLICE("BELx"), .came = SLICE("BELL 1")},
		 "proved bell: 1"},
		{"a greeting that we returned",
		 {.asked = SLICE("BELL 7"), .came = SLICE("BELL 7"), .unasked = 6},
		 "proved bell: 7"},
		{"... and that came back",
		 {.asked = SLICE("BELL 7"), .came = SLICE("BELL 7BELL 7"), .unasked = 6},
		 "echo"},
		{"a drip", {.came = SLICE("abcd"), .pieces = 4, .is_over = true}, "drip"},
		{"a drip of what may be",
		 {.came = SLICE("220-"), .pieces = 9, .is_over = true},
		 "drip"},
		{"it ended it",
		 {.came = SLICE("abcd"), .pieces = 4, .is_over = true, .is_closed = true},
		 "junk"},
		{"it has only begun", {.came = SLICE("abcd"), .pieces = 4}, "junk"},
		{"its own, in pieces",
		 {.came = SLICE("BELL 7"), .pieces = 6, .is_over = true},
		 "proved bell: 7"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf got = BUF_INIT;
		struct classified c;

		classify(table, TRANSPORT_TCP, &rows[i].heard, &c);
		format(&c, &got);
		check_text(rows[i].what, &got, rows[i].means);
		buf_release(&got);
	}
}

static void other_transports_are_passed_over(void **state)
{
	const struct heard h = {.came = SLICE("BELL 7"), .is_over = true};
	struct classified c;

	(void)state;
	classify(table, TRANSPORT_UDP, &h, &c);
	assert_int_equal(c.what, HEARD_PROVED);
	assert_int_equal(c.proved, DATAGRAM);
}

/* Bytes by chance prove nothing, whoever looks at them. */
static void junk_is_nobodys(void **state)
{
	uint64_t chance = 20261127;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char *bytes;
		size_t n = 1 + random_below(&chance, 64);
		struct heard h = {.is_over = true};
		struct classified c;

		bytes = malloc(n); /* as large as it is: an overrun is noticed */
		assert_non_null(bytes);
		for (size_t i = 0; i < n; i++)
			bytes[i] = (char)random_below(&chance, 256);
		h.came = (struct slice){bytes, n};
		classify(protos, TRANSPORT_TCP, &h, &c);
		assert_int_not_equal(c.what, HEARD_PROVED);
		h.asked = h.came;
		classify(protos, TRANSPORT_TCP, &h, &c);
		assert_true(c.what == HEARD_ECHO);
		free(bytes);
	}
}

static void a_complaint_leads_to_tls(void **state)
{
	(void)state;
	assert_true(heard_wants_tls(SLICE("HTTP/1.1 400 Bad Request\r\n")));
	assert_true(heard_wants_tls(SLICE("HTTP/1.0 400\r\n")));
	assert_false(heard_wants_tls(SLICE("HTTP/1.1 200 OK\r\n")));
	assert_false(heard_wants_tls(SLICE("HTTP/1.1 40")));
	assert_false(heard_wants_tls(SLICE("")));
}

static void sets(void **state)
{
	struct proto_set s = {0}, t = {0};

	(void)state;
	assert_true(proto_set_is_empty(&s));
	proto_set_add(&s, 0);
	proto_set_add(&s, 64);
	proto_set_add(&t, PROTO_SET_MAX - 1);
	proto_set_join(&s, &t);
	assert_int_equal(proto_set_count(&s), 3);
	proto_set_remove(&s, 64);
	assert_false(proto_set_has(&s, 64));
	assert_true(proto_set_has(&s, PROTO_SET_MAX - 1));
	assert_int_equal(proto_set_count(&s), 2);
}

/* Questions. */

static void check_order(struct questions *q, const char *order)
{
	struct buf got = BUF_INIT;
	size_t i;

	while ((i = questions_next(q)) != QUESTIONS_NONE) {
		buf_addf(&got, "%s ", table[i]->name);
		questions_ask(q, i);
	}
	check_text("the order", &got, order);
	buf_release(&got);
}

static void the_order_of_questions(void **state)
{
	struct questions q = {.table = table, TCP};
	struct proto_set maybe = {0};

	(void)state;
	check_order(&q, "shell bell twin other-twin ");
	assert_int_equal(q.n_asked, 4);
	q = (struct questions){.table = table, TCP, .expected = &known[QUIET]};
	check_order(&q, "quiet shell bell twin other-twin ");
	/* Who was heard of goes first, of them the one that is expected; also who speaks first. */
	q = (struct questions){.table = table, TCP, .expected = &known[FILES]};
	proto_set_add(&maybe, MAIL);
	proto_set_add(&maybe, FILES);
	questions_hear(&q, &maybe);
	check_order(&q, "files mail shell bell twin other-twin ");
	q = (struct questions){.table = table, .transport = TRANSPORT_UDP};
	check_order(&q, "datagram ");
	/* What was lost may be asked again; what was answered is not. */
	q = (struct questions){.table = table, TCP};
	check_order(&q, "shell bell twin other-twin ");
	questions_lose(&q, BELL);
	check_order(&q, "");
	questions_again(&q);
	check_order(&q, "bell ");
	questions_again(&q);
	check_order(&q, "");
}

static void shares_of_the_time(void **state)
{
	struct questions q = {.table = table, TCP, .expected = &known[QUIET]};
	int64_t left = 2700000, us;
	size_t i;

	(void)state;
	/* 8 for the expected one, 3 for each of two early ones, 1 for each of two late ones. */
	assert_int_equal(questions_share_us(&q, QUIET, left, 100), left * 8 / 16);
	while ((i = questions_next(&q)) != QUESTIONS_NONE) {
		us = questions_share_us(&q, i, left, 100);
		assert_true(us <= left);
		left -= us;
		questions_ask(&q, i);
	}
	assert_true(left >= 0 && left < 10);
	/* Far away, or late, it is as long as an answer takes. */
	q = (struct questions){.table = table, TCP};
	assert_int_equal(questions_share_us(&q, TWIN, 100000, 300000), 630000);
	assert_int_equal(questions_share_us(&q, TWIN, 0, 0), 30000);
}

/* Who takes its time comes last, and has it. */
static void a_slow_one(void **state)
{
	static const struct proto slow = {.name = "bittorrent", TCP, .start = start, .turn = 1};
	static const struct proto *const two[] = {&slow, &known[SHELL], NULL};
	struct questions q = {.table = two, TCP};
	enum { MS = 1000 };

	(void)state;
	assert_int_equal(questions_next(&q), 1);
	assert_int_equal(questions_share_us(&q, 0, 3000 * MS, 100), QUESTIONS_SLOW_MS * MS);
	assert_int_equal(questions_share_us(&q, 1, 3000 * MS, 100), 1800 * MS);
	assert_int_equal(questions_next_within(&q, 3000 * MS, 100), 1);
	assert_int_equal(questions_next_within(&q, 1201 * MS, 100), 0);
	assert_int_equal(questions_next_within(&q, 10 * MS, 100), QUESTIONS_NONE);
	q.n_asked = QUESTIONS_HUSHED; /* to others, in silence */
	proto_set_add(&q.lost, 100);
	proto_set_add(&q.lost, 101);
	assert_int_equal(questions_next(&q), 0);
	questions_ask(&q, 0);
	assert_int_equal(questions_next_within(&q, 1201 * MS, 100), 1);
	q = (struct questions){.table = two, TCP, .expected = &slow};
	assert_int_equal(questions_next(&q), 0);
}

static void printers_are_left_alone(void **state)
{
	(void)state;
	assert_true(questions_are_harmful(515));
	assert_true(questions_are_harmful(9100));
	assert_true(questions_are_harmful(9107));
	assert_false(questions_are_harmful(9108));
	assert_false(questions_are_harmful(631));
}

static void the_usual_one(void **state)
{
	(void)state;
	assert_string_equal(questions_usual(TRANSPORT_UDP, 53)->name, "dns");
	assert_string_equal(questions_usual(TRANSPORT_TCP, 88)->name, "kerberos");
	assert_null(questions_usual(TRANSPORT_TCP, 40001));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whose_words),
		cmocka_unit_test(other_transports_are_passed_over),
		cmocka_unit_test(junk_is_nobodys),
		cmocka_unit_test(a_complaint_leads_to_tls),
		cmocka_unit_test(sets),
		cmocka_unit_test(the_order_of_questions),
		cmocka_unit_test(shares_of_the_time),
		cmocka_unit_test(a_slow_one),
		cmocka_unit_test(printers_are_left_alone),
		cmocka_unit_test(the_usual_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
