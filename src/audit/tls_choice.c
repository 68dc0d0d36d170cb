/* SPDX-License-Identifier: ISC
 *
 * What one whole handshake tells of TLS, where a server counts who comes and is not asked for more:
 * the version and the suite that it chose of all that there are.
 */
#include <string.h>

#include "audit/audit.h"
#include "audit/tls_hello.h"
#include "audit/tls_judge.h"
#include "audit/tls_suite.h"

/* 0: none of these. */
static uint16_t version_named(const char *name)
{
	for (unsigned version = SSL_3; version <= TLS_1_3; version++)
		if (strcmp(tls_version_name((uint16_t)version), name) == 0)
			return (uint16_t)version;
	return 0;
}

static void consider(const struct audit_facts *f, struct audit_notes *notes)
{
	const struct tls_suite *suite = f->tls_suite ? tls_suite_named(f->tls_suite) : NULL;
	const struct tls_flight chosen = {
		.version = f->tls_version ? version_named(f->tls_version) : 0,
		.suite = suite ? suite->number : 0,
		/* Which extensions it took is not known, so nothing is held against it. */
		.has_renegotiation_info = true,
		.has_master_secret = true,
		.has_encrypt_then_mac = true,
	};

	if (!chosen.version || chosen.version >= TLS_1_3)
		return;
	tls_judge_hello(&chosen, 0, false, notes);
	audit_note(notes, &tls_weaknesses[TLS_LACKS_13], "the highest it chose is %s",
		   f->tls_version);
}

const struct audit audit_tls_choice = {
	.name = "tls-choice",
	.title = "what one handshake of TLS tells",
	.transport = TRANSPORT_TCP,
	.place = AUDIT_FACTS,
	.consider = consider,
	.weaknesses = tls_weaknesses,
	.n_weaknesses = N_TLS_WEAKNESSES,
};
