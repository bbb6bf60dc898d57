/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kernel/percpu.h"

#include <inttypes.h>
#include <stdio.h>

#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/kernel_members.h"

/* The names of a mask of CPUs: since 4.5 (4c9b1d6a7c05), before 4.5, before 2.6.28, and in 2.6.11.
 * The last name may be NULL. */
struct mask_names {
	const char *name[4];
};

static bool find_mask(struct kernel *kernel, const struct mask_names *names,
		      struct kernel_symbol *symbol, struct error *err)
{
	const char *oldest = names->name[3];

	return kernel_image_symbol(kernel, names->name[0], symbol, NULL) ||
	       kernel_image_symbol(kernel, names->name[1], symbol, NULL) ||
	       (oldest && kernel_image_symbol(kernel, oldest, symbol, NULL) &&
		kernel_has_symbol(kernel, names->name[2]) == NO) ||
	       kernel_image_symbol(kernel, names->name[2], symbol, NULL) ||
	       kernel_image_symbol(kernel, names->name[0], symbol, err);
}

/* Does each CPU have its own copy of each per-CPU variable? If so, the symbol of a variable is not
 * the address of any copy. */
static bool learn_copies(struct kernel *kernel, bool *copies, struct error *err)
{
	enum certainty has = kernel_has_copies(kernel);

	struct error why;

	*copies = has == YES;
	return has != UNSURE ||
	       fail(err, ERROR_UNKNOWN,
		    "it is not known whether the CPUs have their own copies of variables, because no source of symbols has __per_cpu_offset; %.300s",
		    kernel_symbol_advice(kernel, "__per_cpu_offset", &why));
}

bool kernel_read_cpus(struct kernel *kernel, uint64_t address, size_t size, struct cpu_set *cpus,
		      struct error *err)
{
	unsigned int word = kernel_pointer_size(kernel);
	uint8_t bytes[sizeof(cpus->mask)];

	size = size < sizeof(bytes) ? size : sizeof(bytes);
	if (size < word || size % word)
		return fail(err, ERROR_FORMAT,
			    "the mask of CPUs at %" PRIx64 " cannot have %zu bytes", address, size);
	if (!kernel_read(kernel, address, bytes, size, err))
		return false;
	*cpus = (struct cpu_set){ .nr = (unsigned int)(8 * size) };
	for (size_t i = 0; i < size; i += 4)
		cpus->mask[i / 8] |= (uint64_t)load_le32(bytes + i) << i % 8 * 8;
	return true;
}

static bool percpu_read_cpus(struct kernel *kernel, const struct mask_names *names,
			     struct cpu_set *cpus, struct error *err)
{
	struct kernel_symbol symbol;
	bool copies;

	*cpus = (struct cpu_set){ .nr = 0 };
	if (!learn_copies(kernel, &copies, err))
		return false;
	/* A kernel without SMP has no offsets and no mask, but only CPU 0. */
	if (!copies) {
		*cpus = (struct cpu_set){ .mask = { 1 }, .nr = 1 };
		return true;
	}
	if (!find_mask(kernel, names, &symbol, err))
		return false;
	if (!symbol.size) /* the size is unknown, because kallsyms contains no sizes */
		kernel_type_size(kernel, "cpumask", &symbol.size);
	return kernel_read_cpus(kernel, symbol.address, symbol.size, cpus, err);
}

bool kernel_possible_cpus(struct kernel *kernel, struct cpu_set *cpus, struct error *err)
{
	static const struct mask_names names = { {
		"__cpu_possible_mask",
		"cpu_possible_bits",
		"cpu_possible_map",
		/* 2.6.11 has a macro cpu_possible_map, which stands for this variable. */
		"cpu_callout_map",
	} };

	return percpu_read_cpus(kernel, &names, cpus, err);
}

bool kernel_present_cpus(struct kernel *kernel, struct cpu_set *cpus, struct error *err)
{
	static const struct mask_names names = { {
		"__cpu_present_mask",
		"cpu_present_bits",
		"cpu_present_map",
	} };

	return percpu_read_cpus(kernel, &names, cpus, err);
}

bool kernel_online_cpus(struct kernel *kernel, struct cpu_set *cpus, struct error *err)
{
	static const struct mask_names names = { {
		"__cpu_online_mask",
		"cpu_online_bits",
		"cpu_online_map",
	} };

	return percpu_read_cpus(kernel, &names, cpus, err);
}

/* --- offsets --- */

/* Until 2.6.30, x86-64 kept the offset of each CPU in a struct x8664_pda. These variables contain
 * the structs or point to them: include/asm-x86_64/pda.h. */
static const char *const pda_names[] = {
	"_cpu_pda", /* since 2.6.16 */
	"cpu_pda",
};

enum certainty kernel_has_copies(struct kernel *kernel)
{
	enum certainty has = kernel_has_symbol(kernel, "__per_cpu_offset");

	for (size_t i = 0; has == NO && i < 2; i++)
		has = kernel_has_symbol(kernel, pda_names[i]);
	return has;
}

/* Finds the address of a CPU's struct x8664_pda using _cpu_pda. This variable is an array of
 * pointers to the structs, or since 2.6.27 (3461b0af0252) a pointer to such an array. */
static bool read_pda(struct kernel *kernel, const struct kernel_symbol *symbol, unsigned int cpu,
		     uint64_t *pda, struct error *err)
{
	uint64_t first, boot, pointers = symbol->address;

	if (!symbol->size)
		return fail(
			err, ERROR_UNKNOWN,
			"it is not known whether %s is an array or a pointer to an array, because its size is not known",
			symbol->name);
	if (!kernel_read_pointer(kernel, pointers, &first, err))
		return false;
	if (symbol->size == 8 &&
	    (!kernel_symbol(kernel, "boot_cpu_pda", &boot, NULL) || first != boot))
		pointers = first;
	return kernel_read_pointer(kernel, pointers + UINT64_C(8) * cpu, pda, err);
}

static bool find_pda(struct kernel *kernel, unsigned int cpu, uint64_t *pda, struct error *err)
{
	struct kernel_symbol symbol;
	uint64_t size;

	if (kernel_image_symbol(kernel, pda_names[0], &symbol, NULL))
		return read_pda(kernel, &symbol, cpu, pda, err);
	if (!kernel_image_symbol(kernel, pda_names[1], &symbol, err))
		return false;
	if (!kernel_type_size(kernel, "x8664_pda", &size))
		return fail(err, ERROR_UNKNOWN, "the size of struct x8664_pda is not known");
	*pda = symbol.address + size * cpu;
	return true;
}

/* Reads the offset of a CPU. Returns false if the memory that was found is not the struct of this
 * CPU. */
static bool read_pda_offset(struct kernel *kernel, unsigned int cpu, uint64_t *offset,
			    struct error *err)
{
	uint64_t pda, number;

	if (!find_pda(kernel, cpu, &pda, err) ||
	    !kernel_read_member(kernel, pda, PDA_CPU, &number, err) ||
	    !kernel_read_member(kernel, pda, PDA_OFFSET, offset, err))
		return false;
	return number == cpu ||
	       fail(err, ERROR_FORMAT, "struct x8664_pda at %" PRIx64 " does not belong to CPU %u",
		    pda, cpu);
}

bool kernel_per_cpu_offset(struct kernel *kernel, unsigned int cpu, uint64_t *offset,
			   struct error *err)
{
	uint64_t offsets;

	if (kernel_has_symbol(kernel, "__per_cpu_offset") == NO)
		return read_pda_offset(kernel, cpu, offset, err);
	return kernel_symbol(kernel, "__per_cpu_offset", &offsets, err) &&
	       kernel_read_pointer(kernel, offsets + (uint64_t)cpu * kernel_pointer_size(kernel),
				   offset, err);
}

bool kernel_per_cpu(struct kernel *kernel, const char *symbol, unsigned int cpu, uint64_t *address,
		    struct error *err)
{
	uint64_t offset;
	char prefixed[128];
	bool copies;

	/* Before 2.6.34 (dd17c8f72993) the symbols of per-CPU variables had this prefix. */
	snprintf(prefixed, sizeof(prefixed), "per_cpu__%s", symbol);
	if (!kernel_symbol(kernel, symbol, address, err) &&
	    !kernel_symbol(kernel, prefixed, address, NULL))
		return false;
	if (!learn_copies(kernel, &copies, err))
		return false;
	if (!copies)
		return true;
	if (!kernel_per_cpu_offset(kernel, cpu, &offset, err))
		return false;
	*address = (*address + offset) & kernel->arch->address_mask;
	return true;
}
