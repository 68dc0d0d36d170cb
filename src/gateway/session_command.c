/* SPDX-License-Identifier: ISC
 *
 * What the client says: what of it is passed on, and when.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "gateway/session_int.h"

/* --- what is not passed on -------------------------------------------------------------------- */

static bool is_in(const char *const *list, size_t n, struct slice line)
{
	for (size_t i = 0; i < n; i++)
		if (gate_has_words(list[i], line))
			return true;
	return false;
}

/* Of SITE what ordinary clients need; the rest is each server's own, and mostly power. */
static bool is_plain_site(struct slice line)
{
	static const char *const plain[] = {"SITE CHMOD", "SITE HELP", "SITE UMASK", "SITE UTIME"};

	return is_in(plain, sizeof(plain) / sizeof(plain[0]), line);
}

static const char *refused_by_rule(const struct session *s, const struct verb_info *info)
{
	unsigned may = s->rule ? s->rule->may : 0;

	if (info->bits & CMD_READS && !(may & CMD_READS))
		return "550 Reading is not allowed here";
	if (info->bits & CMD_ADDS && !(may & CMD_ADDS))
		return "550 Writing is not allowed here";
	if (info->bits & CMD_CHANGES && !(may & CMD_CHANGES))
		return "550 Changing what is there is not allowed here";
	return NULL;
}

/* Modes and structures in which a data connection outlives its file, or marks its end inside. */
static const char *refused_form(const struct ftp_command *c)
{
	if (c->info->verb == VERB_MODE && !slice_is_nocase(c->arg, "S") &&
	    !slice_is_nocase(c->arg, "Z"))
		return "504 Stream mode only";
	if (c->info->verb == VERB_STRU && !slice_is_nocase(c->arg, "F"))
		return "504 File structure only";
	return NULL;
}

/* The reply; NULL: it may go on. */
static const char *refusal(struct session *s, const struct ftp_command *c, struct slice line)
{
	const struct gate_config *config = s->config;
	bool is_allowed = is_in(config->allowed.items, config->allowed.n, line);

	if (!c->info && !is_allowed)
		return "502 Not carried by this gateway";
	if (!c->info)
		return s->stage == STAGE_IN ? NULL : "530 Log in first";
	if (is_in(config->denied.items, config->denied.n, line))
		return "550 Not allowed here";
	if (s->stage != STAGE_IN && !(c->info->bits & CMD_EARLY))
		return "530 Log in first";
	if (s->stage == STAGE_IN && refused_by_rule(s, c->info))
		return refused_by_rule(s, c->info);
	if (c->info->verb == VERB_SITE && !is_allowed && !is_plain_site(line))
		return "550 Not allowed here";
	return refused_form(c);
}

bool session_carries(const struct session *s, const struct verb_info *info)
{
	const struct gate_config *config = s->config;

	if (info->verb == VERB_AUTH)
		return config->tls != GATE_TLS_DENY;
	if (info->verb == VERB_HOST && config->placement == PLACEMENT_EXPLICIT)
		return false;
	return !is_in(config->denied.items, config->denied.n, slice_of(info->name)) &&
	       (s->stage != STAGE_IN || !refused_by_rule(s, info));
}

/* --- who, and to which server ----------------------------------------------------------------- */

static char *copy(struct slice s)
{
	char *text = mem_new(s.n + 1, 1);

	memcpy(text, s.p, s.n);
	return text;
}

/* "user@host": where the last @ is; the whole without one. */
static size_t user_end(struct slice login)
{
	for (size_t i = login.n; i-- > 0;)
		if (login.p[i] == '@')
			return i;
	return login.n;
}

/* "host", "host:port", "[2001:db8::1]:port", "2001:db8::1". */
static bool read_host(struct slice s, struct slice *host, uint16_t *port)
{
	struct addr a;
	struct slice rest;
	uint64_t v = 21;

	*host = s;
	*port = 21;
	if (addr_parse(s, &a))
		return true;
	if (s.n && s.p[0] == '[') {
		rest = slice_skip(s, 1);
		if (!memchr(rest.p, ']', rest.n) || !slice_cut(&rest, ']', host) ||
		    !addr_parse(*host, &a) || (rest.n && rest.p[0] != ':'))
			return false;
		rest = slice_skip(rest, 1);
	} else {
		rest = s;
		slice_cut(&rest, ':', host);
	}
	if (rest.n && (!slice_number(rest, 65535, &v) || !v))
		return false;
	*port = (uint16_t)v;
	return host->n > 0;
}

static void set_user(struct session *s, struct slice login, size_t end)
{
	free(s->login);
	free(s->user);
	s->login = copy(login);
	s->user = copy((struct slice){login.p, end});
}

void session_say_user(struct session *s)
{
	/* The next gateway finds the server by the same words. */
	const char *words = s->rule && s->rule->next_port ? s->login : s->user;

	buf_add_text(&s->to_server, "USER ");
	telnet_put(slice_of(words), &s->to_server);
	buf_add_text(&s->to_server, "\r\n");
	session_expect(s, OF_CLIENT, verb_find(SLICE("USER")));
}

static void hello_user(struct session *s, struct slice login)
{
	size_t end = user_end(login);
	struct slice host;
	uint16_t port;

	if (end == login.n || !end) {
		session_say(s, "530 To which server? Log in as user@host");
		return;
	}
	if (login.n > USER_MAX || !read_host(slice_skip(login, end + 1), &host, &port)) {
		session_say(s, "501 Log in as user@host, user@host:port or user@[2001:db8::1]");
		return;
	}
	set_user(s, login, end);
	s->user_said = true;
	s->stage = STAGE_DIALLING;
	s->ops->dial(s, (struct slice){s->login + (host.p - login.p), host.n}, port);
}

/* Once more after a login that failed: to the same server, or to one that was never named. */
static bool is_same_server(const struct session *s, struct slice login, size_t end)
{
	struct slice before = slice_of(s->login);

	return end < login.n &&
	       slice_equal(slice_skip(login, end), slice_skip(before, user_end(before)));
}

static void user(struct session *s, const struct ftp_command *c)
{
	bool is_explicit = s->config->placement == PLACEMENT_EXPLICIT;
	struct slice login = c->arg, said;
	size_t end = is_explicit ? user_end(login) : login.n;

	if (s->config->tls == GATE_TLS_REQUIRE) {
		session_say(s, "530 AUTH TLS first: passwords do not go in clear text here");
		return;
	}
	if (login.n > USER_MAX || (end < login.n && !is_same_server(s, login, end))) {
		session_say(s, "503 This conversation has its server: QUIT first");
		return;
	}
	said = (struct slice){login.p, end};
	s->rule = gate_rule_for(s->config, &s->client, &s->server, s->server_port, said);
	if (!s->rule) {
		session_note(s, NOTE_REFUSED, "user %.*s", (int)said.n, said.p);
		session_say(s, "530 Not allowed here");
		return;
	}
	if (end < login.n || !is_explicit) {
		set_user(s, login, end);
	} else { /* the same server, told without its name */
		free(s->user);
		s->user = copy(said);
	}
	s->user_said = true;
	session_say_user(s);
}

/* --- what the gateway answers itself ---------------------------------------------------------- */

static void hello(struct session *s, const struct ftp_command *c)
{
	switch (c->info->verb) {
	case VERB_USER:
		hello_user(s, c->arg);
		break;
	case VERB_QUIT:
		session_end(s, "221 Goodbye");
		break;
	case VERB_NOOP:
		session_say(s, "200 Yes");
		break;
	default:
		session_say(s, "530 To which server? Log in as user@host");
	}
}

static void auth(struct session *s, const struct ftp_command *c, struct slice line)
{
	if (s->config->tls == GATE_TLS_DENY || s->stage == STAGE_HELLO) {
		session_note(s, NOTE_REFUSED, "AUTH %.*s", (int)c->arg.n, c->arg.p);
		session_say(s, "534 No TLS here: the gateway has to read the conversation");
		return;
	}
	session_pass_on(s, c, line);
}

/* The transfer that ABOR means is not with the server yet. */
static bool abort_waiting(struct session *s)
{
	if (!s->data.pending.n)
		return false;
	session_data_forget(s, true);
	session_say(s, "426 Aborted");
	session_say(s, "226 Aborted before it began");
	return true;
}

static void obey(struct session *s, const struct ftp_command *c, struct slice line)
{
	enum verb verb = c->info ? c->info->verb : VERB_OTHER;

	if (verb == VERB_AUTH)
		auth(s, c, line);
	else if (s->stage == STAGE_HELLO)
		hello(s, c);
	else if (verb == VERB_USER)
		user(s, c);
	else if (verb == VERB_HOST && s->user_said)
		session_say(s, "503 HOST comes before USER");
	else if (c->info && c->info->bits & CMD_OURS)
		session_data_command(s, c);
	else if (c->info && c->info->bits & CMD_TRANSFER)
		session_transfer_command(s, line);
	else if (verb != VERB_ABOR || !abort_waiting(s))
		session_pass_on(s, c, line);
}

void session_pass_on(struct session *s, const struct ftp_command *c, struct slice line)
{
	static const struct verb_info other = {"", VERB_OTHER, 0};
	bool is_secret = c->info && c->info->bits & CMD_SECRET;

	session_note(s, NOTE_COMMAND, "%.*s%s", is_secret ? (int)c->word.n : (int)line.n,
		     is_secret ? c->word.p : line.p, is_secret ? " ..." : "");
	telnet_put(line, &s->to_server);
	buf_add_text(&s->to_server, "\r\n");
	if (c->info && c->info->verb == VERB_TYPE)
		s->type_asked = c->arg.n ? (char)toupper((unsigned char)c->arg.p[0]) : '\0';
	session_expect(s, OF_CLIENT, c->info ? c->info : &other);
}

/* --- a line at a time ------------------------------------------------------------------------- */

static void take(struct session *s, struct slice line)
{
	struct ftp_command c;
	enum ftp_command_result result = ftp_command_parse(line, &c);
	const char *why;

	if (result == COMMAND_EMPTY) {
		session_say(s, "500 Say something");
		return;
	}
	if (result == COMMAND_BAD) {
		session_say(s, "501 No NUL, CR or LF inside of a line");
		return;
	}
	if (!s->user_said && !c.info && ftp_command_is_foreign(c.word)) {
		session_violation(s, "the client speaks another protocol");
		return;
	}
	why = refusal(s, &c, line);
	if (why && (s->stage != STAGE_HELLO || !c.info)) {
		session_note(s, NOTE_REFUSED, "%.*s: %s", (int)c.word.n, c.word.p, why);
		session_say(s, "%s", why);
		return;
	}
	obey(s, &c, line);
}

/* The next line without its end; false: it has not ended. *n: bytes with the end. */
static bool next_line(const struct session *s, struct slice *line, size_t *n)
{
	const char *end = s->heard.n ? memchr(s->heard.data, '\n', s->heard.n) : NULL;

	if (!end)
		return false;
	*line = slice_from_to(s->heard.data, end);
	*n = line->n + 1;
	if (line->n && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}

/* May this one be sent while others are under way? RFC 959 section 4.1.3. */
static bool may_overtake(struct session *s, struct slice line)
{
	struct ftp_command c;

	if (session_find_expected(s, VERB_ABOR))
		return s->n_expected == 1;
	if ((!session_transfer(s) && !s->data.pending.n) || s->n_expected > 1 ||
	    ftp_command_parse(line, &c) != COMMAND_OK || !c.info)
		return false;
	return c.info->verb == VERB_ABOR || (c.info->verb == VERB_STAT && session_transfer(s));
}

static bool may_take(struct session *s, struct slice line)
{
	if (s->stage == STAGE_DIALLING)
		return false;
	if (!s->n_expected && !s->data.pending.n && s->data.state != DATA_ASKING)
		return true;
	return may_overtake(s, line);
}

/* What is too long is thrown away up to its end, and then refused. */
static void skip_long(struct session *s)
{
	if (s->heard.n >= COMMAND_MAX) {
		s->too_long = true;
		buf_clear(&s->heard);
	}
	if (s->client_gone && !s->n_expected)
		session_end(s, NULL);
}

bool session_take_command(struct session *s)
{
	struct slice line;
	size_t n;

	if (!next_line(s, &line, &n)) {
		skip_long(s);
		return false;
	}
	if (!may_take(s, line))
		return false;
	if (s->too_long || n > COMMAND_MAX)
		session_say(s, "500 At most %d bytes a line", COMMAND_MAX);
	else
		take(s, line);
	s->too_long = false;
	if (s->heard.n) /* AUTH may have thrown it away */
		session_drop_front(&s->heard, n);
	return true;
}
