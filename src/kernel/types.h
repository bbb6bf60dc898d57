/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sizes and member offsets of C types, enumerators and array lengths, from
 * DWARF (libdw) or, where the file has no DWARF, from its .BTF section
 * (libbpf). Only compilation units up to the first definition of the type
 * asked for are looked at, and each of them once whatever is asked. A name
 * that the file's strings do not have is known to be absent without that.
 */
#pragma once

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"

struct types; /* opaque */

/* Borrows elf, which must outlive it and is inflated in place where its debug
 * sections are compressed; NULL has no types. Cheap: nothing is read before the
 * first question. Never fails but for lack of memory. */
struct types *types_open(Elf *elf);
/* The supplementary file that dwz moved types to, also borrowed. Before the
 * first question; without it DWARF that has one is not read. */
void types_supplement(struct types *types, Elf *supplement);
/* The same of raw BTF that lies somewhere in memory, which must outlive it. */
struct types *types_open_btf(struct bytes btf);
void types_close(struct types *types); /* NULL is fine */

/* "DWARF", "BTF" or NULL where the file has neither. */
const char *types_source(struct types *types);

/* A bit field is the bytes that it has bits in. */
struct type_member {
	uint64_t offset; /* bytes from the start of the outermost struct */
	uint64_t size;   /* bytes of the member; 0 for a flexible array */
	/* Elements where the member is an array (all dimensions; 0 for a
	 * flexible one), else 1. */
	uint64_t count;
};

/* type: "struct page", "union x", "pgd_t" (a typedef), "enum zone_type".
 * Size in bytes, or false where the type is not there or not complete. */
bool types_size(struct types *types, const char *type, uint64_t *size);

/* member: "flags", "node_zones", or a path "a.b.c"; members of anonymous
 * structs and unions are found as C finds them. A path leads through an array
 * into its first element. */
bool types_member(struct types *types, const char *type, const char *member,
		  struct type_member *found);

/* Value of an enumerator of a named enum: ("pageflags", "PG_locked"); "enum
 * pageflags" is fine too. */
bool types_enumerator(struct types *types, const char *enumeration,
		      const char *name, int64_t *value);

/* Every enumerator of an enum in the order of declaration, until visit returns
 * false. False where there is no such enum. name is valid until types_close. */
bool types_each_enumerator(struct types *types, const char *enumeration,
			   bool (*visit)(const char *name, int64_t value,
					 void *arg),
			   void *arg);
