/* SPDX-License-Identifier: ISC */
#include "sys/privilege.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NOBODY = 65534 }; /* the kernel's own overflowuid */

static int leave_root(void)
{
	if (setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
	    setresuid(NOBODY, NOBODY, NOBODY) == 0)
		return 0;
	return errno == EPERM || errno == EINVAL ? 0 : -1;
}

/* No wrapper of the C library, and libcap for these calls would be a library more. */
static int set_capabilities(uint32_t low)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};

	data[0].effective = data[0].permitted = low;
	return syscall(SYS_capset, &header, data) == 0 ? 0 : -1;
}

/* Of those that are asked for, the ones that this process has. */
static uint32_t had(uint32_t low)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};

	return syscall(SYS_capget, &header, data) == 0 ? data[0].permitted & low : 0;
}

/* Capabilities survive a change of the user only where that is asked for: capabilities(7). */
static int drop_all_but(uint32_t low)
{
	uint32_t kept = had(low);

	if (kept && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0)
		return -1;
	if (geteuid() == 0 && leave_root() != 0)
		return -1;
	if (set_capabilities(kept) != 0)
		return -1;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static int drop(uint32_t but, struct err *err)
{
	if (drop_all_but(but) != 0)
		return err_set(err, ERR_SYSTEM, PLACE_NONE, "cannot give up privileges: %s",
			       strerror(errno));
	return 0;
}

bool privilege_is_root(void)
{
	return geteuid() == 0;
}

int privilege_drop(struct err *err)
{
	return drop(0, err);
}

int privilege_drop_but_ports(struct err *err)
{
	return drop(1U << CAP_NET_BIND_SERVICE, err);
}
