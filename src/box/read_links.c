/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/map.h"
#include "box/read_json.h"

/* "52:54:00:12:34:56" */
static bool parse_mac(const char *s, uint8_t mac[6])
{
	const char *digits = "0123456789abcdef";

	for (int i = 0; i < 17; i++) {
		const char *digit = s[i] ? strchr(digits, s[i]) : NULL;

		if (i % 3 == 2 ? s[i] != ':' : !digit)
			return false;
		if (i % 3 != 2)
			mac[i / 3] = (uint8_t)(mac[i / 3] << 4 | (digit - digits));
	}
	return !s[17];
}

static void read_mac(struct json_reader *r, const json_t *o, struct box_link *l)
{
	const char *type = json_read_text(r, o, "link_type");
	const char *s = json_read_text(r, o, "address");

	if (!s || !type || strcmp(type, "ether") != 0)
		return;
	l->has_mac = parse_mac(s, l->mac);
	if (!l->has_mac)
		json_wrong(r, "\"address\" is no MAC address: \"%.40s\"", s);
}

/* A name of /etc/iproute2/group is the largest number: a group that no rule names. */
static uint32_t read_group(struct json_reader *r, const json_t *o)
{
	const char *s = json_read_text(r, o, "group");
	uint64_t n;

	if (!s || strcmp(s, "default") == 0)
		return 0;
	return slice_number(slice_of(s), UINT32_MAX, &n) ? (uint32_t)n : UINT32_MAX;
}

static void read_link(struct json_reader *r, json_t *o)
{
	const json_t *flags = json_object_get(o, "flags");
	struct box_link l = {.name = json_read_link(r, o, "ifname")};
	const char *kind;

	if (!l.name)
		json_wrong(r, "there is no \"ifname\"");
	l.index = json_read_number(r, o, "ifindex", INT32_MAX, 0);
	l.up = json_has_word(flags, "UP");
	l.loopback = json_has_word(flags, "LOOPBACK");
	l.master = json_read_link(r, o, "master");
	l.group = read_group(r, o);
	kind = json_read_text(r, json_object_get(o, "linkinfo"), "info_kind");
	l.kind = kind ? arena_copy(r->b->arena, slice_of(kind)) : NULL;
	read_mac(r, o, &l);
	if (!r->rc)
		*(struct box_link *)list_add(r->b->arena, &r->b->links, sizeof(l)) = l;
}

static int check_names(const struct box *b, const struct box_text *t, struct err *err)
{
	struct map names = {0};
	int rc = 0;

	for_each (l, &b->links)
		if (!rc && !map_add(&names, slice_of(l->name), l))
			rc = err_set(err, ERR_DOCUMENT,
				     (struct place){.file = t->file, .line = t->line, .column = 1},
				     "two links are called \"%.15s\"", l->name);
	map_release(&names);
	return rc;
}

int box_read_links(struct box *b, const struct box_text *t, struct err *err)
{
	struct json_reader r = {.b = b, .text = t, .what = "link", .err = err};
	int rc = json_read_list(&r, read_link);

	return rc ? rc : check_names(b, t, err);
}

/* --- addresses -------------------------------------------------------------------------------- */

static void read_address(struct json_reader *r, const char *link, const json_t *o)
{
	struct box_address a = {.link = link};
	uint32_t bits;

	r->family = 0;
	a.addr = json_read_addr(r, o, "local");
	if (!a.addr.family)
		json_wrong(r, "%s has an address without \"local\"", link);
	r->family = a.addr.family;
	a.peer = json_read_addr(r, o, "address");
	a.broadcast = json_read_addr(r, o, "broadcast");
	bits = a.addr.family == 4 ? 32 : 128;
	a.bits = (uint8_t)json_read_number(r, o, "prefixlen", bits, bits);
	if (!r->rc)
		*(struct box_address *)list_add(r->b->arena, &r->b->addresses, sizeof(a)) = a;
}

static void read_addresses(struct json_reader *r, json_t *o)
{
	const json_t *list = json_object_get(o, "addr_info");
	const char *link = json_read_link(r, o, "ifname");

	if (!link)
		json_wrong(r, "there is no \"ifname\"");
	if (list && !json_is_array(list))
		json_wrong(r, "\"addr_info\" is no list");
	for (size_t i = 0; !r->rc && i < json_array_size(list); i++)
		if (json_object_size(json_array_get(list, i)))
			read_address(r, link, json_array_get(list, i));
}

int box_read_addresses(struct box *b, const struct box_text *t, struct err *err)
{
	struct json_reader r = {.b = b, .text = t, .what = "link", .err = err};

	return json_read_list(&r, read_addresses);
}
