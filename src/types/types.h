/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Sizes of C types, offsets of members, lengths of arrays, and enumerators. They are read from BTF,
 * or from DWARF (using libdw) if there is no BTF. DWARF is read only up to the definition of the
 * requested type, and each compilation unit only once. */
#pragma once

#include <libelf.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/listener.h"
#include "types/ctype.h"

struct types; /* defined in types.c */

/* Opens the types of an ELF file. elf is borrowed, must outlive the result, and gets its debug
 * sections decompressed in place. elf may be NULL: then there are no types. Returns NULL only if
 * memory runs out. */
struct types *types_open(Elf *elf);
/* Like types_open(), but reads only DWARF. The section .BTF of a module cannot be read alone, because
 * it continues the BTF of a kernel. */
struct types *types_open_dwarf(Elf *elf);
/* Sets the supplementary file of dwz, which is borrowed, too. Must be called before the first
 * look-up. If DWARF needs a supplementary file and none is set, the DWARF is not read. */
void types_supplement(struct types *types, Elf *supplement);
/* Opens raw BTF, which is borrowed and must outlive the result. */
struct types *types_open_btf(struct bytes btf);
/* Opens the BTF of a module, which continues the BTF of its kernel. `base` contains the BTF of the
 * kernel, and must outlive the result. Look-ups find the types of base, too. Returns NULL if memory
 * runs out, if base has no BTF, or if base is itself the BTF of a module. */
struct types *types_open_split_btf(struct bytes btf, struct types *base);
void types_close(struct types *types); /* `types` may be NULL */

/* Sets the listener, which is borrowed. Searches ask it whether to stop. A search that was stopped
 * finds nothing, but does not record the type as missing. */
void types_listen(struct types *types, const struct listener *listener);

/* Forgets which types were recorded as missing, so that the next look-up searches for them
 * again. */
void types_forget(struct types *types);

enum { TYPES_SPLIT_NAME = 128 };
enum dwarf_lack {
	DWARF_UNREADABLE,
	DWARF_SPLIT, /* the types are in .dwo files (-gsplit-dwarf); `name` is one of them */
	DWARF_WITHOUT_TYPES, /* only line numbers, for example */
};
/* Why does the DWARF of this file, which types_source() cannot read, have no types? */
enum dwarf_lack types_dwarf_lack(Elf *elf, char name[TYPES_SPLIT_NAME]);

/* Returns the source of the types: "DWARF", "BTF", or NULL if there are no types. */
const char *types_source(struct types *types);
/* Returns the number of a kind of types that is newer than this program, so that the types after it
 * cannot be read. Returns 0 if there is none. types: may be NULL. */
unsigned int types_unknown_kind(struct types *types);

/* A member of a struct or union. For a bit field, offset and size describe the bytes that contain
 * its bits. */
struct type_member {
	uint64_t offset; /* in bytes, from the start of the outermost struct */
	uint64_t size; /* the size of the member in bytes; of an array: of all elements */
	/* For an array: the number of elements over all dimensions, or 0 for a flexible array. For
	 * other members: 1. */
	uint64_t count;
	bool is_pointer; /* a pointer, or an array of pointers */
};

/* Finds the size of a type in bytes. Examples of types are "struct page", "union x", "pgd_t" (a
 * typedef) and "enum zone_type". Returns false if the type is missing or incomplete. */
bool types_size(struct types *types, const char *type, uint64_t *size);

/* Finds a member of a type. `member` is a name ("flags") or a path ("a.b.c"). Members of anonymous
 * structs and unions are found as in C. If a component of the path is an array, the next component
 * is a member of its elements. In a path "a->b", b is a member of the struct that a points to, and
 * found->offset is an offset in that struct. If several structs have the same name, such a path
 * selects the struct to which a points. */
bool types_member(struct types *types, const char *type, const char *member,
		  struct type_member *found);

/* Finds the value of an enumerator. The enum must have a name. Examples: ("pageflags", "PG_locked")
 * or ("enum pageflags", "PG_locked"). */
bool types_enumerator(struct types *types, const char *enumeration, const char *name,
		      int64_t *value);

/* Calls visit for each enumerator of an enum, in the order of declaration, until visit returns
 * false. The names are valid until types_close(). Returns false if there is no such enum. */
bool types_each_enumerator(struct types *types, const char *enumeration,
			   bool (*visit)(const char *name, int64_t value, void *arg), void *arg);
