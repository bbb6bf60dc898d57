/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "devices/io_roots.h"

#include <inttypes.h>

#include "devices/members.h"
#include "kernel/kernel.h"
#include "kernel/links.h"

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

bool io_roots_needed(struct kernel *kernel)
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

const struct io_root *io_roots_of(struct kernel *kernel, const struct pci_function *function,
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
