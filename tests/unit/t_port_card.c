/* SPDX-License-Identifier: ISC
 *
 * The answer in one sentence, over the compiled tables and a host of our own.
 */
#include "model/port_card.h"

#include "base/compiler.h"
#include "test.h"

static struct local_name local_names[] = {
	{{443, 443}, ON_TCP, "https", "", "/etc/services"},
	{{443, 443}, ON_UDP, "https", "", "/etc/services"},
	{{751, 751}, ON_TCP, "kerberos-master", "kerberos_master", "/etc/services"},
	{{512, 512}, ON_UDP, "biff", "comsat", "/etc/services"},
	{{7777, 7777}, ON_TCP, "payroll", "wages pay", "/etc/services"},
};
static struct port_rules rules = {true, {32768, 60999}, NULL, 1024};
static struct port_sources sources = {
	&registry_iana,
	&registry_overlay,
	&rules,
	{local_names, ARRAY_LEN(local_names)},
};

static void answers(void **state)
{
	static const struct {
		struct port_range ports;
		unsigned on;
		const char *answer, *name;
	} cases[] = {
		{{443, 443}, ON_ALL, "443 is https: http protocol over TLS/SSL", "https"},
		{{1109, 1109},
		 ON_ALL,
		 "1109 is reserved at IANA, for nobody; known to use it: kpop",
		 "kpop"},
		{{5938, 5938},
		 ON_TCP,
		 "5938 is unassigned at IANA; known to use it: teamviewer",
		 "teamviewer"},
		{{751, 751},
		 ON_ALL,
		 "751 is kerberos-master here (tcp in /etc/services); IANA says otherwise: pump; "
		 "known to use it: kadmin4",
		 "kerberos-master"},
		{{751, 751}, ON_UDP, "751 is pump; known to use it: kadmin4", "pump"},
		{{465, 465},
		 ON_TCP,
		 "465 is submissions: Message Submission over TLS protocol",
		 "submissions"},
		{{24, 24}, ON_TCP, "24 is set aside at IANA for any private mail system", NULL},
		{{60000, 60000},
		 ON_TCP,
		 "60000 is in the dynamic range, which IANA assigns to nobody",
		 NULL},
		{{1352, 1352}, ON_TCP, "1352 is lotusnote: Lotus Note", "lotusnote"},
		{{7000, 7008},
		 ON_TCP,
		 "9 of the 9 ports 7000-7008 are assigned at IANA; 2 are known to be used by "
		 "others",
		 NULL},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct port_query q = {"?", cases[i].ports, cases[i].on, NULL};
		struct port_card card;

		port_card_fill(&card, &q, &sources, arena);
		assert_string_equal(card.answer, cases[i].answer);
		check_slice(cases[i].answer, slice_of(card.name), slice_of(cases[i].name));
	}
	arena_free(arena);
}

static void host_rules(void **state)
{
	static const struct {
		uint16_t port;
		bool privileged, ephemeral;
	} cases[] = {
		{1023, true, false},  {1024, false, false}, {32767, false, false},
		{32768, false, true}, {60999, false, true}, {61000, false, false},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct port_query q = {"?", {cases[i].port, cases[i].port}, ON_ALL, NULL};
		struct port_card card;

		port_card_fill(&card, &q, &sources, arena);
		assert_int_equal(card.privileged, cases[i].privileged);
		assert_int_equal(card.ephemeral, cases[i].ephemeral);
	}
	arena_free(arena);
}

/* A port that the administrator took out of the range is no longer taken by others. */
static void reserved_port(void **state)
{
	struct portset reserved = {0};
	struct port_rules own = {true, {32768, 60999}, &reserved, 1024};
	struct port_sources s = sources;
	struct port_query q = {"?", {50000, 50000}, ON_ALL, NULL};
	struct arena *arena = arena_new();
	struct port_card card;

	(void)state;
	portset_add(&reserved, (struct port_range){50000, 50010});
	s.rules = &own;
	port_card_fill(&card, &q, &s, arena);
	assert_false(card.ephemeral);
	portset_release(&reserved);
	arena_free(arena);
}

static void by_word(void **state)
{
	static const struct {
		const char *word;
		unsigned on;
		const char *ports;
	} cases[] = {
		{"https", ON_ALL, "tcp, udp, sctp/443 tcp/8443 tcp/9443 "},
		{"https", ON_UDP, "udp/443 "},
		{"WWW", ON_ALL, "tcp, udp/80 "},
		{"pay", ON_ALL, "tcp/7777 "},
		{"kpop", ON_ALL, "tcp/1109 "},
		{"sftp", ON_ALL, "tcp, udp/115 tcp/22 "}, /* IANA's, and the one meant */
		{"smb", ON_ALL, "tcp/445 tcp/139 "},	  /* nobody registered it */
		{"boe-cms", ON_TCP, "tcp/6400 "},
		{"nobody-has-this", ON_ALL, ""},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct port_query *q;
		struct buf out = BUF_INIT;
		size_t n;

		q = port_queries_by_word("?", slice_of(cases[i].word), cases[i].on, &sources, arena,
					 &n);
		for (size_t k = 0; k < n; k++) {
			transports_format(q[k].on, &out);
			buf_add_char(&out, '/');
			port_range_format(q[k].ports, &out);
			buf_add_char(&out, ' ');
		}
		check_text(cases[i].word, &out, cases[i].ports);
		buf_release(&out);
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(host_rules),
		cmocka_unit_test(reserved_port),
		cmocka_unit_test(by_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
