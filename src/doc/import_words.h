/* SPDX-License-Identifier: ISC
 *
 * The words of a vendor's port phrase: "SSH - TCP 22 or 443 if ..." as tokens. Ports are numbers;
 * what is only written like one ("Windows 2012", "version 7", "10.1.2.3") is not among them.
 */
#pragma once

#include "base/arena.h"
#include "base/slice.h"
#include "model/registry.h"

enum word_kind {
	WORD_PORTS,	/* lo to hi */
	WORD_BAD_PORTS, /* a number above 65535, 0, or a span that goes backwards */
	WORD_TEMPLATE,	/* 32<NN>: digits around a number that the site knows */
	WORD_TRANSPORT,
	WORD_IP, /* an IP protocol by its number, in lo */
	WORD_ICMP,
	WORD_ANY,
	WORD_COMMA, /* also ";" and a line's end */
	WORD_AND,
	WORD_OR,
	WORD_SLASH,
	WORD_OPEN,
	WORD_CLOSE,
	WORD_SERVICE,
	WORD_IF,      /* if, when, unless: the rest of the item is a condition */
	WORD_DYNAMIC, /* dynamic, ephemeral, random */
	WORD_DEFAULT, /* default, configurable */
	WORD_OTHER,
};

static inline bool word_is_number(enum word_kind kind)
{
	return kind == WORD_PORTS || kind == WORD_TEMPLATE;
}

static inline bool word_is_joint(enum word_kind kind)
{
	return kind == WORD_COMMA || kind == WORD_AND || kind == WORD_OR || kind == WORD_SLASH;
}

/* What is known of a protocol's name here: the names that documents use, and the transports that
 * they mean where they do not say it. The registry (model/service.h) has more, but not that: its
 * RDP listens on UDP, too, and its "time" and "git" are words of any sentence. */
struct known_service {
	const char *name;    /* as `service:` has it */
	const char *aliases; /* "|cifs|file sharing|" */
	unsigned on;	     /* ON_TCP, ON_UDP */
	unsigned port;
};
const struct known_service *known_service(struct slice name);
const struct known_service *known_service_on(unsigned port);

struct word {
	enum word_kind kind;
	struct slice text;
	size_t offset;	 /* in the phrase, in bytes */
	unsigned lo, hi; /* of a template: where in text its hole begins and ends */
	unsigned on;	 /* of a transport */
	const struct known_service *service;
};

/* All words of a phrase, in the arena. */
struct word *words_of(struct arena *a, struct slice phrase, size_t *n);
