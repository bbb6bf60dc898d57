/* SPDX-License-Identifier: GPL-3.0-or-later */
/* addrxlat [-l] DUMP FILE: times libkdumpfile's page table walks for the addresses in FILE, as
 * "walk DUMP FILE" times kwalk's walks. With -l, prints the answers instead. */
#include <fcntl.h>
#include <libkdumpfile/addrxlat.h>
#include <libkdumpfile/kdumpfile.h>
#include <string.h>

#include "timing.h"

struct library {
	kdump_ctx_t *dump;
	addrxlat_ctx_t *context;
	addrxlat_sys_t *system;
	const addrxlat_meth_t *method;
};

static uint64_t ask_walk(void *arg, uint64_t address)
{
	const struct library *library = arg;
	addrxlat_step_t step = {
		.ctx = library->context,
		.sys = library->system,
		.meth = library->method,
	};

	/* Do not use addrxlat_walk(): in libkdumpfile 0.5.1 it ends at the root, and returns
	 * success. */
	if (addrxlat_launch(&step, address) != ADDRXLAT_OK)
		return 0;
	while (step.remain)
		if (addrxlat_step(&step) != ADDRXLAT_OK)
			return 0;
	return step.base.addr;
}

struct question {
	const struct library *library;
	const struct addresses *list;
};

static uint64_t ask_each(void *arg)
{
	const struct question *question = arg;
	uint64_t sum = 0;

	for (size_t i = 0; i < question->list->nr; i++)
		sum += ask_walk((void *)question->library, question->list->values[i]);
	return sum;
}

static int list_answers(const struct library *library, const struct addresses *list)
{
	for (size_t i = 0; i < list->nr; i++)
		printf("%" PRIx64 " %" PRIx64 "\n", list->values[i],
		       ask_walk((void *)library, list->values[i]));
	return 0;
}

static int complain(const struct library *library, const char *what)
{
	fprintf(stderr, "addrxlat: %s: %s\n", what,
		library->dump ? kdump_get_err(library->dump) : "out of memory");
	return 1;
}

int main(int argc, char **argv)
{
	struct library library = { .dump = kdump_new() };
	struct addresses list;
	size_t failed = 0;
	bool lists = argc > 1 && !strcmp(argv[1], "-l");

	argc -= lists;
	argv += lists;
	if (argc != 3) {
		fputs("usage: addrxlat [-l] DUMP FILE\n", stderr);
		return 2;
	}
	list = addresses_read(argv[2]);
	if (!library.dump || kdump_open_fd(library.dump, open(argv[1], O_RDONLY)) != KDUMP_OK ||
	    kdump_set_string_attr(library.dump, "addrxlat.ostype", "linux") != KDUMP_OK ||
	    kdump_get_addrxlat(library.dump, &library.context, &library.system) != KDUMP_OK)
		return complain(&library, argv[1]);
	library.method = addrxlat_sys_get_meth(library.system, ADDRXLAT_SYS_METH_PGT);
	if (lists)
		return list_answers(&library, &list);
	for (size_t i = 0; i < list.nr; i++)
		failed += ask_walk(&library, list.values[i]) == 0;
	if (list.nr == 0 || failed)
		fprintf(stderr, "addrxlat: %zu of %zu walks failed\n", failed, list.nr);
	timing_run("addrxlat-random", &list, ask_walk, &library);
	timing_run_all("addrxlat-cold", list.nr, true, ask_each,
		       &(struct question){ &library, &list });
	addresses_sort(&list);
	timing_run("addrxlat-sequential", &list, ask_walk, &library);
	addrxlat_sys_decref(library.system);
	addrxlat_ctx_decref(library.context);
	kdump_free(library.dump);
	free(list.values);
	return failed != 0;
}
