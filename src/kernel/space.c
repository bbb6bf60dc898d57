/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kernel/space.h"

#include <inttypes.h>
#include <string.h>

#include "dump/registers.h"
#include "kernel/view.h"
#include "base/bytes.h"
#include "base/counts.h"
#include "base/page.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/noted.h"
#include "kernel/table_search.h"
#include "paging/entries.h"
#include "paging/scan.h"

/* Finds the facts that determine the paging mode. Returns false if such a fact is unknown. */
static bool find_choice(struct kernel *kernel, struct paging_choice *choice, struct error *err)
{
	struct {
		enum fact_id id;
		uint64_t *value;
	} numbers[] = {
		{ FACT_PAGE_SIZE, &choice->page_size },
		{ FACT_VA_BITS, &choice->va_bits },
		{ FACT_CONFIG_VA_BITS, &choice->config_va_bits },
		{ FACT_PA_BITS, &choice->pa_bits },
	};
	const struct arch *arch = kernel->arch;
	uint64_t mode;

	*choice = (struct paging_choice){ 0 };
	if (!kernel_require(kernel, FACT_MODE, &mode, err))
		return false;
	choice->mode = (enum kernel_mode)mode;
	if (!arch->needs_fact)
		return kernel_require(kernel, FACT_LEVELS, &choice->levels, err);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (arch->needs_fact(choice, numbers[i].id) &&
		    !kernel_require(kernel, numbers[i].id, numbers[i].value, err))
			return false;
	/* The other facts determine the number of levels. */
	if (!kernel_fact(kernel, FACT_LEVELS, &choice->levels))
		choice->levels = 0;
	return true;
}

void kernel_find_page_size(struct kernel *kernel)
{
	uint64_t size;

	if (kernel->arch->needs_fact && kernel_fact(kernel, FACT_PAGE_SIZE, &size) &&
	    size >= LEAST_PAGE && !(size & (size - 1)))
		kernel->page_shift = (uint8_t)__builtin_ctzll(size);
}

static const struct paging *no_paging(const struct kernel *kernel,
				      const struct paging_choice *choice, struct error *err)
{
	if (!kernel->arch->needs_fact)
		fail(err, ERROR_USAGE, "%s has no paging mode with %" PRIu64 " levels",
		     kernel_mode_names[choice->mode], choice->levels);
	else
		fail(err, ERROR_USAGE,
		     "%s has no paging mode with %" PRIu64 " virtual and %" PRIu64
		     " physical address bits and pages of %" PRIu64 " bytes%s",
		     kernel_mode_names[choice->mode], choice->va_bits, choice->pa_bits,
		     choice->page_size, choice->levels ? " and this number of levels" : "");
	return NULL;
}

bool kernel_direct_base(struct kernel *kernel, uint64_t *base, struct error *err)
{
	uint64_t page_offset, phys_offset = 0;

	if (!kernel_require(kernel, FACT_PAGE_OFFSET, &page_offset, err) ||
	    (kernel->arch->has_phys_offset &&
	     !kernel_require(kernel, FACT_PHYS_OFFSET, &phys_offset, err)))
		return false;
	*base = page_offset - phys_offset;
	return true;
}

const struct paging *kernel_paging(struct kernel *kernel, struct error *err)
{
	const struct paging *paging;
	struct paging_choice choice;

	if (!find_choice(kernel, &choice, err))
		return NULL;
	paging = kernel->arch->paging(&choice);
	if (!paging)
		return no_paging(kernel, &choice, err);
	kernel->page_shift = (uint8_t)paging_page_shift(paging);
	return paging;
}

bool kernel_unrooted_space(struct kernel *kernel, struct space *space, struct error *err)
{
	const struct paging *paging = kernel_paging(kernel, err);
	uint64_t mask;

	if (!paging)
		return false;
	*space = (struct space){ .dump = kernel->dump, .paging = paging };
	if (kernel_fact(kernel, FACT_SME_MASK, &mask))
		space->encrypt_mask = mask;
	return true;
}

static uint64_t bits_to_ignore(struct kernel *kernel)
{
	const struct space *own = kernel_space(kernel, NULL);

	return own ? own->encrypt_mask : 0;
}

uint64_t kernel_entry_address(struct kernel *kernel, uint64_t entry)
{
	return entry & ENTRY_FRAME & ~bits_to_ignore(kernel);
}

struct space kernel_other_space(struct kernel *kernel, const struct paging *paging, uint64_t entry)
{
	return (struct space){
		.dump = kernel->dump,
		.paging = paging,
		.root = kernel_entry_address(kernel, entry),
		.encrypt_mask = bits_to_ignore(kernel),
	};
}

enum { READ_PAGES = 8 };

struct own_space {
	bool known;
	struct space space;
	/* Pages of which kernel_read() read last, the latest first. Structures are read member by
	 * member, and many of them are in pages of 2 MiB, so most reads need no walk. */
	struct read_page {
		uint64_t first;
		struct bytes bytes;
	} page[READ_PAGES];
};

static const struct state_type state_space = { .size = sizeof(struct own_space) };

bool kernel_has_space(const struct kernel *kernel)
{
	const struct own_space *own = kernel_state(kernel, &state_space);

	return own && own->known;
}

const struct space *kernel_space(struct kernel *kernel, struct error *err)
{
	struct own_space *own = kernel_state(kernel, &state_space);
	uint64_t root;

	if (!own)
		return out_of_memory(err), NULL;
	if (own->known) {
		kernel_inherit_doubt(kernel, FACT_ROOT);
		return &own->space;
	}
	if (!kernel_unrooted_space(kernel, &own->space, err) ||
	    !kernel_require(kernel, FACT_ROOT, &root, err))
		return NULL;
	if (kernel->arch->kernel_table && !kernel->arch->kernel_table(&own->space, &root)) {
		fail(err, ERROR_USAGE,
		     "root: no top-level table begins at %" PRIx64 " (paging mode: %s)", root,
		     own->space.paging->name);
		return NULL;
	}
	space_set_kernel_root(&own->space, root);
	/* While FACT_SME_MASK is being found, this space lacks the mask. So it is not kept: only
	 * the search for the mask uses it. */
	own->known = !kernel_fact_busy(kernel, FACT_SME_MASK);
	return &own->space;
}

bool kernel_cpu_space(struct kernel *kernel, struct space *space)
{
	uint64_t root;

	if (!kernel->dump->nr_cpus || kernel_not_booted(kernel) ||
	    !kernel_unrooted_space(kernel, space, NULL) ||
	    !arch_cpu_root(kernel->arch, space, &kernel->dump->cpus[0], &root))
		return false;
	space_set_kernel_root(space, root);
	return true;
}

/* Does this space map vaddr to another address than `own`, or only this space map vaddr? */
static bool maps_elsewhere(const struct space *space, const struct space *own, uint64_t vaddr)
{
	struct walk theirs = walk_page_table(space, vaddr), ours;

	if (theirs.outcome != WALK_MAPPED)
		return false;
	ours = walk_page_table(own, vaddr);
	return ours.outcome == WALK_NOT_PRESENT ||
	       (ours.outcome == WALK_MAPPED && ours.paddr != theirs.paddr);
}

bool kernel_cpu_is_foreign(struct kernel *kernel)
{
	const struct space *own = kernel_space(kernel, NULL);
	uint64_t swapper, half, ip;
	struct space space;

	if (!own || kernel->dump->format->running || !kernel_cpu_space(kernel, &space) ||
	    !kernel_fact(kernel, FACT_SWAPPER_PG_DIR, &swapper) ||
	    space_maps(&space, swapper, space_kernel_root(own)))
		return false;
	/* Tables for EFI services map what no other table maps, but also swapper_pg_dir. */
	half = own->paging->sign_extends ? paging_upper_half(own->paging) : 0;
	ip = kernel->dump->cpus[0].registers.value[CPU_IP];
	return maps_elsewhere(&space, own, swapper) ||
	       (half && ip >= half && registers_have(&kernel->dump->cpus[0].registers, CPU_IP) &&
		maps_elsewhere(&space, own, ip));
}

bool kernel_table_space(struct kernel *kernel, struct space *space)
{
	const struct found_table *table = kernel->table;

	if (!table->known)
		return false;
	*space = (struct space){
		.dump = kernel->dump,
		.paging = kernel->arch->paging(&table->choice),
		.encrypt_mask = table->encrypt_mask,
	};
	space_set_kernel_root(space, table->root);
	return true;
}

bool kernel_any_space(struct kernel *kernel, struct space *space)
{
	return kernel_cpu_space(kernel, space) || kernel_table_space(kernel, space);
}

static inline bool contains(const struct read_page *page, uint64_t vaddr)
{
	return vaddr - page->first < page->bytes.size;
}

/* Moves the page that contains vaddr to the front of the pages, in place of the page that was not
 * read for the longest time if necessary. If the dump has no such page, it has no bytes. */
static void find_page(struct own_space *own, uint64_t vaddr)
{
	struct read_page *page = own->page, *last = page + READ_PAGES - 1, found;

	while (page < last && !contains(page, vaddr))
		page++;
	found = *page;
	if (!contains(&found, vaddr))
		found.bytes = view_page_at(&own->space, vaddr, &found.first);
	for (; page > own->page; page--)
		*page = page[-1];
	*page = found;
}

/* Returns the bytes at vaddr, if they are in one page that stays in memory, or NULL. */
static inline const uint8_t *borrow(struct kernel *kernel, uint64_t vaddr, size_t size)
{
	struct own_space *own = kernel_state(kernel, &state_space);
	const struct read_page *page;

	if (!own || !own->known || !dump_extents_last(kernel->dump) ||
	    !dump_can_be_remembered(kernel->dump))
		return NULL;
	page = own->page;
	if (!contains(page, vaddr))
		find_page(own, vaddr);
	if (!range_within(vaddr - page->first, size, page->bytes.size))
		return NULL;
	if (kernel->facts->fact[FACT_ROOT].doubt)
		kernel_inherit_doubt(kernel, FACT_ROOT);
	count_read(kernel->dump->counts, size);
	return page->bytes.data + (vaddr - page->first);
}

/* Reads bytes that borrow() does not find. */
static bool read_slow(struct kernel *kernel, uint64_t vaddr, uint8_t *buffer, size_t size,
		      struct error *err)
{
	const struct space *space = kernel_space(kernel, err);

	return space && space_read(space, vaddr, buffer, size, err);
}

bool kernel_read(struct kernel *kernel, uint64_t vaddr, uint8_t *buffer, size_t size,
		 struct error *err)
{
	const uint8_t *bytes = borrow(kernel, vaddr, size);

	if (!bytes)
		return read_slow(kernel, vaddr, buffer, size, err);
	memcpy(buffer, bytes, size);
	return true;
}

bool kernel_is_unmapped(struct kernel *kernel, uint64_t vaddr)
{
	const struct space *space = kernel_space(kernel, NULL);
	enum walk_outcome outcome;

	if (!space)
		return false;
	outcome = walk_page_table(space, vaddr).outcome;
	return outcome == WALK_NOT_PRESENT || outcome == WALK_NON_CANONICAL;
}

static bool read_number_slow(struct kernel *kernel, uint64_t vaddr, size_t size, uint64_t *value,
			     struct error *err)
{
	uint8_t buffer[8];

	if (!read_slow(kernel, vaddr, buffer, size, err))
		return false;
	*value = load_le(buffer, size);
	return true;
}

bool kernel_read_number(struct kernel *kernel, uint64_t vaddr, size_t size, uint64_t *value,
			struct error *err)
{
	const uint8_t *bytes = borrow(kernel, vaddr, size);

	if (!bytes)
		return read_number_slow(kernel, vaddr, size, value, err);
	*value = load_le(bytes, size);
	return true;
}

bool kernel_read_noted(struct kernel *kernel, struct noted noted, char *text, struct error *err)
{
	if (!kernel_read(kernel, noted.vaddr, (uint8_t *)text, noted.size, err))
		return false;
	noted.text = text;
	kernel_note(kernel, &noted);
	return true;
}

bool kernel_read_field(struct kernel *kernel, uint64_t vaddr, char *text, size_t size,
		       struct error *err)
{
	const struct noted name = { NOTED_NAME, vaddr, .size = size };

	return kernel_read_noted(kernel, name, text, err);
}

bool kernel_read_string(struct kernel *kernel, uint64_t vaddr, char *text, size_t size,
			struct error *err)
{
	const struct space *space = kernel_space(kernel, err);
	bool whole;

	*text = '\0';
	whole = space && space_read_string(space, vaddr, text, size, err);
	kernel_note_bytes(kernel, NOTED_NAME, vaddr, text, strlen(text));
	return whole;
}

bool kernel_read_text(struct kernel *kernel, uint64_t vaddr, char *text, size_t size)
{
	bool whole = kernel_read_string(kernel, vaddr, text, size, NULL);

	for (char *at = text; *at; at++)
		if ((uint8_t)*at < 0x20 || *at == 0x7f)
			*at = '?';
	return whole || *text;
}

unsigned int kernel_pointer_size(const struct kernel *kernel)
{
	return kernel->arch->pointer_size;
}

bool kernel_read_word(struct kernel *kernel, uint64_t vaddr, uint64_t *value, struct error *err)
{
	return kernel_read_number(kernel, vaddr, kernel_pointer_size(kernel), value, err);
}

bool kernel_read_pointer(struct kernel *kernel, uint64_t vaddr, uint64_t *value, struct error *err)
{
	if (!kernel_read_word(kernel, vaddr, value, err))
		return false;
	*value = kernel_untag(kernel, *value);
	return true;
}

/* --- tags --- */

static bool learn_tags(struct kernel *kernel, void *state, struct error *err)
{
	(void)err;
	*(bool *)state = kernel->arch->tags_pointers(kernel) != NO;
	return true;
}

static const struct state_type state_tags = { .size = sizeof(bool), .learn = learn_tags };

bool kernel_tags_pointers(struct kernel *kernel)
{
	const bool *tags =
		kernel->arch->tags_pointers ? kernel_learnt(kernel, &state_tags, NULL) : NULL;

	return tags && *tags;
}

uint64_t kernel_untag(struct kernel *kernel, uint64_t pointer)
{
	/* most pointers have no tag, or the tag ff (KASAN_TAG_KERNEL), which changes nothing */
	return pointer_untag(pointer, pointer >> 56 != 0xff && kernel_tags_pointers(kernel));
}
