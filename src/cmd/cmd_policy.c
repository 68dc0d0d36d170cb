/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/suggest.h"
#include "cmd/command.h"
#include "cmd/load.h"
#include "cmd/policy_apply.h"
#include "cmd/policy_collect.h"
#include "cmd/policy_diff.h"
#include "cmd/policy_explain.h"
#include "cmd/policy_exposure.h"
#include "cmd/policy_print.h"
#include "cmd/policy_subject.h"
#include "cmd/policy_verify.h"
#include "policy/emit.h"
#include "sys/file.h"

/* A device's language, or for its readers. */
struct form {
	const char *name;
	const struct emitter *emitter;
	void (*print)(const struct policy *p, struct buf *out);
};

#define FORMS(X)                                                                                   \
	X(nftables, &emitter_nftables, NULL)                                                       \
	X(iptables, &emitter_iptables, NULL)                                                       \
	X(ip6tables, &emitter_ip6tables, NULL)                                                     \
	X(windows, &emitter_windows, NULL)                                                         \
	X(cisco, &emitter_cisco, NULL)                                                             \
	X(aws, &emitter_aws, NULL)                                                                 \
	X(jsonl, NULL, policy_records)                                                             \
	X(markdown, NULL, policy_page_markdown)                                                    \
	X(html, NULL, policy_page_html)

#define FORM(name, emitter, print)	{#name, emitter, print},
#define FORM_NAME(name, emitter, print) "|" #name
static const struct form forms[] = {FORMS(FORM)};
static const char form_names[] = FORMS(FORM_NAME); /* "|nftables|iptables..." */

static const struct form *form_of(const struct arguments *args)
{
	const char *name = args_value(args, "format");
	struct suggest s;
	char hint[SUGGEST_TEXT_MAX];

	if (!name)
		return &forms[0];
	s = suggest_start(slice_of(name));
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		if (strcmp(name, forms[i].name) == 0)
			return &forms[i];
		suggest_add(&s, forms[i].name);
	}
	command_usage_error("--format is %s, not \"%.40s\"%s", &form_names[1], name,
			    suggest_text(&s, hint));
	return NULL;
}

static int write_sidecar(const struct arguments *args, const struct policy *p)
{
	const char *path = args_value(args, "sidecar");
	struct buf out = BUF_INIT;
	struct err err;
	int rc = 0;

	if (!path)
		return 0;
	policy_sidecar(p, &out);
	if (file_replace(path, buf_slice(&out), 0644, &err))
		rc = command_failed(&err);
	buf_release(&out);
	return rc;
}

static int print(const struct arguments *args, const struct form *form, const struct policy *p)
{
	struct buf out = BUF_INIT;
	struct errs errs = {0};
	int rc;

	if (form->emitter && form->emitter->check)
		form->emitter->check(p, &errs);
	if (errs.n)
		return command_failed_all(&errs);
	rc = write_sidecar(args, p);
	if (!rc) {
		if (form->emitter)
			emit_policy(form->emitter, p, &out);
		else
			form->print(p, &out);
		rc = command_print(&out) ? EXIT_HOLDS : EXIT_NOT_TESTED;
	}
	buf_release(&out);
	return rc;
}

static int derive(const struct arguments *args, const struct form *form, const struct plan *plan,
		  const struct least_exposure *least)
{
	const struct emitter *emitter = form->emitter;
	struct policy_options options = {.least = least};
	struct errs errs = {0};
	struct subject subject;
	struct policy *p;
	int rc;

	if (!subject_find(plan->site, args_value(args, "device"), &subject) ||
	    !subject_day(args, &options.today))
		return EXIT_USAGE;
	if (emitter) {
		options.interface_also = emitter->interface_also;
		options.interface_max = emitter->interface_max;
		options.stateless = emitter->stateless;
	}
	p = subject_policy(&subject, plan, &options, &errs);
	if (!p)
		return command_failed_all(&errs);
	rc = print(args, form, p);
	policy_free(p);
	return rc;
}

static int run_derive(const struct arguments *args)
{
	const struct plan_options options = {.as_documented = args_has(args, "as-documented")};
	const struct form *form = form_of(args);
	struct least_exposure *least = NULL;
	struct loaded l;
	int rc;

	if (!form)
		return EXIT_USAGE;
	if (args_n_operands(args) != 2)
		return command_usage_error("policy derive: one site, not %zu",
					   args_n_operands(args) - 1);
	if (!args_value(args, "device") && !args_has(args, "least-exposure"))
		return command_usage_error("policy derive: --device says for which device");
	rc = load_plan(&l, args_operand(args, 1), args_value(args, "catalog"), &options);
	if (!rc)
		rc = exposure_apply(args, &l, &options, &least);
	if (!rc)
		rc = args_value(args, "device") ? derive(args, form, l.plan, least)
						: exposure_print(args, least);
	load_release(&l);
	least_exposure_free(least);
	return rc;
}

static int run_collect(const struct arguments *args);

/* What is asked of a policy: the first operand. */
static const struct verb {
	const char *name;
	int (*run)(const struct arguments *args);
} verbs[] = {
	{"apply", policy_apply}, {"collect", run_collect},    {"derive", run_derive},
	{"diff", policy_diff},	 {"explain", policy_explain}, {"verify", policy_verify},
};

static int run(const struct arguments *args)
{
	const char *name = args_operand(args, 0);
	struct suggest s = suggest_start(slice_of(name));
	char hint[SUGGEST_TEXT_MAX];

	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		if (strcmp(name, verbs[i].name) == 0)
			return verbs[i].run(args);
		suggest_add(&s, verbs[i].name);
	}
	return command_usage_error("policy: there is no \"policy %s\"%s", name,
				   suggest_text(&s, hint));
}

static const struct option_spec options[] = {
	{"device", "NAME", "whose policy: a device of the site, or a host", false},
	{"format", &form_names[1], "default nftables; unverified: windows, cisco, aws", false},
	{"sidecar", "FILE", "write there, as JSON, what is behind each rule", false},
	{"on", "DATE", "as on that day; default: today", false},
	{"as-documented", NULL, "the documents' own values instead of ours", false},
	{"least-exposure", NULL, "derive, verify: the modes of FTP that let in least", false},
	{"catalog", "DIR", "where the product files are", false},
	{"bundle", "FILE", "explain, verify: a box, as it was collected", true},
	{"ruleset", "FILE", "explain, verify: a ruleset alone", false},
	{"rule", "[CHAIN/]N", "verify: who needs this rule, what breaks without it", false},
	{"request", "FILE", "verify: is what was asked for, as CSV, done", false},
	{"live", NULL, "explain, verify: this box, as it is now; needs root", false},
	{"ipv6", NULL, "... which is ip6tables-save's", false},
	{"in", "LINK", "explain: where the packet arrives", false},
	{"out", "LINK", "explain: where it leaves, of a ruleset alone", false},
	{"sent", NULL, "explain: the box itself sends it", false},
	{"packets", "FILE", "explain: many packets, a line of JSON each", false},
	{"dry-run", NULL, "apply: only try, and tell what would change", false},
	{"confirm", "SECONDS", "apply: the old rules come back after them; default 60", false},
	{"yes", NULL, "apply: without a question; returns while the seconds run", false},
	{"even-if-last-login", NULL, "apply: also where nobody could log in like this again",
	 false},
	{"confirmed", NULL, "apply: what was loaded stays", false},
	{"undo", NULL, "apply: what was loaded goes at once", false},
};

static int run_collect(const struct arguments *args)
{
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (args_has(args, options[i].name))
			return command_usage_error("policy collect takes no --%s", options[i].name);
	if (args_n_operands(args) > 2)
		return command_usage_error("policy collect: one file, not %zu",
					   args_n_operands(args) - 1);
	return policy_collect(args_operand(args, 1));
}

const struct command command_policy = {
	.name = "policy",
	.summary = "a device's rules: what they should be, and what they do",
	.operands = "apply SITE|FILE | collect [FILE] | derive SITE | diff OLD NEW | explain "
		    "PACKET|SITE | "
		    "verify SITE",
	.options = options,
	.n_options = ARRAY_LEN(options),
	.min_operands = 1,
	.max_operands = -1,
	.run = run,
};
