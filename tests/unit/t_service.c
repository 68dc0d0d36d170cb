/* SPDX-License-Identifier: ISC */
#include "model/service.h"

#include "base/compiler.h"
#include "base/suggest.h"
#include "test.h"

static void found_by_name(void **state)
{
	static const struct {
		const char *name;
		enum protection protection;
		const char *ports, *instead;
	} cases[] = {
		{"telnet", PROTECT_CLEAR, "tcp/23", "ssh"},
		{"ssh", PROTECT_OWN, "tcp/22", ""},
		{"sftp", PROTECT_OWN, "tcp/22", ""},
		{"smtp", PROTECT_UPGRADE, "tcp/25", ""}, /* 587 is submission */
		{"submission", PROTECT_UPGRADE, "tcp/587", "submissions"},
		{"smb", PROTECT_VARIES, "tcp/445, tcp/139", ""}, /* NFS is no safer */
		{"nfs", PROTECT_VARIES, "tcp/2049, udp/2049", ""},
		{"snmp", PROTECT_VARIES, "udp/161", "snmp-tls"},
		{"docker", PROTECT_CLEAR, "tcp/2375", "docker-tls"},
		{"x11", PROTECT_CLEAR, "tcp/6000-6063", "ssh"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf ports = BUF_INIT;
		struct service s;

		assert_true(service_find(slice_of(cases[i].name), &s));
		assert_string_equal(s.name, cases[i].name);
		assert_int_equal(s.protection, cases[i].protection);
		assert_string_equal(s.instead, cases[i].instead);
		service_format_ports(&s, &ports);
		check_text(cases[i].name, &ports, cases[i].ports);
		buf_release(&ports);
	}
}

static void not_found(void **state)
{
	struct suggest s = suggest_start(slice_of("telnt"));
	struct service service;

	(void)state;
	assert_false(service_find(slice_of("telnt"), &service));
	assert_false(service_find(slice_of("Telnet"), &service)); /* product files are exact */
	assert_false(service_find(slice_of(""), &service));
	service_suggest(&s);
	assert_string_equal(s.best, "telnet");
}

/* What product files may say. */
static void every_protocol_is_there(void **state)
{
	static const char *const names[] = {
		"ssh",	      "telnet",	       "ftp",	     "smtp",	   "pop3",	 "kpop",
		"imap",	      "http",	       "https",	     "dns",	   "kerberos",	 "kpasswd",
		"kadmin4",    "ldap",	       "cldap",	     "ldaps",	   "smb",	 "epmap",
		"winrm",      "adws",	       "rdp",	     "vnc",	   "mysql",	 "mariadb",
		"mssql",      "mssql-browser", "oracle-tns", "postgresql", "nrpc",	 "snmp",
		"syslog",     "ntp",	       "ident",	     "afs",	   "teamviewer", "tftp",
		"radius",     "docker",	       "redis",	     "memcached",  "mongodb",	 "mqtt",
		"sip",	      "nfs",	       "rpcbind",    "netbios",	   "x11",	 "stun",
		"socks",      "http-proxy",    "ipp",	     "rsync",	   "git",	 "irc",
		"bittorrent",
	};
	struct service s;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!service_find(slice_of(names[i]), &s))
			fail_msg("%s", names[i]);
}

/* Advice never leads to something worse, nor in a circle. */
static void instead_is_better(void **state)
{
	struct service s, better;

	(void)state;
	for (size_t i = 0; service_get(i, &s); i++) {
		assert_true(s.n_ports > 0);
		assert_true(*s.title != '\0');
		for (size_t k = 0; service_instead(&s, k, &better); k++) {
			bool encrypted = better.protection == PROTECT_TLS ||
					 better.protection == PROTECT_OWN;
			bool merely_current = s.protection == PROTECT_CLEAR;

			if (!encrypted && !merely_current)
				fail_msg("%s -> %s", s.name, better.name);
			assert_string_not_equal(better.instead, s.name);
		}
	}
}

static void several_instead(void **state)
{
	struct service dns, better;

	(void)state;
	assert_true(service_find(slice_of("dns"), &dns));
	assert_true(service_instead(&dns, 0, &better));
	assert_string_equal(better.name, "dot");
	assert_true(service_instead(&dns, 1, &better));
	assert_string_equal(better.name, "doq");
	assert_false(service_instead(&dns, 2, &better));
	assert_false(service_instead(&better, 0, &dns));
}

static void where_they_listen(void **state)
{
	struct service s;
	size_t index = 0, n = 0;

	(void)state;
	assert_true(service_find(slice_of("telnet"), &s));
	assert_true(service_listens(&s, ON_TCP, (struct port_range){23, 23}));
	assert_false(service_listens(&s, ON_TCP, (struct port_range){22, 22}));
	assert_false(service_listens(&s, ON_UDP, (struct port_range){23, 23}));
	assert_true(service_find(slice_of("netbios"), &s));
	assert_true(service_listens(&s, ON_UDP, (struct port_range){137, 138}));
	assert_false(service_listens(&s, ON_UDP, (struct port_range){137, 139}));
	assert_true(service_at(ON_TCP, 445, &s));
	assert_string_equal(s.name, "smb");
	assert_true(service_at(ON_UDP, 53, &s));
	assert_string_equal(s.name, "dns");
	assert_true(service_at(ON_UDP, 88, &s)); /* its usual one over UDP, though not its first */
	assert_string_equal(s.name, "kerberos");
	assert_false(service_at(ON_UDP, 22, &s));
	while (service_next_at(ON_TCP, (struct port_range){139, 139}, &index, &s))
		n++;
	assert_int_equal(n, 2); /* netbios and smb */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found_by_name),	   cmocka_unit_test(not_found),
		cmocka_unit_test(every_protocol_is_there), cmocka_unit_test(instead_is_better),
		cmocka_unit_test(several_instead),	   cmocka_unit_test(where_they_listen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
