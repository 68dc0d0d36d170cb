/* SPDX-License-Identifier: ISC */
#include "model/registry.h"
#include "model/service.h"
#include "report/flow_words.h"
#include "report/request.h"

enum { WIDE_PORTS = 64 }; /* from here on a range is worth a word */

static bool has_ports(const struct flow *f)
{
	return f->transport == TRANSPORT_TCP || f->transport == TRANSPORT_UDP ||
	       f->transport == TRANSPORT_SCTP;
}

static bool is_inbound(const struct flow *f)
{
	return endpoint_is_outside(f->from) && !endpoint_is_outside(f->to);
}

static bool is_inbound_privileged(const struct request *r, const struct flow *f, struct buf *out)
{
	(void)r;
	if (!is_inbound(f) || !has_ports(f) || !f->ports.lo || f->ports.lo >= 1024)
		return false;
	buf_addf(out, "opened from outside to a privileged port of %s", f->to->name);
	return true;
}

static bool is_inbound_other(const struct request *r, const struct flow *f, struct buf *out)
{
	(void)r;
	if (!is_inbound(f) || (has_ports(f) && f->ports.lo && f->ports.lo < 1024))
		return false;
	buf_addf(out, "opened from outside to %s", f->to->name);
	return true;
}

/* What the requirement names; else what usually listens on the number, and then said so. */
static bool find_service(const struct flow *f, struct service *s, const char **usually)
{
	const char *name = flow_service(f);

	*usually = "";
	if (name)
		return service_find(slice_of(name), s);
	*usually = "usually ";
	return has_ports(f) && f->ports.lo == f->ports.hi &&
	       service_at(transport_bit(f->transport), f->ports.lo, s);
}

static bool crosses_boundary(const struct flow *f)
{
	return f->from->zone != f->to->zone ||
	       endpoint_is_outside(f->from) != endpoint_is_outside(f->to);
}

static bool is_clear_text(const struct request *r, const struct flow *f, struct buf *out)
{
	const char *usually;
	struct service s;

	(void)r;
	if (!crosses_boundary(f) || !find_service(f, &s, &usually) ||
	    (s.protection != PROTECT_CLEAR && s.protection != PROTECT_UPGRADE))
		return false;
	buf_addf(out, "%s%s: %s", usually, s.name, protection_texts[s.protection]);
	if (f->from->zone && f->to->zone)
		buf_addf(out, ", from %s to %s", f->from->zone->name.s, f->to->zone->name.s);
	return true;
}

static bool is_way_inside(const struct request *r, const struct flow *f, struct buf *out)
{
	if (endpoint_is_outside(f->from) || endpoint_is_outside(f->to) || !f->from->zone ||
	    f->from->zone == f->to->zone || !map_find(&r->reached, slice_of(f->from->name)))
		return false;
	buf_addf(out, "%s can be reached from outside, and this leads further inside",
		 f->from->name);
	return true;
}

static bool is_wide(const struct request *r, const struct flow *f, struct buf *out)
{
	unsigned n = f->ports.hi - f->ports.lo + 1u;

	(void)r;
	if (f->transport == TRANSPORT_IP && f->number == IP_ANY) {
		buf_add_text(out, "every protocol");
		return true;
	}
	if (!has_ports(f) || f->parent_port || n < WIDE_PORTS)
		return false;
	buf_addf(out, "%u ports%s", n, f->any_of ? ", of which one is negotiated at a time" : "");
	return true;
}

enum risk request_risk(const struct request *r, const struct flow *f, struct buf *out)
{
	static bool (*const risks[])(const struct request *, const struct flow *, struct buf *) = {
		[RISK_INBOUND_PRIVILEGED] = is_inbound_privileged,
		[RISK_INBOUND] = is_inbound_other,
		[RISK_CLEAR_TEXT] = is_clear_text,
		[RISK_WAY_INSIDE] = is_way_inside,
		[RISK_WIDE] = is_wide,
	};
	enum risk worst = RISK_NONE;
	struct buf one = BUF_INIT;

	for (enum risk k = 0; k < RISK_NONE; k++) {
		buf_clear(&one);
		if (!risks[k](r, f, &one))
			continue;
		if (worst == RISK_NONE)
			worst = k;
		buf_addf(out, "%s%s", out->n ? "; " : "", one.data);
	}
	buf_release(&one);
	return worst;
}
