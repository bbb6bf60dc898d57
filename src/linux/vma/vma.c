/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/vma/vma.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/array.h"
#include "base/ranges.h"
#include "dump/dump.h"
#include "kernel/index_tree.h"
#include "kernel/kernel_members.h"
#include "kernel/rbtree.h"
#include "linux/task_members.h"

/* --- lists of mappings: a vm_area_struct is checked before it is added --- */

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

/* Adds all entries of a maple tree, and the damage of the tree, to the list. mm_structs contain a
 * maple tree since 6.1 (d4af56c5c7c6). */
static bool vma_list_from_maple(struct kernel *kernel, uint64_t mm, uint64_t tree,
				struct vma_list *list, struct error *err)
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

/* --- the search for mappings --- */

enum { STOP_EVERY = 256 };

/* Was the error caused by data that are damaged or missing in the dump? Such an error ends only the
 * current list. All other errors end the search. */
static bool is_damage(const struct error *err)
{
	return err->code != ERROR_SYSTEM && err->code != ERROR_UNKNOWN &&
	       err->code != ERROR_INTERRUPTED;
}

/* Adds the mappings in the chain of mappings, which kernels before 6.1 (763ecb035029) have. The
 * chain is in the order of addresses. If the chain is a loop, it returns to a lower address, and
 * vma_list_add() fails. */
static bool follow_list(struct kernel *kernel, uint64_t mm, uint64_t address, struct vma_list *list,
			struct error *err)
{
	while (address) {
		if (list->nr % STOP_EVERY == 0 && kernel_stopped(kernel))
			return fail(err, ERROR_INTERRUPTED, "interrupted");
		if (!vma_list_add(kernel, list, mm, address, err) ||
		    !kernel_read_member(kernel, address, VMA_NEXT, &address, err))
			return false;
	}
	return true;
}

struct tree {
	struct kernel *kernel;
	struct vma_list *list;
	uint64_t mm;
};

/* Adds a mapping from the tree, unless the list already contains this mapping. */
static bool add_from_tree(void *arg, uint64_t address, struct error *err)
{
	const struct tree *tree = arg;
	const struct vma_list *list = tree->list;
	uint64_t start;

	if (!kernel_read_member(tree->kernel, address, VMA_START, &start, err))
		return false;
	return (list->nr && start <= list->vma[list->nr - 1].last) ||
	       vma_list_add(tree->kernel, tree->list, tree->mm, address, err);
}

/* Adds the mappings above the end of the list from the red-black tree. Kernels from 2.4.10 to 6.0
 * have the tree in addition to the chain. */
static bool follow_tree(struct kernel *kernel, uint64_t mm, struct vma_list *list,
			struct error *err)
{
	const struct member *node = kernel_member(kernel, VMA_RB, err);
	const struct rbtree rbtree = {
		.node = node ? node->offset : 0,
		.visit = add_from_tree,
		.arg = &(struct tree){ kernel, list, mm },
	};
	uint64_t root;

	return node && kernel_read_member(kernel, mm, MM_RB_ROOT, &root, err) &&
	       rbtree_visit(kernel, &rbtree, root, err);
}

static void vma_add_damage(struct vma_list *list, const char *what, const char *rest,
			   const struct error *why)
{
	struct error cut;

	fail(&cut, why->code, "the %s of mappings is damaged after %zu mappings%s: %.300s", what,
	     list->nr, rest, why->message);
	damages_add(&list->damages, &cut);
}

/* Reads the chain of mappings. If the chain is damaged, reads the mappings after the damage from
 * the tree. */
static bool list_and_tree(struct kernel *kernel, uint64_t mm, struct vma_list *list,
			  struct error *err)
{
	uint64_t first;

	if (!kernel_read_member(kernel, mm, MM_MMAP, &first, err))
		return false;
	if (follow_list(kernel, mm, first, list, err))
		return true;
	if (!is_damage(err))
		return false;
	vma_add_damage(list, "list", " (the rest was read from the tree)", err);
	if (follow_tree(kernel, mm, list, err))
		return true;
	if (!is_damage(err))
		return false;
	vma_add_damage(list, "tree", "", err);
	return true;
}

/* The vsyscall page, which the kernel may have. Symbols are searched only once for it, because each
 * process is asked for the page. */
struct gate {
	bool exists;
	uint64_t vma; /* address of the vm_area_struct */
};

static bool gate_learn(struct kernel *kernel, void *state, struct error *err)
{
	enum { MODE_NONE = 2 }; /* vsyscall_mode */
	struct gate *gate = state;
	uint64_t address, mode;

	(void)err;
	gate->exists = kernel_symbol(kernel, "gate_vma", &gate->vma, NULL) &&
		       (!kernel_symbol(kernel, "vsyscall_mode", &address, NULL) ||
			!kernel_read_number(kernel, address, 4, &mode, NULL) || mode != MODE_NONE);
	return true;
}

static const struct state_type state_gate = { .size = sizeof(struct gate), .learn = gate_learn };

/* Does the process have the vsyscall page? Follows get_gate_vma() in
 * arch/x86/entry/vsyscall/vsyscall_64.c: since 5.12 a flag shows this. In older kernels all
 * processes except 32-bit processes have the page. */
static bool has_gate(struct kernel *kernel, uint64_t mm)
{
	enum { HAS_VSYSCALL = 2 }; /* MM_CONTEXT_HAS_VSYSCALL */
	uint64_t value;

	if (kernel_read_member(kernel, mm, MM_IA32_COMPAT, &value, NULL))
		return value == 0;
	return kernel_read_member(kernel, mm, MM_CONTEXT_FLAGS, &value, NULL) &&
	       (value & HAS_VSYSCALL);
}

/* Adds the vsyscall page. It is the last line of /proc/PID/maps, but no tree contains it. */
static bool add_gate(struct kernel *kernel, uint64_t mm, struct vma_list *list, struct error *err)
{
	const struct gate *gate = kernel_learnt(kernel, &state_gate, err);

	if (!gate)
		return false;
	if (!gate->exists || !has_gate(kernel, mm))
		return true;
	list->has_gate = vma_list_add(kernel, list, 0, gate->vma, err);
	return list->has_gate;
}

/* vm_stat_account() in mm/mmap.c counts the pages of all mappings but the vsyscall page. */
static void compare_total(struct kernel *kernel, uint64_t mm, struct vma_list *list)
{
	uint64_t total, pages = 0;
	struct error differs;

	if (kernel_version(kernel) < KERNEL_VERSION(4, 6, 0) || kernel->dump->format->running ||
	    !kernel_read_member(kernel, mm, MM_TOTAL_VM, &total, NULL))
		return;
	for (size_t i = 0; i < list->nr; i++)
		pages += (list->vma[i].last - list->vma[i].first + 1) / kernel_page_size(kernel);
	if (pages == total || vma_is_changing(kernel, mm))
		return;
	fail(&differs, ERROR_FORMAT,
	     "the mm at %" PRIx64 " has a total_vm of %" PRIu64
	     " pages, and its mappings have %" PRIu64,
	     mm, total, pages);
	damages_add(&list->damages, &differs);
}

bool vma_each(struct kernel *kernel, uint64_t mm, struct vma_list *list, struct error *err)
{
	const struct member *tree = kernel_member(kernel, MM_MT, NULL);
	struct error local;
	bool done;

	if (!err)
		err = &local;
	*list = (struct vma_list){ 0 };
	if (tree)
		done = vma_list_from_maple(kernel, mm, mm + tree->offset, list, err);
	else
		done = list_and_tree(kernel, mm, list, err);
	if (done && !list->damages.nr)
		compare_total(kernel, mm, list);
	return done && add_gate(kernel, mm, list, err);
}

/* Do the stacks of processes have guard pages as their lowest pages? They do since 2.6.36
 * (d7824370e263), and in stable releases such as 2.6.32.20. In 4.12 (1be7107fbe18) and in many
 * stable releases, a gap below the stack replaced the guard page. These kernels have the variable
 * stack_guard_gap. */
static bool has_guard_pages(struct kernel *kernel)
{
	unsigned int version = kernel_version(kernel), fourth = 20;

	if (version >= KERNEL_VERSION(4, 12, 0) ||
	    kernel_has_symbol(kernel, "stack_guard_gap") != NO)
		return false;
	/* A release 2.6.32 without a fourth number is a distribution's kernel, and is newer than
	 * 2.6.32.20. */
	if (version == KERNEL_VERSION(2, 6, 32))
		sscanf(kernel->identity->release, "2.6.32.%u", &fourth);
	return version >= KERNEL_VERSION(2, 6, 36) ||
	       (version == KERNEL_VERSION(2, 6, 32) && fourth >= 20);
}

uint64_t vma_shown_start(struct kernel *kernel, const struct vma_list *list, const struct vma *vma)
{
	const struct vma *before = vma > list->vma ? vma - 1 : NULL;

	if (!(vma->flags & VMA_GROWSDOWN) || vma->last - vma->first < kernel_page_size(kernel) ||
	    (before && before->flags & VMA_GROWSDOWN && before->last + 1 == vma->first) ||
	    !has_guard_pages(kernel))
		return vma->first;
	return vma->first + kernel_page_size(kernel);
}

const struct vma *vma_list_at(const struct vma_list *list, uint64_t vaddr)
{
	size_t at = RANGES_SEARCH(list->vma, list->nr, vaddr);

	return at < list->nr ? &list->vma[at] : NULL;
}
