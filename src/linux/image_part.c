/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the section of the kernel image that contains an address, and the smaller part of the
 * section. */
#include "linux/region.h"
#include "kernel/kernel.h"

const char *const image_section_names[NR_IMAGE_SECTIONS] = {
	[IMAGE_TEXT] = "text", [IMAGE_RODATA] = "rodata", [IMAGE_DATA] = "data",
	[IMAGE_INIT] = "init", [IMAGE_BSS] = "bss",
};

/* Sections, from include/asm-generic/sections.h. In both tables the symbol `end` is exclusive. */
static const struct {
	const char *start, *end;
} sections[NR_IMAGE_SECTIONS] = {
	[IMAGE_TEXT] = { "_stext", "_etext" },
	[IMAGE_RODATA] = { "__start_rodata", "__end_rodata" },
	[IMAGE_DATA] = { "_sdata", "_edata" },
	[IMAGE_INIT] = { "__init_begin", "__init_end" },
	[IMAGE_BSS] = { "__bss_start", "__bss_stop" },
};

/* Parts of sections. If a part contains another part, the inner part comes first. A kernel has only
 * some of these symbols. The symbols are from include/asm-generic/vmlinux.lds.h and from
 * vmlinux.lds.S of arch/x86/kernel. The symbols at the end of the table are from vmlinux.lds.S of
 * arch/arm64/kernel, where idmap_pg_dir, tramp_pg_dir, reserved_pg_dir and swapper_pg_dir are
 * neighbours. */
static const struct {
	char name[20], start[28], end[28];
} parts[] = {
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
	{ "idmap-text", "__idmap_text_start", "__idmap_text_end" },
	{ "hyp-text", "__hyp_text_start", "__hyp_text_end" },
	{ "tramp-text", "__entry_tramp_text_start", "__entry_tramp_text_end" },
	{ "hibernate-text", "__hibernate_exit_text_start", "__hibernate_exit_text_end" },
	{ "kexec-text", "__relocate_new_kernel_start", "__relocate_new_kernel_end" },
	{ "page-tables", "idmap_pg_dir", "__init_begin" },
	{ "mmuoff-data", "__mmuoff_data_start", "__mmuoff_data_end" },
	// clang-format on
};

static bool is_between(struct kernel *kernel, const char *start_symbol, const char *end_symbol,
		       uint64_t vaddr)
{
	uint64_t start, end;

	return kernel_symbol(kernel, start_symbol, &start, NULL) && vaddr >= start &&
	       kernel_symbol(kernel, end_symbol, &end, NULL) && vaddr < end;
}

bool region_image_section(struct kernel *kernel, enum image_section section, uint64_t *first,
			  uint64_t *end)
{
	uint64_t found;

	if (!kernel_symbol(kernel, sections[section].start, &found, NULL) ||
	    !kernel_symbol(kernel, sections[section].end, end, NULL))
		return false;
	*first = found;
	return true;
}

static enum image_section find_section(struct kernel *kernel, uint64_t vaddr)
{
	for (enum image_section i = IMAGE_TEXT; i < NR_IMAGE_SECTIONS; i++)
		if (is_between(kernel, sections[i].start, sections[i].end, vaddr))
			return i;
	return IMAGE_NO_SECTION;
}

bool region_image_at(struct kernel *kernel, const struct region *region, uint64_t vaddr,
		     struct image_place *place)
{
	size_t part = 0, nr = sizeof(parts) / sizeof(parts[0]);
	uint64_t text;

	if (region->kind != REGION_KERNEL_IMAGE && region->kind != REGION_DIRECT_MAP)
		return false;
	/* All parts start after _text, which is found faster. */
	if (region->kind == REGION_DIRECT_MAP && kernel_symbol(kernel, "_text", &text, NULL) &&
	    vaddr < text)
		return false;
	while (part < nr && !is_between(kernel, parts[part].start, parts[part].end, vaddr))
		part++;
	*place = (struct image_place){
		.section = find_section(kernel, vaddr),
		.part = part < nr ? parts[part].name : NULL,
	};
	return region->kind == REGION_KERNEL_IMAGE || place->section || place->part;
}
