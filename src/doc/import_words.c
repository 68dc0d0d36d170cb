/* SPDX-License-Identifier: ISC */
#include "doc/import_words.h"

#include "doc/import_table.h"
#include "model/text.h"

/* --- what is known ---------------------------------------------------------------------------- */

static const struct known_service services[] = {
	{"ssh", "|sftp|scp|", ON_TCP, 22},
	{"telnet", "||", ON_TCP, 23},
	{"ftp", "||", ON_TCP, 21},
	{"smtp", "||", ON_TCP, 25},
	{"dns", "||", ON_TCP | ON_UDP, 53},
	{"http", "||", ON_TCP, 80},
	{"https", "|http over tls|", ON_TCP, 443},
	{"kerberos", "||", ON_TCP | ON_UDP, 88},
	{"kpasswd", "|kerberos password change|", ON_TCP | ON_UDP, 464},
	{"pop3", "||", ON_TCP, 110},
	{"ntp", "||", ON_UDP, 123},
	{"epmap", "|rpc endpoint mapper|", ON_TCP, 135},
	{"imap", "||", ON_TCP, 143},
	{"snmp", "||", ON_UDP, 161},
	{"ldap", "||", ON_TCP, 389},
	{"smb", "|cifs|", ON_TCP, 445},
	{"syslog", "||", ON_UDP, 514},
	{"ldaps", "|ldap over ssl|", ON_TCP, 636},
	{"mssql", "|microsoft sql|microsoft sql server|sql server|ms sql|", ON_TCP, 1433},
	{"oracle-tns", "|oracle database|", ON_TCP, 1521},
	{"nfs", "||", ON_TCP, 2049},
	{"mysql", "||", ON_TCP, 3306},
	{"mariadb", "||", ON_TCP, 3306},
	{"rdp", "|remote desktop|", ON_TCP, 3389},
	{"postgresql", "|postgres|", ON_TCP, 5432},
	{"vnc", "||", ON_TCP, 5900},
	{"teamviewer", "||", ON_TCP, 5938},
	{"winrm", "|powershell remoting|", ON_TCP, 5985},
	{"redis", "||", ON_TCP, 6379},
	{"adws", "||", ON_TCP, 9389},
};

static bool is_alias(const char *aliases, struct slice name)
{
	struct slice rest = slice_of(aliases), alias;

	while (slice_cut(&rest, '|', &alias))
		if (alias.n == name.n && name.n && strncasecmp(alias.p, name.p, name.n) == 0)
			return true;
	return false;
}

const struct known_service *known_service(struct slice name)
{
	for (size_t i = 0; i < ARRAY_LEN(services); i++)
		if (slice_is_nocase(name, services[i].name) || is_alias(services[i].aliases, name))
			return &services[i];
	return NULL;
}

const struct known_service *known_service_on(unsigned port)
{
	for (size_t i = 0; i < ARRAY_LEN(services); i++)
		if (services[i].port == port)
			return &services[i];
	return NULL;
}

struct meaning {
	const char *word;
	enum word_kind kind;
	unsigned value; /* transports, IP protocol */
};

static const struct meaning meanings[] = {
	{"tcp", WORD_TRANSPORT, ON_TCP},
	{"udp", WORD_TRANSPORT, ON_UDP},
	{"sctp", WORD_TRANSPORT, ON_SCTP},
	{"tcp4", WORD_TRANSPORT, ON_TCP},
	{"tcp6", WORD_TRANSPORT, ON_TCP},
	{"icmp", WORD_ICMP, 0},
	{"icmpv4", WORD_ICMP, 0},
	{"icmpv6", WORD_ICMP, 0},
	{"ping", WORD_ICMP, 0},
	{"echo", WORD_ICMP, 0},
	{"esp", WORD_IP, 50},
	{"ah", WORD_IP, 51},
	{"gre", WORD_IP, 47},
	{"ospf", WORD_IP, 89},
	{"vrrp", WORD_IP, 112},
	{"any", WORD_ANY, 0},
	{"all", WORD_ANY, 0},
	{"and", WORD_AND, 0},
	{"plus", WORD_AND, 0},
	{"or", WORD_OR, 0},
	{"if", WORD_IF, 0},
	{"when", WORD_IF, 0},
	{"unless", WORD_IF, 0},
	{"dynamic", WORD_DYNAMIC, 0},
	{"dynamically", WORD_DYNAMIC, 0},
	{"ephemeral", WORD_DYNAMIC, 0},
	{"random", WORD_DYNAMIC, 0},
	{"default", WORD_DEFAULT, 0},
	{"configurable", WORD_DEFAULT, 0},
	{"customizable", WORD_DEFAULT, 0},
};

/* Behind these a number is no port. */
static const char *const counters[] = {"version", "v",	"release", "type",    "code",  "rfc",
				       "vlan",	  "id", "level",   "section", "table", "step"};

/* --- characters ------------------------------------------------------------------------------- */

struct scanner {
	struct arena *arena;
	LIST_OF(struct word) words;
	const char *begin, *p, *end;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80 ||
	       c == '_';
}

/* Dashes of every width become "-", and <br> what it means; every byte stays at its place, so that
 * columns are still right. */
static char *plain_copy(struct arena *a, struct slice s)
{
	static const struct {
		const char *from, *to;
	} same[] = {
		{"\xe2\x80\x90", "-  "}, {"\xe2\x80\x91", "-  "}, {"\xe2\x80\x92", "-  "},
		{"\xe2\x80\x93", "-  "}, {"\xe2\x80\x94", "-  "}, {"\xe2\x88\x92", "-  "},
		{"<br>", ";   "},	 {"<br/>", ";    "},	  {"<br />", ";     "},
		{"\\|", " |"},
	};
	char *copy = arena_copy(a, s);

	for (size_t i = 0; i < s.n; i++)
		for (size_t k = 0; k < ARRAY_LEN(same); k++) {
			size_t n = strlen(same[k].from);

			if (n <= s.n - i && memcmp(copy + i, same[k].from, n) == 0)
				memcpy(copy + i, same[k].to, n);
		}
	return copy;
}

static struct word *add_word(struct scanner *s, enum word_kind kind, const char *begin)
{
	struct word *w = list_add(s->arena, &s->words, sizeof(*w));

	w->kind = kind;
	w->text = slice_from_to(begin, s->p);
	w->offset = (size_t)(begin - s->begin);
	return w;
}

static void skip_blanks(struct scanner *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\r'))
		s->p++;
}

static const char *skip_digits(const struct scanner *s, const char *p)
{
	while (p < s->end && is_digit(*p))
		p++;
	return p;
}

/* --- numbers ---------------------------------------------------------------------------------- */

static const struct word *last_word(const struct scanner *s)
{
	return s->words.n ? &s->words.items[s->words.n - 1] : NULL;
}

/* "version 7", "Windows 2012": the word in front tells. */
static bool is_counted(const struct scanner *s, unsigned value)
{
	const struct word *w = last_word(s);

	if (!w || (w->kind != WORD_OTHER && w->kind != WORD_SERVICE))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(counters); i++)
		if (slice_is_nocase(w->text, counters[i]))
			return true;
	return value >= 1990 && value <= 2039 &&
	       (slice_is_nocase(w->text, "windows") || slice_is_nocase(w->text, "server") ||
		slice_is_nocase(w->text, "sql") || slice_is_nocase(w->text, "exchange") ||
		slice_is_nocase(w->text, "office") || slice_is_nocase(w->text, "sharepoint"));
}

/* "-", "to", "through", "until" between two numbers; s->p goes to the second. */
static bool take_span_sign(struct scanner *s)
{
	static const char *const signs[] = {"-", "to ", "through ", "until ", "..."};
	const char *begin = s->p;

	skip_blanks(s);
	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		size_t n = strlen(signs[i]);

		if ((size_t)(s->end - s->p) <= n || strncasecmp(s->p, signs[i], n) != 0)
			continue;
		s->p += n;
		skip_blanks(s);
		if (s->p < s->end && is_digit(*s->p))
			return true;
		break;
	}
	s->p = begin;
	return false;
}

/* "1024+", "1024 and above" */
static bool take_upwards(struct scanner *s)
{
	static const char *const signs[] = {"+",	  " and above", " and higher", " or above",
					    " or higher", " and up",	" upwards"};

	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		size_t n = strlen(signs[i]);

		if ((size_t)(s->end - s->p) >= n && strncasecmp(s->p, signs[i], n) == 0) {
			s->p += n;
			return true;
		}
	}
	return false;
}

static unsigned number_of(struct slice digits)
{
	uint64_t value;

	return slice_number(digits, 9999999, &value) ? (unsigned)value : 9999999;
}

static bool at_transport(const struct scanner *s)
{
	return s->end - s->p >= 3 &&
	       (strncasecmp(s->p, "tcp", 3) == 0 || strncasecmp(s->p, "udp", 3) == 0);
}

static void take_number(struct scanner *s)
{
	const char *begin = s->p;
	struct word *w;
	unsigned lo, hi;

	s->p = skip_digits(s, s->p);
	lo = hi = number_of(slice_from_to(begin, s->p));
	if (s->p < s->end && *s->p == '.' && s->p + 1 < s->end && is_digit(s->p[1])) {
		while (s->p < s->end && (is_digit(*s->p) || *s->p == '.')) /* 10.1.2.3, 7.0 */
			s->p++;
		add_word(s, WORD_OTHER, begin);
		return;
	}
	if (s->p < s->end && is_letter(*s->p) && !at_transport(s)) { /* 3COM, 2FA */
		while (s->p < s->end && (is_letter(*s->p) || is_digit(*s->p)))
			s->p++;
		add_word(s, WORD_OTHER, begin);
		return;
	}
	if (take_span_sign(s)) {
		const char *second = s->p;

		s->p = skip_digits(s, s->p);
		hi = number_of(slice_from_to(second, s->p));
	} else if (take_upwards(s)) {
		hi = 65535;
	}
	if (lo == hi && is_counted(s, lo)) {
		add_word(s, WORD_OTHER, begin);
		return;
	}
	w = add_word(s, WORD_PORTS, begin);
	w->lo = lo == 0 && hi == 65535 ? 1 : lo;
	w->hi = hi;
	if (!w->lo || w->hi > 65535 || w->lo > w->hi)
		w->kind = WORD_BAD_PORTS;
}

/* --- words ------------------------------------------------------------------------------------ */

/* "32<NN>", "5NN13", "36nn", "39##": two digits that the site knows. */
static bool take_template(struct scanner *s)
{
	static const char *const holes[] = {"<nn>", "nn", "##", "xx", "<xx>", "$$"};
	const char *begin = s->p, *hole = skip_digits(s, s->p), *p;

	for (size_t i = 0; i < ARRAY_LEN(holes); i++) {
		size_t n = strlen(holes[i]);

		if ((size_t)(s->end - hole) < n || strncasecmp(hole, holes[i], n) != 0)
			continue;
		p = skip_digits(s, hole + n);
		if (p - begin - (long)n < 1 || p - begin - (long)n > 3 ||
		    (p < s->end && is_letter(*p)))
			continue;
		s->p = p;
		add_word(s, WORD_TEMPLATE, begin)->lo = (unsigned)(hole - begin);
		s->words.items[s->words.n - 1].hi = (unsigned)(hole - begin + (long)n);
		return true;
	}
	return false;
}

static void take_letters(struct scanner *s)
{
	const char *begin = s->p;
	struct word *w;

	if (at_transport(s) && skip_digits(s, s->p + 3) - s->p > 4) /* TCP443 */
		s->p += 3;
	else
		while (s->p < s->end && (is_letter(*s->p) || is_digit(*s->p)))
			s->p++;
	w = add_word(s, WORD_OTHER, begin);
	for (size_t i = 0; i < ARRAY_LEN(meanings); i++) {
		if (!slice_is_nocase(w->text, meanings[i].word))
			continue;
		w->kind = meanings[i].kind;
		w->on = w->lo = meanings[i].value;
		return;
	}
	w->service = known_service(w->text);
	if (w->service)
		w->kind = WORD_SERVICE;
}

static void take_sign(struct scanner *s)
{
	static const struct {
		char c;
		enum word_kind kind;
	} signs[] = {
		{',', WORD_COMMA}, {';', WORD_COMMA}, {'\n', WORD_COMMA}, {'&', WORD_AND},
		{'+', WORD_AND},   {'/', WORD_SLASH}, {'|', WORD_OR},	  {'(', WORD_OPEN},
		{'[', WORD_OPEN},  {')', WORD_CLOSE}, {']', WORD_CLOSE},  {'*', WORD_ANY},
	};
	const char *begin = s->p++;

	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (*begin == signs[i].c)
			add_word(s, signs[i].kind, begin);
}

struct word *words_of(struct arena *a, struct slice phrase, size_t *n)
{
	const char *copy = plain_copy(a, phrase);
	struct scanner s = {.arena = a, .begin = copy, .p = copy, .end = copy + phrase.n};

	while (s.p < s.end) {
		skip_blanks(&s);
		if (s.p == s.end)
			break;
		if ((is_digit(*s.p) || *s.p == '<') && take_template(&s))
			continue;
		if (is_digit(*s.p))
			take_number(&s);
		else if (is_letter(*s.p))
			take_letters(&s);
		else
			take_sign(&s);
	}
	*n = s.words.n;
	return s.words.items;
}
