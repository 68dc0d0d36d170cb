/* SPDX-License-Identifier: ISC
 *
 * engine connect|udp ADDRESS HOSTS FIRST LAST: what the engine itself takes, without a command
 * line and a report: those ports of so many IPv4 addresses in a row, each outcome kept. Prints CPU
 * for each check, and the memory for each check beyond that of a run of one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/mem.h"
#include "base/text_pool.h"
#include "probe/engine.h"
#include "probe/method.h"
#include "probe/method_tcp.h"
#include "probe/method_udp.h"
#include "sys/host.h"
#include "sys/limit.h"
#include "sys/loop.h"

struct bench {
	struct task *tasks;
	size_t n_tasks;
	struct outcome *outcomes;
	size_t n, counts[STATE_COUNT];
};

static void take(void *ctx, size_t task, const struct outcome *o)
{
	struct bench *b = ctx;

	(void)task;
	b->outcomes[b->n++] = *o;
	b->counts[o->state]++;
}

static double cpu_s(const struct rusage *u)
{
	return (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) +
	       (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e6;
}

static void add_tasks(struct bench *b, const struct method *method, struct addr a, const long n[3])
{
	size_t ports = (size_t)(n[2] - n[1] + 1);
	uint32_t base = (uint32_t)a.bytes[0] << 24 | (uint32_t)a.bytes[1] << 16 |
			(uint32_t)a.bytes[2] << 8 | a.bytes[3];

	b->tasks = mem_new((size_t)n[0] * ports, sizeof(*b->tasks));
	for (size_t i = 0; i < (size_t)n[0] * ports; i++) {
		uint32_t host = base + (uint32_t)(i / ports);

		for (int k = 0; k < 4; k++)
			a.bytes[k] = (uint8_t)(host >> (24 - 8 * k));
		b->tasks[b->n_tasks++] = (struct task){.target = a,
						       .port = (uint16_t)(n[1] + (long)(i % ports)),
						       .flow = (unsigned)i,
						       .method = method};
	}
	b->outcomes = mem_new(b->n_tasks, sizeof(*b->outcomes));
}

static int run(struct bench *b, struct err *err)
{
	struct text_pool texts;
	struct loop *l;
	struct engine *e;
	int rc = loop_new(&l, err);

	if (rc)
		return rc;
	text_pool_init(&texts);
	e = engine_new(
		&(struct engine_config){.loop = l,
					.texts = &texts,
					.descriptors = limit_descriptors(b->n_tasks * 6 + 64),
					.chance = host_chance,
					.outcome = take,
					.ctx = b},
		b->tasks, b->n_tasks);
	rc = engine_run(e, NULL, err);
	engine_free(e);
	loop_free(l);
	text_pool_release(&texts);
	return rc;
}

int main(int argc, char **argv)
{
	struct bench b = {0};
	struct rusage before, after;
	struct addr a;
	struct err err;
	long n[3] = {0};

	for (int i = 0; argc == 6 && i < 3; i++)
		n[i] = strtol(argv[3 + i], NULL, 10);
	if (argc != 6 || !addr_parse(slice_of(argv[2]), &a) || n[0] < 1 || n[1] < 1 ||
	    n[2] < n[1]) {
		fprintf(stderr, "usage: engine connect|udp ADDRESS HOSTS FIRST LAST\n");
		return 2;
	}
	getrusage(RUSAGE_SELF, &before);
	add_tasks(&b, strcmp(argv[1], "udp") == 0 ? &method_udp : &method_tcp, a, n);
	if (run(&b, &err) != 0) {
		fprintf(stderr, "%s\n", err.text);
		return 3;
	}
	getrusage(RUSAGE_SELF, &after);
	printf("%zu checks: %zu closed, %zu open, %zu dropped, %zu silent, %zu not tested; "
	       "%.2f us of CPU and %ld bytes each\n",
	       b.n, b.counts[STATE_CLOSED], b.counts[STATE_OPEN], b.counts[STATE_DROPPED],
	       b.counts[STATE_SILENT], b.counts[STATE_NOT_ATTEMPTED],
	       (cpu_s(&after) - cpu_s(&before)) * 1e6 / (double)b.n,
	       (after.ru_maxrss - before.ru_maxrss) * 1024 / (long)b.n);
	free(b.tasks);
	free(b.outcomes);
	return 0;
}
