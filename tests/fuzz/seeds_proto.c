/* SPDX-License-Identifier: ISC
 *
 * seeds_proto FOLDER: the conversations of all dialogues as seeds for f_proto, a file each.
 */
#include <stdio.h>
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

int main(int argc, char **argv)
{
	char path[4096];

	if (argc != 2 || (mkdir(argv[1], 0777) < 0 && access(argv[1], W_OK) < 0)) {
		fputs("usage: seeds_proto FOLDER\n", stderr);
		return 2;
	}
	for (size_t i = 0; protos[i]; i++)
		for (size_t k = 0; k < protos[i]->n_vectors; k++) {
			FILE *f;

			snprintf(path, sizeof(path), "%s/%s-%zu-%zu", argv[1], protos[i]->name, i,
				 k);
			f = fopen(path, "wb");
			if (!f) {
				perror(path);
				return 1;
			}
			putc((int)i, f);
			putc((int)k, f);
			write_vector(f, &protos[i]->vectors[k]);
			if (fclose(f) != 0) {
				perror(path);
				return 1;
			}
		}
	return 0;
}
