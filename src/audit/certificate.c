/* SPDX-License-Identifier: ISC
 *
 * The certificate that a service shows: in time, for the name, of a key and a signature that hold.
 * Who vouches for it is not judged: which authorities are trusted is each client's own matter.
 */
#include "audit/audit.h"

#include <string.h>

#include "base/compiler.h"
#include "base/date.h"

enum { DAY = 86400, SOON_DAYS = 21, LONG_DAYS = 398, RSA_MIN = 2048, EC_MIN = 224 };

enum {
	EXPIRED,
	NOT_YET,
	SOON,
	LONG,
	OTHER_NAME,
	NO_NAMES,
	SELF_SIGNED,
	WEAK_KEY,
	WEAK_SIGNATURE,
	WEAK_CHAIN,
};
static const struct weakness weaknesses[] = {
	[EXPIRED] = {"certificate-expired", SEVERITY_HIGH, false, "its certificate has expired",
		     "Renew the certificate, and let that be done by itself from now on.",
		     "RFC 5280 section 4.1.2.5"},
	[NOT_YET] = {"certificate-not-yet-valid", SEVERITY_HIGH, false,
		     "its certificate is not valid yet",
		     "Look at the server's clock and at who issued the certificate.",
		     "RFC 5280 section 4.1.2.5"},
	[SOON] = {"certificate-expires-soon", SEVERITY_LOW, false, "its certificate expires soon",
		  "Renew the certificate now.", "RFC 5280 section 4.1.2.5"},
	[LONG] = {"certificate-long-lived", SEVERITY_LOW, true,
		  "its certificate is valid for longer than a year",
		  "Get one of 398 days at most, and let it be renewed by itself.",
		  "CA/Browser Forum Baseline Requirements section 6.3.2"},
	[OTHER_NAME] = {"certificate-other-name", SEVERITY_MEDIUM, false,
			"its certificate is for another name",
			"Get one whose names (subjectAltName) hold the name that clients use.",
			"RFC 9525 section 6"},
	[NO_NAMES] = {"certificate-no-names", SEVERITY_LOW, false,
		      "its certificate has but a common name, which clients no longer look at",
		      "Get one whose names (subjectAltName) hold the name that clients use.",
		      "RFC 9525 section 2"},
	[SELF_SIGNED] = {"certificate-self-signed", SEVERITY_LOW, false,
			 "it vouches for itself, so that clients cannot tell it from an impostor",
			 "Get one from an authority that the clients trust.", "RFC 5280 section 6"},
	[WEAK_KEY] = {"certificate-weak-key", SEVERITY_HIGH, false,
		      "the key of its certificate is too short",
		      "Make a new key: RSA of 2048 bits and more, or an elliptic curve.",
		      "NIST SP 800-131A; RFC 9325 section 4.5"},
	[WEAK_SIGNATURE] = {"certificate-weak-signature", SEVERITY_MEDIUM, false,
			    "its certificate is signed with a hash that is broken",
			    "Have it issued anew, with SHA-256 or better.",
			    "RFC 9155; RFC 9325 section 4.5"},
	[WEAK_CHAIN] = {"certificate-weak-chain", SEVERITY_MEDIUM, false,
			"one of its authorities is vouched for with a hash that is broken",
			"Take the authority's certificate that is signed with SHA-256 or better.",
			"RFC 9325 section 4.5"},
};

static void consider_time(const struct audit_facts *f, struct audit_notes *notes)
{
	const struct certificate *c = f->certificate;
	char until[DATE_TEXT_MAX];

	if (c->not_before > f->now)
		audit_note(notes, &weaknesses[NOT_YET], "it begins on %s",
			   date_text((int32_t)(c->not_before / DAY), until));
	if (!c->not_after)
		return;
	if (!c->is_self_signed && c->not_after - c->not_before > (int64_t)LONG_DAYS * DAY)
		audit_note(notes, &weaknesses[LONG], "%d days",
			   (int)((c->not_after - c->not_before) / DAY));
	if (c->not_after < f->now)
		audit_note(notes, &weaknesses[EXPIRED], "it ended on %s",
			   date_text((int32_t)(c->not_after / DAY), until));
	else if (c->not_after < f->now + (int64_t)SOON_DAYS * DAY)
		audit_note(notes, &weaknesses[SOON], "it ends on %s",
			   date_text((int32_t)(c->not_after / DAY), until));
}

static bool is_short(const struct certificate *c)
{
	if (strncmp(c->key, "RSA", 3) == 0 || strcmp(c->key, "DSA") == 0)
		return c->key_bits && c->key_bits < RSA_MIN;
	return strcmp(c->key, "EC") == 0 && c->key_bits && c->key_bits < EC_MIN;
}

/* As OpenSSL calls them: "RSA-SHA1", "ecdsa-with-SHA1", "RSA-MD5". */
static bool is_weak(const char *signature)
{
	static const char *const broken[] = {"SHA1", "MD5", "MD4", "MD2", "MDC2"};

	for (size_t i = 0; i < ARRAY_LEN(broken); i++)
		if (strstr(signature, broken[i]))
			return true;
	return false;
}

static void consider_signatures(const struct certificate *c, struct audit_notes *notes)
{
	/* What one says of itself under its own key convinces nobody anyhow. */
	if (!c->is_self_signed && is_weak(c->signature))
		audit_note(notes, &weaknesses[WEAK_SIGNATURE], "%s", c->signature);
	if (is_weak(c->chain_signature))
		audit_note(notes, &weaknesses[WEAK_CHAIN], "%s", c->chain_signature);
}

static void consider_names(const struct audit_facts *f, struct audit_notes *notes)
{
	const struct certificate *c = f->certificate;

	if (f->host && !c->is_for_name)
		audit_note(notes, &weaknesses[OTHER_NAME], "%s was asked for, it is for %s",
			   f->host, c->names[0] ? c->names : c->name);
	else if (f->host && !c->n_names)
		audit_note(notes, &weaknesses[NO_NAMES], "%s", c->name);
}

static void consider(const struct audit_facts *f, struct audit_notes *notes)
{
	const struct certificate *c = f->certificate;

	if (!c)
		return;
	consider_time(f, notes);
	consider_names(f, notes);
	if (c->is_self_signed)
		audit_note(notes, &weaknesses[SELF_SIGNED], "%s", c->subject);
	if (is_short(c))
		audit_note(notes, &weaknesses[WEAK_KEY], "%s of %u bits", c->key, c->key_bits);
	consider_signatures(c, notes);
}

const struct audit audit_certificate = {
	.name = "certificate",
	.title = "certificates",
	.transport = TRANSPORT_TCP,
	.place = AUDIT_FACTS,
	.consider = consider,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
};
