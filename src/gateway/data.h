/* SPDX-License-Identifier: ISC
 *
 * One data connection through the gateway: two ends, each of which waits for its peer or dials it,
 * and the bytes between them. An end of stream stays one, and a reset stays one, so that what broke
 * never looks complete; nothing of the bytes is looked at. Large transfers go from socket to socket
 * inside the kernel (splice(2)); what fits into one buffer is copied, which costs less there.
 */
#pragma once

#include "base/addr.h"
#include "gateway/port_stock.h"
#include "gateway/session.h"
#include "sys/loop.h"
#include "sys/nft_map.h"
#include "sys/stream.h"

struct data;

/* Who opens what this process may not open itself: addresses of others, ports below 1024. As
 * stream_listen() and stream_bind(). */
struct rights {
	int (*listen)(void *ctx, const struct stream_spec *spec, const char **call);
	int (*bind)(void *ctx, const struct stream_spec *spec, const char **call);
	/* Plane NAT: as nft_map_add() and nft_map_remove(). */
	int (*translate)(void *ctx, const struct translation_of *t, unsigned timeout_ms);
	void (*untranslate)(void *ctx, const struct translation_of *t);
	void *ctx;
};

/* What all data connections of a worker share. */
struct data_pool {
	struct loop *loop;
	const struct rights *rights; /* NULL: nobody */
	struct port_stock ports[2];  /* by side; of no ports: the kernel chooses */
	uint64_t rate;		     /* bytes a second of one; 0: any */
	char *copy;		     /* owned; DATA_COPY bytes */
	struct pipe spares[32];	     /* owned; empty ones */
	size_t n_spares;
	struct data *list; /* all that are open */
	size_t n_open;
};
enum { DATA_COPY = 65536, DATA_PIPE = 1 << 20 };

void data_pool_init(struct data_pool *p, struct loop *l);
void data_pool_release(struct data_pool *p);

/* What its owner is told; after ended() it is gone. */
struct data_ops {
	void (*up)(struct data *d, enum side side);
	void (*failed)(struct data *d, enum side side, const char *why); /* before it flowed */
	/* Somebody else came to a port of it, and was turned away. */
	void (*stranger)(struct data *d, enum side side, const struct addr *who);
	/* Broken: not both ends were closed in order. */
	void (*ended)(struct data *d, bool broken);
};

enum end_state { END_NONE, END_WAITS, END_DIALS, END_UP, END_DONE };

struct data_end {
	struct sock sock; /* first: the address is the same */
	struct data *data;
	enum end_state state;
	struct addr peer;	/* alone may come */
	uint16_t taken;		/* of the pool's ports, while it waits; 0: none */
	bool finished, is_shut; /* its peer has ended the stream; so have we, towards it */
	bool bulk;		/* more than a buffer full came at once */
	struct pipe pipe;	/* what came from it and has not gone on */
	uint64_t bytes;		/* that came from it */
};

struct data {
	struct data_pool *pool;
	const struct data_ops *ops;
	void *owner;		 /* the session's; NULL once it is let go */
	struct data_end ends[2]; /* by side */
	bool begun, flows;
	struct mono since;  /* it flows */
	struct timer pause; /* of a rate */
	struct timer stuck; /* looks whether anything has moved since, once it is let go */
	unsigned patience;  /* seconds */
	uint64_t moved;
	int64_t credit;
	struct mono credited;
	struct data *next, **link; /* of pool->list */
};

struct data *data_new(struct data_pool *p, const struct data_ops *ops, void *owner);
/* Closes what is open; nothing is told any more. */
void data_free(struct data *d, bool reset);

/* Our end of that side: `spec` at, port 0, transparent. *port: which it is. 0, or -errno. */
int data_wait(struct data *d, enum side side, const struct stream_spec *spec,
	      const struct addr *peer, uint16_t *port);
void data_dial(struct data *d, enum side side, const struct stream_spec *spec);
/* Nobody looks after it any more: where nothing moves for so many seconds, it is broken off, as a
 * peer that takes nothing would hold it for ever. 0: no limit. */
void data_let_go(struct data *d, unsigned patience);
/* Bytes may flow as soon as both ends stand. */
void data_begin(struct data *d);
