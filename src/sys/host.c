/* SPDX-License-Identifier: ISC */
#include "sys/host.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

void host_name(char name[HOST_NAME_MAX_TEXT])
{
	if (gethostname(name, HOST_NAME_MAX_TEXT) != 0 || !*name)
		memcpy(name, "localhost", sizeof("localhost"));
	name[HOST_NAME_MAX_TEXT - 1] = '\0';
}

void host_machine(char text[HOST_MACHINE_MAX_TEXT])
{
	struct utsname u;

	text[0] = '\0';
	if (uname(&u) == 0)
		snprintf(text, HOST_MACHINE_MAX_TEXT, "%s %s", u.sysname, u.machine);
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

bool host_is_root(void)
{
	return geteuid() == 0;
}

long host_process(void)
{
	return getpid();
}
