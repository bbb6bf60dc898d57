/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Explains a report about an access to memory: which address the instruction used, whether the reported address
 * agrees with it, and which register was bad. */
#include <ctype.h>
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "oops/explainer.h"
#include "oops/facts.h"

enum { SUM_TEXT = 160 };

/* The offset of a member is smaller; a larger displacement is an address: of a table in the image or a module, or of the
 * fixmap, such as the one of the APIC (native_apic_mem_write()). */
enum { MOST_OFFSET = 1 << 20 };

static bool has_tag(uint16_t machine, uint64_t address)
{
	const bool is_upper = address >> 55 & 1;
	struct value_meaning poison;
	char spelled[VALUE_SPELLED];

	/* The kernel has the CPU ignore the tag of a user address (TCR_EL1.TBI0, arch/arm64/mm/proc.S). */
	return machine == EM_AARCH64 && address >> 56 != (is_upper ? UINT8_MAX : 0) &&
	       !fact_poison(machine, address, &poison) &&
	       (is_upper || (oops_is_canonical(machine, NULL, without_tag(address)) &&
			     !special_spells(address, sizeof(address), spelled)));
}

/* Is the reported address one of the bytes that the memory operand covers? Some reports show only a range. */
static bool is_within(const struct oops_report *report, uint64_t first, unsigned int size)
{
	/* The access may be at the end of all addresses. */
	uint64_t last = size ? size - 1 : 0, address = report->address.value;

	/* Tags are no part of an address, and the kernel prints it without one (untagged_addr() in do_mem_abort(),
	 * arch/arm64/mm/fault.c). */
	if (report->machine == EM_AARCH64) {
		first = without_tag(first);
		address = without_tag(address);
	}
	return address - first <= last ||
	       (report->address_is_range &&
		(report->range_first - first <= last ||
		 first - report->range_first <= report->range_last - report->range_first));
}

/* --- the sum --- */

static void put_register(const struct explainer *ex, const char *name, char text[SUM_TEXT])
{
	if (*name)
		text_append(text, SUM_TEXT, "%s%s (%s)", *text ? " + " : "", REGISTER(ex, name),
			    HEX(ex_value(ex, name)));
}

/* Writes "RCX (0) + RDX (3) * 8 + 0x10". */
static void put_sum(const struct explainer *ex, const struct code_memory *memory,
		    char text[SUM_TEXT])
{
	const int64_t displacement = memory->displacement;

	*text = '\0';
	if (*memory->segment)
		text_append(text, SUM_TEXT, "%s's base (%s)", memory->segment,
			    HEX(ex_value(ex, memory->segment)));
	put_register(ex, memory->base, text);
	put_register(ex, memory->index, text);
	if (*memory->index && memory->scale > 1)
		text_append(text, SUM_TEXT, " * %u", memory->scale);
	if (displacement)
		text_append(text, SUM_TEXT, " %c 0x%s", displacement < 0 ? '-' : '+',
			    DIGITS(displacement < 0 ? -(uint64_t)displacement :
						      (uint64_t)displacement));
}

static const char *verb_of(const struct code_memory *memory)
{
	return memory->is_read && memory->is_write ? "reads and writes" :
	       memory->is_write			   ? "writes to" :
	       memory->is_read			   ? "reads" :
						     "accesses";
}

/* Writes 'The instruction "mov 0x8(%rax),%rdx" reads 8 = RAX (0) + 0x8'. */
static void put_access(const struct explainer *ex, const struct code_memory *memory,
		       uint64_t address, const char *bytes, char text[OOPS_SENTENCE])
{
	char sum[SUM_TEXT] = "";

	if (*memory->base || *memory->index || *memory->segment)
		put_sum(ex, memory, sum);
	snprintf(text, OOPS_SENTENCE, "The instruction \"%s\" %s%s %s%s%s", ex->instruction.text,
		 verb_of(memory), bytes, HEX(address), *sum ? " = " : "",
		 *sum ? sum : ", which is a constant in it");
}

/* --- the bad register --- */

/* Could this value be a good pointer? */
static bool may_be_pointer(const struct explainer *ex, uint64_t value)
{
	uint16_t machine = ex->report->machine;

	return oops_is_kernel_address(machine, value) &&
	       oops_is_canonical(machine, ex->context, value) && -value > FIRST_PAGE;
}

static bool is_member(const struct code_memory *memory)
{
	return memory->displacement > -MOST_OFFSET && memory->displacement < MOST_OFFSET;
}

/* Is the value itself no address? On i386, poisons are small numbers. */
static bool is_no_pointer(const struct explainer *ex, uint64_t value)
{
	struct value_meaning poison;

	return ex->report->machine != EM_386 &&
	       (fact_poison(ex->report->machine, value, &poison) ||
		!oops_is_canonical(ex->report->machine, ex->context, value));
}

/* Which of the registers of the sum is bad? Sets `rival` to the other one if it may be the bad one as well.
 * Returns NULL if nothing shows that one is. */
static const char *choose_bad(const struct explainer *ex, const struct code_memory *memory,
			      const char **rival)
{
	const uint64_t page = ex->verdict->effective / FIRST_PAGE;
	const uint64_t base = ex_value(ex, memory->base);
	const uint64_t index = ex_value(ex, memory->index);
	/* What is multiplied is no pointer. In a sum, any of the two may be the pointer. */
	const bool is_sum =
		memory->scale <= 1 && memory->index_size == (ex->report->machine == EM_386 ? 4 : 8);
	/* The offset does not leave the page that the pointer points to, so that page cannot be accessed. */
	const bool of_base = base / FIRST_PAGE == page;

	*rival = NULL;
	/* Beside the base of a segment, an offset is small. */
	if (*memory->segment)
		return NULL;
	if (!*memory->index || !*memory->base)
		return *memory->base		    ? memory->base :
		       is_sum || !is_member(memory) ? memory->index :
						      NULL;
	if (of_base || (is_sum && index / FIRST_PAGE == page)) {
		const uint64_t pointer = of_base ? base : index;

		/* arm64: the offset of a CPU's memory looks like an address of a process, and the pointer to which it is
		 * added may be NULL (__my_cpu_offset() in arch/arm64/include/asm/percpu.h). */
		if (ex->report->machine == EM_AARCH64 && pointer >= FIRST_PAGE &&
		    !may_be_pointer(ex, pointer) && !is_no_pointer(ex, pointer))
			*rival = of_base ? memory->index : memory->base;
		return of_base ? memory->base : memory->index;
	}
	if (!is_sum && base < FIRST_PAGE)
		return memory->base;
	if (is_sum && is_no_pointer(ex, base) != is_no_pointer(ex, index)) {
		const bool is_base = is_no_pointer(ex, base);

		/* A round number is a constant, such as the offset of KASAN's shadows. */
		if ((uint32_t)(is_base ? base : index))
			return is_base ? memory->base : memory->index;
	}
	if (may_be_pointer(ex, base) == may_be_pointer(ex, index) && base >= FIRST_PAGE)
		return NULL;
	/* An offset from a large area, such as vmemmap, may be as wrong as a pointer. */
	*rival = is_sum && may_be_pointer(ex, index) ? memory->index : memory->base;
	return *rival == memory->base ? memory->index : memory->base;
}

/* Where the value came from. A jump may lead to an instruction between, so this fits, and is not proved. */
static void say_origin(struct explainer *ex, const char *reg)
{
	const uint64_t mask = ex->report->machine == EM_386 ? UINT32_MAX : UINT64_MAX;
	const char *name = REGISTER(ex, reg);
	char text[OOPS_SENTENCE] = "";
	struct oops_origin origin;
	bool is_sum;

	oops_origin_find(ex->context, reg, &origin);
	if (!origin.found)
		return;
	if (origin.is_result) {
		ex_say(ex,
		       "%s is the return value of the preceding call, assuming no jump lands in between.",
		       name);
		return;
	}
	if (origin.is_added && *origin.added) {
		ex_say(ex,
		       "%s was computed by \"%s\", assuming no jump lands in between: it is %s (%s) + %s.",
		       name, origin.text, REGISTER(ex, origin.added),
		       HEX(ex_value(ex, origin.added)), HEX((uint64_t)origin.addend & mask));
		return;
	}
	if (origin.is_added) {
		if (origin.has_address)
			ex_say(ex,
			       "\"%s\" added to %s what %s contained, assuming no jump lands in between.",
			       origin.text, name, HEX(origin.address));
		return;
	}
	is_sum = origin.is_sum && !*origin.then;
	text_append(text, sizeof(text), "%s was %s by \"%s\"", name, is_sum ? "computed" : "loaded",
		    origin.text);
	if (*origin.then)
		text_append(text, sizeof(text), ", and \"%s\" changed it", origin.then);
	if (is_sum && origin.has_address)
		text_append(text, sizeof(text), ", which is %s now%s", HEX(origin.address),
			    *origin.memory.base && !*origin.memory.index &&
					    !ex_value(ex, origin.memory.base) ?
				    ", from a register that is NULL" :
				    "");
	text_append(text, sizeof(text), ", assuming no jump lands in between");
	if (*origin.then)
		text_append(text, sizeof(text), ": what was loaded is %s",
			    HEX((ex_value(ex, reg) - (uint64_t)origin.addend) & mask));
	else if (!is_sum && origin.has_address)
		text_append(text, sizeof(text), ", so %s contained it", DIGITS(origin.address));
	ex_say(ex, "%s.", text);
}

/* Does the code delete an entry: a function for that, or an instruction that writes one pointer of the entry to where the
 * other one points (__list_del() in include/linux/list.h)? */
static bool is_unlinking(const struct explainer *ex, const struct code_memory *memory,
			 const char *written)
{
	const struct code_instruction *code = &ex->instruction.code;
	const int64_t word = ex->report->machine == EM_386 ? 4 : 8;
	const char *operand = strstr(code->text, written);

	if (after_any(ex->context->where.name, "__list_del|list_del|hlist_del|__hlist_del"))
		return true;
	return memory->is_write && !memory->is_read && !*memory->index && operand &&
	       !isalnum((unsigned char)operand[strlen(written)]) &&
	       (!memory->displacement || memory->displacement == word);
}

/* list_del() poisons both pointers of an entry (include/linux/list.h). If both poisons are in registers, list_del()
 * has read them from an entry that was deleted before. */
static void say_deleted(struct explainer *ex, const struct code_memory *memory, uint64_t value)
{
	const struct oops_context *context = ex->context;
	struct value_meaning poison, other;

	if (!fact_poison(ex->report->machine, value, &poison) ||
	    !starts_with(poison.name, "LIST_POISON"))
		return;
	for (size_t i = 0; i < context->nr_regs; i++)
		if (!context->reg[i].damaged && context->reg[i].value != value &&
		    fact_poison(ex->report->machine, context->reg[i].value, &other) &&
		    !other.offset && starts_with(other.name, "LIST_POISON") &&
		    strcmp(other.name, poison.name) != 0 &&
		    is_unlinking(ex, memory, context->reg[i].name)) {
			ex_say(ex,
			       "Both poisons of list_del() and hlist_del() are in registers: the entry was deleted from its list already, and is deleted again.");
			return;
		}
	ex_say(ex, "The entry of the list was deleted already, and is used again.");
}

/* Does the code of the fault say that a page is at the address? */
static bool is_mapped(const struct explainer *ex)
{
	if (ex_has_fault_code(ex))
		return ex->report->code.value & PF_PRESENT;
	if (ex->report->kind == OOPS_ACCESS_FAULT)
		return true;
	return ex->report->kind == OOPS_PAGE_FAULT &&
	       (ex->syndrome.is_permission || ex->syndrome.is_alignment);
}

/* i386: the fixed mappings are the last, of which those for ioremap() at boot alone have 2 MiB (FIX_BTMAP_BEGIN,
 * arch/x86/include/asm/fixmap.h). Memory of vmalloc() ends before them since 4.15, or if there is high memory
 * (VMALLOC_END, pgtable_32_areas.h). */
enum { FIXED_MAPPINGS = 0xffe00000 };

/* What the address without a page belongs to. */
static const char *unmapped_use(const struct oops_report *report)
{
	unsigned int major, minor;

	if (report->machine != EM_386 || report->address.value < FIXED_MAPPINGS)
		return ", as after memory of vmalloc() or a module was freed";
	if (sscanf(report->release, "%3u.%3u", &major, &minor) == 2 &&
	    (major > 4 || (major == 4 && minor >= 15)))
		return ", in the fixed mappings, as behind or after kmap_atomic()";
	return ", in the fixed mappings, as behind or after kmap_atomic(), or, in a kernel without high memory, in memory of vmalloc() that was freed";
}

/* What the entries of the page tables show about a pointer that looks right. */
static void say_kernel_pointer(struct explainer *ex, const char *name, const char *tag)
{
	const struct oops_report *report = ex->report;
	const struct oops_number *last =
		report->nr_entries ? &report->entry[report->nr_entries - 1] : NULL;
	char upper[12] = "";

	for (size_t i = 0; last && last->name[i] && i < sizeof(upper) - 1; i++)
		upper[i] = (char)toupper((unsigned char)last->name[i]);
	if (last && !last->value)
		ex_say(ex,
		       "%s is an address of the kernel%s at which no page is mapped (%s is 0)%s.",
		       name, tag, upper,
		       strcmp(last->name, "pte") != 0 ? "" : unmapped_use(report));
	else if (*tag)
		ex_say(ex, "%s is an address of the kernel%s.", name, tag);
}

static void name_bad(struct explainer *ex, const struct code_memory *memory)
{
	const uint16_t machine = ex->report->machine;
	struct oops_verdict *verdict = ex->verdict;
	const char *rival, *bad = choose_bad(ex, memory, &rival), *name;
	const struct oops_number *reg =
		bad && strcmp(bad, "rip") != 0 ? oops_register_find(ex->context, bad) : NULL;
	const uint64_t below = -verdict->effective & (machine == EM_386 ? UINT32_MAX : UINT64_MAX);
	const bool is_below = below < verdict->effective;
	struct oops_meaning meaning;
	bool is_kernel;
	char tag[20] = "";

	if (!reg)
		return;
	if (!is_member(memory)) {
		const uint64_t table = (uint64_t)memory->displacement &
				       (machine == EM_386 ? UINT32_MAX : UINT64_MAX);

		ex_say(ex,
		       "The displacement %s is %s, so no register is known to be a bad pointer.",
		       HEX(table),
		       oops_is_kernel_address(machine, table) ?
			       "itself a kernel address, such as a table's" :
			       "larger than any structure");
		return;
	}
	name = REGISTER(ex, bad);
	if (rival) {
		ex_say(ex,
		       "Either %s is a wrong index, or %s is a wrong pointer: the text does not show which.",
		       name, REGISTER(ex, rival));
		return;
	}
	oops_pointer_read(ex->context,
			  has_tag(machine, reg->value) ? without_tag(reg->value) : reg->value,
			  is_mapped(ex), verdict->effective, &meaning);
	is_kernel = meaning.kind == OOPS_POINTER_KERNEL;
	if (is_kernel && !ex->report->of)
		return;
	if (has_tag(machine, reg->value))
		snprintf(tag, sizeof(tag), " with the tag %02x", (unsigned int)(reg->value >> 56));
	if (is_kernel)
		say_kernel_pointer(ex, name, tag);
	else if (meaning.kind == OOPS_POINTER_NULL && verdict->effective)
		ex_say(ex,
		       "So %s is the bad pointer: it holds NULL, and the access is at NULL %c 0x%s.",
		       name, is_below ? '-' : '+', DIGITS(is_below ? below : verdict->effective));
	else
		ex_say(ex, "So %s is the bad pointer: it holds %s.", name, meaning.text);
	if (is_kernel && is_mapped(ex))
		return;
	ex_name_bad(ex, reg, is_kernel && *memory->index ? OOPS_FITS : OOPS_PROVED);
	verdict->by_memory = true;
	verdict->memory = *memory;
	if (meaning.kind == OOPS_POINTER_POISON)
		say_deleted(ex, memory, reg->value);
	ex_note(ex, *reg, "%s, %s: %s", name, is_kernel ? "the pointer" : "the bad pointer",
		meaning.text)
		->is_part = true;
	say_origin(ex, bad);
}

/* --- the shadow of KASAN --- */

/* The register that holds an address from first to last, and is no part of the sum: the first argument, or another.
 * NULL: there is none. */
static const struct oops_number *find_checked(const struct explainer *ex,
					      const struct code_memory *memory, uint64_t first,
					      uint64_t last)
{
	const struct oops_context *context = ex->context;
	const struct oops_number *found = NULL;

	for (size_t i = 0; i < context->nr_regs; i++) {
		const struct oops_number *reg = &context->reg[i];
		bool is_first = !strcmp(reg->name, ex->names->argument);

		if (!reg->damaged && reg->value >= first && reg->value <= last &&
		    strcmp(reg->name, memory->index) != 0 && strcmp(reg->name, memory->base) != 0 &&
		    strncmp(reg->name, "cr", 2) != 0 && strcmp(reg->name, "far") != 0 &&
		    strcmp(reg->name, "badaddr") != 0 && (!found || is_first))
			found = reg;
	}
	return found;
}

/* If the instruction reads the shadow of an address, the check of KASAN has faulted, and not the access itself.
 * The pointer that was checked is in another register. */
static bool explain_shadow(struct explainer *ex, const struct code_memory *memory)
{
	const struct oops_report *report = ex->report;
	const uint64_t offsets[] = { ex_value(ex, memory->base), ex_value(ex, memory->index),
				     (uint64_t)memory->displacement };
	const uint64_t shadow = ex->verdict->effective;
	const struct oops_number *checked;
	uint64_t first, last;
	bool is_shadow = false;

	for (size_t i = 0; i < 3 && !is_shadow; i++)
		is_shadow = offsets[i] &&
			    fact_shadow(report->machine, shadow, offsets[i], &first, &last);
	/* Without the offset, a register with an address of this shadow is the second witness. */
	if (!is_shadow && !fact_shadow(report->machine, shadow, 0, &first, &last))
		return false;
	checked = find_checked(ex, memory, first, last);
	if (!is_shadow && !checked)
		return false;
	ex_say(ex,
	       "The address is the shadow that KASAN keeps for 0x%s to 0x%s: the check of an access has faulted, not the access.",
	       DIGITS(first), DIGITS(last));
	if (!checked)
		return true;
	ex_say(ex, "%s holds 0x%s, the pointer that was checked%s.", REGISTER(ex, checked->name),
	       DIGITS(checked->value), first < FIRST_PAGE ? ": an offset from NULL" : "");
	ex_name_bad(ex, checked, OOPS_FITS);
	say_origin(ex, checked->name);
	return true;
}

/* --- stacks --- */

/* The CPU aligns RSP to 16 bytes and pushes SS first (Intel SDM vol. 3, 6.14.2). If that push fails, it is
 * in CR2, which a double fault leaves as it was. */
static bool is_failed_push(const struct explainer *ex, uint64_t sp)
{
	const struct oops_report *report = ex->report;
	const struct oops_number *cr2 = report->kind == OOPS_DOUBLE_FAULT ?
						oops_register_find(ex->context, "cr2") :
					report->has_address ? &report->address :
							      NULL;

	return report->machine == EM_X86_64 && cr2 && cr2->value == (sp & ~UINT64_C(15)) - 8;
}

/* Counts how often the frames repeat. Returns the length of what is repeated at least twice, 0 if nothing is. */
static size_t find_recursion(const struct oops_report *report)
{
	const struct oops_frame *frame = report->frame;
	size_t nr = 0, sure[OOPS_FRAMES];
	bool any = true; /* no frame is sure, as on a stack that has overflowed */

	for (size_t i = 0; i < report->nr_frames; i++)
		any &= frame[i].guessed;
	for (size_t i = 0; i < report->nr_frames; i++)
		if ((any || !frame[i].guessed) && *frame[i].symbol.name && nr < OOPS_FRAMES)
			sure[nr++] = i;
	/* A function that is called once by itself may be coincidence; alternating functions are not. */
	for (size_t length = 1; length <= nr / 2; length++)
		for (size_t at = 0, wanted = length == 1 ? 2 : length; at + length + wanted <= nr;
		     at++) {
			size_t same = 0;

			while (same < wanted &&
			       oops_symbol_is_same(&frame[sure[at + same]].symbol,
						   &frame[sure[at + length + same]].symbol))
				same++;
			if (same == wanted)
				return length;
		}
	return 0;
}

static void say_recursion(struct explainer *ex)
{
	size_t length = find_recursion(ex->report);
	const struct oops_frame *caller = ex_caller(ex, 0);

	if (length)
		ex_say(ex,
		       "The trace repeats %zu function%s%s%s: a recursion has used up the stack.",
		       length, plural_s(length), caller ? ", such as " : "",
		       caller ? SYMBOL(&caller->symbol) : "");
}

static bool explain_stack(struct explainer *ex, bool agrees)
{
	const struct oops_number *sp = oops_register_find(ex->context, ex->names->stack);
	uint64_t frame = ex_value(ex, ex->names->frame);
	/* of the instruction, or of the frame */
	const bool is_push = sp && sp->value % 16 == 0 &&
			     (!ex->instruction.known || ex->instruction.code.memory[0].is_stack);

	if (!sp || agrees || !is_failed_push(ex, sp->value))
		return false;
	ex_say(ex, "CR2 is RSP (%s)%s minus 8: %s, so the stack has overflowed.", DIGITS(sp->value),
	       is_push ? "" : " rounded down to 16,",
	       is_push ? "a push failed" : "the CPU could not push the frame of an exception");
	if (frame / PAGE == sp->value / PAGE + 1)
		ex_say(ex,
		       "RBP (%s) is in the page above RSP: the stack pointer has gone below a page boundary.",
		       DIGITS(frame));
	say_recursion(ex);
	return true;
}

/* A double fault is usual if the page below a stack is not mapped: then the frame of the page fault cannot be
 * pushed, either (Intel SDM vol. 3, 6.15, interrupt 8). CR2 is the one of the page fault. */
static void say_failed_push(struct explainer *ex, const struct code_memory *memory,
			    uint64_t address)
{
	const struct oops_number *cr2 = oops_register_find(ex->context, "cr2");

	if (!memory->is_stack || !memory->is_write)
		return;
	if (cr2 && cr2->value - address < memory->size)
		ex_say(ex,
		       "CR2 agrees: the push failed, so the stack has overflowed into the page below it, which is not mapped.");
	else if (address / PAGE != (address + memory->size) / PAGE)
		ex_say(ex,
		       "The stack pointer is at the border of a page, so an overflow of the stack fits%s.",
		       cr2 ? "" : "; the text does not show CR2");
	ex->verdict->compared = cr2;
	ex->verdict->agrees = cr2 && cr2->value - address < memory->size;
}

/* The kernel itself says that a stack has overflowed. What the instruction writes to its stack is what did not
 * fit. */
static void explain_overflow(struct explainer *ex)
{
	const struct oops_instruction *instruction = &ex->instruction;
	const struct code_memory *memory = &instruction->code.memory[0];
	char text[OOPS_SENTENCE];
	uint64_t address;

	if (ex->report->has_address && ex->report->address.value <= UINT32_MAX &&
	    ex->report->machine != EM_386)
		ex_note(ex, ex->report->address, "a hash of a pointer (%%p), no address");
	if (instruction->known && instruction->code.nr_memories &&
	    oops_memory_address(ex->context, &instruction->code, memory, &address)) {
		put_access(ex, memory, address, "", text);
		ex_say(ex, "%s.", text);
		ex->verdict->has_effective = true;
		ex->verdict->effective = address;
		say_failed_push(ex, memory, address);
	}
	if (ex->verdict->compared || !explain_stack(ex, false))
		say_recursion(ex);
}

/* --- the comparison --- */

/* Before 5.13, the kernel did not decode the displacement when it looked for the address of a general protection
 * fault (get_kernel_gp_address() in arch/x86/kernel/traps.c). */
static bool lacks_displacement(const struct oops_report *report, const struct code_memory *memory,
			       uint64_t address)
{
	unsigned int major, minor;

	return report->kind == OOPS_GENERAL_PROTECTION && report->has_address &&
	       memory->displacement && sscanf(report->release, "%3u.%3u", &major, &minor) == 2 &&
	       (major < 5 || (major == 5 && minor < 13)) &&
	       report->address.value == address - (uint64_t)memory->displacement;
}

/* Finds the operand that the report is about: one that covers the address, or the first one. */
static const struct code_memory *choose_memory(struct explainer *ex, uint64_t *effective,
					       bool *agrees)
{
	const struct code_instruction *code = &ex->instruction.code;
	const struct code_memory *chosen = NULL;
	uint64_t address;

	*agrees = false;
	for (unsigned int i = 0; i < code->nr_memories && !*agrees && !code->is_address; i++) {
		const struct code_memory *memory = &code->memory[i];

		if (!oops_memory_address(ex->context, code, memory, &address))
			continue;
		*agrees = ex->report->has_address &&
			  (is_within(ex->report, address, memory->size) ||
			   lacks_displacement(ex->report, memory, address));
		if (*agrees || !chosen) {
			chosen = memory;
			*effective = address;
		}
	}
	return chosen;
}

/* With LASS, an access to the other half of the addresses is a general protection fault (Intel SDM vol. 3, 4.12). The
 * kernel names it in the title (kernel_gp_hint_help[] in arch/x86/kernel/traps.c). */
static bool is_lass(const struct explainer *ex, uint64_t address)
{
	const char *title = ex_line(ex, ex->report->title);

	return !oops_is_kernel_address(ex->report->machine, address) &&
	       (strstr(title, "LASS violation") ||
		strstr(title, "fault, kernel NULL pointer dereference"));
}

/* Are the upper bits of the address the same? */
static bool is_canonical_with(unsigned int bits, uint64_t address)
{
	return address + (UINT64_C(1) << (bits - 1)) < UINT64_C(1) << bits;
}

/* Is it an address with which no access ends in a general protection fault? Its upper bits are the same, also with four
 * levels of page tables. */
static bool is_innocent(const struct explainer *ex, uint64_t address)
{
	const unsigned int bits = oops_address_bits(ex->context) == 57 ? 57 : 48;

	return ex->report->kind == OOPS_GENERAL_PROTECTION && !is_lass(ex, address) &&
	       (ex->report->machine == EM_386 || is_canonical_with(bits, address));
}

/* Does an access of the kernel to the address end in a page fault? What is not canonical has none on x86. */
static bool is_hopeless(const struct explainer *ex, uint64_t address)
{
	const uint16_t machine = ex->report->machine;

	return address < FIRST_PAGE ||
	       ((machine == EM_AARCH64 || machine == EM_RISCV) &&
		!oops_is_canonical(machine, ex->context,
				   machine == EM_AARCH64 ? without_tag(address) : address));
}

static bool contradicts(struct explainer *ex, const struct code_memory *memory);

static enum oops_access access_of(const struct code_memory *memory)
{
	return memory->is_write ? OOPS_WRITE : memory->is_read ? OOPS_READ : OOPS_NO_ACCESS;
}

static void compare(struct explainer *ex, const struct code_memory *memory, uint64_t effective,
		    bool agrees)
{
	const struct oops_report *report = ex->report;
	/* A general protection fault reports no address if the kernel could not find it; an address that is not
	 * canonical is reason enough. */
	const bool is_refused = report->kind == OOPS_GENERAL_PROTECTION && !report->has_address &&
				!is_innocent(ex, effective) &&
				(ex->instruction.code.nr_memories == 1 ||
				 !oops_is_canonical(report->machine, ex->context, effective));
	/* The line with the address may be missing. */
	const bool fits = report->kind == OOPS_PAGE_FAULT && !report->has_address &&
			  ex->instruction.code.nr_memories == 1 && !report->mixed &&
			  is_hopeless(ex, effective);
	const uint64_t into = report->address.value - effective;
	const bool is_into = agrees && into && into < memory->size;
	struct oops_verdict *verdict = ex->verdict;
	char text[OOPS_SENTENCE] = "", bytes[24] = "";

	verdict->has_effective = true;
	verdict->effective = effective;
	verdict->compared = report->has_address;
	verdict->agrees = agrees;
	if (verdict->access == OOPS_NO_ACCESS && (agrees || is_refused))
		verdict->access = access_of(memory);
	if (is_into)
		snprintf(bytes, sizeof(bytes), " %u bytes at", memory->size);
	put_access(ex, memory, effective, bytes, text);
	if (is_refused)
		text_append(text, sizeof(text),
			    ", an address that is not canonical%s: that %s the reason for the fault",
			    oops_is_canonical(report->machine, ex->context, effective) ?
				    " with 48 bits (the text does not show CR4)" :
				    "",
			    verdict->fits_fault ? "would be" : "is");
	else if (fits)
		text_append(
			text, sizeof(text),
			": such an access ends in a page fault, so this fits (the text does not show the reported address)");
	else if (is_into)
		text_append(text, sizeof(text),
			    "; the reported address is %" PRIu64
			    " bytes into the access: they agree",
			    into);
	else if (agrees)
		text_append(text, sizeof(text), ": this agrees with %s%s",
			    report->of ? "the reported address" : "CR2",
			    lacks_displacement(report, memory, effective) ?
				    ", to which this kernel did not add the displacement" :
				    "");
	else if (report->has_address)
		text_append(
			text, sizeof(text),
			", but the reported address is %s: they do not agree. No register is known to be bad",
			HEX(report->address.value));
	ex_say(ex, "%s.", text);
	if (agrees && is_lass(ex, effective) &&
	    strstr(ex_line(ex, report->title), "LASS violation"))
		ex_say(ex,
		       "The kernel says: probably a violation of LASS, an access of the kernel to the half of the addresses that processes have.");
	if (is_innocent(ex, effective))
		ex_say(ex, "The address is canonical%s, so no register is known to be bad.",
		       memory->size >= 16 && effective % memory->size ?
			       " but not aligned, as the instruction may require" :
			       "");
	if ((is_refused || (fits && !contradicts(ex, memory))) && !explain_shadow(ex, memory))
		name_bad(ex, memory);
	if (fits && verdict->grade == OOPS_PROVED)
		verdict->grade = OOPS_FITS;
}

/* Did the CPU try to execute non-code? Without NX, i386's error code does not say so: then the address of the
 * fault is the instruction pointer. */
static bool is_control_lost(const struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	const struct oops_context *context = ex->context;
	const bool is_at_ip =
		report->has_address && context->has_ip && report->address.value == context->ip;

	if (ex->verdict->access == OOPS_WRITE)
		return false;
	if (report->kind == OOPS_GENERAL_PROTECTION)
		return context->has_ip && !report->has_address && !context->of_user &&
		       !is_innocent(ex, context->ip) &&
		       (!oops_is_canonical(report->machine, context, context->ip) ||
			!oops_is_kernel_address(report->machine, context->ip));
	/* An instruction has at most 15 bytes. */
	if (ex->verdict->access == OOPS_EXECUTE && report->has_address && context->has_ip)
		return report->address.value - context->ip < 15;
	return ex->verdict->access == OOPS_EXECUTE || is_at_ip ||
	       (context->has_ip && !*context->where.name && context->ip < FIRST_PAGE);
}

static void say_caller(struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	const struct oops_frame *caller = ex_caller(ex, 0);
	const struct oops_symbol *link = &ex->context->link;

	/* arm64 and riscv64: the caller is in lr or ra, and not in the trace if the function that was called is no code. */
	if (*link->name) {
		ex_say(ex, "The call came from %s (%s), or from what it called.", SYMBOL(link),
		       ex->names->link);
		return;
	}
	/* The return address is on the stack, but the unwinder often does not believe it. */
	for (size_t i = 0; i < report->nr_frames && &report->frame[i] != caller; i++)
		if (report->frame[i].guessed && *report->frame[i].symbol.name &&
		    !report->frame[i].in_machinery) {
			ex_say(ex, "The first function on the stack, %s, may have called it.",
			       SYMBOL(&report->frame[i].symbol));
			return;
		}
	if (caller)
		ex_say(ex, "The call came from %s, or from what it called.",
		       SYMBOL(&caller->symbol));
}

/* The code itself cannot be reached: the address of the fault is the instruction pointer. */
static bool explain_lost_control(struct explainer *ex)
{
	const struct oops_context *context = ex->context;
	const bool is_kernel = oops_is_kernel_address(ex->report->machine, context->ip);

	if (!is_control_lost(ex) || (!context->has_ip && !*context->where.name))
		return false;
	ex->verdict->access = OOPS_EXECUTE;
	*ex->verdict->instruction = '\0'; /* it was not executed */
	if (!context->has_ip && *context->where.name)
		ex_say(ex, "The kernel jumped to or called %s, which must not be executed.",
		       SYMBOL(&context->where));
	else if (context->ip < FIRST_PAGE)
		ex_say(ex, "The kernel jumped to or called address %s%s: %s.",
		       context->ip ? "0x" : "", DIGITS(context->ip),
		       context->ip ? "a function pointer near NULL" : "a NULL function pointer");
	else
		ex_say(ex,
		       "The kernel jumped to or called %s, %s: a function pointer or a return address was wrong%s.",
		       DIGITS(context->ip),
		       is_kernel ? "which is no code" : "no address of the kernel",
		       is_kernel ? ", or the code was removed with its module" : "");
	say_caller(ex);
	return true;
}

static void explain_division(struct explainer *ex)
{
	const struct code_instruction *code = &ex->instruction.code;
	const struct oops_number *divisor = oops_register_find(ex->context, code->operand);
	const struct oops_number *low = oops_register_find(ex->context, ex->names->result);
	const struct oops_number *high = oops_register_find(ex->context, ex->names->high);
	const uint64_t mask =
		UINT64_MAX >> (64 - 8 * (code->operand_size ? code->operand_size : 8));
	char dividend[24] = "";

	if (!code->is_division || !divisor) {
		if (ex->instruction.known)
			ex_say(ex, "The instruction is \"%s\".", ex->instruction.text);
		return;
	}
	ex_note(ex, *divisor, "the divisor");
	if (divisor->value & mask) {
		ex_say(ex,
		       "The instruction \"%s\" divides %s:%s by %s, which is not zero: the quotient does not fit in its register.",
		       ex->instruction.text, REGISTER(ex, ex->names->high),
		       REGISTER(ex, ex->names->result), HEX(divisor->value & mask));
		return;
	}
	if (low && high && !(high->value & mask) && code->operand_size >= 4)
		snprintf(dividend, sizeof(dividend), " 0x%s", DIGITS(low->value & mask));
	ex_say(ex, "The instruction \"%s\" divides%s by zero: %s is 0%s.", ex->instruction.text,
	       dividend, REGISTER(ex, code->operand),
	       divisor->value ? " in the part that counts" : "");
	ex_name_bad(ex, divisor, OOPS_PROVED);
}

/* arm64: an atomic access must be aligned, also where other accesses need not be. Whether a page is there is checked
 * later (Arm ARM, D8.16, priorities of aborts). */
static void explain_alignment(struct explainer *ex, const struct code_memory *memory,
			      uint64_t effective)
{
	struct fact_entry leaf = { .is_leaf = false };

	if (!memory->size || effective % memory->size == 0)
		return;
	if (ex->report->nr_entries)
		ex_entry(ex, ex->report->nr_entries - 1, &leaf);
	ex_say(ex,
	       "%s fault is one of alignment: the instruction is %s access of %u bytes, and %s is not a multiple of %u.",
	       leaf.is_leaf ? "The page is mapped: the" : "The",
	       memory->is_atomic ? "an atomic" : "an", memory->size, DIGITS(effective),
	       memory->size);
}

/* Does the reported access differ from what the instruction does? */
static bool contradicts(struct explainer *ex, const struct code_memory *memory)
{
	const enum oops_access access = ex->verdict->access;
	const bool differs = ex->report->has_code &&
			     (access == OOPS_EXECUTE ||
			      (access == OOPS_WRITE && memory->is_read && !memory->is_write) ||
			      (access == OOPS_READ && memory->is_write && !memory->is_read));

	if (*ex->syndrome.text && !ex->syndrome.is_abort) {
		ex_say_syndrome(ex);
		ex_say(ex,
		       "But that is no access to memory: they do not agree, so the registers may be of another report.");
		return true;
	}
	if (differs)
		ex_say(ex,
		       "But the reported access is %s, and the instruction does none: they do not agree, so the registers may be of another report.",
		       access == OOPS_WRITE ? "a write" :
		       access == OOPS_READ  ? "a read" :
					      "an instruction fetch");
	return differs;
}

/* The reported address less the displacement is a register that the text does not show, or the instruction pointer. */
static bool say_missing(struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	const struct code_instruction *code = &ex->instruction.code;
	const struct code_memory *memory = &code->memory[0];
	const uint64_t base = report->address.value - (uint64_t)memory->displacement;
	struct oops_number reg = { .value = base };
	struct oops_meaning meaning;

	if (!report->has_address || report->address_is_range || report->mixed ||
	    report->machine == EM_386 || report->machine == EM_RISCV || code->nr_memories != 1 ||
	    code->is_address || !*memory->base || *memory->index || *memory->segment ||
	    (strcmp(memory->base, "rip") != 0 && !is_member(memory)) ||
	    lacks_displacement(report, memory, base))
		return false;
	if (!strcmp(memory->base, "rip")) {
		ex_say(ex,
		       "The instruction \"%s\" %s memory relative to RIP: no register is a bad pointer.",
		       ex->instruction.text, verb_of(memory));
		return true;
	}
	if (oops_register_find(ex->context, memory->base))
		return false;
	snprintf(reg.name, sizeof(reg.name), "%s", memory->base);
	ex_say(ex,
	       "The instruction \"%s\" %s the reported address; the text does not show %s, which was %s if the access began there.",
	       ex->instruction.text, verb_of(memory), REGISTER(ex, reg.name), HEX(base));
	oops_pointer_read(ex->context, base, is_mapped(ex), report->address.value, &meaning);
	if (meaning.kind == OOPS_POINTER_KERNEL)
		say_kernel_pointer(ex, "The reported address", "");
	if (meaning.kind != OOPS_POINTER_KERNEL && !is_innocent(ex, report->address.value)) {
		ex_say(ex, "Then %s was the bad pointer: it held %s.", REGISTER(ex, reg.name),
		       meaning.text);
		ex_name_bad(ex, &reg, OOPS_FITS);
	}
	say_origin(ex, reg.name);
	return true;
}

/* rdmsr and wrmsr: ECX is the number of the MSR, EDX:EAX its value. Whether that is canonical depends on the bits that the
 * CPU can have, not on CR4 (KVM: is_noncanonical_msr_address(), 6.13). */
static bool explain_msr(struct explainer *ex)
{
	const bool is_write = starts_with(ex->instruction.text, "wrmsr");
	const struct oops_number *number =
		oops_register_find(ex->context, ex->report->machine == EM_386 ? "ecx" : "rcx");
	const struct oops_number *low = oops_register_find(ex->context, ex->names->result);
	const struct oops_number *high = oops_register_find(ex->context, ex->names->high);
	char text[OOPS_SENTENCE] = "";
	const char *name;
	bool is_address;
	uint64_t value;

	if (ex->report->kind != OOPS_GENERAL_PROTECTION || !number ||
	    (!is_write && !starts_with(ex->instruction.text, "rdmsr")))
		return false;
	name = fact_msr((uint32_t)number->value, &is_address);
	text_append(text, sizeof(text), "The instruction is \"%s\", of the MSR 0x%s (in ECX)%s%s",
		    ex->instruction.text, DIGITS((uint32_t)number->value), name ? ", " : "",
		    name ? name : "");
	if (is_write && low && high) {
		value = high->value << 32 | (uint32_t)low->value;
		text_append(
			text, sizeof(text), ", and writes %s (EDX:EAX)%s", HEX(value),
			!is_address || is_canonical_with(48, value) ?
				"" :
			is_canonical_with(57, value) ?
				": this MSR needs a canonical address, and with 48 bits it is none, which fits the fault" :
				": this MSR needs a canonical address, so that is the reason for the fault");
	}
	ex_say(ex, "%s.", text);
	return true;
}

/* The instruction accesses nothing that could be refused. */
static bool say_innocent_instruction(struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	struct oops_origin before;

	if (!ex->instruction.known || !ex->instruction.code.is_inside || report->mixed ||
	    ex->verdict->access == OOPS_EXECUTE ||
	    (report->kind != OOPS_PAGE_FAULT && report->kind != OOPS_GENERAL_PROTECTION))
		return false;
	oops_origin_find(ex->context, ex->names->result, &before);
	ex_say(ex,
	       "The instruction \"%s\" accesses no memory and cannot cause such a fault: the place, the bytes of the code or the address may be of something else.%s",
	       ex->instruction.text,
	       before.after_call ?
		       " It follows a call, so the place may be only where that returns to." :
		       "");
	return true;
}

/* The instruction is not known, or does not access memory that its operands show. */
static void explain_without_memory(struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	const struct oops_instruction *instruction = &ex->instruction;

	if (!instruction->known && report->has_address && report->kind != OOPS_KASAN)
		ex_say(ex,
		       "Which register was bad is not known: the instruction is not, because %s.%s",
		       instruction->why_not,
		       report->address.value < FIRST_PAGE ?
			       " The address fits an offset from a NULL pointer." :
		       report->machine != EM_386 && !ex->verdict->of_user &&
				       !oops_is_kernel_address(report->machine,
							       report->address.value) ?
			       " The address is not in the kernel's half of all addresses." :
			       "");
	else if (instruction->known && !explain_msr(ex) && !say_innocent_instruction(ex) &&
		 !say_missing(ex))
		ex_say(ex, "The instruction is \"%s\"%s.", instruction->text,
		       !instruction->code.nr_memories || instruction->code.is_address ?
			       "" :
		       report->has_address ?
			       ", and the text does not show all registers of its address" :
			       ", and the text does not show the address that it accessed");
	explain_stack(ex, false);
}

/* The error code of a general protection fault is 0, or a selector (Intel SDM vol. 3, 6.13). */
static bool explain_selector(struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	const uint64_t code = report->code.value;
	const bool of_idt = code & 2;

	if (report->kind != OOPS_GENERAL_PROTECTION || !report->has_code || !code ||
	    code > UINT16_MAX || !ex_is_read(ex))
		return false;
	ex_say(ex,
	       "The error code 0x%s is a selector: entry %u of the %s%s. The CPU refused %s, and no address was accessed wrongly.",
	       DIGITS(code), (unsigned int)code >> 3,
	       of_idt	? "IDT" :
	       code & 4 ? "LDT" :
			  "GDT",
	       code & 1 ? ", by an event from outside of the program" : "",
	       of_idt ? "this gate" : "to use this segment or gate");
	if (ex->instruction.known)
		ex_say(ex, "The instruction is \"%s\".", ex->instruction.text);
	return true;
}

/* Thunks of retpolines (arch/x86/lib/retpoline.S): the target of the call is in the register that the name has. */
static bool explain_thunk(struct explainer *ex)
{
	const struct oops_context *context = ex->context;
	const char *name =
		after_any(context->where.name, "__x86_indirect_thunk_|__x86_indirect_call_thunk_|"
					       "__x86_indirect_jump_thunk_");
	const struct oops_number *reg = name ? oops_register_find(context, name) : NULL;
	struct oops_meaning meaning;

	if (!name || ex->report->kind != OOPS_GENERAL_PROTECTION ||
	    (reg && is_innocent(ex, reg->value)))
		return false;
	if (!reg) {
		ex_say(ex, "The target of the jump or call is in %s: the text does not show it.",
		       REGISTER(ex, name));
		return true;
	}
	oops_pointer_read(context, reg->value, false, reg->value, &meaning);
	ex->verdict->access = OOPS_EXECUTE;
	ex_say(ex, "The kernel jumped to or called %s, the value of %s: %s.", HEX(reg->value),
	       REGISTER(ex, name), meaning.text);
	ex_name_bad(ex, reg, OOPS_PROVED);
	say_caller(ex);
	return true;
}

/* The address stands in the first line and as a register. When the kernel reads the code at the instruction pointer, CR2
 * changes if that fails. */
static bool say_other_address(struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	const struct oops_context *context = ex->context;
	const bool is_riscv = report->machine == EM_RISCV;
	const struct oops_number *reg = oops_register_find(context, is_riscv ? "badaddr" : "cr2");

	if (report->kind != OOPS_PAGE_FAULT || !report->has_address || !reg ||
	    reg->value == report->address.value || context->opcode_unreadable ||
	    (context->has_ip && reg->value - context->ip + OOPS_CODE < 2 * OOPS_CODE))
		return false;
	ex_say(ex,
	       "But %s is %s, and the first line of the report says %s: they do not agree. Another fault came between, or the text was changed, so no register is known to be bad.",
	       REGISTER(ex, reg->name), HEX(reg->value), HEX(report->address.value));
	return true;
}

static void explain_access(struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	const struct code_memory *memory;
	uint64_t effective = 0;
	bool agrees, has_stack;

	/* Since 4.15 the line about a guard page has hashes (printk() with %p) instead of addresses. */
	if (report->kind == OOPS_STACK_OVERFLOW || report->kind == OOPS_DOUBLE_FAULT) {
		explain_overflow(ex);
		return;
	}
	if (report->kind == OOPS_DIVIDE_ERROR) {
		explain_division(ex);
		return;
	}
	if (report->kind == OOPS_ACCESS_FAULT)
		ex_say_syndrome(ex);
	if (oops_symbol_is_data(&ex->context->where))
		ex_say(ex,
		       "The instruction pointer is at %s, a name of the compiler for data: the kernel jumped to what is no code.",
		       SYMBOL(&ex->context->where));
	if (explain_selector(ex) || explain_thunk(ex) || explain_lost_control(ex))
		return;
	memory = choose_memory(ex, &effective, &agrees);
	if (!memory) {
		if (!say_other_address(ex))
			explain_without_memory(ex);
		return;
	}
	/* The registers or the address may be of the other report. */
	if (report->mixed && !agrees)
		return;
	compare(ex, memory, effective, agrees);
	has_stack = explain_stack(ex, agrees);
	if (say_other_address(ex))
		return;
	if (agrees && report->kind == OOPS_ALIGNMENT)
		explain_alignment(ex, memory, effective);
	if (agrees && !has_stack && !report->mixed && !is_innocent(ex, effective) &&
	    !contradicts(ex, memory) && !explain_shadow(ex, memory))
		name_bad(ex, memory);
}

/* fsr_info in arch/arm/mm/fsr-2level.c. With tables of three levels (LPAE), bit 9 is set; external aborts have bit 10. */
static void say_arm_status(struct explainer *ex)
{
	static const char *const says[16] = {
		[1] = "an alignment fault",
		[3] = "an alignment fault",
		[5] = "a translation fault of a section: the first table has no entry for the address",
		[7] = "a translation fault of a page: only the last table has no entry for the address",
		[13] = "a permission fault of a section: it is mapped, with other rights",
		[15] = "a permission fault of a page: it is mapped, with other rights",
	};
	const uint64_t status = ex->report->code.value;

	if (ex->report->machine == EM_ARM && ex->report->has_code && !(status & 0x600) &&
	    says[status & 15])
		ex_say(ex, "The fault status is %s.", says[status & 15]);
}

void explain_fault(struct explainer *ex)
{
	const struct oops_report *report = ex->report;

	if (!ex_is_read(ex)) {
		say_arm_status(ex);
		if (report->has_address && report->address.value < FIRST_PAGE)
			ex_say(ex, "The address fits an offset from a NULL pointer.");
		return;
	}
	if (ex->context && !ex->context->of_user)
		explain_access(ex);
	else if (ex->report->kind == OOPS_STACK_OVERFLOW || ex->report->kind == OOPS_DOUBLE_FAULT)
		say_recursion(ex);
	explain_rights(ex);
}

void explain_lost_head(struct explainer *ex)
{
	const struct oops_context *context = ex->context;
	const struct oops_number *cr2 = oops_register_find(context, "cr2");
	const struct oops_number *sp = oops_register_find(context, ex->names->stack);
	const bool is_x86 = ex->report->machine == EM_X86_64;
	struct oops_report guess = *ex->report;
	struct explainer other = *ex;
	const struct code_memory *memory;
	uint64_t effective;
	bool agrees;

	if (!sp || context->of_user || (!is_x86 && ex->report->machine != EM_AARCH64))
		return;
	guess.kind = OOPS_PAGE_FAULT;
	guess.has_address = cr2;
	guess.address.value = cr2 ? cr2->value : 0;
	other.report = &guess;
	memory = choose_memory(&other, &effective, &agrees);
	if (cr2 && (agrees || is_failed_push(&other, sp->value))) {
		ex_say(ex,
		       "The lines that say what happened are missing. By CR2 it fits a page fault:");
	} else if (memory && !memory->is_stack &&
		   (is_x86 ? is_no_pointer(ex, effective) : is_hopeless(ex, effective))) {
		guess.kind = is_x86 ? OOPS_GENERAL_PROTECTION : OOPS_PAGE_FAULT;
		guess.has_address = false;
		ex_say(ex,
		       "The lines that say what happened are missing. By the address of the instruction it fits a %s:",
		       oops_kinds[guess.kind].text);
	} else {
		return;
	}
	ex->verdict->fits_fault = true;
	explain_fault(&other);
	if (ex->verdict->grade == OOPS_PROVED)
		ex->verdict->grade = OOPS_FITS;
	ex->out_of_memory |= other.out_of_memory;
}
