/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a command: tables of options and arguments. Parsing, usage, help, completion, and
 * the check which files the helper outside of the sandbox may open, all use these tables. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "cli/feature.h"
#include "sandbox/outside.h"

struct command;
struct session;

/* The kind of a word: word_kind_name() is its name in usages. */
enum word_kind {
	WORD_NONE, /* an option without value */
	WORD_TEXT, /* any text */
	WORD_VALUE, /* a number, a symbol, a sum, or a text to search for */
	WORD_CHOICE, /* one of the row's choices */
	WORD_ADDRESS, /* a virtual address: number, symbol or sum */
	WORD_PHYSICAL,
	WORD_END, /* end of a range: last address, or +SIZE */
	WORD_PFN,
	WORD_NUMBER, /* a hexadecimal number */
	WORD_COUNT, /* a decimal number, or a hexadecimal one with 0x */
	WORD_PROCESS, /* a process: pid, name, or address of a task or an mm */
	WORD_ROOT, /* root of a page table: physical address, or value of CR3 */
	WORD_SYMBOL,
	WORD_MODULE,
	WORD_REGION,
	WORD_DEVICE, /* name of a PCI function */
	WORD_GUEST, /* name of a virtual machine */
	WORD_COMMAND,
	WORD_FILE_READ,
	WORD_FILE_NEW,
	WORD_DUMP_NEW,
	WORD_DUMP, /* a dump, or the vmlinux of a dump */
	NR_WORD_KINDS
};

/* The possible words of a WORD_CHOICE. */
struct choices {
	const char *const *name;
	unsigned int nr;
};

/* A row of a command's options; the table ends with a row without a name. */
struct command_option {
	/* Text after the dash: "p", "16", "-guest"; no name is the start of another name. */
	const char *name;
	enum word_kind kind : 8; /* kind of its value */
	enum feature feature : 8; /* the part of the program that the option needs */
	/* offsetof() of the value in the command's struct of options. Types: WORD_NONE, an unsigned
	 * int, which is set to set_to. WORD_CHOICE, an unsigned int, the index of the word from 1
	 * on. WORD_COUNT and WORD_NUMBER, a struct number_given. Others, a const char *, the
	 * word. */
	unsigned short at;
	unsigned char set_to; /* 0 means 1 */
	char group; /* options with the same letter exclude each other; 0: no group */
	bool required;
	bool alone; /* excludes arguments */
	bool of_table; /* with PROCESS or ROOT: chooses the command's page table */
	const char *value; /* name of the value in the usage; NULL: the name of its kind */
	const struct choices *choices; /* choices for WORD_CHOICE; else NULL */
	const char *second; /* name of a second word, which is stored after the first; NULL: none */
	const char *with; /* name of an option that this option requires, or NULL */
	/* Lines of up to 60 columns, no newline at the end. NULL: the help of the next row covers
	 * this row, too. */
	const char *help;
};

/* A row of a command's arguments, in order; the table ends with a row without a name. */
struct command_argument {
	const char *name; /* name in the usage: "ADDR" */
	enum word_kind kind;
	unsigned int least, most; /* number of words; most may be MANY */
	/* The name of an option: if the option is given, rows with this name replace rows
	 * without. */
	const char *with;
	const struct choices *choices; /* further words that are allowed; may be NULL */
};

enum { MANY = 1 << 30 };

/* The value of a WORD_COUNT or WORD_NUMBER. */
struct number_given {
	uint64_t value;
	bool given;
};

/* The name of such a word in the usage: "ADDR". */
const char *word_kind_name(enum word_kind kind);
/* May the helper open files in this way that are named by words of this kind? */
bool word_kind_opens(enum word_kind kind, enum outside_kind how);
/* May the helper open files in some way that are named by words of this kind? */
bool word_kind_is_file(enum word_kind kind);

/* The index of the word in the choices, from 1 on; 0: not found. */
unsigned int choices_find(const struct choices *choices, const char *word);

/* The name of the option's value in the usage. */
const char *option_value_name(const struct command_option *option);

/* The options found by options_read(). Values are borrowed from the words. */
struct option_reader {
	/* Takes an option. value is NULL if no value was given, second if the option has no second
	 * word. */
	bool (*take)(void *arg, const struct command_option *option, const char *value,
		     const char *second, struct error *err);
	void *arg;
	/* Bit N: the option in row N of the table was found; set by options_read() */
	uint32_t seen;
};

enum { MOST_OPTIONS = 32 }; /* the largest number of rows */

/* Reads options before and after the arguments, up to "--". Options may be joined ("-au", "-p1",
 * "--vcpu=1"). Moves the options before the arguments, and *words to the first argument. */
bool options_read(const struct command *command, char ***words, struct option_reader *reader,
		  struct error *err);

/* If a word beginning with a dash ends in an option whose value is the next word: returns the
 * option. NULL: not such a word. Adds the options of the word to *seen, by rows. */
const struct command_option *option_before_value(const struct command *command, const char *word,
						 uint32_t *seen);

/* Was an option with this name read? */
bool option_is_seen(const struct command *command, const char *name, uint32_t seen);

/* The option in seen that excludes arguments, or NULL. */
const struct command_option *option_alone(const struct command *command, uint32_t seen);

/* The first row of arguments for the options in seen, and the row after another one; the end is a
 * row without a name. */
const struct command_argument *arguments_first(const struct command *command, uint32_t seen);
const struct command_argument *arguments_next(const struct command_argument *argument);

/* Does the command always need arguments, with any options? */
bool arguments_needed(const struct command *command);
/* Does the command take a word of a kind for which is_wanted() returns true? */
bool command_takes(const struct command *command, bool (*is_wanted)(enum word_kind kind));
