/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/text_code.h"

#include <string.h>

#include "debuginfo/ko_file.h"
#include "debuginfo/vmlinux.h"
#include "dump/dump.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "linux/module/module_lines.h"
#include "query/text_identity.h"
#include "query/text_symbol.h"

enum { MOST_CODE = 256 };

/* The code of a report, and its instruction of `size` bytes. */
struct text_code {
	const struct oops_report *report;
	const struct oops_context *context;
	size_t size;
};

/* The same bytes in this kernel. */
struct own_code {
	uint8_t byte[MOST_CODE];
	bool is_open[MOST_CODE]; /* the byte is known only when the module is loaded */
};

static bool read_kernel(struct kernel *kernel, uint64_t vaddr, size_t size, struct own_code *own)
{
	const uint8_t *content = NULL;
	uint64_t offset;

	if (kernel->vmlinux && kernel->identity->match != VMLINUX_DIFFERS &&
	    kernel_fact(kernel, FACT_KASLR_OFFSET, &offset))
		content = vmlinux_content(kernel->vmlinux,
					  (vaddr - offset) & kernel->arch->address_mask, size);
	if (!content)
		return !kernel->dump->format->none &&
		       kernel_read(kernel, vaddr, own->byte, size, NULL);
	memcpy(own->byte, content, size);
	return true;
}

static bool read_own(struct kernel *kernel, const struct text_place *place, uint64_t vaddr,
		     size_t size, struct own_code *own)
{
	memset(own->is_open, 0, sizeof(own->is_open));
	return place->file ? ko_file_code(place->file, vaddr, size, own->byte, own->is_open) :
			     read_kernel(kernel, vaddr, size, own);
}

static size_t count_same(const struct text_code *code, const struct own_code *own, size_t start,
			 size_t end, size_t first)
{
	size_t nr = 0;

	for (size_t i = start; i < end; i++)
		nr += own->is_open[i - first] || own->byte[i - first] == code->context->code[i];
	return nr;
}

/* Is the instruction the same, and at least half of the bytes beside it? A kernel patches calls of ftrace, jump
 * labels, alternatives, returns and more, but each of these places has only a few bytes. */
static bool has_same_code(struct kernel *kernel, const struct text_code *code,
			  const struct text_place *place)
{
	size_t mark = code->context->mark, nr = code->context->nr_code;
	size_t first = 0, end = mark + code->size;
	struct own_code own;

	if (!code->size || end > nr || nr > MOST_CODE)
		return false;
	/* What is before the function may be in no section. */
	if (!read_own(kernel, place, place->vaddr - mark, nr, &own)) {
		first = mark;
		nr = end;
		if (!read_own(kernel, place, place->vaddr, code->size, &own))
			return false;
	}
	return count_same(code, &own, mark, end, first) == code->size &&
	       2 * (count_same(code, &own, first, mark, first) +
		    count_same(code, &own, end, nr, first)) >=
		       nr - first - code->size;
}

/* The identity says whether the text contradicts this kernel. release: of this kernel or its module. */
static bool is_of_release(const struct text_identity *identity, const struct text_code *code,
			  const char *release)
{
	return identity->match < TEXT_OTHER_KERNEL && !identity->is_doubtful &&
	       (*code->report->release ? !strcmp(code->report->release, release) :
					 identity->match == TEXT_SAME_BOOT);
}

bool text_code_find(struct kernel *kernel, const struct text_identity *identity,
		    const struct oops_report *report, size_t size, struct text_place *place)
{
	const struct text_code code = { report, oops_report_context(report), size };
	const struct oops_symbol *where = &code.context->where;
	struct text_symbol found;

	*place = (struct text_place){ 0 };
	if (!where->extent || where->offset >= where->extent)
		return false;
	if (*where->module && kernel->dump->format->none) {
		place->file = module_file_of_text(kernel, where->module, where->name, where->offset,
						  where->extent, &place->vaddr, NULL);
		return place->file && is_of_release(identity, &code, place->file->release) &&
		       has_same_code(kernel, &code, place);
	}
	if (!is_of_release(identity, &code, kernel->identity->release) ||
	    !text_symbol_find(kernel, where, &found) || found.nr_fitting != 1 ||
	    found.room != where->extent)
		return false;
	place->vaddr = found.address;
	return has_same_code(kernel, &code, place);
}
