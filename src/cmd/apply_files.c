/* SPDX-License-Identifier: ISC */
#include "cmd/apply_files.h"

#include <string.h>

#include "box/read.h"
#include "sys/child.h"
#include "sys/file.h"

enum { TOOL_MS = 60000, WORDS_MAX = 8 };

const struct apply_tool apply_news[APPLY_NEWS] = {
	[APPLY_NEW_V4] = {"new.v4", {"iptables-restore", "--noflush", "--wait=10"}, false},
	[APPLY_NEW_V6] = {"new.v6", {"ip6tables-restore", "--noflush", "--wait=10"}, false},
	[APPLY_NEW_NFT] = {"new.nft", {"nft", "-f"}, false},
};
const struct apply_tool apply_checks[APPLY_NEWS] = {
	[APPLY_NEW_V4] = {"new.v4",
			  {"iptables-restore", "--noflush", "--test", "--wait=10"},
			  false},
	[APPLY_NEW_V6] = {"new.v6",
			  {"ip6tables-restore", "--noflush", "--test", "--wait=10"},
			  false},
	[APPLY_NEW_NFT] = {"new.nft", {"nft", "-c", "-f"}, false},
};
const struct apply_tool apply_olds[APPLY_OLDS] = {
	[APPLY_OLD_V4] = {"old.v4",
			  {"iptables-restore", "--noflush", "--counters", "--wait=10"},
			  false},
	[APPLY_OLD_V6] = {"old.v6",
			  {"ip6tables-restore", "--noflush", "--counters", "--wait=10"},
			  false},
	[APPLY_OLD_NFT] = {"old.nft", {"nft", "-f"}, false},
	[APPLY_OLD_TABLES] = {"old.tables", {"nft", "-f"}, true},
};

/* --- files ------------------------------------------------------------------------------------ */

int apply_write(const struct turn *t, const char *file, struct slice bytes, struct err *err)
{
	struct buf path = BUF_INIT;
	int rc;

	turn_path(t, file, &path);
	rc = file_replace(path.data, bytes, 0600, err);
	if (rc)
		err_take_place(err);
	buf_release(&path);
	return rc;
}

bool apply_has(const struct turn *t, const char *file)
{
	struct buf path = BUF_INIT;
	bool has;

	turn_path(t, file, &path);
	has = file_exists(path.data);
	buf_release(&path);
	return has;
}

static void remove_file(const struct turn *t, const char *file)
{
	struct buf path = BUF_INIT;
	struct err err;

	turn_path(t, file, &path);
	(void)!file_remove(path.data, &err);
	buf_release(&path);
}

void apply_remove(const struct turn *t)
{
	static const char *const others[] = {"file.nft",   "decoys", "live.v4", "live.v6",
					     "live.ipset", "loaded", "socket"};

	for (size_t i = 0; i < APPLY_OLDS; i++)
		remove_file(t, apply_olds[i].file);
	for (size_t i = 0; i < APPLY_NEWS; i++)
		remove_file(t, apply_news[i].file);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		remove_file(t, others[i]);
}

bool apply_is_open(const struct turn *t)
{
	return apply_has(t, "loaded");
}

/* --- tools ------------------------------------------------------------------------------------ */

static int complain(const char *name, const struct buf *complaint, int status, struct err *err)
{
	struct slice rest = buf_slice(complaint), line = SLICE_NONE;

	while (!slice_trim(line).n && slice_cut(&rest, '\n', &line))
		;
	line = slice_trim(line);
	if (!line.n)
		return err_set(err, ERR_SYSTEM, PLACE_NONE, "%s ended with status %d", name,
			       status);
	return err_set(err, ERR_SYSTEM, PLACE_NONE, "%s: %.*s", name,
		       (int)(line.n < 300 ? line.n : 300), line.p);
}

int apply_ask(const char *const *argv, struct buf *out, struct err *err)
{
	const struct child_tool tool = {argv, BOX_TEXT_MAX - 1, TOOL_MS};
	struct buf complaint = BUF_INIT;
	int status = 0, rc = child_ask(&tool, out, &complaint, &status, err);

	if (rc) {
		const struct err why = *err;

		rc = err_set(err, why.class, PLACE_NONE, "%s: %s", argv[0], why.text);
	} else if (status) {
		rc = complain(argv[0], &complaint, status, err);
	}
	buf_release(&complaint);
	return rc;
}

int apply_use(const struct turn *t, const struct apply_tool *tool, struct err *err)
{
	struct buf path = BUF_INIT, out = BUF_INIT;
	const char *argv[WORDS_MAX];
	size_t n = 0;
	int rc = 0;

	turn_path(t, tool->file, &path);
	if (file_exists(path.data)) {
		while (n < ARRAY_LEN(tool->words) && tool->words[n]) {
			argv[n] = tool->words[n];
			n++;
		}
		argv[n++] = path.data;
		argv[n] = NULL;
		rc = apply_ask(argv, &out, err);
	}
	buf_release(&out);
	buf_release(&path);
	return rc;
}

int apply_load(const struct turn *t, size_t *done, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < APPLY_NEWS && !rc; i++) {
		bool there = apply_has(t, apply_news[i].file);

		rc = apply_use(t, &apply_news[i], err);
		/* nft's is one transaction, unless it was stopped on its way; iptables' is one a
		 * table. */
		if (there && (!rc || i != APPLY_NEW_NFT || err->class != ERR_SYSTEM))
			++*done;
	}
	return rc;
}

int apply_undo(const struct turn *t, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < APPLY_OLDS; i++) {
		struct err one;

		if (apply_use(t, &apply_olds[i], &one) == 0 || apply_olds[i].may_fail)
			continue;
		if (!rc)
			*err = one;
		rc = -(int)one.class;
	}
	return rc;
}
