/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the device and the bus address of a refused access in the dump, and describes them as
 * text. */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "kernel/kernel.h"
#include "devices/dma_fault.h"

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
