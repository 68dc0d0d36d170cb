/* SPDX-License-Identifier: ISC */
#include "sys/turn.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/netns.h"

static int failed(struct err *err, const char *path, const char *why)
{
	return err_set(err, ERR_SYSTEM, PLACE_NONE, "cannot use %s: %s", path, why);
}

/* What is there already may be somebody else's trap. */
static int make_folder(const char *path, struct err *err)
{
	struct stat st;

	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return failed(err, path, strerror(errno));
	if (lstat(path, &st) != 0)
		return failed(err, path, strerror(errno));
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077))
		return failed(err, path, "it is not a folder that is root's alone");
	return 0;
}

/* Of the open file: with a fork both have it. */
static bool set_lock(int fd, short type)
{
	struct flock lock = {.l_type = type, .l_whence = SEEK_SET};

	return fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

int turn_take(struct turn *t, const char *name, bool *taken, struct err *err)
{
	struct buf path = BUF_INIT;
	int rc;

	*t = (struct turn){.fd = -1, .folder = BUF_INIT};
	*taken = false;
	buf_add_text(&t->folder, "/run/portolan");
	rc = make_folder(t->folder.data, err);
	buf_addf(&t->folder, "/%s-%" PRIu64, name, netns_id());
	if (!rc)
		rc = make_folder(t->folder.data, err);
	turn_path(t, "lock", &path);
	if (!rc) {
		t->fd = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (t->fd < 0)
			rc = failed(err, path.data, strerror(errno));
		else if (!set_lock(t->fd, F_WRLCK))
			*taken = true;
	}
	buf_release(&path);
	return rc;
}

void turn_path(const struct turn *t, const char *file, struct buf *path)
{
	buf_clear(path);
	buf_add_slice(path, buf_slice(&t->folder));
	buf_addf(path, "/%s", file);
}

void turn_end(struct turn *t)
{
	if (t->fd >= 0)
		(void)set_lock(t->fd, F_UNLCK);
}

void turn_release(struct turn *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
	buf_release(&t->folder);
}
