/* SPDX-License-Identifier: ISC
 *
 * The conversation, a step after the other, each with a time of its own. What it needs beside the
 * connection is got when somebody answered, so that probes that nobody answers stay small.
 *
 * The data connection goes to the address that was dialled, whatever address the server announces:
 * an announced one could aim us anywhere (RFC 2577 section 3), and is only told.
 */
#include "probe/method_ftp.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "base/mem.h"
#include "probe/dial.h"
#include "probe/engine.h"
#include "probe/ftp_data.h"
#include "proto/ftp_reply.h"

enum {
	REPLY_MS = 6000,    /* for each reply: a slow resolver at the server's costs seconds */
	FAREWELL_MS = 500,  /* for the reply to QUIT */
	TEXT_SHOWN = 80,    /* bytes of a reply */
	HEARD_MAX = 1 << 16 /* bytes in one step: a greeting may be long, and has an end */
};

enum step {
	STEP_GREETING,
	STEP_USER,
	STEP_PASS,
	STEP_EPSV,
	STEP_PASV,
	STEP_PORT,
	STEP_LIST, /* active: the server opens the connection for the listing */
	STEP_DATA, /* passive: our connection is under way, and nothing is asked meanwhile */
	STEP_FAREWELL,
};

struct conversation {
	enum step step;
	bool is_logged_in;
	struct ftp_data data;  /* its `seen` becomes the sighting of the whole */
	struct addr announced; /* by PASV, where it is not what was dialled; else family 0 */
	char words[OUTCOME_EVIDENCE_MAX];
	char refusal[TEXT_SHOWN + 8]; /* of the login, where it is one: the reply with its code */
	unsigned begun;		      /* of a reply: see ftp_reply_read() */
	size_t heard;		      /* in this step */
	size_t n;
	char unread[FTP_LINE_MAX];
};

/* For what is said of a conversation that fails: a server greets whoever comes. */
static const struct proto ftp = {
	.name = "ftp", .transport = TRANSPORT_TCP, .answers = PROTO_ALWAYS};

struct ftp {
	struct dial dial; /* first: the address is the same */
	struct timer timer;
	struct conversation *c; /* owned */
};

static struct ftp *ftp_of(struct probe *p)
{
	return (struct ftp *)p->state;
}

static const struct task *task_of(const struct ftp *f)
{
	return probe_task(f->dial.probe);
}

static bool is_mode(const struct task *t, const char *mode)
{
	return strcmp(t->mode, mode) == 0;
}

/* The server opens the data connection, to a port that we named or to the conversation's own. */
static bool is_active(const struct task *t)
{
	return !is_mode(t, "passive");
}

static bool is_without_port(const struct task *t)
{
	return is_mode(t, "active-without-port");
}

/* --- the end; what returns a bool returns true where the probe is over ------------------------ */

static void close_all(struct ftp *f)
{
	if (f->c)
		ftp_data_stop(&f->c->data);
	dial_stop(&f->dial);
	timer_stop(probe_loop(f->dial.probe), &f->timer);
}

static void cancel(struct probe *p)
{
	struct ftp *f = ftp_of(p);

	close_all(f);
	free(f->c);
	f->c = NULL;
}

static bool end(struct ftp *f)
{
	struct conversation *c = f->c;

	close_all(f);
	f->c = NULL; /* the state is gone after probe_finish() */
	c->data.seen.words = c->words;
	probe_finish(f->dial.probe, &c->data.seen);
	free(c);
	return true;
}

static void start_timer(struct ftp *f, int64_t ms)
{
	struct loop *l = probe_loop(f->dial.probe);

	timer_start(l, &f->timer, mono_add_ms(loop_now(l), ms));
}

/* A connection that does not take one short line is as good as gone: the reply that never comes
 * ends it. */
static bool say(struct ftp *f, enum step step, const char *line)
{
	struct loop *l = probe_loop(f->dial.probe);

	f->c->step = step;
	f->c->heard = 0;
	start_timer(f, step == STEP_FAREWELL ? FAREWELL_MS : REPLY_MS);
	l->ops->send(l, dial_sock(&f->dial), line, strlen(line));
	return false;
}

/* What is known is known; the server gets its QUIT, and a moment to answer. */
static bool part(struct ftp *f, enum saw saw)
{
	f->c->data.seen.saw = saw;
	ftp_data_stop(&f->c->data);
	if (!dial_sock(&f->dial)->is_open)
		return end(f);
	return say(f, STEP_FAREWELL, "QUIT\r\n");
}

/* Whether the server's own conduct rules out a data connection, or only what it may want of us
 * first: some end the conversation with those they do not know. */
static enum saw saw_of_end(const struct conversation *c, enum saw saw)
{
	return c->step == STEP_GREETING || c->is_logged_in ? saw : SAW_NOT_ASKED;
}

/* The data connection's fate is sealed before there is one: by `saw`, of the conversation. */
static void foretell(struct ftp *f, enum saw saw)
{
	struct sighting *seen = &f->c->data.seen;

	seen->proto = &ftp;
	seen->is_foretold = saw != SAW_NOT_ASKED;
	seen->peer_closed = true;
	seen->port = 0; /* it is the conversation's port that answered */
	seen->unacked = -1;
	seen->waited_ms = REPLY_MS;
	seen->saw = saw;
}

/* Nothing more is to be said to it. */
static bool break_off(struct ftp *f, enum saw saw)
{
	foretell(f, saw);
	return end(f);
}

PRINTF(2, 3) static void set_words(struct ftp *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->c->words, sizeof(f->c->words), fmt, ap);
	va_end(ap);
}

static int shown(const struct ftp_reply *r)
{
	return (int)(r->text.n < TEXT_SHOWN ? r->text.n : TEXT_SHOWN);
}

/* `what` and the server's own words. */
static void quote(struct ftp *f, const char *what, const struct ftp_reply *r)
{
	set_words(f, "%s: %u %.*s", what, r->code, shown(r), r->text.p);
}

/* Without a login it is the refusal of the login that says why; what is said of the commands that
 * follow need not even mention it. */
static bool not_negotiated(struct ftp *f, const char *what, const struct ftp_reply *r)
{
	const struct conversation *c = f->c;

	if (c->is_logged_in)
		quote(f, what, r);
	else
		set_words(f, "%s without a login: %s", what, c->refusal);
	return part(f, SAW_NOT_ASKED);
}

/* --- the data connection ---------------------------------------------------------------------- */

static void set_words_opened(struct ftp *f)
{
	const struct conversation *c = f->c;
	char text[ADDR_TEXT_MAX];

	if (is_active(task_of(f)))
		set_words(f, "the server opened its data connection to our port %u",
			  c->data.seen.port);
	else if (c->announced.family)
		set_words(f,
			  "the data connection to port %u opened; the server announces another "
			  "address, %s",
			  c->data.seen.port, addr_text(&c->announced, text));
	else
		set_words(f, "the data connection to port %u opened", c->data.seen.port);
}

static void data_ended(struct ftp_data *d, enum saw saw)
{
	struct ftp *f = ftp_of(d->probe);

	if (saw == SAW_NEGOTIATED)
		set_words_opened(f);
	else if (saw == SAW_REFUSAL)
		set_words(f,
			  "a reset came from port %u, which the server has just named: its "
			  "firewall, one on the way, or the server itself",
			  d->seen.port);
	else if (saw == SAW_NOTHING)
		set_words(f, "the data connection to port %u got no answer in %u ms", d->seen.port,
			  d->seen.waited_ms);
	part(f, saw);
}

/* The server is not trusted to aim us anywhere but where the plan opens the way. From now on it is
 * the time of the data connection that counts. */
static bool start_data(struct ftp *f)
{
	const struct port_range planned = task_of(f)->ports;
	const uint16_t port = f->c->data.seen.port;

	if (planned.lo && (port < planned.lo || port > planned.hi)) {
		set_words(f,
			  "the server names port %u for its data connection, outside the planned "
			  "%u-%u: its configuration or the site's data_ports must change",
			  port, planned.lo, planned.hi);
		return part(f, SAW_NOT_ASKED);
	}
	f->c->step = STEP_DATA;
	timer_stop(probe_loop(f->dial.probe), &f->timer);
	ftp_data_dial(&f->c->data); /* it is open, so if it ends at once there is a farewell */
	return false;
}

/* Not NLST: where there is nothing to list some servers refuse it, and open no connection. */
static bool ask_for_list(struct ftp *f)
{
	f->c->data.asked = loop_now(probe_loop(f->dial.probe));
	return say(f, STEP_LIST, "LIST\r\n");
}

/* Waits on a port of ours, and tells the server which; the conversation's own is known to it
 * already (RFC 959 section 3.2). */
static bool offer_port(struct ftp *f)
{
	struct ftp_data *d = &f->c->data;
	const uint16_t own = f->dial.source_port;
	struct port_range range = task_of(f)->ports;
	struct buf line = BUF_INIT;

	if (is_without_port(task_of(f)))
		range = (struct port_range){own, own};
	else if (range.lo <= 1024 && range.hi == 65535)
		range = (struct port_range){0, 0}; /* all that there is */
	if (!ftp_data_wait(d, &f->dial.seen.source, range))
		return part(f, SAW_LOCAL_ERROR);
	if (is_without_port(task_of(f)))
		return ask_for_list(f);
	ftp_format_port(&f->dial.seen.source, d->seen.port, &line);
	say(f, STEP_PORT, line.data);
	buf_release(&line);
	return false;
}

/* --- the conversation ------------------------------------------------------------------------- */

static bool start_negotiating(struct ftp *f)
{
	return is_active(task_of(f)) ? offer_port(f) : say(f, STEP_EPSV, "EPSV\r\n");
}

/* An explicit gateway is told where to go on in the user's name. */
static bool took_greeting(struct ftp *f, const struct ftp_reply *r)
{
	const char *server = task_of(f)->what;
	struct buf line = BUF_INIT;

	if (r->code != 220) {
		quote(f, "the server goes no further than its greeting", r);
		foretell(f, SAW_OPEN);
		return part(f, SAW_OPEN);
	}
	buf_addf(&line, "USER %s%s%s\r\n", task_of(f)->user ? task_of(f)->user : "anonymous",
		 server ? "@" : "", server ? server : "");
	say(f, STEP_USER, line.data);
	buf_release(&line);
	return false;
}

/* Some servers negotiate without a login, too. */
static bool took_login(struct ftp *f, const struct ftp_reply *r, bool is_logged_in)
{
	struct conversation *c = f->c;

	c->is_logged_in = is_logged_in;
	snprintf(c->refusal, sizeof(c->refusal), "%u %.*s", r->code, shown(r), r->text.p);
	return start_negotiating(f);
}

static bool took_user(struct ftp *f, const struct ftp_reply *r)
{
	const char *password = task_of(f)->password;
	struct buf line = BUF_INIT;

	if (r->code != 331)
		return took_login(f, r, r->code == 230);
	buf_addf(&line, "PASS %s\r\n", password ? password : "portolan@");
	say(f, STEP_PASS, line.data);
	buf_release(&line);
	return false;
}

static bool took_pass(struct ftp *f, const struct ftp_reply *r)
{
	return took_login(f, r, r->code == 230 || r->code == 202);
}

static bool took_pasv(struct ftp *f, const struct ftp_reply *r)
{
	struct conversation *c = f->c;

	if (r->code != 227 || !ftp_reply_pasv(r, &c->announced, &c->data.seen.port))
		return not_negotiated(f, "no passive data connection", r);
	if (addr_equal(&c->announced, &f->dial.to))
		c->announced.family = 0;
	return start_data(f);
}

/* PASV knows nothing of IPv6. A server that answers 4yz knows EPSV, and cannot do it now: that is
 * what is to be told, not what it makes of PASV (RFC 959 section 4.2). */
static bool took_epsv(struct ftp *f, const struct ftp_reply *r)
{
	if (r->code == 229 && ftp_reply_epsv(r, &f->c->data.seen.port))
		return start_data(f);
	if (f->dial.to.family == 4 && r->code / 100 != 4)
		return say(f, STEP_PASV, "PASV\r\n");
	return not_negotiated(f, "no passive data connection", r);
}

static bool took_port(struct ftp *f, const struct ftp_reply *r)
{
	return r->code == 200 ? ask_for_list(f)
			      : not_negotiated(f, "the server takes no port of ours", r);
}

/* 150 and the connection come in any order. By 425 a server that was given a port says that it
 * could not connect to it; one that was given none may want one. */
static bool took_list(struct ftp *f, const struct ftp_reply *r)
{
	if (r->code < 400)
		return false;
	if (r->code != 425 || is_without_port(task_of(f)))
		return not_negotiated(f, "the server opens no data connection", r);
	quote(f, "the server could not open its data connection", r);
	return part(f, SAW_UNOPENED);
}

/* The listing's own reply may come first. */
static bool took_farewell(struct ftp *f, const struct ftp_reply *r)
{
	return (r->code == 221 || r->code == 421 || r->code >= 500) && end(f);
}

static bool took_reply(struct ftp *f, const struct ftp_reply *r)
{
	static bool (*const took[])(struct ftp *, const struct ftp_reply *) = {
		[STEP_GREETING] = took_greeting, [STEP_USER] = took_user,
		[STEP_PASS] = took_pass,	 [STEP_EPSV] = took_epsv,
		[STEP_PASV] = took_pasv,	 [STEP_PORT] = took_port,
		[STEP_LIST] = took_list,	 [STEP_DATA] = NULL,
		[STEP_FAREWELL] = took_farewell,
	};
	enum step step = f->c->step;

	/* 120, 150: the real one follows. */
	if (r->code < 200 || !took[step])
		return false;
	if (r->code == 421 && step != STEP_FAREWELL) {
		quote(f, "the server ends the conversation", r);
		return break_off(f, saw_of_end(f->c, SAW_OPEN));
	}
	return took[step](f, r);
}

static bool took_nonsense(struct ftp *f)
{
	if (f->c->step == STEP_FAREWELL)
		return end(f);
	set_words(f, "what answers on port %u is no FTP server", f->dial.port);
	return break_off(f, SAW_OTHER);
}

static bool take_replies(struct ftp *f)
{
	struct conversation *c = f->c;
	struct slice in = {c->unread, c->n};
	enum ftp_result result;
	struct ftp_reply r;

	while ((result = ftp_reply_read(&in, &c->begun, &r)) == FTP_REPLY)
		if (took_reply(f, &r))
			return true;
	if (result == FTP_BAD || c->heard > HEARD_MAX)
		return took_nonsense(f);
	memmove(c->unread, in.p, in.n);
	c->n = in.n;
	return false;
}

/* While the data connection is under way it tells by itself. */
static bool control_gone(struct ftp *f, bool reset)
{
	dial_close(&f->dial, reset); /* the peer's end keeps TIME_WAIT, not ours */
	if (f->c->step == STEP_DATA)
		return false;
	if (f->c->step == STEP_FAREWELL)
		return end(f);
	set_words(f, "the conversation on port %u ended before there was a data connection",
		  f->dial.port);
	return break_off(f, saw_of_end(f->c, SAW_OPEN));
}

/* An ICMP error decides nothing any more, but must be read, or the loop tells of it for ever. */
static void ready(struct dial *d, unsigned events)
{
	struct ftp *f = (struct ftp *)d;
	struct conversation *c = f->c;
	struct loop *l = probe_loop(d->probe);
	struct icmp_error ignored;
	ssize_t n = l->ops->recv(l, dial_sock(d), c->unread + c->n, sizeof(c->unread) - c->n);

	if (n == 0 || n == -ECONNRESET || n == -EPIPE) {
		control_gone(f, n != 0);
		return;
	}
	while (events & SOCK_ERROR && l->ops->icmp(l, dial_sock(d), &ignored))
		;
	if (n < 0)
		return;
	c->n += (size_t)n;
	c->heard += (size_t)n;
	take_replies(f);
}

static void timer_fired(struct timer *timer)
{
	struct ftp *f = (struct ftp *)((char *)timer - offsetof(struct ftp, timer));
	struct sighting *seen = &f->c->data.seen;

	if (f->c->step == STEP_FAREWELL) {
		end(f);
	} else if (f->c->step == STEP_LIST) {
		seen->waited_ms = REPLY_MS;
		set_words(f, "the server's data connection to our port %u did not come in %u ms",
			  seen->port, seen->waited_ms);
		part(f, SAW_NOTHING);
	} else {
		set_words(f, "port %u did not go on with the conversation in %d ms", f->dial.port,
			  REPLY_MS);
		break_off(f, saw_of_end(f->c, SAW_SILENCE));
	}
}

static void connected(struct dial *d)
{
	struct ftp *f = (struct ftp *)d;
	struct loop *l = probe_loop(d->probe);
	struct ftp_data *data;

	f->c = mem_new(1, sizeof(*f->c));
	data = &f->c->data;
	data->probe = d->probe;
	data->ended = data_ended;
	data->seen.source = d->seen.source;
	data->seen.own_target = l->ops->is_own(l, &d->to);
	start_timer(f, REPLY_MS);
}

/* The conversation's own flow tells why; a fault of ours that passes is tried again. */
static void failed(struct dial *d, enum saw saw)
{
	struct probe *p = d->probe;
	struct sighting seen = d->seen;
	char words[OUTCOME_EVIDENCE_MAX];

	seen.saw = saw;
	if (!blame_is_passing(&seen)) {
		seen = (struct sighting){.saw = SAW_NOT_ASKED, .tries = seen.tries};
		snprintf(words, sizeof(words),
			 "there was no conversation: port %u could not be connected to", d->port);
		seen.words = words;
	}
	probe_finish(p, &seen);
}

static void begin(struct probe *p)
{
	struct ftp *f = ftp_of(p);

	f->timer.fire = timer_fired;
	f->dial.probe = p;
	f->dial.to = p->to;
	f->dial.port = p->port;
	f->dial.shares_port = is_without_port(probe_task(p));
	f->dial.connected = connected;
	f->dial.failed = failed;
	f->dial.ready = ready;
	dial_start(&f->dial);
}

const struct method method_ftp = {
	.name = "ftp",
	.transport = TRANSPORT_TCP,
	.state_size = sizeof(struct ftp),
	.socks = DIAL_ATTEMPTS,
	.begin = begin,
	.cancel = cancel,
};
