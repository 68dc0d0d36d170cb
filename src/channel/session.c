/* SPDX-License-Identifier: ISC */
#include "channel/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sys/channel.h"

enum {
	SHAKE_MS = 10000,
	IDLE_MS = 300000,
	WAITING_MAX = 1 << 16, /* bytes that a peer does not take */
	CHUNK = 4096,
};

struct session {
	struct sock sock; /* first: the address is the same */
	struct timer timer;
	struct sessions *all;
	unsigned id;
	struct addr peer;
	uint16_t port;
	struct tls tls;
	bool is_known;	    /* "open" was told */
	struct buf heard;   /* less than a line; owned */
	struct buf waiting; /* to be sent; owned */
	struct mono started;
};

struct sessions {
	struct loop *loop;
	SSL_CTX *ctx;
	struct sock listener, owner;
	bool is_dialling; /* the run ends with the session */
	struct session items[CHANNEL_SESSIONS];
};

void sessions_tell(const struct channel_word *w)
{
	struct buf out = BUF_INIT;

	channel_word_format(w, &out);
	channel_send(0, buf_slice(&out));
	buf_release(&out);
}

/* --- an end ----------------------------------------------------------------------------------- */

static void close_session(struct session *s)
{
	struct sessions *all = s->all;
	struct loop *l = all->loop;

	timer_stop(l, &s->timer);
	/* Between friends nothing is to linger in TIME_WAIT; others are to hear why not. */
	l->ops->close(l, &s->sock, s->is_known);
	if (all->listener.is_open) /* there is a place again */
		l->ops->want(l, &all->listener, SOCK_READABLE);
	tls_stop(&s->tls);
	buf_release(&s->heard);
	buf_release(&s->waiting);
}

static void end(struct session *s, const char *why)
{
	struct sessions *all = s->all;

	if (s->is_known || all->is_dialling)
		sessions_tell(&(struct channel_word){
			.verb = CHANNEL_GONE, .session = s->id, .text = slice_of(why)});
	close_session(s);
	if (all->is_dialling)
		loop_stop(all->loop);
}

static void timed_out(struct timer *t)
{
	struct session *s = (struct session *)((char *)t - offsetof(struct session, timer));

	end(s, s->is_known ? "it said nothing for five minutes" : "it showed no key within 10 s");
}

static void wait_ms(struct session *s, int64_t ms)
{
	timer_start(s->all->loop, &s->timer, mono_add_ms(loop_now(s->all->loop), ms));
}

static void end_tls(struct session *s)
{
	struct buf why = BUF_INIT;
	char key[KEY_TEXT_MAX];

	if (s->tls.is_stranger) {
		key_format(s->tls.stranger, key);
		buf_addf(&why, "its key is another one, %s", key);
	} else if (s->tls.is_refused) {
		buf_add_text(&why, "it does not allow this user's key (portolan keys shows it)");
	} else if (!s->is_known) {
		buf_add_text(&why, "what answers there does not speak this protocol");
	}
	end(s, why.data);
	buf_release(&why);
}

/* --- to the peer ------------------------------------------------------------------------------ */

/* False: the session is over. */
static bool flush(struct session *s)
{
	struct loop *l = s->all->loop;
	ssize_t n = 0;

	tls_give(&s->tls, &s->waiting);
	if (s->waiting.n > WAITING_MAX) {
		end(s, "it does not take what it is told");
		return false;
	}
	if (s->waiting.n)
		n = l->ops->send(l, &s->sock, s->waiting.data, s->waiting.n);
	if (n < 0 && n != -EAGAIN)
		buf_clear(&s->waiting); /* it is gone; reading tells why */
	if (n > 0) {
		memmove(s->waiting.data, s->waiting.data + n, s->waiting.n - (size_t)n);
		buf_truncate(&s->waiting, s->waiting.n - (size_t)n);
	}
	l->ops->want(l, &s->sock, SOCK_READABLE | (s->waiting.n ? SOCK_WRITABLE : 0));
	return true;
}

/* --- from the peer ---------------------------------------------------------------------------- */

static void tell_open(struct session *s)
{
	struct channel_word w = {.verb = CHANNEL_OPEN,
				 .session = s->id,
				 .key = (unsigned)s->tls.pin,
				 .peer = s->peer};
	uint16_t port;

	s->all->loop->ops->local_addr(s->all->loop, &s->sock, &w.local, &port);
	sessions_tell(&w);
	s->is_known = true;
	wait_ms(s, IDLE_MS);
}

/* The whole lines of s->heard; false: it is too long, or not text. */
static bool tell_lines(struct session *s)
{
	struct slice rest = buf_slice(&s->heard), line;
	size_t over = 0;

	while (memchr(rest.p, '\n', rest.n) && slice_cut(&rest, '\n', &line)) {
		over += line.n + 1;
		if (line.n > CHANNEL_LINE_MAX || memchr(line.p, '\0', line.n))
			return false;
		sessions_tell(&(struct channel_word){
			.verb = CHANNEL_LINE, .session = s->id, .text = line});
		if (!rest.p)
			break;
	}
	memmove(s->heard.data, s->heard.data + over, s->heard.n - over);
	buf_truncate(&s->heard, s->heard.n - over);
	return s->heard.n <= CHANNEL_LINE_MAX;
}

/* False: the session is over. */
static bool take(struct session *s, struct slice came)
{
	size_t before = s->heard.n;

	tls_take(&s->tls, came, WAITING_MAX, &s->heard);
	if (s->tls.state == TLS_OPEN && !s->is_known)
		tell_open(s);
	if (s->heard.n > before) {
		wait_ms(s, IDLE_MS);
		if (!tell_lines(s)) {
			end(s, "it does not speak in lines");
			return false;
		}
	}
	if (!flush(s))
		return false;
	if (s->tls.state != TLS_OVER)
		return true;
	end_tls(s);
	return false;
}

/* False: the session is over. */
static bool read_session(struct session *s)
{
	struct loop *l = s->all->loop;
	char chunk[CHUNK];
	ssize_t n = l->ops->recv(l, &s->sock, chunk, sizeof(chunk));

	if (n == -EAGAIN)
		return true;
	if (n > 0)
		return take(s, (struct slice){chunk, (size_t)n});
	end(s, n ? strerror((int)-n) : s->is_known ? "" : "it ended the connection at once");
	return false;
}

/* Errors of the network that end nothing yet are not to be told of for ever. */
static void forget_errors(struct session *s)
{
	struct loop *l = s->all->loop;
	struct icmp_error icmp;

	while (l->ops->icmp(l, &s->sock, &icmp))
		;
}

/* What came is read before an error is looked at: the peer may have said why it goes. */
static void ready(struct sock *sock, unsigned events)
{
	struct session *s = (struct session *)sock;

	forget_errors(s);
	if ((events & (SOCK_READABLE | SOCK_ERROR)) && !read_session(s))
		return;
	if (s->tls.state == TLS_SHAKING && !s->waiting.n && !take(s, SLICE_NONE))
		return;
	if (events & SOCK_WRITABLE)
		flush(s);
}

/* --- a beginning ------------------------------------------------------------------------------ */

/* Who has shown no key for the longest makes room; those who have stay. */
static struct session *find_place(struct sessions *all)
{
	struct session *oldest = NULL;

	for (size_t i = 0; i < CHANNEL_SESSIONS; i++) {
		struct session *s = &all->items[i];

		if (!s->sock.is_open)
			return s;
		if (!s->is_known && (!oldest || s->started.us < oldest->started.us))
			oldest = s;
	}
	if (oldest)
		end(oldest, "");
	return oldest;
}

static void prepare(struct sessions *all, struct session *s)
{
	*s = (struct session){.all = all,
			      .id = (unsigned)(s - all->items),
			      .heard = BUF_INIT,
			      .waiting = BUF_INIT,
			      .started = loop_now(all->loop)};
	s->sock.ready = ready;
	s->timer.fire = timed_out;
}

static void begin(struct session *s)
{
	if (tls_start(&s->tls, s->all->ctx))
		wait_ms(s, SHAKE_MS);
	else
		end(s, "no memory for another session");
}

static void come(struct sock *listener, unsigned events)
{
	struct sessions *all =
		(struct sessions *)((char *)listener - offsetof(struct sessions, listener));
	struct session *s = find_place(all);

	(void)events;
	if (!s) { /* all are in use by those who may: others wait in the kernel */
		all->loop->ops->want(all->loop, listener, 0);
		return;
	}
	prepare(all, s);
	if (all->loop->ops->accept(all->loop, listener, &s->sock, &s->peer, &s->port) == 0)
		begin(s);
}

int sessions_listen(struct sessions *all, const struct channel_place *place, struct err *err)
{
	const struct listen_spec spec = {.kind = SOCK_TCP, .at = place->at, .port = place->port};
	char at[ADDR_TEXT_MAX];
	const char *call;
	int rc;

	all->listener.ready = come;
	rc = all->loop->ops->listen(all->loop, &all->listener, &spec, &call);
	if (!rc)
		return 0;
	return err_set(err, ERR_SYSTEM, PLACE_NONE, "cannot listen at %s port %u: %s: %s",
		       addr_text(&place->at, at), place->port, call, strerror(-rc));
}

void sessions_dial(struct sessions *all, const struct channel_place *place)
{
	const struct sock_spec spec = {.kind = SOCK_TCP, .to = place->at, .port = place->port};
	struct session *s = &all->items[0];
	const char *call;
	int rc;

	all->is_dialling = true;
	prepare(all, s);
	s->peer = place->at;
	s->port = place->port;
	rc = all->loop->ops->open(all->loop, &s->sock, &spec, &call);
	if (!rc) {
		begin(s);
		return;
	}
	sessions_tell(
		&(struct channel_word){.verb = CHANNEL_GONE, .text = slice_of(strerror(-rc))});
	loop_stop(all->loop);
}

/* --- the other program ------------------------------------------------------------------------ */

static void say(struct session *s, struct slice line)
{
	struct buf words = BUF_INIT;

	buf_add_slice(&words, line);
	buf_add_char(&words, '\n');
	tls_say(&s->tls, buf_slice(&words));
	buf_release(&words);
	if (flush(s) && s->tls.state == TLS_OVER)
		end_tls(s);
}

static void drop(struct session *s)
{
	tls_bye(&s->tls);
	if (flush(s))
		close_session(s);
}

static void take_word(struct sessions *all, const struct channel_word *w)
{
	struct session *s = &all->items[w->session];

	if (!s->sock.is_open || !s->is_known)
		return; /* it has gone meanwhile */
	if (w->verb == CHANNEL_LINE)
		say(s, w->text);
	if (w->verb == CHANNEL_DROP)
		drop(s);
}

static void hear_owner(struct sock *owner, unsigned events)
{
	struct sessions *all =
		(struct sessions *)((char *)owner - offsetof(struct sessions, owner));
	char bytes[CHANNEL_WORD_MAX];
	struct channel_word w;
	ssize_t n = channel_recv(0, bytes, sizeof(bytes));

	(void)events;
	if (n == -EAGAIN)
		return;
	if (n <= 0) {
		loop_stop(all->loop);
		return;
	}
	if (channel_word_parse((struct slice){bytes, (size_t)n}, &w))
		take_word(all, &w);
}

int sessions_attach(struct sessions *all, struct err *err)
{
	int rc;

	all->owner.ready = hear_owner;
	rc = all->loop->ops->watch(all->loop, &all->owner, 0, SOCK_READABLE);
	if (!rc)
		return 0;
	return err_set(err, ERR_SYSTEM, PLACE_NONE, "descriptor 0 is no socket of portolan's: %s",
		       strerror(-rc));
}

struct sessions *sessions_new(struct loop *l, SSL_CTX *ctx)
{
	struct sessions *all = mem_new(1, sizeof(*all));

	all->loop = l;
	all->ctx = ctx;
	return all;
}

void sessions_free(struct sessions *all)
{
	if (!all)
		return;
	for (size_t i = 0; i < CHANNEL_SESSIONS; i++)
		if (all->items[i].sock.is_open)
			close_session(&all->items[i]);
	if (all->listener.is_open)
		all->loop->ops->close(all->loop, &all->listener, false);
	if (all->owner.is_open)
		all->loop->ops->unwatch(all->loop, &all->owner);
	free(all);
}
