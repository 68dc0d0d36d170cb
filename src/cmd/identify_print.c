/* SPDX-License-Identifier: ISC */
#include "cmd/identify_print.h"

#include <string.h>

#include "base/escape.h"
#include "model/service.h"
#include "probe/inside.h"
#include "report/words.h"

struct counts {
	size_t proved, impostors, strangers, silent, others;
};

bool identify_accepts(const struct outcome *o)
{
	if (o->state == STATE_SILENT)
		return o->transport == TRANSPORT_TCP && o->cause != CAUSE_MIDDLEBOX;
	return o->state == STATE_OPEN || o->state == STATE_WRONG_SERVICE;
}

/* What was proved is one, or TLS itself: what was inside could not be told. */
static bool is_under_tls(const struct outcome *o)
{
	struct service s;

	return service_find(slice_of(o->proved), &s) && s.protection == PROTECT_TLS;
}

/* A service under TLS of which we have no dialogue shows TLS alone, or what carries it. */
bool identify_is_of(const struct outcome *o, const struct service *s)
{
	if (strcmp(o->proved, s->name) == 0)
		return true;
	if (s->protection == PROTECT_TLS &&
	    (strcmp(o->proved, "tls") == 0 || (is_under_tls(o) && !inside_is_known(s))))
		return true;
	for (size_t i = 0; protos[i]; i++) {
		const struct proto *p = protos[i];

		if (p->transport != o->transport || strcmp(p->name, o->proved) != 0)
			continue;
		for (const char *const *name = p->services; *name; name++)
			if (strcmp(*name, s->name) == 0)
				return true;
	}
	return false;
}

const char *identify_impostor(const struct outcome *o)
{
	const struct port_range port = {o->port, o->port};
	const char *owner = NULL;
	struct service s;
	size_t i = 0;

	if (!o->proved)
		return NULL;
	if (service_at(transport_bit(o->transport), o->port, &s))
		owner = s.name;
	while (service_next_at(transport_bit(o->transport), port, &i, &s)) {
		if (identify_is_of(o, &s))
			return NULL;
		if (!owner)
			owner = s.name;
	}
	return owner;
}

static struct counts count(const struct outcome_list *l)
{
	struct counts c = {0};

	for (size_t i = 0; i < l->n; i++) {
		const struct outcome *o = &l->items[i];

		if (o->proved)
			c.proved++;
		else if (o->state == STATE_SILENT)
			c.silent++;
		else if (identify_accepts(o))
			c.strangers++;
		else
			c.others++;
		c.impostors += identify_impostor(o) != NULL;
	}
	return c;
}

static void add_count(struct buf *out, size_t n, const char *one, const char *many)
{
	if (n)
		buf_addf(out, "; %zu %s", n, n == 1 ? one : many);
}

static void add_answer(const struct identify_view *v, struct buf *out)
{
	const struct counts c = count(v->outcomes);
	bool is_tcp = v->transport == TRANSPORT_TCP;

	buf_addf(out, "%zu of %zu port%s %s what speaks there", c.proved, v->outcomes->n,
		 v->outcomes->n == 1 ? "" : "s",
		 c.proved == 1 || v->outcomes->n == 1 ? "proves" : "prove");
	add_count(out, c.impostors, "is an impostor", "are impostors");
	add_count(out, c.strangers, "accepts and is not known", "accept and are not known");
	add_count(out, c.silent, is_tcp ? "accepts and says nothing" : "is silent",
		  is_tcp ? "accept and say nothing" : "are silent");
	add_count(out, c.others, "is not open", "are not open");
	buf_add_text(out, ".\n");
}

static void add_default(const struct identify_view *v, struct buf *out)
{
	if (!v->by_default)
		return;
	buf_addf(out,
		 "  tried: the usual ports over %s of what this version can speak; "
		 "--ports names others: ",
		 v->transport == TRANSPORT_TCP ? "TCP" : "UDP");
	portset_format(v->by_default, out);
	buf_add_char(out, '\n');
}

/* In one word, and nothing that was not seen. */
static const char *word_of(const struct outcome *o)
{
	if (o->proved)
		return o->proved;
	if (o->state != STATE_OPEN || !o->how)
		return words_state(o);
	if (strcmp(o->how, "drip") == 0)
		return "tarpit";
	if (strcmp(o->how, "closed") == 0)
		return "says nothing";
	return strcmp(o->how, "maybe") == 0 || strcmp(o->how, "junk") == 0 ? "unknown" : o->how;
}

static void add_words(const struct outcome *o, struct buf *words)
{
	const char *owner = identify_impostor(o);

	if (!o->proved && !identify_accepts(o)) {
		words_outcome(o, words);
		return;
	}
	if (owner)
		buf_addf(words, "impostor: expected %s, proved %s; ", owner, o->proved);
	buf_add_text(words, o->evidence ? o->evidence : "");
	if (o->rtt_us) {
		buf_add_text(words, "; ");
		words_duration(o->rtt_us, words);
	}
}

/* Unasked for, a port that is not open is no news. */
static bool is_shown(const struct identify_view *v, const struct outcome *o)
{
	return !v->by_default || o->proved || identify_accepts(o);
}

static void add_cell(struct buf *out, struct slice text, size_t width)
{
	size_t start = out->n;

	escape_terminal(out, text);
	buf_add_fill(out, ' ', (out->n - start < width ? width - (out->n - start) : 0) + 2);
}

static void add_row(const struct outcome *o, size_t target_width, size_t word_width,
		    struct buf *out)
{
	struct buf text = BUF_INIT;

	buf_add_text(out, "  ");
	words_target(o, &text);
	add_cell(out, buf_slice(&text), target_width);
	add_cell(out, slice_of(word_of(o)), word_width);
	buf_clear(&text);
	add_words(o, &text);
	escape_terminal(out, buf_slice(&text));
	buf_add_char(out, '\n');
	buf_release(&text);
}

static void measure(const struct identify_view *v, size_t *target, size_t *word)
{
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < v->outcomes->n; i++) {
		const struct outcome *o = &v->outcomes->items[i];

		if (!is_shown(v, o))
			continue;
		buf_clear(&text);
		words_target(o, &text);
		if (*target < text.n)
			*target = text.n;
		if (*word < strlen(word_of(o)))
			*word = strlen(word_of(o));
	}
	buf_release(&text);
}

void identify_text(const struct identify_view *v, struct buf *out)
{
	size_t target = 0, word = 0;

	measure(v, &target, &word);
	add_answer(v, out);
	buf_add_text(out, v->names);
	add_default(v, out);
	for (size_t i = 0; i < v->outcomes->n; i++)
		if (is_shown(v, &v->outcomes->items[i]))
			add_row(&v->outcomes->items[i], target, word, out);
}
