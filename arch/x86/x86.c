/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Control registers, the IDT, and the sources of facts that are common to i386 and x86-64. */
#include "arch/x86/x86.h"

#include <inttypes.h>
#include <stdio.h>

#include "dump/registers.h"
#include "kernel/view.h"
#include "kernel/vmcoreinfo.h"
#include "kernel/table_search.h"

static bool x86_load(const struct space *space, uint64_t table, unsigned int nr, uint64_t *entry)
{
	unsigned int size = space->paging->entry_size;

	return dump_load(space->dump, table + nr * size, size, entry) == PAGE_PRESENT;
}

/* Tests for page-table isolation: is the table at `copy` the user's table, and the table at `own`
 * the kernel's? If so, their user halves are not empty. The halves are equal except for accessed
 * bits and the no-execute bit, which only the kernel's table sets (__pti_set_user_pgtbl(),
 * arch/x86/mm/pti.c). The user's table maps less of the kernel: some kernel entries are missing, or
 * with PAE the kernel entry points to another table (pti_clone_pgtable()). */
static bool is_user_copy(const struct space *space, uint64_t own, uint64_t copy)
{
	const struct paging *paging = space->paging;
	uint64_t may_differ = paging->no_execute_bit | ENTRY_ACCESSED;
	unsigned int nr = paging_entries(paging, 0), used = 0, missing = 0;
	/* With PAE, the first of the four entries always belongs to the user half. The second entry
	 * may belong to the kernel half, so it is not compared as a user entry. */
	unsigned int nr_user = paging->sign_extends ? nr / 2 : 1;
	uint64_t first, second;

	for (unsigned int i = 0; i < nr; i++) {
		if (i >= nr_user && i < nr / 2)
			continue;
		if (!x86_load(space, own, i, &first) || !x86_load(space, copy, i, &second))
			return false;
		if (i < nr_user) {
			if ((first ^ second) & ~may_differ)
				return false;
			used += (second & ENTRY_PRESENT) != 0;
		} else if (first & ENTRY_PRESENT) {
			missing += paging->sign_extends ?
					   !(second & ENTRY_PRESENT) :
					   ((first ^ second) & paging->frame_mask) != 0;
		} else if (second & ENTRY_PRESENT) {
			return false;
		}
	}
	return used && missing;
}

/* Returns the bits of CR3 that contain the address of the table. With PAE, the table has four
 * entries and starts at a multiple of 32 bytes (SDM 4.4.1), so the mask has more bits. */
static uint64_t address_bits(const struct space *space)
{
	return (space->paging->nr_levels == 3 ? 0xffffffe0 : space->paging->frame_mask) &
	       ~space->encrypt_mask;
}

/* Computes the address of the table from CR3. The other bits that may be set are the low 12 bits
 * (PCD, PWT or a PCID), and bit 63, which makes the processor keep TLB entries: SDM 4.5.2,
 * 4.10.4.1. Returns false if any other bit is set. */
bool x86_root_of_register(const struct space *space, uint64_t cr3, uint64_t *root)
{
	uint64_t others = 0xfff | space->encrypt_mask;

	if (space->paging->entry_size == 8)
		others |= UINT64_C(1) << 63;
	*root = cr3 & address_bits(space);
	return !(cr3 & ~(address_bits(space) | others));
}

/* Bits 11:0 of CR3 are the PCID or flags (asm/processor-flags.h), except bits 11:5 with PAE. */
unsigned int x86_root_tag(uint64_t value, uint64_t root, const char **name)
{
	*name = "PCID or flags";
	return value & ~root & 0xfff;
}

/* Every CPU sets the bit ET in CR0. Therefore a CR0 of 0 was not recorded, and paging is assumed. */
bool x86_cpu_unpaged(const struct cpu_state *cpu, char *why, size_t size)
{
	uint64_t cr0 = cpu->registers.value[CPU_CR0];

	snprintf(why, size, "CR0 is %" PRIx64, cr0);
	return cr0 && !(cr0 & CR0_PG);
}

uint64_t x86_cpu_root(const struct space *space, const struct cpu_state *cpu)
{
	enum { USER_COPY = 1 << 12 }; /* PTI_PGTABLE_SWITCH_BIT, arch/x86/include/asm/pgtable.h */
	uint64_t root = cpu->registers.value[CPU_CR3] & address_bits(space);
	uint64_t own = root ^ USER_COPY;

	/* Bit 12 distinguishes the user's table from the kernel's table only with page-table
	 * isolation, which needs 64-bit entries. */
	if (!(root & USER_COPY) || (root & (USER_COPY - 1)) || space->paging->entry_size != 8 ||
	    !is_user_copy(space, own, root))
		return root;
	return own;
}

/* Returns the address that a gate of the IDT contains: SDM vol. 3A, 6.11 and 6.14.1. */
uint64_t x86_gate_handler(const uint8_t *gate, size_t size)
{
	uint64_t low = load_le16(gate), middle = load_le16(gate + 6);
	uint64_t high = size == 16 ? load_le32(gate + 8) : 0;

	return high << 32 | middle << 16 | low;
}

bool x86_divide_error_at(const struct space *space, uint64_t idt_base, uint64_t *handler)
{
	size_t size = space->paging->address_bits > 32 ? 16 : 8;
	uint8_t gate[16];

	if (!space_read(space, idt_base, gate, size, NULL))
		return false;
	*handler = x86_gate_handler(gate, size);
	return true;
}

bool x86_divide_error(struct kernel *kernel, const struct space *space, const char *names[2],
		      uint64_t *address)
{
	names[0] = "asm_exc_divide_error";
	names[1] = "divide_error";
	return kernel->dump->nr_cpus &&
	       x86_divide_error_at(space, kernel->dump->cpus[0].vector_table, address);
}

/* The offset of the setup header in struct boot_params, which contains a copy of the header
 * (Documentation/x86/boot.rst). kwalk reads no bytes of boot_params before the header: these bytes
 * contain the serial number of the monitor, and an extract contains all bytes that kwalk reads. */
enum { HDR_IN_PARAMS = 0x1fe };

/* The offsets of the header's fields, in bytes from the start of the header. */
enum {
	HDR_MAGIC = 0x202 - HDR_IN_PARAMS,
	HDR_VERSION = 0x206 - HDR_IN_PARAMS,
	HDR_ALIGNMENT = 0x230 - HDR_IN_PARAMS,
	HDR_PREF_ADDRESS = 0x258 - HDR_IN_PARAMS, /* since protocol 2.10 */
	HDR_END = 0x260 - HDR_IN_PARAMS,
};

/* Computes the KASLR offset from the setup header. `text` is the run-time address of the image
 * minus the link-time address of physical address 0. */
static bool offset_of_header(const uint8_t header[HDR_END], uint64_t text, uint64_t *offset)
{
	static const uint8_t start[] = { 0x55, 0xaa, 0xeb }; /* flag and jump */
	uint64_t linked = load_le64(header + HDR_PREF_ADDRESS);
	uint32_t alignment = load_le32(header + HDR_ALIGNMENT);

	if (memcmp(header, start, sizeof(start)) != 0 ||
	    memcmp(header + HDR_MAGIC, "HdrS", 4) != 0 || load_le16(header + HDR_VERSION) < 0x20a ||
	    !alignment || !linked || linked >= UINT64_C(1) << 30)
		return false;
	*offset = text - linked;
	return (*offset & (alignment - 1)) == 0;
}

static bool header_at(const struct space *space, uint64_t vaddr, uint64_t text, uint64_t *offset)
{
	uint8_t header[HDR_END];

	return space_read(space, vaddr, header, sizeof(header), NULL) &&
	       offset_of_header(header, text, offset);
}

/* Searches size bytes of the image. Looks at a piece at a time, because the kernel that has just
 * taken over a dead machine has little memory. */
static bool offset_in_run(struct kernel *kernel, uint64_t start, uint64_t size, uint64_t text,
			  uint64_t *offset)
{
	enum { PIECE = 1 << 20, MAGIC_SIZE = 4 };
	const struct space *space = kernel_space(kernel, NULL);
	bool found = false;
	struct view view;

	for (uint64_t done = 0; done < size && !found && !kernel_stopped(kernel); done += PIECE) {
		/* pieces overlap, so that none cuts the magic */
		uint64_t piece = smaller_of(size - done, PIECE + MAGIC_SIZE - 1);
		const uint8_t *at, *end;

		if (!view_open_to_search(&view, space, start + done, piece))
			continue;
		at = view.bytes.data;
		end = at + view.bytes.size;
		while (!found && (at = memmem(at, (size_t)(end - at), "HdrS", MAGIC_SIZE))) {
			uint64_t vaddr = start + done + (uint64_t)(at - view.bytes.data);

			found = vaddr >= HDR_MAGIC &&
				header_at(space, vaddr - HDR_MAGIC, text, offset);
			at++;
		}
		view_close(&view);
	}
	return found;
}

static bool offset_in_image(struct kernel *kernel, uint64_t text, uint64_t *offset)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t vaddr, last, size;
	bool found = false;

	if (!space || !kernel->arch->image_range(kernel, space, &vaddr, &last))
		return false;
	while (!found && (size = view_next_run(space, PAGES_ALL, &vaddr, last)))
		found = offset_in_run(kernel, vaddr - size, size, text, offset);
	return found;
}

bool x86_find_kaslr_in_setup_header(struct kernel *kernel, const char *arg, uint64_t *value)
{
	uint64_t params, text, base = START_KERNEL_MAP;
	const struct space *space;

	(void)arg;
	if ((kernel_pointer_size(kernel) == 4 && !kernel_fact(kernel, FACT_PAGE_OFFSET, &base)) ||
	    !kernel_dump_symbol(kernel, "_text", &text))
		return false;
	if (!kernel_dump_symbol(kernel, "boot_params", &params))
		return offset_in_image(kernel, text - base, value);
	space = kernel_space(kernel, NULL);
	return space && header_at(space, params + HDR_IN_PARAMS, text - base, value);
}

bool x86_find_kaslr_in_idt(struct kernel *kernel, const char *arg, uint64_t *value)
{
	struct space space;
	const char *names[2];
	uint64_t linked, handler;

	(void)arg;
	if (!kernel_cpu_space(kernel, &space) ||
	    !x86_divide_error(kernel, &space, names, &handler) ||
	    (!kernel_link_address(kernel, names[0], &linked) &&
	     !kernel_link_address(kernel, names[1], &linked)))
		return false;
	*value = handler - linked;
	return kernel_banner_stands_at(kernel, &space, *value);
}

/* Finds the user's table of page-table isolation, which is one page above the kernel's table. As
 * proof, every user entry of the kernel's table has the no-execute bit, and the user's table has
 * the same entry without that bit: __pti_set_user_pgtbl(), arch/x86/mm/pti.c. */
bool x86_user_table(const struct space *space, uint64_t *root)
{
	enum { COPY = 1 << 12 };
	const struct paging *paging = space->paging;
	uint64_t nx = paging->no_execute_bit, first, second;
	unsigned int nr = paging_entries(paging, 0) / 2;

	if (!paging->sign_extends || !nx || (space->root & (2 * COPY - 1)))
		return false;
	for (unsigned int i = 0; i < nr; i++) {
		if (!x86_load(space, space->root, i, &first) ||
		    !x86_load(space, space->root + COPY, i, &second))
			return false;
		if (!(first & ENTRY_PRESENT))
			continue;
		if (!(first & nx) || second != (first & ~nx))
			return false;
		*root = space->root + COPY;
		return true;
	}
	return false;
}
