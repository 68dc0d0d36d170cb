/* SPDX-License-Identifier: ISC
 *
 * What is to be found out about the safety of a service that is proved: one topic is one file, a
 * const struct at its end, and one word in src/meson.build. Pure, as the dialogues of proto/ are:
 * bytes in, bytes and notes out. probe/method_audit.c owns sockets and time; what becomes of the
 * notes (profiles, exceptions, whose move it is) is not decided here.
 *
 * A note is a weakness that was seen, never one that was guessed: a server that does not answer a
 * question has nothing noted against it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/certificate.h"
#include "model/finding.h"
#include "proto/proto.h"

struct weakness {
	const char *code; /* stable, for scripts: "tls10"; of this topic alone */
	enum severity severity;
	bool is_strict;	       /* only the profile "strict" holds it against a service */
	const char *what;      /* "it speaks TLS 1.0, which is deprecated" */
	const char *fix;       /* one sentence that says what to do */
	const char *reference; /* the standard, or where it was published */
};

enum { AUDIT_TEXT_MAX = 160, AUDIT_NOTES_MAX = 48, AUDIT_STATE_MAX = 512 };

struct audit_note {
	const struct weakness *weakness;
	char evidence[AUDIT_TEXT_MAX]; /* what was seen; from outside: escape it; "" */
};

struct audit_notes {
	struct audit_note items[AUDIT_NOTES_MAX]; /* each weakness once */
	size_t n;
};

/* What is known before a question; lent. */
struct audit_ask {
	uint8_t chance[PROTO_CHANCE]; /* unpredictable */
	const char *host;	      /* the name that was asked for; NULL: only an address is */
	uint16_t port;
	bool is_inside;	     /* inside TLS */
	int64_t now;	     /* seconds since 1970 */
	unsigned connection; /* 0: the first */
};

/* Datagrams: how long one of ours was, and the first that answered it. */
struct audit_exchange {
	size_t asked, answered; /* bytes; answered 0: none did */
};

/* What the service was proved to be; lent. */
struct audit_facts {
	const char *proto;   /* "imap", also inside TLS */
	const char *service; /* "imaps" */
	const char *said;    /* what it said of itself; "" */
	enum transport transport;
	uint16_t port;
	bool is_inside;			       /* it speaks inside TLS from the first byte */
	bool is_upgraded;		       /* it can be switched to TLS */
	const char *host;		       /* the name that was asked for; NULL: none */
	const struct certificate *certificate; /* NULL: none was shown */
	/* What it chose in the one handshake that it was asked for, "TLS 1.2" and OpenSSL's name;
	 * NULL: there was none, or the topics of TLS ask for more. */
	const char *tls_version, *tls_suite;
	struct audit_exchange most; /* the one that was answered with most for least */
	int64_t now;		    /* seconds since 1970 */
};

enum audit_place {
	AUDIT_AS_FOUND, /* in the service's own words: inside TLS where it is */
	AUDIT_UPGRADE,	/* the request to switch to TLS: PROTO_PROVED: TLS' bytes come next */
	AUDIT_BELOW,	/* in TLS' own words, wherever there is TLS: also after an upgrade */
	AUDIT_FACTS,	/* nothing is asked: consider() */
};

/* One topic's conversations with one server. chance is 00 01 02 ... 0f, now AUDIT_VECTOR_NOW. */
enum { AUDIT_TURNS_MAX = 16 };
#define AUDIT_VECTOR_NOW INT64_C(1790000000) /* 2026-09-21T14:13:20Z */
struct audit_vector {
	const char *title;
	const char *source; /* as of struct proto_vector */
	/* '>' we, '<' they; '|' the next connection begins; '.' they end it. What of it is a
	 * connection's first message of ours may be left out. 0 ends the list. */
	struct proto_turn turns[AUDIT_TURNS_MAX];
	bool is_inside;
	const char *codes;    /* of what is noted, in this order: "tls10 tls11"; "": nothing */
	const char *evidence; /* of the first of them; NULL: whatever it is */
};

struct audit {
	const char *name;  /* "ssh-algorithms" */
	const char *title; /* what it looks at, for the manual: "algorithms of SSH" */
	const char *const
		*of; /* whose: names of `protos`; NULL ends it; NULL itself: everybody's */
	enum transport transport;
	enum audit_place place;
	bool is_once;	/* AUDIT_UPGRADE: who comes is counted, so nothing below is asked; what
		       * its handshake told is considered */
	bool is_active; /* tries what only the owner may: default passwords, relays */
	unsigned connections; /* at most; 0: one */
	size_t state_size;    /* at most AUDIT_STATE_MAX; zeroed before the first connection */
	/* On each connection; out may stay empty where the server speaks first. False: no such
	 * connection is wanted, nor any further one. */
	bool (*start)(void *state, const struct audit_ask *ask, struct proto_out *out);
	/* As struct proto says; PROTO_PROVED: this connection has told what it can; PROTO_OTHER: it
	 * makes no sense. */
	enum proto_result (*input)(void *state, const struct audit_ask *ask, struct slice *in,
				   struct proto_out *out, struct audit_notes *notes);
	/* Nothing more comes, and input() wanted more: the peer has closed, or the time is up.
	 * NULL: that tells nothing. */
	void (*over)(void *state, const struct audit_ask *ask, bool is_closed,
		     struct audit_notes *notes);
	void (*consider)(const struct audit_facts *f, struct audit_notes *notes); /* AUDIT_FACTS */
	const struct weakness *weaknesses;
	size_t n_weaknesses;
	const struct audit_vector *vectors;
	size_t n_vectors;
};

extern const struct audit *const audits[]; /* generated; NULL ends it */

bool audit_is_of(const struct audit *a, const char *proto, enum transport transport);
/* How the service is switched to TLS; NULL: it cannot be. */
const struct audit *audit_upgrade_of(const char *proto);

/* The one of both in which more came back for each byte. */
struct audit_exchange audit_exchange_most(struct audit_exchange a, struct audit_exchange b);

/* For topics. The first note of a weakness stays. */
PRINTF(3, 4)
void audit_note(struct audit_notes *notes, const struct weakness *w, const char *fmt, ...);
/* One weakness whose evidence is a list: what is to be said is added to what is there. */
void audit_note_more(struct audit_notes *notes, const struct weakness *w, struct slice more);
/* over() where silence, or an end without a word, is as it should be: nothing is unanswered. */
void audit_rest(void *state, const struct audit_ask *ask, bool is_closed,
		struct audit_notes *notes);
