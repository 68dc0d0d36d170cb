/* SPDX-License-Identifier: ISC */
#include "proto/tls_put.h"

#include <ctype.h>
#include <string.h>

#include "base/addr.h"

size_t tls_open_length(struct proto_out *out)
{
	proto_put16(out, 0);
	return out->n;
}

void tls_close_length(struct proto_out *out, size_t begin)
{
	const size_t n = out->n - begin;

	out->bytes[begin - 2] = (uint8_t)(n >> 8);
	out->bytes[begin - 1] = (uint8_t)n;
}

void tls_put_chance(struct proto_out *out, const uint8_t *chance, uint8_t salt)
{
	uint8_t bytes[2 * PROTO_CHANCE];

	for (unsigned i = 0; i < PROTO_CHANCE; i++) {
		bytes[i] = chance[i] ^ salt;
		bytes[PROTO_CHANCE + i] = chance[i] ^ (uint8_t)~salt;
	}
	proto_put(out, bytes, sizeof(bytes));
}

static bool is_server_name(struct slice name)
{
	enum { DNS_NAME_MAX = 253 };
	struct addr a;

	if (name.n == 0 || name.n > DNS_NAME_MAX || addr_parse(name, &a))
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!isalnum((unsigned char)name.p[i]) && !memchr("-._", name.p[i], 3))
			return false;
	return true;
}

void tls_put_server_name(struct proto_out *out, const char *host)
{
	struct slice name = slice_of(host);
	size_t extension, list, one;

	if (name.n && name.p[name.n - 1] == '.')
		name.n--;
	if (!is_server_name(name))
		return;
	proto_put16(out, 0);
	extension = tls_open_length(out);
	list = tls_open_length(out);
	proto_put(out, "\0", 1); /* host_name */
	one = tls_open_length(out);
	proto_put(out, name.p, name.n);
	tls_close_length(out, one);
	tls_close_length(out, list);
	tls_close_length(out, extension);
}

void tls_put_close_notify(struct proto_out *out, uint16_t record_version)
{
	proto_put(out, "\x15", 1);
	proto_put16(out, record_version);
	proto_put(out, "\0\x02\x01\0", 4);
}
