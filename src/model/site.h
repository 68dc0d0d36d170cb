/* SPDX-License-Identifier: ISC
 *
 * A site: the user's network, and which host plays which role of which product. Format:
 * portolan-site(5). Names are resolved by the reader: a struct holds the object, and the text with
 * its place for messages.
 */
#pragma once

#include "base/addr.h"
#include "base/arena.h"
#include "base/map.h"
#include "model/expr.h"
#include "model/text.h"

struct zone {
	struct text name, title;
	LIST_OF(struct prefix) networks; /* 0.0.0.0/0 and ::/0 for "any" */
	bool any;
};

struct host {
	struct text name;
	LIST_OF(struct addr) addresses;
	struct text dns_name;  /* instead of addresses */
	struct text zone_name; /* where a name does not tell the zone */
	const struct zone *zone;
	struct text owner, platform;
	LIST_OF(struct text) tags;
};

struct group {
	struct text name;
	LIST_OF(struct prefix) networks;
	LIST_OF(struct text) host_names;
	LIST_OF(struct text) tags;	    /* every host that has one of these */
	LIST_OF(const struct host *) hosts; /* both, resolved */
};

/* Where an address translation or a proxy listens: "198.51.100.7:443", "sd1:443". */
struct addr_port {
	struct text text;
	const char *host_name; /* NULL: an address */
	const struct host *host;
	struct addr addr;
	uint16_t port; /* 0: not given */
};

struct interface {
	struct text name; /* its key in the document */
	struct text zone_name;
	const struct zone *zone;
	struct text system_name; /* eth0 */
	LIST_OF(struct addr) addresses;
};

struct device;
/* What a role is bound to. */
enum target_kind { TARGET_HOST, TARGET_GROUP, TARGET_ZONE, TARGET_DEVICE, TARGET_NETWORK };
struct target {
	enum target_kind kind;
	struct text text; /* as written: "web1", "group linux", "zone inside", "10.0.0.0/8" */
	const struct host *host;
	const struct group *group;
	const struct zone *zone;
	const struct device *device;
	struct prefix network;
};

enum filter { FILTER_NONE, FILTER_STATEFUL, FILTER_STATELESS, FILTER_UNKNOWN };
enum placement { PLACEMENT_EXPLICIT, PLACEMENT_TRANSPARENT, PLACEMENT_REVERSE };
enum data_plane { PLANE_RELAY, PLANE_NAT };
enum client_modes { CLIENT_EITHER, CLIENT_ACTIVE, CLIENT_PASSIVE };
enum server_modes {
	SERVER_UNSAID, /* as SERVER_SAME, until somebody decides */
	SERVER_SAME,
	SERVER_ACTIVE,
	SERVER_PASSIVE,
	SERVER_PASSIVE_THEN_ACTIVE,
	SERVER_EITHER,
};
extern const char *const filter_names[],
	*const placement_names[], *const data_plane_names[], *const client_mode_names[],
								     *const server_mode_names[];

enum active_source { ACTIVE_SOURCE_ANY, ACTIVE_SOURCE_20 };
extern const char *const active_source_names[];

struct source_nat {
	struct text from_name, out_name; /* a zone; an interface of this device */
	const struct zone *from;
	const struct interface *out;
	struct text to; /* an address; NULL: the interface's own */
	struct addr to_addr;
};

struct destination_nat {
	struct addr_port at, to;
	enum transport transport;
};

/* Who may do what through an FTP gateway, of those whom the chart lets through. */
enum ftp_may { FTP_MAY_ALL, FTP_MAY_READ, FTP_MAY_WRITE };
enum ftp_tls { FTP_TLS_DENY, FTP_TLS_PASS, FTP_TLS_REQUIRE };
extern const char *const ftp_may_names[], *const ftp_tls_names[];

struct ftp_access {
	LIST_OF(struct target) from, to; /* empty: all */
	LIST_OF(struct text) users;	 /* with * for anything; empty: all */
	enum ftp_may may;
};

#define FTP_UNLIMITED UINT32_MAX
struct ftp_limits { /* 0: not said */
	uint32_t sessions, per_source, per_minute;
	uint32_t rate;		    /* bytes a second of one transfer */
	uint32_t login, idle, data; /* seconds */
};

struct ftp_gateway {
	bool given;
	struct place place;
	uint16_t listen;
	enum placement placement;
	enum data_plane plane;
	struct port_range client_ports, server_ports;
	enum client_modes client_modes;
	enum server_modes server_modes;
	enum active_source active_source;
	struct text run_as;
	LIST_OF(struct addr_port) servers; /* of a reverse gateway */
	LIST_OF(struct ftp_access) access; /* the first that fits; empty: everybody, everything */
	LIST_OF(struct text) deny, allow;  /* commands, by the words with which they begin */
	LIST_OF(struct prefix) never;	   /* no server is there */
	enum ftp_tls tls;
	struct ftp_limits limits;
};

struct proxy { /* HTTP and SOCKS */
	bool given;
	struct place place;
	uint16_t listen;
	struct text credentials; /* env:NAME or file:PATH, never the thing itself */
	struct text run_as;
	LIST_OF(struct text) destination_names; /* zones it serves; empty: all */
};

/* Which member gets the next connection. */
enum balance { BALANCE_RANDOM, BALANCE_ROUND_ROBIN, BALANCE_SOURCE };
enum seen_as { SEEN_AS_CLIENT, SEEN_AS_BALANCER };
extern const char *const balance_names[], *const seen_as_names[];

struct balancer {
	struct text name;
	struct addr_port at;
	LIST_OF(struct addr_port) to;
	enum transport transport;
	enum data_plane plane;		 /* PLANE_RELAY: connections end at the balancer */
	enum balance balance;		 /* of PLANE_NAT */
	enum seen_as seen_as;		 /* so: whom members see */
	struct text run_as;		 /* of PLANE_RELAY */
	const struct expr *health_check; /* a leaf; NULL: none beside the service */
	struct place place;
};

struct device {
	struct text name, title, platform, owner;
	LIST_OF(struct interface) interfaces;
	enum filter filter;
	LIST_OF(struct source_nat) source_nat;
	LIST_OF(struct destination_nat) destination_nat;
	struct ftp_gateway ftp_gateway;
	struct proxy http_proxy, socks_proxy;
	LIST_OF(struct balancer) load_balancer;
};

struct path_rule {
	struct text from_name, to_name;
	const struct zone *from, *to;
	LIST_OF(struct text) through_names;
	LIST_OF(const struct device *) through;
};

struct value {
	struct text name, value;
};

struct instance {
	LIST_OF(struct value) settings;
};

struct binding {
	struct target to;
	LIST_OF(struct target) serves;
	LIST_OF(struct instance) instances; /* at least one: the settings of each */
	struct place place;
};

struct role_binding {
	struct text role;
	LIST_OF(struct binding) bindings;
};

/* Which alternative of a requirement (choose), or what it needs instead (overrule). The key may be
 * "@set": every requirement that uses that set. */
struct choose {
	struct text requirement;
	const struct expr *needs; /* NULL: the word in `way` */
	struct text way;	  /* direct, proxy */
};

struct manual_state { /* of an item of the product's checklist */
	struct text item, owner, date, state;
};

/* Which addresses a network of the product has here. */
struct use_network {
	struct text name;
	LIST_OF(struct prefix) networks;
};

/* Which modes of a requirement are used here. */
struct use_modes {
	struct text requirement;
	LIST_OF(struct text) modes;
};

/* By whose decision a requirement is let through, and for how long; NULL: not said. */
struct grant {
	struct text requirement;
	struct text owner, ticket;
	struct text expires; /* the last day: date_parse() reads it */
};

struct use {
	struct text product; /* its name in the catalog */
	struct text as;	     /* the installation's name; default: the product's */
	LIST_OF(struct role_binding) roles;
	LIST_OF(struct text) features; /* "x" on, "not x" off */
	LIST_OF(struct value) choices, settings;
	LIST_OF(struct use_network) networks;
	LIST_OF(struct use_modes) modes;
	LIST_OF(struct choose) choose, overrule;
	struct grant grant; /* of all its requirements, as far as theirs do not say */
	LIST_OF(struct grant) grants;
	LIST_OF(struct manual_state) checklist;
	struct place place;
};

struct local_port {
	struct text port; /* as written, 7777/tcp */
	struct port_range range;
	enum transport transport;
	struct text name;
};

struct never_cross {
	struct text service;
	LIST_OF(struct text) between_names; /* two */
	const struct zone *between[2];
	struct place place;
};

/* A weakness that the site lives with, for a reason and until a day. */
struct audit_exemption {
	struct text code;      /* of the finding */
	struct text host_name; /* NULL: on every host */
	const struct host *host;
	uint16_t port; /* 0: on every port */
	struct text reason;
	struct text until; /* the last day: date_parse() reads it */
	struct place place;
};

struct site {
	struct arena *arena;
	const char *file;
	struct text name, title;
	LIST_OF(struct zone) zones;
	LIST_OF(struct text) include;
	LIST_OF(struct host) hosts;
	LIST_OF(struct group) groups;
	LIST_OF(struct device) devices;
	LIST_OF(struct path_rule) paths;
	LIST_OF(struct use) uses;
	LIST_OF(struct local_port) local_ports;
	LIST_OF(struct never_cross) never_cross;
	LIST_OF(struct audit_exemption) exemptions;
	LIST_OF(struct prefix) scope;
	LIST_OF(struct text) scope_names; /* names from `try:` that may be tried */

	struct map hosts_by_name, zones_by_name, groups_by_name, devices_by_name;
};

void site_free(struct site *s);

/* What holds for that requirement: its own grant, and what the use says for all. use NULL: nothing
 * is said. */
struct grant use_grant(const struct use *use, const char *requirement);

/* The zone of an address: the most specific network decides. NULL: in none. */
const struct zone *site_zone_of(const struct site *s, const struct addr *a);
