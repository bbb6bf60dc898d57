/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Symbols at run time: vmlinux's moved by KASLR, the dump's own kallsyms, or
 * VMCOREINFO's few. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/modules.h"

static bool need_symbols(struct kernel *kernel, struct error *err)
{
	if (!kernel->vmlinux)
		return fail(err, ERROR_UNKNOWN,
			    "there are no symbols: no vmlinux was given");
	if (!kernel->vmlinux->symbols)
		return fail(err, ERROR_UNKNOWN, "no symbols in %s",
			    kernel->vmlinux->file.path);
	return true;
}

const char *kernel_symbols_name(const struct kernel *kernel)
{
	return vmlinux_of_symbols(kernel->vmlinux)->elf ? "vmlinux" :
							  "System.map";
}

/* Run-time address of a symbol of vmlinux. */
static bool relocate(struct kernel *kernel, const struct symbol *symbol,
		     uint64_t *address, struct error *err)
{
	uint64_t offset;

	*address = symbol->address;
	if (!kernel->arch->relocated(symbol->address, symbol->section))
		return true;
	if (!kernel_require(kernel, FACT_KASLR_OFFSET, &offset, err))
		return false;
	*address = (symbol->address + offset) & kernel->arch->address_mask;
	return true;
}

static bool find_in_vmlinux(struct kernel *kernel, const char *name,
			    struct kernel_symbol *found, struct error *err)
{
	struct symbol symbol;

	if (!need_symbols(kernel, err))
		return false;
	if (!symbols_find(kernel->vmlinux->symbols, name, &symbol))
		return fail(err, ERROR_UNKNOWN, "no symbol \"%s\" in %s", name,
			    kernel->vmlinux->file.path);
	*found = (struct kernel_symbol){
		.name = symbol.name,
		.size = symbol.size,
		.source = kernel_symbols_name(kernel),
	};
	return relocate(kernel, &symbol, &found->address, err);
}

static bool find_in_kallsyms(struct kernel *kernel, const char *name,
			     struct kernel_symbol *found, struct error *err)
{
	struct kallsyms *kallsyms = kernel_kallsyms(kernel, err);
	struct kallsyms_symbol symbol;

	if (!kallsyms)
		return false;
	if (!kallsyms_find(kallsyms, name, &symbol))
		return fail(err, ERROR_UNKNOWN,
			    "no symbol \"%s\" in the dump's kallsyms", name);
	*found = (struct kernel_symbol){
		.name = symbol.name,
		.address = symbol.address,
		.source = "kallsyms",
	};
	return true;
}

static bool find_in_note(struct kernel *kernel, const char *name,
			 struct kernel_symbol *found, struct error *err)
{
	*found = (struct kernel_symbol){
		.name = name,
		.source = "VMCOREINFO",
	};
	return vmcoreinfo_symbol(&kernel->note, name, &found->address) ||
	       fail(err, ERROR_UNKNOWN, "VMCOREINFO does not name \"%s\"",
		    name);
}

typedef bool find_symbol_in(struct kernel *kernel, const char *name,
			    struct kernel_symbol *found, struct error *err);

enum { NR_PROVIDERS = 3 };

/*
 * The note comes last: its SYMBOL(mem_section) may be the content of a
 * variable. The right vmlinux has all that kallsyms has; that of another kernel
 * is asked for nothing here.
 */
static find_symbol_in *const *providers_of(const struct kernel *kernel)
{
	static find_symbol_in *const right[NR_PROVIDERS] = {
		find_in_vmlinux, find_in_note,
	};
	static find_symbol_in *const likely[NR_PROVIDERS] = {
		find_in_vmlinux, find_in_kallsyms, find_in_note,
	};
	static find_symbol_in *const wrong[NR_PROVIDERS] = {
		find_in_kallsyms, find_in_note,
	};

	if (kernel->identity.match == VMLINUX_DIFFERS)
		return wrong;
	return kernel->identity.match == VMLINUX_MATCHES &&
			       kernel->vmlinux->symbols ?
		       right : likely;
}

static bool has_own_symbols(const struct kernel *kernel)
{
	return kernel->vmlinux && kernel->vmlinux->symbols &&
	       kernel->identity.match != VMLINUX_DIFFERS;
}

static bool no_such_symbol(struct kernel *kernel, const char *name,
			   struct error *err)
{
	struct error why;

	if (!err)
		return false;
	if (has_own_symbols(kernel))
		return fail(err, ERROR_UNKNOWN, "no symbol \"%s\" in %s", name,
			    kernel->vmlinux->file.path);
	if (kernel_kallsyms(kernel, &why))
		return fail(err, ERROR_UNKNOWN,
			    "no symbol \"%s\" in the dump's kallsyms", name);
	return fail(err, ERROR_UNKNOWN,
		    "no symbol \"%s\": %s%s, VMCOREINFO does not name it, and kallsyms tells nothing: %s",
		    name,
		    !kernel->vmlinux ? "no vmlinux was given" :
		    kernel->vmlinux->symbols ? "not of this kernel is " :
					       "there are none in ",
		    kernel->vmlinux ? kernel->vmlinux->file.path : "",
		    why.message);
}

/* The kernel's own symbols only: facts hang on no module. */
static bool find_in_image(struct kernel *kernel, const char *name,
			  struct kernel_symbol *symbol)
{
	find_symbol_in *const *ask = providers_of(kernel);

	for (unsigned int i = 0; i < NR_PROVIDERS && ask[i]; i++)
		if (ask[i](kernel, name, symbol, NULL))
			return true;
	return false;
}

bool kernel_symbol_foreign(struct kernel *kernel, const char *name,
			   struct kernel_symbol *symbol)
{
	if (kernel->identity.match != VMLINUX_DIFFERS ||
	    !find_in_vmlinux(kernel, name, symbol, NULL))
		return false;
	kernel->symbols_doubtful = kernel->has_doubts = true;
	return true;
}

bool kernel_symbol_find(struct kernel *kernel, const char *name,
			struct kernel_symbol *symbol, struct error *err)
{
	return find_in_image(kernel, name, symbol) ||
	       kernel_module_symbol_find(kernel, name, symbol) ||
	       no_such_symbol(kernel, name, err);
}

bool kernel_symbol(struct kernel *kernel, const char *name, uint64_t *address,
		   struct error *err)
{
	struct kernel_symbol symbol;

	if (!find_in_image(kernel, name, &symbol)) {
		no_such_symbol(kernel, name, err);
		return false;
	}
	*address = symbol.address;
	return true;
}

bool kernel_read_variable(struct kernel *kernel, const char *name,
			  uint64_t *value)
{
	uint64_t address;

	return kernel_symbol(kernel, name, &address, NULL) &&
	       kernel_read_pointer(kernel, address, value, NULL);
}

bool kernel_vmlinux_symbol(struct kernel *kernel, const char *name,
			   uint64_t *address, struct error *err)
{
	struct kernel_symbol symbol;

	if (!find_in_vmlinux(kernel, name, &symbol, err))
		return false;
	*address = symbol.address;
	return true;
}

bool kernel_dump_symbol(struct kernel *kernel, const char *name,
			uint64_t *address)
{
	struct kallsyms *kallsyms = kernel_kallsyms(kernel, NULL);
	struct kallsyms_symbol symbol;

	if (!kallsyms || !kallsyms_find(kallsyms, name, &symbol))
		return false;
	*address = symbol.address;
	return true;
}

enum certainty kernel_has_symbol(struct kernel *kernel, const char *name)
{
	struct vmlinux *vmlinux = kernel->vmlinux;
	struct kallsyms *kallsyms;
	struct kallsyms_symbol found;
	struct symbol symbol;

	if (vmlinux && vmlinux->symbols &&
	    kernel->identity.match != VMLINUX_DIFFERS)
		return symbols_find(vmlinux->symbols, name, &symbol) ? YES : NO;
	kallsyms = kernel_kallsyms(kernel, NULL);
	if (!kallsyms)
		return UNSURE;
	if (kallsyms_find(kallsyms, name, &found))
		return YES;
	/* Without CONFIG_KALLSYMS_ALL only code is in the table. */
	return kallsyms_find(kallsyms, "init_task", &found) ? NO : UNSURE;
}

static bool vmlinux_symbol_at(struct kernel *kernel, uint64_t address,
			      struct kernel_symbol *found, struct error *err)
{
	struct symbol symbol;
	uint64_t offset;

	if (!need_symbols(kernel, err) ||
	    !kernel_require(kernel, FACT_KASLR_OFFSET, &offset, err))
		return false;
	address = (address - offset) & kernel->arch->address_mask;
	/* The last symbol of a section must not reach beyond its end, though it
	 * may name just that. */
	if (!symbols_at(kernel->vmlinux->symbols, address, &symbol) ||
	    (address != symbol.address &&
	     !vmlinux_covers(kernel->vmlinux, address)) ||
	    !kernel->arch->relocated(symbol.address, symbol.section))
		return fail(err, ERROR_NO_ANSWER,
			    "no symbol of %s covers this address",
			    kernel->vmlinux->file.path);
	*found = (struct kernel_symbol){
		symbol.name, (symbol.address + offset) & kernel->arch->address_mask,
		symbol.size, kernel_symbols_name(kernel), NULL,
	};
	return true;
}

static bool kallsyms_symbol_at(struct kernel *kernel, uint64_t address,
			       struct kernel_symbol *found, struct error *err)
{
	struct kallsyms *kallsyms = kernel_kallsyms(kernel, err);
	struct kallsyms_symbol symbol;

	if (!kallsyms)
		return false;
	if (!kallsyms_at(kallsyms, address, &symbol))
		return fail(err, ERROR_NO_ANSWER,
			    "no symbol of the dump's kallsyms covers this address");
	*found = (struct kernel_symbol){
		.name = symbol.name,
		.address = symbol.address,
		.source = "kallsyms",
	};
	return true;
}

/* What vmlinux leaves without a name has none: it knows where symbols end. */
static bool image_symbol_at(struct kernel *kernel, uint64_t address,
			    struct kernel_symbol *found, struct error *err)
{
	if (has_own_symbols(kernel))
		return vmlinux_symbol_at(kernel, address, found, err);
	if (kallsyms_symbol_at(kernel, address, found, err))
		return true;
	if (!kernel->vmlinux || !kernel->vmlinux->symbols ||
	    kernel->dump_symbols.kallsyms ||
	    !vmlinux_symbol_at(kernel, address, found, err))
		return false;
	kernel->symbols_doubtful = kernel->has_doubts = true;
	return true;
}

bool kernel_symbol_at(struct kernel *kernel, uint64_t address,
		      struct kernel_symbol *found, struct error *err)
{
	const struct region *region;

	if (image_symbol_at(kernel, address, found, err))
		return true;
	region = kernel_region(kernel, address, NULL);
	return region && kernel_region_has_modules(kernel, region) &&
	       kernel_module_symbol_at(kernel, address, found);
}

void kernel_symbols_complete(struct kernel *kernel, const char *prefix,
			     bool (*visit)(const char *name, void *arg),
			     void *arg)
{
	struct kallsyms *kallsyms;

	if (has_own_symbols(kernel)) {
		symbols_complete(kernel->vmlinux->symbols, prefix, visit, arg);
		return;
	}
	kallsyms = kernel_kallsyms(kernel, NULL);
	if (kallsyms)
		kallsyms_complete(kallsyms, prefix, visit, arg);
	else if (need_symbols(kernel, NULL))
		symbols_complete(kernel->vmlinux->symbols, prefix, visit, arg);
}

/* The note is asked first: it costs nothing, debug information may. */
bool kernel_type_size(struct kernel *kernel, const char *type, uint64_t *size)
{
	struct types *types;
	char name[128];

	snprintf(name, sizeof(name), "struct %s", type);
	if (vmcoreinfo_size(&kernel->note, type, size))
		return true;
	types = kernel_types(kernel);
	return types && types_size(types, name, size);
}

bool kernel_member_offset(struct kernel *kernel, const char *type,
			  const char *member, uint64_t *offset)
{
	struct type_member found;
	struct types *types;
	char name[128];

	snprintf(name, sizeof(name), "%s.%s", type, member);
	if (vmcoreinfo_offset(&kernel->note, name, offset))
		return true;
	snprintf(name, sizeof(name), "struct %s", type);
	types = kernel_types(kernel);
	if (!types || !types_member(types, name, member, &found))
		return false;
	*offset = found.offset;
	return true;
}
