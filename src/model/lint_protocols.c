/* SPDX-License-Identifier: ISC */
#include "model/lint_protocols.h"

#define T (1u << TRANSPORT_TCP)
#define U (1u << TRANSPORT_UDP)

/* The first that has a port owns it. */
static const struct protocol protocols[] = {
	{"ftp", T, 21, 0, "sftp"},
	{"ssh", T, 22, 0, NULL},
	{"sftp", T, 22, 0, NULL},
	{"telnet", T, 23, 0, "ssh"},
	{"smtp", T, 25, 0, NULL},
	{"dns", T | U, 53, 0, NULL},
	{"tftp", U, 69, 0, "sftp"},
	{"http", T, 80, 0, "https"},
	{"kerberos", T | U, 88, 0, NULL},
	{"pop3", T, 110, 0, "pop3s"},
	{"ident", T, 113, 0, NULL},
	{"ntp", U, 123, 0, NULL},
	{"epmap", T | U, 135, 0, NULL},
	{"imap", T, 143, 0, "imaps"},
	{"snmp", U, 161, 162, NULL},
	{"cldap", U, 389, 0, NULL},
	{"ldap", T, 389, 0, NULL},
	{"https", T | U, 443, 0, NULL}, /* HTTP/3 runs over UDP (RFC 9114) */
	{"smb", T, 445, 0, NULL},
	{"kpasswd", T | U, 464, 0, NULL},
	{"rlogin", T, 513, 0, "ssh"},
	{"syslog", T | U, 514, 0, NULL},
	{"ldaps", T, 636, 0, NULL},
	{"imaps", T, 993, 0, NULL},
	{"pop3s", T, 995, 0, NULL},
	{"nrpc", T, 1352, 0, NULL},
	{"mssql", T, 1433, 0, NULL},
	{"mssql-browser", U, 1434, 0, NULL},
	{"oracle-tns", T, 1521, 0, NULL},
	{"mysql", T, 3306, 0, NULL},
	{"mariadb", T, 3306, 0, NULL},
	{"rdp", T | U, 3389, 0, NULL},
	{"postgresql", T, 5432, 0, NULL},
	{"vnc", T, 5900, 5999, NULL},
	{"winrm", T, 5985, 5986, NULL},
	{"afs", U, 7000, 7009, NULL},
	{"adws", T, 9389, 0, NULL},
};

const struct protocol *protocol_find(const char *name)
{
	for (size_t i = 0; name && i < ARRAY_LEN(protocols); i++)
		if (strcmp(protocols[i].name, name) == 0)
			return &protocols[i];
	return NULL;
}

bool protocol_uses(const struct protocol *p, uint16_t port)
{
	return port == p->port || (p->to && p->port < port && port <= p->to);
}

bool protocol_runs_over(const struct protocol *p, enum transport t)
{
	return p->on >> t & 1;
}

const struct protocol *protocol_at(enum transport t, uint16_t port)
{
	for (size_t i = 0; i < ARRAY_LEN(protocols); i++)
		if (protocol_runs_over(&protocols[i], t) && protocol_uses(&protocols[i], port))
			return &protocols[i];
	return NULL;
}
