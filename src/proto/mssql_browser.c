/* SPDX-License-Identifier: ISC
 *
 * SQL Server Browser: which instances are there, and where? MC-SQLR sections 2.2.2 and 2.2.5. All
 * are asked for even where one is wanted: about an instance that it does not know the browser says
 * nothing.
 */
#include <stdio.h>
#include <string.h>

#include "base/compiler.h"
#include "proto/proto.h"
#include "proto/wire.h"

enum { CLNT_UCAST_EX = 3, SVR_RESP = 5 };

static void start(void *state, const struct proto_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put(out, (const uint8_t[]){CLNT_UCAST_EX}, 1);
}

struct instance {
	struct slice name;
	uint16_t port; /* 0: not over TCP */
};

/* "ServerName;A;InstanceName;B;IsClustered;No;Version;16.0.1000.6;tcp;1433;;": names and values,
 * and at the end a name without bytes. False: there are no more. */
static bool take_instance(struct slice *s, struct instance *found)
{
	struct slice name, value;
	uint64_t port;

	*found = (struct instance){SLICE_NONE, 0};
	while (slice_cut(s, ';', &name) && name.n && slice_cut(s, ';', &value))
		if (slice_is(name, "InstanceName"))
			found->name = value;
		else if (slice_is(name, "tcp") && slice_number(value, UINT16_MAX, &port))
			found->port = (uint16_t)port;
	return found->name.n;
}

/* "MSSQLSERVER tcp/1433, REPORTS" */
static void say_instances(struct slice list, struct proto_said *said)
{
	char text[PROTO_TEXT_MAX] = "";
	struct instance i;
	size_t n = 0;

	while (n < sizeof(text) && take_instance(&list, &i)) {
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%.*s", n ? ", " : "",
				      (int)(i.name.n < sizeof(text) ? i.name.n : sizeof(text)),
				      i.name.p);
		if (i.port && n < sizeof(text))
			n += (size_t)snprintf(text + n, sizeof(text) - n, " tcp/%u", i.port);
	}
	proto_say(said, slice_of(text));
}

/* What is wanted; if nothing is, the default instance, or the only one. */
static bool find_instance(struct slice list, const char *what, struct instance *found)
{
	struct instance i;
	size_t n = 0;

	while (take_instance(&list, &i)) {
		if (slice_is_nocase(i.name, what ? what : "MSSQLSERVER")) {
			*found = i;
			return true;
		}
		if (n++ == 0)
			*found = i;
	}
	return !what && n == 1;
}

static enum proto_result input(void *state, const struct proto_ask *ask, struct slice *in,
			       struct proto_out *out, struct proto_said *said)
{
	struct slice list = *in;
	struct instance found = {SLICE_NONE, 0};
	uint16_t n;
	uint8_t type;

	(void)state;
	(void)out;
	if (!wire_take8(&list, &type) || type != SVR_RESP || !wire_take16le(&list, &n) ||
	    n != list.n || !slice_has_prefix(list, "ServerName;"))
		return PROTO_OTHER;
	say_instances(list, said);
	if (find_instance(list, ask->what, &found))
		said->port = found.port;
	else
		said->is_unknown = ask->what;
	return PROTO_PROVED;
}

static const char *const services[] = {"mssql-browser", NULL};

#define THREE                                                                                      \
	"\5G\1ServerName;ILSUNG1;InstanceName;YUKONSTD;IsClustered;No;Version;9.00.1399.0"         \
	"6;tcp;57137;;ServerName;ILSUNG1;InstanceName;YUKONDEV;IsClustered;No;Version;9.0"         \
	"0.1399.06;np;\\\\ILSUNG1\\pipe\\MSSQL$YUKONDEV\\sql\\query;;ServerName;ILSUNG1;I"         \
	"nstanceName;MSSQLSERVER;IsClustered;No;Version;9.00.1399.06;tcp;1433;np;\\\\ILSU"         \
	"NG1\\pipe\\sql\\query;;"

static const struct proto_vector vectors[] = {
	{.title = "the only instance",
	 .source = "MC-SQLR",
	 .turns = {{'>', SLICE("\3")},
		   {'<',
		    SLICE("\5X\0ServerName;ILSUNG1;InstanceName;YUKONSTD;IsClustered;No;Version"
			  ";9.00.1399.06;tcp;57137;;")}},
	 .result = PROTO_PROVED,
	 .text = "YUKONSTD tcp/57137",
	 .port = 57137},
	{.title = "the default one of several",
	 .source = "MC-SQLR",
	 .turns = {{'>', SLICE("\3")}, {'<', SLICE(THREE)}},
	 .result = PROTO_PROVED,
	 .text = "YUKONSTD tcp/57137, YUKONDEV, MSSQLSERVER tcp/1433",
	 .port = 1433},
	{.title = "the one that is asked for",
	 .source = "MC-SQLR",
	 .what = "YukonStd",
	 .turns = {{'>', SLICE("\3")}, {'<', SLICE(THREE)}},
	 .result = PROTO_PROVED,
	 .text = "YUKONSTD tcp/57137, YUKONDEV, MSSQLSERVER tcp/1433",
	 .port = 57137},
	{.title = "one that listens on a pipe only",
	 .source = "MC-SQLR",
	 .what = "YUKONDEV",
	 .turns = {{'>', SLICE("\3")}, {'<', SLICE(THREE)}},
	 .result = PROTO_PROVED,
	 .text = "YUKONSTD tcp/57137, YUKONDEV, MSSQLSERVER tcp/1433"},
	{.title = "one that is not there",
	 .source = "MC-SQLR",
	 .what = "REPORTS",
	 .turns = {{'>', SLICE("\3")}, {'<', SLICE(THREE)}},
	 .result = PROTO_PROVED,
	 .text = "YUKONSTD tcp/57137, YUKONDEV, MSSQLSERVER tcp/1433",
	 .is_unknown = true},
	{.title = "none of several is the default",
	 .source = "MC-SQLR",
	 .turns = {{'>', SLICE("\3")},
		   {'<',
		    SLICE("\5\321\0ServerName;ILSUNG1;InstanceName;YUKONSTD;IsClustered;No;Vers"
			  "ion;9.00.1399.06;tcp;57137;;ServerName;ILSUNG1;InstanceName;YUKONDEV"
			  ";IsClustered;No;Version;9.00.1399.06;np;\\\\ILSUNG1\\pipe\\MSSQL$YUK"
			  "ONDEV\\sql\\query;;")}},
	 .result = PROTO_PROVED,
	 .text = "YUKONSTD tcp/57137, YUKONDEV"},
	{.title = "a list that ends early",
	 .source = "MC-SQLR",
	 .turns = {{'>', SLICE("\3")},
		   {'<',
		    SLICE("\5X\0ServerName;ILSUNG1;InstanceName;YUKONSTD;IsClustered;No;Version"
			  ";9.00.1399.06;tcp;5713")}},
	 .result = PROTO_OTHER},
	{.title = "our own bytes come back",
	 .source = "RFC 862",
	 .turns = {{'>', SLICE("\3")}, {'<', SLICE("\3")}},
	 .result = PROTO_OTHER},
};

const struct proto proto_mssql_browser = {
	.name = "mssql-browser",
	.services = services,
	.transport = TRANSPORT_UDP,
	.answers = PROTO_ALWAYS,
	.is_directory = true,
	.has_no_id = true,
	.start = start,
	.input = input,
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
