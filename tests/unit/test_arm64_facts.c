/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts of arm64 kernels, and what follows from them: the bits of addresses, the root, the linear
 * map, the start of the image, memory types. The facts are from asm/memory.h, asm/pgtable-prot.h
 * and kernel/vmcore_info.c. */
#include "arch/arm64/arm64.h"
#include "kernel/entry.h"
#include "kernel/table_search.h"
#include "linked.h"
#include "memory.h"
#include "facts_check.h"
#include "open/archs.h"

#include "unit.h"

enum { TABLE = 3, BLOCK = 0x701, ROOT = 0x1000, MOST_MAPS = 3 };
#define BITS_48 "PAGESIZE=4096\nNUMBER(VA_BITS)=48\nNUMBER(TCR_EL1_T1SZ)=0x10\nKERNELOFFSET=0\n"
#define KERNEL_6_1                                                                                 \
	"OSRELEASE=6.1.0\n" BITS_48 "NUMBER(kimage_voffset)=0xffff800008000000\n"                  \
	"SYMBOL(swapper_pg_dir)=ffff800008001000\n"
#define AT(PADDR) (UINT64_C(0xffff800008000000) + (PADDR))

static uint64_t next_table;

static void start(const char *note)
{
	memory_start(false, note);
	image.machine = EM_AARCH64;
	next_table = 0x2000;
}

/* Maps a block of 2M: 4K pages, 48 bits. */
static void map(uint64_t vaddr, uint64_t paddr)
{
	uint64_t table = ROOT;

	for (unsigned int shift = 39; shift > 21; shift -= 9) {
		uint64_t *entry =
			(uint64_t *)(image.bytes + MEMORY + table + 8 * (vaddr >> shift & 511));

		if (!*entry) {
			*entry = htole64(next_table | TABLE);
			next_table += 0x1000;
		}
		table = le64toh(*entry) & ~UINT64_C(0xfff);
	}
	put(table + 8 * (vaddr >> 21 & 511), paddr | BLOCK, 8);
}

/* TCR_EL1.T1SZ is 64 minus the number of bits. */
static void bits_of_t1sz(void **state)
{
	static const struct {
		const char *note;
		uint64_t bits;
	} rows[] = {
		{ "PAGESIZE=4096\nNUMBER(TCR_EL1_T1SZ)=0x10\n", 48 },
		{ "PAGESIZE=4096\nNUMBER(tcr_el1_t1sz)=0xc\n", 52 },
		{ "PAGESIZE=4096\nNUMBER(TCR_EL1_T1SZ)=0x3f\n", 1 },
		{ "PAGESIZE=4096\nNUMBER(TCR_EL1_T1SZ)=0x40\n", UNKNOWN },
		{ "PAGESIZE=4096\nNUMBER(TCR_EL1_T1SZ)=0x41\n", UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;

		start(rows[i].note);
		kernel = memory_open(NULL, NULL);
		expect("T1SZ", i, fact_of(kernel, FACT_VA_BITS), rows[i].bits);
		open_close(kernel);
	}
}

/* 64K pages: with 48 bits in use, a kernel for 52 bits uses the last 64 of 1024 entries
 * (c812026c54cf); a kernel for 48 bits has 64. */
static void bits_of_a_root(void **state)
{
	static const struct {
		unsigned int page_size, t1sz;
		const char *root;
		uint64_t entry; /* 0: the table is empty */
		uint64_t bits;
	} rows[] = {
		{ 65536, 16, "root=3e00", 0, 52 },	{ 65536, 16, "root=3e00", 0x2000, 52 },
		{ 65536, 16, "root=2000", 0, 52 },	{ 65536, 16, "root=2000", 0x2000, 48 },
		{ 65536, 16, "root=2000", 0x21f8, 48 }, { 65536, 16, "root=2000", 0x2200, 52 },
		{ 65536, 16, "root=2000", 0x1ff8, 52 }, { 65536, 16, "root=2200", 0, 48 },
		{ 65536, 16, "root=20000", 0, 48 },	{ 65536, 22, "root=2000", 0, 42 },
		{ 4096, 16, "root=2000", 0, 48 },	{ 4096, 25, "root=2000", 0, 39 },
		{ 65536, 16, "page_offset=0", 0, 48 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		char note[128];

		snprintf(note, sizeof(note), "PAGESIZE=%u\nNUMBER(TCR_EL1_T1SZ)=0x%x\n",
			 rows[i].page_size, rows[i].t1sz);
		start(note);
		if (rows[i].entry)
			put(rows[i].entry, 0x8003, 8);
		kernel = memory_open(NULL, rows[i].root);
		expect("root", i, fact_of(kernel, FACT_CONFIG_VA_BITS), rows[i].bits);
		open_close(kernel);
	}
}

/* The sources of the configured bits if a search found the table. PAGE_OFFSET, -(1 << bits), maps
 * memstart_addr; here the address 1G above -(1 << 48) maps the first 2M. */
static void bits_by_memstart(void **state)
{
	static const struct {
		uint64_t memstart, symbol;
		bool known, mapped;
		uint64_t bits;
	} rows[] = {
		{ 0xfff0ffffc0000000, AT(0x8000), true, true, 52 },
		{ 0xffffffffc0000000, AT(0x8000), true, true, 48 },
		{ 0, AT(0x8000), true, true, UNKNOWN },
		{ 0xfffeffffc0000000, AT(0x8000), true, true, UNKNOWN },
		{ 0xffffffffc0000000, AT(0x8000), false, true, UNKNOWN },
		{ 0xffffffffc0000000, AT(0x8000), true, false, UNKNOWN },
		{ 0xffffffffc0000000, AT(0x400000), true, true, UNKNOWN },
	};
	const struct fact_source *source = arch_arm64.sources;

	(void)state;
	while (source->fact != FACT_CONFIG_VA_BITS || !source->from_vmlinux)
		source++;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct linked linked = { .machine = EM_AARCH64 };
		struct kernel *kernel;
		uint64_t value;

		start(KERNEL_6_1);
		if (rows[i].mapped)
			map(0xffff000040000000, 0);
		put(0x8000, rows[i].memstart, 8);
		linked_add(&linked, "_stext", AT(0x9000), 0);
		linked_add(&linked, "memstart_addr", rows[i].symbol, 8);
		kernel = memory_open(linked_open(&linked), NULL);
		kernel->table->known = rows[i].known;
		kernel->table->root = ROOT;
		kernel->table->vaddr = AT(ROOT);
		kernel->table->choice = (struct paging_choice){
			.mode = MODE_ARM64, .page_size = 4096, .va_bits = 48, .pa_bits = 48
		};
		if (!source->find(kernel, source->arg, &value))
			value = UNKNOWN;
		expect("memstart_addr", i, value, rows[i].bits);
		open_close(kernel);
	}
}

/* A table that a search found gives kimage_voffset, and the configured bits if it shows them. */
static void facts_of_a_found_table(void **state)
{
	static const uint64_t configured[] = { 0, 52 };
	struct kernel *kernel;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		start("PAGESIZE=4096\n");
		kernel = memory_open(NULL, NULL);
		*kernel->table = (struct found_table){
			.known = true,
			.root = ROOT,
			.vaddr = AT(ROOT),
			.choice = { .mode = MODE_ARM64,
				    .page_size = 4096,
				    .va_bits = 48,
				    .config_va_bits = configured[i],
				    .pa_bits = 48 },
		};
		for (const struct fact_source *source = arch_arm64.sources; source->find;
		     source++) {
			uint64_t value = 0;

			if (strcmp(source->name, "page table found in memory") != 0)
				continue;
			if (source->fact == FACT_KIMAGE_VOFFSET)
				assert_true(source->find(kernel, NULL, &value) && value == AT(0));
			if (source->fact == FACT_CONFIG_VA_BITS)
				assert_int_equal(source->find(kernel, NULL, &value), i);
			kernel->table->known = false;
			assert_true(source->fact == FACT_MODE ||
				    !source->find(kernel, NULL, &value));
			kernel->table->known = true;
		}
		kernel->table->known = false;
		open_close(kernel);
	}
}

/* swapper_pg_dir maps itself. If not, the root is doubtful, or unknown. */
static void a_root_that_is_doubtful(void **state)
{
	static const struct {
		uint64_t paddr, pud;
		uint64_t root;
		const char *doubt;
	} rows[] = {
		{ 0, 0, ROOT, NULL },
		{ 0x200000, 0, ROOT, "does not map itself" },
		{ 0, 0x800003, ROOT, "not in the dump" },
		{ 0, 2, ROOT, "does not map itself" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *doubt;
		struct kernel *kernel;

		start(KERNEL_6_1);
		map(AT(0), rows[i].paddr);
		if (rows[i].pud)
			put(0x2000, rows[i].pud, 8);
		kernel = memory_open(NULL, NULL);
		expect("root", i, fact_of(kernel, FACT_ROOT), rows[i].root);
		doubt = kernel->facts->root_doubt;
		if (rows[i].doubt ? !strstr(doubt, rows[i].doubt) : *doubt != 0)
			fail_msg("row %zu: %s", i, doubt);
		if (rows[i].doubt && !rows[i].pud)
			assert_null(strstr(doubt, "not in the dump"));
		open_close(kernel);
	}
}

/* The half that has the linear map: the upper half until 5.3. PHYS_OFFSET is what its start would
 * map; if the values of the note or of memstart_addr differ from the table, the table counts.
 * Memory ends at 1G + 4K. */
static void linear_maps(void **state)
{
	static const struct {
		const char *image, *more;
		struct {
			uint64_t vaddr, paddr;
		} maps[MOST_MAPS]; /* ends with vaddr 0 */
		uint64_t memstart, page_offset, phys_offset;
	} rows[] = {
		{ "ffff000008",
		  "",
		  { { 0xffff000008000000, 0 }, { 0xffff800040000000, 0x40000000 } },
		  0,
		  0xffff800000000000,
		  0 },
		{ "ffff800008",
		  "",
		  { { AT(0), 0 }, { 0xffff000040000000, 0x40000000 } },
		  0,
		  0xffff000000000000,
		  0 },
		{ "ffff800000",
		  "",
		  { { 0xffff800000000000, 0 }, { 0xffff800040000000, 0x40000000 } },
		  0,
		  0xffff800000000000,
		  0 },
		{ "ffff800008",
		  "NUMBER(PHYS_OFFSET)=0x40000000\n",
		  { { AT(0), 0 }, { 0xffff000000000000, 0x40000000 } },
		  0x123000,
		  0xffff000000000000,
		  0x40000000 },
		{ "ffff800008",
		  "NUMBER(PHYS_OFFSET)=0x41000000\n",
		  { { AT(0), 0 }, { 0xffff000000000000, 0x40000000 } },
		  0x40000000,
		  0xffff000000000000,
		  0x40000000 },
		{ "ffff800008",
		  "",
		  { { AT(0), 0 }, { 0xffff000000200000, 0x40000000 } },
		  0x12345000,
		  0xffff000000000000,
		  0x3fe00000 },
		/* The linear map ends where the image's half begins. */
		{ "ffff800000",
		  "",
		  { { 0xffff800000000000, 0 } },
		  0x123000,
		  0xffff000000000000,
		  0x123000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct linked linked = { .machine = EM_AARCH64 };
		uint64_t image_at = strtoull(rows[i].image, NULL, 16) << 24;
		struct kernel *kernel;
		char note[512];

		snprintf(note, sizeof(note),
			 "OSRELEASE=6.1.0\n" BITS_48 "NUMBER(kimage_voffset)=0x%s000000\n"
			 "SYMBOL(swapper_pg_dir)=%s001000\n%s",
			 rows[i].image, rows[i].image, rows[i].more);
		start(note);
		image_load(&image, MEMORY, 0x40000000, 0x1000);
		for (size_t nr = 0; nr < MOST_MAPS && rows[i].maps[nr].vaddr; nr++)
			map(rows[i].maps[nr].vaddr, rows[i].maps[nr].paddr);
		put(0x9000, rows[i].memstart, 8);
		linked_add(&linked, "_stext", image_at + 0x8000, 0);
		linked_add(&linked, "memstart_addr", image_at + 0x9000, 8);
		kernel = memory_open(linked_open(&linked), NULL);
		expect("page_offset", i, fact_of(kernel, FACT_PAGE_OFFSET), rows[i].page_offset);
		expect("phys_offset", i, fact_of(kernel, FACT_PHYS_OFFSET), rows[i].phys_offset);
		open_close(kernel);
	}
}

/* VMEMMAP_START is the struct page of memstart_addr, which is signed: asm/pgtable.h. */
static void memory_maps(void **state)
{
	static const struct {
		const char *note;
		uint64_t vmemmap;
	} rows[] = {
		{ "NUMBER(PHYS_OFFSET)=0x40000000\nSIZE(page)=64\n", 0xfffffdffbf000000 },
		{ "NUMBER(PHYS_OFFSET)=0xffffffffc0000000\nSIZE(page)=64\n", 0xfffffdffc1000000 },
		{ "SIZE(page)=64\n", UNKNOWN },
		{ "NUMBER(PHYS_OFFSET)=0x40000000\n", UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		char note[512];

		snprintf(note, sizeof(note),
			 KERNEL_6_1 "NUMBER(VMEMMAP_START)=0xfffffdffc0000000\n%s", rows[i].note);
		start(note);
		kernel = memory_open(NULL, "root=0");
		expect("vmemmap", i, fact_of(kernel, FACT_VMEMMAP), rows[i].vmemmap);
		open_close(kernel);
	}
}

/* Documentation/arch/arm64/booting.rst: the magic number at 56 of the image's header, which is
 * mapped before 5.11. The page below is of vmalloc. */
static void start_of_the_image(void **state)
{
	static const struct {
		const char *magic, *name; /* 5 bytes, with PE's offset; name NULL: unknown */
		unsigned int at;
		uint64_t paddr;
		const char *note;
	} rows[] = {
		{ "ARM\x64@", "_text", 56, 0, KERNEL_6_1 },
		{ "ARM\x64@", "_stext", 57, 0, KERNEL_6_1 },
		{ "ARM\x65@", "_stext", 56, 0, KERNEL_6_1 },
		{ "XRM\x64@", "_stext", 56, 0, KERNEL_6_1 },
		{ "ARM\x64@", "_text", 56, 0x40000000,
		  BITS_48 "NUMBER(kimage_voffset)=0xffff7fffc8000000\n"
			  "SYMBOL(swapper_pg_dir)=ffff800008001000\n" },
		{ "ARM\x64@", NULL, 56, 0x200000, KERNEL_6_1 },
		{ "ARM\x64@", NULL, 56, 0, BITS_48 "SYMBOL(swapper_pg_dir)=ffff800008001000\n" },
		{ "ARM\x64@", NULL, 56, 0, BITS_48 "NUMBER(kimage_voffset)=0xffff800008000000\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *names[2] = { NULL, NULL };
		uint64_t address = 0;
		struct kernel *kernel;
		struct space space;

		start(rows[i].note);
		map(AT(0) - 0x200000, 0x600000);
		map(AT(0), rows[i].paddr);
		image_load(&image, MEMORY, 0x40000000, 0x1000);
		memcpy(image.bytes + MEMORY + rows[i].at, rows[i].magic, 5);
		kernel = memory_open(NULL, "root=1000");
		assert_true(kernel_unrooted_space(kernel, &space, NULL));
		space_set_kernel_root(&space, ROOT);
		assert_int_equal(kernel->arch->known_function(kernel, &space, names, &address),
				 rows[i].name != NULL);
		if (rows[i].name) {
			assert_true(address == AT(0));
			assert_string_equal(names[0], rows[i].name);
			assert_string_equal(names[1], rows[i].name);
		}
		open_close(kernel);
	}
}

/* pfn_bits: MAX_PHYSMEM_BITS minus 12. Memory types: MT_* of asm/memory.h; until 5.9 index 4 is
 * normal memory, and index 7 is not in use. */
static void rules_of_entries(void **state)
{
	static const struct {
		const char *bits;
		unsigned int pfn_bits;
	} rows[] = { { "31", 36 }, { "32", 20 }, { "33", 21 }, { "40", 28 }, { "48", 36 },
		     { "51", 39 }, { "52", 40 }, { "53", 36 }, { NULL, 36 } };
	const struct entry_rules *rules;
	struct kernel *kernel;
	char note[512];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(note, sizeof(note), KERNEL_6_1 "%s%s\n",
			 rows[i].bits ? "NUMBER(MAX_PHYSMEM_BITS)=" : "",
			 rows[i].bits ? rows[i].bits : "");
		start(note);
		image_load(&image, MEMORY, 0x40000000, 0x1000);
		map(AT(0), 0);
		map(0xffff000000200000, 4 << 2); /* PHYS_OFFSET is -2M */
		kernel = memory_open(NULL, NULL);
		rules = kernel_entry_rules(kernel);
		assert_int_equal(rules->pfn_bits, rows[i].pfn_bits);
		assert_true(rules->cache_known);
		assert_string_equal(rules->memory_type[4], "Normal-WB");
		assert_string_equal(rules->memory_type[3], "Normal-NC");
		assert_string_equal(rules->memory_type[6], "Normal-WB-Tagged");
		assert_null(rules->memory_type[7]);
		assert_int_equal(rules->cache[7], CACHE_UC);
		open_close(kernel);
	}
	/* With LPA, PA_BITS is 52. */
	start("PAGESIZE=65536\nNUMBER(VA_BITS)=52\nNUMBER(TCR_EL1_T1SZ)=0xc\n");
	kernel = memory_open(NULL, "root=0");
	assert_int_equal(kernel_entry_rules(kernel)->pfn_bits, 36);
	open_close(kernel);
}

/* virt_to_phys(): the first and last addresses of the linear map, and of the 128M on each side of
 * swapper_pg_dir, which include the image. CONFIG_ARM64_VA_BITS is 36 to 52. */
static void addresses_of_virt_to_phys(void **state)
{
	static const struct {
		const char *note, *option;
		uint64_t vaddr, paddr; /* UNKNOWN: not valid */
	} rows[] = {
		{ KERNEL_6_1, "page_offset=ffff800000000000", 0xffff800000000000, 0x40000000 },
		{ KERNEL_6_1, "page_offset=ffff800000000000", UINT64_MAX, 0x80003fffffff },
		{ KERNEL_6_1, "page_offset=ffff000000000000", 0xffff000000000000, 0x40000000 },
		{ KERNEL_6_1, "page_offset=ffff000000000000", 0xffff7fffffffffff, 0x80003fffffff },
		{ KERNEL_6_1, "page_offset=ffff000000000000", 0xffff800000001000, -0x7fff000 },
		{ KERNEL_6_1, "page_offset=ffff000000000000", 0xffff800000000fff, UNKNOWN },
		{ KERNEL_6_1, "page_offset=ffff000000000000", 0xffff800010000fff, 0x8000fff },
		{ KERNEL_6_1, "page_offset=ffff000000000000", 0xffff800010001000, UNKNOWN },
		{ "PAGESIZE=16384\nNUMBER(VA_BITS)=36\n", "page_offset=fffffff000000000",
		  0xfffffff000000000, 0x40000000 },
		{ "PAGESIZE=16384\nNUMBER(VA_BITS)=35\n", "page_offset=fffffff800000000",
		  0xfffffff800000000, UNKNOWN },
		{ "PAGESIZE=4096\nNUMBER(VA_BITS)=52\nNUMBER(TCR_EL1_T1SZ)=0x1d\n",
		  "page_offset=fffffff800000000", 0xfffffff800000000, UNKNOWN },
		{ "PAGESIZE=4096\nNUMBER(VA_BITS)=53\nNUMBER(TCR_EL1_T1SZ)=0x10\n",
		  "page_offset=ffff000000000000", 0xffff000000000000, UNKNOWN },
		/* A root in the user's half is no image. */
		{ BITS_48 "SYMBOL(swapper_pg_dir)=4000000000001000\nNUMBER(kimage_voffset)=0x0\n",
		  "page_offset=ffff000000000000", 0x4000000000001000, UNKNOWN },
		{ BITS_48 "NUMBER(kimage_voffset)=0xffff800008000000\n",
		  "page_offset=ffff000000000000", 0xffff800008001000, UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *options[] = { "root=0", rows[i].option, "phys_offset=40000000" };
		struct kernel *kernel;
		uint64_t paddr;

		start(rows[i].note);
		kernel = memory_open_with(NULL, options, 3);
		if (!kernel->arch->virt_to_phys(kernel, rows[i].vaddr, &paddr))
			paddr = UNKNOWN;
		expect("virt_to_phys", i, paddr, rows[i].paddr);
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bits_of_t1sz),
		cmocka_unit_test(bits_of_a_root),
		cmocka_unit_test(bits_by_memstart),
		cmocka_unit_test(facts_of_a_found_table),
		cmocka_unit_test(a_root_that_is_doubtful),
		cmocka_unit_test(linear_maps),
		cmocka_unit_test(memory_maps),
		cmocka_unit_test(start_of_the_image),
		cmocka_unit_test(rules_of_entries),
		cmocka_unit_test(addresses_of_virt_to_phys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
