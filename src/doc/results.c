/* SPDX-License-Identifier: ISC */
#include "doc/results.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/map.h"

enum { FIELDS = 11, HEAD_FIELDS = 5, TEXT_MAX = 300 };
#define HEAD "portolan-results 1"
#define END  "portolan-end"

enum field { FLOW, TARGET, ADDRESS, PORT, TRANSPORT, STATE, HOW, MEANS, MS, ICMP, REPLY };
static const char *const field_names[FIELDS] = {
	"flow", "target", "address",	  "port", "transport", "state",
	"how",	"means",  "milliseconds", "icmp", "reply",
};

struct reader {
	struct results *out;
	struct arena *arena;
	struct err *err;
	struct map seen; /* flow, target, address and port of each line */
	size_t room;
	unsigned line;
};

static struct place here(const struct reader *r)
{
	return (struct place){.file = r->out->file, .line = r->line, .column = 1};
}

static int refuse(const struct reader *r, enum field f, struct slice got, const char *want)
{
	return err_set(r->err, ERR_DOCUMENT, here(r), "\"%.*s\" is no %s: %s",
		       (int)(got.n < 60 ? got.n : 60), got.p, field_names[f], want);
}

/* --- the bytes -------------------------------------------------------------------------------- */

static void add_utf8(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_add_char(out, (char)c);
	} else if (c < 0x800) {
		buf_add_char(out, (char)(0xc0 | c >> 6));
		buf_add_char(out, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_add_char(out, (char)(0xe0 | c >> 12));
		buf_add_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_add_char(out, (char)(0x80 | (c & 0x3f)));
	}
}

/* A half of a pair becomes "?": nothing that we print needs one. */
static void add_utf16(struct buf *out, struct slice s, bool big)
{
	for (size_t i = 0; i + 1 < s.n; i += 2) {
		unsigned first = (unsigned char)s.p[i], second = (unsigned char)s.p[i + 1];
		uint32_t c = big ? first << 8 | second : second << 8 | first;

		add_utf8(out, c >= 0xd800 && c <= 0xdfff ? '?' : c);
	}
}

static void add_text(struct buf *out, struct slice bytes)
{
	if (slice_has_prefix(bytes, "\xff\xfe"))
		add_utf16(out, slice_skip(bytes, 2), false);
	else if (slice_has_prefix(bytes, "\xfe\xff"))
		add_utf16(out, slice_skip(bytes, 2), true);
	else
		buf_add_slice(out, slice_has_prefix(bytes, "\xef\xbb\xbf") ? slice_skip(bytes, 3)
									   : bytes);
}

/* --- fields ----------------------------------------------------------------------------------- */

static bool is_none(struct slice s)
{
	return slice_is(s, "-");
}

static bool read_hex64(struct slice s, uint64_t *value)
{
	*value = 0;
	if (s.n != 16)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		const char *digits = "0123456789abcdef", *at = memchr(digits, s.p[i], 16);

		if (!at)
			return false;
		*value = *value << 4 | (uint64_t)(at - digits);
	}
	return true;
}

static bool read_bytes(struct reader *r, struct slice s, struct slice *bytes)
{
	char *to = arena_get(r->arena, s.n / 2 + 1, 1);

	if (s.n % 2 || s.n / 2 > TOLD_REPLY_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		const char *digits = "0123456789abcdef", *at = memchr(digits, s.p[i], 16);

		if (!at)
			return false;
		to[i / 2] = (char)(to[i / 2] << 4 | (at - digits));
	}
	*bytes = (struct slice){to, s.n / 2};
	return true;
}

static const char *read_words(struct reader *r, struct slice s)
{
	if (is_none(s) || !s.n)
		return NULL;
	return arena_copy(r->arena, (struct slice){s.p, s.n < TEXT_MAX ? s.n : TEXT_MAX});
}

static bool find_word(const char *const *names, struct slice s, unsigned *at)
{
	for (*at = 0; names[*at]; ++*at)
		if (slice_is(s, names[*at]))
			return true;
	return false;
}

static bool read_transport(struct slice s, enum transport *t)
{
	unsigned at;

	if (!s.n || !find_word(transport_names, s, &at))
		return false;
	*t = (enum transport)at;
	return true;
}

static bool read_icmp(struct slice s, enum told_icmp *icmp)
{
	static const char *const names[] = {"-", "none", "some", NULL};
	unsigned at;

	if (!find_word(names, s, &at))
		return false;
	*icmp = (enum told_icmp)at;
	return true;
}

static int read_where(struct reader *r, const struct slice *f, struct told *t)
{
	uint64_t port;

	if (!read_hex64(f[FLOW], &t->flow))
		return refuse(r, FLOW, f[FLOW], "16 hexadecimal digits");
	if (!f[TARGET].n || f[TARGET].n > 253)
		return refuse(r, TARGET, f[TARGET], "an address or a name");
	t->target = slice_of(arena_copy(r->arena, f[TARGET]));
	if (!is_none(f[ADDRESS]) && !addr_parse(f[ADDRESS], &t->address))
		return refuse(r, ADDRESS, f[ADDRESS], "an IP address, or \"-\"");
	if (!slice_number(f[PORT], 65535, &port))
		return refuse(r, PORT, f[PORT], "0 to 65535");
	t->port = (uint16_t)port;
	if (!read_transport(f[TRANSPORT], &t->transport))
		return refuse(r, TRANSPORT, f[TRANSPORT], "tcp, udp or icmp");
	return 0;
}

static int read_what(struct reader *r, const struct slice *f, struct told *t)
{
	unsigned state;
	uint64_t ms = 0;

	if (!find_word(told_state_names, f[STATE], &state))
		return refuse(r, STATE, f[STATE], "it is not one of the format's words");
	t->state = (enum told_state)state;
	t->how = read_words(r, f[HOW]);
	t->means = read_words(r, f[MEANS]);
	t->has_ms = !is_none(f[MS]);
	if (t->has_ms && !slice_number(f[MS], UINT32_MAX / 1000, &ms))
		return refuse(r, MS, f[MS], "a whole number, or \"-\"");
	t->ms = (uint32_t)ms;
	if (!read_icmp(f[ICMP], &t->icmp))
		return refuse(r, ICMP, f[ICMP], "none, some, or \"-\"");
	if (!is_none(f[REPLY]) && !read_bytes(r, f[REPLY], &t->reply))
		return refuse(r, REPLY, f[REPLY], "bytes as pairs of hexadecimal digits, or \"-\"");
	return 0;
}

/* --- what `how` has in it -------------------------------------------------------------------- */

/* "3/13 10.0.0.1", and " own" where the address is that host's */
static int read_icmp_error(struct reader *r, struct slice how, struct told *t)
{
	struct slice whole = how, type, code, by;
	uint64_t n_type, n_code;

	slice_cut(&how, '/', &type);
	slice_cut(&how, ' ', &code);
	slice_cut(&how, ' ', &by);
	t->is_own = slice_is(how, "own");
	if (!slice_number(type, 255, &n_type) || !slice_number(code, 255, &n_code) ||
	    !addr_parse(by, &t->by) || (how.n && !t->is_own))
		return refuse(r, HOW, whole, "with \"icmp\" it is TYPE/CODE ADDRESS");
	t->type = (uint8_t)n_type;
	t->code = (uint8_t)n_code;
	return 0;
}

/* "connect 101": the number of the C library on Linux */
static int read_local_error(struct reader *r, struct slice how, struct told *t)
{
	struct slice whole = how, call;
	uint64_t number;

	slice_cut(&how, ' ', &call);
	if (!call.n || !slice_number(how, 4095, &number) || !number)
		return refuse(r, HOW, whole, "with \"local\" it is CALL NUMBER");
	t->how = arena_copy(r->arena, call);
	t->error = (int)number;
	return 0;
}

/* --- lines ------------------------------------------------------------------------------------ */

/* What cannot be true of one try. NULL: it can. */
static const char *contradiction(const struct told *t)
{
	bool unnamed = t->state == TOLD_NO_NAME || t->state == TOLD_NAME_ERROR;
	struct addr a;

	if ((t->transport == TRANSPORT_ICMP) != (t->port == 0))
		return "a port and a transport that do not go together";
	if (unnamed && (t->address.family || addr_parse(t->target, &a)))
		return "a name that failed, and yet an address";
	if (!unnamed && !t->address.family && t->state != TOLD_NOT_TESTED)
		return "an answer from no address";
	if (t->address.family && addr_parse(t->target, &a) && !addr_equal(&a, &t->address))
		return "another address was tried than was asked for";
	if (t->reply.n && t->state != TOLD_ANSWERED)
		return "a reply, and yet none";
	if (t->state == TOLD_ANSWERED && t->transport != TRANSPORT_UDP)
		return "only a datagram is answered";
	if (t->transport == TRANSPORT_UDP && (t->state == TOLD_OPEN || t->state == TOLD_OPEN_RESET))
		return "UDP makes no connection";
	if (t->state == TOLD_NOT_TESTED && (t->has_ms || !t->how))
		return "a try that was not made has a reason and takes no time";
	return NULL;
}

/* What makes a line one try: said twice, it is a mistake. */
static bool is_new(struct reader *r, const struct slice *f)
{
	struct buf key = BUF_INIT;
	char *kept;

	for (unsigned i = FLOW; i <= TRANSPORT; i++) {
		buf_add_slice(&key, f[i]);
		buf_add_char(&key, '\t');
	}
	kept = arena_copy(r->arena, buf_slice(&key));
	buf_release(&key);
	return map_add(&r->seen, slice_of(kept), kept);
}

static struct told *add_item(struct reader *r)
{
	struct results *out = r->out;

	if (out->items.n == r->room) {
		struct told *more = ARENA_ARRAY(r->arena, struct told, r->room ? r->room * 2 : 64);

		if (out->items.n)
			memcpy(more, out->items.items, out->items.n * sizeof(*more));
		out->items.items = more;
		r->room = r->room ? r->room * 2 : 64;
	}
	return &out->items.items[out->items.n++];
}

/* How many there are; more than max where there are more, none where it is no text. */
static size_t cut_fields(struct slice line, struct slice *fields, size_t max)
{
	size_t n = 0;

	if (memchr(line.p, '\0', line.n))
		return 0;
	while (n < max && slice_cut(&line, '\t', &fields[n]))
		n++;
	return line.p ? max + 1 : n;
}

static int read_line(struct reader *r, struct slice line)
{
	struct slice f[FIELDS];
	struct told t = {.line = r->line};
	const char *wrong;
	int rc;

	if (cut_fields(line, f, FIELDS) != FIELDS)
		return err_set(r->err, ERR_DOCUMENT, here(r),
			       "this is no result: %d fields with tabs between them are; was it "
			       "cut, or copied from a screen?",
			       FIELDS);
	rc = read_where(r, f, &t);
	if (!rc)
		rc = read_what(r, f, &t);
	if (!rc && t.state == TOLD_ICMP)
		rc = read_icmp_error(r, f[HOW], &t);
	if (!rc && t.state == TOLD_LOCAL)
		rc = read_local_error(r, f[HOW], &t);
	if (rc)
		return rc;
	wrong = contradiction(&t);
	if (!wrong && !is_new(r, f))
		wrong = "the same was told before";
	if (wrong)
		return err_set(r->err, ERR_DOCUMENT, here(r), "it contradicts itself: %s", wrong);
	*add_item(r) = t;
	return 0;
}

/* "2026-11-27T05:42:22Z"; days by civil calendar. */
static bool read_date(struct slice s, int64_t *ms)
{
	static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
	int64_t n[6] = {0}, year, days;
	size_t part = 0;

	if (s.n != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (form[i] != 'd') {
			if (s.p[i] != form[i])
				return false;
			part++;
			continue;
		}
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		n[part] = n[part] * 10 + (s.p[i] - '0');
	}
	if (n[1] < 1 || n[1] > 12 || n[2] < 1 || n[2] > 31 || n[3] > 23 || n[4] > 59 || n[5] > 60)
		return false;
	/* Years begin in March, so that the leap day comes last. */
	year = n[0] - (n[1] <= 2);
	days = 365 * year + year / 4 - year / 100 + year / 400 +
	       (153 * (n[1] + (n[1] > 2 ? -3 : 9)) + 2) / 5 + n[2] - 1 - 719468;
	*ms = (((days * 24 + n[3]) * 60 + n[4]) * 60 + n[5]) * 1000;
	return true;
}

static int read_head(struct reader *r, struct slice line)
{
	struct slice f[HEAD_FIELDS];
	struct results *out = r->out;

	if (cut_fields(line, f, HEAD_FIELDS) != HEAD_FIELDS || !slice_is(f[0], HEAD) || !f[1].n ||
	    !f[2].n || !read_date(f[3], &out->at_ms) || !read_hex64(f[4], &out->id))
		return err_set(r->err, ERR_DOCUMENT, here(r),
			       "the first line of results is \"%s\", site, host, date and id with "
			       "tabs between them; was it copied from a screen, or made by another "
			       "version?",
			       HEAD);
	out->site = arena_copy(r->arena, f[1]);
	out->host = arena_copy(r->arena, f[2]);
	return 0;
}

static int read_end(struct reader *r, struct slice line)
{
	struct slice f[2];
	uint64_t n;

	r->out->is_cut_short = false;
	if (cut_fields(line, f, 2) == 2 && slice_number(f[1], UINT32_MAX, &n) &&
	    n == r->out->items.n)
		return 0;
	return err_set(r->err, ERR_DOCUMENT, here(r),
		       "the last line counts other results than the %zu that are here: some were "
		       "lost on the way",
		       r->out->items.n);
}

static int read_lines(struct reader *r, struct slice text)
{
	bool is_inside = false;
	struct slice line;
	int rc = 0;

	while (!rc && slice_cut(&text, '\n', &line)) {
		r->line++;
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (!is_inside) {
			is_inside = slice_has_prefix(line, "portolan-results");
			if (is_inside)
				rc = read_head(r, line);
		} else if (slice_has_prefix(line, END)) {
			return read_end(r, line);
		} else if (slice_trim(line).n) {
			rc = read_line(r, line);
		}
	}
	if (rc || is_inside)
		return rc;
	r->line = 0;
	return err_set(r->err, ERR_DOCUMENT, here(r),
		       "there are no results in it: a line \"%s ...\" begins them", HEAD);
}

int results_read(const char *file, struct slice bytes, struct arena *arena, struct results *out,
		 struct err *err)
{
	struct reader r = {.out = out, .arena = arena, .err = err};
	struct buf text = BUF_INIT;
	int rc;

	*out = (struct results){.file = file, .is_cut_short = true};
	add_text(&text, bytes);
	rc = read_lines(&r, buf_slice(&text));
	buf_release(&text);
	map_release(&r.seen);
	return rc;
}
