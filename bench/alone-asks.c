/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alone-asks symbols DUMP         decodes and indexes all symbols of the dump's kallsyms
 * alone-asks types DUMP           reads the dump's BTF, up to the first answer
 * alone-asks discovery DUMP PATH  finds the vmlinux in a folder of PATH, and proves that it matches
 * Each form prints the elapsed time and the processor time in microseconds, and the result.
 */
#include <string.h>

#include "symbols/kallsyms.h"
#include "kernel/kernel.h"
#include "open/open.h"
#include "open/opened.h"
#include "types/types.h"
#include "timing.h"

static struct kernel *open_kernel(const char *path, struct error *err)
{
	const struct opening opening = {
		.paths = &path,
		.nr_paths = 1,
		.debug_path = "",
	};
	struct kernel *kernel = open_kernel_dump(&opening, err);

	if (kernel && kernel_space(kernel, err))
		return kernel;
	open_close(kernel);
	return NULL;
}

static double microseconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* Decodes all symbols in order, and looks up 16 of them by name. Returns the number of symbols, or
 * 0 if a symbol cannot be decoded or found. */
static uint64_t symbols(struct kernel *kernel)
{
	struct kallsyms *kallsyms = kernel_kallsyms(kernel, NULL);
	struct kernel_symbol symbol;
	uint32_t nr = kallsyms ? kallsyms_count(kallsyms) : 0, good = 0;

	for (uint32_t i = 0; i < nr; i++)
		good += kallsyms_symbol(kallsyms, i, &symbol);
	for (uint32_t i = 0; i < nr && i < 16; i++) /* the first look-up makes the index */
		if (!kallsyms_symbol(kallsyms, nr / 16 * i, &symbol) ||
		    !kallsyms_find(kallsyms, symbol.name, &symbol))
			return 0;
	return good == nr ? nr : 0;
}

static uint64_t types(struct kernel *kernel)
{
	struct types *own = kernel_dump_types(kernel);
	uint64_t size;

	return own && types_size(own, "struct task_struct", &size) ? size : 0;
}

int main(int argc, char **argv)
{
	struct kernel *kernel;
	struct error err;
	double start, processor;
	uint64_t result;

	if (argc < 3 || (!strcmp(argv[1], "discovery") && argc < 4)) {
		fputs("usage: alone-asks symbols|types DUMP | alone-asks discovery DUMP PATH\n",
		      stderr);
		return 2;
	}
	kernel = open_kernel(argv[2], &err);
	if (!kernel) {
		fprintf(stderr, "alone-asks: %s\n", err.message);
		return 1;
	}
	start = microseconds(CLOCK_MONOTONIC);
	processor = microseconds(CLOCK_PROCESS_CPUTIME_ID);
	if (!strcmp(argv[1], "symbols"))
		result = symbols(kernel);
	else if (!strcmp(argv[1], "types"))
		result = types(kernel);
	else
		result = open_search_vmlinux(kernel, argv[3]);
	printf("%.0f %.0f %" PRIu64 "\n", microseconds(CLOCK_MONOTONIC) - start,
	       microseconds(CLOCK_PROCESS_CPUTIME_ID) - processor, result);
	open_close(kernel);
	return result ? 0 : 1;
}
