/* SPDX-License-Identifier: ISC */
#include "box/switches.h"

#include "box/read.h"

/* The star is a link's name, "all" or "default". */
static const char *const deciding[] = {
	"net.ipv4.ip_forward",
	"net.ipv4.conf.*.forwarding",
	"net.ipv4.conf.*.rp_filter",
	"net.ipv4.conf.*.route_localnet",
	"net.ipv4.conf.*.accept_local",
	"net.ipv6.conf.*.forwarding",
	"net.ipv6.conf.*.disable_ipv6",
	"net.netfilter.nf_conntrack_helper",
	"net.netfilter.nf_conntrack_tcp_loose",
	"net.netfilter.nf_conntrack_tcp_be_liberal",
	"net.bridge.bridge-nf-call-iptables",
	"net.bridge.bridge-nf-call-ip6tables",
};

static bool fits(struct slice name, struct slice pattern)
{
	struct slice head, tail = pattern;
	size_t fixed = pattern.n - 1;

	slice_cut(&tail, '*', &head);
	if (!tail.p)
		return slice_equal(name, pattern);
	return name.n > fixed && memcmp(name.p, head.p, head.n) == 0 &&
	       memcmp(name.p + name.n - tail.n, tail.p, tail.n) == 0 &&
	       !memchr(name.p + head.n, '.', name.n - fixed);
}

bool switch_decides(struct slice name)
{
	for (size_t i = 0; i < sizeof(deciding) / sizeof(deciding[0]); i++)
		if (fits(name, slice_of(deciding[i])))
			return true;
	return false;
}

static bool parse_value(struct slice s, int64_t *value)
{
	const bool negative = slice_has_prefix(s, "-");
	uint64_t n;

	if (!slice_number(slice_skip(s, negative), INT32_MAX, &n))
		return false;
	*value = negative ? -(int64_t)n : (int64_t)n;
	return true;
}

/* What decides nothing is left out, whatever its value looks like. */
static int read_line(struct box *b, struct slice line, struct place at, struct err *err)
{
	struct slice name, value = line;
	struct box_switch *s;
	int64_t n;

	slice_cut(&value, '=', &name);
	if (!value.p)
		return err_set(err, ERR_DOCUMENT, at, "no \"name = value\": \"%.*s\"",
			       line.n < 60 ? (int)line.n : 60, line.p);
	name = slice_trim(name);
	if (!switch_decides(name))
		return 0;
	value = slice_trim(value);
	if (!parse_value(value, &n))
		return err_set(err, ERR_DOCUMENT, at, "no number: \"%.*s\"",
			       value.n < 60 ? (int)value.n : 60, value.p);
	s = list_add(b->arena, &b->switches, sizeof(*s));
	*s = (struct box_switch){.name = arena_copy(b->arena, name), .value = n};
	return 0;
}

int box_read_switches(struct box *b, const struct box_text *t, struct err *err)
{
	struct place at = {.file = t->file, .line = t->line, .column = 1};
	struct slice rest = t->text, line;
	int rc = 0;

	for (; !rc && slice_cut(&rest, '\n', &line); at.line++) {
		line = slice_trim(line);
		if (line.n)
			rc = read_line(b, line, at, err);
	}
	return rc;
}
