/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "debuginfo/debug_file.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "debuginfo/image.h"
#include "symbols/elf_file.h"

/* --- matching --- */

static bool same_bytes(struct bytes one, struct bytes two)
{
	return one.size == two.size && !memcmp(one.data, two.data, one.size);
}

/* Reads the section .gnu_debuglink, which contains the name of a file, a NUL, padding to a multiple
 * of 4 bytes, and the CRC of the file. Returns the name, or NULL if the section is missing or
 * damaged. */
static const char *debug_link(Elf *elf, uint32_t *crc)
{
	Elf_Data *data = elf ? elf_section_data(elf, ".gnu_debuglink") : NULL;
	const char *name = data ? data->d_buf : NULL;
	size_t length = name ? strnlen(name, data->d_size) : 0;
	size_t at = (length + 4) & ~(size_t)3;

	if (!length || !range_within(at, 4, data->d_size) || memchr(name, '/', length))
		return NULL;
	*crc = load_le32(name + at);
	return name;
}

static bool has_banner(const struct vmlinux *vmlinux, uint64_t address)
{
	static const char start[] = "Linux version ";
	const uint8_t *text = vmlinux_content(vmlinux, address, sizeof(start) - 1);

	return text && !memcmp(text, start, sizeof(start) - 1);
}

/* Does the System.map belong to vmlinux? A System.map has no build-id. Instead, the function tests
 * whether vmlinux has its banner at the address that linux_banner has in the System.map. In an
 * Image (image.h), addresses are offsets from its first byte. */
static bool map_belongs(const struct vmlinux *vmlinux, const struct vmlinux *map)
{
	const char *first = image_first_symbol(vmlinux->machine);
	struct kernel_symbol banner, start;

	return symbols_find(map->symbols, "linux_banner", &banner) &&
	       (has_banner(vmlinux, banner.address) ||
		(first && symbols_find(map->symbols, first, &start) &&
		 has_banner(vmlinux, banner.address - start.address)));
}

static bool debug_file_belongs(const struct vmlinux *vmlinux, const struct vmlinux *debug)
{
	struct bytes ours, theirs;
	uint32_t crc;

	if (debug->machine != vmlinux->machine)
		return false;
	if (!debug->elf)
		return map_belongs(vmlinux, debug);
	if (vmlinux_build_id(vmlinux, &ours) && vmlinux_build_id(debug, &theirs))
		return same_bytes(ours, theirs);
	return debug_link(vmlinux->elf, &crc) &&
	       crc32_z(0, debug->file.bytes.data, debug->file.bytes.size) == crc;
}

/* Does the file contain the code of the kernel? A debug file has the headers of code sections, but
 * not the code. */
static bool vmlinux_has_code(const struct vmlinux *vmlinux)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr header;

	while ((scn = elf_next_section(vmlinux->elf, scn, &header)))
		if (header.sh_flags & SHF_EXECINSTR && header.sh_type == SHT_PROGBITS)
			return true;
	return false;
}

/* Does `debug` contain parts that vmlinux lacks? The caller must check that the files belong
 * together. */
static bool completes(const struct vmlinux *vmlinux, const struct vmlinux *debug)
{
	return vmlinux_has_code(vmlinux) && !vmlinux->debug && !debug->debug &&
	       (!vmlinux_has_code(debug) || (debug->symbols && !vmlinux->symbols));
}

struct vmlinux *debug_file_join(struct vmlinux *one, struct vmlinux *two, struct error *err)
{
	struct vmlinux *vmlinux = completes(one, two) ? one : two;
	struct vmlinux *debug = vmlinux == one ? two : one;

	if (!completes(vmlinux, debug)) {
		fail(err, ERROR_USAGE, "%s and %s are both %s; give only one", one->file.path,
		     two->file.path,
		     vmlinux_has_code(vmlinux) ? "kernel executables" : "files of symbols");
	} else if (!debug_file_belongs(vmlinux, debug)) {
		fail(err, ERROR_USAGE,
		     "%s and %s do not belong together: %s; give only one of them",
		     debug->file.path, vmlinux->file.path,
		     debug->elf ? "their build-ids differ" :
				  "linux_banner is not at the address that the System.map gives");
	} else {
		vmlinux_attach(vmlinux, debug, "command line");
		return vmlinux;
	}
	vmlinux_close(one);
	vmlinux_close(two);
	return NULL;
}

/* --- searching --- */

struct debug_file_search {
	struct vmlinux *vmlinux;
	const char *folders; /* the folders to search, separated by ':' */
	/* Tries the file at path. Returns true if the search must end, because the file fits. */
	bool (*try)(const struct debug_file_search *search, const char *path);
	const char *found_by; /* a static text that describes how the file was found */
};

static bool same_file(const char *one, const char *two)
{
	char first[PATH_MAX], second[PATH_MAX];

	return realpath(one, first) && realpath(two, second) && !strcmp(first, second);
}

static bool __attribute__((format(printf, 2, 3)))
try_format(const struct debug_file_search *search, const char *format, ...)
{
	char path[PATH_MAX];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	return length > 0 && (size_t)length < sizeof(path) && search->try(search, path);
}

/* Returns the next folder in the list *path, or NULL if no folder is left. Moves *path to the end
 * of this folder. *length gets the length of its name. Empty names are skipped. */
static const char *next_folder(const char **path, int *length)
{
	const char *folder = *path + strspn(*path, ":");

	*length = (int)strcspn(folder, ":");
	*path = folder + *length;
	return *length ? folder : NULL;
}

/* Tries .build-id/c0/ffee....debug below each folder of the search path. c0ffee... stands for the
 * build-id. */
static bool try_build_id(struct debug_file_search *search, struct bytes id)
{
	char hex[BUILD_ID_TEXT];
	const char *folders = search->folders, *folder;
	int length;

	search->found_by = "build-id";
	if (id.size < 2 || !elf_build_id_text(id, hex))
		return false;
	while ((folder = next_folder(&folders, &length)))
		if (try_format(search, "%.*s/.build-id/%.2s/%s.debug", length, folder, hex,
			       hex + 2))
			return true;
	return false;
}

static bool find_folder(const struct debug_file_search *search, char folder[PATH_MAX])
{
	char *slash;

	if (!realpath(search->vmlinux->file.path, folder))
		return false;
	slash = strrchr(folder, '/');
	if (slash)
		*slash = '\0';
	return true;
}

/* Tries the file that .gnu_debuglink names. At first the function tries this name in the folder F
 * of vmlinux, and in F/.debug. Then it tries the name in D/F and in D, for each folder D of the
 * search path. */
static bool try_link(struct debug_file_search *search, const char *name)
{
	const char *folders = search->folders, *folder;
	char own[PATH_MAX];
	int length;

	search->found_by = ".gnu_debuglink";
	if (!find_folder(search, own))
		return false;
	if (try_format(search, "%s/%s", own, name) || try_format(search, "%s/.debug/%s", own, name))
		return true;
	while ((folder = next_folder(&folders, &length)))
		if (try_format(search, "%.*s%s/%s", length, folder, own, name) ||
		    try_format(search, "%.*s/%s", length, folder, name))
			return true;
	return false;
}

static bool try_debug(const struct debug_file_search *search, const char *path)
{
	struct vmlinux *vmlinux = search->vmlinux, *debug;
	struct file file;

	if (!file_open_found(&file, path, NULL))
		return false;
	if (same_file(path, vmlinux->file.path) || !vmlinux_probe(&file)) {
		file_close(&file);
		return false;
	}
	debug = vmlinux_open(&file, NULL);
	if (debug && debug_file_belongs(vmlinux, debug) &&
	    (debug->symbols || vmlinux_has_dwarf(debug))) {
		vmlinux_attach(vmlinux, debug, search->found_by);
		return true;
	}
	vmlinux_close(debug);
	return false;
}

/* --- supplementary files of dwz --- */

static bool try_supplement(const struct debug_file_search *search, const char *path)
{
	struct vmlinux *vmlinux = search->vmlinux;
	Elf_Data *link = elf_section_data(vmlinux->elf, ".gnu_debugaltlink");
	size_t name = strnlen(link->d_buf, link->d_size) + 1;
	struct bytes wanted = { (const uint8_t *)link->d_buf + name, link->d_size - name }, id;

	if (!file_open_found(&vmlinux->supplement_file, path, NULL))
		return false;
	vmlinux->supplement = elf_open(&vmlinux->supplement_file, NULL);
	if (elf_build_id(vmlinux->supplement, vmlinux->supplement_file.bytes, &id) &&
	    same_bytes(id, wanted)) {
		types_supplement(vmlinux->types, vmlinux->supplement);
		return true;
	}
	elf_end(vmlinux->supplement);
	vmlinux->supplement = NULL;
	file_close(&vmlinux->supplement_file);
	return false;
}

/* Removes ".", ".." and empty parts from an absolute path. The function changes only the text, and
 * does not access the file system. */
static void normalise(char *path)
{
	char *to = path, *part = path;

	while (*part) {
		size_t length = strcspn(++part, "/");
		bool up = length == 2 && !strncmp(part, "..", 2);

		while (up && to > path && *--to != '/')
			;
		if (length && !up && !(length == 1 && *part == '.')) {
			*to++ = '/';
			memmove(to, part, length);
			to += length;
		}
		part += length;
	}
	*to = '\0';
}

/* Is path below folder? normalise() must have been called for both. */
static bool lies_below(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	return length && !strncmp(path, folder, length) && path[length] == '/';
}

/* May the file at path be opened? It must be below own_folder, or below a folder of the search
 * path. */
static bool may_be_opened(const struct debug_file_search *search, const char *path,
			  const char *own_folder)
{
	const char *folders = search->folders, *folder;
	char name[PATH_MAX], real[PATH_MAX];
	int length;

	if (lies_below(path, own_folder))
		return true;
	while ((folder = next_folder(&folders, &length))) {
		snprintf(name, sizeof(name), "%.*s", length, folder);
		if (realpath(name, real) && lies_below(path, real))
			return true;
		if (*name == '/')
			normalise(name);
		if (lies_below(path, name))
			return true;
	}
	return false;
}

/* Tries the path in .gnu_debugaltlink, but only if may_be_opened() permits it. A hostile file may
 * name a device, or a remote file that an automounter would mount. */
static void try_named(const struct debug_file_search *search, const char *name)
{
	char folder[PATH_MAX], path[PATH_MAX];
	int length;

	if (!find_folder(search, folder))
		return;
	length = snprintf(path, sizeof(path), "%s%s%s", *name == '/' ? "" : folder,
			  *name == '/' ? "" : "/", name);
	if (length <= 0 || (size_t)length >= sizeof(path))
		return;
	normalise(path);
	if (may_be_opened(search, path, folder))
		try_supplement(search, path);
}

/* Searches for the supplementary file that the section .gnu_debugaltlink names. The section
 * contains a path, a NUL, and the build-id of the supplementary file. */
static void search_supplement(struct debug_file_search *search)
{
	Elf *elf = search->vmlinux->elf;
	Elf_Data *link = elf ? elf_section_data(elf, ".gnu_debugaltlink") : NULL;
	const char *name = link ? link->d_buf : NULL;
	size_t length = name ? strnlen(name, link->d_size) : 0;

	if (!length || link->d_size - length < 3)
		return;
	search->try = try_supplement;
	if (!try_build_id(search, (struct bytes){ (const uint8_t *)name + length + 1,
						  link->d_size - length - 1 }))
		try_named(search, name);
}

void debug_file_search(struct vmlinux *vmlinux, const char *path)
{
	struct debug_file_search search = {
		.vmlinux = vmlinux,
		.folders = path ? path : USUAL_DEBUG_PATH,
		.try = try_debug,
	};
	struct bytes id;
	const char *link;
	uint32_t crc;

	if (!*search.folders || !vmlinux->elf)
		return;
	if (!vmlinux->debug && (!vmlinux->symbols || !vmlinux_has_types(vmlinux)) &&
	    !(vmlinux_build_id(vmlinux, &id) && try_build_id(&search, id)) &&
	    (link = debug_link(vmlinux->elf, &crc)))
		try_link(&search, link);
	search_supplement(&search);
	if (vmlinux->debug) {
		search.vmlinux = vmlinux->debug;
		search_supplement(&search);
	}
}
