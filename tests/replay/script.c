/* SPDX-License-Identifier: ISC */
#include "script.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cloak.h"
#include "dialogues.h"
#include "probe/method.h"
#include "probe/method_ftp.h"
#include "probe/method_identify.h"
#include "probe/method_ping.h"
#include "probe/method_talk.h"
#include "probe/method_tcp.h"
#include "probe/method_udp.h"
#include "sys/file.h"

struct reader {
	struct script *script;
	struct slice rest; /* of the line */
	struct place at;
	struct err *err;
};

static int bad(struct reader *r, const char *what)
{
	return err_set(r->err, ERR_DOCUMENT, r->at, "%s: \"%.*s\"", what, (int)r->rest.n,
		       r->rest.p);
}

/* As slice_cut(), outside of double quotes. */
static bool cut_unquoted(struct slice *s, char sep, struct slice *head)
{
	bool quoted = false;
	size_t n = 0;

	if (!s->p)
		return false;
	for (; n < s->n && (quoted || s->p[n] != sep); n++) {
		if (s->p[n] == '"')
			quoted = !quoted;
		else if (s->p[n] == '\\')
			n++;
	}
	*head = n < s->n ? (struct slice){s->p, n} : *s;
	*s = n < s->n ? slice_skip(*s, n + 1) : SLICE_NONE;
	return true;
}

static struct slice take_word(struct reader *r)
{
	struct slice word = slice_trim(r->rest);
	size_t n = 0;

	while (n < word.n && word.p[n] != ' ' && word.p[n] != '\t')
		n++;
	r->rest = slice_skip(word, n);
	word.n = n;
	return word;
}

static bool take_time(struct reader *r, int64_t *us)
{
	static const struct {
		const char *unit;
		int64_t us;
	} units[] = {{"us", 1}, {"ms", 1000}, {"s", 1000000}};
	struct slice word = take_word(r);
	size_t digits = 0;
	uint64_t v;

	while (digits < word.n && word.p[digits] >= '0' && word.p[digits] <= '9')
		digits++;
	if (!slice_number((struct slice){word.p, digits}, 1000000, &v))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (slice_is(slice_skip(word, digits), units[i].unit)) {
			*us = (int64_t)v * units[i].us;
			return true;
		}
	return false;
}

static bool take_number(struct reader *r, uint64_t *v)
{
	return slice_number(take_word(r), 1000000, v);
}

static int hex_value(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* What stands behind a backslash, taken from the front. */
static bool take_escape(struct slice *s, char *c)
{
	static const char names[] = "rn0\"\\", values[] = "\r\n\0\"\\";
	const char *at;

	if (s->n >= 3 && s->p[0] == 'x') {
		int high = hex_value(s->p[1]), low = hex_value(s->p[2]);

		*c = (char)(high * 16 + low);
		*s = slice_skip(*s, 3);
		return high >= 0 && low >= 0;
	}
	at = s->n && s->p[0] ? strchr(names, s->p[0]) : NULL;
	if (!at)
		return false;
	*c = values[at - names];
	*s = slice_skip(*s, 1);
	return true;
}

static bool take_bytes(struct reader *r, struct slice *bytes)
{
	struct slice s = slice_trim(r->rest);
	struct buf out = BUF_INIT;
	bool ok = s.n && s.p[0] == '"';

	s = slice_skip(s, 1);
	while (ok && s.n && s.p[0] != '"') {
		char c = s.p[0];

		s = slice_skip(s, 1);
		if (c == '\\')
			ok = take_escape(&s, &c);
		buf_add_char(&out, c);
	}
	ok = ok && s.n;
	r->rest = slice_skip(s, 1);
	*bytes = (struct slice){arena_copy(r->script->sim->texts, buf_slice(&out)), out.n};
	buf_release(&out);
	return ok;
}

static bool take_filler(struct reader *r, struct slice *bytes)
{
	struct buf out = BUF_INIT;
	uint64_t n;

	if (!slice_number(take_word(r), 1000000, &n))
		return false;
	buf_add_fill(&out, 'x', (size_t)n);
	*bytes = (struct slice){arena_copy(r->script->sim->texts, buf_slice(&out)), out.n};
	buf_release(&out);
	return true;
}

static const struct {
	const char *word;
	enum transport transport;
	enum sock_kind kind;
} transports[] = {
	{"tcp", TRANSPORT_TCP, SOCK_TCP},
	{"udp", TRANSPORT_UDP, SOCK_UDP},
	{"ping", TRANSPORT_ICMP, SOCK_PING},
};

/* The index in transports; `port` is what stands behind it. False: none of them. */
static bool cut_transport(struct slice *port, size_t *index)
{
	struct slice word, rest = *port;

	*index = 0;
	if (slice_is(*port, "ping")) {
		*index = 2;
		*port = SLICE("0");
		return true;
	}
	if (!memchr(port->p, '/', port->n))
		return true;
	slice_cut(&rest, '/', &word);
	*port = rest;
	for (size_t i = 0; i < ARRAY_LEN(transports); i++)
		if (slice_is(word, transports[i].word)) {
			*index = i;
			return true;
		}
	return false;
}

static bool take_ports(struct reader *r, enum transport *transport, struct port_range *ports)
{
	struct slice word = take_word(r);
	size_t i;

	if (!word.n || !cut_transport(&word, &i))
		return false;
	*transport = transports[i].transport;
	*ports = (struct port_range){0, 0};
	return transports[i].kind == SOCK_PING || port_range_parse(word, ports);
}

static const struct {
	const char *name;
	int error;
} errors[] = {
	{"EMFILE", EMFILE},	      {"EADDRNOTAVAIL", EADDRNOTAVAIL},
	{"ENETUNREACH", ENETUNREACH}, {"EHOSTUNREACH", EHOSTUNREACH},
	{"EACCES", EACCES},	      {"EPERM", EPERM},
	{"ENETDOWN", ENETDOWN},	      {"ETIMEDOUT", ETIMEDOUT},
	{"EINVAL", EINVAL},	      {"EAFNOSUPPORT", EAFNOSUPPORT},
	{"ENOBUFS", ENOBUFS},
};

static bool take_errno(struct reader *r, int *error)
{
	struct slice word = take_word(r);

	for (size_t i = 0; i < ARRAY_LEN(errors); i++)
		if (slice_is(word, errors[i].name)) {
			*error = errors[i].error;
			return true;
		}
	return false;
}

/* As net/ipv4/icmp.c and net/ipv6/icmp.c map them; 0: the connection is not told. */
static const struct {
	uint8_t family, type, code;
	int error;
} icmp_errors[] = {
	{4, 3, 0, ENETUNREACH},	  {4, 3, 1, EHOSTUNREACH},
	{4, 3, 3, ECONNREFUSED},  {4, 3, 4, 0},
	{4, 3, 9, ENETUNREACH},	  {4, 3, 10, EHOSTUNREACH},
	{4, 3, 13, EHOSTUNREACH}, {4, 11, 0, EHOSTUNREACH},
	{6, 1, 0, ENETUNREACH},	  {6, 1, 1, EACCES},
	{6, 1, 3, EHOSTUNREACH},  {6, 1, 4, ECONNREFUSED},
	{6, 1, 6, EACCES},	  {6, 2, 0, 0},
};

static bool take_icmp(struct reader *r, struct icmp_error *e)
{
	struct slice code = take_word(r), type;
	uint64_t t, c;

	if (!slice_cut(&code, '/', &type) || !slice_number(type, 255, &t) ||
	    !slice_number(code, 255, &c) || !addr_parse(take_word(r), &e->by))
		return false;
	e->type = (uint8_t)t;
	e->code = (uint8_t)c;
	for (size_t i = 0; i < ARRAY_LEN(icmp_errors); i++)
		if (icmp_errors[i].family == e->by.family && icmp_errors[i].type == t &&
		    icmp_errors[i].code == c) {
			e->code_errno = icmp_errors[i].error;
			return true;
		}
	return false;
}

static const struct {
	const char *word;
	enum sim_verb verb;
} verbs[] = {
	{"accept", SIM_ACCEPT}, {"refuse", SIM_REFUSE}, {"reset", SIM_RESET}, {"close", SIM_CLOSE},
	{"data", SIM_SAY},	{"say", SIM_SAY},	{"echo", SIM_ECHO},   {"deaf", SIM_DEAF},
	{"icmp", SIM_ICMP},	{"error", SIM_ERROR},	{"dial", SIM_DIAL},
};

static bool take_port(struct reader *r, uint16_t *port)
{
	uint64_t v;

	if (!slice_number(take_word(r), 65535, &v) || !v)
		return false;
	*port = (uint16_t)v;
	return true;
}

static bool take_dial(struct reader *r, struct sim_event *e)
{
	struct slice from;

	if (!take_port(r, &e->port))
		return false;
	from = take_word(r);
	return !from.n || addr_parse(from, &e->from);
}

static int read_verb(struct reader *r, struct sim_event *e)
{
	struct slice word = take_word(r);
	bool ok = false;

	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (slice_is(word, verbs[i].word)) {
			e->verb = verbs[i].verb;
			ok = true;
		}
	if (ok && e->verb == SIM_SAY)
		ok = slice_is(word, "say") ? take_bytes(r, &e->bytes) : take_filler(r, &e->bytes);
	if (ok && e->verb == SIM_ICMP)
		ok = take_icmp(r, &e->icmp);
	if (ok && e->verb == SIM_ERROR)
		ok = take_errno(r, &e->error);
	if (ok && e->verb == SIM_DIAL)
		ok = take_dial(r, e);
	return ok ? 0 : bad(r, "not an event");
}

static int read_hear(struct reader *r, struct sim_event *e)
{
	e->verb = SIM_HEAR;
	if (slice_is(slice_trim(r->rest), "*"))
		return 0;
	return take_bytes(r, &e->bytes) ? 0 : bad(r, "not bytes in quotes");
}

static int read_failure(struct reader *r, struct sim_event *e)
{
	static const char *const calls[] = {"socket", "bind", "connect", "send"};
	struct slice word = take_word(r);

	e->verb = SIM_FAIL;
	for (size_t i = 0; i < ARRAY_LEN(calls); i++)
		if (slice_is(word, calls[i]))
			e->call = calls[i];
	return e->call && take_errno(r, &e->error) ? 0 : bad(r, "not a failure");
}

static int read_event(struct reader *r, struct sim_peer *p)
{
	struct sim_event *e = &p->events[p->n_events];
	struct slice before = r->rest, word = take_word(r);

	if (slice_is(word, "drop"))
		return 0;
	if (p->n_events++ == SIM_EVENTS_MAX)
		return bad(r, "too many events");
	if (slice_is(word, "fail"))
		return read_failure(r, e);
	if (slice_is(word, "hear"))
		return read_hear(r, e);
	if (slice_is(word, "inline")) {
		e->verb = SIM_INLINE;
		take_word(r);
		return take_icmp(r, &e->icmp) ? 0 : bad(r, "not an ICMP error");
	}
	r->rest = before;
	return take_time(r, &e->after_us) ? read_verb(r, e) : bad(r, "not a time");
}

static int read_peer(struct reader *r)
{
	struct sim *sim = r->script->sim;
	struct sim_peer *p = &sim->peers[sim->n_peers];
	struct slice address = take_word(r), port, events;
	uint64_t v = 0;
	size_t kind;
	int rc = 0;

	if (sim->n_peers++ == SIM_PEERS_MAX)
		return bad(r, "too many peers");
	events = r->rest;
	slice_cut(&events, ':', &port);
	port = slice_trim(port);
	if (!cut_transport(&port, &kind))
		return bad(r, "not a transport");
	p->kind = transports[kind].kind;
	if (!(slice_is(address, "*") || addr_parse(address, &p->addr)) ||
	    !(slice_is(port, "*") || slice_number(port, 65535, &v)))
		return bad(r, "not an address and a port");
	p->port = (uint16_t)v;
	while (!rc && cut_unquoted(&events, ';', &r->rest))
		rc = read_event(r, p);
	return rc;
}

static bool read_status(struct slice word, enum resolve_status *status)
{
	for (int i = 0; i < RESOLVE_STATUS_COUNT; i++)
		if (slice_is(word, resolve_status_names[i])) {
			*status = (enum resolve_status)i;
			return true;
		}
	return false;
}

static int read_name_word(struct reader *r, struct sim_name *n, struct slice word, bool first)
{
	struct addr a;

	if (addr_parse(word, &a) && n->n_addrs < ARRAY_LEN(n->addrs)) {
		n->addrs[n->n_addrs++] = a;
		*(a.family == 4 ? &n->status4 : &n->status6) = RESOLVE_OK;
		return 0;
	}
	/* The first status is for IPv4, and for IPv6 while no second one follows. */
	if (first && n->status4 != RESOLVE_OK && read_status(word, &n->status4)) {
		if (n->status6 != RESOLVE_OK)
			n->status6 = n->status4;
		return 0;
	}
	return read_status(word, &n->status6) ? 0 : bad(r, "neither an address nor a status");
}

static int read_name(struct reader *r)
{
	struct sim *sim = r->script->sim;
	struct sim_name *n = &sim->names[sim->n_names];
	struct slice name, word;
	bool first = true;
	int rc = 0;

	if (sim->n_names++ == SIM_NAMES_MAX)
		return bad(r, "too many names");
	slice_cut(&r->rest, ':', &name);
	name = slice_trim(name);
	n->name = strndup(name.p, name.n);
	n->status4 = n->status6 = RESOLVE_NODATA;
	if (!take_time(r, &n->after_us))
		return bad(r, "not a time");
	while (!rc && (word = take_word(r)).n) {
		struct addr a;

		rc = read_name_word(r, n, word, first);
		first = first && addr_parse(word, &a);
	}
	return rc;
}

static void add_task(struct script *s, const struct task *t)
{
	s->tasks = mem_resize(s->tasks, s->n_tasks + 1, sizeof(*s->tasks));
	s->tasks[s->n_tasks++] = *t;
}

static const struct via_hop *find_door(const struct script *s, struct slice label)
{
	for (size_t i = 0; i < s->n_doors; i++)
		if (slice_is(label, s->doors[i].label))
			return &s->doors[i];
	return NULL;
}

static int read_door(struct reader *r)
{
	struct script *s = r->script;
	struct via_hop *door = &s->doors[s->n_doors];
	struct slice address, next;
	uint64_t port;

	if (s->n_doors == DOORS_MAX)
		return bad(r, "too many doors");
	*door = (struct via_hop){.kind = &via_door};
	door->label = door->name = arena_copy(s->sim->texts, take_word(r));
	address = take_word(r);
	if (!(slice_is(address, "none") || addr_parse(address, &door->addr)) ||
	    !take_number(r, &port))
		return bad(r, "not an address and a port");
	door->port = (uint16_t)port;
	next = take_word(r);
	door->next = find_door(s, next);
	if (next.n && !door->next)
		return bad(r, "the next door must stand before it");
	s->n_doors++;
	return 0;
}

static void recall_budget(void *ctx, const struct recall_place *place, struct recollection *r)
{
	(void)place;
	r->foreign = *(const unsigned *)ctx;
}

/* So many first messages in others' protocols are left of a day's. */
static bool read_budget(struct arena *texts, struct slice word, struct task *t)
{
	struct recall *r = ARENA_NEW(texts, struct recall);
	unsigned *left = ARENA_NEW(texts, unsigned);
	uint64_t n;

	if (!slice_number(word, UINT16_MAX, &n))
		return false;
	*left = (unsigned)n;
	*r = (struct recall){.of = recall_budget, .ctx = left};
	t->recall = r;
	return true;
}

static bool read_probe_key(struct reader *r, struct slice key, struct slice word, struct task *t)
{
	struct arena *texts = r->script->sim->texts;
	uint64_t family;

	if (slice_is(key, "proto"))
		return (t->proto = dialogue_find(word, t->method->transport)) != NULL;
	if (slice_is(key, "identify")) {
		t->method = t->method->transport == TRANSPORT_UDP ? &method_identify_udp
								  : &method_identify;
		t->among = strangers;
		return true;
	}
	if (slice_is(key, "fragile"))
		return t->is_fragile = true;
	if (slice_is(key, "budget"))
		return read_budget(texts, word, t);
	if (slice_is(key, "cloak")) {
		t->layer = &cloak;
		return true;
	}
	if (slice_is(key, "via"))
		return (t->via = find_door(r->script, word)) != NULL;
	if (slice_is(key, "family") && slice_number(word, 6, &family))
		t->family = (uint8_t)family;
	else if (slice_is(key, "what"))
		t->what = arena_copy(texts, word);
	else if (slice_is(key, "mode"))
		t->mode = arena_copy(texts, word);
	else if (slice_is(key, "ports"))
		return port_range_parse(word, &t->ports);
	else
		return slice_is(key, "source") && addr_parse(word, &t->source);
	return true;
}

static int read_probe(struct reader *r)
{
	static const struct method *const methods[TRANSPORT_COUNT] = {
		[TRANSPORT_TCP] = &method_tcp,
		[TRANSPORT_UDP] = &method_udp,
		[TRANSPORT_ICMP] = &method_ping,
	};
	struct task t = {.flow = UINT_MAX};
	struct slice host = take_word(r), word, key;
	enum transport transport;
	struct port_range ports;

	if (!take_ports(r, &transport, &ports))
		return bad(r, "not a port");
	t.method = methods[transport];
	while ((word = take_word(r)).n) {
		slice_cut(&word, '=', &key);
		if (!read_probe_key(r, key, word, &t))
			return bad(r, "not a key of a probe");
	}
	if (t.method == &method_tcp && (t.proto || t.via))
		t.method = &method_talk;
	if (transport == TRANSPORT_TCP && t.mode)
		t.method = &method_ftp;
	if (!addr_parse(host, &t.target))
		t.name = arena_copy(r->script->sim->texts, host);
	for (unsigned port = ports.lo; port <= ports.hi; port++) {
		t.port = (uint16_t)port;
		add_task(r->script, &t);
	}
	return 0;
}

static bool copy_text(char *to, size_t room, struct slice s)
{
	if (s.n >= room)
		return false;
	memcpy(to, s.p, s.n);
	to[s.n] = '\0';
	return true;
}

/* A value with blanks is put in quotes. */
static struct slice take_value(struct reader *r, struct slice *key)
{
	struct slice value = slice_trim(r->rest);

	slice_cut(&value, '=', key);
	r->rest = value;
	if (value.n && value.p[0] == '"') {
		r->rest = slice_skip(value, 1);
		slice_cut(&r->rest, '"', &value);
		return value;
	}
	return take_word(r);
}

static int read_expect(struct reader *r)
{
	struct script *s = r->script;
	struct expectation e = {.line = r->at.line};
	struct port_range ports;

	if (!copy_text(e.target, sizeof(e.target), take_word(r)) ||
	    !take_ports(r, &e.transport, &ports))
		return bad(r, "not a target and a port");
	for (; slice_trim(r->rest).n; e.n_keys++) {
		struct slice key, value = take_value(r, &key);

		if (e.n_keys == EXPECT_KEYS_MAX ||
		    !copy_text(e.keys[e.n_keys].key, sizeof(e.keys[0].key), key) ||
		    !copy_text(e.keys[e.n_keys].value, sizeof(e.keys[0].value), value))
			return bad(r, "too long");
	}
	for (unsigned port = ports.lo; port <= ports.hi; port++) {
		e.port = (uint16_t)port;
		s->expectations = mem_resize(s->expectations, s->n_expectations + 1, sizeof(e));
		s->expectations[s->n_expectations++] = e;
	}
	return 0;
}

static int read_own(struct reader *r)
{
	struct sim *sim = r->script->sim;

	return sim->n_own < ARRAY_LEN(sim->own) && addr_parse(take_word(r), &sim->own[sim->n_own++])
		       ? 0
		       : bad(r, "not an address");
}

static int read_busy(struct reader *r)
{
	struct sim *sim = r->script->sim;

	return sim->n_busy < ARRAY_LEN(sim->busy) && take_port(r, &sim->busy[sim->n_busy++])
		       ? 0
		       : bad(r, "not a port");
}

static int read_setting(struct reader *r, struct slice verb)
{
	struct script *s = r->script;
	uint64_t v;

	if (!take_number(r, &v))
		return bad(r, "not a number");
	if (slice_is(verb, "timeout"))
		s->timeout_ms = (unsigned)v;
	else if (slice_is(verb, "per-target"))
		s->per_target = (unsigned)v;
	else if (slice_is(verb, "rate"))
		s->rate = (unsigned)v;
	else if (slice_is(verb, "loss"))
		s->sim->loss = (unsigned)v;
	else if (slice_is(verb, "window"))
		s->window = (size_t)v;
	else if (slice_is(verb, "descriptors"))
		s->descriptors = (size_t)v;
	else if (slice_is(verb, "kernel-descriptors"))
		s->sim->descriptors = (size_t)v;
	else if (slice_is(verb, "expect-most-open"))
		s->most_open = (long)v;
	else if (slice_is(verb, "expect-opened"))
		s->opened = (long)v;
	else
		return bad(r, "not a verb of a script");
	return 0;
}

static int read_line(struct reader *r)
{
	struct slice verb = take_word(r);

	if (!verb.n)
		return 0;
	if (slice_is(verb, "peer"))
		return read_peer(r);
	if (slice_is(verb, "name"))
		return read_name(r);
	if (slice_is(verb, "door"))
		return read_door(r);
	if (slice_is(verb, "probe"))
		return read_probe(r);
	if (slice_is(verb, "expect"))
		return read_expect(r);
	if (slice_is(verb, "own"))
		return read_own(r);
	if (slice_is(verb, "busy"))
		return read_busy(r);
	if (slice_is(verb, "cut"))
		return take_time(r, &r->script->sim->cut_us) ? 0 : bad(r, "not a time");
	if (slice_is(verb, "interrupt"))
		return take_time(r, &r->script->sim->interrupt_us) ? 0 : bad(r, "not a time");
	return read_setting(r, verb);
}

int script_read(const char *path, struct script *s, struct err *err)
{
	struct reader r = {.script = s, .at = {.file = path, .column = 1}, .err = err};
	struct buf text = BUF_INIT;
	struct slice all, line;
	int rc;

	*s = (struct script){.path = path, .sim = sim_new(), .most_open = -1, .opened = -1};
	rc = file_read(path, 1 << 20, &text, err);
	all = buf_slice(&text);
	while (!rc && slice_cut(&all, '\n', &line)) {
		r.at.line++;
		cut_unquoted(&line, '#', &r.rest);
		rc = read_line(&r);
	}
	buf_release(&text);
	return rc;
}

void script_release(struct script *s)
{
	free(s->tasks);
	free(s->expectations);
}
