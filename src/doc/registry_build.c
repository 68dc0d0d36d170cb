/* SPDX-License-Identifier: ISC */
#include "doc/registry_build.h"

#include <stdlib.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"

static const char magic[20] = "portolan registry 1";
enum { BYTE_ORDER_MARK = 0x01020304, RECORDS_MAX = 0xffff };

struct head {
	char magic[sizeof(magic)];
	uint32_t byte_order, n, n_words, pool_size;
	char source[REGISTRY_SOURCE_MAX], date[REGISTRY_DATE_MAX];
};

void registry_build_init(struct registry_build *b, struct arena *arena, struct buf *pool)
{
	*b = (struct registry_build){.arena = arena, .pool = pool};
	buf_clear(pool);
	buf_add_char(pool, '\0'); /* the empty string is at 0 */
}

void registry_build_release(struct registry_build *b)
{
	map_release(&b->offsets);
	free(b->rows);
	*b = (struct registry_build){0};
}

static uint32_t intern(struct registry_build *b, struct slice s)
{
	uint32_t *offset;

	if (!s.n)
		return 0;
	offset = map_find(&b->offsets, s);
	if (!offset) {
		offset = ARENA_NEW(b->arena, uint32_t);
		*offset = (uint32_t)b->pool->n;
		map_add(&b->offsets, s, offset);
		buf_add_slice(b->pool, s);
		buf_add_char(b->pool, '\0');
	}
	return *offset;
}

static bool same_but_transport(const struct registry_record *a, const struct registry_record *b)
{
	return a->lo == b->lo && a->hi == b->hi && a->kind == b->kind && a->word == b->word &&
	       a->text == b->text;
}

void registry_build_add(struct registry_build *b, struct port_range ports, unsigned on,
			enum fact_kind kind, struct slice word, struct slice text)
{
	struct registry_record row = {.lo = ports.lo,
				      .hi = ports.hi,
				      .on = (uint8_t)on,
				      .kind = kind,
				      .word = intern(b, word),
				      .text = intern(b, text)};

	for (size_t i = b->n; i-- > 0 && b->rows[i].lo == row.lo;) {
		if (same_but_transport(&b->rows[i], &row)) {
			b->rows[i].on |= row.on;
			return;
		}
	}
	if (b->n == b->room) {
		b->room = b->room ? b->room * 2 : 1024;
		b->rows = mem_resize(b->rows, b->room, sizeof(*b->rows));
	}
	b->rows[b->n++] = row;
}

/* qsort() is not stable: the row's own number, kept in `source` until then, decides a tie. */
static int by_port(const void *a, const void *b)
{
	const struct registry_record *x = a, *y = b;

	if (x->lo != y->lo)
		return x->lo < y->lo ? -1 : 1;
	return (x->source > y->source) - (x->source < y->source);
}

static void sort_rows(struct registry_build *b)
{
	for (size_t i = 0; i < b->n; i++)
		b->rows[i].source = (uint32_t)i;
	if (b->n)
		qsort(b->rows, b->n, sizeof(*b->rows), by_port);
	for (size_t i = 0; i < b->n; i++)
		b->rows[i].source = 0;
}

static int by_word(const void *a, const void *b, void *ctx)
{
	const struct registry *r = ctx;
	uint16_t x = *(const uint16_t *)a, y = *(const uint16_t *)b;
	int c = strcasecmp(r->pool + r->records[x].word, r->pool + r->records[y].word);

	return c ? c : (x > y) - (x < y);
}

static void index_words(const struct registry_build *b, struct registry *r)
{
	uint16_t *words = ARENA_ARRAY(b->arena, uint16_t, r->n);

	for (uint32_t i = 0; i < r->n; i++)
		if (r->records[i].word)
			words[r->n_words++] = (uint16_t)i;
	if (r->n_words)
		qsort_r(words, r->n_words, sizeof(*words), by_word, r);
	r->by_word = words;
}

int registry_build_finish(struct registry_build *b, const char *source, const char *date,
			  struct registry *out, struct err *err)
{
	struct registry_record *records;

	if (b->n > RECORDS_MAX) {
		registry_build_release(b);
		return err_set(err, ERR_LIMIT, PLACE_NONE, "more than %d rows", RECORDS_MAX);
	}
	sort_rows(b);
	records = ARENA_ARRAY(b->arena, struct registry_record, b->n);
	for (size_t i = 0; i < b->n; i++)
		records[i] = b->rows[i];
	*out = (struct registry){.records = records,
				 .pool = b->pool->data,
				 .n = (uint32_t)b->n,
				 .pool_size = (uint32_t)b->pool->n,
				 .source = source,
				 .date = date};
	for (size_t i = 0; i < b->n; i++)
		if (records[i].hi - records[i].lo > out->widest)
			out->widest = records[i].hi - records[i].lo;
	index_words(b, out);
	registry_build_release(b);
	return 0;
}

void registry_format(const struct registry *r, struct buf *out)
{
	struct head head = {.byte_order = BYTE_ORDER_MARK,
			    .n = r->n,
			    .n_words = r->n_words,
			    .pool_size = r->pool_size};

	memcpy(head.magic, magic, sizeof(magic));
	snprintf(head.source, sizeof(head.source), "%s", r->source);
	snprintf(head.date, sizeof(head.date), "%s", r->date);
	buf_add(out, &head, sizeof(head));
	buf_add(out, r->records, r->n * sizeof(*r->records));
	buf_add(out, r->by_word, r->n_words * sizeof(*r->by_word));
	buf_add(out, r->pool, r->pool_size);
}

static bool is_record_sane(const struct registry *r, uint32_t i)
{
	const struct registry_record *e = &r->records[i];

	return e->lo <= e->hi && (i == 0 || r->records[i - 1].lo <= e->lo) &&
	       e->kind < FACT_COUNT && e->word < r->pool_size && e->text < r->pool_size &&
	       e->source < r->pool_size;
}

static bool is_table_sane(struct registry *r)
{
	if (r->pool_size == 0 || r->pool[0] || r->pool[r->pool_size - 1])
		return false;
	for (uint32_t i = 0; i < r->n; i++) {
		if (!is_record_sane(r, i))
			return false;
		if (r->records[i].hi - r->records[i].lo > r->widest)
			r->widest = r->records[i].hi - r->records[i].lo;
	}
	for (uint32_t i = 0; i < r->n_words; i++)
		if (r->by_word[i] >= r->n)
			return false;
	return true;
}

static bool is_head_sane(const struct head *h, size_t bytes)
{
	return memcmp(h->magic, magic, sizeof(magic)) == 0 && h->byte_order == BYTE_ORDER_MARK &&
	       h->n <= RECORDS_MAX && h->n_words <= h->n && !h->source[sizeof(h->source) - 1] &&
	       !h->date[sizeof(h->date) - 1] &&
	       bytes == sizeof(*h) + h->n * sizeof(struct registry_record) +
				h->n_words * sizeof(uint16_t) + (size_t)h->pool_size;
}

int registry_parse(const char *file, struct slice bytes, struct registry *out, struct err *err)
{
	const struct head *h = (const void *)bytes.p;
	struct registry r;

	if (bytes.n < sizeof(*h) || !is_head_sane(h, bytes.n))
		goto bad;
	r = (struct registry){.records = (const void *)(bytes.p + sizeof(*h)),
			      .n = h->n,
			      .n_words = h->n_words,
			      .pool_size = h->pool_size,
			      .source = h->source,
			      .date = h->date};
	r.by_word = (const void *)(r.records + r.n);
	r.pool = (const char *)(r.by_word + r.n_words);
	if (!is_table_sane(&r))
		goto bad;
	*out = r;
	return 0;
bad:
	return err_set(err, ERR_DOCUMENT, (struct place){.file = file},
		       "not a registry of this version; run portolan port --update again, or "
		       "remove the file");
}
