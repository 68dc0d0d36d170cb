/* SPDX-License-Identifier: ISC */
#include "model/expr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* IANA icmp-parameters and icmpv6-parameters; the messages that a requirement may name. */
static const struct icmp_name icmp_names[] = {
	{"echo", 8, 128},
	{"echo-reply", 0, 129},
	{"redirect", 5, 137},
	{"destination-unreachable", 3, 1},
	{"fragmentation-needed", 3, 2}, /* code 4; packet too big */
	{"time-exceeded", 11, 3},
	{"parameter-problem", 12, 4},
	{"timestamp", 13, -1},
	{"timestamp-reply", 14, -1},
	{"router-solicitation", 10, 133},
	{"router-advertisement", 9, 134},
	{"neighbour-solicitation", -1, 135},
	{"neighbour-advertisement", -1, 136},
	{"listener-query", -1, 130}, /* MLD, RFC 2710 and 3810 */
	{"listener-report", -1, 131},
	{"listener-done", -1, 132},
	{"listener-report-2", -1, 143},
	{"any", -1, -1},
};

const struct icmp_name *icmp_name_find(struct slice name)
{
	for (size_t i = 0; i < sizeof(icmp_names) / sizeof(icmp_names[0]); i++)
		if (slice_is(name, icmp_names[i].name))
			return &icmp_names[i];
	return NULL;
}

/* Endpoint mapper: MS-RPCE and Microsoft's service overview; rpcbind: IANA rpc-program-numbers. */
static const struct rpc_name rpc_names[] = {
	{"wmi", 135},	   {"eventlog", 135}, {"dcom", 135},	 {"services", 135},
	{"schedule", 135}, {"netlogon", 135}, {"drsuapi", 135},	 {"samr", 135},
	{"lsarpc", 135},   {"frs", 135},      {"dfsr", 135},	 {"certificate", 135},
	{"nfs", 111},	   {"mountd", 111},   {"nlockmgr", 111}, {"status", 111},
	{"rquotad", 111},  {"ypserv", 111},   {"nspi", 135},	 {"rfr", 135},
	{"dns", 135},	   {"dhcp", 135},     {"clusapi", 135},	 {"msdtc", 135},
	{"spoolss", 135},  {"efs", 135},      {"vds", 135},
};

/* Any other service by what its directory lists it under: the interface's UUID (MS-RPCE), as in
 * e3514235-4b06-11d1-ab04-00c04fc2dcd2, or the program's number (RFC 5531). */
static const struct rpc_name by_uuid = {"UUID", 135}, by_program = {"program", 111};

static bool is_uuid(struct slice s)
{
	if (s.n != 36)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s.p[i] != '-' : !memchr("0123456789abcdefABCDEF", s.p[i], 22))
			return false;
	}
	return true;
}

const struct rpc_name *rpc_name_find(struct slice name)
{
	uint64_t program;

	for (size_t i = 0; i < sizeof(rpc_names) / sizeof(rpc_names[0]); i++)
		if (slice_is(name, rpc_names[i].name))
			return &rpc_names[i];
	if (is_uuid(name))
		return &by_uuid;
	return slice_number(name, UINT32_MAX, &program) && program ? &by_program : NULL;
}

enum { WHY_MAX = 120, TEXT_MAX = 64 };

struct resolving {
	const struct setting_env *env;
	const struct setting_ref *missing;
	char *why;
};

static const char *value_of(struct resolving *r, const struct setting_ref *ref)
{
	const char *value = r->env->value(r->env->ctx, ref);

	if (!value && !r->missing)
		r->missing = ref;
	return value;
}

static bool bad(struct resolving *r, const char *fmt, const char *value)
{
	if (!r->why[0])
		snprintf(r->why, WHY_MAX, fmt, value);
	return false;
}

/* A term as text: its digits and the values of its references, side by side. */
static bool term_text(struct resolving *r, const struct port_term *t, char text[TEXT_MAX])
{
	size_t n = 0;

	for_each (piece, &t->pieces) {
		const char *s = piece->digits ? piece->digits : value_of(r, &piece->ref);
		size_t len = s ? strlen(s) : 0;

		if (!s)
			return false;
		if (n + len >= TEXT_MAX)
			return bad(r, "%.20s... is too long for a port", s);
		memcpy(text + n, s, len);
		n += len;
	}
	text[n] = '\0';
	return true;
}

static bool term_port(struct resolving *r, const struct port_term *t, uint16_t *port)
{
	char text[TEXT_MAX];
	uint64_t number;

	if (!term_text(r, t, text))
		return false;
	if (!slice_number(slice_of(text), 65535, &number) || number == 0)
		return bad(r, "%s is no port", text);
	*port = (uint16_t)number;
	return true;
}

/* Alone, a term may be a reference to a range. */
static bool term_range(struct resolving *r, const struct port_term *t, struct port_range *out)
{
	char text[TEXT_MAX];

	if (!term_text(r, t, text))
		return false;
	return port_range_parse(slice_of(text), out) || bad(r, "%s is no port and no range", text);
}

static bool arith_value(struct resolving *r, const struct arith *a, long *out)
{
	long left, right;
	const char *s;
	uint64_t number;

	switch (a->op) {
	case ARITH_NUMBER:
		*out = a->number;
		return true;
	case ARITH_REF:
		s = value_of(r, &a->ref);
		if (!s)
			return false;
		if (!slice_number(slice_of(s), 1000000, &number))
			return bad(r, "%.40s is no number to calculate with", s);
		*out = (long)number;
		return true;
	default:
		if (!arith_value(r, a->left, &left) || !arith_value(r, a->right, &right))
			return false;
		if (labs(left) > 100000000 || labs(right) > 100000000)
			return bad(r, "%s", "the calculation leaves all bounds");
		*out = a->op == ARITH_ADD   ? left + right
		       : a->op == ARITH_SUB ? left - right
					    : left * right;
		return true;
	}
}

static bool arith_port(struct resolving *r, const struct arith *a, struct port_range *out)
{
	char text[24];
	long number;

	if (!arith_value(r, a, &number))
		return false;
	if (number < 1 || number > 65535) {
		snprintf(text, sizeof(text), "%ld", number);
		return bad(r, "the calculated %s is no port", text);
	}
	*out = (struct port_range){(uint16_t)number, (uint16_t)number};
	return true;
}

static bool resolve(struct resolving *r, const struct ports *p, struct port_range *out)
{
	switch (p->kind) {
	case PORTS_NONE:
	case PORTS_PARENT:
		*out = (struct port_range){0, 0};
		return true;
	case PORTS_ANY:
		*out = PORT_RANGE_ANY;
		return true;
	case PORTS_ARITH:
		return arith_port(r, p->arith, out);
	case PORTS_SPAN:
		if (!p->has_hi)
			return term_range(r, &p->lo, out);
		if (!term_port(r, &p->lo, &out->lo) || !term_port(r, &p->hi, &out->hi))
			return false;
		return out->lo <= out->hi || bad(r, "%s", "the range ends before it begins");
	}
	return false;
}

enum ports_result ports_resolve(const struct ports *p, const struct setting_env *env,
				struct port_range *out, const struct setting_ref **missing,
				char why[120])
{
	struct resolving r = {env, NULL, why};

	why[0] = '\0';
	if (resolve(&r, p, out))
		return PORTS_OK;
	*missing = r.missing;
	return r.missing ? PORTS_MISSING : PORTS_BAD;
}
