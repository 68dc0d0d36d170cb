/* SPDX-License-Identifier: ISC */
#include "report/html.h"

#include "base/escape.h"
#include "report/html_page.h"

void html_text(struct buf *out, const char *s)
{
	escape_html(out, slice_of(s));
}

void html_element(struct buf *out, const char *tag, const char *class, const char *s)
{
	buf_addf(out, "<%s class=\"%s\">", tag, class);
	html_text(out, s);
	buf_addf(out, "</%s>", tag);
}

void html_tile(struct buf *out, const char *class, size_t n, const char *what)
{
	buf_addf(out, "<li class=\"%s\"><b>%zu</b> %s</li>", n ? class : "none", n, what);
}

void html_fact(struct buf *out, const char *label, const char *text)
{
	if (!text || !*text)
		return;
	buf_addf(out, "<dt>%s</dt>", label);
	html_element(out, "dd", "", text);
}

void html_start(const struct html_head *head, struct buf *out)
{
	buf_add_text(out,
		     "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		     "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n<title>");
	html_text(out, head->name);
	buf_add_text(out, "</title>\n<style>\n");
	buf_add_text(out, html_page_css);
	buf_add_text(out, "</style>\n</head>\n<body>\n<header>\n");
	html_element(out, "p", "brand", head->brand);
	buf_add_text(out, "<h1>");
	html_text(out, head->heading);
	buf_add_text(out, "</h1>\n");
	html_element(out, "p", "answer", head->answer);
	buf_add_text(out, "\n</header>\n");
}

/* These bytes stand only inside strings, where \u means the same; so nothing ends the script. */
static void add_json_in_script(struct buf *out, const struct buf *json)
{
	for (size_t i = 0; i < json->n; i++) {
		char c = json->data[i];

		if (c == '<' || c == '>' || c == '&')
			buf_addf(out, "\\u%04x", (unsigned)c);
		else if (slice_has_prefix(slice_skip(buf_slice(json), i), "\xe2\x80\xa8") ||
			 slice_has_prefix(slice_skip(buf_slice(json), i), "\xe2\x80\xa9"))
			buf_addf(out, "\\u%04x", 0x2000 | (json->data[i += 2] & 0x3f));
		else
			buf_add_char(out, c);
	}
}

void html_stop(const struct buf *json, struct buf *out)
{
	buf_add_text(out, "<script type=\"application/json\" id=\"data\">");
	add_json_in_script(out, json);
	buf_add_text(out, "</script>\n<script>\n");
	buf_add_text(out, html_page_js);
	buf_add_text(out, "</script>\n");
	html_end(out);
}

void html_filters(const char *const *names, size_t n, const char *placeholder, struct buf *out)
{
	buf_addf(out,
		 "<form class=\"filters\"><input type=\"search\" name=\"search\" "
		 "placeholder=\"search: %s\" aria-label=\"search\">",
		 placeholder);
	for (size_t i = 0; i < n; i++)
		buf_addf(out,
			 "<label>%s <select name=\"%s\"><option value=\"\">all</option></select>"
			 "</label>",
			 names[i], names[i]);
	buf_add_text(out, "<button type=\"button\" name=\"open\">open all</button>"
			  "<button type=\"button\" name=\"data\">save as JSON</button>"
			  "<button type=\"button\" name=\"theme\">dark / light</button>"
			  "<output></output></form>\n");
}

void html_table_start(const struct html_column *columns, size_t n, const char *by, struct buf *out)
{
	buf_addf(out, "<table data-by=\"%s\"><thead><tr>", by);
	for (size_t i = 0; i < n; i++)
		buf_addf(out, "<th><button type=\"button\" data-key=\"%s\">%s</button></th>",
			 columns[i].key, columns[i].title);
	buf_add_text(out, "</tr></thead>\n");
}

void html_end(struct buf *out)
{
	buf_add_text(out, "</body>\n</html>\n");
}
