/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/text_item.h"

#include <ctype.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "paging/entries.h"
#include "query/whatis.h"

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* --- labels --- */

enum label_kind {
	LABEL_NONE,
	LABEL_REGISTER,
	LABEL_CODE, /* a register with the address of code */
	LABEL_FAULT, /* the register with the address that caused a page fault */
	LABEL_ADDRESS,
	LABEL_PHYSICAL,
	LABEL_ENTRY, /* an entry of a page table */
	LABEL_PFN,
	LABEL_PAGE, /* address of a struct page; in EDAC's lines a page frame number */
	LABEL_ROOT,
	LABEL_TABLE, /* physical address of a top-level table */
	LABEL_SYNDROME, /* the reason why the CPU took an exception (ESR of arm64) */
	LABEL_OTHER, /* a number that is not an address */
};

/* Words that come before numbers. They are from arch/x86/kernel/dumpstack.c, process_64.c,
 * process_32.c, arch/x86/mm/fault.c, mm/debug.c, mm/memory.c, mm/memory-failure.c,
 * arch/x86/kernel/cpu/mce/core.c, drivers/edac/edac_mc.c, drivers/firmware/efi/cper.c,
 * arch/arm64/kernel/process.c, traps.c, and arch/arm64/mm/fault.c. */
static const struct label {
	const char *names; /* blanks separate them */
	enum label_kind kind;
	bool padded; /* the kernel prints all digits of the value */
} labels[] = {
	{ "RSP RAX RBX RCX RDX RSI RDI RBP R08 R8 R09 R9 R10 R11 R12 R13 R14 R15 FS GS knlGS "
	  "ESP EAX EBX ECX EDX ESI EDI EBP SP "
	  "x0 x1 x2 x3 x4 x5 x6 x7 x8 x9 x10 x11 x12 x13 x14 x15 x16 x17 x18 x19 x20 x21 x22 x23 "
	  "x24 x25 x26 x27 x28 x29 x30 lr",
	  LABEL_REGISTER, true },
	{ "RIP EIP IP PC pc", LABEL_CODE, true },
	{ "CR3 TTBR0_EL1 TTBR1_EL1 ttbr0_el1 ttbr1_el1 ttbr0 ttbr1", LABEL_ROOT, true },
	/* As gdb and hypervisors print registers. x86 kernels print the ip and sp of a process with
	 * %lx: show_signal() in arch/x86/kernel/traps.c. In gdb, fs and gs are selectors. "far" is
	 * left out because it is a word of English. */
	{ "rsp rax rbx rcx rdx rsi rdi rbp r8 r9 r10 r11 r12 r13 r14 r15 fs_base gs_base "
	  "k_gs_base esp eax ebx ecx edx esi edi ebp sp",
	  LABEL_REGISTER, false },
	{ "rip eip ip", LABEL_CODE, false },
	{ "cr3", LABEL_ROOT, false },
	{ "cr2 far_el1", LABEL_FAULT, false },
	{ "pgdp", LABEL_TABLE, false },
	{ "ESR", LABEL_SYNDROME, false },
	{ "address addr fault iova", LABEL_ADDRESS, false },
	{ "CR2 FAR", LABEL_FAULT, true },
	{ "ADDR phys paddr physical physical_address PHYS", LABEL_PHYSICAL, false },
	{ "PGD P4D PUD PMD PTE pgd p4d pud pmd pte pdpt pde", LABEL_ENTRY, false },
	{ "pfn PFN", LABEL_PFN, false },
	{ "page", LABEL_PAGE, false },
	{ "CR0 CR4 EFLAGS RFLAGS ORIG_RAX ORIG_EAX DR0 DR1 DR2 DR3 DR6 DR7 Offset "
	  "error_code TSC MISC STATUS PPIN IPID SYND MCGSTATUS flags offset grain "
	  "syndrome index size trace microcode Bank Pid PID ISS EC ISS2 pstate",
	  LABEL_OTHER, false },
};

/* Returns NULL if the name is not a label. */
static const struct label *label_of(const char *name, size_t size)
{
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (text_list_has_part(labels[i].names, name, size))
			return &labels[i];
	return NULL;
}

bool text_item_is_label(const char *word, size_t size)
{
	const struct label *label = label_of(word, size);

	return label && label->kind != LABEL_OTHER;
}

/* --- the address spaces of devices --- */

/* Does dev_printk() print the line, as "DRIVER DEVICE: "? The name of a device has a digit; a bracket is of a process. */
static bool is_of_device(const char *line)
{
	size_t driver = strcspn(line, " :[");
	const char *device = line + driver + 1;
	size_t size = line[driver] == ' ' ? strcspn(device, " [") : 0;

	return driver && size > 1 && device[size] == ' ' && device[size - 1] == ':' &&
	       islower((unsigned char)*line) && strcspn(device, "0123456789") < size;
}

/* Is an address of this line one of a device's own space, whatever it looks like? IOMMUs, SMMUs and GPUs report
 * their faults (drivers/iommu, drivers/gpu), by dev_printk() or with these words. */
static bool has_device_addresses(const char *line)
{
	return strcasestr(line, "iova") || strcasestr(line, "iommu") ||
	       after_any_mark(line,
			      "DMAR: |AMD-Vi: |UTCL2|page starting at |context fault|GPU fault|"
			      "GPU page fault|VM fault|VM_L2|VM_CONTEXT|gpuaddr|dma_addr|bus addr") ||
	       (is_of_device(line) && strcasestr(line, "fault"));
}

/* Finds the word before the position `at`. There may be separators between the word and `at`. Sets
 * *word to the start of the word, and returns the size of the word. */
static size_t word_before(const struct text_items *text, const char *at, const char **word)
{
	const char *end;

	while (at > text->start && memchr(" \t:=[<({", at[-1], 8))
		at--;
	end = at;
	while (at > text->start && is_word(at[-1]))
		at--;
	*word = at;
	return (size_t)(end - at);
}

static bool is(const char *word, size_t size, const char *wanted)
{
	return size == strlen(wanted) && !memcmp(word, wanted, size);
}

static bool is_segment(const char *word, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!isxdigit((unsigned char)word[i]))
			return false;
	return (size == 4 || size == 2) && word[size] == ':';
}

/* padded: see struct label */
static enum label_kind find_label(const struct text_items *text, const char *at, bool *padded)
{
	const char *word, *before;
	size_t size = word_before(text, at, &word), before_size;
	const struct label *label;

	if (is_segment(word, size)) /* skip a segment, as in "RSP: 0018:ffffc90000013e78" */
		size = word_before(text, word, &word);
	/* print_bad_pte(): "file:foo fault:filemap_fault mmap:0x0"; 0x0 is a method that is not there */
	if (is(word, size, "fault") && text_find(at, (size_t)(text->end - at), " mmap:"))
		return LABEL_OTHER;
	label = label_of(word, size);
	*padded = label && label->padded;
	before_size = word_before(text, word, &before);
	if (is(before, before_size, "physical") && is(word, size, "address"))
		return LABEL_PHYSICAL;
	if (is(before, before_size, "Memory") && is(word, size, "failure"))
		return LABEL_PFN;
	if (is(before, before_size, "Bank"))
		return LABEL_OTHER;
	if (is(before, before_size, "end") && is(word, size, "trace"))
		return LABEL_OTHER;
	/* The link address, in the line "Kernel Offset: 0x... from 0x...". */
	if (is(word, size, "from") &&
	    text_find(text->start, (size_t)(at - text->start), "Kernel Offset: "))
		return LABEL_OTHER;
	return label ? label->kind : LABEL_NONE;
}

/* Is the number at `at` named FS or GS? */
static bool is_fs_or_gs(const struct text_items *text, const char *at)
{
	const char *word;
	size_t size = word_before(text, at, &word);

	return is(word, size, "FS") || is(word, size, "GS");
}

/* Is the number at `at` a selector, as in QEMU's "FS =0000 ffff88807ec00000 00000000 00000000"? */
static bool is_selector(const struct text_items *text, const char *at, size_t nr)
{
	return nr == 4 && at > text->start && at[-1] == '=' && is_fs_or_gs(text, at);
}

/* --- numbers --- */

struct digits {
	const char *first, *end; /* the first digit (after 0x), and the end of the digits */
	bool prefixed;
	enum label_kind label;
	bool padded;
};

static bool set_trouble(struct text_item *item, const char *why)
{
	fail(&item->trouble, ERROR_USAGE, "%s", why);
	return true;
}

static bool is_register_label(enum label_kind label)
{
	return label == LABEL_REGISTER || label == LABEL_CODE || label == LABEL_FAULT ||
	       label == LABEL_ROOT;
}

/* show_regs() of i386 prints the segments FS and GS with four digits, in the line "DS: 007b ES: 007b
 * FS: 00d8 GS: 0033 SS: 0068" (arch/x86/kernel/process_32.c). On x86-64 these are addresses. */
static bool is_segment_of_i386(const struct text_items *text, const char *at)
{
	return text->word == 4 && is_fs_or_gs(text, at);
}

/* Returns the number of digits without leading zeros. page_fault_oops() prints CR2 with 16 digits,
 * also on i386. */
static size_t text_item_needed(const struct digits *digits)
{
	const char *at = digits->first;

	while (at < digits->end && *at == '0')
		at++;
	return (size_t)(digits->end - at);
}

/* If the number has too many or too few digits, sets item->trouble and returns true. Checks only
 * numbers that must be addresses. */
static bool text_item_check_width(const struct text_items *text, const struct digits *digits,
				  struct text_item *item)
{
	size_t nr = (size_t)(digits->end - digits->first);
	bool is_register = is_register_label(digits->label);

	if (nr > 2 * sizeof(uint64_t) && (digits->label != LABEL_NONE || digits->prefixed ||
					  (text->word == 8 && !memcmp(digits->first, "ffff", 4))))
		return set_trouble(item, "the number does not fit in 64 bits");
	if (is_register && text->word == 4 && text_item_needed(digits) > 8)
		return set_trouble(item, "too many digits for a register of this kernel");
	if (digits->padded && text->origin != TEXT_TYPED && !digits->prefixed &&
	    nr < 2 * text->word)
		return set_trouble(item, "too few digits: the text seems to be cut off");
	return false;
}

/* Handles the number after the name of a level, which is an entry of a page table. An exception is
 * dump_mm() in mm/debug.c: it prints "pgd" before the address of a table. */
static bool classify_entry(const struct text_items *text, struct text_item *item)
{
	const char *word;
	size_t size = word_before(text, text->start + item->at, &word);

	if (is(word, size, "pgd") && text->word == 8 && item->value >> 48 == 0xffff) {
		item->as = 1 << AS_VIRTUAL;
		return true;
	}
	if (size >= sizeof(item->level))
		return false;
	memcpy(item->level, word, size);
	item->entry = item->value;
	item->value &= ENTRY_FRAME;
	item->as = 1 << AS_PHYSICAL;
	return item->entry;
}

/* Sets item->as to the possible meanings of the number. Returns false if the number cannot be an
 * address. */
static bool text_item_classify(struct text_items *text, const struct digits *digits,
			       struct text_item *item)
{
	const bool is_address = digits->label == LABEL_FAULT || digits->label == LABEL_ADDRESS;
	const size_t nr = (size_t)(digits->end - digits->first);

	number_hex(digits->first, digits->end, &item->value);
	item->labelled = true;
	item->is_instruction = digits->label == LABEL_CODE;
	if (text->devices == TEXT_DEVICES_UNKNOWN)
		text->devices =
			has_device_addresses(text->start) ? TEXT_DEVICES_ALL : TEXT_DEVICES_NONE;
	if (digits->label != LABEL_CODE &&
	    (text->devices == TEXT_DEVICES_ALL || (is_address && is_of_device(text->start))))
		return item->is_of_device = text->devices == TEXT_DEVICES_ALL && is_address &&
					    nr >= 8 && text->origin != TEXT_TYPED;
	switch (digits->label) {
	case LABEL_CODE:
	case LABEL_REGISTER:
	case LABEL_FAULT:
	case LABEL_ADDRESS:
		item->is_fault_register = digits->label == LABEL_FAULT;
		item->is_fault = item->is_fault_register || digits->label == LABEL_ADDRESS;
		item->as = 1 << AS_VIRTUAL | 1 << AS_VALUE;
		if (digits->label == LABEL_ADDRESS && nr < 2 * text->word && nr > 4)
			item->as |= 1 << AS_PHYSICAL;
		return digits->label != LABEL_ADDRESS || digits->prefixed || nr >= 8;
	case LABEL_PHYSICAL: item->as = 1 << AS_PHYSICAL; return nr >= 4;
	case LABEL_ENTRY: return nr >= 4 && classify_entry(text, item);
	case LABEL_PFN: item->as = 1 << AS_PFN; return true;
	case LABEL_PAGE:
		item->as = nr >= 2 * text->word ? 1 << AS_VIRTUAL : 1 << AS_PFN;
		return nr >= 2 * text->word || digits->prefixed;
	case LABEL_SYNDROME: item->is_syndrome = true; return true;
	case LABEL_ROOT: item->as = 1 << AS_ROOT; return true;
	case LABEL_TABLE: item->as = 1 << AS_ROOT | 1 << AS_PHYSICAL; return nr >= 4;
	case LABEL_OTHER: return false;
	case LABEL_NONE: break;
	}
	item->labelled = false;
	item->as = 1 << AS_VIRTUAL | 1 << AS_VALUE;
	return nr == 2 * text->word;
}

static bool starts_word(const struct text_items *text, const char *at)
{
	return at == text->start || (!is_word(at[-1]) && at[-1] != '.');
}

/* Reads the number at *at, and moves *at to the end of its digits. */
static bool read_number(struct text_items *text, const char **at, struct text_item *item)
{
	struct digits digits = { .first = *at };
	const char *start = *at;
	bool is_end_of_range =
		start > text->start + 1 && start[-1] == '-' && isxdigit((unsigned char)start[-2]);

	if (text->end - start > 2 && start[0] == '0' && start[1] == 'x') {
		digits.prefixed = true;
		digits.first += 2;
	}
	digits.end = digits.first;
	while (digits.end < text->end && isxdigit((unsigned char)*digits.end))
		digits.end++;
	if (digits.end == digits.first || (digits.end < text->end && is_word(*digits.end)) ||
	    is_end_of_range || is_selector(text, start, (size_t)(digits.end - start)))
		return false;
	if (text->end - digits.end > 1 && digits.end[0] == '.' &&
	    isdigit((unsigned char)digits.end[1])) /* 10.0.0.1 */
		return false;
	digits.label = find_label(text, start, &digits.padded);
	/* Skip a segment, such as 0010 in "RIP: 0010:foo+0x1/0x2". */
	if (!digits.prefixed && digits.end - digits.first <= 4 && digits.end < text->end &&
	    *digits.end == ':')
		return false;
	item->at = (size_t)(start - text->start);
	item->size = (size_t)(digits.end - start);
	*at = digits.end;
	return digits.label != LABEL_OTHER && !is_segment_of_i386(text, start) &&
	       (text_item_check_width(text, &digits, item) ||
		(digits.end - digits.first <= 16 && text_item_classify(text, &digits, item)));
}

/* --- symbols: NAME+0xOFFSET/0xEXTENT [MODULE] --- */

static bool text_item_is_name(char c)
{
	return is_word(c) || c == '.' || c == '$';
}

static bool read_symbol(const struct text_items *text, const char **at, struct text_item *item)
{
	enum { MOST_CUT = 40 }; /* a bit more than two numbers of 64 bits have */
	const char *start = *at, *end = start, *after;
	bool padded;

	/* Ends when the name is too long. Without this limit, a text with many $ would take a long
	 * time, because a name may begin at each $. */
	while (text_item_is_name(*end) && end < start + OOPS_NAME)
		end++;
	if (isdigit((unsigned char)*start) || end == start + OOPS_NAME || *end != '+')
		return false;
	item->at = (size_t)(start - text->start);
	item->is_symbol = item->labelled = true;
	item->is_instruction = find_label(text, start, &padded) == LABEL_CODE;
	item->as = 1 << AS_VIRTUAL;
	after = oops_symbol_read(start, &item->symbol);
	*at = after ? after : end + 1;
	item->size = (size_t)((after ? after : text->end) - start);
	/* The line ends with "foo+0", "foo+0x", "foo+0x1/0" or "foo+0x1/0x". */
	if ((!after || *after == '/') && text->end - end <= MOST_CUT &&
	    !end[strspn(end, "+/x0123456789abcdef")] &&
	    (after || text->end[-1] == 'x' || !strcmp(end, "+0"))) {
		*at = text->end;
		item->size = (size_t)(text->end - start);
		return set_trouble(item, "the symbol is incomplete: the text seems to be cut off");
	}
	return after;
}

bool text_items_next(struct text_items *text, struct text_item *item)
{
	const char *at = text->start + text->at;
	bool found = false;

	while (!found && at < text->end) {
		const char *start = at;

		if (!starts_word(text, at) || !text_item_is_name(*at)) {
			at++;
			continue;
		}
		*item = (struct text_item){ 0 };
		found = read_symbol(text, &at, item);
		if (!found && at == start) {
			*item = (struct text_item){ 0 };
			found = read_number(text, &at, item);
		}
		if (!found && at == start)
			while (at < text->end && is_word(*at))
				at++;
		if (!found && at == start)
			at++;
	}
	text->at = (size_t)(at - text->start);
	return found;
}

struct text_items text_items_of(const char *line, size_t size, unsigned int word,
				enum text_origin origin)
{
	return (struct text_items){ line, line + size, 0, word, origin, TEXT_DEVICES_UNKNOWN };
}
