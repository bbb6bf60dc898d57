/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words that a command takes: tables of options and arguments. Parsing, usage, help,
 * completion, and what the helper outside of the sandbox may open all come from them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "cli/feature.h"
#include "sandbox/outside.h"

struct command;
struct session;

/* The kind of a word: word_kind_name() shows what it looks like. */
enum word_kind {
	WORD_NONE, /* an option without a value */
	WORD_TEXT, /* anything */
	WORD_VALUE, /* a number, a symbol, a sum, or a text to search for */
	WORD_CHOICE, /* one of the row's choices */
	WORD_ADDRESS, /* virtual: a number, a symbol, a sum */
	WORD_PHYSICAL,
	WORD_END, /* of a range: its last address, or +SIZE */
	WORD_PFN,
	WORD_NUMBER, /* hexadecimal */
	WORD_COUNT, /* decimal, or hexadecimal with 0x */
	WORD_PROCESS, /* pid, name, address of a task or an mm */
	WORD_ROOT, /* of a page table: physical, or a CR3 */
	WORD_SYMBOL,
	WORD_MODULE,
	WORD_REGION,
	WORD_DEVICE, /* a PCI function */
	WORD_GUEST, /* a virtual machine */
	WORD_COMMAND,
	WORD_FILE_READ,
	WORD_FILE_NEW,
	WORD_DUMP_NEW,
	WORD_DUMP, /* a dump, or its vmlinux */
	NR_WORD_KINDS
};

/* The words that a WORD_CHOICE may be. */
struct choices {
	const char *const *name;
	unsigned int nr;
};

/* A row of a command's options; one without name ends the table. */
struct command_option {
	const char *name; /* after the dash: "p", "16", "-guest"; no name begins with another
			   * name */
	enum word_kind kind : 8; /* of its value */
	enum feature feature : 8; /* the part of the program that it needs */
	/* offsetof() of the value in the command's struct of options. WORD_NONE: an unsigned
	 * int, which becomes set_to. WORD_CHOICE: an unsigned int, the word's place from 1 on.
	 * WORD_COUNT and WORD_NUMBER: a struct number_given. Else a const char *, the word. */
	unsigned short at;
	unsigned char set_to; /* 0: 1 */
	char group; /* of options with the same letter only one is given; 0: of no group */
	bool required;
	bool alone; /* no arguments are given with it */
	bool of_table; /* PROCESS or ROOT: chooses the page table that the command walks */
	const char *value; /* its name in the usage; NULL: the name of the kind */
	const struct choices *choices; /* of WORD_CHOICE; else NULL */
	const char *second; /* a second word follows: its name; it is stored after the first */
	const char *with; /* the option that it needs, or NULL */
	/* Lines of up to 60 columns, no newline at the end. NULL: the help of the next row
	 * covers this one, too. */
	const char *help;
};

/* A row of a command's arguments, in their order; one without name ends the table. */
struct command_argument {
	const char *name; /* in the usage: "ADDR" */
	enum word_kind kind;
	unsigned int least, most; /* of them; most may be MANY */
	/* The name of an option: if it is given, rows with this name replace the rows without
	 * one. */
	const char *with;
	const struct choices *choices; /* words that may stand there, too; may be NULL */
};

enum { MANY = 1 << 30 };

/* The value of a WORD_COUNT or WORD_NUMBER. */
struct number_given {
	uint64_t value;
	bool given;
};

/* The name of such a word in usages: "ADDR". */
const char *word_kind_name(enum word_kind kind);
/* May the helper open a file that such a word names in this way? */
bool word_kind_opens(enum word_kind kind, enum outside_kind how);
/* In any way? */
bool word_kind_is_file(enum word_kind kind);

/* The word's place among the choices, from 1 on; 0: it is none of them. */
unsigned int choices_find(const struct choices *choices, const char *word);

/* The name of the option's value in usages. */
const char *option_value_name(const struct command_option *option);

/* What options_read() found. Values are borrowed from the words. */
struct option_reader {
	/* Takes one; value is NULL where none was given, second where none is taken. */
	bool (*take)(void *arg, const struct command_option *option, const char *value,
		     const char *second, struct error *err);
	void *arg;
	uint32_t seen; /* bit N: row N of the table; set by options_read() */
};

enum { MOST_OPTIONS = 32 }; /* rows of a command */

/* Reads options, joined ("-au", "-p1", "--vcpu=1") or not, before and after the arguments, up to
 * "--". Moves them before the arguments, and *words on to the first argument. */
bool options_read(const struct command *command, char ***words, struct option_reader *reader,
		  struct error *err);

/* For a word that begins with a dash: the option whose value is the next word; NULL: there is
 * none. Adds the options of the word to *seen, by rows. */
const struct command_option *option_before_value(const struct command *command, const char *word,
						 uint32_t *seen);

/* Was an option of that name read? */
bool option_is_seen(const struct command *command, const char *name, uint32_t seen);

/* The option in seen that is given without arguments, or NULL. */
const struct command_option *option_alone(const struct command *command, uint32_t seen);

/* The first row of the arguments that are taken with the options in seen, and the next one; a
 * row without name is the end. */
const struct command_argument *arguments_first(const struct command *command, uint32_t seen);
const struct command_argument *arguments_next(const struct command_argument *argument);

/* Must there be arguments, whatever the options are? */
bool arguments_needed(const struct command *command);
/* Does the command take words of this kind? */
bool command_takes(const struct command *command, bool (*is_wanted)(enum word_kind kind));
