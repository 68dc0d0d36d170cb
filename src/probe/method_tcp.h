/* SPDX-License-Identifier: ISC */
#pragma once

extern const struct method method_tcp; /* a plain connect; needs no privilege */
