/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Explains why the page of a page fault could not be accessed: what the error code or syndrome says, and the entries of
 * the page tables. */
#include <elf.h>
#include <string.h>

#include "base/text.h"
#include "oops/explainer.h"
#include "oops/facts.h"

static const char changed[] =
	"they do not agree, so the entry has changed since, or the lines are of two reports";

enum { CR4_SMEP = 20, CR4_SMAP = 21, EFLAGS_AC = 18, STATUS_SUM = 18 };

/* SMAP and SMEP: Intel SDM vol. 3, 4.6.1. */
static void explain_user_page(struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	const struct oops_context *context = ex->context;
	const struct oops_number *cr4 = oops_register_find(context, "cr4");
	const struct oops_number *flags = oops_register_find(context, "eflags");

	if (report->code.value & PF_FETCH)
		ex_say(ex,
		       "The page is there, a user page of a process: the kernel may not execute it%s.",
		       cr4 && cr4->value >> CR4_SMEP & 1 ? " (SMEP: CR4.SMEP is set)" : "");
	else if (cr4 && cr4->value >> CR4_SMAP & 1 && flags && !(flags->value >> EFLAGS_AC & 1))
		ex_say(ex,
		       "The page is there, a user page of a process, but CR4.SMAP is set and EFLAGS.AC is clear: the kernel may not access it directly (SMAP), it must use copy_from_user() or copy_to_user().");
}

/* All entries are in the text, and none of them forbids what the error code says was refused. */
static bool say_allowed(struct explainer *ex, uint64_t code)
{
	const struct oops_report *report = ex->report;
	const bool is_fetch = code & PF_FETCH;
	struct fact_entry found;

	for (size_t i = 0; i < report->nr_entries; i++) {
		ex_entry(ex, i, &found);
		if (is_fetch ? report->entry[i].value >> 63 :
			       !found.writable && strcmp(report->entry[i].name, "pdpt") != 0)
			return false;
	}
	if (!is_fetch && !(code & PF_WRITE))
		return false;
	ex_say(ex,
	       "The error code says that the page must not be %s, and no entry in the text forbids it: %s.",
	       is_fetch ? "executed" : "written", changed);
	return true;
}

/* The frame of the address; an entry of an upper level maps many. */
static uint64_t frame_of(const struct oops_report *report, const struct fact_entry *leaf)
{
	const char *name = report->nr_entries ? report->entry[report->nr_entries - 1].name : "";
	const uint64_t size = !strcmp(name, "pud") ? 1 << 30 :
			      !strcmp(name, "pmd") ? 2 << 20 :
						     PAGE;

	return (leaf->physical + (report->address.value & (size - 1))) / PAGE;
}

/* Why the CPU refused the access although the page is there. */
static void explain_rights_of_x86(struct explainer *ex, const struct fact_entry *leaf)
{
	const struct oops_report *report = ex->report;
	const uint64_t code = report->has_code ? report->code.value : 0;

	if (report->has_code && report->nr_entries && !leaf->keeps_bits &&
	    (code & PF_PRESENT ? !leaf->present : leaf->is_leaf)) {
		ex_say(ex,
		       "The error code says that the page is %s, and the last entry in the text, %s, is %spresent: %s.",
		       code & PF_PRESENT ? "present" : "not present",
		       report->entry[report->nr_entries - 1].name, leaf->present ? "" : "not ",
		       changed);
		return;
	}
	if (code & PF_RMP)
		ex_say(ex,
		       "The %s is present%s, so the page table is not the reason: the RMP check of SEV-SNP refused %s%s, which belongs to a guest or is in use by the processor.",
		       leaf->present ? "entry" : "page", leaf->writable ? " and writable" : "",
		       leaf->present ? "frame " : "it",
		       leaf->present ? DIGITS(frame_of(report, leaf)) : "");
	else if (leaf->keeps_bits && !(code & PF_PRESENT))
		ex_say(ex,
		       "The entry keeps its other bits, only the present bit was removed: DEBUG_PAGEALLOC or KFENCE does so, so the page (frame %s) is free or guarded.",
		       DIGITS(frame_of(report, leaf)));
	else if (!(code & PF_PRESENT) || code & (PF_USER | PF_KEY | PF_SHADOW | PF_SGX))
		return;
	else if (code & PF_RESERVED)
		ex_say(ex,
		       "A reserved bit is set in an entry of the page tables: it is damaged, or it maps a physical address that the CPU does not have.");
	else if (leaf->present && leaf->user)
		explain_user_page(ex);
	else if (!leaf->present && !oops_is_kernel_address(report->machine, report->address.value))
		return; /* SMAP, SMEP or the rights of the page: only the entry shows which */
	else if (leaf->is_leaf && say_allowed(ex, code))
		return;
	else if (code & PF_FETCH)
		ex_say(ex, "The page is there, but must not be executed (NX): it holds data.");
	else if (code & PF_WRITE && !leaf->writable)
		ex_say(ex, "The page is there, and is read-only.");
}

/* Is it the name of an entry of this level? With 39 bits of addresses, pgd is level 1; folded levels have the names of
 * several (arch/arm64/include/asm/pgtable-hwdef.h). */
static bool is_of_level(const char *name, int level)
{
	static const char *const names[] = { "pgd p4d", "pgd p4d pud", "pgd pmd", "pte" };

	return level >= 0 && level <= 3 && text_list_has(names[level], name);
}

/* The kernel prints the entries after the fault, down to the first one that is not valid or maps a page. */
static void compare_level(struct explainer *ex, const struct fact_entry *last)
{
	const struct oops_report *report = ex->report;
	const int level = ex->syndrome.level;
	const char *name = report->nr_entries ? report->entry[report->nr_entries - 1].name : "";
	const bool is_at_level = is_of_level(name, level);

	/* A valid entry of another level may be followed by entries that the text does not show. No walk begins for an
	 * address that is neither of a process nor of the kernel. */
	if (!*name || level < 0 ||
	    !oops_is_canonical(EM_AARCH64, NULL, without_tag(report->address.value)) ||
	    (last->present && !is_at_level))
		return;
	ex_say(ex,
	       "The translation ended at level %d, and the last entry in the text, %s, is %svalid: %s.",
	       level, name, last->present ? "" : "not ",
	       last->present || !is_at_level ? changed : "the level agrees");
}

static void explain_rights_of_arm64(struct explainer *ex, const struct fact_entry *leaf)
{
	const struct fact_syndrome *syndrome = &ex->syndrome;
	const bool of_kernel =
		oops_is_kernel_address(ex->report->machine, ex->report->address.value);

	/* Tags and the like: neither the walk nor the rights of the page are the reason. */
	if (syndrome->is_abort && strstr(syndrome->text, "tag check fault"))
		ex_say_syndrome(ex);
	if (syndrome->is_translation)
		compare_level(ex, leaf);
	if (!syndrome->is_permission)
		return;
	if (of_kernel)
		ex_say(ex, "The page is there, and is %s.",
		       syndrome->is_fetch ? "not executable" :
		       syndrome->is_write ? "read-only" :
					    "not readable");
	else if (syndrome->is_fetch)
		ex_say(ex,
		       "The page is there, a user page of a process: the kernel may not execute it (PXN).");
	else if (ex_shows(ex, "+PAN"))
		ex_say(ex,
		       "The page is there, a user page of a process: the kernel may not access it directly (PAN), it must use copy_from_user() or copy_to_user().");
}

/* The entries are in the text since 6.16. What the kernel calls an access without the routines for user memory is often
 * only a NULL pointer, because this is tested first (handle_page_fault() in arch/riscv/mm/fault.c). */
static void explain_rights_of_riscv(struct explainer *ex, const struct fact_entry *leaf)
{
	const struct oops_report *report = ex->report;
	const struct oops_number *status = oops_register_find(ex->context, "status");
	const enum oops_access access = ex->verdict->access;
	const bool of_kernel = oops_is_kernel_address(report->machine, report->address.value);

	if (leaf->is_leaf && of_kernel && access == OOPS_WRITE && !leaf->writable)
		ex_say(ex, "The page is there, and is read-only.");
	else if (leaf->is_leaf && leaf->user && access == OOPS_EXECUTE)
		ex_say(ex,
		       "The page is there, a user page of a process: the kernel may not execute it.");
	else if (!of_kernel && report->address.value >= FIRST_PAGE && access != OOPS_EXECUTE &&
		 (!*ex->verdict->bad_register || ex->verdict->bad_value >= FIRST_PAGE) && status &&
		 !(status->value >> STATUS_SUM & 1) && ex_shows(ex, "without uaccess routines"))
		ex_say(ex,
		       "status.SUM is clear: the kernel may not access user memory directly, it must use copy_from_user() or copy_to_user().");
}

void explain_rights(struct explainer *ex)
{
	const struct oops_report *report = ex->report;
	/* The last entry of the page tables that the text shows: a page, if one is there. */
	struct fact_entry leaf = { .present = false };

	if (report->kind != OOPS_PAGE_FAULT || !report->has_address)
		return;
	if (report->nr_entries)
		ex_entry(ex, report->nr_entries - 1, &leaf);
	if (report->machine == EM_AARCH64)
		explain_rights_of_arm64(ex, &leaf);
	else if (report->machine == EM_RISCV)
		explain_rights_of_riscv(ex, &leaf);
	else
		explain_rights_of_x86(ex, &leaf);
}
