/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kvm/guest_dump.h"

#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "dump/dump.h"
#include "dump/registers.h"
#include "kvm/guests.h"
#include "kvm/vcpu_family.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "base/array.h"
#include "base/ranges.h"
#include "linux/task/mm.h"
#include "linux/vma/vma.h"

/* --- CPUs --- */

/* The general registers, in the order of struct QEMUCPUState (registers.h). */
static const enum cpu_register general[] = {
	CPU_AX, CPU_BX,	 CPU_CX,  CPU_DX,  CPU_SI,  CPU_DI,  CPU_SP,  CPU_BP, CPU_R8,
	CPU_R9, CPU_R10, CPU_R11, CPU_R12, CPU_R13, CPU_R14, CPU_R15, CPU_IP, CPU_FLAGS,
};
static const enum cpu_register selectors[] = {
	CPU_CS, CPU_DS, CPU_ES, CPU_FS, CPU_GS, CPU_SS,
};
enum { SEGMENT = 24, SEGMENT_BASE = 16, FS = 3, GS = 4 };

/* Makes a note with the registers of a CPU, in the format of QEMU's notes. A dump that is extracted
 * from this dump then contains the CPUs, too. */
static void guest_cpus_make_note(const struct guest_cpu *cpu, uint8_t *note)
{
	const uint64_t *value = cpu->registers.value;
	uint8_t *at = note + QEMU_SEGMENTS;

	store_le(note, 1, 4); /* version of the format */
	store_le(note + 4, QEMU_SIZE, 4);
	for (unsigned int i = 0; i < sizeof(general) / sizeof(*general); i++)
		store_le(note + QEMU_REGISTERS + 8 * i, value[general[i]], 8);
	for (unsigned int i = 0; i < 6; i++)
		store_le(at + SEGMENT * i, (uint32_t)value[selectors[i]], 4);
	store_le(at + SEGMENT * FS + SEGMENT_BASE, cpu->registers.bases[0], 8);
	store_le(at + SEGMENT * GS + SEGMENT_BASE, cpu->registers.bases[1], 8);
	store_le(note + QEMU_IDT_BASE, cpu->vector_table, 8);
	store_le(note + QEMU_CR, value[CPU_CR0], 8);
	store_le(note + QEMU_CR + 16, value[CPU_CR2], 8);
	store_le(note + QEMU_CR + 24, value[CPU_CR3], 8);
	store_le(note + QEMU_CR + 32, value[CPU_CR4], 8);
}

static struct cpu_state guest_cpus_state_of(const struct guest_cpu *cpu, const uint8_t *note)
{
	return (struct cpu_state){
		.vector_table = cpu->vector_table,
		.registers = cpu->registers,
		.note = { note, QEMU_SIZE },
	};
}

/* Are all registers known that are needed to find the guest's kernel? Only a VMCB contains all of
 * them. */
static bool guest_cpus_is_complete(const struct guest_cpu *cpu)
{
	return cpu->vmcb && cpu->has_efer && !cpu->nested_guest && !cpu->encrypted &&
	       registers_have(&cpu->registers, CPU_CR3);
}

/* Sets the dump's CPUs, in the order of their numbers. If a necessary register of a CPU is unknown,
 * sets no CPUs, and the guest's kernel must be searched in memory. The CPUs borrow from *notes,
 * which the caller must free. Returns false if there is not enough memory. */
static bool guest_cpus_take(struct kernel *host, const struct guest *guest, struct dump *dump,
			    uint8_t **notes)
{
	enum { LONG_MODE_ACTIVE = 1 << 10 };
	const struct vcpu_family *family = vcpu_family_of(host);
	struct guest_cpu cpu;

	*notes = calloc(guest->nr_cpus + 1, QEMU_SIZE);
	dump->cpus = calloc(guest->nr_cpus + 1, sizeof(*dump->cpus));
	if (!*notes || !dump->cpus)
		return false;
	/* Only x86's vCPUs are added to the dump, because no note of another machine contains the
	 * page table. */
	if (family)
		dump->machine = family->guest_machine;
	for (size_t i = 0; i < guest->nr_cpus; i++) {
		uint8_t *note = *notes + i * QEMU_SIZE;

		bool read = guest_cpu_read(host, guest->cpu[i], &cpu, NULL);

		if (read && cpu.encrypted && !dump->warning[0])
			dump_warn(
				dump,
				"the guest's memory is encrypted (SEV): only memory that the guest shares with its host can be read");
		if (!read || !guest_cpus_is_complete(&cpu)) {
			dump->nr_cpus = 0;
			return true;
		}
		guest_cpus_make_note(&cpu, note);
		dump->cpus[dump->nr_cpus++] = guest_cpus_state_of(&cpu, note);
		if (!i)
			dump->machine = cpu.efer & LONG_MODE_ACTIVE ? EM_X86_64 : EM_NONE;
	}
	return true;
}

/* A mapping of the process. anonymous: the mapping is private and has no file. If the page table
 * does not map a page of an anonymous mapping, the process never accessed the page. */
struct guest_dump_area {
	uint64_t first, last; /* virtual addresses, both inclusive */
	bool anonymous;
};

struct guest_memory {
	/* Each thread that reads the dump has a separate copy. NULL: there was not enough
	 * memory. */
	struct dump *host;
	struct space user; /* the address space of the process, in the dump `host` */
	const struct arch *arch;
	struct entry_rules rules; /* rules for entries that are not present */
	/* Owned by the first reader, and shared with the other readers: */
	struct guest_slot *slot; /* slots of address space 0, sorted by address */
	size_t nr_slots;
	struct guest_dump_area *area; /* sorted by address */
	size_t nr_areas;
	bool has_areas; /* false: not all mappings are known */
	uint8_t *notes; /* notes of the guest's CPUs */
	struct kernel *kernel; /* the kernel of the host */
	void (*close_host)(struct kernel *host); /* closes the host; NULL: host is borrowed */
	char told[128];
};

/* --- one address --- */

/* Reduces an extent to `before` bytes before paddr, the byte at paddr, and `after` bytes after
 * paddr. */
static void guest_dump_cut(struct extent *extent, uint64_t paddr, uint64_t before, uint64_t after)
{
	if (paddr - extent->first > before)
		extent->first = paddr - before;
	if (extent->last - paddr > after)
		extent->last = paddr + after;
}

/* Returns the slot that contains paddr, and reduces the extent to the slot. If no slot contains
 * paddr, returns NULL and reduces the extent to the gap between slots. */
static const struct guest_slot *slot_at(const struct guest_memory *memory, uint64_t paddr,
					struct extent *extent)
{
	size_t behind = ARRAY_SEARCH(i, 0, memory->nr_slots, memory->slot[i].first <= paddr);
	const struct guest_slot *slot;

	if (behind < memory->nr_slots)
		extent->last = memory->slot[behind].first - 1;
	if (!behind)
		return NULL;
	slot = &memory->slot[behind - 1];
	if (paddr - slot->first < slot->size) {
		extent->first = slot->first;
		extent->last = slot->first + slot->size - 1;
		return slot;
	}
	extent->first = slot->first + slot->size;
	return NULL;
}

/* Returns the mapping that contains the address `user`, or else the next mapping above it. Returns
 * NULL if there is neither. */
static const struct guest_dump_area *area_behind(const struct guest_memory *memory, uint64_t user)
{
	size_t i = RANGES_SEARCH(memory->area, memory->nr_areas, user);

	return i < memory->nr_areas ? &memory->area[i] : NULL;
}

/* Returns the state of a page that the page table of the process does not map. user: address of a
 * byte in the page. paddr: guest-physical address of this byte. Reduces the extent to the bytes
 * with the same state. */
static enum page_state state_of_hole(const struct guest_memory *memory, uint64_t user,
				     uint64_t paddr, struct extent *extent)
{
	const struct guest_dump_area *area = area_behind(memory, user);
	const uint64_t in_page = paging_page_size(memory->user.paging) - 1;

	if (area && user >= area->first) {
		guest_dump_cut(extent, paddr, user - area->first, area->last - user);
		return area->anonymous ? PAGE_ZERO : PAGE_FILTERED;
	}
	/* The slot contains this page, but no mapping does, so there is no memory. */
	guest_dump_cut(extent, paddr, user & in_page, in_page - (user & in_page));
	return memory->has_areas ? PAGE_ABSENT : PAGE_FILTERED;
}

/* Finds the page of the host that a walk found. Returns true and sets *frame to the host-physical
 * address. If there is no page, returns false and sets extent->state to the reason. */
static bool guest_dump_find_frame(const struct guest_memory *memory, const struct walk *walk,
				  uint64_t paddr, uint64_t *frame, struct extent *extent)
{
	struct entry_meaning meaning;

	*frame = walk->paddr;
	switch (walk->outcome) {
	case WALK_MAPPED: return true;
	case WALK_UNREADABLE: extent->state = walk->reason; return false;
	case WALK_CORRUPT:
	case WALK_NON_CANONICAL: extent->state = PAGE_DAMAGED; return false;
	default: break;
	}
	meaning = memory->arch->describe_entry(&memory->rules, memory->user.paging,
					       walk_last_level(walk), walk_last_entry(walk));
	*frame = meaning.physical + (walk->vaddr & (walk->page_size - 1));
	if (meaning.kind == ENTRY_EMPTY)
		extent->state = state_of_hole(memory, walk->vaddr, paddr, extent);
	else
		extent->state = PAGE_FILTERED; /* swapped out, or being moved to or from swap */
	return meaning.kind == ENTRY_PROT_NONE && meaning.has_physical;
}

typedef void find_in_host(struct dump *host, uint64_t paddr, struct extent *extent);

static void find_by(struct dump *dump, uint64_t paddr, struct extent *extent, find_in_host *find)
{
	struct guest_memory *memory = dump->private;
	const struct guest_slot *slot;
	struct extent host;
	struct walk walk;
	uint64_t user, frame;

	*extent = (struct extent){ .last = UINT64_MAX, .state = PAGE_ABSENT };
	slot = slot_at(memory, paddr, extent);
	if (!slot)
		return;
	if (!memory->host || slot->flags & SLOT_GUEST_MEMFD) {
		extent->state = PAGE_FILTERED;
		return;
	}
	user = slot->user + (paddr - slot->first);
	walk_page_table_to(&memory->user, user, &walk);
	/* A missing table has the same effect for all pages that it would map, so the extent may
	 * contain all of them. */
	guest_dump_cut(extent, paddr, user & (walk.page_size - 1),
		       walk.page_size - 1 - (user & (walk.page_size - 1)));
	if (!guest_dump_find_frame(memory, &walk, paddr, &frame, extent))
		return;
	find(memory->host, frame, &host);
	guest_dump_cut(extent, paddr, frame - host.first, host.last - frame);
	extent->state = host.state;
	if (host.state == PAGE_PRESENT && host.data)
		extent->data = host.data + (frame - host.first) - (paddr - extent->first);
}

static void guest_dump_find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	find_by(dump, paddr, extent, dump_find);
}

static void guest_dump_peek(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	find_by(dump, paddr, extent, dump_peek);
}

/* --- a dump --- */

static void reader_start(void *private)
{
	struct guest_memory *memory = private;

	memory->host = memory->host ? dump_reader_create(memory->host) : NULL;
	memory->user.dump = memory->host;
}

static void reader_end(void *private)
{
	struct guest_memory *memory = private;

	dump_reader_destroy(memory->host);
}

static void close_memory(struct dump *dump)
{
	struct guest_memory *memory = dump->private;

	free(memory->slot);
	free(memory->area);
	free(memory->notes);
	if (memory->close_host)
		memory->close_host(memory->kernel);
}

static void guest_dump_describe(struct dump *dump, dump_visit *visit, void *arg)
{
	struct guest_memory *memory = dump->private;

	visit(arg, "host_dump", memory->kernel->dump->file.path);
	visit(arg, "guest", memory->told);
}

#define GUEST_FORMAT                                                                               \
	.name = "KVM guest", .private_size = sizeof(struct guest_memory), .close = close_memory,   \
	.find = guest_dump_find, .peek = guest_dump_peek, .reader_start = reader_start,            \
	.reader_end = reader_end, .describe = guest_dump_describe

/* The bytes of extents are borrowed from the host's dump. If they are valid only until the next
 * dump_find() in the host's dump, the format is format_copying. */
static const struct dump_format format = { GUEST_FORMAT };
static const struct dump_format format_copying = { GUEST_FORMAT, .copies = true };

static bool take_slots(struct guest_memory *memory, const struct guest *guest)
{
	memory->slot = calloc(guest->nr_slots + 1, sizeof(*memory->slot));
	for (size_t i = 0; memory->slot && i < guest->nr_slots; i++)
		if (!guest->slot[i].space)
			memory->slot[memory->nr_slots++] = guest->slot[i];
	return memory->slot;
}

/* Reads the mappings of the process. If types are missing, the mappings are unknown. In this case a
 * page that was never accessed has the state PAGE_FILTERED. */
static bool take_areas(struct guest_memory *memory, const struct guest *guest)
{
	struct vma_list list;

	if (!vma_each(memory->kernel, guest->mm, &list, NULL)) {
		vma_list_release(&list);
		return true;
	}
	memory->area = calloc(list.nr + 1, sizeof(*memory->area));
	for (size_t i = 0; memory->area && i < list.nr; i++)
		memory->area[memory->nr_areas++] = (struct guest_dump_area){
			.first = list.vma[i].first,
			.last = list.vma[i].last,
			.anonymous = !list.vma[i].file && !(list.vma[i].flags & VMA_MAYSHARE),
		};
	memory->has_areas = !list.damages.nr;
	vma_list_release(&list);
	return memory->area;
}

/* Duplicates the file descriptor of the host's dump, so that changes of this file are noticed. */
static bool guest_dump_take_file(struct dump *dump, const struct guest_memory *memory,
				 const struct guest *guest)
{
	const struct file *host = &memory->kernel->dump->file;
	int fd = host->fd >= 0 ? fcntl(host->fd, F_DUPFD_CLOEXEC, 0) : -1;
	char name[128];

	snprintf(name, sizeof(name), " (guest %" PRIx64 " of pid %d)", guest->address,
		 (int)guest->pid);
	dump->file = (struct file){ .fd = fd };
	if (asprintf(&dump->file.path, "%s%s", host->path, name) < 0)
		dump->file.path = NULL;
	dump->file.size = host->size;
	dump->file.written = host->written;
	return dump->file.path;
}

static bool guest_dump_fill(struct dump *dump, const struct guest *guest, struct error *err)
{
	struct guest_memory *memory = dump->private;
	struct kernel *host = memory->kernel;
	struct process process;

	if (!guest->mm)
		return fail(err, ERROR_NO_ANSWER,
			    "the process of the machine has ended, so the machine's memory is gone");
	if (!task_process_of_mm(host, guest->mm, &process, err))
		return false;
	memory->host = host->dump;
	memory->user = process.user;
	memory->arch = host->arch;
	memory->rules = *kernel_entry_rules(host);
	snprintf(memory->told, sizeof(memory->told), "%" PRIx64 ", pid %d%s%s", guest->address,
		 (int)guest->pid, guest->has_task ? ", " : "",
		 guest->has_task ? guest->task.comm : "");
	if (!take_slots(memory, guest) || !take_areas(memory, guest) ||
	    !guest_dump_take_file(dump, memory, guest) ||
	    !guest_cpus_take(host, guest, dump, &memory->notes))
		return out_of_memory(err);
	return memory->nr_slots || fail(err, ERROR_NO_ANSWER, "%s",
					guest->slot_trouble.code ? guest->slot_trouble.message :
								   "the machine has no memory");
}

struct dump *guest_dump_create(struct kernel *host, const struct guest *guest,
			       void (*close_host)(struct kernel *host), struct error *err)
{
	struct dump *dump = calloc(1, sizeof(*dump));
	struct guest_memory *memory = calloc(1, sizeof(*memory));
	bool lasts = !host->dump->pages && !host->dump->unmapped;

	if (!dump || !memory) {
		free(dump);
		free(memory);
		out_of_memory(err);
		return NULL;
	}
	memory->kernel = host;
	dump->private = memory;
	dump->format = lasts ? &format : &format_copying;
	dump->listener = host->listener;
	dump->counts = host->dump->counts;
	dump->file.fd = -1;
	dump->pages = lasts ? NULL : calloc(1, sizeof(*dump->pages));
	snprintf(dump->format_name, sizeof(dump->format_name), "%s", format.name);
	if ((lasts || dump->pages || out_of_memory(err)) && guest_dump_fill(dump, guest, err)) {
		memory->close_host = close_host;
		return dump;
	}
	dump_close(dump);
	return NULL;
}
