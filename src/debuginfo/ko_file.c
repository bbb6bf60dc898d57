/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "debuginfo/ko_file.h"

#include <stdlib.h>

#include "base/machine.h"
#include "base/text.h"
#include "debuginfo/inlines.h"
#include "symbols/elf_file.h"

/* --- relocations --- */

/* Links the file of a module. libdwfl could do this, too, but it relocates all debug sections,
 * leaves out relocations that it does not know, and searches for further files. */

enum {
	/* Address 0 is left free, because an attribute of DWARF that is not relocated is 0. All
	 * addresses fit into a signed number of 32 bits. */
	FIRST_ADDRESS = 1 << 20,
	LAST_ADDRESS = 1 << 30,
	/* Between two sections, so that the end of one is not the start of the next. */
	SECTION_GAP = 1 << 12,
};

static bool damaged(const struct ko_file *module, const char *what, struct error *err)
{
	return fail(err, ERROR_FORMAT, "%s: is damaged: %s", module->file.path, what);
}

static bool place_sections(const struct ko_file *module, struct error *err)
{
	uint64_t address = FIRST_ADDRESS;
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_next_section(module->elf, section, &header))) {
		header.sh_addr = 0;
		if (header.sh_flags & SHF_ALLOC) {
			if (header.sh_size > LAST_ADDRESS - address)
				return damaged(module, "its sections are larger than any module",
					       err);
			header.sh_addr = address;
			address += header.sh_size + SECTION_GAP;
			address &= -(uint64_t)SECTION_GAP;
			address = smaller_of(address, LAST_ADDRESS);
		}
		if (!gelf_update_shdr(section, &header))
			return fail(err, ERROR_FORMAT, "%s: %s", module->file.path, elf_errmsg(-1));
	}
	return true;
}

/* Replaces the data of a section, which are borrowed from the mapped file, by a copy. *copy gets
 * the copy, which libelf does not free. */
static bool copy_data(Elf_Data *data, void **copy, struct error *err)
{
	*copy = malloc(data->d_size ? data->d_size : 1);
	if (!*copy)
		return out_of_memory(err);
	memcpy(*copy, data->d_buf, data->d_size);
	data->d_buf = *copy;
	return true;
}

/* --- symbols --- */

/* Adds the address of its section to a symbol. A symbol outside its section becomes undefined. */
static void place_symbol(Elf *elf, GElf_Sym *symbol)
{
	Elf_Scn *section = elf_getscn(elf, symbol->st_shndx);
	GElf_Shdr header;

	if (symbol->st_shndx == SHN_UNDEF || symbol->st_shndx >= SHN_LORESERVE)
		return;
	if (!section || !gelf_getshdr(section, &header) || symbol->st_value > header.sh_size)
		symbol->st_shndx = SHN_UNDEF;
	else
		symbol->st_value += header.sh_addr;
}

static bool place_symbols(struct ko_file *module, const struct listener *listener,
			  Elf_Data **symbols, size_t *section_nr, struct error *err)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header = { .sh_type = SHT_NULL };
	size_t size = gelf_fsize(module->elf, ELF_T_SYM, 1, EV_CURRENT);
	GElf_Sym symbol;

	/* symbols_open() reads the first table, too */
	while ((section = elf_next_section(module->elf, section, &header)))
		if (header.sh_type == SHT_SYMTAB)
			break;
	*symbols =
		section && !(header.sh_flags & SHF_COMPRESSED) ? elf_getdata(section, NULL) : NULL;
	if (!*symbols || !(*symbols)->d_buf || (*symbols)->d_type != ELF_T_SYM || !size)
		return damaged(module, "it has no symbol table", err);
	*section_nr = elf_ndxscn(section);
	if (!copy_data(*symbols, &module->table, err))
		return false;
	for (size_t i = 1; i < (*symbols)->d_size / size && i < INT32_MAX; i++) {
		if (listener_stops_at(listener, i))
			return fail(err, ERROR_INTERRUPTED, "interrupted");
		if (!gelf_getsym(*symbols, (int)i, &symbol))
			break;
		place_symbol(module->elf, &symbol);
		gelf_update_sym(*symbols, (int)i, &symbol);
	}
	return true;
}

/* --- relocations --- */

/* The relocations that compilers use in debug sections: the psABIs of x86-64, i386, AArch64 and RISC-V. On RISC-V,
 * whose linker may shorten code, a difference of two labels is two relocations: one adds, and the other subtracts. */
static const struct relocation_kind {
	uint16_t machine;
	uint32_t type;
	uint8_t width; /* in bytes */
	bool relative; /* to the place of the relocation */
	int64_t least;
	uint64_t most; /* the largest value that fits, unless it wraps */
	bool wraps;
	int8_t sign; /* 1, -1: the value is added to the content of the place, or subtracted from it; 0: it replaces it */
} kinds[] = {
	{ EM_X86_64, R_X86_64_64, 8, false, 0, 0, true, 0 },
	{ EM_X86_64, R_X86_64_PC32, 4, true, INT32_MIN, INT32_MAX, false, 0 },
	{ EM_X86_64, R_X86_64_32, 4, false, 0, UINT32_MAX, false, 0 },
	{ EM_X86_64, R_X86_64_32S, 4, false, INT32_MIN, INT32_MAX, false, 0 },
	{ EM_386, R_386_32, 4, false, 0, 0, true, 0 },
	{ EM_386, R_386_PC32, 4, true, 0, 0, true, 0 },
	{ EM_AARCH64, R_AARCH64_ABS64, 8, false, 0, 0, true, 0 },
	{ EM_AARCH64, R_AARCH64_ABS32, 4, false, INT32_MIN, UINT32_MAX, false, 0 },
	{ EM_AARCH64, R_AARCH64_PREL32, 4, true, INT32_MIN, UINT32_MAX, false, 0 },
	{ EM_RISCV, R_RISCV_64, 8, false, 0, 0, true, 0 },
	{ EM_RISCV, R_RISCV_32, 4, false, INT32_MIN, UINT32_MAX, false, 0 },
	{ EM_RISCV, R_RISCV_32_PCREL, 4, true, INT32_MIN, INT32_MAX, false, 0 },
	{ EM_RISCV, R_RISCV_SET8, 1, false, 0, 0, true, 0 },
	{ EM_RISCV, R_RISCV_SET16, 2, false, 0, 0, true, 0 },
	{ EM_RISCV, R_RISCV_SET32, 4, false, 0, 0, true, 0 },
	{ EM_RISCV, R_RISCV_ADD8, 1, false, 0, 0, true, 1 },
	{ EM_RISCV, R_RISCV_ADD16, 2, false, 0, 0, true, 1 },
	{ EM_RISCV, R_RISCV_ADD32, 4, false, 0, 0, true, 1 },
	{ EM_RISCV, R_RISCV_ADD64, 8, false, 0, 0, true, 1 },
	{ EM_RISCV, R_RISCV_SUB8, 1, false, 0, 0, true, -1 },
	{ EM_RISCV, R_RISCV_SUB16, 2, false, 0, 0, true, -1 },
	{ EM_RISCV, R_RISCV_SUB32, 4, false, 0, 0, true, -1 },
	{ EM_RISCV, R_RISCV_SUB64, 8, false, 0, 0, true, -1 },
};

/* The sections that lines.c and inlines.c read, and that contain addresses or offsets in
 * other sections. */
static const char *const linked_sections[NR_LINKED_SECTIONS] = {
	".debug_info", ".debug_line",	     ".debug_aranges", ".debug_ranges",	  ".debug_rnglists",
	".debug_addr", ".debug_str_offsets", ".debug_loc",     ".debug_loclists",
};

/* The relocations of one debug section. */
struct relocating {
	struct ko_file *module;
	const struct listener *listener;
	Elf_Data *symbols; /* with linked addresses */
	size_t symbols_section;
	uint64_t bytes_left; /* of all relocations; sections that overlap would use it up */
	const char *name; /* of the section */
	Elf_Data *data; /* its copy */
};

static bool cannot(const struct relocating *work, const char *what, uint32_t type,
		   struct error *err)
{
	return fail(err, ERROR_FORMAT, "%s: %s has a relocation (type %u) %s",
		    work->module->file.path, work->name, type, what);
}

static bool find_kind(const struct relocating *work, uint32_t type,
		      const struct relocation_kind **kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		*kind = &kinds[i];
		if (kinds[i].machine == work->module->machine && kinds[i].type == type)
			return true;
	}
	return false;
}

static bool fits(const struct relocation_kind *kind, uint64_t value)
{
	return kind->wraps ||
	       ((int64_t)value < 0 ? (int64_t)value >= kind->least : value <= kind->most);
}

/* Applies one relocation. If its symbol is in another module or in the kernel, nothing is done:
 * such symbols are only in the values of variables and parameters, which are not used here. */
static bool relocate_one(const struct relocating *work, const GElf_Rela *entry, bool in_place,
			 struct error *err)
{
	uint32_t type = (uint32_t)GELF_R_TYPE(entry->r_info);
	const struct relocation_kind *kind;
	uint8_t *at;
	uint64_t value, addend = (uint64_t)entry->r_addend;
	GElf_Sym symbol;

	if (!type) /* R_*_NONE */
		return true;
	if (!find_kind(work, type, &kind))
		return cannot(work, "that is unknown", type, err);
	if (!range_within(entry->r_offset, kind->width, work->data->d_size))
		return cannot(work, "outside the section", type, err);
	if (GELF_R_SYM(entry->r_info) > INT32_MAX ||
	    !gelf_getsym(work->symbols, (int)GELF_R_SYM(entry->r_info), &symbol))
		return cannot(work, "to a symbol that does not exist", type, err);
	if (symbol.st_shndx == SHN_XINDEX)
		return cannot(work, "to a section with a number above 65279", type, err);
	if (symbol.st_shndx == SHN_UNDEF || symbol.st_shndx == SHN_COMMON)
		return true;
	at = (uint8_t *)work->data->d_buf + entry->r_offset;
	if (in_place)
		addend = load_le(at, kind->width);
	value = symbol.st_value + addend - (kind->relative ? entry->r_offset : 0);
	if (kind->sign)
		value = load_le(at, kind->width) + (kind->sign > 0 ? value : -value);
	if (!fits(kind, value))
		return cannot(work, "whose value is too large", type, err);
	store_le(at, value, kind->width);
	return true;
}

static bool relocate_all(struct relocating *work, Elf_Scn *section, const GElf_Shdr *header,
			 struct error *err)
{
	bool in_place = header->sh_type == SHT_REL;
	size_t size =
		gelf_fsize(work->module->elf, in_place ? ELF_T_REL : ELF_T_RELA, 1, EV_CURRENT);
	Elf_Data *entries = NULL;
	GElf_Rela entry;
	GElf_Rel rel;

	if (header->sh_link == work->symbols_section && size && header->sh_entsize == size &&
	    !(header->sh_flags & SHF_COMPRESSED) && header->sh_size <= work->bytes_left)
		entries = elf_getdata(section, NULL);
	if (!entries || (entries->d_size && !entries->d_buf) ||
	    entries->d_type != (in_place ? ELF_T_REL : ELF_T_RELA))
		return fail(err, ERROR_FORMAT, "%s: the relocations of %s are damaged",
			    work->module->file.path, work->name);
	work->bytes_left -= header->sh_size;
	for (size_t i = 0; i < entries->d_size / size && i < INT32_MAX; i++) {
		if (listener_stops_at(work->listener, i))
			return fail(err, ERROR_INTERRUPTED, "interrupted");
		entry.r_addend = 0;
		if (in_place && gelf_getrel(entries, (int)i, &rel))
			entry = (GElf_Rela){ rel.r_offset, rel.r_info, 0 };
		else if (in_place || !gelf_getrela(entries, (int)i, &entry))
			return damaged(work->module, "a relocation cannot be read", err);
		if (!relocate_one(work, &entry, in_place, err))
			return false;
	}
	return true;
}

/* Decompresses the section, and copies its data. The copy is what elf_rawdata() returns, which
 * lines.c calls, and what elf_getdata() returns, which libdw calls. */
static bool ko_link_unpack(struct relocating *work, Elf_Scn *section, void **copy,
			   struct error *err)
{
	Elf *elf = work->module->elf;
	GElf_Shdr header;
	Elf_Data *data;

	if (!gelf_getshdr(section, &header))
		return damaged(work->module, elf_errmsg(-1), err);
	if (header.sh_flags & SHF_COMPRESSED &&
	    (!elf_may_be_unpacked(elf) || elf_compress(section, 0, 0) < 0))
		return fail(err, ERROR_FORMAT, "%s: %s cannot be decompressed",
			    work->module->file.path, work->name);
	work->data = elf_rawdata(section, NULL);
	if (!work->data || !work->data->d_buf)
		return fail(err, ERROR_FORMAT, "%s: %s is outside the file",
			    work->module->file.path, work->name);
	if (!copy_data(work->data, copy, err))
		return false;
	data = elf_getdata(section, NULL);
	if (data && data != work->data) {
		data->d_buf = *copy;
		data->d_size = work->data->d_size;
	}
	return true;
}

/* Applies the relocations of the debug section with this number in linked_sections. */
static bool relocate_section(struct relocating *work, size_t nr, struct error *err)
{
	Elf *elf = work->module->elf;
	Elf_Scn *target = elf_section(elf, linked_sections[nr]), *section = NULL;
	GElf_Shdr header;

	work->name = linked_sections[nr];
	if (!target)
		return true;
	while ((section = elf_next_section(elf, section, &header))) {
		if ((header.sh_type != SHT_RELA && header.sh_type != SHT_REL) ||
		    header.sh_info != elf_ndxscn(target))
			continue;
		if (!work->module->copies[nr] &&
		    !ko_link_unpack(work, target, &work->module->copies[nr], err))
			return false;
		if (!relocate_all(work, section, &header, err))
			return false;
	}
	return true;
}

/* Gives sections and symbols linked addresses, and relocates the debug sections. */
static bool ko_file_link(struct ko_file *module, const struct listener *listener, struct error *err)
{
	struct relocating work = {
		.module = module,
		.listener = listener,
		.bytes_left = module->file.bytes.size,
	};

	if (!place_sections(module, err) ||
	    !place_symbols(module, listener, &work.symbols, &work.symbols_section, err))
		return false;
	for (size_t nr = 0; nr < NR_LINKED_SECTIONS; nr++)
		if (!relocate_section(&work, nr, err))
			return false;
	return true;
}

/* --- the file --- */

/* Every module has this section, which contains its struct module. In a debug file the section is
 * without content (SHT_NOBITS). */
static const char module_section[] = ".gnu.linkonce.this_module";

bool ko_file_probe(const struct file *file)
{
	struct bytes b = file->bytes;
	bool found;
	Elf *elf;

	if (b.size < sizeof(Elf32_Ehdr) || memcmp(b.data, ELFMAG, SELFMAG) ||
	    b.data[EI_DATA] != ELFDATA2LSB || load_le16(b.data + 16) != ET_REL ||
	    !file_whole(file, NULL))
		return false;
	elf = elf_open(file, NULL);
	found = elf_has_section(elf, module_section);
	elf_end(elf);
	return found;
}

/* Copies the first word of the part "KEY=" of .modinfo. Returns false if there is none. */
static bool modinfo_word(const struct ko_file *module, const char *key, char *word, size_t room)
{
	Elf_Data *data = elf_section_data(module->elf, ".modinfo");
	const char *at = data ? data->d_buf : NULL, *end = data ? at + data->d_size : NULL;
	size_t length = strlen(key);

	while (at && at < end) {
		size_t size = strnlen(at, (size_t)(end - at));

		if (size > length && !memcmp(at, key, length)) {
			size_t word_size = size - length;
			const char *blank = memchr(at + length, ' ', word_size);

			if (blank)
				word_size = (size_t)(blank - at) - length;
			if (word_size >= room)
				return false;
			memcpy(word, at + length, word_size);
			word[word_size] = '\0';
			return true;
		}
		at += size + 1;
	}
	return false;
}

/* Sets the name from the name of the file, as KBUILD_MODNAME does: '-' becomes '_'. */
static void name_from_path(struct ko_file *module)
{
	const char *slash = strrchr(module->file.path, '/');
	const char *name = slash ? slash + 1 : module->file.path, *end = strstr(name, ".ko");
	size_t size = end ? (size_t)(end - name) : strlen(name);

	for (size_t i = 0; i < size && i < sizeof(module->name) - 1; i++)
		module->name[i] = name[i] == '-' ? '_' : name[i];
}

static bool open_parts(struct ko_file *module, const struct listener *listener, struct error *err)
{
	GElf_Ehdr header;

	if (!file_whole(&module->file, err))
		return false;
	module->elf = elf_open(&module->file, err);
	if (!module->elf)
		return false;
	if (!gelf_getehdr(module->elf, &header))
		return fail(err, ERROR_FORMAT, "%s: %s", module->file.path, elf_errmsg(-1));
	module->machine = header.e_machine;
	if (!machine_find(header.e_machine))
		return fail(err, ERROR_FORMAT,
			    "%s: is a module for another machine (e_machine %u) than " MACHINES_READ,
			    module->file.path, header.e_machine);
	if (!elf_section(module->elf, ".debug_line"))
		return fail(err, ERROR_FORMAT,
			    "%s: is a module without debug information; give its debug file",
			    module->file.path);
	/* Modules have the part "name=" since 4.11 (3e2e857f9c3a). */
	if (!modinfo_word(module, "name=", module->name, sizeof(module->name)))
		name_from_path(module);
	modinfo_word(module, "vermagic=", module->release, sizeof(module->release));
	if (!ko_file_link(module, listener, err))
		return false;
	/* ko_file_link() has changed the table, so it is not the table in the file. */
	module->symbols = symbols_open(module->elf, NULL, err);
	if (!module->symbols)
		return false;
	symbols_listen(module->symbols, listener);
	return true;
}

struct ko_file *ko_file_open(struct file *file, const struct listener *listener, struct error *err)
{
	struct ko_file *module = calloc(1, sizeof(*module));

	if (!module) {
		file_close(file);
		out_of_memory(err);
		return NULL;
	}
	module->file = *file;
	*file = (struct file){ .fd = -1 };
	if (open_parts(module, listener, err))
		return module;
	ko_file_close(module);
	return NULL;
}

void ko_file_close(struct ko_file *module)
{
	while (module) {
		struct ko_file *next = module->next;

		lines_close(module->lines);
		inlines_close(module->inlines);
		types_close(module->types);
		symbols_close(module->symbols);
		elf_end(module->elf);
		free(module->table);
		for (size_t i = 0; i < NR_LINKED_SECTIONS; i++)
			free(module->copies[i]);
		file_close(&module->file);
		free(module);
		module = next;
	}
}

static Elf_Scn *section_at(const struct ko_file *module, uint64_t linked, GElf_Shdr *header)
{
	Elf_Scn *section = NULL;

	while ((section = elf_next_section(module->elf, section, header)))
		if (header->sh_flags & SHF_ALLOC && linked - header->sh_addr < header->sh_size)
			return section;
	return NULL;
}

bool ko_file_section(const struct ko_file *module, uint64_t linked, GElf_Shdr *header)
{
	return section_at(module, linked, header);
}

bool ko_file_is_code(const struct ko_file *module, const struct kernel_symbol *symbol)
{
	GElf_Shdr header;

	return ko_file_section(module, symbol->address, &header) && header.sh_flags & SHF_EXECINSTR;
}

/* Marks the bytes from `first` on that the relocations in this data change. Relocations of code have 4 bytes, or
 * 8 (movabs of x86-64). */
static void mark_relocated(const struct ko_file *module, Elf_Data *entries, bool with_addend,
			   uint64_t first, size_t size, bool *is_open)
{
	enum { WIDE = 8, USUAL = 4 };
	GElf_Rela rela;
	GElf_Rel rel;

	for (int i = 0; with_addend ? gelf_getrela(entries, i, &rela) != NULL :
				      gelf_getrel(entries, i, &rel) != NULL;
	     i++) {
		uint64_t at = with_addend ? rela.r_offset : rel.r_offset;
		uint64_t type = GELF_R_TYPE(with_addend ? rela.r_info : rel.r_info);
		unsigned int width =
			module->machine == EM_X86_64 && type == R_X86_64_64 ? WIDE : USUAL;

		for (unsigned int j = 0; j < width; j++)
			if (at + j - first < size)
				is_open[at + j - first] = true;
	}
}

bool ko_file_code(const struct ko_file *module, uint64_t linked, size_t size, uint8_t *code,
		  bool *is_open)
{
	Elf_Scn *section, *other = NULL;
	GElf_Shdr header, relocations;
	Elf_Data *data;
	uint64_t first, left = module->file.bytes.size; /* for sections that overlap */

	section = section_at(module, linked, &header);
	if (!section || header.sh_type == SHT_NOBITS || header.sh_flags & SHF_COMPRESSED)
		return false;
	first = linked - header.sh_addr;
	data = elf_rawdata(section, NULL);
	if (!data || !data->d_buf || !range_within(first, size, data->d_size))
		return false;
	memcpy(code, (const uint8_t *)data->d_buf + first, size);
	while ((other = elf_next_section(module->elf, other, &relocations))) {
		bool with_addend = relocations.sh_type == SHT_RELA;

		if ((!with_addend && relocations.sh_type != SHT_REL) ||
		    relocations.sh_info != elf_ndxscn(section) ||
		    relocations.sh_flags & SHF_COMPRESSED)
			continue;
		data = relocations.sh_size <= left ? elf_getdata(other, NULL) : NULL;
		if (!data)
			return false;
		left -= relocations.sh_size;
		mark_relocated(module, data, with_addend, first, size, is_open);
	}
	return true;
}

bool ko_file_line(struct ko_file *module, uint64_t linked, const struct listener *listener,
		  struct code_line *line, struct error *err)
{
	/* Without a descriptor, lines.c reads only the copies. */
	if (!module->lines)
		module->lines = lines_open(module->elf, -1);
	if (!module->lines)
		return out_of_memory(err);
	if (lines_find(module->lines, linked, listener, line))
		return true;
	if (lines_given_up(module->lines))
		fail(err, ERROR_FORMAT,
		     "%s: the debug information is damaged, so the search for a source line was given up",
		     module->file.path);
	return false;
}

size_t ko_file_inlined(struct ko_file *module, uint64_t linked, const struct listener *listener,
		       struct inlined_function *functions)
{
	if (!module->inlines)
		module->inlines = inlines_open(module->elf);
	return module->inlines ? inlines_find(module->inlines, linked, listener, functions) : 0;
}

size_t ko_file_variables(struct ko_file *module, uint64_t linked, unsigned int reg,
			 const struct listener *listener, struct register_variable *found,
			 struct types **types)
{
	*types = ko_file_types(module, listener);
	if (!module->inlines)
		module->inlines = inlines_open(module->elf);
	return *types && module->inlines ?
		       variables_find(module->inlines, linked, reg, listener, found) :
		       0;
}

struct types *ko_file_types(struct ko_file *module, const struct listener *listener)
{
	if (!module->types)
		module->types = types_open_dwarf(module->elf);
	if (module->types)
		types_listen(module->types, listener);
	return module->types;
}

/* The symbols of a file that have the name and the size of a variable. */
struct ko_variable {
	uint64_t size;
	struct kernel_symbol symbol;
	size_t nr;
};

static bool take_variable(const struct kernel_symbol *symbol, void *arg)
{
	struct ko_variable *variable = arg;

	if (symbol->size == variable->size && !variable->nr++)
		variable->symbol = *symbol;
	return variable->nr < 2;
}

bool ko_file_variable(struct ko_file *module, const char *name, uint64_t size,
		      const struct listener *listener, struct ctype *type)
{
	struct ko_variable variable = { .size = size };
	struct types *types = ko_file_types(module, listener);

	symbols_each(module->symbols, name, NULL, take_variable, &variable);
	return types && variable.nr == 1 &&
	       ctype_of_variable(types, name, variable.symbol.address, size, type);
}
