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
 * What identify knows in a replay, `strangers`, each known by its reply to any question but where
 * it says otherwise:
 *
 *	greet	as above; from "hello " on it may be it
 *	mail	TCP; "220 ..." comes first, which may be it; "EHLO\n" is answered by "250 ..."
 *	files	TCP; "220 ..." comes first, which may be it; "FEAT\n" is answered by "211 ..."
 *	tls	TCP; "TLS?\n" is answered by "TLS!"; its turn is 1
 *	http	TCP; "GET\n" is answered by "HTTP/1.1 ..."; 3
 *	shell	TCP; "pwd\n" is answered by "/home\n", by which nobody knows it; 20
 *	twin	TCP; "twin\n" is answered by "TWIN A\n", 30; and so is "twin b\n", 31: twin-b
 *	ask	as above; known by its answers to its own question
 *	pong	UDP; "ping" is answered by "pong", by which it is known
 *
 * And a way through something, "door": it is asked by "to TARGET PORT\n", which after "again\n" is
 * asked by "please\n" first and over a new connection; "in\n" lets through, "wait\n" gets "yes\n",
 * all else is a refusal.
 */
#pragma once

#include "probe/via.h"
#include "proto/proto.h"

extern const struct via_kind via_door;

extern const struct proto *const strangers[]; /* NULL ends it */

/* One of these, or of src/proto; NULL: there is none. */
const struct proto *dialogue_find(struct slice name, enum transport transport);
