/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "arch/x86/x86_orc.h"

#include <string.h>

#include "arch/x86/x86.h"
#include "arch/x86/x86_members.h"
#include "base/bytes.h"
#include "linux/module/modules.h"
#include "linux/region.h"

/* --- the entries of a table --- */

/* The registers by their numbers in entries: old_numbers until 7.0, new_numbers since 7.1. Some 6.x
 * kernels also have AX, with number 10. */
static const enum orc_base old_numbers[16] = {
	ORC_UNDEFINED, ORC_PREV_SP, ORC_DX,	     ORC_DI,	      ORC_BP, ORC_SP,
	ORC_R10,       ORC_R13,	    ORC_BP_INDIRECT, ORC_SP_INDIRECT, ORC_AX, ORC_INVALID,
	ORC_INVALID,   ORC_INVALID, ORC_INVALID,     ORC_INVALID,
};
static const enum orc_base new_numbers[16] = {
	ORC_UNDEFINED, ORC_AX,	    ORC_DX,	 ORC_SP,	  ORC_BP,	   ORC_DI,
	ORC_R10,       ORC_R13,	    ORC_PREV_SP, ORC_SP_INDIRECT, ORC_BP_INDIRECT, ORC_INVALID,
	ORC_INVALID,   ORC_INVALID, ORC_INVALID, ORC_INVALID,
};

/* Decodes an entry. An entry has two offsets of 16 bits, and then bit fields: two registers of 4
 * bits each, the type, "signal" (since 6.3), and "end" (4.18 to 6.3). The type has 2 bits, or 3
 * bits since 6.4. In kernels without the bit "end", the entry of the outermost function has no base
 * for SP. */
struct orc x86_orc_decode(enum orc_layout layout, const uint8_t bytes[ORC_SIZE])
{
	const enum orc_base *numbers = layout == ORC_7_1 ? new_numbers : old_numbers;
	unsigned int bits = load_le16(bytes + 4), type = bits >> 8 & 7;
	struct orc orc = {
		.sp_offset = (int16_t)load_le16(bytes),
		.bp_offset = (int16_t)load_le16(bytes + 2),
		.sp_base = numbers[bits & 15],
		.bp_base = numbers[bits >> 4 & 15],
	};

	if (layout >= ORC_6_4) {
		orc.type = type > ORC_REGS_PARTIAL ? ORC_LOST : type;
		orc.exact = bits >> 11 & 1;
		return orc;
	}
	type &= 3;
	orc.type = type == 3 ? ORC_LOST : ORC_CALL + type;
	orc.exact = layout == ORC_6_3 ? bits >> 10 & 1 : type != 0;
	if (orc.sp_base == ORC_UNDEFINED)
		orc.type = bits >> (layout == ORC_6_3 ? 11 : 10) & 1 ? ORC_END : ORC_LOST;
	return orc;
}

bool x86_orc_recognise(const uint8_t (*entries)[ORC_SIZE], unsigned int nr, bool has_signal,
		       enum orc_layout *layout)
{
	unsigned int old = 0, new = 0, calls[3] = { 0 };

	/* In nearly all entries, the base is SP and the type is "call". So the most frequent
	 * numbers show the layout. */
	for (unsigned int i = 0; i < nr; i++) {
		unsigned int bits = load_le16(entries[i] + 4), type = bits >> 8 & 7;

		old += old_numbers[bits & 15] == ORC_SP;
		new += new_numbers[bits & 15] == ORC_SP;
		if ((bits & 15) && type <= 2)
			calls[type]++;
	}
	if (old + new < nr / 4 || (calls[0] > calls[2] && new > old))
		return false;
	if (calls[0] > calls[2])
		*layout = has_signal ? ORC_6_3 : ORC_4_14;
	else
		*layout = new > old ? ORC_7_1 : ORC_6_4;
	return true;
}

/* --- the tables --- */

/* An ORC table consists of two arrays of nr elements, at the addresses ips and entries. Element i
 * of the first array describes the address at which the code of entry i starts: it is the distance
 * from the element itself to that address. The elements are sorted by these addresses. The second
 * array contains the entries. */
struct orc_table {
	uint64_t ips, entries, nr;
};

struct kernel_orc {
	struct orc_table table;
	enum orc_layout layout;
};

/* The hash of the header that defines an entry, for each layout. scripts/orc_hash.sh computes the
 * hash, and kernels contain it since 6.4 (b9f174c811e3), and in 6.3.10. */
enum { HASH_SIZE = 20 };
static const struct {
	enum orc_layout layout;
	uint8_t hash[HASH_SIZE];
} hashes[] = {
	{ ORC_6_3, { 0xdb, 0x84, 0xae, 0xd4, 0x10, 0x3b, 0x31, 0xdd, 0x51, 0xe0,
		     0x17, 0xf8, 0xf7, 0x97, 0x83, 0xca, 0x98, 0x5c, 0x2c, 0x51 } },
	{ ORC_6_4, { 0xfe, 0x5d, 0x32, 0xbf, 0x58, 0x1b, 0xd6, 0x3b, 0x2c, 0xa9,
		     0xa5, 0xc6, 0x5b, 0xa5, 0xa6, 0x25, 0xea, 0xb3, 0xfe, 0x24 } },
	{ ORC_7_1, { 0x13, 0x7c, 0x36, 0xad, 0x76, 0x27, 0xc4, 0xdd, 0x55, 0x93,
		     0x21, 0x76, 0xbb, 0x0e, 0xcd, 0xbd, 0x50, 0x41, 0xfc, 0x82 } },
};

static bool layout_by_hash(struct kernel *kernel, enum orc_layout *layout)
{
	uint8_t hash[HASH_SIZE];
	uint64_t address;

	if (!kernel_symbol(kernel, "__start_orc_header", &address, NULL) ||
	    !kernel_read(kernel, address, hash, sizeof(hash), NULL))
		return false;
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
		if (!memcmp(hashes[i].hash, hash, sizeof(hash))) {
			*layout = hashes[i].layout;
			return true;
		}
	return false;
}

/* Finds the layout from the entries themselves. The release is not used, because distributions
 * backport later layouts. */
static bool layout_by_entries(struct kernel *kernel, const struct orc_table *table,
			      enum orc_layout *layout)
{
	enum { SAMPLE = 256 };
	uint8_t entries[SAMPLE][ORC_SIZE];
	unsigned int nr = 0;

	for (uint64_t i = 0; i < SAMPLE; i++) {
		uint64_t at = table->entries + table->nr * i / SAMPLE * ORC_SIZE;

		nr += kernel_read(kernel, at, entries[nr], ORC_SIZE, NULL);
	}
	return nr && x86_orc_recognise((const uint8_t(*)[ORC_SIZE])entries, nr,
				       kernel_member(kernel, ORC_SIGNAL, NULL), layout);
}

static bool learn(struct kernel *kernel, void *state, struct error *err)
{
	struct kernel_orc *orc = state;
	struct orc_table *table = &orc->table;
	uint64_t stop;

	if (!kernel_symbol(kernel, "__start_orc_unwind_ip", &table->ips, err) ||
	    !kernel_symbol(kernel, "__stop_orc_unwind_ip", &stop, err) ||
	    !kernel_symbol(kernel, "__start_orc_unwind", &table->entries, err))
		return false;
	if (stop <= table->ips || stop - table->ips > LARGEST_IMAGE)
		return fail(
			err, ERROR_FORMAT,
			"the symbols around the ORC table are damaged: the table would be empty or too large");
	table->nr = (stop - table->ips) / 4;
	return layout_by_hash(kernel, &orc->layout) ||
	       layout_by_entries(kernel, table, &orc->layout) ||
	       fail(err, ERROR_FORMAT, "the layout of the entries in the ORC table is not known");
}

static const struct state_type state_orc = { .size = sizeof(struct kernel_orc), .learn = learn };

bool x86_orc_exists(struct kernel *kernel)
{
	return kernel_pointer_size(kernel) == 8 && kernel_learnt(kernel, &state_orc, NULL);
}

/* Finds the ORC table of a module. Modules have such tables since 4.14. */
static bool table_of_module(struct kernel *kernel, uint64_t module, struct orc_table *table)
{
	return kernel_read_member(kernel, module, MODULE_ORC_IP, &table->ips, NULL) &&
	       kernel_read_member(kernel, module, MODULE_ORC, &table->entries, NULL) &&
	       kernel_read_member(kernel, module, MODULE_NR_ORCS, &table->nr, NULL) &&
	       table->nr <= LARGEST_IMAGE / 4;
}

static bool find_table(struct kernel *kernel, const struct kernel_orc *orc, uint64_t vaddr,
		       struct orc_table *table)
{
	const struct module_range *range = module_range_of(kernel, vaddr);
	const struct region *region;

	if (range)
		return table_of_module(kernel, range->module, table);
	region = region_of(kernel, vaddr, NULL);
	*table = orc->table;
	return region && region->kind == REGION_KERNEL_IMAGE;
}

/* Finds the index of the last entry whose code begins at or below vaddr. */
static bool search_table(struct kernel *kernel, const struct orc_table *table, uint64_t vaddr,
			 uint64_t *nr)
{
	uint64_t low = 0, high = table->nr, distance;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2, at = table->ips + 4 * middle;

		if (!kernel_read_number(kernel, at, 4, &distance, NULL))
			return false;
		if (at + (uint64_t)(int64_t)(int32_t)distance <= vaddr)
			low = middle + 1;
		else
			high = middle;
	}
	*nr = low - 1;
	return low;
}

bool x86_orc_find(struct kernel *kernel, uint64_t vaddr, struct orc *orc)
{
	const struct kernel_orc *known =
		kernel_pointer_size(kernel) == 8 ? kernel_learnt(kernel, &state_orc, NULL) : NULL;
	uint8_t bytes[ORC_SIZE];
	struct orc_table table;
	uint64_t nr;

	if (!known || !find_table(kernel, known, vaddr, &table) ||
	    !search_table(kernel, &table, vaddr, &nr) ||
	    !kernel_read(kernel, table.entries + ORC_SIZE * nr, bytes, sizeof(bytes), NULL))
		return false;
	*orc = x86_orc_decode(known->layout, bytes);
	return true;
}
