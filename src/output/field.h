/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fields of a command's answers. The command states each field once, by name. Records (JSON,
 * CSV) have all fields in the order in which they are stated. A table of fields determines how text
 * shows them:
 *
 *   VIRTUAL   PHYSICAL  SIZE            fields IN_ROW: columns
 *   c1000000  1000000   4M
 *     LEVEL  ENTRY AT  FLAGS            a list of objects BELOW: a table whose columns are
 *     pgd    1c01c10   PRESENT|RW       the fields of its objects
 *     ACCESS: kernel only, writable     fields BELOW that share a heading: a line
 *
 * Text has fields in the order of the table. A field without a row in the table is a column after
 * the field stated before it; an object, or a list of objects, is not shown. */
#pragma once

#include <stdbool.h>

enum field_place {
	IN_ROW,
	BELOW,
	RECORDS_ONLY, /* text does not show it */
};

/* How text shows a number, in addition to the function that states it. */
enum field_kind {
	KIND_AS_STATED, /* hexadecimal numbers are virtual addresses */
	KIND_ADDRESS, /* a virtual address with leading zeros, to align the column */
	KIND_PHYSICAL,
	KIND_PFN,
	KIND_ENTRY, /* 64-bit entry of a page table */
	KIND_IDENTIFIER, /* hexadecimal, of at most 6 digits */
	KIND_NUMBER, /* decimal */
	KIND_PAGE_SIZE, /* in bytes: 4K, 2M */
	KIND_BYTES, /* an amount: 2 TiB, 120.6 MiB, 4 KiB, 512 B */
};

/* On a narrow terminal columns of a rank below USUAL_RANK are left out: the lowest rank first,
 * among equals the rightmost first. If the other columns do not fit, either, each answer is shown
 * as a record with one field per line. 0 means USUAL_RANK. */
enum { USUAL_RANK = 5, KEPT = 9 };

/* Column width for answers of one row: the width of the value in the first row. */
enum { FITTED = 255 };

/* The text around a value. */
struct field_text {
	/* join: before a value that follows another one in its cell, NULL: ", "; between the values
	 * of a list, NULL: "|". before, after: always around the value. */
	const char *join, *before, *after;
	/* Texts of a boolean; NULL: this value is not shown. Both NULL: "yes" and "no". */
	const char *yes, *no;
};

/* Small, as there are hundreds of these, and the loader relocates all of them at the start. */
struct field {
	const char *name;
	/* NULL: the name. Fields with the same heading share a cell. A heading that begins with '.'
	 * is not shown. */
	const char *heading;
	const struct field_text *text; /* set by TEXT(); NULL: usual, as for most fields */
	/* The fields of an object, or of the objects in a list. A field of place LINE is a table
	 * below the row, or if the objects have lines, these lines. A COLUMN has a row for each
	 * object, and all these rows repeat the other columns. */
	const struct field *fields;
	enum field_place place : 8;
	enum field_kind kind : 8;
	unsigned char width; /* width of the longest common value; 0: usual */
	unsigned char rank;
	/* With BELOW, for an object without fields: shows all fields of the object, each after its
	 * name, this many per line. */
	unsigned char pairs;
	bool quiet; /* a value with STYLE_GOOD is not shown */
};

#define TEXT(...)                                                                                  \
	.text = &(const struct field_text)                                                         \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}

/* Rows of a table, which ends with { 0 }. Further members follow the name, as designators. */
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

/* The form of a command's answers. */
struct record {
	const struct field *fields; /* ends with a field without a name */
	/* Each answer has its own heading above, and an empty line below. */
	bool apart;
	/* All columns of the table are shown, even if the first answers lack some of them. */
	bool fixed;
	bool plain; /* without headings; columns have one blank between them, and no padding */
	bool closed; /* fields without a row in the table are not shown */
	bool joined; /* text joins answers that continue each other: output_joins() */
	/* Only records show the answers, as text of the same command has the content in another
	 * form (help, rd -a), or in a complaint (search). Answers that are lists of fields have
	 * rows instead. */
	bool unseen;
	/* Answers are not rows of a table: fields that share a heading are one line, after the
	 * heading. Fields without a row in the table are not shown. */
	bool labelled;
};
