/* SPDX-License-Identifier: ISC
 *
 * space KIND N [6]: what exact sets take for a list of N rules (tests/unit/space_rules.h), with 6
 * over IPv6: to find all dead rules; what is accepted; whether the list is the same with
 * neighbours of one verdict swapped; and the list kept as a tree, for one rule less. Each line has
 * the CPU seconds, and what the space holds when it is done.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "../unit/space_rules.h"
#include "policy/space_decide.h"

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void tell(const char *what, double since, const struct space *s)
{
	struct space_usage u = space_used(s);

	printf("  %-28s %7.3f s, %8zu nodes, %9zu edges, %6.1f MB, %.1f M steps\n", what,
	       cpu_s() - since, u.nodes, u.edges, (double)u.bytes / 1e6, (double)u.steps / 1e6);
}

static struct space *new_space(const struct rule_list *l)
{
	return space_new(l->frame, SPACE_BY_DESTINATION, SPACE_LIMITS);
}

static void bench_dead(struct rule_list *l)
{
	const struct space_rules rules = {l->n, rules_set, l};
	enum space_answer *dead = mem_new(l->n, sizeof(*dead));
	struct space_parts undecided;
	size_t n[SPACE_UNDECIDED] = {0};
	double start = cpu_s();

	l->numbers = true;
	undecided = space_dead(l->frame, SPACE_LIMITS, &rules, dead);
	l->numbers = false;
	for (size_t i = 0; i < l->n; i++)
		n[dead[i]]++;
	printf("  all dead rules               %7.3f s: %zu dead, %zu undecided, too large in %zu "
	       "of "
	       "%d parts\n",
	       cpu_s() - start, n[SPACE_YES], n[SPACE_DEPENDS], undecided.n, SPACE_PARTS);
	free(dead);
}

static void bench_accept(const struct rule_list *l)
{
	const struct space_rules rules = {l->n, rules_set, l};
	struct space *s = new_space(l);
	double start = cpu_s();
	uint32_t accept = space_select(s, space_first_match(s, &rules, SPACE_ALL), RULE_ACCEPT);

	tell(accept == SPACE_TOO_LARGE ? "accepted: too large" : "accepted", start, s);
	space_free(s);
}

static void swap_neighbours(struct rule_list *l)
{
	for (size_t i = 0; i + 1 < l->n; i += 2) {
		struct rule r = l->rules[i];

		if (r.accept != l->rules[i + 1].accept)
			continue;
		l->rules[i] = l->rules[i + 1];
		l->rules[i + 1] = r;
	}
}

static void bench_equal(struct rule_list *l)
{
	const struct space_rules rules = {l->n, rules_set, l};
	struct space *s = new_space(l);
	double start = cpu_s();
	uint32_t first = space_first_match(s, &rules, SPACE_ALL), second;

	swap_neighbours(l);
	second = space_first_match(s, &rules, SPACE_ALL);
	tell(second == SPACE_TOO_LARGE ? "two lists: too large"
	     : first == second	       ? "two lists: equal"
				       : "two lists: different",
	     start, s);
	space_free(s);
}

static void bench_change(const struct rule_list *l)
{
	const struct space_rules rules = {l->n, rules_set, l};
	struct space *s = new_space(l);
	double start = cpu_s();
	struct space_list *list = space_list_new(s, &rules, SPACE_ALL);

	if (space_list_set(list) == SPACE_TOO_LARGE) {
		tell("kept as a tree: too large", start, s);
	} else {
		tell("kept as a tree", start, s);
		start = cpu_s();
		space_list_replaced(list, l->n / 2, SPACE_EMPTY);
		tell("without one rule", start, s);
	}
	space_list_free(list);
	space_free(s);
}

int main(int argc, char **argv)
{
	uint64_t random = 42;
	struct rule_list l;
	struct rusage used;

	if (argc < 3) {
		fprintf(stderr, "usage: space KIND N [6]\n");
		return 2;
	}
	l = rules_make(&random, (int)strtol(argv[1], NULL, 10), strtoul(argv[2], NULL, 10),
		       argc > 3);
	printf("kind %s, %s rules over IPv%s; made and framed in %.3f s\n", argv[1], argv[2],
	       l.v6 ? "6" : "4", cpu_s());
	bench_dead(&l);
	bench_accept(&l);
	bench_equal(&l);
	getrusage(RUSAGE_SELF, &used);
	printf("  %.1f MB at most so far\n", (double)used.ru_maxrss / 1024);
	bench_change(&l);
	rules_release(&l);
	return 0;
}
