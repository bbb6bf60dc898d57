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
	RECORDS_ONLY, /* text does not show the field */
};

/* How text shows a number, in addition to the function that states it. */
enum field_kind {
	KIND_AS_STATED, /* a hexadecimal number is a virtual address */
	KIND_ADDRESS, /* a virtual address with leading zeros, to align the column */
	KIND_PHYSICAL,
	KIND_PFN,
	KIND_ENTRY, /* 64-bit entry of a page table */
	KIND_IDENTIFIER, /* hexadecimal, of at most 6 digits */
	KIND_NUMBER, /* decimal */
	KIND_PAGE_SIZE, /* in bytes: 4K, 2M */
	KIND_BYTES, /* an amount: 2 TiB, 120.6 MiB, 4 KiB, 512 B */
};

/* On a narrow terminal, columns of a rank below USUAL_RANK are left out: the lowest rank first, and
 * of equal ranks the rightmost column first. If the other columns do not fit either, each answer is
 * shown as a record with one field per line. A rank of 0 means USUAL_RANK. */
enum { USUAL_RANK = 5, KEPT = 9 };

/* The width of a column in answers of one row: the width of the value in the first row. */
enum { FITTED = 255 };

/* The text around a value. */
struct field_text {
	/* join: text before a value that follows another value in the same cell (NULL: ", "), or
	 * between the values of a list (NULL: "|"). before, after: text around the value in all
	 * cases. */
	const char *join, *before, *after;
	/* Texts of a boolean. If one of them is NULL, that value is not shown. If both are NULL:
	 * "yes" and "no". */
	const char *yes, *no;
};

/* Small, because there are hundreds of these, and the loader relocates all of them when kwalk
 * starts. */
struct field {
	const char *name;
	/* NULL: the name is the heading. Fields with the same heading share a cell. A heading that
	 * begins with '.' is not shown. */
	const char *heading;
	const struct field_text *text; /* set by TEXT(); NULL, as in most fields: the usual text */
	/* The fields of an object, or of the objects in a list. With LINE, the objects are a table
	 * below the row, or lines if their fields are LINEs. With COLUMN, there is a row for each
	 * object, and all these rows repeat the other columns. */
	const struct field *fields;
	enum field_place place : 8;
	enum field_kind kind : 8;
	unsigned char width; /* width of the longest common value; 0: usual */
	unsigned char rank;
	/* With BELOW, for an object whose fields have no rows in a table: shows all its fields,
	 * each after its name, with this many fields per line. */
	unsigned char pairs;
	bool quiet; /* a value with STYLE_GOOD is not shown */
};

#define TEXT(...)                                                                                  \
	.text = &(const struct field_text)                                                         \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}

/* Rows of a table of fields, which ends with { 0 }. Other members can follow the name, as
 * designated initializers. */
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
	/* Each answer has a heading above it and an empty line below it. */
	bool apart;
	/* All columns of the table are shown, even if the first answers lack some of them. */
	bool fixed;
	bool plain; /* without headings; columns have one blank between them, and no padding */
	bool closed; /* fields without a row in the table are not shown */
	bool joined; /* text joins answers that continue each other: see output_joins() */
	/* Only records show the answers, because text of the same command shows the content in
	 * another form (help, rd -a) or as a complaint (search). */
	bool unseen;
	/* Answers are not rows of a table. Fields that share a heading are one line, which begins
	 * with the heading. Fields without a row in the table of fields are not shown. */
	bool labelled;
};
