/* SPDX-License-Identifier: ISC */
#include "probe/far_watch.h"

#include <errno.h>
#include <string.h>

#include "probe/far_packet.h"
#include "probe/stand_in.h"
#include "sys/file.h"
#include "sys/packet_tap.h"
#include "sys/socket_table.h"

enum { BATCH = 64, NUMBER_ICMP = 1, NUMBER_TCP = 6, NUMBER_UDP = 17, NUMBER_ICMP6 = 58 };

/* --- packets ---------------------------------------------------------------------------------- */

static void note_packet(struct far_watch *w, struct slice bytes, bool is_outgoing)
{
	struct far_packet p;

	if (!far_packet_parse(bytes, &p))
		return;
	for (size_t i = 0; i < w->n; i++)
		far_packet_note(&p, is_outgoing, &w->items[i].flow, &w->items[i].view);
}

/* False: there is none now. */
static bool read_packet(struct far_watch *w)
{
	char bytes[PACKET_TAP_BYTES];
	bool is_outgoing;
	ssize_t n = packet_tap_read(w->tap, bytes, sizeof(bytes), &is_outgoing);

	if (n == -EAGAIN)
		return false;
	if (n > 0)
		note_packet(w, (struct slice){bytes, (size_t)n}, is_outgoing);
	return true; /* an error is that of an interface that went down, and is told once */
}

static void read_packets(struct sock *s, unsigned events)
{
	struct far_watch *w =
		(struct far_watch *)((char *)s - offsetof(struct far_watch, tap_sock));

	(void)events;
	for (int i = 0; i < BATCH && read_packet(w); i++)
		;
}

static uint8_t number_of(const struct far_flow *f)
{
	if (f->transport == TRANSPORT_TCP)
		return NUMBER_TCP;
	if (f->transport == TRANSPORT_UDP)
		return NUMBER_UDP;
	return f->target.family == 4 ? NUMBER_ICMP : NUMBER_ICMP6;
}

static struct packet_wish wish_of(const struct far_item *item)
{
	const struct far_flow *f = &item->flow;
	struct packet_wish wish = {.protocol = number_of(f), .own = f->target, .port = f->port};

	/* Of a service in use only what concerns us; else also who else asks. */
	if (item->view.port == FAR_PORT_SERVED)
		wish.peer = f->source;
	return wish;
}

/* ICMP, with its errors, between this host and each of the sources. */
static size_t add_icmp_wishes(const struct far_watch *w, struct packet_wish *wishes, size_t n)
{
	size_t first = n;

	for (size_t i = 0; i < w->n; i++) {
		const struct addr *source = &w->items[i].flow.source;
		size_t k = first;

		while (k < n && !addr_equal(&wishes[k].peer, source))
			k++;
		if (k < n || n == PACKET_TAP_WISHES)
			continue;
		wishes[n++] = (struct packet_wish){.protocol = source->family == 4 ? NUMBER_ICMP
										   : NUMBER_ICMP6,
						   .peer = *source};
	}
	return n;
}

static void tap_packets(struct far_watch *w)
{
	struct packet_wish wishes[PACKET_TAP_WISHES];
	size_t n = 0;

	if (w->tap < 0)
		return;
	for (size_t i = 0; i < w->n; i++)
		if (w->items[i].flow.transport != TRANSPORT_ICMP)
			wishes[n++] = wish_of(&w->items[i]);
	n = add_icmp_wishes(w, wishes, n);
	if (packet_tap_watch(w->tap, wishes, n))
		w->loop->ops->watch(w->loop, &w->tap_sock, w->tap, SOCK_READABLE);
}

/* What did not come, or go, is known only where nothing was missed; else it is as if it had not
 * looked. */
static void note_packets(struct far_view *v, bool missed)
{
	if (missed) {
		v->interface = v->data = FAR_UNKNOWN;
		return;
	}
	v->interface = v->interface == FAR_YES ? FAR_YES : FAR_NO;
	v->data = v->data == FAR_YES ? FAR_YES : FAR_NO;
}

static void end_packets(struct far_watch *w)
{
	bool missed;

	if (!w->tap_sock.is_open)
		return;
	while (read_packet(w))
		;
	missed = packet_tap_lost(w->tap) > 0;
	packet_tap_watch(w->tap, NULL, 0);
	w->loop->ops->unwatch(w->loop, &w->tap_sock);
	for (size_t i = 0; i < w->n; i++)
		note_packets(&w->items[i].view, missed);
}

/* --- the kernel's tables ---------------------------------------------------------------------- */

static bool is_any(const struct addr *a)
{
	static const uint8_t none[16];

	return memcmp(a->bytes, none, sizeof(none)) == 0;
}

static bool is_at(const struct socket_row *row, const struct far_flow *f)
{
	return row->local_port == f->port &&
	       (addr_equal(&row->local, &f->target) || is_any(&row->local));
}

static void note_service(struct far_item *item, const struct socket_row *row)
{
	struct far_view *v = &item->view;

	if (v->port == FAR_PORT_UNKNOWN || v->port == FAR_PORT_NOBODY)
		v->port = FAR_PORT_SERVED;
	if (v->port == FAR_PORT_SERVED && row->waiting)
		v->port = FAR_PORT_BUSY;
}

static bool is_of_source(const struct socket_row *row, const struct far_flow *f)
{
	return addr_equal(&row->local, &f->target) && addr_equal(&row->peer, &f->source);
}

static void note_before(void *ctx, const struct socket_row *row)
{
	struct far_watch *w = ctx;

	for (size_t i = 0; i < w->n; i++) {
		struct far_item *item = &w->items[i];

		if (item->flow.transport != TRANSPORT_TCP || !is_at(row, &item->flow))
			continue;
		if (row->state == SOCKET_LISTENS)
			note_service(item, row);
		else if (is_of_source(row, &item->flow))
			portset_add(&item->before,
				    (struct port_range){row->peer_port, row->peer_port});
	}
}

static void note_after(void *ctx, const struct socket_row *row)
{
	struct far_watch *w = ctx;

	for (size_t i = 0; i < w->n; i++) {
		struct far_item *item = &w->items[i];

		if (item->flow.transport != TRANSPORT_TCP || !is_at(row, &item->flow))
			continue;
		if (row->state == SOCKET_LISTENS)
			note_service(item, row);
		else if (is_of_source(row, &item->flow) &&
			 !portset_has(&item->before, row->peer_port))
			item->view.socket = FAR_YES;
	}
}

static void note_datagram_socket(void *ctx, const struct socket_row *row)
{
	struct far_watch *w = ctx;

	for (size_t i = 0; i < w->n; i++)
		if (w->items[i].flow.transport == TRANSPORT_UDP && is_at(row, &w->items[i].flow) &&
		    w->items[i].view.port == FAR_PORT_NOBODY)
			w->items[i].view.port = FAR_PORT_SERVED;
}

/* False: the kernel does not show them. */
static bool read_table(struct far_watch *w, bool udp,
		       void (*each)(void *ctx, const struct socket_row *row))
{
	struct err err;

	return socket_table_read(udp, each, w, &err) == 0;
}

/* --- stand-ins -------------------------------------------------------------------------------- */

static struct far_conn *find_place(struct far_watch *w)
{
	for (size_t i = 0; i < FAR_CONNS; i++)
		if (!w->conns[i].sock.is_open)
			return &w->conns[i];
	return NULL;
}

static void read_conn(struct sock *s, unsigned events)
{
	struct far_conn *c = (struct far_conn *)s;
	struct far_watch *w = c->item->watch;
	ssize_t n = w->loop->ops->recv(w->loop, s, w->bytes, sizeof(w->bytes));

	(void)events;
	if (n > 0)
		c->item->view.data = FAR_YES;
	else if (n != -EAGAIN)
		w->loop->ops->close(w->loop, s, true);
}

static bool is_named(struct far_item *item, const struct addr *peer)
{
	if (addr_equal(peer, &item->flow.source)) {
		item->view.socket = FAR_YES;
		return true;
	}
	item->view.other = *peer;
	return false;
}

/* One that finds no place waits in the kernel, where it looks open, too. */
static void accept_conns(struct sock *s, unsigned events)
{
	struct far_item *item = (struct far_item *)s;
	struct loop *l = item->watch->loop;
	struct far_conn *c;
	struct addr peer;
	uint16_t port;

	(void)events;
	while ((c = find_place(item->watch))) {
		c->item = item;
		c->sock.ready = read_conn;
		if (l->ops->accept(l, s, &c->sock, &peer, &port) != 0)
			return;
		if (!is_named(item, &peer))
			l->ops->close(l, &c->sock, true);
	}
	l->ops->want(l, s, 0);
}

static void answer(struct far_item *item, size_t n, const struct addr *peer, uint16_t port)
{
	struct far_watch *w = item->watch;
	struct slice in = {w->bytes, n};

	if (stand_in_answer(in, w->bytes) &&
	    w->loop->ops->send_to(w->loop, &item->sock, w->bytes, n, peer, port) == (ssize_t)n)
		item->view.left |= FAR_LEFT_ANSWER;
}

static void read_datagrams(struct sock *s, unsigned events)
{
	struct far_item *item = (struct far_item *)s;
	struct far_watch *w = item->watch;
	struct addr peer = {0};
	uint16_t port = 0;
	ssize_t n;

	(void)events;
	for (int i = 0; i < BATCH; i++) {
		n = w->loop->ops->recv_from(w->loop, s, w->bytes, sizeof(w->bytes), &peer, &port);
		if (n < 0)
			return;
		if (port && is_named(item, &peer))
			answer(item, (size_t)n, &peer, port);
	}
}

static void put_stand_in(struct far_item *item)
{
	bool udp = item->flow.transport == TRANSPORT_UDP;
	const struct listen_spec spec = {.kind = udp ? SOCK_UDP : SOCK_TCP,
					 .at = item->flow.target,
					 .port = item->flow.port};
	struct loop *l = item->watch->loop;
	const char *call;
	int rc;

	item->sock.ready = udp ? read_datagrams : accept_conns;
	rc = l->ops->listen(l, &item->sock, &spec, &call);
	if (!rc)
		item->view.port = FAR_PORT_STAND_IN;
	else if (rc == -EADDRINUSE)
		item->view.port = FAR_PORT_SERVED;
	else
		item->view.port = FAR_PORT_NOBODY; /* unless the kernel's table says otherwise */
}

static void end_stand_ins(struct far_watch *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->items[i].sock.is_open)
			w->loop->ops->close(w->loop, &w->items[i].sock, false);
	for (size_t i = 0; i < FAR_CONNS; i++)
		if (w->conns[i].sock.is_open)
			w->loop->ops->close(w->loop, &w->conns[i].sock, true);
}

/* --- the whole -------------------------------------------------------------------------------- */

void far_watch_init(struct far_watch *w, struct loop *l, int tap)
{
	w->loop = l;
	w->tap = tap;
	w->tap_sock.ready = read_packets;
}

void far_watch_add(struct far_watch *w, unsigned id, const struct far_flow *f)
{
	struct far_item *item = &w->items[w->n++];

	*item = (struct far_item){.watch = w, .id = id, .flow = *f};
}

/* Whether the kernel answers pings at all: ip-sysctl. */
static void ask_about_echoes(struct far_item *item)
{
	const char *path = item->flow.target.family == 4
				   ? "/proc/sys/net/ipv4/icmp_echo_ignore_all"
				   : "/proc/sys/net/ipv6/icmp/echo_ignore_all";
	struct buf text = BUF_INIT;
	struct err err;

	if (file_read(path, 64, &text, &err) == 0)
		item->view.port = slice_is(slice_trim(buf_slice(&text)), "0") ? FAR_PORT_SERVED
									      : FAR_PORT_NOBODY;
	buf_release(&text);
}

void far_watch_start(struct far_watch *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->items[i].flow.transport != TRANSPORT_ICMP)
			put_stand_in(&w->items[i]);
		else
			ask_about_echoes(&w->items[i]);
	read_table(w, false, note_before);
	read_table(w, true, note_datagram_socket);
	tap_packets(w);
	w->has_counts = packet_counts_read(&w->counts);
}

static void note_drops(struct far_watch *w)
{
	struct packet_counts now;

	if (!w->has_counts || !packet_counts_read(&now))
		return;
	for (size_t i = 0; i < w->n; i++)
		if (packet_counts_dropped_none(&w->counts, &now, w->items[i].flow.target.family))
			w->items[i].view.drop = FAR_NO;
}

/* Of a socket that is not ours, and of UDP, the tables do not tell that nothing came. */
static void note_absence(struct far_watch *w, bool is_shown)
{
	for (size_t i = 0; i < w->n; i++) {
		struct far_view *v = &w->items[i].view;
		bool tcp = w->items[i].flow.transport == TRANSPORT_TCP;
		bool has_socket = v->port == FAR_PORT_STAND_IN ||
				  (tcp && (v->port == FAR_PORT_SERVED || v->port == FAR_PORT_BUSY));

		if (v->socket == FAR_UNKNOWN && has_socket && (is_shown || !tcp))
			v->socket = FAR_NO;
	}
}

void far_watch_stop(struct far_watch *w)
{
	bool is_shown;

	note_drops(w);
	for (size_t i = 0; i < w->n; i++) /* what waits still */
		if (w->items[i].sock.is_open)
			w->items[i].sock.ready(&w->items[i].sock, SOCK_READABLE);
	is_shown = read_table(w, false, note_after);
	end_packets(w);
	note_absence(w, is_shown);
	end_stand_ins(w);
}

void far_watch_clear(struct far_watch *w)
{
	for (size_t i = 0; i < w->n; i++)
		portset_release(&w->items[i].before);
	w->n = 0;
}

void far_watch_release(struct far_watch *w)
{
	if (w->tap_sock.is_open)
		w->loop->ops->unwatch(w->loop, &w->tap_sock);
	end_stand_ins(w);
	far_watch_clear(w);
}
