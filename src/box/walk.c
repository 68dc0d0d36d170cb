/* SPDX-License-Identifier: ISC */
#include "box/walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "box/walk_int.h"

const char *const nf_fate_names[] = {
	"local", "forwarded", "sent", "dropped", "rejected", "unrouted", "undecided",
};

bool nf_fate_passes(enum nf_fate fate)
{
	return fate == FATE_LOCAL || fate == FATE_FORWARDED || fate == FATE_SENT;
}

enum { FIN = 1, SYN = 2, RST = 4, ACK = 16, URG = 32 };

/* net/netfilter/nf_conntrack_proto_tcp.c: what is no beginning, and no middle either. */
static enum nf_ct_state state_of_tcp(uint8_t flags)
{
	switch (flags & (FIN | SYN | RST | ACK | URG)) {
	case SYN:
	case SYN | URG:
		return CT_NEW;
	case ACK:
	case ACK | URG:
		return CT_NEW; /* picked up in the middle: nf_conntrack_tcp_loose */
	default:
		return CT_INVALID;
	}
}

static enum nf_ct_state state_of_icmp(uint8_t type)
{
	enum { ECHO = 8, TIMESTAMP = 13, INFO = 15, ADDRESS = 17 };

	return type == ECHO || type == TIMESTAMP || type == INFO || type == ADDRESS ? CT_NEW
										    : CT_INVALID;
}

/* Neighbours, multicast listeners and their routers are left alone (the routers since March 2024,
 * in stable kernels too: until then they were invalid). */
static enum nf_ct_state state_of_icmp6(uint8_t type)
{
	enum {
		ECHO = 128,
		QUERY = 130,
		REPORT,
		DONE,
		SOLICIT,
		ADVERTISEMENT = 136,
		NI_QUERY = 139
	};
	enum { MLD2_REPORT = 143, ROUTERS_ADVERTISEMENT = 151, ROUTERS_SOLICIT };

	if ((type >= QUERY && type <= ADVERTISEMENT) || type == MLD2_REPORT ||
	    type == ROUTERS_ADVERTISEMENT || type == ROUTERS_SOLICIT)
		return CT_UNTRACKED;
	return type == ECHO || type == NI_QUERY ? CT_NEW : CT_INVALID;
}

enum nf_ct_state nf_state_of_first(const struct nf_packet *p)
{
	switch (p->proto) {
	case 1:
		return p->to.family == 4 ? state_of_icmp(p->icmp_type) : CT_INVALID;
	case 6:
		return state_of_tcp(p->tcp_flags);
	case 58:
		return p->to.family == 6 ? state_of_icmp6(p->icmp_type) : CT_INVALID;
	default:
		return CT_NEW;
	}
}

bool walk_guess(struct walk *w, const char *words)
{
	struct tape *t = &w->tape;
	bool says;

	if (w->asks) {
		w->unsure = true;
		return false;
	}
	if (t->at == WALK_GUESSES_MAX) {
		w->too_many = true;
		return false;
	}
	if (t->at == t->n)
		t->says[t->n++] = false;
	says = t->says[t->at++];
	*(const char **)list_add(w->arena, &w->now.depends, sizeof(char *)) = words;
	walk_event(w, EVENT_ASSUMED, NULL, NULL, "%s: assumed %s", words, says ? "yes" : "no");
	return says;
}

/* The next way of guessing; false: all are gone. */
static bool rewind_tape(struct tape *t)
{
	while (t->n && t->says[t->n - 1])
		t->n--;
	t->at = 0;
	if (!t->n)
		return false;
	t->says[t->n - 1] = true;
	return true;
}

void walk_event(struct walk *w, enum nf_event_kind kind, const struct nf_chain *c,
		const struct nf_rule *r, const char *fmt, ...)
{
	struct nf_event *e = list_add(w->arena, &w->now.events, sizeof(*e));
	struct buf text = BUF_INIT;
	va_list ap;

	*e = (struct nf_event){.kind = kind, .chain = c, .rule = r};
	if (!fmt)
		return;
	va_start(ap, fmt);
	buf_addfv(&text, fmt, ap);
	va_end(ap);
	e->note = arena_copy(w->arena, buf_slice(&text));
	buf_release(&text);
}

void walk_end(struct walk *w, enum nf_fate fate, const char *why)
{
	w->now.fate = fate;
	w->now.why = why;
	w->now.as = w->p;
	w->now.out = nf_fate_passes(fate) && fate != FATE_LOCAL ? w->out : NULL;
	w->now.tracked = w->tracked && !w->untracked && w->state != CT_INVALID;
	w->now.ct_mark = w->ct_mark;
}

/* How the ports of one bridge look to what is routed. */
static bool find_interface(struct walk *w)
{
	const struct box_link *l = w->p.in ? box_find_link(w->b, w->p.in) : NULL;
	const struct box_link *master = l && l->master ? box_find_link(w->b, l->master) : NULL;

	w->port = w->in = w->p.in;
	if (!master || !master->kind)
		return true;
	w->in = master->name;
	return strcmp(master->kind, "vrf") != 0;
}

static void begin(struct walk *w)
{
	w->p = w->first = *w->asked;
	w->out = NULL;
	w->tracked = w->untracked = w->moved = w->source_set = w->target_set = false;
	w->state = CT_INVALID;
	w->ct_mark = w->ct_status = 0;
	if (w->asked->state == CT_ESTABLISHED) {
		w->ct_mark = w->asked->ct_mark;
		w->ct_status = CT_CONFIRMED | CT_SEEN_REPLY | CT_ASSURED;
	}
	w->now = (struct nf_outcome){0};
	w->too_many = false;
	if (w->answers) {
		const struct nf_packet *as = &w->answers->as;

		w->ct_mark = w->answers->ct_mark;
		w->ct_status = CT_CONFIRMED | CT_SEEN_REPLY;
		if (!addr_equal(&as->to, &w->answers->first.to) ||
		    as->to_port != w->answers->first.to_port)
			w->ct_status |= CT_DNAT;
		if (!addr_equal(&as->from, &w->answers->first.from))
			w->ct_status |= CT_SNAT;
		w->first = w->answers->first;
	}
}

/* Parts of the box that nobody has read, and that may drop it. */
static bool pass_doubts(struct walk *w, const char *const *doubts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (walk_guess(w, doubts[i])) {
			walk_end(w, FATE_UNDECIDED, doubts[i]);
			return false;
		}
	return true;
}

static bool pass_bridge(struct walk *w, const char *link)
{
	const struct box_link *l = link ? box_find_link(w->b, link) : NULL;

	if (!l || !l->kind || strcmp(l->kind, "bridge") != 0)
		return true;
	return pass_doubts(w, w->b->ruleset.bridge_doubts.items, w->b->ruleset.bridge_doubts.n);
}

static bool go(struct walk *w, enum nf_hook hook)
{
	return walk_hook(w, hook) == VERDICT_CONTINUE;
}

/* What the box sends to itself comes in again, with its connection, mark and route. */
static void loop_back(struct walk *w)
{
	w->p.in = w->port = w->in = "lo";
	w->out = NULL;
	w->source_set = w->target_set = true;
	if (go(w, NF_PREROUTING) && walk_route_loop(w) && go(w, NF_INPUT))
		walk_end(w, FATE_LOCAL, NULL);
}

static void leave(struct walk *w, enum nf_fate fate)
{
	if (!go(w, NF_POSTROUTING) || !pass_bridge(w, w->out))
		return;
	if (fate == FATE_SENT && strcmp(w->out, "lo") == 0)
		loop_back(w);
	else if (go(w, NF_EGRESS))
		walk_end(w, fate, NULL);
}

static void receive(struct walk *w)
{
	bool local;

	if (!go(w, NF_INGRESS) || !pass_bridge(w, w->in) || !walk_arrives(w) ||
	    !go(w, NF_PREROUTING) || !walk_route_in(w, &local))
		return;
	if (!local) {
		if (go(w, NF_FORWARD))
			leave(w, FATE_FORWARDED);
	} else if (go(w, NF_INPUT)) {
		walk_end(w, FATE_LOCAL, NULL);
	}
}

/* What changed on the way out is routed again. */
static void send_own(struct walk *w)
{
	if (!walk_route_out(w))
		return;
	w->moved = false;
	if (!go(w, NF_OUTPUT) || (w->moved && !walk_route_out(w)))
		return;
	leave(w, FATE_SENT);
}

static void run(struct walk *w)
{
	begin(w);
	if (!box_has_rules(w->b, w->p.to.family)) {
		walk_end(w, FATE_UNDECIDED,
			 w->p.to.family == 4 ? "no rules for IPv4 were collected"
					     : "no rules for IPv6 were collected");
		return;
	}
	if (!pass_doubts(w, w->b->ruleset.doubts.items, w->b->ruleset.doubts.n))
		return;
	if (!find_interface(w))
		walk_end(w, FATE_UNDECIDED, "the interface belongs to a VRF");
	else if (w->p.in)
		receive(w);
	else
		send_own(w);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_packet(const struct nf_packet *a, const struct nf_packet *b)
{
	return addr_equal(&a->from, &b->from) && addr_equal(&a->to, &b->to) &&
	       a->from_port == b->from_port && a->to_port == b->to_port;
}

static bool same_end(const struct nf_outcome *a, const struct nf_outcome *b)
{
	return a->fate == b->fate && a->chain == b->chain && a->rule == b->rule &&
	       same_text(a->out, b->out) && same_text(a->why, b->why) &&
	       (!nf_fate_passes(a->fate) || same_packet(&a->as, &b->as));
}

static void add_depends(struct walk *w, struct nf_outcome *o, const char *words)
{
	for_each (known, &o->depends)
		if (same_text(*known, words))
			return;
	*(const char **)list_add(w->arena, &o->depends, sizeof(char *)) = words;
}

static void keep(struct walk *w)
{
	for_each (o, &w->result->outcomes)
		if (same_end(o, &w->now)) {
			for_each (words, &w->now.depends)
				add_depends(w, o, *words);
			return;
		}
	*(struct nf_outcome *)list_add(w->arena, &w->result->outcomes, sizeof(w->now)) = w->now;
}

static void give_up(struct walk *w)
{
	walk_end(w, FATE_UNDECIDED, "it depends on more than can be told apart");
	keep(w);
}

static void run_all(struct walk *w)
{
	enum { RUNS_MAX = 4096 };
	unsigned runs = 0;

	do {
		run(w);
		if (w->too_many || ++runs > RUNS_MAX ||
		    w->result->outcomes.n >= NF_OUTCOMES_MAX - 1) {
			give_up(w);
			return;
		}
		w->now.first = w->first;
		keep(w);
	} while (rewind_tape(&w->tape));
	/* All ways end the same: then it does not depend on them. */
	if (w->result->outcomes.n == 1)
		w->result->outcomes.items[0].depends.n = 0;
}

static int compare_base(const void *a_, const void *b_, void *chains_)
{
	const struct nf_chain *chains = chains_;
	size_t a = *(const size_t *)a_, b = *(const size_t *)b_;

	if (chains[a].priority != chains[b].priority)
		return chains[a].priority < chains[b].priority ? -1 : 1;
	return a < b ? -1 : a > b;
}

static void find_base(struct walk *w)
{
	const struct nf_ruleset *r = &w->b->ruleset;

	for (size_t i = 0; i < r->chains.n; i++)
		if (r->chains.items[i].base)
			*(size_t *)list_add(w->arena, &w->base[r->chains.items[i].hook],
					    sizeof(size_t)) = i;
	for (size_t h = 0; h < NF_HOOKS; h++)
		if (w->base[h].n)
			qsort_r(w->base[h].items, w->base[h].n, sizeof(size_t), compare_base,
				r->chains.items);
}

static int check_packet(const struct box *b, const struct nf_packet *p, struct err *err)
{
	if (p->from.family != p->to.family || (p->to.family != 4 && p->to.family != 6))
		return err_set(err, ERR_USAGE, PLACE_NONE,
			       "source and target are not of one family");
	if (p->in && b->has.links && !box_find_link(b, p->in))
		return err_set(err, ERR_USAGE, PLACE_NONE, "the box has no interface \"%.20s\"",
			       p->in);
	return 0;
}

static struct nf_walk *walk(const struct box *b, const struct nf_packet *p,
			    const struct nf_outcome *answers, struct err *err)
{
	struct arena *arena;
	struct walk w;

	if (check_packet(b, p, err))
		return NULL;
	arena = arena_new();
	w = (struct walk){.b = b, .asked = p, .answers = answers, .arena = arena};
	w.result = ARENA_NEW(arena, struct nf_walk);
	w.result->arena = arena;
	w.inert = ARENA_ARRAY(arena, int8_t, b->ruleset.chains.n);
	find_base(&w);
	run_all(&w);
	return w.result;
}

struct nf_walk *nf_walk(const struct box *b, const struct nf_packet *p, struct err *err)
{
	return walk(b, p, NULL, err);
}

static void swap_ends(struct nf_packet *p)
{
	struct addr a = p->from;
	uint16_t port = p->from_port;

	p->from = p->to;
	p->to = a;
	p->from_port = p->to_port;
	p->to_port = port;
}

struct nf_walk *nf_walk_answer(const struct box *b, const struct nf_packet *p,
			       const struct nf_outcome *o, struct err *err)
{
	enum { ECHO_REPLY = 0, ECHO6_REPLY = 129 };
	struct nf_packet answer = o->as;

	swap_ends(&answer);
	answer.in = o->fate == FATE_FORWARDED || o->fate == FATE_SENT ? o->out : NULL;
	answer.mark = 0;
	answer.has_mac = answer.has_ttl = answer.has_length = false;
	answer.has_dscp = answer.has_ecn = false;
	answer.has_uid = answer.has_gid = false;
	answer.tcp_flags = p->tcp_flags & SYN ? SYN | ACK : ACK;
	answer.icmp_type = answer.to.family == 4 ? ECHO_REPLY : ECHO6_REPLY;
	answer.out = o->fate == FATE_SENT ? NULL : p->in;
	answer.state = o->tracked ? CT_ESTABLISHED : nf_state_of_first(&answer);
	return walk(b, &answer, o->tracked ? o : NULL, err);
}

void nf_walk_free(struct nf_walk *w)
{
	if (w)
		arena_free(w->arena);
}
