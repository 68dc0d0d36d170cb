/* SPDX-License-Identifier: ISC
 *
 * A file of its own: <linux/tcp.h>, which has the field, and <netinet/tcp.h> do not go together.
 */
#include "sys/tcp_gap.h"

#include <linux/tcp.h>
#include <stddef.h>
#include <netinet/in.h>
#include <sys/socket.h>

bool tcp_has_gap(int fd)
{
	struct tcp_info info = {0};
	socklen_t n = sizeof(info);
	const socklen_t told =
		offsetof(struct tcp_info, tcpi_rcv_ooopack) + sizeof(info.tcpi_rcv_ooopack);

	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) == 0 && n >= told &&
	       info.tcpi_rcv_ooopack;
}
