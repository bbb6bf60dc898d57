/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/slab.h"

#include "kernel/kernel.h"

enum { PAGE_SHIFT = 12, MOST_CACHES = 1 << 20, MOST_ORDER = 10 };

/* --- is it a slab's --- */

static bool enumerator(struct kernel *kernel, const char *enumeration,
		       const char *name, uint64_t *value)
{
	struct types *types = kernel_types(kernel);
	int64_t number;

	if (!types || !types_enumerator(types, enumeration, name, &number))
		return false;
	*value = (uint32_t)number;
	return true;
}

/*
 * A flag until 6.9; then a page type (46df8e73a4a3): a bit that is cleared, as
 * are those of PAGE_TYPE_BASE not; since 6.12 (4ffca5a96678) the upper byte.
 */
static bool is_slab(struct kernel *kernel, uint64_t page)
{
	uint64_t value, bit, base, offset;

	if (enumerator(kernel, "pagetype", "PGTY_slab", &bit))
		return kernel_read_member(kernel, page, PAGE_TYPE, &value, NULL) &&
		       value >> 24 == bit;
	if (enumerator(kernel, "pagetype", "PG_slab", &bit))
		return enumerator(kernel, "pagetype", "PAGE_TYPE_BASE", &base) &&
		       kernel_read_member(kernel, page, PAGE_TYPE, &value, NULL) &&
		       (value & (base | bit)) == base;
	return enumerator(kernel, "pageflags", "PG_slab", &bit) &&
	       kernel_member_offset(kernel, "page", "flags", &offset) &&
	       kernel_read_pointer(kernel, page + offset, &value, NULL) &&
	       bit < 8 * kernel_pointer_size(kernel) && (value >> bit & 1);
}

/* Tails of a compound page lead to its head by bit 0. */
static bool find_head(struct kernel *kernel, uint64_t page, uint64_t *head)
{
	uint64_t value;

	*head = page;
	if (kernel_member(kernel, PAGE_COMPOUND_HEAD, NULL)) {
		if (!kernel_read_member(kernel, page, PAGE_COMPOUND_HEAD, &value,
					NULL))
			return false;
		if (value & 1)
			*head = value - 1;
	}
	return true;
}

/* --- whose it is --- */

/* struct slab is the struct page by another name: 5.17, d122019bf061. */
static bool read_either(struct kernel *kernel, uint64_t page,
			enum member_id slab, enum member_id older,
			uint64_t *value)
{
	return kernel_read_member(kernel, page, slab, value, NULL) ||
	       kernel_read_member(kernel, page, older, value, NULL);
}

static void read_caches(struct kernel *kernel, struct address_set *set)
{
	const struct member *list = kernel_member(kernel, CACHE_LIST, NULL);
	uint64_t head, before, entry, back;

	if (!list || !kernel_symbol(kernel, "slab_caches", &head, NULL))
		return;
	before = head;
	while (kernel_read_pointer(kernel, before, &entry, NULL) &&
	       entry != head && set->nr < MOST_CACHES &&
	       kernel_read_pointer(kernel, entry + kernel_pointer_size(kernel),
				   &back, NULL) &&
	       back == before && entry > list->offset &&
	       address_set_add(set, entry - list->offset) == ADDRESS_NEW)
		before = entry;
}

static bool is_cache(struct kernel *kernel, uint64_t address)
{
	struct slab_caches *caches = &kernel->slab_caches;

	if (!caches->tried) {
		caches->tried = true;
		read_caches(kernel, &caches->address);
	}
	return address_set_has(&caches->address, address);
}

static bool read_name(struct kernel *kernel, struct slab_place *place)
{
	uint64_t name;

	return kernel_read_member(kernel, place->address, CACHE_NAME, &name,
				  NULL) &&
	       kernel_read_text(kernel, name, place->cache,
				sizeof(place->cache)) &&
	       place->cache[0];
}

/* --- objects --- */

/*
 * SLUB: a slab has as many objects as one of the two words of the cache says,
 * each with its order above bit 16 (OO_SHIFT, mm/slub.c). What KFENCE takes for
 * a slab has not, and keeps its object elsewhere in the page.
 */
static bool is_whole(struct kernel *kernel, const struct slab_place *place,
		     uint64_t objects)
{
	static const enum member_id ids[] = { CACHE_ORDER, CACHE_MIN_ORDER };
	uint64_t word;

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (kernel_read_member(kernel, place->address, ids[i], &word,
				       NULL) &&
		    (word & 0xffff) == objects && word >> 16 <= MOST_ORDER &&
		    objects * place->size <=
			    UINT64_C(1) << (word >> 16) << PAGE_SHIFT)
			return true;
	return false;
}

/* Where the slab's objects begin, and how many there are. */
static bool find_objects(struct kernel *kernel, uint64_t head,
			 const struct slab_place *place, uint64_t *start,
			 uint64_t *objects)
{
	*start = place->slab;
	if (read_either(kernel, head, SLAB_OBJECTS, PAGE_OBJECTS, objects)) {
		*objects &= 0x7fff; /* 15 bits; "frozen" is above */
		return is_whole(kernel, place, *objects);
	}
	/* SLAB */
	return read_either(kernel, head, SLAB_S_MEM, PAGE_S_MEM, start) &&
	       kernel_read_member(kernel, place->address, CACHE_NUM, objects,
				  NULL);
}

static void find_object(struct kernel *kernel, uint64_t vaddr, uint64_t head,
			struct slab_place *place)
{
	uint64_t start, objects, pad = 0;

	if (!kernel_read_member(kernel, place->address, CACHE_SIZE, &place->size,
				NULL) ||
	    !place->size ||
	    !find_objects(kernel, head, place, &start, &objects) ||
	    vaddr < start || (vaddr - start) / place->size >= objects)
		return;
	/* With debugging, a zone to the left of the object. */
	if (!kernel_read_member(kernel, place->address, CACHE_LEFT_PAD, &pad,
				NULL))
		kernel_read_member(kernel, place->address, CACHE_OBJ_OFFSET, &pad,
				   NULL);
	if (pad >= place->size)
		return;
	place->has_object = true;
	place->index = (vaddr - start) / place->size;
	place->object = start + place->index * place->size + pad;
}

bool kernel_slab_at(struct kernel *kernel, uint64_t vaddr, uint64_t paddr,
		    struct slab_place *place)
{
	uint64_t page, head, pfn;

	*place = (struct slab_place){ 0 };
	if (!kernel_pfn_to_page(kernel, paddr >> PAGE_SHIFT, &page, NULL) ||
	    !find_head(kernel, page, &head) || !is_slab(kernel, head) ||
	    !kernel_page_to_pfn(kernel, head, &pfn, NULL) ||
	    pfn > paddr >> PAGE_SHIFT ||
	    (paddr >> PAGE_SHIFT) - pfn >= 1 << MOST_ORDER ||
	    (!read_either(kernel, head, SLAB_CACHE, PAGE_SLAB_CACHE,
			  &place->address) &&
	     !kernel_read_member(kernel, head, PAGE_SLAB, &place->address,
				 NULL)) ||
	    !is_cache(kernel, place->address) || !read_name(kernel, place))
		return false;
	place->slab = vaddr - (paddr - (pfn << PAGE_SHIFT));
	find_object(kernel, vaddr, head, place);
	return true;
}

void slab_caches_release(struct slab_caches *caches)
{
	address_set_release(&caches->address);
}
