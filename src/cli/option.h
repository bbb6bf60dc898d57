/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a command: tables of its options and arguments. These tables are used for parsing,
 * usage, help and completion, and to check which files the helper outside of the sandbox may
 * open. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "cli/feature.h"
#include "sandbox/outside.h"

struct command;
struct session;

/* The kind of a word. word_kind_name() returns the name that usages show. */
enum word_kind {
	WORD_NONE, /* an option without value */
	WORD_TEXT, /* any text */
	WORD_VALUE, /* a number, a symbol, a sum, or a text to search for */
	WORD_CHOICE, /* one of the row's choices */
	WORD_ADDRESS, /* a virtual address: number, symbol or sum */
	WORD_PHYSICAL,
	WORD_END, /* end of a range: the last address, or +SIZE */
	WORD_PFN,
	WORD_NUMBER, /* a hexadecimal number */
	WORD_COUNT, /* a number that is decimal, or hexadecimal with 0x */
	WORD_PROCESS, /* a process: its pid or name, or the address of a task or mm */
	WORD_ROOT, /* root of a page table: a physical address, or a value of CR3 */
	WORD_SYMBOL,
	WORD_MODULE,
	WORD_REGION,
	WORD_DEVICE, /* name of a PCI function */
	WORD_GUEST, /* name of a virtual machine */
	WORD_COMMAND,
	WORD_FILE_READ,
	WORD_FILE_NEW,
	WORD_DUMP_NEW,
	WORD_DUMP, /* a dump, or its vmlinux */
	NR_WORD_KINDS
};

/* The words that a WORD_CHOICE can be. */
struct choices {
	const char *const *name;
	unsigned int nr;
};

/* A row of a command's options. The table ends with a row without a name. */
struct command_option {
	/* The option without its dash: "p", "16", "-guest". No name may be the start of another
	 * name. */
	const char *name;
	enum word_kind kind : 8; /* kind of the option's value */
	enum feature feature : 8; /* the part of the program that the option needs */
	/* offsetof() of the value in the command's struct of options. The type of the value depends
	 * on kind. WORD_NONE: an unsigned int, which is set to set_to. WORD_CHOICE: an unsigned
	 * int, the index of the word, from 1 on. WORD_COUNT and WORD_NUMBER: a struct number_given.
	 * All other kinds: a const char *, the word. */
	unsigned short at;
	unsigned char set_to; /* 0 means 1 */
	char group; /* options with the same letter exclude each other; 0: no group */
	bool required;
	bool alone; /* no arguments are allowed with this option */
	bool of_table; /* a PROCESS or ROOT that chooses the command's page table */
	const char *value; /* name of the value in the usage; NULL: the usual name of its kind */
	const struct choices *choices; /* the choices of a WORD_CHOICE, otherwise NULL */
	const char *second; /* name of a second word, stored after the first one; NULL: none */
	const char *with; /* name of an option that this option requires, or NULL */
	/* Lines of up to 60 columns, without a newline at the end. NULL: the help of the next row
	 * describes this option, too. */
	const char *help;
};

/* A row of a command's arguments, in order. The table ends with a row without a name. */
struct command_argument {
	const char *name; /* name in the usage: "ADDR" */
	enum word_kind kind;
	unsigned int least, most; /* number of words; most may be MANY */
	/* The name of an option. If the option is given, the rows with its name are used instead of
	 * the rows without a name of an option. */
	const char *with;
	const struct choices *choices; /* words that are allowed, too; may be NULL */
};

enum { MANY = 1 << 30 };

/* The value of a WORD_COUNT or WORD_NUMBER. */
struct number_given {
	uint64_t value;
	bool given;
};

/* Returns the name of such a word in the usage, for example "ADDR". */
const char *word_kind_name(enum word_kind kind);
/* May the helper open files in this way, if words of this kind name them? */
bool word_kind_opens(enum word_kind kind, enum outside_kind how);
/* May the helper open files in any way, if words of this kind name them? */
bool word_kind_is_file(enum word_kind kind);

/* Returns the index of the word in the choices, from 1 on, or 0 if the word is not a choice. */
unsigned int choices_find(const struct choices *choices, const char *word);

/* Returns the name that the usage shows for the option's value. */
const char *option_value_name(const struct command_option *option);

/* Receives the options that options_read() finds. Values are borrowed from the words. */
struct option_reader {
	/* Takes one option. value is NULL if no value was given, and second is NULL if the option
	 * has no second word. */
	bool (*take)(void *arg, const struct command_option *option, const char *value,
		     const char *second, struct error *err);
	void *arg;
	/* Bit N is set if the option in row N of the table was found. Set by options_read(). */
	uint32_t seen;
};

enum { MOST_OPTIONS = 32 }; /* the largest number of rows in a table of options */

/* Reads the options, which may be before and after the arguments, up to "--". Options may be joined
 * ("-au", "-p1", "--vcpu=1"). Moves all options before the arguments, and *words to the first
 * argument. */
bool options_read(const struct command *command, char ***words, struct option_reader *reader,
		  struct error *err);

/* If the word begins with a dash, and the value of its last option is the next word, returns that
 * option, otherwise NULL. Adds all options of the word to *seen, as bits by row. */
const struct command_option *option_before_value(const struct command *command, const char *word,
						 uint32_t *seen);

/* Was an option with this name read? */
bool option_is_seen(const struct command *command, const char *name, uint32_t seen);

/* Returns the option in seen that excludes arguments, or NULL. */
const struct command_option *option_alone(const struct command *command, uint32_t seen);

/* arguments_first() returns the first row of arguments that is valid with the options in seen.
 * arguments_next() returns the next such row. After the last row, a row without a name is
 * returned. */
const struct command_argument *arguments_first(const struct command *command, uint32_t seen);
const struct command_argument *arguments_next(const struct command_argument *argument);

/* Does the command need arguments with any of its options? */
bool arguments_needed(const struct command *command);
/* Does the command take a word of a kind for which is_wanted() returns true? */
bool command_takes(const struct command *command, bool (*is_wanted)(enum word_kind kind));
