/* SPDX-License-Identifier: ISC
 *
 * What all reports in SARIF 2.1.0 (OASIS) have in common.
 */
#pragma once

#include "report/json.h"

/* An object that holds a text. */
void sarif_text(struct json *j, const char *key, const char *text);
/* In a message [words](place) is a link and {0} an argument (sections 3.11.5 and 3.11.6): what
 * comes from outside makes neither. */
void sarif_message(struct json *j, struct slice words);
