/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/explain.h"

#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static struct code *open_decoder(const struct oops_context *context)
{
	return code_open(context->machine == EM_X86_64 && context->is_compat ? EM_386 :
									       context->machine,
			 NULL);
}

/* --- the instruction --- */

/* The text of a jump or call shows the address that it goes to. If the text of the report does not show the
 * instruction pointer, the bytes were decoded as if the function began at 0. */
static void name_target(const struct oops_context *context, struct oops_instruction *instruction)
{
	const struct oops_symbol *where = &context->where;
	const struct code_instruction *code = &instruction->code;
	size_t word = strcspn(code->text, " ");
	uint64_t offset = code->target;
	bool is_only_number = code->nr_memories == 1 && !*code->memory[0].base;

	if (!code->has_target)
		return;
	if (context->has_ip)
		offset -= context->ip - where->offset;
	if (code->is_branch && *where->name && offset < where->extent)
		snprintf(instruction->text, sizeof(instruction->text), "%.*s %.64s+0x%" PRIx64,
			 (int)word, code->text, where->name, offset);
	else if (!context->has_ip && (code->is_branch || is_only_number))
		instruction->text[word] = '\0';
}

/* The address at which the bytes are decoded. */
static uint64_t place_of(const struct oops_context *context)
{
	return context->has_ip ? context->ip : context->where.offset;
}

void oops_instruction_read(const struct oops_context *context, struct oops_instruction *instruction)
{
	static const char cut[] = "the text ends within it";
	const uint16_t machine = context->machine;
	const uint8_t *bytes = context->code + context->mark;
	size_t left = context->nr_code - context->mark;
	struct code *decoder;
	bool without = false;

	*instruction = (struct oops_instruction){ .why_not = "the report does not show its bytes" };
	if (context->nr_code)
		instruction->why_not = "the text does not mark its bytes";
	if (context->opcode_unreadable)
		instruction->why_not = "the kernel could not read it";
	if (context->code_why_not)
		instruction->why_not = context->code_why_not;
	if (!left)
		return;
	decoder = open_decoder(context);
	if (decoder)
		code_decode(decoder, place_of(context), bytes, left, &instruction->code);
	else if (!code_decode_alone(machine, place_of(context), bytes, left, &instruction->code) ||
		 machine == EM_RISCV)
		without = true;
	code_close(decoder);
	instruction->known = instruction->code.known || instruction->code.nr_memories;
	instruction->why_not = instruction->known ? NULL :
			       without ? "it cannot be decoded without the library capstone" :
			       left < CODE_LONGEST && machine != EM_AARCH64 ?
					 cut :
					 "its bytes are not known as code";
	snprintf(instruction->text, sizeof(instruction->text), "%s", instruction->code.text);
	if (instruction->known)
		name_target(context, instruction);
}

/* --- memory --- */

static bool register_value(const struct oops_context *context, const char *name, uint64_t *value)
{
	const struct oops_number *found = oops_register_find(context, name);

	*value = found ? found->value : 0;
	return found;
}

static uint64_t index_of(const struct code_memory *memory, uint64_t value)
{
	if (memory->index_size == 4)
		value = memory->index_signed ? (uint64_t)(int64_t)(int32_t)value : (uint32_t)value;
	return value * memory->scale;
}

bool oops_memory_address(const struct oops_context *context, const struct code_instruction *code,
			 const struct code_memory *memory, uint64_t *address)
{
	const uint16_t machine = context->machine;
	uint64_t base = 0, index = 0, segment = 0;

	if (!strcmp(memory->base, "rip")) {
		if (!context->has_ip || !code->has_target)
			return false;
		*address = code->target;
	} else {
		/* arm64's ldr of a literal is relative to the instruction. */
		if (!*memory->base && !*memory->index && machine == EM_AARCH64 && !context->has_ip)
			return false;
		if ((*memory->base && !register_value(context, memory->base, &base)) ||
		    (*memory->index && !register_value(context, memory->index, &index)))
			return false;
		*address = base + index_of(memory, index) + (uint64_t)memory->displacement;
	}
	/* i386 prints selectors, and not the bases of segments. */
	if (*memory->segment &&
	    (machine != EM_X86_64 || !register_value(context, memory->segment, &segment)))
		return false;
	*address += segment;
	if (machine == EM_386 || (machine == EM_X86_64 && context->is_compat))
		*address &= UINT32_MAX;
	return true;
}

/* --- where a value came from --- */

enum { MOST_BEFORE = OOPS_CODE };

/* The search for where the value of a register came from. */
struct search {
	const struct oops_context *context;
	const char *reg;
	struct code *decoder;
	struct code_instruction *code; /* the ones before the place, by their addresses */
	size_t nr;
	struct oops_origin *origin;
};

/* Decodes from index `at` of the bytes up to the place. Returns false if no instruction ends there. */
static bool decode_from(struct search *search, size_t at)
{
	const struct oops_context *context = search->context;
	const uint64_t start = place_of(context) - context->mark;

	search->nr = 0;
	while (at < context->mark && search->nr < MOST_BEFORE) {
		struct code_instruction *code = &search->code[search->nr++];

		code_decode(search->decoder, start + at, context->code + at, context->nr_code - at,
			    code);
		if (!code->known && !code->nr_memories)
			return false;
		at += code->size;
	}
	return at == context->mark;
}

/* Returns the index of a byte at which an instruction certainly begins: the start of the function, endbr64 or
 * endbr32 (f3 0f 1e fa, fb). On arm64, each word is one. Returns `mark` if none is known. */
static size_t certain_start(const struct oops_context *context)
{
	static const uint8_t endbr[] = { 0xf3, 0x0f, 0x1e };
	size_t at = context->mark;

	if (context->machine == EM_AARCH64)
		return context->mark % 4;
	if (*context->where.name && context->where.offset <= context->mark)
		return context->mark - (size_t)context->where.offset;
	while (at-- > 0)
		if (at + 4 <= context->mark && !memcmp(context->code + at, endbr, sizeof(endbr)) &&
		    (context->code[at + 3] | 1) == 0xfb)
			return at;
	return context->mark;
}

/* After a jump without a condition, what follows is reached from elsewhere. */
static bool is_end(const struct code_instruction *code)
{
	return code->is_return ||
	       (code->is_branch && !code->is_call &&
		(starts_with(code->text, "jmp") || starts_with(code->text, "b ") ||
		 starts_with(code->text, "br ")));
}

/* Are the registers of the memory unchanged in the instructions from `first` up to the place? */
static bool is_still_there(const struct search *search, size_t first,
			   const struct code_memory *memory)
{
	for (size_t i = first; i < search->nr; i++)
		if (code_writes(&search->code[i], memory->base) ||
		    (*memory->index && code_writes(&search->code[i], memory->index)))
			return false;
	return true;
}

static void take_load(const struct search *search, size_t at)
{
	const struct code_instruction *code = &search->code[at];
	struct oops_origin *origin = search->origin;

	origin->found = true;
	origin->is_sum = code->is_address;
	origin->memory = code->memory[0];
	snprintf(origin->text, sizeof(origin->text), "%s", code->text);
	/* The instruction may load into the register of its own address. */
	origin->has_address =
		is_still_there(search, at, &code->memory[0]) &&
		oops_memory_address(search->context, code, &code->memory[0], &origin->address);
}

/* arm64's ldp loads two registers: "ldp x0, x1, [x20]". */
static bool take_pair(const struct search *search, size_t at)
{
	const struct code_instruction *code = &search->code[at];
	char first[CODE_REGISTER], second[CODE_REGISTER];

	if (sscanf(code->text, "ldp %7[^,], %7[^,],", first, second) != 2 ||
	    (strcmp(first, search->reg) != 0 && strcmp(second, search->reg) != 0))
		return false;
	take_load(search, at);
	if (!strcmp(second, search->reg))
		search->origin->address += code->memory[0].size / 2;
	return true;
}

/* "add %r14,%rax" and "add 0x308(%rdx),%rax", or arm64's "add x0, x1, x2" */
static void take_added(const struct search *search, size_t at)
{
	const struct code_instruction *code = &search->code[at];
	const char *reg = search->reg, *last = strrchr(code->text, '%');
	struct oops_origin *origin = search->origin;
	char other[CODE_REGISTER] = "", to[CODE_REGISTER] = "", end;
	uint64_t sum, value;

	if (code->nr_memories == 1 && code->memory[0].is_read && !code->memory[0].is_write &&
	    starts_with(code->text, "add ") && last && !strcmp(last + 1, reg)) {
		take_load(search, at);
		origin->is_added = true;
		return;
	}
	if (code->nr_memories ||
	    (sscanf(code->text, "add %%%7[a-z0-9],%%%7[a-z0-9]%c", other, to, &end) != 2 &&
	     sscanf(code->text, "add %7[a-z0-9], %7[a-z0-9], %*7[a-z0-9]%c", to, other, &end) !=
		     2) ||
	    strcmp(to, reg) != 0 || !strcmp(other, reg) ||
	    !register_value(search->context, reg, &sum) ||
	    !register_value(search->context, other, &value))
		return;
	for (size_t i = at; i < search->nr; i++)
		if (code_writes(&search->code[i], other))
			return;
	origin->found = origin->is_added = true;
	origin->addend = (int64_t)(sum - value);
	snprintf(origin->added, sizeof(origin->added), "%s", other);
	snprintf(origin->text, sizeof(origin->text), "%s", code->text);
}

/* Goes back from the place to the last instruction that changed the register. */
static void search_back(const struct search *search)
{
	struct oops_origin *origin = search->origin;
	const char *reg = search->reg;

	for (size_t i = search->nr; i-- > 0;) {
		const struct code_instruction *code = &search->code[i];

		if (code->is_call && code_writes(code, reg)) {
			origin->found = origin->is_result =
				!strcmp(reg, "rax") || !strcmp(reg, "eax") || !strcmp(reg, "x0");
			return;
		}
		if (is_end(code))
			return;
		if (!code_writes(code, reg))
			continue;
		if (code->nr_memories == 1 && take_pair(search, i))
			return;
		if (strcmp(code->loaded, reg) != 0) {
			if (!*origin->then)
				take_added(search, i);
			return;
		}
		if (code->has_addend && !code->nr_memories && !*origin->then) {
			origin->addend = code->addend;
			snprintf(origin->then, sizeof(origin->then), "%s", code->text);
			continue;
		}
		if (code->nr_memories == 1)
			take_load(search, i);
		return;
	}
}

/* Without a certain start, the last instructions are known only if decoding from each of the bytes before
 * leads to them, or does not reach the place at all. */
static bool decode_agreed(struct search *search)
{
	enum { TRIES = 16, AGREED = 4 };
	const struct oops_context *context = search->context;
	size_t first = context->mark > 3 * TRIES ? context->mark - 3 * TRIES : 0;
	size_t agreed = 0, tries = 0, good = first;
	unsigned int size[AGREED] = { 0 };

	for (size_t start = first; start < context->mark && tries < TRIES; start++, tries++) {
		size_t same = 0;

		if (!decode_from(search, start))
			continue;
		while (same < search->nr && same < AGREED &&
		       (!agreed || (same < agreed &&
				    size[same] == search->code[search->nr - 1 - same].size))) {
			size[same] = search->code[search->nr - 1 - same].size;
			same++;
		}
		agreed = same;
		good = start;
		if (!agreed)
			return false;
	}
	if (!agreed || !decode_from(search, good))
		return false;
	agreed = agreed < search->nr ? agreed : search->nr;
	memmove(search->code, search->code + (search->nr - agreed), agreed * sizeof(*search->code));
	search->nr = agreed;
	return true;
}

void oops_origin_find(const struct oops_context *context, const char *reg,
		      struct oops_origin *origin)
{
	struct search search = {
		.context = context,
		.reg = reg,
		.decoder = open_decoder(context),
		.code = calloc(MOST_BEFORE, sizeof(*search.code)),
		.origin = origin,
	};
	size_t start = certain_start(context);

	*origin = (struct oops_origin){ .found = false };
	if (search.code && search.decoder && context->mark < context->nr_code &&
	    (start < context->mark ? decode_from(&search, start) : decode_agreed(&search))) {
		origin->after_call = search.nr && search.code[search.nr - 1].is_call;
		search_back(&search);
	}
	code_close(search.decoder);
	free(search.code);
}
