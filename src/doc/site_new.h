/* SPDX-License-Identifier: ISC
 *
 * The first site file of a user: what the chosen features of some products need, and nothing else,
 * with comments that say what each line is for. What is not known yet stands there as a comment
 * that says what to fill in, so that the file reads in every case and `plan` asks for the rest.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "model/product.h"

/* As on the command line; borrowed. "PRODUCT/NAME" in place of NAME is of that product only. */
struct site_words {
	const char **items;
	size_t n;
};

struct site_new {
	const char *name; /* of the site */
	const struct product *const *products;
	size_t n_products;
	struct site_words roles;    /* web=web1:10.1.0.10, browser=zone inside, linux=group linux */
	struct site_words features; /* email, "not launch_rdp" */
	struct site_words choices;  /* selfdestruct=push_pull */
	struct site_words settings; /* web_port=8443, target.session_port=22 */
	struct site_words zones;    /* inside=10.1.0.0/16,2001:db8::/48 */
};

/* 0, or negative and every mistake in errs; those of the words have no place. */
MUST_USE int site_new_write(const struct site_new *s, struct buf *out, struct errs *errs);

/* --- what the choices so far need: also for whoever asks the questions ------------------------ */

/* A requirement that applies, or may apply, uses it. */
bool site_needs_role(const struct site_new *s, const struct product *p, const struct role *r);
bool site_needs_setting(const struct site_new *s, const struct product *p, const struct setting *v);
bool site_needs_choice(const struct site_new *s, const struct product *p, const struct choice *c);

/* What was given last, or NULL. */
const char *site_word(const struct site_words *words, const struct product *p, const char *name);
bool site_has_feature(const struct site_new *s, const struct product *p, const struct feature *f);

/* "Microsoft SQL Server; listens on tcp/1433" */
void site_describe_role(const struct site_new *s, const struct product *p, const struct role *r,
			struct buf *out);

/* --- doc/site_need.c for doc/site_new.c ------------------------------------------------------- */

/* "a=b" or "product/a=b"; false where it is of another product or there is no "=". */
bool site_split_word(const char *word, const struct product *p, struct slice *name,
		     const char **value);
bool site_requirement_applies(const struct site_new *s, const struct product *p,
			      const struct requirement *q);
