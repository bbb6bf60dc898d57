/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Lists all kernels in memory, for the command kernels. Each kernel that has a page table is opened
 * for a moment beside the kernel about which the user asks, so its own symbols and facts are used
 * and not of another kernel. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/page.h"
#include "debuginfo/image.h"
#include "debuginfo/vmlinux.h"
#include "dump/archive/packed.h"
#include "dump/dump.h"
#include "kernel/found_kernel.h"
#include "base/text.h"
#include "kernel/arch.h"
#include "kernel/kernel_symbols.h"
#include "kvm/guests.h"
#include "kernel/vmcoreinfo.h"
#include "open/kernel_search.h"
#include "open/open.h"
#include "open/opened.h"
#include "query/frame_use.h"

/* --- a kernel that was loaded --- */

/* Finds the kernel that kexec loaded into reserved memory, and that has not run. kexec puts two
 * parts of a bzImage into memory: boot_params, which contains the setup header of the image, and
 * the protected-mode code, which contains the compressed kernel
 * (arch/x86/kernel/kexec-bzimage64.c; kexec/arch/i386/kexec-bzImage.c of kexec-tools). Together
 * they make a boot image again, without the real-mode code. */

enum {
	/* Offsets in boot_params and in the boot image: Documentation/arch/x86/boot.rst. */
	SETUP_SECTORS = 0x1f1,
	BOOT_FLAG = 0x1fe, /* contains 0xaa55 in a boot image */
	MAGIC = 0x202, /* "HdrS" */
	ALIGNMENT = 0x230, /* of the address at which the protected-mode code is loaded */
	PAYLOAD_OFFSET = 0x248,
	PAYLOAD_LENGTH = 0x24c,
	HEADER = 0x250, /* the bytes from the start of boot_params that are used */
	SECTOR = 512,
	DEFAULT_SECTORS = 4, /* the value 0 of SETUP_SECTORS means this value */
	LEAST_ALIGNMENT = 1 << 12,
	LARGEST = 128 << 20, /* of the protected-mode code */
};

static const uint32_t magic = 0x53726448;

/* Makes a boot image of the header and the protected-mode code at `code`, which has size bytes. */
static bool join(struct dump *dump, const uint8_t *header, uint64_t code, size_t size,
		 struct file *file)
{
	uint64_t sectors = header[SETUP_SECTORS] ? header[SETUP_SECTORS] : DEFAULT_SECTORS;
	size_t start = (size_t)(sectors + 1) * SECTOR;
	uint8_t *to;

	if (!file_create(file, "the loaded kernel", start + size, &to, NULL))
		return false;
	memcpy(to, header, HEADER);
	/* kexec-tools clears the second byte in boot_params (aux_device_info). */
	to[BOOT_FLAG] = 0x55;
	to[BOOT_FLAG + 1] = 0xaa;
	if (dump_read(dump, code, to + start, size) == PAGE_PRESENT)
		return true;
	file_close(file);
	return false;
}

static bool unpack_loaded(struct dump *dump, const uint8_t *header, uint64_t code, size_t size,
			  struct found_kernel *found)
{
	struct vmlinux *vmlinux;
	struct file file;
	const char *banner = NULL;
	uint64_t address;

	if (!join(dump, header, code, size, &file))
		return false;
	vmlinux = vmlinux_open(&file, NULL);
	if (vmlinux)
		banner = vmlinux_banner(vmlinux, &address);
	if (banner) {
		snprintf(found->banner, sizeof(found->banner), "%.*s", (int)strcspn(banner, "\n"),
			 banner);
		found->packed = vmlinux->packed;
		found->has_physical = true;
		found->physical = code;
		found->proved = PROVED_IMAGE;
	}
	vmlinux_close(vmlinux);
	return banner;
}

/* Finds the protected-mode code of this header, which begins with a compressed kernel at the offset
 * that the header gives. */
static bool find_packed_code(struct dump *dump, const uint8_t *header, uint64_t first,
			     uint64_t last, struct found_kernel *found)
{
	uint64_t step = load_le32(header + ALIGNMENT), offset = load_le32(header + PAYLOAD_OFFSET);
	uint64_t size = offset + load_le32(header + PAYLOAD_LENGTH);
	uint8_t start[16];

	if (step < LEAST_ALIGNMENT || step & (step - 1))
		step = LEAST_ALIGNMENT;
	if (size > LARGEST)
		return false;
	for (uint64_t at = (first + step - 1) & -step;
	     at >= first && at < last && last - at >= size && !listener_stops(dump->listener);
	     at += step)
		if (dump_read(dump, at + offset, start, sizeof(start)) == PAGE_PRESENT &&
		    packed_format((struct bytes){ start, sizeof(start) }) &&
		    unpack_loaded(dump, header, at, (size_t)size, found))
			return true;
	return false;
}

/* Searches the memory from first to last (inclusive) for a boot image of x86, and unpacks it. Sets
 * banner, physical, packed and proved. Returns false if there is none, or if it is damaged. */
static bool loaded_boot_image(struct dump *dump, uint64_t first, uint64_t last,
			      struct found_kernel *found)
{
	enum { MOST_HEADERS = 4 }; /* limits the work on hostile memory */
	uint8_t header[HEADER];
	int headers = 0;

	for (uint64_t at = first & -LEAST_PAGE; at < last && headers < MOST_HEADERS;
	     at += LEAST_PAGE) {
		if (listener_stops_at(dump->listener, at / LEAST_PAGE) ||
		    dump_read(dump, at + MAGIC, header, 4) != PAGE_PRESENT ||
		    load_le32(header) != magic ||
		    dump_read(dump, at, header, sizeof(header)) != PAGE_PRESENT)
			continue;
		headers++;
		if (find_packed_code(dump, header, first, last, found))
			return true;
	}
	return false;
}

/* Is the banner at paddr in an Image of arm64 that begins at or above first? */
static bool loaded_is_image(struct dump *dump, uint64_t first, uint64_t paddr)
{
	/* An Image begins at a multiple of 2 MiB, or of 64K if text_offset is not 0. */
	enum { STEP = 1 << 16, IMAGE_MOST = 64 << 20, IMAGE_HEADER = 64 };
	uint8_t header[IMAGE_HEADER];

	for (uint64_t at = paddr & -(uint64_t)STEP; at >= first && paddr - at < IMAGE_MOST;
	     at -= STEP) {
		if (dump_read(dump, at, header, sizeof(header)) == PAGE_PRESENT &&
		    image_probe((struct bytes){ header, sizeof(header) }))
			return true;
		if (at < STEP)
			break;
	}
	return false;
}

enum { MOST_GROUPS = 64 /* limits the rows for texts */ };

/* The largest memory for a capture kernel that is searched for an image, in bytes. */
static const uint64_t most_reserved = UINT64_C(16) << 30;

/* Memory that a kernel reserved for a capture kernel. */
struct reservation {
	uint64_t first, last;
};

struct kernel_listing {
	struct kernel *kernel; /* the kernel about which the user asks; NULL: memory of a guest */
	struct kernel_search search;
	struct reservation reservation[MOST_TABLES];
	size_t nr_reservations;
	const struct guest *guest;
	found_kernel_visit *visit;
	void *arg;
};

/* Reads the banner at a physical address as one line, and takes the release from it. */
static void read_text(struct dump *dump, uint64_t paddr, struct found_kernel *found)
{
	size_t size = open_search_read_text(dump, paddr, found->banner, sizeof(found->banner) - 1);

	found->has_physical = true;
	found->physical = paddr;
	found->banner[size] = '\0';
	for (char *at = found->banner; *at; at++)
		if (*at < ' ' || *at > '~')
			*at = '\0';
}

static void take_release(struct found_kernel *found)
{
	static const char start[] = "Linux version ";

	if (!found->release[0] && starts_with(found->banner, start))
		snprintf(found->release, sizeof(found->release), "%.*s",
			 (int)strcspn(found->banner + sizeof(start) - 1, " "),
			 found->banner + sizeof(start) - 1);
}

/* --- a kernel that has a page table --- */

/* Do the symbols give an init_task, whose comm is "swapper" or "swapper/0"? */
static bool has_init_task(struct kernel *kernel)
{
	uint64_t task, offset;
	uint8_t comm[9];

	return kernel_symbol(kernel, "init_task", &task, NULL) &&
	       kernel_member_offset(kernel, "task_struct", "comm", &offset) &&
	       kernel_read(kernel, task + offset, comm, sizeof(comm), NULL) &&
	       !memcmp(comm, "swapper", 7) && (!comm[7] || comm[7] == '/');
}

/* kernel/crash_dump.c: elfcorehdr_addr is ELFCORE_ADDR_MAX in other kernels. */
static void read_elfcorehdr(struct kernel *kernel, struct found_kernel *found)
{
	uint64_t address, value;

	if (!kernel_symbol(kernel, "elfcorehdr_addr", &address, NULL) ||
	    !kernel_read_number(kernel, address, 8, &value, NULL))
		return;
	found->knows_captures = true;
	found->captures |= value != UINT64_MAX;
}

/* Reads crashk_res, which is empty if nothing is reserved. */
static void read_reservation(struct kernel *kernel, struct found_kernel *found)
{
	uint64_t resource, start, end;

	found->has_reserved = kernel_symbol(kernel, "crashk_res", &resource, NULL) &&
			      kernel_member_offset(kernel, "resource", "start", &start) &&
			      kernel_member_offset(kernel, "resource", "end", &end) &&
			      end > start && end - start <= 8 &&
			      kernel_read_number(kernel, resource + start, end - start,
						 &found->reserved_first, NULL) &&
			      kernel_read_number(kernel, resource + end, end - start,
						 &found->reserved_last, NULL) &&
			      found->reserved_last > found->reserved_first &&
			      found->reserved_last - found->reserved_first < most_reserved &&
			      found->reserved_last < MOST_MEMORY;
}

/* What symbols and types show. */
static void describe_variables(struct kernel *kernel, struct found_kernel *found)
{
	if (has_init_task(kernel))
		found->proved |= PROVED_TASK;
	read_elfcorehdr(kernel, found);
	if (!found->has_reserved)
		read_reservation(kernel, found);
}

static void describe(struct kernel *kernel, struct found_kernel *found)
{
	static const enum fact_id facts[NR_FOUND_FACTS] = FOUND_FACTS;
	struct bytes release;

	for (size_t i = 0; i < NR_FOUND_FACTS; i++)
		found->has_fact[i] = kernel_fact(kernel, facts[i], &found->fact[i]);
	if (vmcoreinfo_find(kernel->note, "OSRELEASE", &release) &&
	    release.size < sizeof(found->release)) {
		snprintf(found->release, sizeof(found->release), "%.*s", (int)release.size,
			 (const char *)release.data);
		found->proved |= PROVED_NOTE;
		found->note = kernel->note->paddr;
	}
	describe_variables(kernel, found);
}

/* Opens the kernel of this table, and fills *found. The registers of the dump's CPUs are not used:
 * they may belong to another kernel. */
static void examine(const struct kernel_listing *listing, const struct found_table *table,
		    struct found_kernel *found)
{
	struct dump *dump = listing->search.dump;
	size_t nr_cpus = dump->nr_cpus, nr_stopped = dump->nr_stopped;
	size_t nr_all = nr_cpus + dump->nr_hidden_cpus;
	struct kernel *kernel = open_create_beside(dump);
	struct listener quiet = { 0 };

	for (size_t i = 0; i < nr_all; i++)
		found->nr_cpus += open_search_runs(dump, table, i);
	found->has_cpus = nr_all;
	if (found->nr_cpus)
		found->proved |= PROVED_CPU;
	if (!kernel)
		return;
	if (listing->search.listener) {
		quiet.stop = listing->search.listener->stop;
		quiet.arg = listing->search.listener->arg;
	}
	kernel->listener = &quiet;
	dump->nr_cpus = dump->nr_stopped = 0;
	open_search_use(kernel, &listing->search, table);
	kernel_find_page_size(kernel);
	describe(kernel, found);
	open_close(kernel);
	dump->nr_cpus = nr_cpus;
	dump->nr_stopped = nr_stopped;
}

static bool is_opened(const struct kernel_listing *listing, uint64_t root)
{
	uint64_t own;

	return listing->kernel && kernel_fact(listing->kernel, FACT_ROOT, &own) && own == root;
}

static bool list_kernel(struct kernel_listing *listing, size_t i)
{
	const struct found_table *table = &listing->search.tables.found[i];
	struct found_kernel found = {
		.kind = FOUND_KERNEL,
		.number = (unsigned int)i + 1,
		.proved = PROVED_TABLE,
		.doubtful = table->nr_rivals && !table->is_in_data,
		.opened = is_opened(listing, table->root),
		.guest = listing->guest ? listing->guest->address : 0,
		.guest_pid = listing->guest ? listing->guest->pid : 0,
	};

	read_text(listing->search.dump, table->own_banner, &found);
	examine(listing, table, &found);
	/* The open kernel may have a vmlinux, whose symbols and types kallsyms and BTF lack. */
	if (found.opened && listing->kernel->vmlinux)
		describe_variables(listing->kernel, &found);
	take_release(&found);
	if (found.has_reserved)
		listing->reservation[listing->nr_reservations++] =
			(struct reservation){ found.reserved_first, found.reserved_last };
	return listing->visit(listing->arg, &found);
}

/* Searches memory and lists the kernels that have page tables. */
static bool list_kernels(struct kernel_listing *listing)
{
	bool more = true;

	open_search_scan(&listing->search);
	open_search_all_tables(&listing->search);
	for (size_t i = 0; more && i < listing->search.tables.nr_found; i++)
		more = !listener_stops(listing->search.listener) && list_kernel(listing, i);
	return more;
}

/* --- images that were loaded and did not run --- */

static bool is_reserved_at(const struct reservation *reservation, uint64_t paddr)
{
	return paddr >= reservation->first && paddr <= reservation->last;
}

/* Finds an Image among the banners. An Image is loaded as it is, so its banner is visible. */
static bool find_loaded_image(const struct kernel_listing *listing,
			      const struct reservation *reserved, struct found_kernel *found)
{
	const struct kernel_search *search = &listing->search;

	for (size_t i = 0; i < search->nr_banners; i++)
		if (is_reserved_at(reserved, search->banners[i]) &&
		    loaded_is_image(search->dump, reserved->first, search->banners[i])) {
			read_text(search->dump, search->banners[i], found);
			found->proved = PROVED_IMAGE;
			return true;
		}
	return false;
}

static bool list_loaded(struct kernel_listing *listing, const struct reservation *reserved)
{
	const struct table_search *tables = &listing->search.tables;
	struct found_kernel found = {
		.kind = FOUND_LOADED,
		.has_reserved = true,
		.reserved_first = reserved->first,
		.reserved_last = reserved->last,
	};

	for (size_t i = 0; i < tables->nr_found; i++)
		if (is_reserved_at(reserved, tables->found[i].root)) /* it has run */
			return true;
	if (!find_loaded_image(listing, reserved, &found) &&
	    !loaded_boot_image(listing->search.dump, reserved->first, reserved->last, &found))
		return true;
	take_release(&found);
	return listing->visit(listing->arg, &found);
}

/* --- texts without a page table --- */

/* Is the text part of the image of a kernel that was found, or of a loaded image? */
static bool is_part_of_kernel(const struct kernel_listing *listing, uint64_t paddr)
{
	const struct kernel_search *search = &listing->search;

	for (size_t i = 0; i < listing->nr_reservations; i++)
		if (is_reserved_at(&listing->reservation[i], paddr))
			return true;
	for (size_t i = 0; i < search->tables.nr_found; i++) {
		const struct found_table *table = &search->tables.found[i];

		if (open_search_maps(search->dump, table, paddr))
			return true;
	}
	return false;
}

static bool is_same_text(const struct found_kernel *one, const struct found_kernel *other)
{
	return !strcmp(one->banner, other->banner) && !strcmp(one->use, other->use);
}

/* Is the text in a file in the page cache, and ends like linux_banner and not like a log? Then the
 * file contains a kernel. */
static bool is_file_of_kernel(const struct kernel_search *search, uint64_t paddr,
			      const struct frame_use *use)
{
	if (!use->known || frame_use_kind(use) != PAGE_USE_FILE)
		return false;
	for (size_t i = 0; i < search->nr_banners; i++)
		if (search->banners[i] == paddr)
			return true;
	return false;
}

/* Adds the text at paddr to its group. Returns false if there are too many groups. */
static bool group_text(struct kernel_listing *listing, uint64_t paddr, struct found_kernel *groups,
		       size_t *nr)
{
	struct found_kernel found = { .kind = FOUND_TEXT, .copies = 1 };
	struct frame_use use;
	size_t i = 0;

	read_text(listing->search.dump, paddr, &found);
	take_release(&found);
	/* Texts such as the format "Linux version %s" are no banners. */
	if (found.release[0] < '0' || found.release[0] > '9')
		return true;
	query_frame_use(listing->kernel, kernel_pfn(listing->kernel, paddr), true, &use);
	frame_use_text(&use, found.use);
	if (is_file_of_kernel(&listing->search, paddr, &use))
		text_append(found.use, sizeof(found.use), ": a copy of a kernel in a file");
	while (i < *nr && !is_same_text(&groups[i], &found))
		i++;
	if (i < *nr)
		groups[i].copies++;
	else if (*nr == MOST_GROUPS)
		return false;
	else
		groups[(*nr)++] = found;
	return true;
}

static bool list_texts(struct kernel_listing *listing, bool *cut)
{
	struct found_kernel *groups = calloc(MOST_GROUPS, sizeof(*groups));
	size_t nr = 0;
	bool more = groups;

	for (size_t i = 0; more && i < listing->search.nr_texts; i++) {
		if (listener_stops(listing->search.listener))
			break;
		if (!is_part_of_kernel(listing, listing->search.texts[i]) &&
		    !group_text(listing, listing->search.texts[i], groups, &nr))
			*cut = true;
	}
	for (size_t i = 0; more && i < nr; i++)
		more = listing->visit(listing->arg, &groups[i]);
	free(groups);
	return more;
}

/* --- virtual machines --- */

static bool list_guest(void *arg, const struct guest *guest, struct dump *dump)
{
	const struct kernel_listing *host = arg;
	struct kernel_listing *listing = calloc(1, sizeof(*listing));
	bool more = true;

	if (listing) {
		*listing = (struct kernel_listing){
			.search = { .dump = dump, .listener = host->search.listener },
			.guest = guest,
			.visit = host->visit,
			.arg = host->arg,
		};
		more = !listener_stops(host->search.listener) && list_kernels(listing);
	}
	free(listing);
	return more;
}

bool open_each_kernel(struct kernel *kernel, found_kernel_visit *visit, void *arg,
		      struct error *err)
{
	struct kernel_listing *listing = calloc(1, sizeof(*listing));
	uint64_t *texts = calloc(MOST_TEXTS, sizeof(*texts));
	bool cut = false, more = listing && texts;

	if (more) {
		*listing = (struct kernel_listing){
			.kernel = kernel,
			.search = { .dump = kernel->dump,
				    .listener = kernel->listener,
				    .texts = texts },
			.visit = visit,
			.arg = arg,
		};
		more = list_kernels(listing);
		for (size_t i = 0; more && i < listing->nr_reservations; i++)
			more = list_loaded(listing, &listing->reservation[i]);
		more = more && (!HAVE_KVM || open_each_guest(kernel, list_guest, listing));
		cut = listing->search.cut || listing->search.tables.proofs == MOST_PROOFS ||
		      listing->search.tables.nr_found == MOST_TABLES;
		more = more && list_texts(listing, &cut);
		if (more && cut)
			fail(kernel->excess, ERROR_NO_ANSWER,
			     "memory contains so many texts or page tables that seem to belong to kernels that some were not examined");
	} else {
		out_of_memory(err);
	}
	free(texts);
	free(listing);
	return more;
}
