/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input is a machine, an address, and code. What the decoder says about each instruction must be in itself
 * consistent; on arm64, its memory does not depend on the library. */
#include "input.h"

#include <elf.h>

#include "code/arm64.h"
#include "code/code.h"

static bool is_register(unsigned int machine, const char *name)
{
	unsigned int number;
	char again[CODE_REGISTER];

	if (machine != EM_AARCH64)
		return *name == (machine == EM_386 ? 'e' : 'r') && strlen(name) <= 3;
	if (strcmp(name, "sp") == 0)
		return true;
	PROMISED(sscanf(name, "x%u", &number) == 1 && number <= 31);
	snprintf(again, sizeof(again), "x%u", number);
	return strcmp(name, again) == 0;
}

static void check_memory(unsigned int machine, const struct code_instruction *found,
			 const struct code_memory *memory)
{
	PROMISED(!*memory->base || is_register(machine, memory->base));
	PROMISED(!*memory->index || is_register(machine, memory->index));
	PROMISED(memory->scale && memory->scale <= 16 && !(memory->scale & (memory->scale - 1)));
	PROMISED(memory->index_size == 4 || memory->index_size == 8);
	PROMISED(!memory->index_signed || memory->index_size == 4 || machine == EM_AARCH64);
	PROMISED(!*memory->segment || strcmp(memory->segment, "fs") == 0 ||
		 strcmp(memory->segment, "gs") == 0);
	PROMISED((memory->is_read || memory->is_write) != found->is_address);
	PROMISED(memory->size <= 512 && !(memory->size && found->is_address));
	PROMISED(!memory->is_stack || strcmp(memory->base + 1, "sp") == 0);
}

static void check_registers(unsigned int machine, const struct code_instruction *found)
{
	PROMISED(!*found->loaded || code_writes(found, found->loaded));
	PROMISED(!*found->loaded || is_register(machine, found->loaded));
	PROMISED(!*found->source || (*found->loaded && is_register(machine, found->source)));
	PROMISED(!found->has_addend || (*found->loaded && !*found->source));
	PROMISED(!*found->operand == !found->operand_size);
	PROMISED(!*found->operand || is_register(machine, found->operand));
	PROMISED(!found->is_call || found->is_branch);
}

static void check(unsigned int machine, uint64_t address, const struct input *input,
		  const struct code_instruction *found)
{
	struct code_instruction alone = { 0 };

	PROMISED(found->size && found->size <= CODE_LONGEST && found->size <= input->size);
	PROMISED(*found->text && memchr(found->text, 0, sizeof(found->text)));
	for (const char *c = found->text; *c; c++)
		PROMISED(*c >= ' ' && *c <= '~');
	PROMISED(found->nr_memories <= CODE_MEMORIES);
	PROMISED(machine != EM_386 || found->target <= UINT32_MAX);
	for (unsigned int i = 0; i < found->nr_memories; i++)
		check_memory(machine, found, &found->memory[i]);
	check_registers(machine, found);
	if (machine != EM_AARCH64 || input->size < 4)
		return;
	PROMISED(found->size == 4);
	if (code_arm64_memory(load_le32(input->data), address, &alone))
		PROMISED(memcmp(&alone.memory, &found->memory, sizeof(alone.memory)) == 0);
	else
		PROMISED(found->is_address == found->nr_memories);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned int machines[] = { EM_X86_64, EM_386, EM_AARCH64 };
	struct input input = { data, size };
	static struct code *codes[3];
	unsigned int which = take(&input, 1) % 3, machine = machines[which];
	uint64_t address = take(&input, 8);
	struct code_instruction found;

	if (!codes[which])
		codes[which] = code_open(machine, NULL);
	if (!codes[which]) /* built without the library */
		return 0;
	while (input.size) {
		size_t part = input.size < CODE_LONGEST ? input.size : CODE_LONGEST;

		code_decode(codes[which], address, input.data, part, &found);
		check(machine, address, &(struct input){ input.data, part }, &found);
		take(&input, found.size > 8 ? 8 : found.size);
		take(&input, found.size > 8 ? found.size - 8 : 0);
		address += found.size;
	}
	return 0;
}
