/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/unwind/wait_bit.h"

#include "kernel/kernel.h"
#include "linux/wait_members.h"

/* The tasks that wait for a bit or variable are in a list, which begins in a table. A hash of the
 * address determines the place in the table. The entry of a task is in a struct on its stack. */
static const struct bit_kind {
	const char *name;
	const char *variable; /* name if the task waits for no bit; NULL: it always does */
	const char *table, *old_table; /* symbols; old_table may be NULL */
	/* Members of the struct on the stack: the list_head, the pointer to the task, the object,
	 * and the number of the bit in the object. */
	unsigned int list, task, object, bit;
} kinds[] = {
	{ "folio", NULL, "folio_wait_table", "page_wait_table" /* before 5.16 */, PAGE_WAIT_LIST,
	  PAGE_WAIT_TASK, PAGE_WAIT_FOLIO, PAGE_WAIT_BIT },
	{ "bit", "variable", "bit_wait_table", NULL, BIT_WAIT_LIST, BIT_WAIT_TASK, BIT_WAIT_WORD,
	  BIT_WAIT_BIT },
};

/* hash_long() of include/linux/hash.h since 4.7 (ef703f49a6c5). Both tables have 256 elements. */
static uint64_t hash(struct kernel *kernel, uint64_t value)
{
	enum { TABLE_BITS = 8 };

	return kernel_pointer_size(kernel) == 8 ?
		       value * UINT64_C(0x61c8864680b583eb) >> (64 - TABLE_BITS) :
		       (uint32_t)value * UINT32_C(0x61c88647) >> (32 - TABLE_BITS);
}

/* Finds the list_head in the table: folio_waitqueue(), bit_waitqueue() and __var_waitqueue(). */
static bool find_bit_queue(struct kernel *kernel, const struct bit_kind *kind,
			   const struct wait *wait, uint64_t *head)
{
	const struct member *list = kernel_member_as(kernel, WAIT_QUEUE_HEAD, MEMBER_LINKS, NULL);
	uint64_t hashed = wait->object, size;

	if (kind->variable && wait->has_bit)
		hashed = hashed << (kernel_pointer_size(kernel) == 8 ? 6 : 5) | wait->bit;
	if (!list || !kernel_type_size(kernel, "wait_queue_head", &size) ||
	    (!kernel_symbol(kernel, kind->table, head, NULL) &&
	     (!kind->old_table || !kernel_symbol(kernel, kind->old_table, head, NULL))))
		return false;
	*head += hash(kernel, hashed) * size + list->offset;
	return true;
}

static bool read_object(struct kernel *kernel, const struct bit_kind *kind, uint64_t address,
			struct wait *wait)
{
	enum { NO_BIT = UINT32_MAX /* ___wait_var_event() waits for a variable */ };

	if (!kernel_read_member(kernel, address, kind->object, &wait->object, NULL) ||
	    !kernel_read_member(kernel, address, kind->bit, &wait->bit, NULL))
		return false;
	wait->has_bit = wait->bit != NO_BIT;
	wait->is_folio = !kind->variable;
	wait->kind = wait->has_bit ? kind->name : kind->variable;
	return wait->has_bit ? wait->bit < kernel_pointer_size(kernel) * 8 : kind->variable != NULL;
}

/* Does the list of this entry lead to the head? */
static bool leads_to(const struct wait_search *search, uint64_t links, uint64_t head)
{
	struct links ring = wait_links(search, links);
	uint64_t at;

	while (links_next(&ring, &at))
		if (at == head)
			return true;
	return false;
}

static bool find_bit_wait(const struct wait_search *search, const struct bit_kind *kind,
			  uint64_t task_at, struct wait *wait)
{
	struct kernel *kernel = search->kernel;
	const struct member *list = kernel_member_as(kernel, kind->list, MEMBER_LINKS, NULL);
	const struct member *task = kernel_member_as(kernel, kind->task, MEMBER_POINTER, NULL);
	uint64_t address, head;

	if (!list || !task)
		return false;
	address = task_at - task->offset;
	return read_object(kernel, kind, address, wait) &&
	       find_bit_queue(kernel, kind, wait, &head) &&
	       leads_to(search, address + list->offset, head);
}

bool wait_bit_find(const struct wait_search *search, uint64_t start, uint64_t end,
		   struct wait *wait)
{
	struct kernel *kernel = search->kernel;
	uint64_t word;

	for (; start < end && !kernel_stopped(kernel); start += kernel_pointer_size(kernel)) {
		if (!kernel_read_pointer(kernel, start, &word, NULL) ||
		    word != search->task->address)
			continue;
		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
			if (find_bit_wait(search, &kinds[i], start, wait))
				return true;
	}
	return false;
}
