/* SPDX-License-Identifier: ISC
 *
 * For spreadsheets and scripts: one table with everything that is known of a row, RFC 4180.
 */
#include "base/escape.h"
#include "report/audit_forms.h"
#include "report/check_columns.h"
#include "report/writer.h"
#include "report/request.h"

static void add_cell(struct buf *out, bool is_first, const char *s)
{
	if (!is_first)
		buf_add_char(out, ',');
	escape_csv(out, slice_of(s));
}

static void add_plan_row(const struct plan_view *v, const struct plan_section *s,
			 const struct plan_row *row, struct buf *out)
{
	struct buf cell = BUF_INIT;

	add_cell(out, true, s->group);
	add_cell(out, false, s->title);
	for (size_t i = 0; i < plan_columns_all_n; i++) {
		buf_clear(&cell);
		plan_columns_all[i].add(v, row, &cell);
		add_cell(out, false, cell.data);
	}
	buf_add_text(out, "\r\n");
	buf_release(&cell);
}

static void write_plan(const struct plan_view *v, struct buf *out)
{
	buf_add_text(out, "group,section");
	for (size_t i = 0; i < plan_columns_all_n; i++)
		add_cell(out, false, plan_columns_all[i].key);
	buf_add_text(out, "\r\n");
	for_each (s, &v->sections)
		for_each (row, &s->rows)
			add_plan_row(v, s, row, out);
}

static void write_request(const struct request *r, struct buf *out)
{
	struct buf cell = BUF_INIT;

	for (size_t i = 0; i < request_columns_n; i++)
		add_cell(out, i == 0, request_columns[i].key);
	buf_add_text(out, "\r\n");
	for_each (row, &r->rows) {
		for (size_t i = 0; i < request_columns_n; i++) {
			buf_clear(&cell);
			request_columns[i].add(r, row, &cell);
			add_cell(out, i == 0, cell.data);
		}
		buf_add_text(out, "\r\n");
	}
	buf_release(&cell);
}

static void write_check(const struct check_report *r, struct buf *out)
{
	struct buf cell = BUF_INIT;

	for (size_t i = 0; i < check_columns_n; i++)
		add_cell(out, i == 0, check_columns[i].key);
	buf_add_text(out, "\r\n");
	for_each (j, &r->verdicts->items) {
		for (size_t i = 0; i < check_columns_n; i++) {
			buf_clear(&cell);
			check_columns[i].add(r, j, &cell);
			add_cell(out, i == 0, cell.data);
		}
		buf_add_text(out, "\r\n");
	}
	buf_release(&cell);
}

const struct writer writer_csv = {
	.name = "csv",
	.plan = write_plan,
	.request = write_request,
	.check = write_check,
	.audit = audit_csv,
};
