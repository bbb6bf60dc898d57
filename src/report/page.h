/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report as one HTML file, which consists of page.html, the style, the script, and the data as
 * JSON. The script draws the page from the data. */
#pragma once

#include "report/report.h"

/* Writes the report to a new file, which becomes visible only when it is complete, and answers with
 * the file's path and size. If the file exists, fails unless force is true. Always fails if the
 * file is an input file of kwalk. */
bool report_write_page(const struct report *report, struct session *session, const char *path,
		       bool force, struct error *err);

/* page.html is divided into these pieces, at the places where values are inserted.
 * build-aux/embed-page divides the file. */
enum { PIECE_TITLE, PIECE_SUMMARY, PIECE_DATA, PIECE_END, NR_PIECES };
extern const char *const page_pieces[NR_PIECES];
