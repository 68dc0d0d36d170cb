/* SPDX-License-Identifier: ISC */
#include "proto/krb.h"

#include "proto/ber.h"
#include "proto/wire.h"

enum { KRB_ERROR = 30, VERSION = 5, GENERAL_STRING = 0x1b, GENERALIZED_TIME = 0x18 };

/* The element of an explicitly tagged field: [number] EXPLICIT. */
static bool field(struct slice s, unsigned number, uint8_t tag, struct slice *value)
{
	struct slice outer;

	return ber_find(s, (uint8_t)(BER_CONTEXT | number), &outer) && ber_take(&outer, tag, value);
}

static bool number_field(struct slice s, unsigned number, uint32_t *v)
{
	struct slice outer;

	return ber_find(s, (uint8_t)(BER_CONTEXT | number), &outer) && ber_take_number(&outer, v);
}

static bool field_is(struct slice s, unsigned number, uint32_t wanted)
{
	uint32_t v;

	return number_field(s, number, &v) && v == wanted;
}

/* PrincipalName, RFC 4120 section 5.2.2: [0] its type, [1] its parts. */
static struct slice first_part(struct slice s)
{
	struct slice name, parts, part;

	return field(s, 10, BER_SEQUENCE, &name) && field(name, 1, BER_SEQUENCE, &parts) &&
			       ber_take(&parts, GENERAL_STRING, &part)
		       ? part
		       : SLICE_NONE;
}

bool krb_error_read(struct slice m, struct krb_error *e)
{
	struct slice all, s;

	if (!ber_take(&m, BER_APPLICATION | KRB_ERROR, &all) || !ber_take(&all, BER_SEQUENCE, &s) ||
	    !field_is(s, 0, VERSION) || !field_is(s, 1, KRB_ERROR) ||
	    !field(s, 4, GENERALIZED_TIME, &e->time) || !field(s, 9, GENERAL_STRING, &e->realm))
		return false;
	e->service = first_part(s);
	if (!number_field(s, 6, &e->code))
		e->code = 0;
	if (!field(s, 12, BER_OCTETS, &e->data))
		e->data = SLICE_NONE;
	return true;
}

enum proto_result krb_read_tcp(struct slice *in, struct proto_said *said,
			       enum proto_result (*read)(struct slice m, struct proto_said *said))
{
	enum { ANSWER_MAX = 4096 };
	struct slice rest = *in, m;
	uint32_t n;

	if (!wire_take32(&rest, &n))
		return PROTO_MORE;
	if (n > ANSWER_MAX) /* a banner, mostly */
		return PROTO_OTHER;
	if (!wire_take(&rest, n, &m))
		return PROTO_MORE;
	*in = rest;
	return read(m, said);
}
