/* SPDX-License-Identifier: ISC
 *
 * The host's own side: order, reach, and what is known of the numbers.
 */
#include "model/listening.h"

#include <stdlib.h>

#include "base/buf.h"
#include "model/listening_int.h"

const char *const stack_names[] = {"ipv4", "ipv6", "both", "ipv6-at-least", NULL};
const char *const exposure_at_names[] = {"loopback", "address", "every", NULL};
const char *const holder_names[] = {"told", "none", "not-told", NULL};

bool listening_is_any(const struct listening_port *p)
{
	static const uint8_t zeros[16];

	return memcmp(p->at.bytes, zeros, sizeof(zeros)) == 0;
}

static bool is_loopback(const struct addr *a)
{
	static const uint8_t one[16] = {[15] = 1};

	return a->family == 4 ? a->bytes[0] == 127 : memcmp(a->bytes, one, sizeof(one)) == 0;
}

static enum exposure_at exposure_of(const struct listening_port *p)
{
	if (is_loopback(&p->at) || (p->link && slice_is(slice_of(p->link), "lo")))
		return AT_LOOPBACK;
	return listening_is_any(p) && !p->link ? AT_EVERY : AT_ADDRESS;
}

const char *listening_subject(const struct listening_port *p, struct arena *arena)
{
	return arena_printf(arena, "%s/%u", transport_names[p->transport], p->port);
}

bool listening_clear_text(const struct listening_port *p, struct service *usual)
{
	struct service better;

	if (!p->card.services.n)
		return false;
	*usual = p->card.services.items[0];
	return usual->protection == PROTECT_CLEAR && service_instead(usual, 0, &better) &&
	       usual->ports[0].lo <= p->port && p->port <= usual->ports[0].hi;
}

/* --- order ------------------------------------------------------------------------------------ */

static int compare_texts(const char *a, const char *b)
{
	return slice_compare(slice_of(a), slice_of(b));
}

static int by_importance(const void *a_, const void *b_)
{
	const struct listening_port *a = a_, *b = b_;
	int order = (a->exposure == AT_LOOPBACK) - (b->exposure == AT_LOOPBACK);

	if (!order)
		order = b->card.privileged - a->card.privileged;
	if (!order)
		order = a->port - b->port;
	if (!order)
		order = (int)a->transport - (int)b->transport;
	if (!order)
		order = addr_compare(&a->at, &b->at);
	if (!order)
		order = compare_texts(a->link, b->link);
	if (!order)
		order = (a->process.id > b->process.id) - (a->process.id < b->process.id);
	return order;
}

static bool is_alike(const struct listening_port *a, const struct listening_port *b)
{
	return by_importance(a, b) == 0 && a->stack == b->stack && a->holder == b->holder &&
	       compare_texts(a->user, b->user) == 0;
}

static void sort_and_join(struct listening *l)
{
	size_t n = 0;

	if (l->ports.n)
		qsort(l->ports.items, l->ports.n, sizeof(*l->ports.items), by_importance);
	for_each (p, &l->ports) {
		if (n && is_alike(&l->ports.items[n - 1], p))
			l->ports.items[n - 1].sockets += p->sockets;
		else
			l->ports.items[n++] = *p;
	}
	l->ports.n = n;
}

/* A card points to its query: only when nothing moves any more. */
static void fill_cards(struct listening *l)
{
	for_each (p, &l->ports) {
		p->query.text = listening_subject(p, l->arena);
		p->query.ports = (struct port_range){p->port, p->port};
		p->query.on = transport_bit(p->transport);
		port_card_fill(&p->card, &p->query, l->sources, l->arena);
	}
}

static bool is_privileged(const struct listening *l, uint16_t port)
{
	const struct port_rules *rules = l->sources->rules;

	return rules->known && port < rules->unprivileged;
}

/* --- findings --------------------------------------------------------------------------------- */

struct finding *listening_find(struct listening *l, enum severity severity, const char *code,
			       const char *subject)
{
	struct finding *f = list_add(l->arena, &l->findings, sizeof(*f));

	f->severity = severity;
	f->code = code;
	f->subject = subject;
	return f;
}

/* Of another socket on the number: of the other family, say. */
static bool is_told(const struct listening *l, const struct listening_port *p)
{
	return p > l->ports.items && p[-1].port == p->port && p[-1].transport == p->transport;
}

/* Of UDP a client's socket looks the same. */
static void find_ephemeral(struct listening *l, const struct listening_port *p)
{
	const struct port_range range = l->sources->rules->ephemeral;
	bool is_udp = p->transport == TRANSPORT_UDP;
	struct finding *f;

	if (!p->card.ephemeral || is_told(l, p))
		return;
	f = listening_find(l, is_udp ? SEVERITY_INFO : SEVERITY_LOW, "listener-ephemeral",
			   p->query.text);
	f->evidence = arena_printf(
		l->arena,
		"%s is in %u-%u, where outgoing connections get their source ports: when the "
		"service is started again it may find it taken%s",
		p->query.text, range.lo, range.hi,
		is_udp ? "; it may as well be a client's own socket, of which nothing is wrong"
		       : "");
	f->fix = "add it to net.ipv4.ip_local_reserved_ports, or listen elsewhere";
	f->reference = "ip-sysctl: ip_local_port_range";
}

static int by_severity(const void *a_, const void *b_)
{
	const struct finding *a = *(const struct finding *const *)a_,
			     *b = *(const struct finding *const *)b_;

	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	return (a > b) - (a < b); /* as they were found */
}

static void sort_findings(struct listening *l)
{
	size_t n = l->findings.n;
	const struct finding **order = ARENA_ARRAY(l->arena, const struct finding *, n);
	struct finding *sorted = ARENA_ARRAY(l->arena, struct finding, n);

	for (size_t i = 0; i < n; i++)
		order[i] = &l->findings.items[i];
	if (n)
		qsort(order, n, sizeof(const struct finding *), by_severity);
	for (size_t i = 0; i < n; i++)
		sorted[i] = *order[i];
	l->findings.items = sorted;
}

void listening_join(struct listening *l)
{
	for_each (p, &l->ports) {
		p->exposure = exposure_of(p);
		p->card.privileged = is_privileged(l, p->port);
	}
	sort_and_join(l);
	fill_cards(l);
	if (l->plan)
		listening_chart(l);
	for_each (p, &l->ports)
		find_ephemeral(l, p);
	sort_findings(l);
}

void listening_release(struct listening *l)
{
	for_each (gap, &l->gaps)
		portset_release(&gap->missing);
}
