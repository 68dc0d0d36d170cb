/* SPDX-License-Identifier: ISC */
#include "gateway/session.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/mem.h"
#include "gateway/session_int.h"

enum {
	HEARD_MAX = 2 * COMMAND_MAX,
	TOLD_MAX = 2 * REPLY_LINE_MAX,
	UNSENT_MAX = 16384, /* of what waits to be sent: then nothing more is read */
};

void session_say(struct session *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_addfv(&s->to_client, fmt, ap);
	va_end(ap);
	buf_add_text(&s->to_client, "\r\n");
}

void session_note(struct session *s, enum note what, const char *fmt, ...)
{
	struct buf detail = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_addfv(&detail, fmt, ap);
	va_end(ap);
	s->ops->note(s, what, buf_slice(&detail));
	buf_release(&detail);
}

void session_end(struct session *s, const char *reply)
{
	if (s->stage == STAGE_ENDING)
		return;
	session_data_forget(s, true);
	if (reply && s->stage != STAGE_BLIND)
		session_say(s, "%s", reply);
	s->stage = STAGE_ENDING;
}

void session_violation(struct session *s, const char *what)
{
	session_note(s, NOTE_VIOLATION, "%s", what);
	session_end(s, "421 This conversation cannot go on");
}

void session_expect(struct session *s, enum asker asker, const struct verb_info *info)
{
	if (s->n_expected == EXPECTED_MAX)
		BUG("too many commands under way");
	if (!s->n_expected)
		s->stale = s->told.n - s->attended;
	s->expected[s->n_expected++] = (struct expected){.asker = asker, .info = info};
}

struct expected *session_find_expected(struct session *s, enum verb verb)
{
	for (size_t i = 0; i < s->n_expected; i++)
		if (s->expected[i].info && s->expected[i].info->verb == verb)
			return &s->expected[i];
	return NULL;
}

struct expected *session_transfer(struct session *s)
{
	for (size_t i = 0; i < s->n_expected; i++)
		if (s->expected[i].info && s->expected[i].info->bits & CMD_TRANSFER)
			return &s->expected[i];
	return NULL;
}

/* An empty buffer keeps no memory: most sessions idle. */
static void tidy(struct buf *b)
{
	if (!b->n && b->room)
		buf_release(b);
}

void session_drop_front(struct buf *b, size_t n)
{
	memmove(b->data, b->data + n, b->n - n);
	buf_truncate(b, b->n - n);
}

/* What is ordered below may call back at once; then this goes on, not a second one. */
static void run(struct session *s)
{
	if (s->running)
		return;
	s->running = true;
	while (s->stage != STAGE_ENDING && s->stage != STAGE_BLIND && s->to_client.n < UNSENT_MAX &&
	       s->to_server.n < UNSENT_MAX && (session_take_reply(s) || session_take_command(s)))
		;
	s->running = false;
	tidy(&s->heard);
	tidy(&s->told);
}

void session_start(struct session *s)
{
	s->answering = EXPECTED_MAX;
	s->server_telnet.is_raw = true;
	s->heard = s->told = s->to_client = s->to_server = s->data.pending = BUF_INIT;
	if (s->config->placement != PLACEMENT_EXPLICIT) {
		s->stage = STAGE_DIALLING;
		return;
	}
	s->stage = STAGE_HELLO;
	session_say(s, "220 %s: FTP gateway, log in as user@host", s->config->name);
}

void session_free(struct session *s)
{
	buf_release(&s->heard);
	buf_release(&s->told);
	buf_release(&s->to_client);
	buf_release(&s->to_server);
	buf_release(&s->data.pending);
	free(s->login);
	free(s->user);
}

bool session_wants(const struct session *s, enum side side)
{
	if (s->stage == STAGE_ENDING || s->to_client.n >= UNSENT_MAX ||
	    s->to_server.n >= UNSENT_MAX)
		return false;
	return side == SIDE_CLIENT ? s->heard.n < HEARD_MAX : s->told.n < TOLD_MAX;
}

void session_heard(struct session *s, struct slice bytes)
{
	if (s->stage == STAGE_BLIND)
		buf_add_slice(&s->to_server, bytes);
	else
		telnet_read(&s->telnet, bytes, &s->heard);
	run(s);
}

void session_told(struct session *s, struct slice bytes)
{
	if (s->stage == STAGE_BLIND)
		buf_add_slice(&s->to_client, bytes);
	else
		telnet_read(&s->server_telnet, bytes, &s->told);
	run(s);
}

/* A line that is complete, or a farewell under way, is still attended to. */
void session_client_gone(struct session *s)
{
	s->client_gone = true;
	run(s);
	if ((s->heard.n && memchr(s->heard.data, '\n', s->heard.n)) ||
	    session_find_expected(s, VERB_QUIT))
		return;
	session_end(s, NULL);
}

void session_server_gone(struct session *s)
{
	run(s);
	session_end(s, "421 The server has closed the conversation");
}

void session_dialled(struct session *s)
{
	s->stage = STAGE_LOGIN;
	session_expect(s, OF_GREETING, NULL);
	run(s);
}

void session_not_dialled(struct session *s, const char *reply)
{
	bool may_try_again = s->config->placement == PLACEMENT_EXPLICIT;

	if (!may_try_again) {
		session_end(s, reply);
		return;
	}
	s->stage = STAGE_HELLO;
	session_say(s, "%s", reply);
	run(s);
}

unsigned session_patience(const struct session *s)
{
	const struct gate_limits *l = &s->config->limits;

	switch (s->stage) {
	case STAGE_HELLO:
	case STAGE_DIALLING:
	case STAGE_LOGIN:
		return l->login;
	case STAGE_BLIND:
	case STAGE_ENDING:
		return l->idle;
	case STAGE_IN:
		break;
	}
	if (s->data.state == DATA_RUNNING && session_data_is_whole(s) && !s->data.broken)
		return 0;
	return s->data.state == DATA_NONE ? l->idle : l->data;
}

void session_expired(struct session *s)
{
	bool waits_for_data = s->stage == STAGE_IN && !s->data.broken &&
			      (s->data.state == DATA_RUNNING || s->data.state == DATA_DIALLING);

	if (waits_for_data) {
		session_data_failed(s, s->data.up[SIDE_SERVER] ? SIDE_CLIENT : SIDE_SERVER,
				    "nobody came in time");
		return;
	}
	if (s->stage == STAGE_IN && s->data.state == DATA_AGREED) { /* nobody made use of it */
		session_data_forget(s, true);
		return;
	}
	session_note(s, NOTE_FAILED, "nothing happened in time");
	session_end(s, "421 Nothing happened in time");
}

/* --- what only these know how to run on after ------------------------------------------------- */

void session_data_up(struct session *s, enum side side)
{
	s->data.up[side] = true;
	session_data_go_on(s, side);
	run(s);
}

void session_data_failed(struct session *s, enum side side, const char *why)
{
	session_data_give_up(s, side, why);
	run(s);
}

void session_data_broken(struct session *s)
{
	if (s->data.state == DATA_RUNNING && !s->data.broken)
		s->data.broken = 426;
}
