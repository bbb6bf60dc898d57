/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "devices/viommu.h"

#include <inttypes.h>

#include "devices/members.h"
#include "devices/pci.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"

enum {
	MOST_DEPTH = 128, /* of a tree of red and black nodes: twice the bits of a count */
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

/* One way down. Mappings do not overlap: each tells on which side of it the address is. */
static bool descend(struct kernel *kernel, uint64_t root, uint64_t bus, bool has[NR_VIOMMU_FOUND],
		    struct viommu_mapping found[NR_VIOMMU_FOUND], struct error *err)
{
	unsigned int depth = 0;
	uint64_t node;

	has[VIOMMU_AT] = has[VIOMMU_BELOW] = has[VIOMMU_ABOVE] = false;
	if (!kernel_read_pointer(kernel, root, &node, err))
		return false;
	while (node) {
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
		has[where] = true;
		found[where] = mapping;
		if (where == VIOMMU_AT)
			return true;
		if (!kernel_read_member(kernel, node,
					where == VIOMMU_BELOW ? RB_NODE_RIGHT : RB_NODE_LEFT, &node,
					err))
			return false;
	}
	return true;
}

bool viommu_next(struct kernel *kernel, uint64_t root, uint64_t bus, bool *has,
		 struct viommu_mapping *mapping, struct error *err)
{
	struct viommu_mapping found[NR_VIOMMU_FOUND];
	bool has_found[NR_VIOMMU_FOUND];
	enum viommu_found where;

	*has = false;
	if (!descend(kernel, root, bus, has_found, found, err))
		return false;
	where = has_found[VIOMMU_AT] ? VIOMMU_AT : VIOMMU_ABOVE;
	*has = has_found[where];
	if (*has)
		*mapping = found[where];
	return true;
}

bool viommu_find(struct kernel *kernel, uint64_t root, uint64_t bus, bool has[NR_VIOMMU_FOUND],
		 struct viommu_mapping found[NR_VIOMMU_FOUND], struct error *err)
{
	struct viommu_mapping other[NR_VIOMMU_FOUND];
	bool has_other[NR_VIOMMU_FOUND];
	uint64_t first, last;

	if (!descend(kernel, root, bus, has, found, err))
		return false;
	if (!has[VIOMMU_AT])
		return true;
	/* What is next to a mapping may be below it in the tree. */
	first = found[VIOMMU_AT].first;
	last = found[VIOMMU_AT].last;
	has[VIOMMU_BELOW] = has[VIOMMU_ABOVE] = false;
	for (unsigned int i = 0; i < 2; i++) {
		enum viommu_found side = i ? VIOMMU_ABOVE : VIOMMU_BELOW;

		if (i ? last == UINT64_MAX : !first)
			continue;
		if (!descend(kernel, root, i ? last + 1 : first - 1, has_other, other, err))
			return false;
		has[side] = has_other[VIOMMU_AT] || has_other[side];
		found[side] = other[has_other[VIOMMU_AT] ? VIOMMU_AT : side];
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

/* A domain that lets all pass has no mappings, and may be none of the driver's. */
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
		     "its domain of the virtio IOMMU cannot be read");
	else if (!domain)
		fail(&entrance->trouble, ERROR_UNKNOWN,
		     "it is in no domain that the driver of the virtio IOMMU keeps mappings of");
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
