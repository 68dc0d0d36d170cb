/* SPDX-License-Identifier: ISC
 *
 * A handshake's messages lie in records without regard to where these end, so they are put together
 * first.
 */
#include "proto/tls_answer.h"

#include "base/compiler.h"
#include "proto/cert.h"
#include "proto/wire.h"

enum { ALERT = 21, HANDSHAKE = 22, HEADER = 5, RECORD_MAX = 1 << 14 };
enum { SERVER_HELLO = 2, CERTIFICATE = 11, SUPPORTED_VERSIONS = 43 };
enum { SSL_3_0 = 0x0300, TLS_1_2 = 0x0303, TLS_1_3 = 0x0304 };

/* RFC 8446 section 6.2 and the registry "TLS Alerts" of IANA. */
static const struct {
	uint8_t number;
	const char *name;
} alerts[] = {
	{0, "close_notify"},
	{10, "unexpected_message"},
	{20, "bad_record_mac"},
	{21, "decryption_failed"},
	{22, "record_overflow"},
	{30, "decompression_failure"},
	{40, "handshake_failure"},
	{41, "no_certificate"},
	{42, "bad_certificate"},
	{43, "unsupported_certificate"},
	{44, "certificate_revoked"},
	{45, "certificate_expired"},
	{46, "certificate_unknown"},
	{47, "illegal_parameter"},
	{48, "unknown_ca"},
	{49, "access_denied"},
	{50, "decode_error"},
	{51, "decrypt_error"},
	{60, "export_restriction"},
	{70, "protocol_version"},
	{71, "insufficient_security"},
	{80, "internal_error"},
	{86, "inappropriate_fallback"},
	{90, "user_canceled"},
	{100, "no_renegotiation"},
	{109, "missing_extension"},
	{110, "unsupported_extension"},
	{111, "certificate_unobtainable"},
	{112, "unrecognized_name"},
	{113, "bad_certificate_status_response"},
	{114, "bad_certificate_hash_value"},
	{115, "unknown_psk_identity"},
	{116, "certificate_required"},
	{120, "no_application_protocol"},
};

static const char *alert_name(uint8_t number)
{
	for (size_t i = 0; i < ARRAY_LEN(alerts); i++)
		if (alerts[i].number == number)
			return alerts[i].name;
	return NULL;
}

/* Whether these bytes begin a record: type, version, length. Of a header that is not whole what is
 * there decides. */
static bool begins_record(struct slice in)
{
	const uint8_t *p = (const uint8_t *)in.p;
	size_t length;

	if (in.n > 0 && p[0] != ALERT && p[0] != HANDSHAKE)
		return false;
	if ((in.n > 1 && p[1] != 3) || (in.n > 2 && p[2] > 4))
		return false;
	if (in.n < HEADER)
		return true;
	length = (size_t)p[3] << 8 | p[4];
	return p[0] == ALERT ? length == 2 : length > 0 && length <= RECORD_MAX;
}

bool tls_is_alert(struct slice in)
{
	return in.n && (uint8_t)in.p[0] == ALERT;
}

static enum proto_result read_alert(struct slice in, struct proto_said *said)
{
	uint8_t level, number;
	const char *name;

	in = slice_skip(in, HEADER);
	if (!wire_take8(&in, &level))
		return PROTO_MORE;
	if (level != 1 && level != 2)
		return PROTO_OTHER;
	if (!wire_take8(&in, &number))
		return PROTO_MORE;
	name = alert_name(number);
	if (!name)
		return PROTO_OTHER;
	proto_sayf(said, "alert %s", name);
	return PROTO_PROVED;
}

/* The messages without their records, up to the first record of another kind. */
struct flight {
	char bytes[TLS_ANSWER_MAX];
	size_t n;
	bool is_over; /* nothing more of the handshake comes in the clear */
};

static void collect(struct slice in, struct flight *f)
{
	struct slice part;
	size_t length;

	f->n = 0;
	while (begins_record(in) && !tls_is_alert(in) && in.n >= HEADER) {
		length = (size_t)(uint8_t)in.p[3] << 8 | (uint8_t)in.p[4];
		in = slice_skip(in, HEADER);
		part = (struct slice){in.p, length < in.n ? length : in.n};
		if (part.n > sizeof(f->bytes) - f->n)
			part.n = sizeof(f->bytes) - f->n;
		memcpy(f->bytes + f->n, part.p, part.n);
		f->n += part.n;
		in = slice_skip(in, length);
	}
	f->is_over = f->n == sizeof(f->bytes) || !begins_record(in) || tls_is_alert(in);
}

static bool take24(struct slice *s, uint32_t *v)
{
	uint8_t high;
	uint16_t low;

	if (!wire_take8(s, &high) || !wire_take16(s, &low))
		return false;
	*v = (uint32_t)high << 16 | low;
	return true;
}

/* Version 1.3 hides in an extension, RFC 8446 section 4.2.1. False: the lengths do not fit. */
static bool read_extensions(struct slice s, uint16_t *version)
{
	uint16_t all, type, n;
	struct slice value;

	if (s.n == 0)
		return true;
	if (!wire_take16(&s, &all) || all != s.n)
		return false;
	while (wire_take16(&s, &type)) {
		if (!wire_take16(&s, &n) || !wire_take(&s, n, &value))
			return false;
		if (type == SUPPORTED_VERSIONS &&
		    (!wire_take16(&value, version) || value.n || *version != TLS_1_3))
			return false;
	}
	return s.n == 0;
}

/* A HelloRetryRequest has the same form. */
static bool read_hello(struct slice m, uint16_t *version)
{
	uint8_t n_id, compression;
	uint16_t suite;
	struct slice skipped;

	return wire_take16(&m, version) && *version >= SSL_3_0 && *version <= TLS_1_2 &&
	       wire_take(&m, 32, &skipped) && wire_take8(&m, &n_id) && n_id <= 32 &&
	       wire_take(&m, n_id, &skipped) && wire_take16(&m, &suite) &&
	       wire_take8(&m, &compression) && compression <= 1 && read_extensions(m, version);
}

static void say_version(struct proto_said *said, uint16_t version, struct slice name)
{
	static const char *const versions[] = {"SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2",
					       "TLS 1.3"};

	proto_sayf(said, "%s%s%.*s", versions[version - SSL_3_0], name.n ? ", certificate " : "",
		   (int)name.n, name.n ? name.p : "");
}

/* The first certificate of the message that comes next, RFC 5246 section 7.4.2. False: it is not
 * there yet; without one the name stays empty. */
static bool read_certificate(struct slice s, struct slice *name)
{
	uint8_t type;
	uint32_t message, list, one;
	struct slice der;

	*name = SLICE_NONE;
	if (!wire_take8(&s, &type))
		return false;
	if (type != CERTIFICATE)
		return true;
	if (!take24(&s, &message) || !take24(&s, &list) || !take24(&s, &one))
		return false;
	if (list + 3 != message || one + 3 > list)
		return true;
	if (!wire_take(&s, one, &der))
		return false;
	if (!cert_common_name(der, name))
		*name = SLICE_NONE;
	return true;
}

static enum proto_result read_flight(const struct flight *f, bool wants_name,
				     struct proto_said *said)
{
	enum { HELLO_MIN = 38, HELLO_MAX = 2048 };
	struct slice s = {f->bytes, f->n}, hello, name = SLICE_NONE;
	uint16_t version;
	uint32_t n;
	uint8_t type;

	if (wire_take8(&s, &type) && type != SERVER_HELLO)
		return PROTO_OTHER;
	if (!take24(&s, &n))
		return f->is_over ? PROTO_OTHER : PROTO_MORE;
	if (n < HELLO_MIN || n > HELLO_MAX)
		return PROTO_OTHER;
	if (!wire_take(&s, n, &hello))
		return f->is_over ? PROTO_OTHER : PROTO_MORE;
	if (!read_hello(hello, &version))
		return PROTO_OTHER;
	if (wants_name && version < TLS_1_3 && !read_certificate(s, &name) && !f->is_over)
		return PROTO_MORE;
	say_version(said, version, name);
	return PROTO_PROVED;
}

enum proto_result tls_answer(struct slice in, bool wants_name, struct proto_said *said)
{
	struct flight f;

	if (!begins_record(in))
		return PROTO_OTHER;
	if (in.n < HEADER)
		return PROTO_MORE;
	if (tls_is_alert(in))
		return read_alert(in, said);
	collect(in, &f);
	return read_flight(&f, wants_name && in.n < TLS_ANSWER_MAX, said);
}
