/* SPDX-License-Identifier: ISC */
#include "double.h"

#include <errno.h>
#include <stdio.h>

#include "base/compiler.h"

static struct gateway_double *of(struct session *s)
{
	return (struct gateway_double *)s;
}

static const char *name(enum side side)
{
	return side == SIDE_CLIENT ? "client" : "server";
}

static void dial(struct session *s, struct slice host, uint16_t port)
{
	buf_addf(&of(s)->said, "> dial %.*s %u\n", (int)host.n, host.p, port);
}

static void data_drop(struct session *s, bool reset)
{
	buf_addf(&of(s)->said, "> drop%s\n", reset ? " reset" : "");
}

static int data_wait(struct session *s, enum side side, struct addr *at, uint16_t *port)
{
	const struct addr *peer = side == SIDE_CLIENT ? &s->client : &s->next_hop;

	if (of(s)->no_ports)
		return -EADDRINUSE;
	*port = ++of(s)->ports[side];
	addr_parse(peer->family == 6 ? SLICE("2001:db8::1") : SLICE("192.0.2.1"), at);
	buf_addf(&of(s)->said, "> wait %s\n", name(side));
	return 0;
}

static int data_pass(struct session *s, enum side side, uint16_t to_port, struct addr *at,
		     uint16_t *port)
{
	buf_addf(&of(s)->said, "> pass %s to %u\n", name(side), to_port);
	addr_parse(s->client.family == 6 ? SLICE("2001:db8::1") : SLICE("192.0.2.1"), at);
	*port = ++of(s)->ports[side];
	return of(s)->no_ports ? -EADDRINUSE : 0;
}

static void data_dial(struct session *s, enum side side, uint16_t port)
{
	if (port < 1024 || portset_has(&s->config->refused_ports, port))
		BUG("port %u is dialled", port);
	buf_addf(&of(s)->said, "> connect %s %u\n", name(side), port);
}

static void data_begin(struct session *s, const struct ftp_command *c)
{
	buf_addf(&of(s)->said, "> begin %.*s\n", (int)c->word.n, c->word.p);
}

static void data_let_go(struct session *s, unsigned code)
{
	buf_addf(&of(s)->said, "> let go %u\n", code);
}

static void note(struct session *s, enum note what, struct slice detail)
{
	if (what == NOTE_VIOLATION)
		buf_addf(&of(s)->said, "> violation: %.*s\n", (int)detail.n, detail.p);
}

static const struct session_ops ops = {
	.dial = dial,
	.data_drop = data_drop,
	.data_wait = data_wait,
	.data_pass = data_pass,
	.data_dial = data_dial,
	.data_begin = data_begin,
	.data_let_go = data_let_go,
	.note = note,
};

void double_init(struct gateway_double *d)
{
	memset(d, 0, sizeof(*d));
	d->said = BUF_INIT;
	d->ports[SIDE_CLIENT] = 40000;
	d->ports[SIDE_SERVER] = 41000;
	d->any[0] = (struct prefix){{4, {0}}, 0};
	d->any[1] = (struct prefix){{6, {0}}, 0};
	d->rule.from.items = d->rule.to.items = d->any;
	d->rule.from.n = d->rule.to.n = 2;
	d->rule.ports = PORT_RANGE_ANY;
	d->rule.may = CMD_READS | CMD_ADDS | CMD_CHANGES;
	d->config.name = "gw";
	d->config.rules.items = &d->rule;
	d->config.rules.n = 1;
	d->config.limits = (struct gate_limits){.login = 60, .idle = 900, .data = 30};
	portset_add(&d->config.refused_ports, (struct port_range){6000, 6009});
	d->session.config = &d->config;
	d->session.ops = &ops;
	addr_parse(SLICE("192.0.2.7"), &d->session.client);
	d->session.client_port = 50000;
	addr_parse(SLICE("198.51.100.9"), &d->session.server);
	d->session.server_port = 21;
}

void double_start(struct gateway_double *d)
{
	if (d->config.placement == PLACEMENT_EXPLICIT)
		d->session.server = (struct addr){0};
	d->session.next_hop = d->session.server;
	session_start(&d->session);
}

/* --- what goes in ----------------------------------------------------------------------------- */

static unsigned hex(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10) & 15;
}

static void unescape(struct slice s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\\' || ++i == s.n) {
			buf_add_char(out, s.p[i < s.n ? i : i - 1]);
		} else if (s.p[i] == 'x' && i + 2 < s.n) {
			buf_add_char(out, (char)(hex(s.p[i + 1]) << 4 | hex(s.p[i + 2])));
			i += 2;
		} else {
			buf_add_char(out, s.p[i] == 'r' ? '\r' : s.p[i] == 'n' ? '\n' : s.p[i]);
		}
	}
}

static void say(struct gateway_double *d, char who, struct slice text, bool bytewise)
{
	void (*put)(struct session *, struct slice) = who == 'c' ? session_heard : session_told;
	bool open = text.n && text.p[text.n - 1] == '~';
	struct buf bytes = BUF_INIT;

	unescape((struct slice){text.p, text.n - open}, &bytes);
	if (!open)
		buf_add_text(&bytes, "\r\n");
	if (!bytewise)
		put(&d->session, buf_slice(&bytes));
	for (size_t i = 0; bytewise && i < bytes.n; i++)
		put(&d->session, (struct slice){bytes.data + i, 1});
	buf_release(&bytes);
}

static enum side side_of(struct slice s)
{
	return slice_is(s, "client") ? SIDE_CLIENT : SIDE_SERVER;
}

static void not_dialled(struct gateway_double *d, struct slice reply)
{
	char text[128];

	snprintf(text, sizeof(text), "%.*s", (int)reply.n, reply.p);
	session_not_dialled(&d->session, text);
}

static void dialled(struct gateway_double *d, struct slice address)
{
	struct session *s = &d->session;

	if (!addr_parse(address, &s->server))
		addr_parse(SLICE("198.51.100.9"), &s->server);
	s->next_hop = s->server;
	s->rule = &d->rule;
	session_dialled(s);
}

static bool happen(struct gateway_double *d, struct slice event)
{
	struct session *s = &d->session;
	struct slice word;

	slice_cut(&event, ' ', &word);
	if (slice_is(word, "not") && s->stage == STAGE_DIALLING)
		not_dialled(d, slice_skip(event, sizeof("dialled")));
	else if (slice_is(word, "dialled") && s->stage == STAGE_DIALLING)
		dialled(d, event);
	else if (slice_is(word, "up"))
		session_data_up(s, side_of(event));
	else if (slice_is(word, "failed"))
		session_data_failed(s, side_of(event), "refused");
	else if (slice_is(word, "broken"))
		session_data_broken(s);
	else if (slice_is(word, "gone"))
		(side_of(event) == SIDE_CLIENT ? session_client_gone : session_server_gone)(s);
	else if (slice_is(word, "expired"))
		session_expired(s);
	else
		return false;
	return true;
}

static unsigned index_of(const char *const *words, struct slice value)
{
	unsigned i = 0;

	while (words[i + 1] && !slice_is(value, words[i]))
		i++;
	return i;
}

static void set_list(struct gateway_double *d, unsigned i, void *list, struct slice value)
{
	struct list *l = list;

	snprintf(d->text[i], sizeof(d->text[i]), "%.*s", (int)value.n, value.p);
	d->words[i] = d->text[i];
	*l = (struct list){&d->words[i], 1};
}

static bool set(struct gateway_double *d, struct slice value)
{
	static const char *const tls[] = {"deny", "pass", "require", NULL};
	static const char *const may[] = {"none", "read", "write", "all", NULL};
	static const unsigned bits[] = {0, CMD_READS, CMD_ADDS, CMD_READS | CMD_ADDS | CMD_CHANGES};
	struct gate_config *c = &d->config;
	struct slice key;

	slice_cut(&value, ' ', &key);
	if (slice_is(key, "placement"))
		c->placement = (enum placement)index_of(placement_names, value);
	else if (slice_is(key, "client-modes"))
		c->client_modes = (enum client_modes)index_of(client_mode_names, value);
	else if (slice_is(key, "server-modes"))
		c->server_modes = (enum server_modes)index_of(server_mode_names, value);
	else if (slice_is(key, "tls"))
		c->tls = (enum gate_tls)index_of(tls, value);
	else if (slice_is(key, "plane"))
		c->plane = (enum data_plane)index_of(data_plane_names, value);
	else if (slice_is(key, "may"))
		d->rule.may = bits[index_of(may, value)];
	else if (slice_is(key, "client"))
		return addr_parse(value, &d->session.client);
	else if (slice_is(key, "without-port"))
		c->without_port = true;
	else if (slice_is(key, "no-ports"))
		d->no_ports = true;
	else if (slice_is(key, "users"))
		set_list(d, 0, &d->rule.users, value);
	else if (slice_is(key, "denied"))
		set_list(d, 1, &c->denied, value);
	else if (slice_is(key, "allowed"))
		set_list(d, 2, &c->allowed, value);
	else
		return false;
	return true;
}

bool double_take(struct gateway_double *d, struct slice line, bool bytewise)
{
	if (slice_has_prefix(line, "set "))
		return set(d, slice_skip(line, 4));
	if (slice_has_prefix(line, "! "))
		return happen(d, slice_skip(line, 2));
	if (!line.n || (line.p[0] != 'c' && line.p[0] != 's'))
		return false;
	say(d, line.p[0], slice_skip(line, line.n > 1 ? 2 : 1), bytewise);
	return true;
}

void double_free(struct gateway_double *d)
{
	session_free(&d->session);
	portset_release(&d->config.refused_ports);
	buf_release(&d->said);
}
