/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "types/types_dwarf.h"

#include <stdlib.h>

#include "symbols/elf_file.h"

/* --- attributes --- */

static bool unsigned_attribute(Dwarf_Die *die, unsigned int name, uint64_t *value)
{
	Dwarf_Attribute attribute;
	Dwarf_Word word;

	if (!dwarf_attr(die, name, &attribute) || dwarf_formudata(&attribute, &word) != 0)
		return false;
	*value = word;
	return true;
}

/* Returns the id of the DIE that an attribute refers to, or 0 if there is no such attribute. */
static uint64_t reference(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute attribute;
	Dwarf_Die target;

	if (!dwarf_attr(die, name, &attribute) || !dwarf_formref_die(&attribute, &target))
		return 0;
	return die_id(&target);
}

/* --- describing --- */

static uint64_t dimension(Dwarf_Die *range)
{
	uint64_t value;

	if (unsigned_attribute(range, DW_AT_count, &value))
		return value;
	/* Some compilers write -1 as the upper bound of an array [0]. */
	if (unsigned_attribute(range, DW_AT_upper_bound, &value) && value != UINT32_MAX)
		return value + 1;
	return 0;
}

static bool describe_array(struct dwarf *dwarf, Dwarf_Die *die, struct type *type)
{
	Dwarf_Die range;

	type->kind = TYPE_ARRAY;
	type->target = reference(die, DW_AT_type);
	type->count = 1;
	if (dwarf_child(die, &range) != 0)
		return false;
	do {
		if (dwarf_tag(&range) != DW_TAG_subrange_type)
			continue;
		type->row = dimension(&range);
		if (__builtin_mul_overflow(type->count, type->row, &type->count))
			return false;
	} while (!dwarf_stops(dwarf) && die_next_sibling(&range));
	return true;
}

static bool describe_sized(Dwarf_Die *die, struct type *type)
{
	uint8_t address_size;
	Dwarf_Die unit;

	if (!types_dwarf_kind(dwarf_tag(die), &type->kind) || type->kind == TYPE_ALIAS)
		type->kind = TYPE_OTHER;
	if (unsigned_attribute(die, DW_AT_byte_size, &type->size))
		return true;
	if (dwarf_tag(die) != DW_TAG_pointer_type ||
	    !dwarf_cu_die(die->cu, &unit, NULL, NULL, &address_size, NULL, NULL, NULL))
		return false;
	type->size = address_size;
	return true;
}

static bool types_dwarf_describe(void *source, uint64_t id, struct type *type)
{
	Dwarf_Die die;

	*type = (struct type){ 0 };
	if (!die_of(source, id, &die))
		return false;
	switch (dwarf_tag(&die)) {
	case DW_TAG_typedef:
	case DW_TAG_const_type:
	case DW_TAG_volatile_type:
	case DW_TAG_restrict_type:
	case DW_TAG_atomic_type:
		type->kind = TYPE_ALIAS;
		type->target = reference(&die, DW_AT_type);
		return true;
	case DW_TAG_array_type: return describe_array(source, &die, type);
	default: return describe_sized(&die, type);
	}
}

static enum type_coding types_dwarf_coding(Dwarf_Die *die)
{
	uint64_t encoding;

	if (!unsigned_attribute(die, DW_AT_encoding, &encoding))
		return CODED_OTHER;
	switch (encoding) {
	case DW_ATE_boolean: return CODED_BOOL;
	case DW_ATE_signed:
	case DW_ATE_signed_char: return CODED_SIGNED;
	case DW_ATE_unsigned:
	case DW_ATE_unsigned_char: return CODED_UNSIGNED;
	default: return CODED_OTHER;
	}
}

static bool types_dwarf_label(void *source, uint64_t id, struct type_label *label)
{
	Dwarf_Die die;

	if (!die_of(source, id, &die))
		return false;
	*label = (struct type_label){ .kind = LABEL_NAME, .coding = CODED_OTHER, .keyword = "" };
	label->name = dwarf_diename(&die);
	label->target = reference(&die, DW_AT_type);
	switch (dwarf_tag(&die)) {
	case DW_TAG_base_type: label->coding = types_dwarf_coding(&die); break;
	case DW_TAG_structure_type: label->keyword = "struct "; break;
	case DW_TAG_union_type: label->keyword = "union "; break;
	case DW_TAG_enumeration_type: label->keyword = "enum "; break;
	case DW_TAG_pointer_type: label->kind = LABEL_POINTER; break;
	case DW_TAG_subroutine_type: label->kind = LABEL_FUNCTION; break;
	case DW_TAG_const_type: label->kind = LABEL_CONST; break;
	case DW_TAG_volatile_type: label->kind = LABEL_VOLATILE; break;
	case DW_TAG_typedef: break;
	default: label->kind = LABEL_NONE;
	}
	return true;
}

/* --- members and enumerators --- */

/* Finds the offset of a member in bytes. In DWARF 2 and 3, the offset may be an expression, which
 * adds the offset to an address. Returns false if the offset is not a constant, or is not
 * plausible. */
static bool byte_offset(Dwarf_Die *die, uint64_t *offset)
{
	Dwarf_Attribute attribute;
	Dwarf_Op *expression;
	Dwarf_Word word;
	size_t length;

	*offset = 0;
	if (!dwarf_attr(die, DW_AT_data_member_location, &attribute))
		return true;
	if (dwarf_formudata(&attribute, &word) == 0) {
		*offset = word;
		return *offset <= UINT32_MAX;
	}
	if (dwarf_getlocation(&attribute, &expression, &length) != 0 || length != 1 ||
	    expression->atom != DW_OP_plus_uconst)
		return false;
	*offset = expression->number;
	return *offset <= UINT32_MAX;
}

/* Adds the bit offset of a bit field to *bits, if the member has DW_AT_bit_offset, which was used
 * until DWARF 4. This attribute counts the bits from the most significant bit of a storage unit to
 * the most significant bit of the field. */
static bool old_bit_offset(Dwarf_Die *die, uint64_t bit_size, uint64_t *bits)
{
	uint64_t from_top, unit;
	Dwarf_Attribute attribute;
	Dwarf_Die type;

	if (!unsigned_attribute(die, DW_AT_bit_offset, &from_top))
		return true;
	if (!unsigned_attribute(die, DW_AT_byte_size, &unit)) {
		if (!dwarf_attr(die, DW_AT_type, &attribute) ||
		    !dwarf_formref_die(&attribute, &type) ||
		    dwarf_aggregate_size(&type, &unit) != 0)
			return false;
	}
	if (unit > sizeof(uint64_t) || !range_within(from_top, bit_size, 8 * unit))
		return false;
	*bits += 8 * unit - from_top - bit_size;
	return true;
}

static bool types_dwarf_read_member(Dwarf_Die *die, struct raw_member *member)
{
	uint64_t bytes;

	*member = (struct raw_member){
		.name = dwarf_diename(die),
		.type = reference(die, DW_AT_type),
	};
	if (!unsigned_attribute(die, DW_AT_bit_size, &member->bit_size))
		member->bit_size = 0;
	if (member->bit_size > 8 * sizeof(uint64_t) || !byte_offset(die, &bytes))
		return false;
	member->bit_offset = 8 * bytes;
	if (unsigned_attribute(die, DW_AT_data_bit_offset, &bytes)) {
		member->bit_offset += bytes;
		return bytes <= UINT32_MAX;
	}
	return old_bit_offset(die, member->bit_size, &member->bit_offset);
}

static bool first_child(void *source, uint64_t id, Dwarf_Die *child)
{
	Dwarf_Die die;

	return die_of(source, id, &die) && dwarf_child(&die, child) == 0;
}

static void types_dwarf_each_member(void *source, uint64_t id, member_visitor visit, void *arg)
{
	struct raw_member member;
	Dwarf_Die die;

	if (!first_child(source, id, &die))
		return;
	do {
		if (dwarf_tag(&die) == DW_TAG_member && types_dwarf_read_member(&die, &member) &&
		    !visit(&member, arg))
			return;
	} while (!dwarf_stops(source) && die_next_sibling(&die));
}

/* Reads the value of an enumerator. Only DW_FORM_sdata and DW_FORM_implicit_const are signed.
 * Values in other forms, such as DW_FORM_data1, are read as unsigned numbers. */
static bool enumerator_value(Dwarf_Die *die, int64_t *value)
{
	Dwarf_Attribute attribute;
	Dwarf_Sword number;
	Dwarf_Word word;
	unsigned int form;

	if (!dwarf_attr(die, DW_AT_const_value, &attribute))
		return false;
	form = dwarf_whatform(&attribute);
	if (form == DW_FORM_sdata || form == DW_FORM_implicit_const) {
		if (dwarf_formsdata(&attribute, &number) != 0)
			return false;
		*value = number;
		return true;
	}
	if (dwarf_formudata(&attribute, &word) != 0)
		return false;
	*value = (int64_t)word;
	return true;
}

static void types_dwarf_each_enumerator(void *source, uint64_t id, enumerator_visitor visit,
					void *arg)
{
	const char *name;
	int64_t value;
	Dwarf_Die die;

	if (!first_child(source, id, &die))
		return;
	do {
		if (dwarf_tag(&die) != DW_TAG_enumerator)
			continue;
		name = dwarf_diename(&die);
		if (name && enumerator_value(&die, &value) && !visit(name, value, arg))
			return;
	} while (!dwarf_stops(source) && die_next_sibling(&die));
}

/* --- open and close --- */

static void close_dwarf(void *source)
{
	struct dwarf *dwarf = source;

	free(dwarf->definitions);
	free(dwarf->bucket);
	dwarf_end(dwarf->debug);
	dwarf_end(dwarf->supplement);
	free(dwarf);
}

/* Records the section .debug_str of elf, which libdw has already decompressed. */
static void add_strings(struct dwarf *dwarf, Elf *elf)
{
	Elf_Data *data = elf_section_data(elf, ".debug_str");

	dwarf->strings[dwarf->nr_strings].data = data ? data->d_buf : NULL;
	dwarf->strings[dwarf->nr_strings++].size = data ? data->d_size : 0;
	dwarf->strings_complete &= data != NULL;
}

/* Opens the DWARF of elf and of its supplementary file. Returns false if elf names a supplementary
 * file but `supplement` is NULL, because libdw would then open any path that elf names. */
static bool open_both(struct dwarf *dwarf, Elf *elf, Elf *supplement)
{
	if (!supplement && elf_section(elf, ".gnu_debugaltlink"))
		return false;
	if (!elf_may_be_unpacked(elf) || (supplement && !elf_may_be_unpacked(supplement)))
		return false;
	dwarf->debug = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
	if (!dwarf->debug)
		return false;
	dwarf->strings_complete = true;
	add_strings(dwarf, elf);
	if (!supplement)
		return true;
	dwarf->supplement = dwarf_begin_elf(supplement, DWARF_C_READ, NULL);
	if (!dwarf->supplement)
		return false;
	dwarf_setalt(dwarf->debug, dwarf->supplement);
	add_strings(dwarf, supplement);
	return true;
}

void *types_dwarf_open(Elf *elf, Elf *supplement, const struct listener *const *listener)
{
	struct dwarf *dwarf = calloc(1, sizeof(*dwarf));

	if (!dwarf)
		return NULL;
	dwarf->listener = listener;
	if (open_both(dwarf, elf, supplement)) {
		dwarf->reading = dwarf->debug;
		types_dwarf_next_unit(dwarf);
		if (!dwarf->exhausted)
			return dwarf;
	}
	close_dwarf(dwarf);
	return NULL;
}

const struct types_backend types_dwarf = {
	.name = "DWARF",
	.close = close_dwarf,
	.find = types_dwarf_find,
	.describe = types_dwarf_describe,
	.find_variable = types_dwarf_find_variable,
	.label = types_dwarf_label,
	.each_member = types_dwarf_each_member,
	.each_enumerator = types_dwarf_each_enumerator,
};
