/* SPDX-License-Identifier: ISC
 *
 * The method "connect": a TCP handshake by the kernel, closed at once.
 */
#pragma once

extern const struct method method_tcp; /* needs no privilege */
