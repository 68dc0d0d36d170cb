/* SPDX-License-Identifier: ISC
 *
 * The method "talk": a TCP connection, through task.via where there is one, and then the dialogue
 * task.proto, where there is one.
 */
#pragma once

extern const struct method method_talk; /* needs no privilege */
