/* SPDX-License-Identifier: ISC
 *
 * Every dialogue's own conversations, each also in pieces of one byte (TCP) and cut off anywhere.
 */
#include "proto/proto.h"

#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "model/service.h"
#include "test.h"

struct play {
	const struct proto *proto;
	const struct proto_vector *vector;
	_Alignas(8) uint8_t state[PROTO_STATE_MAX];
	struct proto_ask ask;
	struct proto_out out;
	struct proto_said said;
	enum proto_result result;
	char unread[8192];
	size_t n;
};

static void start(struct play *p, const struct proto *proto, const struct proto_vector *v)
{
	*p = (struct play){.proto = proto, .vector = v, .ask = {.what = v->what}};
	for (unsigned i = 0; i < PROTO_CHANCE; i++)
		p->ask.chance[i] = (uint8_t)i;
	assert_true(proto->state_size <= PROTO_STATE_MAX);
	if (proto->start)
		proto->start(p->state, &p->ask, &p->out);
}

/* What came, to the dialogue; what it did not take stays for the next call. */
static void give(struct play *p, struct slice bytes)
{
	struct slice in;

	if (p->result != PROTO_MORE)
		return;
	assert_true(p->n + bytes.n <= sizeof(p->unread));
	memcpy(p->unread + p->n, bytes.p, bytes.n);
	p->n += bytes.n;
	in = (struct slice){p->unread, p->n};
	p->result = p->proto->input(p->state, &p->ask, &in, &p->out, &p->said);
	assert_true(in.n <= p->n && in.p + in.n == p->unread + p->n);
	memmove(p->unread, in.p, in.n);
	p->n = p->proto->transport == TRANSPORT_UDP ? 0 : in.n;
}

static void expect_out(struct play *p, struct slice wanted)
{
	if (p->out.n != wanted.n || memcmp(p->out.bytes, wanted.p, wanted.n) != 0)
		fail_msg("%s: %s: we say %zu bytes, not the %zu expected", p->proto->name,
			 p->vector->title, p->out.n, wanted.n);
	p->out.n = 0;
}

static void play(const struct proto *proto, const struct proto_vector *v, size_t piece)
{
	struct play p;

	start(&p, proto, v);
	for (const struct proto_turn *t = v->turns; t < v->turns + PROTO_TURNS_MAX && t->who; t++) {
		if (t->who == '>') {
			expect_out(&p, t->bytes);
			continue;
		}
		for (size_t at = 0; at < t->bytes.n; at += piece)
			give(&p, (struct slice){t->bytes.p + at,
						t->bytes.n - at < piece ? t->bytes.n - at : piece});
	}
	if (p.result != v->result)
		fail_msg("%s: %s: result %d, expected %d", proto->name, v->title, (int)p.result,
			 (int)v->result);
	assert_string_equal(p.said.text, v->text ? v->text : "");
	assert_int_equal(p.said.port, v->port);
	assert_int_equal(p.said.is_unknown, v->is_unknown);
}

static void each_vector(void (*f)(const struct proto *proto, const struct proto_vector *v))
{
	for (size_t i = 0; protos[i]; i++)
		for (size_t k = 0; k < protos[i]->n_vectors; k++)
			f(protos[i], &protos[i]->vectors[k]);
}

static void play_whole(const struct proto *proto, const struct proto_vector *v)
{
	play(proto, v, SIZE_MAX);
}

static void whole(void **state)
{
	(void)state;
	each_vector(play_whole);
}

static void play_in_pieces(const struct proto *proto, const struct proto_vector *v)
{
	if (proto->transport == TRANSPORT_TCP)
		play(proto, v, 1);
}

static void in_pieces(void **state)
{
	(void)state;
	each_vector(play_in_pieces);
}

static void play_first(const struct proto *proto, const struct proto_vector *v, struct slice bytes)
{
	struct play p;
	char *copy = malloc(bytes.n ? bytes.n : 1);
	struct slice in = {copy, bytes.n};

	memcpy(copy, bytes.p, bytes.n);
	start(&p, proto, v);
	proto->input(p.state, &p.ask, &in, &p.out, &p.said);
	free(copy);
}

static void play_cut_off(const struct proto *proto, const struct proto_vector *v)
{
	for (const struct proto_turn *t = v->turns; t < v->turns + PROTO_TURNS_MAX && t->who; t++)
		for (size_t n = 0; t->who == '<' && n < t->bytes.n; n++)
			play_first(proto, v, (struct slice){t->bytes.p, n});
}

/* Cut off anywhere, nothing is read beyond its end: the copy is exact, so the sanitizers see it. */
static void cut_off(void **state)
{
	(void)state;
	each_vector(play_cut_off);
}

/* Each has a conversation that proves it and one that does not; the registry has its services. */
static void complete(void **state)
{
	(void)state;
	for (size_t i = 0; protos[i]; i++) {
		const struct proto *p = protos[i];
		bool proves = p->answers == PROTO_NEVER, refuses = proves;
		struct service s;

		for (size_t k = 0; k < p->n_vectors; k++) {
			proves = proves || p->vectors[k].result == PROTO_PROVED;
			refuses = refuses || p->vectors[k].result == PROTO_OTHER;
			assert_non_null(p->vectors[k].source);
		}
		if (!proves || !refuses)
			fail_msg("%s: no conversation that %s it", p->name,
				 proves ? "refuses" : "proves");
		for (const char *const *name = p->services; *name; name++) {
			if (!service_find(slice_of(*name), &s))
				fail_msg("%s: the registry has no service %s", p->name, *name);
			assert_ptr_equal(proto_find(*name, p->transport), p);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(in_pieces),
		cmocka_unit_test(cut_off),
		cmocka_unit_test(complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
