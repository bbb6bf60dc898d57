/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/identity.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/arch.h"
#include "kernel/elf_file.h"
#include "kernel/kernel.h"

static const char banner_start[] = "Linux version ";

static void set_release(struct identity *identity, const char *text,
			size_t size, const char *source)
{
	if (size == 0 || size >= sizeof(identity->release))
		return;
	memcpy(identity->release, text, size);
	identity->release[size] = '\0';
	identity->release_source = source;
}

/* "Linux version RELEASE (...": where RELEASE starts, and its length. */
static const char *banner_release(const char *banner, size_t *size)
{
	const char *release = banner + sizeof(banner_start) - 1;

	*size = strcspn(release, " \n");
	return release;
}

void kernel_set_release(struct kernel *kernel, const char *banner,
			const char *source)
{
	size_t size;
	const char *release = banner_release(banner, &size);

	if (!kernel->identity.release[0])
		set_release(&kernel->identity, release, size, source);
}

static bool is_banner(const char *text)
{
	return !strncmp(text, banner_start, sizeof(banner_start) - 1);
}

/* The text in the dump's memory at address; false where it cannot be read. */
static bool read_text(const struct space *space, uint64_t address, char *text,
		      size_t size)
{
	size_t length = 0;

	if (!space)
		return false;
	/* Byte by byte: the text may end just before a page that is missing. */
	while (length < size - 1) {
		if (!space_read(space, address + length, text + length, 1,
				NULL))
			return false;
		if (text[length] == '\0')
			break;
		length++;
	}
	text[length] = '\0';
	return true;
}

bool kernel_read_banner(struct kernel *kernel, uint64_t address, char *banner,
			size_t size)
{
	return read_text(kernel_space(kernel, NULL), address, banner, size) &&
	       is_banner(banner);
}

void kernel_tell_mismatch(struct kernel *kernel, const char *what,
			  const char *theirs, const char *ours)
{
	const struct vmlinux *file = vmlinux_of_symbols(kernel->vmlinux);
	char text[768];

	/* Of two files the ELF file is compared by what it holds itself. */
	if (file->elf)
		file = kernel->vmlinux;
	kernel->identity.match = VMLINUX_DIFFERS;
	kernel->identity.proof = what;
	snprintf(text, sizeof(text),
		 "%s does not belong to this dump: the dump's %s is \"%.*s\", the file's is \"%.*s\"; what is taken from it is doubtful",
		 file->file.path, what,
		 (int)strcspn(theirs, "\n"), theirs, (int)strcspn(ours, "\n"),
		 ours);
	kernel_tell(kernel, KERNEL_WARNING, text);
}

static void matches(struct kernel *kernel, enum vmlinux_match match,
		    const char *proof)
{
	kernel->identity.match = match;
	kernel->identity.proof = proof;
}

/* --- build-id --- */

static bool build_id_text(struct bytes id, char *text)
{
	text[0] = '\0';
	if (id.size > (BUILD_ID_TEXT - 1) / 2)
		return false;
	for (size_t i = 0; i < id.size; i++)
		snprintf(text + 2 * i, 3, "%02x", id.data[i]);
	return id.size;
}

bool vmlinux_build_id_text(const struct vmlinux *vmlinux, char *text)
{
	struct bytes id = { 0 };

	vmlinux_build_id(vmlinux, &id);
	return build_id_text(id, text);
}

bool kernel_build_id_of_note(const struct kernel *kernel, char *text)
{
	struct bytes id;
	bool ok = vmcoreinfo_find(&kernel->note, "BUILD-ID", &id) && id.size &&
		  id.size < BUILD_ID_TEXT;

	for (size_t i = 0; ok && i < id.size; i++) {
		text[i] = (char)id.data[i];
		ok = isxdigit(id.data[i]);
	}
	text[ok ? id.size : 0] = '\0';
	return ok;
}

bool kernel_build_id_of_memory(struct kernel *kernel, char *text)
{
	uint64_t start, stop;
	uint8_t notes[4096];
	struct bytes id;

	text[0] = '\0';
	return kernel_dump_symbol(kernel, "__start_notes", &start) &&
	       kernel_dump_symbol(kernel, "__stop_notes", &stop) &&
	       stop - start <= sizeof(notes) &&
	       kernel_read(kernel, start, notes, stop - start, NULL) &&
	       elf_build_id_in((struct bytes){ notes, stop - start }, &id) &&
	       build_id_text(id, text);
}

/* --- banner --- */

/* The dump's banner at a link-time address; *readable: something is there. */
static bool banner_at(struct kernel *kernel, uint64_t linked, char *banner,
		      size_t size, bool *readable)
{
	uint64_t offset, address;

	*readable = false;
	if (!kernel_fact(kernel, FACT_KASLR_OFFSET, &offset))
		return false;
	address = (linked + offset) & kernel->arch->address_mask;
	*readable = kernel_read(kernel, address, banner, 1, NULL);
	return *readable && kernel_read_banner(kernel, address, banner, size);
}

/* Where the KASLR offset is not known, by a function that a CPU knows; that may
 * have been set up otherwise early at boot, so only a banner counts. */
static bool banner_by_function(struct kernel *kernel, uint64_t linked,
			       char *banner, size_t size)
{
	struct symbols *symbols = kernel->vmlinux->symbols;
	struct symbol function;
	struct space space;
	const char *names[2];
	uint64_t address;

	if (!symbols || !kernel_cpu_space(kernel, &space) ||
	    !kernel->arch->known_function(kernel, &space, names, &address) ||
	    (!symbols_find(symbols, names[0], &function) &&
	     !symbols_find(symbols, names[1], &function)))
		return false;
	address = (address - function.address + linked) &
		  kernel->arch->address_mask;
	return read_text(&space, address, banner, size) && is_banner(banner);
}

/* Without the file: as it was found in memory, or as kallsyms has it. */
static bool banner_of_dump(struct kernel *kernel, char *banner, size_t size)
{
	uint64_t address;

	return (kernel->table.known &&
		kernel_read_banner(kernel, kernel->table.banner_vaddr[0],
				   banner, size)) ||
	       (kernel_dump_symbol(kernel, "linux_banner", &address) &&
		kernel_read_banner(kernel, address, banner, size));
}

/*
 * The whole banner in the dump's memory: the one proof that needs no note. ours
 * is NULL where the file knows only where it stands.
 */
static void compare_banner(struct kernel *kernel, const char *ours,
			   uint64_t linked)
{
	char theirs[512], where[64];
	bool readable;

	if (banner_at(kernel, linked, theirs, sizeof(theirs), &readable) ||
	    (!readable &&
	     (banner_by_function(kernel, linked, theirs, sizeof(theirs)) ||
	      banner_of_dump(kernel, theirs, sizeof(theirs))))) {
		kernel_set_release(kernel, theirs, "linux_banner in the dump");
		if (ours && !strcmp(theirs, ours))
			matches(kernel, VMLINUX_MATCHES, "linux_banner");
		else if (ours)
			kernel_tell_mismatch(kernel, "banner", theirs, ours);
	} else if (ours && banner_of_dump(kernel, theirs, sizeof(theirs)) &&
		   strcmp(theirs, ours)) {
		kernel_tell_mismatch(kernel, "banner", theirs, ours);
	} else if (readable) {
		snprintf(where, sizeof(where), "at %" PRIx64
			 " as linked, where none stands", linked);
		kernel_tell_mismatch(kernel, "banner", "elsewhere", where);
	}
}

/* --- all of it --- */

static void compare_release(struct kernel *kernel, const char *ours)
{
	struct identity *identity = &kernel->identity;
	char release[sizeof(identity->release)];
	const char *text;
	size_t size;

	if (!identity->release[0])
		return;
	text = banner_release(ours, &size);
	snprintf(release, sizeof(release), "%.*s", (int)size, text);
	if (strcmp(release, identity->release))
		kernel_tell_mismatch(kernel, "release", identity->release,
				     release);
	else
		matches(kernel, VMLINUX_SAME_RELEASE, "release");
}

/* For a file without a banner: a separate debug file has no content. */
static void compare_build_id_in_memory(struct kernel *kernel)
{
	char theirs[BUILD_ID_TEXT], ours[BUILD_ID_TEXT];

	if (!kernel_build_id_of_memory(kernel, theirs) ||
	    !vmlinux_build_id_text(kernel->vmlinux, ours))
		return;
	if (strcmp(theirs, ours))
		kernel_tell_mismatch(kernel, "build-id", theirs, ours);
	else
		matches(kernel, VMLINUX_MATCHES, "build-id in memory");
}

static void compare(struct kernel *kernel)
{
	struct identity *identity = &kernel->identity;
	char their_id[BUILD_ID_TEXT], our_id[BUILD_ID_TEXT];
	bool has_ids = kernel_build_id_of_note(kernel, their_id) &&
		       vmlinux_build_id_text(kernel->vmlinux, our_id);
	const char *ours;
	uint64_t address;

	if (has_ids && !strcmp(our_id, their_id)) {
		matches(kernel, VMLINUX_MATCHES, "build-id");
		return;
	}
	ours = vmlinux_banner(kernel->vmlinux, &address);
	if (ours)
		compare_release(kernel, ours);
	if ((ours || vmlinux_symbol(kernel->vmlinux, "linux_banner", &address)) &&
	    identity->match != VMLINUX_DIFFERS)
		compare_banner(kernel, ours, address);
	/* Some stable kernels wrote garbage as BUILD-ID (5.15 to 6.11): where
	 * the banner agrees, a difference says nothing. */
	if (has_ids && identity->match != VMLINUX_MATCHES &&
	    identity->match != VMLINUX_DIFFERS)
		kernel_tell_mismatch(kernel, "build-id", their_id, our_id);
	else if (identity->match == VMLINUX_UNCHECKED)
		compare_build_id_in_memory(kernel);
}

static void release_of_banner(struct kernel *kernel, uint64_t address,
			      const char *source)
{
	char banner[512];

	if (kernel_read_banner(kernel, address, banner, sizeof(banner)))
		kernel_set_release(kernel, banner, source);
}

void kernel_read_release(struct kernel *kernel)
{
	struct bytes release;

	if (kernel->identity.release[0]) /* -o */
		return;
	if (vmcoreinfo_find(&kernel->note, "OSRELEASE", &release))
		set_release(&kernel->identity, (const char *)release.data,
			    release.size, "VMCOREINFO OSRELEASE");
	else if (kernel->table.known)
		release_of_banner(kernel, kernel->table.banner_vaddr[0],
				  "linux_banner found in memory");
}

void kernel_identify(struct kernel *kernel)
{
	uint64_t address;

	kernel_read_release(kernel);
	if (kernel->vmlinux && kernel->vmlinux->elf)
		compare(kernel);
	/* A map that is beside a vmlinux proves itself: nothing ties them. */
	if (kernel->vmlinux && kernel->identity.match != VMLINUX_DIFFERS &&
	    !vmlinux_of_symbols(kernel->vmlinux)->elf)
		kernel_compare_map(kernel);
	/* What was found on the way to this is doubtful too. */
	if (kernel->identity.match == VMLINUX_DIFFERS)
		kernel_forget_facts(kernel);
	if (!kernel->identity.release[0] &&
	    kernel_dump_symbol(kernel, "linux_banner", &address))
		release_of_banner(kernel, address,
				  "linux_banner in the dump, by kallsyms");
}

unsigned int kernel_version(const struct kernel *kernel)
{
	unsigned int major = 0, minor = 0, third = 0;

	if (sscanf(kernel->identity.release, "%3u.%3u.%3u", &major, &minor,
		   &third) < 2 ||
	    major > 255 || minor > 255)
		return 0;
	return major << 16 | minor << 8 | (third > 255 ? 255 : third);
}
