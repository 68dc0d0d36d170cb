/* SPDX-License-Identifier: ISC */
#include "policy/policy.h"

#include "base/buf.h"
#include "base/date.h"

const char *const hook_names[] = {
	"prerouting", "input", "forward", "output", "postrouting", NULL,
};
const char *const action_names[] = {
	"accept", "drop", "reset", "dnat", "redirect", "snat", NULL,
};

struct grant claim_grant(const struct claim *c)
{
	return use_grant(c->demand->installation->use, c->demand->requirement->id.s);
}

int32_t claim_expires(const struct claim *c)
{
	struct text expires = claim_grant(c).expires;
	int32_t day = 0;

	if (!expires.s || c->demand->requirement->forbid || !date_parse(slice_of(expires.s), &day))
		return 0;
	return day;
}

const char *rule_key_text(const struct rule *r, char text[RULE_KEY_TEXT_MAX])
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < RULE_KEY_BITS / 4; i++)
		text[i] = digits[r->key >> (RULE_KEY_BITS - 4 - 4 * i) & 15];
	text[RULE_KEY_BITS / 4] = '\0';
	return text;
}

static bool is_told(const struct rule *r, const struct flow *flow, const struct claim *claim)
{
	for_each (f, &r->flows) {
		for (const struct claim *c = (*f)->claims; c; c = c->next) {
			if (*f == flow && c == claim)
				return false;
			if (c->demand->requirement == claim->demand->requirement)
				return true;
		}
	}
	return false;
}

void rule_format_requirements(const struct rule *r, struct buf *out)
{
	size_t start = out->n;

	if (!r->flows.n)
		buf_add_text(out, r->why);
	for_each (f, &r->flows)
		for (const struct claim *c = (*f)->claims; c; c = c->next)
			if (!is_told(r, *f, c))
				buf_addf(out, "%s%s/%s", out->n > start ? ", " : "",
					 c->demand->installation->product->name.s,
					 c->demand->requirement->id.s);
}

bool policy_is_name_also(const char *s, size_t max, const char *also)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_.+@";
	size_t n = 0;

	while (s[n] && (strchr(allowed, s[n]) || (also && strchr(also, s[n]))))
		n++;
	return n && !s[n] && n <= max && strcmp(s, ".") != 0 && strcmp(s, "..") != 0;
}

bool policy_is_name(const char *s, size_t max)
{
	return policy_is_name_also(s, max, NULL);
}

/* --- interfaces ------------------------------------------------------------------------------- */

static const char *name_at(const char *first, const struct names *more, size_t i)
{
	if (!i)
		return first;
	return i <= more->list.n ? more->list.items[i - 1] : NULL;
}

const char *match_in(const struct match *m, size_t i)
{
	return name_at(m->in, &m->more_in, i);
}

const char *match_out(const struct match *m, size_t i)
{
	return name_at(m->out, &m->more_out, i);
}

static void add_by_interface(struct policy *p, const struct rule *r)
{
	for (size_t i = 0; i <= r->match.more_in.list.n; i++)
		for (size_t k = 0; k <= r->match.more_out.list.n; k++) {
			struct rule *one = list_add(p->arena, &p->rules, sizeof(*p->rules.items));

			*one = *r;
			one->match.in = match_in(&r->match, i);
			one->match.out = match_out(&r->match, k);
			one->match.more_in = one->match.more_out = (struct names){{NULL, 0}};
		}
}

struct policy *policy_by_interface(const struct policy *p)
{
	struct arena *arena = arena_new();
	struct policy *q = ARENA_NEW(arena, struct policy);

	*q = *p;
	q->arena = arena;
	q->rules.items = NULL;
	q->rules.n = 0;
	for_each (r, &p->rules)
		add_by_interface(q, r);
	return q;
}

void policy_free(struct policy *p)
{
	if (p)
		arena_free(p->arena);
}
