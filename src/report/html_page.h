/* SPDX-License-Identifier: ISC
 *
 * The page's style and script, from page.css and page.js: a page has everything in itself and asks
 * nobody for anything.
 */
#pragma once

extern const char html_page_css[], html_page_js[];
