/* SPDX-License-Identifier: ISC */
#include "cmd/policy_subject.h"

#include <time.h>

#include "base/date.h"
#include "base/suggest.h"
#include "box/read.h"
#include "cmd/policy_collect.h"
#include "sys/file.h"

bool subject_find(const struct site *site, const char *name, struct subject *out)
{
	struct suggest s = suggest_start(slice_of(name));
	char hint[SUGGEST_TEXT_MAX];

	*out = (struct subject){NULL, NULL};
	for_each (d, &site->devices) {
		if (text_is(d->name, name))
			out->device = d;
		suggest_add(&s, d->name.s);
	}
	for_each (h, &site->hosts) {
		if (text_is(h->name, name))
			out->host = h;
		suggest_add(&s, h->name.s);
	}
	if (out->device || out->host)
		return true;
	command_usage_error("no device or host of this site is called \"%.60s\"%s", name,
			    suggest_text(&s, hint));
	return false;
}

/* In that plan's own site: by its name. */
static const struct device *device_in(const struct plan *plan, const struct device *d)
{
	for_each (other, &plan->site->devices)
		if (text_is(other->name, d->name.s))
			return other;
	return d;
}

static const struct host *host_in(const struct plan *plan, const struct host *h)
{
	for_each (other, &plan->site->hosts)
		if (text_is(other->name, h->name.s))
			return other;
	return h;
}

struct policy *subject_policy(const struct subject *s, const struct plan *plan,
			      const struct policy_options *options, struct errs *errs)
{
	if (s->device)
		return policy_derive(plan, device_in(plan, s->device), options, errs);
	return policy_derive_host(plan, host_in(plan, s->host), options);
}

bool subject_day(const struct arguments *args, int32_t *day)
{
	const char *text = args_value(args, "on");

	*day = (int32_t)(time(NULL) / 86400);
	if (!text || date_parse(slice_of(text), day))
		return true;
	command_usage_error("--on wants a day such as 2026-11-30, not \"%.40s\"", text);
	return false;
}

int subject_read_box(const char *path, uint8_t family, struct buf *bytes, struct box **out)
{
	struct slice text;
	struct err err;

	*out = NULL;
	if (file_read(path, BOX_TEXT_MAX, bytes, &err))
		return command_failed(&err);
	text = buf_slice(bytes);
	*out = slice_has_prefix(text, "portolan bundle ")
		       ? box_read_bundle(path, text, &err)
		       : box_read_ruleset(path, text, family, &err);
	return *out ? 0 : command_failed(&err);
}

int subject_box(const struct arguments *args, struct buf *bytes, struct box **out)
{
	const char *bundle = args_value(args, "bundle"), *ruleset = args_value(args, "ruleset");
	bool live = args_has(args, "live");
	struct err err;
	int rc;

	*out = NULL;
	if ((bundle != NULL) + (ruleset != NULL) + live != 1)
		return command_usage_error(
			"one of --bundle FILE, --ruleset FILE and --live says which box");
	if (!live)
		return subject_read_box(bundle ? bundle : ruleset, args_has(args, "ipv6") ? 6 : 4,
					bytes, out);
	rc = policy_collect_here(bytes);
	if (rc)
		return rc;
	*out = box_read_bundle("this box", buf_slice(bytes), &err);
	return *out ? 0 : command_failed(&err);
}
