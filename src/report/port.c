/* SPDX-License-Identifier: ISC */
#include "report/port.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/mem.h"
#include "report/json.h"

/* --- text --- */

enum { COLUMNS = 4 }; /* label, transports and ports, word; the sentence needs no width */

struct row {
	char *cells[COLUMNS]; /* owned; escaped */
};

struct table {
	struct row *rows; /* owned */
	size_t n, room;
};

static size_t width_of(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += (*s & 0xc0) != 0x80; /* not a continuation byte of UTF-8 */
	return n;
}

static void add_row(struct table *t, const char *label, const char *where, const char *word,
		    const char *sentence)
{
	const char *cells[COLUMNS] = {label, where, word, sentence};

	if (t->n == t->room) {
		t->room = t->room ? t->room * 2 : 32;
		t->rows = mem_resize(t->rows, t->room, sizeof(*t->rows));
	}
	for (size_t i = 0; i < COLUMNS; i++) {
		struct buf escaped = BUF_INIT;

		escape_terminal(&escaped, slice_of(cells[i]));
		t->rows[t->n].cells[i] = buf_take(&escaped, NULL);
	}
	t->n++;
}

static void write_table(const struct table *t, struct buf *out)
{
	size_t widths[COLUMNS] = {0};

	for (size_t r = 0; r < t->n; r++)
		for (size_t i = 0; i < COLUMNS; i++)
			if (width_of(t->rows[r].cells[i]) > widths[i])
				widths[i] = width_of(t->rows[r].cells[i]);
	for (size_t r = 0; r < t->n; r++) {
		size_t blanks = 2;

		for (size_t i = 0; i < COLUMNS; i++) {
			const char *cell = t->rows[r].cells[i];

			if (*cell) {
				buf_add_fill(out, ' ', blanks);
				buf_add_text(out, cell);
				blanks = 0;
			}
			blanks += widths[i] - (*cell ? width_of(cell) : 0) + (widths[i] ? 2 : 0);
		}
		buf_add_char(out, '\n');
	}
}

static void release_table(struct table *t)
{
	for (size_t r = 0; r < t->n; r++)
		for (size_t i = 0; i < COLUMNS; i++)
			free(t->rows[r].cells[i]);
	free(t->rows);
}

static bool is_single(const struct port_range ports)
{
	return ports.lo == ports.hi;
}

static void format_ports(struct port_range ports, struct buf *out)
{
	if (is_single(ports))
		buf_addf(out, "%u", ports.lo);
	else
		buf_addf(out, "%u-%u", ports.lo, ports.hi);
}

/* "tcp, udp"; with the numbers where they are not simply the one that was asked for. */
static const char *where(const struct port_card *c, unsigned on, struct port_range ports,
			 struct buf *out)
{
	buf_clear(out);
	transports_format(on, out);
	if (!is_single(c->query->ports) || !is_single(ports)) {
		buf_add_char(out, '/');
		format_ports(ports, out);
	}
	return out->data;
}

static void add_fact(const struct port_card *c, struct table *t, const struct port_fact *f)
{
	static const char *const labels[FACT_COUNT] = {
		[FACT_ASSIGNED] = "IANA",      [FACT_RESERVED] = "IANA",
		[FACT_MISUSE] = "misuse",      [FACT_SQUATTER] = "known use",
		[FACT_SIBLING] = "under TLS",  [FACT_BROWSER] = "browsers",
		[FACT_PROVIDER] = "providers", [FACT_NOTE] = "note",
	};
	struct buf place = BUF_INIT, text = BUF_INIT;
	const char *word = f->word;

	buf_add_text(&text, f->text);
	if (f->kind == FACT_BROWSER)
		buf_add_text(&text, "web browsers refuse to open it, whatever a firewall does");
	if (f->kind == FACT_PROVIDER) {
		word = "";
		buf_addf(&text, "some filter it, %s the customer: ",
			 slice_is(slice_of(f->word), "in")    ? "towards"
			 : slice_is(slice_of(f->word), "out") ? "from"
							      : "towards and from");
	}
	if (f->kind == FACT_PROVIDER)
		buf_add_text(&text, f->source);
	else if (*f->source && f->kind != FACT_MISUSE)
		buf_addf(&text, "%s[%s]", text.n ? " " : "", f->source);
	add_row(t, labels[f->kind], where(c, f->on, f->ports, &place), word, text.data);
	buf_release(&place);
	buf_release(&text);
}

static void add_instead(struct table *t, const struct service *s)
{
	struct service better;
	struct buf text = BUF_INIT;

	for (size_t i = 0; service_instead(s, i, &better); i++) {
		buf_clear(&text);
		service_format_ports(&better, &text);
		buf_addf(&text, ": %s", better.title);
		if (*better.source)
			buf_addf(&text, " [%s]", better.source);
		add_row(t, "  instead", "", better.name, text.data);
	}
	buf_release(&text);
}

static void add_service(const struct port_card *c, struct table *t, const struct service *s)
{
	struct buf text = BUF_INIT, place = BUF_INIT;
	unsigned on = 0;

	for (size_t i = 0; i < s->n_ports; i++)
		if (port_range_overlaps((struct port_range){s->ports[i].lo, s->ports[i].hi},
					c->query->ports))
			on |= s->ports[i].on;
	transports_format(on, &place);
	buf_addf(&text, "%s; %s", s->title, protection_texts[s->protection]);
	if (*s->truth)
		buf_addf(&text, "; %s", s->truth);
	if (*s->source)
		buf_addf(&text, " [%s]", s->source);
	add_row(t, "service", place.data, s->name, text.data);
	add_instead(t, s);
	buf_release(&text);
	buf_release(&place);
}

static void add_local(const struct port_card *c, struct table *t, const struct local_name *local)
{
	struct buf place = BUF_INIT, text = BUF_INIT;

	if (*local->aliases)
		buf_addf(&text, "also %s", local->aliases);
	add_row(t, local->source, where(c, local->on, local->ports, &place), local->name,
		text.data);
	buf_release(&place);
	buf_release(&text);
}

static void add_class(const struct port_card *c, struct table *t)
{
	static const char *const rules[] = {
		[PORT_SYSTEM] = "0-1023: assigned by IETF review or IESG approval [RFC 6335]",
		[PORT_USER] = "1024-49151: assigned by expert review [RFC 6335]",
		[PORT_DYNAMIC] = "49152-65535: never assigned, for whoever needs one [RFC 6335]",
	};
	const struct port_rules *host = c->sources->rules;
	struct buf text = BUF_INIT;

	for (enum port_class k = PORT_SYSTEM; k <= PORT_DYNAMIC; k++)
		if (port_range_overlaps(port_class_range(k), c->query->ports))
			add_row(t, "class", "", port_class_names[k], rules[k]);
	if (c->privileged) {
		buf_addf(&text, "below %u: listening needs root or CAP_NET_BIND_SERVICE",
			 host->unprivileged);
		add_row(t, "this host", "", "", text.data);
	}
	if (c->ephemeral) {
		buf_clear(&text);
		buf_addf(&text,
			 "in %u-%u, where outgoing connections get their source ports: a "
			 "listener may find it taken",
			 host->ephemeral.lo, host->ephemeral.hi);
		add_row(t, "this host", "", "", text.data);
	}
	buf_release(&text);
}

void port_write_text(const struct port_card *c, struct buf *out)
{
	struct table t = {0};

	for_each (local, &c->local)
		add_local(c, &t, local);
	for_each (f, &c->facts)
		add_fact(c, &t, f);
	if (is_single(c->query->ports))
		for_each (s, &c->services)
			add_service(c, &t, s);
	add_class(c, &t);
	escape_terminal(out, slice_of(c->answer));
	buf_add_char(out, '\n');
	write_table(&t, out);
	release_table(&t);
}

void port_write_source(const struct port_sources *sources, struct buf *out)
{
	buf_add_text(out, "IANA's list as of ");
	escape_terminal(out, slice_of(sources->iana->date));
	buf_add_text(out, " (");
	escape_terminal(out, slice_of(sources->iana->source));
	buf_add_text(out, "). A name in it says neither what runs there nor that it is good.\n");
}

/* --- JSON --- */

static void write_transports(struct json *j, unsigned on)
{
	json_open(j, "transports", '[');
	for (unsigned bit = ON_TCP; bit <= ON_DCCP; bit <<= 1) {
		struct buf word = BUF_INIT;

		if (on & bit) {
			transports_format(bit, &word);
			json_slice(j, NULL, buf_slice(&word));
		}
		buf_release(&word);
	}
	json_close(j, ']');
}

static void write_ports(struct json *j, struct port_range ports)
{
	struct buf text = BUF_INIT;

	format_ports(ports, &text);
	json_text(j, "ports", text.data);
	buf_release(&text);
}

static const char *or_null(const char *s)
{
	return *s ? s : NULL;
}

/* One array of facts of the kinds from `first` to `last`, under their own key names. */
static void write_facts(struct json *j, const struct port_card *c, const char *key,
			enum fact_kind first, enum fact_kind last)
{
	json_open(j, key, '[');
	for_each (f, &c->facts) {
		if (f->kind < first || f->kind > last)
			continue;
		json_open(j, NULL, '{');
		write_ports(j, f->ports);
		write_transports(j, f->on);
		json_text(j, "kind", fact_kind_names[f->kind]);
		json_text(j, "word", or_null(f->word));
		json_text(j, "text", or_null(f->text));
		json_text(j, "source", or_null(f->source));
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void write_local(struct json *j, const struct port_card *c)
{
	json_open(j, "local", '[');
	for_each (local, &c->local) {
		json_open(j, NULL, '{');
		write_ports(j, local->ports);
		write_transports(j, local->on);
		json_text(j, "name", local->name);
		json_text(j, "aliases", or_null(local->aliases));
		json_text(j, "source", local->source);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void write_service(struct json *j, const struct service *s)
{
	struct service better;
	struct buf ports = BUF_INIT;

	service_format_ports(s, &ports);
	json_open(j, NULL, '{');
	json_text(j, "name", s->name);
	json_text(j, "title", s->title);
	json_text(j, "ports", ports.data);
	json_text(j, "protection", protection_names[s->protection]);
	json_open(j, "instead", '[');
	for (size_t i = 0; service_instead(s, i, &better); i++)
		json_text(j, NULL, better.name);
	json_close(j, ']');
	json_text(j, "text", or_null(s->truth));
	json_text(j, "source", or_null(s->source));
	json_close(j, '}');
	buf_release(&ports);
}

static void write_class(struct json *j, const struct port_card *c)
{
	enum port_class lo = port_class_of(c->query->ports.lo),
			hi = port_class_of(c->query->ports.hi);

	json_text(j, "class", lo == hi ? port_class_names[lo] : NULL);
	if (c->sources->rules->known)
		json_bool(j, "privileged", c->privileged);
	else
		json_null(j, "privileged");
	if (c->sources->rules->known)
		json_bool(j, "ephemeral", c->ephemeral);
	else
		json_null(j, "ephemeral");
}

void port_write_json(const struct port_card *c, struct buf *out)
{
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "record", "port");
	json_text(&j, "query", c->query->text);
	write_ports(&j, c->query->ports);
	write_transports(&j, c->query->on);
	json_text(&j, "answer", c->answer);
	json_text(&j, "name", c->name);
	write_class(&j, c);
	write_local(&j, c);
	write_facts(&j, c, "registered", FACT_ASSIGNED, FACT_RESERVED);
	write_facts(&j, c, "misuse", FACT_MISUSE, FACT_MISUSE);
	write_facts(&j, c, "known", FACT_SQUATTER, FACT_SQUATTER);
	write_facts(&j, c, "siblings", FACT_SIBLING, FACT_SIBLING);
	write_facts(&j, c, "browsers", FACT_BROWSER, FACT_BROWSER);
	write_facts(&j, c, "providers", FACT_PROVIDER, FACT_PROVIDER);
	write_facts(&j, c, "notes", FACT_NOTE, FACT_NOTE);
	json_open(&j, "services", '[');
	for_each (s, &c->services)
		write_service(&j, s);
	json_close(&j, ']');
	json_text(&j, "source", c->sources->iana->source);
	json_text(&j, "date", c->sources->iana->date);
	json_close(&j, '}');
}
