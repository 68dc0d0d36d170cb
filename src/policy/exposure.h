/* SPDX-License-Identifier: ISC
 *
 * The least that must be let in. A gateway that ends one leg of FTP and begins the next is free to
 * choose how the data connections of the next one are opened, where the site does not say it: by
 * itself (passive), or by the other side (active). Of all such choices that serve what is required
 * the least exposed one is found by trying them.
 *
 * Measured is, over the policies of all devices of the site, what their rules for data connections
 * of FTP gateways accept in input and forward: of each rule the addresses of its target times its
 * ports. What comes from an outside zone counts first, then what else comes from a less trusted
 * side, then the rest. A side is the less trusted, the fewer devices are between it and an outside
 * zone (one with `networks: any`); a device stands where its outermost interface does. Of equal
 * choices the one with more legs in passive mode is taken: then connections begin on one side only.
 */
#pragma once

#include "policy/policy.h"

enum exposure_side { EXPOSURE_OUTSIDE, EXPOSURE_LESS_TRUSTED, EXPOSURE_REST, EXPOSURE_SIDES };
extern const char *const exposure_side_names[];

struct exposure {
	double sides[EXPOSURE_SIDES];
};

/* A rule that accepts no more. */
struct exposure_gone {
	const struct device *device;
	const char *text; /* "input 203.0.113.21 > 198.51.100.2 tcp/43000-43999" */
};

struct least_exposure {
	struct arena *arena;
	struct exposure before, after;
	LIST_OF(struct gateway_modes) modes; /* that were decided: by the order of the site */
	LIST_OF(struct exposure_gone) gone;
};

struct exposure_asked {
	const struct site *site; /* as plan_build() */
	const struct product *const *products;
	size_t n_products;
	struct plan_options plan; /* without modes */
	struct policy_options policy;
};

/* The plan to it: plan_build() with its modes, and `ends_as_used`. It borrows from the site. NULL
 * with errs as plan_build() and policy_derive(). */
MUST_USE struct least_exposure *least_exposure_find(const struct exposure_asked *asked,
						    struct errs *errs);
void least_exposure_free(struct least_exposure *e); /* NULL is fine */
/* These options with what was found. They borrow from it. */
struct plan_options least_exposure_plan(const struct least_exposure *e,
					const struct plan_options *options);

/* "F dials in passive mode, N dials in passive mode"; nothing where nothing was free. */
void least_exposure_format(const struct least_exposure *e, struct buf *out);
const char *gateway_mode_word(const struct gateway_modes *m); /* "passive" */

/* In which modes that gateway dials on in the plan. */
enum { DIALS_PASSIVE = 1, DIALS_ACTIVE = 2, DIALS_BOTH = 3 };
unsigned gateway_dials(const struct plan *plan, const struct device *gateway);
/* In which mode it does so with this claim of the flow; 0: it does not. */
unsigned gateway_dials_by(const struct flow *f, const struct claim *c,
			  const struct device *gateway);
