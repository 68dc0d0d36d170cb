/* SPDX-License-Identifier: ISC */
#include "probe/blame.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/compiler.h"
#include "base/text_pool.h"

/* Most are words without a hole, and stay where they are. */
PRINTF(3, 0)
static const char *keep(struct outcome *o, size_t room, const char *fmt, va_list ap)
{
	char text[OUTCOME_EVIDENCE_MAX];

	if (!strchr(fmt, '%'))
		return fmt;
	vsnprintf(text, room, fmt, ap);
	return text_pool_add(o->texts, slice_of(text));
}

PRINTF(2, 3) static void set_evidence(struct outcome *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	o->evidence = keep(o, OUTCOME_EVIDENCE_MAX, fmt, ap);
	va_end(ap);
}

PRINTF(2, 3) static void set_how(struct outcome *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	o->how = keep(o, OUTCOME_HOW_MAX, fmt, ap);
	va_end(ap);
}

static void decide(struct outcome *o, enum state state, enum cause cause, enum confidence sure)
{
	o->state = state;
	o->cause = cause;
	o->confidence = sure;
	o->network = outcome_network(state, cause);
	o->service = outcome_service(state, cause);
}

/* What our own kernel said. */

struct local_error {
	int error;
	enum state state;
	enum cause cause;
	bool passing;	    /* may be gone when less is under way */
	const char *advice; /* what it means, or what to do */
};

static const struct local_error local_errors[] = {
	{EMFILE, STATE_NOT_ATTEMPTED, CAUSE_LOCAL_RESOURCE, true,
	 "this process may open no more descriptors: raise its limit (ulimit -n)"},
	{ENFILE, STATE_NOT_ATTEMPTED, CAUSE_LOCAL_RESOURCE, true,
	 "this host may open no more descriptors: raise fs.file-max"},
	{ENOBUFS, STATE_NOT_ATTEMPTED, CAUSE_LOCAL_RESOURCE, true,
	 "this host has no room for more packets: try fewer at once"},
	{ENOMEM, STATE_NOT_ATTEMPTED, CAUSE_LOCAL_RESOURCE, true,
	 "this host has no memory left for sockets"},
	{EADDRNOTAVAIL, STATE_NOT_ATTEMPTED, CAUSE_LOCAL_RESOURCE, true,
	 "this host has no source port left: widen net.ipv4.ip_local_port_range, or wait"},
	{EADDRINUSE, STATE_NOT_ATTEMPTED, CAUSE_LOCAL_RESOURCE, true,
	 "the source port is in use on this host"},
	{EAGAIN, STATE_NOT_ATTEMPTED, CAUSE_LOCAL_RESOURCE, true,
	 "this host has no source port or route entry left: wait, or try fewer at once"},
	{ENETDOWN, STATE_NOT_ATTEMPTED, CAUSE_LOCAL_RESOURCE, false,
	 "the network interface of this host is down: bring it up (ip link)"},
	{EPERM, STATE_REJECTED, CAUSE_LOCAL_FIREWALL, false,
	 "this host forbids it: its own firewall, a control group's filter or a security module"},
	{EACCES, STATE_REJECTED, CAUSE_LOCAL_FIREWALL, false,
	 "this host forbids it: a prohibit route, a security module, or a broadcast address"},
	{ENETUNREACH, STATE_UNREACHABLE, CAUSE_LOCAL_ROUTE, false,
	 "this host has no route to the target (ip route get)"},
	{EHOSTUNREACH, STATE_UNREACHABLE, CAUSE_LOCAL_ROUTE, false,
	 "this host's own route to the target says unreachable (ip route get)"},
	{EAFNOSUPPORT, STATE_UNREACHABLE, CAUSE_LOCAL_ROUTE, false,
	 "this host does not speak the target's address family"},
	{EINVAL, STATE_UNREACHABLE, CAUSE_LOCAL_ROUTE, false,
	 "this host's route to the target is a black hole, or the address needs an interface"},
	{EPROTONOSUPPORT, STATE_NOT_ATTEMPTED, CAUSE_LOCAL_RESOURCE, false,
	 "this kernel does not speak the protocol"},
};

/* bind(2) fails for the source address that was asked for, and waiting does not help. */
static const struct local_error bind_errors[] = {
	{EADDRNOTAVAIL, STATE_NOT_ATTEMPTED, CAUSE_LOCAL_RESOURCE, false,
	 "the source address is not one of this host's"},
	{EAFNOSUPPORT, STATE_NOT_ATTEMPTED, CAUSE_LOCAL_RESOURCE, false,
	 "the source address is of another family than the target"},
};

/* IPv6 is switched off (disable_ipv6), or the interface has no address yet. */
static const struct local_error source_errors[] = {
	{EADDRNOTAVAIL, STATE_UNREACHABLE, CAUSE_LOCAL_ROUTE, false,
	 "this host has no address of that family to send from: it is switched off "
	 "(net.ipv6.conf.*.disable_ipv6), or its interface has none (ip address)"},
};

/* ip-route(8): prohibit. */
static const struct local_error route_errors[] = {
	{EACCES, STATE_UNREACHABLE, CAUSE_LOCAL_ROUTE, false,
	 "this host's own route to the target says prohibited (ip route get)"},
};

/* Neither kind of socket for pings: icmp(7), capabilities(7). */
static const struct local_error ping_errors[] = {
	{EACCES, STATE_NOT_ATTEMPTED, CAUSE_LOCAL_RESOURCE, false,
	 "this user may not ping: sysctl net.ipv4.ping_group_range=\"0 2147483647\" lets all "
	 "users, setcap cap_net_raw+ep this program"},
};

/* What worked before and does not any more says nothing of the target, nor of the plan. */
static const struct local_error way_lost = {
	0, STATE_NOT_ATTEMPTED, CAUSE_LOCAL_RESOURCE, true,
	"this host could send there before: its interface, address or route went away meanwhile"};

static const struct local_error other_error = {0, STATE_NOT_ATTEMPTED, CAUSE_LOCAL_RESOURCE, false,
					       "this host could not try"};

static const struct local_error *find_error(const struct local_error *rows, size_t n, int error)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].error == error)
			return &rows[i];
	return NULL;
}

/* That a socket may not be made at all says nothing of this target. */
static bool is_about_target(const char *call)
{
	return strcmp(call, "connect") == 0 || strcmp(call, "send") == 0;
}

static const struct local_error *local_error_of(const struct sighting *seen)
{
	const struct local_error *row = NULL;

	if (strcmp(seen->call, "bind") == 0)
		row = find_error(bind_errors, ARRAY_LEN(bind_errors), seen->error);
	if (strcmp(seen->call, LOOP_NO_SOURCE) == 0)
		row = find_error(source_errors, ARRAY_LEN(source_errors), seen->error);
	if (strcmp(seen->call, LOOP_NO_ROUTE) == 0)
		row = find_error(route_errors, ARRAY_LEN(route_errors), seen->error);
	if (strcmp(seen->call, SIGHTING_PING_SOCKET) == 0)
		row = find_error(ping_errors, ARRAY_LEN(ping_errors), seen->error);
	if (!row)
		row = find_error(local_errors, ARRAY_LEN(local_errors), seen->error);
	if (row && seen->had_way &&
	    (row->cause == CAUSE_LOCAL_ROUTE || row->error == ENETDOWN ||
	     strcmp(seen->call, "bind") == 0))
		return &way_lost;
	if (!row || (row->cause == CAUSE_LOCAL_FIREWALL && !is_about_target(seen->call)))
		row = &other_error;
	return row;
}

bool blame_is_passing(const struct sighting *seen)
{
	return seen->saw == SAW_LOCAL_ERROR && local_error_of(seen)->passing;
}

static void blame_local(const struct sighting *seen, struct outcome *o)
{
	const struct local_error *row = local_error_of(seen);

	decide(o, row->state, row->cause,
	       row->cause == CAUSE_LOCAL_FIREWALL ? CONFIDENCE_LIKELY : CONFIDENCE_CERTAIN);
	set_how(o, "%s: %s", seen->call, strerror(seen->error));
	set_evidence(o, "%s", row->advice);
}

/* ICMP. */

struct icmp_meaning {
	uint8_t family, type, code;
	bool refuses; /* a rule says so; else it may only be that nobody is there */
	const char *meaning;
};
/* RFC 792, RFC 1812 section 5.2.7.1; RFC 4443 section 3. */
static const struct icmp_meaning meanings[] = {
	{4, 3, 0, false, "it has no route to that network"},
	{4, 3, 1, false, "it cannot reach that host"},
	{4, 3, 2, true, "the protocol is unreachable"},
	{4, 3, 3, true, "the port is unreachable"},
	{4, 3, 9, true, "the network is administratively prohibited"},
	{4, 3, 10, true, "the host is administratively prohibited"},
	{4, 3, 13, true, "administratively prohibited"},
	{4, 11, 0, false, "the packet used up its hops: a routing loop"},
	{6, 1, 0, false, "it has no route to that address"},
	{6, 1, 1, true, "administratively prohibited"},
	{6, 1, 2, false, "our source address is not valid there: this host has none of its scope"},
	{6, 1, 3, false, "it cannot reach that address"},
	{6, 1, 4, true, "the port is unreachable"},
	{6, 1, 5, true, "the source address failed its policy"},
	{6, 1, 6, true, "it has a reject route to that address"},
	{6, 3, 0, false, "the packet used up its hops: a routing loop"},
};

static const struct icmp_meaning *find_meaning(const struct icmp_error *e)
{
	static const struct icmp_meaning other = {.meaning = "an ICMP error"};

	for (size_t i = 0; i < ARRAY_LEN(meanings); i++)
		if (meanings[i].family == e->by.family && meanings[i].type == e->type &&
		    meanings[i].code == e->code)
			return &meanings[i];
	return &other;
}

static const char *meaning_of(const struct icmp_error *e)
{
	return find_meaning(e)->meaning;
}

/* "Cannot reach that host" made by ourselves: nobody answered on the link, or our own rules said
 * so. */
static bool is_own_unreachable(const struct icmp_error *e)
{
	return e->by.family == 4 ? e->type == 3 && e->code == 1 : e->type == 1 && e->code == 3;
}

static void add_candidate(struct outcome *o, const char *candidate)
{
	for (size_t i = 0; i < ARRAY_LEN(o->candidates); i++)
		if (!o->candidates[i]) {
			o->candidates[i] = candidate;
			return;
		}
	BUG("too many candidates");
}

/* How a UDP port where nothing listens answers: RFC 1122 section 4.1.3.1, RFC 4443 section 3.1. */
static bool is_port_unreachable(const struct icmp_error *e)
{
	return e->by.family == 4 ? e->type == 3 && e->code == 3 : e->type == 1 && e->code == 4;
}

static void blame_own_icmp(const struct sighting *seen, struct outcome *o)
{
	if (!is_own_unreachable(&seen->icmp)) {
		decide(o, STATE_REJECTED, CAUSE_LOCAL_FIREWALL, CONFIDENCE_LIKELY);
		set_evidence(o, "this host itself answered: %s", meaning_of(&seen->icmp));
		return;
	}
	decide(o, STATE_UNREACHABLE, CAUSE_UNPROVEN, CONFIDENCE_POSSIBLE);
	add_candidate(o, "target");
	add_candidate(o, "hop:?");
	add_candidate(o, "local-route");
	add_candidate(o, "local-firewall");
	set_evidence(o,
		     "nobody answers on this host's own link for that address, or for the gateway "
		     "to it, or this host's own firewall says so");
}

static void blame_icmp(const struct sighting *seen, struct outcome *o)
{
	const struct icmp_error *e = &seen->icmp;
	char by[ADDR_TEXT_MAX];

	o->by = e->by;
	o->is_absence = !find_meaning(e)->refuses;
	set_how(o, "%s %u/%u", e->by.family == 6 ? "icmp6" : "icmp", e->type, e->code);
	if (o->transport == TRANSPORT_UDP && is_port_unreachable(e) &&
	    addr_equal(&e->by, &o->target)) {
		decide(o, STATE_CLOSED, CAUSE_TARGET, CONFIDENCE_LIKELY);
		set_evidence(o, "the target says that the port is unreachable: nothing listens "
				"there, unless its firewall says so");
	} else if (seen->own_icmp) {
		blame_own_icmp(seen, o);
	} else if (addr_equal(&e->by, &o->target)) {
		/* A closed port answers with a reset; an ICMP error comes from a rule. */
		decide(o, STATE_REJECTED, CAUSE_TARGET_FIREWALL, CONFIDENCE_LIKELY);
		set_evidence(o, "the target's own address answered, as its firewall would: %s",
			     meaning_of(e));
	} else {
		decide(o, STATE_REJECTED, CAUSE_HOP, CONFIDENCE_LIKELY);
		set_evidence(o, "%s answered: %s", addr_text(&e->by, by), meaning_of(e));
	}
}

/* The rest. */

static void blame_nothing(const struct sighting *seen, struct outcome *o)
{
	char by[ADDR_TEXT_MAX];

	decide(o, STATE_DROPPED, CAUSE_UNPROVEN, CONFIDENCE_POSSIBLE);
	o->bad_luck = seen->bad_luck;
	set_how(o, "no answer");
	add_candidate(o, "local-firewall");
	/* On this host there is no way out and none back. A target is silent too when it is down,
	 * or when its queue of connections is full. */
	if (!seen->own_target) {
		add_candidate(o, "hop:?");
		add_candidate(o, "target-firewall");
		add_candidate(o, "return-path");
	}
	add_candidate(o, "target");
	/* Routers ration their errors: RFC 1812 section 4.3.2.8, RFC 4443 section 2.4 (f). */
	if (seen->rejected_by.family)
		set_evidence(o,
			     "no answer in %u ms to %u attempts; %s rejected other ports, and may "
			     "ration its errors",
			     seen->waited_ms, seen->tries, addr_text(&seen->rejected_by, by));
	else if (o->transport == TRANSPORT_TCP)
		set_evidence(
			o,
			"no answer in %u ms to %u connection attempts from different source ports",
			seen->waited_ms, seen->tries);
	else
		set_evidence(o, "no answer in %u ms to %u echo requests", seen->waited_ms,
			     seen->tries);
}

/* A server of the protocol that was spoken would have answered, and to the end. */
static bool is_answer_due(const struct sighting *seen)
{
	return seen->proto && seen->proto->answers == PROTO_ALWAYS;
}

/* Nothing came back to a datagram: the way, the way back, or a service that keeps silent. Where the
 * protocol wants an answer, the service at least is not there. */
static void blame_udp_silence(const struct sighting *seen, struct outcome *o)
{
	static const char *const why[] = {
		[PROTO_ALWAYS] = "and a server of that protocol would answer",
		[PROTO_SOMETIMES] = "which proves nothing: it answers only those it knows",
		[PROTO_NEVER] = "as that protocol has none: it cannot be proven from here",
	};
	const char *more = seen->proto ? why[seen->proto->answers]
				       : "which proves nothing: it may be none of its business";

	blame_nothing(seen, o);
	decide(o, STATE_SILENT, CAUSE_UNPROVEN, CONFIDENCE_POSSIBLE);
	if (is_answer_due(seen))
		o->service = ANSWER_FAIL;
	set_evidence(o, "no answer and no error in %u ms to %u datagram%s, %s", seen->waited_ms,
		     seen->tries, seen->tries == 1 ? "" : "s", more);
}

/* Full-sized packets are lost: RFC 2923 section 2.1. */
static void blame_gap(const struct sighting *seen, struct outcome *o)
{
	decide(o, STATE_SILENT, CAUSE_RETURN_PATH, CONFIDENCE_LIKELY);
	set_how(o, "handshake, words with a gap");
	set_evidence(o,
		     "it answers, and in %u ms only the end of its words came: full-sized packets "
		     "are lost on the way back, and nobody says so (a path MTU black hole)",
		     seen->waited_ms);
}

/* Whether it has the bytes tells an application that keeps silent from something that shook hands
 * in its name; where none were sent, both remain. */
static void blame_tcp_silence(const struct sighting *seen, struct outcome *o)
{
	if (seen->has_gap) {
		blame_gap(seen, o);
		return;
	}
	set_how(o, seen->unacked > 0 ? "handshake, data not acknowledged" : "handshake, no words");
	if (seen->unacked > 0) {
		decide(o, STATE_SILENT, CAUSE_MIDDLEBOX, CONFIDENCE_LIKELY);
		set_evidence(o,
			     "the handshake completed, and %ld bytes were not acknowledged in %u "
			     "ms: they were stopped on the way, or something before the target "
			     "shook hands in its name",
			     seen->unacked, seen->waited_ms);
		return;
	}
	if (seen->unacked == 0) {
		decide(o, STATE_SILENT, CAUSE_TARGET, CONFIDENCE_LIKELY);
		set_evidence(o,
			     "it accepted and acknowledged, and nothing that it said came in %u ms",
			     seen->waited_ms);
	} else {
		decide(o, STATE_SILENT, CAUSE_UNPROVEN, CONFIDENCE_POSSIBLE);
		add_candidate(o, "target");
		add_candidate(o, "middlebox");
		set_evidence(o, "the handshake completed, and nothing was said in %u ms",
			     seen->waited_ms);
	}
	if (is_answer_due(seen))
		o->service = ANSWER_FAIL;
}

static void blame_silence(const struct sighting *seen, struct outcome *o)
{
	if (o->transport == TRANSPORT_UDP)
		blame_udp_silence(seen, o);
	else
		blame_tcp_silence(seen, o);
}

static void blame_proved(const struct sighting *seen, struct outcome *o)
{
	decide(o, STATE_OPEN, CAUSE_TARGET, CONFIDENCE_LIKELY);
	o->by = o->target;
	o->service = seen->said.is_unknown ? ANSWER_FAIL : ANSWER_PASS;
	o->proved = seen->proto->name;
	o->named_port = seen->said.port;
	set_how(o, "%s", seen->proto->name);
	if (seen->said.is_unknown)
		set_evidence(o, "it answered in %s, and knows of no such service there",
			     seen->proto->name);
	else if (seen->said.port)
		set_evidence(o, "it answered in %s and named port %u", seen->proto->name,
			     seen->said.port);
	else if (seen->said.text[0])
		set_evidence(o, "it answered in %s: %s", seen->proto->name, seen->said.text);
	else
		set_evidence(o, "it answered in %s", seen->proto->name);
}

static void blame_echo(const struct sighting *seen, struct outcome *o)
{
	(void)seen;
	decide(o, STATE_OPEN, CAUSE_TARGET, CONFIDENCE_LIKELY);
	o->by = o->target;
	o->service = ANSWER_PASS;
	set_how(o, "echo reply");
	set_evidence(o, "it answered the ping");
}

static void blame_other(const struct sighting *seen, struct outcome *o)
{
	decide(o, STATE_WRONG_SERVICE, CAUSE_TARGET, CONFIDENCE_LIKELY);
	o->by = o->target;
	set_how(o, "not %s", seen->proto->name);
	set_evidence(o, "it answered, and not in %s", seen->proto->name);
}

static void blame_stand_in(const struct sighting *seen, struct outcome *o)
{
	(void)seen;
	decide(o, STATE_OPEN, CAUSE_TARGET, CONFIDENCE_LIKELY);
	o->by = o->target;
	o->is_stand_in = true;
	set_how(o, "stand-in");
	set_evidence(o, "a stand-in of portolan listen answered: the way is open, and the service "
			"is not there yet");
}

const char *const proxy_leg_names[] = {
	NULL, "name", "connect", "authentication", "policy", "beyond", NULL,
};

static void blame_proxy(const struct sighting *seen, struct outcome *o)
{
	/* Silence is no refusal: it may be the target, or what is before it, that it waits for. */
	if (seen->proxy->is_silence)
		decide(o, STATE_SILENT, CAUSE_PROXY, CONFIDENCE_LIKELY);
	else
		decide(o, STATE_REJECTED, CAUSE_PROXY, CONFIDENCE_CERTAIN);
	o->leg = proxy_leg_names[seen->proxy->leg];
	set_how(o, "%s", seen->proxy->how);
	set_evidence(o, "%s", seen->proxy->words);
}

/* It fell silent, or ended the connection, before the dialogue had come to its end. */
static void blame_unfinished(const struct sighting *seen, struct outcome *o)
{
	set_how(o, "no end of %s", seen->proto->name);
	if (seen->bytes)
		set_evidence(o, "it spoke, and not as far as %s can be told by", seen->proto->name);
	else
		set_evidence(o, "it ended the connection without a word of %s", seen->proto->name);
	if (is_answer_due(seen))
		o->service = ANSWER_FAIL;
}

static void blame_open(const struct sighting *seen, struct outcome *o)
{
	decide(o, STATE_OPEN, CAUSE_TARGET, CONFIDENCE_LIKELY);
	o->by = o->target;
	set_how(o, o->transport == TRANSPORT_UDP ? "an answer" : "handshake");
	if (seen->proto && (seen->bytes || seen->peer_closed))
		blame_unfinished(seen, o);
	else if (o->transport == TRANSPORT_UDP)
		set_evidence(o, "something answered a datagram");
	else if (seen->is_by_proxy)
		set_evidence(o, "the proxy connected to the target");
	else if (seen->is_unseen)
		set_evidence(o, "it accepted; the handshake was broken off there, as its service "
				"shuts out those who connect and do not log in");
	else if (seen->bytes)
		set_evidence(o, "the handshake completed and the peer spoke at once");
	else if (seen->peer_closed)
		set_evidence(o,
			     "the handshake completed and the peer ended the connection at once");
	else
		set_evidence(o, "the handshake completed");
}

static void blame_open_reset(const struct sighting *seen, struct outcome *o)
{
	(void)seen;
	/* Whether the way to the target is open is not known: something before it may have answered
	 * in its name and found nobody. */
	decide(o, STATE_OPEN_RESET, CAUSE_UNPROVEN, CONFIDENCE_POSSIBLE);
	o->by = o->target;
	set_how(o, "handshake, then rst");
	add_candidate(o, "target");
	add_candidate(o, "middlebox");
	set_evidence(o, "the handshake completed, then a reset came");
}

static void blame_refusal(const struct sighting *seen, struct outcome *o)
{
	(void)seen;
	/* Likely: a reset can be made by anyone on the way. */
	decide(o, STATE_CLOSED, CAUSE_TARGET, CONFIDENCE_LIKELY);
	o->by = o->target;
	set_how(o, "rst");
	set_evidence(o,
		     "a reset came from the target's address: nothing listens there, unless it was "
		     "forged on the way");
}

static void blame_negotiated(const struct sighting *seen, struct outcome *o)
{
	(void)seen;
	decide(o, STATE_OPEN, CAUSE_TARGET, CONFIDENCE_LIKELY);
	o->by = o->target;
	o->service = ANSWER_PASS;
	set_how(o, "negotiated");
}

/* It heard a refusal, or gave up, and does not say of whom. */
static void blame_unopened(const struct sighting *seen, struct outcome *o)
{
	decide(o, STATE_REJECTED, CAUSE_UNPROVEN, CONFIDENCE_POSSIBLE);
	set_how(o, "told by the target");
	add_candidate(o, "local-firewall");
	if (!seen->own_target) {
		add_candidate(o, "hop:?");
		add_candidate(o, "target-firewall");
	}
	add_candidate(o, "target");
}

static void blame_not_asked(const struct sighting *seen, struct outcome *o)
{
	decide(o, STATE_NOT_ATTEMPTED, CAUSE_UNPROVEN, CONFIDENCE_CERTAIN);
	set_how(o, "%s", seen->how ? seen->how : "not negotiated");
}

static bool is_same_protocol(const struct proto *a, const struct proto *b)
{
	return a == b || strcmp(a->name, b->name) == 0;
}

/* Whether that is right can be told where something was asked for, and where the number has an
 * owner that it is. */
static void blame_identified(const struct sighting *seen, struct outcome *o)
{
	bool wrong = seen->expected && !is_same_protocol(seen->expected, seen->proto) &&
		     !(seen->inside && is_same_protocol(seen->expected, seen->inside));

	blame_proved(seen, o);
	if (seen->inside) {
		o->proved = seen->inside_service;
		set_how(o, "%s inside tls", seen->inside->name);
	}
	if (seen->said.is_shut_out)
		set_evidence(o, "it answered in %s, and has shut this host out: %s",
			     seen->proto->name, seen->said.text);
	if (wrong) {
		decide(o, STATE_WRONG_SERVICE, CAUSE_TARGET, CONFIDENCE_LIKELY);
		const struct proto *found = seen->inside ? seen->inside : seen->proto;

		set_how(o, "%s, not %s", found->name, seen->expected->name);
		set_evidence(o, "it answered in %s, and %s was to be there%s%s", found->name,
			     seen->expected->name, seen->said.text[0] ? ": " : "", seen->said.text);
	} else if (!seen->expected && !seen->is_usual) {
		o->service = ANSWER_UNKNOWN;
	}
}

static void blame_stranger(const struct sighting *seen, struct outcome *o)
{
	decide(o, STATE_OPEN, CAUSE_TARGET, CONFIDENCE_LIKELY);
	o->by = o->target;
	set_how(o, "%s", seen->how);
	if (seen->expected && seen->expected->answers == PROTO_ALWAYS)
		o->service = ANSWER_FAIL;
}

static void (*const sayings[])(const struct sighting *seen, struct outcome *o) = {
	[SAW_NOTHING] = blame_nothing,
	[SAW_OPEN] = blame_open,
	[SAW_OPEN_RESET] = blame_open_reset,
	[SAW_REFUSAL] = blame_refusal,
	[SAW_ICMP] = blame_icmp,
	[SAW_LOCAL_ERROR] = blame_local,
	[SAW_PROVED] = blame_proved,
	[SAW_ECHO] = blame_echo,
	[SAW_OTHER] = blame_other,
	[SAW_STAND_IN] = blame_stand_in,
	[SAW_SILENCE] = blame_silence,
	[SAW_PROXY] = blame_proxy,
	[SAW_NEGOTIATED] = blame_negotiated,
	[SAW_UNOPENED] = blame_unopened,
	[SAW_NOT_ASKED] = blame_not_asked,
	[SAW_IDENTIFIED] = blame_identified,
	[SAW_STRANGER] = blame_stranger,
};

void blame(const struct sighting *seen, struct outcome *o)
{
	o->rtt_us = seen->rtt_us;
	o->tries = seen->tries;
	o->means[0] = "recverr";
	if (seen->port && seen->saw != SAW_NOT_ASKED)
		o->port = seen->port;
	if (seen->source.family)
		o->source = seen->source;
	sayings[seen->saw](seen, o);
	if (seen->is_foretold)
		o->network = ANSWER_UNKNOWN;
	if (seen->words && seen->words[0])
		set_evidence(o, "%s", seen->words);
}

static const char *const name_evidence[RESOLVE_STATUS_COUNT] = {
	[RESOLVE_NODATA] = "the name exists, and gives no address",
	[RESOLVE_NXDOMAIN] = "the resolver says that there is no such name",
	[RESOLVE_BAD_NAME] = "this cannot be a host name",
	[RESOLVE_NO_HOST] = "the resolver gives an address that no host has, to block the name",
	[RESOLVE_FAILED] = "the resolver's answer could not be used",
	[RESOLVE_REFUSED] = "the resolver refuses to answer this host",
	[RESOLVE_SERVFAIL] = "the resolver could not find out: its own servers fail",
	[RESOLVE_TIMEOUT] = "no resolver answered for this name in time: see /etc/resolv.conf",
	[RESOLVE_NO_SERVER] = "no resolver could be asked: see /etc/resolv.conf",
};

void blame_name(enum resolve_status why, struct outcome *o)
{
	bool untried = why == RESOLVE_TIMEOUT || why == RESOLVE_NO_SERVER;

	decide(o, untried ? STATE_NOT_ATTEMPTED : STATE_UNREACHABLE, CAUSE_DNS, CONFIDENCE_CERTAIN);
	set_how(o, "dns: %s", resolve_status_names[why]);
	set_evidence(o, "%s", name_evidence[why] ? name_evidence[why] : "the name gave no address");
}

void blame_not_attempted(const char *why, struct outcome *o)
{
	decide(o, STATE_NOT_ATTEMPTED, CAUSE_LOCAL_RESOURCE, CONFIDENCE_CERTAIN);
	set_how(o, "%s", why);
	set_evidence(o, "%s before it was known", why);
}
