/* SPDX-License-Identifier: ISC
 *
 * What an FTP client may say: the commands of RFC 959, 1123, 2228, 2389, 2428, 2640, 3659 and 7151,
 * and those that servers have added and that a gateway can carry. What stands in no table is not
 * passed on: a gateway answers for what it lets through. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* Bits of a command. Those of the second row are what access rules speak of. */
enum {
	CMD_EARLY = 1,	  /* before the login is complete, too */
	CMD_TRANSFER = 2, /* a data connection belongs to it */
	CMD_UPLOAD = 4,	  /* ... and its bytes go to the server */
	CMD_OURS = 8,	  /* the gateway answers, or says it in its own words */
	CMD_SECRET = 16,  /* its argument is never shown */
	CMD_PATH = 32,	  /* its argument is a name: logged with it */

	CMD_READS = 64,	   /* shows what is there: files, listings, sizes */
	CMD_ADDS = 128,	   /* stores what was not there: files, folders */
	CMD_CHANGES = 256, /* takes away, renames, changes */
};

enum verb {
	VERB_OTHER, /* no more to be known of it than its bits */
	VERB_ABOR,
	VERB_ACCT,
	VERB_AUTH,
	VERB_EPRT,
	VERB_EPSV,
	VERB_FEAT,
	VERB_HOST,
	VERB_MODE,
	VERB_NOOP,
	VERB_PASS,
	VERB_PASV,
	VERB_PORT,
	VERB_QUIT,
	VERB_REIN,
	VERB_SITE,
	VERB_STAT,
	VERB_STRU,
	VERB_TYPE,
	VERB_USER,
};

struct verb_info {
	char name[8];
	enum verb verb;
	unsigned bits;
};

struct ftp_command {
	const struct verb_info *info; /* NULL: unknown */
	struct slice word, arg;	      /* borrowed from the line; `arg` with its blanks */
};

enum ftp_command_result {
	COMMAND_OK,
	COMMAND_EMPTY,
	COMMAND_BAD, /* a NUL, CR or LF inside: nothing that a name may hold (RFC 2640, 3.1) */
};

enum { COMMAND_MAX = 4096 }; /* bytes of a line, its end counted; paths of Linux fit */

/* `line`: without its end, after telnet's part (gateway/telnet.h). */
enum ftp_command_result ftp_command_parse(struct slice line, struct ftp_command *c);

const struct verb_info *verb_find(struct slice word); /* either case; NULL: unknown */
const struct verb_info *verb_at(size_t i);	      /* all of them; NULL: no more */

/* A word that begins another protocol's conversation: who sends it to an FTP port is a browser or a
 * mailer that somebody misleads. */
bool ftp_command_is_foreign(struct slice word);
