/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kernel/module_types.h"

#include <stdio.h>
#include <string.h>

#include "base/address_set.h"
#include "base/array.h"
#include "kernel/view.h"
#include "kernel/kernel.h"
#include "kernel/links.h"
#include "types/types.h"

enum { MOST_MODULES = 4096, NAME_SIZE = 64 };

struct module_types {
	char name[NAME_SIZE]; /* the name of the module */
	struct types *types; /* NULL: there are no types, and `why` is the reason */
	struct error why;
	struct types *by_btf; /* owned; NULL: the types are not from BTF */
	struct view btf; /* the memory from which by_btf is read */
};

struct all_types {
	struct module_types **module; /* owned, and each element, too */
	size_t nr, room;
};

static void release_one(struct module_types *module)
{
	types_close(module->by_btf);
	view_close(&module->btf);
	free(module);
}

static void module_types_release(void *state)
{
	struct all_types *all = state;

	for (size_t i = 0; i < all->nr; i++)
		release_one(all->module[i]);
	free(all->module);
}

static const struct state_type state_module_types = {
	.size = sizeof(struct all_types),
	.release = module_types_release,
};

/* The offsets of members. They are not found using kernel_member(), because that function uses
 * kernel_module_types(). */
struct module_types_layout {
	uint64_t list, btf; /* in struct btf_module */
	uint64_t data, data_size, name; /* in struct btf */
};

static bool module_types_find_layout(struct kernel *kernel, struct module_types_layout *layout,
				     struct error *err)
{
	const unsigned int word = kernel_pointer_size(kernel);

	return (kernel_member_place(kernel, "btf_module", "list", 2 * word, &layout->list) &&
		kernel_member_place(kernel, "btf_module", "btf", word, &layout->btf) &&
		kernel_member_place(kernel, "btf", "data", word, &layout->data) &&
		kernel_member_place(kernel, "btf", "data_size", 4, &layout->data_size) &&
		kernel_member_place(kernel, "btf", "name", 0, &layout->name)) ||
	       fail(err, ERROR_UNKNOWN,
		    "this kernel keeps no BTF of modules, or the types struct btf_module and struct btf are not known");
}

/* Is name the name of the module to which the struct btf at the address `btf` belongs? */
static bool module_types_is_named(struct kernel *kernel, const struct module_types_layout *layout,
				  uint64_t btf, const char *name)
{
	char text[NAME_SIZE];

	return kernel_read_text(kernel, btf + layout->name, text, sizeof(text)) &&
	       !strcmp(text, name);
}

/* Returns the address of the module's struct btf, or 0 if the list does not contain it. */
static uint64_t find_in_list(struct kernel *kernel, const struct module_types_layout *layout,
			     uint64_t head, const char *name)
{
	struct address_set seen = { 0 };
	struct links links = links_from(kernel, head, layout->list, &seen, MOST_MODULES);
	uint64_t module, btf, found = 0;

	while (!found && links_next(&links, &module))
		if (kernel_read_pointer(kernel, module + layout->btf, &btf, NULL) &&
		    module_types_is_named(kernel, layout, btf, name))
			found = btf;
	address_set_release(&seen);
	return found;
}

static bool module_types_open_btf(struct kernel *kernel, const struct module_types_layout *layout,
				  uint64_t btf, struct view *view, struct error *err)
{
	const struct space *space = kernel_space(kernel, err);
	uint64_t data, size;

	return space && kernel_read_pointer(kernel, btf + layout->data, &data, err) &&
	       kernel_read_number(kernel, btf + layout->data_size, 4, &size, err) &&
	       view_open(view, space, data, size, err);
}

static bool find_by_btf(struct kernel *kernel, struct module_types *module, struct error *err)
{
	struct types *base = kernel_dump_types(kernel);
	struct module_types_layout layout;
	uint64_t head, btf;

	if (!module_types_find_layout(kernel, &layout, err))
		return false;
	if (!base)
		return fail(
			err, ERROR_UNKNOWN,
			"the BTF of a module needs the BTF of the kernel, which is not in the dump");
	if (!kernel_dump_symbol(kernel, "btf_modules", &head) &&
	    !kernel_symbol(kernel, "btf_modules", &head, err))
		return false;
	btf = find_in_list(kernel, &layout, head, module->name);
	if (!btf)
		return fail(err, ERROR_UNKNOWN, "the kernel keeps no BTF of the module %s",
			    module->name);
	if (!module_types_open_btf(kernel, &layout, btf, &module->btf, err))
		return false;
	module->by_btf = types_open_split_btf(module->btf.bytes, base);
	if (module->by_btf)
		types_listen(module->by_btf, kernel->listener);
	return (module->by_btf && types_source(module->by_btf)) ||
	       fail(err, ERROR_FORMAT, "the BTF of the module %s is damaged", module->name);
}

static void find_types(struct kernel *kernel, struct module_types *module)
{
	if (find_by_btf(kernel, module, &module->why))
		module->types = module->by_btf;
	else if (kernel->module_file_types)
		module->types = kernel->module_file_types(kernel, module->name);
}

static struct module_types *module_types_add(struct kernel *kernel, struct all_types *all,
					     const char *name)
{
	struct module_types *module = calloc(1, sizeof(*module));

	if (!module || !array_add(&all->module, &all->nr, &all->room, &module, sizeof(module))) {
		free(module);
		return NULL;
	}
	snprintf(module->name, sizeof(module->name), "%s", name);
	find_types(kernel, module);
	return module;
}

struct types *kernel_module_types(struct kernel *kernel, const char *name, struct error *err)
{
	struct all_types *all = kernel_state(kernel, &state_module_types);
	struct module_types *module = NULL;

	for (size_t i = 0; all && i < all->nr && !module; i++)
		if (!strcmp(all->module[i]->name, name))
			module = all->module[i];
	if (all && !module)
		module = module_types_add(kernel, all, name);
	if (!module)
		return out_of_memory(err), NULL;
	if (!module->types && err)
		*err = module->why;
	return module->types;
}
