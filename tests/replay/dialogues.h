/* SPDX-License-Identifier: ISC
 *
 * Dialogues that nobody speaks, each with one trait of those that are spoken, so that the methods
 * can be tested without any of them:
 *
 *	ask	UDP; "question", and "more" is answered by "second question", "done" proves it and
 *		gets "bye", "later" answers another question
 *	shy	the same, and not everybody gets an answer
 *	mute	the same, and nobody does
 *	void	has nothing to say
 */
#pragma once

#include "proto/proto.h"

/* One of these, or of src/proto; NULL: there is none. */
const struct proto *dialogue_find(struct slice name, enum transport transport);
