/* SPDX-License-Identifier: ISC */
#include "box/nf_ruleset.h"

const char *const nf_key_names[NF_KEYS_COUNT] = {
#define X(key, name) [KEY_##key] = (name),
	NF_KEYS(X)
#undef X
};

const char *const nf_hook_names[NF_HOOKS] = {
	"ingress", "prerouting", "input", "forward", "output", "postrouting", "egress",
};

bool nf_rule_lets_through(const struct nf_rule *r)
{
	for_each (s, &r->steps)
		if ((s->kind == STEP_VERDICT && s->verdict.kind == VERDICT_ACCEPT) ||
		    s->kind == STEP_VERDICT_MAP)
			return true;
	return false;
}
