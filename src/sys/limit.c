/* SPDX-License-Identifier: ISC */
#include "sys/limit.h"

#include <sys/resource.h>

size_t limit_descriptors(size_t wanted)
{
	struct rlimit limit;
	rlim_t before;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 256; /* every system allows as many */
	before = limit.rlim_cur;
	if (before < wanted && before < limit.rlim_max) {
		limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
			limit.rlim_cur = before;
	}
	return (size_t)limit.rlim_cur;
}
