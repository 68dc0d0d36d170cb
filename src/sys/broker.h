/* SPDX-License-Identifier: ISC
 *
 * A process with few rights asks one with more for sockets: on addresses of others, on ports below
 * 1024. Messages of fixed size over a pair of sockets that keeps their bounds (SOCK_SEQPACKET), the
 * descriptor comes back with the answer (SCM_RIGHTS). Who has the rights does not trust who asks:
 * it opens what its limits say, and nothing else.
 */
#pragma once

#include "base/portset.h"
#include "sys/stream.h"

#define BROKER_OWN UINT32_MAX
struct broker_limits {
	struct port_range listen[2]; /* where may be listened; lo 0: none */
	bool port_20;		     /* may be dialled from */
	bool transparent;	     /* with addresses of others */
	/* Whose a socket is to be, as firewalls see it (meta skuid); BROKER_OWN: who opens it. */
	unsigned user;
};

/* A pair of descriptors: [0] for who has the rights, [1] for who asks. 0, or -errno. */
int broker_pair(int fds[2]);

/* Of who asks: waits for the answer, a second at most. As stream_listen() and stream_bind(); -EPERM
 * where the limits say no, -EPIPE where nobody answers. */
int broker_listen(int fd, const struct stream_spec *spec, const char **call);
int broker_bind(int fd, const struct stream_spec *spec, const char **call);

/* Of who has the rights: one question that waits. False: nobody is there any more, or what came is
 * none of ours: close it. */
bool broker_serve(int fd, const struct broker_limits *limits);

/* For the tests: is this a question that would be answered with a socket? */
bool broker_read(struct slice bytes, const struct broker_limits *limits, bool *listens,
		 struct stream_spec *spec);
