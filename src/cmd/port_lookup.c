/* SPDX-License-Identifier: ISC */
#include "cmd/port_lookup.h"

#include "doc/etc_services.h"
#include "doc/registry_build.h"
#include "sys/file.h"
#include "sys/state.h"

#define ETC_SERVICES "/etc/services"
enum { FILE_MAX = 64 << 20, SERVICES_MAX = 4 << 20 };

static int read_etc_services(struct port_lookup *l, struct err *err)
{
	struct buf file = BUF_INIT;
	struct slice text;
	struct etc_service entry;
	size_t lines = 1;
	int rc;

	if (!file_exists(ETC_SERVICES))
		return 0;
	rc = file_read(ETC_SERVICES, SERVICES_MAX, &file, err);
	if (rc)
		goto out;
	text = slice_of(arena_copy(l->arena, buf_slice(&file)));
	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	l->sources.local.items = ARENA_ARRAY(l->arena, struct local_name, lines);
	while (etc_services_next(&text, &entry))
		l->sources.local.items[l->sources.local.n++] = (struct local_name){
			.ports = {entry.port, entry.port},
			.on = entry.on,
			.name = arena_copy(l->arena, entry.name),
			.aliases = arena_copy(l->arena, entry.aliases),
			.source = ETC_SERVICES,
		};
out:
	buf_release(&file);
	return rc;
}

/* A registry of the user's own takes the place of the compiled one where it is younger. */
static int read_updated(struct port_lookup *l, struct err *err)
{
	struct buf path = BUF_INIT;
	struct err no_folder;
	int rc = 0;

	if (state_path("registry", &path, &no_folder) != 0 || !file_exists(path.data))
		goto out;
	rc = file_read(path.data, FILE_MAX, &l->updated_bytes, err);
	if (!rc)
		rc = registry_parse(arena_copy(l->arena, buf_slice(&path)),
				    buf_slice(&l->updated_bytes), &l->updated, err);
	if (!rc && strcmp(l->updated.date, registry_iana.date) > 0)
		l->sources.iana = &l->updated;
out:
	buf_release(&path);
	return rc;
}

static int read_host(struct port_lookup *l, struct err *err)
{
	int rc = host_ports_read(&l->host, err);

	if (rc)
		return rc;
	l->rules = (struct port_rules){.known = true,
				       .ephemeral = l->host.ephemeral,
				       .reserved = &l->host.reserved,
				       .unprivileged = l->host.unprivileged};
	return 0;
}

int port_lookup_read(struct port_lookup *l, struct err *err)
{
	int rc;

	*l = (struct port_lookup){.arena = arena_new(), .updated_bytes = BUF_INIT};
	l->sources.iana = &registry_iana;
	l->sources.overlay = &registry_overlay;
	l->sources.rules = &l->rules;
	rc = read_etc_services(l, err);
	if (!rc)
		rc = read_updated(l, err);
	if (!rc)
		rc = read_host(l, err);
	return rc;
}

void port_lookup_release(struct port_lookup *l)
{
	host_ports_release(&l->host);
	buf_release(&l->updated_bytes);
	arena_free(l->arena);
}
