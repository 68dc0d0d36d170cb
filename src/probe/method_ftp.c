/* SPDX-License-Identifier: ISC
 *
 * Two sockets: the conversation, and the data connection (in active mode: first the one that waits
 * for it). The data connection goes to the address that was dialled, whatever address the server
 * announces: an announced one could aim us anywhere (RFC 2577 section 3), and is only told.
 */
#include "probe/method_ftp.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/compiler.h"
#include "probe/engine.h"
#include "probe/method.h"
#include "probe/sighting.h"
#include "proto/ftp_reply.h"

enum {
	REPLY_MS = 6000,   /* for each reply: a slow resolver at the server's costs seconds */
	DATA_MS = 3500,	   /* for the data connection: the kernel sends its SYN at 0, 1 and 3 s */
	FAREWELL_MS = 500, /* for the reply to QUIT */
	TEXT_KEPT = 60,	   /* bytes of a reply that are shown */
	PORTS_TRIED = 16,  /* of our range, in active mode, until one is free */
};

enum step {
	STEP_CONNECT,
	STEP_GREETING,
	STEP_USER,
	STEP_PASS,
	STEP_EPSV,
	STEP_PASV,
	STEP_PORT,
	STEP_LIST, /* active: the server opens the connection for the listing */
	STEP_DATA, /* passive: our connect(2) is under way */
	STEP_FAREWELL,
};

struct ftp_sock {
	struct sock sock; /* first: the address is the same */
	struct probe *probe;
};

struct ftp {
	struct ftp_sock control, waiting, data;
	struct timer timer;
	struct probe *probe;
	enum step step;
	bool is_logged_in;
	uint16_t port; /* of the data connection */
	struct addr
		announced; /* by PASV, where it is not the one that was dialled; else family 0 */
	struct mono asked;
	struct sighting seen;
	char words[OUTCOME_EVIDENCE_MAX];
	char unread[FTP_REPLY_MAX];
	size_t n;
};

static struct ftp *ftp_of(struct probe *p)
{
	return (struct ftp *)p->state;
}

static bool is_mode(const struct probe *p, const char *mode)
{
	return strcmp(probe_task(p)->mode, mode) == 0;
}

/* The server opens the data connection, to a port that we named or to the conversation's own. */
static bool is_active(const struct probe *p)
{
	return !is_mode(p, "passive");
}

static bool is_without_port(const struct probe *p)
{
	return is_mode(p, "active-without-port");
}

/* --- the end ---------------------------------------------------------------------------------- */

static void close_one(struct probe *p, struct ftp_sock *s, bool reset)
{
	struct loop *l = probe_loop(p);

	if (s->sock.is_open)
		l->ops->close(l, &s->sock, reset);
}

static void cancel(struct probe *p)
{
	struct ftp *f = ftp_of(p);

	close_one(p, &f->data, true);
	close_one(p, &f->waiting, false);
	close_one(p, &f->control, true);
	timer_stop(probe_loop(p), &f->timer);
}

static void end(struct probe *p)
{
	struct sighting seen = ftp_of(p)->seen; /* the state is gone after probe_finish() */
	char words[OUTCOME_EVIDENCE_MAX];

	memcpy(words, ftp_of(p)->words, sizeof(words));
	seen.words = words;
	cancel(p);
	probe_finish(p, &seen);
}

static void say(struct probe *p, const char *line)
{
	struct ftp *f = ftp_of(p);
	struct loop *l = probe_loop(p);
	size_t n = strlen(line);

	f->asked = loop_now(l);
	timer_start(l, &f->timer, mono_add_ms(f->asked, REPLY_MS));
	/* A control connection that does not take one short line is as good as gone: the reply
	 * that never comes ends it. */
	if (l->ops->send(l, &f->control.sock, line, n) != (ssize_t)n)
		l->ops->want(l, &f->control.sock, SOCK_READABLE);
}

/* What is known is known; the server gets its QUIT, and a moment to answer. */
static void part(struct probe *p, enum saw saw)
{
	struct ftp *f = ftp_of(p);
	struct loop *l = probe_loop(p);

	f->seen.saw = saw;
	f->seen.port = f->port;
	close_one(p, &f->data, true);
	close_one(p, &f->waiting, false);
	if (!f->control.sock.is_open || f->step == STEP_CONNECT) {
		end(p);
		return;
	}
	f->step = STEP_FAREWELL;
	say(p, "QUIT\r\n");
	timer_start(l, &f->timer, mono_add_ms(loop_now(l), FAREWELL_MS));
}

PRINTF(2, 3) static void set_words(struct probe *p, const char *fmt, ...)
{
	struct ftp *f = ftp_of(p);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->words, sizeof(f->words), fmt, ap);
	va_end(ap);
}

/* Nothing is known of the data connection. */
static void not_negotiated(struct probe *p)
{
	part(p, SAW_NOT_ASKED);
}

static void opened(struct probe *p)
{
	struct ftp *f = ftp_of(p);
	char text[ADDR_TEXT_MAX];

	f->seen.rtt_us = sighting_rtt_us(p, f->asked);
	f->seen.tries = 1;
	if (f->announced.family)
		set_words(p,
			  "the data connection to port %u opened; the server announces the address "
			  "%s, to which clients that believe it do not get",
			  f->port, addr_text(&f->announced, text));
	else if (is_active(p))
		set_words(p, "the server opened its data connection to our port %u", f->port);
	else
		set_words(p, "the data connection to port %u opened", f->port);
	part(p, SAW_NEGOTIATED);
}

/* --- the data connection ---------------------------------------------------------------------- */

static void local_fault(struct probe *p, int error, const char *call)
{
	ftp_of(p)->seen.error = error;
	ftp_of(p)->seen.call = call;
	part(p, SAW_LOCAL_ERROR);
}

static void data_ready(struct sock *s, unsigned events)
{
	struct probe *p = ((struct ftp_sock *)s)->probe;
	struct loop *l = probe_loop(p);
	int error;

	if (sighting_take_icmp(&ftp_of(p)->seen, p, s)) {
		part(p, SAW_ICMP);
		return;
	}
	error = l->ops->error(l, s);
	if (error == ECONNREFUSED)
		part(p, SAW_REFUSAL);
	else if (error && error != ECONNRESET)
		local_fault(p, error, "connect");
	else if (events & SOCK_WRITABLE)
		opened(p);
}

static void start_data(struct probe *p)
{
	struct ftp *f = ftp_of(p);
	struct loop *l = probe_loop(p);
	const struct sock_spec spec = {
		.kind = SOCK_TCP, .to = p->to, .port = f->port, .from = p->from};
	const char *call;
	int rc;

	f->step = STEP_DATA;
	f->asked = loop_now(l);
	timer_start(l, &f->timer, mono_add_ms(f->asked, DATA_MS));
	rc = l->ops->open(l, &f->data.sock, &spec, &call);
	if (rc)
		local_fault(p, -rc, call);
	else if (sighting_take_icmp(&f->seen, p, &f->data.sock))
		part(p, SAW_ICMP);
}

static void waiting_ready(struct sock *s, unsigned events)
{
	struct probe *p = ((struct ftp_sock *)s)->probe;
	struct ftp *f = ftp_of(p);
	struct loop *l = probe_loop(p);
	struct addr peer;
	uint16_t port;

	(void)events;
	if (f->data.sock.is_open || l->ops->accept(l, s, &f->data.sock, &peer, &port) != 0)
		return;
	/* Anybody may knock. */
	if (addr_equal(&peer, &p->to))
		opened(p);
	else
		close_one(p, &f->data, true);
}

/* Where the range is not all that there is: one that is free, beginning anywhere. */
static int listen_in_range(struct probe *p, struct listen_spec *spec, const char **call)
{
	const struct port_range range = probe_task(p)->ports;
	struct loop *l = probe_loop(p);
	struct ftp *f = ftp_of(p);
	unsigned size = range.hi - range.lo + 1U, first;
	int rc = -EADDRINUSE;

	if (range.lo <= 1024 && range.hi == 65535)
		return l->ops->listen(l, &f->waiting.sock, spec, call);
	probe_chance(p, &first, sizeof(first));
	for (unsigned i = 0; i < PORTS_TRIED && i < size && rc == -EADDRINUSE; i++) {
		spec->port = (uint16_t)(range.lo + (first % size + i) % size);
		rc = l->ops->listen(l, &f->waiting.sock, spec, call);
	}
	return rc;
}

static void ask_for_list(struct probe *p)
{
	ftp_of(p)->step = STEP_LIST;
	say(p, "NLST\r\n");
}

static void say_port(struct probe *p, const struct addr *at)
{
	struct buf line = BUF_INIT;

	ftp_of(p)->step = STEP_PORT;
	ftp_format_port(at, ftp_of(p)->port, &line);
	say(p, line.data);
	buf_release(&line);
}

/* Waits on a port of ours, and tells the server which; the conversation's own is known to it
 * already (RFC 959 section 3.2). */
static void offer_port(struct probe *p)
{
	struct ftp *f = ftp_of(p);
	struct loop *l = probe_loop(p);
	struct listen_spec spec = {.kind = SOCK_TCP};
	const char *call = "getsockname";
	struct addr at;
	int rc = -ENOTCONN;

	if (l->ops->local_addr(l, &f->control.sock, &spec.at, &spec.port)) {
		if (is_without_port(p)) {
			rc = l->ops->listen(l, &f->waiting.sock, &spec, &call);
		} else {
			spec.port = 0;
			rc = listen_in_range(p, &spec, &call);
		}
	}
	if (rc) {
		local_fault(p, -rc, call);
		return;
	}
	l->ops->local_addr(l, &f->waiting.sock, &at, &f->port);
	if (is_without_port(p))
		ask_for_list(p);
	else
		say_port(p, &at);
}

/* --- the conversation ------------------------------------------------------------------------- */

static void ask_passive(struct probe *p)
{
	ftp_of(p)->step = STEP_EPSV;
	say(p, "EPSV\r\n");
}

static void start_negotiating(struct probe *p)
{
	if (is_active(p))
		offer_port(p);
	else
		ask_passive(p);
}

static void ask_user(struct probe *p)
{
	const char *server = probe_task(p)->what;
	struct buf line = BUF_INIT;

	ftp_of(p)->step = STEP_USER;
	/* An explicit gateway is told where to go on in the user's name. */
	buf_addf(&line, "USER anonymous%s%s\r\n", server ? "@" : "", server ? server : "");
	say(p, line.data);
	buf_release(&line);
}

static void took_user(struct probe *p, unsigned code)
{
	ftp_of(p)->is_logged_in = code == 230;
	if (code == 331) {
		ftp_of(p)->step = STEP_PASS;
		say(p, "PASS portolan@\r\n");
	} else {
		start_negotiating(p); /* without a login; some servers let one */
	}
}

/* The server is not trusted to aim us anywhere but where the plan opens the way. */
static void took_passive_port(struct probe *p)
{
	const struct port_range planned = probe_task(p)->ports;
	uint16_t port = ftp_of(p)->port;

	if (port >= planned.lo && port <= planned.hi) {
		start_data(p);
		return;
	}
	set_words(p,
		  "the server names port %u for its data connection, outside the planned %u-%u: "
		  "its configuration or the site's data_ports must change",
		  port, planned.lo, planned.hi);
	ftp_of(p)->port = 0; /* it was not tried */
	not_negotiated(p);
}

static void took_pasv(struct probe *p, const struct ftp_reply *r)
{
	struct ftp *f = ftp_of(p);

	if (r->code != 227 || !ftp_reply_pasv(r, &f->announced, &f->port)) {
		set_words(p, "the server negotiated no passive data connection%s: %u %.*s",
			  f->is_logged_in ? "" : " without a login", r->code, (int)r->text.n,
			  r->text.p);
		not_negotiated(p);
		return;
	}
	if (addr_equal(&f->announced, &p->to))
		f->announced.family = 0;
	took_passive_port(p);
}

static void took_epsv(struct probe *p, const struct ftp_reply *r)
{
	struct ftp *f = ftp_of(p);

	if (r->code == 229 && ftp_reply_epsv(r, &f->port)) {
		took_passive_port(p);
	} else if (p->to.family == 4) {
		f->step = STEP_PASV;
		say(p, "PASV\r\n");
	} else {
		took_pasv(p, r);
	}
}

static void took_port(struct probe *p, const struct ftp_reply *r)
{
	struct ftp *f = ftp_of(p);

	if (r->code != 200) {
		set_words(p, "the server takes no port of ours%s: %u %.*s",
			  f->is_logged_in ? "" : " without a login", r->code, (int)r->text.n,
			  r->text.p);
		not_negotiated(p);
		return;
	}
	ask_for_list(p);
}

/* 150 and the connection come in any order; 4xx and 5xx say that it could not be opened. */
static void took_list(struct probe *p, const struct ftp_reply *r)
{
	struct ftp *f = ftp_of(p);

	if (r->code < 400)
		return;
	/* Of a server that does not do without a PORT, 425 is a refusal. */
	if ((r->code == 425 || r->code == 426) && !is_without_port(p)) {
		set_words(p, "the server could not open its data connection to our port %u (%u)",
			  f->port, r->code);
		f->seen.tries = 1;
		part(p, SAW_NOTHING);
	} else {
		set_words(p, "the server opens no data connection%s: %u %.*s",
			  f->is_logged_in ? "" : " without a login", r->code, (int)r->text.n,
			  r->text.p);
		not_negotiated(p);
	}
}

static void took_reply(struct probe *p, const struct ftp_reply *r)
{
	struct ftp *f = ftp_of(p);

	if (r->code < 200 && f->step != STEP_LIST)
		return; /* 120, 150: the real one follows */
	switch (f->step) {
	case STEP_GREETING:
		if (r->code == 220) {
			ask_user(p);
			return;
		}
		set_words(p, "the server greets with %u and goes no further", r->code);
		not_negotiated(p);
		return;
	case STEP_USER:
		took_user(p, r->code);
		return;
	case STEP_PASS:
		f->is_logged_in = r->code == 230;
		start_negotiating(p);
		return;
	case STEP_EPSV:
		took_epsv(p, r);
		return;
	case STEP_PASV:
		took_pasv(p, r);
		return;
	case STEP_PORT:
		took_port(p, r);
		return;
	case STEP_LIST:
		took_list(p, r);
		return;
	case STEP_FAREWELL:
		end(p);
		return;
	case STEP_CONNECT:
	case STEP_DATA:
		return; /* a 421 there is as good as silence: the data connection tells */
	}
}

/* What stands in a reply must outlive the move of the rest to the front. */
static void keep_text(struct ftp_reply *r, char text[TEXT_KEPT])
{
	if (r->text.n > TEXT_KEPT)
		r->text.n = TEXT_KEPT;
	memcpy(text, r->text.p, r->text.n);
	r->text.p = text;
}

static void took_nonsense(struct probe *p)
{
	ftp_of(p)->n = 0;
	if (ftp_of(p)->step == STEP_FAREWELL) {
		end(p);
		return;
	}
	set_words(p, "what answers on port %u is no FTP server", p->port);
	not_negotiated(p);
}

static void take_replies(struct probe *p)
{
	struct ftp *f = ftp_of(p);
	enum ftp_result result = FTP_REPLY;
	bool is_last = false;

	while (!is_last && result == FTP_REPLY) {
		struct slice in = {f->unread, f->n};
		char text[TEXT_KEPT];
		struct ftp_reply r;

		is_last = f->step == STEP_FAREWELL; /* the probe is gone after it */
		result = ftp_reply_read(&in, &r);
		if (result == FTP_REPLY) {
			keep_text(&r, text);
			f->n = in.n;
			memmove(f->unread, in.p, in.n);
			took_reply(p, &r);
		}
	}
	/* A reply that has no end: there would be no room for more of it. */
	if (result == FTP_BAD || (result == FTP_MORE && f->n == sizeof(f->unread)))
		took_nonsense(p);
}

static void control_connected(struct probe *p)
{
	struct ftp *f = ftp_of(p);
	struct loop *l = probe_loop(p);

	f->step = STEP_GREETING;
	l->ops->want(l, &f->control.sock, SOCK_READABLE);
	timer_start(l, &f->timer, mono_add_ms(loop_now(l), REPLY_MS));
}

static void control_gone(struct probe *p)
{
	struct ftp *f = ftp_of(p);

	if (f->step == STEP_FAREWELL) {
		end(p);
		return;
	}
	close_one(p, &f->control, true);
	set_words(p, "the conversation on port %u ended before a data connection was negotiated",
		  p->port);
	part(p, SAW_NOT_ASKED);
}

static void control_ready(struct sock *s, unsigned events)
{
	struct probe *p = ((struct ftp_sock *)s)->probe;
	struct ftp *f = ftp_of(p);
	struct loop *l = probe_loop(p);
	struct icmp_error ignored;
	ssize_t n;

	while (l->ops->icmp(l, s, &ignored))
		;
	if (l->ops->error(l, s)) {
		control_gone(p);
		return;
	}
	if (f->step == STEP_CONNECT) {
		if (events & SOCK_WRITABLE)
			control_connected(p);
		return;
	}
	n = l->ops->recv(l, s, f->unread + f->n, sizeof(f->unread) - f->n);
	if (n == -EAGAIN)
		return;
	if (n <= 0) {
		control_gone(p);
		return;
	}
	f->n += (size_t)n;
	take_replies(p);
}

static void timer_fired(struct timer *timer)
{
	struct ftp *f = (struct ftp *)((char *)timer - offsetof(struct ftp, timer));
	struct probe *p = f->probe;

	switch (f->step) {
	case STEP_FAREWELL:
		end(p);
		return;
	case STEP_DATA:
	case STEP_LIST:
		f->seen.waited_ms = f->step == STEP_DATA ? DATA_MS : REPLY_MS;
		f->seen.tries = f->step == STEP_DATA ? 3 : 1;
		set_words(p,
			  f->step == STEP_DATA
				  ? "the data connection to port %u got no answer in %u ms"
				  : "the server's data connection to our port %u did not come in "
				    "%u ms",
			  f->port, f->seen.waited_ms);
		part(p, SAW_NOTHING);
		return;
	default:
		break;
	}
	set_words(p, "port %u did not go on with the conversation in %d ms", p->port, REPLY_MS);
	close_one(p, &f->control, true);
	part(p, SAW_NOT_ASKED);
}

static void begin(struct probe *p)
{
	struct ftp *f = ftp_of(p);
	struct loop *l = probe_loop(p);
	const struct sock_spec spec = {.kind = SOCK_TCP,
				       .to = p->to,
				       .port = p->port,
				       .from = p->from,
				       .shares_port = is_without_port(p)};
	const char *call;
	int rc;

	f->probe = f->control.probe = f->waiting.probe = f->data.probe = p;
	f->control.sock.ready = control_ready;
	f->waiting.sock.ready = waiting_ready;
	f->data.sock.ready = data_ready;
	f->timer.fire = timer_fired;
	timer_start(l, &f->timer, mono_add_ms(p->started, REPLY_MS));
	rc = l->ops->open(l, &f->control.sock, &spec, &call);
	if (rc)
		local_fault(p, -rc, call);
}

const struct method method_ftp = {
	.name = "ftp",
	.transport = TRANSPORT_TCP,
	.state_size = sizeof(struct ftp),
	.socks = 3,
	.begin = begin,
	.cancel = cancel,
};
