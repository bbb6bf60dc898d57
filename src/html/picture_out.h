/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages and pictures of commands: to a file, or among their answers. */
#pragma once

#include "output/markup.h"
#include "session/command.h"

/* What options say of a picture. */
struct picture_wish {
	unsigned int svg;   /* --svg */
	unsigned int force; /* -f: a file of that name is replaced */
	const char *file;   /* -w; NULL: among the answers */
};
/* Rows of a command's options, whose struct has WISH, a struct picture_wish. Options that ask
 * for answers of another shape are of the group 'S', too. */
// clang-format off
#define PICTURE_OPTIONS(STRUCT, WISH) \
	{ "-svg", AT(STRUCT, WISH.svg), .group = 'S', .help = "as a picture" }, \
	{ "w", WORD_FILE_NEW, AT(STRUCT, WISH.file), .value = "OUT.svg", \
	  .with = "-svg", .help = "to this file, which is new" }, \
	{ "f", AT(STRUCT, WISH.force), .with = "w", \
	  .help = "replace a file of that name" }
// clang-format on

/* Writes what draw() draws as a new file, which is there when it is complete, or not at all.
 * Without force, a file of that name is left alone, and it is an error; a file that answers
 * come from always is. *bytes: its size. */
bool markup_to_file(struct session *session, const char *path, bool force,
		    void (*draw)(struct markup *markup, const void *arg),
		    const void *arg, uint64_t *bytes, struct error *err);

/* Answers with a picture: in text, the picture itself; in JSON, the field "svg"; or with the
 * name of the file that it was written to. */
bool picture_answer(struct session *session, const struct picture_wish *wish,
		    void (*draw)(struct markup *markup, const void *arg),
		    const void *arg, struct error *err);
