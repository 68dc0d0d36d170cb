/* SPDX-License-Identifier: ISC
 *
 * How data connections are agreed, leg by leg: what the client asks of us, what we ask of the
 * server, and when each side is dialled.
 */
#include "base/compiler.h"
#include "gateway/address.h"
#include "gateway/session_int.h"
#include "proto/ftp_reply.h"

static void reset(struct session *s)
{
	struct buf pending = s->data.pending;

	buf_release(&pending);
	memset(&s->data, 0, sizeof(s->data));
	s->data.pending = BUF_INIT;
}

void session_data_forget(struct session *s, bool with_reset)
{
	if (s->data.state == DATA_NONE)
		return;
	s->ops->data_drop(s, with_reset);
	reset(s);
}

bool session_data_is_whole(const struct session *s)
{
	return s->data.up[SIDE_CLIENT] && s->data.up[SIDE_SERVER];
}

static void dial(struct session *s, enum side side)
{
	if (s->data.dialled[side])
		return;
	s->data.dialled[side] = true;
	s->ops->data_dial(s, side, side == SIDE_CLIENT ? s->data.client_port : s->data.server_port);
}

/* --- what is asked of the server -------------------------------------------------------------- */

static const struct verb_info *info_of(const char *name)
{
	return verb_find(slice_of(name));
}

static void refuse(struct session *s, const char *reply)
{
	session_note(s, NOTE_FAILED, "data connection: %s", reply);
	session_say(s, "%s", reply);
	session_data_forget(s, true);
}

/* The server shall wait for us. Over IPv6 there is but EPSV; over IPv4 the client's own choice
 * first, as the server may know but one of them. */
static bool ask_to_wait(struct session *s)
{
	bool v6 = s->next_hop.family == 6;
	bool epsv = v6 || (s->data.extended && !s->lacks_epsv);

	if (epsv ? s->data.tried_epsv : s->data.tried_pasv)
		epsv = !epsv;
	if (epsv ? s->data.tried_epsv : (s->data.tried_pasv || v6))
		return false;
	*(epsv ? &s->data.tried_epsv : &s->data.tried_pasv) = true;
	buf_add_text(&s->to_server, epsv ? "EPSV\r\n" : "PASV\r\n");
	session_expect(s, epsv ? OF_EPSV : OF_PASV, info_of(epsv ? "EPSV" : "PASV"));
	return true;
}

/* Where that side's peer is to come: to us, or through us. */
static int open_for(struct session *s, enum side side, uint16_t to_port, struct addr *at,
		    uint16_t *port)
{
	int rc;

	if (s->config->plane != PLANE_NAT)
		return s->ops->data_wait(s, side, at, port);
	rc = s->ops->data_pass(s, side, to_port, at, port);
	/* What the kernel does nobody tells us of. */
	s->data.up[SIDE_CLIENT] = s->data.up[SIDE_SERVER] = !rc;
	s->data.dialled[SIDE_CLIENT] = s->data.dialled[SIDE_SERVER] = !rc;
	return rc;
}

/* We wait for the server. */
static bool ask_to_dial(struct session *s)
{
	struct addr at;
	uint16_t port;

	if (s->data.tried_port || open_for(s, SIDE_SERVER, s->data.client_port, &at, &port) != 0)
		return false;
	s->data.tried_port = true;
	s->data.server = WAY_WAIT;
	ftp_format_port(&at, port, &s->to_server);
	session_expect(s, OF_PORT, info_of("PORT"));
	return true;
}

static enum way server_way(const struct session *s)
{
	switch (s->config->server_modes) {
	case SERVER_ACTIVE:
		return WAY_WAIT;
	case SERVER_PASSIVE:
	case SERVER_PASSIVE_THEN_ACTIVE:
		return WAY_DIAL;
	default: /* as the client: who waits for it is waited for */
		return s->data.client == WAY_WAIT ? WAY_DIAL : WAY_WAIT;
	}
}

/* A translation turns neither the direction round nor the family. */
static bool can_be_passed(const struct session *s)
{
	return s->config->plane != PLANE_NAT ||
	       (s->client.family == s->next_hop.family && s->data.client != s->data.server);
}

static void begin(struct session *s, enum way client, bool extended, uint16_t client_port)
{
	session_data_forget(s, false);
	s->data.state = DATA_ASKING;
	s->data.client = client;
	s->data.extended = extended;
	s->data.client_port = client_port;
	s->data.server = server_way(s);
	if (!can_be_passed(s))
		refuse(s, "425 No data connection: the server's side has another mode or protocol");
	else if (s->data.server == WAY_DIAL ? !ask_to_wait(s) : !ask_to_dial(s))
		refuse(s, "425 No data connection: no port is free");
}

/* The command that waited goes to the server. */
static void forward(struct session *s)
{
	struct buf line = s->data.pending;
	struct ftp_command c;

	s->data.pending = BUF_INIT;
	s->data.state = DATA_RUNNING;
	ftp_command_parse(buf_slice(&line), &c);
	s->ops->data_begin(s, &c);
	session_pass_on(s, &c, buf_slice(&line));
	buf_release(&line);
}

/* A server that waits is dialled first: whether that went well decides what the client is told. */
static void begin_transfer(struct session *s)
{
	if (s->data.broken) {
		refuse(s, "425 No data connection: the server cannot be reached");
	} else if (s->data.server == WAY_DIAL && !s->data.up[SIDE_SERVER]) {
		s->data.state = DATA_DIALLING;
		dial(s, SIDE_SERVER);
	} else {
		forward(s);
	}
}

/* --- the server's answer ---------------------------------------------------------------------- */

static bool is_port_refused(const struct session *s, uint16_t port)
{
	return port < 1024 || portset_has(&s->config->refused_ports, port);
}

static bool read_answer(struct session *s, enum asker asker, const struct reply_line *line)
{
	const struct ftp_reply r = {.code = line->code, .text = line->text};
	struct addr ignored; /* the data comes from whom we speak with: RFC 2577 section 3 */
	uint16_t port;

	if (line->code != (asker == OF_PASV ? 227 : 229))
		return false;
	if (asker == OF_PASV ? !ftp_reply_pasv(&r, &ignored, &port) : !ftp_reply_epsv(&r, &port)) {
		session_note(s, NOTE_FAILED, "no port in the server's answer: %u %.*s", line->code,
			     (int)line->text.n, line->text.p);
		return false;
	}
	if (is_port_refused(s, port)) {
		session_note(s, NOTE_REFUSED, "the server's data port %u", port);
		return false;
	}
	s->data.server_port = port;
	return true;
}

static void wait_for_client(struct session *s)
{
	struct addr at;
	uint16_t port;

	if (open_for(s, SIDE_CLIENT, s->data.server_port, &at, &port) != 0) {
		refuse(s, "425 No data connection: no port is free");
		return;
	}
	if (s->data.extended)
		address_put_229(port, &s->to_client);
	else
		address_put_227(&at, port, &s->to_client);
}

/* A server that waits is dialled at once: its connection stands by the time that the command
 * comes. */
static void agreed(struct session *s)
{
	s->data.state = DATA_AGREED;
	if (s->data.client == WAY_WAIT) {
		wait_for_client(s);
	} else if (s->data.pending.n) {
		begin_transfer(s);
	} else {
		session_say(s, "200 Understood");
	}
	if (s->data.state == DATA_AGREED && s->data.server == WAY_DIAL)
		dial(s, SIDE_SERVER);
}

/* The server's own words, where it said no; else ours. */
static void not_agreed(struct session *s, const struct reply_line *line)
{
	bool may_turn = s->config->server_modes == SERVER_PASSIVE_THEN_ACTIVE &&
			s->config->plane != PLANE_NAT;

	if (s->data.server == WAY_DIAL && (ask_to_wait(s) || (may_turn && ask_to_dial(s))))
		return;
	if (line->code < 400) {
		refuse(s, "425 No data connection: the server's answer makes no sense");
		return;
	}
	session_say(s, "%u %.*s", line->code, (int)line->text.n, line->text.p);
	session_data_forget(s, true);
}

void session_data_answer(struct session *s, enum asker asker, const struct reply_line *line)
{
	bool good = asker == OF_PORT ? line->code >= 200 && line->code < 300
				     : read_answer(s, asker, line);

	if (asker == OF_EPSV && line->code >= 500)
		s->lacks_epsv = true;
	if (line->code == 421) {
		buf_add_slice(&s->to_client, line->raw);
		session_end(s, NULL);
	} else if (s->data.state != DATA_ASKING) {
		return; /* given up meanwhile */
	} else if (good) {
		agreed(s);
	} else {
		not_agreed(s, line);
	}
}

/* --- what the client asks --------------------------------------------------------------------- */

static bool is_mode_refused(struct session *s, enum way way)
{
	enum client_modes modes = s->config->client_modes;
	bool refused = way == WAY_WAIT ? modes == CLIENT_ACTIVE : modes == CLIENT_PASSIVE;

	if (refused)
		session_say(s, way == WAY_WAIT ? "502 Active mode only here: PORT or EPRT"
					       : "502 Passive mode only here: PASV or EPSV");
	return refused;
}

static void pasv(struct session *s)
{
	if (s->client.family == 6)
		session_say(s, "522 PASV knows IPv4 alone: EPSV");
	else
		begin(s, WAY_WAIT, false, 0);
}

static void epsv(struct session *s, struct slice arg)
{
	unsigned ours = s->client.family == 4 ? 1 : 2;
	uint64_t v = ours;

	arg = slice_trim(arg);
	if (slice_is_nocase(arg, "ALL")) {
		s->epsv_all = true;
		session_say(s, "200 EPSV it is");
	} else if (arg.n && !slice_number(arg, 65535, &v)) {
		session_say(s, "501 EPSV, EPSV %u or EPSV ALL", ours);
	} else if (v != ours) {
		session_say(s, "522 Another network protocol than this conversation's, use (%u)",
			    ours);
	} else {
		begin(s, WAY_WAIT, true, 0);
	}
}

/* Only to the client itself, and only to ports that no service has: RFC 2577 section 3. */
static void port(struct session *s, const struct ftp_command *c)
{
	bool extended = c->info->verb == VERB_EPRT;
	struct slice arg = slice_trim(c->arg);
	struct addr a = {0};
	uint16_t number = 0;
	enum address_result result =
		extended ? address_of_eprt(arg, &a, &number) : address_of_port(arg, &a, &number);

	if (result == ADDRESS_BAD) {
		session_say(s, "501 That is no address and port");
	} else if (result == ADDRESS_FAMILY || (extended && a.family != s->client.family)) {
		session_say(s, "522 Another network protocol than this conversation's, use (%u)",
			    s->client.family == 4 ? 1 : 2);
	} else if (!addr_equal(&a, &s->client)) {
		session_note(s, NOTE_VIOLATION, "%.*s %.*s: another host", (int)c->word.n,
			     c->word.p, (int)arg.n, arg.p);
		session_say(s, "500 Only to yourself");
	} else if (is_port_refused(s, number)) {
		session_note(s, NOTE_REFUSED, "%.*s %.*s: port %u", (int)c->word.n, c->word.p,
			     (int)arg.n, arg.p, number);
		session_say(s, "504 Not to port %u", number);
	} else {
		begin(s, WAY_DIAL, extended, number);
	}
}

void session_data_command(struct session *s, const struct ftp_command *c)
{
	bool is_epsv = c->info->verb == VERB_EPSV;
	enum way way = is_epsv || c->info->verb == VERB_PASV ? WAY_WAIT : WAY_DIAL;

	if (s->epsv_all && !is_epsv)
		session_say(s, "501 After EPSV ALL there is but EPSV");
	else if (is_mode_refused(s, way))
		return;
	else if (is_epsv)
		epsv(s, c->arg);
	else if (way == WAY_WAIT)
		pasv(s);
	else
		port(s, c);
}

/* --- the transfer ----------------------------------------------------------------------------- */

/* Without PORT a server dials the port of the conversation itself: RFC 959 section 3.2. */
static bool is_portless(const struct session *s)
{
	return s->config->without_port && s->config->client_modes != CLIENT_PASSIVE && !s->epsv_all;
}

void session_transfer_command(struct session *s, struct slice line)
{
	if (s->data.state == DATA_NONE && !is_portless(s)) {
		session_say(s, "425 No data connection: PASV, EPSV, PORT or EPRT first");
		return;
	}
	buf_add_slice(&s->data.pending, line);
	if (s->data.state != DATA_NONE) {
		begin_transfer(s);
		return;
	}
	begin(s, WAY_DIAL, false, s->client_port);
}

void session_data_go_on(struct session *s, enum side side)
{
	if (s->data.state == DATA_DIALLING && side == SIDE_SERVER)
		forward(s);
	else if (side == SIDE_SERVER && s->data.state == DATA_RUNNING)
		session_data_begun(s);
}

void session_data_begun(struct session *s)
{
	if (s->data.client == WAY_DIAL)
		dial(s, SIDE_CLIENT);
}

/* Whom the server has been told nothing of yet hears it from us; else its last reply is changed. */
void session_data_give_up(struct session *s, enum side side, const char *why)
{
	session_note(s, NOTE_FAILED, "data connection %s: %s",
		     side == SIDE_CLIENT ? "to the client" : "to the server", why);
	if (s->data.state == DATA_DIALLING) {
		refuse(s, "425 No data connection: the server cannot be reached");
		return;
	}
	if (s->data.state == DATA_NONE)
		return;
	/* Of what broke under way the server may tell itself: only a success is not true. */
	s->data.broken = s->data.state == DATA_RUNNING && s->data.up[side] ? 426 : 425;
	if (s->data.state != DATA_RUNNING)
		return;
	s->data.up[SIDE_CLIENT] = s->data.up[SIDE_SERVER] = false;
	s->ops->data_drop(s, true);
}

void session_data_end(struct session *s, unsigned code)
{
	if (s->data.state != DATA_RUNNING)
		return;
	if (s->data.broken != 425 && session_data_is_whole(s))
		s->ops->data_let_go(s, s->data.broken ? s->data.broken : code);
	else
		s->ops->data_drop(s, false);
	reset(s);
}
