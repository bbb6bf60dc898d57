/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/holders.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "linux/module/modules.h"
#include "linux/region.h"
#include "base/array.h"
#include "base/bytes.h"
#include "base/ranges.h"
#include "base/scatter.h"
#include "base/sort.h"
#include "dump/dump.h"
#include "linux/page/page.h"
#include "linux/percpu_area.h"
#include "linux/slab/slab.h"
#include "linux/vmalloc.h"
#include "query/frame_labels.h"
#include "query/memory_runs.h"
#include "symbols/symbol_lookup.h"

/* --- memory that never changes --- */

/* Memory of the kernel's image and of modules that never changes: code, and data that is read-only
 * from the start. Such memory holds no pointers to memory that was allocated, but words that look
 * like such pointers. On 32-bit kernels there are many, because a quarter of all words are
 * addresses of the direct map. */

enum { MOST_CONSTANT = 2 };

struct constant_memory {
	struct constant_range {
		uint64_t first, last; /* physical, inclusive */
	} range[MOST_CONSTANT];
	unsigned int nr;
};

/* Adds the memory from one symbol up to another. */
static void constant_add(struct kernel *kernel, struct constant_memory *constant, const char *start,
			 const char *end)
{
	uint64_t first, last, paddr;

	if (constant->nr < MOST_CONSTANT && kernel_symbol(kernel, start, &first, NULL) &&
	    kernel_symbol(kernel, end, &last, NULL) && last > first &&
	    region_linear(kernel, first, &paddr))
		constant->range[constant->nr++] =
			(struct constant_range){ paddr, paddr + (last - first) - 1 };
}

/* Finds the constant parts of the kernel's image. Parts whose symbols are unknown are missing. */
static void query_constant_find(struct kernel *kernel, struct constant_memory *constant)
{
	*constant = (struct constant_memory){ .nr = 0 };
	constant_add(kernel, constant, "_stext", "_etext");
	/* After it come variables that the kernel sets before they become read-only. */
	constant_add(kernel, constant, "__start_rodata", "__start_ro_after_init");
}

/* Are all of these bytes in one of the parts? */
static bool query_is_constant(const struct constant_memory *constant, uint64_t paddr, uint64_t size)
{
	for (unsigned int i = 0; i < constant->nr; i++) {
		const struct constant_range *range = &constant->range[i];

		if (paddr >= range->first && paddr <= range->last &&
		    range->last - paddr >= size - 1)
			return true;
	}
	return false;
}

/* Is vaddr in the code or the read-only data of a module? */
static bool query_is_module_constant(struct kernel *kernel, uint64_t vaddr)
{
	const struct module_range *range = module_range_of(kernel, vaddr);

	return range && (range->part == PART_TEXT || range->part == PART_RODATA ||
			 range->part == PART_INIT_TEXT || range->part == PART_INIT_RODATA);
}

enum {
	MOST_GROUPS = 1 << 16,
	SLOTS = 1 << 17, /* size of the hash table of groups: 2 * MOST_GROUPS */
	MOST_CODE = 4, /* limit for the ranges of addresses that have symbols */
	CHUNK = 4096, /* number of bytes that are read at once */
};

struct address_range {
	uint64_t first, last;
};

struct holding {
	struct kernel *kernel;
	struct holders *holders;
	const bool *use;
	uint64_t cache;
	uint64_t nr_frames; /* number of bits in each of the next two sets */
	uint64_t *wanted, *slabs; /* owned; sets of frames: memory in question, slabs */
	uint32_t *slot; /* owned; hash table; value: 1 + index of a group; 0: empty */
	uint64_t key; /* key for scatter() */
	unsigned int word;
	bool tags; /* kernel_tags_pointers() */
	/* Virtual address of frame 0 in the direct map; address of the struct page of frame 0. */
	uint64_t direct, map;
	uint64_t page_size; /* size of a struct page; 0: the struct pages are not in one array */
	uint64_t image; /* an address in the kernel's image minus its physical address */
	struct address_range code[MOST_CODE];
	unsigned int nr_code;
	struct constant_memory constant;
	struct slab_place slab; /* the slab that was looked up last; slab.size 0: none */
	uint64_t slab_first, slab_last; /* first and last frame of this slab, both inclusive */
	/* A cache of look-ups. The index is pfn % 256. Each entry contains pfn + 1, and the address
	 * of the slab cache to which the frame belongs, or 0. */
	uint64_t caches[256][2];
	bool failed;
};

/* --- sets --- */

static bool is_in(const struct holding *work, const uint64_t *set, uint64_t pfn)
{
	return pfn < work->nr_frames && (set[pfn / 64] >> pfn % 64 & 1);
}

static void put_in(const struct holding *work, uint64_t *set, uint64_t first, uint64_t last)
{
	for (uint64_t pfn = first; pfn <= last && pfn < work->nr_frames; pfn++)
		set[pfn / 64] |= UINT64_C(1) << pfn % 64;
}

static void mark_slabs(struct holding *work, const struct frame_run *run)
{
	uint64_t cache, last;

	put_in(work, work->slabs, run->first, run->last);
	if (!work->cache)
		return;
	for (uint64_t pfn = run->first; pfn <= run->last; pfn = last + 1) {
		last = pfn;
		if (!slab_cache_of(work->kernel, pfn, &cache, &last))
			continue;
		last = last < run->last ? last : run->last;
		if (cache != work->cache)
			continue;
		put_in(work, work->wanted, pfn, last);
		work->holders->frames += last - pfn + 1;
	}
}

static bool mark_run(const struct frame_run *run, void *arg)
{
	struct holding *work = arg;

	if (run->use == PAGE_USE_SLAB)
		mark_slabs(work, run);
	if (!work->cache && work->use[page_use_whole(run->use)]) {
		put_in(work, work->wanted, run->first, run->last);
		work->holders->frames += run->last - run->first + 1;
	}
	return !kernel_stopped(work->kernel);
}

/* --- groups --- */

static struct holder_group *holders_find_group(struct holding *work,
					       const struct holder_group *wanted)
{
	struct holders *holders = work->holders;
	uint64_t hash = scatter(wanted->id ^ wanted->offset << 48 ^ (uint64_t)wanted->kind << 60 ^
					(uint64_t)wanted->by << 59,
				work->key);

	for (size_t at = hash % SLOTS;; at = (at + 1) % SLOTS) {
		struct holder_group *group;

		if (!work->slot[at]) {
			if (holders->nr == MOST_GROUPS ||
			    !array_add(&holders->group, &holders->nr, &holders->room, wanted,
				       sizeof(*wanted)))
				return NULL;
			work->slot[at] = (uint32_t)holders->nr;
			return &holders->group[holders->nr - 1];
		}
		group = &holders->group[work->slot[at] - 1];
		if (group->by == wanted->by && group->kind == wanted->kind &&
		    group->id == wanted->id && group->offset == wanted->offset)
			return group;
	}
}

/* Counts a pointer in its group. Pointers in the same object count once if they come one after the
 * other. object: the object that contains the pointer. UINT64_MAX: count each pointer. */
static void count_pointer(struct holding *work, const struct holder_group *wanted, uint64_t object)
{
	struct holder_group *group = holders_find_group(work, wanted);

	if (!group) {
		work->holders->left_out++;
		return;
	}
	if (!group->count)
		group->example = wanted->example;
	if (object == UINT64_MAX || !group->count || group->last != object)
		group->count++;
	group->last = object;
}

static void name_symbol(const struct kernel_symbol *symbol, struct holder_group *group)
{
	group->kind = HOLDER_SYMBOL;
	group->id = symbol->address;
	group->in_module = symbol->module;
	snprintf(group->name, sizeof(group->name), "%s%s%.60s",
		 symbol->module ? symbol->module : "", symbol->module ? ":" : "", symbol->name);
}

static bool is_code(const struct holding *work, uint64_t value)
{
	for (unsigned int i = 0; i < work->nr_code; i++)
		if (value >= work->code[i].first && value <= work->code[i].last)
			return true;
	return false;
}

/* --- memory that contains a pointer --- */

/* Returns the slab of a frame. If several calls in a row ask for frames of the same slab, only the
 * first call looks the slab up. */
static const struct slab_place *slab_of(struct holding *work, uint64_t pfn)
{
	struct kernel *kernel = work->kernel;
	uint64_t cache, paddr = kernel_frame(kernel, pfn);

	if (work->slab.size && pfn >= work->slab_first && pfn <= work->slab_last)
		return &work->slab;
	work->slab.size = 0;
	if (!slab_cache_of(kernel, pfn, &cache, &work->slab_last) ||
	    !slab_at(kernel, work->direct + paddr, paddr, &work->slab) || !work->slab.size)
		return NULL;
	work->slab_first = pfn;
	return &work->slab;
}

static void describe_slab(struct holding *work, uint64_t paddr, struct holder_group *group)
{
	const struct slab_place *slab = slab_of(work, kernel_pfn(work->kernel, paddr));

	if (!slab)
		return;
	group->kind = HOLDER_CACHE;
	group->id = slab->address;
	group->offset = (work->direct + paddr - slab->start) % slab->size;
	snprintf(group->name, sizeof(group->name), "%s", slab->cache);
}

/* Returns false if the memory cannot contain a pointer. */
static bool describe_area(struct holding *work, uint64_t paddr, struct holder_group *group)
{
	const struct vmalloc_list *list = vmalloc_areas(work->kernel, NULL);
	const struct vmalloc_area *area;
	struct kernel_symbol symbol;
	uint64_t vaddr;

	if (!frame_labels_address(query_frame_labels(work->kernel), kernel_pfn(work->kernel, paddr),
				  &vaddr))
		return true;
	vaddr += paddr % kernel_page_size(work->kernel);
	if (query_is_module_constant(work->kernel, vaddr))
		return false;
	if (is_code(work, vaddr) && symbol_lookup_at(work->kernel->symbols, vaddr, &symbol, NULL)) {
		name_symbol(&symbol, group);
		return true;
	}
	area = list ? vmalloc_area_at(list, vaddr) : NULL;
	if (!area)
		return true;
	if (area->caller && symbol_lookup_at(work->kernel->symbols, area->caller, &symbol, NULL)) {
		name_symbol(&symbol, group);
		group->kind = HOLDER_CALLER;
		return true;
	}
	group->kind = HOLDER_AREA;
	group->id = area->first;
	snprintf(group->name, sizeof(group->name), "%" PRIx64, area->first);
	return true;
}

static void describe_percpu(struct holding *work, uint64_t paddr, struct holder_group *group)
{
	struct percpu_place place;

	if (!percpu_at(work->kernel, work->direct + paddr, &place))
		return;
	group->kind = HOLDER_PERCPU;
	group->id = place.symbol ? place.pointer - place.symbol_offset : 0;
	snprintf(group->name, sizeof(group->name), "%.60s",
		 place.symbol ? place.symbol : place.kind);
}

/* Returns false if the memory cannot contain a pointer. */
static bool describe_place(struct holding *work, enum page_use_kind use, uint64_t paddr,
			   struct holder_group *group)
{
	struct kernel_symbol symbol;

	group->kind = HOLDER_USE;
	group->id = use;
	snprintf(group->name, sizeof(group->name), "%s", page_use_names[use]);
	if (is_in(work, work->wanted, kernel_pfn(work->kernel, paddr))) {
		group->kind = HOLDER_ITSELF;
		group->id = 0;
	} else if (use == PAGE_USE_SLAB) {
		describe_slab(work, paddr, group);
	} else if (use == PAGE_USE_VMALLOC || use == PAGE_USE_VMAP) {
		return describe_area(work, paddr, group);
	} else if (use == PAGE_USE_FIRST_PERCPU) {
		describe_percpu(work, paddr, group);
	} else if (use == PAGE_USE_IMAGE &&
		   symbol_lookup_at(work->kernel->symbols, paddr + work->image, &symbol, NULL)) {
		name_symbol(&symbol, group);
	}
	return true;
}

/* --- pointers --- */

/* Finds the frame to which a value points. The value may be the address of a byte of the frame in
 * the direct map, or an address in the frame's struct page. */
static bool frame_of(const struct holding *work, uint64_t value, uint64_t *pfn)
{
	if (value >= work->direct &&
	    kernel_pfn(work->kernel, value - work->direct) < work->nr_frames) {
		*pfn = kernel_pfn(work->kernel, value - work->direct);
		return true;
	}
	if (!work->page_size || value < work->map ||
	    (value - work->map) / work->page_size >= work->nr_frames)
		return false;
	*pfn = (value - work->map) / work->page_size;
	return true;
}

/* Returns a number that identifies the object that contains paddr. The number is the address of the
 * object, or the pfn if the objects in question are frames. */
static uint64_t object_at(struct holding *work, uint64_t paddr)
{
	const struct slab_place *slab =
		work->cache ? slab_of(work, kernel_pfn(work->kernel, paddr)) : NULL;

	if (!slab)
		return kernel_pfn(work->kernel, paddr);
	return slab->start + (work->direct + paddr - slab->start) / slab->size * slab->size;
}

static uint64_t holder_cache_of(struct holding *work, uint64_t pfn)
{
	uint64_t *known = work->caches[pfn % 256], last;

	if (known[0] != pfn + 1) {
		known[0] = pfn + 1;
		if (!slab_cache_of(work->kernel, pfn, &known[1], &last))
			known[1] = 0;
	}
	return known[1];
}

/* Counts a pointer that is stored in the memory in question, if it points to a symbol or to an
 * object of a slab cache. paddr: address of the pointer. value: the pointer. */
static void look_from(struct holding *work, uint64_t paddr, uint64_t value)
{
	struct holder_group group = { .example = paddr };
	struct kernel_symbol symbol;
	uint64_t pfn;

	if (is_code(work, value)) {
		if (!symbol_lookup_at(work->kernel->symbols, value, &symbol, NULL))
			return;
		name_symbol(&symbol, &group);
	} else if (frame_of(work, value, &pfn) && value >= work->direct &&
		   is_in(work, work->slabs, pfn) && !is_in(work, work->wanted, pfn)) {
		group.kind = HOLDER_CACHE;
		group.id = holder_cache_of(work, pfn);
		if (!group.id ||
		    !slab_cache_name(work->kernel, group.id, group.name, sizeof(group.name), NULL))
			return;
	} else {
		return;
	}
	count_pointer(work, &group, object_at(work, paddr));
}

static void look_at_word(struct holding *work, enum page_use_kind use, bool inside, uint64_t paddr,
			 uint64_t value)
{
	struct holder_group group = { .by = true, .example = paddr };
	uint64_t pfn;

	if (inside)
		look_from(work, paddr, value);
	if (!frame_of(work, value, &pfn) || !is_in(work, work->wanted, pfn))
		return;
	if (describe_place(work, use, paddr, &group))
		count_pointer(work, &group, UINT64_MAX);
}

/* Can a frame with this use contain pointers of the kernel? User memory cannot, and memory in which
 * the kernel does not store data cannot. */
static bool use_may_hold(enum page_use_kind use)
{
	switch (use) {
	case PAGE_USE_SLAB:
	case PAGE_USE_KMALLOC:
	case PAGE_USE_VMALLOC:
	case PAGE_USE_VMAP:
	case PAGE_USE_STACK:
	case PAGE_USE_PERCPU:
	case PAGE_USE_CMA:
	case PAGE_USE_OTHER:
	case PAGE_USE_UNKNOWN:
	case PAGE_USE_IMAGE:
	case PAGE_USE_FIRST_PERCPU:
	case PAGE_USE_MEMBLOCK: return true;
	default: return false;
	}
}

static bool look_at_run(const struct frame_run *run, void *arg)
{
	struct holding *work = arg;
	struct kernel *kernel = work->kernel;
	uint64_t end = kernel_frame(kernel, run->last + 1);
	uint8_t bytes[CHUNK];

	if (!use_may_hold(run->use))
		return true;
	for (uint64_t paddr = kernel_frame(kernel, run->first); paddr < end; paddr += CHUNK) {
		bool inside = is_in(work, work->wanted, kernel_pfn(kernel, paddr));

		if (kernel_stopped(kernel))
			return false;
		if (run->use == PAGE_USE_IMAGE && query_is_constant(&work->constant, paddr, CHUNK))
			continue;
		if (dump_read(kernel->dump, paddr, bytes, CHUNK) != PAGE_PRESENT) {
			work->holders->unread++;
			continue;
		}
		for (unsigned int i = 0; i < CHUNK; i += work->word) {
			uint64_t value = pointer_untag(load_le(bytes + i, work->word), work->tags);

			if (value)
				look_at_word(work, run->use, inside, paddr + i, value);
		}
	}
	return true;
}

/* --- the search --- */

static void holding_add_code(struct holding *work, uint64_t first, uint64_t last)
{
	if (work->nr_code < MOST_CODE && last >= first)
		work->code[work->nr_code++] = (struct address_range){ first, last };
}

static bool find_places(struct holding *work, struct error *err)
{
	struct kernel *kernel = work->kernel;
	const struct region_list *regions = region_all(kernel, err);
	uint64_t vaddr, paddr, end, size;

	work->word = kernel_pointer_size(kernel);
	work->tags = kernel_tags_pointers(kernel);
	if (!regions || !kernel_require(kernel, FACT_MAX_PFN, &work->nr_frames, err) ||
	    !kernel_direct_base(kernel, &work->direct, err))
		return false;
	for (size_t i = 0; i < regions->nr; i++)
		if (region_has_modules(kernel, &regions->region[i]))
			holding_add_code(work, regions->region[i].first, regions->region[i].last);
	if (kernel_symbol(kernel, "_stext", &vaddr, NULL) && region_linear(kernel, vaddr, &paddr)) {
		work->image = vaddr - paddr;
		if (kernel_symbol(kernel, "_end", &end, NULL))
			holding_add_code(work, vaddr, end - 1);
	}
	query_constant_find(kernel, &work->constant);
	if (kernel_fact(kernel, FACT_VMEMMAP, &work->map) &&
	    kernel_fact(kernel, FACT_STRUCT_PAGE_SIZE, &size))
		work->page_size = size;
	return true;
}

static int holders_compare(const void *left, const void *right)
{
	const struct holder_group *a = left, *b = right;

	return b->by - a->by ?: COMPARE(b->count, a->count) ?: COMPARE(a->id, b->id);
}

static bool holders_look(struct holding *work, struct error *err)
{
	struct memory_question question = {
		.frames = { .last = UINT64_MAX },
		.parts = true,
		.visit = mark_run,
		.arg = work,
	};
	struct holders *holders = work->holders;

	if (!query_memory_runs(work->kernel, &question, err))
		return false;
	question.visit = look_at_run;
	return query_memory_runs(work->kernel, &question, err) &&
	       (sort_items(holders->group, holders->nr, sizeof(*holders->group), holders_compare,
			   work->kernel->listener) ||
		fail(err, ERROR_INTERRUPTED, "interrupted"));
}

bool query_holders(struct kernel *kernel, const bool use[NR_PAGE_USES], uint64_t cache,
		   struct holders *holders, struct error *err)
{
	struct holding *work = calloc(1, sizeof(*work));
	bool done = false;

	*holders = (struct holders){ 0 };
	if (!work)
		return out_of_memory(err);
	work->kernel = kernel;
	work->holders = holders;
	work->use = use;
	work->key = scatter_key();
	work->cache = cache;
	if (find_places(work, err)) {
		work->wanted = calloc(work->nr_frames / 64 + 1, sizeof(uint64_t));
		work->slabs = calloc(work->nr_frames / 64 + 1, sizeof(uint64_t));
		work->slot = calloc(SLOTS, sizeof(*work->slot));
		done = work->wanted && work->slabs && work->slot ? holders_look(work, err) :
								   out_of_memory(err);
	}
	free(work->wanted);
	free(work->slabs);
	free(work->slot);
	free(work);
	if (!done)
		query_holders_release(holders);
	return done;
}

void query_holders_release(struct holders *holders)
{
	free(holders->group);
	*holders = (struct holders){ 0 };
}
