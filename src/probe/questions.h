/* SPDX-License-Identifier: ISC
 *
 * Which question a port of which nothing is known is asked next, and how long its answer is waited
 * for. Pure: numbers in, numbers out.
 *
 * First come those that may speak there, by what was heard; then the
 * one that was proved there before, and the one that is expected; then,
 * over TCP, the others in the order of their turn, those without one never; over UDP all that are
 * ever answered, as their table has them.
 */
#pragma once

#include "proto/classify.h"

struct questions {
	const struct proto *const *table; /* as `protos` */
	enum transport transport;
	const struct proto *expected; /* NULL: nothing is */
	const struct proto *known;    /* proved there before, so asked before all; NULL */
	struct proto_set asked;
	struct proto_set maybe; /* heard of, and not asked yet */
	struct proto_set lost;	/* asked, and nothing came: something may have got lost */
	unsigned n_asked;
	bool is_again; /* questions_again() was called */
	bool is_spent; /* none may be asked any more that is foreign */
};

enum { QUESTIONS_NONE = PROTO_SET_MAX };
/* Nothing says that the server speaks its protocol: to be counted. */
bool questions_is_foreign(const struct questions *q, size_t i);
size_t questions_next(const struct questions *q);   /* its place; QUESTIONS_NONE: no more */
void questions_ask(struct questions *q, size_t i);  /* it is asked now */
void questions_mark(struct questions *q, size_t i); /* it need not be asked */
void questions_lose(struct questions *q, size_t i); /* nothing came in its time */
void questions_again(struct questions *q); /* those that were lost may be asked once more */
void questions_hear(struct questions *q, const struct proto_set *maybe);
size_t questions_find(const struct questions *q, const char *name); /* QUESTIONS_NONE: none */

/* The part of the time that is left which question `i` may have, `i` not being asked yet: the
 * expected one the most, those that give away many servers more than the others; and never less
 * than questions_least_us(): two round trips and 30 ms. */
int64_t questions_least_us(uint32_t rtt_us);
/* As questions_next(), where so much time is left: the slow ones keep theirs, and nothing is asked
 * whose answer would come too late, but for who was heard of. */
size_t questions_next_within(const struct questions *q, int64_t left_us, uint32_t rtt_us);
int64_t questions_share_us(const struct questions *q, size_t i, int64_t left_us, uint32_t rtt_us);

/* Nothing may be sent there: what listens on this number prints whatever comes. */
bool questions_are_harmful(uint16_t port);
/* Servers of this protocol take their time, and take in few connections: it is asked early of who
 * kept silent to the first QUESTIONS_HUSHED questions, else last; then first again, after
 * QUESTIONS_CALM_MS without a connection where others were just closed. */
bool questions_is_slow(const struct questions *q, size_t i);
enum { QUESTIONS_CALM_MS = 1000, QUESTIONS_SLOW_MS = 1200, QUESTIONS_HUSHED = 2 };
/* The dialogue of the service that usually listens there; NULL: none is known. */
const struct proto *questions_usual(enum transport transport, uint16_t port);
