/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads the kernel's structs of PCI buses and functions. Buses form a tree, and each bus has a list
 * of its functions. To avoid recursion in a deep tree, the buses that were not visited yet are kept
 * in an array. */
#include "devices/pci.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/address_set.h"
#include "base/array.h"
#include "base/ranges.h"
#include "base/sort.h"
#include "devices/io_root.h"
#include "devices/members.h"
#include "kernel/kernel.h"
#include "kernel/links.h"

enum {
	MOST_BUSES = 1 << 16,
	MOST_FUNCTIONS = 1 << 18,
};

struct buses {
	uint64_t *address; /* owned; addresses of the structs pci_bus in the order of visits */
	size_t nr, room;
};

/* The members of the structs of buses and functions, which are looked up once. */
struct pci_layout {
	const struct member *node, *children, *devices; /* of struct pci_bus */
	const struct member *link; /* of struct pci_dev */
	const struct member *resources;
	uint64_t resource_size, start, end, flags;
	unsigned int nr_resources;
};

struct pci_reading {
	struct kernel *kernel;
	struct pci_list *list;
	struct pci_layout layout;
	struct buses buses;
	uint64_t bus; /* address of the bus that is being read */
	struct address_set seen;
};

static void pci_damaged(struct pci_list *list, const char *what, uint64_t at)
{
	if (!list->nr_damages++)
		fail(&list->damage, ERROR_FORMAT, "a list of %s is damaged at %" PRIx64, what, at);
}

/* --- layout --- */

/* Finds the members of struct resource. On some 32-bit kernels, its addresses have 32 bits. */
static void find_bars(struct kernel *kernel, struct pci_layout *layout)
{
	uint64_t nr;

	layout->resources = kernel_member(kernel, PCI_RESOURCE, NULL);
	if (!layout->resources || !kernel_type_size(kernel, "resource", &layout->resource_size) ||
	    !layout->resource_size ||
	    !kernel_member_place(kernel, "resource", "start", 0, &layout->start) ||
	    !kernel_member_place(kernel, "resource", "end", 0, &layout->end) ||
	    !kernel_member_place(kernel, "resource", "flags", 0, &layout->flags))
		return;
	nr = layout->resources->size / layout->resource_size;
	layout->nr_resources = nr < MOST_BARS ? (unsigned int)nr : MOST_BARS;
}

static bool pci_find_layout(struct kernel *kernel, struct pci_layout *layout, struct error *err)
{
	*layout = (struct pci_layout){
		.node = kernel_member_as(kernel, PCI_BUS_NODE, MEMBER_LINKS, err),
		.children = kernel_member_as(kernel, PCI_BUS_CHILDREN, MEMBER_LINKS, err),
		.devices = kernel_member_as(kernel, PCI_BUS_DEVICES, MEMBER_LINKS, err),
		.link = kernel_member_as(kernel, PCI_BUS_LIST, MEMBER_LINKS, err),
	};
	if (!layout->node || !layout->children || !layout->devices || !layout->link)
		return false;
	find_bars(kernel, layout);
	return true;
}

/* --- one function --- */

static void read_driver(struct kernel *kernel, struct pci_function *function)
{
	uint64_t driver, name;

	if (kernel_read_member(kernel, function->address, PCI_DEV_DRIVER, &driver, NULL) &&
	    driver && kernel_read_member(kernel, driver, PCI_DRIVER_NAME, &name, NULL) && name)
		kernel_read_text(kernel, name, function->driver, sizeof(function->driver));
}

static void read_bars(struct pci_reading *reading, struct pci_function *function)
{
	const struct pci_layout *layout = &reading->layout;
	const uint64_t MEMORY = 0x200; /* IORESOURCE_MEM */
	struct kernel *kernel = reading->kernel;
	size_t width = layout->end - layout->start;
	uint64_t at = function->address;

	if (!layout->nr_resources || (width != 4 && width != 8))
		return;
	at += layout->resources->offset;
	for (unsigned int i = 0; i < layout->nr_resources; i++, at += layout->resource_size) {
		struct pci_bar bar = { .nr = i };
		uint64_t flags;

		if (kernel_read_word(kernel, at + layout->flags, &flags, NULL) && flags &&
		    kernel_read_number(kernel, at + layout->start, width, &bar.start, NULL) &&
		    kernel_read_number(kernel, at + layout->end, width, &bar.end, NULL) &&
		    bar.end > bar.start) {
			bar.is_memory = flags & MEMORY;
			function->bar[function->nr_bars++] = bar;
		}
	}
}

/* Reads the DMA mask. The member dma_mask is a pointer to the mask, which is usually another member
 * of the same struct. */
static void read_mask(struct kernel *kernel, struct pci_function *function)
{
	uint64_t pointer;

	function->has_mask =
		kernel_read_member(kernel, function->address, PCI_DEV_MASK_POINTER, &pointer,
				   NULL) &&
		pointer &&
		kernel_read_number(kernel, pointer, sizeof(uint64_t), &function->dma_mask, NULL);
}

/* Reads the segment of a bus. In a kernel without CONFIG_PCI_DOMAINS the segment is always 0. */
static bool read_segment(struct kernel *kernel, uint64_t bus, uint64_t *segment)
{
	uint64_t sysdata;

	*segment = 0;
	return !kernel_member(kernel, PCI_SYSDATA_DOMAIN, NULL) ||
	       (kernel_read_member(kernel, bus, PCI_BUS_SYSDATA, &sysdata, NULL) &&
		kernel_read_member(kernel, sysdata, PCI_SYSDATA_DOMAIN, segment, NULL));
}

static void name_function(struct pci_function *function)
{
	snprintf(function->name, sizeof(function->name), "%04x:%02x:%02x.%x", function->segment,
		 function->bus, function->devfn >> 3, function->devfn & 7);
}

/* Reads the numbers of the function, and makes its name from them. Returns false if the numbers
 * cannot be read. */
static bool read_identity(struct kernel *kernel, uint64_t bus, struct pci_function *function)
{
	uint64_t segment, number, devfn, vendor, id, class;

	if (!read_segment(kernel, bus, &segment) ||
	    !kernel_read_member(kernel, bus, PCI_BUS_NUMBER, &number, NULL) ||
	    !kernel_read_member(kernel, function->address, PCI_DEV_DEVFN, &devfn, NULL) ||
	    !kernel_read_member(kernel, function->address, PCI_DEV_VENDOR, &vendor, NULL) ||
	    !kernel_read_member(kernel, function->address, PCI_DEV_DEVICE, &id, NULL) ||
	    !kernel_read_member(kernel, function->address, PCI_DEV_CLASS, &class, NULL))
		return false;
	function->segment = (uint32_t)segment;
	function->bus = (uint8_t)number;
	function->devfn = (uint8_t)devfn;
	function->vendor = (uint16_t)vendor;
	function->id = (uint16_t)id;
	function->class = (uint32_t) class & 0xffffff;
	name_function(function);
	return true;
}

static bool add_function(struct pci_reading *reading, uint64_t address)
{
	struct pci_list *list = reading->list;
	struct pci_function function = { .address = address };

	if (!read_identity(reading->kernel, reading->bus, &function)) {
		pci_damaged(list, "functions", address);
		return true;
	}
	read_driver(reading->kernel, &function);
	read_bars(reading, &function);
	read_mask(reading->kernel, &function);
	return list->nr < MOST_FUNCTIONS &&
	       array_add(&list->function, &list->nr, &list->room, &function, sizeof(function));
}

/* --- lists --- */

/* Calls add for each struct in a list. head: address of the list_head. offset: offset of the
 * list_head in the structs. */
static void each_entry(struct pci_reading *reading, uint64_t head, uint64_t offset,
		       const char *what, bool (*add)(struct pci_reading *reading, uint64_t address))
{
	struct links links = links_from(reading->kernel, head, offset, &reading->seen, SIZE_MAX);
	uint64_t address;
	bool added = true;

	while (added && links_next(&links, &address))
		added = add(reading, address);
	if (!added || links_damaged(&links))
		pci_damaged(reading->list, what, links.at);
}

static bool pci_add_bus(struct pci_reading *reading, uint64_t address)
{
	struct buses *buses = &reading->buses;

	return buses->nr < MOST_BUSES &&
	       array_add(&buses->address, &buses->nr, &buses->room, &address, sizeof(address));
}

static void read_buses(struct pci_reading *reading, uint64_t roots)
{
	const struct pci_layout *layout = &reading->layout;

	each_entry(reading, roots, layout->node->offset, "buses", pci_add_bus);
	for (size_t i = 0; i < reading->buses.nr; i++) {
		reading->bus = reading->buses.address[i];
		each_entry(reading, reading->bus + layout->children->offset, layout->node->offset,
			   "buses", pci_add_bus);
		each_entry(reading, reading->bus + layout->devices->offset, layout->link->offset,
			   "functions", add_function);
	}
	free(reading->buses.address);
	address_set_release(&reading->seen);
}

static int by_place(const void *a, const void *b)
{
	const struct pci_function *one = a, *other = b;

	return COMPARE(one->segment, other->segment) ?:
		       COMPARE(one->bus, other->bus) ?:
						       COMPARE(one->devfn, other->devfn);
}

static bool pci_read_list(struct kernel *kernel, void *state, struct error *err)
{
	struct pci_list *list = state;
	struct pci_reading reading = { .kernel = kernel, .list = list };
	uint64_t roots;

	if (!pci_find_layout(kernel, &reading.layout, err) ||
	    !kernel_symbol(kernel, "pci_root_buses", &roots, err))
		return false;
	read_buses(&reading, roots);
	sort_items(list->function, list->nr, sizeof(*list->function), by_place, kernel->listener);
	return true;
}

/* --- without types: functions in tables of IOMMUs --- */

static bool pci_find_tables(struct kernel *kernel, struct io_root_list *roots, struct error *err)
{
	struct io_root root;

	if (!io_root_is_named(kernel))
		return io_chain_find(kernel, roots, err);
	return io_root_named(kernel, NULL, &root, err) && io_root_add(roots, &root);
}

static bool pci_add_request(struct pci_list *list, unsigned int request)
{
	struct pci_function function = {
		.bus = (uint8_t)(request >> 8),
		.devfn = (uint8_t)request,
	};

	name_function(&function);
	return array_add(&list->function, &list->nr, &list->room, &function, sizeof(function));
}

/* Lists the functions that have entries in tables of IOMMUs. On entry, *why is the reason why the
 * kernel's types are not known. Returns false if there are no tables, if there is not enough
 * memory, or if the table that the user gave is invalid. In the last case sets *why to the
 * reason. */
static bool list_by_tables(struct kernel *kernel, struct pci_list *list, struct error *why)
{
	struct io_root_list roots = { 0 };
	struct error err = { 0 };
	bool found = pci_find_tables(kernel, &roots, &err);

	for (unsigned int id = 0; found && id < NR_REQUESTS; id++)
		found = !io_root_count(&roots, id) || pci_add_request(list, id);
	io_root_clear(&roots);
	if (!found) {
		if (err.code == ERROR_FORMAT)
			*why = err;
		return false;
	}
	list->by_tables = true;
	list->nr_damages = 1;
	fail(&list->damage, ERROR_UNKNOWN,
	     "only devices with an entry in a table of an IOMMU are known, and it is not known whether a virtio device among them bypasses its IOMMU: %s",
	     why->message);
	return true;
}

static bool pci_learn(struct kernel *kernel, void *state, struct error *err)
{
	return pci_read_list(kernel, state, err) || list_by_tables(kernel, state, err);
}

static const struct state_type state_pci = {
	.size = sizeof(struct pci_list),
	.learn = pci_learn,
	.release = state_free_list,
};

const struct pci_list *pci_functions(struct kernel *kernel, struct error *err)
{
	return kernel_learnt(kernel, &state_pci, err);
}

const struct pci_function *pci_find(const struct pci_list *list, const char *name,
				    struct error *err)
{
	char whole[PCI_NAME];
	const char *colon = strchr(name, ':');

	snprintf(whole, sizeof(whole), "%s%s",
		 colon && strchr(colon + 1, ':') ? "" : "0000:", name);
	for (size_t i = 0; i < list->nr; i++)
		if (!strcmp(list->function[i].name, whole))
			return &list->function[i];
	fail(err, ERROR_NO_ANSWER, "no such device; the command devices lists all%s",
	     list->nr_damages ? ", and some could not be read" : "");
	return NULL;
}

const struct pci_function *pci_at(const struct pci_list *list, uint64_t paddr,
				  const struct pci_bar **bar)
{
	for (size_t i = 0; i < list->nr; i++) {
		const struct pci_function *function = &list->function[i];

		for (unsigned int nr = 0; nr < function->nr_bars; nr++) {
			*bar = &function->bar[nr];
			if ((*bar)->is_memory && paddr >= (*bar)->start && paddr <= (*bar)->end)
				return function;
		}
	}
	return NULL;
}
