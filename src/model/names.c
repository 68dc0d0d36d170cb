/* SPDX-License-Identifier: ISC
 *
 * The words of every enumeration, in the order of its header. Documents and outputs share them.
 */
#include "model/finding.h"
#include "model/judge.h"
#include "model/outcome.h"
#include "model/product.h"
#include "model/run_diff.h"
#include "model/site.h"

const char *const transport_names[] = {
	"", "tcp", "udp", "sctp", "icmp", "ip", "rpc", NULL,
};
const char *const setting_type_names[] = {"port", "range", "digits", "word", "version", NULL};
const char *const level_names[] = {"required", "recommended", "optional", NULL};
const char *const phase_names[] = {"any", "install", "run", "upgrade", NULL};
const char *const via_names[] = {"direct", "proxy", "either", NULL};
const char *const defect_names[] = {
	"error", "ambiguous", "outdated", "incomplete", "inconsistent", "advice", NULL,
};
const char *const filter_names[] = {"none", "stateful", "stateless", "unknown", NULL};
const char *const ftp_may_names[] = {"all", "read", "write", NULL};
const char *const ftp_tls_names[] = {"deny", "pass", "require", NULL};
const char *const placement_names[] = {"explicit", "transparent", "reverse", NULL};
const char *const data_plane_names[] = {"relay", "nat", NULL};
const char *const balance_names[] = {"random", "round-robin", "source", NULL};
const char *const seen_as_names[] = {"client", "balancer", NULL};
const char *const client_mode_names[] = {"either", "active", "passive", NULL};
const char *const server_mode_names[] = {
	"", "same", "active", "passive", "passive-then-active", "either", NULL,
};
const char *const active_source_names[] = {"any", "20", NULL};
const char *const if_unused_names[] = {"nothing", "reset", NULL};
const char *const reach_names[] = {"each", "one", NULL};
const char *const reply_names[] = {"same-port", "other-port", NULL};
const char *const path_quality_names[] = {
	"no-nat",  "no-tls-interception", "no-proxy", "no-proxy-login", "same-link", "min-mtu",
	"max-rtt", "idle-timeout",	  NULL,
};
const char *const severity_names[] = {"info", "low", "medium", "high", "critical", NULL};
const char *const state_names[] = {
	"open",	    "open-reset", "silent",	 "wrong-service", "closed",
	"rejected", "dropped",	  "unreachable", "not-attempted", NULL,
};
const char *const cause_names[] = {
	"target",	  "target-firewall", "hop", "middlebox", "return-path", "local-firewall",
	"local-resource", "local-route",     "dns", "proxy",	 "unproven",	NULL,
};
const char *const confidence_names[] = {"possible", "likely", "certain", NULL};
const char *const answer_names[] = {"unknown", "pass", "fail", NULL};
const char *const verdict_names[] = {
	"pass", "degraded", "fail", "forbidden-open", "not-tested", "unproven", NULL,
};
const char *const difference_names[] = {
	"newly-fails", "fixed", "other-cause", "other-verdict", "only-second", "only-first", NULL,
};
const char *const turn_names[] = {
	"nobody", "network", "server", "application", "name-service", "provider", "this-host", NULL,
};
