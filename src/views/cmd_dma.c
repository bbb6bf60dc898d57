/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdlib.h>

#include "output/row.h"
#include "reach/reach.h"
#include "session/interrupt.h"
#include "session/words.h"
#include "show/show_reach.h"
#include "show/show_walk.h"

/* One bus address, of one device. */
struct answer {
	struct session *session;
	const char *argument; /* as typed */
	const struct device_dma *dma;
	struct dma_translation translation;
};

/* An entry on the way, of the device or of the page table. */
struct step {
	const char *name;
	uint64_t paddr;
	unsigned int nr_words; /* 0: not in the dump, for this reason: */
	uint64_t word[2];
	enum page_state reason;
	unsigned int nr_flags;
	const char *flag[MAX_ENTRY_FLAGS];
};

/* --- the way --- */

static unsigned int nr_steps(const struct answer *answer)
{
	const struct walk *walk = &answer->translation.walk;
	unsigned int nr = answer->dma->entrance.nr_heads;

	if (!answer->translation.has_walk)
		return nr;
	return nr + walk->nr_steps + (walk->outcome == WALK_UNREADABLE);
}

static struct step head_step(const struct dma_head *head)
{
	struct step step = {
		.name = dma_head_names[head->kind],
		.paddr = head->paddr,
		.nr_words = head->read ? head->nr_words : 0,
		.word = { head->word[0], head->word[1] },
		.reason = head->reason,
		.nr_flags = head->nr_flags,
	};

	for (unsigned int i = 0; i < head->nr_flags; i++)
		step.flag[i] = head->flag[i];
	return step;
}

static void find_flags(const struct answer *answer, unsigned int level,
		       struct step *step)
{
	struct entry_flags flags =
		entry_flags_of(answer->session, answer->dma->entrance.space.paging,
			       level, step->word[0]);

	step->nr_flags = flags.nr;
	for (unsigned int i = 0; i < flags.nr; i++)
		step->flag[i] = flags.name[i];
}

static struct step step_at(const struct answer *answer, unsigned int at)
{
	const struct dma_entrance *entrance = &answer->dma->entrance;
	const struct walk *walk = &answer->translation.walk;
	unsigned int level = at - entrance->nr_heads;
	struct step step;

	if (at < entrance->nr_heads)
		return head_step(&entrance->head[at]);
	step = (struct step){
		.name = entrance->space.paging->level[level].name,
		.paddr = walk->step[level].entry_paddr,
		.nr_words = level < walk->nr_steps,
		.reason = walk->reason,
	};
	if (step.nr_words) {
		step.word[0] = walk->step[level].entry;
		find_flags(answer, level, &step);
	}
	return step;
}

static void json_steps(const struct answer *answer)
{
	struct output *output = answer->session->output;

	output_list_begin(output, "levels");
	for (unsigned int i = 0; i < nr_steps(answer); i++) {
		const struct step step = step_at(answer, i);

		output_object_begin(output, NULL);
		output_string(output, "name", step.name);
		output_hex(output, "entry_address", step.paddr);
		if (step.nr_words)
			output_hex(output, "entry", step.word[0]);
		if (step.nr_words > 1)
			output_hex(output, "entry_high", step.word[1]);
		if (step.nr_words) {
			output_list_begin(output, "flags");
			for (unsigned int j = 0; j < step.nr_flags; j++)
				output_string(output, NULL, step.flag[j]);
			output_list_end(output);
		}
		output_object_end(output);
	}
	output_list_end(output);
}

static void text_steps(const struct answer *answer)
{
	enum { NAME = 2, ADDRESS = 12, ENTRY = 30, FLAGS = 48 };
	struct output *output = answer->session->output;
	struct row row = { 0 };

	if (!nr_steps(answer))
		return;
	output_text(output,
		    "  LEVEL     ENTRY AT          ENTRY             FLAGS\n");
	for (unsigned int i = 0; i < nr_steps(answer); i++) {
		const struct step step = step_at(answer, i);

		row_pad(&row, NAME);
		row_cell(&row, step.name, ADDRESS);
		row_hex(&row, step.paddr, 1);
		row_pad(&row, ENTRY);
		if (step.nr_words) {
			row_hex(&row, step.word[0], 1);
			row_pad(&row, FLAGS);
		} else {
			row_text(&row, page_state_names[step.reason]);
		}
		for (unsigned int j = 0; j < step.nr_flags; j++) {
			row_text(&row, j ? "|" : "");
			row_text(&row, step.flag[j]);
		}
		row_end(&row, output);
	}
}

/* --- a mapping of a tree --- */

static void json_mapping(const struct answer *answer)
{
	struct output *output = answer->session->output;
	const struct viommu_mapping *mapping =
		&answer->translation.mapping[VIOMMU_AT];

	if (!answer->translation.has_mapping[VIOMMU_AT])
		return;
	output_object_begin(output, "mapping");
	output_hex(output, "start", mapping->first);
	output_hex(output, "end", mapping->last);
	output_hex(output, "physical", mapping->physical);
	output_hex(output, "address", mapping->address);
	output_object_end(output);
}

static void text_mapping(const struct answer *answer)
{
	const struct viommu_mapping *mapping =
		&answer->translation.mapping[VIOMMU_AT];

	if (answer->translation.has_mapping[VIOMMU_AT])
		output_textf(answer->session->output,
			     "  MAPPING at %" PRIx64 ": %" PRIx64 " to %" PRIx64
			     " is %" PRIx64 "\n",
			     mapping->address, mapping->first, mapping->last,
			     mapping->physical);
}

/* --- the answer --- */

static void show(const struct answer *answer)
{
	struct output *output = answer->session->output;
	const struct dma_translation *translation = &answer->translation;
	bool mapped = translation->status == DMA_STATUS_MAPPED;
	bool paged = mapped && translation->page_size;

	output_begin(output, "dma", answer->argument,
		     dma_status_names[translation->status]);
	output_string(output, "device", answer->dma->function->name);
	output_hex(output, "bus", translation->bus);
	output_hex_if(output, "physical", mapped, translation->physical);
	output_count_if(output, "page_size", paged, translation->page_size);
	output_json_only_begin(output);
	if (mapped)
		output_hex(output, "pfn",
			   kernel_pfn(answer->session->kernel,
				      translation->physical));
	output_json_only_end(output);
	if (mapped) {
		output_boolean(output, "readable", translation->readable);
		output_boolean(output, "writable", translation->writable);
		output_string(output, "page_state",
			      page_state_names[translation->page_state]);
	}
	if (output_json(output)) {
		if (translation->trouble.code)
			output_string(output, "message",
				      translation->trouble.message);
		json_steps(answer);
		json_mapping(answer);
	}
	output_end(output);
	if (!output_json(output)) {
		text_steps(answer);
		text_mapping(answer);
	}
}

static bool answer_address(struct session *session,
			   const struct device_dma *dma, const char *argument,
			   struct error *err)
{
	struct answer answer = {
		.session = session,
		.argument = argument,
		.dma = dma,
	};
	uint64_t bus;

	if (!parse_hex(argument, &bus, err))
		return false;
	device_dma_translate(dma, session->kernel->dump, bus,
			     &answer.translation);
	show(&answer);
	if (answer.translation.trouble.code)
		session_complain_of_answer(session, argument,
					   &answer.translation.trouble);
	return true;
}

static bool run_device(struct session *session, char **words, struct error *err)
{
	const struct pci_list *list = kernel_pci(session->kernel, err);
	const struct pci_function *function =
		list ? pci_find(list, *words, err) : NULL;
	struct device_dma dma;
	struct error complaint;

	if (!list)
		return false;
	if (!function) {
		session_complain(session, *words, err);
		return true;
	}
	kernel_device_dma(session->kernel, function, &dma);
	for (words++; *words && !session_interrupted(session); words++)
		if (!answer_address(session, &dma, *words, &complaint))
			session_complain(session, *words, &complaint);
	return true;
}

/* --- the other direction --- */

static void show_frame_reach(struct session *session, const struct reach *reach,
			     const char *argument, uint64_t paddr)
{
	struct output *output = session->output;

	if (!output_json(output)) {
		show_reach_rows(session, reach, argument, paddr);
		return;
	}
	output_begin(output, "dma", argument, "ok");
	output_hex(output, "physical", paddr);
	if (!reach->io.whole)
		output_boolean(output, "complete", false);
	show_reach_list(session, reach, "mappings", paddr);
	output_end(output);
}

/* The words' addresses are paddrs. */
static bool answer_frames(struct session *session, char **words,
			  const uint64_t *paddrs, size_t nr, struct error *err)
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

/* Complains of words that are not addresses, and removes them. */
static bool run_frames(struct session *session, char **words, struct error *err)
{
	uint64_t *paddrs = calloc(count_words(words), sizeof(*paddrs));
	struct error complaint;
	bool done = true;
	size_t nr = 0;

	if (!paddrs)
		return out_of_memory(err);
	for (char **word = words; *word; word++) {
		if (parse_frame(*word, &paddrs[nr], &complaint))
			words[nr++] = *word;
		else
			session_complain(session, *word, &complaint);
	}
	if (nr)
		done = answer_frames(session, words, paddrs, nr, err);
	free(paddrs);
	return done;
}

struct dma_options {
	unsigned int all;
};

static bool run_dma(struct session *session, char **words, struct error *err)
{
	const struct dma_options *given = session->given;

	return given->all ? run_frames(session, words, err) :
			    run_device(session, words, err);
}

static const struct command_option options[] = {
	{ "a", AT(dma_options, all),
	  .help = "the other way: the PCI functions that can reach the page\n"
		  "of PHYS, at which bus addresses, and whether to read or\n"
		  "write; each page table is searched once for all arguments.\n"
		  "Without a table (direct, pass-through, bounced), a device\n"
		  "reaches what its DMA mask covers. NOTE says where none does" },
	{ 0 }
};

const struct command command_dma = {
	.name = "dma",
	.group = GROUP_MACHINE,
	.options = options,
	.arguments = ARGUMENTS({ "DEVICE", WORD_DEVICE, 1, .most = 1 },
				  { "BUS", WORD_NUMBER, 1, .most = MANY },
				  { "PHYS", WORD_PHYSICAL, 1, .most = MANY, .with = "a" }),
	.given_size = GIVEN(dma_options),
	.summary = "bus addresses of a device to physical ones, level by level",
	.details =
		"What the PCI function DEVICE (00:1f.2, or 0000:00:1f.2) reaches at a bus\n"
		"address: the entries by which its IOMMU finds the page table of the device,\n"
		"the entry of each level with its flags, the physical address, and whether\n"
		"the device may read and write there. Without an IOMMU, and where it lets\n"
		"addresses pass, they are physical.\n"
		"Intel VT-d: root, context and (scalable mode) PASID entries; AMD-Vi: the\n"
		"entry of the device table, and of GCR3 tables; virtio: the mapping that its\n"
		"driver keeps. Needs type information, as devices does.",
	.rests_on = RESTS_ON_WALKS,
	.run = run_dma,
};
