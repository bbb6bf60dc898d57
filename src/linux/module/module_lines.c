/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/module/module_lines.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/scatter.h"
#include "debuginfo/inlines.h"
#include "debuginfo/ko_file.h"
#include "debuginfo/lines.h"
#include "debuginfo/vmlinux.h"
#include "dump/dump.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/view.h"
#include "linux/module/modules.h"
#include "linux/region.h"
#include "symbols/elf_file.h"
#include "symbols/symbol_lookup.h"

/* --- the image --- */

/* The source files and lines of the kernel's code. */

struct kernel;

struct code_line;

struct inlined_function;

struct register_variable;

struct types;

/* What was found for an address. Stacks of many tasks contain the same addresses. */
struct known_code {
	uint64_t address; /* link-time address */
	bool has_line, has_inlined; /* the members below are valid */
	bool found; /* line is valid */
	struct code_line line;
	struct inlined_function *inlined; /* owned; NULL if nr is 0 */
	size_t nr;
};

enum { NR_KNOWN = 256 };

struct kernel_lines {
	/* In both arrays, element 0 is for vmlinux, and element 1 for its debug file. */
	struct lines *of[2]; /* owned; NULL: not opened yet */
	struct inlines *inlines[2]; /* owned; NULL: not opened yet */
	struct known_code known[NR_KNOWN]; /* a hash of the address is the index */
};

static void kernel_lines_release(void *state)
{
	struct kernel_lines *lines = state;

	for (int i = 0; i < 2; i++) {
		lines_close(lines->of[i]);
		inlines_close(lines->inlines[i]);
	}
	for (int i = 0; i < NR_KNOWN; i++)
		free(lines->known[i].inlined);
}

static const struct state_type state_lines = {
	.size = sizeof(struct kernel_lines),
	.release = kernel_lines_release,
};

static bool kernel_lines_open(const struct vmlinux *vmlinux, struct lines **lines)
{
	if (!*lines && vmlinux && vmlinux->elf)
		*lines = lines_open(vmlinux->elf, vmlinux->file.fd);
	return *lines;
}

static bool kernel_lines_find_in(struct kernel *kernel, const struct vmlinux *vmlinux,
				 struct lines **lines, uint64_t address, struct code_line *line)
{
	if (!kernel_lines_open(vmlinux, lines))
		return false;
	if (lines_find(*lines, address, kernel->listener, line))
		return true;
	if (lines_given_up(*lines))
		fail(kernel->excess, ERROR_FORMAT,
		     "%s: the debug information is damaged, so the search for a source line was given up",
		     vmlinux->file.path);
	return false;
}

/* Changes *vaddr from a run-time address to a link-time address. Returns false if there is no
 * vmlinux that belongs to this kernel. */
static bool kernel_lines_address(struct kernel *kernel, uint64_t *vaddr)
{
	uint64_t offset;

	if (!kernel->vmlinux || kernel->identity->match == VMLINUX_DIFFERS ||
	    !kernel_fact(kernel, FACT_KASLR_OFFSET, &offset))
		return false;
	*vaddr = (*vaddr - offset) & kernel->arch->address_mask;
	return true;
}

/* Returns the element for this address, which replaces another address. */
static struct known_code *known_code(struct kernel_lines *lines, uint64_t address)
{
	struct known_code *known = &lines->known[scatter(address, 1) % NR_KNOWN];

	if (known->address != address) {
		free(known->inlined);
		known->address = address;
		known->has_line = known->has_inlined = known->found = false;
		known->inlined = NULL;
		known->nr = 0;
	}
	return known;
}

/* Finds the source line of a run-time address in the kernel's image, using the debug information of
 * vmlinux. Returns false if there is no such information, or if vmlinux belongs to another
 * kernel. */
static bool kernel_line(struct kernel *kernel, uint64_t vaddr, struct code_line *line)
{
	struct kernel_lines *lines = kernel_state(kernel, &state_lines);
	const struct vmlinux *vmlinux = kernel->vmlinux;
	struct known_code *known;

	if (!lines || !kernel_lines_address(kernel, &vaddr))
		return false;
	known = known_code(lines, vaddr);
	if (!known->has_line) {
		known->found =
			kernel_lines_find_in(kernel, vmlinux, &lines->of[0], vaddr, &known->line) ||
			kernel_lines_find_in(kernel, vmlinux->debug, &lines->of[1], vaddr,
					     &known->line);
		known->has_line = !kernel_stopped(kernel);
	}
	if (known->found)
		*line = known->line;
	return known->found;
}

/* Returns file number i and its inlined functions, or NULL if it has no DWARF. */
static struct inlines *inlines_of(struct kernel *kernel, struct kernel_lines *lines, int i,
				  const struct vmlinux **file)
{
	*file = i ? kernel->vmlinux->debug : kernel->vmlinux;
	if (!*file || !(*file)->elf || !vmlinux_has_dwarf(*file))
		return NULL;
	if (!lines->inlines[i])
		lines->inlines[i] = inlines_open((*file)->elf);
	return lines->inlines[i];
}

static size_t find_inlined(struct kernel *kernel, struct kernel_lines *lines, uint64_t address,
			   struct inlined_function *functions)
{
	const struct vmlinux *file;
	size_t nr = 0;

	for (int i = 0; i < 2 && !nr; i++) {
		struct inlines *inlines = inlines_of(kernel, lines, i, &file);

		if (inlines)
			nr = inlines_find(inlines, address, kernel->listener, functions);
	}
	return nr;
}

/* Finds the inlined functions that contain a run-time address, the innermost first. Returns the
 * number of functions, which is at most MOST_INLINED (debuginfo/inlines.h). */
static size_t kernel_inlined(struct kernel *kernel, uint64_t vaddr,
			     struct inlined_function *functions)
{
	struct kernel_lines *lines = kernel_state(kernel, &state_lines);
	struct known_code *known;
	size_t nr;

	if (!lines || !kernel_lines_address(kernel, &vaddr))
		return 0;
	known = known_code(lines, vaddr);
	if (known->has_inlined) {
		for (nr = 0; nr < known->nr; nr++)
			functions[nr] = known->inlined[nr];
		return nr;
	}
	nr = find_inlined(kernel, lines, vaddr, functions);
	if (kernel_stopped(kernel))
		return nr;
	known->inlined = nr ? malloc(nr * sizeof(*functions)) : NULL;
	if (nr && !known->inlined)
		return nr;
	for (; known->nr < nr; known->nr++)
		known->inlined[known->nr] = functions[known->nr];
	known->has_inlined = true;
	return nr;
}

/* Finds the variables that are in a register at a run-time address (debuginfo/inlines.h). Returns their number,
 * which is at most MOST_REGISTER_VARIABLES. *types gets the types that they have, borrowed. */
static size_t kernel_variables(struct kernel *kernel, uint64_t vaddr, unsigned int reg,
			       struct register_variable *found, struct types **types)
{
	struct kernel_lines *lines = kernel_state(kernel, &state_lines);
	const struct vmlinux *file;
	size_t nr = 0;

	if (!lines || !kernel_lines_address(kernel, &vaddr))
		return 0;
	for (int i = 0; i < 2 && !nr; i++) {
		struct inlines *inlines = inlines_of(kernel, lines, i, &file);

		if (!inlines)
			continue;
		nr = variables_find(inlines, vaddr, reg, kernel->listener, found);
		*types = file->types;
	}
	return nr;
}

/* --- modules --- */

/* A section of a file, and where the dump has it. */
struct placed_section {
	uint64_t first, last; /* run-time addresses, inclusive */
	uint64_t linked; /* the linked address of the first byte */
	struct ko_file *file; /* borrowed */
};

/* A file that was found, but does not belong to the module. */
struct refused_file {
	char *path; /* owned */
	char module[KO_FILE_NAME];
	struct error why;
};

enum { MOST_REFUSED = 256 /* more refused files are not remembered */ };

struct module_lines {
	struct placed_section *section; /* owned */
	size_t nr, room;
	/* For each file at the start, why it is not used; code 0: it is used. */
	struct error *why; /* owned */
	size_t nr_why;
	struct refused_file *refused; /* owned */
	size_t nr_refused, refused_room;
	/* The addresses of the struct modules for which a file was searched. */
	uint64_t *searched; /* owned */
	size_t nr_searched, searched_room;
};

/* --- does a file belong to a module? --- */

/* The comparison of a file with the symbols of the module in the dump. */
struct comparison {
	struct ko_file *file;
	struct module_lines *lines;
	size_t before; /* the number of sections that other files have placed */
	size_t nr_same, nr_other; /* symbols of the module that the file has, or lacks */
	bool of_several; /* compare the symbols with names that are several times in the file */
	bool no_memory;
	/* One symbol of the module, and the symbols of this name in the file. */
	const struct kernel_symbol *symbol;
	struct kernel_symbol found;
	size_t nr_found;
	bool same;
};

/* Returns the section of this file that starts at a linked address, or NULL if it is not placed. */
static struct placed_section *placed(const struct comparison *comparison, uint64_t linked)
{
	struct module_lines *lines = comparison->lines;

	for (size_t i = comparison->before; i < lines->nr; i++)
		if (lines->section[i].linked == linked)
			return &lines->section[i];
	return NULL;
}

/* Is the symbol of the module at the place that the symbol of the file has? If the section is not
 * placed, places it if `place` is true. */
static bool module_lines_is_there(struct comparison *comparison, const struct kernel_symbol *linked,
				  bool place)
{
	const struct kernel_symbol *symbol = comparison->symbol;
	struct placed_section section = { .file = comparison->file };
	const struct placed_section *found;
	GElf_Shdr header;

	if (!ko_file_section(comparison->file, linked->address, &header) ||
	    linked->size != symbol->size)
		return false;
	section.first = symbol->address - (linked->address - header.sh_addr);
	section.last = section.first + header.sh_size - 1;
	section.linked = header.sh_addr;
	found = placed(comparison, section.linked);
	if (found)
		return found->first == section.first;
	if (!place || section.last < section.first)
		return false;
	if (!array_add(&comparison->lines->section, &comparison->lines->nr,
		       &comparison->lines->room, &section, sizeof(section)))
		comparison->no_memory = true;
	return true;
}

static bool compare_found(const struct kernel_symbol *linked, void *arg)
{
	struct comparison *comparison = arg;

	if (!ko_file_is_code(comparison->file, linked))
		return true;
	if (!comparison->nr_found++)
		comparison->found = *linked;
	if (comparison->of_several)
		comparison->same |= module_lines_is_there(comparison, linked, false);
	return true;
}

static bool module_lines_is_code(char type)
{
	return type && strchr("tTwW", type);
}

/* Compares a symbol of the module with the symbols of this name in the file. The first pass
 * compares the names that the file has once. */
static bool compare_symbol(const struct kernel_symbol *symbol, void *arg)
{
	struct comparison *comparison = arg;

	/* A symbol without a size is a label, perhaps at the end of a section. */
	if (!module_lines_is_code(symbol->type) || !symbol->name[0] || !symbol->size)
		return true;
	comparison->symbol = symbol;
	comparison->nr_found = 0;
	comparison->same = false;
	symbols_each(comparison->file->symbols, symbol->name, NULL, compare_found, comparison);
	if (comparison->of_several && comparison->nr_found < 2)
		return true;
	if (!comparison->of_several && comparison->nr_found == 1)
		comparison->same = module_lines_is_there(comparison, &comparison->found, true);
	else if (!comparison->of_several && comparison->nr_found)
		return true;
	comparison->nr_same += comparison->same;
	comparison->nr_other += !comparison->same;
	return !comparison->no_memory;
}

/* A build-id that was found in memory. */
struct memory_id {
	uint8_t bytes[64];
	size_t size; /* 0: there is none */
};

/* Does the memory have a note with the build-id `wanted`? Sets *other to another build-id, if the
 * memory has one. A note begins with the size of its name, the size of the build-id, its type and
 * its name. */
static bool has_note(struct bytes memory, struct bytes wanted, struct memory_id *other)
{
	enum { HEAD = 16, SIZES = 8 };
	/* The type NT_GNU_BUILD_ID and the name. The last byte is the NUL that C adds. */
	static const uint8_t kind[HEAD - SIZES] = "\3\0\0\0GNU";
	const uint8_t *at = memory.data, *end = memory.data + memory.size;

	while (at && (at = memmem(at, (size_t)(end - at), kind, sizeof(kind)))) {
		size_t before = (size_t)(at - memory.data);
		uint32_t size = before < SIZES ? 0 : load_le32(at - 4);

		at += sizeof(kind);
		if (!size || size > sizeof(other->bytes) || load_le32(at - HEAD) != sizeof("GNU") ||
		    (size_t)(end - at) < size)
			continue;
		if (size == wanted.size && !memcmp(at, wanted.data, size))
			return true;
		if (other->size)
			continue;
		other->size = size;
		memcpy(other->bytes, at, size);
	}
	return false;
}

/* Like has_note(), for the memory of a module. The note is in the data that are not written, or,
 * before 2.6.39, in the data. */
static bool has_build_id(struct kernel *kernel, const char *module, struct bytes wanted,
			 struct memory_id *other)
{
	enum { MOST_DATA = 16 << 20 };
	const struct space *space = kernel_space(kernel, NULL);
	const struct module_range *range;
	bool found = false;
	size_t nr;

	other->size = 0;
	range = module_all_ranges(kernel, 0, UINT64_MAX, &nr);
	for (size_t i = 0; space && i < nr && !found; i++) {
		struct view view = { 0 };
		uint64_t size = range[i].last - range[i].first + 1;

		if (strcmp(range[i].name, module) != 0 || size > MOST_DATA ||
		    (range[i].part != PART_RODATA && range[i].part != PART_DATA) ||
		    !view_open(&view, space, range[i].first, size, NULL))
			continue;
		found = has_note(view.bytes, wanted, other);
		view_close(&view);
	}
	return found;
}

/* Returns false if the module's memory has a build-id, but not the build-id of the file. */
static bool build_ids_agree(struct kernel *kernel, const struct ko_file *file)
{
	struct memory_id other;
	struct bytes id;

	return !elf_build_id(file->elf, file->file.bytes, &id) || !id.size ||
	       has_build_id(kernel, file->name, id, &other) || !other.size;
}

static bool check_file(struct kernel *kernel, struct comparison *comparison, struct error *err)
{
	struct ko_file *file = comparison->file;
	const char *path = file->file.path, *name = file->name;

	for (int i = 0; i < 2; i++) {
		comparison->of_several = i;
		symbol_lookup_all(kernel->symbols, NULL, NULL, name, compare_symbol, comparison);
	}
	if (kernel_stopped(kernel))
		return fail(err, ERROR_INTERRUPTED, "interrupted");
	if (comparison->no_memory)
		return out_of_memory(err);
	if (!comparison->nr_same && !comparison->nr_other)
		return fail(err, ERROR_UNKNOWN,
			    "%s: is not used, because the dump has no symbols of a module %s", path,
			    name);
	if (!build_ids_agree(kernel, file))
		return fail(err, ERROR_FORMAT,
			    "%s: is not used, because the module %s in the dump has another build-id",
			    path, name);
	return !comparison->nr_other ||
	       fail(err, ERROR_FORMAT,
		    "%s: is not used, because %zu of %zu symbols of the module %s in the dump are not in the file, or have another size or place",
		    path, comparison->nr_other, comparison->nr_same + comparison->nr_other, name);
}

static bool module_lines_learn(struct kernel *kernel, void *state, struct error *err)
{
	struct module_lines *lines = state;
	size_t nr = 0;

	for (struct ko_file *file = kernel->module_files; file; file = file->next)
		nr++;
	lines->nr_why = nr;
	lines->why = calloc(nr + 1, sizeof(*lines->why));
	if (!lines->why)
		return out_of_memory(err);
	nr = 0;
	for (struct ko_file *file = kernel->module_files; file; file = file->next, nr++) {
		struct comparison comparison = { .file = file,
						 .lines = lines,
						 .before = lines->nr };

		if (!check_file(kernel, &comparison, &lines->why[nr]))
			lines->nr = comparison.before;
	}
	return true;
}

static void module_lines_release(void *state)
{
	struct module_lines *lines = state;

	for (size_t i = 0; i < lines->nr_refused; i++)
		free(lines->refused[i].path);
	free(lines->refused);
	free(lines->section);
	free(lines->why);
	free(lines->searched);
}

static const struct state_type state_module_lines = {
	.size = sizeof(struct module_lines),
	.learn = module_lines_learn,
	.release = module_lines_release,
};

/* Returns the result of the comparison of a file at the start. Returns NULL for a file that was found
 * later. Such files are before the others in the list. */
static const struct error *why_of(const struct module_lines *lines, const struct ko_file *file)
{
	size_t behind = 0;

	for (const struct ko_file *at = file; at; at = at->next)
		behind++;
	return behind <= lines->nr_why ? &lines->why[lines->nr_why - behind] : NULL;
}

bool module_file_belongs(struct kernel *kernel, const struct ko_file *file, struct error *err)
{
	const struct module_lines *lines = kernel_learnt(kernel, &state_module_lines, err);
	const struct error *why;

	if (!lines)
		return false;
	why = why_of(lines, file);
	if (why && why->code && err)
		*err = *why;
	return !why || !why->code;
}

/* Returns NULL if there is no dump, or if the files cannot be compared. */
static struct module_lines *lines_of(struct kernel *kernel)
{
	return kernel->dump->format->none ? NULL : kernel_learnt(kernel, &state_module_lines, NULL);
}

void module_files_each(struct kernel *kernel,
		       void (*visit)(void *arg, const struct module_file *file), void *arg)
{
	const struct module_lines *lines = lines_of(kernel);

	for (const struct ko_file *at = kernel->module_files; at; at = at->next) {
		const struct error *why = lines ? why_of(lines, at) : NULL;

		visit(arg, &(struct module_file){
				   .path = at->file.path,
				   .module = at->name,
				   .given = !lines || why,
				   .refused = why && why->code ? why->message : NULL,
			   });
	}
	for (size_t i = 0; lines && i < lines->nr_refused; i++) {
		const struct refused_file *refused = &lines->refused[i];

		visit(arg, &(struct module_file){ .path = refused->path,
						  .module = refused->module,
						  .refused = refused->why.message });
	}
}

/* --- lines --- */

/* Is the address in memory of modules, and so not in the kernel's image? */
static bool module_lines_is_of_module(struct kernel *kernel, uint64_t vaddr)
{
	const struct region *region = region_of(kernel, vaddr, NULL);

	return region && region_has_modules(kernel, region);
}

/* Finds the section that contains a run-time address, or returns NULL. */
static const struct placed_section *placed_at(const struct module_lines *lines, uint64_t vaddr)
{
	for (size_t i = 0; i < lines->nr; i++)
		if (vaddr >= lines->section[i].first && vaddr <= lines->section[i].last)
			return &lines->section[i];
	return NULL;
}

static void add_refused(struct module_lines *lines, const struct ko_file *file,
			const struct error *why)
{
	struct refused_file refused = { .why = *why };

	if (lines->nr_refused == MOST_REFUSED)
		return;
	strcpy(refused.module, file->name);
	refused.path = strdup(file->file.path);
	if (!refused.path || !array_add(&lines->refused, &lines->nr_refused, &lines->refused_room,
					&refused, sizeof(refused)))
		free(refused.path);
}

static bool is_file_of(struct kernel *kernel, struct comparison *comparison, const char *module,
		       struct error *err)
{
	const struct ko_file *file = comparison->file;

	if (file->machine != kernel->arch->machine)
		return fail(err, ERROR_FORMAT, "%s: is not used, because it is for another machine",
			    file->file.path);
	if (strcmp(file->name, module) != 0)
		return fail(err, ERROR_FORMAT, "%s: is not used, because it is the module %s",
			    file->file.path, file->name);
	return check_file(kernel, comparison, err);
}

/* Searches for the file of the module with this part, unless this was done before. range is NULL if
 * there is no module. A file that does not belong to the module is closed again. Returns true if a
 * file is used: the first in kernel->module_files. */
static bool search_file(struct kernel *kernel, struct module_lines *lines,
			const struct module_range *range)
{
	struct comparison comparison = { .lines = lines, .before = lines->nr };
	struct memory_id id;
	struct bytes none = { NULL, 0 };
	struct error why;

	if (!range || !kernel->find_ko_file)
		return false;
	for (size_t i = 0; i < lines->nr_searched; i++)
		if (lines->searched[i] == range->module)
			return false;
	if (!array_add(&lines->searched, &lines->nr_searched, &lines->searched_room, &range->module,
		       sizeof(range->module)))
		return false;
	has_build_id(kernel, range->name, none, &id);
	comparison.file =
		kernel->find_ko_file(kernel, range->name, (struct bytes){ id.bytes, id.size });
	if (!comparison.file)
		return false;
	if (!is_file_of(kernel, &comparison, range->name, &why)) {
		add_refused(lines, comparison.file, &why);
		lines->nr = comparison.before;
		ko_file_close(comparison.file);
		return false;
	}
	comparison.file->next = kernel->module_files;
	kernel->module_files = comparison.file;
	return true;
}

/* Finds the file and the linked address of a run-time address. */
static struct ko_file *file_at(struct kernel *kernel, uint64_t vaddr, uint64_t *linked)
{
	struct module_lines *lines = lines_of(kernel);
	const struct placed_section *section;

	section = lines ? placed_at(lines, vaddr) : NULL;
	if (lines && !section && search_file(kernel, lines, module_range_of(kernel, vaddr)))
		section = placed_at(lines, vaddr);
	if (!section)
		return NULL;
	*linked = section->linked + (vaddr - section->first);
	return section->file;
}

bool module_line(struct kernel *kernel, uint64_t vaddr, struct code_line *line)
{
	struct ko_file *file;
	uint64_t linked;
	struct error why = { .code = 0 };

	if (!module_lines_is_of_module(kernel, vaddr))
		return kernel_line(kernel, vaddr, line);
	file = file_at(kernel, vaddr, &linked);
	if (!file)
		return false;
	if (ko_file_line(file, linked, kernel->listener, line, &why))
		return true;
	if (why.code)
		*kernel->excess = why;
	return false;
}

size_t module_inlined(struct kernel *kernel, uint64_t vaddr, struct inlined_function *functions)
{
	struct ko_file *file;
	uint64_t linked;

	if (!module_lines_is_of_module(kernel, vaddr))
		return kernel_inlined(kernel, vaddr, functions);
	file = file_at(kernel, vaddr, &linked);
	return file ? ko_file_inlined(file, linked, kernel->listener, functions) : 0;
}

size_t module_variables(struct kernel *kernel, uint64_t vaddr, unsigned int reg,
			struct register_variable *found, struct types **types)
{
	struct ko_file *file;
	uint64_t linked;

	if (!module_lines_is_of_module(kernel, vaddr))
		return kernel_variables(kernel, vaddr, reg, found, types);
	file = file_at(kernel, vaddr, &linked);
	return file ? ko_file_variables(file, linked, reg, kernel->listener, found, types) : 0;
}

struct ko_file *module_file_of(struct kernel *kernel, const char *module)
{
	struct module_lines *lines = lines_of(kernel);
	const struct module_range *range;
	size_t nr;

	for (size_t i = 0; lines && i < lines->nr; i++)
		if (!strcmp(lines->section[i].file->name, module))
			return lines->section[i].file;
	range = lines ? module_all_ranges(kernel, 0, UINT64_MAX, &nr) : NULL;
	for (size_t i = 0; range && i < nr; i++)
		if (!strcmp(range[i].name, module))
			return search_file(kernel, lines, &range[i]) ? kernel->module_files : NULL;
	return NULL;
}
