/* SPDX-License-Identifier: ISC
 *
 * One record a line, the header first: for programs that read as it comes.
 */
#include "report/audit.h"
#include "report/check_records.h"
#include "report/plan_records.h"
#include "report/writer.h"

static void end_line(struct buf *out)
{
	if (out->data[out->n - 1] != '\n')
		buf_add_char(out, '\n');
}

static void write_plan(const struct plan_view *v, struct buf *out)
{
	record_plan_start(out, v);
	buf_add_text(out, "}\n");
	records_of_plan(out, v, "\n");
	end_line(out);
}

static void write_request(const struct request *r, struct buf *out)
{
	record_request_start(out, r);
	buf_add_text(out, "}\n");
	records_of_request(out, r, "\n");
	end_line(out);
}

static void write_check(const struct check_report *r, struct buf *out)
{
	json_run(out, r->run);
	buf_add_char(out, '\n');
	records_of_check(out, r, "\n");
	end_line(out);
}

const struct writer writer_jsonl = {
	.name = "jsonl",
	.plan = write_plan,
	.request = write_request,
	.check = write_check,
	.audit = audit_jsonl,
};
