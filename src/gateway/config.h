/* SPDX-License-Identifier: ISC
 *
 * All that a gateway is told before it begins: from a site's `ftp_gateway` and from its chart, or
 * from the command line. It does not change while a worker lives: another configuration is another
 * worker, and sessions keep the one that they began with.
 */
#pragma once

#include "base/portset.h"
#include "model/site.h"

struct gate_listener {
	struct addr at; /* all zeros: any address of that family */
	uint16_t port;
};

/* Who may go where. The first rule that fits decides; where none does, nobody goes. */
struct gate_rule {
	LIST_OF(struct prefix) from, to;
	struct port_range ports;     /* of the server */
	LIST_OF(const char *) users; /* with * for anything; none: everybody */
	unsigned may;		     /* CMD_READS, CMD_ADDS, CMD_CHANGES */
	/* The next gateway on the way, which is dialled instead: its addresses of IPv4 and of IPv6;
	 * family 0: none. */
	struct addr next[2];
	uint16_t next_port;
};

enum gate_tls { GATE_TLS_DENY, GATE_TLS_PASS, GATE_TLS_REQUIRE };

/* 0 in a limit: none. Times in seconds. */
struct gate_limits {
	unsigned sessions, per_source, per_minute; /* per_minute: new ones of a source */
	uint64_t rate;				   /* bytes a second of one transfer */
	unsigned login, idle, dial, data; /* data: from when it is agreed until it stands */
};

struct gate_config {
	const char *name; /* in greetings and logs; the device's */
	const char *user; /* as whom it runs; NULL: nobody */
	enum placement placement;
	enum data_plane plane;
	LIST_OF(struct gate_listener) listeners;
	LIST_OF(struct gate_rule) rules;
	LIST_OF(struct gate_listener) servers; /* of a reverse gateway, one after the other */
	LIST_OF(struct prefix) never;	       /* no server is there, whatever a rule says */
	struct port_range client_ports, server_ports; /* lo 0: any */
	enum client_modes client_modes;
	enum server_modes server_modes;
	enum active_source active_source;
	bool without_port; /* active without PORT: to the conversation's own port */
	bool as_client;	   /* transparent: towards the server with the client's address */
	enum gate_tls tls;
	struct portset refused_ports; /* of PORT and of servers' data, beside those below 1024 */
	LIST_OF(const char *)
	denied; /* "DELE", "SITE CHMOD": by the words that a command begins with */
	LIST_OF(const char *) allowed; /* of what is not passed on otherwise: "SITE CPFR", "XFOO" */
	struct gate_limits limits;
};

/* The rule for these ends; a user that is SLICE_NONE is not known yet. NULL: refused. */
const struct gate_rule *gate_rule_for(const struct gate_config *c, const struct addr *client,
				      const struct addr *server, uint16_t port, struct slice user);

/* Whom to dial for that server: itself, or the next gateway; of its family where there is one. */
struct addr gate_next_hop(const struct gate_rule *r, const struct addr *server);

/* Whether a rule's destinations name this very address, alone. */
bool gate_rule_names(const struct gate_rule *r, const struct addr *server);

/* Is this command among `words`? "SITE CHMOD" fits "site chmod 600 a". */
bool gate_has_words(const char *words, struct slice line);
