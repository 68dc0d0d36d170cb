/* SPDX-License-Identifier: ISC
 *
 * bench_plan SITE PRODUCT...: reads them, plans ten times, prints how long each took and what the
 * process held at most.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "doc/product.h"
#include "doc/site.h"
#include "model/plan.h"
#include "sys/file.h"

enum { ROUNDS = 10, PRODUCTS_MAX = 16, FILE_BYTES_MAX = 64 << 20 };

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static struct slice read_whole(const char *path, struct buf *bytes)
{
	struct err err;

	if (file_read(path, FILE_BYTES_MAX, bytes, &err)) {
		fprintf(stderr, "%s: %s\n", path, err.text);
		exit(1);
	}
	return buf_slice(bytes);
}

static int read_beside(void *ctx, const char *path, struct arena *arena, struct slice *bytes,
		       struct err *err)
{
	const char *site = ctx, *slash = strrchr(site, '/');
	char full[PATH_MAX];
	struct buf content = BUF_INIT;
	int rc;

	snprintf(full, sizeof(full), "%.*s%s", slash ? (int)(slash + 1 - site) : 0, site, path);
	rc = file_read(full, FILE_BYTES_MAX, &content, err);
	if (!rc)
		*bytes = (struct slice){arena_copy(arena, buf_slice(&content)), content.n};
	buf_release(&content);
	return rc;
}

static void die_of(const struct errs *errs)
{
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < errs->n; i++) {
		err_format(&errs->items[i], &text);
		buf_add_char(&text, '\n');
	}
	fputs(text.data, stderr);
	exit(1);
}

int main(int argc, char **argv)
{
	struct buf site_bytes = BUF_INIT, product_bytes[PRODUCTS_MAX];
	const struct product *products[PRODUCTS_MAX];
	struct site_source source = {read_beside, NULL};
	const struct plan_options options = {0};
	struct errs errs = {0};
	double start = now_ms(), read_ms, best = 1e9, ms;
	struct rusage used;
	struct site *site;
	size_t n = 0;

	if (argc < 3 || argc - 2 > PRODUCTS_MAX)
		return 2;
	source.ctx = argv[1];
	site = site_read(argv[1], read_whole(argv[1], &site_bytes), &source, &errs);
	for (int i = 2; i < argc; i++) {
		product_bytes[n] = BUF_INIT;
		products[n] = product_read(argv[i], read_whole(argv[i], &product_bytes[n]), &errs);
		n++;
	}
	if (errs.n)
		die_of(&errs);
	read_ms = now_ms() - start;
	for (int round = 0; round < ROUNDS; round++) {
		struct plan *plan;

		start = now_ms();
		plan = plan_build(site, products, n, &options, &errs);
		ms = now_ms() - start;
		if (!plan)
			die_of(&errs);
		best = ms < best ? ms : best;
		if (round == ROUNDS - 1)
			printf("%zu hosts: %zu flows, %zu demands, %zu questions, %zu warnings; "
			       "read %.1f ms, planned %.1f ms (best of %d), ",
			       site->hosts.n, plan->flows.n, plan->demands.n, plan->questions.n,
			       plan->warnings.n, read_ms, best, ROUNDS);
		plan_free(plan);
	}
	getrusage(RUSAGE_SELF, &used);
	printf("%.1f MB at most\n", (double)used.ru_maxrss / 1024);
	return 0;
}
