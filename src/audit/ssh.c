/* SPDX-License-Identifier: ISC
 *
 * SSH: which versions it speaks, and with which algorithms: its SSH_MSG_KEXINIT comes before any
 * key is there. RFC 4253 sections 4.2, 7.1; RFC 9142 says which key exchanges are to be avoided.
 * Where it has an RSA host key, the exchange goes on until that is shown (audit/ssh_key.h).
 */
#include "audit/audit.h"
#include "audit/ssh_key.h"
#include "audit/ssh_vectors.h"
#include "base/compiler.h"
#include "proto/line.h"
#include "proto/wire.h"

enum {
	LINE_LIMIT = 1024,
	LINES_LIMIT = 64,
	PACKET_MAX = 35000, /* section 6.1 */
	MSG_DISCONNECT = 1,
	MSG_DEBUG = 4,
	MSG_KEXINIT = 20,
	RSA_BITS = 2048,
	RSA_STRICT_BITS = 3072,
};

enum {
	SSH1,
	ONLY_1,
	KEX,
	KEX_OLD,
	HOST_KEY,
	HOST_KEY_OLD,
	RSA_SHORT,
	RSA_SHORTER,
	CIPHER,
	CBC,
	MAC,
	MAC_OLD,
	TERRAPIN
};
static const struct weakness weaknesses[] = {
	[SSH1] = {"ssh1", SEVERITY_HIGH, false, "it still speaks version 1 of SSH, which is broken",
		  "Set the server to version 2 alone.", "RFC 4253 section 5; CVE-2001-1473"},
	[ONLY_1] = {"ssh1-only", SEVERITY_CRITICAL, false,
		    "it speaks version 1 of SSH and no other: what passes can be read and changed",
		    "Replace the server's software.", "CVE-2001-1473"},
	[KEX] = {"ssh-weak-kex", SEVERITY_MEDIUM, false,
		 "it offers key exchanges that are too weak",
		 "Take these key exchanges out of the server's list (KexAlgorithms).",
		 "RFC 9142 section 4"},
	[KEX_OLD] = {"ssh-sha1-kex", SEVERITY_LOW, true, "it offers a key exchange with SHA-1",
		     "Offer curve25519-sha256 and SHA-2 groups alone (KexAlgorithms).",
		     "RFC 9142 section 4"},
	[HOST_KEY] = {"ssh-weak-host-key", SEVERITY_MEDIUM, false,
		      "its host key is of a kind that is too weak",
		      "Make an Ed25519 or ECDSA host key, and drop this one (HostKey).",
		      "RFC 8332 section 1; FIPS 186-5"},
	[HOST_KEY_OLD] = {"ssh-rsa-sha1", SEVERITY_LOW, false,
			  "it proves its host key with SHA-1 signatures",
			  "Take ssh-rsa out of HostKeyAlgorithms; rsa-sha2-256 and -512 stay.",
			  "RFC 8332 section 1"},
	[RSA_SHORT] = {"ssh-short-rsa", SEVERITY_HIGH, false,
		       "its RSA host key is so short that its secret can be computed",
		       "Make a new host key: Ed25519, or RSA with 3072 bits or more (ssh-keygen).",
		       "NIST SP 800-131A revision 2, section 3"},
	[RSA_SHORTER] =
		{"ssh-rsa-below-3072", SEVERITY_LOW, true,
		 "its RSA host key is shorter than what is meant to last beyond 2030",
		 "Make a new host key: Ed25519, or RSA with 3072 bits or more (ssh-keygen).",
		 "NIST SP 800-57 part 1 revision 5, tables 2 and 4"},
	[CIPHER] = {"ssh-weak-cipher", SEVERITY_MEDIUM, false,
		    "it offers ciphers that are too weak",
		    "Take these out of the server's list (Ciphers).", "RFC 8758; CVE-2016-2183"},
	[CBC] = {"ssh-cbc", SEVERITY_LOW, false, "it offers ciphers in CBC mode",
		 "Offer chacha20-poly1305, AES-GCM and AES-CTR alone (Ciphers).", "CVE-2008-5161"},
	[MAC] = {"ssh-weak-mac", SEVERITY_MEDIUM, false,
		 "it offers checksums (MACs) that are too weak",
		 "Take these out of the server's list (MACs).", "RFC 6151"},
	[MAC_OLD] = {"ssh-short-mac", SEVERITY_LOW, true, "it offers short or SHA-1 checksums",
		     "Offer hmac-sha2-256-etm@openssh.com and its like alone (MACs).", "RFC 6668"},
	[TERRAPIN] = {"ssh-terrapin", SEVERITY_MEDIUM, false,
		      "the first messages after the key exchange can be cut out unseen (Terrapin)",
		      "Update the server, or drop chacha20-poly1305 and CBC with -etm MACs.",
		      "CVE-2023-48795"},
};

/* Names of algorithms that end a list with NULL; one that ends in * stands for all that begin so,
 * one that begins with * for all that end so. */
static const char *const weak_kex[] = {"diffie-hellman-group1-sha1",
				       "diffie-hellman-group-exchange-sha1",
				       "rsa1024-sha1",
				       "gss-group1-sha1-*",
				       "gss-gex-sha1-*",
				       NULL};
static const char *const old_kex[] = {"diffie-hellman-group14-sha1", "gss-group14-sha1-*", NULL};
static const char *const weak_host_keys[] = {"ssh-dss", "ssh-dss-cert-*", "x509v3-sign-dss",
					     "pgp-sign-dss", NULL};
static const char *const old_host_keys[] = {"ssh-rsa", "ssh-rsa-cert-v0*", "x509v3-sign-rsa", NULL};
static const char *const weak_ciphers[] = {
	"none",	      "arcfour*",  "des-cbc*", "3des-*",
	"blowfish-*", "cast128-*", "idea-*",   "rijndael-cbc@lysator.liu.se",
	NULL};
static const char *const cbc_ciphers[] = {"*-cbc", NULL};
static const char *const weak_macs[] = {"none",		"hmac-md5*", "hmac-sha1-96*",
					"hmac-ripemd*", "umac-32*",  NULL};
static const char *const old_macs[] = {"hmac-sha1", "hmac-sha1-etm*", "umac-64*", NULL};

static bool is_like(struct slice name, const char *pattern)
{
	struct slice p = slice_of(pattern);

	if (p.n && p.p[p.n - 1] == '*')
		return name.n >= p.n - 1 && memcmp(name.p, p.p, p.n - 1) == 0;
	if (p.n && p.p[0] == '*')
		return name.n >= p.n - 1 &&
		       memcmp(name.p + name.n - (p.n - 1), p.p + 1, p.n - 1) == 0;
	return slice_equal(name, p);
}

static bool is_among(struct slice name, const char *const *patterns)
{
	for (; *patterns; patterns++)
		if (is_like(name, *patterns))
			return true;
	return false;
}

static bool has_any(struct slice list, const char *const *patterns)
{
	struct slice name;

	while (slice_cut(&list, ',', &name))
		if (is_among(name, patterns))
			return true;
	return false;
}

/* Each of a list that is among them, but not among the others. */
static void note_among(struct audit_notes *notes, const struct weakness *w, struct slice list,
		       const char *const *patterns, const char *const *but)
{
	struct slice name;

	while (slice_cut(&list, ',', &name))
		if (is_among(name, patterns) && !(but && is_among(name, but)))
			audit_note_more(notes, w, name);
}

/* Either direction. */
static bool is_open_to_terrapin(const struct ssh_offer *o)
{
	static const char *const strict[] = {"kex-strict-s-v00@openssh.com", NULL};
	static const char *const chacha[] = {"chacha20-poly1305@openssh.com", NULL};
	static const char *const etm[] = {"*-etm@openssh.com", NULL};

	if (has_any(o->kex, strict))
		return false;
	for (unsigned i = 0; i < 2; i++)
		if (has_any(o->ciphers[i], chacha) ||
		    (has_any(o->ciphers[i], cbc_ciphers) && has_any(o->macs[i], etm)))
			return true;
	return false;
}

/* A list for one direction differs from the other's in no server that is known: one is told. */
static void judge(const struct ssh_offer *o, struct audit_notes *notes)
{
	note_among(notes, &weaknesses[KEX], o->kex, weak_kex, NULL);
	note_among(notes, &weaknesses[KEX_OLD], o->kex, old_kex, NULL);
	note_among(notes, &weaknesses[HOST_KEY], o->host_keys, weak_host_keys, NULL);
	note_among(notes, &weaknesses[HOST_KEY_OLD], o->host_keys, old_host_keys, NULL);
	note_among(notes, &weaknesses[CIPHER], o->ciphers[1], weak_ciphers, NULL);
	note_among(notes, &weaknesses[CBC], o->ciphers[1], cbc_ciphers, weak_ciphers);
	note_among(notes, &weaknesses[MAC], o->macs[1], weak_macs, NULL);
	note_among(notes, &weaknesses[MAC_OLD], o->macs[1], old_macs, NULL);
	if (is_open_to_terrapin(o))
		audit_note(notes, &weaknesses[TERRAPIN],
			   "it does not offer kex-strict-s-v00@openssh.com");
}

struct state {
	uint8_t lines;
	bool is_identified, is_asked; /* for its host key */
};

static bool start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put_text(out, "SSH-2.0-portolan\r\n");
	return true;
}

/* Other lines may come before it. */
static enum proto_result hear_line(struct state *st, struct slice line, struct audit_notes *notes)
{
	if (!slice_has_prefix(line, "SSH-"))
		return ++st->lines > LINES_LIMIT ? PROTO_OTHER : PROTO_MORE;
	st->is_identified = true;
	if (slice_has_prefix(line, "SSH-1.99-")) {
		audit_note(notes, &weaknesses[SSH1], "%.*s", (int)line.n, line.p);
	} else if (slice_has_prefix(line, "SSH-1.")) {
		audit_note(notes, &weaknesses[ONLY_1], "%.*s", (int)line.n, line.p);
		return PROTO_PROVED;
	}
	return PROTO_MORE;
}

/* The good-bye: disconnect, reason 11, section 11.1. */
static const struct slice good_bye = SLICE("\0\0\0\x14\6\1\0\0\0\13\0\0\0\0\0\0\0\0\0\0\0\0\0\0");

static enum proto_result part(struct proto_out *out)
{
	proto_put(out, good_bye.p, good_bye.n);
	return PROTO_PROVED;
}

static void judge_key(unsigned bits, struct audit_notes *notes)
{
	if (bits < RSA_STRICT_BITS)
		audit_note(notes, &weaknesses[bits < RSA_BITS ? RSA_SHORT : RSA_SHORTER], "%u bits",
			   bits);
}

/* What may be said at any time, section 11, tells nothing. */
static enum proto_result hear_key(struct slice payload, struct proto_out *out,
				  struct audit_notes *notes)
{
	uint8_t type = payload.n ? (uint8_t)payload.p[0] : 0;
	unsigned bits;

	if (type == MSG_DISCONNECT)
		return PROTO_PROVED;
	if (type > MSG_DISCONNECT && type <= MSG_DEBUG)
		return PROTO_MORE;
	bits = ssh_key_rsa_bits(payload);
	if (!bits)
		return PROTO_OTHER;
	judge_key(bits, notes);
	return part(out);
}

static enum proto_result hear_payload(struct state *st, const struct audit_ask *ask,
				      struct slice payload, struct proto_out *out,
				      struct audit_notes *notes)
{
	struct ssh_offer o;

	if (st->is_asked)
		return hear_key(payload, out, notes);
	if (!ssh_offer_read(payload, &o))
		return PROTO_OTHER;
	judge(&o, notes);
	st->is_asked = ssh_key_ask(&o, ask->chance, out);
	return st->is_asked ? PROTO_MORE : part(out);
}

/* RFC 4253 section 6: MORE: it is not whole. */
static enum proto_result take_payload(struct slice *in, struct slice *payload)
{
	struct slice rest = *in;
	uint8_t padding;
	uint32_t n;

	if (!wire_take32(&rest, &n))
		return PROTO_MORE;
	if (n < 2 || n > PACKET_MAX)
		return PROTO_OTHER;
	if (!wire_take(&rest, n, payload))
		return PROTO_MORE;
	*in = rest;
	if (!wire_take8(payload, &padding) || padding > payload->n)
		return PROTO_OTHER;
	payload->n -= padding;
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct audit_ask *ask, struct slice *in,
			       struct proto_out *out, struct audit_notes *notes)
{
	struct state *st = state;
	enum proto_result result;
	struct slice line, payload;

	while (!st->is_identified) {
		result = line_take(in, LINE_LIMIT, &line);
		if (result == PROTO_PROVED)
			result = hear_line(st, line, notes);
		else
			return result;
		if (result != PROTO_MORE)
			return result;
	}
	result = take_payload(in, &payload);
	return result == PROTO_PROVED ? hear_payload(st, ask, payload, out, notes) : result;
}

static const char *const of[] = {"ssh", NULL};

const struct audit audit_ssh = {
	.name = "ssh",
	.title = "versions and algorithms of SSH, and how long its RSA key is",
	.of = of,
	.transport = TRANSPORT_TCP,
	.state_size = sizeof(struct state),
	.start = start,
	.input = input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = ssh_vectors,
	.n_vectors = N_SSH_VECTORS,
};
