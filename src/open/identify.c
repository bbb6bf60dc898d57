/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Compares the banner, release and build-id of the dump with the same data of vmlinux. */
#include "open/opened.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "kernel/view.h"
#include "symbols/kallsyms.h"
#include "kernel/vmcoreinfo.h"
#include "kernel/arch.h"
#include "kernel/table_search.h"
#include "open/open.h"
#include "symbols/elf_file.h"
#include "symbols/symbols.h"
#include "debuginfo/vmlinux.h"

enum { BANNER_SIZE = 512 };

static const char banner_start[] = "Linux version ";

static void set_release(struct identity *identity, struct bytes text, const char *source)
{
	if (text.size == 0 || text.size >= sizeof(identity->release))
		return;
	memcpy(identity->release, text.data, text.size);
	identity->release[text.size] = '\0';
	identity->release_source = source;
}

static struct bytes banner_release(const char *banner)
{
	const char *release = banner + sizeof(banner_start) - 1;

	return (struct bytes){ (const uint8_t *)release, strcspn(release, " \n") };
}

static void set_release_of(struct kernel *kernel, const char *banner, const char *source)
{
	if (!kernel->identity->release[0])
		set_release(kernel->identity, banner_release(banner), source);
}

/* Reads the banner at a virtual address, and cuts it off if it is too long. Returns false if there
 * is no banner. */
static bool space_read_banner(const struct space *space, uint64_t address, char banner[BANNER_SIZE])
{
	return space_read_string(space, address, banner, BANNER_SIZE, NULL) &&
	       starts_with(banner, banner_start);
}

static bool read_banner(struct kernel *kernel, uint64_t address, char banner[BANNER_SIZE])
{
	const struct space *space = kernel_space(kernel, NULL);

	return space && space_read_banner(space, address, banner);
}

/* Warns that vmlinux belongs to another build. `what` is the property that differs, a static text.
 * `theirs` is its value in the dump, and `ours` is its value in vmlinux. */
static void tell_mismatch(struct kernel *kernel, const char *what, const char *theirs,
			  const char *ours)
{
	const struct vmlinux *file = vmlinux_of_symbols(kernel->vmlinux);

	/* If a System.map is used with an ELF file, only the ELF file was compared, so the warning
	 * names the ELF file. */
	if (file->elf)
		file = kernel->vmlinux;
	kernel->identity->match = VMLINUX_DIFFERS;
	kernel->identity->proof = what;
	listener_warn(
		kernel->listener,
		"%s does not belong to this dump, so facts from it are doubtful: %s is \"%.*s\" in the dump and \"%.*s\" in the file",
		file->file.path, what, (int)strcspn(theirs, "\n"), theirs, (int)strcspn(ours, "\n"),
		ours);
}

enum { BANNER_PART = 60 };

/* Copies a part of the banner, from offset `from` on. If `from` is 0, the part ends at the end of
 * the release. */
static void banner_part(const char *banner, size_t from, char part[BANNER_PART + 1])
{
	struct bytes release = banner_release(banner);
	size_t size = from ? BANNER_PART : sizeof(banner_start) - 1 + release.size;

	snprintf(part, BANNER_PART + 1, "%.*s", (int)size, banner + from);
}

/* Warns that two banners differ. Banners are long, so the warning contains only the parts that
 * differ. If the releases differ, these parts begin at the start of the banner and end with the
 * release. */
static void tell_banners(struct kernel *kernel, const char *theirs, const char *ours)
{
	size_t release = sizeof(banner_start) - 1 + banner_release(theirs).size;
	char dump[BANNER_PART + 1], file[BANNER_PART + 1];
	size_t same = 0;

	while (theirs[same] && theirs[same] == ours[same])
		same++;
	while (same && theirs[same - 1] != ' ')
		same--;
	if (same < release)
		same = 0;
	banner_part(theirs, same, dump);
	banner_part(ours, same, file);
	tell_mismatch(kernel, "banner", dump, file);
}

bool vmlinux_build_id_text(const struct vmlinux *vmlinux, char text[BUILD_ID_TEXT])
{
	struct bytes id = { 0 };

	vmlinux_build_id(vmlinux, &id);
	return elf_build_id_text(id, text);
}

bool open_build_id_of_note(const struct kernel *kernel, char text[BUILD_ID_TEXT])
{
	struct bytes id;
	bool ok = vmcoreinfo_find(kernel->note, "BUILD-ID", &id) && id.size &&
		  id.size < BUILD_ID_TEXT;

	for (size_t i = 0; ok && i < id.size; i++) {
		text[i] = (char)id.data[i];
		ok = isxdigit(id.data[i]);
	}
	text[ok ? id.size : 0] = '\0';
	return ok;
}

/* Finds the build-id in the kernel's notes, which are in memory. The function `symbol` finds the
 * addresses of the symbols that mark their start and end. */
static bool build_id_between(struct kernel *kernel,
			     bool (*symbol)(struct kernel *, const char *, uint64_t *),
			     char text[BUILD_ID_TEXT])
{
	uint64_t start, stop;
	uint8_t notes[4096];
	struct bytes id;

	text[0] = '\0';
	return symbol(kernel, "__start_notes", &start) && symbol(kernel, "__stop_notes", &stop) &&
	       stop - start <= sizeof(notes) &&
	       kernel_read(kernel, start, notes, stop - start, NULL) &&
	       elf_build_id_in((struct bytes){ notes, stop - start }, &id) &&
	       elf_build_id_text(id, text);
}

bool open_build_id_of_memory(struct kernel *kernel, char text[BUILD_ID_TEXT])
{
	return build_id_between(kernel, kernel_dump_symbol, text);
}

/* Takes the release from the banner at address. `source` is a static text that describes how the
 * banner was found. Returns false if there is no banner. */
static bool set_release_at(struct kernel *kernel, uint64_t address, const char *source)
{
	char banner[BANNER_SIZE];

	if (!read_banner(kernel, address, banner))
		return false;
	set_release_of(kernel, banner, source);
	return true;
}

void open_read_release(struct kernel *kernel)
{
	struct bytes release;
	const char *banner;
	uint64_t address;

	if (kernel->identity->release[0]) /* set by -o */
		return;
	if (vmcoreinfo_find(kernel->note, "OSRELEASE", &release))
		set_release(kernel->identity, release, "VMCOREINFO OSRELEASE");
	else if (kernel->table->known)
		set_release_at(kernel, kernel->table->banner_vaddr[0],
			       "linux_banner found in memory");
	else if (kernel->dump->format->none && kernel->vmlinux &&
		 (banner = vmlinux_banner(kernel->vmlinux, &address)))
		set_release_of(kernel, banner, "linux_banner of vmlinux");
}

/* --- is vmlinux of the same build? --- */

static void set_match(struct kernel *kernel, enum vmlinux_match match, const char *proof)
{
	kernel->identity->match = match;
	kernel->identity->proof = proof;
}

/* Reads the dump's banner. `linked` is the link-time address of linux_banner. The banner is read at
 * the run-time address, which is `linked` plus the KASLR offset. Sets *readable to true if the dump
 * has memory at the run-time address. */
static bool identify_banner_at(struct kernel *kernel, uint64_t linked, char banner[BANNER_SIZE],
			       bool *readable)
{
	uint64_t offset, address;
	uint8_t byte;

	*readable = false;
	if (!kernel_fact(kernel, FACT_KASLR_OFFSET, &offset))
		return false;
	address = (linked + offset) & kernel->arch->address_mask;
	*readable = kernel_read(kernel, address, &byte, 1, NULL);
	return *readable && read_banner(kernel, address, banner);
}

/* Finds the banner if KASLR's offset is unknown. A CPU register points to a function, and the
 * distance from this function to the banner is the same in the dump and in vmlinux. While the
 * kernel boots, the register may point to another function, so a missing banner proves nothing. */
static bool banner_by_function(struct kernel *kernel, uint64_t linked, char banner[BANNER_SIZE])
{
	struct kernel_symbol function;
	struct space space;
	const char *names[2];
	uint64_t address;

	if (!kernel_cpu_space(kernel, &space) ||
	    !kernel->arch->known_function(kernel, &space, names, &address) ||
	    (!kernel_linked_symbol(kernel, names[0], &function) &&
	     !kernel_linked_symbol(kernel, names[1], &function)))
		return false;
	address = (address - function.address + linked) & kernel->arch->address_mask;
	return space_read_banner(&space, address, banner);
}

/* Reads the banner without addresses of vmlinux. The address comes from the search of memory, or
 * else from kallsyms. */
static bool banner_of_dump(struct kernel *kernel, char banner[BANNER_SIZE])
{
	uint64_t address;

	return (kernel->table->known &&
		read_banner(kernel, kernel->table->banner_vaddr[0], banner)) ||
	       (kernel_dump_symbol(kernel, "linux_banner", &address) &&
		read_banner(kernel, address, banner));
}

/* Compares the whole banner in memory with the banner of vmlinux. This is the only proof if the
 * dump has no note. `ours` is the banner of vmlinux, or NULL if vmlinux contains only the address
 * of the banner. `linked` is the link-time address of the banner. */
static void compare_banner(struct kernel *kernel, const char *ours, uint64_t linked)
{
	char theirs[BANNER_SIZE], where[64];
	bool readable;

	if (identify_banner_at(kernel, linked, theirs, &readable) ||
	    (!readable &&
	     (banner_by_function(kernel, linked, theirs) || banner_of_dump(kernel, theirs)))) {
		set_release_of(kernel, theirs, "linux_banner in the dump");
		if (ours && !strcmp(theirs, ours))
			set_match(kernel, VMLINUX_MATCHES, "linux_banner");
		else if (ours)
			tell_banners(kernel, theirs, ours);
	} else if (ours && banner_of_dump(kernel, theirs) && strcmp(theirs, ours)) {
		tell_banners(kernel, theirs, ours);
	} else if (readable) {
		snprintf(where, sizeof(where), "at %" PRIx64 " (link-time address)", linked);
		tell_mismatch(kernel, "banner", "at another address", where);
	}
}

static void compare_release(struct kernel *kernel, const char *ours)
{
	struct identity *identity = kernel->identity;
	struct bytes text = banner_release(ours);
	char release[sizeof(identity->release)];

	if (!identity->release[0])
		return;
	snprintf(release, sizeof(release), "%.*s", (int)text.size, (const char *)text.data);
	if (strcmp(release, identity->release))
		tell_mismatch(kernel, "release", identity->release, release);
	else
		set_match(kernel, VMLINUX_SAME_RELEASE, "release");
}

/* Compares the build-ids in memory and in vmlinux. Returns false if one of them is missing. If
 * vmlinux already matches, its symbols may be used to find the notes in memory. */
static bool compare_build_id_in_memory(struct kernel *kernel)
{
	char theirs[BUILD_ID_TEXT], ours[BUILD_ID_TEXT];

	if (!vmlinux_build_id_text(kernel->vmlinux, ours) ||
	    (!(kernel->identity->match == VMLINUX_MATCHES &&
	       build_id_between(kernel, kernel_vmlinux_symbol, theirs)) &&
	     !open_build_id_of_memory(kernel, theirs)))
		return false;
	if (strcmp(theirs, ours))
		tell_mismatch(kernel, "build-id", theirs, ours);
	else
		set_match(kernel, VMLINUX_MATCHES, "build-id in memory");
	return true;
}

static void identify_compare(struct kernel *kernel)
{
	struct identity *identity = kernel->identity;
	char their_id[BUILD_ID_TEXT], our_id[BUILD_ID_TEXT];
	bool has_ids = open_build_id_of_note(kernel, their_id) &&
		       vmlinux_build_id_text(kernel->vmlinux, our_id);
	const char *ours;
	uint64_t address;

	if (has_ids && !strcmp(our_id, their_id)) {
		set_match(kernel, VMLINUX_MATCHES, "build-id");
		return;
	}
	ours = vmlinux_banner(kernel->vmlinux, &address);
	if (ours)
		compare_release(kernel, ours);
	if ((ours || vmlinux_symbol(kernel->vmlinux, "linux_banner", &address)) &&
	    identity->match != VMLINUX_DIFFERS)
		compare_banner(kernel, ours, address);
	if (identity->match == VMLINUX_DIFFERS ||
	    (!has_ids && identity->match != VMLINUX_UNCHECKED))
		return;
	/* Some stable kernels (5.15 to 6.11) have a wrong BUILD-ID in VMCOREINFO, so the notes in
	 * memory decide. An equal banner does not prove that the builds are equal, because a build
	 * with the same timestamp has the same banner. */
	if (!compare_build_id_in_memory(kernel) && has_ids)
		tell_mismatch(kernel, "build-id", their_id, our_id);
}

/* --- a System.map has neither release nor build-id, so addresses are compared --- */

/* At least this many symbols must agree. One is not enough: if KASLR's offset was computed from
 * _stext, _stext always agrees. */
enum { FEWEST_IN_NOTE = 4 };

static void tell_address(struct kernel *kernel, const char *proof, const char *name,
			 uint64_t theirs, uint64_t ours)
{
	char dump[VMCOREINFO_NAME + 32], file[32];

	snprintf(dump, sizeof(dump), "%s at %" PRIx64, name, theirs);
	snprintf(file, sizeof(file), "%" PRIx64, ours);
	tell_mismatch(kernel, proof, dump, file);
}

/* Compares the symbols in the note with the System.map. Returns the number of symbols that agree,
 * or 0 if at least one differs. */
static unsigned int compare_note(struct kernel *kernel)
{
	char name[VMCOREINFO_NAME];
	uint64_t theirs, ours;
	unsigned int nr = 0;
	size_t at = 0;

	while (vmcoreinfo_next_symbol(kernel->note, &at, name, &theirs)) {
		/* The values of SYMBOL(mem_section) and SYMBOL(vmemmap) are not the addresses of
		 * these symbols, so they cannot be compared. */
		if (!strcmp(name, "mem_section") || !strcmp(name, "vmemmap") ||
		    !kernel_vmlinux_symbol(kernel, name, &ours))
			continue;
		if (ours != theirs) {
			tell_address(kernel, "SYMBOL of VMCOREINFO", name, theirs, ours);
			return 0;
		}
		nr++;
	}
	return nr;
}

/* Returns true if the System.map has a symbol at the address of symbol number nr of kallsyms. If
 * not, warns and returns false. `offset` is the KASLR offset. */
static bool agrees(struct kernel *kernel, struct kallsyms *kallsyms, uint32_t nr, uint64_t offset)
{
	uint64_t address = kallsyms_address(kallsyms, nr);
	uint64_t linked = (address - offset) & kernel->arch->address_mask;
	struct kernel_symbol theirs;
	struct kernel_symbol ours = { 0 };

	if (symbols_at(kernel->vmlinux->symbols, linked, &ours) && ours.address == linked)
		return true;
	tell_address(kernel, "kallsyms",
		     kallsyms_symbol(kallsyms, nr, &theirs) ? theirs.name : "a symbol", address,
		     (ours.address + offset) & kernel->arch->address_mask);
	return false;
}

/* Compares functions of kallsyms with the System.map: a sample from the whole code, and all
 * functions near the end of the code. If the size of one function differs between two builds, all
 * functions after it have other addresses, so a comparison at the end of the code is enough to find
 * this. The symbols in the note are not enough, because they are variables, whose addresses can
 * agree although the code differs. Returns true if enough functions were compared and all agree. */
static bool compare_kallsyms(struct kernel *kernel)
{
	enum { SAMPLES = 256, FEWEST = 8, END_OF_CODE = 1 << 14 };
	struct kallsyms *kallsyms = kernel_kallsyms(kernel, NULL);
	uint32_t count = kallsyms ? kallsyms_count(kallsyms) : 0;
	uint64_t offset, start, end;
	unsigned int nr = 0;

	if (!count || !kernel_fact(kernel, FACT_KASLR_OFFSET, &offset) ||
	    !kernel_vmlinux_symbol(kernel, "_stext", &start) ||
	    !kernel_vmlinux_symbol(kernel, "_etext", &end))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t address = kallsyms_address(kallsyms, i);

		if (address < start || address >= end ||
		    (i % (count / SAMPLES + 1) && end - address > END_OF_CODE))
			continue;
		if (!agrees(kernel, kallsyms, i, offset))
			return false;
		nr++;
	}
	return nr >= FEWEST;
}

static void look_for_banner(struct kernel *kernel)
{
	uint64_t address;
	char where[32];
	uint8_t byte;

	if (!kernel_vmlinux_symbol(kernel, "linux_banner", &address))
		return;
	if (!set_release_at(kernel, address, "linux_banner in the dump") &&
	    kernel_read(kernel, address, &byte, 1, NULL)) {
		snprintf(where, sizeof(where), "at %" PRIx64, address);
		tell_mismatch(kernel, "linux_banner", "at another address", where);
	}
}

static void compare_map(struct kernel *kernel)
{
	struct identity *identity = kernel->identity;
	unsigned int nr;

	set_match(kernel, VMLINUX_UNCHECKED, NULL);
	nr = compare_note(kernel);
	if (identity->match != VMLINUX_DIFFERS && compare_kallsyms(kernel))
		set_match(kernel, VMLINUX_MATCHES, "addresses in kallsyms");
	if (identity->match != VMLINUX_DIFFERS)
		look_for_banner(kernel);
	if (identity->match == VMLINUX_UNCHECKED && nr >= FEWEST_IN_NOTE)
		set_match(kernel, VMLINUX_AGREES, "symbols of VMCOREINFO");
}

void open_identify(struct kernel *kernel)
{
	uint64_t address;

	open_read_release(kernel);
	if (kernel->vmlinux && kernel->vmlinux->elf)
		identify_compare(kernel);
	/* If the symbols come from a System.map, they are compared, too, because an ELF file that
	 * matches does not prove that the System.map matches. */
	if (kernel->vmlinux && kernel->identity->match != VMLINUX_DIFFERS &&
	    !vmlinux_of_symbols(kernel->vmlinux)->elf)
		compare_map(kernel);
	/* Facts that were already found may come from the wrong file, so they are forgotten. */
	if (kernel->identity->match == VMLINUX_DIFFERS)
		open_forget(kernel);
	if (!kernel->identity->release[0] && kernel_dump_symbol(kernel, "linux_banner", &address))
		set_release_at(kernel, address, "linux_banner in the dump, by kallsyms");
}
