/* SPDX-License-Identifier: ISC */
#include "model/target.h"

#include <string.h>

#include "base/compiler.h"

/* A scheme gives the port that its URLs leave out. */
static const struct scheme {
	const char *name;
	uint16_t port;
} schemes[] = {
	{"ftp", 21},	{"ftps", 990}, {"http", 80},   {"https", 443},	{"imap", 143},
	{"imaps", 993}, {"ldap", 389}, {"ldaps", 636}, {"mysql", 3306}, {"postgresql", 5432},
	{"rdp", 3389},	{"sftp", 22},  {"smb", 445},   {"smtp", 25},	{"ssh", 22},
	{"telnet", 23}, {"vnc", 5900}, {"ws", 80},     {"wss", 443},
};

enum { SHOWN_MAX = 60 };

static int bad(struct err *err, struct slice s, const char *why)
{
	return err_set(err, ERR_USAGE, PLACE_NONE, "\"%.*s%s\": %s",
		       (int)(s.n < SHOWN_MAX ? s.n : SHOWN_MAX), s.p, s.n > SHOWN_MAX ? "..." : "",
		       why);
}

void target_release(struct target_spec *t)
{
	portset_release(&t->ports);
}

int target_parse_ports(struct slice s, struct portset *out, struct err *err)
{
	struct slice rest = s, part;
	struct port_range r;

	while (slice_cut(&rest, ',', &part)) {
		if (!port_range_parse(part, &r))
			return bad(err, part, "ports are written 22,80,7000-7008, each 1 to 65535");
		portset_add(out, r);
	}
	return 0;
}

/* The port of the scheme; 0: none that we know. */
static uint16_t scheme_port(struct slice scheme)
{
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (slice_is_nocase(scheme, schemes[i].name))
			return schemes[i].port;
	return 0;
}

/* "https://host:port/path" without what surrounds host:port; *port 0: not a URL. */
static int strip_url(struct slice *s, uint16_t *port, struct err *err)
{
	const char *colon = memmem(s->p, s->n, "://", 3);
	struct slice scheme;

	*port = 0;
	if (!colon)
		return 0;
	scheme = slice_from_to(s->p, colon);
	*port = scheme_port(scheme);
	if (!*port)
		return bad(err, scheme, "is not a scheme with a port that I know: write HOST:PORT");
	*s = slice_skip(*s, scheme.n + 3);
	for (size_t i = 0; i < s->n; i++)
		if (memchr("/?#", s->p[i], 3))
			s->n = i;
	if (memchr(s->p, '@', s->n)) /* not shown: it may be a secret */
		return bad(err, scheme, "leave user names and passwords out of the URL");
	return 0;
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == '.';
}

/* Letters, digits, hyphens, dots, and the underscore that some have; what is all digits and dots is
 * an address with a mistake in it. */
static int read_name(struct slice s, struct target_spec *t, struct err *err)
{
	bool has_letter = false;

	if (!s.n || s.n > TARGET_NAME_MAX)
		return bad(err, s, s.n ? "too long for a host name" : "the host is missing");
	for (size_t i = 0; i < s.n; i++) {
		if (!is_name_char(s.p[i]))
			return bad(err, s, "is neither a host name nor an address");
		has_letter |= s.p[i] != '.' && (s.p[i] < '0' || s.p[i] > '9');
	}
	if (!has_letter)
		return bad(err, s, "is not an IPv4 address");
	if (s.p[0] == '-' || s.p[0] == '.')
		return bad(err, s, "a host name does not begin so");
	memcpy(t->name, s.p, s.n);
	t->name[s.n] = '\0';
	return 0;
}

static bool is_mapped(const struct addr *a)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	return a->family == 6 && memcmp(a->bytes, mapped, sizeof(mapped)) == 0;
}

static int read_host(struct slice s, struct target_spec *t, struct err *err)
{
	bool host_bits;

	if (prefix_parse(s, &t->prefix, &host_bits)) {
		t->is_range = t->prefix.bits < (t->prefix.addr.family == 4 ? 32 : 128);
		if (is_mapped(&t->prefix.addr))
			return bad(err, s, "write an IPv4 address as such");
		return 0;
	}
	if (host_bits)
		return bad(err, s, "has bits set behind its length");
	t->prefix = (struct prefix){0};
	return read_name(s, t, err);
}

/* Where the host ends and ":PORTS" begins; an IPv6 address without brackets has no ports. */
static int split(struct slice s, struct slice *host, struct slice *ports, struct err *err)
{
	const char *end = memchr(s.p, ']', s.n), *colon;

	*ports = SLICE_NONE;
	if (s.n && s.p[0] == '[') {
		if (!end)
			return bad(err, s, "the ] is missing");
		*host = slice_from_to(s.p + 1, end);
		if (end + 1 < s.p + s.n && end[1] != ':')
			return bad(err, s, "what follows the ] is not :PORTS");
		if (end + 1 < s.p + s.n)
			*ports = slice_from_to(end + 2, s.p + s.n);
		return 0;
	}
	*host = s;
	colon = memchr(s.p, ':', s.n);
	if (colon && !memchr(colon + 1, ':', (size_t)(s.p + s.n - colon - 1))) {
		*host = slice_from_to(s.p, colon);
		*ports = slice_from_to(colon + 1, s.p + s.n);
	}
	return 0;
}

static int read_target(struct slice s, struct target_spec *t, struct err *err)
{
	struct slice host = s, ports = SLICE_NONE;
	uint16_t url_port;
	int rc = strip_url(&s, &url_port, err);

	if (!rc)
		rc = split(s, &host, &ports, err);
	if (!rc)
		rc = read_host(host, t, err);
	if (!rc && url_port && t->is_range)
		rc = bad(err, s, "a URL names one host");
	if (!rc && ports.p)
		rc = target_parse_ports(ports, &t->ports, err);
	else if (!rc && url_port)
		portset_add(&t->ports, (struct port_range){url_port, url_port});
	return rc;
}

int target_parse(struct slice s, struct target_spec *t, struct err *err)
{
	int rc;

	*t = (struct target_spec){0};
	if (memchr(s.p, '\0', s.n))
		return bad(err, SLICE("..."), "has a NUL in it");
	rc = read_target(s, t, err);
	if (rc)
		target_release(t);
	return rc;
}
