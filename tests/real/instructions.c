/* SPDX-License-Identifier: GPL-3.0-or-later */
/* code MACHINE FILE OFFSET SIZE ADDRESS: decodes the bytes at an offset of a file, which are at a virtual address, for
 * instructions.py. Prints a line for each instruction: address, size, target ("-": none), "?" if it is not known, the memory
 * that it names (segment:base,index,scale,displacement/size; s or u after the scale if the index is extended
 * from 32 bits), and after a tab, for an atomic of arm64, its text. */
#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "code/code.h"

static void show_memory(unsigned int machine, const struct code_memory *memory)
{
	bool is_extended = machine == EM_AARCH64 && *memory->index && memory->index_size == 4;

	printf(" %s:%s,%s,%u%s,%" PRIx64 "/%u", memory->segment, memory->base, memory->index,
	       *memory->index ? memory->scale : 0,
	       !is_extended	    ? "" :
	       memory->index_signed ? "s" :
				      "u",
	       (uint64_t)memory->displacement, memory->size);
}

static void show(unsigned int machine, uint64_t address, const struct code_instruction *instruction)
{
	printf("%" PRIx64 " %u ", address, instruction->size);
	if (instruction->has_target)
		printf("%" PRIx64, instruction->target);
	else
		printf("-");
	if (!instruction->known)
		printf(" ?");
	/* In objdump, lea of x86 names memory, and add of arm64 does not. */
	for (unsigned int i = 0; i < instruction->nr_memories; i++) {
		if (machine == EM_AARCH64 ? !instruction->is_address :
					    !instruction->memory[i].is_stack)
			show_memory(machine, &instruction->memory[i]);
	}
	if (machine == EM_AARCH64 && instruction->memory[0].is_atomic)
		printf("\t%s", instruction->text);
	printf("\n");
}

int main(int argc, char **argv)
{
	struct code_instruction instruction;
	unsigned int machine;
	uint64_t offset, address, size;
	struct error err;
	struct code *code;
	const uint8_t *bytes;

	if (argc != 6)
		return 2;
	machine = (unsigned int)atoi(argv[1]);
	offset = strtoull(argv[3], NULL, 0);
	size = strtoull(argv[4], NULL, 0);
	address = strtoull(argv[5], NULL, 0);
	code = code_open(machine, &err);
	bytes = mmap(NULL, offset + size, PROT_READ, MAP_PRIVATE, open(argv[2], O_RDONLY), 0);
	if (!code || bytes == MAP_FAILED)
		return 1;
	for (uint64_t at = 0; at < size; at += instruction.size) {
		code_decode(code, address + at, bytes + offset + at, size - at, &instruction);
		show(machine, address + at, &instruction);
	}
	code_close(code);
	return 0;
}
