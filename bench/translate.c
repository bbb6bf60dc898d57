/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * translate DUMP FILE: times how the library translates the addresses in FILE, through its public
 * header. Times one translation at a time and all translations in one call, each with warm and with
 * cold caches of the CPU.
 */
#include <kwalk.h>

#include "timing.h"

struct question {
	kwalk_space *space;
	const struct addresses *list;
	uint64_t *paddrs;
};

static uint64_t ask_each(void *arg)
{
	const struct question *question = arg;
	uint64_t paddr, sum = 0;

	for (size_t i = 0; i < question->list->nr; i++) {
		paddr = KWALK_UNMAPPED;
		kwalk_translate(question->space, question->list->values[i], &paddr, NULL);
		sum += paddr;
	}
	return sum;
}

static uint64_t ask_all(void *arg)
{
	const struct question *question = arg;
	uint64_t sum = 0;

	kwalk_translate_many(question->space, question->list->values, question->paddrs,
			     question->list->nr, NULL, NULL);
	for (size_t i = 0; i < question->list->nr; i++)
		sum += question->paddrs[i];
	return sum;
}

static int complain(const char *what)
{
	fprintf(stderr, "translate: %s\n", what);
	return 1;
}

int main(int argc, char **argv)
{
	struct kwalk_options options = KWALK_INIT(struct kwalk_options);
	struct kwalk_error error = KWALK_INIT(struct kwalk_error);
	struct question question = { 0 };
	struct addresses list;
	kwalk_kernel *kernel;

	if (argc != 3)
		return complain("usage: translate DUMP FILE");
	list = addresses_read(argv[2]);
	options.paths = (const char *const *)argv + 1;
	options.nr_paths = 1;
	options.debug_path = "";
	kernel = kwalk_open(&options, &error);
	question.space = kwalk_space_open(kernel, &error);
	if (!question.space)
		return complain(error.message);
	question.list = &list;
	question.paddrs = calloc(list.nr + 1, sizeof(*question.paddrs));
	if (!question.paddrs || !list.nr || ask_each(&question) != ask_all(&question))
		return complain("no addresses, or the answers differ");
	timing_run_all("one-warm", list.nr, false, ask_each, &question);
	timing_run_all("many-warm", list.nr, false, ask_all, &question);
	timing_run_all("one-cold", list.nr, true, ask_each, &question);
	timing_run_all("many-cold", list.nr, true, ask_all, &question);
	kwalk_space_free(question.space);
	kwalk_free(kernel);
	free(question.paddrs);
	free(list.values);
	return 0;
}
