/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The files of modules: NAME.ko and NAME.ko.debug. They are relocatable, so their sections have no
 * addresses. kwalk gives each allocated section an address, and applies the relocations of the
 * debug sections to copies of them. Afterwards all other files of this room, and libdw, read the
 * file like a vmlinux. The addresses have no meaning outside the file. They are called linked
 * addresses here. */
#pragma once

#include "base/error.h"
#include "base/file.h"
#include "debuginfo/inlines.h"
#include "debuginfo/lines.h"
#include "symbols/symbols.h"
#include "types/types.h"

enum { KO_FILE_NAME = 64, KO_FILE_RELEASE = 65, NR_LINKED_SECTIONS = 9 };

struct ko_file {
	struct file file;
	Elf *elf;
	uint16_t machine; /* EM_* */
	/* The name of the module, from .modinfo or else from the name of the file. */
	char name[KO_FILE_NAME];
	/* The release of the kernel for which it was built, from .modinfo; "" if unknown. */
	char release[KO_FILE_RELEASE];
	struct symbols *symbols; /* with linked addresses */
	struct lines *lines; /* NULL: not opened yet */
	struct inlines *inlines; /* NULL: not opened yet */
	struct types *types; /* NULL: not opened yet */
	void *table; /* the copy of the symbol table */
	void *copies[NR_LINKED_SECTIONS]; /* the copies of debug sections */
	struct ko_file *next; /* owned */
};

/* Is the file a module or its debug file? */
bool ko_file_probe(const struct file *file);

/* Opens the file of a module. Takes ownership of file, even if it fails. Fails if the file has no
 * line numbers, or if a relocation is damaged or unknown. listener may be NULL. */
struct ko_file *ko_file_open(struct file *file, const struct listener *listener, struct error *err);
/* Closes this file and all files after it in the list. `module` may be NULL. */
void ko_file_close(struct ko_file *module);

/* Finds the section that contains a linked address. Returns false if there is no such section. */
bool ko_file_section(const struct ko_file *module, uint64_t linked, GElf_Shdr *header);

/* Is the symbol in a section of code? */
bool ko_file_is_code(const struct ko_file *module, const struct kernel_symbol *symbol);

/* Copies the code at a linked address. is_open[i] becomes true for each byte that a relocation changes when the
 * module is loaded. Returns false if the file does not have the code: a debug file has none. */
bool ko_file_code(const struct ko_file *module, uint64_t linked, size_t size, uint8_t *code,
		  bool *is_open);

/* Like lines_find() and inlines_find(), for a linked address. If the debug information is damaged,
 * ko_file_line() sets *err to a message, and returns false. */
bool ko_file_line(struct ko_file *module, uint64_t linked, const struct listener *listener,
		  struct code_line *line, struct error *err);
size_t ko_file_inlined(struct ko_file *module, uint64_t linked, const struct listener *listener,
		       struct inlined_function *functions);

/* Like variables_find(), for a linked address. *types gets the types of the variables. */
size_t ko_file_variables(struct ko_file *module, uint64_t linked, unsigned int reg,
			 const struct listener *listener, struct register_variable *found,
			 struct types **types);

/* Returns the types in the file's DWARF, or NULL if memory runs out. They are borrowed. */
struct types *ko_file_types(struct ko_file *module, const struct listener *listener);

/* Finds the type of a variable. If the file has several variables with this name and this size, the
 * function does not know which one is meant, and returns false. */
bool ko_file_variable(struct ko_file *module, const char *name, uint64_t size,
		      const struct listener *listener, struct ctype *type);
