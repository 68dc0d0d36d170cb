/* SPDX-License-Identifier: ISC
 *
 * Docker's and etcd's API: what answers there without a login or a client's certificate is
 * everybody's. Docker is asked for what it says of itself, /info, which those that let strangers
 * have a little do not show; etcd, whether there is a key that nobody has: one byte 0.
 */
#include "audit/audit.h"
#include "base/compiler.h"
#include "proto/http_reply.h"

enum { DOCKER_OPEN, ETCD_OPEN };
static const struct weakness weaknesses[] = {
	[DOCKER_OPEN] = {"docker-open", SEVERITY_CRITICAL, false,
			 "whoever reaches it is root there: its API wants no login",
			 "Close the port, or demand certificates of clients (--tlsverify).",
			 "Docker manual, Protect the Docker daemon socket; CWE-306"},
	[ETCD_OPEN] = {"etcd-open", SEVERITY_CRITICAL, false,
		       "whoever reaches it reads and changes all: it wants no login",
		       "Demand certificates of clients (client-cert-auth), or enable its "
		       "authentication.",
		       "CIS Kubernetes benchmark 2.2; CWE-306"},
};

static bool docker_start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	const struct proto_ask who = {.host = ask->host};

	(void)state;
	http_put_request(&who, "GET /info", out);
	return true;
}

static enum proto_result docker_input(void *state, const struct audit_ask *ask, struct slice *in,
				      struct proto_out *out, struct audit_notes *notes)
{
	struct http_reply r;
	enum http_result result = http_reply_read(*in, &r);
	struct slice api;

	(void)state;
	(void)ask;
	(void)out;
	if (result != HTTP_REPLY)
		return result == HTTP_MORE ? PROTO_MORE : PROTO_OTHER;
	if (!http_is_docker(&r, &api))
		return PROTO_OTHER;
	if (r.status == 200)
		audit_note(notes, &weaknesses[DOCKER_OPEN], "GET /info: 200, API %.*s", (int)api.n,
			   api.p);
	return PROTO_PROVED;
}

#define RANGE                                                                                      \
	"POST /v3/kv/range HTTP/1.0\r\n" HTTP_ASKER "Content-Type: application/json\r\n"           \
	"Content-Length: 32\r\n\r\n"                                                               \
	"{\"key\":\"AA==\",\"count_only\":true}"

static bool etcd_start(void *state, const struct audit_ask *ask, struct proto_out *out)
{
	(void)state;
	(void)ask;
	proto_put_text(out, RANGE);
	return true;
}

static enum proto_result etcd_input(void *state, const struct audit_ask *ask, struct slice *in,
				    struct proto_out *out, struct audit_notes *notes)
{
	struct http_reply r;
	enum http_result result = http_reply_read(*in, &r);

	(void)state;
	(void)ask;
	(void)out;
	if (result != HTTP_REPLY)
		return result == HTTP_MORE ? PROTO_MORE : PROTO_OTHER;
	if (r.status == 200 && http_has(r.body, "\"cluster_id\":"))
		audit_note(notes, &weaknesses[ETCD_OPEN], "a search for a key: %.*s", (int)r.line.n,
			   r.line.p);
	return PROTO_PROVED;
}

static const char *const of_docker[] = {"docker", NULL};
static const char *const of_etcd[] = {"etcd", NULL};

#define INFO "GET /info HTTP/1.0\r\nUser-Agent: portolan\r\n\r\n"
static const struct audit_vector docker_vectors[] = {
	{.title = "open",
	 .source = "Docker 20.10.24",
	 .turns = {{'>', SLICE(INFO)},
		   {'<', SLICE("HTTP/1.0 200 OK\r\n"
			       "Api-Version: 1.41\r\n"
			       "Content-Type: application/json\r\n"
			       "Docker-Experimental: false\r\n"
			       "Ostype: linux\r\n"
			       "Server: Docker/20.10.24+dfsg1 (linux)\r\n"
			       "Date: Sat, 28 Nov 2026 03:05:52 GMT\r\n"
			       "\r\n"
			       "{\"ID\":\"NZEA:FGLH:TPVG:2MG4:DE3H:3CMG:M4Q2:JOR2:F5MO:NDUD:NDX2"
			       ":P362\",\"Containers\":0,\"ContainersRunning\":0,")}},
	 .codes = "docker-open",
	 .evidence = "GET /info: 200, API 1.41"},
	{.title = "it does not show that to strangers",
	 .source = "Docker Engine API, access authorization plugin",
	 .turns = {{'>', SLICE(INFO)},
		   {'<', SLICE("HTTP/1.0 403 Forbidden\r\nApi-Version: 1.41\r\n"
			       "Docker-Experimental: false\r\nContent-Length: 2\r\n\r\n{}")}},
	 .codes = ""},
};
static const struct audit_vector etcd_vectors[] = {
	{.title = "open",
	 .source = "etcd 3.4.23",
	 .turns = {{'>', SLICE(RANGE)},
		   {'<',
		    SLICE("HTTP/1.0 200 OK\r\n"
			  "Access-Control-Allow-Headers: accept, content-type, authorization\r\n"
			  "Access-Control-Allow-Methods: POST, GET, OPTIONS, PUT, DELETE\r\n"
			  "Access-Control-Allow-Origin: *\r\n"
			  "Content-Type: application/json\r\n"
			  "Grpc-Metadata-Content-Type: application/grpc\r\n"
			  "Date: Sat, 28 Nov 2026 03:05:51 GMT\r\n"
			  "Content-Length: 114\r\n"
			  "\r\n"
			  "{\"header\":{\"cluster_id\":\"14841639068965178418\",\"member_id\":"
			  "\"10276657743932975437\",\"revision\":\"1\",\"raft_term\":\"2\"}}")}},
	 .codes = "etcd-open",
	 .evidence = "a search for a key: 200 OK"},
	{.title = "a login first",
	 .source = "etcd API, ErrUserEmpty",
	 .turns = {{'>', SLICE(RANGE)},
		   {'<', SLICE("HTTP/1.0 400 Bad Request\r\n"
			       "Content-Type: application/json\r\n"
			       "\r\n"
			       "{\"error\":\"etcdserver: user name is empty\",\"message\":"
			       "\"etcdserver: user name is empty\",\"code\":3}")}},
	 .codes = ""},
};

const struct audit audit_docker = {
	.name = "docker",
	.title = "Docker's API without a login",
	.of = of_docker,
	.transport = TRANSPORT_TCP,
	.start = docker_start,
	.input = docker_input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = docker_vectors,
	.n_vectors = ARRAY_LEN(docker_vectors),
};
const struct audit audit_etcd = {
	.name = "etcd",
	.title = "etcd without a login",
	.of = of_etcd,
	.transport = TRANSPORT_TCP,
	.start = etcd_start,
	.input = etcd_input,
	.weaknesses = weaknesses,
	.n_weaknesses = ARRAY_LEN(weaknesses),
	.vectors = etcd_vectors,
	.n_vectors = ARRAY_LEN(etcd_vectors),
};
