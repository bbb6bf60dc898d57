/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report as one HTML file. The file consists of page.html, the style, the script, and the data as
 * JSON, from which the script draws the page. */
#pragma once

#include "report/report.h"

/* Writes the report to a new file, which appears only when it is complete. If the file exists, that
 * is an error unless force is true. If answers are read from the file, that is always an error.
 * Answers with the path and size of the file. */
bool report_write_page(const struct report *report, struct session *session, const char *path,
		       bool force, struct error *err);

/* The pieces of page.html between the places where values are inserted. Made by
 * build-aux/embed-page. */
enum { PIECE_TITLE, PIECE_SUMMARY, PIECE_DATA, PIECE_END, NR_PIECES };
extern const char *const page_pieces[NR_PIECES];
