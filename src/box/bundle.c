/* SPDX-License-Identifier: ISC */
#include "box/bundle.h"

#include <string.h>

#include "box/read.h"

const char *const bundle_commands[BUNDLE_PARTS_COUNT] = {
#define X(part, command) [BUNDLE_##part] = (command),
	BUNDLE_PARTS(X)
#undef X
};

struct splitter {
	struct bundle *bundle;
	struct bundle_output *part; /* that is being read; NULL: none yet */
	struct place at;
	bool ended;
	struct err *err;
};

/* Of a line only its beginning is told. */
static int shown(struct slice line)
{
	return line.n < 60 ? (int)line.n : 60;
}

static int split_heading(struct splitter *s, struct slice command)
{
	struct bundle_output *part;
	size_t i = 0;

	while (i < BUNDLE_PARTS_COUNT && !slice_is(command, bundle_commands[i]))
		i++;
	if (i == BUNDLE_PARTS_COUNT)
		return err_set(s->err, ERR_DOCUMENT, s->at,
			       "a bundle of version 1 has no command \"%.*s\"", shown(command),
			       command.p);
	part = &s->bundle->parts[i];
	if (part->given)
		return err_set(s->err, ERR_DOCUMENT, s->at,
			       "\"%s\" for the second time; the first is in line %u",
			       bundle_commands[i], part->line);
	part->given = true;
	part->line = s->at.line;
	part->first = s->at.line + 1;
	s->part = part;
	return 0;
}

static int split_status(struct splitter *s, struct slice number)
{
	uint64_t status;

	if (!s->part || s->part->line + 1 != s->at.line)
		return err_set(s->err, ERR_DOCUMENT, s->at,
			       "an exit status stands right below its command");
	if (!slice_number(number, 255, &status) || !status)
		return err_set(s->err, ERR_DOCUMENT, s->at,
			       "no exit status from 1 to 255: \"%.*s\"", shown(number), number.p);
	s->part->status = (unsigned)status;
	s->part->first++;
	return 0;
}

static int split_output(struct splitter *s, struct slice line)
{
	if (!s->part)
		return err_set(s->err, ERR_DOCUMENT, s->at, "output that no command stands above");
	if (s->part->output.n + line.n >= BOX_TEXT_MAX)
		return err_set(s->err, ERR_LIMIT, s->at, "the output has more than %d bytes",
			       BOX_TEXT_MAX);
	buf_add_slice(&s->part->output, line);
	buf_add_char(&s->part->output, '\n');
	return 0;
}

static int split_said(struct splitter *s, const char *what, struct slice *said, struct slice value)
{
	if (s->part || said->p)
		return err_set(s->err, ERR_DOCUMENT, s->at, "\"%s\" stands once, and at the top",
			       what);
	*said = value;
	return 0;
}

static int split_line(struct splitter *s, struct slice line)
{
	struct bundle *b = s->bundle;

	if (s->ended)
		return err_set(s->err, ERR_DOCUMENT, s->at, "something stands below \"end\"");
	if (memchr(line.p, 0, line.n))
		return err_set(s->err, ERR_DOCUMENT, s->at, "a NUL byte: this is no text");
	if (slice_has_prefix(line, "\t"))
		return split_output(s, slice_skip(line, 1));
	if (slice_has_prefix(line, "$ "))
		return split_heading(s, slice_skip(line, 2));
	if (slice_has_prefix(line, "? "))
		return split_status(s, slice_skip(line, 2));
	if (slice_has_prefix(line, "host "))
		return split_said(s, "host", &b->host, slice_skip(line, 5));
	if (slice_has_prefix(line, "time "))
		return split_said(s, "time", &b->time, slice_skip(line, 5));
	s->ended = slice_is(line, "end");
	if (!s->ended)
		return err_set(s->err, ERR_DOCUMENT, s->at,
			       "neither a command nor its output: \"%.*s\"", shown(line), line.p);
	return 0;
}

static int check_head(struct splitter *s, struct slice line)
{
	if (slice_is(line, BUNDLE_HEAD))
		return 0;
	if (slice_has_prefix(line, "portolan bundle "))
		return err_set(s->err, ERR_DOCUMENT, s->at,
			       "this version reads \"%s\", not \"%.*s\"", BUNDLE_HEAD, shown(line),
			       line.p);
	return err_set(s->err, ERR_DOCUMENT, s->at, "no bundle: its first line is not \"%s\"",
		       BUNDLE_HEAD);
}

int bundle_split(struct bundle *bundle, const char *file, struct slice text, struct err *err)
{
	struct splitter s = {.bundle = bundle, .at = {file, 1, 1}, .err = err};
	struct slice line = SLICE_NONE;
	int rc;

	*bundle = (struct bundle){.host = SLICE_NONE};
	for (size_t i = 0; i < BUNDLE_PARTS_COUNT; i++)
		bundle->parts[i].output = BUF_INIT;
	slice_cut(&text, '\n', &line);
	rc = check_head(&s, line);
	/* Behind the last newline is nothing, which is no line. */
	while (!rc && text.n && slice_cut(&text, '\n', &line)) {
		s.at.line++;
		rc = split_line(&s, line);
	}
	if (!rc && (!s.ended || !text.p))
		rc = err_set(err, ERR_DOCUMENT, s.at,
			     "truncated: the last line of a bundle is \"end\"");
	return rc;
}

void bundle_release(struct bundle *bundle)
{
	for (size_t i = 0; i < BUNDLE_PARTS_COUNT; i++)
		buf_release(&bundle->parts[i].output);
}

void bundle_add(struct buf *bundle, const char *command, unsigned status, struct slice output)
{
	struct slice line;

	buf_addf(bundle, "$ %s\n", command);
	if (status)
		buf_addf(bundle, "? %u\n", status);
	while (output.n && slice_cut(&output, '\n', &line)) {
		buf_add_char(bundle, '\t');
		buf_add_slice(bundle, line);
		buf_add_char(bundle, '\n');
	}
}

static void add_said(struct buf *out, const char *what, struct slice said)
{
	if (!said.p)
		return;
	buf_addf(out, "%s ", what);
	buf_add_slice(out, said);
	buf_add_char(out, '\n');
}

int bundle_replace(struct slice text, const struct slice outputs[BUNDLE_PARTS_COUNT],
		   struct buf *out, struct err *err)
{
	struct bundle bundle;
	int rc = bundle_split(&bundle, "a bundle", text, err);

	if (!rc) {
		buf_add_text(out, BUNDLE_HEAD "\n");
		add_said(out, "host", bundle.host);
		add_said(out, "time", bundle.time);
		for (size_t i = 0; i < BUNDLE_PARTS_COUNT; i++) {
			const struct bundle_output *o = &bundle.parts[i];

			if (outputs[i].p)
				bundle_add(out, bundle_commands[i], 0, outputs[i]);
			else if (o->given)
				bundle_add(out, bundle_commands[i], o->status,
					   buf_slice(&o->output));
		}
		buf_add_text(out, "end\n");
	}
	bundle_release(&bundle);
	return rc;
}
