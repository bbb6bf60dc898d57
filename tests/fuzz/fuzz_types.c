/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory is unchanged, and types are changed: sizes, offsets, kinds, references and names in the
 * DWARF or BTF of a scene's vmlinux. Then commands of all kinds are run. */
#include "script.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#ifdef HAVE_LIBBPF
#include <bpf/btf.h>
#endif

#include "symbols/elf_file.h"

/* The address of a section's bytes in memory, and their offset in the file. */
struct section {
	const uint8_t *data;
	uint64_t size, offset;
};

static struct section find_section(Elf *elf, const char *name)
{
	Elf_Scn *found = elf_section(elf, name);
	Elf_Data *data = found ? elf_rawdata(found, NULL) : NULL;
	GElf_Shdr header;

	if (!data || !gelf_getshdr(found, &header))
		return (struct section){ 0 };
	return (struct section){ data->d_buf, data->d_size, header.sh_offset };
}

/* --- DWARF --- */

static uint32_t width_of_form(unsigned int form)
{
	switch (form) {
	case DW_FORM_data1:
	case DW_FORM_udata: /* the first byte of the value */
	case DW_FORM_sdata: return 1;
	case DW_FORM_data2: return 2;
	case DW_FORM_data4:
	case DW_FORM_ref4:
	case DW_FORM_strp:
	case DW_FORM_sec_offset:
	case DW_FORM_line_strp: return 4;
	case DW_FORM_data8: return 8;
	}
	return 0;
}

struct noting {
	struct part *part;
	struct section info;
};

static int note_attribute(Dwarf_Attribute *attribute, void *arg)
{
	const struct noting *noting = arg;
	uint32_t width = width_of_form(dwarf_whatform(attribute));
	uint64_t at = (uint64_t)(attribute->valp - noting->info.data);

	/* decl_file and similar attributes are not read. */
	if (width && at < noting->info.size &&
	    (dwarf_whatattr(attribute) < DW_AT_decl_column ||
	     dwarf_whatattr(attribute) > DW_AT_decl_line))
		note_place(noting->part, noting->info.offset + at, width);
	return DWARF_CB_OK;
}

static void note_dies(Dwarf_Die *die, struct noting *noting)
{
	Dwarf_Die child;

	do {
		dwarf_getattrs(die, note_attribute, noting, 0);
		if (!dwarf_child(die, &child))
			note_dies(&child, noting);
	} while (!dwarf_siblingof(die, die));
}

static void note_dwarf(struct part *part, Elf *elf)
{
	Dwarf *dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
	struct noting noting = { part, find_section(elf, ".debug_info") };
	struct section abbreviations = find_section(elf, ".debug_abbrev");
	Dwarf_Off at = 0, next;
	size_t header;
	Dwarf_Die die;

	for (; dwarf && !dwarf_nextcu(dwarf, at, &next, &header, NULL, NULL, NULL); at = next) {
		note_place(part, noting.info.offset + at, 4); /* length of the unit */
		if (dwarf_offdie(dwarf, at + header, &die))
			note_dies(&die, &noting);
	}
	/* The abbreviations: one eighth of all changes. */
	for (uint64_t i = 0, nr = part->nr_places / 8; i < nr; i++)
		note_place(part, abbreviations.offset + i * 31 % abbreviations.size, 1);
	dwarf_end(dwarf);
}

/* --- BTF --- */

#ifdef HAVE_LIBBPF
enum { BTF_HEADER = 24, BTF_TYPES_SIZE = 12, BTF_STRINGS = 16, BTF_STRINGS_SIZE = 20 };

/* The linker puts the BTF of objects one after the other. Joins them. */
static struct btf *join_types(const uint8_t *at, const uint8_t *end)
{
	struct btf *all = btf__new_empty(), *one;

	while (end - at >= BTF_HEADER) {
		uint32_t size = load_le32(at + 4) + load_le32(at + BTF_STRINGS) +
				load_le32(at + BTF_STRINGS_SIZE);

		one = btf__new(at, size);
		if (!one || btf__add_btf(all, one) < 0)
			abort();
		btf__free(one);
		at += size;
	}
	return all;
}

static void note_btf(struct part *part, struct section section)
{
	struct btf *btf = join_types(section.data, section.data + section.size);
	uint32_t size, end;
	const uint8_t *joined = btf__raw_data(btf, &size);

	if (!joined || size > section.size ||
	    pwrite(part->file, joined, size, (off_t)section.offset) != size)
		abort();
	end = BTF_HEADER + load_le32(joined + BTF_TYPES_SIZE);
	for (uint32_t at = 4; at < end; at += 4)
		note_place(part, section.offset + at, 4);
	btf__free(btf);
}
#else
static void note_btf(struct part *part, struct section section)
{
	(void)part, (void)section;
}
#endif

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	elf_version(EV_CURRENT);
	lines_load();
	scenes_load("scenes", note_words, NULL);
	for (unsigned int i = 0; i < nr_scenes; i++) {
		struct part *part = &scenes[i].vmlinux;
		Elf *elf;
		struct section btf;

		if (scenes[i].nr_files == 1)
			continue;
		elf = elf_begin(part->file, ELF_C_READ, NULL);
		btf = find_section(elf, ".BTF");
		if (btf.data)
			note_btf(part, btf);
		else
			note_dwarf(part, elf);
		if (!part->nr_places)
			abort();
		elf_end(elf);
	}
	return 0;
}

static const struct part *vmlinux_of(const struct scene *scene)
{
	return &scene->vmlinux;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };

	if (size >= 3)
		scene_run(&input, vmlinux_of);
	return 0;
}
