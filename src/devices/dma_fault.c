/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "devices/dma_fault.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "kernel/kernel.h"
#include "paging/scan.h"

/* --- mappings near an address --- */

/* A search for ranges in a page table. */
struct near_search {
	struct kernel *kernel;
	const struct space *space;
	struct range_scan *ranges;
	bool want_last; /* true: find the last range in a window; false: find the first */
	struct dma_near *near;
};

static struct dma_range find_between(const struct near_search *search, uint64_t first,
				     uint64_t last)
{
	struct dma_range found = { 0 };
	struct scanned range;

	range_start(search->ranges, search->space, first, last);
	search->ranges->scan.listener = search->kernel->listener;
	while (range_next(search->ranges, &range)) {
		if (range.outcome != WALK_MAPPED) {
			search->near->cut = true;
			continue;
		}
		found = (struct dma_range){ true, range.first, range.last };
		if (search->want_last)
			continue;
		scan_release(&search->ranges->scan);
		return found;
	}
	if (search->ranges->scan.end != SCAN_COMPLETE)
		found.known = false;
	return found;
}

/* Finds the nearest mapped range that ends at `last` or before. There may be many ranges below, so
 * searches a small window first, then larger windows. */
static struct dma_range find_below(struct near_search *search, uint64_t last)
{
	struct dma_range found;
	unsigned int shift = 21;
	uint64_t first;

	search->want_last = true;
	/* If the range that was found begins at the start of the window, the whole range may begin
	 * before the window. So a larger window is searched, too. */
	do {
		first = shift < 64 && last >> shift ? last - (UINT64_C(1) << shift) + 1 : 0;
		found = find_between(search, first, last);
		shift += 9;
	} while (first && (!found.known || found.first <= first) &&
		 !kernel_stopped(search->kernel));
	return found;
}

static struct dma_range of_mapping(const struct dma_translation *translation,
				   enum viommu_found where)
{
	const struct viommu_mapping *mapping = &translation->mapping[where];

	return (struct dma_range){ mapping->address, mapping->first, mapping->last };
}

/* Finds the nearest mapped ranges before and after the page or gap that contains the bus address.
 * Neither range is known if the device has no page table. */
static void device_dma_near(struct kernel *kernel, const struct device_dma *dma,
			    const struct dma_translation *translation, struct dma_near *near)
{
	const struct space *space = &dma->entrance.space;
	struct near_search search = { kernel, space, NULL, false, near };
	uint64_t first, last, highest;

	*near = (struct dma_near){ 0 };
	if (dma->entrance.reach == DMA_LISTED) {
		near->below = of_mapping(translation, VIOMMU_BELOW);
		near->above = of_mapping(translation, VIOMMU_ABOVE);
		near->cut = translation->trouble.code;
		return;
	}
	if (!translation->has_walk || translation->walk.outcome == WALK_NON_CANONICAL)
		return;
	/* A page table in the CPU's format has two halves. Devices use only the lower half. */
	highest = paging_last_address(space->paging);
	if (space->paging->sign_extends)
		highest = ~paging_upper_half(space->paging);
	if (translation->bus > highest)
		return;
	walk_range(space, &translation->walk, &first, &last);
	search.ranges = malloc(sizeof(*search.ranges));
	if (!search.ranges)
		return;
	if (last < highest)
		near->above = find_between(&search, last + 1, highest);
	if (first)
		near->below = find_below(&search, first - 1);
	free(search.ranges);
}

/* --- the fault in the dump --- */

/* Finds the device and the bus address of a refused access in the dump, and describes them as
 * text. */

/* Finds the function with the numbers of the fault. Returns NULL and sets err if no function has
 * these numbers, or if functions of several segments have them. Intel's lines do not contain the
 * segment. */
static const struct pci_function *find_function(const struct pci_list *list,
						const struct dma_fault *fault, struct error *err)
{
	const struct pci_function *found = NULL;

	for (size_t i = 0; i < list->nr; i++) {
		const struct pci_function *function = &list->function[i];

		if (function->bus != fault->bus || function->devfn != fault->devfn ||
		    (fault->has_segment && function->segment != fault->segment))
			continue;
		if (found) {
			fail(err, ERROR_NO_ANSWER,
			     "%s or %s, because the line does not name the segment", found->name,
			     function->name);
			return NULL;
		}
		found = function;
	}
	if (!found)
		fail(err, ERROR_NO_ANSWER, "there is no such PCI function now%s",
		     list->nr_damages ? ", or the function could not be read" : "");
	return found;
}

/* Reads the domain from the device table entry: the low 16 bits of its second word (AMD's
 * specification, 2.2.2.1). */
static void find_domain(struct dma_fault_view *view)
{
	const struct dma_entrance *entrance = &view->dma.entrance;
	const struct dma_head *head = &entrance->head[0];

	view->has_domain_now = entrance->nr_heads && head->read && head->kind == HEAD_DEVICE;
	view->domain_now = head->word[1] & 0xffff;
}

/* Was the address translated by the device's own page table? The own page table is used for
 * requests without a PASID and, in scalable mode, also for requests with PASID 0. */
static bool is_own_table(const struct dma_fault *fault)
{
	return !fault->has_pasid || !fault->pasid;
}

void dma_fault_look(struct kernel *kernel, const struct dma_fault *fault,
		    struct dma_fault_view *view)
{
	const struct pci_list *list;
	const struct dma_translation *translation = &view->translation;

	memset(view, 0, sizeof(*view));
	view->fault = *fault;
	list = pci_functions(kernel, &view->trouble);
	view->function = list ? find_function(list, fault, &view->trouble) : NULL;
	if (!view->function)
		return;
	device_dma_read(kernel, view->function, &view->dma);
	find_domain(view);
	view->has_translation = fault->has_address && is_own_table(fault);
	if (!view->has_translation)
		return;
	device_dma_translate(&view->dma, kernel->dump, fault->address, &view->translation);
	device_dma_near(kernel, &view->dma, translation, &view->near);
	view->is_bounced =
		translation->status == DMA_STATUS_MAPPED &&
		bounce_find(kernel, translation->physical, view->function, &view->bounce, NULL) &&
		view->bounce.pool;
}

/* --- as text --- */

#define put(...) text_append(text, size, __VA_ARGS__)

static void put_device(const struct dma_fault_view *view, char *text, size_t size)
{
	const struct device_dma *dma = &view->dma;
	const struct dma_fault *fault = &view->fault;

	put("%s", view->function->name);
	if (view->function->address) /* 0: its driver is not known */
		put(*view->function->driver ? " (%s)" : ", without a driver%s",
		    view->function->driver);
	if (*dma->iommu)
		put(", %s", dma->iommu);
	if (dma->domain)
		put(", domain %" PRIx64, dma->domain);
	if (*dma->domain_type)
		put(" (%s)", dma->domain_type);
	if (fault->has_domain && view->has_domain_now && fault->domain != view->domain_now)
		put(", whose number was %" PRIx64 " then and is %" PRIx64 " now", fault->domain,
		    view->domain_now);
}

static void put_near(const char *where, const struct dma_range *range, char *text, size_t size)
{
	if (range->known)
		put("; next mapped %s: %" PRIx64 " to %" PRIx64, where, range->first, range->last);
	else
		put("; nothing mapped %s", where);
}

static void put_translation(const struct dma_fault_view *view, char *text, size_t size)
{
	const struct dma_translation *translation = &view->translation;

	bool has_table = translation->has_walk || view->dma.entrance.reach == DMA_LISTED;

	if (translation->status == DMA_STATUS_MAPPED && !has_table)
		put(" is a physical address now, because no table translates it");
	else if (translation->status == DMA_STATUS_MAPPED)
		put(" is mapped now to %" PRIx64 ", %s", translation->physical,
		    !translation->writable ? "only to be read" :
		    !translation->readable ? "only to be written" :
					     "to be read and written");
	else if (translation->status == DMA_STATUS_NOT_MAPPED)
		put(" is not mapped now");
	else
		put(": %s", translation->trouble.message);
	if (view->is_bounced)
		bounce_text(&view->bounce, text, size);
	if (!has_table)
		return;
	put_near("below", &view->near.below, text, size);
	put_near("above", &view->near.above, text, size);
	if (view->near.cut)
		put(", as far as the tables can be read");
}

void dma_fault_text(const struct dma_fault_view *view, char *text, size_t size)
{
	const struct dma_fault *fault = &view->fault;

	if (!view->function) {
		put("%s", view->trouble.message);
		return;
	}
	put_device(view, text, size);
	if (!fault->has_address) {
		put(": a request for an interrupt, which has no bus address");
		return;
	}
	if (fault->has_access)
		put(fault->is_write ? ": a write;" : ": a read;");
	else
		put(";");
	put(" %" PRIx64, fault->address);
	if (view->has_translation)
		put_translation(view, text, size);
	else
		put(" has PASID %" PRIx64 ", whose table is not the table of the device",
		    fault->pasid);
}

/* The part of a line that was not parsed yet. */
struct dma_fault_rest {
	const char *at, *end;
};

/* --- words --- */

/* Skips the rest of the line up to the end of the next occurrence of the text. Returns false if the
 * text does not occur. */
static bool skip_to(struct dma_fault_rest *rest, const char *text)
{
	size_t size = strlen(text);
	const char *found = memmem(rest->at, (size_t)(rest->end - rest->at), text, size);

	if (found)
		rest->at = found + size;
	return found;
}

static bool dma_fault_skip(struct dma_fault_rest *rest, const char *text)
{
	size_t size = strlen(text);

	if ((size_t)(rest->end - rest->at) < size || memcmp(rest->at, text, size) != 0)
		return false;
	rest->at += size;
	return true;
}

/* Reads a hexadecimal number, which may begin with 0x. */
static bool dma_fault_read_hex(struct dma_fault_rest *rest, uint64_t *value)
{
	const char *start;

	dma_fault_skip(rest, "0x");
	start = rest->at;
	for (*value = 0; rest->at < rest->end && isxdigit((unsigned char)*rest->at); rest->at++)
		*value = *value << 4 | (uint64_t)hex_value(*rest->at);
	return rest->at > start && rest->at - start <= 16 &&
	       (rest->at == rest->end || !isalnum((unsigned char)*rest->at));
}

static bool read_below(struct dma_fault_rest *rest, uint64_t bound, uint64_t *value)
{
	return dma_fault_read_hex(rest, value) && *value < bound;
}

/* Reads a device such as "00:1f.2" or "0000:00:1f.2". 5.13 prints "0x00:0x1f.2". */
static bool read_device(struct dma_fault_rest *rest, struct dma_fault *fault)
{
	uint64_t first, second, slot, number;

	if (!read_below(rest, 1 << 16, &first) || !dma_fault_skip(rest, ":") ||
	    !read_below(rest, 1 << 8, &second))
		return false;
	slot = second;
	fault->has_segment = dma_fault_skip(rest, ":");
	if (fault->has_segment) {
		fault->segment = (uint16_t)first;
		first = second;
		if (!read_below(rest, 32, &slot))
			return false;
	}
	if (first >= 1 << 8 || slot >= 32 || !dma_fault_skip(rest, ".") ||
	    !read_below(rest, 8, &number))
		return false;
	fault->bus = (uint8_t)first;
	fault->devfn = (uint8_t)(slot << 3 | number);
	return true;
}

static void copy_event(struct dma_fault *fault, const char *start, const char *end)
{
	size_t size = (size_t)(end - start);

	if (size >= sizeof(fault->event))
		size = sizeof(fault->event) - 1;
	memcpy(fault->event, start, size);
	fault->event[size] = '\0';
}

/* --- Intel --- */

static bool is_access(struct dma_fault_rest *rest, struct dma_fault *fault)
{
	static const char *const names[] = { "[DMA Write", "[DMA Read", "[INTR-REMAP",
					     "INTR-REMAP:" };
	const struct dma_fault_rest start = *rest;

	for (unsigned int i = 0; i < sizeof(names) / sizeof(*names); i++) {
		*rest = start;
		if (!skip_to(rest, names[i]))
			continue;
		fault->at = (size_t)(rest->at - start.at) - strlen(names[i]);
		copy_event(fault, rest->at - strlen(names[i]) + (i < 3), rest->at - (i == 3));
		fault->has_access = i < 2;
		fault->is_write = i == 0;
		return true;
	}
	return false;
}

/* Reads the PASID. From 5.2 to 5.12 the line of a request without a PASID contains the PASID
 * "ffffffff", which is ignored, because PASIDs have 20 bits. */
static void read_pasid(struct dma_fault_rest rest, struct dma_fault *fault)
{
	fault->has_pasid = skip_to(&rest, " PASID ") && read_below(&rest, 1 << 20, &fault->pasid);
}

static bool parse_intel(const char *line, size_t size, struct dma_fault *fault)
{
	struct dma_fault_rest rest = { line, line + size }, part;

	if (!is_access(&rest, fault))
		return false;
	part = rest;
	if (!skip_to(&rest, "Request device [") || !read_device(&rest, fault) ||
	    !dma_fault_skip(&rest, "]"))
		return false;
	fault->has_address = skip_to(&rest, "fault addr ");
	if (fault->has_address ? !dma_fault_read_hex(&rest, &fault->address) : fault->has_access)
		return false;
	part.end = rest.at;
	read_pasid(part, fault);
	fault->size = (size_t)(rest.at - line) - fault->at;
	return true;
}

/* --- AMD --- */

static bool dma_fault_number_behind(const struct dma_fault_rest *rest, const char *name,
				    uint64_t *value)
{
	struct dma_fault_rest part = *rest;

	return skip_to(&part, name) && dma_fault_read_hex(&part, value);
}

/* Reads the device from the start of the line, before `mark`. If the device has a driver, dev_err()
 * prints the names of the driver and the device there: "nvme 0000:01:00.0: AMD-Vi: Event logged
 * [IO_PAGE_FAULT domain=...". */
static bool read_prefix(const char *line, const char *mark, struct dma_fault *fault)
{
	const char *start = mark;
	struct dma_fault_rest rest;

	if (mark - line < 3 || memcmp(mark - 2, ": ", 2) != 0)
		return false;
	for (start -= 2; start > line && !isspace((unsigned char)start[-1]);)
		start--;
	rest = (struct dma_fault_rest){ start, mark - 2 };
	if (!read_device(&rest, fault) || rest.at != rest.end)
		return false;
	fault->at = (size_t)(start - line);
	return true;
}

/* Reads the flags (AMD's specification, 2.5.3). The flag WRITE is valid only if the page is present
 * and if the request is neither an interrupt nor a translation request. An interrupt has no bus
 * address. */
static void read_flags(const struct dma_fault_rest *rest, struct dma_fault *fault)
{
	enum { INTERRUPT = 1 << 3, PAGE = 1 << 4, WRITE = 1 << 5, ASKED = 1 << 8 };
	uint64_t flags;

	if (strcmp(fault->event, "IO_PAGE_FAULT") != 0 ||
	    !dma_fault_number_behind(rest, " flags=", &flags))
		return;
	if (flags & INTERRUPT)
		fault->has_address = false;
	fault->has_access = (flags & (INTERRUPT | PAGE | ASKED)) == PAGE;
	fault->is_write = fault->has_access && flags & WRITE;
}

static bool parse_amd(const char *line, size_t size, struct dma_fault *fault)
{
	struct dma_fault_rest rest = { line, line + size }, device;
	const char *mark, *start;

	if (!skip_to(&rest, "AMD-Vi: "))
		return false;
	mark = rest.at - strlen("AMD-Vi: ");
	fault->at = (size_t)(mark - line);
	if (!skip_to(&rest, "Event logged ["))
		return false;
	for (start = rest.at;
	     rest.at < rest.end && (isupper((unsigned char)*rest.at) || *rest.at == '_');)
		rest.at++;
	copy_event(fault, start, rest.at);
	device = rest;
	if (skip_to(&device, " device=") ? !read_device(&device, fault) :
					   !read_prefix(line, mark, fault))
		return false;
	if (!dma_fault_number_behind(&rest, " address=", &fault->address))
		return false;
	fault->has_address = true;
	fault->has_domain = dma_fault_number_behind(&rest, " domain=", &fault->domain);
	fault->has_pasid = dma_fault_number_behind(&rest, " pasid=", &fault->pasid);
	read_flags(&rest, fault);
	if (skip_to(&rest, "]"))
		fault->size = (size_t)(rest.at - line) - fault->at;
	else
		fault->size = size - fault->at;
	return true;
}

bool dma_fault_parse(const char *line, size_t size, struct dma_fault *fault)
{
	*fault = (struct dma_fault){ 0 };
	if (parse_intel(line, size, fault))
		return true;
	*fault = (struct dma_fault){ 0 };
	return parse_amd(line, size, fault);
}
