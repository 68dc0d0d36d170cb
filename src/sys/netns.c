/* SPDX-License-Identifier: ISC */
#include "sys/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char own[] = "/proc/self/ns/net";

uint64_t netns_id(void)
{
	struct stat st;

	return stat(own, &st) == 0 ? (uint64_t)st.st_ino : 0;
}

static int failed(struct err *err, const char *what)
{
	return err_set(err, ERR_SYSTEM, PLACE_NONE, "cannot %s: %s", what, strerror(errno));
}

int netns_enter(int *home, struct err *err)
{
	const uint64_t before = netns_id();
	int rc;

	*home = open(own, O_RDONLY | O_CLOEXEC);
	if (*home < 0)
		return failed(err, "tell which network namespace this is");
	if (before && unshare(CLONE_NEWNET) == 0 && netns_id() && netns_id() != before)
		return 0;
	rc = failed(err, "make a network namespace to try the rules in");
	close(*home);
	return rc;
}

int netns_leave(int home, struct err *err)
{
	int rc = 0;

	if (setns(home, CLONE_NEWNET) != 0)
		rc = failed(err, "return from the network namespace in which rules were tried");
	close(home);
	return rc;
}
