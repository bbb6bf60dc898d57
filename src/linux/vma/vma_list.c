/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Lists of mappings. A vm_area_struct is checked before it is added to a list. */
#include <inttypes.h>

#include "base/array.h"
#include "kernel/index_tree.h"
#include "kernel/kernel.h"
#include "kernel/kernel_members.h"
#include "linux/task_members.h"
#include "linux/vma/vma.h"

enum { MOST_VMAS = 16 << 20 /* limit; the default of sysctl vm.max_map_count is 65530 */ };

void vma_list_release(struct vma_list *list)
{
	free(list->vma);
	*list = (struct vma_list){ 0 };
}

/* Reads a vm_area_struct. *owner stays as it is if the owner is unknown. */
static bool read_vma(struct kernel *kernel, uint64_t address, struct vma *vma, uint64_t *owner,
		     struct error *err)
{
	uint64_t end;

	vma->address = address;
	if (!kernel_read_member(kernel, address, VMA_START, &vma->first, err) ||
	    !kernel_read_member(kernel, address, VMA_END, &end, err) ||
	    !kernel_read_member(kernel, address, VMA_FLAGS, &vma->flags, err) ||
	    !kernel_read_member(kernel, address, VMA_PGOFF, &vma->pgoff, err) ||
	    !kernel_read_member(kernel, address, VMA_FILE, &vma->file, err))
		return false;
	if (kernel_member(kernel, VMA_MM, NULL))
		kernel_read_member(kernel, address, VMA_MM, owner, NULL);
	vma->last = end - 1;
	if (end > vma->first && vma->first == kernel_page_first(kernel, vma->first) &&
	    end == kernel_page_first(kernel, end))
		return true;
	return fail(err, ERROR_FORMAT,
		    "%" PRIx64 " is not a vm_area_struct: its range would be %" PRIx64
		    " to %" PRIx64,
		    address, vma->first, end);
}

/* vm_get_page_prot() makes vm_page_prot of protection_map[] and the rights and VM_SHARED of vm_flags. It adds bits that
 * no element has, such as a protection key, and drivers change such bits. */
struct protections {
	uint64_t of[16];
	uint64_t bits; /* those in which the elements differ; 0: unknown */
};

static bool learn_protections(struct kernel *kernel, void *state, struct error *err)
{
	const struct member *prot = kernel_member_as(kernel, VMA_PROT, MEMBER_NUMBER, err);
	struct protections *known = state;
	uint64_t map, address, supported, bits = 0;

	if (!prot || !kernel_symbol(kernel, "protection_map", &map, err))
		return true;
	for (unsigned int i = 0; i < 16; i++) {
		if (!kernel_read_number(kernel, map + i * prot->size, prot->size, &known->of[i],
					err))
			return true;
		bits |= known->of[i] ^ known->of[0];
	}
	/* x86: the CPU may have no NX, and Xen no global pages. */
	if (kernel_symbol(kernel, "__supported_pte_mask", &address, NULL) &&
	    kernel_read_number(kernel, address, prot->size, &supported, NULL))
		bits &= supported;
	known->bits = bits;
	return true;
}

static const struct state_type state_protections = { .size = sizeof(struct protections),
						     .learn = learn_protections };

/* Do the words agree that show rights and sharing? vma_set_page_prot() leaves VM_SHARED out if the first write to a page
 * is to fault. do_mmap() takes VM_SHARED from a file that was not opened for writing, and VM_MAYWRITE. */
static bool rights_agree(struct kernel *kernel, const struct vma *vma, struct error *err)
{
	/* VM_SHADOW_STACK of arm64 (since 6.13), whose pages have other rights */
	const uint64_t shadow = UINT64_C(1) << 38;
	const struct protections *known = kernel_learnt(kernel, &state_protections, NULL);
	uint64_t prot;

	if (vma->flags & VMA_MAYSHARE ? !(vma->flags & VMA_SHARED) && vma->flags & VMA_MAYWRITE :
					vma->flags & VMA_SHARED)
		return fail(err, ERROR_FORMAT,
			    "the vm_area_struct at %" PRIx64 " has the vm_flags %" PRIx64
			    ", which say that it is shared, and that it is not",
			    vma->address, vma->flags);
	return !known || !known->bits || vma->flags & shadow ||
	       !kernel_read_member(kernel, vma->address, VMA_PROT, &prot, NULL) ||
	       !((prot ^ known->of[vma->flags & (VMA_RIGHTS | VMA_SHARED)]) & known->bits) ||
	       !((prot ^ known->of[vma->flags & VMA_RIGHTS]) & known->bits) ||
	       fail(err, ERROR_FORMAT,
		    "the vm_area_struct at %" PRIx64 " has the vm_flags %" PRIx64
		    ", but its vm_page_prot %" PRIx64 " is of other rights",
		    vma->address, vma->flags, prot);
}

bool vma_is_changing(struct kernel *kernel, uint64_t mm)
{
	/* RWSEM_WRITER_LOCKED (kernel/locking/rwsem.c) */
	enum { LOCKED_FOR_WRITING = 1 };
	const struct member *lock = kernel_member(kernel, MM_LOCK, NULL);
	uint64_t count;

	/* the count is the first member of the lock */
	if (!lock || !kernel_read_word(kernel, mm + lock->offset, &count, NULL))
		return false;
	/* before 5.3 (64489e78004c) the count also distinguishes readers, but differently on
	 * each architecture */
	return kernel_version(kernel) >= KERNEL_VERSION(5, 3, 0) ? count & LOCKED_FOR_WRITING :
								   count != 0;
}

bool vma_list_add(struct kernel *kernel, struct vma_list *list, uint64_t mm, uint64_t address,
		  struct error *err)
{
	struct vma vma = { 0 };
	struct error doubt;
	uint64_t owner = mm;

	if (list->nr >= MOST_VMAS)
		return fail(err, ERROR_FORMAT, "more than %d mappings", MOST_VMAS);
	if (!read_vma(kernel, address, &vma, &owner, err)) {
		if (err && err->code == ERROR_UNREADABLE && kernel_is_unmapped(kernel, address))
			err->code = ERROR_FORMAT;
		return false;
	}
	if (mm && owner != mm)
		return fail(err, ERROR_FORMAT,
			    "the vm_area_struct at %" PRIx64 " belongs to the mm at %" PRIx64,
			    address, owner);
	if (list->nr && vma.first <= list->vma[list->nr - 1].last)
		return fail(err, ERROR_FORMAT,
			    "the vm_area_struct at %" PRIx64 " starts at %" PRIx64
			    ", before the end of the previous vm_area_struct",
			    address, vma.first);
	if (!rights_agree(kernel, &vma, &doubt) && !vma_is_changing(kernel, mm))
		damages_add(&list->damages, &doubt);
	return array_add(&list->vma, &list->nr, &list->room, &vma, sizeof(vma)) ||
	       out_of_memory(err);
}

struct maple {
	struct kernel *kernel;
	struct vma_list *list;
	uint64_t mm;
};

/* The range in each vm_area_struct must be the range in the tree. */
static bool add_from_maple(void *arg, const struct indexed *indexed, struct error *err)
{
	const struct maple *maple = arg;
	const struct vma *vma;

	if (!vma_list_add(maple->kernel, maple->list, maple->mm, indexed->entry, err))
		return false;
	vma = &maple->list->vma[maple->list->nr - 1];
	return (vma->first == indexed->first && vma->last == indexed->last) ||
	       fail(err, ERROR_FORMAT,
		    "the maple tree gives the vm_area_struct at %" PRIx64 " the range %" PRIx64
		    " to %" PRIx64 ", but its own range is %" PRIx64 " to %" PRIx64,
		    indexed->entry, indexed->first, indexed->last, vma->first, vma->last);
}

static void maple_add_damage(void *arg, const struct error *why)
{
	const struct maple *maple = arg;
	struct vma_list *list = maple->list;
	struct error cut;

	if (list->nr)
		fail(&cut, why->code, "mappings are missing after %" PRIx64 ": %.400s",
		     list->vma[list->nr - 1].last, why->message);
	else
		fail(&cut, why->code, "the first mappings are missing: %.400s", why->message);
	damages_add(&list->damages, &cut);
}

bool vma_list_from_maple(struct kernel *kernel, uint64_t mm, uint64_t tree, struct vma_list *list,
			 struct error *err)
{
	const struct index_visitor visitor = {
		.visit = add_from_maple,
		.damage = maple_add_damage,
		.arg = &(struct maple){ kernel, list, mm },
	};

	uint64_t root;

	/* A root that is not a node would be a mapping of only the address 0. */
	if (!kernel_read_member(kernel, tree, MAPLE_ROOT, &root, err))
		return false;
	if (root && !index_is_node(root))
		return fail(err, ERROR_FORMAT,
			    "the maple tree at %" PRIx64 " is damaged: its root %" PRIx64
			    " is no node",
			    tree, root);
	return maple_visit(kernel, tree, &visitor, err);
}

void vma_rights(const struct vma *vma, char rights[5])
{
	rights[0] = vma->flags & VMA_READ ? 'r' : '-';
	rights[1] = vma->flags & VMA_WRITE ? 'w' : '-';
	rights[2] = vma->flags & VMA_EXEC ? 'x' : '-';
	rights[3] = vma->flags & VMA_MAYSHARE ? 's' : 'p';
	rights[4] = '\0';
}
