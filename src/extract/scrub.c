/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "extract/scrub.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ranges.h"
#include "base/sort.h"
#include "dump/registers.h"
#include "dump/write/dump_out.h"
#include "extract/selection.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "linux/module/modules.h"
#include "linux/region.h"

/* Places that scrubbing needs: bytes that are the same on each machine with this kernel, bytes that
 * reveal names although they are not names, and the ranges to which pointers point. */

/* --- ranges --- */

/* Sets the mask bit of each byte of the frame that is in one of the ranges. */
static void byte_ranges_mark(const struct byte_ranges *ranges, uint64_t pfn,
			     uint8_t mask[PAGE_MASK_BYTES])
{
	uint64_t page = pfn << PAGE_SHIFT, last = page_last(page);

	for (size_t i = RANGES_SEARCH(ranges->range, ranges->nr, page);
	     i < ranges->nr && ranges->range[i].first <= last; i++) {
		const struct byte_range *range = &ranges->range[i];
		uint64_t from = range->first > page ? range->first : page;
		uint64_t to = range->last < last ? range->last : last;

		mask_set(mask, (unsigned int)(from - page), (unsigned int)(to - from) + 1);
	}
}

enum which_pages { ALL_PAGES, CONSTANT_PAGES /* only pages that are mapped as read-only */ };

/* Adds a range of physical addresses for each mapped page of [start, end), which are virtual
 * addresses. */
static bool scrub_places_add_mapped(struct byte_ranges *ranges, struct kernel *kernel,
				    uint64_t start, uint64_t end, enum which_pages pages)
{
	enum { LARGEST = 1 << 30 };
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t steps = 0;

	if (!space || end <= start || end - start > LARGEST)
		return true;
	for (uint64_t at = start, last; at < end; at = last + 1) {
		struct walk walk = walk_page_table(space, at);
		struct byte_range range;

		last = page_last(at) < end - 1 ? page_last(at) : end - 1;
		if (listener_stops_at(kernel->listener, ++steps))
			return false;
		if (walk.outcome != WALK_MAPPED || (pages == CONSTANT_PAGES && walk.writable))
			continue;
		range = (struct byte_range){ walk.paddr, walk.paddr + (last - at) };
		if (!array_add(&ranges->range, &ranges->nr, &ranges->room, &range, sizeof(range)))
			return false;
	}
	return true;
}

/* Sorts the ranges, and joins overlapping ranges. Ranges overlap if a page is mapped more than
 * once. */
static bool scrub_places_sort(struct byte_ranges *ranges, const struct listener *listener)
{
	size_t nr = 0;

	if (!sort_items(ranges->range, ranges->nr, sizeof(*ranges->range), ranges_compare,
			listener))
		return false;
	for (size_t i = 0; i < ranges->nr; i++) {
		const struct byte_range *range = &ranges->range[i];
		uint64_t *last = nr ? &ranges->range[nr - 1].last : NULL;

		if (!last || range->first > *last)
			ranges->range[nr++] = *range;
		else if (range->last > *last)
			*last = range->last;
	}
	ranges->nr = nr;
	return true;
}

/* --- the image --- */

static bool find_bounds(struct kernel *kernel, const char *first, const char *behind,
			uint64_t *start, uint64_t *end)
{
	return kernel_symbol(kernel, first, start, NULL) &&
	       kernel_symbol(kernel, behind, end, NULL) && *start <= *end;
}

/* Finds the data that are written only while the kernel boots, for example the keys of hash
 * functions. Since c74ba8b3480d, these data are between the constants, but they are not constants.
 * If their addresses are unknown, no data count as constant. */
static bool find_once_written(struct kernel *kernel, uint64_t *start, uint64_t *end)
{
	return find_bounds(kernel, "__start_ro_after_init", "__end_ro_after_init", start, end) ||
	       find_bounds(kernel, "__start_data_ro_after_init", "__end_data_ro_after_init", start,
			   end);
}

static bool find_constants(struct scrub_places *places, struct kernel *kernel)
{
	struct byte_ranges *constant = &places->constant;
	uint64_t start, end, once_start, once_end;

	if (find_bounds(kernel, "_stext", "_etext", &start, &end) &&
	    !scrub_places_add_mapped(constant, kernel, start, end, CONSTANT_PAGES))
		return false;
	if (!find_bounds(kernel, "__start_rodata", "__end_rodata", &start, &end))
		return true;
	if (!find_once_written(kernel, &once_start, &once_end))
		return true;
	if (once_start < start || once_end > end)
		return scrub_places_add_mapped(constant, kernel, start, end, CONSTANT_PAGES);
	return scrub_places_add_mapped(constant, kernel, start, once_start, CONSTANT_PAGES) &&
	       scrub_places_add_mapped(constant, kernel, once_end, end, CONSTANT_PAGES);
}

/* --- names of files --- */

/* Returns the number of heads in dentry_hashtable: 1 << (32 - d_hash_shift), or before 4.16
 * (854d3e63438d) d_hash_mask plus 1. Pointers to these heads are not kept, because a pointer
 * reveals the hash of a name, so that a guess of the name could be verified. */
static uint64_t hash_heads(struct kernel *kernel)
{
	uint64_t address, value;

	if (kernel_symbol(kernel, "d_hash_mask", &address, NULL) &&
	    kernel_read_number(kernel, address, 4, &value, NULL))
		return value + 1;
	if (kernel_symbol(kernel, "d_hash_shift", &address, NULL) &&
	    kernel_read_number(kernel, address, 4, &value, NULL) && value <= 32)
		return UINT64_C(1) << (32 - value);
	return 0;
}

static bool find_hidden(struct scrub_places *places, struct kernel *kernel)
{
	uint64_t table, heads = hash_heads(kernel), size;

	if (!heads || !kernel_read_variable(kernel, "dentry_hashtable", &table))
		return true;
	size = heads * kernel_pointer_size(kernel);
	if (table > UINT64_MAX - size)
		return true;
	places->rules.hidden = (struct byte_range){ table, table + size - 1 };
	return scrub_places_add_mapped(&places->hidden, kernel, table, table + size, ALL_PAGES);
}

/* --- pointers --- */

static bool is_pointed_to(enum region_kind kind)
{
	switch (kind) {
	case REGION_DIRECT_MAP:
	case REGION_VMALLOC:
	case REGION_VMEMMAP:
	case REGION_CPU_ENTRY_AREA:
	case REGION_KERNEL_IMAGE:
	case REGION_MODULES:
	case REGION_BPF_JIT:
	case REGION_KMAP:
	case REGION_FIXMAP: return true;
	default: return false;
	}
}

static void find_rules(struct scrub_places *places, struct kernel *kernel)
{
	struct blank_rules *rules = &places->rules;
	const struct region_list *regions = region_all(kernel, NULL);

	rules->word = kernel_pointer_size(kernel);
	for (size_t i = 0; regions && i < regions->nr; i++) {
		const struct region *region = &regions->region[i];

		if (is_pointed_to(region->kind) && rules->nr_ranges < MOST_BLANK_RANGES)
			rules->range[rules->nr_ranges++] =
				(struct byte_range){ region->first, region->last };
	}
}

/* --- modules --- */

struct module_search {
	struct scrub_places *places;
	uint64_t taints; /* offset in struct module */
	bool failed;
};

/* Adds a module if it has no taints: then it belongs to the kernel's source tree, was not modified,
 * and was not loaded by force. */
static bool scrub_places_visit_module(struct kernel *kernel, const struct listed_module *module,
				      void *arg)
{
	struct module_search *search = arg;
	uint64_t taints;

	if (!kernel_read_word(kernel, module->address + search->taints, &taints, NULL) || taints)
		return true;
	search->failed =
		address_set_add(&search->places->own_modules, module->address) == ADDRESS_NO_MEMORY;
	return !search->failed;
}

/* Finds the modules of the kernel's source tree. A kernel whose struct module has the member
 * kallsyms (8244062ef1e5) marks all other modules with TAINT_OOT_MODULE, because this taint is
 * older (2449b8ba0745). In kernels without this member, no module counts as part of the source
 * tree. */
static bool find_own_modules(struct scrub_places *places, struct kernel *kernel)
{
	struct module_search search = { .places = places };

	uint64_t kallsyms;

	if (!kernel_member_offset(kernel, "module", "kallsyms", &kallsyms) ||
	    !kernel_member_offset(kernel, "module", "taints", &search.taints))
		return true;
	module_each(kernel, scrub_places_visit_module, &search, NULL);
	return !search.failed;
}

bool scrub_places_find(struct scrub_places *places, struct kernel *kernel)
{
	find_rules(places, kernel);
	return find_constants(places, kernel) && find_hidden(places, kernel) &&
	       find_own_modules(places, kernel) &&
	       scrub_places_sort(&places->constant, kernel->listener) &&
	       scrub_places_sort(&places->hidden, kernel->listener);
}

void scrub_places_release(struct scrub_places *places)
{
	free(places->constant.range);
	free(places->hidden.range);
	address_set_release(&places->own_modules);
}

/* --- headers and notes --- */

static bool scrub_name(char name[UTS_NAME_SIZE], struct pseudonyms *pseudonyms)
{
	size_t length = strnlen(name, UTS_NAME_SIZE - 1), size;
	char other[PSEUDONYM_MAX];

	if (!length || !strcmp(name, "(none)"))
		return true;
	size = pseudonym_of(pseudonyms, name, length, other);
	memset(name, 0, UTS_NAME_SIZE);
	memcpy(name, other, size);
	return size;
}

/* The start of each key that the kernel (kernel/vmcore_info.c and arch/x86) or kwalk writes. */
static const char *const known_keys[] = {
	"OSRELEASE", "BUILD-ID", "PAGESIZE", "KERNELOFFSET", "CRASHTIME", "SYMBOL(",
	"SIZE(",     "OFFSET(",	 "LENGTH(",  "NUMBER(",	     "CONFIG_",	  "KWALK_",
};

static bool is_known_line(const char *line, size_t size)
{
	const char *equals = memchr(line, '=', size);

	for (size_t i = 0; i < sizeof(known_keys) / sizeof(*known_keys); i++) {
		size_t length = strlen(known_keys[i]);

		if (equals && (size_t)(equals - line) >= length &&
		    !memcmp(line, known_keys[i], length))
			return true;
	}
	return false;
}

/* Removes lines with unknown keys, because their content may be secret. */
static void scrub_note(struct note_text *note)
{
	size_t to = 0;

	for (size_t at = 0, size; at < note->size; at += size) {
		char *line = note->text + at, *newline = memchr(line, '\n', note->size - at);

		size = newline ? (size_t)(newline - line) + 1 : note->size - at;
		if (!is_known_line(line, size))
			continue;
		memmove(note->text + to, line, size);
		to += size;
	}
	note->size = to;
}

/* Returns true if the value of a general register may stay. Only small numbers and pointers may
 * stay, because other values may be part of a text or a key. Registers that are not general
 * registers always stay, because they show which code ran with which page tables. */
static bool may_stay(const struct blank_rules *rules, uint64_t value)
{
	return blank_is_small(value) || blank_is_pointer(rules, value);
}

static void scrub_registers(struct registers *registers, const struct blank_rules *rules)
{
	for (enum cpu_register i = CPU_AX; i <= CPU_X30; i++)
		if ((i <= CPU_R15 || i >= CPU_X0) && !may_stay(rules, registers->value[i]))
			registers->value[i] = 0;
}

/* Clears the general registers in QEMU's note, except values for which may_stay() is true. Of the
 * 18 registers in struct QEMUCPUState, the first 16 are rax to r15. rsp, the seventh, always stays.
 * Bytes after kernel_gs_base are cleared, too. */
static void scrub_qemu(uint8_t *note, size_t size, const struct blank_rules *rules)
{
	enum { NR = 16, SP = 6, KERNEL_GS_BASE_SIZE = 8 };

	for (size_t i = 0; i < NR; i++) {
		uint8_t *at = note + QEMU_REGISTERS + 8 * i;

		if (i != SP && QEMU_REGISTERS + 8 * (i + 1) <= size &&
		    !may_stay(rules, load_le64(at)))
			store_le(at, 0, 8);
	}
	if (size > QEMU_SIZE + KERNEL_GS_BASE_SIZE)
		memset(note + QEMU_SIZE + KERNEL_GS_BASE_SIZE, 0,
		       size - QEMU_SIZE - KERNEL_GS_BASE_SIZE);
}

static bool scrub_stopped(struct machine_known *known, const struct blank_rules *rules)
{
	struct machine_out *machine = &known->machine;
	size_t nr = machine->nr_stopped;

	if (!known->stopped && nr) {
		known->stopped = calloc(nr, sizeof(*known->stopped));
		if (!known->stopped)
			return false;
		memcpy(known->stopped, machine->stopped, nr * sizeof(*known->stopped));
		machine->stopped = known->stopped;
	}
	for (size_t i = 0; i < nr; i++)
		scrub_registers(&known->stopped[i], rules);
	return true;
}

static bool scrub_cpus(struct machine_known *known, const struct blank_rules *rules)
{
	struct machine_out *machine = &known->machine;
	size_t nr = machine->nr_cpus, size = 0;
	uint8_t *to;

	if (!nr)
		return true;
	for (size_t i = 0; i < nr; i++)
		size += machine->cpus[i].note.size;
	known->cpus = calloc(nr, sizeof(*known->cpus));
	known->cpu_notes = malloc(size + 1);
	if (!known->cpus || !known->cpu_notes)
		return false;
	to = known->cpu_notes;
	for (size_t i = 0; i < nr; i++) {
		struct bytes note = machine->cpus[i].note;

		known->cpus[i] = machine->cpus[i];
		known->cpus[i].note.data = to;
		if (note.size)
			memcpy(to, note.data, note.size);
		scrub_qemu(to, note.size, rules);
		scrub_registers(&known->cpus[i].registers, rules);
		to += note.size;
	}
	machine->cpus = known->cpus;
	return true;
}

bool scrub_machine(const struct scrub *scrub, struct machine_known *known)
{
	char(*names)[UTS_NAME_SIZE] = known->machine.names;
	struct pseudonyms *pseudonyms = scrub->pseudonyms;
	const struct blank_rules *rules = &scrub->places.rules;

	scrub_note(&known->note);
	return scrub_name(names[UTS_NODE], pseudonyms) &&
	       scrub_name(names[UTS_DOMAIN], pseudonyms) && scrub_stopped(known, rules) &&
	       scrub_cpus(known, rules);
}

/* --- names --- */

/* Finds the bytes of names in memory, and determines their new content. */

enum { LONGEST_NOTED = 1 << 16 };

/* --- bytes of the kernel's build --- */

/* Sets the mask bits of bytes that are the same on each machine with this kernel. */
static void scrub_mark_own(const struct scrub *scrub, uint64_t pfn, uint8_t mask[PAGE_MASK_BYTES])
{
	const uint8_t *own = selection_bytes(scrub->own, pfn);

	for (size_t i = 0; own && i < PAGE_MASK_BYTES; i++)
		mask[i] |= own[i];
	byte_ranges_mark(&scrub->places.constant, pfn, mask);
}

static bool is_own(const struct scrub *scrub, uint64_t paddr, size_t size)
{
	uint8_t mask[PAGE_MASK_BYTES] = { 0 };
	unsigned int at = (unsigned int)(paddr & (PAGE_BYTES - 1));

	scrub_mark_own(scrub, paddr >> PAGE_SHIFT, mask);
	for (size_t i = 0; i < size; i++)
		if (!mask_has(mask, at + (unsigned int)i))
			return false;
	return true;
}

/* --- pieces --- */

static void scrub_names_add_piece(struct scrub *scrub, const struct scrub_piece *piece)
{
	enum address_added added = address_set_add(&scrub->seen, piece->paddr + 1);

	if (added == ADDRESS_NEW &&
	    array_add(&scrub->piece, &scrub->nr_pieces, &scrub->room_pieces, piece, sizeof(*piece)))
		return;
	if (added != ADDRESS_SEEN)
		scrub->failed = true;
}

/* Splits [vaddr, vaddr + size) at page ends, and calls visit for each part that is mapped. `paddr`
 * and `part` are the physical address and the size of the part. `at` is the offset of the part from
 * vaddr. */
static void each_frame(struct scrub *scrub, uint64_t vaddr, size_t size,
		       void (*visit)(struct scrub *scrub, uint64_t paddr, size_t part, size_t at,
				     void *arg),
		       void *arg)
{
	const struct space *space = kernel_space(scrub->kernel, NULL);

	for (size_t at = 0, part; space && at < size; at += part) {
		struct walk walk = walk_page_table(space, vaddr + at);
		size_t room = PAGE_BYTES - ((vaddr + at) & (PAGE_BYTES - 1));

		part = size - at < room ? size - at : room;
		if (walk.outcome == WALK_MAPPED)
			visit(scrub, walk.paddr, part, at, arg);
	}
}

static void add_other(struct scrub *scrub, uint64_t paddr, size_t part, size_t at, void *arg)
{
	const struct noted *noted = arg;
	struct scrub_piece piece = { .paddr = paddr, .size = (uint32_t)part };

	/* A link is aligned, so it is in one page, and `at` is 0. */
	piece.kind = noted->kind;
	(void)at;
	scrub_names_add_piece(scrub, &piece);
}

struct new_name {
	const char *bytes;
	bool is_own; /* all parts so far are the same in all copies of this kernel */
};

static void add_name_part(struct scrub *scrub, uint64_t paddr, size_t part, size_t at, void *arg)
{
	const struct new_name *name = arg;
	struct scrub_piece piece = { paddr, NOTED_NAME, (uint32_t)part, scrub->nr_names };

	if (address_set_has(&scrub->seen, paddr + 1))
		return;
	if (!array_add_bytes(&scrub->names, &scrub->nr_names, &scrub->room_names, name->bytes + at,
			     part))
		scrub->failed = true;
	if (!scrub->failed)
		scrub_names_add_piece(scrub, &piece);
}

static void look_whose(struct scrub *scrub, uint64_t paddr, size_t part, size_t at, void *arg)
{
	struct new_name *name = arg;

	(void)at;
	name->is_own &= is_own(scrub, paddr, part);
}

/* Returns true for names of idle tasks. They are constants of the kernel, and other tools recognise
 * Linux dumps by these names. */
static bool scrub_names_stays(const char *text, size_t size)
{
	static const char idle[] = "swapper";
	size_t at = sizeof(idle) - 1;

	if (size < at || memcmp(text, idle, at))
		return false;
	if (at < size && text[at] == '/')
		for (at++; at < size && text[at] >= '0' && text[at] <= '9'; at++)
			;
	return at == size;
}

/* Adds pieces for a field that contains a name. The bytes after the NUL become zero, because they
 * are not part of the name. */
static void scrub_names_take_name(struct scrub *scrub, const struct noted *noted)
{
	struct new_name name = { .is_own = true };
	size_t length = strnlen(noted->text, noted->size);
	char other[PSEUDONYM_MAX], *bytes;

	if (!noted->size || noted->size > LONGEST_NOTED)
		return;
	each_frame(scrub, noted->vaddr, length ? length : 1, look_whose, &name);
	if (name.is_own)
		return;
	bytes = calloc(1, noted->size);
	if (!bytes) {
		scrub->failed = true;
		return;
	}
	if (scrub_names_stays(noted->text, length)) {
		memcpy(bytes, noted->text, length);
	} else if (length) {
		size_t size = pseudonym_of(scrub->pseudonyms, noted->text, length, other);

		scrub->failed |= !size;
		memcpy(bytes, other, size);
	}
	name.bytes = bytes;
	each_frame(scrub, noted->vaddr, noted->size, add_name_part, &name);
	free(bytes);
}

static void select_part(struct scrub *scrub, uint64_t paddr, size_t part, size_t at,
			void *selection)
{
	(void)scrub, (void)at;
	selection_add_bytes(selection, paddr, part);
}

/* Handles the place of a name or text in memory, which a command reported: adds pieces for its
 * bytes, or adds the bytes to scrub->own. */
static void scrub_take(struct note_taker *taker, const struct noted *noted)
{
	struct scrub *scrub = (struct scrub *)taker;
	bool own_module = address_set_has(&scrub->places.own_modules, noted->module);

	switch (noted->kind) {
	case NOTED_MODULE:
		if (own_module)
			each_frame(scrub, noted->vaddr, strnlen(noted->text, noted->size),
				   select_part, scrub->own);
		scrub_names_take_name(scrub, noted);
		return;
	case NOTED_NAME: scrub_names_take_name(scrub, noted); return;
	case NOTED_SYMBOLS:
		if (own_module)
			each_frame(scrub, noted->vaddr, noted->size, select_part, scrub->own);
		else
			each_frame(scrub, noted->vaddr, noted->size, add_other, (void *)noted);
		return;
	case NOTED_NUMBERS:
		each_frame(scrub, noted->vaddr, noted->size, select_part, scrub->own);
		return;
	case NOTED_LOG:
	case NOTED_LINK: each_frame(scrub, noted->vaddr, noted->size, add_other, (void *)noted);
	}
}

/* --- the machine --- */

/* Keeps the machine's names (of uname()) in memory, and adds pieces for them. */
static void scrub_take_machine(struct scrub *scrub)
{
	struct kernel *kernel = scrub->kernel;
	char names[NR_UTS_NAMES][UTS_NAME_SIZE];
	uint64_t address;

	if (!machine_out_names(kernel, names, &address))
		return;
	for (enum uts_name i = 0; i < NR_UTS_NAMES; i++) {
		const struct noted name = {
			.kind = NOTED_NAME,
			.vaddr = address + i * UTS_NAME_SIZE,
			.text = names[i],
			.size = UTS_NAME_SIZE,
		};

		if (i != UTS_NODE && i != UTS_DOMAIN)
			each_frame(scrub, name.vaddr, name.size, select_part, scrub->own);
		else if (memcmp(names[i], "(none)", sizeof("(none)")))
			scrub_names_take_name(scrub, &name);
	}
	each_frame(scrub, address, sizeof(names), select_part, scrub->selection);
}

/* --- scrub --- */

enum {
	/* A 64-bit number never has so many consecutive printable bytes, because the highest byte
	 * of an address or of a time is never printable. */
	SHORTEST_TEXT = 8,
};

/* --- pieces --- */

/* Returns the index of the first piece that is in the frame or in a later frame. */
static size_t first_piece(const struct scrub *scrub, uint64_t pfn)
{
	return ranges_search(scrub->piece, scrub->nr_pieces, sizeof(*scrub->piece),
			     offsetof(struct scrub_piece, paddr), pfn << PAGE_SHIFT);
}

static const struct scrub_piece *piece_in(const struct scrub *scrub, size_t i, uint64_t pfn)
{
	return i < scrub->nr_pieces && scrub->piece[i].paddr >> PAGE_SHIFT == pfn ?
		       &scrub->piece[i] :
		       NULL;
}

/* Hides the text, but not newlines and NULs, so the number of lines and strings stays the same. */
static void hide_text(uint8_t *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] && text[i] != '\n')
			text[i] = '*';
}

static void hide_link(uint8_t *link, size_t size)
{
	bool any = false;

	for (size_t i = 0; i < size; i++) {
		any |= link[i];
		link[i] = 0;
	}
	link[0] = any;
}

/* Writes the new content of a piece into the page. Changes only bytes that are kept. */
static void scrub_put_piece(const struct scrub *scrub, const struct scrub_piece *piece,
			    const uint8_t mask[PAGE_MASK_BYTES], uint8_t page[PAGE_BYTES])
{
	unsigned int at = (unsigned int)(piece->paddr & (PAGE_BYTES - 1));
	uint8_t bytes[PAGE_BYTES];

	memcpy(bytes, page + at, piece->size);
	if (piece->kind == NOTED_LOG || piece->kind == NOTED_SYMBOLS)
		hide_text(bytes, piece->size);
	else if (piece->kind == NOTED_LINK)
		hide_link(bytes, piece->size);
	else
		memcpy(bytes, scrub->names + piece->at, piece->size);
	for (unsigned int i = 0; i < piece->size; i++)
		if (mask_has(mask, at + i))
			page[at + i] = bytes[i];
}

/* --- text that was not noted --- */

/* Clears the mask bits of bytes that are text. If whole_words is true and a byte of a word of four
 * bytes is text, clears the bits of all four bytes. Returns true if there was text. */
static bool drop_text(const struct scrub *scrub, uint64_t pfn, const uint8_t page[PAGE_BYTES],
		      bool whole_words, uint8_t mask[PAGE_MASK_BYTES])
{
	/* Bytes that are the same in all copies of this kernel, and bytes that are in a piece,
	 * which get new content. */
	uint8_t harmless[PAGE_MASK_BYTES] = { 0 };
	uint8_t doubtful[PAGE_MASK_BYTES], left[PAGE_MASK_BYTES];
	const struct scrub_piece *piece;

	scrub_mark_own(scrub, pfn, harmless);
	for (size_t i = first_piece(scrub, pfn); (piece = piece_in(scrub, i, pfn)); i++)
		mask_set(harmless, piece->paddr & (PAGE_BYTES - 1), piece->size);
	for (size_t i = 0; i < PAGE_MASK_BYTES; i++)
		left[i] = doubtful[i] = mask[i] & (uint8_t)~harmless[i];
	if (!blank_text(page, left, SHORTEST_TEXT))
		return false;
	for (size_t i = 0; i < PAGE_MASK_BYTES; i++) {
		unsigned int text = doubtful[i] ^ left[i];

		if (whole_words)
			text = (text & 0xf ? 0xf : 0) | (text >> 4 ? 0xf0 : 0);
		mask[i] &= (uint8_t)~text;
	}
	return true;
}

struct settling {
	struct scrub *scrub;
	const struct memory_out *memory;
	void *reader;
};

static bool settle_part(void *arg, uint64_t pfn, uint8_t mask[PAGE_MASK_BYTES])
{
	static const uint8_t none[PAGE_MASK_BYTES];
	struct settling *settling = arg;
	struct scrub *scrub = settling->scrub;
	uint8_t page[PAGE_BYTES];

	if (selection_is_judged(scrub->selection, pfn) ||
	    !settling->memory->read(settling->reader, pfn, page))
		return true;
	drop_text(scrub, pfn, page, false, mask);
	if (!memcmp(mask, none, sizeof(none)))
		selection_remove(scrub->selection, pfn);
	return !listener_stops(scrub->kernel->listener);
}

bool scrub_settle(struct scrub *scrub, const struct memory_out *memory)
{
	struct settling settling = { scrub, memory, memory->reader_create(memory->arg) };
	bool sorted;

	if (!settling.reader)
		return false;
	scrub_take_machine(scrub);
	sorted = sort_items(scrub->piece, scrub->nr_pieces, sizeof(*scrub->piece), ranges_compare,
			    scrub->kernel->listener);
	if (sorted)
		selection_each_part(scrub->selection, settle_part, &settling);
	memory->reader_destroy(settling.reader);
	return sorted && !scrub->failed && !selection_failed(scrub->own);
}

/* --- pages --- */

static void put_pieces(const struct scrub *scrub, uint64_t pfn, const uint8_t mask[PAGE_MASK_BYTES],
		       uint8_t page[PAGE_BYTES])
{
	const struct scrub_piece *piece;

	for (size_t i = first_piece(scrub, pfn); (piece = piece_in(scrub, i, pfn)); i++)
		scrub_put_piece(scrub, piece, mask, page);
}

static void judge_page(const struct scrub *scrub, uint64_t pfn, uint8_t page[PAGE_BYTES])
{
	static const struct blank_rules no_rules = { .word = 8 };
	const uint8_t *recorded = selection_bytes(scrub->selection, pfn);
	uint8_t sure[PAGE_MASK_BYTES] = { 0 }, hidden[PAGE_MASK_BYTES] = { 0 },
		constant[PAGE_MASK_BYTES] = { 0 };
	bool hides = false;

	if (recorded) {
		memcpy(sure, recorded, sizeof(sure));
		drop_text(scrub, pfn, page, true, sure);
	}
	byte_ranges_mark(&scrub->places.hidden, pfn, hidden);
	byte_ranges_mark(&scrub->places.constant, pfn, constant);
	for (size_t i = 0; i < PAGE_MASK_BYTES; i++) {
		sure[i] |= constant[i];
		hides |= hidden[i];
	}
	blank_words(hides ? &no_rules : &scrub->places.rules, sure, page);
	put_pieces(scrub, pfn, sure, page);
}

void scrub_page(const struct scrub *scrub, uint64_t pfn, uint8_t page[PAGE_BYTES])
{
	if (selection_is_whole(scrub->selection, pfn)) {
		blank_runs(page, scrub->shortest_in_frame);
	} else if (selection_is_judged(scrub->selection, pfn)) {
		judge_page(scrub, pfn, page);
	} else {
		selection_clear_rest(scrub->selection, pfn, page);
		put_pieces(scrub, pfn, selection_bytes(scrub->selection, pfn), page);
	}
}

/* --- the whole dump --- */

/* Sets shortest_in_frame. Page table entries of eight bytes contain only short runs of printable
 * bytes, because the byte above the address is zero. Entries of four bytes that point to low frames
 * may look like text, but 32 consecutive entries (128 bytes) never do. */
static void find_shortest(struct scrub *scrub)
{
	const struct paging *paging = kernel_paging(scrub->kernel, NULL);

	if (!paging || paging->entry_size == 4)
		scrub->shortest_in_frame = 128;
	else
		scrub->shortest_in_frame = scrub->places.rules.word == 8 ? 8 : 16;
}

bool scrub_create(struct scrub **created, struct kernel *kernel, struct selection *selection,
		  struct error *err)
{
	struct scrub *scrub;

	*created = NULL;
	if (kernel->vmlinux && kernel->identity->match == VMLINUX_DIFFERS)
		return fail(
			err, ERROR_USAGE,
			"the vmlinux is of another kernel, and its types would give wrong places for names; for --scrub, give the vmlinux of this dump, or none");
	scrub = calloc(1, sizeof(*scrub));
	if (!scrub)
		return out_of_memory(err);
	scrub->taker.take = scrub_take;
	scrub->kernel = kernel;
	scrub->selection = selection;
	scrub->own = selection_create(selection_nr_frames(selection));
	scrub->pseudonyms = pseudonyms_create();
	if (!scrub->own || !scrub->pseudonyms || !selection_judge(selection) ||
	    !scrub_places_find(&scrub->places, kernel)) {
		scrub_destroy(scrub);
		return kernel_stopped(kernel) ? fail(err, ERROR_INTERRUPTED, "interrupted") :
						out_of_memory(err);
	}
	find_shortest(scrub);
	*created = scrub;
	return true;
}

void scrub_destroy(struct scrub *scrub)
{
	if (!scrub)
		return;
	selection_destroy(scrub->own);
	pseudonyms_destroy(scrub->pseudonyms);
	scrub_places_release(&scrub->places);
	free(scrub->piece);
	address_set_release(&scrub->seen);
	free(scrub->names);
	free(scrub);
}
