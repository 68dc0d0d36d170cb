/* SPDX-License-Identifier: ISC */
#include "sys/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/compiler.h"

enum { NOBODY = 65534 };

static int failed(struct err *err, const char *what)
{
	return err_set(err, ERR_SYSTEM, PLACE_NONE, "%s: %s", what, strerror(errno));
}

int sandbox_user(const char *name, unsigned *uid, unsigned *gid, struct err *err)
{
	const struct passwd *pw;

	*uid = *gid = NOBODY;
	if (!name)
		return 0;
	errno = 0;
	pw = getpwnam(name);
	if (!pw)
		return err_set(err, ERR_USAGE, PLACE_NONE, "there is no user \"%s\"", name);
	*uid = pw->pw_uid;
	*gid = pw->pw_gid;
	return 0;
}

/* Nobody can write there, and nobody can come there again. */
static int enter_nothing(struct err *err)
{
	char path[] = "/tmp/portolan-XXXXXX";

	if (!mkdtemp(path))
		return failed(err, "cannot make an empty folder");
	if (chdir(path) != 0 || rmdir(path) != 0)
		return failed(err, path);
	if (chroot(".") != 0)
		return failed(err, "chroot");
	return 0;
}

static int change_user(uid_t uid, gid_t gid, struct err *err)
{
	if (setgroups(0, NULL) != 0 || setresgid(gid, gid, gid) != 0 ||
	    setresuid(uid, uid, uid) != 0)
		return failed(err, "cannot become another user");
	return 0;
}

static int drop_capabilities(struct err *err)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

	if (syscall(SYS_capset, &header, none) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return failed(err, "cannot give up privileges");
	return 0;
}

#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif

/* What a loop over sockets, c-ares and the allocator call. The sanitizers' own calls are in the
 * second list. */
static const int needed[] = {
	SCMP_SYS(accept4),
	SCMP_SYS(bind),
	SCMP_SYS(brk),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(close),
	SCMP_SYS(connect),
	SCMP_SYS(epoll_ctl),
	SCMP_SYS(epoll_pwait2),
	SCMP_SYS(epoll_wait),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(fcntl),
	SCMP_SYS(futex),
	SCMP_SYS(getpeername),
	SCMP_SYS(getpid),
	SCMP_SYS(getrandom),
	SCMP_SYS(getsockname),
	SCMP_SYS(getsockopt),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(ioctl),
	SCMP_SYS(listen),
	SCMP_SYS(madvise),
	SCMP_SYS(mmap),
	SCMP_SYS(mprotect),
	SCMP_SYS(mremap),
	SCMP_SYS(munmap),
	SCMP_SYS(pipe2),
	SCMP_SYS(poll),
	SCMP_SYS(read),
	SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sendmmsg),
	SCMP_SYS(sendmsg),
	SCMP_SYS(sendto),
	SCMP_SYS(setsockopt),
	SCMP_SYS(shutdown),
	SCMP_SYS(socket),
	SCMP_SYS(splice),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(newfstatat),
	SCMP_SYS(fstat),
	SCMP_SYS(tgkill), /* abort(3): a BUG() says where */
	SCMP_SYS(gettid),
#ifdef IS_SANITIZED
	SCMP_SYS(clone),
	SCMP_SYS(getppid),
	SCMP_SYS(openat),
	SCMP_SYS(prctl),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(ptrace),
	SCMP_SYS(readlink),
	SCMP_SYS(sched_yield),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(wait4),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(getrlimit),
	SCMP_SYS(prlimit64),
	SCMP_SYS(getdents64),
	SCMP_SYS(lseek),
#endif
};

static int filter(struct err *err)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc = ctx ? 0 : -ENOMEM;

	for (size_t i = 0; !rc && i < ARRAY_LEN(needed); i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, needed[i], 0);
	if (!rc)
		rc = seccomp_load(ctx);
	if (ctx)
		seccomp_release(ctx);
	if (!rc)
		return 0;
	return err_set(err, ERR_SYSTEM, PLACE_NONE, "cannot filter system calls: %s",
		       strerror(-rc));
}

int sandbox_enter(struct sandbox *s, struct err *err)
{
	unsigned uid, gid;
	int rc = sandbox_user(s->user, &uid, &gid, err);

	s->has_root = geteuid() == 0;
	if (!rc && s->has_root)
		rc = enter_nothing(err);
	if (!rc && s->has_root)
		rc = change_user(uid, gid, err);
	if (!rc)
		rc = drop_capabilities(err);
	if (!rc)
		rc = filter(err);
	s->has_filter = !rc;
	return rc;
}
