/* SPDX-License-Identifier: ISC
 *
 * One FTP conversation through the gateway, as a state machine without sockets: what client and
 * server said goes in, what each is told comes out, and data connections are ordered by calls of
 * `ops`. Commands and replies are kept in step: one command is on its way to the server, the next
 * waits, but for ABOR and STAT during a transfer. How each leg's data connections are opened is
 * that leg's own matter (RFC 959, 1579, 2428; issues of each in RFC 2577); nothing that stands
 * inside a listing, a name or a message has any effect.
 */
#pragma once

#include "base/addr.h"
#include "base/buf.h"
#include "gateway/ftp_command.h"
#include "gateway/config.h"
#include "gateway/reply.h"
#include "gateway/telnet.h"

struct session;

enum side { SIDE_CLIENT, SIDE_SERVER };

enum note {
	NOTE_LOGIN,	/* the server let them in */
	NOTE_REFUSED,	/* what was asked is not allowed; detail: why */
	NOTE_COMMAND,	/* passed on; detail: the line, without secrets */
	NOTE_REPLY,	/* of the server; detail: its last line */
	NOTE_VIOLATION, /* the peer does what none may; detail: what */
	NOTE_FAILED,	/* something could not be done; detail: what */
};

struct session_ops {
	/* Explicit: finds the server that the client named, and dials it where it may:
	 * session_dialled() or session_not_dialled() follows, perhaps from within. `host` is
	 * borrowed. */
	void (*dial)(struct session *s, struct slice host, uint16_t port);
	/* The data connection that was agreed is given up; what it has open is closed. */
	void (*data_drop)(struct session *s, bool reset);
	/* Waits for the peer of that side. 0, and where; or -errno. session_data_up() follows. */
	int (*data_wait)(struct session *s, enum side side, struct addr *at, uint16_t *port);
	/* Plane NAT: whoever has that side and comes to the address and port that it gives is led
	 * to `to_port` of the other side's peer. As data_wait(); nobody is told of. */
	int (*data_pass)(struct session *s, enum side side, uint16_t to_port, struct addr *at,
			 uint16_t *port);
	/* Dials the peer of that side; session_data_up() or session_data_failed() follows. */
	void (*data_dial)(struct session *s, enum side side, uint16_t port);
	/* A transfer begins: bytes may flow. The command is borrowed. */
	void (*data_begin)(struct session *s, const struct ftp_command *c);
	/* Its last reply has come: it goes on by itself until both ends have closed it. */
	void (*data_let_go)(struct session *s, unsigned code);
	void (*note)(struct session *s, enum note what, struct slice detail);
};

enum stage {
	STAGE_HELLO, /* explicit: which server is not said yet */
	STAGE_DIALLING,
	STAGE_LOGIN,
	STAGE_IN,
	STAGE_BLIND,  /* the server has taken AUTH: bytes are passed on unread */
	STAGE_ENDING, /* what is in `to_client` is sent, then both are closed */
};

enum way { WAY_NONE, WAY_WAIT, WAY_DIAL };

enum data_state {
	DATA_NONE,
	DATA_ASKING,   /* the server is asked for its part of it */
	DATA_AGREED,   /* PASV or PORT was answered */
	DATA_DIALLING, /* the command waits until the server's data connection stands */
	DATA_RUNNING,  /* the command is with the server */
};

/* A command whose last reply has not come. */
enum asker { OF_CLIENT, OF_GREETING, OF_PASV, OF_EPSV, OF_PORT };
struct expected {
	enum asker asker; /* OF_CLIENT: the reply is the client's; else the gateway's own */
	const struct verb_info *info;
	bool begun; /* a 1xx came */
};

enum { EXPECTED_MAX = 4, USER_MAX = 256 };

struct session {
	/* The caller's, before session_start(). */
	const struct gate_config *config;
	const struct session_ops *ops;
	struct addr client, server; /* server.family 0: not known yet */
	struct addr next_hop;	    /* the server's leg ends there: at it, or at the next gateway */
	uint16_t client_port, server_port;

	/* What is to be sent. The caller takes from the front; both are bounded as long as it calls
	 * nothing that adds while they are full (session_wants()). */
	struct buf to_client, to_server;

	enum stage stage;
	const struct gate_rule *rule;
	struct telnet telnet, server_telnet;
	struct reply_reader reader;
	struct buf heard, told; /* not yet taken: of the client, of the server */
	struct expected expected[EXPECTED_MAX];
	/* Of `told`: bytes that were there when a command was sent, so that they cannot answer it;
	 * and those of the line that is being attended to. */
	size_t stale, attended;
	unsigned n_unasked;
	size_t n_expected, answering; /* answering: whose reply goes on; EXPECTED_MAX: nobody's */
	char *login, *user;    /* owned; explicit: as the client said it; without the server */
	bool running;	       /* inside of run(): it goes on there */
	bool has_quit;	       /* the server has said goodbye, and will close */
	char type, type_asked; /* of files, as TYPE says it; 0: nobody said one, it is A */
	bool user_said, too_long, client_gone, epsv_all, lacks_epsv;

	struct {
		enum data_state state;
		enum way client, server;
		bool extended; /* EPSV or EPRT */
		bool up[2], dialled[2], tried_pasv, tried_epsv, tried_port;
		uint16_t client_port, server_port;
		unsigned broken;    /* the code that a success becomes; 0: all is well */
		struct buf pending; /* the command that waits */
	} data;
};

/* Transparent and reverse: the caller dials the server meanwhile, and calls session_dialled(). */
void session_start(struct session *s);
void session_free(struct session *s); /* what it owns; not the struct */

/* Bytes that came; gone at once where they are too many or make no sense. */
void session_heard(struct session *s, struct slice bytes); /* of the client */
void session_told(struct session *s, struct slice bytes);  /* of the server */
void session_client_gone(struct session *s);		   /* the end of its stream */
void session_server_gone(struct session *s);

/* Does it take more bytes of that side now? */
bool session_wants(const struct session *s, enum side side);

void session_dialled(struct session *s);
/* "530 ...": what the client is told instead, without the line's end. */
void session_not_dialled(struct session *s, const char *reply);

void session_data_up(struct session *s, enum side side);
void session_data_failed(struct session *s, enum side side, const char *why);
void session_data_broken(struct session *s); /* it ended badly under way */

/* How long the present state may last, in seconds; 0: for ever. Then session_expired(). */
unsigned session_patience(const struct session *s);
void session_expired(struct session *s);
/* No more: the client is told, in words of ours. */
void session_end(struct session *s, const char *reply);
