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

/* No wrapper of the C library, and libcap for this one call would be a library more. */
static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

	return syscall(SYS_capset, &header, none) == 0 ? 0 : -1;
}

int privilege_drop(struct err *err)
{
	if ((geteuid() == 0 && leave_root() != 0) || drop_capabilities() != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_set(err, ERR_SYSTEM, PLACE_NONE, "cannot give up privileges: %s",
			       strerror(errno));
	return 0;
}
