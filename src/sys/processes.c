/* SPDX-License-Identifier: ISC */
#include "sys/processes.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "sys/file.h"

enum { PROC_PATH_MAX = 64, CGROUP_MAX = 64 << 10, USER_TEXT_MAX = 16 << 10 };

/* --- text ------------------------------------------------------------------------------------- */

static bool ends_with(struct slice s, const char *end)
{
	size_t n = strlen(end);

	return s.n > n && memcmp(s.p + s.n - n, end, n) == 0;
}

/* Lines are "0::/system.slice/ssh.service", "1:name=systemd:/...": systemd's own is one of these
 * two; others are about resources. */
static bool is_systemd(struct slice number, struct slice controllers)
{
	return (slice_is(number, "0") && !controllers.n) || slice_is(controllers, "name=systemd");
}

struct slice process_parse_unit(struct slice cgroup)
{
	struct slice unit = SLICE_NONE, line, number, controllers, part;

	while (slice_cut(&cgroup, '\n', &line)) {
		if (!slice_cut(&line, ':', &number) || !slice_cut(&line, ':', &controllers) ||
		    !is_systemd(number, controllers))
			continue;
		while (slice_cut(&line, '/', &part))
			if (ends_with(part, ".service") || ends_with(part, ".scope"))
				unit = part;
		if (unit.n)
			break;
	}
	return unit;
}

bool process_parse_socket(struct slice link, uint64_t *inode)
{
	if (!slice_has_prefix(link, "socket:[") || link.p[link.n - 1] != ']')
		return false;
	link = slice_skip(link, strlen("socket:["));
	link.n--;
	return slice_number(link, UINT64_MAX, inode);
}

/* --- who holds what --------------------------------------------------------------------------- */

static void add_holder(struct socket_holders *h, uint64_t inode, long process)
{
	if (h->n == h->room) {
		h->room = h->room ? h->room * 2 : 256;
		h->items = mem_resize(h->items, h->room, sizeof(*h->items));
	}
	h->items[h->n++] = (struct socket_holder){inode, process};
}

static void read_descriptors(struct socket_holders *h, long process)
{
	char path[PROC_PATH_MAX], target[64];
	struct dirent *entry;
	uint64_t inode;
	DIR *folder;

	snprintf(path, sizeof(path), "/proc/%ld/fd", process);
	folder = opendir(path);
	if (!folder) {
		h->is_partial |= errno != ENOENT && errno != ESRCH;
		return;
	}
	while ((entry = readdir(folder))) {
		ssize_t n = readlinkat(dirfd(folder), entry->d_name, target, sizeof(target));

		if (n > 0 && process_parse_socket((struct slice){target, (size_t)n}, &inode))
			add_holder(h, inode, process);
	}
	closedir(folder);
}

static int by_inode(const void *a_, const void *b_)
{
	const struct socket_holder *a = a_, *b = b_;

	if (a->inode != b->inode)
		return a->inode < b->inode ? -1 : 1;
	return (a->process > b->process) - (a->process < b->process);
}

/* A process may have a socket twice. */
static void sort_holders(struct socket_holders *h)
{
	size_t n = 0;

	if (h->n)
		qsort(h->items, h->n, sizeof(*h->items), by_inode);
	for (size_t i = 0; i < h->n; i++)
		if (!n || by_inode(&h->items[n - 1], &h->items[i]) != 0)
			h->items[n++] = h->items[i];
	h->n = n;
}

int socket_holders_read(struct socket_holders *h, struct err *err)
{
	DIR *folder = opendir("/proc");
	struct dirent *entry;
	uint64_t id;

	if (!folder)
		return err_set(err, ERR_SYSTEM, (struct place){.file = "/proc"}, "cannot open: %s",
			       strerror(errno));
	while ((entry = readdir(folder)))
		if (slice_number(slice_of(entry->d_name), LONG_MAX, &id))
			read_descriptors(h, (long)id);
	closedir(folder);
	sort_holders(h);
	return 0;
}

void socket_holders_release(struct socket_holders *h)
{
	free(h->items);
	*h = (struct socket_holders){0};
}

const struct socket_holder *socket_holder_find(const struct socket_holders *h, uint64_t inode,
					       size_t *n)
{
	size_t lo = 0, hi = h->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (h->items[mid].inode < inode)
			lo = mid + 1;
		else
			hi = mid;
	}
	*n = 0;
	while (lo + *n < h->n && h->items[lo + *n].inode == inode)
		(*n)++;
	return inode && *n ? &h->items[lo] : NULL;
}

/* --- one process ------------------------------------------------------------------------------ */

/* False: it is gone, or does not tell. */
static bool read_text(long id, const char *file, size_t max, struct buf *out)
{
	char path[PROC_PATH_MAX];
	struct err err;

	buf_clear(out);
	snprintf(path, sizeof(path), "/proc/%ld/%s", id, file);
	return file_read(path, max, out, &err) == 0;
}

static bool read_target(const char *path, char target[PATH_MAX])
{
	ssize_t n = readlink(path, target, PATH_MAX - 1);

	if (n <= 0)
		return false;
	target[n] = '\0';
	return true;
}

static void read_command(struct process *p, struct arena *arena, struct buf *text)
{
	if (!read_text(p->id, "cmdline", 4 << 20, text))
		return;
	while (text->n && text->data[text->n - 1] == '\0')
		buf_truncate(text, text->n - 1);
	if (text->n > COMMAND_MAX)
		buf_truncate(text, COMMAND_MAX);
	for (size_t i = 0; i < text->n; i++)
		if (text->data[i] == '\0')
			text->data[i] = ' ';
	if (text->n)
		p->command = arena_copy(arena, buf_slice(text));
}

/* A service that has a /tmp of its own is in another mount namespace, and sees our files all the
 * same: so not the namespaces are compared. */
static bool is_same_file(long id, const char *link, const char *ours)
{
	char path[PROC_PATH_MAX];
	struct stat a, b;

	snprintf(path, sizeof(path), "/proc/%ld/%s", id, link);
	return stat(path, &a) == 0 && stat(ours, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

static void read_program(struct process *p, struct arena *arena)
{
	static const char gone[] = " (deleted)";
	char path[PROC_PATH_MAX], target[PATH_MAX];
	struct slice program;

	snprintf(path, sizeof(path), "/proc/%ld/exe", p->id);
	if (!read_target(path, target))
		return;
	program = slice_of(target);
	p->is_replaced = ends_with(program, gone);
	if (p->is_replaced)
		program.n -= strlen(gone);
	p->program = arena_copy(arena, program);
	p->is_elsewhere = !is_same_file(p->id, "root", "/") ||
			  (!p->is_replaced && !is_same_file(p->id, "exe", p->program));
}

void process_read(long id, struct arena *arena, struct process *p)
{
	struct buf text = BUF_INIT;
	char path[PROC_PATH_MAX];
	struct slice unit;
	struct stat st;

	*p = (struct process){.id = id};
	snprintf(path, sizeof(path), "/proc/%ld", id);
	p->has_user = stat(path, &st) == 0;
	if (p->has_user)
		p->user = st.st_uid;
	if (read_text(id, "comm", 4096, &text))
		p->name = arena_copy(arena, slice_trim(buf_slice(&text)));
	read_command(p, arena, &text);
	read_program(p, arena);
	if (read_text(id, "cgroup", CGROUP_MAX, &text)) {
		unit = process_parse_unit(buf_slice(&text));
		p->unit = unit.n ? arena_copy(arena, unit) : NULL;
	}
	buf_release(&text);
}

/* --- names ------------------------------------------------------------------------------------ */

const char *user_name(uint32_t user, struct arena *arena)
{
	struct passwd entry, *found = NULL;
	char text[USER_TEXT_MAX];

	if (getpwuid_r(user, &entry, text, sizeof(text), &found) == 0 && found)
		return arena_copy(arena, slice_of(entry.pw_name));
	return arena_printf(arena, "%u", user);
}

const char *link_name(uint32_t link, struct arena *arena)
{
	char name[IF_NAMESIZE];

	if (!link)
		return NULL;
	if (!if_indextoname(link, name))
		return arena_printf(arena, "%u", link);
	return arena_copy(arena, slice_of(name));
}
