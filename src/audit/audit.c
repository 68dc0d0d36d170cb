/* SPDX-License-Identifier: ISC */
#include "audit/audit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool audit_is_of(const struct audit *a, const char *proto, enum transport transport)
{
	if (a->transport != transport)
		return false;
	if (!a->of)
		return true;
	for (const char *const *name = a->of; *name; name++)
		if (strcmp(*name, proto) == 0)
			return true;
	return false;
}

const struct audit *audit_upgrade_of(const char *proto)
{
	for (size_t i = 0; audits[i]; i++)
		if (audits[i]->place == AUDIT_UPGRADE &&
		    audit_is_of(audits[i], proto, TRANSPORT_TCP))
			return audits[i];
	return NULL;
}

struct audit_exchange audit_exchange_most(struct audit_exchange a, struct audit_exchange b)
{
	size_t asked_a = a.asked ? a.asked : 1, asked_b = b.asked ? b.asked : 1;

	return a.answered * asked_b >= b.answered * asked_a ? a : b;
}

static struct audit_note *find(struct audit_notes *notes, const struct weakness *w)
{
	for (size_t i = 0; i < notes->n; i++)
		if (notes->items[i].weakness == w)
			return &notes->items[i];
	return NULL;
}

static struct audit_note *add(struct audit_notes *notes, const struct weakness *w)
{
	struct audit_note *note;

	if (notes->n == AUDIT_NOTES_MAX)
		BUG("more than %d weaknesses of one service", AUDIT_NOTES_MAX);
	note = &notes->items[notes->n++];
	*note = (struct audit_note){.weakness = w};
	return note;
}

void audit_note(struct audit_notes *notes, const struct weakness *w, const char *fmt, ...)
{
	struct audit_note *note;
	va_list ap;

	if (find(notes, w))
		return;
	note = add(notes, w);
	va_start(ap, fmt);
	vsnprintf(note->evidence, sizeof(note->evidence), fmt, ap);
	va_end(ap);
}

void audit_note_more(struct audit_notes *notes, const struct weakness *w, struct slice more)
{
	struct audit_note *note = find(notes, w);
	size_t n;

	if (!note)
		note = add(notes, w);
	n = strlen(note->evidence);
	snprintf(note->evidence + n, sizeof(note->evidence) - n, "%s%.*s", n ? ", " : "",
		 more.n > AUDIT_TEXT_MAX ? AUDIT_TEXT_MAX : (int)more.n, more.p);
}

void audit_rest(void *state, const struct audit_ask *ask, bool is_closed, struct audit_notes *notes)
{
	(void)state;
	(void)ask;
	(void)is_closed;
	(void)notes;
}
