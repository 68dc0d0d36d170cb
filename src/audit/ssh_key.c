/* SPDX-License-Identifier: ISC */
#include "audit/ssh_key.h"

#include "base/compiler.h"
#include "proto/wire.h"

enum {
	MSG_KEXINIT = 20,
	MSG_INIT = 30,	/* SSH_MSG_KEXDH_INIT and SSH_MSG_KEX_ECDH_INIT are the same */
	MSG_REPLY = 31, /* likewise */
	COOKIE = 16,
	NAME_MAX = 64, /* RFC 4251 section 6 */
	BLOCK = 8,
	PADDING_MIN = 4,
	GROUP1_BYTES = 128,
	GROUP14_BYTES = 256,
};

static bool take_string(struct slice *s, struct slice *string)
{
	uint32_t n;

	return wire_take32(s, &n) && wire_take(s, n, string);
}

bool ssh_offer_read(struct slice payload, struct ssh_offer *o)
{
	struct slice cookie;
	uint8_t type;

	return wire_take8(&payload, &type) && type == MSG_KEXINIT &&
	       wire_take(&payload, COOKIE, &cookie) && take_string(&payload, &o->kex) &&
	       take_string(&payload, &o->host_keys) && take_string(&payload, &o->ciphers[0]) &&
	       take_string(&payload, &o->ciphers[1]) && take_string(&payload, &o->macs[0]) &&
	       take_string(&payload, &o->macs[1]) && take_string(&payload, &o->compressions[0]) &&
	       take_string(&payload, &o->compressions[1]);
}

/* The generators of both curves. */
static const struct slice x25519 = SLICE("\x09\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
					 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
			  p256 = SLICE("\x04"
				       "\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4"
				       "\x40\xf2\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45"
				       "\xd8\x98\xc2\x96\x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7"
				       "\xeb\x4a\x7c\x0f\x9e\x16\x2b\xce\x33\x57\x6b\x31\x5e\xce"
				       "\xcb\xb6\x40\x68\x37\xbf\x51\xf5");

/* Exchanges whose first message needs no answer of the server's, best first. Of the groups: how
 * long the number is; any positive one below the prime will do, which begins with ones. */
static const struct exchange {
	const char *name;
	const struct slice *point;
	size_t number_size;
} exchanges[] = {
	{"curve25519-sha256", &x25519, 0},
	{"curve25519-sha256@libssh.org", &x25519, 0},
	{"ecdh-sha2-nistp256", &p256, 0},
	{"diffie-hellman-group14-sha256", NULL, GROUP14_BYTES},
	{"diffie-hellman-group14-sha1", NULL, GROUP14_BYTES},
	{"diffie-hellman-group1-sha1", NULL, GROUP1_BYTES},
};

static bool has(struct slice list, const char *wanted)
{
	struct slice name;

	while (slice_cut(&list, ',', &name))
		if (slice_is(name, wanted))
			return true;
	return false;
}

static const struct exchange *exchange_of(const struct ssh_offer *o)
{
	for (size_t i = 0; i < ARRAY_LEN(exchanges); i++)
		if (has(o->kex, exchanges[i].name))
			return &exchanges[i];
	return NULL;
}

static const char *rsa_of(const struct ssh_offer *o)
{
	static const char *const names[] = {"rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (has(o->host_keys, names[i]))
			return names[i];
	return NULL;
}

static void put_string(struct proto_out *out, struct slice s)
{
	proto_put32(out, (uint32_t)s.n);
	proto_put(out, s.p, s.n);
}

/* A packet without encryption: its length, that of the padding, payload, padding. */
static void put_packet(struct proto_out *out, const struct proto_out *payload)
{
	static const uint8_t zeros[BLOCK + PADDING_MIN];
	size_t padding = BLOCK - (4 + 1 + payload->n) % BLOCK;

	if (padding < PADDING_MIN)
		padding += BLOCK;
	proto_put32(out, (uint32_t)(1 + payload->n + padding));
	proto_put(out, (const uint8_t[]){(uint8_t)padding}, 1);
	proto_put(out, payload->bytes, payload->n);
	proto_put(out, zeros, padding);
}

/* The rest of what is to be agreed on is the server's first choice: it is never used. */
static bool put_choices(const struct ssh_offer *o, struct proto_out *out)
{
	const struct slice lists[] = {o->ciphers[0], o->ciphers[1],	 o->macs[0],
				      o->macs[1],    o->compressions[0], o->compressions[1]};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct slice rest = lists[i], first;

		if (!slice_cut(&rest, ',', &first) || !first.n || first.n > NAME_MAX)
			return false;
		put_string(out, first);
	}
	return true;
}

static void put_init(const struct exchange *e, struct proto_out *out)
{
	uint8_t number[GROUP14_BYTES];

	proto_put(out, (const uint8_t[]){MSG_INIT}, 1);
	if (e->point) {
		put_string(out, *e->point);
		return;
	}
	memset(number, 0x55, e->number_size);
	put_string(out, (struct slice){(const char *)number, e->number_size});
}

bool ssh_key_ask(const struct ssh_offer *o, const uint8_t chance[PROTO_CHANCE],
		 struct proto_out *out)
{
	const struct exchange *e = exchange_of(o);
	const char *rsa = rsa_of(o);
	struct proto_out hello = {.n = 0}, init = {.n = 0};

	if (!e || !rsa)
		return false;
	proto_put(&hello, (const uint8_t[]){MSG_KEXINIT}, 1);
	proto_put(&hello, chance, COOKIE);
	put_string(&hello, slice_of(e->name));
	put_string(&hello, slice_of(rsa));
	if (!put_choices(o, &hello))
		return false;
	/* No languages, no guess, and what is reserved. */
	proto_put(&hello, (const uint8_t[4 + 4 + 1 + 4]){0}, 4 + 4 + 1 + 4);
	put_init(e, &init);
	put_packet(out, &hello);
	put_packet(out, &init);
	return true;
}

static unsigned bits_of(struct slice mpint)
{
	unsigned bits;

	while (mpint.n && mpint.p[0] == 0)
		mpint = slice_skip(mpint, 1);
	bits = (unsigned)mpint.n * 8;
	for (unsigned top = mpint.n ? (uint8_t)mpint.p[0] : 0x80; !(top & 0x80); top <<= 1)
		bits--;
	return bits;
}

unsigned ssh_key_rsa_bits(struct slice payload)
{
	struct slice key, kind, exponent, modulus;
	uint8_t type;

	return wire_take8(&payload, &type) && type == MSG_REPLY && take_string(&payload, &key) &&
			       take_string(&key, &kind) && slice_is(kind, "ssh-rsa") &&
			       take_string(&key, &exponent) && take_string(&key, &modulus)
		       ? bits_of(modulus)
		       : 0;
}
