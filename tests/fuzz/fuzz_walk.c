/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input writes page table entries into a small memory. Tables are then walked in all modes.
 * Each result is compared with a second implementation, which follows the SDM (vol. 3A, 4.3 to 4.5)
 * mode by mode. */
#include "input.h"

#include "kernel/arch.h"
#include "open/archs.h"
#include "paging/walk.h"

enum {
	NR_PAGES = 16,
	MEMORY_SIZE = NR_PAGES * 4096,
	NR_ADDRESSES = 24,
};

/* --- the memory: first present, then as much that was filtered, then nothing --- */

static uint8_t memory[MEMORY_SIZE];

static void memory_find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	(void)dump;
	if (paddr < MEMORY_SIZE)
		*extent = (struct extent){ .last = MEMORY_SIZE - 1,
					   .data = memory,
					   .state = PAGE_PRESENT };
	else if (paddr < 2 * MEMORY_SIZE)
		*extent = (struct extent){ .first = MEMORY_SIZE,
					   .last = 2 * MEMORY_SIZE - 1,
					   .state = PAGE_FILTERED };
	else
		*extent = (struct extent){ .first = 2 * MEMORY_SIZE,
					   .last = UINT64_MAX,
					   .state = PAGE_ABSENT };
}

static const struct dump_format memory_format = {
	.name = "memory",
	.find = memory_find,
};

/* --- the SDM's walk --- */

enum { P = 1, RW = 2, US = 4, PS = 0x80 };
#define NX (UINT64_C(1) << 63)
#define FRAME UINT64_C(0xffffffffff000)

struct answer {
	enum walk_outcome outcome;
	uint64_t paddr, size;
	bool writable, user, executable;
};

static bool in_memory(uint64_t paddr, size_t size)
{
	return paddr <= MEMORY_SIZE - size;
}

/* SDM 4.3, figures 4-2 to 4-4. */
static struct answer two_level(uint64_t root, uint32_t vaddr)
{
	struct answer answer = { .outcome = WALK_UNREADABLE };
	uint64_t at = root + 4 * (vaddr >> 22);
	uint32_t pde, pte;

	if (!in_memory(at, 4))
		return answer;
	pde = load_le32(memory + at);
	answer.outcome = WALK_NOT_PRESENT;
	if (!(pde & P))
		return answer;
	if (pde & PS) {
		answer.outcome = pde & 1 << 21 ? WALK_CORRUPT : WALK_MAPPED;
		answer.paddr = (uint64_t)(pde >> 13 & 0xff) << 32 | (pde & 0xffc00000) |
			       (vaddr & 0x3fffff);
		answer.size = 1 << 22;
		pte = pde;
	} else {
		answer.outcome = WALK_UNREADABLE;
		at = (pde & 0xfffff000) + 4 * (vaddr >> 12 & 0x3ff);
		if (!in_memory(at, 4))
			return answer;
		pte = load_le32(memory + at);
		answer.outcome = pte & P ? WALK_MAPPED : WALK_NOT_PRESENT;
		answer.paddr = (pte & 0xfffff000) | (vaddr & 0xfff);
		answer.size = 1 << 12;
	}
	answer.writable = pde & pte & RW;
	answer.user = pde & pte & US;
	answer.executable = true;
	return answer;
}

/* The levels that PAE, four levels and five levels have in common: 4.4 and 4.5. */
static struct answer long_entries(uint64_t table, uint64_t vaddr, int shift, bool pae,
				  uint64_t mask)
{
	struct answer answer = { .outcome = WALK_UNREADABLE };
	uint64_t all = ~UINT64_C(0), any = 0;

	for (;; shift -= 9) {
		bool pdpte = pae && shift == 30, page = shift == 12;
		uint64_t at = table + 8 * (vaddr >> shift & (pdpte ? 3 : 511));
		uint64_t entry, reserved = 0;

		answer.outcome = WALK_UNREADABLE;
		if (!in_memory(at, 8))
			return answer;
		entry = load_le64(memory + at) & ~mask;
		answer.outcome = WALK_NOT_PRESENT;
		if (!(entry & P))
			return answer;
		if (pae)
			reserved = UINT64_C(0x7ff) << 52;
		if (pdpte) /* bits 5 and 6, too, but QEMU sets one of them */
			reserved |= NX | 0x186;
		else if (shift >= 39)
			reserved |= PS;
		else if (shift > 12 && (entry & PS)) {
			page = true;
			reserved |= (UINT64_C(1) << shift) - (1 << 13);
		}
		answer.outcome = WALK_CORRUPT;
		if (entry & reserved)
			return answer;
		if (!pdpte) {
			all &= entry;
			any |= entry;
		}
		if (page) {
			answer.outcome = WALK_MAPPED;
			answer.size = UINT64_C(1) << shift;
			answer.paddr =
				(entry & FRAME & ~(answer.size - 1)) | (vaddr & (answer.size - 1));
			answer.writable = all & RW;
			answer.user = all & US;
			answer.executable = !(any & NX);
			return answer;
		}
		table = entry & FRAME;
	}
}

static bool canonical(uint64_t vaddr, int bits)
{
	int64_t top = (int64_t)vaddr >> (bits - 1);

	return top == 0 || top == -1;
}

static struct answer expected(const struct space *space, uint64_t vaddr)
{
	uint64_t mask = space->encrypt_mask;

	switch (space->paging->nr_levels) {
	case 2:
		if (vaddr >> 32 == 0)
			return two_level(space->root, vaddr);
		break;
	case 3:
		if (vaddr >> 32 == 0)
			return long_entries(space->root, vaddr, 30, true, mask);
		break;
	case 4:
		if (canonical(vaddr, 48))
			return long_entries(space->root, vaddr, 39, false, mask);
		break;
	default:
		if (canonical(vaddr, 57))
			return long_entries(space->root, vaddr, 48, false, mask);
	}
	return (struct answer){ .outcome = WALK_NON_CANONICAL };
}

/* --- the comparison --- */

static void check_steps(const struct space *space, const struct walk *walk)
{
	const struct paging *paging = space->paging;

	PROMISED(walk->nr_steps <= paging->nr_levels);
	PROMISED(walk_last_level(walk) < paging->nr_levels);
	for (unsigned int i = 0; i < walk->nr_steps; i++) {
		uint64_t entry = 0;

		PROMISED(dump_load_slow(space->dump, walk->step[i].entry_paddr, paging->entry_size,
					&entry) == PAGE_PRESENT);
		PROMISED(entry == walk->step[i].entry);
		PROMISED(i + 1 == walk->nr_steps || (entry & P));
	}
	if (walk->outcome == WALK_UNREADABLE) {
		PROMISED(walk->reason != PAGE_PRESENT);
		PROMISED(walk->nr_steps < paging->nr_levels);
	}
}

/* The result must be valid for its whole range, and for no address outside of it. */
static void check_range(const struct space *space, const struct walk *walk)
{
	uint64_t first, last, ends[2];

	walk_range(space, walk, &first, &last);
	PROMISED(first <= walk->vaddr && walk->vaddr <= last);
	ends[0] = first;
	ends[1] = last;
	for (int i = 0; i < 2; i++) {
		struct walk other = walk_page_table(space, ends[i]);

		PROMISED(other.outcome == walk->outcome);
		PROMISED(other.nr_steps == walk->nr_steps);
		PROMISED(other.page_size == walk->page_size);
		PROMISED(walk->outcome != WALK_MAPPED ||
			 other.paddr - walk->paddr == ends[i] - walk->vaddr);
	}
}

static void describe(const struct arch *arch, const struct space *space, const struct walk *walk,
		     struct input *input)
{
	struct entry_rules rules = {
		.prot_none_bit = 1 << (take(input, 1) & 1 ? 8 : 7),
		.inverted = take(input, 1) % 3,
		.swap_known = true,
		.swap.type = { take(input, 1) % 60, 5, false },
		.swap.offset = { take(input, 1) % 60, take(input, 1) % 56, take(input, 1) & 1 },
		.special_known = true,
		.special = { 1, 4, 3, 1 },
		.pfn_bits = take(input, 1) % 52,
	};

	for (unsigned int i = 0; i < walk->nr_steps; i++) {
		uint64_t entry = walk->step[i].entry;
		struct entry_meaning meaning =
			arch->describe_entry(&rules, space->paging, i, entry);
		struct entry_flags flags = arch->entry_flags(&rules, space->paging, i, entry);

		PROMISED(meaning.kind < NR_ENTRY_KINDS);
		PROMISED((meaning.kind == ENTRY_PAGE || meaning.kind == ENTRY_TABLE) ==
			 (entry & P));
		PROMISED(flags.nr <= MAX_ENTRY_FLAGS);
		for (unsigned int f = 0; f < flags.nr; f++)
			PROMISED(flags.name[f] && *flags.name[f]);
	}
}

static void check(const struct arch *arch, const struct space *space, uint64_t vaddr,
		  struct input *input)
{
	struct walk walk = walk_page_table(space, vaddr);
	struct answer answer = expected(space, vaddr);

	check_steps(space, &walk);
	check_range(space, &walk);
	PROMISED(walk.outcome == answer.outcome);
	if (walk.outcome == WALK_MAPPED) {
		PROMISED(walk.paddr == answer.paddr);
		PROMISED(walk.page_size == answer.size);
		PROMISED(walk.writable == answer.writable);
		PROMISED(walk.user == answer.user);
		PROMISED(walk.executable == answer.executable);
	}
	describe(arch, space, &walk, input);
}

/* Takes records of a place and an entry. If bit 9 of the entry, which is for software, is 0, the
 * entry points to a page that exists. */
static void write_tables(struct input *input)
{
	memset(memory, 0, sizeof(memory));
	while (input->size >= 10) {
		size_t at = take(input, 2) * 8 % MEMORY_SIZE;
		uint64_t entry = take(input, 8);

		if (!(entry & 1 << 9))
			entry &= ~(FRAME & ~(uint64_t)(MEMORY_SIZE - 1));
		entry = htole64(entry);
		memcpy(memory + at, &entry, sizeof(entry));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	struct dump dump = { .format = &memory_format };
	struct space space = { .dump = &dump };
	struct input asked;
	uint64_t control = take(&input, 1);
	const struct arch *arch = control & 2 ? &arch_x86_64 : &arch_i386;

	space.paging = arch == &arch_i386 ? arch_paging(arch, control & 1 ? MODE_PAE : MODE_I386,
							control & 1 ? 3 : 2) :
					    arch_paging(arch, MODE_X86_64, control & 1 ? 5 : 4);
	space.root = take(&input, 3) & 0x1fffe0;
	if (control & 2 && control & 4)
		space.encrypt_mask = UINT64_C(1) << (control & 8 ? 47 : 51);
	asked = (struct input){ input.data, 8 * NR_ADDRESSES };
	if (input.size < asked.size)
		return 0;
	input.data += asked.size;
	input.size -= asked.size;
	write_tables(&input);
	while (asked.size) {
		uint64_t vaddr = take(&asked, 8);
		struct input rules = asked;

		check(arch, &space, vaddr, &rules);
		/* Few numbers from an input are canonical. */
		check(arch, &space, (uint64_t)((int64_t)(vaddr << 16) >> 16), &rules);
		check(arch, &space, vaddr & UINT32_MAX, &rules);
	}
	return 0;
}
