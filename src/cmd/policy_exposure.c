/* SPDX-License-Identifier: ISC */
#include "cmd/policy_exposure.h"

#include "base/escape.h"
#include "cmd/policy_subject.h"

static int plan_again(struct loaded *l, const struct plan_options *options)
{
	struct errs errs = {0};

	plan_free(l->plan);
	l->plan = plan_build(l->site, (const struct product *const *)l->products, l->n_products,
			     options, &errs);
	return l->plan ? 0 : command_failed_all(&errs);
}

int exposure_apply(const struct arguments *args, struct loaded *l,
		   const struct plan_options *options, struct least_exposure **out)
{
	struct exposure_asked asked = {.site = l->site,
				       .products = (const struct product *const *)l->products,
				       .n_products = l->n_products,
				       .plan = *options};
	struct errs errs = {0};
	struct plan_options least;

	*out = NULL;
	if (!args_has(args, "least-exposure"))
		return 0;
	if (!subject_day(args, &asked.policy.today))
		return EXIT_USAGE;
	*out = least_exposure_find(&asked, &errs);
	if (!*out)
		return command_failed_all(&errs);
	least = least_exposure_plan(*out, options);
	return plan_again(l, &least);
}

/* --- for people ------------------------------------------------------------------------------- */

static void add_count(struct buf *out, const char *side, double before, double after)
{
	buf_addf(out, "  %-26s %15.10g %15.10g\n", side, before, after);
}

static void add_answer(const struct least_exposure *e, struct buf *out)
{
	struct buf modes = BUF_INIT;

	least_exposure_format(e, &modes);
	buf_add_text(out, modes.n ? "The least is let in where " : "Nothing is left to choose: ");
	buf_add_text(out, modes.n ? modes.data
				  : "the site says of each FTP gateway in which mode it dials");
	buf_add_text(out, ".\n");
	buf_release(&modes);
}

static void add_gone(const struct least_exposure *e, struct buf *out)
{
	if (e->gone.n)
		buf_add_text(out, "\nNot let in any more:\n");
	for_each (g, &e->gone)
		buf_addf(out, "  %s: %s\n", g->device->name.s, g->text);
	if (e->modes.n)
		buf_add_text(out, "\nTo do, at the gateways themselves and in the site:\n");
	for_each (m, &e->modes)
		buf_addf(out, "  devices.%s.ftp_gateway.modes.server: %s\n", m->device,
			 gateway_mode_word(m));
}

int exposure_print(const struct least_exposure *e)
{
	struct buf out = BUF_INIT;
	bool done;

	add_answer(e, &out);
	buf_addf(&out, "\n  %-26s %15s %15s\n", "addresses x ports let in", "as the site is",
		 "the least");
	add_count(&out, "from outside zones", e->before.outside, e->after.outside);
	add_count(&out, "from less trusted sides", e->before.less_trusted, e->after.less_trusted);
	add_count(&out, "from elsewhere", e->before.rest, e->after.rest);
	add_gone(e, &out);
	done = command_print(&out);
	buf_release(&out);
	return done ? EXIT_HOLDS : EXIT_NOT_TESTED;
}
