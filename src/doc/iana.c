/* SPDX-License-Identifier: ISC */
#include "doc/iana.h"

#include "base/buf.h"
#include "doc/csv.h"
#include "doc/registry_build.h"

enum column { NAME, PORT, TRANSPORT, DESCRIPTION, REGISTERED, MODIFIED, MISUSE, N_COLUMNS };

/* Their heads; the second is the older one. */
static const char *const heads[N_COLUMNS][2] = {
	[NAME] = {"Service Name", NULL},
	[PORT] = {"Port Number", NULL},
	[TRANSPORT] = {"Transport Protocol", NULL},
	[DESCRIPTION] = {"Description", NULL},
	[REGISTERED] = {"Registration Date", NULL},
	[MODIFIED] = {"Modification Date", NULL},
	[MISUSE] = {"Unauthorized Use Reported", "Known Unauthorized Uses"},
};

struct reader {
	struct csv csv;
	int columns[N_COLUMNS];
	struct registry_build build;
	struct iana_list *list;
};

static struct slice field(const struct reader *r, enum column c)
{
	return slice_trim(csv_field(&r->csv, (size_t)r->columns[c]));
}

static struct place place_of(const struct reader *r, enum column c)
{
	return csv_place(&r->csv, (size_t)r->columns[c]);
}

static int read_heads(struct reader *r, struct err *err)
{
	int rc = csv_next(&r->csv, err);

	if (rc < 0)
		return rc;
	if (rc == 0)
		return err_set(err, ERR_DOCUMENT, (struct place){.file = r->csv.file},
			       "the file is empty");
	for (int c = 0; c < N_COLUMNS; c++) {
		r->columns[c] = csv_column(&r->csv, heads[c][0]);
		if (r->columns[c] < 0 && heads[c][1])
			r->columns[c] = csv_column(&r->csv, heads[c][1]);
		if (r->columns[c] < 0)
			return err_set(err, ERR_DOCUMENT, csv_place(&r->csv, 0),
				       "there is no column \"%s\": is this IANA's "
				       "service-names-port-numbers.csv?",
				       heads[c][0]);
	}
	return 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* IANA's descriptions run over lines and end in words about the name itself. */
static struct slice tidy(struct arena *arena, struct slice s)
{
	static const char about_name[] = "\nIANA assigned this well-formed service name";
	const char *end = s.n ? memmem(s.p, s.n, about_name, sizeof(about_name) - 1) : NULL;
	size_t n = 0;
	char *copy;

	if (end)
		s = slice_from_to(s.p, end);
	if (!s.n || !memchr(s.p, '\n', s.n))
		return s;
	copy = arena_get(arena, s.n, 1);
	for (size_t i = 0; i < s.n; i++) {
		if (!is_blank(s.p[i]))
			copy[n++] = s.p[i];
		else if (n && copy[n - 1] != ' ')
			copy[n++] = ' ';
	}
	return (struct slice){copy, n};
}

static bool begins(struct slice s, const char *word)
{
	size_t n = strlen(word);

	return s.n >= n && slice_is_nocase((struct slice){s.p, n}, word);
}

static bool is_reserved(struct slice text)
{
	return begins(text, "Reserved") || begins(text, "IANA Reserved") ||
	       begins(text, "De-registered");
}

/* "2006-05" and "2025-11-13" compare as text; anything else is no date. */
static void note_date(struct iana_list *list, struct slice date)
{
	static const char form[] = "dddd-dd-dd";

	if (date.n != 7 && date.n != 10)
		return;
	for (size_t i = 0; i < date.n; i++)
		if (form[i] == 'd' ? date.p[i] < '0' || date.p[i] > '9' : date.p[i] != '-')
			return;
	if (slice_compare(date, slice_of(list->date)) > 0)
		snprintf(list->date, sizeof(list->date), "%.*s", (int)date.n, date.p);
}

static int read_row(struct reader *r, struct err *err)
{
	struct slice name = field(r, NAME), transport = field(r, TRANSPORT);
	struct slice text = tidy(r->build.arena, field(r, DESCRIPTION));
	struct slice misuse = tidy(r->build.arena, field(r, MISUSE));
	unsigned on = transport.n ? transport_bit_parse(transport) : ON_ALL | ON_UNSAID;
	bool reserved = !name.n && is_reserved(text);
	struct port_range ports;

	note_date(r->list, field(r, REGISTERED));
	note_date(r->list, field(r, MODIFIED));
	if (!field(r, PORT).n) {
		r->list->without_port++;
		return 0;
	}
	if (!registry_ports_parse(field(r, PORT), &ports))
		return err_set(err, ERR_DOCUMENT, place_of(r, PORT),
			       "this is no port number and no range of them");
	if (!on)
		return err_set(err, ERR_DOCUMENT, place_of(r, TRANSPORT),
			       "this is none of tcp, udp, sctp, dccp");
	r->list->rows++;
	if (name.n || !begins(text, "Unassigned"))
		registry_build_add(&r->build, ports, on, reserved ? FACT_RESERVED : FACT_ASSIGNED,
				   name, text);
	if (misuse.n)
		registry_build_add(&r->build, ports, on, FACT_MISUSE, SLICE_NONE, misuse);
	return 0;
}

static int read_rows(struct reader *r, struct err *err)
{
	int rc = read_heads(r, err);

	if (rc)
		return rc;
	while ((rc = csv_next(&r->csv, err)) > 0) {
		rc = read_row(r, err);
		if (rc)
			return rc;
	}
	if (rc == 0 && r->list->rows == 0)
		rc = err_set(err, ERR_DOCUMENT, (struct place){.file = r->csv.file},
			     "no row has a port number");
	return rc;
}

int iana_read(const char *file, struct slice csv, struct arena *arena, struct buf *pool,
	      struct iana_list *out, struct err *err)
{
	struct reader r = {.list = out};
	int rc;

	*out = (struct iana_list){0};
	csv_start(&r.csv, file, csv, ',', arena);
	registry_build_init(&r.build, arena, pool);
	rc = read_rows(&r, err);
	if (rc) {
		registry_build_release(&r.build);
		return rc;
	}
	return registry_build_finish(&r.build, "IANA service-names-port-numbers.csv", out->date,
				     &out->registry, err);
}
