/* SPDX-License-Identifier: ISC */
#include "cmd/login.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "cmd/command.h"
#include "model/proxy_url.h"
#include "sys/file.h"

enum { LOGIN_MAX = 512 };

static unsigned hex_of(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}

/* RFC 3986 section 2.1. */
static const char *without_escapes(struct arena *a, struct slice s)
{
	struct buf out = BUF_INIT;
	const char *kept;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%' && i + 2 < s.n && hex_of(s.p[i + 1]) < 16 &&
		    hex_of(s.p[i + 2]) < 16) {
			buf_add_char(&out, (char)(hex_of(s.p[i + 1]) << 4 | hex_of(s.p[i + 2])));
			i += 2;
		} else {
			buf_add_char(&out, s.p[i]);
		}
	}
	kept = arena_copy(a, buf_slice(&out));
	buf_release(&out);
	return kept;
}

static const char *login_of_url(struct arena *a, const char *url)
{
	struct proxy_url u;
	const char *why;

	if (!url || !proxy_url_parse(slice_of(url), &u, &why) || !u.login.p)
		return NULL;
	return without_escapes(a, u.login);
}

static bool has_hidden_part(struct slice path)
{
	struct slice part;

	while (slice_cut(&path, '/', &part))
		if (slice_has_prefix(part, "."))
			return true;
	return false;
}

/* $XDG_CONFIG_HOME/portolan, else ~/.config/portolan. */
static bool is_in_own_folder(const char *path)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	struct buf folder = BUF_INIT;
	struct slice rest = slice_of(path);
	bool is_own;

	if (config && *config)
		buf_addf(&folder, "%s/portolan/", config);
	else if (home && *home)
		buf_addf(&folder, "%s/.config/portolan/", home);
	is_own = folder.n && slice_has_prefix(rest, folder.data) &&
		 !has_hidden_part(slice_skip(rest, folder.n));
	buf_release(&folder);
	return is_own;
}

/* A site file may be somebody else's: it must not have any file of this user's sent to a proxy. */
static bool may_hold_login(const char *path)
{
	return path[0] == '/' ? is_in_own_folder(path) : !has_hidden_part(slice_of(path));
}

/* The value, or NULL and why not. */
static const char *look_up(struct arena *a, const char *reference, const char **why)
{
	struct buf bytes = BUF_INIT;
	const char *value = NULL;
	struct err err;

	*why = "is not set";
	if (slice_has_prefix(slice_of(reference), "env:"))
		return getenv(reference + 4);
	if (slice_has_prefix(slice_of(reference), "url:"))
		return login_of_url(a, getenv(reference + 4));
	*why = "is not below this folder or ~/.config/portolan, or is hidden";
	if (slice_has_prefix(slice_of(reference), "file:") && !may_hold_login(reference + 5))
		return NULL;
	*why = "cannot be read";
	if (slice_has_prefix(slice_of(reference), "file:") &&
	    file_read(reference + 5, LOGIN_MAX, &bytes, &err) == 0)
		value = arena_copy(a, slice_trim(buf_slice(&bytes)));
	buf_release(&bytes);
	return value;
}

static bool is_login(const char *value)
{
	for (const char *c = value; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return false;
	return strchr(value, ':') && strlen(value) < LOGIN_MAX;
}

static void tell(const char *reference, const char *why)
{
	struct err e;

	(void)err_set(&e, ERR_SYSTEM, PLACE_NONE, "the proxy's login %s %s: it is asked without",
		      reference, why);
	(void)command_failed(&e);
}

static void split(const char *value, struct arena *a, const char **user, const char **password)
{
	struct slice rest = slice_of(value), head;

	slice_cut(&rest, ':', &head);
	*user = arena_copy(a, head);
	*password = arena_copy(a, rest);
}

void login_find(void *ctx, const struct proxy *p, const char **user, const char **password)
{
	struct logins *l = ctx;
	const char *reference = p->credentials.s, *why, *value;

	if (!reference)
		return;
	value = look_up(l->arena, reference, &why);
	if (value && !is_login(value)) {
		why = "is no USER:PASSWORD";
		value = NULL;
	}
	if (!value) {
		if (!l->told || strcmp(l->told, reference) != 0)
			tell(reference, why);
		l->told = reference;
		return;
	}
	split(value, l->arena, user, password);
}

int login_of(const char *reference, struct arena *a, const char **user, const char **password,
	     struct err *err)
{
	const char *why = "is no env:NAME or file:PATH", *value = look_up(a, reference, &why);

	if (value && !is_login(value)) {
		why = "is no USER:PASSWORD";
		value = NULL;
	}
	if (!value)
		return err_set(err, ERR_USAGE, PLACE_NONE, "the login %s %s", reference, why);
	split(value, a, user, password);
	return 0;
}
