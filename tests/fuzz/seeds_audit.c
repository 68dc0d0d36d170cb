/* SPDX-License-Identifier: ISC
 *
 * seeds_audit FOLDER: the conversations of all topics of an audit as seeds for f_audit, a file
 * each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/audit.h"

static void write_piece(FILE *f, struct slice piece)
{
	putc((int)(piece.n >> 8), f);
	putc((int)(piece.n & 0xff), f);
	fwrite(piece.p, 1, piece.n, f);
}

static void write_vector(FILE *f, const struct audit_vector *v)
{
	for (const struct proto_turn *t = v->turns; t < v->turns + AUDIT_TURNS_MAX && t->who; t++)
		if (t->who == '<')
			write_piece(f, t->bytes);
		else if (t->who == '|')
			write_piece(f, SLICE_NONE);
}

static void write_seed(const char *folder, size_t i, size_t k)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s-%zu", folder, audits[i]->name, k);
	f = fopen(path, "wb");
	if (!f) {
		perror(path);
		exit(1);
	}
	putc((int)i, f);
	putc(audits[i]->vectors[k].is_inside, f);
	write_vector(f, &audits[i]->vectors[k]);
	if (fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2 || (mkdir(argv[1], 0777) < 0 && access(argv[1], W_OK) < 0)) {
		fputs("usage: seeds_audit FOLDER\n", stderr);
		return 2;
	}
	for (size_t i = 0; audits[i]; i++)
		for (size_t k = 0; k < audits[i]->n_vectors; k++)
			write_seed(argv[1], i, k);
	return 0;
}
