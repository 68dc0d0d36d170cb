/* SPDX-License-Identifier: ISC
 *
 * A process with few rights asks one with more for sockets: on addresses of others, on ports below
 * 1024. Messages of fixed size over a pair of sockets that keeps their bounds (SOCK_SEQPACKET), the
 * descriptor comes back with the answer (SCM_RIGHTS). Who has the rights does not trust who asks:
 * it opens what its limits say, and nothing else.
 */
#pragma once

#include "base/portset.h"
#include "sys/nft_map.h"
#include "sys/stream.h"

#define BROKER_OWN UINT32_MAX
struct broker_limits {
	struct port_range listen[2]; /* where may be listened; lo 0: none */
	bool port_20;		     /* may be dialled from */
	bool transparent;	     /* with addresses of others */
	bool translate;		     /* what comes to a port of `listen` to others */
	/* Whose a socket is to be, as firewalls see it (meta skuid); BROKER_OWN: who opens it. */
	unsigned user;
};

/* A pair of descriptors: [0] for who has the rights, [1] for who asks. 0, or -errno. */
int broker_pair(int fds[2]);

/* Of who asks: waits for the answer, a second at most. As stream_listen() and stream_bind(); -EPERM
 * where the limits say no, -EPIPE where nobody answers. */
int broker_listen(int fd, const struct stream_spec *spec, const char **call);
int broker_bind(int fd, const struct stream_spec *spec, const char **call);
/* Of who asks, when `fd` is readable and nothing was asked: who has the rights is gone. False: only
 * answers came that nobody waits for any more; they are thrown away. */
bool broker_is_gone(int fd);

/* As nft_map_add() and nft_map_remove(). */
int broker_translate(int fd, const struct translation_of *t, unsigned timeout_ms);
void broker_untranslate(int fd, const struct translation_of *t);

/* Of who has the rights: one question that waits. False: nobody is there any more, or what came is
 * none of ours: close it. */
bool broker_serve(int fd, const struct broker_limits *limits);

/* For the tests: what is asked, as far as the limits let it through. */
enum broker_verb { BROKER_LISTEN = 1, BROKER_BIND, BROKER_TRANSLATE, BROKER_UNTRANSLATE };
struct broker_question {
	uint32_t number; /* the answer has the same */
	uint8_t verb, transparent;
	uint16_t port, to_port, backlog;
	uint32_t timeout_ms;
	struct addr at, to, from; /* of a translation: dialled, to, from */
};
bool broker_read(struct slice bytes, const struct broker_limits *limits, struct broker_question *q);
