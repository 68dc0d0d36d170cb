/* SPDX-License-Identifier: ISC
 *
 * The parts of a session: session.c holds both streams, session_command.c what the client says,
 * session_reply.c what the server answers, session_data.c how data connections are agreed.
 */
#pragma once

#include "gateway/session.h"

/* To the client, in our words; the line's end is added. */
PRINTF(2, 3) void session_say(struct session *s, const char *fmt, ...);
PRINTF(3, 4) void session_note(struct session *s, enum note what, const char *fmt, ...);
/* What the peer does is against the protocol, or against us: the conversation ends. */
void session_violation(struct session *s, const char *what);

void session_expect(struct session *s, enum asker asker, const struct verb_info *info);
/* Is a command of that kind on its way? NULL: no. */
struct expected *session_find_expected(struct session *s, enum verb verb);
/* The transfer on its way; NULL: none. */
struct expected *session_transfer(struct session *s);
/* A command goes to the server, and its reply to the client. */
void session_pass_on(struct session *s, const struct ftp_command *c, struct slice line);

/* The first n bytes are gone. */
void session_drop_front(struct buf *b, size_t n);

/* The user that was named, to the server; its reply is the client's. */
void session_say_user(struct session *s);
/* May the client use this command at all, as far as is known yet? */
bool session_carries(const struct session *s, const struct verb_info *info);

/* One step each; false: there is nothing to be done now. */
bool session_take_command(struct session *s);
bool session_take_reply(struct session *s);

void session_data_command(struct session *s, const struct ftp_command *c); /* PASV, PORT, ... */
void session_transfer_command(struct session *s, struct slice line);
/* The server's answer to our PASV, EPSV or PORT: its last line. */
void session_data_answer(struct session *s, enum asker asker, const struct reply_line *line);
void session_data_go_on(struct session *s, enum side side); /* it stands */
void session_data_give_up(struct session *s, enum side side, const char *why);
/* The first 1xx, or the success, of a transfer: now a client that waits is dialled. */
void session_data_begun(struct session *s);
bool session_data_is_whole(const struct session *s); /* both sides stand */
void session_data_end(struct session *s, unsigned code);
void session_data_forget(struct session *s, bool reset); /* nothing is agreed any more */
