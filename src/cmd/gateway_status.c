/* SPDX-License-Identifier: ISC */
#include "cmd/gateway_status.h"

#include <inttypes.h>
#include <string.h>

#include "base/compiler.h"
#include "base/escape.h"
#include "base/mem.h"
#include "report/json.h"
#include "report/table.h"
#include "report/words.h"
#include "sys/local.h"
#include "sys/terminal.h"

static const struct column {
	const char *title, *key;
	size_t at;
	const char *metric, *help; /* NULL: of now, no counter */
} columns[] = {
#define AT(field) offsetof(struct gate_counts, field)
	{"SESSIONS", "sessions", AT(sessions), NULL, NULL},
	{"TRANSFERS", "transfers", AT(transfers), NULL, NULL},
	{"ALL SESSIONS", "sessions_all", AT(sessions_all), "sessions_opened",
	 "Conversations that were taken in"},
	{"LOGINS", "logins", AT(logins), "logins", "Logins that servers let in"},
	{"REFUSED", "refused", AT(refused), "refusals", "What was asked for and not allowed"},
	{"VIOLATIONS", "violations", AT(violations), "violations", "What no peer may do"},
	{"ALL TRANSFERS", "transfers_all", AT(transfers_all), "transfers_begun",
	 "Transfers that began"},
	{"BROKEN", "broken", AT(broken), "transfers_broken", "Transfers that were not whole"},
	{"BYTES DOWN", "bytes_down", AT(bytes_down), "bytes_down",
	 "Bytes of files and listings to clients"},
	{"BYTES UP", "bytes_up", AT(bytes_up), "bytes_up", "Bytes of files to servers"},
#undef AT
};

static uint64_t value(const struct gate_counts *c, const struct column *column)
{
	uint64_t v;

	memcpy(&v, (const char *)c + column->at, sizeof(v));
	return v;
}

/* --- text ------------------------------------------------------------------------------------- */

static void add_row(struct table *t, const char *worker, const char *state, const char *since,
		    const struct gate_counts *c)
{
	char text[24];

	table_add_cell(t, worker);
	table_add_cell(t, state);
	table_add_cell(t, since);
	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		snprintf(text, sizeof(text), "%" PRIu64, value(c, &columns[i]));
		table_add_cell(t, text);
	}
}

static const char *state_of(const struct worker_counts *w)
{
	return w->drains ? "draining" : "serving";
}

static void add_worker(struct table *t, const struct worker_counts *w)
{
	struct buf since = BUF_INIT;
	char pid[16];

	snprintf(pid, sizeof(pid), "%" PRId32, w->pid);
	words_time(w->since_ms, &since);
	add_row(t, pid, state_of(w), since.data, &w->counts);
	buf_release(&since);
}

static void write_text(const struct gateway_counts *c, struct buf *out)
{
	struct gate_counts sum = gateway_counts_sum(c);
	struct table t;

	table_init(&t);
	table_add_column(&t, "WORKER", false);
	table_add_column(&t, "STATE", false);
	table_add_column(&t, "SINCE", false);
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		table_add_column(&t, columns[i].title, false);
	for (size_t i = 0; i < OVERSEER_WORKERS; i++)
		if (c->workers[i].is_used)
			add_worker(&t, &c->workers[i]);
	add_row(&t, "all", "", "", &sum);
	table_write_text(&t, 0, terminal_width(), out);
	table_release(&t);
}

/* --- JSON ------------------------------------------------------------------------------------- */

static void add_numbers(struct json *j, const struct gate_counts *c)
{
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		json_number(j, columns[i].key, (int64_t)value(c, &columns[i]));
}

static void write_json(const struct gateway_counts *c, struct buf *out)
{
	struct gate_counts sum = gateway_counts_sum(c);
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_open(&j, "workers", '[');
	for (size_t i = 0; i < OVERSEER_WORKERS; i++) {
		const struct worker_counts *w = &c->workers[i];

		if (!w->is_used)
			continue;
		json_open(&j, NULL, '{');
		json_text(&j, "gateway", w->name);
		json_number(&j, "pid", w->pid);
		json_bool(&j, "draining", w->drains);
		json_time(&j, "since", w->since_ms);
		add_numbers(&j, &w->counts);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_open(&j, "all", '{');
	add_numbers(&j, &sum);
	json_close(&j, '}');
	json_close(&j, '}');
	buf_add_char(out, '\n');
}

/* --- OpenMetrics ------------------------------------------------------------------------------ */

#define PREFIX "portolan_ftp_gateway_"

static const char *name_of(const struct gateway_counts *c)
{
	const char *name = "";

	for (size_t i = 0; i < OVERSEER_WORKERS; i++)
		if (c->workers[i].is_used && (!*name || !c->workers[i].drains))
			name = c->workers[i].name;
	return name;
}

static void start_sample(struct buf *out, const char *name, const char *suffix, const char *gateway)
{
	buf_addf(out, PREFIX "%s%s{gateway=\"", name, suffix);
	escape_label(out, slice_of(gateway));
	buf_add_char(out, '"');
}

/* workers: their number; else the sum of that column. */
static void add_gauge(struct buf *out, const struct gateway_counts *c, const char *name,
		      const struct column *column, const char *help)
{
	uint64_t sums[2] = {0, 0};

	for (size_t i = 0; i < OVERSEER_WORKERS; i++)
		if (c->workers[i].is_used)
			sums[c->workers[i].drains] +=
				column ? value(&c->workers[i].counts, column) : 1;
	buf_addf(out, "# TYPE " PREFIX "%s gauge\n# HELP " PREFIX "%s %s\n", name, name, help);
	for (size_t i = 0; i < 2; i++) {
		start_sample(out, name, "", name_of(c));
		buf_addf(out, ",state=\"%s\"} %" PRIu64 "\n", i ? "draining" : "serving", sums[i]);
	}
}

void gateway_status_metrics(const struct gateway_counts *c, struct buf *out)
{
	struct gate_counts sum = gateway_counts_sum(c);

	add_gauge(out, c, "workers", NULL, "Worker processes");
	add_gauge(out, c, "sessions", &columns[0], "Conversations now");
	add_gauge(out, c, "transfers", &columns[1], "Transfers now");
	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		const char *name = columns[i].metric;

		if (!name)
			continue;
		buf_addf(out, "# TYPE " PREFIX "%s counter\n# HELP " PREFIX "%s %s\n", name, name,
			 columns[i].help);
		start_sample(out, name, "_total", name_of(c));
		buf_addf(out, "} %" PRIu64 "\n", value(&sum, &columns[i]));
	}
	buf_add_text(out, "# EOF\n");
}

/* --- the command ------------------------------------------------------------------------------ */

int gateway_status(const struct arguments *args)
{
	static const char *const words[] = {"text", "json", "openmetrics"};
	static void (*const writers[])(const struct gateway_counts *c, struct buf *out) = {
		write_text, write_json, gateway_status_metrics};
	const char *path = args_value(args, "status"), *form = args_value(args, "format");
	struct gateway_counts *c = mem_new(1, sizeof(*c));
	struct buf out = BUF_INIT;
	size_t i = 0;
	struct err err;
	int rc;

	while (form && i < ARRAY_LEN(words) && strcmp(form, words[i]) != 0)
		i++;
	if (i == ARRAY_LEN(words)) {
		free(c);
		return command_usage_error("--format is text, json or openmetrics, not \"%.40s\"",
					   form);
	}
	rc = local_hear(path, c, sizeof(*c), &err);
	if (!rc && c->form != COUNTS_FORM)
		rc = err_set(&err, ERR_SYSTEM, (struct place){.file = path},
			     "no FTP gateway of this version serves it");
	if (!rc) {
		writers[i](c, &out);
		rc = command_print(&out) ? EXIT_HOLDS : EXIT_NOT_TESTED;
	} else {
		rc = command_failed(&err);
	}
	buf_release(&out);
	free(c);
	return rc;
}
