/* SPDX-License-Identifier: ISC */
#include "cmd/apply_trial.h"

#include <stdio.h>
#include <string.h>

#include "sys/netns.h"

int trial_refuse(struct trial *t, const char *why)
{
	return err_set(t->err, ERR_DOCUMENT, PLACE_NONE, "%s: %s", t->a->name, why);
}

int trial_no_way_back(struct trial *t, const char *why)
{
	return err_set(t->err, ERR_SYSTEM, PLACE_NONE,
		       "what this box has now could not be put back as it is listed, so nothing is "
		       "loaded: %s",
		       why ? why : "it would be another ruleset");
}

struct slice trial_live(const struct trial *t, enum bundle_part part)
{
	const struct bundle_output *o = &t->parts.parts[part];

	return o->given && !o->status ? buf_slice(&o->output) : SLICE_NONE;
}

int trial_ask_json(struct buf *out, struct err *err)
{
	static const char *const argv[] = {"nft", "-j", "list", "ruleset", NULL};

	buf_clear(out);
	return apply_ask(argv, out, err);
}

int trial_json(struct trial *t, struct buf *out)
{
	return trial_ask_json(out, t->err);
}

/* The rules alone: neither counters nor when elements end. */
int trial_rules(struct trial *t, struct buf *out)
{
	static const char *const argv[] = {"nft", "-s", "list", "ruleset", NULL};

	buf_clear(out);
	return apply_ask(argv, out, t->err);
}

int trial_load(struct trial *t, const char *file, struct slice bytes)
{
	const struct apply_tool tool = {file, {"nft", "-f"}, false};
	int rc = apply_write(&t->a->turn, file, bytes, t->err);

	return rc ? rc : apply_use(&t->a->turn, &tool, t->err);
}

/* What stands in for a link needs no more than its name and its number. The kernel may have one of
 * these kinds only; where it has none, rules that ask by number are refused when they are tried. */
static const char *const kinds[] = {"dummy", "bridge"};

static bool make_link(const struct box_link *l, const char *kind)
{
	char number[sizeof("4294967295")];
	const char *argv[] = {"ip",    "link", "add",  "name", l->name,
			      "index", number, "type", kind,   NULL};
	struct buf out = BUF_INIT;
	struct err err;
	int rc;

	snprintf(number, sizeof(number), "%u", l->index);
	rc = apply_ask(argv, &out, &err);
	buf_release(&out);
	return rc == 0;
}

static void make_links(const struct box *b)
{
	size_t kind = 0;

	for_each (l, &b->links)
		if (!l->loopback && !make_link(l, kinds[kind]) && kind + 1 < ARRAY_LEN(kinds) &&
		    make_link(l, kinds[kind + 1]))
			kind++;
}

int trial_enter(struct trial *t, int *home)
{
	int rc = netns_enter(home, t->err);

	if (!rc)
		make_links(t->a->before);
	return rc;
}

/* What was found is worth nothing where the way back fails. */
int trial_leave(struct trial *t, int home, int rc)
{
	struct err err;

	if (netns_leave(home, &err) == 0)
		return rc;
	*t->err = err;
	return -(int)err.class;
}

/* nft's own words name the copy: for people it is the file. The first line of them says where. */
int trial_blame(struct trial *t)
{
	const struct err why = *t->err;
	struct buf path = BUF_INIT;
	const char *at;
	int rc;

	turn_path(&t->a->turn, "file.nft:", &path);
	at = strstr(why.text, path.data);
	if (at)
		rc = err_set(t->err, ERR_DOCUMENT, PLACE_NONE, "%s:%s", t->a->name, at + path.n);
	else
		rc = err_set(t->err, ERR_DOCUMENT, PLACE_NONE, "%s: %s", t->a->name, why.text);
	buf_release(&path);
	return rc;
}
