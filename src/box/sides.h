/* SPDX-License-Identifier: ISC
 *
 * Boxes in sets of one frame, side by side, and a packet of a set for people.
 */
#pragma once

#include "box/reach.h"
#include "box/walk.h"

struct sides {
	struct arena *arena;	/* where names of packets live: the answer's */
	const struct box *like; /* whose links and routes say which packets are likely */
	struct reach_frame frame;
	struct space_hints hints;
	uint32_t lo; /* loopback's id */

	struct space *s;	 /* the part that is asked about now: sides_begin() */
	struct reach_memo *memo; /* of it */
	uint32_t plausible;
};

/* After it reach_frame_add_box() for each box, then sides_seal(); sides_release(). */
void sides_init(struct sides *q, struct arena *arena, const struct box *like);
void sides_seal(struct sides *q);
void sides_release(struct sides *q);
void sides_begin(struct sides *q, struct space *s);

/* One box in sets. */
struct side {
	const struct box *b;
	struct reached *reach;
	/* What it lets through, all ways together: what begins a connection, or belongs to none,
	 * but for the box's talk with itself. */
	uint32_t may, must;
};
/* b NULL: lets nothing through. False: too large. side_close() in any case. */
bool side_open(struct sides *q, struct side *side, const struct box *b, uint32_t within);
/* Without what each rule takes, which may cost far more; side_look_again() then tells it of the
 * packets `where`, as they came, only. */
bool side_open_sets(struct sides *q, struct side *side, const struct box *b, uint32_t within);
void side_look_again(struct sides *q, struct side *side, uint32_t where);
void side_close(struct side *side);

/* Of how many rules a difference is looked at one by one: each costs as much as the space is
 * large. */
size_t sides_shown_max(const struct sides *q);
/* A likely packet of the set; with routes its `out` says where it leaves, too. False: none. */
bool sides_packet(struct sides *q, uint32_t set, struct nf_packet *out);
