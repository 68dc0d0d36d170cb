/* SPDX-License-Identifier: ISC
 *
 * What is true of a service by its kind alone: protocols without any protection, and those that
 * nobody should run any more. Where a service's own topic asks whether it is protected (HTTP's
 * redirect, the switch to TLS), nothing is said here.
 */
#include "audit/audit.h"

#include <string.h>

#include "base/compiler.h"
#include "model/service.h"

enum { CLEARTEXT, OBSOLETE, REFLECTOR, NO_LOGIN };
static const struct weakness weaknesses[] = {
	[CLEARTEXT] = {"cleartext", SEVERITY_MEDIUM, false,
		       "it speaks in clear text: whoever is on the way reads and changes it",
		       "Move to a service that encrypts, and close this one.", "RFC 7258; BCP 188"},
	[OBSOLETE] = {"obsolete", SEVERITY_LOW, false, "nobody needs this service any more",
		      "Switch it off.", "CIS Ubuntu 16.04 benchmark 2.1; CVE-1999-0103"},
	[REFLECTOR] = {"reflector", SEVERITY_MEDIUM, false,
		       "it answers any datagram, with a forged sender too: attackers use it",
		       "Switch it off, or let only those in who need it.", "CERT TA14-017A"},
	[NO_LOGIN] = {"no-authentication", SEVERITY_MEDIUM, false,
		      "whoever reaches it is served, in clear text, without a password",
		      "Let only those in who need it.", "CWE-306"},
};

/* Of protocols that are proved, by their names; those that are missing have their own topic, or
 * nothing against them. */
static const struct kind {
	const char *proto;
	int tcp, udp; /* of weaknesses; -1: none */
} kinds[] = {
	{"kadmin4", OBSOLETE, -1},	  {"echo", OBSOLETE, REFLECTOR},
	{"chargen", OBSOLETE, REFLECTOR}, {"daytime", OBSOLETE, REFLECTOR},
	{"time", OBSOLETE, OBSOLETE},	  {"ident", OBSOLETE, -1},
	{"tftp", -1, NO_LOGIN},		  {"rsync", CLEARTEXT, -1},
	{"git", CLEARTEXT, -1},		  {"irc", CLEARTEXT, -1},
	{"memcached", -1, REFLECTOR},	  {"epmd", NO_LOGIN, -1},
	{"zabbix-agent", CLEARTEXT, -1},  {"rpcbind", NO_LOGIN, REFLECTOR},
	{"kpop", OBSOLETE, -1},		  {"mongodb", CLEARTEXT, -1},
	{"sip", CLEARTEXT, CLEARTEXT},
};

static void consider(const struct audit_facts *f, struct audit_notes *notes)
{
	if (f->is_inside)
		return;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		int which = f->transport == TRANSPORT_UDP ? kinds[i].udp : kinds[i].tcp;

		if (strcmp(kinds[i].proto, f->proto) == 0 && which >= 0)
			audit_note(notes, &weaknesses[which], "%s", f->said);
	}
}

const struct audit audit_clear = {
	.name = "clear",
	.title = "services without protection, and obsolete ones",
	.transport = TRANSPORT_TCP, /* and UDP: nothing is asked */
	.place = AUDIT_FACTS,
	.consider = consider,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
};
