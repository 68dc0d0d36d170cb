/* SPDX-License-Identifier: ISC
 *
 * One application protocol's dialogue: a const struct at the end of one file, and one word in
 * src/meson.build. Pure: bytes in, bytes out; no socket, no clock, no memory but `state`. The
 * caller (probe/method_udp.c, probe/method_talk.c) owns sockets, time, and what is said of the
 * result.
 *
 * The conversations in `vectors` are test, fuzz seed and documentation in one: tests/unit/t_proto.c
 * plays them all, tests/fuzz/f_proto.c starts from them.
 *
 * A dialogue asks one harmless question, without credentials, that a genuine server answers; it
 * ends the conversation the protocol's way where there is one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/compiler.h"
#include "base/slice.h"
#include "model/expr.h"

/* Whether a genuine server answers this question to somebody that it does not know. */
enum proto_answers {
	PROTO_ALWAYS,	 /* then silence says that the way or the service is not there */
	PROTO_SOMETIMES, /* only those it knows, or as it is set up: RADIUS */
	PROTO_NEVER,	 /* nothing comes back by design: syslog */
};

enum proto_result {
	PROTO_MORE,   /* not decided: what stands in `out` is to be sent, and more is to come. Of a
		       * datagram also: it answers another question than ours, wait on */
	PROTO_PROVED, /* it speaks this protocol; `out` may hold a good-bye */
	PROTO_OTHER,  /* it speaks, and not this protocol */
};

enum { PROTO_OUT_MAX = 2048, PROTO_STATE_MAX = 64, PROTO_CHANCE = 16, PROTO_TEXT_MAX = 96 };

/* What is known before the first byte; lent for the whole conversation. */
struct proto_ask {
	uint8_t chance[PROTO_CHANCE]; /* unpredictable: ids and nonces are made of them */
	const char *what; /* of a directory, the service whose port is asked for; NULL: none */
	const char *host; /* the name that was asked for; NULL: only an address is known */
};

struct proto_out {
	uint8_t bytes[PROTO_OUT_MAX];
	size_t n;
};

/* What the peer said of itself; from outside, so escape it where it is printed. */
struct proto_said {
	char text[PROTO_TEXT_MAX]; /* one line: version, realm, ...; "" */
	uint16_t port;		   /* a directory: where the service listens; 0: it named none */
	bool is_unknown;	   /* a directory: it answers, and knows of no such service */
	bool is_shut_out;	   /* it says that it has shut this host out */
};

/* One conversation. chance is 00 01 02 ... 0f. */
struct proto_turn {
	char who; /* '>' we, '<' they; 0 ends the list */
	struct slice bytes;
};
enum { PROTO_TURNS_MAX = 8 };
struct proto_vector {
	const char *title;
	const char *source; /* "BIND 9.18.28": recorded from it; "RFC 5905": from specification */
	const char *what;   /* of a directory */
	struct proto_turn turns[PROTO_TURNS_MAX];
	enum proto_result result;
	const char *text; /* proto_said.text; NULL: "" */
	uint16_t port;
	bool is_unknown, is_shut_out;
};

/* What a server says to a question that is not its own, or before any. */
struct proto_reply {
	const char *title, *source; /* as in struct proto_vector */
	struct slice bytes;
	const char *text; /* proto_said.text; NULL: "" */
};

struct proto {
	const char *name; /* of outcomes: "dns" */
	const char *const
		*services;	  /* names in registry/services.txt that it proves; NULL ends it */
	enum transport transport; /* TCP or UDP; a protocol over both is two of these */
	enum proto_answers answers;
	bool is_server_first;	      /* TCP: wait for its greeting; start() may be NULL */
	bool answers_from_other_port; /* UDP: TFTP, RFC 1350 section 4 */
	bool is_directory;	      /* asks for proto_ask.what; says a TCP port */
	/* Its servers count or turn away who comes and does not go on: it is held where somebody
	 * asks what speaks there, and not each time that the way is checked. */
	bool is_on_request;
	/* No conversation with a genuine server was seen yet: what this does not know, or silence,
	 * is held against nobody, unless it is known to be another protocol. */
	bool is_unverified;
	bool has_no_id;	   /* UDP: nothing in an answer tells which question it is for */
	size_t state_size; /* at most PROTO_STATE_MAX; zeroed before start() */
	/* The first message. UDP: sent again as it is when nothing comes; one without bytes is a
	 * datagram without bytes, which some servers wait for and a closed port answers. */
	void (*start)(void *state, const struct proto_ask *ask, struct proto_out *out);
	/* UDP: *in is one datagram. TCP: all that has come and was not taken yet; input() takes
	 * from its front what it has understood, and is called again with the rest and more. */
	enum proto_result (*input)(void *state, const struct proto_ask *ask, struct slice *in,
				   struct proto_out *out, struct proto_said *said);
	/* Whether what a peer said, unasked or to anybody's question, is this protocol's, from its
	 * first byte on: every reply is shown to all of them. PROTO_MORE: it may be, and its own
	 * question will tell. NULL: only the answers to its own question can be known. */
	enum proto_result (*recognise)(struct slice in, struct proto_said *said);
	/* TCP: its place among the questions to a port of which nothing is known, 1: the first; the
	 * more servers give themselves away by it, the earlier. 0: it is not asked there. */
	uint8_t turn;
	/* TCP: a genuine server says nothing to whom it heard fewer bytes of; 0: not so. What it
	 * says then has no more than a shape, which others' words may have by chance: where
	 * recognise() alone does not prove it, it is only believed of who keeps silent to such a
	 * question. */
	uint16_t silent_below;
	const struct proto_vector *vectors;
	size_t n_vectors;
	const struct proto_reply *replies; /* all of them are recognised, by no other protocol */
	size_t n_replies;
};

extern const struct proto *const protos[]; /* generated; NULL ends it */
/* The dialogue that proves a service (a name of registry/services.txt); NULL: there is none. */
const struct proto *proto_find(const char *service, enum transport transport);

/* For dialogues. */
/* start() of a datagram without bytes; input() where nobody answers: whoever does is another. */
void proto_ask_nothing(void *state, const struct proto_ask *ask, struct proto_out *out);
enum proto_result proto_take_nothing(void *state, const struct proto_ask *ask, struct slice *in,
				     struct proto_out *out, struct proto_said *said);
void proto_put(struct proto_out *out, const void *bytes, size_t n);
void proto_put_text(struct proto_out *out, const char *s);
void proto_put16(struct proto_out *out, unsigned v); /* network order */
void proto_put32(struct proto_out *out, uint32_t v);
void proto_put16le(struct proto_out *out, unsigned v); /* Microsoft's order */
void proto_put32le(struct proto_out *out, uint32_t v);
void proto_say(struct proto_said *said, struct slice text); /* cut to one line that fits */
PRINTF(2, 3) void proto_sayf(struct proto_said *said, const char *fmt, ...); /* likewise */
