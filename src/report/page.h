/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report as one HTML file: page.html with style and script, and the data as JSON, which the
 * script draws. */
#pragma once

#include "report/report.h"

/* Writes the report as a new file, which appears only when it is complete. Without force, an
 * existing file is an error; a file that answers are read from is always an error. Answers with
 * path and size of the file. */
bool report_write_page(const struct report *report, struct session *session, const char *path,
		       bool force, struct error *err);

/* page.html, split where values are inserted: made by build-aux/embed-page. */
enum { PIECE_TITLE, PIECE_SUMMARY, PIECE_DATA, PIECE_END, NR_PIECES };
extern const char *const page_pieces[NR_PIECES];
