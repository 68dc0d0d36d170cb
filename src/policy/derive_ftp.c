/* SPDX-License-Identifier: ISC
 *
 * Data connections that an FTP gateway passes on by translation instead of relaying them: what
 * comes to it on one leg leaves it on the next in the same direction. To which port is agreed in
 * the conversation, so the gateway itself says it for each transfer. And who opens those that are
 * relayed, as far as that is told.
 */
#include "policy/derive_int.h"
#include "policy/exposure.h"

bool derive_is_session(const struct derivation *d, const struct flow *f)
{
	return d->device->ftp_gateway.given && d->device->ftp_gateway.plane == PLANE_NAT &&
	       f->claims->gateway == GATEWAY_FTP && f->claims->mode;
}

static const struct claim *claim_of(const struct flow *f, const struct claim *like)
{
	for (const struct claim *c = f->claims; c; c = c->next)
		if (c->demand == like->demand && c->mode == like->mode)
			return c;
	return NULL;
}

/* The next leg of the same transfer: it begins here, in the same mode. */
static const struct flow *find_next(const struct derivation *d, const struct need *need,
				    const struct claim *claim)
{
	const struct claim *c;

	if (!need)
		return NULL;
	if (need->kind == NEED_FLOW) {
		c = need->flow->from->device == d->device ? claim_of(need->flow, claim) : NULL;
		return c && (c->leg + 1 == claim->leg || c->leg == claim->leg + 1) ? need->flow
										   : NULL;
	}
	for_each (kid, &need->kids) {
		const struct flow *f = find_next(d, *kid, claim);

		if (f)
			return f;
	}
	return NULL;
}

static void tell_other_mode(struct derivation *d, const struct flow *f)
{
	derive_tell(d, (struct finding){
			       .severity = SEVERITY_HIGH,
			       .code = "mode-changes",
			       .subject = d->device->name.s,
			       .evidence = arena_printf(d->arena,
							"%s data connections come in on leg %u and "
							"cannot go on in that mode: a translation "
							"does not turn them round, so they are not "
							"opened",
							f->claims->mode, f->claims->leg),
			       .fix = "plane: relay, or the same modes on both sides",
			       .at = d->device->ftp_gateway.place});
}

static bool is_same_source(const struct prefixes *a, const struct prefixes *b)
{
	return a->list.n == 1 && b->list.n == 1 &&
	       prefix_equal(&a->list.items[0], &b->list.items[0]);
}

static void pass_on(struct derivation *d, const struct flow *f, const struct flow *next,
		    uint8_t family)
{
	struct view in, out;
	struct rule r = {.rank = RANK_NEED};

	if (!derive_view(d, f, family, &in) || !derive_view(d, next, family, &out))
		return;
	r.match = derive_match(f, family, &in);
	r.match.target = in.dialled;
	r.match.ports = in.dialled_ports;
	r.hook = HOOK_PREROUTING;
	r.action = ACTION_DNAT;
	r.rewrite.session = true;
	derive_add(d, &r, f);

	derive_set_out(&r.match, &out.out);
	r.match.target = out.target;
	r.match.ports = out.ports;
	r.match.translated = true;
	r.hook = HOOK_FORWARD;
	r.action = ACTION_ACCEPT;
	r.rewrite.session = false;
	if (derive_filters(d->device))
		derive_add(d, &r, next);

	if (!out.source.list.n || is_same_source(&in.source, &out.source))
		return;
	derive_set_in(&r.match, &(struct names){{NULL, 0}});
	r.hook = HOOK_POSTROUTING;
	r.action = ACTION_SNAT;
	r.rewrite.addr = out.source.list.items[0].addr;
	derive_add(d, &r, next);
}

void derive_session(struct derivation *d, const struct flow *f)
{
	bool known = false;

	if (f->to->device != d->device)
		return;
	for (const struct claim *c = f->claims; c; c = c->next) {
		const struct flow *next = find_next(d, c->demand->needs, c);

		if (!next)
			continue;
		pass_on(d, f, next, 4);
		pass_on(d, f, next, 6);
		known = true;
	}
	if (!known)
		tell_other_mode(d, f);
}

/* --- who opens them --------------------------------------------------------------------------- */

/* Whether data connections of this gateway's next leg come here, or pass. */
static bool sees_data_of(const struct derivation *d, const struct device *gateway)
{
	for_each (f, &d->plan->flows) {
		enum stand stand = derive_stand(d, *f);

		if (stand != STAND_END && stand != STAND_WAY)
			continue;
		for (const struct claim *c = (*f)->claims; c; c = c->next)
			if (gateway_dials_by(*f, c, gateway))
				return true;
	}
	return false;
}

static void tell_could_be_less(struct derivation *d, const struct device *gateway)
{
	bool is_free = gateway_is_free(&gateway->ftp_gateway);

	derive_tell(d, (struct finding){
			       .severity = SEVERITY_INFO,
			       .code = "exposure-could-be-less",
			       .subject = gateway->name.s,
			       .evidence = is_free ? "the site leaves open in which mode it dials "
						     "on, so that data connections of both are let "
						     "in; one is enough"
						   : "it dials on in both modes, as the site says, "
						     "and relays, so that one would be enough",
			       .fix = is_free ? "policy derive --least-exposure says which, and "
						"derives it"
					      : arena_printf(d->arena,
							     "devices.%s.ftp_gateway.modes.server: "
							     "either, and policy derive "
							     "--least-exposure",
							     gateway->name.s),
			       .at = gateway->ftp_gateway.place});
}

static const char *gone_here(struct derivation *d)
{
	struct buf text = BUF_INIT;
	const char *kept;

	for_each (g, &d->options->least->gone)
		if (text_same(g->device->name, d->device->name))
			buf_addf(&text, "%s%s", text.n ? "; " : "not let in any more: ", g->text);
	kept = text.n ? arena_printf(d->arena, "%s", text.data) : "the same is let in here";
	buf_release(&text);
	return kept;
}

static void tell_least(struct derivation *d)
{
	struct buf said = BUF_INIT, fix = BUF_INIT;

	for_each (m, &d->options->least->modes)
		buf_addf(&fix, "%sdevices.%s.ftp_gateway.modes.server: %s", fix.n ? "; " : "",
			 m->device, gateway_mode_word(m));
	least_exposure_format(d->options->least, &said);
	if (said.n)
		derive_tell(d, (struct finding){
				       .severity = SEVERITY_INFO,
				       .code = "least-exposure",
				       .subject = d->device->name.s,
				       .evidence = arena_printf(d->arena, "%s; %s", said.data,
								gone_here(d)),
				       .fix = arena_printf(d->arena,
							   "the gateways themselves set to it, and "
							   "the site: %s",
							   fix.data)});
	buf_release(&said);
	buf_release(&fix);
}

void derive_tell_modes(struct derivation *d)
{
	if (d->host)
		return;
	if (d->options->least) {
		tell_least(d);
		return;
	}
	for_each (g, &d->plan->site->devices)
		if (g->ftp_gateway.plane == PLANE_RELAY &&
		    gateway_dials(d->plan, g) == DIALS_BOTH && sees_data_of(d, g))
			tell_could_be_less(d, g);
}
