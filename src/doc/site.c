/* SPDX-License-Identifier: ISC
 *
 * The format of a site file, as tables from the innermost record outwards.
 */
#include "doc/site.h"

#include <string.h>

#include "doc/fields.h"
#include "doc/hosts_csv.h"
#include "doc/kinds_own.h"
#include "doc/needs.h"
#include "doc/site_kinds.h"
#include "doc/site_link.h"

#define AT(type, member) offsetof(struct type, member)
#define RECORD(what, type, fields, ...)                                                            \
	{                                                                                          \
		what, sizeof(struct type), fields, ARRAY_LEN(fields), __VA_ARGS__                  \
	}

/* --- zones, hosts, groups --------------------------------------------------------------------- */

static const struct field zone_fields[] = {
	{"title", &kind_text, AT(zone, title)},
	{"networks", &kind_prefixes, AT(zone, networks), true,
	 .help = "the most specific network decides an address's zone; any: everything else"},
};

static const struct record zone_record = RECORD("a zone", zone, zone_fields, NULL, NO_PLACE, NULL);

static void check_host(struct reader *r, const struct node *n, void *at)
{
	const struct host *h = at;

	if (!h->addresses.n && !h->dns_name.s)
		complain(r, n->text.at, "a host needs \"addresses\" or \"name\"");
	if (h->addresses.n && h->dns_name.s)
		complain(r, n->text.at, "a host has either \"addresses\" or \"name\"");
	if (h->zone_name.s && h->addresses.n)
		complain(r, h->zone_name.at,
			 "\"zone\" is for a host with a name; "
			 "addresses tell their zone themselves");
}

static const struct field host_fields[] = {
	{"addresses", &kind_addrs, AT(host, addresses)},
	{"name", &kind_dns_name, AT(host, dns_name), .help = "a DNS name, instead of addresses"},
	{"zone", &kind_name, AT(host, zone_name), .help = "where a host with a name stands"},
	{"tags", &kind_names, AT(host, tags)},
	{"owner", &kind_text, AT(host, owner), .help = "who administers it"},
	{"platform", &kind_text, AT(host, platform)},
};
static const struct record host_record =
	RECORD("a host", host, host_fields, NULL, NO_PLACE, check_host);

static const struct field group_fields[] = {
	{"networks", &kind_prefixes, AT(group, networks)},
	{"hosts", &kind_names, AT(group, host_names)},
	{"tags", &kind_names, AT(group, tags), .help = "every host that has one of these"},
};
static const struct record group_record =
	RECORD("a group", group, group_fields, NULL, NO_PLACE, NULL);

/* --- devices ---------------------------------------------------------------------------------- */

static const char *const nat_transports[] = {"", "tcp", "udp", NULL};

/* "198.51.100.7:443", "[2001:db8::7]:443", "sd1:443", or without a port; linked later. */
static bool split_addr_port(struct slice s, struct slice *host, struct slice *port)
{
	*port = SLICE_NONE;
	if (s.n && s.p[0] == '[') {
		const char *close = memchr(s.p, ']', s.n);

		if (!close)
			return false;
		*host = slice_from_to(s.p + 1, close);
		s = slice_skip(s, (size_t)(close - s.p) + 1);
		if (!s.n)
			return true;
		*port = slice_skip(s, 1);
		return s.p[0] == ':';
	}
	*host = s;
	for (size_t i = s.n; i-- > 0;) {
		if (s.p[i] != ':')
			continue;
		if (memchr(s.p, ':', i)) /* a bare IPv6 address */
			return true;
		*host = (struct slice){s.p, i};
		*port = slice_skip(s, i + 1);
		return true;
	}
	return true;
}

static const char addr_port_expected[] = "HOST:PORT, such as 198.51.100.7:443 or web1:443";

static bool parse_addr_port(struct reader *r, const struct node *n, struct addr_port *ap)
{
	struct slice host, port;
	uint64_t number = 0;

	if (!want_text(r, n, addr_port_expected))
		return false;
	ap->text = n->text;
	if (!split_addr_port(slice_of(n->text.s), &host, &port) || !host.n ||
	    (port.p && (!slice_number(port, 65535, &number) || !number))) {
		complain(r, n->text.at, "expected %s, found \"%.60s\"", addr_port_expected,
			 n->text.s);
		return false;
	}
	ap->port = (uint16_t)number;
	if (!addr_parse(host, &ap->addr)) {
		ap->host_name = arena_copy(r->arena, host);
		if (!name_is_valid(host))
			complain(r, n->text.at, "expected %s, found \"%.60s\"", addr_port_expected,
				 n->text.s);
	}
	return true;
}

static void read_addr_port(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	(void)f;
	parse_addr_port(r, n, at);
}

static bool unset_addr_port(const struct field *f, const void *at)
{
	(void)f;
	return !((const struct addr_port *)at)->text.s;
}

static void write_addr_port(struct yaml_writer *w, const struct field *f, const void *at)
{
	(void)f;
	yaml_text(w, ((const struct addr_port *)at)->text.s);
}

static const struct kind kind_addr_port = {addr_port_expected, read_addr_port, unset_addr_port,
					   write_addr_port, schema_string};

static void read_addr_ports(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	const struct node *const one[] = {n};
	size_t count = n->kind == NODE_LIST ? n->n : 1, used = 0;
	const struct node *const *items = n->kind == NODE_LIST ? n->items : one;
	struct list *list = new_list(r, at, count, sizeof(struct addr_port));

	(void)f;
	for (size_t i = 0; i < count; i++)
		used += parse_addr_port(r, items[i], (struct addr_port *)list->items + used);
	list->n = used;
}

static void write_addr_ports(struct yaml_writer *w, const struct field *f, const void *at)
{
	const LIST_OF(struct addr_port) *list = at;

	(void)f;
	yaml_open(w);
	for_each (ap, list)
		yaml_item_text(w, ap->text.s);
	yaml_close(w);
}

const struct kind kind_addr_ports = {"a list of HOST:PORT", read_addr_ports, unset_list,
				     write_addr_ports, schema_any};

static const struct field interface_fields[] = {
	{"zone", &kind_name, AT(interface, zone_name), true},
	{"name", &kind_text, AT(interface, system_name), .help = "the system's own: eth0"},
	{"addresses", &kind_addrs, AT(interface, addresses)},
};
static const struct record interface_record =
	RECORD("an interface", interface, interface_fields, NULL, NO_PLACE, NULL);

static const struct field source_nat_fields[] = {
	{"from", &kind_name, AT(source_nat, from_name), true, .help = "a zone"},
	{"out", &kind_name, AT(source_nat, out_name), true, .help = "an interface of this device"},
	{"to", &kind_text, AT(source_nat, to), .help = "an address; else the interface's own"},
};
static const struct record source_nat_record =
	RECORD("a source NAT", source_nat, source_nat_fields, NULL, NO_PLACE, NULL);

static const struct field destination_nat_fields[] = {
	{"at", &kind_addr_port, AT(destination_nat, at), true, .help = "what is dialled"},
	{"to", &kind_addr_port, AT(destination_nat, to), true, .help = "what answers"},
	{"transport", &kind_word, AT(destination_nat, transport), .words = nat_transports},
};
static const struct record destination_nat_record =
	RECORD("a destination NAT", destination_nat, destination_nat_fields, NULL, NO_PLACE, NULL);

/* A map whose keys fill the same struct as the map around it. */
static void read_inner(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	read_record(r, f->record, n, at);
}

static bool unset_inner(const struct field *f, const void *at)
{
	for (size_t i = 0; i < f->record->n_fields; i++) {
		const struct field *inner = &f->record->fields[i];

		if (!inner->kind->is_unset(inner, (const char *)at + inner->offset))
			return false;
	}
	return true;
}

static void write_inner(struct yaml_writer *w, const struct field *f, const void *at)
{
	yaml_open(w);
	write_record(w, f->record, at);
	yaml_close(w);
}

static void schema_inner(struct buf *out, const struct field *f)
{
	record_schema(out, f->record);
}

const struct kind kind_inner = {"a map", read_inner, unset_inner, write_inner, schema_inner};

static void check_proxy(struct reader *r, const struct node *n, void *at)
{
	const struct proxy *p = at;

	(void)n;
	if (p->credentials.s && strncmp(p->credentials.s, "env:", 4) != 0 &&
	    strncmp(p->credentials.s, "file:", 5) != 0 && strncmp(p->credentials.s, "url:", 4) != 0)
		complain(r, p->credentials.at,
			 "credentials stand elsewhere: env:NAME, file:PATH or url:NAME");
}

static const struct field proxy_fields[] = {
	{"listen", &kind_port, AT(proxy, listen), true},
	{"credentials", &kind_text, AT(proxy, credentials),
	 .help = "env:NAME or file:PATH; url:NAME: of the URL in that variable"},
	{"run_as", &kind_name, AT(proxy, run_as)},
	{"destinations", &kind_names, AT(proxy, destination_names), .help = "zones; else all"},
};
static const struct record proxy_record =
	RECORD("a proxy", proxy, proxy_fields, NULL, AT(proxy, place), check_proxy);

static bool is_plain_check(const struct expr *e)
{
	const struct ports *p = &e->leaf.ports;

	if (e->kind != EXPR_LEAF || e->leaf.source.kind != PORTS_NONE)
		return false;
	if (e->leaf.transport == TRANSPORT_ICMP)
		return true;
	return (e->leaf.transport == TRANSPORT_TCP || e->leaf.transport == TRANSPORT_UDP) &&
	       p->kind == PORTS_SPAN && !p->has_hi && p->lo.pieces.n == 1 &&
	       p->lo.pieces.items[0].digits;
}

static void check_balancer(struct reader *r, const struct node *n, void *at)
{
	const struct balancer *b = at;

	if (b->health_check && !is_plain_check(b->health_check))
		complain(r, b->health_check->at,
			 "a health check is one thing, such as tcp/8080 or icmp/echo");
	if (b->plane == PLANE_RELAY && (b->balance || b->seen_as))
		complain(r, n->text.at, "\"balance\" and \"seen_as\" are of plane: nat");
	if (b->plane == PLANE_NAT && b->run_as.s)
		complain(r, n->text.at,
			 "\"run_as\" is of plane: relay: with plane: nat no user has connections");
	if (b->plane == PLANE_NAT && (b->at.host_name || !b->at.port))
		complain(r, n->text.at, "with plane: nat \"at\" is an address and a port");
}

static const struct field balancer_fields[] = {
	{"at", &kind_addr_port, AT(balancer, at), true, .help = "what is dialled"},
	{"to", &kind_addr_ports, AT(balancer, to), true, .help = "who answers"},
	{"transport", &kind_word, AT(balancer, transport), .words = nat_transports},
	{"plane", &kind_word, AT(balancer, plane), .words = data_plane_names},
	{"balance", &kind_word, AT(balancer, balance), .words = balance_names,
	 .help = "which member is next, with plane: nat"},
	{"seen_as", &kind_word, AT(balancer, seen_as), .words = seen_as_names,
	 .help = "whom members see, with plane: nat"},
	{"run_as", &kind_name, AT(balancer, run_as)},
	{"health_check", &kind_needs, AT(balancer, health_check),
	 .help = "what it asks its members, such as tcp/8080 or icmp/echo"},
};
static const struct record balancer_record =
	RECORD("a load balancer's service", balancer, balancer_fields, NULL, AT(balancer, place),
	       check_balancer);

static const struct field device_fields[] = {
	{"title", &kind_text, AT(device, title)},
	{"platform", &kind_text, AT(device, platform), .help = "nftables, pf, ..."},
	{"owner", &kind_text, AT(device, owner), .help = "whose move it is"},
	{"interfaces", &kind_named, AT(device, interfaces), .record = &interface_record},
	{"filter", &kind_word, AT(device, filter), .words = filter_names},
	{"source_nat", &kind_records, AT(device, source_nat), .record = &source_nat_record},
	{"destination_nat", &kind_records, AT(device, destination_nat),
	 .record = &destination_nat_record},
	{"ftp_gateway", &kind_record, AT(device, ftp_gateway), .record = &ftp_gateway_record},
	{"http_proxy", &kind_record, AT(device, http_proxy), .record = &proxy_record},
	{"socks_proxy", &kind_record, AT(device, socks_proxy), .record = &proxy_record},
	{"load_balancer", &kind_one_or_more, AT(device, load_balancer), .record = &balancer_record},
};
static const struct record device_record =
	RECORD("a device", device, device_fields, NULL, NO_PLACE, NULL);

static const struct field path_fields[] = {
	{"from", &kind_name, AT(path_rule, from_name), true},
	{"to", &kind_name, AT(path_rule, to_name), true},
	{"through", &kind_names, AT(path_rule, through_names), true},
};
static const struct record path_record =
	RECORD("a path", path_rule, path_fields, NULL, NO_PLACE, NULL);

/* --- uses ------------------------------------------------------------------------------------- */

static const char target_expected[] =
	"a host, \"group NAME\", \"zone NAME\", a device, or a network";

static bool read_target(struct reader *r, const struct node *n, struct target *t)
{
	if (!want_text(r, n, target_expected))
		return false;
	t->text = n->text;
	return true;
}

static void read_targets(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	const struct node *const one[] = {n};
	size_t count = n->kind == NODE_LIST ? n->n : 1, used = 0;
	const struct node *const *items = n->kind == NODE_LIST ? n->items : one;
	struct list *list = new_list(r, at, count, sizeof(struct target));

	(void)f;
	for (size_t i = 0; i < count; i++)
		used += read_target(r, items[i], (struct target *)list->items + used);
	list->n = used;
}

/* The settings of one instance: every key of the map but those of the binding itself. */
static void read_instance(struct reader *r, const struct node *n, struct instance *instance)
{
	struct list *list = new_list(r, &instance->settings, n->n, sizeof(struct value));

	list->n = 0;
	for (size_t i = 0; i < n->n; i++) {
		struct value *v = (struct value *)list->items + list->n;

		if (text_is(n->pairs[i].key, "to") || text_is(n->pairs[i].key, "serves") ||
		    text_is(n->pairs[i].key, "instances"))
			continue;
		v->name = n->pairs[i].key;
		if (!want_text(r, n->pairs[i].value, "a setting's value"))
			continue;
		v->value = n->pairs[i].value->text;
		list->n++;
	}
}

/* "instances: [{nn: 00}, {nn: 01}]": what stands beside it holds for each of them. */
static void read_instances(struct reader *r, const struct node *map, const struct node *n,
			   struct binding *b)
{
	struct list *list;

	if (!want_kind(r, n, NODE_LIST, "a list of maps, one for each instance"))
		return;
	list = new_list(r, &b->instances, n->n, sizeof(struct instance));
	for (size_t i = 0; i < n->n; i++) {
		struct instance own = {0}, common = {0}, *both = (struct instance *)list->items + i;
		struct list *joined;

		if (!want_kind(r, n->items[i], NODE_MAP, "a map of settings"))
			continue;
		read_instance(r, n->items[i], &own);
		read_instance(r, map, &common);
		joined = new_list(r, &both->settings, own.settings.n + common.settings.n,
				  sizeof(struct value));
		for (size_t k = 0; k < joined->n; k++)
			((struct value *)joined->items)[k] =
				k < own.settings.n ? own.settings.items[k]
						   : common.settings.items[k - own.settings.n];
	}
}

static void read_binding(struct reader *r, const struct node *n, struct binding *b)
{
	const struct node *to, *serves, *instances;

	b->place = n->text.at;
	if (n->kind == NODE_TEXT) {
		read_target(r, n, &b->to);
		b->instances.items = ARENA_NEW(r->arena, struct instance);
		b->instances.n = 1;
		return;
	}
	if (!want_kind(r, n, NODE_MAP, target_expected))
		return;
	to = node_find(n, "to");
	serves = node_find(n, "serves");
	instances = node_find(n, "instances");
	if (!to)
		complain(r, n->text.at, "a binding needs \"to\": %s", target_expected);
	else
		read_target(r, to, &b->to);
	if (serves)
		read_targets(r, NULL, serves, &b->serves);
	if (instances) {
		read_instances(r, n, instances, b);
		return;
	}
	b->instances.items = ARENA_NEW(r->arena, struct instance);
	b->instances.n = 1;
	read_instance(r, n, b->instances.items);
}

static void read_roles(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	struct list *list;

	if (!want_kind(r, n, NODE_MAP, f->kind->expected))
		return;
	list = new_list(r, at, n->n, sizeof(struct role_binding));
	for (size_t i = 0; i < n->n; i++) {
		struct role_binding *rb = (struct role_binding *)list->items + i;
		const struct node *value = n->pairs[i].value;
		const struct node *const one[] = {value};
		size_t count = value->kind == NODE_LIST ? value->n : 1;
		const struct node *const *items = value->kind == NODE_LIST ? value->items : one;
		struct list *bindings = new_list(r, &rb->bindings, count, sizeof(struct binding));

		rb->role = n->pairs[i].key;
		for (size_t k = 0; k < count; k++)
			read_binding(r, items[k], (struct binding *)bindings->items + k);
	}
}

static void write_targets(struct yaml_writer *w, const void *at)
{
	const LIST_OF(struct target) *list = at;

	yaml_open(w);
	for_each (t, list)
		yaml_item_text(w, t->text.s);
	yaml_close(w);
}

static void write_target_list(struct yaml_writer *w, const struct field *f, const void *at)
{
	(void)f;
	write_targets(w, at);
}

const struct kind kind_targets = {"hosts, groups, zones, devices or networks", read_targets,
				  unset_list, write_target_list, schema_any};

static void write_settings(struct yaml_writer *w, const struct instance *instance)
{
	for_each (v, &instance->settings) {
		yaml_key(w, v->name.s);
		yaml_text(w, v->value.s);
	}
}

static void write_binding(struct yaml_writer *w, const struct binding *b)
{
	if (!b->serves.n && b->instances.n == 1 && !b->instances.items[0].settings.n) {
		yaml_item_text(w, b->to.text.s);
		return;
	}
	yaml_dash(w);
	w->depth++;
	yaml_key(w, "to");
	yaml_text(w, b->to.text.s);
	if (b->serves.n) {
		yaml_key(w, "serves");
		write_targets(w, &b->serves);
	}
	if (b->instances.n == 1) {
		write_settings(w, b->instances.items);
	} else {
		yaml_key(w, "instances");
		yaml_open(w);
		for_each (instance, &b->instances) {
			yaml_dash(w);
			w->depth++;
			write_settings(w, instance);
			w->depth--;
		}
		yaml_close(w);
	}
	w->depth--;
}

static void write_roles(struct yaml_writer *w, const struct field *f, const void *at)
{
	const LIST_OF(struct role_binding) *list = at;

	(void)f;
	yaml_open(w);
	for_each (rb, list) {
		yaml_key(w, rb->role.s);
		yaml_open(w);
		for_each (b, &rb->bindings)
			write_binding(w, b);
		yaml_close(w);
	}
	yaml_close(w);
}

static const struct kind kind_roles = {"a map of roles to who plays them", read_roles, unset_list,
				       write_roles, schema_any};

static bool is_way(const struct node *n)
{
	return n->kind == NODE_TEXT &&
	       (strcmp(n->text.s, "direct") == 0 || strcmp(n->text.s, "proxy") == 0);
}

/* "tcp/636", "proxy", or a list of both: [tcp/443, proxy] */
static void read_choice(struct reader *r, const struct node *n, struct choose *c)
{
	struct node needs = *n;

	if (is_way(n)) {
		c->way = n->text;
		return;
	}
	if (n->kind == NODE_LIST) {
		needs.n = 0;
		needs.items = arena_get(r->arena, n->n, sizeof(*needs.items));
		for (size_t i = 0; i < n->n; i++) {
			if (is_way(n->items[i]))
				c->way = n->items[i]->text;
			else
				needs.items[needs.n++] = n->items[i];
		}
	}
	if (n->kind != NODE_LIST || needs.n || !n->n)
		c->needs = read_needs(r, needs.n == 1 && n->n > 1 ? needs.items[0] : &needs);
}

static void read_choose(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	struct list *list;

	if (!want_kind(r, n, NODE_MAP, f->kind->expected))
		return;
	list = new_list(r, at, n->n, sizeof(struct choose));
	for (size_t i = 0; i < n->n; i++) {
		struct choose *c = (struct choose *)list->items + i;
		const struct node *value = n->pairs[i].value;

		c->requirement = n->pairs[i].key;
		read_choice(r, value, c);
	}
}

/* [tcp/443, proxy] */
static void write_needs_and_way(struct yaml_writer *w, const struct choose *c)
{
	const struct expr *const one[] = {c->needs};
	bool several = c->needs->kind == EXPR_ALL;
	const struct expr *const *items = several ? c->needs->kids.items : one;
	struct buf text = BUF_INIT;

	yaml_open(w);
	for (size_t i = 0; i < (several ? c->needs->kids.n : 1); i++) {
		buf_clear(&text);
		needs_format(items[i], &text);
		yaml_item_text(w, text.data);
	}
	yaml_item_text(w, c->way.s);
	yaml_close(w);
	buf_release(&text);
}

static void write_choose(struct yaml_writer *w, const struct field *f, const void *at)
{
	const LIST_OF(struct choose) *list = at;

	(void)f;
	yaml_open(w);
	for_each (c, list) {
		yaml_key(w, c->requirement.s);
		if (c->way.s && c->needs)
			write_needs_and_way(w, c);
		else if (c->way.s)
			yaml_text(w, c->way.s);
		else
			write_needs(w, c->needs);
	}
	yaml_close(w);
}

static const struct kind kind_choose = {"a map of requirements to what they need", read_choose,
					unset_list, write_choose, schema_any};

static const struct field manual_fields[] = {
	{"owner", &kind_text, AT(manual_state, owner)},
	{"date", &kind_date, AT(manual_state, date)},
	{"state", &kind_text, AT(manual_state, state)},
};
static const struct record manual_record =
	RECORD("an item of the checklist", manual_state, manual_fields, "state", NO_PLACE, NULL);

static const struct field use_network_fields[] = {
	{"networks", &kind_prefixes, AT(use_network, networks), true, .help = "its addresses here"},
};
static const struct record use_network_record = RECORD(
	"a network of a product", use_network, use_network_fields, "networks", NO_PLACE, NULL);

static const struct field use_modes_fields[] = {
	{"modes", &kind_names, AT(use_modes, modes), true, .help = "those that are used"},
};
static const struct record use_modes_record =
	RECORD("the modes of a requirement", use_modes, use_modes_fields, "modes", NO_PLACE, NULL);

static const struct field grant_fields[] = {
	{"owner", &kind_text, AT(grant, owner), .help = "who answers for it"},
	{"ticket", &kind_text, AT(grant, ticket), .help = "where it was decided"},
	{"expires", &kind_day, AT(grant, expires), .help = "the last day"},
};
static const struct record grant_record =
	RECORD("a grant", grant, grant_fields, NULL, NO_PLACE, NULL);

static const struct field use_fields[] = {
	{"product", &kind_name, AT(use, product), true, .help = "its name in the catalog"},
	{"as", &kind_name, AT(use, as), .help = "this installation's name"},
	{"roles", &kind_roles, AT(use, roles), .help = "who plays which role"},
	{"features", &kind_texts, AT(use, features),
	 .help = "what is used; \"not x\" turns one off"},
	{"choices", &kind_values, AT(use, choices)},
	{"settings", &kind_values, AT(use, settings)},
	{"networks", &kind_named, AT(use, networks), .record = &use_network_record,
	 .help = "the addresses of the product's networks"},
	{"modes", &kind_named, AT(use, modes), .record = &use_modes_record,
	 .help = "which modes of a requirement are used; default: all"},
	{"choose", &kind_choose, AT(use, choose), .help = "which alternative of an \"or\""},
	{"overrule", &kind_choose, AT(use, overrule), .help = "what a requirement needs instead"},
	{"owner", &kind_text, AT(use, grant.owner), .help = "who answers for all of it"},
	{"ticket", &kind_text, AT(use, grant.ticket), .help = "where it was decided"},
	{"expires", &kind_day, AT(use, grant.expires),
	 .help = "the last day on which it is let through"},
	{"grants", &kind_named, AT(use, grants), .record = &grant_record,
	 .help = "the same for single requirements"},
	{"checklist", &kind_named, AT(use, checklist), .record = &manual_record},
};
static const struct record use_record =
	RECORD("a use of a product", use, use_fields, NULL, AT(use, place), NULL);

/* --- the rest --------------------------------------------------------------------------------- */

static void read_local_ports(struct reader *r, const struct field *f, const struct node *n,
			     void *at)
{
	struct list *list;

	if (!want_kind(r, n, NODE_MAP, f->kind->expected))
		return;
	list = new_list(r, at, n->n, sizeof(struct local_port));
	for (size_t i = 0; i < n->n; i++) {
		struct local_port *lp = (struct local_port *)list->items + i;
		struct slice rest = slice_of(n->pairs[i].key.s), ports;

		lp->port = n->pairs[i].key;
		slice_cut(&rest, '/', &ports);
		lp->transport = rest.p && slice_is(rest, "udp") ? TRANSPORT_UDP : TRANSPORT_TCP;
		if (!port_range_parse(ports, &lp->range) ||
		    (rest.p && !slice_is(rest, "tcp") && !slice_is(rest, "udp")))
			complain(r, lp->port.at,
				 "expected a port such as 7777/tcp, found \"%.40s\"", lp->port.s);
		if (want_text(r, n->pairs[i].value, "what listens there"))
			lp->name = n->pairs[i].value->text;
	}
}

static void write_local_ports(struct yaml_writer *w, const struct field *f, const void *at)
{
	const LIST_OF(struct local_port) *list = at;

	(void)f;
	yaml_open(w);
	for_each (lp, list) {
		yaml_key(w, lp->port.s);
		yaml_text(w, lp->name.s);
	}
	yaml_close(w);
}

static const struct kind kind_local_ports = {"a map of ports to names", read_local_ports,
					     unset_list, write_local_ports, schema_any};

static void check_never_cross(struct reader *r, const struct node *n, void *at)
{
	if (((const struct never_cross *)at)->between_names.n != 2)
		complain(r, n->text.at, "\"between\" needs exactly two zones");
}

static const struct field never_cross_fields[] = {
	{"service", &kind_name, AT(never_cross, service), true},
	{"between", &kind_names, AT(never_cross, between_names), true, .help = "two zones"},
};
static const struct record never_cross_record =
	RECORD("a rule of the perimeter", never_cross, never_cross_fields, NULL,
	       AT(never_cross, place), check_never_cross);

static const struct field exemption_fields[] = {
	{"code", &kind_name, AT(audit_exemption, code), true, .help = "of the finding"},
	{"host", &kind_name, AT(audit_exemption, host_name), .help = "default: every host"},
	{"port", &kind_port, AT(audit_exemption, port), .help = "default: every port"},
	{"reason", &kind_text, AT(audit_exemption, reason), true},
	{"until", &kind_day, AT(audit_exemption, until), true, .help = "the last day"},
};
static const struct record exemption_record =
	RECORD("an exemption from the audit", audit_exemption, exemption_fields, NULL,
	       AT(audit_exemption, place), NULL);

/* Networks, and names that may be tried. */
static void read_scope(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	struct site *s = at;
	LIST_OF(struct text) texts = {0};
	struct list *networks, *names;
	bool host_bits;

	kind_texts.read(r, f, n, &texts);
	networks = new_list(r, &s->scope, texts.n, sizeof(struct prefix));
	names = new_list(r, &s->scope_names, texts.n, sizeof(struct text));
	networks->n = names->n = 0;
	for_each (t, &texts) {
		struct prefix *p = (struct prefix *)networks->items + networks->n;

		if (prefix_parse(slice_of(t->s), p, &host_bits))
			networks->n++;
		else if (host_bits)
			complain(r, t->at, "%.60s has bits set behind its length", t->s);
		else if (strpbrk(t->s, "/:*") || !name_is_valid(slice_of(t->s)))
			complain(r, t->at, "expected a network or a name, found \"%.60s\"", t->s);
		else
			((struct text *)names->items)[names->n++] = *t;
	}
}

static bool unset_scope(const struct field *f, const void *at)
{
	const struct site *s = at;

	(void)f;
	return !s->scope.n && !s->scope_names.n;
}

static void write_scope(struct yaml_writer *w, const struct field *f, const void *at)
{
	const struct site *s = at;
	char text[PREFIX_TEXT_MAX];

	(void)f;
	yaml_open(w);
	for_each (p, &s->scope)
		yaml_item_text(w, prefix_text(p, text));
	for_each (t, &s->scope_names)
		yaml_item_text(w, t->s);
	yaml_close(w);
}

static const struct kind kind_scope = {"a list of networks and names", read_scope, unset_scope,
				       write_scope, schema_any};

struct site_file {
	struct text version; /* of the format */
	struct site site;
};
#define IN(member) (offsetof(struct site_file, site) + offsetof(struct site, member))

static const struct field site_fields[] = {
	{"portolan", &kind_text, AT(site_file, version), true, .help = "the format: 1"},
	{"site", &kind_name, IN(name), true},
	{"title", &kind_text, IN(title)},
	{"zones", &kind_named, IN(zones), .record = &zone_record},
	{"include", &kind_texts, IN(include), .help = "CSV files of hosts: name,addresses,tags"},
	{"hosts", &kind_named, IN(hosts), .record = &host_record},
	{"groups", &kind_named, IN(groups), .record = &group_record},
	{"devices", &kind_named, IN(devices), .record = &device_record},
	{"paths", &kind_records, IN(paths), .record = &path_record,
	 .help = "only where more than one is possible"},
	{"uses", &kind_records, IN(uses), .record = &use_record},
	{"local_ports", &kind_local_ports, IN(local_ports)},
	{"never_cross", &kind_records, IN(never_cross), .record = &never_cross_record},
	{"exemptions", &kind_records, IN(exemptions), .record = &exemption_record,
	 .help = "weaknesses that the audit tells apart"},
	{"scope", &kind_scope, offsetof(struct site_file, site),
	 .help = "checks go nowhere else; default: the site's own addresses"},
};
static const struct record site_record =
	RECORD("a site", site_file, site_fields, NULL, NO_PLACE, NULL);

static void read_includes(struct reader *r, struct site *s, const struct site_source *source)
{
	for_each (path, &s->include) {
		struct slice bytes;
		struct err err;

		if (!source)
			complain(r, path->at, "\"include\" is not possible here");
		else if (source->read(source->ctx, path->s, r->arena, &bytes, &err))
			complain(r, path->at, "%s: %s", path->s, err.text);
		else
			hosts_csv_add(s, path->s, bytes, r->errs);
	}
}

struct site *site_read(const char *file, struct slice bytes, const struct site_source *source,
		       struct errs *errs)
{
	struct arena *arena = arena_new();
	struct reader r = {arena, file, errs};
	struct site_file *sf = ARENA_NEW(arena, struct site_file);
	size_t before = errs->n + errs->dropped;
	const struct node *root = yaml_read(arena, file, bytes, errs);

	sf->site.arena = arena;
	sf->site.file = file;
	if (root && check_version(&r, root, "site")) {
		read_record(&r, &site_record, root, sf);
		read_includes(&r, &sf->site, source);
		if (before == errs->n + errs->dropped)
			site_link(&sf->site, errs);
	}
	if (before == errs->n + errs->dropped)
		return &sf->site;
	site_free(&sf->site);
	return NULL;
}

void site_format(const struct site *s, struct buf *out)
{
	struct site_file sf = {.version = {.s = "1"}, .site = *s};
	struct yaml_writer w = {.out = out};

	sf.site.include.n = 0; /* the hosts stand among the others now */
	write_record(&w, &site_record, &sf);
}

void site_schema(struct buf *out)
{
	buf_add_text(out, "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
			  "\"title\":\"portolan site\",\"allOf\":[");
	record_schema(out, &site_record);
	buf_add_text(out, "]}\n");
}
