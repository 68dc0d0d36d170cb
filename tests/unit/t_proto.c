/* SPDX-License-Identifier: ISC
 *
 * Every dialogue's own conversations, each also in pieces of one byte (TCP) and cut off anywhere;
 * and what none of them may believe: echoes, other protocols, answers that are not for us.
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
	if (!slice_equal((struct slice){(const char *)p->out.bytes, p->out.n}, wanted))
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
		for (struct slice rest = t->bytes; p.result == PROTO_MORE;
		     rest = slice_skip(rest, piece)) {
			give(&p, (struct slice){rest.p, rest.n < piece ? rest.n : piece});
			if (rest.n <= piece)
				break;
		}
	}
	expect_out(&p, SLICE_NONE);
	if (p.result != v->result || strcmp(p.said.text, v->text ? v->text : "") != 0 ||
	    p.said.port != v->port || p.said.is_unknown != v->is_unknown ||
	    p.said.is_shut_out != v->is_shut_out)
		fail_msg("%s: %s: result %d, port %u, %s, \"%s\"", proto->name, v->title,
			 (int)p.result, p.said.port, p.said.is_unknown ? "unknown" : "known",
			 p.said.text);
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

static const struct proto_vector no_vector = {.title = "no conversation of its own"};

/* What it makes of one datagram, or of the first bytes of a stream, with other chance or the
 * same. */
static enum proto_result first_impression(const struct proto *proto, struct slice bytes,
					  uint8_t chance)
{
	struct play p;

	start(&p, proto, &no_vector);
	for (unsigned i = 0; i < PROTO_CHANCE; i++)
		p.ask.chance[i] ^= chance;
	give(&p, bytes);
	return p.result;
}

static void expect_impression(const struct proto *proto, struct slice bytes, const char *what)
{
	if (first_impression(proto, bytes, 0) != PROTO_OTHER)
		fail_msg("%s takes %s for its own", proto->name, what);
}

static enum proto_result recognised(const struct proto *proto, struct slice bytes,
				    struct proto_said *said)
{
	char *copy = malloc(bytes.n ? bytes.n : 1);
	enum proto_result result;

	memcpy(copy, bytes.p, bytes.n);
	*said = (struct proto_said){0};
	result = proto->recognise ? proto->recognise((struct slice){copy, bytes.n}, said)
				  : PROTO_OTHER;
	free(copy);
	return result;
}

/* But one that is proved by an echo, and by nothing else. */
static bool is_echo(const struct proto *proto)
{
	return strcmp(proto->name, "echo") == 0;
}

static void echoes(void **state)
{
	(void)state;
	for (size_t i = 0; protos[i]; i++) {
		struct play p;

		start(&p, protos[i], &no_vector);
		if (!is_echo(protos[i]) && (p.out.n || !protos[i]->is_server_first))
			expect_impression(protos[i],
					  (struct slice){(const char *)p.out.bytes, p.out.n},
					  "its own question");
	}
}

static void show_banner(const struct proto *proto, struct slice bytes, const char *what)
{
	struct proto_said said;

	if (recognised(proto, bytes, &said) == PROTO_OTHER)
		expect_impression(proto, bytes, what);
}

/* Others' banners are none of their answers; nor is a byte, whichever it is. */
static void banners(void **state)
{
	(void)state;
	for (size_t i = 0; protos[i]; i++) {
		show_banner(protos[i], SLICE("HTTP/1.1 400 Bad Request\r\n\r\n"), "HTTP");
		show_banner(protos[i], SLICE("SSH-2.0-OpenSSH_9.2\r\n"), "SSH");
		show_banner(protos[i], SLICE("220 peer.test ESMTP\r\n"), "SMTP");
		for (unsigned byte = 0; byte < 256; byte++) {
			const char c = (char)byte;

			assert_int_not_equal(first_impression(protos[i], (struct slice){&c, 1}, 0),
					     PROTO_PROVED);
		}
	}
}

static const struct proto_turn *last_answer(const struct proto_vector *v)
{
	const struct proto_turn *last = NULL;

	for (const struct proto_turn *t = v->turns; t < v->turns + PROTO_TURNS_MAX && t->who; t++)
		if (t->who == '<')
			last = t;
	return last;
}

static bool is_rpc(const struct proto *proto)
{
	return strcmp(proto->name, "mountd") == 0 || strcmp(proto->name, "nfs") == 0 ||
	       strcmp(proto->name, "rpcbind") == 0;
}

static void play_to_others(const struct proto *proto, const struct proto_vector *v)
{
	for (size_t i = 0; v->result == PROTO_PROVED && protos[i]; i++)
		if (protos[i] != proto && protos[i]->transport == proto->transport &&
		    !(is_rpc(proto) && is_rpc(protos[i])) &&
		    first_impression(protos[i], last_answer(v)->bytes, 0) == PROTO_PROVED)
			fail_msg("%s takes an answer in %s for its own", protos[i]->name,
				 proto->name);
}

/* What proves one protocol proves no other. An answer of RPC does not tell the program: that was in
 * the question, and a server of other programs would have said so. */
static void others(void **state)
{
	(void)state;
	each_vector(play_to_others);
}

static void play_late(const struct proto *proto, const struct proto_vector *v)
{
	enum { OTHER_CHANCE = 0x5a };

	if (v->result == PROTO_PROVED && proto->transport == TRANSPORT_UDP && !proto->has_no_id)
		if (first_impression(proto, last_answer(v)->bytes, OTHER_CHANCE) != PROTO_MORE)
			fail_msg("%s: %s: it would prove another question", proto->name, v->title);
}

/* The right answer to another question. */
static void late(void **state)
{
	(void)state;
	each_vector(play_late);
}

/* Each has a conversation that proves it and one that does not; the registry has its services. */
/* By one, whole; nobody takes a part of it for something else, and all of it may be read. */
static void show_to_all(const struct proto *of, const struct proto_reply *r)
{
	struct proto_said said;

	for (size_t i = 0; protos[i]; i++) {
		for (size_t n = 0; n < r->bytes.n; n++)
			if (recognised(protos[i], (struct slice){r->bytes.p, n}, &said) ==
				    PROTO_PROVED &&
			    protos[i] != of)
				fail_msg("%s takes %s for its own", protos[i]->name, r->title);
		if (recognised(protos[i], r->bytes, &said) == PROTO_PROVED && protos[i] != of)
			fail_msg("%s takes %s for its own", protos[i]->name, r->title);
	}
	assert_int_equal(recognised(of, r->bytes, &said), PROTO_PROVED);
	assert_string_equal(said.text, r->text ? r->text : "");
}

static void replies(void **state)
{
	(void)state;
	for (size_t i = 0; protos[i]; i++)
		for (size_t k = 0; k < protos[i]->n_replies; k++)
			show_to_all(protos[i], &protos[i]->replies[k]);
}

/* What greets is known by its greeting, unless another greets alike: then its question tells. */
static void greet_all(const struct proto *proto, const struct proto_vector *v)
{
	struct proto_said said;

	if (!proto->is_server_first || v->result != PROTO_PROVED || v->turns[0].who != '<')
		return;
	if (recognised(proto, v->turns[0].bytes, &said) == PROTO_OTHER)
		fail_msg("%s does not know \"%s\" for its own", proto->name, v->title);
	for (size_t i = 0; protos[i]; i++)
		if (recognised(protos[i], v->turns[0].bytes, &said) == PROTO_PROVED &&
		    protos[i] != proto)
			fail_msg("%s takes %s's \"%s\" for its own", protos[i]->name, proto->name,
				 v->title);
}

static void greetings(void **state)
{
	(void)state;
	each_vector(greet_all);
}

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
		cmocka_unit_test(whole),     cmocka_unit_test(in_pieces),
		cmocka_unit_test(cut_off),   cmocka_unit_test(echoes),
		cmocka_unit_test(banners),   cmocka_unit_test(others),
		cmocka_unit_test(late),	     cmocka_unit_test(replies),
		cmocka_unit_test(greetings), cmocka_unit_test(complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
