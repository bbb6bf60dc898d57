/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the answers of a command have. The command states each field once, by name;
 * records (JSON, CSV) have all of them in the order in which they are stated. A table of
 * fields says how text shows them:
 *
 *   VIRTUAL   PHYSICAL  SIZE            fields IN_ROW: columns
 *   c1000000  1000000   4M
 *     LEVEL  ENTRY AT  FLAGS            a list of objects BELOW: a table, whose columns are
 *     pgd    1c01c10   PRESENT|RW       the fields of its objects
 *     ACCESS: kernel only, writable     fields BELOW that share a heading: a line
 *
 * Text has fields in the order of the table. A field without a row here is a column
 * behind the one stated before it; an object, or a list of objects, is not shown.
 */
#pragma once

#include <stdbool.h>

enum field_place {
	IN_ROW,
	BELOW,
	RECORDS_ONLY, /* text does not show it */
};

/* How a number is shown, in addition to the call that states it. */
enum field_kind {
	KIND_AS_STATED, /* hexadecimal ones are virtual addresses */
	KIND_ADDRESS, /* the same, with leading zeros: others in the column are longer */
	KIND_PHYSICAL,
	KIND_PFN,
	KIND_ENTRY, /* of a page table: 64 bits */
	KIND_IDENTIFIER, /* hexadecimal, of at most 6 digits */
	KIND_NUMBER, /* decimal */
	KIND_PAGE_SIZE, /* in bytes: 4K, 2M */
	KIND_BYTES, /* an amount: 2 TiB, 120.6 MiB, 4 KiB, 512 B */
};

/* On a narrow terminal columns below USUAL_RANK are left out: the lowest rank first, and of one
 * rank the rightmost first. If the other columns do not fit either, each answer is a record with
 * one field a line. 0 means USUAL_RANK. */
enum { USUAL_RANK = 5, KEPT = 9 };

/* The width of a column: as wide as the value in the first row, for answers of one row. */
enum { FITTED = 255 };

/* The text around a value. */
struct field_text {
	/* join: before a value that follows another one in its cell, NULL: ", "; between the
	 * values of a list, NULL: "|". before, after: always around the value. */
	const char *join, *before, *after;
	/* What a boolean is called, NULL: the cell leaves that value out. Both NULL: "yes"
	 * and "no". */
	const char *yes, *no;
};

/* Small, as there are hundreds, and the loader touches them all at the start. */
struct field {
	const char *name;
	/* NULL: the name. Fields with the same heading share its cell. A heading that begins
	 * with '.' is not shown. */
	const char *heading;
	const struct field_text *text; /* by TEXT(); NULL: usual, as most are */
	/* Of an object, or the objects of a list: a LINE is a table below the row, or where
	 * they have lines, these. A COLUMN has a row for each object, which all repeat the
	 * other columns. */
	const struct field *fields;
	enum field_place place : 8;
	enum field_kind kind : 8;
	unsigned char width; /* of the longest common value; 0: usual */
	unsigned char rank;
	/* BELOW, for an object without fields here: shows all of its fields, each after its
	 * name, this many in a line. */
	unsigned char pairs;
	bool quiet; /* a value that is as it should be (STYLE_GOOD) is left out */
};

#define TEXT(...)                                                                                  \
	.text = &(const struct field_text)                                                         \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}

/* Rows of a table, whose last one is { 0 }: what is designated follows the name. */
#define COLUMN(NAME, ...)                                                                          \
	{                                                                                          \
		.name = (NAME), ##__VA_ARGS__                                                      \
	}
#define LINE(NAME, ...)                                                                            \
	{                                                                                          \
		.name = (NAME), .place = BELOW, ##__VA_ARGS__                                      \
	}
#define HIDDEN(NAME)                                                                               \
	{                                                                                          \
		.name = (NAME), .place = RECORDS_ONLY                                              \
	}

/* The answers of a command. */
struct record {
	const struct field *fields; /* the last one has no name */
	/* Each answer stands alone: a heading above it, an empty line below it. */
	bool apart;
	/* All columns of the table are shown, even if the first answers lack some. */
	bool fixed;
	bool plain; /* without headings; one blank between columns, which are not padded */
	bool closed; /* fields without a row here are not shown */
	bool joined; /* text shows answers that continue each other as one: output_joins() */
	/* Answers of records alone, as text says the same in words: free text of the same command
	 * (help, rd -a), or a complaint (search). Whatever is a list of fields has rows instead. */
	bool unseen;
	/* Answers are no rows of a table: fields that share a heading are one line, after the
	 * heading. Fields without a row here are not shown. */
	bool labelled;
};
