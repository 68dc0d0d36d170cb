/* SPDX-License-Identifier: ISC
 *
 * What follows when both sides have seen a try: the one-sided outcome and the far side's view in,
 * state, cause, confidence and candidates out.
 */
#include "probe/far_blame.h"

#include <string.h>

#include "base/compiler.h"
#include "probe/far_words.h"
#include "test.h"

/* "tcp dropped unproven local-firewall,hop:10.0.0.1": transport, state, cause, candidates. */
#define DROPPED                                                                                    \
	"tcp dropped unproven local-firewall,hop:10.0.0.1,target-firewall,return-path,target"
#define SILENT "udp silent unproven hop:?,target-firewall,return-path,target"

struct row {
	const char *alone, *second; /* second NULL: the same again */
	const char *view; /* as in "saw", with the means before it: "packets served yes no ..." */
	const char *want;
};

/* A view: PORT INTERFACE SOCKET DATA DROP LEFT OTHER; DROP is "unknown" or "no"; LEFT: 1 handshake,
 * 2 reset, 4 icmp, 8 answer. */
static const struct row nothing_came[] = {
	{DROPPED, NULL, "packets stand-in no no no unknown 0 -",
	 "dropped hop certain fail hop:10.0.0.1"},
	/* What is only told by others to its target does not say where this one is lost. */
	{DROPPED, NULL, "alike packets served no no no unknown 0 -",
	 "dropped hop certain fail hop:?"},
	{DROPPED, NULL, "packets served no no no unknown 0 -",
	 "dropped hop certain fail hop:10.0.0.1"},
	{DROPPED, NULL, "unleft packets stand-in no no no unknown 0 -",
	 "dropped unproven possible fail local-firewall,hop:10.0.0.1"},
	{"tcp dropped unproven target", NULL, "packets nobody no unknown no unknown 0 -",
	 "dropped hop certain fail hop:?"},
	{DROPPED, NULL, "packets stand-in yes no no unknown 0 -",
	 "dropped target-firewall certain fail -"},
	{DROPPED, NULL, "packets served yes no no unknown 0 -",
	 "dropped target-firewall certain fail -"},
	{DROPPED, NULL, "packets nobody yes unknown no unknown 0 -",
	 "dropped target-firewall certain fail -"},
	{DROPPED, NULL, "packets busy yes no no unknown 0 -",
	 "dropped unproven possible fail target-firewall,target"},
	{DROPPED, NULL, "packets busy yes no no no 0 -", "dropped target likely fail -"},
	{DROPPED, NULL, "packets served yes no no no 0 -", "dropped target likely fail -"},
	{DROPPED, NULL, "packets stand-in yes yes no unknown 0 -",
	 "dropped target-firewall certain fail -"},
	{DROPPED, NULL, "packets stand-in yes yes no unknown 1 -",
	 "dropped return-path certain fail -"},
	{DROPPED, NULL, "packets nobody yes no no unknown 2 -",
	 "dropped return-path certain fail -"},
	{DROPPED, NULL, "packets served yes no no unknown 4 -",
	 "dropped return-path certain fail -"},
	/* It may have come as somebody else's, or something was missed: nothing is concluded. */
	{DROPPED, NULL, "packets stand-in no no no unknown 0 10.9.9.9",
	 "dropped unproven possible fail "
	 "local-firewall,hop:10.0.0.1,target-firewall,return-path,target"},
	{DROPPED, NULL, "translated packets stand-in no no no unknown 0 -",
	 "dropped unproven possible fail "
	 "local-firewall,hop:10.0.0.1,target-firewall,return-path,target"},
	{DROPPED, NULL, "packets served unknown unknown unknown unknown 0 -",
	 "dropped unproven possible fail "
	 "local-firewall,hop:10.0.0.1,target-firewall,return-path,target"},
	/* Sockets alone. */
	{DROPPED, NULL, "sockets stand-in unknown no unknown unknown 0 -",
	 "dropped unproven possible fail hop:10.0.0.1,target-firewall"},
	{DROPPED, NULL, "sockets served unknown no unknown unknown 0 -",
	 "dropped unproven possible fail hop:10.0.0.1,target-firewall"},
	{DROPPED, NULL, "sockets busy unknown no unknown unknown 0 -",
	 "dropped unproven possible fail hop:10.0.0.1,target-firewall,target"},
	{DROPPED, NULL, "sockets stand-in unknown yes unknown unknown 0 -",
	 "dropped unproven possible fail target-firewall,return-path"},
	{DROPPED, NULL, "sockets nobody unknown unknown unknown unknown 0 -",
	 "dropped unproven possible fail "
	 "local-firewall,hop:10.0.0.1,target-firewall,return-path,target"},
	{DROPPED, NULL, "sockets stand-in unknown no unknown no 0 -",
	 "dropped hop likely fail hop:10.0.0.1"},
	{DROPPED, NULL, "unleft sockets stand-in unknown no unknown no 0 -",
	 "dropped unproven possible fail local-firewall,hop:10.0.0.1"},
	{DROPPED, NULL, "sockets busy unknown no unknown no 0 -",
	 "dropped unproven possible fail hop:10.0.0.1,target"},
	{DROPPED, NULL, "sockets stand-in unknown yes unknown no 0 -",
	 "dropped return-path likely fail -"},
	{DROPPED, NULL, "sockets nobody unknown unknown unknown no 0 -",
	 "dropped unproven possible fail local-firewall,hop:10.0.0.1,return-path,target"},
	{"tcp dropped unproven hop:10.0.0.2,target", NULL,
	 "kept packets stand-in no no no unknown 0 -", "dropped local-firewall certain fail -"},
	/* What one side found out stays. */
	{"tcp dropped unproven hop:10.0.0.1,hop:10.0.0.2", NULL,
	 "sockets stand-in unknown no unknown unknown 0 -",
	 "dropped hop likely fail hop:10.0.0.1,hop:10.0.0.2"},
	{"tcp dropped hop hop:10.0.0.1,hop:10.0.0.2", DROPPED,
	 "packets stand-in no no no unknown 0 -",
	 "dropped hop certain fail hop:10.0.0.1,hop:10.0.0.2"},
};

static const struct row datagrams[] = {
	{SILENT, NULL, "packets stand-in no no no unknown 0 -", "dropped hop certain fail hop:?"},
	{SILENT, NULL, "packets stand-in yes no no unknown 0 -",
	 "dropped target-firewall certain fail -"},
	{SILENT, NULL, "packets stand-in yes yes no unknown 0 -",
	 "dropped target-firewall certain fail -"},
	{SILENT, NULL, "packets stand-in yes yes no unknown 8 -",
	 "dropped return-path certain fail -"},
	{SILENT, NULL, "packets served yes unknown no unknown 0 -",
	 "silent unproven possible unknown target-firewall,target"},
	{SILENT, NULL, "packets served yes unknown no no 0 -", "silent target likely pass -"},
	{SILENT, NULL, "packets served yes unknown no unknown 8 -",
	 "dropped return-path certain fail -"},
	{SILENT, NULL, "sockets stand-in unknown yes unknown unknown 8 -",
	 "dropped return-path certain fail -"},
	{SILENT, NULL, "sockets stand-in unknown yes unknown unknown 0 -",
	 "dropped target-firewall certain fail -"},
	{SILENT, NULL, "sockets stand-in unknown no unknown unknown 0 -",
	 "dropped unproven possible fail hop:?,target-firewall"},
	{SILENT, NULL, "sockets served unknown unknown unknown no 0 -",
	 "silent unproven possible unknown hop:?,return-path,target"},
	{SILENT, "udp open target", "packets stand-in yes yes no unknown 8 -",
	 "open target certain pass -"},
	{"udp closed target", NULL, "packets nobody yes unknown no unknown 4 -",
	 "closed target certain pass -"},
	{"udp closed target", NULL, "packets stand-in yes no no unknown 4 -",
	 "closed target-firewall certain fail -"},
	{"udp closed target", NULL, "packets nobody no unknown no unknown 0 -",
	 "closed hop certain fail -"},
	{"udp closed target", "udp open target", "packets stand-in yes yes no unknown 8 -",
	 "closed target certain pass -"},
	{"udp open target", NULL, "packets served no unknown no unknown 0 -",
	 "open middlebox certain fail -"},
	{"icmp dropped unproven hop:?", NULL, "packets served yes unknown no unknown 0 -",
	 "dropped target-firewall certain fail -"},
	{"icmp dropped unproven hop:?", NULL, "packets nobody yes unknown no unknown 0 -",
	 "dropped target certain fail -"},
	{"icmp dropped unproven hop:?", NULL, "packets unknown yes unknown no unknown 8 -",
	 "dropped return-path certain fail -"},
	{"icmp dropped unproven hop:?", NULL, "packets unknown no unknown no unknown 0 -",
	 "dropped hop certain fail hop:?"},
};

static const struct row refused[] = {
	{"tcp closed target", NULL, "packets nobody yes unknown no unknown 2 -",
	 "closed target certain pass -"},
	{"tcp closed target", NULL, "packets stand-in yes no no unknown 2 -",
	 "closed target-firewall certain fail -"},
	{"tcp closed target", NULL, "packets served yes no no unknown 2 -",
	 "closed target-firewall certain fail -"},
	{"tcp closed target", NULL, "packets stand-in no no no unknown 0 -",
	 "closed hop certain fail -"},
	{"tcp closed target", NULL, "packets stand-in yes yes no unknown 1 -",
	 "closed hop certain fail -"},
	{"tcp closed middlebox", NULL, "packets stand-in no no no unknown 0 -",
	 "closed middlebox certain fail -"},
	{"tcp closed target", NULL, "packets stand-in no no no unknown 0 10.9.9.9",
	 "closed target likely pass -"},
	{"tcp closed target", "tcp open target", "packets stand-in yes yes no unknown 1 -",
	 "closed target certain pass -"},
	{"tcp closed target", "tcp open target", "sockets stand-in unknown yes unknown unknown 0 -",
	 "closed target certain pass -"},
	{"tcp closed target", NULL, "sockets stand-in unknown yes unknown unknown 0 -",
	 "closed hop certain fail -"},
	{"tcp closed target", NULL, "sockets stand-in unknown no unknown unknown 0 -",
	 "closed unproven possible unknown hop:?,target-firewall"},
	{"tcp closed target", NULL, "sockets stand-in unknown no unknown no 0 -",
	 "closed hop likely fail -"},
	{"tcp closed hop", NULL, "sockets stand-in unknown no unknown unknown 0 -",
	 "closed hop likely fail -"},
	{"tcp closed target", NULL, "sockets nobody unknown unknown unknown unknown 0 -",
	 "closed target likely pass -"},
	{"tcp rejected hop by:10.0.0.1", NULL, "packets stand-in no no no unknown 0 -",
	 "rejected hop certain fail -"},
	{"tcp rejected hop by:10.0.0.1", NULL, "sockets stand-in unknown no unknown unknown 0 -",
	 "rejected hop likely fail -"},
	{"tcp rejected target-firewall by:10.0.0.5", NULL, "packets stand-in yes no no unknown 4 -",
	 "rejected target-firewall certain fail -"},
	{"tcp rejected target-firewall by:10.0.0.5", NULL, "packets stand-in no no no unknown 0 -",
	 "rejected hop certain fail -"},
};

static const struct row answered[] = {
	{"tcp open target", NULL, "packets served yes unknown no unknown 1 -",
	 "open target certain pass -"},
	{"tcp open target", NULL, "packets served no unknown no unknown 0 -",
	 "open middlebox certain fail -"},
	{"tcp open target", NULL, "packets stand-in yes yes no unknown 1 -",
	 "open middlebox certain fail -"},
	{"tcp open target", NULL, "sockets served unknown no unknown unknown 0 -",
	 "open target likely pass -"},
	{"tcp open target", NULL, "sockets stand-in unknown no unknown unknown 0 -",
	 "open unproven possible unknown target,middlebox"},
	{"tcp open target", NULL, "sockets stand-in unknown yes unknown unknown 0 -",
	 "open middlebox certain fail -"},
	/* A redirect of the far side's own. */
	{"tcp open target", NULL, "packets stand-in yes no unknown unknown 1 -",
	 "open target certain pass -"},
	{"tcp open-reset unproven target,middlebox", NULL,
	 "packets served yes unknown no unknown 3 -", "open-reset target certain pass -"},
	{"tcp open-reset unproven target,middlebox", NULL,
	 "packets served yes unknown no unknown 1 -", "open-reset middlebox certain fail -"},
	{"tcp open-reset unproven target,middlebox", NULL,
	 "packets served no unknown no unknown 0 -", "open-reset middlebox certain fail -"},
	{"tcp open-reset unproven target,middlebox", "tcp open target",
	 "packets stand-in yes yes no unknown 1 -", "open-reset middlebox certain fail -"},
	{"tcp silent middlebox", NULL, "packets served yes unknown no unknown 1 -",
	 "silent hop certain fail -"},
	{"tcp silent unproven target,middlebox", NULL, "packets served yes unknown yes unknown 1 -",
	 "silent target certain pass -"},
	{"tcp silent unproven target,middlebox", NULL, "packets served no unknown no unknown 0 -",
	 "silent middlebox certain fail -"},
	{"tcp open target", NULL, "translated packets served no unknown no unknown 0 -",
	 "open target likely pass -"},
	/* There was no other try before. */
	{"tcp open target", NULL, "first packets stand-in yes yes no unknown 1 -",
	 "closed target certain pass -"},
	{"tcp open target", NULL, "first packets served yes unknown no unknown 1 -",
	 "open target certain pass -"},
	{"tcp open target", NULL, "first sockets stand-in unknown yes unknown unknown 0 -",
	 "closed target certain pass -"},
	/* The second try was not made. */
	{DROPPED, "tcp not-attempted local-resource", "packets served no unknown no unknown 0 -",
	 "dropped unproven possible fail "
	 "local-firewall,hop:10.0.0.1,target-firewall,return-path,target"},
	{"tcp closed target", "tcp rejected local-firewall",
	 "packets served no unknown no unknown 0 -", "closed target likely pass -"},
};

static unsigned find(const char *const *names, struct slice s)
{
	for (unsigned i = 0;; i++)
		if (names[i] && slice_is(s, names[i]))
			return i;
}

static void take_candidates(struct slice s, struct outcome *o, char *room)
{
	struct slice one;

	for (size_t i = 0; slice_cut(&s, ',', &one); i++) {
		memcpy(room, one.p, one.n);
		room[one.n] = '\0';
		o->candidates[i] = room;
		room += one.n + 1;
	}
}

static struct outcome read_outcome(const char *text, char *room)
{
	struct outcome o = {.target = {4, {10, 0, 0, 5}}, .means = {"recverr"}};
	struct slice s = slice_of(text), word;

	slice_cut(&s, ' ', &word);
	o.transport = (enum transport)find(transport_names, word);
	slice_cut(&s, ' ', &word);
	o.state = (enum state)find(state_names, word);
	slice_cut(&s, ' ', &word);
	o.cause = (enum cause)find(cause_names, word);
	if (slice_has_prefix(s, "by:"))
		assert_true(addr_parse(slice_skip(s, 3), &o.by));
	else if (s.n)
		take_candidates(s, &o, room);
	o.confidence = o.cause == CAUSE_UNPROVEN ? CONFIDENCE_POSSIBLE : CONFIDENCE_LIKELY;
	o.network = outcome_network(o.state, o.cause);
	o.service = outcome_service(o.state, o.cause);
	return o;
}

static bool take_flag(struct slice *s, const char *flag)
{
	struct slice rest = *s, head;

	if (!slice_cut(&rest, ' ', &head) || !slice_is(head, flag))
		return false;
	*s = rest;
	return true;
}

static struct far_case read_case(const char *text)
{
	struct slice s = slice_of(text);
	bool alike = take_flag(&s, "alike"), first = take_flag(&s, "first"),
	     unleft = take_flag(&s, "unleft"), kept = take_flag(&s, "kept"),
	     translated = take_flag(&s, "translated");
	bool packets = take_flag(&s, "packets");
	struct buf line = BUF_INIT;
	struct far_word w;

	if (!packets)
		assert_true(take_flag(&s, "sockets"));
	buf_addf(&line, "saw 0 %.*s", (int)s.n, s.p);
	assert_true(far_word_parse(buf_slice(&line), &w));
	buf_release(&line);
	w.view.has_packets = packets;
	w.view.is_translated = translated;
	(void)alike; /* of `alone`: check_rows() */
	return (struct far_case){.view = w.view,
				 .left = kept	  ? FAR_NO
					 : unleft ? FAR_UNKNOWN
						  : FAR_YES,
				 .is_first = first};
}

static void describe(const struct outcome *o, struct buf *out)
{
	buf_addf(out, "%s %s %s %s ", state_names[o->state], cause_names[o->cause],
		 confidence_names[o->confidence], answer_names[o->network]);
	for (size_t i = 0; i < OUTCOME_CANDIDATES_MAX && o->candidates[i]; i++)
		buf_addf(out, "%s%s", i ? "," : "", o->candidates[i]);
	if (!o->candidates[0])
		buf_add_char(out, '-');
}

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char room[2][200];
		struct outcome alone = read_outcome(rows[i].alone, room[0]);
		struct outcome o =
			read_outcome(rows[i].second ? rows[i].second : rows[i].alone, room[1]);
		struct far_case c = read_case(rows[i].view);
		struct buf got = BUF_INIT;

		alone.is_alike = slice_has_prefix(slice_of(rows[i].view), "alike ");
		c.alone = &alone;
		far_blame(&c, &o);
		describe(&o, &got);
		check_text(rows[i].view, &got, rows[i].want);
		if (o.confidence == CONFIDENCE_CERTAIN) {
			assert_string_equal(o.means[1], "far");
			assert_true(o.state == STATE_OPEN || o.evidence);
		}
		buf_release(&got);
	}
}

static void test_nothing_came(void **state)
{
	(void)state;
	check_rows(nothing_came, ARRAY_LEN(nothing_came));
}

static void test_datagrams(void **state)
{
	(void)state;
	check_rows(datagrams, ARRAY_LEN(datagrams));
}

static void test_refused(void **state)
{
	(void)state;
	check_rows(refused, ARRAY_LEN(refused));
}

static void test_answered(void **state)
{
	(void)state;
	check_rows(answered, ARRAY_LEN(answered));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_came),
		cmocka_unit_test(test_datagrams),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
