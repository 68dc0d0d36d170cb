/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "doc/fields.h"
#include "doc/site_quick_int.h"
#include "doc/yaml_write.h"
#include "model/proxy_url.h"

static bool is_excepted(const struct quick *k, const struct quick_host *h)
{
	return no_proxy_has(k->asked->proxy.exceptions, slice_of(h->name), &h->addr);
}

static bool is_own(const struct quick *k, const struct addr *a)
{
	for (size_t i = 0; i < k->asked->n_own; i++)
		if (addr_equal(&k->asked->own[i], a))
			return true;
	return false;
}

static void write_hosts(const struct quick *k, struct yaml_writer *w)
{
	char text[ADDR_TEXT_MAX];

	yaml_key(w, "hosts");
	yaml_open(w);
	yaml_key(w, k->asked->host);
	yaml_open(w);
	yaml_key(w, "addresses");
	yaml_open(w);
	for (size_t i = 0; i < k->asked->n_own; i++)
		yaml_item_text(w, addr_text(&k->asked->own[i], text));
	yaml_close(w);
	yaml_close(w);
	for (size_t i = 0; i < k->n_hosts; i++) {
		yaml_key(w, k->hosts[i].key);
		yaml_open(w);
		if (k->hosts[i].name) {
			yaml_key(w, "name");
			yaml_text(w, k->hosts[i].name);
			yaml_key(w, "zone");
			yaml_text(w, k->asked->proxy.addr.family && is_excepted(k, &k->hosts[i])
					     ? "here"
					     : "everywhere");
		} else {
			yaml_key(w, "addresses");
			yaml_open(w);
			yaml_item_text(w, addr_text(&k->hosts[i].addr, text));
			yaml_close(w);
		}
		yaml_close(w);
	}
	yaml_close(w);
}

static void write_roles(const struct quick *k, struct yaml_writer *w)
{
	yaml_key(w, "roles");
	yaml_open(w);
	for_each (r, &k->product->roles) {
		size_t i = (size_t)(r - k->product->roles.items);
		struct slice rest = buf_slice(&k->bound[i]), one;

		if (!rest.n && !k->is_here[i])
			continue;
		yaml_key(w, r->name.s);
		yaml_open(w);
		if (!rest.n)
			yaml_item_text(w, k->asked->host);
		while (rest.n && slice_cut(&rest, ',', &one))
			yaml_item_text(w, arena_copy(k->arena, slice_trim(one)));
		yaml_close(w);
	}
	yaml_close(w);
}

static bool is_printable(const char *word)
{
	for (const char *c = word; *c; c++)
		if (*c < ' ' || *c > '~')
			return false;
	return slice_trim(slice_of(word)).n;
}

/* What is given twice counts as it was given last. */
static bool is_given_again(const struct quick *k, const struct site_words *words, size_t i,
			   struct slice name)
{
	struct slice other;
	const char *value;

	while (++i < words->n)
		if (site_split_word(words->items[i], k->product, &other, &value) &&
		    slice_equal(name, other))
			return true;
	return false;
}

static void write_pairs(const struct quick *k, const char *key, const struct site_words *words,
			struct yaml_writer *w)
{
	struct slice name;
	const char *value;

	if (!words->n)
		return;
	yaml_key(w, key);
	yaml_open(w);
	for (size_t i = 0; i < words->n; i++) {
		if (!site_split_word(words->items[i], k->product, &name, &value) ||
		    !name_is_valid(name) || !is_printable(value)) {
			errs_add(k->errs, PLACE_NONE, "%s: \"%.60s\": expected NAME=VALUE", key,
				 words->items[i]);
		} else if (!is_given_again(k, words, i, name)) {
			yaml_key(w, arena_copy(k->arena, name));
			yaml_text(w, value);
		}
	}
	yaml_close(w);
}

static void write_features(const struct quick *k, struct yaml_writer *w)
{
	yaml_key(w, "features");
	yaml_open(w);
	for (size_t i = 0; i < k->asked->features.n; i++)
		if (is_printable(k->asked->features.items[i]))
			yaml_item_text(w, k->asked->features.items[i]);
		else
			errs_add(k->errs, PLACE_NONE,
				 "features: \"%.60s\": expected NAME or \"not NAME\"",
				 k->asked->features.items[i]);
	for (size_t i = 0; i < k->n_features; i++)
		yaml_item_text(w, k->features[i]);
	yaml_close(w);
}

static void add_network(struct buf *out, const struct addr *a)
{
	char text[ADDR_TEXT_MAX];

	buf_addf(out, ", \"%s\"", addr_text(a, text));
}

/* Where there is a proxy, this host, the proxy and what no_proxy has are in one zone, and all else
 * is behind it. */
static void write_zones(const struct quick *k, struct buf *out)
{
	const struct quick_proxy *p = &k->asked->proxy;

	buf_add_text(out, "zones:\n  everywhere: {networks: [any]}\n");
	if (!p->addr.family)
		return;
	buf_add_text(out, "  here: {networks: [\"127.0.0.0/8\"");
	for (size_t i = 0; i < k->asked->n_own; i++)
		add_network(out, &k->asked->own[i]);
	for (size_t i = 0; i < k->n_hosts; i++)
		if (!k->hosts[i].name && is_excepted(k, &k->hosts[i]))
			add_network(out, &k->hosts[i].addr);
	if (!is_own(k, &p->addr))
		add_network(out, &p->addr);
	buf_add_text(out, "]}\n");
}

static void write_proxy(const struct quick *k, struct buf *out)
{
	const struct quick_proxy *p = &k->asked->proxy;
	char text[ADDR_TEXT_MAX];

	if (!p->addr.family)
		return;
	buf_addf(out,
		 "devices:\n  " QUICK_PROXY_KEY
		 ":\n    interfaces: {in: {zone: here, addresses: [\"%s\"]}}\n"
		 "    %s: {listen: %u",
		 addr_text(&p->addr, text), p->is_socks ? "socks_proxy" : "http_proxy", p->port);
	if (p->login)
		buf_addf(out, ", credentials: \"%s\"", p->login);
	buf_add_text(out, "}\n");
}

static bool goes_to_excepted(const struct quick *k, const struct requirement *q)
{
	struct slice rest, one;

	if (!q->to.s)
		return false;
	rest = buf_slice(&k->bound[quick_role_index(k, q->to.s)]);
	while (rest.n && slice_cut(&rest, ',', &one))
		for (size_t i = 0; i < k->n_hosts; i++)
			if (slice_is(slice_trim(one), k->hosts[i].key) &&
			    is_excepted(k, &k->hosts[i]))
				return true;
	return false;
}

/* What may go through a proxy does where there is one, as programs do it. */
static void write_choose(const struct quick *k, struct yaml_writer *w)
{
	bool has_key = false;

	for_each (q, &k->product->requirements) {
		if (!k->asked->proxy.addr.family || q->via == VIA_DIRECT ||
		    !k->is_wanted[q - k->product->requirements.items] || goes_to_excepted(k, q))
			continue;
		if (!has_key) {
			yaml_key(w, "choose");
			yaml_open(w);
		}
		has_key = true;
		yaml_key(w, q->id.s);
		yaml_text(w, "proxy");
	}
	if (has_key)
		yaml_close(w);
}

/* A program on a laptop asks for passive connections. */
static void write_modes(const struct quick *k, struct yaml_writer *w)
{
	bool has_key = false;

	for_each (q, &k->product->requirements)
		for_each (m, &q->modes) {
			if (!text_is(m->name, "passive") ||
			    !k->is_wanted[q - k->product->requirements.items])
				continue;
			if (!has_key) {
				yaml_key(w, "modes");
				yaml_open(w);
			}
			has_key = true;
			yaml_key(w, q->id.s);
			yaml_text(w, "passive");
		}
	if (has_key)
		yaml_close(w);
}

void quick_write(const struct quick *k, struct buf *out)
{
	struct yaml_writer w = {.out = out};

	buf_add_text(out, "portolan: 1\nsite: command-line\n");
	write_zones(k, out);
	write_proxy(k, out);
	write_hosts(k, &w);
	yaml_key(&w, "uses");
	yaml_open(&w);
	yaml_dash(&w);
	w.depth++;
	yaml_key(&w, "product");
	yaml_text(&w, k->product->name.s);
	write_roles(k, &w);
	if (k->asked->features.n + k->n_features)
		write_features(k, &w);
	write_pairs(k, "choices", &k->asked->choices, &w);
	write_pairs(k, "settings", &k->asked->settings, &w);
	write_choose(k, &w);
	write_modes(k, &w);
	w.depth--;
	yaml_close(&w);
}
