/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report as one HTML file: page.html with its style and script, and the data as JSON, which
 * the script draws. */
#pragma once

#include "report/report.h"

/* Writes it as a new file, which is there when it is complete, or not at all. Without force, a
 * file of that name is left alone, and it is an error; a file that answers come from always
 * is. Answers with its path and size. */
bool report_write_page(const struct report *report, struct session *session, const char *path,
		       bool force, struct error *err);

/* page.html, cut where values are put in: build-aux/embed-page makes it. */
enum { PIECE_TITLE, PIECE_SUMMARY, PIECE_DATA, PIECE_END, NR_PIECES };
extern const char *const page_pieces[NR_PIECES];
