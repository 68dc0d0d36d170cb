/* SPDX-License-Identifier: ISC */
#include "probe/listen_redirect.h"

static const char *ip(const struct addr *a)
{
	return a->family == 4 ? "ip" : "ip6";
}

static void add_target(struct buf *out, const struct listen_span *s)
{
	bool v4 = s->at.family == 4;

	buf_addf(out, "dnat %s to %s", ip(&s->at), v4 ? "" : "[");
	addr_format(&s->at, out);
	buf_addf(out, "%s:%u", v4 ? "" : "]", s->hub);
}

static void add_rule(struct buf *out, const struct listen_span *s, const struct prefix *from,
		     const char *ports)
{
	char text[PREFIX_TEXT_MAX], at[ADDR_TEXT_MAX];

	if (from->bits) /* all of them: the family alone says it */
		buf_addf(out, "%s saddr %s ", ip(&from->addr), prefix_text(from, text));
	buf_addf(out, "%s daddr %s %s dport { %s } ", ip(&s->at), addr_text(&s->at, at),
		 transport_names[s->transport], ports);
	add_target(out, s);
	buf_add_text(out, "; ");
}

static void add_rules(struct buf *out, const struct listen_span *s, const struct listen_flow *f,
		      const char *ports)
{
	for_each (p, &f->from)
		if (p->addr.family == s->at.family)
			add_rule(out, s, p, ports);
}

/* "5001-5999"; empty where nothing is to be redirected. */
static void format_ports(const struct listen_span *s, struct buf *out)
{
	struct portset ports = {0};

	for (size_t i = 0; s->hub && i < s->open.n; i++)
		portset_add(&ports, s->open.items[i]);
	if (s->hub)
		portset_remove(&ports, (struct port_range){s->hub, s->hub});
	portset_format(&ports, out);
	portset_release(&ports);
}

void listen_redirect_format(const struct listen *l, const struct listen_flow *flows, size_t n_flows,
			    const char *table, struct buf *out)
{
	struct buf ports = BUF_INIT, rules = BUF_INIT;
	size_t n;
	const struct listen_span *spans = listen_spans(l, &n);

	for (size_t i = 0; i < n; i++) {
		buf_clear(&ports);
		format_ports(&spans[i], &ports);
		for (size_t k = 0; ports.n && k < n_flows; k++)
			if (listen_span_has(&spans[i], &flows[k]))
				add_rules(&rules, &spans[i], &flows[k], ports.data);
	}
	if (rules.n)
		buf_addf(out,
			 "table inet %s { flags owner; chain in { type nat hook prerouting "
			 "priority dstnat; %s}; }",
			 table, rules.data);
	buf_release(&ports);
	buf_release(&rules);
}
