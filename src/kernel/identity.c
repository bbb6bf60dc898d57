/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/identity.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/arch.h"
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

static bool banner_of_kallsyms(struct kernel *kernel, char *banner, size_t size)
{
	uint64_t address;

	return kernel_dump_symbol(kernel, "linux_banner", &address) &&
	       read_text(kernel_space(kernel, NULL), address, banner, size) &&
	       is_banner(banner);
}

/* Where the KASLR offset is not known, by a function that a CPU knows; that may
 * have been set up otherwise early at boot, so only a banner counts. */
static bool banner_by_function(struct kernel *kernel, char *banner, size_t size)
{
	struct symbols *symbols = kernel->vmlinux->symbols;
	struct symbol function, text;
	struct space space;
	const char *names[2];
	uint64_t address;

	if (!symbols || !kernel_cpu_space(kernel, &space) ||
	    !kernel->arch->known_function(kernel, &space, names, &address) ||
	    (!symbols_find(symbols, names[0], &function) &&
	     !symbols_find(symbols, names[1], &function)) ||
	    !symbols_find(symbols, "linux_banner", &text))
		return false;
	address = (address - function.address + text.address) &
		  kernel->arch->address_mask;
	return read_text(&space, address, banner, size) && is_banner(banner);
}

/* The dump's banner: where vmlinux has it, else where kallsyms has it. "" where
 * something else is in vmlinux's place. */
static bool dump_banner(struct kernel *kernel, char *banner, size_t size)
{
	uint64_t address;
	bool readable = kernel_vmlinux_symbol(kernel, "linux_banner", &address,
					      NULL) &&
			read_text(kernel_space(kernel, NULL), address, banner,
				  size);

	if ((readable && is_banner(banner)) ||
	    (!readable && banner_by_function(kernel, banner, size)) ||
	    banner_of_kallsyms(kernel, banner, size))
		return true;
	banner[0] = '\0';
	return readable;
}

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
	       build_id_in((struct bytes){ notes, stop - start }, &id) &&
	       build_id_text(id, text);
}

/* The note's BUILD-ID against the file's; UNCHECKED where one is missing. */
static enum vmlinux_match compare_build_id(struct kernel *kernel)
{
	char theirs[BUILD_ID_TEXT], ours[BUILD_ID_TEXT];

	if (!kernel_build_id_of_note(kernel, theirs) ||
	    !vmlinux_build_id_text(kernel->vmlinux, ours))
		return VMLINUX_UNCHECKED;
	return strcmp(theirs, ours) ? VMLINUX_DIFFERS : VMLINUX_MATCHES;
}

static void differs(struct kernel *kernel, const char *what,
		    const char *theirs, const char *ours)
{
	char text[768];

	kernel->identity.match = VMLINUX_DIFFERS;
	kernel->identity.proof = what;
	snprintf(text, sizeof(text),
		 "%s does not belong to this dump: the dump's %s is \"%.*s\", the file's is \"%.*s\"; what is taken from it is doubtful",
		 kernel->vmlinux->file.path, what,
		 (int)strcspn(theirs, "\n"), theirs, (int)strcspn(ours, "\n"),
		 ours);
	kernel_tell(kernel, KERNEL_WARNING, text);
}

/* The whole banner in the dump's memory: the one proof that needs no note. */
static void compare_banner(struct kernel *kernel, const char *ours)
{
	struct identity *identity = &kernel->identity;
	const char *release;
	char theirs[512];
	size_t size;

	if (!dump_banner(kernel, theirs, sizeof(theirs)))
		return;
	if (theirs[0] && !identity->release[0]) {
		release = banner_release(theirs, &size);
		set_release(identity, release, size,
			    "linux_banner in the dump");
	}
	if (strcmp(theirs, ours)) {
		differs(kernel, "banner",
			theirs[0] ? theirs : "not where this file has it", ours);
		return;
	}
	identity->match = VMLINUX_MATCHES;
	identity->proof = "linux_banner";
}

/* For a file without a banner: a separate debug file has no content. */
static void compare_build_id_in_memory(struct kernel *kernel)
{
	char theirs[BUILD_ID_TEXT], ours[BUILD_ID_TEXT];

	if (!kernel_build_id_of_memory(kernel, theirs) ||
	    !vmlinux_build_id_text(kernel->vmlinux, ours))
		return;
	if (strcmp(theirs, ours)) {
		differs(kernel, "build-id", theirs, ours);
		return;
	}
	kernel->identity.match = VMLINUX_MATCHES;
	kernel->identity.proof = "build-id in memory";
}

static void compare(struct kernel *kernel)
{
	struct identity *identity = &kernel->identity;
	const char *ours = vmlinux_banner(kernel->vmlinux);
	char release[sizeof(identity->release)] = "";
	const char *text;
	size_t size;

	if (ours) {
		text = banner_release(ours, &size);
		snprintf(release, sizeof(release), "%.*s", (int)size, text);
	}
	if (ours && identity->release[0]) {
		if (strcmp(release, identity->release)) {
			differs(kernel, "release", identity->release, release);
			return;
		}
		identity->match = VMLINUX_SAME_RELEASE;
		identity->proof = "release";
	}
	if (compare_build_id(kernel) == VMLINUX_MATCHES) {
		identity->match = VMLINUX_MATCHES;
		identity->proof = "build-id";
	} else if (ours) {
		/* Some stable kernels wrote garbage as BUILD-ID (5.15 to 6.11),
		 * so only the banner settles a difference. */
		compare_banner(kernel, ours);
	} else {
		compare_build_id_in_memory(kernel);
	}
}

static void release_of_kallsyms(struct kernel *kernel)
{
	const char *release;
	char banner[512];
	size_t size;

	if (!banner_of_kallsyms(kernel, banner, sizeof(banner)))
		return;
	release = banner_release(banner, &size);
	set_release(&kernel->identity, release, size,
		    "linux_banner in the dump, by kallsyms");
}

void kernel_identify(struct kernel *kernel)
{
	struct bytes release;

	if (!kernel->identity.release[0] && /* -o */
	    vmcoreinfo_find(&kernel->note, "OSRELEASE", &release))
		set_release(&kernel->identity, (const char *)release.data,
			    release.size, "VMCOREINFO OSRELEASE");
	if (kernel->vmlinux)
		compare(kernel);
	/* What was believed on the way may be wrong. */
	if (kernel->identity.match == VMLINUX_DIFFERS)
		kernel_forget_facts(kernel);
	if (!kernel->identity.release[0])
		release_of_kallsyms(kernel);
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
