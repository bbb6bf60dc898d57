/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Types of loaded modules: the list btf_modules of kernel/bpf/btf.c. */
#include <stdlib.h>
#include <string.h>

#include "base/address_set.h"
#include "base/array.h"
#include "image/view.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/members.h"
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
	const struct member *name =
		kernel_member_as(kernel, BTF_NAME, MEMBER_TEXT, NULL);
	char text[NAME_SIZE];

	return name &&
	       kernel_read_text(kernel, btf + name->offset, text,
				sizeof(text)) &&
	       !strcmp(text, module);
}

static bool find_btf(struct kernel *kernel, const char *module, uint64_t *btf)
{
	const struct member *list =
		kernel_member_as(kernel, BTF_MODULE_LIST, MEMBER_LINKS, NULL);
	struct address_set seen = { 0 };
	uint64_t head, at;
	bool found = false;

	if (!list || !kernel_symbol(kernel, "btf_modules", &head, NULL) ||
	    !kernel_read_pointer(kernel, head, &at, NULL))
		return false;
	while (!found && at != head && at && !kernel_stopped(kernel) &&
	       seen.nr < MOST_MODULES &&
	       address_set_add(&seen, at) == ADDRESS_NEW) {
		found = kernel_read_member(kernel,
					   (at - list->offset) &
						   kernel->arch->address_mask,
					   BTF_MODULE_BTF, btf, NULL) &&
			is_named(kernel, *btf, module);
		if (!kernel_read_pointer(kernel, at, &at, NULL))
			break;
	}
	address_set_release(&seen);
	return found;
}

static void open_types(struct kernel *kernel, struct module_types *own)
{
	const struct space *space = kernel_space(kernel, NULL);
	struct types *base = kernel_dump_types(kernel);
	uint64_t btf, data, size;

	if (!space || !base || !find_btf(kernel, own->name, &btf) ||
	    !kernel_read_member(kernel, btf, BTF_DATA, &data, NULL) ||
	    !kernel_read_member(kernel, btf, BTF_SIZE, &size, NULL) ||
	    !view_open(&own->btf, space, data, size, NULL))
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
