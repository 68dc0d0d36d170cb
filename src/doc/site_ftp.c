/* SPDX-License-Identifier: ISC
 *
 * The part of a device that is an FTP gateway.
 */
#include <string.h>

#include "base/compiler.h"
#include "doc/site.h"
#include "doc/site_kinds.h"

#define AT(type, member) offsetof(struct type, member)
#define RECORD(what, type, fields, ...)                                                            \
	{                                                                                          \
		what, sizeof(struct type), fields, ARRAY_LEN(fields), __VA_ARGS__                  \
	}

static void read_limit(struct reader *r, const struct field *f, const struct node *n, void *at)
{
	uint64_t v = FTP_UNLIMITED;

	if (!want_text(r, n, f->kind->expected))
		return;
	if (text_is(n->text, "none") ||
	    (slice_number(slice_of(n->text.s), FTP_UNLIMITED - 1, &v) && v))
		*(uint32_t *)at = (uint32_t)v;
	else
		complain(r, n->text.at, "expected %s, found \"%.60s\"", f->kind->expected,
			 n->text.s);
}

static bool unset_limit(const struct field *f, const void *at)
{
	(void)f;
	return *(const uint32_t *)at == 0;
}

static void write_limit(struct yaml_writer *w, const struct field *f, const void *at)
{
	uint32_t v = *(const uint32_t *)at;

	(void)f;
	if (v == FTP_UNLIMITED)
		buf_add_text(w->out, " none\n");
	else
		buf_addf(w->out, " %u\n", v);
}

static const struct kind kind_limit = {"a number from 1 on, or none", read_limit, unset_limit,
				       write_limit, schema_any};

static const struct field limits_fields[] = {
	{"sessions", &kind_limit, AT(ftp_limits, sessions), .help = "at once; default 10000"},
	{"per_source", &kind_limit, AT(ftp_limits, per_source),
	 .help = "at once of one address; default 100"},
	{"per_minute", &kind_limit, AT(ftp_limits, per_minute),
	 .help = "new ones of one address; default none"},
	{"rate", &kind_limit, AT(ftp_limits, rate),
	 .help = "bytes a second of one transfer; default none"},
	{"login", &kind_limit, AT(ftp_limits, login),
	 .help = "seconds until the login is complete; default 60"},
	{"idle", &kind_limit, AT(ftp_limits, idle), .help = "seconds without a word; default 900"},
	{"data", &kind_limit, AT(ftp_limits, data),
	 .help = "seconds until a data connection stands; default 30"},
};
static const struct record limits_record =
	RECORD("limits", ftp_limits, limits_fields, NULL, NO_PLACE, NULL);

static const struct field access_fields[] = {
	{"from", &kind_targets, AT(ftp_access, from),
	 .help = "clients; default: all of the chart's"},
	{"to", &kind_targets, AT(ftp_access, to), .help = "servers; default: all of the chart's"},
	{"users", &kind_texts, AT(ftp_access, users),
	 .help = "names, * for anything; default: everybody"},
	{"may", &kind_word, AT(ftp_access, may), .words = ftp_may_names,
	 .help = "write: adds files, and sees and changes none"},
};
static const struct record access_record =
	RECORD("an access rule", ftp_access, access_fields, NULL, NO_PLACE, NULL);

/* Two ranges and two modes: towards its clients, and towards its servers. */
static const struct field data_ports_fields[] = {
	{"client", &kind_span, AT(ftp_gateway, client_ports)},
	{"server", &kind_span, AT(ftp_gateway, server_ports)},
};
static const struct record data_ports_record =
	RECORD("the data ports", ftp_gateway, data_ports_fields, NULL, NO_PLACE, NULL);

static const struct field modes_fields[] = {
	{"client", &kind_word, AT(ftp_gateway, client_modes), .words = client_mode_names},
	{"server", &kind_word, AT(ftp_gateway, server_modes), .words = server_mode_names},
};
static const struct record modes_record =
	RECORD("the modes", ftp_gateway, modes_fields, NULL, NO_PLACE, NULL);

/* "DELE", "SITE CHMOD": the longest command that there is has seven letters. */
static void check_commands(struct reader *r, const void *list)
{
	enum { COMMAND_MAX = 12 };
	const LIST_OF(struct text) *texts = list;

	for_each (t, texts) {
		size_t n = strspn(t->s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					"0123456789");

		if (!n || n > COMMAND_MAX || (t->s[n] && t->s[n] != ' '))
			complain(r, t->at,
				 "expected a command of FTP, such as DELE or SITE CHMOD, "
				 "found \"%.60s\"",
				 t->s);
	}
}

static void check_gateway(struct reader *r, const struct node *n, void *at)
{
	struct ftp_gateway *g = at;

	if (!g->listen)
		g->listen = 21;
	if (g->placement == PLACEMENT_REVERSE && !g->servers.n)
		complain(r, n->text.at, "a reverse gateway needs \"servers\"");
	if (g->placement != PLACEMENT_REVERSE && g->servers.n)
		complain(r, n->text.at, "\"servers\" belong to a reverse gateway");
	check_commands(r, &g->deny);
	check_commands(r, &g->allow);
}

static const struct field ftp_gateway_fields[] = {
	{"listen", &kind_port, AT(ftp_gateway, listen), .help = "its control port; default 21"},
	{"placement", &kind_word, AT(ftp_gateway, placement), .words = placement_names},
	{"plane", &kind_word, AT(ftp_gateway, plane), .words = data_plane_names},
	{"data_ports", &kind_inner, 0, .record = &data_ports_record},
	{"modes", &kind_inner, 0, .record = &modes_record},
	{"active_source", &kind_word, AT(ftp_gateway, active_source), .words = active_source_names},
	{"run_as", &kind_name, AT(ftp_gateway, run_as)},
	{"servers", &kind_addr_ports, AT(ftp_gateway, servers)},
	{"access", &kind_records, AT(ftp_gateway, access), .record = &access_record,
	 .help = "of those whom the chart lets through; the first that fits decides"},
	{"deny", &kind_texts, AT(ftp_gateway, deny), .help = "commands: DELE, SITE CHMOD"},
	{"allow", &kind_texts, AT(ftp_gateway, allow),
	 .help = "commands that are refused otherwise: SITE CPFR"},
	{"never", &kind_prefixes, AT(ftp_gateway, never), .help = "where no server is"},
	{"tls", &kind_word, AT(ftp_gateway, tls), .words = ftp_tls_names,
	 .help = "AUTH TLS; pass: then nothing more is read"},
	{"limits", &kind_inner, AT(ftp_gateway, limits), .record = &limits_record},
};
const struct record ftp_gateway_record = RECORD("an FTP gateway", ftp_gateway, ftp_gateway_fields,
						NULL, AT(ftp_gateway, place), check_gateway);
