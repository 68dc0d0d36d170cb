/* SPDX-License-Identifier: ISC
 *
 * TLS, and SSL before it: which versions, ciphers, keys and extensions a server takes, asked by
 * ClientHellos that offer what is to be known. None of them is completed.
 *
 * A server chooses one thing of many, so what was chosen is not offered again, until the rest is
 * refused. A server that takes little is asked little: four or five connections, two where it
 * speaks TLS 1.3 alone.
 */
#include "audit/audit.h"

#include "audit/tls_hello.h"
#include "audit/tls_judge.h"
#include "audit/tls_suite.h"
#include "audit/tls_vectors.h"
#include "proto/tls_put.h"

enum tls_question {
	NEWEST,	  /* the highest version */
	BELOW_13, /* where that is 1.3: anything else? */
	OLDER,	  /* 1.1, then the next below what was chosen */
	FALLBACK, /* one of these again, as if a higher one had failed */
	WEAK,	  /* weak ciphers alone, until they are refused; in an old version where there is
		   * one, for TLS 1.2 has some of them no more */
	USUAL,	  /* what is worth telling of the rest, the same way */
	SSL_2_TOO,
	DONE,
};

enum answer { NO_ANSWER, SILENCE, REFUSAL, CHOICE };

enum { CONNECTIONS = 20, SILENCES_MAX = 2, SUITES_MAX = 64 };
enum { INTERNAL_ERROR = 80, UNRECOGNIZED_NAME = 112, PORT_MAIL = 25 };

struct state {
	uint8_t question; /* of enum tls_question */
	uint8_t answer;	  /* to it: of enum answer */
	uint8_t silences;
	bool is_judged;	 /* this connection's ServerHello */
	uint16_t newest; /* of the versions that were chosen; 0: none */
	uint16_t oldest; /* the same */
	uint16_t old;	 /* the oldest TLS below 1.2, or SSL 3 alone; 0: none */
	uint16_t seen;	 /* traits of suites that were chosen, on any */
	uint16_t before; /* the same, before this connection */
};

/* What is asked. */

static uint16_t version_of(const struct state *st)
{
	switch (st->question) {
	case NEWEST:
		return TLS_1_3;
	case OLDER:
		return st->oldest && st->oldest <= TLS_1_1 ? st->oldest - 1 : TLS_1_1;
	case FALLBACK:
		return st->old;
	case WEAK:
		return st->old ? st->old : TLS_1_2;
	}
	return TLS_1_2;
}

/* Whether it would tell something: by the question. */
static bool is_asked_for(const struct state *st, const struct tls_suite *s)
{
	const uint16_t version = version_of(st);

	if ((s->traits & TLS_ONLY_13 && version < TLS_1_3) ||
	    (s->traits & TLS_ONLY_12 && version < TLS_1_2))
		return false;
	switch (st->question) {
	case NEWEST:
		return s->traits & (TLS_COMMON | TLS_ONLY_13);
	case BELOW_13:
		return !(s->traits & TLS_WEAK & ~(TLS_RC4 | TLS_BLOCK64));
	case WEAK:
		return s->traits & TLS_WEAK & ~st->seen;
	case USUAL:
		return !(s->traits & TLS_WEAK) && s->traits & TLS_USUAL & ~st->seen;
	}
	return true;
}

static bool tells_something(const struct state *st, const struct tls_suite *s)
{
	return s->traits & (TLS_WEAK | TLS_USUAL) & ~st->seen;
}

/* What would tell something stands first, where the question is not about the best. */
static size_t choose_suites(const struct state *st, uint16_t *suites)
{
	const bool wants_worst = st->question == OLDER || st->question == FALLBACK;
	size_t n = 0;

	for (unsigned pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < n_tls_suites; i++) {
			const struct tls_suite *s =
				&tls_suites[wants_worst ? i : n_tls_suites - 1 - i];

			if (is_asked_for(st, s) && n < SUITES_MAX &&
			    (!wants_worst || tells_something(st, s)) == (pass == 0))
				suites[n++] = s->number;
		}
	return n;
}

static void put_question(const struct state *st, const struct audit_ask *ask, struct proto_out *out)
{
	uint16_t suites[SUITES_MAX];
	struct tls_hello h = {
		.version = version_of(st),
		.suites = suites,
		.n_suites = choose_suites(st, suites),
		.prefers_weak = st->question >= WEAK,
		.is_fallback = st->question == FALLBACK,
		.host = ask->host,
		.chance = ask->chance,
	};

	if (st->question == SSL_2_TOO)
		tls_hello_put_ssl2(ask->chance, out);
	else
		tls_hello_put(&h, out);
}

/* What is asked next. */

static bool is_worth_asking(const struct state *st)
{
	switch (st->question) {
	case BELOW_13:
		return st->newest == TLS_1_3 || !st->newest;
	case OLDER:
		return st->oldest != SSL_3;
	case FALLBACK:
		return st->old && st->newest >= TLS_1_2;
	case SSL_2_TOO: /* nothing that speaks TLS 1.3 was ever able to */
		return st->newest < TLS_1_3;
	}
	return true;
}

static bool is_to_be_repeated(const struct state *st)
{
	if (st->answer != CHOICE)
		return false;
	if (st->question == OLDER)
		return st->oldest > SSL_3;
	return (st->question == WEAK || st->question == USUAL) && st->seen != st->before;
}

static bool has_nothing_left(const struct state *st)
{
	for (size_t i = 0; i < n_tls_suites; i++)
		if (is_asked_for(st, &tls_suites[i]))
			return false;
	return st->question != SSL_2_TOO;
}

static void go_on(struct state *st)
{
	const bool is_13_alone =
		st->question == BELOW_13 && st->newest == TLS_1_3 && st->answer == REFUSAL;

	if (st->question == DONE)
		return;
	if (st->silences > SILENCES_MAX || is_13_alone)
		st->question = DONE;
	else if (!is_to_be_repeated(st))
		st->question++;
	while (st->question < DONE && (!is_worth_asking(st) || has_nothing_left(st)))
		st->question++;
}

static bool start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	struct state *st = state;

	if (ask->connection)
		go_on(st);
	if (st->question >= DONE)
		return false;
	st->answer = NO_ANSWER;
	st->is_judged = false;
	st->before = st->seen;
	put_question(st, ask, out);
	return true;
}

/* What is answered. */

/* A version or a suite that was not offered is no choice. */
static bool is_a_choice(const struct state *st, const struct tls_flight *f)
{
	const struct tls_suite *suite = tls_suite_find(f->suite);

	return f->version <= version_of(st) && suite && is_asked_for(st, suite);
}

static void keep(struct state *st, const struct tls_flight *f)
{
	const struct tls_suite *suite = tls_suite_find(f->suite);

	st->answer = CHOICE;
	if (f->version > st->newest)
		st->newest = f->version;
	if (!st->oldest || f->version < st->oldest)
		st->oldest = f->version;
	if (f->version <= TLS_1_1 && (f->version > SSL_3 || !st->old))
		st->old = f->version;
	if (f->version > TLS_1_2)
		return;
	st->seen |= suite->traits;
	if (suite->traits & (TLS_EXPORT | TLS_ANONYMOUS)) /* their primes may be others */
		st->seen &= (uint16_t)~TLS_FINITE | st->before;
}

/* Mail servers encrypt among themselves without looking at certificates: RFC 7435 section 3. */
static bool is_opportunistic(const struct audit_ask *ask)
{
	return !ask->is_inside && ask->port == PORT_MAIL;
}

static void judge(const struct state *st, const struct audit_ask *ask, const struct tls_flight *f,
		  struct audit_notes *notes)
{
	tls_judge_hello(f, st->before, is_opportunistic(ask), notes);
	if (st->question == NEWEST && f->version < TLS_1_3)
		audit_note(notes, &tls_weaknesses[TLS_LACKS_13], "the highest it chose is %s",
			   tls_version_name(f->version));
	if (st->question == FALLBACK)
		audit_note(notes, &tls_weaknesses[TLS_FALLS_BACK],
			   "it chose %s, though the client said that more had failed",
			   tls_version_name(f->version));
}

static enum proto_result hear_ssl2(struct state *st, struct slice in, struct audit_notes *notes)
{
	unsigned kinds = 0;
	enum proto_result r = tls_flight_read_ssl2(in, &kinds);

	if (r != PROTO_MORE)
		st->answer = REFUSAL;
	if (r == PROTO_PROVED && kinds)
		audit_note(notes, &tls_weaknesses[TLS_HAS_SSL2], "it chose %u of its ciphers",
			   kinds);
	return r == PROTO_OTHER ? PROTO_PROVED : r; /* most answer with an alert of TLS */
}

/* It stumbled, as those do that take Diffie-Hellman and have no prime: once more, without. */
static void fail_over(struct state *st)
{
	if (st->question == USUAL && !(st->seen & TLS_FINITE)) {
		st->seen |= TLS_FINITE;
		st->answer = CHOICE;
	} else {
		st->answer = REFUSAL;
	}
}

static enum proto_result hear_alert(struct state *st, const struct tls_flight *f)
{
	if (f->alert == INTERNAL_ERROR)
		fail_over(st);
	else
		st->answer = REFUSAL;
	if (st->question == NEWEST && f->alert == UNRECOGNIZED_NAME)
		st->question = DONE; /* nothing else would be answered either */
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct audit_ask *ask, struct slice *in,
			       struct proto_out *out, struct audit_notes *notes)
{
	struct state *st = state;
	struct tls_flight f;
	enum proto_result r;

	if (st->question == SSL_2_TOO)
		return hear_ssl2(st, *in, notes);
	r = tls_flight_read(*in, &f);
	if (f.is_alert)
		return hear_alert(st, &f);
	if (!f.has_hello)
		return r;
	if (!st->is_judged) { /* then is no longer asked for what was chosen */
		if (!is_a_choice(st, &f))
			return PROTO_OTHER;
		judge(st, ask, &f, notes);
		keep(st, &f);
		st->is_judged = true;
	}
	if (r == PROTO_MORE)
		return r;
	tls_judge_key(&f, notes);
	tls_put_close_notify(out, f.record_version);
	return PROTO_PROVED;
}

static void over(void *state, const struct audit_ask *ask, bool is_closed,
		 struct audit_notes *notes)
{
	struct state *st = state;

	(void)ask;
	(void)notes;
	if (st->answer != NO_ANSWER)
		return;
	if (is_closed) {
		fail_over(st);
	} else {
		st->answer = SILENCE;
		st->silences++;
	}
}

const struct audit audit_tls = {
	.name = "tls",
	.title = "versions, ciphers and keys of TLS",
	.transport = TRANSPORT_TCP,
	.place = AUDIT_BELOW,
	.connections = CONNECTIONS,
	.state_size = sizeof(struct state),
	.start = start,
	.input = input,
	.over = over,
	.weaknesses = tls_weaknesses,
	.n_weaknesses = N_TLS_WEAKNESSES,
	.vectors = tls_vectors,
	.n_vectors = N_TLS_VECTORS,
};
