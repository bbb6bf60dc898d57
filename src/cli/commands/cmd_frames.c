/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands virt_to_page, page_to_pfn, pfn_to_page, page_to_phys and phys_to_page, which give
 * the same answer for different kinds of arguments. Also btop and ptob, which need no data of the
 * dump, and page, which shows a whole struct page. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "linux/page/page.h"
#include "linux/page/page_info.h"
#include "cli/tables.h"
#include "cli/commands/show_frame.h"
#include "query/translate.h"
#include "base/text.h"

/* Adds the fields pfn, page and physical. If the frame is in the direct map, also adds the field
 * virtual. */
static void show_frame(struct session *session, uint64_t pfn, uint64_t page)
{
	struct output *output = session->output;
	uint64_t vaddr;

	output_hex(output, "pfn", pfn);
	output_hex(output, "page", page);
	output_hex(output, "physical", kernel_frame(session->kernel, pfn));
	if (region_phys_to_virt(session->kernel, kernel_frame(session->kernel, pfn), &vaddr, NULL))
		output_hex(output, "virtual", vaddr);
}

/* Adds a hint to err if the user address may be meant as a physical address. */
static void hint_at_frame(struct session *session, uint64_t address, struct error *err)
{
	uint64_t page;

	if (!session->chosen.table.has_process && query_is_user_address(session->kernel, address) &&
	    page_of_pfn(session->kernel, kernel_pfn(session->kernel, address), &page, NULL))
		text_append(err->message, sizeof(err->message),
			    "; for a physical address, use phys_to_page");
}

/* Finds the frame to which vaddr is mapped, using the page table that session_space() returns. */
static bool frame_of_address(struct session *session, uint64_t vaddr, uint64_t *pfn,
			     struct error *err)
{
	const struct space *space = session_space(session, vaddr, err);
	struct translation translation;

	if (!space)
		return false;
	session_note_table(session, vaddr);
	translation = query_translate(session->kernel, space, vaddr);
	if (translation_trouble(&translation, space, err))
		return false;
	if (!translation.has_physical) {
		fail(err, ERROR_NO_ANSWER, "%" PRIx64 " has no page: it is %s", vaddr,
		     translation_status_names[translation.status]);
		session_ask_whose(session, vaddr, err);
		hint_at_frame(session, vaddr, err);
		return false;
	}
	*pfn = kernel_pfn(session->kernel, translation.physical);
	return true;
}

/* Adds to the open answer the use of a page frame, for which text has one column. Adds nothing for
 * a frame without a struct page. If owners is true, also searches for the processes that map an
 * anonymous page. */
static void show_use(struct session *session, uint64_t pfn, bool owners)
{
	/* a large struct, so only the members that are shown are initialized */
	struct frame_use shown;

	query_frame_use(session->kernel, pfn, owners, &shown);
	show_frame_use(session, &shown);
}

/* Answers for a frame and its struct page. vaddr: points to a virtual address that is mapped to the
 * frame, or NULL. */
static bool answer_page(struct session *session, const char *argument, uint64_t pfn, uint64_t page,
			const uint64_t *vaddr)
{
	output_begin(session->output, session->command->name, argument, NULL);
	show_frame(session, pfn, page);
	if (vaddr)
		session_add_pid(session, *vaddr);
	output_end(session->output);
	return true;
}

static bool answer_pfn(struct session *session, const char *argument, uint64_t pfn,
		       const uint64_t *vaddr, struct error *err)
{
	uint64_t page;

	return page_of_pfn(session->kernel, pfn, &page, err) &&
	       answer_page(session, argument, pfn, page, vaddr);
}

static bool from_page(struct session *session, const char *argument, struct error *err)
{
	uint64_t page, pfn;

	return parse_address(session, argument, &page, err) &&
	       page_pfn(session->kernel, page, &pfn, err) &&
	       answer_page(session, argument, pfn, page, NULL);
}

static bool from_pfn(struct session *session, const char *argument, struct error *err)
{
	uint64_t pfn;

	return parse_hex(argument, &pfn, err) && answer_pfn(session, argument, pfn, NULL, err);
}

static bool from_phys(struct session *session, const char *argument, struct error *err)
{
	uint64_t paddr;

	return parse_frame(argument, &paddr, err) &&
	       answer_pfn(session, argument, kernel_pfn(session->kernel, paddr), NULL, err);
}

static bool from_virt(struct session *session, const char *argument, struct error *err)
{
	uint64_t vaddr, pfn;

	return parse_address(session, argument, &vaddr, err) &&
	       frame_of_address(session, vaddr, &pfn, err) &&
	       answer_pfn(session, argument, pfn, &vaddr, err);
}

static bool btop(struct session *session, const char *argument, struct error *err)
{
	uint64_t physical;

	if (!parse_physical(argument, &physical, err))
		return false;
	output_begin(session->output, "btop", argument, NULL);
	output_hex(session->output, "physical", physical);
	output_hex(session->output, "pfn", kernel_pfn(session->kernel, physical));
	output_end(session->output);
	return true;
}

static bool ptob(struct session *session, const char *argument, struct error *err)
{
	uint64_t pfn;

	if (!parse_hex(argument, &pfn, err))
		return false;
	if (!kernel_frame_fits(session->kernel, pfn))
		return fail(err, ERROR_USAGE, "the frame's address does not fit in 64 bits");
	output_begin(session->output, "ptob", argument, NULL);
	output_hex(session->output, "pfn", pfn);
	output_hex(session->output, "physical", kernel_frame(session->kernel, pfn));
	output_end(session->output);
	if (pfn > 9 && !argument[strspn(argument, "0123456789")])
		session_say_unlike_crash(
			session,
			"frame numbers are hexadecimal here, also %s; crash reads it as decimal: use ptob 0x%llx",
			argument, strtoull(argument, NULL, 10));
	return true;
}

static const struct command_option walk_options[] = {
	TABLE_OPTIONS("p", "walk in the page table of this process", "r",
		      "use the page table at ROOT, a physical address or a value of\n"
		      "CR3 or TTBR"),
	{ 0 }
};

const struct command command_page_to_pfn = {
	.name = "page_to_pfn",
	.group = GROUP_MEMORY,
	.arguments = ARGUMENTS({ "PAGE", WORD_ADDRESS, 1, .most = MANY }),
	.summary = "page frame number of a struct page",
	.listed_as = "a page frame: number, struct page, physical and virtual address",
	.details = "PAGE is the address of a struct page. An address inside a struct page is\n"
		   "refused; the error names the address of that struct page.",
	.addresses = MANY_ADDRESSES,
	.rests_on = RESTS_ON_FRAMES,
	.answer = from_page,
};

const struct command command_page_to_phys = {
	.name = "page_to_phys",
	.group = GROUP_MEMORY,
	.arguments = ARGUMENTS({ "PAGE", WORD_ADDRESS, 1, .most = MANY }),
	.summary = "physical address of the frame of a struct page",
	.listed_with = "page_to_pfn",
	.details = "PAGE is the address of a struct page, as for page_to_pfn.",
	.addresses = MANY_ADDRESSES,
	.rests_on = RESTS_ON_FRAMES,
	.answer = from_page,
};

const struct command command_pfn_to_page = {
	.name = "pfn_to_page",
	.group = GROUP_MEMORY,
	.arguments = ARGUMENTS({ "PFN", WORD_PFN, 1, .most = MANY }),
	.summary = "struct page of a page frame number",
	.listed_with = "page_to_pfn",
	.details = "Fails if the kernel has no struct page for the frame, for example for device\n"
		   "memory, holes, and frames beyond the end of memory.",
	.rests_on = RESTS_ON_FRAMES,
	.answer = from_pfn,
};

const struct command command_phys_to_page = {
	.name = "phys_to_page",
	.group = GROUP_MEMORY,
	.arguments = ARGUMENTS({ "PHYS", WORD_PHYSICAL, 1, .most = MANY }),
	.summary = "struct page of a physical address",
	.listed_with = "page_to_pfn",
	.details = "Like pfn_to_page, for the frame that holds PHYS.",
	.rests_on = RESTS_ON_FRAMES,
	.answer = from_phys,
};

const struct command command_virt_to_page = {
	.name = "virt_to_page",
	.group = GROUP_MEMORY,
	.options = walk_options,
	.arguments = ARGUMENTS({ "ADDR", WORD_ADDRESS, 1, .most = MANY }),
	.summary = "struct page of the frame that is mapped at an address",
	.listed_with = "page_to_pfn",
	.details =
		"Walks the page table, so the answer is right for any mapped address, while the\n"
		"kernel's virt_to_page() is valid only in the direct map. Without -p and -r, the\n"
		"table is chosen as for vtop.",
	.addresses = MANY_ADDRESSES,
	.rests_on = RESTS_ON_FRAMES,
	.answer = from_virt,
};

const struct command command_btop = {
	.name = "btop",
	.group = GROUP_MEMORY,
	.arguments = ARGUMENTS({ "PHYS", WORD_PHYSICAL, 1, .most = MANY }),
	.summary = "physical addresses to page frame numbers",
	.listed_as = "page frame numbers to physical addresses and back",
	.details = "Divides by the kernel's page size and drops the remainder. The frame need not\n"
		   "exist: nothing is looked up in the dump.",
	.answer = btop,
};

const struct command command_ptob = {
	.name = "ptob",
	.group = GROUP_MEMORY,
	.arguments = ARGUMENTS({ "PFN", WORD_PFN, 1, .most = MANY }),
	.summary = "page frame numbers to physical addresses",
	.listed_with = "btop",
	.details = "Multiplies by the kernel's page size. The frame need not exist: nothing is\n"
		   "looked up in the dump.",
	.answer = ptob,
};

/* --- page --- */

/* Finds the struct page at the address. If there is none, finds the struct page of the frame to
 * which the address is mapped. Fails if the address is within a struct page, but not at its
 * start. */
static bool frames_find_page(struct session *session, uint64_t address, uint64_t *pfn,
			     uint64_t *page, struct error *err)
{
	uint64_t start;

	*page = address;
	if (page_pfn(session->kernel, address, pfn, NULL))
		return true;
	if (page_holding(session->kernel, address, pfn, &start))
		return page_pfn(session->kernel, address, pfn, err);
	return frame_of_address(session, address, pfn, err) &&
	       page_of_pfn(session->kernel, *pfn, page, err);
}

static void output_flag(const char *name, void *arg)
{
	output_string(arg, NULL, name);
}

static void frames_output_flags(struct session *session, const struct page_info *info)
{
	struct page_info none = { 0 };
	struct output *output = session->output;

	if (!page_flags_of(session->kernel, &none, output_flag, output))
		return;
	output_list_begin(output, "flags");
	page_flags_of(session->kernel, info, output_flag, output);
	output_list_end(output);
}

static bool page_answer(struct session *session, const char *argument, struct error *err)
{
	struct output *output = session->output;
	struct page_info info;
	uint64_t address, pfn, page;

	if (!parse_address(session, argument, &address, err) ||
	    !frames_find_page(session, address, &pfn, &page, err) ||
	    !page_info_read(session->kernel, page, &info, err))
		return false;
	output_begin(output, "page", argument, NULL);
	show_frame(session, pfn, page);
	if (info.has_refcount)
		output_integer(output, "refcount", info.refcount);
	if (info.has_mapcount)
		output_integer(output, "mapcount", info.mapcount);
	if (info.has_mapping)
		output_hex(output, "mapping", info.mapping);
	if (info.has_node)
		output_count(output, "node", info.node);
	output_string(output, "zone", info.zone);
	if (info.has_flags) {
		output_hex(output, "flags_word", info.flags);
		frames_output_flags(session, &info);
	}
	show_use(session, pfn, true);
	session_add_pid(session, address);
	output_end(output);
	return true;
}

const struct command command_page = {
	.name = "page",
	.group = GROUP_MEMORY,
	.options = walk_options,
	.arguments = ARGUMENTS({ "ADDR", WORD_ADDRESS, 1, .most = MANY }),
	.summary = "the struct page at an address, or of the page mapped there",
	.details = "ADDR is the address of a struct page, or any mapped virtual address. Shows\n"
		   "the frame, reference and map counts, mapping, node, zone, names of flags,\n"
		   "and use of the page (file, anonymous memory, slab, free, ...), as far as\n"
		   "debug information or VMCOREINFO describe struct page. For a physical\n"
		   "address, ask phys_to_page first. An address in the middle of a struct page\n"
		   "is refused. Without -p and -r, the table is chosen as for vtop.",
	.addresses = MANY_ADDRESSES,
	.rests_on = RESTS_ON_FRAMES,
	.answer = page_answer,
};
