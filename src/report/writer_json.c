/* SPDX-License-Identifier: ISC
 *
 * The records as one document: the header's object, with the others in its "records".
 */
#include "report/audit.h"
#include "report/check_records.h"
#include "report/plan_records.h"
#include "report/writer.h"

static void write_plan(const struct plan_view *v, struct buf *out)
{
	record_plan_start(out, v);
	buf_add_text(out, ",\"records\":[\n");
	records_of_plan(out, v, ",\n");
	buf_add_text(out, "\n]}\n");
}

static void write_request(const struct request *r, struct buf *out)
{
	record_request_start(out, r);
	buf_add_text(out, ",\"records\":[\n");
	records_of_request(out, r, ",\n");
	buf_add_text(out, "\n]}\n");
}

static void write_check(const struct check_report *r, struct buf *out)
{
	json_document_start(out, r->run);
	records_of_check(out, r, ",\n");
	json_document_stop(out);
}

const struct writer writer_json = {
	.name = "json",
	.plan = write_plan,
	.request = write_request,
	.check = write_check,
	.audit = audit_json,
};
