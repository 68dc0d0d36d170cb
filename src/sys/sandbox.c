/* SPDX-License-Identifier: ISC */
#include "sys/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
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
	if (*uid == 0)
		return err_set(err, ERR_USAGE, PLACE_NONE,
			       "\"%s\" is root: name a user without rights", name);
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

#ifdef IS_SANITIZED
/* At the end of a process a thread of the sanitizer's looks through ptrace and /proc for memory
 * that leaked. In here it has neither; it asks this function first. */
static bool is_inside;

int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
	return is_inside;
}
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
	SCMP_SYS(listen),
	SCMP_SYS(madvise),
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
	SCMP_SYS(splice),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(fstat),
	SCMP_SYS(gettid),
#ifdef IS_SANITIZED
	SCMP_SYS(getppid),
	SCMP_SYS(prctl),
	SCMP_SYS(sched_yield),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(getrlimit),
	SCMP_SYS(prlimit64),
	SCMP_SYS(lseek),
#endif
};

/* Nothing of ours and of the libraries does these here: other people's code runs, and is ended. */
static const int deadly[] = {
	SCMP_SYS(execve),
	SCMP_SYS(execveat),
	SCMP_SYS(fork),
	SCMP_SYS(vfork),
	SCMP_SYS(chroot),
	SCMP_SYS(pivot_root),
	SCMP_SYS(mount),
	SCMP_SYS(setns),
	SCMP_SYS(unshare),
	SCMP_SYS(open_by_handle_at),
	SCMP_SYS(bpf),
	SCMP_SYS(io_uring_setup),
	SCMP_SYS(userfaultfd),
	SCMP_SYS(perf_event_open),
	SCMP_SYS(keyctl),
	SCMP_SYS(process_vm_writev),
	SCMP_SYS(clone),
	SCMP_SYS(clone3),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(ptrace),
};

static int add_each(scmp_filter_ctx ctx, uint32_t action, const int *list, size_t n)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < n; i++)
		rc = seccomp_rule_add(ctx, action, list[i], 0);
	return rc;
}

/* TCP and UDP: not the abstract Unix sockets of others on this host, nor netlink. */
static int allow_sockets(scmp_filter_ctx ctx)
{
	enum { TYPE = 0xf }; /* the rest: SOCK_NONBLOCK, SOCK_CLOEXEC */
	static const int families[] = {AF_INET, AF_INET6}, types[] = {SOCK_STREAM, SOCK_DGRAM};
	int rc = 0;

	for (size_t i = 0; !rc && i < ARRAY_LEN(families) * ARRAY_LEN(types); i++)
		rc = seccomp_rule_add(
			ctx, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2,
			SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i / 2]),
			SCMP_A1(SCMP_CMP_MASKED_EQ, TYPE, (scmp_datum_t)types[i % 2]));
	return rc;
}

/* Memory, but none to run code from; abort(3), so that a BUG() says where, but no signal to others;
 * what a descriptor is, but not what a name is. */
static int allow_in_part(scmp_filter_ctx ctx)
{
	const struct scmp_arg_cmp no_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	const struct {
		int call;
		struct scmp_arg_cmp test;
	} rows[] = {
		{SCMP_SYS(mmap), no_code},
		{SCMP_SYS(mprotect), no_code},
		{SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid())},
		{SCMP_SYS(newfstatat), SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH)},
		{SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_EQ, FIONREAD)},
		{SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_EQ, FIONBIO)},
		{SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_EQ, SIOCATMARK)},
	};
	int rc = allow_sockets(ctx);

	for (size_t i = 0; !rc && i < ARRAY_LEN(rows); i++)
		rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, rows[i].call, 1, &rows[i].test);
	return rc;
}

static int load(scmp_filter_ctx ctx)
{
	int rc = add_each(ctx, SCMP_ACT_ALLOW, needed, ARRAY_LEN(needed));

	if (!rc)
		rc = add_each(ctx, SCMP_ACT_KILL_PROCESS, deadly, ARRAY_LEN(deadly));
	if (!rc)
		rc = allow_in_part(ctx);
	return rc ? rc : seccomp_load(ctx);
}

static int filter(struct err *err)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc = ctx ? load(ctx) : -ENOMEM;

	if (ctx)
		seccomp_release(ctx);
	if (!rc)
		return 0;
	return err_set(err, ERR_SYSTEM, PLACE_NONE, "cannot filter system calls: %s",
		       strerror(-rc));
}

/* RLIMIT_FSIZE stays: logs that are open grow, and no other file can be made. No core, and no look
 * from outside by the same user: both would show passwords. */
static int hide(struct err *err)
{
	static const struct rlimit none = {0, 0};

	if (setrlimit(RLIMIT_CORE, &none) != 0)
		return failed(err, "setrlimit");
	if (setrlimit(RLIMIT_NPROC, &none) != 0)
		return failed(err, "setrlimit");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return failed(err, "prctl");
	return 0;
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
		rc = hide(err);
	if (!rc)
		rc = filter(err);
	s->has_filter = !rc;
#ifdef IS_SANITIZED
	is_inside = s->has_filter;
#endif
	return rc;
}
