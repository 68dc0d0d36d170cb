/* SPDX-License-Identifier: ISC */
#include "sys/socket_table.h"

#include <string.h>

#include "base/buf.h"
#include "sys/file.h"

enum { TABLE_MAX = 64 << 20, WORD_HEX = 8 };

static bool read_hex(struct slice s, uint32_t *value)
{
	*value = 0;
	if (!s.n || s.n > WORD_HEX)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		uint32_t digit;

		if (c >= '0' && c <= '9')
			digit = (uint32_t)(c - '0');
		else if (c >= 'A' && c <= 'F')
			digit = (uint32_t)(c - 'A') + 10;
		else
			return false;
		*value = *value << 4 | digit;
	}
	return true;
}

void socket_take_mapped(struct addr *a)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (a->family != 6 || memcmp(a->bytes, mapped, sizeof(mapped)) != 0)
		return;
	memmove(a->bytes, a->bytes + sizeof(mapped), 4);
	memset(a->bytes + 4, 0, sizeof(a->bytes) - 4);
	a->family = 4;
}

/* Each word is printed as this machine's number, its bytes being the network's. */
static bool read_end(struct slice s, struct addr *a, uint16_t *port)
{
	struct slice hex;
	uint32_t word;

	*a = (struct addr){0};
	if (!slice_cut(&s, ':', &hex) || (hex.n != WORD_HEX && hex.n != 4 * WORD_HEX))
		return false;
	a->family = hex.n == WORD_HEX ? 4 : 6;
	for (size_t i = 0; i * WORD_HEX < hex.n; i++) {
		if (!read_hex((struct slice){hex.p + i * WORD_HEX, WORD_HEX}, &word))
			return false;
		memcpy(a->bytes + i * 4, &word, 4);
	}
	if (a->family == 6)
		socket_take_mapped(a);
	if (!read_hex(s, &word) || word > 65535)
		return false;
	*port = (uint16_t)word;
	return true;
}

/* "00:00000000 00000000   1000        0 12345 ...": timer, retransmits, user, timeout, inode. */
static bool read_owner(struct slice rest, struct socket_row *row)
{
	struct slice words[5], word;
	uint64_t user;
	size_t n = 0;

	while (n < 5 && slice_cut(&rest, ' ', &word))
		if (word.n)
			words[n++] = word;
	if (n < 5 || !slice_number(words[2], UINT32_MAX, &user) ||
	    !slice_number(words[4], UINT64_MAX, &row->inode))
		return false;
	row->user = (uint32_t)user;
	return true;
}

bool socket_row_parse(struct slice line, struct socket_row *row)
{
	struct slice number, local, peer, state, queues, sent;
	uint32_t value;

	line = slice_trim(line);
	if (!slice_cut(&line, ' ', &number) || !slice_cut(&line, ' ', &local) ||
	    !slice_cut(&line, ' ', &peer) || !slice_cut(&line, ' ', &state) ||
	    !slice_cut(&line, ' ', &queues) || !slice_cut(&queues, ':', &sent))
		return false;
	if (!read_end(local, &row->local, &row->local_port) ||
	    !read_end(peer, &row->peer, &row->peer_port) || !read_hex(state, &value) ||
	    !read_hex(queues, &row->waiting) || !read_owner(line, row))
		return false;
	row->state = value;
	return true;
}

static int read_table(const char *path, void (*each)(void *ctx, const struct socket_row *row),
		      void *ctx, struct err *err)
{
	struct buf text = BUF_INIT;
	struct slice rest, line;
	struct socket_row row;
	int rc = file_read(path, TABLE_MAX, &text, err);

	rest = buf_slice(&text);
	while (!rc && slice_cut(&rest, '\n', &line))
		if (socket_row_parse(line, &row))
			each(ctx, &row);
	buf_release(&text);
	return rc;
}

int socket_table_read(bool udp, void (*each)(void *ctx, const struct socket_row *row), void *ctx,
		      struct err *err)
{
	const char *v4 = udp ? "/proc/net/udp" : "/proc/net/tcp";
	const char *v6 = udp ? "/proc/net/udp6" : "/proc/net/tcp6";
	int rc = read_table(v4, each, ctx, err);

	/* Where there is no IPv6 there is no such table. */
	return !rc && file_exists(v6) ? read_table(v6, each, ctx, err) : rc;
}
