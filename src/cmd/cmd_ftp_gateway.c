/* SPDX-License-Identifier: ISC */
#include "cmd/command.h"
#include "cmd/gateway_run.h"
#include "cmd/gateway_status.h"

static const struct option_spec options[] = {
	{"device", "NAME", "of the site's devices the one that this is", false},
	{"catalog", "DIR", "where product files are", false},
	{"listen", "ADDRESS[:PORT]", "without a site: where clients come", true},
	{"explicit", NULL, "clients say the server themselves: user@host", false},
	{"transparent", NULL, "clients dial the server, and a redirect brings them here", false},
	{"server", "ADDRESS[:PORT]", "the server behind; several take turns", true},
	{"allow", "CLIENTS=SERVERS[,PORTS]", "who may go where; nobody else does", true},
	{"client-ports", "LO-HI", "where clients' passive data connections come", false},
	{"server-ports", "LO-HI", "where servers' active data connections come", false},
	{"client-modes", "MODE", "either, active or passive", false},
	{"server-modes", "MODE", "same, active, passive or passive-then-active", false},
	{"active-source", "PORT", "20 or any: from where clients in active mode are dialled",
	 false},
	{"without-port", NULL, "active mode also for clients that send no PORT", false},
	{"run-as", "USER",
	 "as whom it speaks with the world; without it and without a site, nobody", false},
	{"limit", "NAME=N", "sessions, per-source, per-minute, rate, login, idle, data; 0: none",
	 true},
	{"log", "FILE", "what happens, a line of JSON each; else on standard output", false},
	{"transfer-log", "FILE", "files that were carried, as xferlog(5) has it", false},
	{"control", "SOCKET", "a socket to be made, where --status asks", false},
	{"metrics", "ADDRESS:PORT", "what it has counted, for Prometheus: /metrics", false},
	{"status", "SOCKET", "tell what the gateway there has counted, and end", false},
	{"format", "text|json|openmetrics", "of --status; default text", false},
	{"verbose", NULL, "tell commands and replies, too", false},
};

static int run(const struct arguments *args)
{
	if (args_has(args, "status"))
		return gateway_status(args);
	if (args_has(args, "format"))
		return command_usage_error("--format goes with --status");
	return gateway_run(args);
}

const struct command command_ftp_gateway = {
	.name = "ftp-gateway",
	.summary = "carries FTP through a firewall or a NAT, in every mode of either side",
	.operands = "[SITE]",
	.options = options,
	.n_options = sizeof(options) / sizeof(options[0]),
	.min_operands = 0,
	.max_operands = 1,
	.run = run,
};
