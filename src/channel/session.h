/* SPDX-License-Identifier: ISC
 *
 * Connections that carry lines both ways, encrypted, to peers whose keys are allowed; what they say
 * goes to the program that started this one, as datagrams of sys/channel_words.h on descriptor 0,
 * and what it says goes to them. All is bounded: CHANNEL_SESSIONS at once, 10 s to show a key,
 * lines of CHANNEL_LINE_MAX bytes, 64 kB that wait to be sent, and five minutes of silence.
 */
#pragma once

#include "channel/tls.h"
#include "sys/channel_words.h"
#include "sys/loop.h"

struct channel_place {
	struct addr at;
	uint16_t port;
};

struct sessions;
/* ctx: whose own key and which pins. The loop and ctx are borrowed. */
struct sessions *sessions_new(struct loop *l, SSL_CTX *ctx);
void sessions_free(struct sessions *s);

/* Waits for peers. */
MUST_USE int sessions_listen(struct sessions *s, const struct channel_place *place,
			     struct err *err);
/* Goes to one; the run ends with its session. What fails is told to the other program. */
void sessions_dial(struct sessions *s, const struct channel_place *place);
/* Takes the words of the other program; when it ends, so does the loop's run. */
MUST_USE int sessions_attach(struct sessions *s, struct err *err);
void sessions_tell(const struct channel_word *w); /* on descriptor 0 */
