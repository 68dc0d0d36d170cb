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

/* Interfaces: each one's own document of Microsoft's, MS-SCMR, MS-TSCH, ...; the one that listens
 * on TCP, where there are several. wmi and vds are in DCOM. Programs: IANA rpc-program-numbers. */
static const struct rpc_name rpc_names[] = {
	{"wmi", 135, NULL},
	{"eventlog", 135, "f6beaff7-1e19-4fbb-9f8f-b89e2018337c"},
	{"dcom", 135, NULL},
	{"services", 135, "367abb81-9844-35f1-ad32-98f038001003"},
	{"schedule", 135, "86d35949-83c9-4044-b424-db363231fd0c"},
	{"netlogon", 135, "12345678-1234-abcd-ef00-01234567cffb"},
	{"drsuapi", 135, "e3514235-4b06-11d1-ab04-00c04fc2dcd2"},
	{"samr", 135, "12345778-1234-abcd-ef00-0123456789ac"},
	{"lsarpc", 135, "12345778-1234-abcd-ef00-0123456789ab"},
	{"frs", 135, "f5cc59b4-4264-101a-8c59-08002b2f8426"},
	{"dfsr", 135, "897e2e5f-93f3-4376-9c9c-fd2277495c27"},
	{"certificate", 135, "91ae6020-9e3c-11cf-8d7c-00aa00c091be"},
	{"nfs", 111, "100003"},
	{"mountd", 111, "100005"},
	{"nlockmgr", 111, "100021"},
	{"status", 111, "100024"},
	{"rquotad", 111, "100011"},
	{"ypserv", 111, "100004"},
	{"nspi", 135, "f5cc5a18-4264-101a-8c59-08002b2f8426"},
	{"rfr", 135, "1544f5e0-613c-11d1-93df-00c04fd7bd09"},
	{"dns", 135, "50abc2a4-574d-40b3-9d66-ee4fd5fba076"},
	{"dhcp", 135, "6bffd098-a112-3610-9833-46c3f874532d"},
	{"clusapi", 135, "b97db8b2-4c63-11cf-bff6-08002be23f2f"},
	{"msdtc", 135, "906b0ce0-c70b-1067-b317-00dd010662da"},
	{"spoolss", 135, "12345678-1234-abcd-ef00-0123456789ab"},
	{"efs", 135, "df1941c5-fe89-4e79-bf10-463657acf44d"},
	{"vds", 135, NULL},
};

/* Any other service by what its directory lists it under: the interface's UUID (MS-RPCE), as in
 * e3514235-4b06-11d1-ab04-00c04fc2dcd2, or the program's number (RFC 5531). */
static const struct rpc_name by_uuid = {"UUID", 135, NULL}, by_program = {"program", 111, NULL};

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

const char *rpc_name_id(const char *name)
{
	const struct rpc_name *rpc = rpc_name_find(slice_of(name));

	return rpc == &by_uuid || rpc == &by_program ? name : rpc ? rpc->id : NULL;
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
