/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/vma/vma.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/ranges.h"
#include "dump/dump.h"
#include "kernel/rbtree.h"
#include "linux/task_members.h"

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

bool vma_count(struct kernel *kernel, uint64_t mm, uint64_t *count)
{
	return kernel_read_member(kernel, mm, MM_MAP_COUNT, count, NULL);
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
