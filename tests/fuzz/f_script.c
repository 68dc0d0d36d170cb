/* SPDX-License-Identifier: ISC
 *
 * Scripts with hostile names: whatever they are, each stays one word of one line, read back with
 * the tests' own reading of the two languages.
 */
#include "report/script.h"

#include "../unit/script_words.h"
#include "base/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(bool holds, const char *what)
{
	if (!holds)
		BUG("%s", what);
}

/* As a script may hold it. */
static bool is_same(const struct buf *word, const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n && i < word->n; i++)
		if (word->data[i] != (s[i] >= ' ' && s[i] <= '~' ? s[i] : '?'))
			return false;
	return word->n == n;
}

/* The line of the try: its target is the word at `at`. */
static void check_line(struct slice line, word_take take, unsigned at, const char *target)
{
	struct buf word = BUF_INIT;
	bool bad = false, found = false;

	for (unsigned i = 0; take(&line, &word, &bad); i++)
		found |= i == at && is_same(&word, target);
	require(found, "the target is another one");
	require(!bad, "something that is not quoted");
	buf_release(&word);
}

static struct slice find_line(struct slice text, const char *start)
{
	struct slice line;

	while (slice_cut(&text, '\n', &line))
		if (slice_has_prefix(line, start))
			return line;
	return SLICE_NONE;
}

static size_t count_lines(struct slice text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		require((text.p[i] >= ' ' && text.p[i] <= '~') || text.p[i] == '\n' ||
				text.p[i] == '\t',
			"not plain ASCII");
		n += text.p[i] == '\n';
	}
	return n;
}

static void check(const struct script *s, const struct script *tame)
{
	struct buf out = BUF_INIT, other = BUF_INIT;
	const char *target = s->tries[0].target;

	script_write(s, &script_sh, &out);
	script_write(tame, &script_sh, &other);
	require(count_lines(buf_slice(&out)) == count_lines(buf_slice(&other)), "a line more (sh)");
	check_line(find_line(buf_slice(&out), "\ttcp "), word_take_sh, 3, target);
	check_line(find_line(buf_slice(&out), "\tname 1 "), word_take_sh, 2, s->names[0]);
	buf_clear(&out);
	buf_clear(&other);
	script_write(s, &script_powershell, &out);
	script_write(tame, &script_powershell, &other);
	require(count_lines(buf_slice(&out)) == count_lines(buf_slice(&other)),
		"a line more (ps1)");
	check_line(find_line(buf_slice(&out), "\tAdd-Tcp "), word_take_powershell, 3, target);
	buf_release(&out);
	buf_release(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *arena = arena_new();
	const char *s = arena_copy(arena, (struct slice){(const char *)data, n});
	const char *const names[] = {s}, *const tame_names[] = {"name"};
	const struct script_try try = {.flow = "0123456789abcdef",
				       .target = s,
				       .name = 1,
				       .transport = TRANSPORT_TCP,
				       .port = 1,
				       .to = s,
				       .service = s};
	struct script_try tame_try = try;
	struct script script = {.site = s,
				.host = s,
				.version = s,
				.written = s,
				.tries = &try,
				.n_tries = 1,
				.names = names,
				.n_names = 1};
	struct script tame = {.site = "s",
			      .host = "h",
			      .version = "v",
			      .written = "w",
			      .tries = &tame_try,
			      .n_tries = 1,
			      .names = tame_names,
			      .n_names = 1};

	tame_try.target = tame_try.to = tame_try.service = "t";
	check(&script, &tame);
	arena_free(arena);
	return 0;
}
