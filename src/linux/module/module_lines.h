/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The source lines of the kernel and its modules, and the types of modules. The files in
 * kernel->module_files contain the lines and types of modules. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct code_line;
struct inlined_function;
struct kernel;
struct kernel_symbol;
struct ko_file;
struct register_variable;
struct types;
struct ctype;

/* Finds the source line of a run-time address in the image or in a module, by the debug information of its file, which is
 * used only if it belongs to the kernel or to the module in the dump. Returns false if there is none. */
bool module_line(struct kernel *kernel, uint64_t vaddr, struct code_line *line);
/* Finds the inlined functions that contain the address, the innermost first. Returns the number of functions, which is at
 * most MOST_INLINED (debuginfo/inlines.h). */
size_t module_inlined(struct kernel *kernel, uint64_t vaddr, struct inlined_function *functions);

/* Finds the variables that are in a register at the address (debuginfo/inlines.h). Returns their number, which is at
 * most MOST_REGISTER_VARIABLES. *types gets the types that they have, borrowed. */
size_t module_variables(struct kernel *kernel, uint64_t vaddr, unsigned int reg,
			struct register_variable *found, struct types **types);

/* Finds the type of a variable of the image (in vmlinux, or in the BTF of the dump, which contains few variables) or of a
 * module. Returns false if the type is unknown. */
bool module_variable_type(struct kernel *kernel, const struct kernel_symbol *symbol,
			  struct ctype *type);

/* Returns the file that is used for the module with this name. Returns NULL if there is none. */
struct ko_file *module_file_of(struct kernel *kernel, const char *module);

/* Returns the types of the file of the module with this name, which are borrowed. Returns NULL if no
 * such file is used. */
struct types *module_file_types(struct kernel *kernel, const char *module);

/* Does the file belong to a module in the dump? If not, sets *err to the reason. The file belongs
 * to the module if each function of the module is in the file, with the same size, and at the
 * same distance from the other symbols of its section. If the file and the module's memory have a
 * build-id, the build-ids must be equal, too. */
bool module_file_belongs(struct kernel *kernel, const struct ko_file *file, struct error *err);

/* A file of a module. All texts are borrowed until the next look-up of a source line. */
struct module_file {
	const char *path, *module;
	bool given; /* false: found in the file system */
	const char *refused; /* why the file is not used; NULL: it is used */
};

/* Calls visit for each file that was given, or found so far. */
void module_files_each(struct kernel *kernel,
		       void (*visit)(void *arg, const struct module_file *file), void *arg);

/* Finds the function NAME+OFFSET/EXTENT of a text, if there is no dump, in the files of the module.
 * EXTENT is the number of bytes from the symbol to the next symbol. *linked gets the linked address.
 * If several files or no file contain exactly such a function, sets *err, and returns NULL. */
struct ko_file *module_file_of_text(struct kernel *kernel, const char *module, const char *name,
				    uint64_t offset, uint64_t extent, uint64_t *linked,
				    struct error *err);
