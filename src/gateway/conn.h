/* SPDX-License-Identifier: ISC
 *
 * One conversation's sockets: both control connections, and the data connections that it orders.
 */
#pragma once

#include "gateway/gate.h"
#include "gateway/sources.h"

struct leg {
	struct sock sock; /* first: the address is the same */
	struct conn *conn;
	struct addr own; /* our end's address */
	bool up, ended;	 /* ended: the peer's stream has */
};

struct gate {
	struct gate_setup setup;
	struct data_pool pool;
	struct sources sources;
	struct conn *conns;
	struct transfer *transfers;
	struct lookup *lookups;
	struct listener *listeners;
	uint64_t next_id;
	size_t next_server;   /* of a reverse gateway */
	uint16_t next_source; /* port of a conversation with a server */
	int spare;	      /* a descriptor to be given up where no other is left */
	struct gate_counts counts, *count;
	void (*drained)(void *ctx);
	void *drained_ctx;
};

/* A data connection, from when the first port is opened for it until it is logged. */
struct transfer {
	struct gate *gate;
	struct conn *conn;		   /* NULL: let go */
	struct data *data;		   /* NULL: it has ended, or the kernel carries it */
	struct translation_of translation; /* then; port 0: none */
	struct addr client;
	enum side translated;	       /* from whose stock the port is */
	struct gate_event said;	       /* as it will be told; what it points to is owned */
	bool begun, holds_port;	       /* holds_port: in the count of its source */
	struct transfer *next, **link; /* of gate->transfers */
};

/* A name that is being resolved: it may outlive who asked. */
struct lookup {
	struct resolve_query query; /* first: the address is the same */
	struct gate *gate;
	struct conn *conn; /* NULL: nobody waits any more */
	bool done;
	struct lookup *next, **link; /* of gate->lookups */
	char name[];
};

struct conn {
	struct session session; /* first: the address is the same */
	struct gate *gate;
	uint64_t id;
	struct leg legs[2];
	struct addr dialled; /* by the client: ours, or the server's, which we stand for */
	uint16_t dialled_port;
	struct transfer *transfer; /* that is agreed or runs; NULL: none */
	struct lookup *lookup;	   /* owned; NULL: none */
	uint16_t port;		   /* to be dialled */
	size_t next_addr;	   /* of the lookup's, to be tried next */
	struct mono opened, active;
	struct timer timer;
	bool ends, told_end; /* the last word is on its way; it is sent */
	unsigned busy;	     /* not 0: inside of the session, which is looked after further out */
	struct conn *next, **link;
};

/* A client that has been taken in: the descriptor is the conversation's. */
void conn_open(struct gate *g, int fd, const struct addr *peer, uint16_t port);
void conn_close(struct conn *c, bool reset);
void conn_tell(struct conn *c, const char *what, struct slice detail);
/* What the session has for the client goes out now: what follows takes time. */
void conn_flush(struct conn *c);
/* After anything that the session was told: sends, waits, ends. `c` may be gone afterwards. */
void conn_update(struct conn *c);
/* What the session orders of data connections: gateway/conn_data.c. */
void conn_data_drop(struct session *s, bool reset);
int conn_data_pass(struct session *s, enum side side, uint16_t to_port, struct addr *at,
		   uint16_t *port);
int conn_data_wait(struct session *s, enum side side, struct addr *at, uint16_t *port);
void conn_data_dial(struct session *s, enum side side, uint16_t port);
void conn_data_begin(struct session *s, const struct ftp_command *c);
void conn_data_let_go(struct session *s, unsigned code);
void transfer_free(struct transfer *t, bool reset);
/* Finds and dials servers: gateway/conn_dial.c. */
void conn_dial_named(struct session *s, struct slice host, uint16_t port);
void conn_dial_given(struct conn *c);
void conn_forget_lookup(struct conn *c);
void lookup_free(struct lookup *l);
void conn_dialled(struct conn *c); /* the server's leg has something to say, while it is dialled */
