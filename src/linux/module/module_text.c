/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds functions that a text names in the files of modules, without a dump. */
#include <inttypes.h>
#include <string.h>

#include "debuginfo/ko_file.h"
#include "kernel/kernel.h"
#include "linux/module/module_lines.h"

struct text_search {
	struct ko_file *file;
	uint64_t extent, offset;
	size_t nr, nr_other; /* functions with this extent, and with another one */
	uint64_t size_of_other;
	uint64_t linked;
};

/* Counts a symbol that a kernel would show with the extent of the text. For the last symbol of a
 * section, kernels show the size up to the end of a part of the module, which contains several
 * sections: find_kallsyms_symbol() in kernel/module/kallsyms.c. */
static bool search_symbol(const struct kernel_symbol *symbol, void *arg)
{
	struct text_search *search = arg;
	uint64_t room = symbols_room(search->file->symbols, symbol->address);
	GElf_Shdr header;
	bool is_last;

	if (!ko_file_is_code(search->file, symbol) ||
	    !ko_file_section(search->file, symbol->address, &header))
		return true;
	is_last = !room || room > header.sh_size - (symbol->address - header.sh_addr);
	if (search->offset <= symbol->size &&
	    (is_last ? search->extent >= symbol->size : search->extent == room)) {
		search->nr++;
		search->linked = symbol->address + search->offset;
	} else {
		search->nr_other++;
		search->size_of_other = is_last ? symbol->size : room;
	}
	return true;
}

struct ko_file *module_file_of_text(struct kernel *kernel, const char *module, const char *name,
				    uint64_t offset, uint64_t extent, uint64_t *linked,
				    struct error *err)
{
	struct text_search search = { .extent = extent, .offset = offset };
	struct ko_file *found = NULL;
	size_t nr_files = 0;

	for (struct ko_file *file = kernel->module_files; file; file = file->next) {
		if (strcmp(file->name, module) != 0)
			continue;
		nr_files++;
		search.file = file;
		symbols_each(file->symbols, name, NULL, search_symbol, &search);
		if (search.nr && !found)
			found = file;
	}
	*linked = search.linked;
	if (search.nr == 1)
		return found;
	if (search.nr)
		fail(err, ERROR_NO_ANSWER,
		     "the debug file of the module %s has several such functions", module);
	else if (search.nr_other)
		fail(err, ERROR_NO_ANSWER,
		     "in the debug file of the module %s, %s has 0x%" PRIx64
		     " bytes: is the file of another build?",
		     module, name, search.size_of_other);
	else if (nr_files)
		fail(err, ERROR_NO_ANSWER, "the debug file of the module %s has no such function",
		     module);
	else
		fail(err, ERROR_NO_ANSWER,
		     "the symbols of the module %s are only in a dump; its debug file (%s.ko) would show the source line",
		     module, module);
	return NULL;
}
