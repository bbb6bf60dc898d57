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
 * the field stated before it. An object or a list of objects without a row is not shown. */
#pragma once

#include <stdbool.h>

enum field_place {
	IN_ROW,
	BELOW,
	RECORDS_ONLY, /* text does not show the field */
};

/* How text shows a number. The function that states the number, for example output_hex(), also
 * determines this. */
enum field_kind {
	KIND_AS_STATED, /* a hexadecimal number is a virtual address */
	KIND_ADDRESS, /* a virtual address with leading zeros, so that the column is aligned */
	KIND_PHYSICAL,
	KIND_PFN,
	KIND_ENTRY, /* 64-bit entry of a page table */
	KIND_IDENTIFIER, /* a hexadecimal number of at most 6 digits */
	KIND_NUMBER, /* decimal */
	KIND_PAGE_SIZE, /* a size in bytes: 4K, 2M */
	KIND_BYTES, /* an amount in bytes: 2 TiB, 120.6 MiB, 4 KiB, 512 B */
	/* an amount in bytes, a multiple of 1024, in a column that may be sorted: 123494K, 4K */
	KIND_KIB,
};

/* If the terminal is too narrow, columns of a rank below USUAL_RANK are left out: first the columns
 * of the lowest rank, and among equal ranks the rightmost column first. If the other columns still
 * do not fit, each answer is shown as a record with one field per line. Rank 0 means USUAL_RANK. */
enum { USUAL_RANK = 5, KEPT = 9 };

/* Special width of a column, for answers that have only one row: the width of the value in the
 * first row. */
enum { FITTED = 255 };

/* The text that is written around a value. */
struct field_text {
	/* join: text between this value and the previous value in the same cell (NULL: ", "), or
	 * between the values of a list (NULL: "|"). before, after: text before and after each
	 * value. */
	const char *join, *before, *after;
	/* Texts for the values of a boolean. If one of the two texts is NULL, that value is not
	 * shown. If both are NULL, "yes" and "no" are shown. */
	const char *yes, *no;
};

/* This struct is kept small, because there are hundreds of them, and the loader relocates all of
 * them when kwalk starts. */
struct field {
	const char *name;
	/* NULL: the name is also the heading. Fields with the same heading share a cell. If the
	 * heading begins with '.', it is not shown. */
	const char *heading;
	/* set by TEXT(); NULL, which most fields have: the usual text */
	const struct field_text *text;
	/* The fields of an object, or of the objects in a list. With LINE, the objects are a table
	 * below the row, or lines if their fields are LINEs. With COLUMN, each object has a row,
	 * which repeats the other columns. */
	const struct field *fields;
	enum field_place place : 8;
	enum field_kind kind : 8;
	unsigned char width; /* width of the longest common value; 0: the usual width */
	unsigned char rank;
	/* With BELOW, for an object whose fields have no rows in the table of fields: text shows
	 * all fields of the object, each after its name, with this many fields per line. */
	unsigned char pairs;
	bool quiet; /* if the value has STYLE_GOOD, it is not shown */
};

#define TEXT(...)                                                                                  \
	.text = &(const struct field_text)                                                         \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}

/* These macros make the rows of a table of fields, which ends with { 0 }. Other members can follow
 * NAME, as designated initializers. */
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

/* Makes a table of these rows. */
#define FIELDS(...) ((const struct field[]){ __VA_ARGS__, { 0 } })

/* How text shows the answers of a command. */
struct record {
	const struct field *fields; /* ends with a field without a name */
	/* Above each answer is a heading, and below each answer an empty line. */
	bool apart;
	/* All columns of the table are shown, even if the first answers do not have some of the
	 * fields. */
	bool fixed;
	/* Fields without a row in the table are not shown. If there is no table either, text does
	 * not show the answers at all: it shows the content in another form (help, rd -a), or as an
	 * error message (search). The next two members imply this. */
	bool closed;
	/* The user chose the columns: like closed, but objects in the answer have all their fields. */
	bool chosen;
	bool plain; /* no headings; columns are separated by one blank, and not padded */
	/* The answers are not rows of a table. Each line contains the fields that share a heading,
	 * and begins with that heading. */
	bool labelled;
};
