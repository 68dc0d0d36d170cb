/* SPDX-License-Identifier: ISC */
#include "sys/host_ports.h"

#include "base/buf.h"
#include "sys/file.h"

#define SYSCTL "/proc/sys/net/ipv4/"
enum { SYSCTL_MAX = 1 << 20 }; /* a list of every second port is 190 kB */

static int unexpected(const char *path, struct err *err)
{
	return err_set(err, ERR_SYSTEM, (struct place){.file = path},
		       "not of the form that we know");
}

static int read_sysctl(const char *path, struct buf *out, struct err *err)
{
	buf_clear(out);
	return file_read(path, SYSCTL_MAX, out, err);
}

static int read_ephemeral(struct host_ports *h, struct buf *text, struct err *err)
{
	static const char path[] = SYSCTL "ip_local_port_range";
	int rc = read_sysctl(path, text, err);
	struct slice rest = slice_trim(buf_slice(text)), first;
	uint64_t lo, hi;

	if (rc)
		return rc;
	slice_cut(&rest, '\t', &first);
	if (!slice_number(first, 65535, &lo) || !slice_number(slice_trim(rest), 65535, &hi) ||
	    lo > hi)
		return unexpected(path, err);
	h->ephemeral = (struct port_range){(uint16_t)lo, (uint16_t)hi};
	return 0;
}

static int read_unprivileged(struct host_ports *h, struct buf *text, struct err *err)
{
	static const char path[] = SYSCTL "ip_unprivileged_port_start";
	int rc = read_sysctl(path, text, err);
	uint64_t start;

	if (rc)
		return rc;
	if (!slice_number(slice_trim(buf_slice(text)), 65536, &start))
		return unexpected(path, err);
	h->unprivileged = (uint32_t)start;
	return 0;
}

static int read_reserved(struct host_ports *h, struct buf *text, struct err *err)
{
	static const char path[] = SYSCTL "ip_local_reserved_ports";
	int rc = read_sysctl(path, text, err);
	struct slice rest = slice_trim(buf_slice(text)), one;
	struct port_range range;

	if (rc || !rest.n)
		return rc;
	while (slice_cut(&rest, ',', &one)) {
		if (!port_range_parse(one, &range))
			return unexpected(path, err);
		portset_add(&h->reserved, range);
	}
	return 0;
}

int host_ports_read(struct host_ports *h, struct err *err)
{
	struct buf text = BUF_INIT;
	int rc;

	*h = (struct host_ports){0};
	rc = read_ephemeral(h, &text, err);
	if (!rc)
		rc = read_unprivileged(h, &text, err);
	if (!rc)
		rc = read_reserved(h, &text, err);
	if (rc)
		host_ports_release(h);
	buf_release(&text);
	return rc;
}

void host_ports_release(struct host_ports *h)
{
	portset_release(&h->reserved);
}
