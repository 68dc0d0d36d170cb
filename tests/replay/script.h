/* SPDX-License-Identifier: ISC
 *
 * The text of a replay, one thing a line, # to the end of it for remarks. TIME is a number with us,
 * ms or s. BYTES stand in double quotes, with \xNN \r \n \0 \" and \\. PORT is a number or a range
 * (TCP), udp/ and one, or the word ping.
 *
 *	timeout MS | per-target N | window N | descriptors N | kernel-descriptors N | own ADDR
 *	busy PORT                         others listen on that port of ours
 *	rate N | loss N                   N connections of 1,000 get no answer, at random
 *	interrupt TIME
 *	cut TIME                          from then on nothing comes, and connect fails: ENETUNREACH
 *	peer ADDR|* PORT|*: EVENT; ...    what the next connection there meets:
 *		drop
 *		TIME accept | TIME refuse | TIME reset | TIME close
 *		TIME data N | TIME say BYTES
 *		TIME echo                 what it heard last; a ping as its reply
 *		TIME dial PORT [ADDR]     connects to that port of ours, from ADDR or its own
 *		TIME deaf                 what is sent from now on is not acknowledged
 *		hear BYTES|*              until this was sent; the times that follow count from then
 *		TIME icmp TYPE/CODE ADDR | inline icmp TYPE/CODE ADDR
 *		fail CALL ERRNO | TIME error ERRNO      socket, bind, connect, send
 *	name NAME: TIME STATUS|ADDR ...   statuses of IPv4 and IPv6, where there is no address
 *	door LABEL ADDR|none PORT [LABEL]          a way through something, and what comes behind
 *	probe ADDR|NAME PORT [KEY=VALUE ...]
 *		family source proto what via mode (of the method ftp) ports (LO-HI, of it)
 *		identify (no value): the method that asks for all, among `strangers`
 *		cloak (no value): what looks into what speaks "tls" (cloak.h)
 *	expect ADDR|NAME PORT [KEY=VALUE ...]      one outcome; in any order
 *		state cause by how confidence network service tries rtt at
 *		candidates (a,b,...) source name proved evidence stand-in via leg
 *		absence interrupted (yes, no)
 *	expect-most-open N                sockets open at once
 *	expect-opened N                   connections in all
 *
 * Every outcome must be expected, once, and every one that is expected must come; a range stands
 * for one each. Of a probe of TCP with proto or via, the method is talk. What chance gives is 00 01
 * 02 ..., each time. Dialogues and ways for tests alone are in dialogues.h.
 */
#pragma once

#include "probe/engine.h"
#include "probe/via.h"
#include "sim.h"

enum { DOORS_MAX = 32, EXPECT_KEYS_MAX = 12, TEXT_MAX = 128 };

struct expectation {
	unsigned line;
	char target[TEXT_MAX]; /* address or name */
	enum transport transport;
	uint16_t port;
	struct {
		char key[16], value[256];
	} keys[EXPECT_KEYS_MAX];
	size_t n_keys;
	bool is_met;
};

struct script {
	const char *path;
	struct sim *sim;
	unsigned timeout_ms, per_target, rate;
	size_t window, descriptors;
	struct via_hop doors[DOORS_MAX];
	size_t n_doors;
	struct task *tasks; /* owned */
	size_t n_tasks;
	struct expectation *expectations; /* owned */
	size_t n_expectations;
	long most_open, opened; /* -1: not said */
};

MUST_USE int script_read(const char *path, struct script *s, struct err *err);
void script_release(struct script *s); /* not the sim */
