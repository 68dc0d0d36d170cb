/* SPDX-License-Identifier: ISC
 *
 * Something a person should act on, and what the site does not say yet.
 */
#pragma once

#include "model/text.h"

enum severity { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL };
extern const char *const severity_names[];

struct finding {
	enum severity severity;
	const char *code;    /* stable, for scripts: nat-breaks-kerberos, inbound-privileged, ... */
	const char *subject; /* a requirement's id, a host, a device */
	const char *evidence, *fix, *reference; /* sentences; NULL where there is none */
	struct place at;
};

/* The answer is the reader's: the exact line to add to the site file. */
struct question {
	const char *subject; /* "passwordstate/reset-active-directory", "prod.roles.agent" */
	const char *text;
	const char *add;
};
