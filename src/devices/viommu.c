/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "devices/viommu.h"

#include <inttypes.h>
#include <string.h>

#include "devices/members.h"
#include "devices/pci.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/kernel_members.h"

enum {
	/* limit for the depth of a red-black tree: twice the number of bits of the number of
	 * nodes */
	MOST_DEPTH = 128,
	READ = 1 << 0, /* VIRTIO_IOMMU_MAP_F_READ, _WRITE: virtio 1.2, 5.13.6.5 */
	WRITE = 1 << 1,
};

/* --- the tree --- */

static bool read_mapping(struct kernel *kernel, uint64_t node, struct viommu_mapping *mapping,
			 struct error *err)
{
	const struct member *link = kernel_member(kernel, VIOMMU_MAPPING_NODE, err);
	uint64_t flags;

	if (!link)
		return false;
	mapping->address = (node - link->offset) & kernel->arch->address_mask;
	if (!kernel_read_member(kernel, mapping->address, VIOMMU_MAPPING_START, &mapping->first,
				err) ||
	    !kernel_read_member(kernel, mapping->address, VIOMMU_MAPPING_LAST, &mapping->last,
				err) ||
	    !kernel_read_member(kernel, mapping->address, VIOMMU_MAPPING_PHYSICAL,
				&mapping->physical, err) ||
	    !kernel_read_member(kernel, mapping->address, VIOMMU_MAPPING_FLAGS, &flags, err))
		return false;
	mapping->readable = flags & READ;
	mapping->writable = flags & WRITE;
	if (mapping->last < mapping->first)
		return fail(err, ERROR_FORMAT,
			    "the mapping at %" PRIx64 " is corrupt: it ends before it starts",
			    mapping->address);
	return true;
}

/* Mappings do not overlap. If the bus address is not in a node's mapping, it is before or after the
 * mapping. So the search continues on only one side of the node. */
bool viommu_search(struct kernel *kernel, uint64_t root, uint64_t bus,
		   struct viommu_mapping found[NR_VIOMMU_FOUND], struct error *err)
{
	unsigned int depth = 0;
	uint64_t node;

	memset(found, 0, NR_VIOMMU_FOUND * sizeof(*found));
	if (!kernel_read_pointer(kernel, root, &node, err))
		return false;
	while (node && !found[VIOMMU_AT].address) {
		struct viommu_mapping mapping;
		enum viommu_found where;

		if (depth++ == MOST_DEPTH)
			return fail(err, ERROR_FORMAT,
				    "the tree of mappings at %" PRIx64 " has a loop", root);
		if (!read_mapping(kernel, node, &mapping, err))
			return false;
		where = bus > mapping.last  ? VIOMMU_BELOW :
			bus < mapping.first ? VIOMMU_ABOVE :
					      VIOMMU_AT;
		found[where] = mapping;
		if (where != VIOMMU_AT &&
		    !kernel_read_member(kernel, node, where == VIOMMU_BELOW ? RB_RIGHT : RB_LEFT,
					&node, err))
			return false;
	}
	return true;
}

bool viommu_find(struct kernel *kernel, uint64_t root, uint64_t bus,
		 struct viommu_mapping found[NR_VIOMMU_FOUND], struct error *err)
{
	struct viommu_mapping other[NR_VIOMMU_FOUND];

	if (!viommu_search(kernel, root, bus, found, err))
		return false;
	if (!found[VIOMMU_AT].address)
		return true;
	/* A mapping was found. The mappings before and after it may be in other parts of the tree,
	 * so search for the addresses before and after it. */
	found[VIOMMU_BELOW].address = found[VIOMMU_ABOVE].address = 0;
	for (enum viommu_found side = VIOMMU_BELOW; side <= VIOMMU_ABOVE; side++) {
		bool below = side == VIOMMU_BELOW;
		uint64_t end = below ? found[VIOMMU_AT].first : found[VIOMMU_AT].last;

		if (end == (below ? 0 : UINT64_MAX))
			continue;
		if (!viommu_search(kernel, root, below ? end - 1 : end + 1, other, err))
			return false;
		found[side] = other[other[VIOMMU_AT].address ? VIOMMU_AT : side];
	}
	return true;
}

/* --- a device --- */

static bool is_endpoint(struct kernel *kernel, uint64_t info, uint64_t unit,
			const struct pci_function *function)
{
	const struct member *inner = kernel_member(kernel, PCI_DEV_DEVICE_ITSELF, NULL);
	const struct member *iommu = kernel_member(kernel, VIOMMU_UNIT, NULL);
	uint64_t device, its_unit;

	return info && inner && iommu &&
	       kernel_read_member(kernel, info, VIOMMU_ENDPOINT_DEVICE, &device, NULL) &&
	       device == function->address + inner->offset &&
	       kernel_read_member(kernel, info, VIOMMU_ENDPOINT_UNIT, &its_unit, NULL) &&
	       its_unit + iommu->offset == unit;
}

/* A bypass domain passes all addresses unchanged, so it has no mappings. If a device has no domain,
 * it is not known how the device accesses memory. */
bool viommu_enter(struct kernel *kernel, uint64_t info, uint64_t unit,
		  const struct pci_function *function, struct dma_entrance *entrance)
{
	const struct member *root =
		kernel_member_as(kernel, VIOMMU_DOMAIN_ROOT, MEMBER_POINTER, NULL);
	uint64_t domain, bypass = 0;

	if (!is_endpoint(kernel, info, unit, function))
		return false;
	*entrance = (struct dma_entrance){ .readable = true, .writable = true };
	if (!root ||
	    !kernel_read_member(kernel, info, VIOMMU_ENDPOINT_DOMAIN, &domain, &entrance->trouble))
		fail(&entrance->trouble, ERROR_UNKNOWN,
		     "the domain of this device in the virtio IOMMU cannot be read");
	else if (!domain)
		fail(&entrance->trouble, ERROR_UNKNOWN,
		     "the device is in no domain of the virtio IOMMU");
	else if (kernel_read_member(kernel, domain, VIOMMU_DOMAIN_BYPASS, &bypass, NULL) && bypass)
		entrance->reach = DMA_PASS_THROUGH;
	else
		entrance->reach = DMA_LISTED;
	if (entrance->reach == DMA_LISTED) {
		entrance->kernel = kernel;
		entrance->tree = domain + root->offset;
	}
	return true;
}
