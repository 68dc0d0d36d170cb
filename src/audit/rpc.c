/* SPDX-License-Identifier: ISC
 *
 * ONC RPC: which programs rpcbind lists that should not run any more (RFC 1833 section 3.2,
 * PMAPPROC_DUMP), and what mountd exports to every host (RFC 1813 section 5.2.5, EXPORT). Both are
 * lists that any client is given before it does anything, so they are asked of everybody; no
 * program is called that was listed, and nothing is mounted.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/rpc.h"
#include "proto/wire.h"

enum { DUMP = 4, MOUNT_VERSION = 3, PORTMAP_VERSION = 2, EXPORT = 5 };

enum { REXD, NIS, OLD };
static const struct weakness rpcbind_weaknesses[] = {
	[REXD] = {"rpc-rexd", SEVERITY_CRITICAL, false,
		  "it lists rexd, which runs commands for whoever says who they are",
		  "Switch rexd off.", "CVE-1999-0627"},
	[NIS] = {"rpc-nis", SEVERITY_HIGH, false,
		 "it lists servers of NIS, which give everybody the hashes of passwords",
		 "Move to LDAP with TLS, or Kerberos, and switch NIS off.", "CVE-1999-0620"},
	[OLD] = {"rpc-obsolete", SEVERITY_LOW, false,
		 "it lists programs that are obsolete, and tell or do things without a login",
		 "Switch these programs off; NFS 4 needs none of them.", "CVE-1999-0626"},
};
static const struct weakness mountd_weaknesses[] = {
	{"nfs-everybody", SEVERITY_MEDIUM, false, "it exports directories to every host",
	 "Name the hosts or networks that may mount them, or demand Kerberos (sec=krb5p).",
	 "exports(5); CVE-1999-0554"},
};

/* Numbers of programs: IANA, "rpc-program-numbers". */
static const struct program {
	uint32_t number;
	const char *name;
	unsigned weakness;
} programs[] = {
	{100017, "rexd", REXD},	    {100004, "ypserv", NIS},	  {100007, "ypbind", NIS},
	{100009, "yppasswdd", NIS}, {100028, "ypupdated", NIS},	  {100069, "ypxfrd", NIS},
	{100001, "rstatd", OLD},    {100002, "rusersd", OLD},	  {100008, "rwalld", OLD},
	{100011, "rquotad", OLD},   {100012, "sprayd", OLD},	  {100026, "bootparamd", OLD},
	{100068, "cmsd", OLD},	    {100083, "ttdbserverd", OLD}, {100232, "sadmind", OLD},
	{150001, "pcnfsd", OLD},
};

static bool put_dump(const struct audit_ask *ask, struct proto_out *out)
{
	const struct rpc_call call = {rpc_xid(ask->chance), RPCBIND_PROGRAM, PORTMAP_VERSION, DUMP};

	rpc_put_call(out, &call);
	return true;
}

static bool put_export(const struct audit_ask *ask, struct proto_out *out)
{
	const struct rpc_call call = {rpc_xid(ask->chance), MOUNT_PROGRAM, MOUNT_VERSION, EXPORT};

	rpc_put_call(out, &call);
	return true;
}

static bool rpcbind_start_udp(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	return put_dump(ask, out);
}

static bool rpcbind_start_tcp(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	rpc_put_record(out, RPC_CALL_SIZE);
	return put_dump(ask, out);
}

static bool mountd_start_udp(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	return put_export(ask, out);
}

static bool mountd_start_tcp(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	rpc_put_record(out, RPC_CALL_SIZE);
	return put_export(ask, out);
}

static void note_program(const struct program *p, struct audit_notes *notes)
{
	audit_note_more(notes, &rpcbind_weaknesses[p->weakness], slice_of(p->name));
}

/* A list whose entries have a 1 in front of them: program, version, transport, port. Each program
 * is there once for every version and transport, and told once. */
static void read_programs(struct slice list, struct audit_notes *notes)
{
	bool has[ARRAY_LEN(programs)] = {false};
	uint32_t more, number;
	struct slice rest;

	while (wire_take32(&list, &more) && more && wire_take32(&list, &number) &&
	       wire_take(&list, 12, &rest))
		for (size_t i = 0; i < ARRAY_LEN(programs); i++)
			has[i] |= programs[i].number == number;
	for (size_t i = 0; i < ARRAY_LEN(programs); i++)
		if (has[i])
			note_program(&programs[i], notes);
}

/* RFC 4506 section 4.11: filled up to a multiple of four. */
static bool take_string(struct slice *s, struct slice *string)
{
	struct slice padding;
	uint32_t n;

	return wire_take32(s, &n) && wire_take(s, n, string) && wire_take(s, -n & 3, &padding);
}

/* Names of hosts, networks and groups; no name at all is all hosts. False: it is cut off. */
static bool take_groups(struct slice *list, bool *is_everybody)
{
	static const char *const all[] = {"*", "0.0.0.0/0", "::/0", "0.0.0.0/0.0.0.0"};
	struct slice name;
	uint32_t more;
	bool is_first = true;

	for (*is_everybody = false; wire_take32(list, &more); is_first = false) {
		if (!more) {
			*is_everybody |= is_first;
			return true;
		}
		if (!take_string(list, &name))
			return false;
		for (size_t i = 0; i < ARRAY_LEN(all); i++)
			*is_everybody |= slice_is(name, all[i]);
	}
	return false;
}

static void read_exports(struct slice list, struct audit_notes *notes)
{
	struct slice directory;
	bool is_everybody;
	uint32_t more;

	while (wire_take32(&list, &more) && more && take_string(&list, &directory) &&
	       take_groups(&list, &is_everybody))
		if (is_everybody)
			audit_note_more(notes, mountd_weaknesses, directory);
}

typedef void reader(struct slice list, struct audit_notes *notes);

static enum proto_result hear(const struct audit_ask *ask, struct slice m, reader *read,
			      struct audit_notes *notes)
{
	struct rpc_reply reply;

	switch (rpc_read(m, rpc_xid(ask->chance), &reply)) {
	case RPC_DONE:
		read(reply.results, notes);
		return PROTO_PROVED;
	case RPC_STRANGER:
		return PROTO_MORE;
	case RPC_VERSIONS:
	case RPC_REFUSED:
		return PROTO_PROVED;
	case RPC_NONE:
		break;
	}
	return PROTO_OTHER;
}

static enum proto_result hear_record(const struct audit_ask *ask, struct slice *in, reader *read,
				     struct audit_notes *notes)
{
	enum proto_result result;
	struct slice m;

	return rpc_take_record(in, &m, &result) ? hear(ask, m, read, notes) : result;
}

static enum proto_result rpcbind_input_udp(void *state, const struct audit_ask *ask,
					   struct slice *in, struct proto_out *out,
					   struct audit_notes *notes)
{
	(void)state;
	(void)out;
	return hear(ask, *in, read_programs, notes);
}

static enum proto_result rpcbind_input_tcp(void *state, const struct audit_ask *ask,
					   struct slice *in, struct proto_out *out,
					   struct audit_notes *notes)
{
	(void)state;
	(void)out;
	return hear_record(ask, in, read_programs, notes);
}

static enum proto_result mountd_input_udp(void *state, const struct audit_ask *ask,
					  struct slice *in, struct proto_out *out,
					  struct audit_notes *notes)
{
	(void)state;
	(void)out;
	return hear(ask, *in, read_exports, notes);
}

static enum proto_result mountd_input_tcp(void *state, const struct audit_ask *ask,
					  struct slice *in, struct proto_out *out,
					  struct audit_notes *notes)
{
	(void)state;
	(void)out;
	return hear_record(ask, in, read_exports, notes);
}

static const char *const of_rpcbind[] = {"rpcbind", NULL};
static const char *const of_mountd[] = {"mountd", NULL};

#define DUMP_CALL                                                                                  \
	"\0\1\2\3\0\0\0\0\0\0\0\2\0\1\206\240\0\0\0\2\0\0\0\4"                                     \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define EXPORT_CALL                                                                                \
	"\0\1\2\3\0\0\0\0\0\0\0\2\0\1\206\245\0\0\0\3\0\0\0\5"                                     \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define DONE "\0\1\2\3\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
static const struct audit_vector rpcbind_vectors_udp[] = {
	{.title = "rexd, NIS and rusersd",
	 .source = "RFC 1833 section 3.2",
	 .turns = {{'>', SLICE(DUMP_CALL)},
		   {'<', SLICE(DONE "\0\0\0\1\0\1\206\261\0\0\0\1\0\0\0\6\0\0\2\130"
				    "\0\0\0\1\0\1\206\244\0\0\0\2\0\0\0\21\0\0\2\131"
				    "\0\0\0\1\0\1\206\244\0\0\0\1\0\0\0\21\0\0\2\131"
				    "\0\0\0\1\0\1\206\242\0\0\0\2\0\0\0\21\0\0\2\132"
				    "\0\0\0\0")}},
	 .codes = "rpc-rexd rpc-nis rpc-obsolete",
	 .evidence = "rexd"},
	{.title = "quotas",
	 .source = "rpcbind 1.2.6; NFS-Ganesha 4.3",
	 .turns =
		 {{'>', SLICE("\000\001\002\003\000\000\000\000\000\000\000\002\000\001\206\240\000"
			      "\000\000\002\000\000\000\004\000\000\000\000\000\000\000\000\000\000"
			      "\000\000\000\000\000\000")},
		  {'<',
		   SLICE("\000\001\002\003\000\000\000\001\000\000\000\000\000\000\000\000\000\000"
			 "\000\000\000\000\000\000\000\000\000\001\000\001\206\240\000\000\000\004"
			 "\000\000\000\006\000\000\000o\000\000\000\001\000\001\206\240\000\000\000"
			 "\003\000\000\000\006\000\000\000o\000\000\000\001\000\001\206\240\000\000"
			 "\000\002\000\000\000\006\000\000\000o\000\000\000\001\000\001\206\240\000"
			 "\000\000\004\000\000\000\021\000\000\000o\000\000\000\001\000\001\206\240"
			 "\000\000\000\003\000\000\000\021\000\000\000o\000\000\000\001\000\001\206"
			 "\240\000\000\000\002\000\000\000\021\000\000\000o\000\000\000\001\000\001"
			 "\206\243\000\000\000\003\000\000\000\021\000\000\010\001\000\000\000\001"
			 "\000\001\206\243\000\000\000\003\000\000\000\006\000\000\010\001\000\000"
			 "\000\001\000\001\206\245\000\000\000\001\000\000\000\021\000\000NP\000"
			 "\000\000\001\000\001\206\245\000\000\000\001\000\000\000\006\000\000NP"
			 "\000\000\000\001\000\001\206\245\000\000\000\003\000\000\000\021\000\000N"
			 "P\000\000\000\001\000\001\206\245\000\000\000\003\000\000\000\006\000\000"
			 "NP\000\000\000\001\000\001\206\243\000\000\000\004\000\000\000\021\000"
			 "\000\010\001\000\000\000\001\000\001\206\243\000\000\000\004\000\000\000"
			 "\006\000\000\010\001\000\000\000\001\000\001\206\253\000\000\000\001\000"
			 "\000\000\021\000\000\003k\000\000\000\001\000\001\206\253\000\000\000\001"
			 "\000\000\000\006\000\000\003k\000\000\000\001\000\001\206\253\000\000\000"
			 "\002\000\000\000\021\000\000\003k\000\000\000\001\000\001\206\253\000\000"
			 "\000\002\000\000\000\006\000\000\003k\000\000\000\000")}},
	 .codes = "rpc-obsolete",
	 .evidence = "rquotad"},
	{.title = "NFS alone",
	 .source = "rpcbind 1.2.6; NFS-Ganesha 4.3",
	 .turns = {{'>', SLICE("\000\001\002\003\000\000\000\000\000\000\000\002\000\001\206\240"
			       "\000\000\000\002\000\000\000\004\000\000\000\000\000\000\000\000"
			       "\000\000\000\000\000\000\000\000")},
		   {'<',
		    SLICE("\000\001\002\003\000\000\000\001\000\000\000\000\000\000\000\000\000\000"
			  "\000\000\000\000\000\000\000\000\000\001\000\001\206\240\000\000\000\004"
			  "\000\000\000\006\000\000\000o\000\000\000\001\000\001\206\240\000\000"
			  "\000\003\000\000\000\006\000\000\000o\000\000\000\001\000\001\206\240"
			  "\000\000\000\002\000\000\000\006\000\000\000o\000\000\000\001\000\001"
			  "\206\240\000\000\000\004\000\000\000\021\000\000\000o\000\000\000\001"
			  "\000\001\206\240\000\000\000\003\000\000\000\021\000\000\000o\000\000"
			  "\000\001\000\001\206\240\000\000\000\002\000\000\000\021\000\000\000o"
			  "\000\000\000\001\000\001\206\243\000\000\000\003\000\000\000\021\000\000"
			  "\010\001\000\000\000\001\000\001\206\243\000\000\000\003\000\000\000\006"
			  "\000\000\010\001\000\000\000\001\000\001\206\245\000\000\000\001\000\000"
			  "\000\021\000\000NP\000\000\000\001\000\001\206\245\000\000\000\001\000"
			  "\000\000\006\000\000NP\000\000\000\001\000\001\206\245\000\000\000\003"
			  "\000\000\000\021\000\000NP\000\000\000\001\000\001\206\245\000\000\000"
			  "\003\000\000\000\006\000\000NP\000\000\000\001\000\001\206\243\000\000"
			  "\000\004\000\000\000\021\000\000\010\001\000\000\000\001\000\001\206\243"
			  "\000\000\000\004\000\000\000\006\000\000\010\001\000\000\000\000")}},
	 .codes = ""},
};
static const struct audit_vector rpcbind_vectors_tcp[] = {
	{.title = "quotas",
	 .source = "rpcbind 1.2.6; NFS-Ganesha 4.3",
	 .turns = {{'>', SLICE("\200\000\000("
			       "\000\001\002\003\000\000\000\000\000\000\000\002\000\001\206\240"
			       "\000\000\000\002\000\000\000\004\000\000\000\000\000\000\000\000"
			       "\000\000\000\000\000\000\000\000")},
		   {'<',
		    SLICE("\200\000\001\204\000\001\002\003\000\000\000\001\000\000\000\000\000\000"
			  "\000\000\000\000\000\000\000\000\000\000\000\000\000\001\000\001\206\240"
			  "\000\000\000\004\000\000\000\006\000\000\000o\000\000\000\001\000\001"
			  "\206\240\000\000\000\003\000\000\000\006\000\000\000o\000\000\000\001"
			  "\000\001\206\240\000\000\000\002\000\000\000\006\000\000\000o\000\000"
			  "\000\001\000\001\206\240\000\000\000\004\000\000\000\021\000\000\000o"
			  "\000\000\000\001\000\001\206\240\000\000\000\003\000\000\000\021\000\000"
			  "\000o\000\000\000\001\000\001\206\240\000\000\000\002\000\000\000\021"
			  "\000\000\000o\000\000\000\001\000\001\206\243\000\000\000\003\000\000"
			  "\000\021\000\000\010\001\000\000\000\001\000\001\206\243\000\000\000\003"
			  "\000\000\000\006\000\000\010\001\000\000\000\001\000\001\206\245\000\000"
			  "\000\001\000\000\000\021\000\000NP\000\000\000\001\000\001\206\245\000"
			  "\000\000\001\000\000\000\006\000\000NP\000\000\000\001\000\001\206\245"
			  "\000\000\000\003\000\000\000\021\000\000NP\000\000\000\001\000\001\206"
			  "\245\000\000\000\003\000\000\000\006\000\000NP\000\000\000\001\000\001"
			  "\206\243\000\000\000\004\000\000\000\021\000\000\010\001\000\000\000\001"
			  "\000\001\206\243\000\000\000\004\000\000\000\006\000\000\010\001\000\000"
			  "\000\001\000\001\206\253\000\000\000\001\000\000\000\021\000\000\003k"
			  "\000\000\000\001\000\001\206\253\000\000\000\001\000\000\000\006\000\000"
			  "\003k\000\000\000\001\000\001\206\253\000\000\000\002\000\000\000\021"
			  "\000\000\003k\000\000\000\001\000\001\206\253\000\000\000\002\000\000"
			  "\000\006\000\000\003k\000\000\000\000")}},
	 .codes = "rpc-obsolete",
	 .evidence = "rquotad"},
	{.title = "NFS alone",
	 .source = "rpcbind 1.2.6; NFS-Ganesha 4.3",
	 .turns =
		 {{'>', SLICE("\200\000\000("
			      "\000\001\002\003\000\000\000\000\000\000\000\002\000\001\206\240\000"
			      "\000\000\002\000\000\000\004\000\000\000\000\000\000\000\000\000\000"
			      "\000\000\000\000\000\000")},
		  {'<',
		   SLICE("\200\000\0014\000\001\002\003\000\000\000\001\000\000\000\000\000\000\000"
			 "\000\000\000\000\000\000\000\000\000\000\000\000\001\000\001\206\240\000"
			 "\000\000\004\000\000\000\006\000\000\000o\000\000\000\001\000\001\206\240"
			 "\000\000\000\003\000\000\000\006\000\000\000o\000\000\000\001\000\001\206"
			 "\240\000\000\000\002\000\000\000\006\000\000\000o\000\000\000\001\000\001"
			 "\206\240\000\000\000\004\000\000\000\021\000\000\000o\000\000\000\001\000"
			 "\001\206\240\000\000\000\003\000\000\000\021\000\000\000o\000\000\000\001"
			 "\000\001\206\240\000\000\000\002\000\000\000\021\000\000\000o\000\000\000"
			 "\001\000\001\206\243\000\000\000\003\000\000\000\021\000\000\010\001\000"
			 "\000\000\001\000\001\206\243\000\000\000\003\000\000\000\006\000\000\010"
			 "\001\000\000\000\001\000\001\206\245\000\000\000\001\000\000\000\021\000"
			 "\000NP\000\000\000\001\000\001\206\245\000\000\000\001\000\000\000\006"
			 "\000\000NP\000\000\000\001\000\001\206\245\000\000\000\003\000\000\000"
			 "\021\000\000NP\000\000\000\001\000\001\206\245\000\000\000\003\000\000"
			 "\000\006\000\000NP\000\000\000\001\000\001\206\243\000\000\000\004\000"
			 "\000\000\021\000\000\010\001\000\000\000\001\000\001\206\243\000\000\000"
			 "\004\000\000\000\006\000\000\010\001\000\000\000\000")}},
	 .codes = ""},
};
static const struct audit_vector mountd_vectors_udp[] = {
	{.title = "one to all, one to a network",
	 .source = "NFS-Ganesha 4.3",
	 .turns = {{'>', SLICE("\000\001\002\003\000\000\000\000\000\000\000\002\000\001\206\245"
			       "\000\000\000\003\000\000\000\005\000\000\000\000\000\000\000\000"
			       "\000\000\000\000\000\000\000\000")},
		   {'<', SLICE("\000\001\002\003\000\000\000\001\000\000\000\000\000\000\000\000"
			       "\000\000\000\000\000\000\000\000\000\000\000\001\000\000\000\010/"
			       "srv/nfs\000\000\000\000\000\000\000\001\000\000\000\011/srv/"
			       "home\000\000\000\000\000\000\001\000\000\000\013127.0.0.0/"
			       "8\000\000\000\000\000\000\000\000\000")}},
	 .codes = "nfs-everybody",
	 .evidence = "/srv/nfs"},
	{.title = "to a network",
	 .source = "NFS-Ganesha 4.3",
	 .turns = {{'>', SLICE("\000\001\002\003\000\000\000\000\000\000\000\002\000\001\206\245"
			       "\000\000\000\003\000\000\000\005\000\000\000\000\000\000\000\000"
			       "\000\000\000\000\000\000\000\000")},
		   {'<', SLICE("\000\001\002\003\000\000\000\001\000\000\000\000\000\000\000\000"
			       "\000\000\000\000\000\000\000\000\000\000\000\001\000\000\000\011/"
			       "srv/home\000\000\000\000\000\000\001\000\000\000\013127.0.0.0/"
			       "8\000\000\000\000\000\000\000\000\000")}},
	 .codes = ""},
	{.title = "to all with a star",
	 .source = "RFC 1813 section 5.2.5; mountd(8) of nfs-utils",
	 .turns = {{'>', SLICE(EXPORT_CALL)},
		   {'<', SLICE(DONE "\0\0\0\1\0\0\0\4/srv\0\0\0\1\0\0\0\1*\0\0\0\0\0\0\0"
				    "\0\0\0\1\0\0\0\5/home\0\0\0\0\0\0\1\0\0\0\x0c"
				    "192.0.2.0/24\0\0\0\0"
				    "\0\0\0\0")}},
	 .codes = "nfs-everybody",
	 .evidence = "/srv"},
};
static const struct audit_vector mountd_vectors_tcp[] = {
	{.title = "one to all, one to a network",
	 .source = "NFS-Ganesha 4.3",
	 .turns = {{'>', SLICE("\200\000\000("
			       "\000\001\002\003\000\000\000\000\000\000\000\002\000\001\206\245"
			       "\000\000\000\003\000\000\000\005\000\000\000\000\000\000\000\000"
			       "\000\000\000\000\000\000\000\000")},
		   {'<',
		    SLICE("\200\000\000\134\000\001\002\003\000\000\000\001\000\000\000\000\000\000"
			  "\000\000\000\000\000\000\000\000\000\000\000\000\000\001\000\000\000\010"
			  "/srv/nfs\000\000\000\000\000\000\000\001\000\000\000\011/srv/"
			  "home\000\000\000\000\000\000\001\000\000\000\013127.0.0.0/"
			  "8\000\000\000\000\000\000\000\000\000")}},
	 .codes = "nfs-everybody",
	 .evidence = "/srv/nfs"},
	{.title = "to a network",
	 .source = "NFS-Ganesha 4.3",
	 .turns = {{'>', SLICE("\200\000\000("
			       "\000\001\002\003\000\000\000\000\000\000\000\002\000\001\206\245"
			       "\000\000\000\003\000\000\000\005\000\000\000\000\000\000\000\000"
			       "\000\000\000\000\000\000\000\000")},
		   {'<',
		    SLICE("\200\000\000H\000\001\002\003\000\000\000\001\000\000\000\000\000\000"
			  "\000\000\000\000\000\000\000\000\000\000\000\000\000\001\000\000\000\011"
			  "/srv/home\000\000\000\000\000\000\001\000\000\000\013127.0.0.0/"
			  "8\000\000\000\000\000\000\000\000\000")}},
	 .codes = ""},
};

const struct audit audit_rpcbind = {
	.name = "rpcbind",
	.title = "obsolete programs of rpcbind, over UDP",
	.of = of_rpcbind,
	.transport = TRANSPORT_UDP,
	.start = rpcbind_start_udp,
	.input = rpcbind_input_udp,
	.weaknesses = rpcbind_weaknesses,
	.n_weaknesses = ARRAY_LEN(rpcbind_weaknesses),
	.vectors = rpcbind_vectors_udp,
	.n_vectors = ARRAY_LEN(rpcbind_vectors_udp),
};
const struct audit audit_rpcbind_tcp = {
	.name = "rpcbind-tcp",
	.title = "obsolete programs of rpcbind, over TCP",
	.of = of_rpcbind,
	.transport = TRANSPORT_TCP,
	.start = rpcbind_start_tcp,
	.input = rpcbind_input_tcp,
	.weaknesses = rpcbind_weaknesses,
	.n_weaknesses = ARRAY_LEN(rpcbind_weaknesses),
	.vectors = rpcbind_vectors_tcp,
	.n_vectors = ARRAY_LEN(rpcbind_vectors_tcp),
};
const struct audit audit_mountd = {
	.name = "mountd",
	.title = "what NFS exports to every host, over UDP",
	.of = of_mountd,
	.transport = TRANSPORT_UDP,
	.start = mountd_start_udp,
	.input = mountd_input_udp,
	.weaknesses = mountd_weaknesses,
	.n_weaknesses = ARRAY_LEN(mountd_weaknesses),
	.vectors = mountd_vectors_udp,
	.n_vectors = ARRAY_LEN(mountd_vectors_udp),
};
const struct audit audit_mountd_tcp = {
	.name = "mountd-tcp",
	.title = "what NFS exports to every host, over TCP",
	.of = of_mountd,
	.transport = TRANSPORT_TCP,
	.start = mountd_start_tcp,
	.input = mountd_input_tcp,
	.weaknesses = mountd_weaknesses,
	.n_weaknesses = ARRAY_LEN(mountd_weaknesses),
	.vectors = mountd_vectors_tcp,
	.n_vectors = ARRAY_LEN(mountd_vectors_tcp),
};
