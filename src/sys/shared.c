/* SPDX-License-Identifier: ISC */
#include "sys/shared.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

int shared_new(size_t n, void **p, struct err *err)
{
	*p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (*p != MAP_FAILED)
		return 0;
	*p = NULL;
	return err_set(err, ERR_SYSTEM, PLACE_NONE, "no shared memory: %s", strerror(errno));
}
