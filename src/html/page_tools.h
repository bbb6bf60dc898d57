/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sections of a page are made of. */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "output/markup.h"

/* "<h2 id=ID>TITLE</h2>" at the start of a section; page_close() ends it. */
void page_open(struct markup *markup, const char *id, const char *title);
void page_close(struct markup *markup);
/* A table that scrolls by itself where it is wider than the page; columns: its headings,
 * separated by '|'; of numbers with '#' before them, of what is not to be broken with '='.
 * filter: rows can be searched. */
void page_table(struct markup *markup, const char *caption, const char *columns,
		bool filter);
void page_table_end(struct markup *markup);
/* "Not known: WHY." */
void page_not_known(struct markup *markup, const struct error *why);
void page_size(struct markup *markup, uint64_t bytes); /* a cell with a size */
void page_count(struct markup *markup, uint64_t count); /* a cell with a number */
