/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Sections of the kernel image and smaller parts of it. */
#include "areas/region.h"
#include "kernel/kernel.h"

/* A named range of the image; start and end (exclusive) are symbols. */
struct bounds {
	const char *name, *start, *end;
};

/* include/asm-generic/sections.h; in the order of the image. */
static const struct bounds sections[] = {
	{ "text", "_stext", "_etext" },
	{ "rodata", "__start_rodata", "__end_rodata" },
	{ "data", "_sdata", "_edata" },
	{ "init", "__init_begin", "__init_end" },
	{ "bss", "__bss_start", "__bss_stop" },
};

/* Symbols of include/asm-generic/vmlinux.lds.h and
 * arch/x86/kernel/vmlinux.lds.S; a part within another comes before it.
 * Of these symbols a kernel has some. */
static const struct bounds parts[] = {
	// clang-format off
	{ "irqentry-text", "__irqentry_text_start", "__irqentry_text_end" },
	{ "softirqentry-text", "__softirqentry_text_start", "__softirqentry_text_end" },
	{ "entry-text", "__entry_text_start", "__entry_text_end" },
	{ "cpuidle-text", "__cpuidle_text_start", "__cpuidle_text_end" },
	{ "noinstr-text", "__noinstr_text_start", "__noinstr_text_end" },
	{ "sched-text", "__sched_text_start", "__sched_text_end" },
	{ "lock-text", "__lock_text_start", "__lock_text_end" },
	{ "kprobes-text", "__kprobes_text_start", "__kprobes_text_end" },
	{ "static-call-text", "__static_call_text_start", "__static_call_text_end" },
	{ "indirect-thunk", "__indirect_thunk_start", "__indirect_thunk_end" },
	{ "jump-table", "__start___jump_table", "__stop___jump_table" },
	{ "ro-after-init", "__start_ro_after_init", "__end_ro_after_init" },
	{ "symbol-table", "__start___ksymtab", "__stop___ksymtab" },
	{ "symbol-table-gpl", "__start___ksymtab_gpl", "__stop___ksymtab_gpl" },
	{ "parameters", "__start___param", "__stop___param" },
	{ "exception-table", "__start___ex_table", "__stop___ex_table" },
	{ "notes", "__start_notes", "__stop_notes" },
	{ "btf", "__start_BTF", "__stop_BTF" },
	{ "init-stack", "__start_init_stack", "__end_init_stack" },
	{ "init-stack", "__start_init_task", "__end_init_task" },
	{ "nosave", "__nosave_begin", "__nosave_end" },
	{ "bug-table", "__start___bug_table", "__stop___bug_table" },
	{ "orc", "__start_orc_unwind_ip", "__stop_orc_unwind_ip" },
	{ "orc", "__start_orc_unwind", "__stop_orc_unwind" },
	{ "init-text", "_sinittext", "_einittext" },
	{ "initcalls", "__initcall_start", "__initcall_end" },
	{ "alternatives", "__alt_instructions", "__alt_instructions_end" },
	{ "smp-locks", "__smp_locks", "__smp_locks_end" },
	{ "bss-decrypted", "__start_bss_decrypted", "__end_bss_decrypted" },
	{ "brk", "__brk_base", "__brk_limit" },
	// clang-format on
};

static const char *find_name(struct kernel *kernel, const struct bounds *bounds,
			     size_t nr, uint64_t vaddr)
{
	uint64_t start, end;

	for (size_t i = 0; i < nr; i++)
		if (kernel_symbol(kernel, bounds[i].start, &start, NULL) &&
		    vaddr >= start &&
		    kernel_symbol(kernel, bounds[i].end, &end, NULL) &&
		    vaddr < end)
			return bounds[i].name;
	return NULL;
}

bool kernel_image_at(struct kernel *kernel, const struct region *region,
		     uint64_t vaddr, struct image_place *place)
{
	if (region->kind != REGION_KERNEL_IMAGE &&
	    region->kind != REGION_DIRECT_MAP)
		return false;
	place->section =
		find_name(kernel, sections,
			  sizeof(sections) / sizeof(sections[0]), vaddr);
	place->part = find_name(kernel, parts, sizeof(parts) / sizeof(parts[0]),
				vaddr);
	return region->kind == REGION_KERNEL_IMAGE || place->section ||
	       place->part;
}
