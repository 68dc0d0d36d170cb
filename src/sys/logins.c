/* SPDX-License-Identifier: ISC
 *
 * Sources: proc(5) for stat, fd and net/tcp; net/ipv4/tcp_ipv4.c, get_tcp4_sock(), for the latter's
 * columns: addresses as the words of the machine, ports in hex, the state, ... the inode.
 */
#include "sys/logins.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/mem.h"
#include "sys/file.h"

enum { ANCESTORS_MAX = 200, PROC_TEXT_MAX = 64 << 20, ESTABLISHED = 1, INODES_MAX = 256 };

struct sockets { /* of one process */
	uint64_t inodes[INODES_MAX];
	size_t n;
};

/* --- text ------------------------------------------------------------------------------------- */

static struct slice next_word(struct slice *s)
{
	struct slice word = SLICE_NONE;

	while (slice_cut(s, ' ', &word) && !word.n)
		;
	return word;
}

/* "fe80::1%eth0" */
static bool parse_scoped(struct slice word, struct addr *a, char link[LOGIN_LINK_MAX])
{
	struct slice name = word, number;

	slice_cut(&name, '%', &number);
	if (name.p && name.n && name.n < LOGIN_LINK_MAX) {
		memcpy(link, name.p, name.n);
		link[name.n] = '\0';
	}
	return addr_parse(number, a);
}

static bool parse_port(struct slice word, uint16_t *port)
{
	uint64_t n;

	if (!slice_number(word, UINT16_MAX, &n) || !n)
		return false;
	*port = (uint16_t)n;
	return true;
}

/* ::ffff:192.0.2.1 is IPv4 on the wire. */
static void unmap(struct addr *a)
{
	static const uint8_t head[12] = {[10] = 0xff, [11] = 0xff};

	if (a->family != 6 || memcmp(a->bytes, head, sizeof(head)) != 0)
		return;
	memmove(a->bytes, a->bytes + 12, 4);
	memset(a->bytes + 4, 0, 12);
	a->family = 4;
}

bool login_parse(const char *text, struct login_connection *c)
{
	struct slice rest = slice_trim(slice_of(text));

	*c = (struct login_connection){0};
	if (!parse_scoped(next_word(&rest), &c->peer, c->link) ||
	    !parse_port(next_word(&rest), &c->peer_port) ||
	    !parse_scoped(next_word(&rest), &c->own, c->link) ||
	    !parse_port(next_word(&rest), &c->own_port) || rest.p)
		return false;
	unmap(&c->peer);
	unmap(&c->own);
	return c->peer.family == c->own.family;
}

static bool parse_hex(struct slice digits, uint32_t *value)
{
	static const char hex[] = "0123456789ABCDEF";

	*value = 0;
	for (size_t i = 0; i < digits.n; i++) {
		const char *d = digits.p[i] ? strchr(hex, digits.p[i]) : NULL;

		if (!d)
			return false;
		*value = *value << 4 | (uint32_t)(d - hex);
	}
	return digits.n > 0 && digits.n <= 8;
}

/* "0100007F:1F90": each eight digits are a word as this machine holds it. */
static bool parse_end(struct slice word, struct addr *a, uint16_t *port)
{
	struct slice digits;
	uint32_t value;

	slice_cut(&word, ':', &digits);
	if ((digits.n != 8 && digits.n != 32) || !word.p || !parse_hex(word, &value) ||
	    value > UINT16_MAX)
		return false;
	*port = (uint16_t)value;
	*a = (struct addr){.family = digits.n == 8 ? 4 : 6};
	for (size_t i = 0; i < digits.n; i += 8) {
		if (!parse_hex((struct slice){digits.p + i, 8}, &value))
			return false;
		memcpy(a->bytes + i / 2, &value, sizeof(value));
	}
	unmap(a);
	return true;
}

bool login_parse_proc(struct slice line, struct login_connection *c, uint64_t *inode)
{
	uint32_t state;
	struct slice word;

	*c = (struct login_connection){0};
	next_word(&line);
	if (!parse_end(next_word(&line), &c->own, &c->own_port) ||
	    !parse_end(next_word(&line), &c->peer, &c->peer_port) ||
	    !parse_hex(next_word(&line), &state) || state != ESTABLISHED)
		return false;
	for (int i = 0; i < 5; i++) /* queues, timer, retransmits, user, timeout */
		next_word(&line);
	word = next_word(&line);
	return slice_number(word, UINT64_MAX, inode) && c->own.family == c->peer.family;
}

/* --- processes -------------------------------------------------------------------------------- */

static void add(struct logins *l, const struct login_connection *c)
{
	for (size_t i = 0; i < l->n; i++) {
		struct login_connection *known = &l->items[i];

		if (addr_equal(&known->peer, &c->peer) && addr_equal(&known->own, &c->own) &&
		    known->peer_port == c->peer_port && known->own_port == c->own_port)
			return;
	}
	l->items = mem_resize(l->items, l->n + 1, sizeof(*l->items));
	l->items[l->n++] = *c;
}

static bool same_namespace(long pid)
{
	char path[64];
	struct stat own, other;

	snprintf(path, sizeof(path), "/proc/%ld/ns/net", pid);
	return stat("/proc/self/ns/net", &own) == 0 && stat(path, &other) == 0 &&
	       own.st_ino == other.st_ino;
}

static void read_sockets(long pid, struct sockets *s)
{
	char path[64], link[64];
	struct dirent *entry;
	DIR *folder;

	s->n = 0;
	snprintf(path, sizeof(path), "/proc/%ld/fd", pid);
	folder = opendir(path);
	while (folder && s->n < INODES_MAX && (entry = readdir(folder))) {
		ssize_t n = readlinkat(dirfd(folder), entry->d_name, link, sizeof(link) - 1);
		struct slice number = {link + 8, n > 9 ? (size_t)n - 9 : 0};

		if (n > 9 && slice_has_prefix((struct slice){link, (size_t)n}, "socket:[") &&
		    slice_number(number, UINT64_MAX, &s->inodes[s->n]))
			s->n++;
	}
	if (folder)
		closedir(folder);
}

static bool has_socket(const struct sockets *s, uint64_t inode)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->inodes[i] == inode)
			return true;
	return false;
}

static void add_connections(struct logins *l, const struct sockets *s, const char *path)
{
	struct buf text = BUF_INIT;
	struct slice rest, line;
	struct err err;

	if (file_read(path, PROC_TEXT_MAX, &text, &err) == 0) {
		rest = buf_slice(&text);
		while (slice_cut(&rest, '\n', &line)) {
			struct login_connection c;
			uint64_t inode;

			if (login_parse_proc(line, &c, &inode) && has_socket(s, inode))
				add(l, &c);
		}
	}
	buf_release(&text);
}

static void add_process(struct logins *l, long pid)
{
	struct sockets s;

	if (!same_namespace(pid))
		return;
	read_sockets(pid, &s);
	if (!s.n)
		return;
	add_connections(l, &s, "/proc/self/net/tcp");
	add_connections(l, &s, "/proc/self/net/tcp6");
}

static bool is_login_server(struct slice name)
{
	/* OpenSSH's are sshd, sshd-session, sshd-auth. */
	return slice_has_prefix(name, "sshd") || slice_is(name, "dropbear") ||
	       slice_is(name, "in.telnetd") || slice_is(name, "telnetd");
}

static bool outlives_logins(struct slice name)
{
	return slice_has_prefix(name, "tmux") || slice_is(name, "screen") ||
	       slice_is(name, "SCREEN") || slice_is(name, "zellij");
}

/* "17 (name) S 16 ...": the name may hold anything, also brackets. */
static bool read_stat(long pid, struct buf *text, struct slice *name, long *parent)
{
	const char *open, *close;
	struct slice rest;
	struct err err;
	uint64_t n;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	buf_clear(text);
	if (file_read(path, 4096, text, &err))
		return false;
	open = strchr(text->data, '(');
	close = strrchr(text->data, ')');
	if (!open || !close || close < open)
		return false;
	*name = slice_from_to(open + 1, close);
	rest = slice_of(close + 1);
	next_word(&rest); /* the state */
	if (!slice_number(next_word(&rest), INT32_MAX, &n))
		return false;
	*parent = (long)n;
	return true;
}

/* tmux, and everybody's login. */
static void add_everybody(struct logins *l)
{
	struct buf text = BUF_INIT;
	DIR *folder = opendir("/proc");
	struct dirent *entry;
	struct slice name;
	uint64_t pid;
	long parent;

	while (folder && (entry = readdir(folder)))
		if (slice_number(slice_of(entry->d_name), INT32_MAX, &pid) &&
		    read_stat((long)pid, &text, &name, &parent) && is_login_server(name))
			add_process(l, (long)pid);
	if (folder)
		closedir(folder);
	buf_release(&text);
}

static int add_said(struct logins *l, const char *said, struct err *err)
{
	struct login_connection c;

	if (!said)
		return 0;
	if (!login_parse(said, &c))
		return err_set(err, ERR_SYSTEM, PLACE_NONE,
			       "SSH_CONNECTION is not two addresses with their ports: \"%.100s\"",
			       said);
	add(l, &c);
	return 0;
}

int logins_find(struct logins *l, const char *said, struct err *err)
{
	struct buf text = BUF_INIT;
	long pid = getppid(), parent;
	struct slice name;
	int i = 0, rc;

	*l = (struct logins){0};
	rc = add_said(l, said, err);
	for (; i < ANCESTORS_MAX && pid > 0 && read_stat(pid, &text, &name, &parent); i++) {
		if (is_login_server(name))
			add_process(l, pid);
		l->are_all = l->are_all || outlives_logins(name);
		pid = parent;
	}
	/* Its own parent is gone at once where it is in another namespace of processes: 0. */
	if (!rc && !i && pid > 0)
		rc = err_set(err, ERR_SYSTEM, PLACE_NONE,
			     "cannot read /proc/%ld/stat: %s: who is logged in is not known", pid,
			     strerror(errno));
	else if (l->are_all)
		add_everybody(l);
	buf_release(&text);
	return rc;
}

void logins_release(struct logins *l)
{
	free(l->items);
	*l = (struct logins){0};
}
