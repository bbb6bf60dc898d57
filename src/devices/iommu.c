/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "devices/iommu.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/address_set.h"
#include "devices/io_root.h"
#include "devices/members.h"
#include "devices/viommu.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/links.h"

/* Finds tables of IOMMUs if the kernel's types are not known. Such a table is given by the user (-o
 * vtd_root=, -o amd_device_table=), or found by symbols (io_root.h), or found by a search of
 * memory.
 * The search examines page frames that have the format of such tables (io_root.h). They are
 * accepted only if two conditions hold: each function in an IOMMU group has an entry in exactly one
 * of the frames, and no other function has an entry. If not, no frame is accepted. */

struct io_roots {
	const char *source; /* static text */
	struct io_root_list list;
};

static void io_roots_release(void *state)
{
	struct io_roots *roots = state;

	io_root_clear(&roots->list);
}

/* --- are tables missing? --- */

static bool has_entries(struct kernel *kernel, const char *list)
{
	uint64_t head;

	return kernel_symbol(kernel, list, &head, NULL) && !links_none(kernel, head);
}

static bool io_roots_is_known(struct kernel *kernel, unsigned int id)
{
	return kernel_member(kernel, id, NULL);
}

static bool lacks_intel(struct kernel *kernel)
{
	return has_entries(kernel, "dmar_drhd_units") &&
	       (!io_roots_is_known(kernel, DRHD_LIST) || !io_roots_is_known(kernel, DRHD_IOMMU) ||
		!io_roots_is_known(kernel, INTEL_ROOT) ||
		!io_roots_is_known(kernel, INTEL_FEATURES) ||
		(!io_roots_is_known(kernel, INTEL_UNIT) && !io_roots_is_known(kernel, INFO_IOMMU)));
}

/* Are types missing that are needed to find the tables of AMD's IOMMUs? Before 6.0 (04230c119930)
 * fewer types are needed, because a variable points to the device table. */
static bool lacks_amd(struct kernel *kernel)
{
	uint64_t table;
	bool leads = io_roots_is_known(kernel, AMD_SEGMENT) ?
			     io_roots_is_known(kernel, AMD_DEVICE_TABLE) :
			     kernel_read_variable(kernel, "amd_iommu_dev_table", &table);

	return has_entries(kernel, "amd_iommu_list") &&
	       (!leads || !io_roots_is_known(kernel, AMD_LIST) ||
		!io_roots_is_known(kernel, AMD_UNIT) || !io_roots_is_known(kernel, AMD_DEVICE_ID));
}

/* Does the machine have IOMMUs, although the types of their structs are not known? */
static bool io_roots_needed(struct kernel *kernel)
{
	return lacks_intel(kernel) || lacks_amd(kernel);
}

/* Does the variable intel_iommu_enabled show that Intel's IOMMUs are disabled? */
static bool is_disabled(struct kernel *kernel)
{
	uint64_t address, enabled;

	return kernel_symbol(kernel, "intel_iommu_enabled", &address, NULL) &&
	       kernel_read_number(kernel, address, sizeof(uint32_t), &enabled, NULL) && !enabled;
}

/* --- functions that must have an entry --- */

/* Is the function in an IOMMU group, so that it uses an IOMMU (drivers/iommu/iommu.c)? */
static bool is_grouped(struct kernel *kernel, const struct pci_function *function)
{
	uint64_t group;

	return kernel_read_member(kernel, function->address, PCI_DEV_GROUP, &group, NULL) && group;
}

/* Adds the request ids of all functions to the set. grouped: add only functions in an IOMMU group.
 * Fails if functions are in different segments. */
static bool expect(struct kernel *kernel, bool grouped, struct request_set *set, struct error *err)
{
	const struct pci_list *list = pci_functions(kernel, err);
	const struct pci_function *first = NULL;

	if (!list)
		return false;
	if (list->nr_damages && !list->by_tables)
		return fail(err, ERROR_FORMAT, "not all devices could be read: %s",
			    list->damage.message);
	for (size_t i = 0; i < list->nr; i++) {
		const struct pci_function *function = &list->function[i];

		if (grouped && !list->by_tables && !is_grouped(kernel, function))
			continue;
		first = first ?: function;
		if (function->segment != first->segment)
			return fail(
				err, ERROR_UNKNOWN,
				"%s and %s are in different PCI segments, and tables of different segments look alike",
				first->name, function->name);
		request_add(set, pci_request(function));
	}
	return set->nr || fail(err, ERROR_UNKNOWN, "no device is in an IOMMU group");
}

/* --- the search --- */

struct io_roots_search {
	struct io_root_search tried;
	bool intel, amd; /* the kinds to search for */
	uint64_t last_paddr;
	struct progress progress;
};

/* Checks whether the frame at paddr is a table. page: the bytes of the frame, valid until another
 * frame is read. */
static void try_frame(struct io_roots_search *search, uint64_t paddr, const uint8_t *page)
{
	bool intel = search->intel && io_root_may_be(IO_VTD, page);
	bool amd = search->amd && io_root_may_be(IO_AMD, page);

	if (intel) {
		io_root_try(&search->tried, IO_VTD, paddr);
		io_root_try(&search->tried, IO_VTD_SCALABLE, paddr);
	}
	if (amd)
		io_root_try(&search->tried, IO_AMD, paddr);
}

/* Returns how many bytes, from paddr on, are in a hole of a sparse file, rounded down to whole
 * pages. All bytes in a hole are 0. */
static uint64_t hole_at(const struct dump *dump, const struct extent *extent, uint64_t paddr)
{
	return dump_hole(dump, extent, paddr, extent->last - paddr) & -(uint64_t)IO_TABLE;
}

/* Checks the frame at paddr. Skips a frame of zeros, and a frame that is only partly in the dump,
 * because they cannot be tables. Returns the address of the next frame to check, or 0 at the end of
 * memory. */
static uint64_t try_at(struct io_roots_search *search, uint64_t paddr)
{
	struct dump *dump = search->tried.kernel->dump;
	struct extent extent;
	const uint8_t *page;
	uint64_t next;

	dump_find(dump, paddr, &extent);
	if (!extent.data)
		return (extent.last | (IO_TABLE - 1)) + 1;
	next = (paddr | (IO_TABLE - 1)) + 1;
	if (extent.first > paddr || extent.last < next - 1)
		return next;
	page = extent.data + (paddr - extent.first);
	if (bytes_are_zero(page, IO_TABLE))
		return paddr + (hole_at(dump, &extent, paddr) ?: IO_TABLE);
	try_frame(search, paddr, page);
	return next;
}

static void try_memory(struct io_roots_search *search)
{
	const struct listener *listener = search->tried.kernel->listener;
	uint64_t next = 0, steps = 0;

	do {
		next = try_at(search, next);
		progress_step(&search->progress, next, search->last_paddr);
	} while (next && next <= search->last_paddr && !search->tried.full &&
		 !listener_stops_at(listener, ++steps));
}

/* --- the proof --- */

/* Is each expected function in exactly one table? Sets err if not. */
static bool prove(const struct io_roots_search *search, struct error *err)
{
	const struct io_root_list *list = search->tried.list;

	if (search->tried.full)
		return fail(err, ERROR_NO_ANSWER,
			    "more frames look like such a table than a machine can have");
	if (!list->nr)
		return fail(
			err, ERROR_NO_ANSWER,
			"no frame of the dump looks like a table with entries of exactly the devices in IOMMU groups");
	for (unsigned int id = 0; id < NR_REQUESTS; id++) {
		size_t nr = io_root_count(list, id);

		if (nr != request_has(search->tried.allowed, id))
			return fail(
				err, ERROR_NO_ANSWER,
				"%zu frames look like such a table, the first at %" PRIx64
				", but %zu of them have an entry of %02x:%02x.%x instead of exactly one",
				list->nr, list->root[0].paddr, nr, id >> 8, id >> 3 & 0x1f, id & 7);
	}
	return true;
}

static bool io_roots_search_memory(struct kernel *kernel, const struct request_set *expected,
				   struct io_root_list *list, struct error *err)
{
	struct io_roots_search search = {
		.tried = { .kernel = kernel, .allowed = expected, .whole = true, .list = list },
		.intel = lacks_intel(kernel),
		.amd = lacks_amd(kernel),
		.last_paddr = dump_last_paddr(kernel->dump),
		.progress = progress_start("searching for tables of IOMMUs", kernel->listener),
	};

	kernel->dump->nr_searches++;
	try_memory(&search);
	kernel->dump->nr_searches--;
	if (kernel_stopped(kernel))
		return fail(err, ERROR_INTERRUPTED, "interrupted");
	if (!prove(&search, err))
		return false;
	io_root_reread(kernel, list);
	return true;
}

/* --- the three sources --- */

static bool take_named(struct kernel *kernel, struct io_roots *roots, struct error *err)
{
	struct request_set allowed = { 0 };
	struct io_root root;

	roots->source = "option -o";
	return expect(kernel, false, &allowed, err) &&
	       io_root_named(kernel, &allowed, &root, err) &&
	       (io_root_add(&roots->list, &root) || out_of_memory(err));
}

/* Does at least one expected device have an entry? If not, the frames are not tables. */
static bool are_theirs(const struct io_root_list *list, const struct request_set *expected)
{
	for (unsigned int id = 0; id < NR_REQUESTS; id++)
		if (request_has(expected, id) && io_root_count(list, id))
			return true;
	return false;
}

static bool io_roots_find(struct kernel *kernel, struct io_roots *roots, struct error *err)
{
	struct request_set expected = { 0 };

	if (is_disabled(kernel) && lacks_intel(kernel) && !lacks_amd(kernel))
		return fail(err, ERROR_UNKNOWN,
			    "intel_iommu_enabled shows that the kernel uses no IOMMU of Intel");
	if (!expect(kernel, true, &expected, err))
		return false;
	roots->source = "the kernel's list of IOMMUs, proved by the table's form";
	if (io_chain_find(kernel, &roots->list, NULL) && are_theirs(&roots->list, &expected))
		return true;
	io_root_clear(&roots->list);
	roots->source = "found in memory, proved by the devices in the table";
	return io_roots_search_memory(kernel, &expected, &roots->list, err);
}

static void io_roots_tell(const struct kernel *kernel, const struct io_roots *roots)
{
	static const char *const names[] = {
		[IO_VTD] = "vtd_root",
		[IO_VTD_SCALABLE] = "vtd_root (scalable mode)",
		[IO_AMD] = "amd_device_table",
	};

	for (size_t i = 0; i < roots->list.nr; i++) {
		const struct io_root *root = &roots->list.root[i];

		listener_fact(kernel->listener, "%s: %" PRIx64 " (%s)", names[root->kind],
			      root->paddr, roots->source);
	}
}

static bool io_roots_learn(struct kernel *kernel, void *state, struct error *err)
{
	struct io_roots *roots = state;
	struct error why;

	if (io_root_is_named(kernel))
		return take_named(kernel, roots, err);
	if (io_roots_find(kernel, roots, &why)) {
		io_roots_tell(kernel, roots);
		return true;
	}
	return fail(
		err, why.code,
		"the types of the kernel's IOMMUs are not known, and without types the tables were not found: %s; -o vtd_root= or amd_device_table= sets the address of the table",
		why.message);
}

static const struct state_type state_io_roots = {
	.size = sizeof(struct io_roots),
	.learn = io_roots_learn,
	.release = io_roots_release,
};

/* Returns the table that has an entry for the function. The table is borrowed until the kernel's
 * facts are forgotten. Sets *source to a static text that describes how the table was found, for
 * example "option -o". The first call searches all memory if the user gave no table, and if none is
 * found from the kernel's list of IOMMUs. Returns NULL and sets err if there is no table, or if it
 * is not certain which table is used. */
static const struct io_root *io_roots_of(struct kernel *kernel, const struct pci_function *function,
					 const char **source, struct error *err)
{
	const struct io_roots *roots = kernel_learnt(kernel, &state_io_roots, err);
	unsigned int request = pci_request(function);

	if (!roots)
		return NULL;
	*source = roots->source;
	for (size_t i = 0; i < roots->list.nr; i++)
		if (request_has(&roots->list.root[i].requests, request))
			return &roots->list.root[i];
	fail(err, ERROR_UNKNOWN,
	     "the IOMMU's table at %" PRIx64 " (%s) has no entry for this device",
	     roots->list.root[0].paddr, roots->source);
	return NULL;
}

enum { MOST_UNITS = 4096 };

/* The state of a search for one device. */
struct iommu_search {
	struct kernel *kernel;
	struct device_dma *dma;
	uint64_t unit; /* address of the struct iommu_device of the device's IOMMU; 0: not known */
	uint64_t info; /* address of the data that the IOMMU's driver has for the device; 0: none */
	uint64_t iommu; /* address of the device's struct dev_iommu; 0: none */
	size_t nr_active; /* number of IOMMUs found so far that are not known to be disabled */
	bool damaged; /* some IOMMUs in the list could not be read */
};

static void unknown(struct iommu_search *search, const char *why)
{
	search->dma->entrance.reach = DMA_UNKNOWN;
	fail(&search->dma->entrance.trouble, ERROR_UNKNOWN, "%s", why);
}

static void direct(struct iommu_search *search, const char *why)
{
	search->dma->entrance = (struct dma_entrance){
		.reach = DMA_DIRECT,
		.readable = true,
		.writable = true,
		.why_direct = why,
	};
}

/* --- lists of IOMMUs --- */

/* Calls visit for each struct in the list at `symbol`, until visit returns true. Returns true if
 * visit returned true. If the kernel has no such symbol, it has no IOMMUs of this kind. link: id of
 * the member that links the structs. */
static bool each_unit(struct iommu_search *search, const char *symbol, unsigned int link,
		      bool (*visit)(struct iommu_search *search, uint64_t unit))
{
	struct kernel *kernel = search->kernel;
	const struct member *list;
	struct address_set seen = { 0 };
	struct links links;
	uint64_t head, unit;
	bool found = false;

	/* The type is looked up only if there are units, because this may take long: the types are
	 * read until one has this name. */
	if (!kernel_symbol(kernel, symbol, &head, NULL) || links_none(kernel, head))
		return false;
	list = kernel_member_as(kernel, link, MEMBER_LINKS, NULL);
	if (!list) {
		search->damaged = true;
		return false;
	}
	links = links_from(kernel, head, list->offset, &seen, MOST_UNITS);
	while (!found && links_next(&links, &unit))
		found = visit(search, unit);
	search->damaged |= links_damaged(&links);
	address_set_release(&seen);
	return found;
}

/* Does the device use the IOMMU `unit`? device: id of the struct iommu_device in the IOMMU's
 * struct. */
static bool iommu_is_named(const struct iommu_search *search, uint64_t unit, unsigned int device)
{
	const struct member *inner = kernel_member(search->kernel, device, NULL);

	return search->unit && inner && search->unit == unit + inner->offset;
}

/* --- tables found without types --- */

static void enter_by_root(struct iommu_search *search)
{
	struct device_dma *dma = search->dma;
	const struct io_root *root;

	if (pci_is_iommu(dma->function)) {
		direct(search,
		       "the function is an IOMMU, which does not translate its own accesses");
		return;
	}
	root = io_roots_of(search->kernel, dma->function, &dma->table_source,
			   &dma->entrance.trouble);
	if (!root)
		return;
	io_root_enter(search->kernel, root, pci_request(dma->function), &dma->entrance);
	dma->table = root->paddr;
}

/* --- Intel --- */

/* Sets *scalable to true if scalable mode is used: the IOMMU supports it, and it is not disabled on
 * the command line. Returns false if this cannot be read. */
static bool is_scalable(struct iommu_search *search, uint64_t unit, bool *scalable)
{
	const uint64_t SMTS = UINT64_C(1) << 43;
	struct kernel *kernel = search->kernel;
	uint64_t features, address, wanted;

	*scalable = false;
	if (!kernel_read_member(kernel, unit, INTEL_FEATURES, &features, NULL))
		return false;
	if (!(features & SMTS) || kernel_has_symbol(kernel, "intel_iommu_sm") == NO)
		return true;
	if (!kernel_symbol(kernel, "intel_iommu_sm", &address, NULL) ||
	    !kernel_read_number(kernel, address, sizeof(uint32_t), &wanted, NULL))
		return false;
	*scalable = wanted;
	return true;
}

/* Returns the request id of the device. A device behind a bridge may use the request id of another
 * device. This id is in struct device_domain_info. */
static uint16_t request_of(const struct iommu_search *search)
{
	uint64_t bus, devfn;

	if (search->info &&
	    kernel_read_member(search->kernel, search->info, INFO_BUS, &bus, NULL) &&
	    kernel_read_member(search->kernel, search->info, INFO_DEVFN, &devfn, NULL))
		return (uint16_t)(bus << 8 | (devfn & 0xff));
	return (uint16_t)pci_request(search->dma->function);
}

static void iommu_read_name(struct kernel *kernel, uint64_t unit, struct device_dma *dma)
{
	const struct member *name = kernel_member_as(kernel, INTEL_NAME, MEMBER_TEXT, NULL);

	if (name)
		kernel_read_text(kernel, unit + name->offset, dma->iommu, sizeof(dma->iommu));
}

static void enter_intel(struct iommu_search *search, uint64_t unit)
{
	struct kernel *kernel = search->kernel;
	struct device_dma *dma = search->dma;
	uint64_t table, root;
	bool scalable;

	iommu_read_name(kernel, unit, dma);
	if (io_roots_needed(kernel)) {
		enter_by_root(search);
		return;
	}
	if (!is_scalable(search, unit, &scalable)) {
		unknown(search, "it cannot be read whether its IOMMU is in scalable mode");
		return;
	}
	if (!kernel_read_member(kernel, unit, INTEL_ROOT, &table, NULL) ||
	    !dma_physical(kernel, table, &root)) {
		unknown(search, "the root table of its IOMMU cannot be found");
		return;
	}
	vtd_enter(kernel, root, scalable, request_of(search), &dma->entrance);
}

static bool try_intel(struct iommu_search *search, uint64_t drhd)
{
	const uint64_t ENABLED = UINT64_C(1) << 31; /* DMA_GCMD_TE */
	struct kernel *kernel = search->kernel;
	uint64_t unit, command = ENABLED, named = 0;

	if (!kernel_read_member(kernel, drhd, DRHD_IOMMU, &unit, NULL)) {
		search->damaged = true;
		return false;
	}
	if (!unit)
		return false;
	if (!kernel_read_member(kernel, unit, INTEL_COMMAND, &command, NULL) || command & ENABLED)
		search->nr_active++;
	if (search->info)
		kernel_read_member(kernel, search->info, INFO_IOMMU, &named, NULL);
	if (search->unit ? !iommu_is_named(search, unit, INTEL_UNIT) : named != unit)
		return false;
	if (command & ENABLED)
		enter_intel(search, unit);
	else
		direct(search, "translation is off in its IOMMU");
	return true;
}

/* --- AMD --- */

/* Finds the virtual address of the device table of the IOMMU. Before 6.0 (04230c119930) all
 * segments share one device table. */
static bool device_table(struct kernel *kernel, uint64_t unit, uint64_t *table)
{
	uint64_t segment;

	if (!kernel_member(kernel, AMD_SEGMENT, NULL))
		return kernel_read_variable(kernel, "amd_iommu_dev_table", table);
	return kernel_read_member(kernel, unit, AMD_SEGMENT, &segment, NULL) &&
	       kernel_read_member(kernel, segment, AMD_DEVICE_TABLE, table, NULL);
}

/* Is the device the AMD IOMMU itself? An AMD IOMMU is a PCI function. When it reads its own tables
 * and queues, its accesses are not translated. */
static bool is_iommu_itself(const struct iommu_search *search, uint64_t unit)
{
	uint64_t function;

	return kernel_read_member(search->kernel, unit, AMD_FUNCTION, &function, NULL) &&
	       function == search->dma->function->address;
}

static bool try_amd(struct iommu_search *search, uint64_t unit)
{
	enum { ENTRY = 32 };
	struct kernel *kernel = search->kernel;
	struct device_dma *dma = search->dma;
	uint64_t index, table, id, entry;

	search->nr_active++;
	if (is_iommu_itself(search, unit)) {
		direct(search,
		       "the function is an IOMMU, which does not translate its own accesses");
		return true;
	}
	if (!iommu_is_named(search, unit, AMD_UNIT))
		return false;
	if (kernel_read_member(kernel, unit, AMD_INDEX, &index, NULL))
		snprintf(dma->iommu, sizeof(dma->iommu), "ivhd%u", (unsigned int)index);
	if (io_roots_needed(kernel))
		enter_by_root(search);
	else if (!device_table(kernel, unit, &table) || !search->info ||
		 !kernel_read_member(kernel, search->info, AMD_DEVICE_ID, &id, NULL) ||
		 !dma_physical(kernel, table + ENTRY * (id & 0xffff), &entry))
		unknown(search, "its entry in the device table of the IOMMU cannot be found");
	else
		amd_iommu_enter(kernel, entry, &dma->entrance);
	return true;
}

/* --- a device --- */

/* Sets search->unit, ->info and ->iommu from dev->iommu, which is used since 5.8 (7c3c3ba2ab1e).
 * Before 5.8 only ->info, the driver's data, is known. */
static void find_iommu(struct iommu_search *search)
{
	struct kernel *kernel = search->kernel;
	uint64_t device = search->dma->function->address;

	if (!kernel_member(kernel, PCI_DEV_IOMMU, NULL) ||
	    !kernel_member(kernel, DEV_IOMMU_PRIVATE, NULL)) {
		kernel_read_member(kernel, device, PCI_DEV_OLD_IOMMU, &search->info, NULL);
		return;
	}
	if (!kernel_read_member(kernel, device, PCI_DEV_IOMMU, &search->iommu, NULL) ||
	    !search->iommu)
		return;
	kernel_read_member(kernel, search->iommu, DEV_IOMMU_UNIT, &search->unit, NULL);
	kernel_read_member(kernel, search->iommu, DEV_IOMMU_PRIVATE, &search->info, NULL);
}

/* Returns the name of a domain type (__IOMMU_DOMAIN_* in include/linux/iommu.h) as
 * iommu_domain_type_str() does. */
static const char *type_name(uint64_t type)
{
	enum { PAGING = 1, DMA_API = 2, IDENTITY = 4, QUEUE = 8, SVA = 16 };

	switch (type) {
	case 0: return "blocked";
	case IDENTITY: return "identity";
	case PAGING: return "unmanaged";
	case PAGING | DMA_API: return "DMA";
	case PAGING | DMA_API | QUEUE: return "DMA-FQ";
	case SVA: return "SVA";
	}
	return "";
}

static void find_group(struct kernel *kernel, struct device_dma *dma)
{
	uint64_t group, type;

	if (!kernel_read_member(kernel, dma->function->address, PCI_DEV_GROUP, &group, NULL) ||
	    !group)
		return;
	dma->has_group = kernel_read_member(kernel, group, GROUP_ID, &dma->group, NULL);
	if (kernel_read_member(kernel, group, GROUP_DOMAIN, &dma->domain, NULL) && dma->domain &&
	    kernel_read_member(kernel, dma->domain, DOMAIN_TYPE, &type, NULL))
		snprintf(dma->domain_type, sizeof(dma->domain_type), "%s", type_name(type));
}

/* Does swiotlb=force apply to the device? Since 5.15 (903cd0f315fe) each pool has a flag for this.
 * Before 5.15 one variable applies to all pools. */
static bool bounces(struct kernel *kernel, const struct pci_function *function)
{
	enum { SWIOTLB_FORCE = 1 };
	uint64_t pool, forced = 0, address;

	if (kernel_member(kernel, POOL_FORCED, NULL))
		return kernel_read_member(kernel, function->address, PCI_DEV_POOL, &pool, NULL) &&
		       pool && kernel_read_member(kernel, pool, POOL_FORCED, &forced, NULL) &&
		       forced;
	return kernel_symbol(kernel, "swiotlb_force", &address, NULL) &&
	       kernel_read_number(kernel, address, sizeof(uint32_t), &forced, NULL) &&
	       forced == SWIOTLB_FORCE;
}

/* Changes the answer if the device bypasses the IOMMU. A virtio device without the feature
 * VIRTIO_F_ACCESS_PLATFORM does: its driver gives it physical addresses, without the DMA API (virtio
 * 1.2, 6.1). The features are in struct virtio_device, with which the data of the driver virtio-pci
 * begin. They are 0 until a driver for the virtio device itself negotiates them. */
static void apply_virtio(struct iommu_search *search, const struct pci_function *function)
{
	const uint64_t ACCESS_PLATFORM = UINT64_C(1) << 33;
	struct kernel *kernel = search->kernel;
	uint64_t device, features, driver;

	if (strcmp(function->driver, "virtio-pci"))
		return;
	if (!kernel_read_member(kernel, function->address, PCI_DEV_DRIVER_DATA, &device, NULL) ||
	    !kernel_read_member(kernel, device, VIRTIO_FEATURES, &features, NULL)) {
		unknown(search,
			"it cannot be read whether this virtio device gets physical addresses");
	} else if (features & ACCESS_PLATFORM) {
		return;
	} else if (kernel_read_member(kernel, device, VIRTIO_DRIVER, &driver, NULL) && !driver) {
		unknown(search,
			"no driver uses this virtio device, and only a driver would decide whether the device gets physical addresses");
	} else {
		direct(search,
		       "a virtio device without VIRTIO_F_ACCESS_PLATFORM: its driver gives it physical addresses");
		search->dma->bounces = false;
	}
}

/* Tries virtio IOMMUs and SMMUv3. The data that their drivers have for a device are recognised by
 * the pointers in these data. If the device has such an IOMMU, also sets dma->iommu to the IOMMU's
 * name in /sys/class/iommu. This is the name of the struct device that the IOMMU's driver
 * created. */
static bool try_by_data(struct iommu_search *search)
{
	struct kernel *kernel = search->kernel;
	struct device_dma *dma = search->dma;
	uint64_t device, name;

	if (!search->unit ||
	    (!viommu_enter(kernel, search->info, search->unit, dma->function, &dma->entrance) &&
	     !smmu_enter(kernel, search->info, search->unit, search->iommu, dma->function->address,
			 &dma->entrance)))
		return false;
	if (kernel_read_member(kernel, search->unit, IOMMU_DEVICE_DEVICE, &device, NULL) &&
	    kernel_read_member(kernel, device, DEVICE_NAME, &name, NULL))
		kernel_read_text(kernel, name, dma->iommu, sizeof(dma->iommu));
	return true;
}

/* Is this an Arm machine with an IOMMU? On Arm the kernel attaches a device to its IOMMU only when
 * a driver is bound to the device. For a device without a driver, the kernel has no data, and the
 * IOMMU may block all accesses. */
static bool has_smmu(struct kernel *kernel)
{
	uint64_t head;

	return kernel_symbol(kernel, "iommu_device_list", &head, NULL) &&
	       !links_none(kernel, head) && kernel_member(kernel, SMMU_STREAMS, NULL);
}

static bool lacks_driver(const struct iommu_search *search)
{
	uint64_t driver;

	return kernel_read_member(search->kernel, search->dma->function->address, PCI_DEV_DRIVER,
				  &driver, NULL) &&
	       !driver;
}

/* Determines how a device accesses memory if no known IOMMU refers to the device. */
static void without_iommu(struct iommu_search *search)
{
	if (io_roots_needed(search->kernel))
		enter_by_root(search);
	else if (search->unit)
		unknown(search,
			"where its IOMMU keeps translations is not known: the IOMMU is not Intel VT-d, AMD-Vi, virtio or SMMUv3, or the types of its driver are not known");
	else if (has_smmu(search->kernel) && lacks_driver(search))
		unknown(search,
			"no driver uses this device, so the kernel has not attached the device to an IOMMU: if it is behind an SMMU, the SMMU blocks its accesses, unless the SMMU lets devices without a driver pass");
	else if (search->nr_active || has_smmu(search->kernel))
		unknown(search,
			"the machine has IOMMUs, but the kernel does not show which of them the device uses");
	else if (search->damaged)
		unknown(search,
			"the list of IOMMUs cannot be read to its end, and the device may use an IOMMU that was not read");
	else
		direct(search, "no IOMMU is in use");
	search->dma->entrance.on_machine = search->dma->entrance.reach == DMA_DIRECT;
}

void device_dma_read(struct kernel *kernel, const struct pci_function *function,
		     struct device_dma *dma)
{
	struct iommu_search search = { .kernel = kernel, .dma = dma };

	*dma = (struct device_dma){
		.function = function,
		.interrupts = kernel->arch->dma_interrupts,
	};
	if (!function->address) {
		enter_by_root(&search);
		return;
	}
	find_group(kernel, dma);
	find_iommu(&search);
	if (io_root_is_named(kernel))
		enter_by_root(&search);
	else if (!each_unit(&search, "dmar_drhd_units", DRHD_LIST, try_intel) &&
		 !each_unit(&search, "amd_iommu_list", AMD_LIST, try_amd) && !try_by_data(&search))
		without_iommu(&search);
	dma->bounces = bounces(kernel, function);
	apply_virtio(&search, function);
}
