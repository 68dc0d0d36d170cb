/* SPDX-License-Identifier: ISC */
#include "gateway/ftp_command.h"

#include "base/compiler.h"

#define DOWN (CMD_TRANSFER | CMD_READS | CMD_PATH)
#define UP   (CMD_TRANSFER | CMD_UPLOAD | CMD_ADDS | CMD_PATH)
#define LOOK (CMD_READS | CMD_PATH)

static const struct verb_info verbs[] = {
	{"ABOR", VERB_ABOR, 0},
	{"ACCT", VERB_ACCT, CMD_EARLY | CMD_SECRET},
	{"ALLO", VERB_OTHER, 0},
	{"APPE", VERB_OTHER, UP},
	{"AUTH", VERB_AUTH, CMD_EARLY | CMD_OURS},
	{"AVBL", VERB_OTHER, LOOK},
	{"CDUP", VERB_OTHER, 0},
	{"CLNT", VERB_OTHER, CMD_EARLY},
	{"CSID", VERB_OTHER, CMD_EARLY},
	{"CWD", VERB_OTHER, CMD_PATH},
	{"DELE", VERB_OTHER, CMD_CHANGES | CMD_PATH},
	{"DSIZ", VERB_OTHER, LOOK},
	{"EPRT", VERB_EPRT, CMD_OURS},
	{"EPSV", VERB_EPSV, CMD_OURS},
	{"FEAT", VERB_FEAT, CMD_EARLY},
	{"HASH", VERB_OTHER, LOOK},
	{"HELP", VERB_OTHER, CMD_EARLY},
	{"HOST", VERB_HOST, CMD_EARLY},
	{"LANG", VERB_OTHER, CMD_EARLY},
	{"LIST", VERB_OTHER, DOWN},
	{"MD5", VERB_OTHER, LOOK},
	{"MDTM", VERB_OTHER, LOOK},
	{"MFCT", VERB_OTHER, CMD_CHANGES | CMD_PATH},
	{"MFF", VERB_OTHER, CMD_CHANGES | CMD_PATH},
	{"MFMT", VERB_OTHER, CMD_CHANGES | CMD_PATH},
	{"MKD", VERB_OTHER, CMD_ADDS | CMD_PATH},
	{"MLSD", VERB_OTHER, DOWN},
	{"MLST", VERB_OTHER, LOOK},
	{"MODE", VERB_MODE, 0},
	{"NLST", VERB_OTHER, DOWN},
	{"NOOP", VERB_NOOP, CMD_EARLY},
	{"OPTS", VERB_OTHER, CMD_EARLY},
	{"PASS", VERB_PASS, CMD_EARLY | CMD_SECRET},
	{"PASV", VERB_PASV, CMD_OURS},
	{"PORT", VERB_PORT, CMD_OURS},
	{"PWD", VERB_OTHER, 0},
	{"QUIT", VERB_QUIT, CMD_EARLY},
	{"RANG", VERB_OTHER, 0},
	{"REIN", VERB_REIN, CMD_EARLY},
	{"REST", VERB_OTHER, 0},
	{"RETR", VERB_OTHER, DOWN},
	{"RMD", VERB_OTHER, CMD_CHANGES | CMD_PATH},
	{"RNFR", VERB_OTHER, CMD_CHANGES | CMD_PATH},
	{"RNTO", VERB_OTHER, CMD_CHANGES | CMD_PATH},
	{"SITE", VERB_SITE, CMD_CHANGES | CMD_PATH},
	{"SIZE", VERB_OTHER, LOOK},
	{"SMNT", VERB_OTHER, CMD_PATH},
	{"STAT", VERB_STAT, CMD_READS | CMD_PATH},
	{"STOR", VERB_OTHER, UP},
	{"STOU", VERB_OTHER, UP},
	{"STRU", VERB_STRU, 0},
	{"SYST", VERB_OTHER, CMD_EARLY},
	{"TYPE", VERB_TYPE, 0},
	{"USER", VERB_USER, CMD_EARLY},
	{"XCRC", VERB_OTHER, LOOK},
	{"XCUP", VERB_OTHER, 0},
	{"XCWD", VERB_OTHER, CMD_PATH},
	{"XMD5", VERB_OTHER, LOOK},
	{"XMKD", VERB_OTHER, CMD_ADDS | CMD_PATH},
	{"XPWD", VERB_OTHER, 0},
	{"XRMD", VERB_OTHER, CMD_CHANGES | CMD_PATH},
	{"XSHA", VERB_OTHER, LOOK},
	{"XSHA1", VERB_OTHER, LOOK},
	{"XSHA256", VERB_OTHER, LOOK},
	{"XSHA512", VERB_OTHER, LOOK},
};

const struct verb_info *verb_find(struct slice word)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (slice_is_nocase(word, verbs[i].name))
			return &verbs[i];
	return NULL;
}

const struct verb_info *verb_at(size_t i)
{
	return i < ARRAY_LEN(verbs) ? &verbs[i] : NULL;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

enum ftp_command_result ftp_command_parse(struct slice line, struct ftp_command *c)
{
	size_t n = 0;

	*c = (struct ftp_command){.info = NULL};
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] == '\0' || line.p[i] == '\r' || line.p[i] == '\n')
			return COMMAND_BAD;
	while (line.n && is_blank(line.p[0]))
		line = slice_skip(line, 1);
	if (!line.n)
		return COMMAND_EMPTY;
	while (n < line.n && !is_blank(line.p[n]))
		n++;
	c->word = (struct slice){line.p, n};
	c->arg = slice_skip(line, n < line.n ? n + 1 : n);
	c->info = verb_find(c->word);
	return COMMAND_OK;
}

bool ftp_command_is_foreign(struct slice word)
{
	static const char *const words[] = {"GET",     "POST",	  "PUT",      "HEAD",	"DELETE",
					    "OPTIONS", "CONNECT", "TRACE",    "PATCH",	"EHLO",
					    "HELO",    "PRI",	  "REGISTER", "INVITE", "RCPT"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (slice_is_nocase(word, words[i]))
			return true;
	return false;
}
