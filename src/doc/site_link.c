/* SPDX-License-Identifier: ISC */
#include "doc/site_link.h"

#include "base/suggest.h"
#include "doc/site.h"
#include "model/setting.h"

struct linker {
	struct site *s;
	struct errs *errs;
};

/* --- names ------------------------------------------------------------------------------------ */

static void index_names(struct linker *l, struct map *map, const char *what, void *list_,
			size_t size)
{
	const struct list *list = list_;

	for (size_t i = 0; i < list->n; i++) {
		struct text *name = (void *)((char *)list->items + i * size);

		if (!map_add(map, slice_of(name->s), name))
			errs_add(l->errs, name->at, "the %s \"%s\" is given twice", what, name->s);
	}
}

static void *find(struct linker *l, const struct map *map, const void *list_, size_t size,
		  struct text name, const char *what)
{
	const struct list *list = list_;
	void *found = map_find(map, slice_of(name.s));
	struct suggest s = suggest_start(slice_of(name.s));
	char hint[SUGGEST_TEXT_MAX];

	if (found)
		return found;
	for (size_t i = 0; i < list->n && i < 1000; i++)
		suggest_add(&s, ((const struct text *)(const void *)((const char *)list->items +
								     i * size))
					->s);
	errs_add(l->errs, name.at, "unknown %s \"%.60s\"%s", what, name.s, suggest_text(&s, hint));
	return NULL;
}

static const struct zone *find_zone(struct linker *l, struct text name)
{
	return find(l, &l->s->zones_by_name, &l->s->zones, sizeof(struct zone), name, "zone");
}

static const struct host *find_host(struct linker *l, struct text name)
{
	return find(l, &l->s->hosts_by_name, &l->s->hosts, sizeof(struct host), name, "host");
}

static const struct group *find_group(struct linker *l, struct text name)
{
	return find(l, &l->s->groups_by_name, &l->s->groups, sizeof(struct group), name, "group");
}

static const struct device *find_device(struct linker *l, struct text name)
{
	return find(l, &l->s->devices_by_name, &l->s->devices, sizeof(struct device), name,
		    "device");
}

/* A bare word is a host, or a device; the message speaks of hosts. */
static void link_word(struct linker *l, struct target *t)
{
	const struct device *d = map_find(&l->s->devices_by_name, slice_of(t->text.s));

	t->kind = TARGET_HOST;
	if (d) {
		t->kind = TARGET_DEVICE;
		t->device = d;
		if (map_find(&l->s->hosts_by_name, slice_of(t->text.s)))
			errs_add(l->errs, t->text.at, "\"%s\" is a host and a device; which one?",
				 t->text.s);
		return;
	}
	if (map_find(&l->s->zones_by_name, slice_of(t->text.s)) &&
	    !map_find(&l->s->hosts_by_name, slice_of(t->text.s)))
		errs_add(l->errs, t->text.at, "\"%s\" is a zone; write \"zone %s\"", t->text.s,
			 t->text.s);
	else if (map_find(&l->s->groups_by_name, slice_of(t->text.s)) &&
		 !map_find(&l->s->hosts_by_name, slice_of(t->text.s)))
		errs_add(l->errs, t->text.at, "\"%s\" is a group; write \"group %s\"", t->text.s,
			 t->text.s);
	else
		t->host = find_host(l, t->text);
}

static struct text second_word(struct text t, const char *first)
{
	t.at.column += (uint32_t)strlen(first);
	t.s += strlen(first);
	return t;
}

static void link_target(struct linker *l, struct target *t)
{
	struct slice s = slice_of(t->text.s);
	bool host_bits;

	if (slice_has_prefix(s, "group ")) {
		t->kind = TARGET_GROUP;
		t->group = find_group(l, second_word(t->text, "group "));
	} else if (slice_has_prefix(s, "zone ")) {
		t->kind = TARGET_ZONE;
		t->zone = find_zone(l, second_word(t->text, "zone "));
	} else if (prefix_parse(s, &t->network, &host_bits)) {
		t->kind = TARGET_NETWORK;
	} else if (host_bits) {
		errs_add(l->errs, t->text.at, "%.60s has bits set behind its length", t->text.s);
	} else {
		link_word(l, t);
	}
}

void target_link(const struct site *s, struct target *t, struct errs *errs)
{
	struct linker l = {(struct site *)s, errs};

	link_target(&l, t);
}

/* --- devices ---------------------------------------------------------------------------------- */

static void link_addr_port(struct linker *l, struct addr_port *ap)
{
	struct text name = {ap->host_name, ap->text.at};

	if (ap->host_name)
		ap->host = find_host(l, name);
	if (ap->host && ap->host->addresses.n)
		ap->addr = ap->host->addresses.items[0];
}

static const struct interface *find_interface(struct linker *l, const struct device *d,
					      struct text name)
{
	struct suggest s = suggest_start(slice_of(name.s));
	char hint[SUGGEST_TEXT_MAX];

	for_each (i, &d->interfaces) {
		if (text_same(i->name, name))
			return i;
		suggest_add(&s, i->name.s);
	}
	errs_add(l->errs, name.at, "the device \"%s\" has no interface \"%.60s\"%s", d->name.s,
		 name.s, suggest_text(&s, hint));
	return NULL;
}

static void link_source_nat(struct linker *l, struct device *d, struct source_nat *n)
{
	n->from = find_zone(l, n->from_name);
	n->out = find_interface(l, d, n->out_name);
	if (n->to.s && !addr_parse(slice_of(n->to.s), &n->to_addr))
		errs_add(l->errs, n->to.at, "expected an address, found \"%.60s\"", n->to.s);
	else if (!n->to.s && n->out && !n->out->addresses.n)
		errs_add(l->errs, n->out_name.at,
			 "the interface \"%s\" has no address to translate to; give \"to\"",
			 n->out->name.s);
}

static void link_proxy(struct linker *l, const struct proxy *p)
{
	for_each (name, &p->destination_names)
		find_zone(l, *name);
}

static void link_device(struct linker *l, struct device *d)
{
	for_each (i, &d->interfaces)
		i->zone = find_zone(l, i->zone_name);
	for_each (n, &d->source_nat)
		link_source_nat(l, d, n);
	for_each (n, &d->destination_nat) {
		link_addr_port(l, &n->at);
		link_addr_port(l, &n->to);
	}
	for_each (ap, &d->ftp_gateway.servers)
		link_addr_port(l, ap);
	for_each (a, &d->ftp_gateway.access) {
		for_each (t, &a->from)
			link_target(l, t);
		for_each (t, &a->to)
			link_target(l, t);
	}
	for_each (b, &d->load_balancer) {
		link_addr_port(l, &b->at);
		for_each (ap, &b->to)
			link_addr_port(l, ap);
	}
	link_proxy(l, &d->http_proxy);
	link_proxy(l, &d->socks_proxy);
}

/* --- the rest --------------------------------------------------------------------------------- */

static bool has_tag(const struct host *h, struct text tag)
{
	for_each (t, &h->tags)
		if (text_same(*t, tag))
			return true;
	return false;
}

static bool has_any_tag(const struct host *h, const struct group *g)
{
	for_each (tag, &g->tags)
		if (has_tag(h, *tag))
			return true;
	return false;
}

static void link_group(struct linker *l, struct group *g)
{
	struct site *s = l->s;
	size_t room = g->host_names.n + (g->tags.n ? s->hosts.n : 0);

	g->hosts.items = arena_get(s->arena, room, sizeof(*g->hosts.items));
	for_each (name, &g->host_names) {
		const struct host *h = find_host(l, *name);

		if (h)
			g->hosts.items[g->hosts.n++] = h;
	}
	if (!g->tags.n)
		return;
	for_each (h, &s->hosts)
		if (has_any_tag(h, g))
			g->hosts.items[g->hosts.n++] = h;
}

static bool is_in(const struct device *d, const struct zone *z)
{
	for_each (i, &d->interfaces)
		if (i->zone == z)
			return true;
	return false;
}

/* A way begins or ends at one of its devices; one of which the site tells no interfaces (somebody
 * else's box) is taken at its word. */
static void check_way(struct linker *l, const struct path_rule *p)
{
	bool told = p->from && p->to && p->through.n == p->through_names.n;

	for_each (d, &p->through) {
		if (!(*d)->interfaces.n || is_in(*d, p->from) || is_in(*d, p->to))
			told = false;
	}
	if (told && p->through.n)
		errs_add(l->errs, p->through_names.items[0].at,
			 "no device of this path has an interface in the zone \"%s\" or \"%s\"",
			 p->from->name.s, p->to->name.s);
}

static void link_path(struct linker *l, struct path_rule *p)
{
	p->from = find_zone(l, p->from_name);
	p->to = find_zone(l, p->to_name);
	p->through.items = arena_get(l->s->arena, p->through_names.n, sizeof(*p->through.items));
	for_each (name, &p->through_names) {
		const struct device *d = find_device(l, *name);

		if (d)
			p->through.items[p->through.n++] = d;
	}
	check_way(l, p);
}

static void link_use(struct linker *l, struct use *u)
{
	for_each (rb, &u->roles)
		for_each (b, &rb->bindings) {
			if (b->to.text.s)
				link_target(l, &b->to);
			for_each (t, &b->serves)
				link_target(l, t);
		}
}

static const char *use_name(const struct use *u)
{
	return u->as.s ? u->as.s : u->product.s;
}

static void check_installations(struct linker *l)
{
	for_each (u, &l->s->uses)
		for (const struct use *other = l->s->uses.items; other < u; other++)
			if (strcmp(use_name(u), use_name(other)) == 0) {
				errs_add(l->errs, u->as.s ? u->as.at : u->product.at,
					 "two installations are called \"%s\"; give one another "
					 "name "
					 "with \"as\"",
					 use_name(u));
				break;
			}
}

/* The zone that holds what no other does, mostly the internet: 0.0.0.0/0 and ::/0, or "any" for
 * both. */
static void mark_any(struct zone *z)
{
	for_each (p, &z->networks)
		z->any |= p->bits == 0;
}

static void check_zones(struct linker *l)
{
	for_each (z, &l->s->zones)
		for_each (p, &z->networks)
			for (struct zone *other = l->s->zones.items; other < z; other++)
				for_each (q, &other->networks)
					if (prefix_equal(p, q) && p->bits) {
						char text[PREFIX_TEXT_MAX];

						errs_add(l->errs, z->name.at,
							 "the zones \"%s\" and \"%s\" both have %s",
							 other->name.s, z->name.s,
							 prefix_text(p, text));
					}
}

void site_link(struct site *s, struct errs *errs)
{
	struct linker l = {s, errs};

	index_names(&l, &s->zones_by_name, "zone", &s->zones, sizeof(struct zone));
	index_names(&l, &s->hosts_by_name, "host", &s->hosts, sizeof(struct host));
	index_names(&l, &s->groups_by_name, "group", &s->groups, sizeof(struct group));
	index_names(&l, &s->devices_by_name, "device", &s->devices, sizeof(struct device));
	for_each (z, &s->zones)
		mark_any(z);
	for_each (h, &s->hosts)
		if (h->zone_name.s)
			h->zone = find_zone(&l, h->zone_name);
	for_each (g, &s->groups)
		link_group(&l, g);
	for_each (d, &s->devices)
		link_device(&l, d);
	for_each (p, &s->paths)
		link_path(&l, p);
	for_each (u, &s->uses)
		link_use(&l, u);
	for_each (n, &s->never_cross)
		for (size_t i = 0; i < n->between_names.n && i < 2; i++)
			n->between[i] = find_zone(&l, n->between_names.items[i]);
	for_each (e, &s->exemptions)
		if (e->host_name.s)
			e->host = find_host(&l, e->host_name);
	check_installations(&l);
	check_zones(&l);
}
