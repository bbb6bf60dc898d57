/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/kernel.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dump/elf_notes.h"
#include "kernel/arch.h"
#include "kernel/kernel_search.h"
#include "kernel/module_ranges.h"
#include "kernel/modules.h"
#include "kernel/task.h"
#include "kernel/vmalloc.h"

// clang-format off
#define LIST_ARCH(NAME) &arch_##NAME,
static const struct arch *const archs[] = { FOR_EACH_ARCH(LIST_ARCH) };
// clang-format on

const struct arch *arch_find(uint16_t machine)
{
	for (size_t i = 0; i < sizeof(archs) / sizeof(archs[0]); i++)
		if (archs[i]->machine == machine)
			return archs[i];
	return NULL;
}

struct kernel *kernel_create(struct dump *dump, struct vmlinux *vmlinux,
			     struct error *err)
{
	struct kernel *kernel = calloc(1, sizeof(*kernel));

	if (!kernel) {
		dump_close(dump);
		vmlinux_close(vmlinux);
		fail(err, ERROR_SYSTEM, "out of memory");
		return NULL;
	}
	kernel->dump = dump;
	kernel->vmlinux = vmlinux;
	kernel->note.text = dump->vmcoreinfo;
	kernel->note_file.fd = -1;
	return kernel;
}

void kernel_destroy(struct kernel *kernel)
{
	if (!kernel)
		return;
	dump_close(kernel->dump);
	vmlinux_close(kernel->vmlinux);
	file_close(&kernel->note_file);
	free(kernel->found_note);
	kernel_forget_names(kernel);
	for (size_t i = 0; i < NR_RESOURCE_KINDS; i++)
		resource_tree_release(&kernel->resources[i]);
	task_list_destroy(kernel->tasks);
	task_list_destroy(kernel->some_tasks);
	vmalloc_list_destroy(kernel->vmalloc);
	module_ranges_destroy(kernel->module_ranges);
	stack_list_release(&kernel->stacks);
	percpu_areas_release(&kernel->percpu_areas);
	slab_caches_release(&kernel->slab_caches);
	modules_destroy(kernel->modules);
	kallsyms_destroy(kernel->dump_symbols.kallsyms);
	types_close(kernel->dump_types.types);
	view_close(&kernel->dump_types.btf);
	free(kernel);
}

/* e_machine to go by: -o arch= first, then the dump's, the note's. */
static uint16_t choose_machine(const struct kernel *kernel)
{
	const struct fact *mode = &kernel->facts[FACT_MODE];
	uint16_t machine;

	if (mode->status == FACT_KNOWN)
		return mode->value == MODE_X86_64 ? EM_X86_64 : EM_386;
	machine = kernel->dump->machine;
	return machine == EM_NONE ? vmcoreinfo_machine(kernel->note.text) :
				    machine;
}

void kernel_tell(const struct kernel *kernel, enum kernel_event event,
		 const char *text)
{
	if (kernel->listener)
		kernel->listener(kernel->listener_arg, event, text);
}

/* All memory is gone through only where nothing else tells: a vmlinux and a
 * CPU's registers together tell as much as the note, and so does the user who
 * says what a walk needs. */
static bool needs_search(const struct kernel *kernel)
{
	const struct fact *facts = kernel->facts;
	bool has_levels = facts[FACT_LEVELS].given ||
			  (facts[FACT_MODE].given &&
			   facts[FACT_MODE].value != MODE_X86_64);

	return !kernel->note.text.size &&
	       !(kernel->vmlinux && kernel->vmlinux->symbols &&
		 vmlinux_has_types(kernel->vmlinux) &&
		 kernel->identity.match != VMLINUX_DIFFERS &&
		 kernel->dump->nr_cpus) &&
	       !(facts[FACT_ROOT].given && has_levels);
}

/* What says nothing of itself is memory only if there is a kernel in it, or
 * the user says what a walk needs. */
static bool need_arch(const struct kernel *kernel, struct error *err)
{
	const struct dump *dump = kernel->dump;
	bool proved = kernel->table.known || kernel->note_found ||
		      kernel->facts[FACT_MODE].given ||
		      kernel->facts[FACT_ROOT].given;

	if (kernel->arch && (proved || !dump->guessed))
		return true;
	if (!proved && dump->guessed)
		return fail(err, ERROR_FORMAT,
			    "%s is neither a dump of a known format nor a kernel executable (vmlinux), and as memory from address 0 on it holds no kernel that can be proved; memory from elsewhere on is given as FILE@ADDRESS",
			    dump->file.path);
	return fail(err, ERROR_UNKNOWN,
		    "%s: does not say of which machine it is, and no kernel was found in its memory; give -o arch=",
		    dump->file.path);
}

bool kernel_start(struct kernel *kernel, struct error *err)
{
	const struct vmlinux *vmlinux = kernel->vmlinux;
	bool searched;

	kernel->arch = arch_find(choose_machine(kernel));
	searched = needs_search(kernel);
	if (searched)
		kernel_search_memory(kernel);
	if (!kernel->arch && vmlinux)
		kernel->arch = arch_find(vmlinux->machine);
	if (!need_arch(kernel, err))
		return false;
	if (vmlinux && vmlinux->machine != kernel->arch->machine)
		return fail(err, ERROR_FORMAT,
			    "%s: is an %s kernel, but the dump is of an %s one",
			    vmlinux->file.path, arch_find(vmlinux->machine)->name,
			    kernel->arch->name);
	kernel_identify(kernel);
	if (!searched && needs_search(kernel)) { /* that vmlinux is of no use */
		kernel_search_memory(kernel);
		kernel_read_release(kernel);
		kernel_forget_facts(kernel);
	}
	return true;
}

void kernel_forget_facts(struct kernel *kernel)
{
	for (enum fact_id id = 0; id < NR_FACTS; id++)
		if (!kernel->facts[id].given)
			kernel->facts[id] = (struct fact){ 0 };
	kernel->has_space = false;
	kernel->regions.nr = 0;
	kernel->has_entry_rules = false;
	kernel->sections = (struct section_layout){ 0 };
	kernel->page_layout = (struct page_layout){ 0 };
}

/* Two kernels of one banner may lie in a folder. */
static bool is_of_one_build(const struct vmlinux *given,
			    const struct vmlinux *found)
{
	char ours[BUILD_ID_TEXT], theirs[BUILD_ID_TEXT];

	return !given || !vmlinux_build_id_text(given, ours) ||
	       !vmlinux_build_id_text(found, theirs) || !strcmp(ours, theirs);
}

bool kernel_adopt_vmlinux(struct kernel *kernel, struct vmlinux *vmlinux,
			  const char *source)
{
	struct identity before = kernel->identity;
	struct vmlinux *given = kernel->vmlinux;
	void (*listener)(void *, enum kernel_event, const char *) =
		kernel->listener;
	char found[512];

	kernel->vmlinux = vmlinux;
	kernel->identity.match = VMLINUX_UNCHECKED;
	kernel_forget_facts(kernel);
	kernel->listener = NULL; /* another kernel's file is no news */
	if (vmlinux->machine == kernel->arch->machine)
		kernel_identify(kernel);
	kernel->listener = listener;
	if (kernel->identity.match == VMLINUX_MATCHES &&
	    is_of_one_build(given, vmlinux)) {
		if (given && before.match == VMLINUX_MATCHES) {
			vmlinux_attach(given, vmlinux, source);
			kernel->vmlinux = given;
		} else {
			kernel->vmlinux_source = source;
			vmlinux_close(given);
		}
		snprintf(found, sizeof(found), "vmlinux: %s (%s)",
			 vmlinux->file.path, kernel->identity.proof);
		if (listener)
			listener(kernel->listener_arg, KERNEL_FACT_FOUND, found);
		return true;
	}
	vmlinux_close(vmlinux);
	kernel->vmlinux = given;
	kernel->identity = before;
	kernel_forget_facts(kernel);
	return false;
}

static bool has_levels(enum kernel_mode mode, uint64_t levels)
{
	switch (mode) {
	case MODE_I386:
		return levels == 2;
	case MODE_PAE:
		return levels == 3;
	default:
		return levels == 4 || levels == 5;
	}
}

/* All of a space but its root. */
static bool prepare_space(struct kernel *kernel, struct space *space,
			  struct error *err)
{
	uint64_t mode, levels, mask;

	if (!kernel_require(kernel, FACT_MODE, &mode, err) ||
	    !kernel_require(kernel, FACT_LEVELS, &levels, err))
		return false;
	if (!has_levels(mode, levels))
		return fail(err, ERROR_USAGE, "%s has no %" PRIu64 " levels",
			    kernel_mode_names[mode], levels);
	*space = (struct space){
		.dump = kernel->dump,
		.paging = kernel->arch->paging(mode, levels),
	};
	if (kernel_fact(kernel, FACT_SME_MASK, &mask))
		space->encrypt_mask = mask;
	return true;
}

const struct space *kernel_space(struct kernel *kernel, struct error *err)
{
	uint64_t root;

	if (kernel->has_space) {
		kernel_doubt(kernel, kernel->facts[FACT_ROOT].doubt);
		return &kernel->space;
	}
	if (!prepare_space(kernel, &kernel->space, err) ||
	    !kernel_require(kernel, FACT_ROOT, &root, err))
		return NULL;
	kernel->space.root = root;
	kernel->has_space = true;
	return &kernel->space;
}

bool kernel_cpu_space(struct kernel *kernel, struct space *space)
{
	if (!kernel->dump->nr_cpus || !prepare_space(kernel, space, NULL))
		return false;
	space->root = kernel->arch->cpu_root(space, kernel->dump->cpus[0].cr3);
	return true;
}

bool kernel_table_space(struct kernel *kernel, struct space *space)
{
	const struct found_table *table = &kernel->table;

	if (!table->known)
		return false;
	*space = (struct space){
		.dump = kernel->dump,
		.paging = kernel->arch->paging(table->mode, table->levels),
		.root = table->root,
		.encrypt_mask = table->encrypt_mask,
	};
	return true;
}

bool kernel_any_space(struct kernel *kernel, struct space *space)
{
	return kernel_cpu_space(kernel, space) ||
	       kernel_table_space(kernel, space);
}

bool kernel_may_be_root(struct kernel *kernel, uint64_t root, uint64_t vaddr)
{
	struct space space;
	struct walk walk;

	if (!prepare_space(kernel, &space, NULL))
		return false;
	space.root = root;
	walk = walk_page_table(&space, vaddr);
	if (walk.outcome != WALK_MAPPED)
		return walk.outcome == WALK_UNREADABLE;
	if (walk.paddr == root)
		kernel->doubt = NULL; /* proved, whoever told of it */
	return walk.paddr == root;
}

static const char *unreadable_text(const struct walk *walk)
{
	switch (walk->outcome) {
	case WALK_NOT_PRESENT:
		return "is not mapped";
	case WALK_CORRUPT:
		return "cannot be translated: an entry has a reserved bit set";
	case WALK_NON_CANONICAL:
		return "is not a canonical address";
	default:
		return "cannot be translated: a page table is not in the dump";
	}
}

bool space_read(const struct space *space, uint64_t vaddr, void *buffer,
		size_t size, struct error *err)
{
	uint8_t *to = buffer;

	while (size) {
		struct walk walk = walk_page_table(space, vaddr);
		uint64_t room = walk.page_size - (vaddr & (walk.page_size - 1));
		size_t part = size < room ? size : (size_t)room;
		enum page_state state;

		if (walk.outcome != WALK_MAPPED)
			return fail(err, ERROR_UNREADABLE, "%" PRIx64 " %s",
				    vaddr, unreadable_text(&walk));
		state = dump_read(space->dump, walk.paddr, to, part);
		if (state != PAGE_PRESENT)
			return fail(err, ERROR_UNREADABLE,
				    "%" PRIx64 " (physical %" PRIx64
				    ") is not in the dump: %s",
				    vaddr, walk.paddr, page_state_names[state]);
		to += part;
		vaddr += part;
		size -= part;
	}
	return true;
}

bool kernel_read(struct kernel *kernel, uint64_t vaddr, void *buffer,
		 size_t size, struct error *err)
{
	const struct space *space = kernel_space(kernel, err);

	return space && space_read(space, vaddr, buffer, size, err);
}

bool kernel_read_number(struct kernel *kernel, uint64_t vaddr, size_t size,
			uint64_t *value, struct error *err)
{
	uint8_t bytes[8];

	if (!kernel_read(kernel, vaddr, bytes, size, err))
		return false;
	*value = load_le(bytes, size);
	return true;
}

bool kernel_read_text(struct kernel *kernel, uint64_t vaddr, char *text,
		      size_t size)
{
	size_t at = 0;
	uint8_t byte;

	for (; at < size - 1; at++) {
		if (!kernel_read(kernel, vaddr + at, &byte, 1, NULL) || !byte)
			break;
		text[at] = byte < 0x20 || byte == 0x7f ? '?' : (char)byte;
	}
	text[at] = '\0';
	return at || kernel_read(kernel, vaddr, &byte, 1, NULL);
}

unsigned int kernel_pointer_size(const struct kernel *kernel)
{
	return kernel->arch->pointer_size;
}

bool kernel_read_pointer(struct kernel *kernel, uint64_t vaddr,
			 uint64_t *value, struct error *err)
{
	return kernel_read_number(kernel, vaddr, kernel_pointer_size(kernel),
				  value, err);
}

/* How far what is opened proves itself. */
static const char *confidence(struct kernel *kernel)
{
	bool is_map = kernel->vmlinux && !kernel->vmlinux->elf;
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t swapper;
	struct walk walk;

	if (!space)
		return "page table not found";
	if (kernel->identity.match == VMLINUX_DIFFERS)
		return is_map ? "System.map does not belong to it: facts are doubtful" :
		       "vmlinux does not belong to it: facts are doubtful";
	if (!kernel_fact(kernel, FACT_SWAPPER_PG_DIR, &swapper))
		return "page table of a CPU, kernel symbols unknown";
	walk = walk_page_table(space, swapper);
	if (walk.outcome == WALK_UNREADABLE)
		return "page tables are missing from it";
	if (walk.outcome != WALK_MAPPED || walk.paddr != space->root)
		return "page table does not map itself: facts are doubtful";
	if (kernel->identity.match == VMLINUX_MATCHES)
		return is_map ? "System.map matches, page table proved" :
				"vmlinux matches, page table proved";
	return kernel->vmlinux ? "page table proved" :
				 "no vmlinux, page table proved";
}

void kernel_describe(struct kernel *kernel, char *line, size_t size)
{
	const char *release = kernel->identity.release;
	uint64_t mode, levels;
	char paging[32] = "paging mode unknown";

	if (kernel_fact(kernel, FACT_MODE, &mode) &&
	    kernel_fact(kernel, FACT_LEVELS, &levels))
		snprintf(paging, sizeof(paging), "%s, %u levels",
			 kernel_mode_names[mode], (unsigned int)levels);
	snprintf(line, size, "%s: %s dump, Linux %s, %s; %s",
		 kernel->dump->file.path, kernel->dump->format_name,
		 release[0] ? release : "of unknown release", paging,
		 confidence(kernel));
}
