/* SPDX-License-Identifier: ISC
 *
 * Exact sets against Z3: it proves that no packet tells the boxes of a list from its rules; and two
 * lists differ for it, at our witness, if and only if they differ for us.
 */
#include <stdlib.h>
#include <z3.h>

#include "base/mem.h"
#include "policy/space.h"
#include "space_rules.h"
#include "test.h"

static const struct {
	int kind;
	size_t n;
} lists[] = {{1, 12}, {3, 4}, {4, 8}, {4, 12}};

struct prover {
	Z3_context z3;
	const struct rule_list *list;
	Z3_ast fields
		[SPACE_FIELDS]; /* a packet's, as numbers of bits; NULL: not among the rules' */
	Z3_ast accept;
};

static Z3_ast field_of(Z3_context z3, const char *name, unsigned bits)
{
	return Z3_mk_const(z3, Z3_mk_string_symbol(z3, name), Z3_mk_bv_sort(z3, bits));
}

static struct prover prover_start(const struct rule_list *l)
{
	Z3_config config = Z3_mk_config();
	struct prover p = {.z3 = Z3_mk_context(config), .list = l};
	unsigned bits = l->v6 ? 128 : 32;

	Z3_del_config(config);
	p.fields[SPACE_PROTO] = field_of(p.z3, "proto", 8);
	p.fields[SPACE_TO] = field_of(p.z3, "to", bits);
	p.fields[SPACE_FROM] = field_of(p.z3, "from", bits);
	p.fields[SPACE_TO_PORT] = field_of(p.z3, "to port", 16);
	p.fields[SPACE_FROM_PORT] = field_of(p.z3, "from port", 16);
	p.accept = Z3_mk_false(p.z3);
	return p;
}

static Z3_ast number_of(const struct prover *p, enum space_field field, const struct addr *a,
			uint32_t v)
{
	bool bits[128];
	unsigned n = Z3_get_bv_sort_size(p->z3, Z3_get_sort(p->z3, p->fields[field]));

	if (!a)
		return Z3_mk_unsigned_int(p->z3, v, Z3_mk_bv_sort(p->z3, n));
	for (unsigned i = 0; i < n; i++) /* the lowest first */
		bits[i] = a->bytes[(n - 1 - i) / 8] >> i % 8 & 1;
	return Z3_mk_bv_numeral(p->z3, n, bits);
}

static Z3_ast between(const struct prover *p, enum space_field field, struct space_range r)
{
	static const uint32_t last[SPACE_FIELDS] = {
		[SPACE_PROTO] = 255, [SPACE_TO_PORT] = 65535, [SPACE_FROM_PORT] = 65535};
	const struct rule_list *l = p->list;
	struct addr ends[2], *lo = NULL, *hi = NULL;
	Z3_ast both[2];

	if (field == SPACE_TO || field == SPACE_FROM) {
		space_frame_addrs(l->frame, l->v6 ? SPACE_IPV6 : SPACE_IPV4, r, &ends[0], &ends[1]);
		lo = &ends[0];
		hi = &ends[1];
	}
	if (r.hi > last[field])
		r.hi = last[field];
	both[0] = Z3_mk_bvule(p->z3, number_of(p, field, lo, r.lo), p->fields[field]);
	both[1] = Z3_mk_bvule(p->z3, p->fields[field], number_of(p, field, hi, r.hi));
	return Z3_mk_and(p->z3, 2, both);
}

static Z3_ast box_formula(const struct prover *p, const struct space_box *box)
{
	Z3_ast all[SPACE_FIELDS];
	unsigned n = 0;

	for (uint32_t i = 0; i < SPACE_FIELDS; i++)
		if (p->fields[i])
			all[n++] = between(p, i, box->fields[i]);
	return Z3_mk_and(p->z3, n, all);
}

static Z3_ast list_formula(const struct prover *p)
{
	Z3_ast accept = Z3_mk_false(p->z3);

	for (size_t i = p->list->n; i--;) {
		const struct rule *r = &p->list->rules[i];
		struct space_box box = {.fields = {
						[SPACE_PROTO] = {r->proto, r->proto},
						[SPACE_TO] = rules_ranks(p->list, r->to),
						[SPACE_FROM] = rules_ranks(p->list, r->from),
						[SPACE_TO_PORT] = r->to_port,
						[SPACE_FROM_PORT] = r->from_port,
					}};

		accept = Z3_mk_ite(p->z3, box_formula(p, &box),
				   r->accept ? Z3_mk_true(p->z3) : Z3_mk_false(p->z3), accept);
	}
	return accept;
}

static bool add_box(void *ctx, const struct space_box *box)
{
	struct prover *p = ctx;
	Z3_ast either[2] = {p->accept, NULL};

	if (box->value == RULE_ACCEPT) {
		either[1] = box_formula(p, box);
		p->accept = Z3_mk_or(p->z3, 2, either);
	}
	return true;
}

static Z3_ast packet_is(const struct prover *p, const struct space_packet *packet)
{
	const struct {
		enum space_field field;
		const struct addr *addr;
		uint32_t value;
	} rows[] = {{SPACE_PROTO, NULL, packet->proto},
		    {SPACE_TO, &packet->to, 0},
		    {SPACE_FROM, &packet->from, 0},
		    {SPACE_TO_PORT, NULL, packet->to_port},
		    {SPACE_FROM_PORT, NULL, packet->from_port}};
	Z3_ast all[ARRAY_LEN(rows)];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		all[i] = Z3_mk_eq(p->z3, p->fields[rows[i].field],
				  number_of(p, rows[i].field, rows[i].addr, rows[i].value));
	return Z3_mk_and(p->z3, ARRAY_LEN(rows), all);
}

/* Whether all of these can be at once. */
static Z3_lbool can_be(const struct prover *p, Z3_ast a, Z3_ast b)
{
	Z3_solver solver = Z3_mk_solver(p->z3);
	Z3_lbool answer;

	Z3_solver_inc_ref(p->z3, solver);
	Z3_solver_assert(p->z3, solver, a);
	if (b)
		Z3_solver_assert(p->z3, solver, b);
	answer = Z3_solver_check(p->z3, solver);
	Z3_solver_dec_ref(p->z3, solver);
	return answer;
}

static uint32_t accept_set(struct space *s, const struct rule_list *l)
{
	const struct space_rules rules = {l->n, rules_set, l};

	return space_select(s, space_first_match(s, &rules, SPACE_ALL), RULE_ACCEPT);
}

/* The verdict of one rule changed: the same meaning still, or another one? */
static size_t check_changed(struct prover *p, struct space *s, struct rule_list *l)
{
	Z3_ast before = list_formula(p);
	uint32_t set = accept_set(s, l);
	size_t same = 0;

	for (size_t i = 0; i < l->n; i++) {
		struct space_packet packet;
		Z3_ast differ;

		l->rules[i].accept = !l->rules[i].accept;
		differ = Z3_mk_xor(p->z3, before, list_formula(p));
		if (space_witness(s, space_differ(s, set, accept_set(s, l)),
				  &(struct space_hints){0}, &packet)) {
			assert_int_equal(can_be(p, differ, packet_is(p, &packet)), Z3_L_TRUE);
		} else {
			assert_int_equal(can_be(p, differ, NULL), Z3_L_FALSE);
			same++;
		}
		l->rules[i].accept = !l->rules[i].accept;
	}
	return same;
}

static void test_lists(void **state)
{
	uint64_t random = 42;
	size_t same = 0;

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_LEN(lists); i++) {
		struct rule_list l = rules_make(&random, lists[i / 2].kind, lists[i / 2].n, i % 2);
		struct space *s = space_new(l.frame, SPACE_BY_DESTINATION, SPACE_LIMITS);
		struct prover p = prover_start(&l);

		l.rules[l.n - 1] = l.rules[0]; /* a dead one, to be sure of it */
		space_boxes(s, accept_set(s, &l), add_box, &p);
		assert_int_equal(can_be(&p, Z3_mk_xor(p.z3, p.accept, list_formula(&p)), NULL),
				 Z3_L_FALSE);
		same += check_changed(&p, s, &l);
		Z3_del_context(p.z3);
		space_free(s);
		rules_release(&l);
	}
	assert_true(same >= 2 * ARRAY_LEN(lists));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_lists)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
