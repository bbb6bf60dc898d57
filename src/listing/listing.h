/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Listings: tables of text that describe lists of the kernel's data. doc/kwalk-commands.7 has the syntax.
 * The listings of listings.txt, which are part of the program, and the listings of users have the same syntax. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum step_kind {
	STEP_OF, /* some values: EXPR, EXPR... */
	STEP_CPU, /* the copy of a per-CPU variable of each CPU: NAME */
	STEP_ARRAY, /* an array, or a pointer to COUNT elements; not its NULL pointers: EXPR[, COUNT] */
	STEP_LIST, /* a list with a head: EXPR, TYPE.MEMBER */
	STEP_CHAIN, /* the structs from the first one up to NULL: EXPR, TYPE.MEMBER */
	STEP_RBTREE, /* EXPR, TYPE.MEMBER */
	STEP_MAPLE, /* and the next two: EXPR, TYPE */
	STEP_XARRAY,
	STEP_RADIX,
	STEP_SUM, /* the sum over all CPUs of a number in per-CPU memory: EXPR, in the copy of CPU 0 */
	STEP_CDEV, /* the cdev of a char_device_struct: EXPR */
	STEP_CLASS, /* the devices of a class: EXPR, its struct class, and EXPR, their type */
	STEP_SOCKETS, /* the open files of a task that are sockets: EXPR */
	STEP_OR, /* no step: what follows is an alternative to the steps before */
	STEP_PART, /* no step: what follows are further rows */
	NR_STEP_KINDS
};

enum column_kind {
	COLUMN_VALUE, /* as the type of the value demands */
	COLUMN_ADDRESS, /* the address of a struct, or a pointer */
	COLUMN_SYMBOL, /* the symbol at an address */
	COLUMN_FUNCTION, /* likewise, where each kernel has a function */
	COLUMN_TEXT, /* the text that a pointer or array has */
	COLUMN_HEX,
	COLUMN_SECONDS, /* of a number of nanoseconds */
	COLUMN_PATH, /* of a struct mount, file or dentry */
	COLUMN_ADDRESSES, /* the IP addresses of a net_device */
	COLUMN_LOCAL, /* the local address of a struct sock */
	COLUMN_REMOTE,
	COLUMN_FAMILY, /* a number, such as 2: AF_INET */
	COLUMN_SOCK_STATE, /* a number, such as 10: LISTEN */
	COLUMN_PID, /* of the task at an address, or of the task that a poll_wqueues belongs to */
	COLUMN_COMM,
	COLUMN_OCTAL,
	COLUMN_CPUS, /* of a struct cpumask, such as 0-3,8 */
	COLUMN_SIGNAL, /* a number, such as 9: SIGKILL */
	COLUMN_HANDLER, /* the address of a function of a process, SIG_DFL or SIG_IGN */
	COLUMN_PART, /* the name of the part that the row is of; no expression */
	COLUMN_NONE, /* no expression; the last alternative: kernels may have no such column */
	NR_COLUMN_KINDS
};

enum {
	STEP_TEXTS = 8,
	COLUMN_TEXTS = 4,
	MOST_STEPS = 40,
	MOST_DEPTH_OF_STEPS = 8,
	MOST_COLUMNS = 24,
	LISTING_NAME = 32
};

struct listing_step {
	enum step_kind kind;
	/* "$NAME" is the element, and "$NAME_nr" its index; STEP_PART: the name of the part */
	const char *name;
	/* If there are no elements, there is a row in which the element is NULL. STEP_PART: kernels may lack it. */
	bool optional;
	const char *text[STEP_TEXTS]; /* the expressions and the member */
	size_t nr_texts;
	unsigned int line;
};

/* Columns of the same name follow each other: the first whose expression exists is used. */
struct listing_column {
	enum column_kind kind;
	const char *name;
	/* The expressions: what is shown, and numbers that are equal to it in a kernel without damage. */
	const char *text[COLUMN_TEXTS];
	size_t nr_texts;
	unsigned int width; /* 0: the usual width of the kind */
	unsigned int line;
};

struct listing {
	const char *name, *summary;
	const char *file; /* NULL: it is part of the program */
	unsigned int line;
	/* The word after the listing's name on the command line is "$TAKEN". Its type is a text such as "struct
	 * page *", or "process": then it is the task_struct. NULL: the listing takes no word. */
	const char *taken, *taken_type;
	struct listing_step step[MOST_STEPS];
	size_t nr_steps;
	struct listing_column column[MOST_COLUMNS];
	size_t nr_columns;
};

struct listings {
	struct listing *listing; /* owned */
	size_t nr, room;
	/* The user's listings, which listings_start() adds. Borrowed; NULL: none. */
	const char *more, *more_file;
	size_t more_size;
	struct error wrong; /* what is wrong with them, if its code is not 0 */
	char **text; /* owned; the texts to which the listings point */
	size_t nr_texts, texts_room;
};

/* Adds the listings of the program and of the user at the first call. Fails if a listing of the user is wrong;
 * then only the listings of the program are there. */
bool listings_start(struct listings *listings, struct error *err);
const struct listing *listings_find(const struct listings *listings, const char *name);
void listings_release(struct listings *listings);

extern const char listing_text[]; /* listings.txt */
