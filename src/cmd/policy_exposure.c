/* SPDX-License-Identifier: ISC */
#include "cmd/policy_exposure.h"

#include <string.h>

#include "cmd/policy_subject.h"
#include "report/json.h"

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

static const char *const side_texts[EXPOSURE_SIDES] = {
	[EXPOSURE_OUTSIDE] = "from outside zones",
	[EXPOSURE_LESS_TRUSTED] = "from less trusted sides",
	[EXPOSURE_REST] = "from elsewhere",
};

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

static void print_text(const struct least_exposure *e, struct buf *out)
{
	add_answer(e, out);
	buf_addf(out, "\n  %-26s %15s %15s\n", "addresses x ports let in", "as the site is",
		 "the least");
	for (enum exposure_side side = 0; side < EXPOSURE_SIDES; side++)
		buf_addf(out, "  %-26s %15.10g %15.10g\n", side_texts[side], e->before.sides[side],
			 e->after.sides[side]);
	add_gone(e, out);
}

/* --- as records ------------------------------------------------------------------------------- */

static int64_t number_of(double volume)
{
	return volume < 0x1p62 ? (int64_t)volume : INT64_MAX;
}

static void begin(struct json *j, const char *kind)
{
	json_open(j, NULL, '{');
	json_text(j, "record", kind);
}

static void end(struct json *j)
{
	json_close(j, '}');
	buf_add_char(j->out, '\n');
	j->comma = false;
}

static void print_records(const struct least_exposure *e, struct buf *out)
{
	struct json j = {.out = out};

	for (enum exposure_side side = 0; side < EXPOSURE_SIDES; side++) {
		begin(&j, "exposure");
		json_text(&j, "from", exposure_side_names[side]);
		json_number(&j, "before", number_of(e->before.sides[side]));
		json_number(&j, "after", number_of(e->after.sides[side]));
		end(&j);
	}
	for_each (m, &e->modes) {
		begin(&j, "mode");
		json_text(&j, "device", m->device);
		json_text(&j, "server", gateway_mode_word(m));
		end(&j);
	}
	for_each (g, &e->gone) {
		begin(&j, "gone");
		json_text(&j, "device", g->device->name.s);
		json_text(&j, "rule", g->text);
		end(&j);
	}
}

int exposure_print(const struct arguments *args, const struct least_exposure *e)
{
	const char *format = args_value(args, "format");
	struct buf out = BUF_INIT;
	bool done;

	if (format && strcmp(format, "jsonl") != 0)
		return command_usage_error("policy derive: without --device, --format is jsonl");
	if (format)
		print_records(e, &out);
	else
		print_text(e, &out);
	done = command_print(&out);
	buf_release(&out);
	return done ? EXIT_HOLDS : EXIT_NOT_TESTED;
}
