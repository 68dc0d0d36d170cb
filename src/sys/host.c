/* SPDX-License-Identifier: ISC */
#include "sys/host.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

void host_name(char name[HOST_NAME_MAX_TEXT])
{
	if (gethostname(name, HOST_NAME_MAX_TEXT) != 0 || !*name)
		memcpy(name, "localhost", sizeof("localhost"));
	name[HOST_NAME_MAX_TEXT - 1] = '\0';
}

void host_chance(void *p, size_t n)
{
	struct timespec ts;
	unsigned char *bytes = p;

	if (getrandom(p, n, GRND_NONBLOCK) == (ssize_t)n)
		return;
	clock_gettime(CLOCK_REALTIME, &ts);
	for (size_t i = 0; i < n; i++)
		bytes[i] = (unsigned char)(ts.tv_nsec >> i % 4 * 8);
}

long host_process(void)
{
	return getpid();
}
