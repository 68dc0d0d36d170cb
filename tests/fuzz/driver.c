/* SPDX-License-Identifier: ISC
 *
 * Runs a fuzz target without libFuzzer: driver RUNS FOLDER. Every file of the folder first, then
 * RUNS mutations of them. The same numbers every time, so that a failure can be run again.
 */
#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { SEEDS_MAX = 4096, INPUT_MAX = 8192 };

struct input {
	uint8_t *data; /* owned */
	size_t n;
};

/* xorshift64* (Marsaglia; Vigna 2016): what matters here is that it repeats. */
static uint64_t state = 0x2545f4914f6cdd1du;

static size_t below(size_t limit)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return limit ? (size_t)((state * 0x2545f4914f6cdd1du) >> 11) % limit : 0;
}

static struct input read_seed(const char *folder, const char *name)
{
	char path[PATH_MAX];
	struct input in = {mem_new(INPUT_MAX, 1), 0};
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "rb");
	if (!f) {
		perror(path);
		exit(1);
	}
	in.n = fread(in.data, 1, INPUT_MAX, f);
	fclose(f);
	return in;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static size_t read_seeds(const char *folder, struct input *seeds)
{
	struct dirent **names;
	int n = scandir(folder, &names, NULL, by_name);
	size_t count = 0;

	if (n < 0) {
		perror(folder);
		exit(1);
	}
	for (int i = 0; i < n; i++) {
		if (names[i]->d_name[0] != '.' && count < SEEDS_MAX)
			seeds[count++] = read_seed(folder, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	return count;
}

/* A copy that fits exactly, so that a sanitizer or valgrind sees one byte too far. */
static void run(const uint8_t *data, size_t n)
{
	uint8_t *copy = mem_new(n, 1);

	if (n)
		memcpy(copy, data, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static void insert(struct input *in, size_t at, const uint8_t *bytes, size_t n)
{
	if (n > INPUT_MAX - in->n)
		n = INPUT_MAX - in->n;
	memmove(in->data + at + n, in->data + at, in->n - at);
	memcpy(in->data + at, bytes, n);
	in->n += n;
}

static void remove_some(struct input *in, size_t at)
{
	size_t n = below(in->n - at + 1);

	memmove(in->data + at, in->data + at + n, in->n - at - n);
	in->n -= n;
}

static void mutate(struct input *in, const struct input *other)
{
	static const uint8_t edges[] = {0, 1, 9, 10, 13, 32, '"', '\'', '-', '/', 0x7f, 0x80, 0xff};
	size_t at = below(in->n + 1), from = below(other->n + 1);
	uint8_t byte = edges[below(ARRAY_LEN(edges))];

	switch (below(6)) {
	case 0:
		if (at < in->n)
			in->data[at] ^= (uint8_t)(1u << below(8));
		break;
	case 1:
		if (at < in->n)
			in->data[at] = byte;
		break;
	case 2:
		insert(in, at, &byte, 1);
		break;
	case 3:
		insert(in, at, other->data + from, below(other->n - from + 1));
		break;
	case 4:
		remove_some(in, at);
		break;
	default:
		in->n = at;
	}
}

int main(int argc, char **argv)
{
	static struct input seeds[SEEDS_MAX];
	struct input in = {mem_new(INPUT_MAX, 1), 0};
	size_t n, runs;

	if (argc != 3) {
		fprintf(stderr, "usage: %s RUNS FOLDER\n", argv[0]);
		return 2;
	}
	runs = strtoul(argv[1], NULL, 10);
	n = read_seeds(argv[2], seeds);
	for (size_t i = 0; i < n; i++)
		run(seeds[i].data, seeds[i].n);
	for (size_t i = 0; n && i < runs; i++) {
		const struct input *seed = &seeds[below(n)];

		memcpy(in.data, seed->data, seed->n);
		in.n = seed->n;
		for (size_t k = below(5) + 1; k; k--)
			mutate(&in, &seeds[below(n)]);
		run(in.data, in.n);
	}
	printf("%zu seeds, %zu mutations\n", n, runs);
	free(in.data);
	for (size_t i = 0; i < n; i++)
		free(seeds[i].data);
	return n ? 0 : 1;
}
