/* SPDX-License-Identifier: ISC
 *
 * SSH: which versions it speaks, and with which algorithms: its SSH_MSG_KEXINIT comes before any
 * key is there. RFC 4253 sections 4.2, 7.1; RFC 9142 says which key exchanges are to be avoided.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/line.h"
#include "proto/wire.h"

enum {
	LINE_LIMIT = 1024,
	LINES_LIMIT = 64,
	PACKET_MAX = 35000, /* section 6.1 */
	MSG_KEXINIT = 20,
	COOKIE = 16,
};

enum { SSH1, ONLY_1, KEX, KEX_OLD, HOST_KEY, HOST_KEY_OLD, CIPHER, CBC, MAC, MAC_OLD, TERRAPIN };
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

/* RFC 4253 section 7.1. */
struct offer {
	struct slice kex, host_keys, ciphers[2], macs[2]; /* to the server, to the client */
};

static bool take_list(struct slice *s, struct slice *list)
{
	uint32_t n;

	return wire_take32(s, &n) && wire_take(s, n, list);
}

static bool read_offer(struct slice payload, struct offer *o)
{
	struct slice cookie;
	uint8_t type;

	return wire_take8(&payload, &type) && type == MSG_KEXINIT &&
	       wire_take(&payload, COOKIE, &cookie) && take_list(&payload, &o->kex) &&
	       take_list(&payload, &o->host_keys) && take_list(&payload, &o->ciphers[0]) &&
	       take_list(&payload, &o->ciphers[1]) && take_list(&payload, &o->macs[0]) &&
	       take_list(&payload, &o->macs[1]);
}

/* Either direction. */
static bool is_open_to_terrapin(const struct offer *o)
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
static void judge(const struct offer *o, struct audit_notes *notes)
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
	bool is_identified;
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

static enum proto_result hear_packet(struct slice *in, struct proto_out *out,
				     struct audit_notes *notes)
{
	struct slice rest = *in, packet;
	struct offer o = {0};
	uint8_t padding;
	uint32_t n;

	if (!wire_take32(&rest, &n))
		return PROTO_MORE;
	if (n < 2 || n > PACKET_MAX)
		return PROTO_OTHER;
	if (!wire_take(&rest, n, &packet))
		return PROTO_MORE;
	*in = rest;
	if (!wire_take8(&packet, &padding) || padding > packet.n)
		return PROTO_OTHER;
	packet.n -= padding;
	if (!read_offer(packet, &o))
		return PROTO_OTHER;
	judge(&o, notes);
	proto_put(out, good_bye.p, good_bye.n);
	return PROTO_PROVED;
}

static enum proto_result input(void *state, const struct audit_ask *ask, struct slice *in,
			       struct proto_out *out, struct audit_notes *notes)
{
	struct state *st = state;
	enum proto_result result;
	struct slice line;

	(void)ask;
	while (!st->is_identified) {
		result = line_take(in, LINE_LIMIT, &line);
		if (result == PROTO_PROVED)
			result = hear_line(st, line, notes);
		else
			return result;
		if (result != PROTO_MORE)
			return result;
	}
	return hear_packet(in, out, notes);
}

static const char *const of[] = {"ssh", NULL};

#define COOKIE_16 "0123456789abcdef"
#define HELLO	  "SSH-2.0-portolan\r\n"
#define GOOD_BYE  "\0\0\0\x14\6\1\0\0\0\13\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
static const struct audit_vector vectors[] = {
	{.title = "as it comes",
	 .source = "OpenSSH 9.2p1",
	 .turns = {{'>', SLICE("SSH-2.0-portolan\r\n")},
		   {'<', SLICE("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n")},
		   {'<',
		    SLICE("\0\0\4l\13\24\327\222{\270\345&\352\205\22\276\242yN\240\36?\0\0\1="
			  "sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com,curve25519-"
			  "sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-"
			  "nistp384,ecdh-sha2-nistp521,diffie-hellman-group-exchange-sha256,diffie-"
			  "hellman-group16-sha512,diffie-hellman-group18-sha512,diffie-hellman-"
			  "group14-sha256,kex-strict-s-v00@openssh.com\0\0\09ssh-ed25519,rsa-sha2-"
			  "512,rsa-sha2-256,ecdsa-sha2-nistp256\0\0\0lchacha20-poly1305@openssh."
			  "com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@"
			  "openssh.com\0\0\0lchacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,"
			  "aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com\0\0\0\325umac-"
			  "64-etm@openssh.com,umac-128-etm@openssh.com,hmac-sha2-256-etm@openssh."
			  "com,hmac-sha2-512-etm@openssh.com,hmac-sha1-etm@openssh.com,umac-64@"
			  "openssh.com,umac-128@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-"
			  "sha1\0\0\0\325umac-64-etm@openssh.com,umac-128-etm@openssh.com,hmac-"
			  "sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha1-etm@"
			  "openssh.com,umac-64@openssh.com,umac-128@openssh.com,hmac-sha2-256,hmac-"
			  "sha2-512,hmac-sha1\0\0\0\25none,zlib@openssh.com\0\0\0\25none,zlib@"
			  "openssh.com\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")},
		   {'>', SLICE("\0\0\0\24\6\1\0\0\0\13\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}},
	 .codes = "ssh-short-mac",
	 .evidence = "umac-64-etm@openssh.com, hmac-sha1-etm@openssh.com, "
		     "umac-64@openssh.com, hmac-sha1"},
	{.title = "with what it has left out for long",
	 .source = "OpenSSH 9.2p1",
	 .turns = {{'>', SLICE("SSH-2.0-portolan\r\n")},
		   {'<', SLICE("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n")},
		   {'<',
		    SLICE("\0\0\5\4\7\24\274\272s\5R\376mc\325\206\242\236\216c\211E\0\0\1\227sntru"
			  "p761x25519-sha512,sntrup761x25519-sha512@openssh.com,curve25519-sha256,"
			  "curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-"
			  "sha2-nistp521,diffie-hellman-group-exchange-sha256,diffie-hellman-"
			  "group16-sha512,diffie-hellman-group18-sha512,diffie-hellman-group14-"
			  "sha256,diffie-hellman-group1-sha1,diffie-hellman-group14-sha1,diffie-"
			  "hellman-group-exchange-sha1,kex-strict-s-v00@openssh.com\0\0\0Assh-"
			  "ed25519,rsa-sha2-512,rsa-sha2-256,ssh-rsa,ecdsa-sha2-"
			  "nistp256\0\0\0\200chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,"
			  "aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com,3des-cbc,"
			  "aes128-cbc\0\0\0\200chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,"
			  "aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com,3des-cbc,"
			  "aes128-cbc\0\0\0\336umac-64-etm@openssh.com,umac-128-etm@openssh.com,"
			  "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha1-"
			  "etm@openssh.com,umac-64@openssh.com,umac-128@openssh.com,hmac-sha2-256,"
			  "hmac-sha2-512,hmac-sha1,hmac-md5\0\0\0\336umac-64-etm@openssh.com,umac-"
			  "128-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@"
			  "openssh.com,hmac-sha1-etm@openssh.com,umac-64@openssh.com,umac-128@"
			  "openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1,hmac-md5\0\0\0\25none,"
			  "zlib@openssh.com\0\0\0\25none,zlib@openssh."
			  "com\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")},
		   {'>', SLICE("\0\0\0\24\6\1\0\0\0\13\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}},
	 .codes = "ssh-weak-kex ssh-sha1-kex ssh-rsa-sha1 ssh-weak-cipher ssh-cbc "
		  "ssh-weak-mac ssh-short-mac",
	 .evidence = "diffie-hellman-group1-sha1, diffie-hellman-group-exchange-sha1"},
	{.title = "hardened",
	 .source = "OpenSSH 9.2p1",
	 .turns = {{'>', SLICE("SSH-2.0-portolan\r\n")},
		   {'<', SLICE("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n")},
		   {'<', SLICE("\0\0\1\274\n\24\277\302\23\311\243\347\203;)"
			       "\355\334\364\320\356B\346\0\0\0nsntrup761x25519-sha512@openssh.com,"
			       "curve25519-sha256,curve25519-sha256@libssh.org,kex-strict-s-v00@"
			       "openssh.com\0\0\0\13ssh-ed25519\0\0\0-aes256-gcm@openssh.com,"
			       "aes128-gcm@openssh.com\0\0\0-aes256-gcm@openssh.com,aes128-gcm@"
			       "openssh.com\0\0\0;hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@"
			       "openssh.com\0\0\0;hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@"
			       "openssh.com\0\0\0\25none,zlib@openssh.com\0\0\0\25none,zlib@"
			       "openssh.com\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")},
		   {'>', SLICE("\0\0\0\24\6\1\0\0\0\13\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}},
	 .codes = ""},
	{.title = "as it comes",
	 .source = "Dropbear 2022.83",
	 .turns = {{'>', SLICE("SSH-2.0-portolan\r\n")},
		   {'<',
		    SLICE("SSH-2.0-dropbear_2022.83\r\n\0\0\1\374\7\24\260\35\205\254\261|"
			  "\341\315lt\362~\22bI\272\0\0\0\330curve25519-sha256,curve25519-sha256@"
			  "libssh.org,ecdh-sha2-nistp521,ecdh-sha2-nistp384,ecdh-sha2-nistp256,"
			  "diffie-hellman-group14-sha256,diffie-hellman-group14-sha1,kexguess2@"
			  "matt.ucc.asn.au,kex-strict-s-v00@openssh.com\0\0\0 "
			  "ssh-ed25519,rsa-sha2-256,ssh-rsa\0\0\0003chacha20-poly1305@openssh.com,"
			  "aes128-ctr,aes256-ctr\0\0\0003chacha20-poly1305@openssh.com,aes128-ctr,"
			  "aes256-ctr\0\0\0\27hmac-sha1,hmac-sha2-256\0\0\0\27hmac-sha1,hmac-sha2-"
			  "256\0\0\0\25zlib@openssh.com,none\0\0\0\25zlib@openssh.com,"
			  "none\0\0\0\0\0\0\0\0\0\0\0\0\0e\244\201\205\240\316\3")},
		   {'>', SLICE("\0\0\0\24\6\1\0\0\0\13\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}},
	 .codes = "ssh-sha1-kex ssh-rsa-sha1 ssh-short-mac",
	 .evidence = "diffie-hellman-group14-sha1"},
	{.title = "not patched against Terrapin, and a line before its version",
	 .source = "CVE-2023-48795; RFC 4253 section 4.2",
	 .turns = {{'>', SLICE("SSH-2.0-portolan\r\n")},
		   {'<', SLICE("please wait\r\nSSH-2.0-OpenSSH_9.2\r\n")},
		   {'<',
		    SLICE("\0\0\0\321\4\0240123456789abcdef\0\0\0\21curve25519-sha256\0\0\0\13ssh-"
			  "ed25519\0\0\0(chacha20-poly1305@openssh.com,aes256-ctr\0\0\0(chacha20-"
			  "poly1305@openssh.com,aes256-ctr\0\0\0\rhmac-sha2-256\0\0\0\rhmac-sha2-"
			  "256\0\0\0\4none\0\0\0\4none\0\0\0\0\0\0\0\0\0\0\0\0\0pppp")},
		   {'>', SLICE("\0\0\0\24\6\1\0\0\0\13\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}},
	 .codes = "ssh-terrapin"},
	{.title = "version 1 as well",
	 .source = "RFC 4253 section 5.1",
	 .turns = {{'>', SLICE(HELLO)},
		   {'<', SLICE("SSH-1.99-Cisco-1.25\n")},
		   {'<', SLICE("\0\0\0\xcc\4\x14" COOKIE_16 "\0\0\0\x1a"
			       "diffie-hellman-group1-sha1\0\0\0\7ssh-rsa\0\0\0\x13"
			       "aes128-cbc,3des-cbc\0\0\0\x13"
			       "aes128-cbc,3des-cbc\0\0\0\x1d"
			       "hmac-md5,hmac-sha1,hmac-sha1x\0\0\0\x1d"
			       "hmac-md5,hmac-sha1,hmac-sha1x\0\0\0\4none\0\0\0\4none"
			       "\0\0\0\0\0\0\0\0\0\0\0\0\0pppp")},
		   {'>', SLICE(GOOD_BYE)}},
	 .codes = "ssh1 ssh-weak-kex ssh-rsa-sha1 ssh-weak-cipher ssh-cbc ssh-weak-mac "
		  "ssh-short-mac",
	 .evidence = "SSH-1.99-Cisco-1.25"},
	{.title = "version 1 alone",
	 .source = "RFC 4253 section 5.1",
	 .turns = {{'>', SLICE(HELLO)}, {'<', SLICE("SSH-1.5-1.2.27\n")}},
	 .codes = "ssh1-only"},
};

const struct audit audit_ssh = {
	.name = "ssh",
	.title = "versions and algorithms of SSH",
	.of = of,
	.transport = TRANSPORT_TCP,
	.state_size = sizeof(struct state),
	.start = start,
	.input = input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
