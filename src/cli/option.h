/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a command: the tables of its options and arguments. They are used to parse words, to
 * show usage, help and completion, and to check which files the helper outside of the sandbox may
 * open. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "sandbox/outside.h"

struct command;
struct session;

/* Parts of the program that configure can leave out (--disable-NAME). HAVE_NAME in config.h is 1 if
 * the part is built, or else 0. Code calls a part only inside "if (HAVE_NAME)". */

enum feature {
	NO_FEATURE, /* for code that belongs to no part, and is always built */
	FEATURE_DEVICES,
	FEATURE_KVM,
	FEATURE_DIFF,
	FEATURE_EXTRACT,
	FEATURE_QMP,
	FEATURE_REPORT,
	NR_FEATURES
};

/* The kind of a word. */
enum word_kind {
	WORD_NONE, /* for an option without a value */
	WORD_TEXT, /* any text */
	WORD_VALUE, /* a number, a symbol, a sum, or a text to search for */
	WORD_TYPE, /* TYPE, or TYPE.MEMBER,... */
	WORD_MEANT, /* WORD_ADDRESS or WORD_TYPE */
	WORD_CHOICE, /* one of the choices in the row */
	WORD_ADDRESS, /* a virtual address: a number, a symbol or a sum */
	WORD_PHYSICAL,
	WORD_END, /* the end of a range: its last address, or +SIZE */
	WORD_PFN,
	WORD_NUMBER, /* a hexadecimal number */
	WORD_COUNT, /* a number, which is hexadecimal with 0x, or else decimal */
	/* a process: its pid or name, or the address of its task_struct or mm_struct */
	WORD_PROCESS,
	WORD_ROOT, /* the root of a page table: a physical address, or a value of the root register */
	WORD_SYMBOL,
	WORD_MODULE,
	WORD_REGION,
	WORD_DEVICE, /* name of a PCI function */
	WORD_GUEST, /* name of a virtual machine */
	WORD_COMMAND,
	WORD_LISTING, /* name of a listing (listing/listing.h) */
	WORD_COLUMNS, /* a column, or columns separated by commas */
	WORD_FILE_READ,
	WORD_FILE_NEW,
	WORD_DUMP_NEW,
	WORD_DUMP, /* a dump, or the vmlinux of a dump */
	NR_WORD_KINDS
};

/* The words that are allowed for a WORD_CHOICE. */
struct choices {
	const char *const *name;
	unsigned int nr;
};

/* A row of a command's table of options, which ends with a row without a name. */
struct command_option {
	/* The option without its first dash: "p", "16", "-guest". No name may be the start of
	 * another name. */
	const char *name;
	enum word_kind kind : 8; /* the kind of the option's value */
	enum feature feature : 8; /* the part of the program that must be built for this option */
	/* offsetof() of the option's value in the command's struct of options. The kind determines
	 * the type of the value. WORD_NONE: an unsigned int, which becomes set_to. WORD_CHOICE: an
	 * unsigned int, which becomes the index of the word, from 1 on. WORD_COUNT and WORD_NUMBER:
	 * a struct number_given. All other kinds: a const char *, the word. */
	unsigned short at;
	unsigned char set_to; /* 0 stands for 1 */
	bool counts; /* for WORD_NONE: the value is how often the option is given */
	/* How often the option can be given: its value is an array of so many words. 0: the last word
	 * is used. Only for kinds whose value is a word. */
	unsigned char times;
	char group; /* options with the same letter exclude each other; 0: in no group */
	bool required;
	bool alone; /* no arguments are allowed beside this option */
	bool of_table; /* a PROCESS or ROOT that chooses the page table of the command */
	const char *value; /* name of the value in the usage; NULL: the usual name of the kind */
	const struct choices *choices; /* for WORD_CHOICE: the choices; for other kinds: NULL */
	/* name in the usage of a second value, which is stored after the first; NULL: none */
	const char *second;
	const char *with; /* name of another option that is required by this option, or NULL */
	/* Lines of at most 60 columns, without a newline at the end. NULL: the help of the next row
	 * also describes this option. */
	const char *help;
};

/* A row of a command's table of arguments, in the order of the arguments. The table ends with a row
 * without a name. */
struct command_argument {
	const char *name; /* name in the usage, for example "ADDR" */
	enum word_kind kind;
	unsigned int least, most; /* smallest and largest number of words; most may be MANY */
	/* Name of an option, or NULL. If this option is given, only the rows with its name are
	 * used. If it is not given, only the rows with NULL are used. */
	const char *with;
	/* words that are allowed in addition to words of this kind; may be NULL */
	const struct choices *choices;
};

enum { MANY = 1 << 30 };

/* The value of a WORD_COUNT or WORD_NUMBER. */
struct number_given {
	uint64_t value;
	bool given;
};

/* Returns the ways in which the helper may open files that words of this kind name, as bits of enum
 * outside_kind. */
unsigned int word_kind_opens(enum word_kind kind);
/* Returns true if words of this kind name files that the helper may open in any way. */
bool word_kind_is_file(enum word_kind kind);

/* Returns the index of the word in the choices, from 1 on. Returns 0 if the word is not one of the
 * choices. */
unsigned int choices_find(const struct choices *choices, const char *word);

/* Returns the name in the usage of the option's value. */
const char *option_value_name(const struct command_option *option);

/* Returns the options that all commands with columns have: -O, unless the command has its own -O, and -K.
 * For other commands, the table has no rows. */
const struct command_option *shared_options(const struct command *command);

/* Receives the options that options_read() finds. The values are borrowed from the words. */
struct option_reader {
	/* Receives one option. value is NULL if the option has no value. second is NULL if the
	 * option has no second value. */
	bool (*take)(void *arg, const struct command_option *option, const char *value,
		     const char *second, struct error *err);
	/* Is asked about an option that the command does not have. Sets err and returns true if
	 * there is more to say than that it is unknown. May be NULL. */
	bool (*explain)(void *arg, char letter, struct error *err);
	void *arg;
	/* Set by options_read(). Bit N is set if the option in row N of the table was found. */
	uint32_t seen;
};

enum { MOST_OPTIONS = 32 }; /* largest number of rows in a table; `seen` has a bit for each */

/* Reads all options, which can be before and after the arguments, up to the word "--". Options can
 * be joined ("-au", "-p1", "--vcpu=1"). Moves all options before the arguments, and makes *words
 * point to the first argument. */
bool options_read(const struct command *command, char ***words, struct option_reader *reader,
		  struct error *err);

/* Returns the last option in a word that begins with a dash, if the option's value is the next
 * word. In all other cases, returns NULL. Sets the bit in *seen of each option in the word. */
const struct command_option *option_before_value(const struct command *command, const char *word,
						 uint32_t *seen);

/* Go through the rows of arguments that are valid with the options in seen. arguments_first()
 * returns the first of these rows, and arguments_next() the next one. After the last row, they
 * return a row without a name. */
const struct command_argument *arguments_first(const struct command *command, uint32_t seen);
const struct command_argument *arguments_next(const struct command_argument *argument);

/* Returns true if the command takes words of a kind for which is_wanted() returns true. */
bool command_takes(const struct command *command, bool (*is_wanted)(enum word_kind kind));

/* --- usage and help --- */

enum { USAGE_SIZE = 512, HELP_SIZE = 4096 };

/* Writes the usage without the command's name, but with the blank after the name, for example "
 * [-u|-k] [-p PROCESS] ADDR...". */
void command_usage(const struct command *command, char text[USAGE_SIZE]);

/* Writes the command's details, and one or more lines for each option. There is no newline at the
 * end. */
void command_help_text(const struct command *command, char text[HELP_SIZE]);

/* --- the words of the running command --- */

/* Reads the options into session->given, which must be zeroed, and into session->chosen.table. Makes
 * *words point to the arguments. If an option is wrong, or if there are too few or too many
 * arguments, sets err and returns false. */
bool session_read_words(struct session *session, char ***words, struct error *err);

/* Fails if the command does not allow this number of arguments. seen: the options that were
 * given. */
bool arguments_count(const struct command *command, uint32_t seen, char **words, struct error *err);
