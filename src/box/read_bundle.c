/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "box/bundle.h"
#include "box/read.h"

static void doubt(struct box *b, const char *words)
{
	*(const char **)list_add(b->arena, &b->ruleset.doubts, sizeof(words)) = words;
}

static const char *copy_first_line(struct box *b, struct slice text)
{
	struct slice line = SLICE_NONE;

	slice_cut(&text, '\n', &line);
	return arena_copy(b->arena, slice_trim(line));
}

/* --- a command's reader each ------------------------------------------------------------------ */

static int read_kernel(struct box *b, const struct box_text *t, struct err *err)
{
	(void)err;
	b->kernel = copy_first_line(b, t->text);
	return 0;
}

static int read_tools(struct box *b, const struct box_text *t, struct err *err)
{
	(void)err;
	b->tools = copy_first_line(b, t->text);
	return 0;
}

/* What a bridge's rules do is not read; without any, and where all is accepted, they do nothing. */
static int read_ebtables(struct box *b, const struct box_text *t, struct err *err)
{
	struct slice rest = t->text, line;
	bool decides = false;

	(void)err;
	while (!decides && slice_cut(&rest, '\n', &line)) {
		struct slice words = line, chain, policy = SLICE_NONE;

		slice_cut(&words, ' ', &chain);
		slice_cut(&words, ' ', &policy);
		decides = slice_has_prefix(line, "-A") ||
			  (slice_has_prefix(line, ":") && !slice_is(policy, "ACCEPT"));
	}
	if (decides)
		*(const char **)list_add(b->arena, &b->ruleset.bridge_doubts, sizeof(char *)) =
			"ebtables";
	return 0;
}

static int read_iptables(struct box *b, const struct box_text *t, struct err *err)
{
	return box_read_iptables(b, t, 4, NF_TABLES, err);
}
static int read_ip6tables(struct box *b, const struct box_text *t, struct err *err)
{
	return box_read_iptables(b, t, 6, NF_TABLES, err);
}
static int read_legacy(struct box *b, const struct box_text *t, struct err *err)
{
	return box_read_iptables(b, t, 4, NF_XTABLES, err);
}
static int read_legacy6(struct box *b, const struct box_text *t, struct err *err)
{
	return box_read_iptables(b, t, 6, NF_XTABLES, err);
}
static int read_routes4(struct box *b, const struct box_text *t, struct err *err)
{
	return box_read_routes(b, t, 4, err);
}
static int read_routes6(struct box *b, const struct box_text *t, struct err *err)
{
	return box_read_routes(b, t, 6, err);
}
static int read_rules4(struct box *b, const struct box_text *t, struct err *err)
{
	return box_read_rules(b, t, 4, err);
}
static int read_rules6(struct box *b, const struct box_text *t, struct err *err)
{
	return box_read_rules(b, t, 6, err);
}

/* In this order: sets before the rules that name them, iptables' own words before nft's of the
 * same tables. */
static const struct part {
	enum bundle_part part;
	int (*read)(struct box *b, const struct box_text *t, struct err *err);
	size_t has; /* where in struct box_parts; that of nobody: 0, and has_none */
	bool has_none;
	bool is_missed; /* where it failed, somebody's rules are not known */
} parts[] = {
#define HAS(field) offsetof(struct box_parts, field)
	{BUNDLE_KERNEL, read_kernel, .has_none = true},
	{BUNDLE_TOOLS, read_tools, .has_none = true},
	{BUNDLE_LINKS, box_read_links, HAS(links)},
	{BUNDLE_ADDRESSES, box_read_addresses, HAS(addresses)},
	{BUNDLE_ROUTES4, read_routes4, HAS(routes4)},
	{BUNDLE_ROUTES6, read_routes6, HAS(routes6)},
	{BUNDLE_RULES4, read_rules4, HAS(rules4)},
	{BUNDLE_RULES6, read_rules6, HAS(rules6)},
	{BUNDLE_SWITCHES, box_read_switches, HAS(switches)},
	{BUNDLE_IPSET, box_read_ipset, HAS(ipset)},
	{BUNDLE_IPTABLES, read_iptables, HAS(iptables)},
	{BUNDLE_IP6TABLES, read_ip6tables, HAS(ip6tables)},
	{BUNDLE_LEGACY, read_legacy, HAS(legacy), .is_missed = true},
	{BUNDLE_LEGACY6, read_legacy6, HAS(legacy6), .is_missed = true},
	{BUNDLE_NFT, box_read_nft, HAS(nft), .is_missed = true},
	{BUNDLE_EBTABLES, read_ebtables, .has_none = true},
#undef HAS
};

static void miss(struct box *b, enum bundle_part part, const struct bundle_output *o)
{
	const char *said = copy_first_line(b, buf_slice(&o->output));

	doubt(b, arena_printf(b->arena, "\"%s\" was not collected%s%.200s", bundle_commands[part],
			      *said ? ": " : "", said));
}

static int read_part(struct box *b, const char *file, const struct part *p,
		     const struct bundle_output *o, struct err *err)
{
	const struct box_text text = {file, o->first, buf_slice(&o->output)};

	if (o->given && !o->status) {
		if (!p->has_none)
			*(bool *)((char *)&b->has + p->has) = true;
		return p->read(b, &text, err);
	}
	/* iptables-legacy is not asked where the kernel has no tables of its kind. */
	if (p->is_missed && (o->given || p->part == BUNDLE_NFT))
		miss(b, p->part, o);
	return 0;
}

static int read_parts(struct box *b, const char *file, const struct bundle *bundle, struct err *err)
{
	int rc = 0;

	if (bundle->host.p)
		b->host = arena_copy(b->arena, bundle->host);
	if (bundle->time.p)
		b->time = arena_copy(b->arena, bundle->time);
	for (size_t i = 0; !rc && i < ARRAY_LEN(parts); i++)
		rc = read_part(b, file, &parts[i], &bundle->parts[parts[i].part], err);
	return rc ? rc : box_check(b, err);
}

struct box *box_read_bundle(const char *file, struct slice text, struct err *err)
{
	struct box *b = box_new();
	struct bundle bundle;
	int rc = bundle_split(&bundle, file, text, err);

	if (!rc)
		rc = read_parts(b, file, &bundle, err);
	bundle_release(&bundle);
	if (!rc)
		return b;
	box_free(b);
	return NULL;
}

/* --- a ruleset alone -------------------------------------------------------------------------- */

/* The first line that is neither empty nor a comment. */
static struct slice find_first(struct slice text)
{
	struct slice line;

	while (slice_cut(&text, '\n', &line)) {
		line = slice_trim(line);
		if (line.n && line.p[0] != '#')
			return line;
	}
	return SLICE_NONE;
}

/* "# Generated by iptables-nft-save v1.8.9 (nf_tables) on ..." */
static enum nf_backend find_backend(struct slice text)
{
	struct slice line;

	while (slice_cut(&text, '\n', &line) && slice_has_prefix(line, "#")) {
		struct slice word;

		while (slice_cut(&line, ' ', &word))
			if (slice_is(word, "(nf_tables)"))
				return NF_TABLES;
	}
	return NF_XTABLES;
}

static int read_iptables_alone(struct box *b, const struct box_text *t, uint8_t family,
			       struct err *err)
{
	const enum nf_backend backend = find_backend(t->text);
	bool *has = backend == NF_TABLES ? (family == 4 ? &b->has.iptables : &b->has.ip6tables)
					 : (family == 4 ? &b->has.legacy : &b->has.legacy6);

	*has = true;
	return box_read_iptables(b, t, family, backend, err);
}

static int read_ruleset(struct box *b, const struct box_text *t, uint8_t family, struct err *err)
{
	const struct slice first = find_first(t->text);

	if (slice_has_prefix(first, "{")) {
		b->has.nft = true;
		return box_read_nft(b, t, err);
	}
	if (slice_has_prefix(first, "*"))
		return read_iptables_alone(b, t, family, err);
	if (slice_has_prefix(first, "create ")) {
		b->has.ipset = true;
		return box_read_ipset(b, t, err);
	}
	return err_set(err, ERR_DOCUMENT, (struct place){t->file, 1, 1},
		       "no ruleset: expected what \"nft -j list ruleset\", \"iptables-save -c\" or "
		       "\"ipset save\" prints");
}

struct box *box_read_ruleset(const char *file, struct slice text, uint8_t family, struct err *err)
{
	const struct box_text t = {file, 1, text};
	struct box *b = box_new();
	int rc;

	if (text.n > BOX_TEXT_MAX)
		rc = err_set(err, ERR_LIMIT, (struct place){.file = file}, "more than %d bytes",
			     BOX_TEXT_MAX);
	else
		rc = read_ruleset(b, &t, family, err);
	if (!rc)
		rc = box_check(b, err);
	if (!rc)
		return b;
	box_free(b);
	return NULL;
}
