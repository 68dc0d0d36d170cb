/* SPDX-License-Identifier: ISC */
#include "cmd/policy_explain.h"

#include <string.h>

#include "box/packet.h"
#include "box/read.h"
#include "box/route.h"
#include "cmd/explain_print.h"
#include "cmd/policy_subject.h"
#include "sys/file.h"

static bool no_guess(void *ctx, const char *words)
{
	(void)ctx;
	(void)words;
	return false;
}

/* Where nobody says: from where the box would answer. */
static int find_in(const struct arguments *args, const struct box *b, struct nf_packet *p)
{
	struct route_query q = {.from = p->to, .to = p->from, .guess = no_guess};
	const struct box_route *r = route_find(b, &q);

	p->in = args_value(args, "in");
	p->out = args_value(args, "out");
	p->routed = p->in || p->out;
	if (p->in || args_has(args, "sent") || (r && r->type == ADDR_LOCAL))
		return 0;
	if (p->out)
		return 0;
	if (!r || !r->link)
		return command_usage_error("policy explain: no route to the source says where it "
					   "comes from; --in LINK does");
	p->in = r->link;
	return 0;
}

static int exit_of(enum explained e)
{
	return e == EXPLAINED_PASSES	? EXIT_HOLDS
	       : e == EXPLAINED_STOPPED ? EXIT_FAILS
					: EXIT_NOT_TESTED;
}

/* The answer to what certainly passes; 0, or what is worse. */
static int answer(const struct box *b, const struct nf_packet *p, const struct nf_walk *w,
		  struct buf *out)
{
	struct nf_walk *back;
	struct err err;
	int rc;

	if (explain_verdict(w) != EXPLAINED_PASSES)
		return EXIT_HOLDS;
	back = nf_walk_answer(b, p, &w->outcomes.items[0], &err);
	if (!back)
		return command_failed(&err);
	explain_answer(back, out);
	rc = exit_of(explain_verdict(back));
	nf_walk_free(back);
	return rc;
}

static int explain(const struct box *b, const struct nf_packet *p, bool records)
{
	struct buf out = BUF_INIT;
	struct nf_walk *w;
	struct err err;
	int rc, back = 0;

	w = nf_walk(b, p, &err);
	if (!w)
		return command_failed(&err);
	rc = exit_of(explain_verdict(w));
	if (records) {
		explain_record(-1, w, &out);
	} else {
		explain_text(b->host, p, w, &out);
		back = answer(b, p, w, &out);
	}
	nf_walk_free(w);
	if (!command_print(&out))
		rc = EXIT_NOT_TESTED;
	buf_release(&out);
	return rc ? rc : back;
}

static int explain_line(const struct box *b, struct arena *a, struct slice line, struct place at,
			struct buf *out)
{
	struct packet_line p;
	struct nf_walk *w;
	struct err err;

	if (packet_read_json(a, line, at, &p, &err))
		return command_failed(&err);
	w = nf_walk(b, &p.packet, &err);
	if (!w) {
		err.place = at;
		return command_failed(&err);
	}
	explain_record(p.id, w, out);
	nf_walk_free(w);
	return 0;
}

/* Many packets, a line each. */
static int explain_lines(const struct box *b, const char *path)
{
	struct buf bytes = BUF_INIT, out = BUF_INIT;
	struct place at = {.file = path, .column = 1};
	struct arena *a = arena_new();
	struct slice rest, line;
	struct err err;
	int rc = 0;

	if (file_read(path, BOX_TEXT_MAX, &bytes, &err))
		rc = command_failed(&err);
	rest = buf_slice(&bytes);
	while (!rc && slice_cut(&rest, '\n', &line)) {
		at.line++;
		if (slice_trim(line).n)
			rc = explain_line(b, a, line, at, &out);
	}
	if (!command_print(&out) && !rc)
		rc = EXIT_NOT_TESTED;
	arena_free(a);
	buf_release(&bytes);
	buf_release(&out);
	return rc;
}

static int explain_packet(const struct arguments *args, const struct box *b, const char *text)
{
	const char *format = args_value(args, "format");
	struct nf_packet p;
	struct err err;
	int rc;

	if (format && strcmp(format, "text") != 0 && strcmp(format, "jsonl") != 0)
		return command_usage_error("policy explain: --format is text or jsonl");
	if (packet_parse(slice_of(text), &p, &err))
		return command_failed(&err);
	rc = find_in(args, b, &p);
	return rc ? rc : explain(b, &p, format && strcmp(format, "jsonl") == 0);
}

int policy_explain(const struct arguments *args)
{
	const char *packets = args_value(args, "packets"), *text = args_operand(args, 1);
	struct buf bytes = BUF_INIT;
	struct box *b = NULL;
	int rc;

	if (text && !packets && !strchr(text, ' '))
		return policy_explain_flows(args);
	if (!packets == !text)
		return command_usage_error("policy explain: a packet such as \"tcp 10.0.0.9 "
					   "10.0.0.1:22\", or --packets FILE");
	rc = subject_box(args, &bytes, &b);
	if (!rc)
		rc = packets ? explain_lines(b, packets) : explain_packet(args, b, text);
	box_free(b);
	buf_release(&bytes);
	return rc;
}
