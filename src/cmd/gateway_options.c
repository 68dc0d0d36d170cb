/* SPDX-License-Identifier: ISC */
#include "cmd/gateway_options.h"

#include "gateway/ftp_command.h"

enum {
	LOGIN_S = 60,
	IDLE_S = 15 * 60,
	DATA_S = 30,
	SESSIONS = 10000,
	PER_SOURCE = 100,
};

void gateway_defaults(struct gate_config *c)
{
	/* Services that wait for more than FTP's data, and that a server or a client on the same
	 * host may have: databases, stores, desktops, printers. */
	static const struct port_range refused[] = {
		{1080, 1080}, {1433, 1434},   {1521, 1521},   {2049, 2049}, {2375, 2376},
		{3128, 3128}, {3306, 3306},   {3389, 3389},   {5432, 5432}, {5900, 5901},
		{5985, 5986}, {6000, 6009},   {6379, 6379},   {8080, 8080}, {9100, 9100},
		{9200, 9200}, {11211, 11211}, {27017, 27017},
	};

	c->limits = (struct gate_limits){.sessions = SESSIONS,
					 .per_source = PER_SOURCE,
					 .login = LOGIN_S,
					 .idle = IDLE_S,
					 .data = DATA_S};
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		portset_add(&c->refused_ports, refused[i]);
}

static int usage(struct err *err, const char *option, const char *value, const char *wanted)
{
	return err_set(err, ERR_USAGE, PLACE_NONE, "--%s %s: %s was expected", option, value,
		       wanted);
}

/* "192.0.2.1:21", "[2001:db8::1]:21", "192.0.2.1", "2001:db8::1". */
bool gateway_end(struct slice s, struct gate_listener *l)
{
	struct slice host = s, rest;
	uint64_t v = 21;

	l->port = 21;
	if (addr_parse(s, &l->at))
		return true;
	if (s.n && s.p[0] == '[') {
		rest = slice_skip(s, 1);
		if (!slice_cut(&rest, ']', &host) || !rest.n || rest.p[0] != ':')
			return false;
		rest = slice_skip(rest, 1);
	} else {
		rest = s;
		slice_cut(&rest, ':', &host);
	}
	if (!slice_number(rest, 65535, &v) || !v)
		return false;
	l->port = (uint16_t)v;
	return addr_parse(host, &l->at);
}

static int read_ends(const struct arguments *args, const char *option, void *list,
		     struct arena *arena, struct err *err)
{
	for (size_t i = 0; i < args_count(args, option); i++) {
		struct gate_listener *l = list_add(arena, list, sizeof(*l));

		if (!gateway_end(slice_of(args_nth(args, option, i)), l))
			return usage(err, option, args_nth(args, option, i),
				     "an address with or without a port");
	}
	return 0;
}

static int read_word(const struct arguments *args, const char *option, const char *const *words,
		     unsigned *value, struct err *err)
{
	const char *said = args_value(args, option);

	for (unsigned i = 0; said && words[i]; i++)
		if (slice_is(slice_of(said), words[i])) {
			*value = i;
			return 0;
		}
	return said ? usage(err, option, said, "another word (see --help)") : 0;
}

static int read_range(const struct arguments *args, const char *option, struct port_range *r,
		      struct err *err)
{
	const char *said = args_value(args, option);

	if (said && (!port_range_parse(slice_of(said), r) || r->lo < 1024))
		return usage(err, option, said, "a range of ports from 1024 on, as 40000-40999,");
	return 0;
}

static int read_modes(struct gate_config *c, const struct arguments *args, struct err *err)
{
	unsigned client = c->client_modes, server = c->server_modes, source = ACTIVE_SOURCE_20;
	int rc = read_word(args, "client-modes", client_mode_names, &client, err);

	if (!rc)
		rc = read_word(args, "server-modes", server_mode_names, &server, err);
	if (!rc)
		rc = read_word(args, "active-source", active_source_names, &source, err);
	if (!rc)
		rc = read_range(args, "client-ports", &c->client_ports, err);
	if (!rc)
		rc = read_range(args, "server-ports", &c->server_ports, err);
	c->client_modes = client;
	c->server_modes = server;
	c->active_source = source;
	c->without_port = args_has(args, "without-port");
	return rc;
}

static bool add_prefix(void *list, struct slice s, struct arena *arena)
{
	struct prefix p;
	bool host_bits;

	if (slice_is(s, "any")) {
		*(struct prefix *)list_add(arena, list, sizeof(p)) = (struct prefix){{4, {0}}, 0};
		*(struct prefix *)list_add(arena, list, sizeof(p)) = (struct prefix){{6, {0}}, 0};
		return true;
	}
	if (!prefix_parse(s, &p, &host_bits))
		return false;
	*(struct prefix *)list_add(arena, list, sizeof(p)) = p;
	return true;
}

/* "192.0.2.0/24=198.51.100.7", with ",PORT" or ",LO-HI" behind. */
static bool read_rule(struct gate_config *c, struct slice s, struct arena *arena)
{
	struct gate_rule *r = list_add(arena, &c->rules, sizeof(*r));
	struct slice from, to;

	r->ports = (struct port_range){21, 21};
	r->may = CMD_READS | CMD_ADDS | CMD_CHANGES;
	if (!slice_cut(&s, '=', &from) || !slice_cut(&s, ',', &to))
		return false;
	return add_prefix(&r->from, from, arena) && add_prefix(&r->to, to, arena) &&
	       (!s.p || port_range_parse(s, &r->ports));
}

static int read_rules(struct gate_config *c, const struct arguments *args, struct arena *arena,
		      struct err *err)
{
	for (size_t i = 0; i < args_count(args, "allow"); i++)
		if (!read_rule(c, slice_of(args_nth(args, "allow", i)), arena))
			return usage(err, "allow", args_nth(args, "allow", i),
				     "CLIENTS=SERVERS[,PORT], as 192.0.2.0/24=198.51.100.7,");
	if (!c->rules.n)
		return err_set(err, ERR_USAGE, PLACE_NONE,
			       "nobody may go anywhere: give at least one --allow");
	return 0;
}

static int read_placement(struct gate_config *c, const struct arguments *args, struct arena *arena,
			  struct err *err)
{
	bool transparent = args_has(args, "transparent"), reverse = args_has(args, "server");

	if (args_has(args, "explicit") + transparent + reverse != 1)
		return err_set(err, ERR_USAGE, PLACE_NONE,
			       "one of --explicit, --transparent and --server is needed");
	c->placement = transparent ? PLACEMENT_TRANSPARENT
		       : reverse   ? PLACEMENT_REVERSE
				   : PLACEMENT_EXPLICIT;
	return read_ends(args, "server", &c->servers, arena, err);
}

/* "per-source=20": what it sets, and the most that it may be. */
static bool read_limit(struct gate_limits *l, struct slice s)
{
	struct slice name;
	uint64_t v;
	const struct {
		const char *name;
		unsigned *value;
	} rows[] = {
		{"sessions", &l->sessions},
		{"per-source", &l->per_source},
		{"per-minute", &l->per_minute},
		{"login", &l->login},
		{"idle", &l->idle},
		{"data", &l->data},
	};

	if (!slice_cut(&s, '=', &name) || !slice_number(s, UINT32_MAX, &v))
		return false;
	if (slice_is(name, "rate"))
		l->rate = v;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!slice_is(name, rows[i].name))
			continue;
		*rows[i].value = (unsigned)v;
		return true;
	}
	return slice_is(name, "rate");
}

int gateway_limits(struct gate_config *c, const struct arguments *args, struct err *err)
{
	for (size_t i = 0; i < args_count(args, "limit"); i++)
		if (!read_limit(&c->limits, slice_of(args_nth(args, "limit", i))))
			return usage(err, "limit", args_nth(args, "limit", i),
				     "sessions, per-source, per-minute, rate, login, idle or data, "
				     "= and a number,");
	return 0;
}

int gateway_from_options(struct gate_config *c, const struct arguments *args, struct arena *arena,
			 struct err *err)
{
	int rc = read_ends(args, "listen", &c->listeners, arena, err);

	c->name = "portolan";
	c->plane = PLANE_RELAY;
	gateway_defaults(c);
	if (!rc && !c->listeners.n)
		rc = err_set(err, ERR_USAGE, PLACE_NONE,
			     "a site with --device, or --listen is needed");
	if (!rc)
		rc = read_placement(c, args, arena, err);
	if (!rc)
		rc = read_modes(c, args, err);
	return rc ? rc : read_rules(c, args, arena, err);
}
