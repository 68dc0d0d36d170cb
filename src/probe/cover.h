/* SPDX-License-Identifier: ISC
 *
 * What covers the words of a connection: a layer (sys/layer.h), or nothing. Who holds a
 * conversation says and hears plain bytes either way.
 */
#pragma once

#include "probe/dial.h"
#include "sys/layer.h"

/* Zeroed, it is bare. */
struct cover {
	const struct layer_ops *ops;
	void *layer; /* owned; NULL: bare */
};

/* The layer's handshake begins. 0 or -errno. */
int cover_start(struct cover *c, struct dial *d, const struct layer *l,
		const struct layer_ask *ask);
/* Bare: LAYER_OPEN. */
enum layer_state cover_state(const struct cover *c);
int cover_say(struct cover *c, struct dial *d, const void *bytes, size_t n); /* 0 or -errno */
/* Not bare: what came is given to the layer, and what that answers is sent. More than 0: so many
 * bytes of the wire; then ask the state, and take. 0: the peer has ended it. Else -errno. */
ssize_t cover_feed(struct cover *c, struct dial *d);
/* Plain bytes of what was fed: all that there are, and room for; 0: none. May change the state. */
size_t cover_take(struct cover *c, void *bytes, size_t room);
/* Both in one, or bare. More than 0: so many plain bytes. 0: the peer has ended it. -EAGAIN: none
 * yet, of a handshake perhaps; else -errno. */
ssize_t cover_hear(struct cover *c, struct dial *d, void *bytes, size_t room);
void cover_describe(const struct cover *c, struct layer_told *told); /* not bare */
void cover_stop(struct cover *c, struct dial *d); /* with a good-bye where it can be said */
void cover_drop(struct cover *c);		  /* without */
