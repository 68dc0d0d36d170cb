/* SPDX-License-Identifier: ISC */
#include "model/proxy_url.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* The ports that a URL without one means: curl's for both. */
enum { HTTP_PORT = 1080, SOCKS_PORT = 1080 };

static bool take_scheme(struct slice *s, struct proxy_url *u, const char **why)
{
	static const struct {
		const char *scheme, *why; /* why NULL: spoken */
		bool is_socks;
	} schemes[] = {
		{"http", NULL, false},
		{"socks5", NULL, true},
		{"socks5h", NULL, true},
		{"socks", NULL, true},
		{"https", "a proxy that is spoken to over TLS is not spoken to by this version",
		 false},
		{"socks4", "SOCKS 4 is not spoken by this version", false},
		{"socks4a", "SOCKS 4 is not spoken by this version", false},
		{"pac+http", "a PAC file is not evaluated: name the proxy that it names", false},
		{"pac+https", "a PAC file is not evaluated: name the proxy that it names", false},
	};
	const char *colon = s->n ? memmem(s->p, s->n, "://", 3) : NULL;
	struct slice scheme;

	if (!colon)
		return true;
	scheme = slice_from_to(s->p, colon);
	*s = slice_from_to(colon + 3, s->p + s->n);
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		if (!slice_is_nocase(scheme, schemes[i].scheme))
			continue;
		u->is_socks = schemes[i].is_socks;
		*why = schemes[i].why;
		return *why == NULL;
	}
	*why = "http://HOST:PORT or socks5://HOST:PORT was expected";
	return false;
}

static void take_login(struct slice *s, struct proxy_url *u)
{
	const char *at = s->n ? memrchr(s->p, '@', s->n) : NULL;

	if (!at)
		return;
	u->login = slice_from_to(s->p, at);
	*s = slice_from_to(at + 1, s->p + s->n);
}

static bool is_host_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_';
}

static bool take_host(struct slice *s, struct proxy_url *u)
{
	struct slice host = *s;
	const char *end;

	if (s->n && s->p[0] == '[') {
		end = memchr(s->p, ']', s->n);
		if (!end || !addr_parse(slice_from_to(s->p + 1, end), &u->addr))
			return false;
		*s = slice_from_to(end + 1, s->p + s->n);
		return u->addr.family == 6;
	}
	end = s->n ? memchr(s->p, ':', s->n) : NULL;
	if (end)
		host = slice_from_to(s->p, end);
	*s = slice_skip(*s, host.n);
	if (addr_parse(host, &u->addr))
		return true;
	for (size_t i = 0; i < host.n; i++)
		if (!is_host_letter(host.p[i]))
			return false;
	if (!host.n || host.n > PROXY_NAME_MAX)
		return false;
	memcpy(u->name, host.p, host.n);
	return true;
}

bool proxy_url_parse(struct slice s, struct proxy_url *u, const char **why)
{
	struct slice authority;
	uint64_t port = 0;

	*u = (struct proxy_url){0};
	s = slice_trim(s);
	if (!take_scheme(&s, u, why))
		return false;
	slice_cut(&s, '/', &authority);
	if (s.n > 4 && strncasecmp(s.p + s.n - 4, ".pac", 4) == 0) {
		*why = "a PAC file is not evaluated: name the proxy that it names";
		return false;
	}
	take_login(&authority, u);
	*why = "HOST:PORT was expected";
	if (!take_host(&authority, u))
		return false;
	if (authority.n && (authority.p[0] != ':' ||
			    !slice_number(slice_skip(authority, 1), 65535, &port) || !port))
		return false;
	u->port = port ? (uint16_t)port : u->is_socks ? SOCKS_PORT : HTTP_PORT;
	return true;
}

/* --- exceptions ------------------------------------------------------------------------------- */

static bool has_suffix(struct slice name, struct slice domain)
{
	if (domain.n && domain.p[0] == '.')
		domain = slice_skip(domain, 1);
	if (!domain.n || name.n < domain.n ||
	    strncasecmp(name.p + name.n - domain.n, domain.p, domain.n) != 0)
		return false;
	return name.n == domain.n || name.p[name.n - domain.n - 1] == '.';
}

static bool matches(struct slice word, struct slice name, const struct addr *addr)
{
	struct prefix prefix;
	bool host_bits;

	if (slice_is(word, "*"))
		return true;
	if (prefix_parse(word, &prefix, &host_bits))
		return addr->family && prefix_has(&prefix, addr);
	return has_suffix(name, word);
}

bool no_proxy_has(struct slice list, struct slice name, const struct addr *addr)
{
	struct slice word;

	while (slice_cut(&list, ',', &word)) {
		word = slice_trim(word);
		if (word.n && matches(word, name, addr))
			return true;
	}
	return false;
}
