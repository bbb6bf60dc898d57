/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "query/reach.h"
#include "cli/interrupt.h"
#include "cli/words.h"
#include "cli/commands/show_reach.h"
#include "cli/commands/show_walk.h"

/* The answer for one bus address of a device. */
struct dma_answer {
	struct session *session;
	const char *argument; /* the argument as the user typed it */
	const struct device_dma *dma;
	struct dma_translation translation;
};

/* --- levels --- */

static void state_head(struct session *session, const struct dma_head *head)
{
	struct level_entry level = {
		.name = dma_head_names[head->kind],
		.paddr = head->paddr,
		.nr_words = head->read ? head->nr_words : 0,
		.word = { head->word[0], head->word[1] },
		.reason = head->reason,
		.flags.nr = head->nr_flags,
	};

	for (unsigned int i = 0; i < head->nr_flags; i++)
		level.flags.name[i] = head->flag[i];
	show_level(session, &level);
}

static void dma_state_levels(const struct dma_answer *answer)
{
	struct session *session = answer->session;
	const struct dma_entrance *entrance = &answer->dma->entrance;

	output_list_begin(session->output, "levels");
	for (unsigned int i = 0; i < entrance->nr_heads; i++)
		state_head(session, &entrance->head[i]);
	if (answer->translation.has_walk)
		show_levels(session, entrance->space.paging, &answer->translation.walk);
	output_list_end(session->output);
}

static void dma_state_mapping(const struct dma_answer *answer)
{
	struct output *output = answer->session->output;
	const struct viommu_mapping *mapping = &answer->translation.mapping[VIOMMU_AT];

	if (!mapping->address)
		return;
	output_object_begin(output, "mapping");
	output_range(output, mapping->first, mapping->last);
	output_hex(output, "physical", mapping->physical);
	output_hex(output, "address", mapping->address);
	output_object_end(output);
}

/* --- the answer --- */

static void dma_show(const struct dma_answer *answer)
{
	static const enum style styles[NR_DMA_STATUSES] = {
		[DMA_STATUS_MAPPED] = STYLE_GOOD,	    [DMA_STATUS_NOT_MAPPED] = STYLE_CAUTION,
		[DMA_STATUS_NON_CANONICAL] = STYLE_CAUTION, [DMA_STATUS_CORRUPT] = STYLE_FAULT,
		[DMA_STATUS_UNREADABLE] = STYLE_FAULT,	    [DMA_STATUS_ERROR] = STYLE_FAULT,
	};
	struct output *output = answer->session->output;
	const struct dma_translation *translation = &answer->translation;
	bool mapped = translation->status == DMA_STATUS_MAPPED;

	output_begin_styled(output, "dma", answer->argument, dma_status_names[translation->status],
			    styles[translation->status]);
	output_string(output, "device", answer->dma->function->name);
	output_hex(output, "bus", translation->bus);
	output_hex_if(output, "physical", mapped, translation->physical);
	output_count_if(output, "page_size", mapped && translation->page_size,
			translation->page_size);
	if (mapped) {
		output_hex(output, "pfn",
			   kernel_pfn(answer->session->kernel, translation->physical));
		output_boolean(output, "readable", translation->readable);
		output_boolean(output, "writable", translation->writable);
		output_word(output, "page_state", page_state_names[translation->page_state],
			    style_of_page_state(translation->page_state));
	}
	if (translation->trouble.code)
		output_trouble(output, &translation->trouble);
	show_why_direct(answer->session, answer->dma);
	dma_state_levels(answer);
	dma_state_mapping(answer);
	output_end(output);
}

static bool dma_answer_address(struct session *session, const struct device_dma *dma,
			       const char *argument, struct error *err)
{
	struct dma_answer answer = {
		.session = session,
		.argument = argument,
		.dma = dma,
	};
	uint64_t bus;

	if (!parse_hex(argument, &bus, err))
		return false;
	device_dma_translate(dma, session->kernel->dump, bus, &answer.translation);
	dma_show(&answer);
	if (answer.translation.trouble.code)
		session_complain_of_answer(session, argument, &answer.translation.trouble);
	return true;
}

static bool run_device(struct session *session, char **words, struct error *err)
{
	const struct pci_list *list = pci_functions(session->kernel, err);
	const struct pci_function *function = list ? pci_find(list, *words, err) : NULL;
	struct device_dma dma;

	if (!list)
		return false;
	if (!function) {
		session_complain(session, *words, err);
		return true;
	}
	device_dma_read(session->kernel, function, &dma);
	for (words++; *words && !session_interrupted(session); words++)
		if (!dma_answer_address(session, &dma, *words, err))
			session_complain(session, *words, err);
	return true;
}

/* --- from frames to bus addresses --- */

static void show_frame_reach(struct session *session, const struct reach *reach,
			     const char *argument, uint64_t paddr)
{
	struct output *output = session->output;

	output_begin(output, "dma", argument, NULL);
	output_hex(output, "physical", paddr);
	if (!reach->io.whole)
		output_boolean(output, "complete", false);
	show_reach_list(session, reach, "mappings", paddr);
	output_end(output);
}

/* Answers for physical addresses. words: the arguments from which paddrs were read. */
static bool dma_answer_frames(struct session *session, char **words, const uint64_t *paddrs,
			      size_t nr, struct error *err)
{
	enum stop_reason interrupted;
	struct reach reach;

	if (!reach_search(&reach, session->kernel, paddrs, nr, err))
		return false;
	interrupted = interrupt_put_off();
	for (size_t i = 0; i < nr && !session_interrupted(session); i++)
		show_frame_reach(session, &reach, words[i], paddrs[i]);
	interrupt_resume(interrupted);
	show_reach_gap(session, &reach);
	reach_release(&reach);
	return true;
}

static const struct record frame_record = {
	.fields = FIELDS(HIDDEN("complete"), HIDDEN("unknown"),
			 COLUMN("mappings", .fields = reach_fields),
			 COLUMN("reach", .heading = "note", .rank = KEPT)),
};

/* Answers for all arguments that are physical addresses. Reports the other arguments, and removes
 * them. */
static bool dma_run_frames(struct session *session, char **words, struct error *err)
{
	uint64_t *paddrs = calloc(count_words(words), sizeof(*paddrs));
	bool done = true;
	size_t nr = 0;

	if (!paddrs)
		return out_of_memory(err);
	output_declare(session->output, &frame_record);
	for (char **word = words; *word; word++) {
		if (parse_frame(*word, &paddrs[nr], err))
			words[nr++] = *word;
		else
			session_complain(session, *word, err);
	}
	if (nr)
		done = dma_answer_frames(session, words, paddrs, nr, err);
	free(paddrs);
	return done;
}

struct dma_options {
	unsigned int all;
};

static bool run_dma(struct session *session, char **words, struct error *err)
{
	const struct dma_options *given = session->given;

	return given->all ? dma_run_frames(session, words, err) : run_device(session, words, err);
}

static const struct command_option options[] = {
	{ "a", AT(dma_options, all),
	  .help = "the reverse: list the PCI functions that can reach the page\n"
		  "of PHYS, the bus addresses, and the rights (read, write).\n"
		  "Each page table is searched once for all arguments. If a\n"
		  "function has no table (direct, pass-through, bounced), it\n"
		  "reaches what its DMA mask covers. NOTE says if no function\n"
		  "reaches the page" },
	{ 0 }
};

static const struct field mapping[] = { COLUMN("end", TEXT(.join = " to ")),
					COLUMN("physical", .kind = KIND_PHYSICAL,
					       TEXT(.join = " is ")),
					COLUMN("address", TEXT(.before = "at ")),
					{ 0 } };

static const struct record record = {
	.apart = true,
	.fields =
		FIELDS(HIDDEN("pfn"), HIDDEN("message"), HIDDEN("dma_reason"),
		       LINE("why_direct", .heading = "dma"), LINE("levels", .fields = level_fields),
		       LINE("mapping", .fields = mapping)),
};

const struct command command_dma = {
	.name = "dma",
	.group = GROUP_DEVICES,
	.options = options,
	.arguments = ARGUMENTS({ "DEVICE", WORD_DEVICE, 1, .most = 1 },
			       { "BUS", WORD_NUMBER, 1, .most = MANY },
			       { "PHYS", WORD_PHYSICAL, 1, .most = MANY, .with = "a" }),
	.given_size = GIVEN(dma_options),
	.record = &record,
	.summary = "bus to physical addresses of a device, level by level",
	.details =
		"Shows what the PCI function DEVICE (00:1f.2, or 0000:00:1f.2) reaches at a bus\n"
		"address: the entries that point the IOMMU to the page table of the device, the\n"
		"entry of each level with its flags, the physical address, and whether the\n"
		"device may read and write there. Without an IOMMU, or if the IOMMU does not\n"
		"change addresses, bus addresses are physical addresses.\n"
		"The first entries are, for Intel VT-d: root, context and (in scalable mode)\n"
		"PASID entries; for AMD-Vi: the entries of the device table and of GCR3 tables;\n"
		"for Arm SMMUv3: stream table entries and context descriptors; for virtio: the\n"
		"mapping that its driver keeps. The commands dma and devices need type\n"
		"information.",
	.rests_on = RESTS_ON_WALKS,
	.run = run_dma,
};
