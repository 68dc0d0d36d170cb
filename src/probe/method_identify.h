/* SPDX-License-Identifier: ISC
 *
 * The methods "identify", over TCP and UDP: what speaks there? task.proto, where it is set, is what
 * was to be there; else the service that usually listens on the number is asked first. task.among
 * are the protocols that are known.
 *
 * TCP: one connection at a time. On the first one nothing is said until those that speak first had
 * the time to: IDENTIFY_GREETING_MS where the task says so, half of the time where the number does,
 * else IDENTIFY_HUSH_MS.
 * Then one question a connection, in the order of probe/questions.h, and every reply is shown to
 * all protocols (proto/classify.h); the first proof ends it. A port that keeps silent costs at most
 * IDENTIFY_DEADLINE_MS after it was reached, or what --timeout says; where the task wants a
 * greeting, the questions still get IDENTIFY_ASKING_MS behind it.
 *
 * Where TLS is proved and the task has a layer (sys/layer.h), all of this begins anew inside it,
 * within the same deadline; what is proved is then the service under TLS (probe/inside.h), and in
 * the words what was inside and the certificate. What fails inside leaves TLS proved.
 *
 * Where TLS or HTTP is proved, the other of the two is asked once more: several protocols may share
 * a port, and a complaint in HTTP may come from a server that wants TLS.
 *
 * Harm: nothing is sent to ports that print what they get; who talks without being asked, and is
 * not known, is asked nothing; where connections are refused after a question, no more is asked.
 */
#pragma once

#include "probe/method.h"

enum {
	IDENTIFY_HUSH_MS = 300,
	IDENTIFY_GREETING_MS = 3000,
	IDENTIFY_DEADLINE_MS = 3000,
	IDENTIFY_ASKING_MS = 1500,
};

extern const struct method method_identify, method_identify_udp; /* need no privilege */
