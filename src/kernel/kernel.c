/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kernel/kernel.h"

#include "base/text.h"
#include "dump/dump.h"
#include "dump/registers.h"
#include "kernel/arch.h"
#include "debuginfo/ko_file.h"
#include "debuginfo/vmlinux.h"

const char *const vmlinux_match_texts[] = {
	[VMLINUX_UNCHECKED] = "not compared",
	[VMLINUX_AGREES] = "agrees with the dump in what was compared",
	[VMLINUX_SAME_RELEASE] = "same release as the dump",
	[VMLINUX_MATCHES] = "matches the dump",
	[VMLINUX_DIFFERS] = "does not belong to the dump",
};

void kernel_each_file(const struct kernel *kernel,
		      void (*visit)(void *arg, const struct kernel_file *file), void *arg)
{
	const struct dump *dump = kernel->dump;

	visit(arg, &(struct kernel_file){ &dump->file, FILE_OF_DUMP, NULL });
	for (size_t i = 0; i < dump->nr_more; i++)
		visit(arg, &(struct kernel_file){ &dump->more[i].file, FILE_OF_DUMP, NULL });
	for (const struct vmlinux *at = kernel->vmlinux; at; at = at->debug) {
		visit(arg, &(struct kernel_file){ &at->file, FILE_OF_KERNEL, at->elf });
		if (at->supplement)
			visit(arg, &(struct kernel_file){ &at->supplement_file, FILE_OF_KERNEL,
							  at->supplement });
	}
	for (const struct ko_file *at = kernel->module_files; at; at = at->next)
		visit(arg, &(struct kernel_file){ &at->file, FILE_OF_MODULE, at->elf });
}

bool kernel_is_blank(const struct kernel *kernel)
{
	return kernel->dump->format->none && !kernel->vmlinux;
}

bool kernel_not_booted(const struct kernel *kernel)
{
	return kernel->dump->nr_cpus && kernel->arch &&
	       arch_cpu_unpaged(kernel->arch, &kernel->dump->cpus[0]);
}

/* Reads a number of at most three digits and moves *text to the byte after it. sscanf() takes
 * longer than most work for one task or page. Returns false if there are no digits. */
static bool next_number(const char **text, unsigned int *number)
{
	const char *start = *text;

	for (*number = 0; **text >= '0' && **text <= '9' && *text < start + 3; ++*text)
		*number = *number * 10 + (unsigned int)(**text - '0');
	return *text > start;
}

unsigned int kernel_version(const struct kernel *kernel)
{
	const char *text = kernel->identity->release;
	unsigned int major, minor, third;

	if (!next_number(&text, &major) || *text++ != '.' || !next_number(&text, &minor) ||
	    major > 255 || minor > 255)
		return 0;
	if (*text++ != '.' || !next_number(&text, &third))
		third = 0; /* the release has no third number */
	return major << 16 | minor << 8 | (third > 255 ? 255 : third);
}

bool kernel_is_distribution(const struct kernel *kernel)
{
	const char *rest = kernel->identity->release;

	rest += strspn(rest, "0123456789.");
	return *rest && !starts_with(rest, "-rc");
}

bool kernel_vmlinux_has_symbols(const struct kernel *kernel)
{
	return kernel->vmlinux && kernel->vmlinux->symbols;
}

bool kernel_has_own_symbols(const struct kernel *kernel)
{
	return kernel_vmlinux_has_symbols(kernel) && kernel->identity->match != VMLINUX_DIFFERS;
}
