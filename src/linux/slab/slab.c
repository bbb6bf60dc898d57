/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/slab/slab.h"

#include <inttypes.h>

#include "base/address_set.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/links.h"
#include "linux/page/page.h"
#include "linux/page/page_layout.h"
#include "linux/page_members.h"

/* --- slabs of SLAB that are no compound pages --- */

bool slab_has_descriptors(struct kernel *kernel)
{
	return kernel_member(kernel, SLAB_COLOUR, NULL) && kernel_member(kernel, SLAB_FREE, NULL);
}

/* Does the struct page have the flag of slabs? Needs only the offset of flags and the mask of
 * PG_slab: the rest of the layout of struct page may be unknown. */
static bool slab_descriptor_is_marked(struct kernel *kernel, uint64_t page)
{
	const struct page_layout *layout = page_layout_of(kernel, NULL);
	uint64_t flags;

	if (!layout)
		layout = kernel_state(kernel, &state_page_layout);
	return layout && layout->slab_mask && layout->flags >= 0 &&
	       kernel_read_word(kernel, page + (unsigned int)layout->flags, &flags, NULL) &&
	       (flags & layout->slab_mask);
}

/* Reads two pointers from the struct page of a frame: to the struct kmem_cache and to the struct
 * slab. Does not check them. Returns false if the page is not marked as part of a slab, or if it
 * cannot be read.
 * Since 3.6 (e571b0ad3495) the pointers to cache and slab are separate members of struct page. In
 * older kernels they are the links of lru (page_set_cache(), page_set_slab()). From 2.6.22 to 3.5
 * struct page has a member slab, which only SLUB uses. */
static bool slab_descriptor_of(struct kernel *kernel, uint64_t pfn, uint64_t *cache,
			       uint64_t *address)
{
	const struct member *lru;
	uint64_t page;

	if (!page_of_pfn(kernel, pfn, &page, NULL) || !slab_descriptor_is_marked(kernel, page))
		return false;
	if (kernel_member(kernel, PAGE_SLAB_PAGE, NULL))
		return kernel_read_member(kernel, page, PAGE_SLAB_CACHE, cache, NULL) &&
		       kernel_read_member(kernel, page, PAGE_SLAB_PAGE, address, NULL);
	lru = kernel_member_as(kernel, PAGE_LRU, MEMBER_LINKS, NULL);
	return lru && kernel_read_pointer(kernel, page + lru->offset, cache, NULL) &&
	       kernel_read_pointer(kernel, page + lru->offset + kernel_pointer_size(kernel),
				   address, NULL);
}

/* The array of indexes comes directly after struct slab (slab_bufctl() in mm/slab.c). An index is a
 * kmem_bufctl_t, which has four bytes. In 2.6.11 on i386 it has two bytes. The value BUFCTL_END has
 * all bits set. */
bool slab_descriptor_read(struct kernel *kernel, uint64_t address, struct slab_descriptor *slab)
{
	const struct member *first = kernel_member_as(kernel, SLAB_FREE, MEMBER_NUMBER, NULL);
	uint64_t size, memory, colour;

	if (!first || (first->size != 2 && first->size != 4) ||
	    !kernel_type_size(kernel, "slab", &size) ||
	    !kernel_read_member(kernel, address, SLAB_S_MEM, &memory, NULL) ||
	    !kernel_read_member(kernel, address, SLAB_COLOUR, &colour, NULL) ||
	    !kernel_read_member(kernel, address, SLAB_INUSE, &slab->in_use, NULL) ||
	    !kernel_read_member(kernel, address, SLAB_FREE, &slab->first, NULL))
		return false;
	/* s_mem is the address of the first object. In the slab, the first object comes after the
	 * colour, and after the struct slab if the slab contains this struct: alloc_slabmgmt(). */
	slab->start = memory - colour;
	slab->objects = memory;
	slab->next = address + size;
	slab->number_size = first->size;
	slab->end = (UINT64_C(1) << (8 * first->size)) - 1;
	return colour <= memory && !(slab->start & (kernel_page_size(kernel) - 1));
}

enum { MOST_CACHES = 1 << 20, MOST_ORDER = 10 };

/* --- the cache --- */

/* Reads a member of struct slab, or the older member of struct page. In 5.17 (d122019bf061) members
 * of struct page were moved to struct slab, some of them with another name. */
bool slab_read_either(struct kernel *kernel, uint64_t page, unsigned int slab, unsigned int older,
		      uint64_t *value)
{
	return kernel_read_member(kernel, page, slab, value, NULL) ||
	       kernel_read_member(kernel, page, older, value, NULL);
}

/* Finds the head of the list of caches. Until 3.6 (18004c5d4084) kernels with SLAB have the list
 * cache_chain instead of slab_caches. */
static bool slab_find_caches(struct kernel *kernel, uint64_t *head, struct error *err)
{
	return kernel_symbol(kernel, "slab_caches", head, err) ||
	       kernel_symbol(kernel, "cache_chain", head, NULL);
}

/* Sets err to the place from which the list leads to an entry that cannot be read. */
static bool slab_list_is_cut(const struct links *links, struct error *err)
{
	bool is_head = links->before == links->head;

	if (links->why.code != ERROR_UNREADABLE) {
		*err = links->why;
		return false;
	}
	if (links->at == links->before)
		return fail(err, ERROR_UNREADABLE,
			    "the list of slab caches cannot be followed: %.300s",
			    links->why.message);
	return fail(err, ERROR_UNREADABLE,
		    "the list of slab caches cannot be followed: %s at %" PRIx64
		    " leads to %" PRIx64 ", and %.300s",
		    is_head ? "its head" : "the member list of the struct kmem_cache",
		    is_head ? links->head : links->before - links->offset, links->at,
		    links->why.message);
}

bool slab_each_cache(struct kernel *kernel, bool (*visit)(uint64_t cache, void *arg), void *arg,
		     struct error *err)
{
	const struct member *list = kernel_member_as(kernel, CACHE_LIST, MEMBER_LINKS, err);
	uint64_t head, cache;
	struct links links;

	if (!list || !slab_find_caches(kernel, &head, err))
		return false;
	links = links_from(kernel, head, list->offset, NULL, MOST_CACHES);
	while (links_next(&links, &cache))
		if (!visit(cache, arg))
			return true;
	if (links.end == LINKS_MISSING)
		return slab_list_is_cut(&links, err);
	return !links_damaged(&links) ||
	       fail(err, ERROR_FORMAT, "the list of slab caches is damaged at %" PRIx64, links.at);
}

static bool slab_add_cache(uint64_t cache, void *arg)
{
	return address_set_add(arg, cache) == ADDRESS_NEW;
}

/* Records the addresses of all caches. If the list is damaged, records the caches before the
 * damage. */
static bool slab_learn(struct kernel *kernel, void *caches, struct error *err)
{
	slab_each_cache(kernel, slab_add_cache, caches, err);
	return true;
}

static void slab_release(void *caches)
{
	address_set_release(caches);
}

static const struct state_type state_slab_caches = {
	.size = sizeof(struct address_set),
	.learn = slab_learn,
	.release = slab_release,
};

static bool is_cache(struct kernel *kernel, uint64_t address)
{
	const struct address_set *caches = kernel_learnt(kernel, &state_slab_caches, NULL);

	return caches && address_set_has(caches, address);
}

bool slab_cache_name(struct kernel *kernel, uint64_t cache, char *name, size_t size,
		     struct error *err)
{
	uint64_t text;

	name[0] = '\0';
	if (!kernel_read_member(kernel, cache, CACHE_NAME, &text, err))
		return false;
	if (!text || kernel_is_unmapped(kernel, text)) /* kmem_cache_create() takes no NULL */
		return fail(err, ERROR_FORMAT, "the cache at %" PRIx64 " has no name", cache);
	return kernel_read_text(kernel, text, name, size) && name[0];
}

unsigned int slab_cache_sharers(struct kernel *kernel, uint64_t cache)
{
	enum { MOST = 1 << 12 }; /* -1: the cache is never merged */
	uint64_t count;

	return kernel_read_member(kernel, cache, CACHE_REFCOUNT, &count, NULL) && count > 1 &&
			       count <= MOST ?
		       (unsigned int)count :
		       1;
}

/* --- objects --- */

/* For SLUB: can a slab of this cache have this number of objects? The cache has two words for the
 * shape of slabs (mm/slub.c). The low 16 bits of a word (OO_SHIFT) are a number of objects, the
 * other bits are the order of the slab. The number must agree with one of the words. For a page of
 * KFENCE, which is also marked as a slab, returns false: its object may be anywhere in the page. */
static bool is_whole(struct kernel *kernel, const struct slab_place *place, uint64_t objects)
{
	static const unsigned int ids[] = { CACHE_ORDER, CACHE_MIN_ORDER };
	uint64_t word;

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (kernel_read_member(kernel, place->address, ids[i], &word, NULL) &&
		    (word & 0xffff) == objects && word >> 16 <= MOST_ORDER &&
		    objects * place->size <= kernel_page_size(kernel) << (word >> 16))
			return true;
	return false;
}

static bool find_objects(struct kernel *kernel, uint64_t head, const struct slab_place *place,
			 uint64_t *start, uint64_t *objects)
{
	*start = place->slab;
	if (slab_read_either(kernel, head, SLAB_OBJECTS, PAGE_OBJECTS, objects)) {
		*objects &= 0x7fff; /* the number has 15 bits; bit 15 is "frozen" */
		return is_whole(kernel, place, *objects);
	}
	/* this is a kernel with SLAB */
	return slab_read_either(kernel, head, SLAB_S_MEM, PAGE_S_MEM, start) &&
	       kernel_read_member(kernel, place->address, CACHE_NUM, objects, NULL);
}

/* Fills the members of place that describe the object at vaddr. The slab contains this number of
 * objects, each with place->size bytes. start: address of the first one, including its debugging
 * data. If vaddr is in none of the objects, sets nothing. */
static void set_object(struct kernel *kernel, uint64_t vaddr, uint64_t start, uint64_t objects,
		       struct slab_place *place)
{
	uint64_t pad = 0;

	if (vaddr < start || (vaddr - start) / place->size >= objects)
		return;
	/* with debugging, a red zone is before each object */
	if (!kernel_read_member(kernel, place->address, CACHE_LEFT_PAD, &pad, NULL))
		kernel_read_member(kernel, place->address, CACHE_OBJ_OFFSET, &pad, NULL);
	if (pad >= place->size)
		return;
	/* SLUB: objsize until 3.5 (3b0efdfa1e71) */
	kernel_read_member(kernel, place->address, CACHE_OBJECT_BYTES, &place->bytes, NULL);
	place->has_object = true;
	place->pad = pad;
	place->start = start + pad;
	place->objects = objects;
	place->index = (vaddr - start) / place->size;
	place->object = place->start + place->index * place->size;
}

static bool read_size(struct kernel *kernel, struct slab_place *place)
{
	return kernel_read_member(kernel, place->address, CACHE_SIZE, &place->size, NULL) &&
	       place->size;
}

static void find_object(struct kernel *kernel, uint64_t vaddr, uint64_t head,
			struct slab_place *place)
{
	uint64_t start, objects;

	if (read_size(kernel, place) && find_objects(kernel, head, place, &start, &objects))
		set_object(kernel, vaddr, start, objects, place);
}

/* --- slabs with a separate struct slab --- */

/* The slab that contains a frame, as described by its struct slab. first, last: the first and last
 * frame of the slab; set only if the frame is between them (has_frames). */
struct described {
	uint64_t cache, address;
	struct slab_descriptor slab;
	bool has_frames;
	uint64_t first, last;
};

static bool find_described(struct kernel *kernel, uint64_t pfn, struct described *described)
{
	uint64_t order, paddr;

	*described = (struct described){ 0 };
	if (!slab_descriptor_of(kernel, pfn, &described->cache, &described->address) ||
	    !is_cache(kernel, described->cache))
		return false;
	if (!slab_descriptor_read(kernel, described->address, &described->slab) ||
	    !kernel_read_member(kernel, described->cache, CACHE_GFPORDER, &order, NULL) ||
	    order > MOST_ORDER ||
	    !kernel->arch->virt_to_phys(kernel, described->slab.start, &paddr))
		return true;
	described->first = kernel_pfn(kernel, paddr);
	described->last = described->first + (UINT64_C(1) << order) - 1;
	described->has_frames = pfn >= described->first && pfn <= described->last;
	return true;
}

/* Finds the object at vaddr. Finds no object if the cache's number of objects would not fit into
 * the slab. */
static void find_described_object(struct kernel *kernel, uint64_t vaddr,
				  const struct described *described, struct slab_place *place)
{
	const struct slab_descriptor *slab = &described->slab;
	uint64_t size = kernel_frame(kernel, described->last - described->first + 1);
	uint64_t before = slab->objects - slab->start, objects;

	place->slab = slab->start;
	place->descriptor = described->address;
	if (read_size(kernel, place) &&
	    kernel_read_member(kernel, place->address, CACHE_NUM, &objects, NULL) &&
	    before <= size && objects <= (size - before) / place->size)
		set_object(kernel, vaddr, slab->objects, objects, place);
}

static bool described_at(struct kernel *kernel, uint64_t vaddr, uint64_t pfn,
			 struct slab_place *place)
{
	struct described described;

	if (!find_described(kernel, pfn, &described) ||
	    !slab_cache_name(kernel, described.cache, place->cache, sizeof(place->cache), NULL))
		return false;
	place->address = described.cache;
	place->sharers = slab_cache_sharers(kernel, place->address);
	place->slab = kernel_page_first(kernel, vaddr);
	if (!page_of_pfn(kernel, described.has_frames ? described.first : pfn, &place->page, NULL))
		return false;
	if (described.has_frames)
		find_described_object(kernel, vaddr, &described, place);
	return true;
}

/* --- slabs --- */

/* Reads the address of the slab's cache. head: the struct page of the slab's first page. */
static bool read_cache(struct kernel *kernel, const struct page_words *head, uint64_t *cache)
{
	return page_words_slab(head) &&
	       (slab_read_either(kernel, head->page, SLAB_CACHE, PAGE_SLAB_CACHE, cache) ||
		kernel_read_member(kernel, head->page, PAGE_SLAB, cache, NULL)) &&
	       is_cache(kernel, *cache);
}

bool slab_cache_of(struct kernel *kernel, uint64_t pfn, uint64_t *cache, uint64_t *last)
{
	struct described described;
	struct page_words head;
	struct compound compound;

	if (slab_has_descriptors(kernel)) {
		if (!find_described(kernel, pfn, &described))
			return false;
		*cache = described.cache;
		*last = described.has_frames ? described.last : pfn;
		return true;
	}
	if (!page_compound(kernel, pfn, &head, &compound) || !read_cache(kernel, &head, cache))
		return false;
	*last = compound.has_order && compound.order <= MOST_ORDER ?
			compound.head_pfn + (UINT64_C(1) << compound.order) - 1 :
			pfn;
	if (*last < pfn)
		*last = pfn;
	return true;
}

bool slab_at(struct kernel *kernel, uint64_t vaddr, uint64_t paddr, struct slab_place *place)
{
	uint64_t pfn = kernel_pfn(kernel, paddr);
	struct page_words head;
	struct compound compound;

	*place = (struct slab_place){ 0 };
	if (slab_has_descriptors(kernel))
		return described_at(kernel, vaddr, pfn, place);
	if (!page_compound(kernel, pfn, &head, &compound) ||
	    pfn - compound.head_pfn >= 1 << MOST_ORDER ||
	    !read_cache(kernel, &head, &place->address) ||
	    !slab_cache_name(kernel, place->address, place->cache, sizeof(place->cache), NULL))
		return false;
	place->slab = vaddr - (paddr - kernel_frame(kernel, compound.head_pfn));
	place->page = head.page;
	place->sharers = slab_cache_sharers(kernel, place->address);
	find_object(kernel, vaddr, head.page, place);
	return true;
}
