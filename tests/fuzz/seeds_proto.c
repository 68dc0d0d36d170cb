/* SPDX-License-Identifier: ISC
 *
 * seeds_proto FOLDER: the conversations of all dialogues as seeds for f_proto, a file each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/proto.h"

static void write_piece(FILE *f, struct slice piece)
{
	putc((int)(piece.n >> 8), f);
	putc((int)(piece.n & 0xff), f);
	fwrite(piece.p, 1, piece.n, f);
}

static void write_vector(FILE *f, const struct proto_vector *v)
{
	for (const struct proto_turn *t = v->turns; t < v->turns + PROTO_TURNS_MAX && t->who; t++)
		if (t->who == '<')
			write_piece(f, t->bytes);
}

static FILE *open_seed(const char *folder, size_t i, char kind, size_t k)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s-%zu-%c%zu", folder, protos[i]->name, i, kind, k);
	f = fopen(path, "wb");
	if (!f) {
		perror(path);
		exit(1);
	}
	putc((int)i, f);
	putc((int)k, f);
	return f;
}

static void close_seed(FILE *f)
{
	if (fclose(f) != 0) {
		perror("seeds_proto");
		exit(1);
	}
}

static void write_seeds(const char *folder, size_t i)
{
	const struct proto *p = protos[i];
	FILE *f;

	for (size_t k = 0; k < p->n_vectors; k++) {
		f = open_seed(folder, i, 'v', k);
		write_vector(f, &p->vectors[k]);
		close_seed(f);
	}
	for (size_t k = 0; k < p->n_replies; k++) {
		f = open_seed(folder, i, 'r', k);
		fwrite(p->replies[k].bytes.p, 1, p->replies[k].bytes.n, f);
		close_seed(f);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2 || (mkdir(argv[1], 0777) < 0 && access(argv[1], W_OK) < 0)) {
		fputs("usage: seeds_proto FOLDER\n", stderr);
		return 2;
	}
	for (size_t i = 0; protos[i]; i++)
		write_seeds(argv[1], i);
	return 0;
}
