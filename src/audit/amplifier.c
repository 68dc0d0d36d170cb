/* SPDX-License-Identifier: ISC
 *
 * Services over UDP whose answers are much longer than the questions: with a forged sender they
 * flood somebody else. Nothing is asked for that: it is measured on the answers to what is asked
 * anyway, in bytes of payload, as CERT's TA14-017A does; an answer of several datagrams counts with
 * its first.
 */
#include "audit/audit.h"
#include "base/compiler.h"

/* In tenths: the least that is in the table of TA14-017A, of NetBIOS and BitTorrent. */
enum { FACTOR_MIN = 38 };

static const struct weakness weaknesses[] = {
	{"amplifier", SEVERITY_LOW, false,
	 "it answers short questions with long answers, with a forged sender too",
	 "Let only those in who need it, and no forged senders into the network.",
	 "CERT TA14-017A; BCP 38"},
};

static void consider(const struct audit_facts *f, struct audit_notes *notes)
{
	const struct audit_exchange *e = &f->most;
	size_t asked = e->asked ? e->asked : 1, factor = e->answered * 10 / asked;

	if (f->transport == TRANSPORT_UDP && factor >= FACTOR_MIN)
		audit_note(notes, weaknesses,
			   "%zu bytes were answered with %zu: %zu.%zu times as much", e->asked,
			   e->answered, factor / 10, factor % 10);
}

const struct audit audit_amplifier = {
	.name = "amplifier",
	.title = "long answers to short datagrams",
	.transport = TRANSPORT_UDP,
	.place = AUDIT_FACTS,
	.consider = consider,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
};
