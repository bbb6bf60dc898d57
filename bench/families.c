/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * families            times walks in each family of page tables
 *
 * The program makes the tables. Each table maps the same consecutive pages of 4K to scattered
 * frames. Prints lines "NAME LEAST MEDIAN", as walk does.
 */
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arch/arm64/arm64.h"
#include "arch/x86/x86.h"
#include "dump/formats/formats.h"
#include "open/archs.h"
#include "paging/second_stage.h"
#include "timing.h"

enum {
	SIZE_OF_PAGE = 4096,
	NR_MAPPED = 65536, /* pages: 256 MB */
	NR_ASKED = 20000,
	MEMORY = 4 << 20, /* limit for the tables, in bytes */
};
#define FIRST_ADDRESS UINT64_C(0x40000000)

/* The bits of a family's entries. */
struct form {
	uint64_t table, page; /* all bits except the address */
	uint64_t without_rights; /* for entries of a level without access rights */
	/* lowest bit of the field with the number of lower levels; 0: none */
	unsigned int next_level;
	unsigned int lower; /* by how many bits an address is lower in an entry */
};

static const struct form x86 = { 0x67, 0x63, 0x1, 0, 0 };
static const struct form vtd = { 3, 3, 0, 0, 0 };
static const struct form amd_iommu = { UINT64_C(3) << 61 | 1, UINT64_C(3) << 61 | 1, 0, 9, 0 };
static const struct form ept = { 7, 7 | 6 << 3, 0, 0, 0 };
static const struct form npt = { 7, 7, 0, 0, 0 };
static const struct form arm64 = { 3, 0x403, 0, 0, 0 };
static const struct form riscv64 = { 1, 0xc7, 0, 0, 2 };

struct tables {
	const struct form *form;
	const struct paging *paging;
	uint8_t *file; /* the ELF headers in one page, then the memory from address 0 */
	size_t size; /* bytes of memory in use */
};

static uint64_t new_table(struct tables *tables)
{
	uint64_t paddr = tables->size;

	tables->size += SIZE_OF_PAGE;
	if (tables->size > MEMORY)
		abort();
	return paddr;
}

static uint8_t *entry_at(const struct tables *tables, uint64_t table, unsigned int level,
			 uint64_t vaddr)
{
	const struct paging_level *at = &tables->paging->level[level];
	uint64_t index = vaddr >> at->shift & at->index_mask;

	return tables->file + SIZE_OF_PAGE + table + index * tables->paging->entry_size;
}

/* Returns the address of the table to which the entry for vaddr points. If the entry is empty,
 * makes a table and the entry. */
static uint64_t step_down(struct tables *tables, uint64_t table, unsigned int level, uint64_t vaddr)
{
	const struct paging *paging = tables->paging;
	const struct form *form = tables->form;
	uint8_t *at = entry_at(tables, table, level, vaddr);
	uint64_t entry = 0;

	memcpy(&entry, at, paging->entry_size);
	if (entry)
		return (entry & paging->frame_mask) << form->lower;
	table = new_table(tables);
	entry = table >> form->lower |
		(paging->level[level].no_rights ? form->without_rights : form->table);
	if (form->next_level)
		entry |= (uint64_t)(paging->nr_levels - 1u - level) << form->next_level;
	memcpy(at, &entry, paging->entry_size);
	return table;
}

static void map_page(struct tables *tables, uint64_t root, uint64_t vaddr, uint64_t paddr)
{
	const struct paging *paging = tables->paging;
	unsigned int last = paging->nr_levels - 1u;
	uint64_t entry = paddr >> tables->form->lower | tables->form->page, table = root;

	for (unsigned int level = 0; level < last; level++)
		table = step_down(tables, table, level, vaddr);
	memcpy(entry_at(tables, table, last, vaddr), &entry, paging->entry_size);
}

/* Returns the frame of page number nr. The frames are scattered. No frame is used twice, because
 * the multiplier is odd and NR_MAPPED is a power of two. */
static uint64_t frame_of(uint64_t nr)
{
	return nr * 40503 % NR_MAPPED * SIZE_OF_PAGE;
}

static void put_headers(uint8_t *file)
{
	Elf64_Ehdr header = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1 },
		.e_type = ET_CORE,
		.e_machine = EM_X86_64,
		.e_version = 1,
		.e_phoff = sizeof(header),
		.e_ehsize = sizeof(header),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 1,
	};
	Elf64_Phdr memory = {
		.p_type = PT_LOAD, .p_offset = SIZE_OF_PAGE, .p_filesz = MEMORY, .p_memsz = MEMORY
	};

	memcpy(file, &header, sizeof(header));
	memcpy(file + sizeof(header), &memory, sizeof(memory));
}

static struct dump *open_bytes(const uint8_t *bytes)
{
	struct file file;
	struct error err = { .message = "" };
	char path[64];
	struct dump *dump = NULL;
	int fd = memfd_create("tables", MFD_CLOEXEC);

	if (fd < 0 || write(fd, bytes, SIZE_OF_PAGE + MEMORY) < 0)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (file_open(&file, path, &err))
		dump = dump_open_parts(&file, 1, NULL, &err);
	close(fd);
	if (!dump) {
		fprintf(stderr, "families: %s\n", err.message);
		exit(1);
	}
	return dump;
}

static uint64_t ask_walk(void *arg, uint64_t address)
{
	return walk_page_table(arg, address).paddr;
}

/* Chooses addresses in mapped pages, in random order. Uses xorshift64*, so that every run uses the
 * same addresses. Ends the program if a walk does not find the frame to which a page is mapped. */
static void choose(const struct space *space, struct addresses *list)
{
	uint64_t state = 1;

	for (size_t i = 0; i < NR_ASKED; i++) {
		uint64_t random, nr;

		state ^= state >> 12;
		state ^= state << 25;
		state ^= state >> 27;
		random = state * UINT64_C(0x2545f4914f6cdd1d);
		nr = (random >> 20) % NR_MAPPED;
		list->values[i] = FIRST_ADDRESS + nr * SIZE_OF_PAGE + (random >> 50 & 0xff8);
		if (!space_maps(space, list->values[i], frame_of(nr) + (random >> 50 & 0xff8))) {
			fprintf(stderr, "families: %s: a wrong walk\n", space->paging->name);
			exit(1);
		}
	}
}

static void time_family(const char *name, const struct form *form, const struct paging *paging)
{
	struct tables tables = { .form = form, .paging = paging };
	struct addresses list = { .nr = NR_ASKED };
	struct space space = { .paging = paging, .upper_root = NO_TABLE };

	tables.file = calloc(SIZE_OF_PAGE + MEMORY, 1);
	list.values = calloc(NR_ASKED, sizeof(*list.values));
	if (!tables.file || !list.values)
		abort();
	put_headers(tables.file);
	space.root = new_table(&tables);
	for (uint64_t i = 0; i < NR_MAPPED; i++)
		map_page(&tables, space.root, FIRST_ADDRESS + i * SIZE_OF_PAGE, frame_of(i));
	space.dump = open_bytes(tables.file);
	choose(&space, &list);
	timing_run(name, &list, ask_walk, &space);
	dump_close(space.dump);
	free(list.values);
	free(tables.file);
}

static const struct paging *x86_of(enum kernel_mode mode, unsigned int levels)
{
	const struct paging_choice choice = { .mode = mode, .levels = levels };

	return x86_paging(&choice);
}

/* Pages of 4K. With 52 bits, frames have 52 bits, too (LPA2). */
static const struct paging *arm64_of(unsigned int bits)
{
	const struct paging_choice choice = {
		.mode = MODE_ARM64,
		.page_size = SIZE_OF_PAGE,
		.va_bits = bits,
		.config_va_bits = bits,
		.pa_bits = bits == 52 ? 52 : 48,
	};

	return arm64_paging(&choice);
}

static const struct paging *riscv64_of(unsigned int levels)
{
	const struct paging_choice choice = { .mode = MODE_RISCV64, .levels = levels };

	return arch_riscv64.paging(&choice);
}

int main(void)
{
	time_family("x86-64-4", &x86, x86_of(MODE_X86_64, 4));
	time_family("x86-64-5", &x86, x86_of(MODE_X86_64, 5));
	time_family("pae-3", &x86, x86_of(MODE_PAE, 3));
	time_family("i386-2", &x86, x86_of(MODE_I386, 2));
	time_family("arm64-3", &arm64, arm64_of(39));
	time_family("arm64-4", &arm64, arm64_of(48));
	time_family("arm64-5", &arm64, arm64_of(52));
	time_family("riscv64-3", &riscv64, riscv64_of(3));
	time_family("riscv64-4", &riscv64, riscv64_of(4));
	time_family("riscv64-5", &riscv64, riscv64_of(5));
	time_family("vtd-3", &vtd, second_stage_paging(STAGE_VTD, 3));
	time_family("vtd-4", &vtd, second_stage_paging(STAGE_VTD, 4));
	time_family("vtd-5", &vtd, second_stage_paging(STAGE_VTD, 5));
	time_family("amd-iommu-3", &amd_iommu, second_stage_paging(STAGE_AMD_IOMMU, 3));
	time_family("amd-iommu-4", &amd_iommu, second_stage_paging(STAGE_AMD_IOMMU, 4));
	time_family("amd-iommu-6", &amd_iommu, second_stage_paging(STAGE_AMD_IOMMU, 6));
	time_family("ept-4", &ept, second_stage_paging(STAGE_EPT, 4));
	time_family("ept-5", &ept, second_stage_paging(STAGE_EPT, 5));
	time_family("npt-4", &npt, second_stage_paging(STAGE_NPT, 4));
	time_family("npt-5", &npt, second_stage_paging(STAGE_NPT, 5));
	return 0;
}
