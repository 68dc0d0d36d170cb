/* SPDX-License-Identifier: ISC
 *
 * space_buddy KIND N: the same lists as space.c over IPv4, as BuDDy's binary decision diagrams:
 * what is accepted, by halves, and all dead rules, one after the other.
 */
#include <stdio.h>
#include <time.h>

#include "../unit/space_buddy.h"

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t count_dead(const struct rule_list *l)
{
	BDD before = bdd_false();
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		BDD match = buddy_rule(l, i),
		    left = bdd_addref(bdd_apply(match, before, bddop_diff));

		n += left == bdd_false();
		bdd_delref(left);
		before = buddy(before, match, bddop_or);
	}
	return n;
}

int main(int argc, char **argv)
{
	uint64_t random = 42;
	struct rule_list l;
	double start;
	BDD accept;

	if (argc != 3) {
		fprintf(stderr, "usage: space_buddy KIND N\n");
		return 2;
	}
	l = rules_make(&random, (int)strtol(argv[1], NULL, 10), strtoul(argv[2], NULL, 10), false);
	buddy_start(false);
	start = cpu_s();
	accept = buddy_first_match(&l, 0, l.n).accept;
	printf("  BuDDy: accepted              %7.3f s, %d nodes\n", cpu_s() - start,
	       bdd_nodecount(accept));
	start = cpu_s();
	printf("  BuDDy: all dead rules        ");
	printf("%zu dead", count_dead(&l));
	printf(", %7.3f s\n", cpu_s() - start);
	bdd_done();
	rules_release(&l);
	return 0;
}
