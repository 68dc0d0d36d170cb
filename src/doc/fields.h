/* SPDX-License-Identifier: ISC
 *
 * The documents' formats as tables. A record says which keys a map may have, of which kind each
 * value is and where in a struct it goes; reading, unknown keys, printing, the JSON Schema and the
 * tests are loops over these tables. Adding a key to the format is adding one line.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "doc/yaml.h"
#include "doc/yaml_write.h"

struct field;
struct record;

struct reader {
	struct arena *arena;
	const char *file;
	struct errs *errs;
};

/* The kind of a value. `at` points into the struct that is being filled (zeroed before). */
struct kind {
	const char *expected; /* for messages: "a port, 1 to 65535" */
	void (*read)(struct reader *r, const struct field *f, const struct node *n, void *at);
	bool (*is_unset)(const struct field *f, const void *at); /* then it is not printed */
	void (*write)(struct yaml_writer *w, const struct field *f, const void *at);
	void (*schema)(struct buf *out, const struct field *f);
};

struct field {
	const char *key;
	const struct kind *kind;
	size_t offset;
	bool required;
	const char *const *words;    /* KIND_WORD: what it may be; the index is stored as an int */
	const struct record *record; /* KIND_RECORD, KIND_RECORDS, KIND_NAMED */
	const char *help;	     /* one line, for the schema */
};

struct record {
	const char *what; /* "a requirement" */
	size_t size;
	const struct field *fields;
	size_t n_fields;
	const char *short_key; /* a text, or a list, in place of the map is this key's value */
	size_t place;	       /* offset of a struct place that gets the map's; NO_PLACE: none */
	/* What one key cannot say alone; NULL: nothing. */
	void (*check)(struct reader *r, const struct node *n, void *record);
};
#define NO_PLACE ((size_t)-1)

/* The kinds that most keys are of. */
extern const struct kind kind_text;	/* struct text, not empty */
extern const struct kind kind_name;	/* struct text: letters, digits, "_", "-", "." */
extern const struct kind kind_day;	/* struct text: a day that there is, 2026-11-20 */
extern const struct kind kind_date;	/* struct text: 2026, 2026-11 or 2026-11-20 */
extern const struct kind kind_dns_name; /* struct text: a host's name in the DNS */
extern const struct kind kind_flag;	/* bool: true or false */
extern const struct kind kind_word;	/* int: one of field.words */
extern const struct kind kind_port;	/* uint16_t, 1 to 65535 */
extern const struct kind kind_span;	/* struct port_range */
extern const struct kind kind_texts;	/* LIST_OF(struct text): a list, or one text */
extern const struct kind kind_names;	/* LIST_OF(struct text) of names */
extern const struct kind kind_addrs;	/* LIST_OF(struct addr) */
extern const struct kind kind_prefixes; /* LIST_OF(struct prefix) */
extern const struct kind kind_record;	/* a struct that starts with `bool given` */
extern const struct kind kind_records;	/* LIST_OF(struct): a YAML list of maps */
extern const struct kind kind_named; /* LIST_OF(struct that starts with struct text name): a map */
extern const struct kind kind_one_or_more; /* as kind_records, or a single map */
extern const struct kind kind_values;	   /* LIST_OF(struct value): a map of name to text */

void read_record(struct reader *r, const struct record *rec, const struct node *n, void *at);
void write_record(struct yaml_writer *w, const struct record *rec, const void *at);
void record_schema(struct buf *out, const struct record *rec);

/* For kinds of one's own. */
bool want_name(struct reader *r, struct text t);
bool want_text(struct reader *r, const struct node *n, const char *expected);
bool want_kind(struct reader *r, const struct node *n, enum node_kind kind, const char *expected);
PRINTF(3, 4) void complain(struct reader *r, struct place at, const char *fmt, ...);
struct list *new_list(struct reader *r, void *at, size_t n, size_t size); /* n zeroed items */
void schema_string(struct buf *out, const struct field *f);
void schema_any(struct buf *out, const struct field *f);
bool unset_pointer(const struct field *f, const void *at);
bool unset_list(const struct field *f, const void *at);
bool unset_flag(const struct field *f, const void *at);
bool name_is_valid(struct slice s);
bool dns_name_is_valid(struct slice s, const char *also); /* also: further characters */

/* A file's first keys are the format's version and the name: "portolan: 1", "product: x". */
bool check_version(struct reader *r, const struct node *root, const char *kind_key);
