/* SPDX-License-Identifier: ISC
 *
 * What a vendor's phrase about ports says in the `needs` language, and what it leaves open. Commas,
 * "and" and "&" mean all of them; "or" joins its neighbours, except at the end of a list of commas
 * ("5938, 80 or 443"), where any will do. Nothing is guessed without a question.
 */
#pragma once

#include "doc/import_table.h"
#include "doc/import_words.h"
#include "model/expr.h"

enum { PHRASE_QUESTIONS_MAX = 12, PHRASE_ITEMS_MAX = 60 };

/* What stands around the phrase. */
struct phrase_context {
	unsigned on; /* what the protocol's column or the heading says; 0: nothing */
	bool either; /* "TCP or UDP" stood there */
	const struct known_service *service; /* what the row is about; NULL: not known */
};

struct phrase {
	const struct expr *needs; /* NULL: not understood */
	const struct known_service
		*service;     /* the one protocol that it names; NULL: none or several */
	const char *inferred; /* why the needs say more than the phrase; NULL: they do not */
	const char *hole;     /* a setting of two digits that the needs use, "nn"; NULL: none */
	const char *questions[PHRASE_QUESTIONS_MAX];
	size_t n_questions;
};

/* 0, or negative with the place of what could not be understood. */
MUST_USE int phrase_read(struct arena *a, struct table_cell cell,
			 const struct phrase_context *context, struct phrase *out, struct err *err);

/* A cell of a protocol's column: "TCP/HTTPS", "UDP", "any". The transports, or 0. */
unsigned phrase_transports(struct arena *a, struct slice text, struct phrase_context *context);

/* Whether a cell can only be about ports: numbers, transports, known protocols and little else, or
 * more words behind a transport. */
bool phrase_is_ports(struct arena *a, struct slice text);
/* Whether it names any port at all. */
bool phrase_has_ports(struct arena *a, struct slice text);
/* Only transports, no numbers. */
bool phrase_is_transport(struct arena *a, struct slice text);
/* "389 or", "80,": the next line goes on with it; "or 636": it goes on with the line above. */
bool phrase_goes_on(struct arena *a, struct slice text);
bool phrase_continues(struct arena *a, struct slice text);
