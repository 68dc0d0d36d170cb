/* SPDX-License-Identifier: ISC
 *
 * What an FTP server says: every reply that is taken shortens what is left, has a code, and gives a
 * port that is one, or none.
 */
#include "proto/ftp_reply.h"

#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *copy = malloc(n ? n : 1);
	struct slice in = {copy, n};
	struct ftp_reply r;
	unsigned begun = 0;
	size_t left = n + 1;

	memcpy(copy, data, n);
	while (ftp_reply_read(&in, &begun, &r) == FTP_REPLY) {
		struct addr a;
		uint16_t port;

		if (in.n >= left || r.code < 100 || r.code > 599)
			BUG("a reply of nothing, or without a code");
		left = in.n;
		if (ftp_reply_pasv(&r, &a, &port) && (!port || a.family != 4))
			BUG("a passive port that is none");
		if (ftp_reply_epsv(&r, &port) && !port)
			BUG("an extended passive port that is none");
	}
	free(copy);
	return 0;
}
