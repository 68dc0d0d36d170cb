/* SPDX-License-Identifier: ISC
 *
 * Dialogues that nobody speaks, each with one trait of those that are spoken, so that the methods
 * can be tested without any of them:
 *
 *	ask	UDP; "question", and "more" is answered by "second question", "done" proves it and
 *		gets "bye", "later" answers another question
 *	shy	the same, and not everybody gets an answer
 *	mute	the same, and nobody does
 *	void	UDP; has nothing to say: a datagram without bytes
 *	greet	TCP; "hello NAME\n" comes first, proves it and gets "bye\n"
 *	chat	TCP; "hi\n"; "more\n" is answered by "again\n", "hi\n" proves it
 *	log	TCP; nobody answers
 *
 * And a way through something, "door": it is asked by "to TARGET PORT\n", which after "again\n" is
 * asked by "please\n" first and over a new connection; "in\n" lets through, "wait\n" gets "yes\n",
 * all else is a refusal.
 */
#pragma once

#include "probe/via.h"
#include "proto/proto.h"

extern const struct via_kind via_door;

/* One of these, or of src/proto; NULL: there is none. */
const struct proto *dialogue_find(struct slice name, enum transport transport);
