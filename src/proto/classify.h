/* SPDX-License-Identifier: ISC
 *
 * Whose words are these? What a peer said, after what it was asked, is shown to every protocol of a
 * table at once. Pure: bytes in, a class out.
 *
 * "Proved" is what one protocol alone knows as its own. What two know is nobody's yet: both become
 * candidates, and their own questions decide. A reply that is the question proves nothing at all.
 */
#pragma once

#include "proto/proto.h"

/* From the least to the most that was learnt. */
enum heard_class {
	HEARD_NOTHING, /* it keeps silent */
	HEARD_CLOSED,  /* it ended the connection without a word */
	HEARD_JUNK,    /* bytes, and nobody's */
	HEARD_DRIP,    /* bytes in bits, without an end and nobody's: a tarpit */
	HEARD_ECHO,    /* what it was sent */
	HEARD_MAYBE,   /* some protocols' perhaps: their own questions tell, or more bytes */
	HEARD_PROVED,
	HEARD_CLASSES
};
extern const char *const heard_class_names[HEARD_CLASSES]; /* nothing, closed, junk, ... */

enum { PROTO_SET_MAX = 192 };
/* Protocols by their place in a table. */
struct proto_set {
	uint64_t bits[PROTO_SET_MAX / 64];
};
void proto_set_add(struct proto_set *s, size_t i);
void proto_set_remove(struct proto_set *s, size_t i);
bool proto_set_has(const struct proto_set *s, size_t i);
bool proto_set_is_empty(const struct proto_set *s);
void proto_set_join(struct proto_set *to, const struct proto_set *from);
size_t proto_set_count(const struct proto_set *s);

enum {
	HEARD_PIECES = 4,   /* so many, far enough apart, are a drip when the time is up */
	HEARD_ECHO_MIN = 4, /* bytes of a question that make an echo when no more come */
};

/* One connection's words, or one datagram. */
struct heard {
	struct slice asked;	    /* our first message; n 0: it spoke unasked */
	struct slice came;	    /* from its first byte on */
	size_t unasked;		    /* so many of them came before our message */
	unsigned pieces;	    /* that came apart from each other */
	bool is_over;		    /* no more will come: the time is up, or it is closed */
	bool is_closed;		    /* by the peer */
	const struct proto *denied; /* its own dialogue said no to this; NULL: none did */
};

struct classified {
	enum heard_class what;
	size_t proved;		/* HEARD_PROVED: place in the table */
	struct proto_set maybe; /* HEARD_MAYBE; also of a drip: who may yet be known */
	struct proto_said said; /* HEARD_PROVED */
};

/* table: as `protos`, ended by NULL, at most PROTO_SET_MAX; those of another transport and without
 * recognise() are passed over. */
void classify(const struct proto *const *table, enum transport transport, const struct heard *h,
	      struct classified *c);

/* HTTP's "400 Bad Request" may be the complaint of a server that wants TLS first. */
bool heard_wants_tls(struct slice came);
