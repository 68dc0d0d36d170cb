/* SPDX-License-Identifier: ISC */
#include "cmd/apply_rules.h"

#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "cmd/load.h"
#include "cmd/policy_subject.h"
#include "policy/emit.h"
#include "sys/file.h"

enum { RULES_MAX = 256 << 20 };

static int derive_into(const struct emitter *e, const struct policy *p, struct buf *out)
{
	struct errs errs = {0};

	if (e->check)
		e->check(p, &errs);
	if (errs.n)
		return command_failed_all(&errs);
	e->policy(p, out);
	return 0;
}

static int derive_all(struct apply *a, const struct policy *p, bool iptables)
{
	int rc;

	a->has_v4 = a->has_v6 = iptables;
	if (!iptables)
		return derive_into(&emitter_nftables, p, &a->nft);
	rc = derive_into(&emitter_iptables, p, &a->v4);
	return rc ? rc : derive_into(&emitter_ip6tables, p, &a->v6);
}

static void tell_findings(const struct policy *p)
{
	for_each (f, &p->findings)
		if (f->severity >= SEVERITY_MEDIUM) {
			struct buf out = BUF_INIT;

			escape_terminal(&out, slice_of(f->subject));
			fprintf(stderr, "portolan: %s: %s: %s\n", severity_names[f->severity],
				f->code, out.data);
			buf_release(&out);
		}
}

static int derive(const struct arguments *args, struct apply *a, bool iptables)
{
	const struct plan_options options = {.as_documented = args_has(args, "as-documented")};
	struct policy_options today = {0};
	struct policy *p = NULL;
	struct subject subject;
	struct errs errs = {0};
	struct loaded l;
	int rc = load_plan(&l, args_operand(args, 1), args_value(args, "catalog"), &options);

	a->name = args_value(args, "device");
	if (!rc &&
	    (!subject_find(l.plan->site, a->name, &subject) || !subject_day(args, &today.today)))
		rc = EXIT_USAGE;
	if (!rc) {
		p = subject_policy(&subject, l.plan, &today, &errs);
		rc = p ? derive_all(a, p, iptables) : command_failed_all(&errs);
	}
	if (!rc)
		tell_findings(p);
	if (p)
		policy_free(p);
	load_release(&l);
	return rc;
}

static int read_rules(const char *path, struct buf *out)
{
	struct err err;

	return file_read(path, RULES_MAX, out, &err) ? command_failed(&err) : 0;
}

static struct slice first_line(struct slice text)
{
	struct slice line;

	while (slice_cut(&text, '\n', &line)) {
		line = slice_trim(line);
		if (line.n && line.p[0] != '#')
			return line;
	}
	return SLICE_NONE;
}

/* What may stand there by mistake. */
static int refuse_kind(struct slice first)
{
	if (slice_has_prefix(first, "portolan:"))
		return command_usage_error("policy apply: --device says whose rules of the site "
					   "this box is to have");
	if (slice_has_prefix(first, "{"))
		return command_usage_error("policy apply: a file for nft -f, not JSON");
	return 0;
}

/* iptables-save begins with its first table. */
static int read_file(const struct arguments *args, struct apply *a)
{
	bool six = args_has(args, "ipv6");
	struct buf text = BUF_INIT;
	struct slice first;
	int rc = read_rules(a->name, &text);

	first = first_line(buf_slice(&text));
	if (!rc)
		rc = refuse_kind(first);
	if (!slice_has_prefix(first, "*")) {
		a->nft = text;
	} else if (six) {
		a->v6 = text;
		a->has_v6 = true;
	} else {
		a->v4 = text;
		a->has_v4 = true;
	}
	return rc;
}

static int read_two(const struct arguments *args, struct apply *a)
{
	int rc = read_file(args, a);

	if (!rc && !a->has_v4)
		return command_usage_error("policy apply: two files are iptables-save's, then "
					   "ip6tables-save's");
	if (!rc)
		rc = read_rules(args_operand(args, 2), &a->v6);
	a->has_v6 = true;
	return rc;
}

int apply_rules(const struct arguments *args, struct apply *a)
{
	const char *format = args_value(args, "format");
	bool iptables = format && strcmp(format, "iptables") == 0;

	if (args_has(args, "device")) {
		if (format && !iptables && strcmp(format, "nftables") != 0)
			return command_usage_error("policy apply: --format is nftables or "
						   "iptables (both families)");
		if (args_n_operands(args) != 2)
			return command_usage_error("policy apply: one site, not %zu",
						   args_n_operands(args) - 1);
		return derive(args, a, iptables);
	}
	if (args_n_operands(args) < 2 || args_n_operands(args) > 3)
		return command_usage_error(
			"policy apply: SITE --device NAME, or a file with rules");
	a->name = args_operand(args, 1);
	return args_n_operands(args) == 3 ? read_two(args, a) : read_file(args, a);
}
