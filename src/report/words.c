/* SPDX-License-Identifier: ISC */
#include "report/words.h"

#include <string.h>
#include <time.h>

#include "base/escape.h"

void words_target(const struct outcome *o, struct buf *out)
{
	char text[ADDR_TEXT_MAX];

	if (o->name) {
		escape_terminal(out, slice_of(o->name));
		if (o->target.family)
			buf_add_char(out, ' ');
	}
	if (o->target.family)
		buf_addf(out, o->target.family == 6 ? "[%s]" : "%s", addr_text(&o->target, text));
	buf_addf(out, ":%u", o->port);
}

void words_duration(uint32_t us, struct buf *out)
{
	if (us < 10000)
		buf_addf(out, "%u.%02u ms", us / 1000, us % 1000 / 10);
	else
		buf_addf(out, "%u ms", us / 1000);
}

void words_time(int64_t ms, struct buf *out)
{
	time_t seconds = (time_t)(ms / 1000);
	char text[40];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	buf_add(out, text, strftime(text, sizeof(text), "%Y-%m-%d %H:%M UTC", &tm));
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

void words_outcome(const struct outcome *o, struct buf *out)
{
	if (o->evidence)
		escape_terminal(out, slice_of(o->evidence));
	if (needs_how(o)) {
		buf_add_text(out, " (");
		escape_terminal(out, slice_of(o->how));
		buf_add_char(out, ')');
	}
	if (o->candidates[0]) {
		buf_add_text(out, "; it may be ");
		words_candidates(o, out);
	}
	if (o->rtt_us) {
		buf_add_text(out, "; ");
		words_duration(o->rtt_us, out);
	}
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
