/* SPDX-License-Identifier: ISC
 *
 * A product: what a requirement document says, as data. Format: portolan-product(5).
 */
#pragma once

#include "base/addr.h"
#include "base/arena.h"
#include "model/cond.h"
#include "model/expr.h"
#include "model/text.h"

enum setting_type { SETTING_PORT, SETTING_RANGE, SETTING_DIGITS, SETTING_WORD, SETTING_VERSION };

struct setting {
	struct text name, title;
	enum setting_type type;
	struct text value; /* the default; s is NULL where the site must say it */
	struct text min, max;
	struct text at_least;	     /* of a range: how many ports it must have */
	LIST_OF(struct text) forbid; /* values that it must not have */
};

struct document {
	struct text name, title, publisher, date, revision, retrieved, url;
};

/* One of several networks that the same machines are on (storage, migration). The site says which
 * addresses it has; where it does not, all of a machine's addresses are meant. */
struct network {
	struct text name, title;
};

struct feature {
	struct text name, title;
	bool on; /* `default: on`: unless the site says otherwise */
	LIST_OF(struct text) conflicts;
};

struct choice {
	struct text name, title;
	LIST_OF(struct text) options;
	struct text value; /* the default; NULL: the site must say */
};

struct role {
	struct text name, title;
	bool many;
	bool optional;		 /* unbound: its requirements do not apply, and nobody is asked */
	bool outside;		 /* not in the site: names, addresses, multicast say what it is */
	LIST_OF(struct text) is; /* one of these plays it for a given peer (substitution) */
	LIST_OF(struct text) includes; /* whoever plays one of these plays this too (union) */
	LIST_OF(struct text) names, try_names; /* may hold ${...}; wildcards only in names */
	LIST_OF(struct prefix) addresses;
	LIST_OF(struct prefix) multicast; /* groups, or 255.255.255.255 */
	struct text user;		  /* as whom its process runs */
	LIST_OF(struct setting) settings; /* of each binding */
};

struct set {
	struct text name;
	const struct expr *needs;
};

struct docref {
	struct text in, section, row, note;
};

enum defect_kind {
	DEFECT_ERROR,
	DEFECT_AMBIGUOUS,
	DEFECT_OUTDATED,
	DEFECT_INCOMPLETE,
	DEFECT_INCONSISTENT,
	DEFECT_ADVICE,
};

enum level { LEVEL_REQUIRED, LEVEL_RECOMMENDED, LEVEL_OPTIONAL };
enum phase { PHASE_ANY, PHASE_INSTALL, PHASE_RUN, PHASE_UPGRADE };
enum via { VIA_DIRECT, VIA_PROXY, VIA_EITHER };
extern const char *const level_names[];
extern const char *const phase_names[];
extern const char *const via_names[];
extern const char *const defect_names[];
extern const char *const setting_type_names[];

/* What the way must be like. */
enum path_quality {
	PATH_NO_NAT,
	PATH_NO_TLS_INTERCEPTION,
	PATH_NO_PROXY,
	PATH_NO_PROXY_LOGIN, /* a proxy, if any, asks for no login */
	PATH_SAME_LINK,	     /* no router between: broadcast, link-local multicast */
	PATH_MIN_MTU,	     /* bytes */
	PATH_MAX_RTT,	     /* milliseconds */
	PATH_IDLE_TIMEOUT,   /* seconds that a quiet connection must survive */
};
extern const char *const path_quality_names[];
struct path_condition {
	enum path_quality quality;
	unsigned value; /* of the last three */
	struct place at;
};

enum reach { REACH_EACH, REACH_ONE }; /* one: any one of those who play "to" is enough */
extern const char *const reach_names[];

enum if_unused { IF_UNUSED_NOTHING, IF_UNUSED_RESET }; /* answer instead of silence, as for IDENT */
enum reply_from { REPLY_SAME_PORT, REPLY_OTHER_PORT }; /* TFTP answers from a new port */
extern const char *const if_unused_names[], *const reply_names[];

/* In which of the product's networks each end is addressed; NULL: not said. */
struct end_networks {
	struct text from, to;
};

struct mode {
	struct text name;
	struct text from, to; /* NULL: as the requirement */
	const struct expr *needs;
};

/* What the document says where we say otherwise. */
struct documented {
	bool given, none; /* none: the document does not list this at all */
	struct text from, to;
	const struct expr *needs;
};

struct inferred {
	struct text field, reason;
};

struct requirement {
	struct text id;
	struct text from, to;	  /* role names; resolved by product_role() */
	const struct expr *needs; /* exactly one of needs, forbid, link, modes */
	const struct expr *forbid;
	const struct expr *also; /* listed, opened, tried and told; never decides */
	bool link_none;		 /* no network path: nothing to open */
	bool link_local;	 /* beside link_none: a host offers needs to itself */
	struct text service, title, why, without;
	const struct cond *when; /* NULL: always */
	enum level level;
	enum phase phase;
	enum via via;
	enum reach reach;
	struct end_networks network;
	LIST_OF(struct text) tags; /* words of the document's own classes: optimize, allow */
	struct text child_of;
	LIST_OF(struct text) after;
	LIST_OF(struct path_condition) path;
	LIST_OF(struct mode) modes;
	enum if_unused if_unused;
	struct text secure; /* what the flow must have: tls, tls1.2, smb-encryption, ... */
	enum reply_from reply;
	struct documented documented;
	enum defect_kind defect_kind;
	struct text defect;
	LIST_OF(struct inferred) inferred;
	LIST_OF(struct docref) doc;
};

struct defect {
	struct text id;
	enum defect_kind kind;
	LIST_OF(struct docref) doc;
	struct text documented, effective, reason;
	LIST_OF(struct text) requirements;
};

struct manual_item {
	struct text id, title, why;
	LIST_OF(struct docref) doc;
};

enum goal_kind { GOAL_NAME, GOAL_ALL, GOAL_ANY, GOAL_ELSE, GOAL_THEN };
struct goal {
	enum goal_kind kind;
	struct text name; /* of the goal; in a GOAL_NAME the requirement or goal it stands for */
	struct text title;
	LIST_OF(struct goal) kids;
};

struct product {
	struct arena *arena; /* owns everything below */
	const char *file;
	struct text name, title, version;
	LIST_OF(struct document) documents;
	LIST_OF(struct setting) settings;
	LIST_OF(struct feature) features;
	LIST_OF(struct choice) choices;
	LIST_OF(struct network) networks;
	LIST_OF(struct role) roles;
	LIST_OF(struct set) sets;
	LIST_OF(struct requirement) requirements;
	LIST_OF(struct goal) goals;
	LIST_OF(struct defect) defects;
	LIST_OF(struct manual_item) checklist;
};

void product_free(struct product *p); /* NULL is fine */

/* By name; NULL: there is none. */
const struct role *product_role(const struct product *p, const char *name);
const struct setting *product_setting(const struct product *p, const char *name);
const struct setting *role_setting(const struct role *r, const char *name);
const struct feature *product_feature(const struct product *p, const char *name);
const struct choice *product_choice(const struct product *p, const char *name);
const struct network *product_network(const struct product *p, const char *name);
const struct set *product_set(const struct product *p, const char *name);
const struct requirement *product_requirement(const struct product *p, const char *id);
const struct goal *product_goal(const struct product *p, const char *name);
