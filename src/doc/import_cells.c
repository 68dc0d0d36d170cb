/* SPDX-License-Identifier: ISC
 *
 * What kind of cell it is, without reading it as a whole.
 */
#include "doc/import_ports.h"

unsigned phrase_transports(struct arena *a, struct slice text, struct phrase_context *context)
{
	size_t n;
	const struct word *words = words_of(a, text, &n);
	bool is_or = false;

	for (size_t i = 0; i < n; i++) {
		if (words[i].kind == WORD_TRANSPORT)
			context->on |= words[i].on;
		else if (words[i].kind == WORD_SERVICE)
			context->service = words[i].service;
		else if (words[i].kind == WORD_OR)
			is_or = true;
	}
	context->either = is_or && (context->on & (context->on - 1));
	return context->on;
}

bool phrase_is_ports(struct arena *a, struct slice text)
{
	size_t n, numbers = 0, others = 0;
	const struct word *words = words_of(a, text, &n);

	for (size_t i = 0; i < n; i++) {
		numbers += word_is_number(words[i].kind);
		others += words[i].kind == WORD_OTHER && !slice_is_nocase(words[i].text, "port") &&
			  !slice_is_nocase(words[i].text, "ports");
	}
	return numbers && (others == 0 || words[0].kind == WORD_TRANSPORT ||
			   (words[0].kind == WORD_SERVICE && words[1].kind == WORD_TRANSPORT));
}

bool phrase_is_transport(struct arena *a, struct slice text)
{
	size_t n, transports = 0;
	const struct word *words = words_of(a, text, &n);

	for (size_t i = 0; i < n; i++) {
		if (words[i].kind == WORD_TRANSPORT || words[i].kind == WORD_ICMP)
			transports++;
		else if (!word_is_joint(words[i].kind) && words[i].kind != WORD_SERVICE)
			return false;
	}
	return transports > 0;
}

bool phrase_has_ports(struct arena *a, struct slice text)
{
	size_t n;
	const struct word *words = words_of(a, text, &n);

	for (size_t i = 0; i < n; i++)
		if (word_is_number(words[i].kind) || words[i].kind == WORD_BAD_PORTS ||
		    words[i].kind == WORD_ANY || words[i].kind == WORD_ICMP ||
		    words[i].kind == WORD_IP)
			return true;
	return false;
}

bool phrase_goes_on(struct arena *a, struct slice text)
{
	size_t n;
	const struct word *words = words_of(a, text, &n);

	return n && word_is_joint(words[n - 1].kind);
}

bool phrase_continues(struct arena *a, struct slice text)
{
	size_t n;
	const struct word *words = words_of(a, text, &n);

	return n && word_is_joint(words[0].kind);
}
