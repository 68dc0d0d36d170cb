/* SPDX-License-Identifier: ISC */
#include "model/product.h"

void product_free(struct product *p)
{
	if (p)
		arena_free(p->arena);
}

/* Lists are short (a hundred requirements): a walk is as fast as a hash. */
#define FIND(list, key, wanted)                                                                    \
	do {                                                                                       \
		for_each (item_, list)                                                             \
			if (text_is(item_->key, wanted))                                           \
				return item_;                                                      \
		return NULL;                                                                       \
	} while (0)

const struct role *product_role(const struct product *p, const char *name)
{
	FIND(&p->roles, name, name);
}

const struct setting *product_setting(const struct product *p, const char *name)
{
	FIND(&p->settings, name, name);
}

const struct setting *role_setting(const struct role *r, const char *name)
{
	FIND(&r->settings, name, name);
}

const struct feature *product_feature(const struct product *p, const char *name)
{
	FIND(&p->features, name, name);
}

const struct choice *product_choice(const struct product *p, const char *name)
{
	FIND(&p->choices, name, name);
}

const struct network *product_network(const struct product *p, const char *name)
{
	FIND(&p->networks, name, name);
}

const struct set *product_set(const struct product *p, const char *name)
{
	FIND(&p->sets, name, name);
}

const struct requirement *product_requirement(const struct product *p, const char *id)
{
	FIND(&p->requirements, id, id);
}

const struct goal *product_goal(const struct product *p, const char *name)
{
	FIND(&p->goals, name, name);
}
