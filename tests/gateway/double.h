/* SPDX-License-Identifier: ISC
 *
 * A session of the FTP gateway with nobody around it: what it orders is written down, ports are
 * counted up from 40001 (the client's side) and 41001 (the server's).
 */
#pragma once

#include "gateway/session.h"

struct gateway_double {
	struct session session; /* first: the address is the same */
	struct gate_config config;
	struct gate_rule rule;
	struct prefix any[2];
	struct buf said; /* orders, a line each: "> wait client" */
	uint16_t ports[2];
	bool no_ports; /* data_wait() fails */
	char text[3][64];
	const char *words[3]; /* users, denied, allowed */
};

/* As the gateway has them without options; everybody may go everywhere on any port. */
void double_init(struct gateway_double *d);
void double_start(struct gateway_double *d);
/* One line of what goes in (tests/unit/t_gateway.c has its grammar); false: it is none. */
bool double_take(struct gateway_double *d, struct slice line, bool bytewise);
void double_free(struct gateway_double *d);
