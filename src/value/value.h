/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Values of the dumped kernel. A value is a type and a place. Five steps make every expression: a
 * symbol, a cast, a member, an index and a dereference. Nothing is evaluated on a machine: a value is
 * only read. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "types/ctype.h"

struct kernel;
struct kernel_symbol;
struct space;
struct value_name;

/* Where values are read. Borrowed. */
struct value_memory {
	struct kernel *kernel;
	const struct space *space; /* NULL: the kernel's memory */
	/* The values that expressions call "$NAME". Of equal names, the last is valid. */
	const struct value_name *names;
	size_t nr_names;
};

struct value {
	struct ctype type;
	/* "BTF", "DWARF", "kwalk" (the table of known variables), or "" if the type is C's own. */
	const char *type_source;
	bool in_memory; /* true: the bytes are at `address`; false: the value is `number` */
	uint64_t address; /* virtual; without the tag of a pointer */
	/* A bit field: its bits begin bit_offset (0 to 7) bits after the first bit of the byte at
	 * `address`. bit_size 0: not a bit field. */
	uint8_t bit_offset, bit_size;
	uint64_t number;
	/* A member: the names of its struct and of itself, valid until types_close(). Else NULL. */
	const char *owner, *member;
	/* Not 0: a variable whose type is unknown has this many bytes. If it has 1, 2, 4 or 8 bytes, its
	 * type is an unsigned integer of this size, else void. */
	uint64_t untyped;
};

struct value_name {
	char name[40]; /* without the '$' */
	struct value value;
};

/* Finds a type by its name: in the types of the kernel, and then in the types of its modules: see
 * ctype_find(). "NAME#2" is the second definition of NAME. */
bool value_type(struct kernel *kernel, const char *name, struct ctype *type, struct error *err);

/* The different definitions of the type's name in the kernel and its modules. The first is `type`, which
 * must be what the name alone finds; the others are found as NAME#2, NAME#3 and so on. */
void value_definitions(struct kernel *kernel, const struct ctype *type,
		       struct ctype_definitions *found);

/* Is char signed in the kernel's types? Its BTF may not say so. */
bool value_char_is_signed(struct kernel *kernel);

/* Calls visit for the name of each type of the kernel and of its modules, until visit returns false:
 * see ctype_each(). A name may be visited several times. */
void value_each_type(struct kernel *kernel,
		     bool (*visit)(const char *keyword, const char *name, void *arg), void *arg);

/* Finds an enumerator of the kernel by its name. Fails if it has several values; without setting err if
 * there is none. */
bool value_enumerator(struct kernel *kernel, const char *name, struct ctype *type, int64_t *number,
		      struct error *err);

/* --- the five steps --- */

/* The variable NAME, NAME:CPU, MODULE:NAME, or NAME@FILE. A
 * function is a value of type void at its address. */
bool value_symbol(struct kernel *kernel, const char *name, struct value *value, struct error *err);
/* Is the symbol a function, or another piece of code? */
bool value_is_code(struct kernel *kernel, const struct kernel_symbol *symbol);
/* Can a function have this address? It is the start of a symbol of code, or of memory without symbols that can be
 * executed. */
bool value_is_function(struct kernel *kernel, uint64_t address, struct error *err);
/* What is in memory at an address, as this type. */
struct value value_at(struct ctype type, uint64_t address);
/* A number of this type, as a cast makes it: a pointer if the type is a pointer. */
struct value value_of_number(struct ctype type, uint64_t number);
bool value_cast(const struct value_memory *memory, const struct value *value, struct ctype type,
		struct value *result, struct error *err);
/* The member of a struct or union that is in memory. */
struct value value_of_member(const struct value *value, const struct ctype_member *member);
/* Finds a member by its name, also of the struct that a pointer points to: "->" and "." are one. The
 * name has `length` bytes. */
bool value_member(const struct value_memory *memory, const struct value *value, const char *name,
		  size_t length, struct value *result, struct error *err);
/* An element of an array, or of what a pointer points to. An index at or beyond the length of an array
 * fails, unless the array is flexible. */
bool value_index(const struct value_memory *memory, const struct value *value, int64_t index,
		 struct value *result, struct error *err);
bool value_dereference(const struct value_memory *memory, const struct value *value,
		       struct value *result, struct error *err);

/* --- reading --- */

/* Is no page of a struct or array of this size in the dump? Then sets err. Returns false for more than 16
 * pages. */
bool value_missing(const struct value_memory *memory, uint64_t address, uint64_t size,
		   struct error *err);
/* Did a read fail because the pointer to the value is NULL? */
bool value_is_null(const struct error *err);
/* Reads bytes at a virtual address. */
bool value_read(const struct value_memory *memory, uint64_t address, void *bytes, size_t size,
		struct error *err);
/* The number of an integer, bool, enum, pointer or bit field. A signed number is extended to 64 bits. A
 * pointer loses its tag. Fails for arrays, structs, floats and functions, and if the bytes are not in
 * the dump. */
bool value_number(const struct value_memory *memory, const struct value *value, uint64_t *number,
		  struct error *err);
/* A value where an address is wanted: the place of a struct, union, array or function; the number of all
 * others. */
bool value_as_address(const struct value_memory *memory, const struct value *value,
		      uint64_t *address, struct error *err);

/* --- texts --- */

/* Do the bytes hold a text, which ends with the first NUL? *size becomes its length. A text does not begin
 * with a NUL, unless there is nothing else, and its last character may be cut. */
bool value_is_text(const char *bytes, size_t *size);
/* Reads at most `room` bytes of the text in an array of char, without a NUL after it. A flexible array ends
 * with its first NUL. Returns false if there is no text, or if it cannot be read. */
bool value_text(const struct value_memory *memory, const struct value *array,
		const struct ctype_facts *facts, char *text, size_t room, size_t *length);
/* Is this an integer that does not fit in 64 bits, such as __int128? value_wide() writes it in
 * hexadecimal. */
bool value_is_wide(const struct ctype_facts *facts);
bool value_wide(const struct value_memory *memory, const struct value *value, char *text,
		size_t size, struct error *err);

/* Follows a path of members from a struct: "se.run_node", "stack[3]", "mm->pgd", "comm". */
bool value_path(const struct value_memory *memory, const struct value *from, const char *path,
		struct value *value, struct error *err);
/* Evaluates an expression of C: a variable, a $NAME of the memory, a number, a cast, . -> [N] * & + - * / % << >> & | ^ ~,
 * parentheses, sizeof, offsetof, enumerators. Numbers are C's, except that a word of at least 8
 * hexadecimal digits with a letter among them, which names no symbol, is hexadecimal. */
bool value_expression(const struct value_memory *memory, const char *text, struct value *value,
		      struct error *err);
