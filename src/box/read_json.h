/* SPDX-License-Identifier: ISC
 *
 * JSON as ip(8) prints it: one list of objects. What is in it is untrusted; after the first mistake
 * every call does nothing, and that mistake is what the reader returns.
 */
#pragma once

#include <jansson.h>

#include "base/addr.h"
#include "base/compiler.h"
#include "box/read.h"

struct json_reader {
	struct box *b;
	const struct box_text *text;
	const char *what; /* of an object, for messages: "link" */
	size_t number;	  /* of this object, from 1 */
	uint8_t family;	  /* of routes and rules; 0: either */
	struct err *err;
	int rc;
};

typedef void json_read_object(struct json_reader *r, json_t *object);

/* Each object of the list goes to `read`; empty ones, which ip leaves where it filters, do not.
 * Text without anything in it is an empty list. */
int json_read_list(struct json_reader *r, json_read_object *read);
PRINTF(2, 3) void json_wrong(struct json_reader *r, const char *fmt, ...);

/* NULL: not there, or null. Texts and numbers alike: ip prints some things as either. */
const char *json_read_text(struct json_reader *r, const json_t *o, const char *key);
/* 1 to 15 bytes, copied. */
const char *json_read_link(struct json_reader *r, const json_t *o, const char *key);
uint32_t json_read_number(struct json_reader *r, const json_t *o, const char *key, uint32_t max,
			  uint32_t otherwise);
/* Of the reader's family; family 0: not there. */
struct addr json_read_addr(struct json_reader *r, const json_t *o, const char *key);
/* "main", "local", "default", a number, or a name that only the box itself can turn into one
 * (/etc/iproute2): then a number from 2^31, the same for the same name. */
uint32_t json_read_table(struct json_reader *r, const json_t *o, const char *key);
bool json_has_word(const json_t *list, const char *word);
