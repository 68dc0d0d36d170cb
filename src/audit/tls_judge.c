/* SPDX-License-Identifier: ISC */
#include "audit/tls_judge.h"

#include <string.h>

#include "audit/tls_hello.h"
#include "audit/tls_suite.h"
#include "base/compiler.h"

#define PROTOCOLS "ssl_protocols, SSLProtocol, MinProtocol"
#define CIPHERS	  "ssl_ciphers, SSLCipherSuite, CipherString"

const struct weakness tls_weaknesses[N_TLS_WEAKNESSES] = {
	[TLS_HAS_SSL2] = {"ssl2", SEVERITY_HIGH, false,
			  "it speaks SSL 2, which also gives away what others sent by TLS (DROWN)",
			  "Switch SSL 2 off (" PROTOCOLS ").", "RFC 6176; CVE-2016-0800"},
	[TLS_HAS_SSL3] = {"ssl3", SEVERITY_MEDIUM, false,
			  "it speaks SSL 3, whose encryption is broken (POODLE)",
			  "Switch SSL 3 off (" PROTOCOLS ").", "RFC 7568; CVE-2014-3566"},
	[TLS_HAS_10] = {"tls10", SEVERITY_MEDIUM, false, "it speaks TLS 1.0, which is deprecated",
			"Allow TLS 1.2 and 1.3 alone (" PROTOCOLS ").", "RFC 8996"},
	[TLS_HAS_11] = {"tls11", SEVERITY_LOW, false, "it speaks TLS 1.1, which is deprecated",
			"Allow TLS 1.2 and 1.3 alone (" PROTOCOLS ").", "RFC 8996"},
	[TLS_HAS_12] = {"tls12", SEVERITY_LOW, true, "it speaks TLS 1.2, and not 1.3 alone",
			"Allow TLS 1.3 alone, once all clients speak it (" PROTOCOLS ").",
			"RFC 9325 section 3.1.1"},
	[TLS_LACKS_13] = {"no-tls13", SEVERITY_LOW, true, "it does not speak TLS 1.3",
			  "Allow TLS 1.3 (" PROTOCOLS "), or update the server's software.",
			  "RFC 9325 section 3.1.1"},
	[TLS_HAS_CLEAR] = {"tls-null", SEVERITY_HIGH, false, "it agrees to encrypt nothing",
			   "Take the ciphers NULL out of its list (" CIPHERS ").",
			   "RFC 9325 section 4.1"},
	[TLS_HAS_ANONYMOUS] =
		{"tls-anonymous", SEVERITY_HIGH, false,
		 "it agrees to show no certificate, so that clients cannot tell an impostor",
		 "Take the anonymous ciphers out of its list: !aNULL (" CIPHERS ").",
		 "RFC 5246 section F.1.1.1"},
	[TLS_HAS_ANONYMOUS_MAIL] =
		{"tls-anonymous-mail", SEVERITY_LOW, true,
		 "it agrees to show no certificate, as mail servers may among themselves",
		 "Take the anonymous ciphers out of its list (smtpd_tls_exclude_ciphers = aNULL).",
		 "RFC 7435 section 3; RFC 5246 section F.1.1.1"},
	[TLS_HAS_EXPORT] = {"tls-export", SEVERITY_HIGH, false,
			    "it takes keys of export grade, which are guessed (FREAK, Logjam)",
			    "Take the export ciphers out of its list: !EXPORT (" CIPHERS ").",
			    "RFC 9325 section 4.1; CVE-2015-0204; CVE-2015-4000"},
	[TLS_HAS_DES] = {"tls-des", SEVERITY_MEDIUM, false,
			 "it takes DES, whose keys can all be tried",
			 "Take DES out of its list: !DES (" CIPHERS ").", "RFC 5469"},
	[TLS_HAS_RC4] = {"tls-rc4", SEVERITY_MEDIUM, false, "it takes RC4, which is broken",
			 "Take RC4 out of its list: !RC4 (" CIPHERS ").", "RFC 7465"},
	[TLS_HAS_BLOCK64] = {"tls-3des", SEVERITY_MEDIUM, false,
			     "it takes ciphers with blocks of 64 bits (Sweet32)",
			     "Take them out of its list: !3DES:!IDEA (" CIPHERS ").",
			     "CVE-2016-2183"},
	[TLS_HAS_STATIC] = {"tls-no-forward-secrecy", SEVERITY_LOW, false,
			    "it takes key exchanges without forward secrecy, so that its key opens "
			    "what was recorded before",
			    "Take them out of its list: !kRSA (" CIPHERS ").",
			    "RFC 9325 section 4.1"},
	[TLS_HAS_CBC] = {"tls-cbc", SEVERITY_LOW, true,
			 "it takes ciphers in CBC mode without encrypt-then-MAC",
			 "Allow AES-GCM and ChaCha20 alone (" CIPHERS ").",
			 "RFC 9325 section 4.2; RFC 7366"},
	[TLS_SHORT_PRIME] = {"tls-dh-short", SEVERITY_MEDIUM, false,
			     "its Diffie-Hellman prime is too short",
			     "Give it one of 2048 bits, or elliptic curves alone (ssl_dhparam).",
			     "RFC 9325 section 4.1; RFC 7919; CVE-2015-4000"},
	[TLS_COMMON_PRIME] = {"tls-dh-common", SEVERITY_MEDIUM, false,
			      "its prime is one that millions share, for which a state can prepare "
			      "(Logjam)",
			      "Give it one of 2048 bits, or elliptic curves alone (ssl_dhparam).",
			      "CVE-2015-4000; RFC 7919"},
	[TLS_WEAK_CURVE] = {"tls-weak-curve", SEVERITY_MEDIUM, false,
			    "it takes elliptic curves that are too small",
			    "Allow X25519 and P-256 and larger (ssl_ecdh_curve, Groups).",
			    "RFC 8422 section 5.1.1; RFC 9325 section 4.5"},
	[TLS_MD5] = {"tls-md5-signature", SEVERITY_MEDIUM, false,
		     "it signs its keys with MD5 where a client asks for it (SLOTH)",
		     "Update its software, or set SignatureAlgorithms to SHA-256 and better.",
		     "RFC 9155; CVE-2015-7575"},
	[TLS_SHA1] = {"tls-sha1-signature", SEVERITY_LOW, true,
		      "it signs its keys with SHA-1 where a client asks for it",
		      "Set SignatureAlgorithms to SHA-256 and better.", "RFC 9155 section 4"},
	[TLS_COMPRESSES] = {"tls-compression", SEVERITY_MEDIUM, false,
			    "it compresses, so that lengths tell secrets (CRIME)",
			    "Switch TLS' compression off.", "RFC 9325 section 3.3; CVE-2012-4929"},
	[TLS_RENEGOTIATES] =
		{"tls-no-secure-renegotiation", SEVERITY_MEDIUM, false,
		 "it knows nothing of secure renegotiation, so that bytes can be put in "
		 "front of a client's",
		 "Update its software.", "RFC 5746; CVE-2009-3555"},
	[TLS_LACKS_MASTER_SECRET] = {"tls-no-extended-master-secret", SEVERITY_LOW, true,
				     "it does not bind keys to the whole handshake",
				     "Update its software, or allow TLS 1.3 alone.",
				     "RFC 7627; RFC 9325 section 3.5"},
	[TLS_FALLS_BACK] = {"tls-no-fallback-scsv", SEVERITY_LOW, false,
			    "it does not notice when somebody forces an older version on a client",
			    "Switch the versions before TLS 1.2 off (" PROTOCOLS ").", "RFC 7507"},
};

const char *tls_version_name(uint16_t version)
{
	static const char *const names[] = {"SSL 3", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"};

	return names[version - SSL_3];
}

static void note_version(const struct tls_flight *f, struct audit_notes *notes)
{
	static const uint8_t weaknesses[] = {TLS_HAS_SSL3, TLS_HAS_10, TLS_HAS_11, TLS_HAS_12};

	audit_note(notes, &tls_weaknesses[weaknesses[f->version - SSL_3]], "it chose %s",
		   tls_version_name(f->version));
}

static void note_suite(const struct tls_flight *f, const struct tls_suite *suite, uint16_t seen,
		       bool is_opportunistic, struct audit_notes *notes)
{
	static const struct {
		uint16_t trait;
		uint8_t weakness;
	} kinds[] = {
		{TLS_CLEAR, TLS_HAS_CLEAR},   {TLS_ANONYMOUS, TLS_HAS_ANONYMOUS},
		{TLS_EXPORT, TLS_HAS_EXPORT}, {TLS_DES, TLS_HAS_DES},
		{TLS_RC4, TLS_HAS_RC4},	      {TLS_BLOCK64, TLS_HAS_BLOCK64},
		{TLS_STATIC, TLS_HAS_STATIC}, {TLS_CBC, TLS_HAS_CBC},
	};
	uint8_t weakness;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!(suite->traits & ~seen & kinds[i].trait) ||
		    (kinds[i].trait == TLS_CBC && f->has_encrypt_then_mac))
			continue;
		weakness = kinds[i].weakness;
		if (weakness == TLS_HAS_ANONYMOUS && is_opportunistic)
			weakness = TLS_HAS_ANONYMOUS_MAIL;
		audit_note(notes, &tls_weaknesses[weakness], "it chose %s with %s", suite->name,
			   tls_version_name(f->version));
	}
}

void tls_judge_hello(const struct tls_flight *f, uint16_t seen, bool is_opportunistic,
		     struct audit_notes *notes)
{
	const struct tls_suite *suite = tls_suite_find(f->suite);

	if (f->version >= TLS_1_3)
		return;
	note_version(f, notes);
	if (suite)
		note_suite(f, suite, seen, is_opportunistic, notes);
	if (f->is_compressed)
		audit_note(notes, &tls_weaknesses[TLS_COMPRESSES], "it chose DEFLATE");
	if (f->version < TLS_1_0) /* whose ClientHello had no extensions */
		return;
	if (!f->has_renegotiation_info)
		audit_note(notes, &tls_weaknesses[TLS_RENEGOTIATES],
			   "its ServerHello has no renegotiation_info");
	if (!f->has_master_secret)
		audit_note(notes, &tls_weaknesses[TLS_LACKS_MASTER_SECRET],
			   "its ServerHello has no extended_master_secret");
}

/* Primes of 1024 bits that many servers have, by their second eight bytes. */
static const struct {
	const char *bytes;
	const char *name;
} common_primes[] = {
	{"\xc9\x0f\xda\xa2\x21\x68\xc2\x34", "RFC 2409, group 2"},
	{"\xde\x92\xde\x5e\xae\x5d\x54\xec", "RFC 5114 section 2.1"},
	{"\x36\xd6\x93\xd3\x4a\xfd\x0a\xd5", "Apache's mod_ssl"},
	{"\x7c\x43\xfc\xf5\x80\xe9\xcf\xdb", "nginx"},
	{"\xcc\x88\x59\x0d\x17\x26\xc5\x0c", "Postfix"},
};

static void judge_prime(const struct tls_flight *f, struct audit_notes *notes)
{
	enum { ENOUGH = 2048, COMMON_BYTES = 128, AT = 8 };

	if (f->prime_bits < ENOUGH)
		audit_note(notes, &tls_weaknesses[TLS_SHORT_PRIME], "%u bits", f->prime_bits);
	for (size_t i = 0; f->n_prime == COMMON_BYTES && i < ARRAY_LEN(common_primes); i++)
		if (memcmp(f->prime + AT, common_primes[i].bytes, AT) == 0)
			audit_note(notes, &tls_weaknesses[TLS_COMMON_PRIME], "that of %s",
				   common_primes[i].name);
}

static void judge_curve(const struct tls_flight *f, struct audit_notes *notes)
{
	static const struct {
		uint16_t number;
		const char *name;
	} weak[] = {
		{1, "sect163k1"},  {2, "sect163r1"},  {3, "sect163r2"},	 {4, "sect193r1"},
		{5, "sect193r2"},  {15, "secp160k1"}, {16, "secp160r1"}, {17, "secp160r2"},
		{18, "secp192k1"}, {19, "secp192r1"},
	};

	for (size_t i = 0; i < ARRAY_LEN(weak); i++)
		if (f->curve == weak[i].number)
			audit_note(notes, &tls_weaknesses[TLS_WEAK_CURVE], "it chose %s",
				   weak[i].name);
}

void tls_judge_key(const struct tls_flight *f, struct audit_notes *notes)
{
	enum { MD5 = 1, SHA1 = 2 };
	const unsigned hash = f->signature >> 8;

	if (f->prime_bits)
		judge_prime(f, notes);
	judge_curve(f, notes);
	if (hash == MD5 || hash == SHA1)
		audit_note(notes, &tls_weaknesses[hash == MD5 ? TLS_MD5 : TLS_SHA1],
			   "its key for the handshake was signed so");
}
