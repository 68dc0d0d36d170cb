/* SPDX-License-Identifier: ISC */
#include "probe/method_identify_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "probe/inside.h"

void identify_cancel(struct probe *p)
{
	struct identify *i = (struct identify *)p->state;

	identify_hang_up(i);
	timer_stop(probe_loop(p), &i->timer);
	free(i->s);
	i->s = NULL;
}

/* seen->words is lent for the call. */
void identify_finish(struct identify *i, enum saw saw, struct sighting seen)
{
	struct probe *p = i->dial.probe;

	seen.saw = saw;
	seen.expected = task_of(i)->proto;
	seen.foreign = i->s ? i->s->foreign : 0;
	if (seen.said.is_shut_out)
		(void)probe_turn_away(p, false);
	else if (saw == SAW_IDENTIFIED && !seen.proto->is_on_request && !seen.is_remembered)
		probe_vouch(p);
	identify_cancel(p);
	probe_finish(p, &seen);
}

static void say_outside(const struct search *s, struct buf *words)
{
	const struct proto_set *proved = s->is_inside ? &s->outer_proved : &s->proved;
	const char *before = "several protocols share the port: ";

	if (proto_set_count(proved) < 2)
		return;
	for (size_t k = 0; s->questions.table[k]; k++)
		if (proto_set_has(proved, k)) {
			buf_addf(words, "%s%s", before, s->questions.table[k]->name);
			before = ", ";
		}
}

static void say_inside(const struct identify *i, struct buf *words)
{
	const struct search *s = i->s;
	struct loop *l = loop_of(i);
	bool has_proof = !proto_set_is_empty(&s->proved);

	if (words->n)
		buf_add_text(words, "; ");
	inside_say(&s->told, s->outer_said.text, has_proof ? proto_at(i, s->main)->name : NULL,
		   s->said.text, words);
	if (!s->told.has_certificate)
		return;
	buf_add_text(words, "; certificate: ");
	inside_say_certificate(&s->told.certificate, l->ops->wall_ms(l) / 1000, words);
}

static void see_inside(const struct identify *i, struct sighting *seen)
{
	const struct search *s = i->s;

	seen->proto = proto_at(i, s->outer);
	seen->said = s->outer_said;
	seen->layer = &s->told;
	if (proto_set_is_empty(&s->proved) || strcmp(seen->proto->name, "tls") != 0)
		return;
	seen->inside = proto_at(i, s->main);
	seen->said = s->said;
	seen->inside_service = inside_service(seen->inside, i->dial.probe->port);
}

/* seen->layer points into the search, which ends with the probe. */
static void hand_over(struct identify *i, struct sighting seen, const struct buf *words)
{
	struct layer_told told = i->s->told;

	if (seen.layer)
		seen.layer = &told;
	if (words->n)
		seen.words = words->data;
	identify_finish(i, SAW_IDENTIFIED, seen);
}

void identify_finish_identified(struct identify *i)
{
	const struct search *s = i->s;
	struct sighting seen = s->first;
	struct buf words = BUF_INIT;

	seen.proto = proto_at(i, s->main);
	seen.said = s->said;
	say_outside(s, &words);
	if (s->is_inside && s->was_shaken) {
		see_inside(i, &seen);
		say_inside(i, &words);
	}
	seen.is_usual = s->is_inside && !seen.inside
				? s->is_outer_usual
				: (seen.inside ? seen.inside : seen.proto) == s->questions.expected;
	hand_over(i, seen, &words);
	buf_release(&words);
}

static const char *spent(const struct identify *i)
{
	const struct search *s = i->s;

	if (task_of(i)->is_fragile)
		return ", and no more: it is called fragile";
	return s->questions.is_spent ? ", and no more: it has had as many first messages in "
				       "others' protocols as it gets in a day"
				     : "";
}

/* Nothing is proved, and it was not silent. */
void identify_finish_stranger(struct identify *i, enum heard_class what)
{
	static const char *const words[HEARD_CLASSES] = {
		[HEARD_CLOSED] = "it accepts, and ends every connection without a word",
		[HEARD_JUNK] = "it speaks, and no protocol that is known here",
		[HEARD_DRIP] = "it drips words without an end and says nothing: a tarpit",
		[HEARD_ECHO] = "it sends back what it is sent, and says nothing of its own",
		[HEARD_MAYBE] = "it speaks, and not so far that its protocol can be told",
	};
	struct sighting seen = i->s->first;
	char text[OUTCOME_EVIDENCE_MAX];
	unsigned n = i->s->questions.n_asked;

	if (i->s->is_inside) {
		identify_finish_identified(i);
		return;
	}
	snprintf(text, sizeof(text), "%s (%u question%s asked%s)", words[what], n,
		 n == 1 ? " was" : "s were", spent(i));
	seen.how = heard_class_names[what];
	seen.words = text;
	identify_finish(i, SAW_STRANGER, seen);
}

static void say_silence(const struct identify *i, unsigned waited_ms, char *text, size_t room)
{
	unsigned n = i->s->questions.n_asked;

	if (questions_are_harmful(i->dial.probe->port))
		snprintf(text, room,
			 "it accepted and said nothing in %u ms; it was asked nothing, as printers "
			 "on this port print what they are sent",
			 waited_ms);
	else
		snprintf(text, room, "it accepted%s, and said nothing in %u ms to %u question%s%s",
			 n ? " and acknowledged" : "", waited_ms, n, n == 1 ? "" : "s", spent(i));
}

void identify_finish_silence(struct identify *i)
{
	struct search *s = i->s;
	struct sighting seen = s->first;
	char text[OUTCOME_EVIDENCE_MAX];

	if (s->is_inside) {
		identify_finish_identified(i);
		return;
	}
	seen.waited_ms = (unsigned)(us_since(i, s->begun) / 1000);
	seen.proto = task_of(i)->proto;
	seen.unacked = s->questions.n_asked ? s->unacked : -1;
	say_silence(i, seen.waited_ms, text, sizeof(text));
	if (seen.unacked <= 0)
		seen.words = text; /* else there is more to say */
	identify_finish(i, SAW_SILENCE, seen);
}

void identify_finish_unknown(struct identify *i)
{
	if (i->s->most == HEARD_NOTHING)
		identify_finish_silence(i);
	else
		identify_finish_stranger(i, i->s->most);
}

static void say_shut_out(const struct identify *i, char *text, size_t room)
{
	static const char *const how[] = {
		[SAW_NOTHING] = "dropped", [SAW_REFUSAL] = "refused", [SAW_ICMP] = "rejected"};
	unsigned n = i->s->questions.n_asked;
	const char *plural = n == 1 ? "" : "s";

	if (!probe_is_shut_out(i->dial.probe))
		snprintf(text, room,
			 "after %u question%s its connections were %s: it may have shut this host "
			 "out, so no more was asked",
			 n, plural, how[i->s->turned]);
	else
		snprintf(text, room,
			 "after %u question%s to it the target shut this host out: none of its "
			 "ports "
			 "takes connections any more, and no more was asked",
			 n, plural);
}

/* It spoke with us until now. */
static void finish_shut_out(struct identify *i)
{
	struct sighting seen = i->s->first;
	char text[OUTCOME_EVIDENCE_MAX];

	if (!proto_set_is_empty(&i->s->proved) || i->s->is_inside) {
		identify_finish_identified(i);
		return;
	}
	say_shut_out(i, text, sizeof(text));
	seen.how = SHUT_OUT;
	seen.words = text;
	identify_finish(i, SAW_STRANGER, seen);
}

void identify_turn_away(struct identify *i, enum saw saw)
{
	uint16_t witness;

	i->s->turned = saw;
	witness = probe_turn_away(i->dial.probe, saw == SAW_NOTHING);
	if (!witness) {
		finish_shut_out(i);
		return;
	}
	timer_stop(loop_of(i), &i->timer);
	identify_hang_up(i);
	i->s->stage = STAGE_WITNESS;
	i->dial.port = witness;
	dial_start(&i->dial);
}

void identify_hear_witness(struct identify *i, bool is_well)
{
	if (is_well)
		probe_welcome(i->dial.probe);
	else
		probe_shut_out(i->dial.probe);
	finish_shut_out(i);
}

void identify_shut_out(struct probe *p)
{
	struct identify *i = (struct identify *)p->state;

	if (i->s) {
		finish_shut_out(i);
		return;
	}
	identify_cancel(p);
	probe_finish_not_asked(p);
}
