/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Types of loaded modules: the list btf_modules of kernel/bpf/btf.c. */
#include <stdlib.h>
#include <string.h>

#include "base/address_set.h"
#include "base/array.h"
#include "image/view.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "vmlinux/types.h"

enum { MOST_MODULES = 1 << 14, NAME_SIZE = 64 };

struct module_types {
	char name[NAME_SIZE];
	struct types *types; /* owned; NULL: not known */
	struct view btf; /* what they are read from */
};

/* Of each module that was asked for. */
struct asked_modules {
	struct module_types *module; /* owned */
	size_t nr, room;
};

static void release(void *state)
{
	struct asked_modules *asked = state;

	for (size_t i = 0; i < asked->nr; i++) {
		types_close(asked->module[i].types);
		view_close(&asked->module[i].btf);
	}
	free(asked->module);
}

const struct state_type state_module_types = {
	.size = sizeof(struct asked_modules),
	.release = release,
};

/* Is it that of the module? btf: address of its struct btf. */
static bool is_named(struct kernel *kernel, uint64_t btf, const char *module)
{
	char text[NAME_SIZE];
	uint64_t name;

	return kernel_member_place(kernel, "btf", "name", 0, &name) &&
	       kernel_read_text(kernel, btf + name, text, sizeof(text)) &&
	       !strcmp(text, module);
}

static bool find_btf(struct kernel *kernel, const char *module, uint64_t *btf)
{
	struct address_set seen = { 0 };
	uint64_t head, at, link, inner;
	bool found = false;

	if (!kernel_member_place(kernel, "btf_module", "list", 0, &link) ||
	    !kernel_member_place(kernel, "btf_module", "btf", 0, &inner) ||
	    !kernel_symbol(kernel, "btf_modules", &head, NULL) ||
	    !kernel_read_pointer(kernel, head, &at, NULL))
		return false;
	while (!found && at != head && at && !kernel_stopped(kernel) &&
	       seen.nr < MOST_MODULES &&
	       address_set_add(&seen, at) == ADDRESS_NEW) {
		uint64_t entry = (at - link) & kernel->arch->address_mask;

		found = kernel_read_pointer(kernel, entry + inner, btf, NULL) &&
			is_named(kernel, *btf, module);
		if (!kernel_read_pointer(kernel, at, &at, NULL))
			break;
	}
	address_set_release(&seen);
	return found;
}

static bool open_btf(struct kernel *kernel, struct module_types *own)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t btf, data, size, start, length;

	return space && find_btf(kernel, own->name, &btf) &&
	       kernel_member_place(kernel, "btf", "data", 0, &data) &&
	       kernel_member_place(kernel, "btf", "data_size", 4, &size) &&
	       kernel_read_pointer(kernel, btf + data, &start, NULL) &&
	       kernel_read_number(kernel, btf + size, 4, &length, NULL) &&
	       view_open(&own->btf, space, start, length, NULL);
}

static void open_types(struct kernel *kernel, struct module_types *own)
{
	struct types *base = kernel_dump_types(kernel);

	if (!base || !open_btf(kernel, own))
		return;
	own->types = types_open_module(own->btf.bytes, base);
	if (own->types && !types_source(own->types)) {
		types_close(own->types);
		own->types = NULL;
	}
}

struct types *kernel_module_types(struct kernel *kernel, const char *module)
{
	struct asked_modules *asked = kernel_state(kernel, STATE_MODULE_TYPES);
	struct module_types own = { 0 };

	for (size_t i = 0; i < asked->nr; i++)
		if (!strcmp(asked->module[i].name, module))
			return asked->module[i].types;
	strncpy(own.name, module, sizeof(own.name) - 1);
	open_types(kernel, &own);
	if (array_add(&asked->module, &asked->nr, &asked->room, &own,
		      sizeof(own)))
		return own.types;
	types_close(own.types);
	view_close(&own.btf);
	return NULL;
}
