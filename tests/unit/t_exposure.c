/* SPDX-License-Identifier: ISC
 *
 * Which modes let in least, and which may not be chosen.
 */
#include "policy/exposure.h"

#include "doc/product.h"
#include "doc/site.h"
#include "test.h"

/* A client in x, gateways in a row, a server outside; or the client outside. */
struct row {
	const char *name;
	unsigned n_gateways;
	const char *gateways[8]; /* what each has besides; the first is next to x */
	const char *use;	 /* what the use has besides */
	const char *client, *server;
	const char *modes;	      /* that are chosen */
	double outside, less_trusted; /* that is left */
};

static const char product_text[] =
	"portolan: 1\nproduct: f\ntitle: F\ndocuments: {d: {title: D}}\n"
	"roles:\n  c: {title: C}\n  s: {title: S}\nrequirements:\n"
	"  control: {from: c, to: s, needs: tcp/21, service: ftp, why: w, doc: {in: d}}\n"
	"  data:\n    from: c\n    to: s\n    child_of: control\n    modes:\n"
	"      active: {from: s, to: c, needs: tcp/any-of 6000-6009}\n"
	"      passive: {from: c, to: s, needs: tcp/any-of 7000-7009}\n"
	"    why: w\n    doc: {in: d}\n";

/* Zones x = z0, z1, ... and outside; gateway i between zone i and zone i + 1. */
static void add_site(const struct row *row, struct buf *out)
{
	buf_add_text(out, "portolan: 1\nsite: s\nzones:\n  out: {networks: [any]}\n");
	for (unsigned i = 0; i < row->n_gateways; i++)
		buf_addf(out, "  z%u: {networks: [10.0.%u.0/24]}\n", i, i);
	buf_add_text(out, "hosts:\n  in: {addresses: [10.0.0.9]}\n  far: {addresses: [192.0.2.9]}\n"
			  "devices:\n");
	for (unsigned i = 0; i < row->n_gateways; i++) {
		bool last = i + 1 == row->n_gateways;

		buf_addf(out,
			 "  g%u:\n    filter: stateful\n    interfaces:\n"
			 "      a: {zone: z%u, name: eth0, addresses: [10.0.%u.1]}\n      b: "
			 "{zone: ",
			 i, i, i);
		if (last)
			buf_add_text(out, "out, name: eth1, addresses: [192.0.2.1]}\n");
		else
			buf_addf(out, "z%u, name: eth1, addresses: [10.0.%u.2]}\n", i + 1, i + 1);
		buf_addf(
			out,
			"    ftp_gateway: {data_ports: {client: 4000-4099, server: 5000-5009}%s}\n",
			row->gateways[i] ? row->gateways[i] : "");
	}
	buf_addf(out, "uses:\n  - product: f\n    roles: {c: %s, s: %s}\n%s", row->client,
		 row->server, row->use ? row->use : "");
}

static void check_row(const struct row *row)
{
	struct buf site_text = BUF_INIT, modes = BUF_INIT;
	struct errs errs = {0};
	struct least_exposure *e;
	struct product *product;
	struct exposure_asked asked = {.n_products = 1};
	struct site *site;

	add_site(row, &site_text);
	product = product_read("f.yaml", slice_of(product_text), &errs);
	site = site_read("s.yaml", buf_slice(&site_text), NULL, &errs);
	if (errs.n)
		fail_msg("%s: %s", row->name, errs.items[0].text);
	asked.site = site;
	asked.products = (const struct product *const *)&product;
	e = least_exposure_find(&asked, &errs);
	assert_non_null(e);
	least_exposure_format(e, &modes);
	if (!slice_is(buf_slice(&modes), row->modes) ||
	    e->after.sides[EXPOSURE_OUTSIDE] != row->outside ||
	    e->after.sides[EXPOSURE_LESS_TRUSTED] != row->less_trusted)
		fail_msg("%s: \"%s\", not \"%s\"; %g outside, %g less trusted", row->name,
			 modes.data ? modes.data : "", row->modes, e->after.sides[EXPOSURE_OUTSIDE],
			 e->after.sides[EXPOSURE_LESS_TRUSTED]);
	least_exposure_free(e);
	site_free(site);
	product_free(product);
	errs_release(&errs);
	buf_release(&modes);
	buf_release(&site_text);
}

#define PASSIVE(g) "g" #g " dials in passive mode"
#define ACTIVE(g)  "g" #g " dials in active mode"

static const struct row rows[] = {
	{"two, nothing said", 2, {NULL}, NULL, "in", "far", PASSIVE(0) ", " PASSIVE(1), 0, 0},
	{"the next accepts active mode only",
	 2,
	 {NULL, ", modes: {client: active}"},
	 NULL,
	 "in",
	 "far",
	 ACTIVE(0) ", " PASSIVE(1),
	 0,
	 10},
	{"what the site says stays",
	 2,
	 {", modes: {server: active}", ", modes: {server: same}"},
	 NULL,
	 "in",
	 "far",
	 "",
	 10,
	 10},
	{"so does one after the other",
	 1,
	 {", modes: {server: passive-then-active}"},
	 NULL,
	 "in",
	 "far",
	 "",
	 10,
	 0},
	{"a translation turns nothing round", 1, {", plane: nat"}, NULL, "in", "far", "", 10, 0},
	{"in front of one that translates, both ways are one choice",
	 2,
	 {NULL, ", plane: nat"},
	 NULL,
	 "in",
	 "far",
	 PASSIVE(0),
	 0,
	 0},
	{"the server does active mode only",
	 1,
	 {NULL},
	 "    modes: {data: active}\n",
	 "in",
	 "far",
	 ACTIVE(0),
	 10,
	 0},
	{"the clients do passive mode only",
	 1,
	 {NULL},
	 "    modes: {data: passive}\n",
	 "in",
	 "far",
	 PASSIVE(0),
	 0,
	 0},
	/* The client outside chooses: its range stays. The server inside is no device. */
	{"clients outside", 1, {NULL}, NULL, "far", "in", PASSIVE(0), 100, 0},
	{"each alone, where they are many",
	 6,
	 {NULL},
	 NULL,
	 "in",
	 "far",
	 PASSIVE(0) ", " PASSIVE(1) ", " PASSIVE(2) ", " PASSIVE(3) ", " PASSIVE(4) ", " PASSIVE(5),
	 0,
	 0},
};

static void the_least_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(&rows[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_least_is_found)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
