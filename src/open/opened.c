/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "open/opened.h"

#include <stdlib.h>
#include <string.h>

#include "arch/arm64/arm64_members.h"
#include "arch/riscv64/riscv64_members.h"
#include "arch/x86/x86_members.h"
#include "base/page.h"
#include "debuginfo/ko_file.h"
#include "debuginfo/vmlinux.h"
#include "devices/members.h"
#include "dump/dump.h"
#include "kernel/arch.h"
#include "kernel/kernel_members.h"
#include "kernel/table_search.h"
#include "kernel/vmcoreinfo.h"
#include "kvm/members.h"
#include "linux/area_members.h"
#include "linux/crash_members.h"
#include "linux/module/made_code.h"
#include "linux/module/modules.h"
#include "linux/page/page.h"
#include "linux/page_members.h"
#include "linux/task_members.h"
#include "linux/wait_members.h"
#include "open/open.h"
#include "query/object_owner.h"
#include "symbols/symbol_lookup.h"
#include "types/types.h"

/* --- members --- */

// clang-format off
/* Checks at compile time that the texts fit with their NULs, because C also accepts an initializer
 * that has no space for the NUL. */
#define FITS(ID, TYPE, NAME, ...) \
	_Static_assert(sizeof(TYPE) <= sizeof(((struct member_row *)0)->type) && \
		       sizeof(NAME) <= sizeof(((struct member_row *)0)->name), \
		       "struct member_row has room for " TYPE "." NAME);
#define ROW(ID, TYPE, ...) { .type = TYPE, .name = __VA_ARGS__ },
#define ROOM(NAME) [ROOM_##NAME] = (const struct member_row[]){ MEMBERS_OF_##NAME(ROW) }

MEMBERS_OF_KERNEL(FITS)
MEMBERS_OF_PAGE(FITS)
MEMBERS_OF_TASK(FITS)
MEMBERS_OF_UNWIND(FITS)
MEMBERS_OF_LINUX(FITS)
MEMBERS_OF_X86(FITS)
MEMBERS_OF_ARM64(FITS)
MEMBERS_OF_RISCV64(FITS)
MEMBERS_OF_DEVICES(FITS)
MEMBERS_OF_KVM(FITS)
MEMBERS_OF_CRASH(FITS)
MEMBERS_OF_QUERY(FITS)

const struct member_row *const member_rows[NR_ROOMS] = {
	ROOM(KERNEL), ROOM(PAGE), ROOM(TASK), ROOM(UNWIND), ROOM(LINUX), ROOM(X86), ROOM(ARM64),
	ROOM(RISCV64), ROOM(DEVICES), ROOM(KVM), ROOM(CRASH), ROOM(QUERY),
};
// clang-format on

/* --- opened --- */

/* A kernel, with all structs to which it points. */
struct opened {
	struct kernel kernel; /* must be the first member, because opened_of() casts to it */
	struct vmcoreinfo note;
	struct identity identity;
	struct found_table table;
	struct facts facts;
	struct error excess;
	const struct fact_source *sources[3];
	struct symbol_lookup symbols;
	struct states states;
	struct file note_file; /* the file that -o vmcoreinfo= names */
	char *found_note; /* owned; set by open_search_memory() */
	char *debug_path; /* owned; NULL: the usual folders */
	bool borrows_dump;
};

/* The image is first, so a symbol of the image is found without a search of the modules. */
static const struct symbol_provider *const symbol_providers[] = {
	&kernel_image_provider,
	&module_symbols,
	&made_code_symbols,
	NULL,
};

static struct opened *opened_of(struct kernel *kernel)
{
	return (struct opened *)kernel;
}

struct kernel *open_create(struct dump *dump, struct vmlinux *vmlinux, struct error *err)
{
	struct opened *opened = calloc(1, sizeof(*opened));
	struct kernel *kernel = &opened->kernel;

	if (!opened) {
		dump_close(dump);
		vmlinux_close(vmlinux);
		out_of_memory(err);
		return NULL;
	}
	opened->note.text = dump ? dump->vmcoreinfo : (struct bytes){ 0 };
	opened->note_file.fd = -1;
	opened->symbols = (struct symbol_lookup){ kernel, symbol_providers };
	*kernel = (struct kernel){
		.dump = dump,
		.vmlinux = vmlinux,
		.no_vmlinux = "no vmlinux was given",
		.note = &opened->note,
		.identity = &opened->identity,
		.table = &opened->table,
		.facts = &opened->facts,
		.sources = opened->sources,
		.members = member_rows,
		.symbols = &opened->symbols,
		.states = &opened->states,
		.excess = &opened->excess,
	};
	open_set_arch(kernel, NULL);
	return kernel;
}

struct kernel *open_create_beside(struct dump *dump)
{
	struct kernel *kernel = open_create(NULL, NULL, NULL);

	if (!kernel)
		return NULL;
	kernel->dump = dump;
	kernel->listener = dump->listener;
	opened_of(kernel)->borrows_dump = true;
	return kernel;
}

void open_close(struct kernel *kernel)
{
	struct opened *opened = opened_of(kernel);

	if (!kernel)
		return;
	states_destroy(kernel->states);
	if (!opened->borrows_dump)
		dump_close(kernel->dump);
	if (kernel->vmlinux)
		vmlinux_close(kernel->vmlinux);
	if (kernel->module_files)
		ko_file_close(kernel->module_files);
	file_close(&opened->note_file);
	free(opened->found_note);
	free(opened->debug_path);
	free(opened);
}

/* Sets the architecture, and puts its sources of facts before the general sources. */
void open_set_arch(struct kernel *kernel, const struct arch *arch)
{
	const struct fact_source **source = opened_of(kernel)->sources;

	kernel->arch = arch;
	kernel->page_shift = arch ? arch->page_shift : LEAST_PAGE_SHIFT;
	if (arch)
		*source++ = arch->sources;
	*source++ = frame_sources;
	*source = NULL;
}

bool open_set_note_file(struct kernel *kernel, const char *path, struct error *err)
{
	struct opened *opened = opened_of(kernel);

	file_close(&opened->note_file);
	if (!file_open(&opened->note_file, path, err) || !file_whole(&opened->note_file, err))
		return false;
	opened->note.text = opened->note_file.bytes;
	return true;
}

void open_set_found_note(struct kernel *kernel, char *text, uint64_t paddr)
{
	struct opened *opened = opened_of(kernel);

	free(opened->found_note);
	opened->found_note = text;
	opened->note.found = true;
	opened->note.paddr = paddr;
}

void open_set_debug_path(struct kernel *kernel, const char *path)
{
	struct opened *opened = opened_of(kernel);

	free(opened->debug_path);
	opened->debug_path = path ? strdup(path) : NULL;
}

const char *open_debug_path(const struct kernel *kernel)
{
	return ((const struct opened *)kernel)->debug_path;
}

void open_forget(struct kernel *kernel)
{
	facts_forget(kernel->facts);
	states_forget(kernel->states);
	if (kernel->vmlinux)
		types_forget(kernel->vmlinux->types);
}
