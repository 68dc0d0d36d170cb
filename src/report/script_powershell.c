/* SPDX-License-Identifier: ISC
 *
 * For Windows PowerShell 5.1 and PowerShell 7. The first part says what is tried, script.ps1 how.
 */
#include "report/script.h"
#include "report/script_text.h"

enum { AT_ONCE = 16 };

static void add_setting(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, "$%s = ", name);
	script_quote_powershell(out, slice_of(value));
	buf_add_char(out, '\n');
}

static void add_quoted(struct buf *out, const char *s)
{
	script_quote_powershell(out, slice_of(s));
	buf_add_char(out, ' ');
}

static void add_message(struct buf *out, struct slice message)
{
	buf_add_char(out, '\'');
	for (size_t i = 0; i < message.n; i++)
		buf_addf(out, "%02x", (unsigned char)message.p[i]);
	buf_add_text(out, "' ");
}

/* Its command without the words that all have: the flow, the port, the target. */
static const char *command_of(const struct script_try *t)
{
	if (t->transport == TRANSPORT_UDP)
		return "Add-Udp ";
	return t->transport == TRANSPORT_ICMP ? "Add-Echo " : "Add-Tcp ";
}

static void add_try(const struct script_try *t, struct buf *out)
{
	buf_add_char(out, '\t');
	if (t->not_tried)
		buf_addf(out, "Add-Untried '%s' ", transport_names[t->transport]);
	else
		buf_add_text(out, command_of(t));
	add_quoted(out, t->flow);
	if (t->not_tried || t->transport != TRANSPORT_ICMP)
		buf_addf(out, "%u ", t->port);
	add_quoted(out, t->target);
	if (t->not_tried)
		add_quoted(out, t->not_tried);
	else if (t->transport == TRANSPORT_UDP)
		add_message(out, t->message);
	if (t->name && !t->not_tried)
		buf_add_text(out, "-ByName ");
	script_add_note(out, t);
}

static void write(const struct script *s, unsigned seconds, struct buf *out)
{
	char id[17];

	snprintf(id, sizeof(id), "%016llx", (unsigned long long)s->id);
	buf_add_text(out, "\nparam([string] $To = '')\nSet-StrictMode -Version 2\n"
			  "$ErrorActionPreference = 'Stop'\n");
	add_setting(out, "site", s->site);
	add_setting(out, "vantage", s->host);
	add_setting(out, "id", id);
	buf_addf(out, "$seconds = %u # to wait for an answer\n$atOnce = %d\n\n", seconds, AT_ONCE);
	buf_add_text(out, "function Get-Tries {\n");
	for (size_t i = 0; i < s->n_tries; i++)
		add_try(&s->tries[i], out);
	buf_add_text(out, "}\n\n");
	buf_add_text(out, script_text_ps1);
}

const struct script_kind script_powershell = {
	.name = "powershell",
	.suffix = "ps1",
	.first_line = "",
	.run = "powershell -ExecutionPolicy Bypass -File",
	.redirect = "-To",
	.seconds = 4, /* Windows itself tries a refused connection three times, for two seconds */
	.sends_udp = true,
	.write = write,
};
