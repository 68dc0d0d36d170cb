/* SPDX-License-Identifier: ISC
 *
 * Many probes at once over one loop: names are resolved, each address of a name is a probe of its
 * own, and at most `window` are under way in all.
 *
 * One address gets `per_target` probes to begin with, each to a port of its own, and more as it
 * answers them or proves to be silent (probe/window.h). How often a silent port is tried, and how
 * long it is waited for, is said in probe/rtt.h.
 *
 * A fault of our own (no descriptor, no source port, the interface gone) makes the window smaller
 * and is tried again; when it stays, the outcome is not-attempted, never closed.
 *
 * Memory: 152 bytes a task (the caller's), 8 beside it, 296 an outcome where it is kept, some 100 a
 * distinct address and a distinct name, 800 for each probe under way (2,800 where one of the tasks
 * is UDP's) and what the kernel needs for its sockets (5 kB each). What depends on the number of
 * tasks and the window is got once; a conversation gets its own while it lasts (15 kB, FTP's 5;
 * inside TLS also what OpenSSL needs).
 */
#pragma once

#include "base/addr.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/portset.h"
#include "model/outcome.h"
#include "sys/resolve.h"

struct audit_job;
struct layer;
struct loop;
struct method;
struct proto;
struct sighting;
struct text_pool;
struct via_hop;

/* What is remembered of a port, for who asks what speaks there. */
struct recollection {
	const char *proved; /* "ssh", "tls+imap": inside TLS; "": nothing; lent for the run */
	unsigned foreign;   /* so many first messages in others' protocols may be sent */
	/* It was asked often enough today, and servers of `proved` count who comes and does not go
	 * on: it is seen that somebody listens, and no more. */
	bool rests;
};
struct recall_place {
	const struct addr *to;
	uint16_t port;
	enum transport transport;
};
struct recall {
	void (*of)(void *ctx, const struct recall_place *place, struct recollection *r);
	void *ctx;
};

/* What to try; borrowed until the engine is freed. */
struct task {
	const char *name;   /* as asked for; resolved where target is not given; may be NULL else */
	struct addr target; /* family 0: every address of the name */
	struct addr
		source; /* family 0: the kernel chooses; else only targets of its family count */
	uint8_t family; /* 4, 6: only the name's addresses of that family; 0: all */
	uint16_t port;
	unsigned flow;	      /* for the outcome; UINT_MAX: no plan */
	const char *expected; /* for the outcome; protocol, or NULL */
	bool is_elsewhere;    /* the name is another host's: a loopback address is none of it */
	const struct method *method;

	/* What the method needs beside that. */
	const struct proto *proto; /* the dialogue to hold; NULL: none */
	const struct proto *const
		*among; /* of method_identify: who may speak there; NULL: `protos` */
	/* Of method_identify: to look inside TLS, NULL: no look; of method_audit. */
	const struct layer *layer;
	/* Of method_identify: nothing is sent there but what `proto`, else the number's service,
	 * is asked with. */
	bool is_fragile;
	const struct recall *recall; /* of method_identify; NULL: nothing is remembered */
	const char *what;	   /* proto_ask.what; of method_ftp: the server behind a gateway */
	const struct via_hop *via; /* through what; NULL: direct */
	const char *mode;	   /* of method_ftp: the mode of the data connection */
	const char *user, *password; /* of method_ftp; NULL: anonymous */
	struct port_range ports;     /* of method_ftp: where the data connection's port must lie */
	struct audit_job *audit;     /* of method_audit: what is asked, and what comes of it */
};

enum {
	ENGINE_TIMEOUT_MS = 700,
	ENGINE_PER_TARGET = 64,
	ENGINE_WINDOW = 10000,
	ENGINE_TASKS_MAX = 1000000, /* of one run: 400 bytes each */
};

/* A target that took connections takes none any more, on any port: it has shut this host out. What
 * refused or kept silent from `since_ms` on has told nothing of its port. */
struct shut_out {
	struct addr target;
	int64_t since_ms;     /* wall clock: when it took the last connection */
	unsigned connections; /* that it took until then */
};

struct engine_config {
	struct loop *loop;
	struct resolver *resolver; /* NULL where no task needs one */
	struct text_pool *texts;   /* for the outcomes; lives as long as they */
	/* Until silence is called "dropped", and not longer. 0: ENGINE_TIMEOUT_MS, and longer where
	 * what was measured asks for it. */
	unsigned timeout_ms;
	unsigned per_target; /* to begin with; 0: ENGINE_PER_TARGET */
	unsigned rate;	     /* new connections a second; 0: as fast as answers come */
	size_t window;	     /* probes under way at most; 0: ENGINE_WINDOW */
	size_t descriptors;  /* that may be open; 0: not limited */
	void (*chance)(void *p, size_t n); /* host_chance(); NULL where no method asks for any */
	/* One call for each address of each task, in the order in which they end; `o` is lent for
	 * the call, its ids are left 0. */
	void (*outcome)(void *ctx, size_t task, const struct outcome *o);
	/* What a method saw, and the outcome that is made of it, just before `outcome` gets it;
	 * both are lent. NULL: nobody cares. */
	void (*sighted)(void *ctx, const struct outcome *o, const struct sighting *seen);
	/* A target has shut this host out: it is asked no more. NULL: nobody cares. */
	void (*shut_out)(void *ctx, const struct shut_out *s);
	void (*resolved)(void *ctx, const struct resolve_query *q); /* may be NULL; q is lent */
	/* Every task has its outcomes, perhaps told more than once, from within a probe: let the
	 * engine be until the loop is back. NULL: the loop is stopped, for engine_run(). */
	void (*done)(void *ctx);
	void *ctx;
};

MUST_USE struct engine *engine_new(const struct engine_config *config, const struct task *tasks,
				   size_t n_tasks);
void engine_free(struct engine *e); /* NULL is fine */

/* Until every task has its outcomes. Once *interrupted (may be NULL) is not 0, what is not known by
 * then is not-attempted. */
MUST_USE int engine_run(struct engine *e, const volatile int *interrupted, struct err *err);

/* The same in two steps, where the loop has more to do; with config.done. */
void engine_start(struct engine *e);
void engine_stop(struct engine *e); /* what is not known by now is not-attempted */

/* How many outcomes there will be, as far as names are resolved. */
size_t engine_total(const struct engine *e);
