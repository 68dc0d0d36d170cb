/* SPDX-License-Identifier: ISC
 *
 * The method "connect".
 */
#pragma once

extern const struct method method_tcp; /* a plain connect; needs no privilege */
