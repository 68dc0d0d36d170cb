/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/buf.h"
#include "cmd/command.h"
#include "cmd/far.h"
#include "sys/file.h"

enum { KEY_FILE_MAX = 512, KEY_CHARS = 44 };

bool far_parse_place(struct slice s, struct addr *at, uint16_t *port)
{
	struct slice host = s, text = SLICE_NONE;
	uint64_t number = FAR_PORT;

	if (addr_parse(s, at)) {
		*port = FAR_PORT;
		return true;
	}
	if (s.n && s.p[0] == '[') {
		const char *end = memchr(s.p, ']', s.n);

		if (!end)
			return false;
		host = slice_from_to(s.p + 1, end);
		text = slice_skip(s, host.n + 2);
		if (text.n && text.p[0] != ':')
			return false;
		text = slice_skip(text, 1);
	} else {
		slice_cut(&s, ':', &host);
		text = s;
	}
	if (!addr_parse(host, at) || (text.n && (!slice_number(text, 65535, &number) || !number)))
		return false;
	*port = (uint16_t)number;
	return true;
}

/* 32 bytes in base64 (RFC 4648 section 4); the program that uses it looks closer. */
static bool is_key(struct slice s)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	return s.n == KEY_CHARS && s.p[KEY_CHARS - 1] == '=' &&
	       strspn(s.p, letters) >= KEY_CHARS - 1;
}

int far_read_key(const char *text, struct arena *a, const char **key, struct err *err)
{
	struct buf bytes = BUF_INIT;
	struct slice s = slice_of(text);
	bool is_file = slice_has_prefix(s, "file:");
	int rc = is_file ? file_read(text + 5, KEY_FILE_MAX, &bytes, err) : 0;

	if (rc)
		return rc;
	if (is_file)
		s = slice_trim(buf_slice(&bytes));
	*key = arena_copy(a, s);
	if (!is_key(slice_of(*key)))
		rc = err_set(err, ERR_USAGE, PLACE_NONE,
			     "%s is no key: portolan keys prints one, 44 letters that end in \"=\"",
			     is_file ? text : *key);
	buf_release(&bytes);
	return rc;
}

/* "HOST=VALUE": the name is the arena's. */
static int cut_name(const char *option, const char *text, struct arena *a, const char **name,
		    const char **value, struct err *err)
{
	const char *equals = strchr(text, '=');

	if (!equals || equals == text || !equals[1])
		return err_set(err, ERR_USAGE, PLACE_NONE, "--%s wants HOST=..., not \"%.60s\"",
			       option, text);
	*name = arena_copy(a, slice_from_to(text, equals));
	*value = equals + 1;
	return 0;
}

static struct far_host *find_host(const struct far_side *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (!name || strcmp(f->hosts[i].name, name) == 0)
			return &f->hosts[i];
	return NULL;
}

static int read_place(const char *text, bool has_names, struct far_side *f, struct err *err)
{
	struct far_host *h = &f->hosts[f->n];
	const char *value = text;
	int rc = has_names ? cut_name("far", text, f->arena, &h->name, &value, err) : 0;

	if (rc)
		return rc;
	if (f->n && find_host(f, h->name))
		return err_set(err, ERR_USAGE, PLACE_NONE, "--far is given once for each host");
	if (!far_parse_place(slice_of(value), &h->at, &h->port))
		return err_set(err, ERR_USAGE, PLACE_NONE,
			       "--far wants %sADDRESS[:PORT], where portolan listen --control is, "
			       "not \"%.60s\"",
			       has_names ? "HOST=" : "", text);
	f->n++;
	return 0;
}

static int read_key_of(const char *text, bool has_names, struct far_side *f, struct err *err)
{
	const char *name = NULL, *value = text;
	struct far_host *h;
	int rc = has_names ? cut_name("far-key", text, f->arena, &name, &value, err) : 0;

	if (rc)
		return rc;
	h = find_host(f, name);
	if (!h)
		return err_set(err, ERR_USAGE, PLACE_NONE,
			       "--far-key goes with --far%s%.60s: where that host is asked",
			       name ? " of " : "", name ? name : "");
	return far_read_key(value, f->arena, &h->key, err);
}

int far_read_options(const struct arguments *args, bool has_names, struct far_side *f,
		     struct err *err)
{
	size_t n = args_count(args, "far");
	int rc = 0;

	f->hosts = ARENA_ARRAY(f->arena, struct far_host, n);
	for (size_t i = 0; i < n && !rc; i++)
		rc = read_place(args_nth(args, "far", i), has_names, f, err);
	for (size_t i = 0; i < args_count(args, "far-key") && !rc; i++)
		rc = read_key_of(args_nth(args, "far-key", i), has_names, f, err);
	for (size_t i = 0; i < f->n && !rc; i++)
		if (!f->hosts[i].key)
			rc = err_set(err, ERR_USAGE, PLACE_NONE,
				     "--far%s%s wants its key: --far-key %sKEY, as portolan keys "
				     "prints it there",
				     has_names ? " " : "", has_names ? f->hosts[i].name : "",
				     has_names ? "HOST=" : "");
	return rc;
}
