/* SPDX-License-Identifier: ISC */
#include "report/words.h"

#include <string.h>
#include <time.h>

static bool has_ports(enum transport t)
{
	return t != TRANSPORT_ICMP && t != TRANSPORT_IP;
}

void words_target(const struct outcome *o, struct buf *out)
{
	bool bracketed = o->target.family == 6 && has_ports(o->transport);
	char text[ADDR_TEXT_MAX];

	if (o->transport == TRANSPORT_ICMP)
		buf_add_text(out, "ping ");
	else if (o->transport != TRANSPORT_TCP && o->transport != TRANSPORT_NONE)
		buf_addf(out, "%s ", transport_names[o->transport]);
	if (o->name) {
		buf_add_text(out, o->name);
		if (o->target.family)
			buf_add_char(out, ' ');
	}
	if (o->target.family)
		buf_addf(out, bracketed ? "[%s]" : "%s", addr_text(&o->target, text));
	if (has_ports(o->transport))
		buf_addf(out, ":%u", o->port);
}

const char *words_state(const struct outcome *o)
{
	static const char *const words[STATE_COUNT] = {
		[STATE_OPEN] = "open",
		[STATE_OPEN_RESET] = "open, then reset",
		[STATE_SILENT] = "silent",
		[STATE_WRONG_SERVICE] = "another service",
		[STATE_CLOSED] = "closed",
		[STATE_REJECTED] = "rejected",
		[STATE_DROPPED] = "dropped",
		[STATE_UNREACHABLE] = "unreachable",
		[STATE_NOT_ATTEMPTED] = "not tested",
	};

	if (o->transport == TRANSPORT_ICMP && o->state == STATE_OPEN)
		return "answered";
	return words[o->state];
}

void words_duration(uint32_t us, struct buf *out)
{
	if (us < 10000)
		buf_addf(out, "%u.%02u ms", us / 1000, us % 1000 / 10);
	else
		buf_addf(out, "%u ms", us / 1000);
}

static const struct {
	const char *candidate, *words;
} candidate_words[] = {
	{"local-firewall", "this host's own firewall"},
	{"local-route", "this host's routes"},
	{"hop:?", "a hop between here and the target"},
	{"target-firewall", "the target's own firewall"},
	{"return-path", "the way back"},
	{"target", "the target itself"},
	{"middlebox", "something before it that answers in its name"},
};

static void add_candidate(const char *candidate, struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(candidate_words); i++)
		if (strcmp(candidate_words[i].candidate, candidate) == 0) {
			buf_add_text(out, candidate_words[i].words);
			return;
		}
	if (slice_has_prefix(slice_of(candidate), "hop:"))
		buf_addf(out, "the hop %s", candidate + 4);
	else
		buf_add_text(out, candidate);
}

void words_candidates(const struct outcome *o, struct buf *out)
{
	size_t n = 0;

	while (n < ARRAY_LEN(o->candidates) && o->candidates[n])
		n++;
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_text(out, i + 1 == n ? ", or " : ", ");
		add_candidate(o->candidates[i], out);
	}
}

/* The evidence says a handshake, a reset and a silence in words; codes and errors it does not. */
static bool needs_how(const struct outcome *o)
{
	return o->how && (o->state == STATE_REJECTED || o->state == STATE_UNREACHABLE ||
			  (o->state == STATE_NOT_ATTEMPTED && strchr(o->how, ':')));
}

/* Silence that nothing else was to be expected of. */
static bool may_be_well(const struct outcome *o)
{
	return o->state == STATE_SILENT && o->transport == TRANSPORT_UDP &&
	       o->service != ANSWER_FAIL;
}

static void add_part(struct buf *out, size_t start, const char *part)
{
	buf_addf(out, "%s%s", out->n > start ? "; " : "", part);
}

/* "http:proxy1" and a leg. */
static void add_via(const struct outcome *o, size_t start, struct buf *out)
{
	static const struct {
		const char *leg, *words;
	} legs[] = {
		{"name", "at the proxy's name"},
		{"connect", "on the way to the proxy"},
		{"authentication", "at the proxy's login"},
		{"policy", "by the proxy's rules"},
		{"beyond", "beyond the proxy"},
	};
	struct slice name = slice_of(o->via), kind;

	if (!o->via)
		return;
	slice_cut(&name, ':', &kind);
	add_part(out, start, "through the ");
	buf_add_slice(out, kind);
	buf_add_text(out, " proxy ");
	buf_add_slice(out, name);
	for (size_t i = 0; o->leg && i < ARRAY_LEN(legs); i++)
		if (strcmp(legs[i].leg, o->leg) == 0)
			buf_addf(out, ", %s", legs[i].words);
}

/* What was seen beyond the state. */
static void add_seen(const struct outcome *o, size_t start, struct buf *out)
{
	/* How it was proved is in the evidence already. */
	if (o->proved && !(o->how && strcmp(o->proved, o->how) == 0)) {
		add_part(out, start, "it spoke ");
		buf_add_text(out, o->proved);
	}
	if (o->is_stand_in)
		add_part(out, start, "a stand-in answered, not the service itself");
	if (o->named_port) {
		add_part(out, start, "the port that was named: ");
		buf_addf(out, "%u", o->named_port);
	}
}

void words_outcome(const struct outcome *o, struct buf *out)
{
	size_t start = out->n;

	if (o->evidence)
		buf_add_text(out, o->evidence);
	if (needs_how(o))
		buf_addf(out, " (%s)", o->how);
	if (o->candidates[0]) {
		add_part(out, start,
			 may_be_well(o) ? "it may have arrived, or been stopped by "
					: "it may be ");
		words_candidates(o, out);
	}
	add_via(o, start, out);
	add_seen(o, start, out);
	if (o->rtt_us) {
		add_part(out, start, "");
		words_duration(o->rtt_us, out);
	}
}

static void add_time(int64_t ms, const char *form, struct buf *out)
{
	time_t seconds = (time_t)(ms / 1000);
	char text[40];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	buf_add(out, text, strftime(text, sizeof(text), form, &tm));
}

void words_time(int64_t ms, struct buf *out)
{
	add_time(ms, "%Y-%m-%d %H:%M UTC", out);
}

void words_timestamp(int64_t ms, struct buf *out)
{
	add_time(ms, "%Y-%m-%dT%H:%M:%S", out);
	buf_addf(out, ".%03dZ", (int)(ms % 1000));
}

void words_turn(enum turn turn, const char *owner, const char *device, struct buf *out)
{
	static const char *const words[TURN_COUNT] = {
		[TURN_NETWORK] = "the network team",
		[TURN_SERVER] = "the server's administrator",
		[TURN_APPLICATION] = "the application team",
		[TURN_NAME_SERVICE] = "whoever runs the name service",
		[TURN_PROVIDER] = "the access provider",
		[TURN_THIS_HOST] = "this host's administrator",
	};

	if (turn == TURN_NOBODY)
		return;
	buf_add_text(out, turn == TURN_NETWORK && owner ? owner : words[turn]);
	if (device)
		buf_addf(out, " (%s)", device);
}
