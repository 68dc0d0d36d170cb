/* SPDX-License-Identifier: ISC
 *
 * Every topic's own conversations, whole and in pieces of one byte, and cut off anywhere; and what
 * is true of all of them: codes that are nobody else's, sentences that are there.
 */
#include "audit/audit.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "test.h"

struct play {
	const struct audit *topic;
	const struct audit_vector *vector;
	_Alignas(8) uint8_t state[AUDIT_STATE_MAX];
	struct audit_ask ask;
	struct proto_out out;
	struct audit_notes notes;
	enum proto_result result;
	bool is_wanted; /* this connection */
	char unread[32768];
	size_t n;
};

static void connect_to(struct play *p)
{
	p->out.n = p->n = 0;
	p->result = PROTO_MORE;
	p->is_wanted = p->topic->start(p->state, &p->ask, &p->out);
}

static void start(struct play *p, const struct audit *topic, const struct audit_vector *v)
{
	*p = (struct play){.topic = topic, .vector = v};
	p->ask.is_inside = v->is_inside;
	p->ask.now = AUDIT_VECTOR_NOW;
	for (unsigned i = 0; i < PROTO_CHANCE; i++)
		p->ask.chance[i] = (uint8_t)i;
	assert_true(topic->state_size <= AUDIT_STATE_MAX);
	connect_to(p);
}

static void give(struct play *p, struct slice bytes)
{
	struct slice in;

	if (p->result != PROTO_MORE)
		return;
	assert_true(p->n + bytes.n <= sizeof(p->unread));
	memcpy(p->unread + p->n, bytes.p, bytes.n);
	p->n += bytes.n;
	in = (struct slice){p->unread, p->n};
	do {
		p->n = in.n;
		p->result = p->topic->input(p->state, &p->ask, &in, &p->out, &p->notes);
		assert_true(in.n <= p->n);
	} while (p->result == PROTO_MORE && in.n < p->n && in.n);
	memmove(p->unread, in.p, in.n);
	p->n = p->topic->transport == TRANSPORT_UDP ? 0 : in.n;
}

static void expect_out(struct play *p, struct slice wanted)
{
	if (!slice_equal((struct slice){(const char *)p->out.bytes, p->out.n}, wanted))
		fail_msg("%s: %s: we say %zu bytes, not the %zu expected: %.*s", p->topic->name,
			 p->vector->title, p->out.n, wanted.n, (int)p->out.n,
			 (const char *)p->out.bytes);
	p->out.n = 0;
}

static void end_connection(struct play *p, bool is_closed)
{
	if (p->result == PROTO_MORE && p->is_wanted && p->topic->over)
		p->topic->over(p->state, &p->ask, is_closed, &p->notes);
	p->result = PROTO_PROVED;
}

static void take_turn(struct play *p, const struct proto_turn *t, size_t piece)
{
	struct slice rest = t->bytes;

	if (t->who == '>') {
		expect_out(p, t->bytes);
	} else if (t->who == '.') {
		end_connection(p, true);
	} else if (t->who == '|') {
		end_connection(p, true);
		p->ask.connection++;
		connect_to(p);
	} else {
		p->out.n = 0;
		for (; p->result == PROTO_MORE && rest.n; rest = slice_skip(rest, piece))
			give(p, (struct slice){rest.p, rest.n < piece ? rest.n : piece});
	}
}

static void expect_codes(const struct play *p)
{
	struct buf codes = BUF_INIT;

	for (size_t i = 0; i < p->notes.n; i++)
		buf_addf(&codes, "%s%s", i ? " " : "", p->notes.items[i].weakness->code);
	if (!slice_is(buf_slice(&codes), p->vector->codes))
		fail_msg("%s: %s: \"%.*s\", not \"%s\"", p->topic->name, p->vector->title,
			 (int)codes.n, codes.n ? codes.data : "", p->vector->codes);
	buf_release(&codes);
	if (p->vector->evidence)
		assert_string_equal(p->notes.items[0].evidence, p->vector->evidence);
}

static void play(const struct audit *topic, const struct audit_vector *v, size_t piece)
{
	struct play p;

	start(&p, topic, v);
	for (const struct proto_turn *t = v->turns; t < v->turns + AUDIT_TURNS_MAX && t->who; t++)
		take_turn(&p, t, piece);
	end_connection(&p, true);
	expect_codes(&p);
}

static void whole_and_in_pieces(void **state)
{
	(void)state;
	for (size_t i = 0; audits[i]; i++)
		for (size_t k = 0; k < audits[i]->n_vectors; k++) {
			play(audits[i], &audits[i]->vectors[k], SIZE_MAX);
			if (audits[i]->transport == TRANSPORT_TCP)
				play(audits[i], &audits[i]->vectors[k], 1);
		}
}

/* The copy is exact, so the sanitizers see every byte read beyond its end. */
static void give_cut_off(const struct audit *topic, const struct audit_vector *v, struct slice all)
{
	for (size_t n = 0; n < all.n; n++) {
		struct play p;
		char *copy = malloc(n ? n : 1);
		struct slice in = {copy, n};

		memcpy(copy, all.p, n);
		start(&p, topic, v);
		topic->input(p.state, &p.ask, &in, &p.out, &p.notes);
		free(copy);
	}
}

static void cut_off(void **state)
{
	(void)state;
	for (size_t i = 0; audits[i]; i++)
		for (size_t k = 0; k < audits[i]->n_vectors; k++) {
			const struct audit_vector *v = &audits[i]->vectors[k];

			for (const struct proto_turn *t = v->turns;
			     t < v->turns + AUDIT_TURNS_MAX && t->who; t++)
				if (t->who == '<')
					give_cut_off(audits[i], v, t->bytes);
		}
}

static bool is_sentence(const char *s)
{
	return s && s[0] && s[strlen(s) - 1] == '.';
}

/* Different weaknesses have different codes, except that topics of one file share theirs. */
static void codes(void **state)
{
	(void)state;
	for (size_t i = 0; audits[i]; i++)
		for (size_t k = 0; k < audits[i]->n_weaknesses; k++) {
			const struct weakness *w = &audits[i]->weaknesses[k];

			assert_true(w->code && w->what && w->reference && is_sentence(w->fix));
			for (size_t j = 0; audits[j]; j++)
				for (size_t m = 0; m < audits[j]->n_weaknesses; m++)
					if (&audits[j]->weaknesses[m] != w &&
					    strcmp(audits[j]->weaknesses[m].code, w->code) == 0)
						fail_msg("two weaknesses are called %s", w->code);
		}
}

/* Each that asks has a conversation that shows it, and names of dialogues that there are. */
static void complete(void **state)
{
	(void)state;
	for (size_t i = 0; audits[i]; i++) {
		const struct audit *a = audits[i];

		assert_true(a->name && a->title);
		if (a->place != AUDIT_FACTS && (!a->start || !a->input || !a->n_vectors))
			fail_msg("%s: no conversation", a->name);
		for (const char *const *name = a->of; name && *name; name++) {
			bool is_there = strcmp(*name, "tls") == 0;

			for (size_t k = 0; protos[k]; k++)
				is_there |= strcmp(protos[k]->name, *name) == 0;
			if (!is_there)
				fail_msg("%s: no dialogue is called %s", a->name, *name);
		}
	}
}

extern const struct audit audit_tls_choice;

static void expect_choice(const char *version, const char *suite, const char *codes)
{
	const struct audit_facts facts = {.tls_version = version, .tls_suite = suite};
	const struct audit_vector wanted = {.title = "a choice", .codes = codes};
	struct play p = {.topic = &audit_tls_choice, .vector = &wanted};

	p.topic->consider(&facts, &p.notes);
	expect_codes(&p);
}

/* Of one handshake of TLS. */
static void choice(void **state)
{
	(void)state;
	expect_choice("TLS 1.3", "TLS_AES_256_GCM_SHA384", "");
	expect_choice("TLS 1.2", "ECDHE-RSA-AES256-GCM-SHA384", "tls12 no-tls13");
	expect_choice("TLS 1.0", "RC4-SHA", "tls10 tls-rc4 tls-no-forward-secrecy no-tls13");
	expect_choice("TLS 1.2", "nobody knows", "tls12 no-tls13");
	expect_choice("QUIC", "AES128-SHA", "");
	expect_choice(NULL, NULL, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_and_in_pieces),
		cmocka_unit_test(cut_off),
		cmocka_unit_test(codes),
		cmocka_unit_test(complete),
		cmocka_unit_test(choice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
