/* SPDX-License-Identifier: ISC
 *
 * portolan catalog import FILE
 */
#pragma once

#include "cmd/command.h"

/* The rows that the command's table of options must have for it. */
#define CATALOG_IMPORT_OPTIONS                                                                     \
	{"product", "NAME", "import: the product's name; default: after the file"},                \
		{"from", "ROLE", "import: who connects, where the table does not say it"},         \
		{"to", "ROLE", "import: who listens, where the table does not say it"},            \
		{"section", "N", "import: the document's section"},                                \
	{                                                                                          \
		"document", "ID", "import: the document's short name; default: doc"                \
	}

/* The second operand is the file. The product goes to standard output, questions and mistakes to
 * standard error. Exit 0, or 2 where a row was not understood. */
int catalog_import(const struct arguments *args);
