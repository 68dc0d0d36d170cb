/* SPDX-License-Identifier: ISC
 *
 * Whether a TCP connection has got later bytes of its peer, and not those before them: TCP_INFO's
 * tcpi_rcv_ooopack, Linux 5.4 and later (before: never).
 */
#pragma once

#include <stdbool.h>

bool tcp_has_gap(int fd);
