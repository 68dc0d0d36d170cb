/* SPDX-License-Identifier: ISC
 *
 * A device's policy for people: a table for each hook, with reason, document and owner.
 */
#include "base/escape.h"
#include "cmd/policy_print.h"
#include "report/flow_words.h"

static void cell(struct buf *out, const char *s)
{
	buf_add_char(out, ' ');
	escape_markdown(out, slice_of(s ? s : ""));
	buf_add_text(out, " |");
}

static void take_cell(struct buf *out, struct buf *text)
{
	cell(out, text->data);
	buf_release(text);
}

static void add_end(struct buf *out, const char *interface, const struct match *m,
		    const struct prefixes *p)
{
	struct buf text = BUF_INIT;
	char one[PREFIX_TEXT_MAX];

	for_each (prefix, &p->list)
		buf_addf(&text, "%s%s", prefix == p->list.items ? "" : " ",
			 prefix_text(prefix, one));
	if (!p->list.n)
		buf_add_text(&text, m->family == 6   ? "any IPv6"
				    : m->family == 4 ? "any IPv4"
						     : "any");
	if (interface)
		buf_addf(&text, " (%s)", interface);
	take_cell(out, &text);
}

static void add_range(struct buf *out, struct port_range r)
{
	if (!r.lo || (r.lo == 1 && r.hi == 65535))
		buf_add_text(out, "any");
	else
		port_range_format(r, out);
}

static void add_needs(struct buf *out, const struct match *m)
{
	static const char *const packets[] = {[PACKETS_ESTABLISHED] = " replies",
					      [PACKETS_RELATED] = " errors",
					      [PACKETS_INVALID] = " invalid",
					      [PACKETS_RESET] = " resets",
					      [PACKETS_REPLY] = " replies"};
	struct buf text = BUF_INIT;

	buf_add_text(&text, m->transport ? transport_names[m->transport] : "all");
	if (m->transport == TRANSPORT_ICMP) {
		buf_addf(&text, "/%s", m->icmp ? m->icmp : "any");
	} else if (m->transport == TRANSPORT_IP) {
		buf_addf(&text, "/%u", m->number);
	} else if (m->transport) {
		buf_add_char(&text, '/');
		add_range(&text, m->ports);
	}
	if (m->source_ports.lo) {
		buf_add_text(&text, " from ");
		add_range(&text, m->source_ports);
	}
	if (m->packets)
		buf_add_text(&text, packets[m->packets]);
	if (m->user)
		buf_addf(&text, " by %s", m->user);
	if (m->translated)
		buf_add_text(&text, " translated");
	take_cell(out, &text);
}

static void add_action(struct buf *out, const struct rule *r)
{
	struct buf text = BUF_INIT;
	char addr[ADDR_TEXT_MAX];

	buf_add_text(&text, action_names[r->action]);
	if (r->rewrite.session)
		buf_add_text(&text, " as agreed");
	if (r->rewrite.addr.family)
		buf_addf(&text, " to %s", addr_text(&r->rewrite.addr, addr));
	if (r->rewrite.port)
		buf_addf(&text, " port %u", r->rewrite.port);
	take_cell(out, &text);
}

static void add_reasons(struct buf *out, const struct rule *r)
{
	struct buf ids = BUF_INIT, why = BUF_INIT, reference = BUF_INIT;

	if (!r->flows.n)
		buf_add_text(&why, r->why);
	else
		rule_format_requirements(r, &ids);
	for_each (f, &r->flows) {
		for (const struct claim *c = (*f)->claims; c; c = c->next) {
			if (!policy_is_first(r, *f, c))
				continue;
			buf_addf(&why, "%s%s", why.n ? "; " : "", c->demand->requirement->why.s);
			buf_add_text(&reference, reference.n ? "; " : "");
			flow_words_reference(c->demand, &reference);
		}
	}
	take_cell(out, &ids);
	take_cell(out, &why);
	take_cell(out, &reference);
}

static void add_rule(struct buf *out, const struct rule *r)
{
	char key[RULE_KEY_TEXT_MAX];

	buf_add_char(out, '|');
	add_action(out, r);
	add_end(out, r->match.in, &r->match, &r->match.source);
	add_end(out, r->match.out, &r->match, &r->match.target);
	add_needs(out, &r->match);
	add_reasons(out, r);
	cell(out, policy_owner(r));
	cell(out, r->flows.n ? rule_key_text(r, key) : "");
	buf_add_char(out, '\n');
}

static void add_hook(struct buf *out, const struct policy *p, enum hook hook)
{
	bool begun = false;

	for_each (r, &p->rules) {
		if (r->hook != hook)
			continue;
		if (!begun)
			buf_addf(out,
				 "\n## %s\n\n| does | from | to | what | for | why | written in | "
				 "owner | key |\n|---|---|---|---|---|---|---|---|---|\n",
				 hook_names[hook]);
		begun = true;
		add_rule(out, r);
	}
}

static void add_line(struct buf *out, const char *label, const char *text)
{
	if (!text)
		return;
	buf_add_text(out, label);
	escape_markdown(out, slice_of(text));
}

static void add_findings(struct buf *out, const struct policy *p)
{
	if (p->findings.n)
		buf_add_text(out, "\n## findings\n\n");
	for_each (f, &p->findings) {
		buf_addf(out, "- %s, %s: ", severity_names[f->severity], f->code);
		add_line(out, "", f->subject);
		add_line(out, ": ", f->evidence);
		add_line(out, "; to do: ", f->fix);
		buf_add_char(out, '\n');
	}
}

void policy_page(const struct policy *p, struct buf *out)
{
	size_t n = 0;

	for_each (r, &p->rules)
		n += r->flows.n != 0;
	add_line(out, "# ", p->device->name.s);
	add_line(out, " of ", p->plan->site->name.s);
	buf_addf(out,
		 "\n\n%zu rule%s for what is needed or forbidden, %zu for every connection; %zu "
		 "finding%s.\n",
		 n, n == 1 ? "" : "s", p->rules.n - n, p->findings.n,
		 p->findings.n == 1 ? "" : "s");
	add_line(out, "\nOwner: ", p->device->owner.s);
	buf_add_text(out, p->device->owner.s ? "\n" : "");
	add_findings(out, p);
	for (enum hook hook = 0; hook < HOOK_COUNT; hook++)
		add_hook(out, p, hook);
}
