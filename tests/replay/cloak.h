/* SPDX-License-Identifier: ISC
 *
 * A layer that hides nothing, so that a replay can say what goes over the wire:
 *
 *	"cloak NAME ALPN\n"	how we begin; "-" for what is not told
 *	"open\n"		it is open
 *	"who?\n"		the name is refused, and it is over
 *	"huh?\n"		so is what is offered
 *	"<TEXT>"		what is said in it, either way
 *	"!"			the end, either way
 *
 * All else ends it.
 */
#pragma once

#include "sys/layer.h"

extern const struct layer cloak;
