/* SPDX-License-Identifier: ISC */
#include "sys/transparent.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "sys/child.h"
#include "sys/nft.h"

#define MARK	"0x46545047"
#define TABLE	"18004" /* of routes */
#define RULESET "portolan-transparent"

struct transparent {
	struct nft *nft;
};

enum { PATIENCE_MS = 5000, OUTPUT_MAX = 65536 };

/* 0, or what ip(8) says. */
static int ip(const char *const *argv, struct buf *out, struct err *err)
{
	const struct child_tool tool = {.argv = argv, .max = OUTPUT_MAX, .timeout_ms = PATIENCE_MS};
	struct buf complaint = BUF_INIT;
	int status, rc = child_ask(&tool, out, &complaint, &status, err);

	if (!rc && status)
		rc = err_set(err, ERR_SYSTEM, PLACE_NONE, "ip %s %s %s: %s", argv[1], argv[2],
			     argv[3], complaint.data);
	buf_release(&complaint);
	return rc;
}

static int is_there(const char *family, bool *there, struct err *err)
{
	const char *const argv[] = {"ip", family, "rule", "show", "fwmark", MARK, NULL};
	struct buf out = BUF_INIT;
	int rc = ip(argv, &out, err);

	*there = out.n > 0;
	buf_release(&out);
	return rc;
}

static int add(const char *family, struct err *err)
{
	const char *const rule[] = {"ip", family,   "rule", "add", "fwmark",
				    MARK, "lookup", TABLE,  NULL};
	const char *const route[] = {"ip",  family, "route", "replace", "local", "default",
				     "dev", "lo",   "table", TABLE,	NULL};
	struct buf out = BUF_INIT;
	bool there = false;
	int rc = is_there(family, &there, err);

	if (!rc && !there)
		rc = ip(rule, &out, err);
	if (!rc)
		rc = ip(route, &out, err);
	buf_release(&out);
	return rc;
}

static void take_back(const char *family)
{
	const char *const rule[] = {"ip", family,   "rule", "del", "fwmark",
				    MARK, "lookup", TABLE,  NULL};
	const char *const route[] = {"ip", family, "route", "flush", "table", TABLE, NULL};
	struct buf out = BUF_INIT;
	struct err err;

	/* What is not there need not go. */
	if (ip(rule, &out, &err) != 0 || ip(route, &out, &err) != 0)
		buf_clear(&out);
	buf_release(&out);
}

int transparent_start(struct transparent **t, struct err *err)
{
	static const char ruleset[] =
		"table inet " RULESET " { flags owner; chain ours { type filter hook prerouting "
		"priority mangle; meta l4proto tcp socket transparent 1 meta mark set " MARK
		"; }; }";
	struct transparent *x = mem_new(1, sizeof(*x));
	int rc = nft_start(&x->nft, RULESET, slice_of(ruleset), err);

	if (rc) {
		free(x);
		return rc;
	}
	rc = add("-4", err);
	if (!rc)
		rc = add("-6", err);
	if (rc) {
		transparent_stop(x);
		return rc;
	}
	*t = x;
	return 0;
}

void transparent_stop(struct transparent *t)
{
	if (!t)
		return;
	take_back("-4");
	take_back("-6");
	nft_free(t->nft);
	free(t);
}
