/* SPDX-License-Identifier: ISC
 *
 * What /proc, dpkg and the kernel's messages may hold.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "sys/packages.h"
#include "sys/processes.h"
#include "sys/socket_table.h"
#include "sys/sockets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_unit(struct slice text)
{
	struct slice unit = process_parse_unit(text);

	if (unit.n && (unit.p < text.p || unit.p + unit.n > text.p + text.n))
		BUG("a unit from elsewhere");
	for (size_t i = 0; i < unit.n; i++)
		if (unit.p[i] == '/' || unit.p[i] == '\n')
			BUG("more than one part of a path");
}

static void check_packages(struct slice text)
{
	struct package_search s[] = {{"/usr/sbin/sshd", NULL}, {"/bin/x", NULL}, {NULL, NULL}};
	size_t n = package_list_match(text, "p", s, ARRAY_LEN(s));

	if (n != (size_t)((s[0].package != NULL) + (s[1].package != NULL)) || s[2].package)
		BUG("packages were counted wrongly");
}

static void check_lines(struct slice text)
{
	struct socket_row row;
	struct slice line;
	uint64_t inode;

	while (slice_cut(&text, '\n', &line)) {
		if (socket_row_parse(line, &row) && row.local.family != 4 && row.local.family != 6)
			BUG("a row without an address");
		if (process_parse_socket(line, &inode) && line.n < sizeof("socket:[]"))
			BUG("a socket without a number");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = {(const char *)data, size};
	struct socket_listener s;

	if (socket_listener_parse(data, size, false, &s) && s.at.family != 4 && s.at.family != 6)
		BUG("a socket without an address");
	check_unit(text);
	check_packages(text);
	check_lines(text);
	return 0;
}
