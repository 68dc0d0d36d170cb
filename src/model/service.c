/* SPDX-License-Identifier: ISC */
#include "model/service.h"

#include "base/buf.h"
#include "base/suggest.h"

const char *const protection_names[] = {"clear", "upgrade", "varies", "tls", "own"};
const char *const protection_texts[] = {
	"clear text",
	"clear text until both ends switch to TLS on the same port",
	"version and settings decide whether it is encrypted",
	"encrypted from the first byte (TLS)",
	"encrypted by its own protocol",
};

static const char *text_at(uint32_t offset)
{
	return service_table.pool + offset;
}

bool service_get(size_t index, struct service *s)
{
	const struct service_record *r;

	if (index >= service_table.n)
		return false;
	r = &service_table.records[index];
	*s = (struct service){.name = text_at(r->name),
			      .title = text_at(r->title),
			      .protection = r->protection,
			      .ports = service_table.ports + r->first_port,
			      .n_ports = r->n_ports,
			      .instead = text_at(r->instead),
			      .truth = text_at(r->truth),
			      .source = text_at(r->source)};
	return true;
}

bool service_find(struct slice name, struct service *s)
{
	size_t lo = 0, hi = service_table.n;

	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;
		int c = slice_compare(slice_of(text_at(service_table.records[middle].name)), name);

		if (c == 0)
			return service_get(middle, s);
		if (c < 0)
			lo = middle + 1;
		else
			hi = middle;
	}
	return false;
}

bool service_instead(const struct service *s, size_t i, struct service *out)
{
	struct slice rest = slice_of(s->instead), name;

	if (!rest.n)
		return false;
	while (slice_cut(&rest, ',', &name))
		if (i-- == 0)
			return service_find(slice_trim(name), out);
	return false;
}

bool service_listens(const struct service *s, unsigned on, struct port_range ports)
{
	for (size_t i = 0; i < s->n_ports; i++) {
		struct port_range own = {s->ports[i].lo, s->ports[i].hi};

		if ((s->ports[i].on & on) && port_range_inside(ports, own))
			return true;
	}
	return false;
}

/* The first of its ports over these transports; NULL: it does not run over them. */
static const struct service_port *usual_port(const struct service *s, unsigned on)
{
	for (size_t i = 0; i < s->n_ports; i++) {
		if (s->ports[i].on & on)
			return &s->ports[i];
	}
	return NULL;
}

bool service_at(unsigned on, uint16_t port, struct service *s)
{
	for (size_t i = 0; service_get(i, s); i++) {
		const struct service_port *usual = usual_port(s, on);

		if (usual && usual->lo <= port && port <= usual->hi)
			return true;
	}
	return false;
}

bool service_next_at(unsigned on, struct port_range ports, size_t *index, struct service *s)
{
	while (service_get((*index)++, s)) {
		for (size_t i = 0; i < s->n_ports; i++) {
			struct port_range own = {s->ports[i].lo, s->ports[i].hi};

			if ((s->ports[i].on & on) && port_range_overlaps(ports, own))
				return true;
		}
	}
	return false;
}

void service_format_ports(const struct service *s, struct buf *out)
{
	for (size_t i = 0; i < s->n_ports; i++) {
		buf_add_text(out, i ? ", " : "");
		transports_format(s->ports[i].on, out);
		buf_add_char(out, '/');
		port_range_format((struct port_range){s->ports[i].lo, s->ports[i].hi}, out);
	}
}

void service_suggest(struct suggest *s)
{
	for (uint32_t i = 0; i < service_table.n; i++)
		suggest_add(s, text_at(service_table.records[i].name));
}
