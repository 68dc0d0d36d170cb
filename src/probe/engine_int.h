/* SPDX-License-Identifier: ISC
 *
 * What the engine's files share.
 */
#pragma once

#include "base/arena.h"
#include "base/map.h"
#include "probe/engine.h"
#include "probe/method.h"
#include "probe/rtt.h"
#include "probe/window.h"

struct queue {
	uint32_t head, tail; /* task + 1; 0: none */
};

struct pending {
	uint32_t next;	 /* in its queue; task + 1 */
	uint8_t address; /* the next of its name's */
	bool over;	 /* nothing of it is left to start */
};

/* Has it shut this host out? */
struct ban {
	unsigned taken;	  /* connections that it took */
	unsigned turned;  /* weight of the ports that do not any more; none was taken since */
	uint16_t witness; /* proved, and not hurt by a visit; 0: there is none */
	int64_t well_ms;  /* wall clock, of the last one that it took */
	bool is_heard;	  /* the witness is tried right now */
	bool is_on;
};

struct target {
	struct addr addr;
	struct rtt rtt;
	struct window window; /* of probes that wait for their first answer */
	struct mono way_lost; /* when this host could not send there any more, and why */
	int way_error;
	struct addr rejected_by; /* a hop on the way to it; family 0: none yet */
	bool had_way;
	struct ban ban;
	struct queue waiting;
};

struct name {
	struct resolve_query query; /* first: the address is the same */
	struct engine *engine;
	struct queue waiting;
	struct name *next;
};

struct engine {
	struct engine_config config;
	const struct task *tasks;
	size_t n_tasks;
	struct pending *pending; /* owned; one a task */
	struct arena *arena;	 /* targets and names */
	struct map targets, names;
	struct target *last_target;			  /* NULL: none yet */
	struct name *first_name, **last_name, *next_name; /* next: to be resolved */
	unsigned names_live;

	unsigned char *pool; /* owned; room for `room` probes, of which `used` ever were */
	size_t probe_size, room, used;
	struct probe *free;
	size_t live, window;
	size_t socks, descriptors; /* kept for those under way, and how many there are */
	struct rtt rtt;		   /* of all targets */
	size_t total;		   /* outcomes that there will be */
	struct queue ready;

	struct probe *resting; /* after a fault of our own */
	size_t n_resting;
	unsigned faults; /* with nothing else under way, and no probe that went well since */
	struct timer pause;
	struct mono next_try; /* where there is a rate */
	unsigned turn;	      /* starts that are left in this one */
	struct timer pace;
	struct timer ban; /* targets have shut this host out: their probes are ended */
	bool is_filling, is_stopped;
};

/* --- engine.c --------------------------------------------------------------------------------- */

void engine_queue_add(struct engine *e, struct queue *q, size_t task);
bool engine_queue_take(struct engine *e, struct queue *q, size_t *task); /* false: it is empty */
/* What of an outcome is known before anything is tried. */
void engine_start_outcome(struct engine *e, size_t task, const struct addr *target,
			  struct outcome *o);
void engine_report(struct engine *e, size_t task, const struct outcome *o);
/* Starts what may start. Within a start it does nothing, and the one outside goes on. */
void engine_fill(struct engine *e);
void engine_count_try(struct engine *e); /* towards the rate */
/* After a fault of our own it waits for others to end. False: it has waited enough. */
bool engine_rest(struct engine *e, struct probe *p);
void engine_leave_target(struct engine *e, struct probe *p); /* out of its window */
void engine_give_back(struct engine *e, struct probe *p);    /* to the pool */

/* --- engine_name.c ---------------------------------------------------------------------------- */

bool engine_needs_name(const struct task *t);
void engine_add_to_name(struct engine *e, size_t task);
void engine_start_names(struct engine *e);
/* The next address that the task goes to, from pending.address on; false: there is none. */
bool engine_next_address(struct engine *e, size_t task, struct addr *a);
/* The name is another host's, and that address leads back to this one: what answers there would
 * prove nothing, so it is not dialled. */
bool engine_leads_back(const struct task *t, const struct addr *a);
void engine_report_back(struct engine *e, size_t task, const struct addr *a);

/* --- engine_ban.c ----------------------------------------------------------------------------- */

void engine_init_ban(struct engine *e);
/* A task of a target that has shut this host out: it is not asked. */
void engine_report_shut_out(struct engine *e, size_t task, struct target *t);
