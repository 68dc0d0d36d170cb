/* SPDX-License-Identifier: ISC
 *
 * Names through c-ares, its descriptors and its timeout on our loop.
 */
#include "sys/resolve.h"

#include <ares.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "sys/file.h"
#include "sys/hosts_file.h"
#include "sys/loop.h"
#include "sys/sockaddr.h"

enum { TIMEOUT_MS = 1500, TRIES = 2 };

struct watched {
	struct sock sock; /* first: the address is the same */
	struct resolver_cares *resolver;
	struct watched *next;
};

struct resolver_cares {
	struct resolver resolver; /* first: the address is the same */
	struct loop *loop;
	ares_channel channel;	 /* NULL: not started */
	struct watched *watched; /* owned; kept for use again, never freed in between */
	struct timer timer;
	bool stopping;
	bool prepared;
	struct buf hosts; /* of one that is prepared: /etc/hosts */
};

/* One family of one query: the answers come apart. */
struct asked {
	struct resolver_cares *resolver;
	struct resolve_query *query;
	enum resolve_status *status; /* in the query */
};

static struct resolver_cares *of_resolver(struct resolver *r)
{
	return (struct resolver_cares *)r;
}

static void set_timer(struct resolver_cares *r)
{
	struct timeval tv, *next = ares_timeout(r->channel, NULL, &tv);

	if (!next)
		timer_stop(r->loop, &r->timer);
	else
		timer_start(r->loop, &r->timer,
			    mono_add_us(loop_now(r->loop),
					(int64_t)next->tv_sec * 1000000 + next->tv_usec));
}

static void process(struct resolver_cares *r, int readable, int writable)
{
	ares_process_fd(r->channel, readable, writable);
	set_timer(r);
}

static void fd_ready(struct sock *s, unsigned events)
{
	struct watched *w = (struct watched *)s;
	unsigned read = events & (SOCK_READABLE | SOCK_ERROR);

	process(w->resolver, read ? s->fd : ARES_SOCKET_BAD,
		events & SOCK_WRITABLE ? s->fd : ARES_SOCKET_BAD);
}

static void timer_fired(struct timer *t)
{
	struct resolver_cares *r =
		(struct resolver_cares *)((char *)t - offsetof(struct resolver_cares, timer));

	process(r, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

static struct watched *find_watched(struct resolver_cares *r, int fd)
{
	for (struct watched *w = r->watched; w; w = w->next)
		if (w->sock.is_open && w->sock.fd == fd)
			return w;
	return NULL;
}

static struct watched *new_watched(struct resolver_cares *r)
{
	struct watched *w = r->watched;

	while (w && w->sock.is_open)
		w = w->next;
	if (!w) {
		w = mem_new(1, sizeof(*w));
		*w = (struct watched){.resolver = r, .next = r->watched};
		w->sock.ready = fd_ready;
		r->watched = w;
	}
	return w;
}

/* c-ares tells what it waits for, and before it closes a descriptor that it waits for nothing. */
static void fd_wanted(void *ctx, ares_socket_t fd, int readable, int writable)
{
	struct resolver_cares *r = ctx;
	struct watched *w = find_watched(r, fd);
	unsigned events = (readable ? SOCK_READABLE : 0) | (writable ? SOCK_WRITABLE : 0);

	if (w && !events)
		r->loop->ops->unwatch(r->loop, &w->sock);
	else if (w)
		r->loop->ops->want(r->loop, &w->sock, events);
	else if (events)
		/* Without room for one more the query ends by its own timeout. */
		(void)r->loop->ops->watch(r->loop, &new_watched(r)->sock, fd, events);
}

static enum resolve_status status_of(int ares)
{
	switch (ares) {
	case ARES_SUCCESS:
		return RESOLVE_OK;
	case ARES_ENODATA:
		return RESOLVE_NODATA;
	case ARES_ENOTFOUND:
		return RESOLVE_NXDOMAIN;
	case ARES_EBADNAME:
		return RESOLVE_BAD_NAME;
	case ARES_EREFUSED:
		return RESOLVE_REFUSED;
	case ARES_ESERVFAIL:
		return RESOLVE_SERVFAIL;
	case ARES_ETIMEOUT:
		return RESOLVE_TIMEOUT;
	case ARES_ECONNREFUSED:
		return RESOLVE_NO_SERVER;
	default:
		return RESOLVE_FAILED;
	}
}

static void add_answer(struct resolve_query *q, const struct ares_addrinfo *answer)
{
	struct addr a;

	for (const struct ares_addrinfo_node *n = answer->nodes; n; n = n->ai_next)
		if (sockaddr_read(n->ai_addr, &a, NULL))
			resolve_add(q, &a);
}

static void finish(struct resolve_query *q)
{
	if (q->status4 != RESOLVE_UNDER_WAY && q->status6 != RESOLVE_UNDER_WAY)
		q->done(q);
}

static void answered(void *ctx, int ares, int timeouts, struct ares_addrinfo *answer)
{
	struct asked *a = ctx;
	struct resolve_query *q = a->query;

	(void)timeouts;
	if (!a->resolver->stopping) {
		*a->status = status_of(ares);
		if (answer)
			add_answer(q, answer);
		finish(q);
	}
	if (answer)
		ares_freeaddrinfo(answer);
	free(a);
}

static void ask(struct resolver_cares *r, struct resolve_query *q, int family,
		enum resolve_status *status)
{
	const struct ares_addrinfo_hints hints = {
		.ai_flags = ARES_AI_NOSORT, .ai_family = family, .ai_socktype = SOCK_STREAM};
	struct asked *a = mem_new(1, sizeof(*a));

	*a = (struct asked){r, q, status};
	ares_getaddrinfo(r->channel, q->name, NULL, &hints, answered, a);
}

static void add_host(struct resolve_query *q, const struct hostent *h)
{
	struct addr a = {.family = h->h_addrtype == AF_INET ? 4 : 6};

	for (char **p = h->h_addr_list; *p; p++) {
		memcpy(a.bytes, *p, (size_t)h->h_length);
		resolve_add(q, &a);
	}
}

/* What /etc/hosts has of one family. */
static void look_in_hosts(struct resolver_cares *r, struct resolve_query *q, int family,
			  enum resolve_status *status)
{
	struct hostent *h;

	*status = RESOLVE_NODATA;
	if (ares_gethostbyname_file(r->channel, q->name, family, &h) != ARES_SUCCESS)
		return;
	*status = RESOLVE_OK;
	add_host(q, h);
	ares_free_hostent(h);
}

/* As below, a name that is there as nobody's address is not asked for in the DNS. */
static bool found_in_copy(struct resolver_cares *r, struct resolve_query *q)
{
	hosts_file_find(buf_slice(&r->hosts), q);
	for (size_t i = 0; i < q->n_addrs; i++)
		*(q->addrs[i].family == 4 ? &q->status4 : &q->status6) = RESOLVE_OK;
	if (!q->n_addrs && q->status4 != RESOLVE_NO_HOST && q->status6 != RESOLVE_NO_HOST)
		return false;
	if (q->family != 6 && q->status4 == RESOLVE_NOT_ASKED)
		q->status4 = RESOLVE_NODATA;
	if (q->family != 4 && q->status6 == RESOLVE_NOT_ASKED)
		q->status6 = RESOLVE_NODATA;
	return true;
}

static bool found_in_hosts(struct resolver_cares *r, struct resolve_query *q)
{
	if (r->prepared)
		return found_in_copy(r, q);
	if (q->family != 6)
		look_in_hosts(r, q, AF_INET, &q->status4);
	if (q->family != 4)
		look_in_hosts(r, q, AF_INET6, &q->status6);
	return q->n_addrs || q->status4 == RESOLVE_NO_HOST || q->status6 == RESOLVE_NO_HOST;
}

static bool start_channel(struct resolver_cares *r)
{
	struct ares_options options = {.flags = ARES_FLAG_NOCHECKRESP,
				       .timeout = TIMEOUT_MS,
				       .tries = TRIES,
				       .sock_state_cb = fd_wanted,
				       .sock_state_cb_data = r};

	if (r->channel)
		return true;
	return ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS &&
	       ares_init_options(&r->channel, &options,
				 ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
					 ARES_OPT_SOCK_STATE_CB) == ARES_SUCCESS;
}

static void start(struct resolver *resolver, struct resolve_query *q)
{
	struct resolver_cares *r = of_resolver(resolver);

	q->status4 = q->status6 = RESOLVE_NOT_ASKED;
	if (!start_channel(r)) {
		q->status4 = q->status6 = RESOLVE_NO_SERVER;
		q->done(q);
		return;
	}
	if (found_in_hosts(r, q)) {
		q->done(q);
		return;
	}
	q->status4 = q->family == 6 ? RESOLVE_NOT_ASKED : RESOLVE_UNDER_WAY;
	q->status6 = q->family == 4 ? RESOLVE_NOT_ASKED : RESOLVE_UNDER_WAY;
	if (q->family != 6)
		ask(r, q, AF_INET, &q->status4);
	if (q->family != 4)
		ask(r, q, AF_INET6, &q->status6);
	set_timer(r);
}

static void stop(struct resolver *resolver)
{
	struct resolver_cares *r = of_resolver(resolver);

	if (!r->channel)
		return;
	r->stopping = true;
	if (r->prepared) {
		ares_cancel(r->channel); /* another would know of no name server */
	} else {
		ares_destroy(r->channel);
		r->channel = NULL;
	}
	r->stopping = false;
	timer_stop(r->loop, &r->timer);
}

static void free_resolver(struct resolver *resolver)
{
	struct resolver_cares *r = of_resolver(resolver);
	struct watched *next;

	r->prepared = false;
	stop(resolver);
	for (struct watched *w = r->watched; w; w = next) {
		next = w->next;
		free(w);
	}
	buf_release(&r->hosts);
	free(r);
}

static const struct resolver_ops ops_cares = {
	.start = start,
	.stop = stop,
	.free = free_resolver,
};

struct resolver *resolver_new(struct loop *l)
{
	struct resolver_cares *r = mem_new(1, sizeof(*r));

	r->resolver.ops = &ops_cares;
	r->loop = l;
	r->timer.fire = timer_fired;
	r->hosts = BUF_INIT;
	return &r->resolver;
}

int resolver_prepare(struct resolver *resolver, struct err *err)
{
	enum { HOSTS_MAX = 64 << 20 }; /* lists of blocked names have megabytes */
	struct resolver_cares *r = of_resolver(resolver);
	static const char path[] = "/etc/hosts";
	int rc;

	if (!start_channel(r)) /* reads /etc/resolv.conf */
		return err_set(err, ERR_SYSTEM, PLACE_NONE, "cannot begin to resolve names");
	/* hosts(5): it need not be there. */
	rc = file_exists(path) ? file_read(path, HOSTS_MAX, &r->hosts, err) : 0;
	r->prepared = !rc;
	return rc;
}
