/* SPDX-License-Identifier: ISC
 *
 * rsync's daemon, only where the owner wants that tried: which modules it names to anybody, and
 * whether it serves the first of them without a password. Nothing of it is listed or read.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/line.h"

enum { LINE_LIMIT = 1024, LINES_LIMIT = 256, NAME_MAX = 64 };
#define MARK "@RSYNCD: "

enum { OPEN, LISTED };
static const struct weakness weaknesses[] = {
	[OPEN] = {"rsync-no-password", SEVERITY_MEDIUM, false,
		  "it serves a module to anybody, without a password",
		  "Demand a password where the files are not meant for all (auth users), and let "
		  "only those in who need it (hosts allow).",
		  "rsyncd.conf(5); CWE-306"},
	[LISTED] = {"rsync-listed", SEVERITY_LOW, false, "it names its modules to anybody",
		    "Leave modules out of the list (list = no).", "rsyncd.conf(5); CWE-200"},
};

struct state {
	unsigned lines;
	bool has_greeted; /* on this connection */
	char module[NAME_MAX];
};

static bool start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	struct state *st = state;

	(void)out;
	st->lines = 0;
	st->has_greeted = false;
	return !ask->connection || st->module[0];
}

/* A client has to say its version before it says what it wants; 31 is of 2013. */
static enum proto_result greet(struct state *st, struct slice line, struct proto_out *out)
{
	if (!slice_has_prefix(line, MARK))
		return PROTO_OTHER;
	st->has_greeted = true;
	proto_put_text(out, MARK "31.0\n");
	proto_put_text(out, st->module[0] ? st->module : "#list");
	proto_put_text(out, "\n");
	return PROTO_MORE;
}

/* "NAME            TAB COMMENT"; greetings for people have no such TAB, mostly. */
static void hear_module(struct state *st, struct slice line, struct audit_notes *notes)
{
	struct slice name;

	if (!memchr(line.p, '\t', line.n) || !slice_cut(&line, '\t', &name))
		return;
	name = slice_trim(name);
	if (!name.n || name.n >= NAME_MAX || memchr(name.p, ' ', name.n))
		return;
	audit_note_more(notes, &weaknesses[LISTED], name);
	if (!st->module[0])
		memcpy(st->module, name.p, name.n);
}

static enum proto_result hear(struct state *st, const struct audit_ask *ask, struct slice line,
			      struct proto_out *out, struct audit_notes *notes)
{
	if (!st->has_greeted)
		return greet(st, line, out);
	if (slice_is(line, MARK "OK") && ask->connection)
		audit_note(notes, &weaknesses[OPEN], "module %s", st->module);
	if (slice_has_prefix(line, "@")) /* what is not for people: OK, EXIT, AUTHREQD, an error */
		return PROTO_PROVED;
	if (!ask->connection && line.n)
		hear_module(st, line, notes);
	return PROTO_MORE;
}

static enum proto_result input(void *state, const struct audit_ask *ask, struct slice *in,
			       struct proto_out *out, struct audit_notes *notes)
{
	struct state *st = state;
	enum proto_result result = PROTO_MORE;
	struct slice line;

	while (result == PROTO_MORE && !out->n) {
		result = line_take(in, LINE_LIMIT, &line);
		if (result != PROTO_PROVED)
			return result;
		result = ++st->lines > LINES_LIMIT ? PROTO_OTHER : hear(st, ask, line, out, notes);
	}
	return result;
}

static const char *const of[] = {"rsync", NULL};

static const struct audit_vector vectors[] = {
	{.title = "two modules for anybody",
	 .source = "rsync 3.5.0",
	 .turns = {{'<', SLICE("@RSYNCD: 32.0 sha512 sha256 sha1 md5 md4\n")},
		   {'>', SLICE("@RSYNCD: 31.0\n#list\n")},
		   {'<', SLICE("peer           \11files\n")},
		   {'<', SLICE("home           \11\n@RSYNCD: EXIT\n")},
		   {'|', SLICE("")},
		   {'<', SLICE("@RSYNCD: 32.0 sha512 sha256 sha1 md5 md4\n")},
		   {'>', SLICE("@RSYNCD: 31.0\npeer\n")},
		   {'<', SLICE("@RSYNCD: OK\n")}},
	 .codes = "rsync-listed rsync-no-password",
	 .evidence = "peer, home"},
	{.title = "a module that is not listed",
	 .source = "rsync 3.5.0",
	 .turns = {{'<', SLICE("@RSYNCD: 32.0 sha512 sha256 sha1 md5 md4\n")},
		   {'>', SLICE("@RSYNCD: 31.0\n#list\n")},
		   {'<', SLICE("@RSYNCD: EXIT\n")}},
	 .codes = ""},
	{.title = "a password",
	 .source = "rsync 3.5.0",
	 .turns = {{'<', SLICE("@RSYNCD: 32.0 sha512 sha256 sha1 md5 md4\n")},
		   {'>', SLICE("@RSYNCD: 31.0\n#list\n")},
		   {'<', SLICE("peer           \11\n")},
		   {'<', SLICE("@RSYNCD: EXIT\n")},
		   {'|', SLICE("")},
		   {'<', SLICE("@RSYNCD: 32.0 sha512 sha256 sha1 md5 md4\n")},
		   {'>', SLICE("@RSYNCD: 31.0\npeer\n")},
		   {'<', SLICE("@RSYNCD: AUTHREQD +kJZ0r16NkUYmQMoq6/1+w\n")}},
	 .codes = "rsync-listed"},
};

const struct audit audit_rsync = {
	.name = "rsync",
	.title = "modules of rsync without a password",
	.of = of,
	.transport = TRANSPORT_TCP,
	.is_active = true,
	.connections = 2,
	.state_size = sizeof(struct state),
	.start = start,
	.input = input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = vectors,
	.n_vectors = ARRAY_LEN(vectors),
};
