/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/fact_list.h"

#include "kernel/kernel.h"

static void add_voice(void *arg, const struct fact_voice *voice)
{
	struct told_fact *told = arg;
	struct told_voice *one = &told->voice[told->nr_voices];

	if (voice->verdict == VERDICT_SILENT || told->nr_voices == MOST_VOICES)
		return;
	one->source = voice->source;
	one->verdict = voice->verdict;
	fact_value_text(told->id, voice->value, one->value, sizeof(one->value));
	told->contradicted |= voice->verdict == VERDICT_DIFFERS;
	told->nr_voices++;
}

void fact_list_make(struct fact_list *list, struct kernel *kernel)
{
	*list = (struct fact_list){ 0 };
	for (enum fact_id id = 0; id < NR_FACTS; id++) {
		struct told_fact *told = &list->fact[list->nr];
		uint64_t value;

		if (!kernel_fact(kernel, id, &value))
			continue;
		told->id = id;
		told->source = kernel->facts->fact[id].source;
		told->doubt = kernel->facts->fact[id].doubt;
		fact_value_text(id, value, told->value, sizeof(told->value));
		kernel_fact_voices(kernel, id, false, add_voice, told);
		list->nr_doubtful += told->doubt != NULL;
		list->nr_contradicted += told->contradicted;
		list->nr++;
	}
}
