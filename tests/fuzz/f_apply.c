/* SPDX-License-Identifier: ISC
 *
 * What policy apply reads beside rulesets: our chains in texts of iptables-save, tables of nft -j,
 * who is logged in. The first half of the bytes is a policy, the second what is on the box.
 */
#include "base/arena.h"
#include "base/compiler.h"
#include "box/ipt_own.h"
#include "box/nft_tables.h"
#include "sys/logins.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* What is loaded, and what undoes it, touches nothing but our chains. */
static void check_own(struct slice text, struct slice saved)
{
	struct buf load = BUF_INIT, undo = BUF_INIT, plain = BUF_INIT;
	struct err err;

	if (ipt_own_check("policy", text, &err) == 0) {
		struct slice rest, line;

		ipt_own_load(text, saved, &load);
		if (ipt_own_check("load", buf_slice(&load), &err))
			BUG("what is loaded is more than what was checked");
		ipt_own_undo(buf_slice(&load), saved, &undo);
		rest = buf_slice(&undo);
		while (slice_cut(&rest, '\n', &line))
			if (slice_has_prefix(line, ":") && !slice_has_prefix(line, ":PORTOLAN-"))
				BUG("somebody else's chain is emptied");
	}
	ipt_own_plain(saved, &plain);
	buf_release(&load);
	buf_release(&undo);
	buf_release(&plain);
}

static void check_tables(struct slice text, struct slice other)
{
	struct arena *a = arena_new();
	struct buf out = BUF_INIT;
	struct nft_tables ts, again;
	struct err err;

	if (nft_tables_read(a, text, &ts, &err) == 0 &&
	    nft_tables_replace(text, text, &ts, &out, &err) == 0 &&
	    (nft_tables_read(a, buf_slice(&out), &again, &err) || again.list.n != ts.list.n))
		BUG("tables are lost");
	buf_clear(&out);
	(void)!nft_tables_replace(other, text, &ts, &out, &err);
	buf_release(&out);
	arena_free(a);
}

static void check_logins(struct slice text)
{
	struct arena *a = arena_new();
	struct login_connection c;
	uint64_t inode;

	if (login_parse(arena_copy(a, text), &c) && c.peer.family != c.own.family)
		BUG("two families");
	if (login_parse_proc(text, &c, &inode) && c.peer.family != c.own.family)
		BUG("two families");
	arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct slice first = {(const char *)data, n / 2};
	const struct slice second = {(const char *)data + n / 2, n - n / 2};
	const struct slice all = {(const char *)data, n};

	check_own(first, second);
	check_own(all, all);
	check_tables(all, second);
	check_logins(all);
	return 0;
}
