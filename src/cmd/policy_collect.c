/* SPDX-License-Identifier: ISC */
#include "cmd/policy_collect.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/escape.h"
#include "box/bundle.h"
#include "box/read.h"
#include "box/switches.h"
#include "cmd/command.h"
#include "sys/child.h"
#include "sys/file.h"
#include "sys/host.h"

enum { TOOL_MS = 60000, WORDS_MAX = 8 };

/* Where the file is not there the kernel does not have what is asked: asking would fail, or make
 * the kernel load it. */
static const char *const only_where[BUNDLE_PARTS_COUNT] = {
	[BUNDLE_LEGACY] = "/proc/net/ip_tables_names",
	[BUNDLE_LEGACY6] = "/proc/net/ip6_tables_names",
	[BUNDLE_IPSET] = "/sys/module/ip_set",
	[BUNDLE_ROUTES6] = "/proc/net/if_inet6",
	[BUNDLE_RULES6] = "/proc/net/if_inet6",
};

/* Without these nobody can say what the box does with a packet. */
static bool is_needed(enum bundle_part part)
{
	switch (part) {
	case BUNDLE_KERNEL:
	case BUNDLE_TOOLS:
	case BUNDLE_IPTABLES: /* nft shows the same rules, or that it cannot */
	case BUNDLE_IP6TABLES:
	case BUNDLE_EBTABLES:
	case BUNDLE_IPSET:
		return false;
	default:
		return true;
	}
}

struct collection {
	struct buf bundle;
	struct buf told; /* for the one who asked */
	size_t n;	 /* commands that answered */
	bool lacks;	 /* something that is needed */
};

/* --- one command ------------------------------------------------------------------------------ */

/* The words of the command; they stay in `copy`. */
static void split_words(const char *command, struct buf *copy, const char *words[WORDS_MAX])
{
	size_t n = 0;

	buf_add(copy, command, strlen(command));
	for (char *word = copy->data; word && n + 1 < WORDS_MAX;) {
		char *end = strchr(word, ' ');

		words[n++] = word;
		if (end)
			*end++ = '\0';
		word = end;
	}
	words[n] = NULL;
}

/* What somebody wrote about a link, and the keys of a tunnel, decide nothing. */
static void redact_link(json_t *link)
{
	json_t *data = json_object_get(json_object_get(link, "linkinfo"), "info_data");

	json_object_del(link, "ifalias");
	json_object_del(data, "ikey");
	json_object_del(data, "okey");
}

/* False: it is not what ip prints. */
static bool redact_links(struct buf *output)
{
	json_t *list = json_loadb(output->data, output->n, 0, NULL);
	char *text;

	for (size_t i = 0; i < json_array_size(list); i++)
		redact_link(json_array_get(list, i));
	text = list ? json_dumps(list, JSON_COMPACT) : NULL;
	buf_clear(output);
	if (text)
		buf_add_text(output, text);
	free(text);
	json_decref(list);
	return text != NULL;
}

static void keep_switches(struct buf *output)
{
	struct slice rest = buf_slice(output), line;
	struct buf kept = BUF_INIT;

	while (slice_cut(&rest, '\n', &line)) {
		struct slice value = line, name;

		slice_cut(&value, '=', &name);
		if (!value.p || !switch_decides(slice_trim(name)))
			continue;
		buf_add_slice(&kept, line);
		buf_add_char(&kept, '\n');
	}
	buf_release(output);
	*output = kept;
}

static void tell_missing(struct collection *c, enum bundle_part part, struct slice why)
{
	struct slice line = SLICE_NONE;

	slice_cut(&why, '\n', &line);
	buf_addf(&c->told, "not collected: %s: ", bundle_commands[part]);
	escape_terminal(&c->told, slice_trim(line));
	buf_add_char(&c->told, '\n');
	c->lacks = c->lacks || is_needed(part);
}

static bool redact(enum bundle_part part, struct buf *output)
{
	if (part == BUNDLE_LINKS || part == BUNDLE_ADDRESSES)
		return redact_links(output);
	if (part == BUNDLE_SWITCHES)
		keep_switches(output);
	return true;
}

/* 0, or the status with which it failed; then with a complaint. */
static unsigned ask(enum bundle_part part, struct buf *output, struct buf *complaint)
{
	struct buf copy = BUF_INIT;
	const char *words[WORDS_MAX];
	const struct child_tool tool = {words, BOX_TEXT_MAX - 1, TOOL_MS};
	struct err err;
	int status = 0;

	split_words(bundle_commands[part], &copy, words);
	err.text[0] = '\0';
	if (child_ask(&tool, output, complaint, &status, &err) != 0)
		status = status ? status : 1;
	else if (!status && !redact(part, output))
		status =
			err_set(&err, ERR_DOCUMENT, PLACE_NONE, "what it printed is not JSON") != 0;
	buf_add_text(complaint, err.text);
	buf_release(&copy);
	return (unsigned)status;
}

static void collect(struct collection *c, enum bundle_part part)
{
	struct buf output = BUF_INIT, complaint = BUF_INIT;
	unsigned status = ask(part, &output, &complaint);

	bundle_add(&c->bundle, bundle_commands[part], status,
		   buf_slice(status ? &complaint : &output));
	if (status)
		tell_missing(c, part, buf_slice(&complaint));
	else
		c->n++;
	buf_release(&output);
	buf_release(&complaint);
}

/* --- all of them ------------------------------------------------------------------------------ */

/* As a part of a file's name: a host may be called anything. */
static void find_name(char name[HOST_NAME_MAX_TEXT])
{
	const char *good = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";

	host_name(name);
	if (*name == '.' || *name == '-')
		*name = '_';
	for (char *s = name; *s; s++)
		if (!strchr(good, *s))
			*s = '_';
}

static void add_head(struct buf *bundle, const char *name)
{
	const time_t now = time(NULL);
	char text[sizeof("2026-11-27T09:20:00Z")];
	struct tm tm;

	if (!gmtime_r(&now, &tm) || !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		*text = '\0';
	buf_addf(bundle, BUNDLE_HEAD "\nhost %s\n", name);
	if (*text)
		buf_addf(bundle, "time %s\n", text);
}

static void collect_all(struct collection *c, const char *name)
{
	add_head(&c->bundle, name);
	for (enum bundle_part part = 0; part < BUNDLE_PARTS_COUNT; part++) {
		if (!only_where[part] || file_exists(only_where[part]))
			collect(c, part);
		else
			buf_addf(&c->told, "not asked: %s: the kernel has none: no %s\n",
				 bundle_commands[part], only_where[part]);
	}
	buf_add_text(&c->bundle, "end\n");
}

static int write_bundle(const struct collection *c, const char *path)
{
	struct err err;

	if (strcmp(path, "-") == 0)
		return command_print(&c->bundle) ? 0 : EXIT_NOT_TESTED;
	if (file_replace(path, buf_slice(&c->bundle), 0600, &err))
		return command_failed(&err);
	return 0;
}

static void tell(const struct collection *c, const char *path)
{
	fputs(c->told.data, stderr);
	fprintf(stderr, "portolan: %s: what %zu commands printed, %zu kB%s\n",
		strcmp(path, "-") == 0 ? "(standard output)" : path, c->n,
		(c->bundle.n + 1023) / 1024,
		c->lacks ? "; not enough to say what this box does with a packet" : "");
}

static int refuse_others(const char *path)
{
	struct err err;

	if (host_is_root())
		return 0;
	err_set(&err, ERR_SYSTEM, PLACE_NONE,
		"only root may see the rules of this box: sudo portolan policy %s%s",
		path ? "collect " : "...", path ? path : "");
	return command_failed(&err);
}

int policy_collect_here(struct buf *bundle)
{
	struct collection c = {.bundle = BUF_INIT, .told = BUF_INIT};
	char name[HOST_NAME_MAX_TEXT];
	int rc = refuse_others(NULL);

	if (rc)
		return rc;
	find_name(name);
	collect_all(&c, name);
	if (c.lacks)
		fputs(c.told.data, stderr);
	buf_add_slice(bundle, buf_slice(&c.bundle));
	buf_release(&c.bundle);
	buf_release(&c.told);
	return 0;
}

int policy_collect(const char *path)
{
	struct collection c = {.bundle = BUF_INIT, .told = BUF_INIT};
	char name[HOST_NAME_MAX_TEXT], own_path[HOST_NAME_MAX_TEXT + sizeof(".bundle")];
	int rc;

	find_name(name);
	snprintf(own_path, sizeof(own_path), "%s.bundle", name);
	path = path ? path : own_path;
	rc = refuse_others(path);
	if (rc)
		return rc;
	collect_all(&c, name);
	rc = write_bundle(&c, path);
	if (!rc)
		tell(&c, path);
	if (!rc && c.lacks)
		rc = EXIT_NOT_TESTED;
	buf_release(&c.bundle);
	buf_release(&c.told);
	return rc;
}
