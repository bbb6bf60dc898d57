/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Banner, release and build-id, of the dump and of vmlinux. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "image/view.h"
#include "image/vmcoreinfo.h"
#include "kernel/kernel.h"
#include "kernel/table_search.h"
#include "open/identify.h"
#include "vmlinux/elf_file.h"
#include "vmlinux/vmlinux.h"

static const char banner_start[] = "Linux version ";

static void set_release(struct identity *identity, struct bytes text,
			const char *source)
{
	if (text.size == 0 || text.size >= sizeof(identity->release))
		return;
	memcpy(identity->release, text.data, text.size);
	identity->release[text.size] = '\0';
	identity->release_source = source;
}

struct bytes banner_release(const char *banner)
{
	const char *release = banner + sizeof(banner_start) - 1;

	return (struct bytes){ (const uint8_t *)release,
			       strcspn(release, " \n") };
}

void kernel_set_release(struct kernel *kernel, const char *banner,
			const char *source)
{
	if (!kernel->identity->release[0])
		set_release(kernel->identity, banner_release(banner), source);
}

bool space_read_banner(const struct space *space, uint64_t address,
		       char banner[BANNER_SIZE])
{
	size_t length = 0;

	/* Byte by byte: it may end just before a page that is missing. */
	while (length < BANNER_SIZE - 1) {
		if (!space_read(space, address + length, banner + length, 1,
				NULL))
			return false;
		if (banner[length] == '\0')
			break;
		length++;
	}
	banner[length] = '\0';
	return !strncmp(banner, banner_start, sizeof(banner_start) - 1);
}

bool kernel_read_banner(struct kernel *kernel, uint64_t address,
			char banner[BANNER_SIZE])
{
	const struct space *space = kernel_space(kernel, NULL);

	return space && space_read_banner(space, address, banner);
}

void kernel_tell_mismatch(struct kernel *kernel, const char *what,
			  const char *theirs, const char *ours)
{
	const struct vmlinux *file = vmlinux_of_symbols(kernel->vmlinux);

	/* An ELF file beside a System.map was compared, not the map. */
	if (file->elf)
		file = kernel->vmlinux;
	kernel->identity->match = VMLINUX_DIFFERS;
	kernel->identity->proof = what;
	listener_warn(
		kernel->listener,
		"%s does not belong to this dump: the dump's %s is \"%.*s\", the file's is \"%.*s\"; facts from it are doubtful",
		file->file.path, what, (int)strcspn(theirs, "\n"), theirs,
		(int)strcspn(ours, "\n"), ours);
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

bool vmlinux_build_id_text(const struct vmlinux *vmlinux,
			   char text[BUILD_ID_TEXT])
{
	struct bytes id = { 0 };

	vmlinux_build_id(vmlinux, &id);
	return build_id_text(id, text);
}

bool kernel_build_id_of_note(const struct kernel *kernel,
			     char text[BUILD_ID_TEXT])
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

bool kernel_build_id_of_memory(struct kernel *kernel, char text[BUILD_ID_TEXT])
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

bool kernel_release_of_banner(struct kernel *kernel, uint64_t address,
			      const char *source)
{
	char banner[BANNER_SIZE];

	if (!kernel_read_banner(kernel, address, banner))
		return false;
	kernel_set_release(kernel, banner, source);
	return true;
}

void kernel_read_release(struct kernel *kernel)
{
	struct bytes release;

	if (kernel->identity->release[0]) /* -o */
		return;
	if (vmcoreinfo_find(kernel->note, "OSRELEASE", &release))
		set_release(kernel->identity, release, "VMCOREINFO OSRELEASE");
	else if (kernel->table->known)
		kernel_release_of_banner(kernel, kernel->table->banner_vaddr[0],
					 "linux_banner found in memory");
}
