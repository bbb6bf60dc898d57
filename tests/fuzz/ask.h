/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks a kernel everything that can be asked, and checks what each answer promises. */
#pragma once

#include "input.h"

#include "kernel/arch.h"
#include "open/open.h"
#include "linux/page/page.h"
#include "linux/page/page_info.h"
#include "linux/region.h"
#include "query/translate.h"
#include "query/validity.h"

static inline void ignore_voice(void *arg, const struct fact_voice *voice)
{
	char text[64];

	PROMISED(voice->source);
	if (voice->verdict != VERDICT_SILENT)
		fact_value_text(*(enum fact_id *)arg, voice->value, text, sizeof(text));
}

static inline void ask_facts(struct kernel *kernel)
{
	for (enum fact_id id = 0; id < NR_FACTS; id++) {
		uint64_t value, again;
		bool known = kernel_fact(kernel, id, &value);

		PROMISED(kernel_fact(kernel, id, &again) == known);
		PROMISED(!known || again == value);
		PROMISED(!known || kernel->facts->fact[id].source);
		kernel_fact_voices(kernel, id, false, ignore_voice, &id);
	}
}

static inline void ask_regions(struct kernel *kernel)
{
	const struct region_list *list = region_all(kernel, NULL);

	if (!list)
		return;
	PROMISED(list->region[0].first == 0);
	for (size_t i = 0; i < list->nr; i++) {
		PROMISED(list->region[i].first <= list->region[i].last);
		PROMISED(i == 0 || list->region[i].first == list->region[i - 1].last + 1);
	}
	PROMISED(list->region[list->nr - 1].last == kernel->arch->address_mask);
}

/* If a struct page is not at the place that its flags give, all sections are searched. This ends,
 * but takes too long for many questions. */
static int nr_slow_questions;

static inline bool ask_page(struct kernel *kernel, uint64_t page, uint64_t *pfn)
{
	enum { MOST_SLOW_QUESTIONS = 6 };

	return nr_slow_questions++ < MOST_SLOW_QUESTIONS && page_pfn(kernel, page, pfn, NULL);
}

static inline void ask_frame(struct kernel *kernel, uint64_t pfn)
{
	struct page_info info;
	uint64_t page, back, again, vaddr, paddr;

	if (page_of_pfn(kernel, pfn, &page, NULL)) {
		page_info_read(kernel, page, &info, NULL);
		/* Hostile maps may overlap, so this may be another frame. */
		if (ask_page(kernel, page, &back))
			PROMISED(page_of_pfn(kernel, back, &again, NULL) && again == page);
	}
	if (region_phys_to_virt(kernel, pfn << 12, &vaddr, NULL))
		PROMISED(kernel->arch->virt_to_phys(kernel, vaddr, &paddr) && paddr == pfn << 12);
}

static inline void ask_address(struct kernel *kernel, const struct space *space, uint64_t vaddr)
{
	struct translation translation = query_translate(kernel, space, vaddr);
	const struct region *region = region_of(kernel, vaddr, NULL);
	struct image_place place;
	struct error err = { 0 };
	uint64_t number;

	PROMISED(translation.status < NR_TRANSLATION_STATUSES);
	PROMISED(!translation_trouble(&translation, space, &err) || err.message[0]);
	if (translation.has_physical)
		ask_frame(kernel, translation.physical >> 12);
	if (region) {
		PROMISED(region->first <= vaddr && vaddr <= region->last);
		PROMISED((query_validity(kernel, region, vaddr).virt_to_phys == YES) ==
			 region_linear(kernel, vaddr, &number));
		region_image_at(kernel, region, vaddr, &place);
	}
	if (region_linear(kernel, vaddr, &number))
		PROMISED(number == translation.physical);
	ask_page(kernel, vaddr, &number);
	kernel_read_number(kernel, vaddr, 8, &number, NULL);
}

static inline void ask_addresses(struct kernel *kernel, struct input *input)
{
	static const uint64_t usual[] = {
		0,
		0x1000,
		0xc0000000,
		0xc0001000,
		0xffbfe000,
		0xfffff000,
		0xffffffff,
		0x7fffffffffff,
		0xffff888000000000,
		0xffffc90000000000,
		0xffffea0000000000,
		0xfffffe0000000000,
		0xffffffff80000000,
		0xffffffff81000000,
		0xffffffffff5fd000,
		0xffffffffff600000,
		0xff11000000000000,
		UINT64_MAX - 3,
	};
	const struct space *space = kernel_space(kernel, NULL);

	if (!space)
		return;
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		ask_address(kernel, space, usual[i]);
		ask_frame(kernel, usual[i] >> 12);
	}
	/* Use the last bytes of the input as addresses. In a dump these bytes are page tables. */
	for (int i = 0; i < 16; i++) {
		uint64_t vaddr = take(input, 8);

		ask_address(kernel, space, vaddr);
		ask_frame(kernel, vaddr);
	}
}

/* rest: more addresses to ask about. */
static inline void ask_all(const struct opening *opening, struct input *rest)
{
	struct kernel *kernel = open_kernel_dump(opening, NULL);
	char line[512];

	nr_slow_questions = 0;
	if (kernel) {
		open_describe(kernel, line, sizeof(line));
		ask_facts(kernel);
		ask_regions(kernel);
		ask_addresses(kernel, rest);
	}
	open_close(kernel);
}
