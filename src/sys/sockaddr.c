/* SPDX-License-Identifier: ISC */
#include "sys/sockaddr.h"

#include <arpa/inet.h>
#include <string.h>

int sockaddr_family(const struct addr *a)
{
	return a->family == 4 ? AF_INET : AF_INET6;
}

socklen_t sockaddr_of(const struct addr *a, uint16_t port, union sockaddr_any *out)
{
	memset(out, 0, sizeof(*out));
	out->sa.sa_family = (sa_family_t)sockaddr_family(a);
	if (a->family == 4) {
		memcpy(&out->in4.sin_addr, a->bytes, 4);
		out->in4.sin_port = htons(port);
		return sizeof(out->in4);
	}
	memcpy(&out->in6.sin6_addr, a->bytes, 16);
	out->in6.sin6_port = htons(port);
	return sizeof(out->in6);
}

/* Copied by bytes: what the kernel hands out behind a header need not be aligned for us. */
bool sockaddr_read(const struct sockaddr *sa, struct addr *a, uint16_t *port)
{
	union sockaddr_any any;

	memset(a, 0, sizeof(*a));
	memcpy(&any.sa.sa_family, &sa->sa_family, sizeof(any.sa.sa_family));
	if (any.sa.sa_family == AF_INET) {
		memcpy(&any.in4, sa, sizeof(any.in4));
		a->family = 4;
		memcpy(a->bytes, &any.in4.sin_addr, 4);
	} else if (any.sa.sa_family == AF_INET6) {
		memcpy(&any.in6, sa, sizeof(any.in6));
		a->family = 6;
		memcpy(a->bytes, &any.in6.sin6_addr, 16);
	} else {
		return false;
	}
	if (port)
		*port = ntohs(a->family == 4 ? any.in4.sin_port : any.in6.sin6_port);
	return true;
}
