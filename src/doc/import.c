/* SPDX-License-Identifier: ISC */
#include "doc/import.h"

#include <stdarg.h>

#include "doc/import_row.h"
#include "doc/import_words.h"
#include "doc/product.h"

enum { LINE_MAX_BYTES = 300, HEADING_MAX_BYTES = 80 };

/* --- questions and comments ------------------------------------------------------------------- */

void import_comment(struct importer *im, const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_addfv(&text, fmt, ap);
	va_end(ap);
	*(const char **)list_add(im->arena, &im->comments, sizeof(char *)) =
		arena_copy(im->arena, buf_slice(&text));
	buf_release(&text);
}

void import_ask(struct importer *im, struct place at, const char *label, const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	struct import_doubt *d;
	va_list ap;

	va_start(ap, fmt);
	buf_addfv(&text, fmt, ap);
	va_end(ap);
	d = map_find(&im->doubts_by_text, buf_slice(&text));
	if (!d) {
		d = ARENA_NEW(im->arena, struct import_doubt);
		d->text = arena_copy(im->arena, buf_slice(&text));
		d->at = at;
		d->label = label;
		map_add(&im->doubts_by_text, slice_of(d->text), d);
		*(struct import_doubt **)list_add(im->arena, &im->doubts, sizeof(d)) = d;
	}
	if (!d->rows.n || d->rows.items[d->rows.n - 1] != im->row)
		*(size_t *)list_add(im->arena, &d->rows, sizeof(size_t)) = im->row;
	buf_release(&text);
}

/* "the table: ...", "row 4 "Hosts": ...", "rows 2, 5, 9 and 31 more: ..." */
static void format_doubt(const struct import_doubt *d, struct buf *out)
{
	enum { ROWS_SHOWN = 6 };

	if (!d->rows.items[0]) {
		buf_add_text(out, "the table");
	} else if (d->rows.n == 1) {
		buf_addf(out, "row %zu", d->rows.items[0]);
		if (d->label)
			buf_addf(out, " \"%s\"", d->label);
	} else {
		buf_add_text(out, "rows ");
		for (size_t i = 0; i < d->rows.n && i < ROWS_SHOWN; i++)
			buf_addf(out, "%s%zu", i ? ", " : "", d->rows.items[i]);
		if (d->rows.n > ROWS_SHOWN)
			buf_addf(out, " and %zu more", d->rows.n - ROWS_SHOWN);
	}
	buf_addf(out, ": %s", d->text);
}

/* --- rows ------------------------------------------------------------------------------------- */

static void flush(struct importer *im)
{
	if (im->is_pending)
		import_row(im);
	im->is_pending = false;
}

static bool is_ports_column(const struct importer *im, size_t i)
{
	return i < im->columns.n && im->columns.kinds[i] == COLUMN_PORTS;
}

/* A cell that spans lines; ports stay apart by the line's end, words by a blank. */
static void append(struct importer *im, size_t i, struct slice more)
{
	struct table_cell *cell = &im->now.cells[i];

	cell->text =
		slice_of(arena_printf(im->arena, "%.*s%c%.*s", (int)cell->text.n, cell->text.p,
				      is_ports_column(im, i) ? '\n' : ' ', (int)more.n, more.p));
}

static bool has_ports(const struct importer *im, const struct table_row *row)
{
	for (size_t i = 0; i < row->n; i++)
		if (is_ports_column(im, i) && phrase_has_ports(im->arena, row->cells[i].text))
			return true;
	return false;
}

/* Nothing but words about what it is for. */
static bool is_prose(const struct importer *im, const struct table_row *row)
{
	for (size_t i = 0; i < row->n; i++)
		if (i < im->columns.n && row->cells[i].text.n &&
		    im->columns.kinds[i] != COLUMN_PURPOSE && im->columns.kinds[i] != COLUMN_NOTE)
			return false;
	return true;
}

/* The ports are among the empty cells that the row begins with. */
static bool has_merged_ports(const struct importer *im, const struct table_row *row)
{
	for (size_t i = 0; i < row->n && !row->cells[i].text.n; i++)
		if (is_ports_column(im, i))
			return true;
	return false;
}

static bool ports_go_on(const struct importer *im, const struct table_row *row)
{
	for (size_t i = 0; i < row->n && i < im->now.n; i++)
		if (is_ports_column(im, i) && row->cells[i].text.n)
			return phrase_goes_on(im->arena, im->now.cells[i].text) ||
			       phrase_continues(im->arena, row->cells[i].text);
	return false;
}

/* Below an empty first cell: the rest of cells that span lines, or a row of its own whose first
 * cells are merged with those above. */
static bool is_continuation(const struct importer *im, const struct table_row *row)
{
	if (!im->is_pending || row->after_blank || row->cells[0].text.n)
		return false;
	if (has_ports(im, row))
		return ports_go_on(im, row);
	return is_prose(im, row) || !has_merged_ports(im, row);
}

static void continue_row(struct importer *im, const struct table_row *row)
{
	for (size_t i = 0; i < row->n && i < im->now.n; i++)
		if (row->cells[i].text.n)
			append(im, i, row->cells[i].text);
	for (size_t i = im->now.n; i < row->n; i++)
		if (row->cells[i].text.n)
			import_comment(im, "left out, line %u: %s", (unsigned)row->line,
				       cell_clean(im->arena, row->cells[i].text, LINE_MAX_BYTES));
}

/* Empty cells at the row's start are those of the row above. */
static void start_row(struct importer *im, const struct table_row *row)
{
	struct table_row now = *row;
	bool leading = im->now.n > 0;

	flush(im);
	now.cells = ARENA_ARRAY(im->arena, struct table_cell, row->n);
	for (size_t i = 0; i < row->n; i++) {
		leading = leading && !row->cells[i].text.n;
		now.cells[i] = leading ? import_table_cell(&im->now, i) : row->cells[i];
	}
	im->now = now;
	im->row++;
	im->is_pending = true;
}

/* --- lines of words --------------------------------------------------------------------------- */

/* "9 Account Discoveries", "9.2. Hosts", "Section 9: Hosts": the number; else the words. */
static const char *section_of(struct importer *im, struct slice text)
{
	struct slice rest;
	size_t n = 0;

	while (text.n > 1 && text.p[0] == '#') /* of Markdown */
		text = slice_trim(slice_skip(text, 1));
	rest = text = slice_of(cell_clean(im->arena, text, HEADING_MAX_BYTES));
	if (rest.n > 8 && strncasecmp(rest.p, "section ", 8) == 0)
		rest = slice_trim(slice_skip(rest, 8));
	while (n < rest.n && ((rest.p[n] >= '0' && rest.p[n] <= '9') || (n && rest.p[n] == '.')))
		n++;
	while (n && rest.p[n - 1] == '.')
		n--;
	if (n && (n == rest.n || strchr(" .:\t", rest.p[n])))
		return arena_copy(im->arena, (struct slice){rest.p, n});
	return text.p;
}

static void take_heading(struct importer *im, const struct table_row *row)
{
	struct slice text = row->cells[0].text;
	bool prose = text.n > HEADING_MAX_BYTES || text.p[text.n - 1] == '.';
	bool is_doubtful = im->row && !row->after_blank;
	const char *clean = cell_clean(im->arena, text, LINE_MAX_BYTES);

	flush(im);
	if (prose || im->options->section) {
		import_comment(im, "no row, line %u: %s", (unsigned)row->line, clean);
		return;
	}
	im->section = section_of(im, text);
	if (!*im->section)
		im->section = NULL;
	im->now.n = 0; /* nothing is merged across a heading */
	if (is_doubtful)
		import_ask(im, row->cells[0].at, NULL,
			   "line %u, \"%s\", is taken for a heading of what follows",
			   (unsigned)row->line, clean);
}

static size_t first_ports_column(const struct importer *im)
{
	size_t i = 0;

	while (i < im->columns.n && im->columns.kinds[i] != COLUMN_PORTS)
		i++;
	return i;
}

/* "MariaDB TCP 3306", where a tab became a single blank: a label and ports. A lone number behind
 * words is rather a heading's ("Section 10"), unless a protocol has that name. */
static bool split_line(struct importer *im, const struct table_row *row, struct table_row *halves)
{
	const struct table_cell *cell = &row->cells[0];
	uint64_t number;

	if (row->after_blank || im->columns.n != 2 || first_ports_column(im) != 1)
		return false;
	for (size_t i = 1; i + 1 < cell->text.n; i++) {
		struct slice label = {cell->text.p, i}, ports = slice_skip(cell->text, i + 1);

		if (cell->text.p[i] != ' ' || !phrase_is_ports(im->arena, ports) ||
		    phrase_is_transport(im->arena, label) ||
		    (slice_number(ports, UINT32_MAX, &number) && !known_service(label)))
			continue;
		*halves = (struct table_row){.line = row->line, .n = 2};
		halves->cells = ARENA_ARRAY(im->arena, struct table_cell, 2);
		halves->cells[0] = (struct table_cell){slice_trim(label), cell->at};
		halves->cells[1] = (struct table_cell){ports, cell->at};
		halves->cells[1].at.column += (uint32_t)i + 1;
		return true;
	}
	return false;
}

static void start_split_row(struct importer *im, const struct table_row *halves)
{
	start_row(im, halves);
	import_ask(im, halves->cells[0].at, NULL,
		   "line %u is taken for two cells, \"%s\" and \"%s\"", (unsigned)halves->line,
		   cell_clean(im->arena, halves->cells[0].text, HEADING_MAX_BYTES),
		   cell_clean(im->arena, halves->cells[1].text, LINE_MAX_BYTES));
}

/* "Account Type Port(s)", which is no section. */
static bool take_headings(struct importer *im, const struct table_row *row)
{
	const struct table_cell *cell = &row->cells[0];
	struct table_cell halves[2] = {*cell, *cell};
	struct table_row headings = {.cells = halves, .n = 2, .line = row->line};
	struct columns columns;
	size_t n = cell->text.n;

	while (n && cell->text.p[n - 1] != ' ')
		n--;
	if (!im->table.by_blanks || !n)
		return false;
	halves[0].text.n = n - 1;
	halves[1].text = slice_skip(cell->text, n);
	if (!columns_read(im->arena, &headings, &columns) || columns.kinds[0] != COLUMN_LABEL ||
	    columns.kinds[1] != COLUMN_PORTS)
		return false;
	flush(im);
	im->columns = columns;
	im->now.n = 0;
	return true;
}

static void start_row_of_ports(struct importer *im, const struct table_row *row, size_t ports)
{
	struct table_row more = {.line = row->line, .n = ports + 1};

	more.cells = ARENA_ARRAY(im->arena, struct table_cell, more.n);
	for (size_t i = 0; i < ports; i++)
		more.cells[i] = (struct table_cell){SLICE(""), row->cells[0].at};
	more.cells[ports] = row->cells[0];
	start_row(im, &more);
	import_ask(im, row->cells[0].at, NULL,
		   "line %u, \"%s\", is taken for more ports of the row above", (unsigned)row->line,
		   cell_clean(im->arena, row->cells[0].text, LINE_MAX_BYTES));
}

/* A line that is one cell: more of the ports above, more ports, a row whose cells are not apart, or
 * a heading. "SSH 22" can be ports, or a row; between blanks, ports would stand below ports. */
static void take_line(struct importer *im, const struct table_row *row)
{
	struct slice text = row->cells[0].text;
	size_t ports = first_ports_column(im);
	bool below = im->is_pending && !row->after_blank && ports < im->now.n;
	struct table_row halves;
	bool is_split;

	if (below && (phrase_goes_on(im->arena, im->now.cells[ports].text) ||
		      phrase_continues(im->arena, text))) {
		append(im, ports, text);
		return;
	}
	is_split = split_line(im, row, &halves);
	if (is_split && im->table.by_blanks)
		start_split_row(im, &halves);
	else if (im->is_pending && ports < im->columns.n && phrase_is_ports(im->arena, text))
		start_row_of_ports(im, row, ports);
	else if (is_split)
		start_split_row(im, &halves);
	else if (!take_headings(im, row))
		take_heading(im, row);
}

/* --- the table -------------------------------------------------------------------------------- */

static bool is_line(const struct importer *im, const struct table_row *row)
{
	if (row->n == 0)
		return false;
	for (size_t i = 1; i < row->n; i++)
		if (row->cells[i].text.n)
			return false;
	return row->cells[0].text.n > 0 && im->table.columns > 1;
}

static int no_ports(struct importer *im, const struct table_row *row)
{
	struct place at = {im->options->file, row->line, 1};

	errs_add(&im->out->errs, at,
		 "none of the columns is about ports; name one \"Port\" in a row of headings");
	return -ERR_DOCUMENT;
}

/* The columns of the rows from `first` on, with or without a row of headings. */
static int learn_columns(struct importer *im, size_t first)
{
	const struct table_row *row = &im->table.rows.items[first];

	if (!columns_complete(im->arena, &im->table, first, &im->columns))
		return no_ports(im, row);
	if (im->columns.guessed && columns_have(&im->columns, COLUMN_FROM))
		import_ask(im, row->cells[0].at, NULL,
			   "the columns have no headings; words in front of the ports are taken "
			   "for source and destination");
	return 0;
}

static int walk(struct importer *im)
{
	struct columns columns;

	for (size_t i = 0; i < im->table.rows.n; i++) {
		const struct table_row *row = &im->table.rows.items[i];
		int rc = 0;

		if (row->n == 0)
			continue;
		if (is_line(im, row)) {
			take_line(im, row);
			continue;
		}
		if (columns_read(im->arena, row, &columns)) {
			flush(im);
			im->columns = columns;
			im->now.n = 0;
			if (i + 1 < im->table.rows.n)
				rc = learn_columns(im, i + 1);
			if (rc)
				return rc;
			continue;
		}
		if (!im->columns.n)
			rc = learn_columns(im, i);
		if (rc)
			return rc;
		if (is_continuation(im, row))
			continue_row(im, row);
		else
			start_row(im, row);
	}
	flush(im);
	return 0;
}

/* --- the product file ------------------------------------------------------------------------- */

static const char *base_name(const struct importer *im)
{
	const char *slash = strrchr(im->options->file, '/');

	return slash ? slash + 1 : im->options->file;
}

/* The file's name without folders and ending. */
static const char *name_of_file(struct importer *im)
{
	struct slice name = slice_of(base_name(im)), head;
	const char *slug;

	slice_cut(&name, '.', &head);
	slug = import_slug(im->arena, arena_copy(im->arena, head), '-');
	return *slug ? slug : "imported";
}

static void start_product(struct importer *im)
{
	struct product *p = &im->product;
	struct document *d = list_add(im->arena, &p->documents, sizeof(*d));

	p->name.s = im->options->product ? im->options->product : name_of_file(im);
	p->title.s = p->name.s;
	d->name.s = im->options->document ? im->options->document : "doc";
	d->title.s = cell_clean(im->arena, slice_of(base_name(im)), HEADING_MAX_BYTES);
	if (!*d->title.s)
		d->title.s = d->name.s;
	im->section = im->options->section;
}

static void write_text(struct importer *im)
{
	struct buf *out = &im->out->text, line = BUF_INIT;

	buf_addf(out,
		 "# Imported from %s. Requirements: %zu; questions: %zu; rows not understood: "
		 "%zu.\n",
		 cell_clean(im->arena, slice_of(im->options->file), LINE_MAX_BYTES),
		 im->out->requirements, im->doubts.n, im->out->errs.n + im->out->errs.dropped);
	for_each (d, &im->doubts) {
		struct import_question *q = list_add(im->arena, &im->out->questions, sizeof(*q));

		buf_clear(&line);
		format_doubt(*d, &line);
		q->at = (*d)->at;
		q->text = arena_copy(im->arena, buf_slice(&line));
		buf_addf(out, "# question: %s\n", q->text);
	}
	for_each (c, &im->comments)
		buf_addf(out, "# %s\n", *c);
	product_format(&im->product, out);
	buf_release(&line);
}

int import_table(struct slice bytes, const struct import_options *o, struct import *out)
{
	struct importer im = {.options = o, .out = out, .arena = arena_new()};
	struct err err;
	int rc;

	*out = (struct import){.arena = im.arena, .text = BUF_INIT};
	rc = table_read(im.arena, o->file, bytes, &im.table, &err);
	if (rc) {
		errs_add(&out->errs, err.place, "%s", err.text);
		goto end;
	}
	start_product(&im);
	rc = walk(&im);
	if (!rc && !out->requirements) {
		if (!out->errs.n)
			errs_add(&out->errs, (struct place){.file = o->file},
				 "no row of a table was found");
		rc = -ERR_DOCUMENT;
	}
	if (!rc)
		write_text(&im);
end:
	map_release(&im.doubts_by_text);
	map_release(&im.roles_by_name);
	map_release(&im.ids);
	map_release(&im.next_by_base);
	return rc;
}

void import_release(struct import *i)
{
	buf_release(&i->text);
	errs_release(&i->errs);
	arena_free(i->arena);
}
