/* SPDX-License-Identifier: ISC */
#include "proto/cert.h"

#include "proto/ber.h"
#include "proto/wire.h"

enum { OID = 0x06, UTF8 = 0x0c, PRINTABLE = 0x13, TELETEX = 0x14, IA5 = 0x16 };

static bool is_text(uint8_t tag)
{
	return tag == UTF8 || tag == PRINTABLE || tag == TELETEX || tag == IA5;
}

/* An AttributeTypeAndValue, RFC 5280 section 4.1.2.4. */
static bool is_common_name(struct slice attribute, struct slice *name)
{
	uint8_t tag;
	struct slice oid;

	return ber_take(&attribute, OID, &oid) && slice_is(oid, "\x55\x04\x03") &&
	       ber_take_any(&attribute, &tag, name) && is_text(tag);
}

static bool find_name(struct slice subject, struct slice *name)
{
	struct slice relative, attribute;

	while (ber_take(&subject, BER_SET, &relative))
		while (ber_take(&relative, BER_SEQUENCE, &attribute))
			if (is_common_name(attribute, name))
				return true;
	return false;
}

bool cert_common_name(struct slice der, struct slice *name)
{
	struct slice all, tbs, skipped, subject;

	if (!ber_take(&der, BER_SEQUENCE, &all) || !ber_take(&all, BER_SEQUENCE, &tbs))
		return false;
	(void)ber_take(&tbs, BER_CONTEXT | 0, &skipped); /* version 1 does not say so */
	return ber_take(&tbs, BER_INTEGER, &skipped) &&	 /* serial number */
	       ber_take(&tbs, BER_SEQUENCE, &skipped) && /* algorithm */
	       ber_take(&tbs, BER_SEQUENCE, &skipped) && /* issuer */
	       ber_take(&tbs, BER_SEQUENCE, &skipped) && /* validity */
	       ber_take(&tbs, BER_SEQUENCE, &subject) && find_name(subject, name);
}
