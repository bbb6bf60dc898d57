/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Do the types fit the dump? The build-id cannot show this if the dump has none, and structs of a
 * kernel with CONFIG_RANDSTRUCT may be laid out differently from the structs that its BTF or DWARF
 * describes. The witness is init_task, whose members are the same in all kernels: init/init_task.c and
 * init_idle() in kernel/sched/core.c. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kernel/kernel.h"
#include "types/types.h"

/* The task_struct init_task, as the types describe it. */
struct init_task {
	struct kernel *kernel;
	struct types *types;
	uint64_t address;
};

static bool find_place(const struct init_task *init, const char *name, size_t size, uint64_t *place)
{
	struct type_member found;

	if (!types_member(init->types, "struct task_struct", name, &found) || found.size != size)
		return false;
	*place = init->address + found.offset;
	return true;
}

/* Reads a member of this size. Returns false if there is no such member, or if it is not in the
 * dump. */
static bool read_init(const struct init_task *init, const char *name, size_t size, uint64_t *value)
{
	uint64_t place;

	return find_place(init, name, size, &place) &&
	       kernel_read_number(init->kernel, place, size, value, NULL);
}

static bool has_wrong_comm(const struct init_task *init)
{
	enum { COMM = 16 }; /* TASK_COMM_LEN in include/linux/sched.h */
	char comm[COMM + 1] = "";
	uint64_t place;

	return find_place(init, "comm", COMM, &place) &&
	       kernel_read_field(init->kernel, place, comm, COMM, NULL) && *comm &&
	       strcmp(comm, "swapper") != 0 && strcmp(comm, "swapper/0") != 0;
}

/* Is the member tasks no part of a list, in both directions? If only one direction is broken, the list
 * is damaged. */
static bool has_wrong_list(const struct init_task *init)
{
	const unsigned int word = kernel_pointer_size(init->kernel);
	uint64_t place, next, prev, back;

	return find_place(init, "tasks", (size_t)2 * word, &place) &&
	       kernel_read_pointer(init->kernel, place, &next, NULL) &&
	       kernel_read_pointer(init->kernel, place + word, &prev, NULL) &&
	       kernel_read_pointer(init->kernel, next + word, &back, NULL) && back != place &&
	       kernel_read_pointer(init->kernel, prev, &back, NULL) && back != place;
}

/* Writes the first contradiction to text, or "" if there is none. */
static void find_contradiction(const struct init_task *init, char *text, size_t size)
{
	const unsigned int word = kernel_pointer_size(init->kernel);
	uint64_t value;

	*text = '\0';
	if (read_init(init, "pid", 4, &value) && value)
		snprintf(text, size, "init_task.pid is %" PRIu64 ", not 0", value);
	else if (read_init(init, "mm", word, &value) && value)
		snprintf(text, size, "init_task.mm is %" PRIx64 ", not null", value);
	else if (read_init(init, "stack", word, &value) &&
		 value != kernel_page_first(init->kernel, value))
		snprintf(text, size, "init_task.stack is %" PRIx64 ", not the start of a page",
			 value);
	else if (has_wrong_comm(init))
		snprintf(text, size, "init_task.comm is not swapper");
	else if (has_wrong_list(init))
		snprintf(text, size, "init_task.tasks is not in a list");
}

const char *kernel_types_misfit(struct kernel *kernel)
{
	struct facts *facts = kernel->facts;
	struct init_task init = { .kernel = kernel };
	char why[120];

	if (facts->types_tried || kernel_kallsyms_busy(kernel) ||
	    kernel_fact_busy(kernel, FACT_ROOT) || !kernel_space(kernel, NULL))
		return *facts->types_doubt ? facts->types_doubt : NULL;
	facts->types_tried = true;
	init.types = kernel_types(kernel);
	if (!init.types || !kernel_symbol(kernel, "init_task", &init.address, NULL))
		return NULL;
	find_contradiction(&init, why, sizeof(why));
	if (!*why)
		return NULL;
	snprintf(facts->types_doubt, sizeof(facts->types_doubt), "they do not fit this dump: %s",
		 why);
	facts->doubtful |= RESTS_ON_STRUCTS;
	return facts->types_doubt;
}
