/* SPDX-License-Identifier: ISC */
#include "report/script.h"

#include "base/map.h"

const struct script_kind *const script_kinds[] = {&script_sh, &script_powershell, NULL};

uint64_t script_id(const struct script_try *tries, size_t n)
{
	uint64_t id = 0;

	for (size_t i = 0; i < n; i++) {
		const struct script_try *t = &tries[i];
		const uint16_t what[] = {t->port, (uint16_t)t->transport};

		id = hash_stable(t->flow, strlen(t->flow), id);
		id = hash_stable(t->target, strlen(t->target), id);
		id = hash_stable(what, sizeof(what), id);
	}
	return id;
}

static char plain(char c)
{
	return c >= ' ' && c <= '~' ? c : '?';
}

void script_add_comment(struct buf *out, const char *s)
{
	for (; *s; s++)
		buf_add_char(out, plain(*s));
}

void script_add_note(struct buf *out, const struct script_try *t)
{
	buf_add_text(out, "# ");
	script_add_comment(out, t->to);
	if (t->service) {
		buf_add_text(out, ", ");
		script_add_comment(out, t->service);
	}
	buf_add_char(out, '\n');
}

/* Between single quotes; a quote inside as the language wants it. */
static void quote(struct buf *out, struct slice s, const char *inner)
{
	buf_add_char(out, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\'')
			buf_add_text(out, inner);
		else
			buf_add_char(out, plain(s.p[i]));
	}
	buf_add_char(out, '\'');
}

void script_quote_sh(struct buf *out, struct slice s)
{
	quote(out, s, "'\\''");
}

/* A quote doubled is one; the language takes typographic quotes for the same, and those are not
 * ASCII: about_Quoting_Rules. */
void script_quote_powershell(struct buf *out, struct slice s)
{
	quote(out, s, "''");
}

/* --- the head --------------------------------------------------------------------------------- */

struct counts {
	size_t tcp, udp, echo, not_tried;
};

static bool is_tried(const struct script_try *t, const struct script_kind *kind)
{
	return !t->not_tried && (t->transport != TRANSPORT_UDP || kind->sends_udp);
}

static struct counts count(const struct script *s, const struct script_kind *kind)
{
	struct counts n = {0};

	for (size_t i = 0; i < s->n_tries; i++) {
		const struct script_try *t = &s->tries[i];

		n.not_tried += !is_tried(t, kind);
		if (is_tried(t, kind)) {
			n.tcp += t->transport == TRANSPORT_TCP;
			n.udp += t->transport == TRANSPORT_UDP;
			n.echo += t->transport == TRANSPORT_ICMP;
		}
	}
	return n;
}

PRINTF(2, 3) static void add_line(struct buf *out, const char *fmt, ...)
{
	struct buf line = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_addfv(&line, fmt, ap);
	va_end(ap);
	buf_add_text(out, "# ");
	script_add_comment(out, line.data);
	buf_add_char(out, '\n');
	buf_release(&line);
}

static const char *s_of(size_t n)
{
	return n == 1 ? "" : "s";
}

static void add_what_it_does(const struct script *s, const struct script_kind *kind,
			     struct buf *out)
{
	const struct counts n = count(s, kind);

	add_line(out, "What it does, and nothing else:");
	if (s->n_names)
		add_line(out, "  look up %zu name%s;", s->n_names, s_of(s->n_names));
	add_line(out, "  open %zu TCP connection%s (to each address of a name), and close", n.tcp,
		 s_of(n.tcp));
	add_line(out, "  them without a word;");
	if (n.udp)
		add_line(out, "  send %zu UDP message%s, and listen for an answer;", n.udp,
			 s_of(n.udp));
	if (n.echo)
		add_line(out, "  ping %zu address%s.", n.echo, n.echo == 1 ? "" : "es");
	if (n.not_tried)
		add_line(out, "%zu more it cannot try; they are told as not tested.", n.not_tried);
	if (s->left_out)
		add_line(out, "%zu flow%s from this host %s not in it: portolan check tells why.",
			 s->left_out, s_of(s->left_out), s->left_out == 1 ? "is" : "are");
}

static void add_head(const struct script *s, const struct script_kind *kind, struct buf *out)
{
	add_line(out, "What %s must reach, at the site %s.", s->host, s->site);
	add_line(out, "Written %s by portolan %s. Read it before you run it.", s->written,
		 s->version);
	buf_add_text(out, "#\n");
	add_what_it_does(s, kind, out);
	add_line(out, "It needs no privilege and changes nothing.");
	buf_add_text(out, "#\n");
	add_line(out, "On %s:", s->host);
	add_line(out, "  %s check-%s.%s %s %s.results", kind->run, s->host, kind->suffix,
		 kind->redirect, s->host);
	add_line(out, "Where the site's file is:");
	add_line(out, "  portolan check --results %s.results SITE", s->host);
}

void script_write(const struct script *s, const struct script_kind *kind, struct buf *out)
{
	unsigned seconds = s->timeout_ms ? (s->timeout_ms + 999) / 1000 : kind->seconds;

	buf_add_text(out, kind->first_line);
	add_head(s, kind, out);
	kind->write(s, seconds, out);
}
