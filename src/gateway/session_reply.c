/* SPDX-License-Identifier: ISC
 *
 * What the server says: to whom each reply goes, and what follows from it.
 */
#include "base/compiler.h"
#include "gateway/session_int.h"

static bool is_success(unsigned code)
{
	return code >= 200 && code < 300;
}

static bool is_abor(const struct expected *e)
{
	return e->info && e->info->verb == VERB_ABOR;
}

/* Does a reply of this code end ABOR? There are servers that answer it and the transfer in one. */
static bool answers_abor(unsigned code)
{
	return code == 225 || code == 226 || code == 426 || code == 500 || code == 502;
}

/* Whose reply begins with this code. */
static size_t find_asker(struct session *s, unsigned code)
{
	struct expected *first = s->expected, *second = s->expected + 1;

	if (!s->n_expected)
		return EXPECTED_MAX;
	if (s->n_expected < 2)
		return 0;
	if (first->begun && second->info && second->info->verb == VERB_STAT && code >= 211 &&
	    code <= 213)
		return 1; /* RFC 959 section 4.1.3: STAT during a transfer */
	if (is_abor(first) && !answers_abor(code))
		return 1;
	return 0;
}

static struct expected *asker_of(struct session *s)
{
	return s->answering < s->n_expected ? &s->expected[s->answering] : NULL;
}

static bool is_transfer(const struct expected *e)
{
	return e && e->asker == OF_CLIENT && e->info->bits & CMD_TRANSFER;
}

/* A success is not told before both data connections stand: else a client could take what it has
 * got, or nothing, for the whole. */
static bool must_wait(struct session *s, const struct reply_line *line)
{
	if (!line->first || !is_success(line->code) || !is_transfer(asker_of(s)) ||
	    s->data.broken || session_find_expected(s, VERB_ABOR))
		return false;
	session_data_begun(s);
	return !session_data_is_whole(s) && !s->data.broken;
}

/* Of a list of features those that a client may use here: RFC 2389. */
static bool is_feature(struct session *s, struct slice text)
{
	static const char *const others[] = {"UTF8", "TVFS", "ESTA", "UTF-8", "MLST"};
	const struct verb_info *info;
	struct slice word;

	text = slice_trim(text);
	slice_cut(&text, ' ', &word);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (slice_is_nocase(word, others[i]))
			return true;
	info = verb_find(word);
	return info && session_carries(s, info);
}

static void pass_line(struct session *s, const struct expected *e, const struct reply_line *line)
{
	bool is_list = e->info && e->info->verb == VERB_FEAT && line->code == 211 && !line->first &&
		       !line->last;

	if (!is_list || is_feature(s, line->text))
		buf_add_slice(&s->to_client, line->raw);
}

static void let_in(struct session *s)
{
	s->stage = STAGE_IN;
	session_note(s, NOTE_LOGIN, "%s", s->user ? s->user : "");
}

static void after_reply(struct session *s, const struct expected *e, unsigned code)
{
	switch (e->info->verb) {
	case VERB_USER:
	case VERB_PASS:
	case VERB_ACCT:
		if (code == 230 || (code == 202 && e->info->verb != VERB_USER))
			let_in(s);
		break;
	case VERB_REIN:
		if (is_success(code)) {
			session_data_forget(s, false);
			s->stage = STAGE_LOGIN;
			s->user_said = s->epsv_all = false;
			s->type = '\0';
		}
		break;
	case VERB_TYPE:
		if (is_success(code))
			s->type = s->type_asked;
		break;
	case VERB_AUTH:
		if (code == 234) {
			buf_clear(&s->heard); /* said in clear text behind it: somebody else's */
			s->stage = STAGE_BLIND;
		}
		break;
	case VERB_QUIT:
		s->has_quit = is_success(code);
		session_end(s, NULL);
		break;
	default:
		break;
	}
	if (e->info->bits & CMD_TRANSFER)
		session_data_end(s, code);
}

static void tell_broken(struct session *s)
{
	if (s->data.broken == 425)
		session_say(s, "425 No data connection");
	else
		session_say(s, "426 The data connection broke: what came is not the whole");
}

static void to_client(struct session *s, struct expected e, const struct reply_line *line)
{
	bool replaced = is_transfer(&e) && s->data.broken &&
			(s->data.broken == 425 || is_success(line->code)) && line->code >= 200;

	if (is_transfer(&e) && line->first && line->code < 200)
		session_data_begun(s);
	if (!replaced)
		pass_line(s, &e, line);
	else if (line->last)
		tell_broken(s);
	if (line->last && line->code >= 200)
		after_reply(s, &e, line->code);
	if (line->last && line->code == 421)
		session_end(s, NULL);
}

/* An explicit gateway has greeted already: the server's greeting is not shown, its refusal is. */
static void greeting(struct session *s, const struct reply_line *line)
{
	bool is_shown = s->config->placement != PLACEMENT_EXPLICIT || line->code >= 400;

	if (is_shown)
		buf_add_slice(&s->to_client, line->raw);
	if (!line->last || line->code < 200)
		return;
	if (line->code >= 400)
		session_end(s, NULL);
	else if (s->config->placement == PLACEMENT_EXPLICIT)
		session_say_user(s);
}

enum { UNASKED_MAX = 8 };

static void unasked(struct session *s, const struct reply_line *line)
{
	if (line->code == 421) {
		buf_add_slice(&s->to_client, line->raw);
		if (line->last)
			session_end(s, NULL);
	} else if (line->last) {
		session_note(s, NOTE_VIOLATION, "a reply that nobody asked for: %u", line->code);
		if (++s->n_unasked > UNASKED_MAX)
			session_violation(s, "the server does not wait to be asked");
	}
}

static void forget_asker(struct session *s)
{
	size_t first = is_abor(s->expected) && s->answering == 1 ? 0 : s->answering;
	size_t n = s->answering - first + 1;

	for (size_t i = first; i + n < s->n_expected; i++)
		s->expected[i] = s->expected[i + n];
	s->n_expected -= n;
}

static void handle(struct session *s, const struct reply_line *line)
{
	struct expected *asker = asker_of(s), e;

	if (!asker) {
		unasked(s, line);
		return;
	}
	e = *asker;
	if (line->last && line->code >= 200) {
		session_note(s, NOTE_REPLY, "%u %.*s", line->code, (int)line->text.n, line->text.p);
		forget_asker(s);
	} else if (line->code < 200) {
		asker->begun = true;
	}
	if (e.asker == OF_CLIENT)
		to_client(s, e, line);
	else if (e.asker == OF_GREETING)
		greeting(s, line);
	else if (line->last && line->code >= 200)
		session_data_answer(s, e.asker, line);
}

/* 227 and 229 open ports, here and on firewalls further on. */
static bool is_forged(struct session *s, unsigned code)
{
	const struct expected *e = asker_of(s);

	return (code == 227 || code == 229) && (!e || (e->asker != OF_PASV && e->asker != OF_EPSV));
}

bool session_take_reply(struct session *s)
{
	struct reply_reader reader = s->reader;
	struct slice in = buf_slice(&s->told);
	struct reply_line line;
	enum reply_result result = reply_read(&reader, &in, &line);

	if (result == REPLY_BAD)
		session_violation(s, "what the server says is no FTP reply");
	if (result != REPLY_LINE)
		return false;
	if (line.first)
		s->answering = s->stale ? EXPECTED_MAX : find_asker(s, line.code);
	if (is_forged(s, line.code)) {
		session_violation(s, "the server opens a port that nobody asked for");
		return false;
	}
	if (must_wait(s, &line))
		return false;
	s->reader = reader;
	s->stale -= s->stale < line.raw.n ? s->stale : line.raw.n;
	s->attended = line.raw.n;
	handle(s, &line);
	session_drop_front(&s->told, s->attended);
	s->attended = 0;
	return true;
}
