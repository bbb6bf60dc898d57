/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the kernel by a search of memory. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/page.h"
#include "base/machine.h"
#include "dump/registers.h"
#include "dump/search.h"
#include "kernel/view.h"
#include "kernel/vmcoreinfo.h"
#include "kernel/arch.h"
#include "open/archs.h"
#include "open/kernel_search.h"
#include "open/open.h"
#include "open/opened.h"
#include "paging/family.h"

/* If no page table was found, at most this many notes are tried. */
enum { MOST_TRIALS = 64 };

/* --- texts --- */

size_t open_search_read_text(struct dump *dump, uint64_t paddr, char *text, size_t size)
{
	size_t in_page = LEAST_PAGE - paddr % LEAST_PAGE;

	if (dump_read(dump, paddr, text, size) == PAGE_PRESENT)
		return size;
	if (in_page < size && dump_read(dump, paddr, text, in_page) == PAGE_PRESENT)
		return in_page;
	return 0;
}

/* Returns true if linux_banner is at paddr. linux_banner ends with a newline and a NUL
 * (init/version-timestamp.c). This distinguishes it from copies: a copy in the log has no newline,
 * and a copy in a file has no NUL. */
static bool is_banner(struct dump *dump, uint64_t paddr)
{
	enum { RELEASE = 14, LONGEST = 512 };
	char text[LONGEST];
	size_t size = open_search_read_text(dump, paddr, text, sizeof(text));
	const char *end = memchr(text, '\n', size);

	if (!end || end + 1 == text + size || end[1] || end < text + RELEASE)
		return false;
	for (const char *at = text; at < end; at++)
		if (*at < ' ' || *at > '~')
			return false;
	return text[RELEASE] >= '0' && text[RELEASE] <= '9';
}

/* Reads the text of a note up to its NUL. Returns the length of the text, without the part after
 * its last newline: if the rest of a copy is on another page, the value in this part is cut. */
static size_t open_search_read_note(struct dump *dump, uint64_t paddr, char *text)
{
	size_t size = strnlen(text, open_search_read_text(dump, paddr, text, LEAST_PAGE));

	while (size && text[size - 1] != '\n')
		size--;
	return size;
}

/* Adds the note at paddr. The next note begins after it, because notes do not overlap and, since
 * 4.13, begin at the start of a page. */
static void open_search_add_note(struct kernel_search *search, uint64_t paddr)
{
	static const char key[] = "\nSYMBOL(swapper_pg_dir)=";
	uint64_t next_page = (paddr | (LEAST_PAGE - 1)) + 1;
	char text[LEAST_PAGE];
	size_t size;

	if (search->nr_notes == MOST_NOTES) {
		search->cut = true;
		return;
	}
	size = open_search_read_note(search->dump, paddr, text);
	if (memmem(text, size, key, sizeof(key) - 1))
		search->notes[search->nr_notes++] = paddr;
	search->next_note = paddr + size < next_page ? paddr + size + 1 : next_page;
}

static void add_banner(struct kernel_search *search, uint64_t paddr)
{
	if (search->nr_banners == MOST_BANNERS) {
		search->cut = true;
		return;
	}
	if (search->texts && search->nr_texts < MOST_TEXTS)
		search->texts[search->nr_texts++] = paddr;
	else if (search->texts)
		search->cut = true;
	if (is_banner(search->dump, paddr))
		search->banners[search->nr_banners++] = paddr;
}

static const struct bytes banner_start = { (const uint8_t *)"Linux version ", 14 };
static const struct bytes note_start = { (const uint8_t *)"OSRELEASE=", 10 };

static bool open_search_add_text(void *arg, const struct hit *hit)
{
	struct kernel_search *search = arg;

	if (hit->text->data == banner_start.data)
		add_banner(search, hit->address);
	else if (hit->address >= search->next_note)
		open_search_add_note(search, hit->address);
	return true;
}

static bool open_search_show_progress(void *arg, uint64_t done, uint64_t total)
{
	struct kernel_search *search = arg;

	progress_step(&search->progress, done, total);
	return !listener_stops(search->listener);
}

void open_search_scan(struct kernel_search *search)
{
	const struct search_range all = { .last = dump_last_paddr(search->dump) };
	struct matcher matcher = matcher_create(1, 0);
	struct search texts = {
		.dump = search->dump,
		.matcher = &matcher,
		.ranges = &all,
		.nr_ranges = 1,
		.found = open_search_add_text,
		.progress = open_search_show_progress,
		.arg = search,
	};

	search->progress = progress_start("searching memory for a kernel", search->listener);
	search->tables = (struct table_search){
		.dump = search->dump,
		.last_paddr = all.last,
		.banners = search->banners,
	};
	if (matcher_add_text(&matcher, banner_start) && matcher_add_text(&matcher, note_start)) {
		matcher_finish(&matcher);
		search_memory(&texts, NULL);
	}
	matcher_release(&matcher);
	search->tables.nr_banners = search->nr_banners;
}

/* --- the page table --- */

/* `used_table`: the table that is used; NULL: none. */
static void warn_of_several(struct kernel *kernel, const struct table_search *tables,
			    const struct found_table *used_table)
{
	char text[512];
	size_t used;

	if (used_table) {
		listener_warn(
			kernel->listener,
			"memory holds several kernels, and the one that CPU 0 runs is used; the command kernels lists them, and --kernel=NUMBER opens one");
		return;
	}
	used = (size_t)snprintf(
		text, sizeof(text),
		"memory holds several kernels, and none is used; choose one with --kernel=NUMBER (the command kernels lists them), or by its page table with -o root=:");

	for (size_t i = 0; i < tables->nr_found && used < sizeof(text); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s %" PRIx64,
					 i ? "," : "", tables->found[i].root);
	listener_warn(kernel->listener, "%s", text);
}

/* Returns true if all tables that were found are the kernel's own table or copies of it. The copies
 * are page tables of ended processes, in memory that was freed from the kernel's image (.init) but
 * is still mapped as part of the image. All these tables map the same banner, and the difference
 * between the virtual and the physical address is the same for all of them. */
static bool are_of_one_kernel(const struct table_search *tables)
{
	const struct found_table *first = &tables->found[0];

	for (size_t i = 0; i < tables->nr_found; i++) {
		const struct found_table *table = &tables->found[i];

		if (!table->is_in_data || table->choice.levels != first->choice.levels ||
		    table->banner_vaddr[0] != first->banner_vaddr[0] ||
		    table->vaddr - table->root != first->vaddr - first->root)
			return false;
	}
	return tables->nr_found;
}

/* Returns the value that -o set, or 0 if -o did not set the fact. */
static uint64_t value_given(const struct kernel *kernel, enum fact_id id)
{
	const struct fact *fact = &kernel->facts->fact[id];

	return fact->given ? fact->value : 0;
}

static void set_table(struct kernel *kernel, const struct found_table *table)
{
	*kernel->table = *table;
	kernel->table->known = true;
	if (!kernel->arch)
		open_set_arch(kernel, arch_of_mode(table->choice.mode));
	listener_fact(kernel->listener,
		      "page table: %" PRIx64 " (found in memory, maps linux_banner at %" PRIx64 ")",
		      table->root, table->banner_vaddr[0]);
}

/* Makes banner_vaddr[0] the first banner of the table's own image. The image of a 6.1 kernel has two
 * banners of one release, and the direct map of i386 also maps the banners of other kernels. */
static void choose_banner(struct kernel_search *search, struct found_table *table)
{
	enum { IMAGE = 32 << 20, RELEASE = 64 }; /* larger than .rodata and .init of an image */
	uint64_t own = table->own_banner, offset = table->vaddr - table->root;
	char text[RELEASE] = "", other[RELEASE];

	dump_read(search->dump, own, text, sizeof(text));
	for (size_t i = 0; i < search->nr_banners && search->banners[i] < table->own_banner; i++)
		if (own == table->own_banner && own - search->banners[i] < IMAGE &&
		    dump_read(search->dump, search->banners[i], other, RELEASE) == PAGE_PRESENT &&
		    !memcmp(text, other, RELEASE))
			own = search->banners[i];
	table->own_banner = own;
	table->banner_vaddr[0] = own + offset;
}

static struct space space_of_table(struct dump *dump, const struct found_table *table)
{
	struct space space = {
		.dump = dump,
		.paging = arch_of_mode(table->choice.mode)->paging(&table->choice),
		.encrypt_mask = table->encrypt_mask,
	};

	space_set_kernel_root(&space, table->root);
	return space;
}

bool open_search_maps(struct dump *dump, const struct found_table *table, uint64_t paddr)
{
	/* The image is at most this large. The direct map of i386 maps all low memory at the offset
	 * of the image. */
	enum { IMAGE_MOST = 64 << 20 };
	const struct space space = space_of_table(dump, table);
	uint64_t distance = paddr < table->root ? table->root - paddr : paddr - table->root;

	return distance < IMAGE_MOST &&
	       space_maps(&space, paddr + (table->vaddr - table->root), paddr);
}

bool open_search_runs(struct dump *dump, const struct found_table *table, size_t cpu)
{
	const struct arch *arch = arch_of_mode(table->choice.mode);
	struct space own = space_of_table(dump, table), theirs = own;
	/* All tables of a kernel share the lower tables of these addresses. With 32-bit addresses,
	 * any kernel maps the banner of any other, so the page below the last one is used, which is
	 * in the fixmap. */
	uint64_t vaddr = arch->pointer_size == 8 ? table->banner_vaddr[0] : 0xffffe000;
	struct walk ours, walk;
	uint64_t root;

	space_set_kernel_root(&theirs, NO_TABLE);
	if (!arch_cpu_root(arch, &theirs, &dump->cpus[cpu], &root))
		return false;
	space_set_kernel_root(&theirs, root);
	ours = walk_page_table(&own, vaddr);
	walk = walk_page_table(&theirs, vaddr);
	return ours.nr_steps && ours.nr_steps == walk.nr_steps &&
	       ours.step[ours.nr_steps - 1].entry_paddr == walk.step[walk.nr_steps - 1].entry_paddr;
}

/* Returns the table of the kernel that CPU 0 runs, or NULL if none of the tables is. */
static struct found_table *table_of_cpu(struct kernel_search *search)
{
	struct table_search *tables = &search->tables;

	for (size_t i = 0; search->dump->nr_cpus && i < tables->nr_found; i++) {
		struct found_table *table = &tables->found[i];

		choose_banner(search, table);
		if (open_search_runs(search->dump, table, 0))
			return table;
	}
	return NULL;
}

/* Returns the table of the only kernel that was found, or the table that -o root= selects, or the
 * table of the kernel that CPU 0 runs. Returns NULL if there is none. */
static const struct found_table *
open_search_choose(struct kernel *kernel, struct kernel_search *search, const struct fact *root)
{
	const struct table_search *tables = &search->tables;
	const struct found_table *running;

	if (tables->nr_found == 1 || (!root->given && are_of_one_kernel(tables)))
		return &tables->found[0];
	for (size_t i = 0; i < tables->nr_found; i++)
		if (root->given && tables->found[i].root == root->value)
			return &tables->found[i];
	if (!tables->nr_found)
		return NULL;
	running = root->given ? NULL : table_of_cpu(search);
	warn_of_several(kernel, tables, running);
	return running;
}

static void open_search_find_table(struct kernel *kernel, struct kernel_search *search,
				   const struct fact *given_root)
{
	const struct found_table wanted = {
		.known = kernel->facts->fact[FACT_MODE].given,
		.choice = {
			.mode = (enum kernel_mode)value_given(kernel, FACT_MODE),
			.levels = value_given(kernel, FACT_LEVELS),
			.page_size = value_given(kernel, FACT_PAGE_SIZE),
			.va_bits = value_given(kernel, FACT_VA_BITS),
			.config_va_bits = value_given(kernel, FACT_CONFIG_VA_BITS),
			.pa_bits = value_given(kernel, FACT_PA_BITS),
		},
	};
	const struct arch *const only[] = { kernel->arch, NULL };
	const struct found_table *table;

	search->tables.wanted = &wanted;
	table_search(&search->tables, kernel->arch ? only : archs);
	table = open_search_choose(kernel, search, given_root);
	if (table)
		set_table(kernel, table);
}

void open_search_all_tables(struct kernel_search *search)
{
	const struct found_table wanted = { 0 };

	search->tables.wanted = &wanted;
	search->tables.one_per_image = true;
	table_search(&search->tables, archs);
	for (size_t i = 0; i < search->tables.nr_found; i++)
		choose_banner(search, &search->tables.found[i]);
}

/* --- the note --- */

/* Returns true if init_uts_ns contains the note's release. The note gives the virtual address of
 * init_uts_ns, which is read through the page table. */
static bool has_its_release(const struct vmcoreinfo *note, const struct space *space)
{
	/* enough for struct uts_namespace: six names of 65 bytes and a few other members */
	enum { UTS_NAMESPACE = 512 };
	uint64_t uts;
	struct bytes release;
	char text[UTS_NAMESPACE];

	return vmcoreinfo_symbol(note, "init_uts_ns", &uts) &&
	       vmcoreinfo_find(note, "OSRELEASE", &release) && release.size &&
	       space_read(space, uts, text, sizeof(text), NULL) &&
	       memmem(text, sizeof(text), release.data, release.size);
}

/* Returns true if the note belongs to the page table's kernel: the page table maps the note's
 * swapper_pg_dir to the root of this page table, and init_uts_ns contains the note's release. */
static bool open_search_proves(const struct vmcoreinfo *note, const struct space *space)
{
	uint64_t swapper;

	return vmcoreinfo_symbol(note, "swapper_pg_dir", &swapper) &&
	       space_maps(space, swapper, space_kernel_root(space)) && has_its_release(note, space);
}

/* Called if no search has found a page table. Returns true if the page table that the note
 * describes maps init_uts_ns, and init_uts_ns contains the note's release. The function does not
 * check whether the page table maps itself, because the entry for this may be damaged. */
static bool proves_itself(struct kernel *kernel)
{
	const struct arch *arch = kernel->arch;
	const struct space *space;

	if (!arch)
		open_set_arch(kernel, arch_find(machine_of_note(kernel->note->text)));
	open_forget(kernel);
	space = kernel->arch ? kernel_space(kernel, NULL) : NULL;
	if (space && kernel->facts->fact[FACT_ROOT].from->use != SOURCE_FALLBACK &&
	    has_its_release(kernel->note, space))
		return true;
	open_set_arch(kernel, arch);
	return false;
}

static bool try_note(struct kernel *kernel, uint64_t paddr)
{
	char text[LEAST_PAGE];
	size_t size = open_search_read_note(kernel->dump, paddr, text);
	char *copy = size ? malloc(size) : NULL;
	struct space space;

	if (!copy)
		return false;
	memcpy(copy, text, size);
	kernel->note->text = (struct bytes){ (uint8_t *)copy, size };
	if (kernel_table_space(kernel, &space) ? !open_search_proves(kernel->note, &space) :
						 !proves_itself(kernel)) {
		kernel->note->text = (struct bytes){ 0 };
		open_forget(kernel);
		free(copy);
		return false;
	}
	open_set_found_note(kernel, copy, paddr);
	open_forget(kernel);
	listener_fact(kernel->listener, "vmcoreinfo: %" PRIx64 " (found in memory)", paddr);
	return true;
}

/* Tries the note to which the variable vmcoreinfo_data points (kernel/vmcore_info.c; before 6.9,
 * kernel/crash_core.c). Returns true if the note is used. */
static bool note_by_symbol(struct kernel *kernel)
{
	const struct space *space;
	uint64_t address;
	struct walk walk;

	if (!find_dump_variable(kernel, "vmcoreinfo_data", &address))
		return false;
	space = kernel_space(kernel, NULL);
	if (!space)
		return false;
	walk = walk_page_table(space, address);
	return walk.outcome == WALK_MAPPED && try_note(kernel, walk.paddr);
}

/* Tries the notes until one belongs to the kernel. */
static void try_notes(struct kernel *kernel, const struct kernel_search *search)
{
	size_t limit = kernel->table->known ? MOST_NOTES : MOST_TRIALS;

	/* Copies in memory of processes that read the note may continue on a page that is not the
	 * next frame. The kernel's note begins at the start of a page, so it is whole. */
	for (int elsewhere = 0; elsewhere < 2; elsewhere++)
		for (size_t i = 0; i < search->nr_notes && i < limit; i++)
			if ((search->notes[i] % LEAST_PAGE != 0) == elsewhere &&
			    try_note(kernel, search->notes[i]))
				return;
}

static void search_all(struct kernel *kernel, struct fact given_root)
{
	struct kernel_search search = { .dump = kernel->dump, .listener = kernel->listener };

	open_search_scan(&search);
	open_search_find_table(kernel, &search, &given_root);
	try_notes(kernel, &search);
}

void open_search_memory(struct kernel *kernel)
{
	struct fact root = kernel->facts->fact[FACT_ROOT];

	/* During the search, -o root= is forgotten. Notes must be compared with the kernel's own
	 * table, but -o root= may select another table. */
	kernel->facts->fact[FACT_ROOT] = (struct fact){ 0 };
	if (!kernel->arch || !kernel->dump->nr_cpus || !note_by_symbol(kernel))
		search_all(kernel, root);
	if (root.given)
		kernel->facts->fact[FACT_ROOT] = root;
	open_forget(kernel);
}

/* --- one of several kernels --- */

void open_search_use(struct kernel *kernel, const struct kernel_search *search,
		     const struct found_table *table)
{
	/* The note of the dump may belong to another kernel. It is also in memory, and is used if
	 * the table proves it. A note that the user gave is kept. */
	bool given =
		kernel->note->text.size && kernel->note->text.data != kernel->dump->vmcoreinfo.data;

	open_set_arch(kernel, NULL);
	set_table(kernel, table);
	if (given)
		return;
	kernel->note->text = (struct bytes){ 0 };
	open_forget(kernel);
	try_notes(kernel, search);
}
