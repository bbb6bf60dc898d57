/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/kernel_search.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/listener.h"
#include "dump/elf_notes.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/memory_scan.h"

enum {
	PAGE = 4096,      /* VMCOREINFO_BYTES: the text fills a page at most */
	MOST_NOTES = 256, /* stale copies of earlier kernels' and this one's */
	MOST_TRIALS = 64, /* of a note without a page table that was found */
};

struct search {
	struct kernel *kernel;
	uint64_t banners[MOST_BANNERS], notes[MOST_NOTES]; /* ascending */
	size_t nr_banners, nr_notes;
	uint64_t last_paddr;
	struct fact given_root;
	struct progress progress;
};

/* --- texts --- */

/* Up to size bytes, or to the page's end where what follows is missing. */
static size_t read_text(struct dump *dump, uint64_t paddr, char *text,
			size_t size)
{
	size_t in_page = PAGE - paddr % PAGE;

	if (dump_read(dump, paddr, text, size) == PAGE_PRESENT)
		return size;
	if (in_page < size &&
	    dump_read(dump, paddr, text, in_page) == PAGE_PRESENT)
		return in_page;
	return 0;
}

/* linux_banner ends in a newline and NUL (init/version-timestamp.c). What the
 * log keeps of it has no newline, what files say no NUL. */
static bool is_banner(struct dump *dump, uint64_t paddr)
{
	enum { RELEASE = 14, LONGEST = 512 };
	char text[LONGEST];
	size_t size = read_text(dump, paddr, text, sizeof(text));
	const char *end = memchr(text, '\n', size);

	if (!end || end + 1 == text + size || end[1] || end < text + RELEASE)
		return false;
	for (const char *at = text; at < end; at++)
		if (*at < ' ' || *at > '~')
			return false;
	return text[RELEASE] >= '0' && text[RELEASE] <= '9';
}

/* The text of a note: it ends in NUL. */
static size_t read_note(struct dump *dump, uint64_t paddr, char *text)
{
	return strnlen(text, read_text(dump, paddr, text, PAGE));
}

static uint64_t add_banner(struct search *search, uint64_t paddr)
{
	if (search->nr_banners < MOST_BANNERS &&
	    is_banner(search->kernel->dump, paddr))
		search->banners[search->nr_banners++] = paddr;
	return paddr + 1;
}

/* No note begins within another; that of a page of its own (4.13) begins it. */
static uint64_t add_note(struct search *search, uint64_t paddr)
{
	static const char key[] = "\nSYMBOL(swapper_pg_dir)=";
	uint64_t next_page = (paddr | (PAGE - 1)) + 1;
	char text[PAGE];
	size_t size;

	if (search->nr_notes == MOST_NOTES)
		return UINT64_MAX;
	size = read_note(search->kernel->dump, paddr, text);
	if (memmem(text, size, key, sizeof(key) - 1))
		search->notes[search->nr_notes++] = paddr;
	return paddr + size < next_page ? paddr + size + 1 : next_page;
}

static uint64_t add_text(void *arg, enum memory_text text, uint64_t paddr)
{
	return text == TEXT_BANNER ? add_banner(arg, paddr) :
				     add_note(arg, paddr);
}

static void tell_progress(void *kernel, const char *text)
{
	kernel_tell(kernel, KERNEL_PROGRESS, text);
}

static void step(void *arg, uint64_t paddr)
{
	struct search *search = arg;

	progress_step(&search->progress, paddr, search->last_paddr);
}

static void scan_memory(struct search *search)
{
	struct memory_scan scan = {
		.dump = search->kernel->dump,
		.found = add_text,
		.progress = step,
		.arg = search,
	};

	memory_scan(&scan);
}

/* --- the page table --- */

/* What -o says of it. */
static struct found_table wanted_table(const struct kernel *kernel)
{
	const struct fact *mode = &kernel->facts[FACT_MODE];
	const struct fact *levels = &kernel->facts[FACT_LEVELS];
	struct found_table wanted = { .known = mode->given };

	if (mode->given)
		wanted.mode = mode->value;
	if (levels->given)
		wanted.levels = (unsigned int)levels->value;
	return wanted;
}

static void warn_of_several(struct kernel *kernel,
			    const struct table_search *tables)
{
	char text[512] = "memory holds several kernels; none is used. Give the right page table by -o root=:";
	size_t used = strlen(text);

	for (size_t i = 0; i < tables->nr_found && used < sizeof(text); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%s %" PRIx64, i ? "," : "",
					 tables->found[i].root);
	kernel_tell(kernel, KERNEL_WARNING, text);
}

/*
 * A process's table that is free again has nothing of the process left, and may
 * lie in memory that was freed from the image and is still mapped with it: it
 * maps the same banner, at the same distance. x86-64 maps as writable what lies
 * in .data and behind: there the lowest is the kernel's own, for .data is freed
 * never, and .init and the last page lie behind it. i386's own is in .bss.
 */
static bool are_of_one_kernel(const struct table_search *tables)
{
	const struct found_table *first = &tables->found[0];

	for (size_t i = 0; i < tables->nr_found; i++) {
		const struct found_table *table = &tables->found[i];

		if (table->mode != MODE_X86_64 ||
		    table->levels != first->levels ||
		    table->banner_vaddr[0] != first->banner_vaddr[0] ||
		    table->vaddr - table->root != first->vaddr - first->root)
			return false;
	}
	return tables->nr_found;
}

/* Of several the one that the user names. */
static const struct found_table *choose(const struct search *search,
					const struct table_search *tables)
{
	const struct fact *root = &search->given_root;

	if (tables->nr_found == 1)
		return &tables->found[0];
	if (!root->given && are_of_one_kernel(tables))
		return &tables->found[0];
	for (size_t i = 0; i < tables->nr_found; i++)
		if (root->given && tables->found[i].root == root->value)
			return &tables->found[i];
	if (tables->nr_found)
		warn_of_several(search->kernel, tables);
	return NULL;
}

static void find_table(struct search *search)
{
	struct kernel *kernel = search->kernel;
	const struct found_table wanted = wanted_table(kernel);
	struct table_search tables = {
		.dump = kernel->dump,
		.last_paddr = search->last_paddr,
		.wanted = &wanted,
		.banners = search->banners,
		.nr_banners = search->nr_banners,
	};
	const struct found_table *table;
	char text[160];

	table_search(&tables, kernel->arch);
	table = choose(search, &tables);
	if (!table)
		return;
	kernel->table = *table;
	kernel->table.known = true;
	if (!kernel->arch)
		kernel->arch = arch_find(table->mode == MODE_X86_64 ?
						 EM_X86_64 : EM_386);
	snprintf(text, sizeof(text),
		 "page table: %" PRIx64 " (found in memory, maps linux_banner at %" PRIx64 ")",
		 table->root, table->banner_vaddr[0]);
	kernel_tell(kernel, KERNEL_FACT_FOUND, text);
}

/* --- the note --- */

/*
 * Proof: the kernel's page table, found with this text or before it, maps
 * itself where the text says, and init_uts_ns, read through it, says the same
 * release.
 */
static bool proves(const struct vmcoreinfo *note, const struct space *space)
{
	enum { UTS_NAMESPACE = 512 }; /* six names of 65 bytes, and a little more */
	uint64_t swapper, uts;
	struct bytes release;
	char text[UTS_NAMESPACE];

	return vmcoreinfo_symbol(note, "swapper_pg_dir", &swapper) &&
	       vmcoreinfo_symbol(note, "init_uts_ns", &uts) &&
	       vmcoreinfo_find(note, "OSRELEASE", &release) && release.size &&
	       space_maps(space, swapper, space->root) &&
	       space_read(space, uts, text, sizeof(text), NULL) &&
	       memmem(text, sizeof(text), release.data, release.size);
}

/* What symbols could not be found with is forgotten as well. */
static void forget_note(struct kernel *kernel)
{
	kernel->note.text = (struct bytes){ 0 };
	if (!kernel->dump_symbols.kallsyms)
		kernel->dump_symbols.tried = false;
	kernel_forget_facts(kernel);
}

/* Where no table was found, that which the note itself leads to has to do. */
static bool proves_itself(struct kernel *kernel)
{
	const struct arch *arch = kernel->arch;
	const struct space *space;

	if (!arch)
		kernel->arch = arch_find(vmcoreinfo_machine(kernel->note.text));
	kernel_forget_facts(kernel);
	space = kernel->arch ? kernel_space(kernel, NULL) : NULL;
	if (space && proves(&kernel->note, space))
		return true;
	kernel->arch = arch;
	return false;
}

static bool try_note(struct kernel *kernel, uint64_t paddr)
{
	char text[PAGE], said[80];
	size_t size = read_note(kernel->dump, paddr, text);
	char *copy = size ? malloc(size) : NULL;
	struct space space;

	if (!copy)
		return false;
	memcpy(copy, text, size);
	kernel->note.text = (struct bytes){ (uint8_t *)copy, size };
	if (kernel_table_space(kernel, &space) ?
		    !proves(&kernel->note, &space) : !proves_itself(kernel)) {
		forget_note(kernel);
		free(copy);
		return false;
	}
	kernel->found_note = copy;
	kernel->note_found = true;
	kernel->note_paddr = paddr;
	kernel_forget_facts(kernel);
	snprintf(said, sizeof(said), "vmcoreinfo: %" PRIx64 " (found in memory)",
		 paddr);
	kernel_tell(kernel, KERNEL_FACT_FOUND, said);
	return true;
}

/* unsigned char *vmcoreinfo_data (kernel/vmcore_info.c, before 6.9
 * kernel/crash_core.c) */
static bool note_by_symbol(struct kernel *kernel)
{
	const struct space *space;
	uint64_t variable, address;
	struct walk walk;

	if (!kernel_dump_symbol(kernel, "vmcoreinfo_data", &variable) ||
	    !kernel_read_pointer(kernel, variable, &address, NULL))
		return false;
	space = kernel_space(kernel, NULL);
	if (!space)
		return false;
	walk = walk_page_table(space, address);
	return walk.outcome == WALK_MAPPED && try_note(kernel, walk.paddr);
}

static void search_all(struct kernel *kernel, struct fact given_root)
{
	struct search search = {
		.kernel = kernel,
		.last_paddr = dump_last_paddr(kernel->dump),
		.given_root = given_root,
		.progress = progress_start("searching memory for a kernel",
					   tell_progress, kernel),
	};
	size_t limit;

	scan_memory(&search);
	find_table(&search);
	limit = kernel->table.known ? MOST_NOTES : MOST_TRIALS;
	for (size_t i = 0; i < search.nr_notes && i < limit; i++)
		if (try_note(kernel, search.notes[i]))
			return;
}

void kernel_search_memory(struct kernel *kernel)
{
	struct fact root = kernel->facts[FACT_ROOT];

	/* The proof is the kernel's own table: one that was given may be another. */
	kernel->facts[FACT_ROOT] = (struct fact){ 0 };
	if (!kernel->arch || !kernel->dump->nr_cpus || !note_by_symbol(kernel))
		search_all(kernel, root);
	if (root.given)
		kernel->facts[FACT_ROOT] = root;
	kernel_forget_facts(kernel);
}
