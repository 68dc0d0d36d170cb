/* SPDX-License-Identifier: ISC
 *
 * The parts of the reader of iptables-save (box/read.h). read_iptables.c has lines, tables and
 * chains, ipt_word.c words, ipt_value.c what stands in them, ipt_match.c the options of a rule,
 * ipt_module.c the matches, ipt_set.c those with sets of ipset, ipt_target.c what is done.
 *
 * Unless they say something else, functions return 0, IPT_ODD for what they do not understand (it
 * becomes unknown, in its own words), or a negative error class with p->err.
 */
#pragma once

#include "base/map.h"
#include "box/nf_make.h"
#include "box/read.h"

enum { IPT_ODD = 1, IPT_USES_MAX = 32, IPT_LIST_MAX = 64 };

struct ipt_word {
	struct slice raw;  /* as it stands in the line */
	struct slice text; /* without its quotes */
};

struct ipt_module;
struct ipt_table;
struct ipt {
	struct box *b;
	const char *file;
	uint8_t family;
	enum nf_backend backend;
	struct err *err;
	struct map sets;  /* of ipset, by name */
	struct map asked; /* questions of one span, by what they ask */

	const struct ipt_table *table; /* NULL: between tables */
	uint32_t seen;		       /* bits: these tables were there */
	bool foreign;		       /* a table that nobody knows; its lines are skipped */
	const char *table_name;	       /* "ip filter" */
	uint32_t first;		       /* place of its first chain in the ruleset */
	bool has_netmap;	       /* NETMAP stands in it */
	struct map chains; /* of this table: by name, a uint32_t: the place in the ruleset */

	uint32_t line; /* its number */
	const char *begin;
	struct ipt_word *words; /* owned; of this line */
	size_t n, room, at;

	struct nf_rule *rule;
	const struct ipt_module *of_proto; /* what -p stands for: "-p tcp --dport"; NULL: nothing */
};

/* An option of a module. Without `ask` it is not understood. */
struct ipt_use;
struct ipt_option {
	const char *name;
	uint8_t n_args;
	int (*ask)(struct ipt *p, const struct ipt_use *u);
	enum nf_key key; /* what it asks for */
};
/* An option as it stands in a rule. */
struct ipt_use {
	const struct ipt_option *option; /* NULL: the module has no such */
	struct slice name, words;	 /* its own, and with sign and arguments */
	bool negate;
	const struct ipt_word *args;
};
struct ipt_uses {
	struct slice module, words; /* "limit", "-m limit --limit 3/min" */
	struct ipt_use items[IPT_USES_MAX];
	size_t n;
};
struct ipt_module {
	const char *name;
	const struct ipt_option *options;
	size_t n;
	/* All options together; ipt_ask_each() where each is a question of its own. */
	int (*ask)(struct ipt *p, const struct ipt_uses *us);
};

/* Always err_set()'s result. `w` NULL: the line. */
PRINTF(3, 4) int ipt_bad(struct ipt *p, const struct ipt_word *w, const char *fmt, ...);
/* Cut a line into p->words; p->at is 0 then. */
int ipt_split(struct ipt *p, struct slice line);
bool ipt_is(const struct ipt *p, size_t at, const char *word);	       /* as it stands, unquoted */
struct slice ipt_words(const struct ipt *p, size_t first, size_t end); /* as they stand */
/* One `[!] --name [!] [args]` at p->at, of these options; those of an unknown name go on until the
 * next. */
int ipt_read_use(struct ipt *p, const struct ipt_option *options, size_t n, struct ipt_use *u);
bool ipt_is_beginning(const struct ipt *p, size_t at); /* -s, ! -i, -m, -j, ... */

/* Decimal, or hexadecimal after 0x. Too large is an error, what does not begin with a digit is odd.
 * `s` is the word or a part of it. */
int ipt_number(struct ipt *p, const struct ipt_word *w, struct slice s, uint64_t max, uint64_t *n);
/* "5", "5:9" with that sign between; an open end is 0 or max. */
int ipt_range(struct ipt *p, const struct ipt_word *w, struct slice s, char sep, uint64_t max,
	      struct nf_span *span);
/* "0x1", "0x1/0xff". */
int ipt_masked(struct ipt *p, const struct ipt_word *w, uint32_t *value, uint32_t *mask);
int ipt_addr(const struct ipt *p, struct slice s, struct addr *a); /* of the reader's family */
/* The key of IPv6 that goes with one of IPv4. */
enum nf_key ipt_key(const struct ipt *p, enum nf_key key);

void ipt_ask(struct ipt *p, enum nf_key key, struct nf_span span, bool negate);
/* One of these bits is set in it. */
void ipt_ask_bits(struct ipt *p, enum nf_key key, uint32_t bits, bool negate);
/* (key & mask) is value. */
void ipt_ask_masked(struct ipt *p, enum nf_key key, uint32_t value, uint32_t mask, bool negate);
/* What is always so, or never. */
void ipt_ask_always(struct ipt *p, bool so);
/* A question of several look-ups; they are added. */
struct nf_cond *ipt_ask_any_of(struct ipt *p, bool negate);
void ipt_add_lookup(struct ipt *p, struct nf_cond *cond, const struct nf_set *set,
		    const struct nf_key_use *keys);
const struct nf_set *ipt_list(struct ipt *p, const struct nf_span *spans, size_t n);
/* "! this" is also yes for packets that lack the key: a look-up that every packet can be asked, and
 * that finds none. */
void ipt_add_nothing(struct ipt *p, struct nf_cond *cond);

/* -s, -d, -i, -o, -p, -f, -m and what belongs to it, at p->at. */
int ipt_read_match(struct ipt *p);
/* -j and -g, at p->at. */
int ipt_read_target(struct ipt *p);
/* At a table's end. */
void ipt_settle_netmaps(struct ipt *p);

const struct ipt_module *ipt_find_module(struct slice name);
const struct ipt_option *ipt_find_option(const struct ipt_option *options, size_t n,
					 struct slice name);
int ipt_ask_each(struct ipt *p, const struct ipt_uses *us);
int ipt_ask_set(struct ipt *p, const struct ipt_uses *us); /* -m set */
/* -j SET: packets change that set. */
void ipt_set_changes(struct ipt *p, struct slice name);
