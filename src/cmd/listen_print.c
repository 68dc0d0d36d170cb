/* SPDX-License-Identifier: ISC */
#include "cmd/listen_print.h"

#include <string.h>

#include "base/escape.h"
#include "cmd/command.h"
#include "report/flow_words.h"
#include "report/json.h"

enum { NAMES_MAX = 3 }; /* of sources in a line */

/* --- sums ------------------------------------------------------------------------------------- */

struct listen_sums listen_print_sums(const struct listen_print *p)
{
	struct listen_sums sums = {.failed = p->plan->left.n};
	size_t n;
	const struct listen_span *spans = listen_spans(p->listen, &n);

	for (size_t i = 0; i < n; i++) {
		sums.open += portset_count(&spans[i].open);
		sums.served += portset_count(&spans[i].served);
		sums.denied += portset_count(&spans[i].denied);
		sums.left += portset_count(&spans[i].left);
		sums.failed += portset_count(&spans[i].failed);
	}
	return sums;
}

int listen_print_exit(const struct listen_print *p)
{
	const struct listen_sums sums = listen_print_sums(p);

	return sums.denied || sums.left || sums.failed ? EXIT_NOT_TESTED : EXIT_HOLDS;
}

enum sight { SIGHT_WHOLE, SIGHT_PART, SIGHT_NONE, SIGHT_BLIND, SIGHT_COUNT };

/* The ports of a flow that are open: others cannot be seen. */
static void watched_ports(const struct listen_print *p, const struct listen_flow *f,
			  struct portset *ports)
{
	size_t n;
	const struct listen_span *spans = listen_spans(p->listen, &n);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; listen_span_has(&spans[i], f) && k < spans[i].open.n; k++)
			portset_add(ports, spans[i].open.items[k]);
}

static enum sight sight_of(const struct listen_print *p, const struct listen_flow *f)
{
	struct portset watched = {0};
	size_t n;

	watched_ports(p, f, &watched);
	n = portset_count(&watched);
	portset_release(&watched);
	if (!n)
		return SIGHT_BLIND;
	if (f->arrived.n && portset_count(&f->arrived) == n && !f->arrived_hidden)
		return SIGHT_WHOLE;
	if (!f->arrived.n && !f->arrived_hidden)
		return SIGHT_NONE;
	/* Of a negotiated port only one is ever used. */
	return f->flow->any_of ? SIGHT_WHOLE : SIGHT_PART;
}

/* --- words ------------------------------------------------------------------------------------ */

static void add_ids(const struct flow *f, struct buf *out)
{
	struct buf id = BUF_INIT;
	const char *between = "";

	for (const struct claim *c = f->claims; c; c = c->next) {
		if (!claim_is_first_of_requirement(f, c))
			continue;
		buf_clear(&id);
		flow_words_requirement(c->demand, &id);
		buf_add_text(out, between);
		escape_terminal(out, buf_slice(&id));
		between = ", ";
	}
	buf_release(&id);
}

/* Whose flows a span's ports are. */
static void add_sources(const struct listen_print *p, const struct listen_span *s, struct buf *out)
{
	const char *last = "";
	size_t n = 0;

	for_each (f, &p->plan->flows) {
		if (!listen_span_has(s, f) || strcmp(f->flow->from->name, last) == 0)
			continue;
		last = f->flow->from->name;
		if (n++ >= NAMES_MAX)
			continue;
		buf_add_text(out, n == 1 ? "" : ", ");
		escape_terminal(out, slice_of(last));
	}
	if (n > NAMES_MAX)
		buf_addf(out, " and %zu more", n - NAMES_MAX);
}

static void add_part(struct buf *out, const struct listen_span *s, const struct portset *ports,
		     const char *word)
{
	if (!ports->n)
		return;
	if (out->data[out->n - 1] != ':')
		buf_add_char(out, ';');
	buf_add_char(out, ' ');
	if (!portset_has_range(ports, s->ports)) {
		portset_format(ports, out);
		buf_add_char(out, ' ');
	}
	buf_add_text(out, word);
}

static void add_span(const struct listen_print *p, const struct listen_span *s, struct buf *out)
{
	char at[ADDR_TEXT_MAX];

	buf_addf(out, "  %s/", transport_names[s->transport]);
	port_range_format(s->ports, out);
	buf_addf(out, " at %s for ", addr_text(&s->at, at));
	add_sources(p, s, out);
	buf_add_char(out, ':');
	add_part(out, s, &s->open, "open");
	if (s->hub)
		buf_addf(out, ", redirected to %u", s->hub);
	add_part(out, s, &s->served, "already served by another program");
	add_part(out, s, &s->denied, "not open: needs a privilege");
	add_part(out, s, &s->left, "not open: one socket a port is too much here");
	add_part(out, s, &s->failed, s->failed.n ? strerror(s->error) : "");
	buf_add_char(out, '\n');
}

static void add_left(const struct listen_left *left, struct buf *out)
{
	buf_add_text(out, "  ");
	flow_format_ports(left->flow, out);
	buf_add_text(out, " for ");
	escape_terminal(out, slice_of(left->flow->from->name));
	buf_addf(out, ": not open: %s\n", left->why);
}

static void add_remedies(const struct listen_sums *sums, struct buf *out)
{
	if (sums->denied)
		buf_add_text(out, "A port below 1024 needs a privilege: run this as root, or once "
				  "`sysctl net.ipv4.ip_unprivileged_port_start=0`,\nor `setcap "
				  "cap_net_bind_service=ep` on libexec's portolan-site.\n");
	if (sums->left)
		buf_add_text(out,
			     "--redirect (as root, with nftables) opens a wide span through "
			     "one socket; else `ulimit -n` is the limit,\nand ports where this "
			     "host's own connections start stay free.\n");
}

static void add_start(const struct listen_print *p, struct buf *out)
{
	const struct listen_sums sums = listen_print_sums(p);
	size_t n;
	const struct listen_span *spans = listen_spans(p->listen, &n);

	buf_add_text(out, "Standing in for ");
	escape_terminal(out, slice_of(p->run->vantage));
	buf_add_text(out, " of ");
	escape_terminal(out, slice_of(p->run->site));
	buf_addf(out, ": %zu open for %u minute%s, %zu already served, %zu not open.\n", sums.open,
		 p->minutes, p->minutes == 1 ? "" : "s", sums.served,
		 sums.denied + sums.left + sums.failed);
	for (size_t i = 0; i < n; i++)
		add_span(p, &spans[i], out);
	for_each (left, &p->plan->left)
		add_left(left, out);
	add_remedies(&sums, out);
}

static void add_arrival(const struct listen_flow *f, const struct addr *peer, uint16_t port,
			struct buf *out)
{
	char from[ADDR_TEXT_MAX];

	if (port)
		buf_addf(out, "%s/%u", transport_names[f->transport], port);
	else
		flow_format_ports(f->flow, out);
	buf_addf(out, " from %s (", addr_text(peer, from));
	escape_terminal(out, slice_of(f->flow->from->name));
	buf_add_text(out, "): ");
	add_ids(f->flow, out);
	buf_add_text(out, " arrived\n");
}

static void add_missing(const struct listen_print *p, const struct listen_flow *f, struct buf *out)
{
	struct portset missing = {0};

	watched_ports(p, f, &missing);
	for (size_t i = 0; i < f->arrived.n; i++)
		portset_remove(&missing, f->arrived.items[i]);
	buf_add_text(out, "      at ");
	if (f->arrived_hidden)
		buf_add_text(out, "ports that the redirect does not tell apart\n");
	else
		portset_format(&f->arrived, out);
	if (!f->arrived_hidden) {
		buf_add_text(out, ", not at ");
		portset_format(&missing, out);
		buf_add_char(out, '\n');
	}
	portset_release(&missing);
}

static void add_flow(const struct listen_print *p, const struct listen_flow *f, struct buf *out)
{
	buf_add_text(out, "  ");
	escape_terminal(out, slice_of(f->flow->from->name));
	buf_add_text(out, " -> ");
	escape_terminal(out, slice_of(f->flow->to->name));
	buf_add_char(out, ' ');
	flow_format_ports(f->flow, out);
	buf_add_text(out, "  ");
	add_ids(f->flow, out);
	buf_add_char(out, '\n');
	if (sight_of(p, f) == SIGHT_PART)
		add_missing(p, f, out);
}

static void add_sight(const struct listen_print *p, enum sight sight, const char *title,
		      struct buf *out)
{
	bool any = false;

	for_each (f, &p->plan->flows) {
		if (sight_of(p, f) != sight)
			continue;
		buf_addf(out, "%s", any ? "" : title);
		any = true;
		add_flow(p, f, out);
	}
}

static void add_end(const struct listen_print *p, const size_t *n, struct buf *out)
{
	const struct listen_counts *counts = listen_counted(p->listen);

	buf_addf(out, "%zu of %zu required flows were seen arriving",
		 n[SIGHT_WHOLE] + n[SIGHT_PART], p->plan->flows.n + p->plan->left.n);
	if (n[SIGHT_PART])
		buf_addf(out, ", %zu of them in part", n[SIGHT_PART]);
	buf_addf(out, "; %zu could not be seen.\n", n[SIGHT_BLIND] + p->plan->left.n);
	add_sight(p, SIGHT_NONE, "\nNOT SEEN: nobody tried, or something is in the way\n", out);
	add_sight(p, SIGHT_PART, "\nSEEN IN PART\n", out);
	add_sight(p, SIGHT_BLIND, "\nCOULD NOT BE SEEN: served already, or not open\n", out);
	add_sight(p, SIGHT_WHOLE, "\nSEEN\n", out);
	if (counts->foreign)
		buf_addf(out,
			 "\n%llu connections or datagrams came from sources that no flow "
			 "names; they got nothing.\n",
			 (unsigned long long)counts->foreign);
}

/* --- records ---------------------------------------------------------------------------------- */

static void json_ports(struct json *j, const char *key, const struct portset *ports)
{
	struct buf text = BUF_INIT;

	portset_format(ports, &text);
	json_slice(j, key, buf_slice(&text));
	buf_release(&text);
}

static void json_flow(struct json *j, const struct flow *f)
{
	struct buf text = BUF_INIT;

	flow_format_id(f, &text);
	json_slice(j, "flow", buf_slice(&text));
	json_open(j, "requirements", '[');
	for (const struct claim *c = f->claims; c; c = c->next) {
		if (!claim_is_first_of_requirement(f, c))
			continue;
		buf_clear(&text);
		flow_words_requirement(c->demand, &text);
		json_slice(j, NULL, buf_slice(&text));
	}
	json_close(j, ']');
	json_text(j, "from", f->from->name);
	json_text(j, "to", f->to->name);
	json_text(j, "transport", transport_names[f->transport]);
	buf_release(&text);
}

static void record_span(const struct listen_print *p, const struct listen_span *s, struct buf *out)
{
	struct json j = {.out = out};
	struct portset ports = {0};

	portset_add(&ports, s->ports);
	json_open(&j, NULL, '{');
	json_text(&j, "record", "stand-in");
	json_text(&j, "run", p->run->id);
	json_text(&j, "transport", transport_names[s->transport]);
	json_addr(&j, "at", &s->at);
	json_ports(&j, "ports", &ports);
	json_ports(&j, "open", &s->open);
	json_ports(&j, "served", &s->served);
	json_ports(&j, "denied", &s->denied);
	json_ports(&j, "left", &s->left);
	json_ports(&j, "failed", &s->failed);
	json_text(&j, "error", s->failed.n ? strerror(s->error) : NULL);
	json_number_or_null(&j, "redirected_to", s->hub);
	json_close(&j, '}');
	buf_add_char(out, '\n');
	portset_release(&ports);
}

static void record_start(const struct listen_print *p, struct buf *out)
{
	size_t n;
	const struct listen_span *spans = listen_spans(p->listen, &n);

	json_run(out, p->run);
	buf_add_char(out, '\n');
	for (size_t i = 0; i < n; i++)
		record_span(p, &spans[i], out);
}

static void record_arrival(const struct listen_print *p, const struct listen_flow *f,
			   const struct addr *peer, uint16_t port, struct buf *out)
{
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "record", "arrival");
	json_text(&j, "run", p->run->id);
	json_flow(&j, f->flow);
	json_number_or_null(&j, "port", port);
	json_addr(&j, "source", peer);
	json_close(&j, '}');
	buf_add_char(out, '\n');
}

static const char *const sight_names[] = {"whole", "part", "none", "not-watched"};

static void record_seen(const struct listen_print *p, const struct flow *f, const char *seen,
			const struct portset *arrived, struct buf *out)
{
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "record", "seen");
	json_text(&j, "run", p->run->id);
	json_flow(&j, f);
	json_text(&j, "seen", seen);
	json_ports(&j, "arrived", arrived);
	json_close(&j, '}');
	buf_add_char(out, '\n');
}

static void record_end(const struct listen_print *p, const size_t *n, int64_t elapsed_ms,
		       struct buf *out)
{
	const struct listen_counts *counts = listen_counted(p->listen);
	struct json j = {.out = out};

	for_each (f, &p->plan->flows)
		record_seen(p, f->flow, sight_names[sight_of(p, f)], &f->arrived, out);
	for_each (left, &p->plan->left)
		record_seen(p, left->flow, sight_names[SIGHT_BLIND], &(struct portset){0}, out);
	json_open(&j, NULL, '{');
	json_text(&j, "record", "summary");
	json_number(&j, "seen", (int64_t)(n[SIGHT_WHOLE] + n[SIGHT_PART]));
	json_number(&j, "in_part", (int64_t)n[SIGHT_PART]);
	json_number(&j, "not_seen", (int64_t)n[SIGHT_NONE]);
	json_number(&j, "not_watched", (int64_t)(n[SIGHT_BLIND] + p->plan->left.n));
	json_number(&j, "foreign", (int64_t)counts->foreign);
	json_number(&j, "elapsed_ms", elapsed_ms);
	json_number(&j, "exit", listen_print_exit(p));
	json_close(&j, '}');
	buf_add_char(out, '\n');
}

/* --- either ----------------------------------------------------------------------------------- */

void listen_print_start(const struct listen_print *p, struct buf *out)
{
	(p->json ? record_start : add_start)(p, out);
}

void listen_print_arrival(const struct listen_print *p, const struct listen_flow *f,
			  const struct addr *peer, uint16_t port, struct buf *out)
{
	if (p->json)
		record_arrival(p, f, peer, port, out);
	else
		add_arrival(f, peer, port, out);
}

void listen_print_end(const struct listen_print *p, int64_t elapsed_ms, struct buf *out)
{
	size_t n[SIGHT_COUNT] = {0};

	for_each (f, &p->plan->flows)
		n[sight_of(p, f)]++;
	if (p->json)
		record_end(p, n, elapsed_ms, out);
	else
		add_end(p, n, out);
}
