/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Opens one of several kernels, for the option --kernel. */
#include "kernel/kernel.h"
#include "open/kernel_search.h"
#include "open/opened.h"

/* Keeps the registers of the CPUs that run this kernel. They are in the order of the CPUs' numbers,
 * so they are useful only if the first CPUs are kept. */
static void keep_cpus(struct dump *dump, const struct found_table *table, bool alone)
{
	size_t nr = 0;
	bool others = !alone && !dump->nr_cpus;

	while (nr < dump->nr_cpus && open_search_runs(dump, table, nr))
		nr++;
	for (size_t i = nr; i < dump->nr_cpus && nr; i++)
		if (open_search_runs(dump, table, i))
			nr = 0;
	others |= nr < dump->nr_cpus;
	dump->nr_hidden_cpus = dump->nr_cpus - nr;
	dump->nr_cpus = nr;
	if (others)
		dump->nr_stopped = 0;
}

bool open_choose_kernel(struct kernel *kernel, unsigned int number, struct error *err)
{
	struct kernel_search search = { .dump = kernel->dump, .listener = kernel->listener };
	size_t nr;

	open_search_scan(&search);
	open_search_all_tables(&search);
	nr = search.tables.nr_found;
	if (number > nr)
		return fail(err, ERROR_USAGE,
			    "--kernel=%u: the search of memory found %zu kernel%s%s", number, nr,
			    nr == 1 ? "" : "s", nr ? ", which the command kernels lists" : "");
	keep_cpus(kernel->dump, &search.tables.found[number - 1], nr == 1);
	open_search_use(kernel, &search, &search.tables.found[number - 1]);
	return true;
}
