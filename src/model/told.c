/* SPDX-License-Identifier: ISC */
#include "model/told.h"

#include <stddef.h>

const char *const told_state_names[] = {
	"open",
	"open-reset",
	"refused",
	"timeout",
	"host-unreachable",
	"net-unreachable",
	"denied",
	"not-permitted",
	"icmp",
	"answered",
	"local",
	"no-name",
	"name-error",
	"not-tested",
	"unknown",
	NULL,
};
