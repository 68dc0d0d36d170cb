/* SPDX-License-Identifier: ISC */
#include "model/outcome.h"

/* Who answered, if not the target itself, is in the way; where that is not known, nothing is. */
static enum answer answered_by(enum cause cause)
{
	if (cause == CAUSE_TARGET)
		return ANSWER_PASS;
	return cause == CAUSE_UNPROVEN ? ANSWER_UNKNOWN : ANSWER_FAIL;
}

enum answer outcome_network(enum state state, enum cause cause)
{
	switch (state) {
	case STATE_OPEN:
	case STATE_OPEN_RESET:
	case STATE_SILENT:
	case STATE_WRONG_SERVICE:
	case STATE_CLOSED:
		return answered_by(cause);
	case STATE_REJECTED:
	case STATE_DROPPED:
	case STATE_UNREACHABLE:
		return ANSWER_FAIL;
	case STATE_NOT_ATTEMPTED:
	case STATE_COUNT:
		break;
	}
	return ANSWER_UNKNOWN;
}

enum answer outcome_service(enum state state, enum cause cause)
{
	if (state == STATE_CLOSED && cause == CAUSE_TARGET)
		return ANSWER_FAIL;
	if (state == STATE_OPEN_RESET || state == STATE_WRONG_SERVICE)
		return ANSWER_FAIL;
	return ANSWER_UNKNOWN;
}
