/* SPDX-License-Identifier: ISC
 *
 * The fields that network teams' forms ask for, in an order that will not change; new ones come
 * last.
 */
#include "model/registry.h"
#include "model/service.h"
#include "report/flow_words.h"
#include "report/request.h"
#include "report/request_evidence.h"

static const struct flow *first(const struct request_row *row)
{
	return row->flows.items[0];
}

/* Pieces of text, each once, with a separator between. */
struct pieces {
	struct buf *out;
	const char *separator;
	size_t start;
};

static bool has_piece(const struct pieces *p, struct slice piece)
{
	const char *begin = p->out->data + p->start, *end = p->out->data + p->out->n, *at;
	ptrdiff_t gap = (ptrdiff_t)strlen(p->separator);

	for (const char *from = begin; (at = memmem(from, (size_t)(end - from), piece.p, piece.n));
	     from = at + 1) {
		struct slice before = slice_from_to(at - begin < gap ? begin : at - gap, at);
		struct slice after = slice_from_to(at + piece.n, end);

		if ((at == begin || slice_is(before, p->separator)) &&
		    (!after.n || slice_has_prefix(after, p->separator)))
			return true;
	}
	return false;
}

static void add_piece(struct pieces *p, const char *text)
{
	if (!text || !*text || has_piece(p, slice_of(text)))
		return;
	buf_addf(p->out, "%s%s", p->out->n > p->start ? p->separator : "", text);
}

static struct pieces pieces_start(struct buf *out, const char *separator)
{
	return (struct pieces){out, separator, out->n};
}

/* For each claim of each flow of the row. */
#define for_each_claim(c, row)                                                                     \
	for_each (f_, &(row)->flows)                                                               \
		for (const struct claim *c = (*f_)->claims; c; c = c->next)

/* --- who and where --- */

static void add_id(const struct request *r, const struct request_row *row, struct buf *out)
{
	(void)r;
	flow_format_id(first(row), out);
}

static void add_action(const struct request *r, const struct request_row *row, struct buf *out)
{
	(void)r;
	buf_add_text(out, row->part == REQUEST_DENY ? "deny" : "permit");
}

static void add_source_zone(const struct request *r, const struct request_row *row, struct buf *out)
{
	(void)r;
	flow_words_zone(first(row)->from, out);
}

static void add_dest_zone(const struct request *r, const struct request_row *row, struct buf *out)
{
	(void)r;
	flow_words_zone(first(row)->to, out);
}

static void add_source_host(const struct request *r, const struct request_row *row, struct buf *out)
{
	struct pieces p = pieces_start(out, ", ");

	(void)r;
	for_each (f, &row->flows)
		add_piece(&p, (*f)->from->name);
}

static void add_dest_host(const struct request *r, const struct request_row *row, struct buf *out)
{
	struct pieces p = pieces_start(out, ", ");

	(void)r;
	for_each (f, &row->flows)
		add_piece(&p, (*f)->to->name);
}

static void add_source_ip(const struct request *r, const struct request_row *row, struct buf *out)
{
	(void)r;
	flow_words_addresses(first(row)->from, out);
}

static void add_dest_ip(const struct request *r, const struct request_row *row, struct buf *out)
{
	(void)r;
	flow_words_addresses(first(row)->to, out);
}

/* --- what --- */

static bool has_ports(const struct flow *f)
{
	return f->transport == TRANSPORT_TCP || f->transport == TRANSPORT_UDP ||
	       f->transport == TRANSPORT_SCTP;
}

static void add_range(struct port_range r, struct buf *out)
{
	if (r.lo == 1 && r.hi == 65535)
		buf_add_text(out, "any");
	else
		port_range_format(r, out);
}

static void add_source_port(const struct request *r, const struct request_row *row, struct buf *out)
{
	const struct flow *f = first(row);

	(void)r;
	if (f->source.lo)
		add_range(f->source, out);
	else if (has_ports(f))
		buf_add_text(out, "any");
}

static void add_protocol(const struct request *r, const struct request_row *row, struct buf *out)
{
	const struct flow *f = first(row);

	(void)r;
	buf_add_text(out, transport_names[f->transport]);
	if (f->transport == TRANSPORT_IP && f->number != IP_ANY)
		buf_addf(out, " protocol %u", f->number);
	else if (f->transport == TRANSPORT_IP)
		buf_add_text(out, " any protocol");
}

static void add_dest_port(const struct request *r, const struct request_row *row, struct buf *out)
{
	const struct flow *f = first(row);

	(void)r;
	if (!has_ports(f))
		return;
	if (f->parent_port)
		buf_add_text(out, "the source port of the control connection");
	else
		add_range(f->ports, out);
}

static void add_icmp_type(const struct request *r, const struct request_row *row, struct buf *out)
{
	const struct flow *f = first(row);
	const struct icmp_name *icmp;

	(void)r;
	if (f->transport != TRANSPORT_ICMP)
		return;
	buf_add_text(out, f->name);
	icmp = icmp_name_find(slice_of(f->name));
	if (icmp && icmp->type4 >= 0)
		buf_addf(out, ", type %d", icmp->type4);
	if (icmp && icmp->type6 >= 0)
		buf_addf(out, ", ICMPv6 type %d", icmp->type6);
}

static void add_service(const struct request *r, const struct request_row *row, struct buf *out)
{
	struct pieces p = pieces_start(out, ", ");

	(void)r;
	for_each_claim(c, row) add_piece(&p, c->service);
}

static void add_application(const struct request *r, const struct request_row *row, struct buf *out)
{
	struct pieces p = pieces_start(out, ", ");

	(void)r;
	for_each_claim(c, row)
	{
		const struct installation *i = c->demand->installation;

		add_piece(&p, !i->use ? "the site's own rules" : i->name);
	}
}

static void add_direction(const struct request *r, const struct request_row *row, struct buf *out)
{
	const struct flow *f = first(row);
	bool from = endpoint_is_outside(f->from), to = endpoint_is_outside(f->to);

	(void)r;
	if (from && to)
		buf_add_text(out, "outside");
	else if (from || to)
		buf_add_text(out, from ? "inbound" : "outbound");
	else
		buf_add_text(out, f->from->zone == f->to->zone ? "within a zone" : "between zones");
}

/* Do replies need a rule of their own? */
static void add_stateful(const struct request *r, const struct request_row *row, struct buf *out)
{
	const struct flow *f = first(row);
	bool stateless = false, unknown = f->path->unknown;

	(void)r;
	if (row->part == REQUEST_DENY)
		return;
	for_each (hop, &f->path->hops) {
		stateless |= hop->device->filter == FILTER_STATELESS;
		unknown |= hop->device->filter == FILTER_UNKNOWN;
	}
	if (f->to->device)
		stateless |= f->to->device->filter == FILTER_STATELESS;
	if (f->from->device)
		stateless |= f->from->device->filter == FILTER_STATELESS;
	buf_add_text(out, stateless ? "no: replies need a rule" : unknown ? "not known" : "yes");
}

/* --- why --- */

static void add_purpose(const struct request *r, const struct request_row *row, struct buf *out)
{
	struct pieces p = pieces_start(out, "; ");

	(void)r;
	for_each_claim(c, row)
	{
		const struct requirement *q = c->demand->requirement;

		add_piece(&p, q->why.s ? q->why.s : q->title.s ? q->title.s : q->id.s);
		if (q->phase == PHASE_INSTALL || q->phase == PHASE_UPGRADE)
			add_piece(&p, q->phase == PHASE_INSTALL ? "only while installing"
								: "only while upgrading");
	}
}

static void add_level(const struct request *r, const struct request_row *row, struct buf *out)
{
	static const char *const words[] = {"required", "recommended", "optional", "forbidden"};
	const struct claim *c = first(row)->claims;

	(void)r;
	buf_add_text(out, words[row->part]);
	if (!c->branch)
		return;
	buf_addf(out, ", way %u of ", c->branch);
	flow_words_requirement(c->demand, out);
}

static void add_what_breaks(const struct request *r, const struct request_row *row, struct buf *out)
{
	struct pieces p = pieces_start(out, "; ");
	struct buf id = BUF_INIT;

	(void)r;
	for_each_claim(c, row)
	{
		if (row->part == REQUEST_DENY)
			break;
		buf_clear(&id);
		flow_words_requirement(c->demand, &id);
		buf_add_text(&id, c->also || c->branch ? " has one way less" : " fails");
		add_piece(&p, c->demand->requirement->without.s ? c->demand->requirement->without.s
								: id.data);
	}
	buf_release(&id);
}

static void add_risk(const struct request *r, const struct request_row *row, struct buf *out)
{
	(void)r;
	buf_add_text(out, row->risk_text);
}

static void add_alternative(const struct request *r, const struct request_row *row, struct buf *out)
{
	struct pieces p = pieces_start(out, ", ");
	struct buf text = BUF_INIT;
	struct service s, better;

	(void)r;
	for_each_claim(c, row)
	{
		if (row->part == REQUEST_DENY || !c->service ||
		    !service_find(slice_of(c->service), &s) || s.protection == PROTECT_TLS ||
		    s.protection == PROTECT_OWN)
			continue;
		for (size_t i = 0; service_instead(&s, i, &better); i++) {
			buf_clear(&text);
			buf_addf(&text, "%s", better.name);
			if (better.n_ports) {
				buf_add_text(&text, " (");
				transports_format(better.ports->on, &text);
				buf_add_char(&text, '/');
				port_range_format(
					(struct port_range){better.ports->lo, better.ports->hi},
					&text);
				buf_add_char(&text, ')');
			}
			add_piece(&p, text.data);
		}
	}
	buf_release(&text);
}

static void add_reference(const struct request *r, const struct request_row *row, struct buf *out)
{
	struct pieces p = pieces_start(out, "; ");
	struct buf text = BUF_INIT;

	(void)r;
	for_each_claim(c, row)
	{
		buf_clear(&text);
		flow_words_reference(c->demand, &text);
		add_piece(&p, text.data);
	}
	buf_release(&text);
}

/* --- the form's own --- */

static void add_given(struct buf *out, const char *s)
{
	if (s)
		buf_add_text(out, s);
}

#define FORM_FIELD(field)                                                                          \
	static void add_##field(const struct request *r, const struct request_row *row,            \
				struct buf *out)                                                   \
	{                                                                                          \
		(void)row;                                                                         \
		add_given(out, r->form->field);                                                    \
	}
FORM_FIELD(requester)
FORM_FIELD(owner)
FORM_FIELD(approver)
FORM_FIELD(valid_from)
FORM_FIELD(expires)
FORM_FIELD(environment)
FORM_FIELD(ticket)

/* --- what forms do not ask, and who fills them in wants to know --- */

static void add_devices(const struct request *r, const struct request_row *row, struct buf *out)
{
	const struct flow *f = first(row);
	struct pieces p = pieces_start(out, " > ");

	(void)r;
	if (f->path->unknown) {
		buf_add_text(out, "not known");
		return;
	}
	if (f->from->device)
		add_piece(&p, f->from->device->name.s);
	for_each (hop, &f->path->hops)
		add_piece(&p, hop->device->name.s);
	if (f->to->device)
		add_piece(&p, f->to->device->name.s);
}

static void add_target_port(const struct flow *f, struct buf *out)
{
	flow_words_addresses(f->to, out);
	if (has_ports(f) && f->ports.lo) {
		buf_add_char(out, ':');
		add_range(f->ports, out);
	}
}

static void add_hop_view(const struct flow *f, const struct hop *hop, bool dialled, bool hidden,
			 struct buf *out)
{
	char text[ADDR_TEXT_MAX];

	buf_addf(out, "%s: ", hop->device->name.s);
	if (hidden)
		buf_add_text(out, addr_text(&f->translation->seen_as, text));
	else
		flow_words_addresses(f->from, out);
	buf_add_text(out, " > ");
	if (dialled)
		flow_words_dialled(f, out);
	else
		add_target_port(f, out);
}

/* Each firewall's own view where addresses are translated on the way. */
static void add_as_seen(const struct request *r, const struct request_row *row, struct buf *out)
{
	const struct flow *f = first(row);
	const struct translation *t = f->translation;
	bool dialled, hidden = false;
	char text[ADDR_TEXT_MAX];

	(void)r;
	if (!t)
		return;
	dialled = t->dialled_at != NULL;
	for_each (hop, &f->path->hops) {
		buf_add_text(out, hop == f->path->hops.items ? "" : "; ");
		add_hop_view(f, hop, dialled, hidden, out);
		if (dialled && hop->device == t->dialled_at) {
			buf_add_text(out, ", delivered to ");
			add_target_port(f, out);
			dialled = false;
		}
		if (!hidden && hop->device == t->seen_at) {
			buf_addf(out, ", leaves as %s", addr_text(&t->seen_as, text));
			hidden = true;
		}
	}
}

static void add_questions(const struct request *r, const struct request_row *row, struct buf *out)
{
	struct pieces p = pieces_start(out, "; ");

	for_each_claim(c, row)
		for_each (q, &r->plan->questions) if (question_is_about(r->plan, q, c->demand))
			add_piece(&p, q->text);
}

static void add_requirements(const struct request *r, const struct request_row *row,
			     struct buf *out)
{
	struct pieces p = pieces_start(out, " ");
	struct buf id = BUF_INIT;

	(void)r;
	for_each_claim(c, row)
	{
		buf_clear(&id);
		flow_words_requirement(c->demand, &id);
		add_piece(&p, id.data);
	}
	buf_release(&id);
}

static void add_documented(const struct request *r, const struct request_row *row, struct buf *out)
{
	struct pieces p = pieces_start(out, "; ");

	(void)r;
	for_each (f, &row->flows)
		for (const struct claim *c = (*f)->claims; c; c = c->next)
			add_piece(&p, flow_documented(*f, c));
}

/* What stays allowed inside of what must be closed. */
static void add_except(const struct request *r, const struct request_row *row, struct buf *out)
{
	struct pieces p = pieces_start(out, "; ");
	struct buf text = BUF_INIT;

	(void)r;
	for_each_claim(c, row)
	{
		for_each (f, &c->demand->except) {
			buf_clear(&text);
			flow_format_ports(*f, &text);
			buf_addf(&text, " from %s to %s", (*f)->from->name, (*f)->to->name);
			add_piece(&p, text.data);
		}
	}
	buf_release(&text);
}

const struct request_column request_columns[] = {
	{"request_id", "Request", false, false, false, add_id},
	{"action", "Action", false, true, false, add_action},
	{"source_zone", "Source zone", false, true, false, add_source_zone},
	{"source_host", "Source host", true, true, false, add_source_host},
	{"source_ip", "Source", true, true, false, add_source_ip},
	{"source_port", "Source port", false, false, false, add_source_port},
	{"dest_zone", "Destination zone", false, true, false, add_dest_zone},
	{"dest_host", "Destination host", true, true, false, add_dest_host},
	{"dest_ip", "Destination", true, true, false, add_dest_ip},
	{"protocol", "Protocol", false, true, false, add_protocol},
	{"dest_port", "Port", false, true, false, add_dest_port},
	{"icmp_type", "ICMP type", false, true, false, add_icmp_type},
	{"service", "Service", false, true, false, add_service},
	{"application", "Application", false, false, false, add_application},
	{"direction", "Direction", false, false, false, add_direction},
	{"stateful_return", "Replies by state", false, false, true, add_stateful},
	{"purpose", "Purpose", true, true, true, add_purpose},
	{"required_or_optional", "Level", true, false, true, add_level},
	{"what_breaks", "Without it", true, true, true, add_what_breaks},
	{"risk", "Risk", true, true, true, add_risk},
	{"secure_alternative", "Safer", true, true, true, add_alternative},
	{"evidence", "Evidence", true, true, true, request_add_evidence},
	{"document_ref", "Document", true, false, true, add_reference},
	{"requester", "Requester", false, false, false, add_requester},
	{"owner", "Owner", false, false, false, add_owner},
	{"approver", "Approver", false, false, false, add_approver},
	{"valid_from", "Valid from", false, false, false, add_valid_from},
	{"expires", "Expires", false, false, false, add_expires},
	{"environment", "Environment", false, false, false, add_environment},
	{"ticket", "Ticket", false, false, false, add_ticket},
	{"devices", "Devices", false, true, true, add_devices},
	{"as_seen", "As each device sees it", true, true, true, add_as_seen},
	{"questions", "Open questions", true, true, true, add_questions},
	{"requirements", "Requirements", true, false, false, add_requirements},
	{"documented", "Document says", true, true, true, add_documented},
	{"except", "Except", true, true, true, add_except},
	{"test_state", "State", false, false, false, request_add_state},
	{"test_cause", "Cause", false, false, false, request_add_cause},
	{"test_by", "Answered by", false, false, false, request_add_by},
	{"test_how", "How", false, false, false, request_add_how},
	{"test_confidence", "Confidence", false, false, false, request_add_confidence},
	{"test_vantage", "Tested from", false, false, false, request_add_vantage},
	{"test_time", "Tested at", false, false, false, request_add_time},
	{"test_run", "Run", false, false, false, request_add_run},
	{"test_hop", "Hop", false, false, false, request_add_hop},
};
const size_t request_columns_n = ARRAY_LEN(request_columns);
