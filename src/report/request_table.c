/* SPDX-License-Identifier: ISC */
#include "report/request_table.h"

#include "report/request_evidence.h"

void request_table_fill(struct table *t, const struct request *r, enum request_part part)
{
	struct buf cell = BUF_INIT;

	for (size_t i = 0; i < request_columns_n; i++)
		if (request_columns[i].shown)
			table_add_column(t, request_columns[i].title, request_columns[i].wraps);
	for_each (row, &r->rows) {
		for (size_t i = 0; i < request_columns_n && row->part == part; i++) {
			if (!request_columns[i].shown)
				continue;
			buf_clear(&cell);
			request_columns[i].add(r, row, &cell);
			table_add_cell(t, cell.data);
		}
	}
	buf_release(&cell);
}

size_t request_facts(const struct request *r, struct request_fact facts[REQUEST_FACTS_MAX])
{
	const struct request_form *f = r->form;
	const struct request_fact all[] = {
		{"Site", r->plan->site->name.s},
		{"Ticket", f->ticket},
		{"Environment", f->environment},
		{"Requester", f->requester},
		{"Owner", f->owner},
		{"Approver", f->approver},
		{"Valid from", f->valid_from},
		{"Expires", f->expires},
		{"Tested", request_run(r)},
	};
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i].text)
			facts[n++] = all[i];
	return n;
}
