/* SPDX-License-Identifier: ISC
 *
 * Until when a rule is wanted: what the site grants has an end, and what has ended is not opened.
 */
#include "base/date.h"
#include "policy/derive_int.h"

enum { ANNOUNCED_DAYS = 30 };

bool derive_holds(const struct derivation *d, const struct claim *c)
{
	int32_t expires = claim_expires(c);

	return !expires || expires >= d->options->today;
}

bool derive_any_holds(const struct derivation *d, const struct flow *f)
{
	for (const struct claim *c = f->claims; c; c = c->next)
		if (derive_holds(d, c))
			return true;
	return false;
}

int32_t derive_expires(const struct derivation *d, const struct rule *r)
{
	int32_t latest = 0;

	for_each (f, &r->flows) {
		for (const struct claim *c = (*f)->claims; c; c = c->next) {
			int32_t expires = claim_expires(c);

			if (!derive_holds(d, c))
				continue;
			if (!expires)
				return 0;
			latest = expires > latest ? expires : latest;
		}
	}
	return latest;
}

static void tell_expired(struct derivation *d, const struct claim *c, const char *subject)
{
	struct grant g = claim_grant(c);

	derive_tell(d, (struct finding){
			       .severity = SEVERITY_MEDIUM,
			       .code = "expired",
			       .subject = subject,
			       .evidence = arena_printf(d->arena,
							"its last day was %s: nothing is opened "
							"for it",
							g.expires.s),
			       .fix = "a later day in the site file, or the requirement goes",
			       .at = g.expires.at});
}

static void tell_soon(struct derivation *d, const struct claim *c, const char *subject,
		      int32_t left)
{
	struct grant g = claim_grant(c);

	derive_tell(
		d,
		(struct finding){
			.severity = SEVERITY_LOW,
			.code = "expires-soon",
			.subject = subject,
			.evidence = left ? arena_printf(d->arena, "its last day is %s, in %d day%s",
							g.expires.s, left, left == 1 ? "" : "s")
					 : arena_printf(d->arena, "its last day is %s, today",
							g.expires.s),
			.fix = "a later day in the site file, if it is still needed; derive "
			       "again when it has passed",
			.at = g.expires.at});
}

void derive_tell_expiry(struct derivation *d, const struct flow *f)
{
	for (const struct claim *c = f->claims; c; c = c->next) {
		int32_t expires = claim_expires(c), left = expires - d->options->today;
		const char *subject;

		if (!expires || !d->options->today || left > ANNOUNCED_DAYS)
			continue;
		subject = arena_printf(d->arena, "%s/%s", c->demand->installation->name,
				       c->demand->requirement->id.s);
		if (left < 0)
			tell_expired(d, c, subject);
		else
			tell_soon(d, c, subject, left);
	}
}
