/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/debug_file.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "kernel/elf_file.h"

/* --- what belongs together --- */

static bool same_bytes(struct bytes one, struct bytes two)
{
	return one.size == two.size && !memcmp(one.data, two.data, one.size);
}

/* .gnu_debuglink: a file's name, NUL, padding to 4 bytes, its CRC. */
static const char *debug_link(Elf *elf, uint32_t *crc)
{
	Elf_Data *data = elf ? elf_section_data(elf, ".gnu_debuglink") : NULL;
	const char *name = data ? data->d_buf : NULL;
	size_t length = name ? strnlen(name, data->d_size) : 0;
	size_t at = (length + 4) & ~(size_t)3;

	if (!length || !range_within(at, 4, data->d_size) ||
	    memchr(name, '/', length))
		return NULL;
	*crc = load_le32(name + at);
	return name;
}

static uint32_t checksum(struct bytes b)
{
	uLong crc = crc32(0, NULL, 0);

	while (b.size) {
		uInt part = b.size < INT_MAX ? (uInt)b.size : INT_MAX;

		crc = crc32(crc, b.data, part);
		b.data += part;
		b.size -= part;
	}
	return (uint32_t)crc;
}

/* A System.map names no build: of it the banner must stand where the map says. */
static bool map_belongs(const struct vmlinux *vmlinux,
			const struct vmlinux *map)
{
	static const char start[] = "Linux version ";
	struct symbol banner;
	const uint8_t *text;

	if (!symbols_find(map->symbols, "linux_banner", &banner))
		return false;
	text = vmlinux_content(vmlinux, banner.address, sizeof(start) - 1);
	return text && !memcmp(text, start, sizeof(start) - 1);
}

static bool belongs(const struct vmlinux *vmlinux, const struct vmlinux *debug)
{
	struct bytes ours, theirs;
	uint32_t crc;

	if (debug->machine != vmlinux->machine)
		return false;
	if (!debug->elf)
		return map_belongs(vmlinux, debug);
	if (vmlinux_build_id(vmlinux, &ours) &&
	    vmlinux_build_id(debug, &theirs))
		return same_bytes(ours, theirs);
	return debug_link(vmlinux->elf, &crc) &&
	       checksum(debug->file.bytes) == crc;
}

/* May debug be what vmlinux lacks? */
static bool completes(const struct vmlinux *vmlinux,
		      const struct vmlinux *debug)
{
	return vmlinux_has_code(vmlinux) && !vmlinux->debug && !debug->debug &&
	       (!vmlinux_has_code(debug) ||
		(debug->symbols && !vmlinux->symbols));
}

struct vmlinux *debug_file_join(struct vmlinux *one, struct vmlinux *two,
				struct error *err)
{
	struct vmlinux *vmlinux = completes(one, two) ? one : two;
	struct vmlinux *debug = vmlinux == one ? two : one;

	if (!completes(vmlinux, debug)) {
		fail(err, ERROR_USAGE,
		     "%s and %s are both %s; one is wanted",
		     one->file.path, two->file.path,
		     vmlinux_has_code(vmlinux) ? "kernel executables" :
						 "symbols of a kernel");
	} else if (!belongs(vmlinux, debug)) {
		fail(err, ERROR_USAGE,
		     "%s does not belong to %s: %s; give one of them",
		     debug->file.path, vmlinux->file.path,
		     debug->elf ? "the build-id is another" :
				  "linux_banner does not stand where it says");
	} else {
		vmlinux_attach(vmlinux, debug, "command line");
		return vmlinux;
	}
	vmlinux_close(one);
	vmlinux_close(two);
	return NULL;
}

/* --- searching --- */

struct search {
	struct vmlinux *vmlinux; /* whose parts are looked for */
	const char *path;        /* folders, separated by ':' */
};

/* Tries one place; true ends the search. */
typedef bool try_place(struct search *search, const char *path,
		       const char *found_by);

static bool same_file(const char *one, const char *two)
{
	char first[PATH_MAX], second[PATH_MAX];

	return realpath(one, first) && realpath(two, second) &&
	       !strcmp(first, second);
}

static bool try_format(struct search *search, try_place *try,
		       const char *found_by, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static bool try_format(struct search *search, try_place *try,
		       const char *found_by, const char *format, ...)
{
	char path[PATH_MAX];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	return length > 0 && (size_t)length < sizeof(path) &&
	       try(search, path, found_by);
}

/* .build-id/c0/ffee....debug in each folder. */
static bool try_build_id(struct search *search, struct bytes id, try_place *try)
{
	enum { LONGEST_ID = 64 };
	char hex[2 * LONGEST_ID + 1];
	const char *at = search->path;

	if (id.size < 2 || id.size > LONGEST_ID)
		return false;
	for (size_t i = 0; i < id.size; i++)
		snprintf(hex + 2 * i, 3, "%02x", id.data[i]);
	while (*at) {
		int length = (int)strcspn(at, ":");

		if (length && try_format(search, try, "build-id",
					 "%.*s/.build-id/%.2s/%s.debug", length,
					 at, hex, hex + 2))
			return true;
		at += length;
		at += *at == ':';
	}
	return false;
}

/* The file's own, into folder. */
static bool find_folder(const struct search *search, char folder[PATH_MAX])
{
	char *slash;

	if (!realpath(search->vmlinux->file.path, folder))
		return false;
	slash = strrchr(folder, '/');
	if (slash)
		*slash = '\0';
	return true;
}

/* Beside the file, in .debug there, and in the same folder of each tree. */
static bool try_link(struct search *search, const char *name, try_place *try)
{
	static const char by[] = ".gnu_debuglink";
	const char *at = search->path;
	char folder[PATH_MAX];

	if (!find_folder(search, folder))
		return false;
	if (try_format(search, try, by, "%s/%s", folder, name) ||
	    try_format(search, try, by, "%s/.debug/%s", folder, name))
		return true;
	while (*at) {
		int length = (int)strcspn(at, ":");

		if (length &&
		    (try_format(search, try, by, "%.*s%s/%s", length, at,
				folder, name) ||
		     try_format(search, try, by, "%.*s/%s", length, at, name)))
			return true;
		at += length;
		at += *at == ':';
	}
	return false;
}

static bool try_debug(struct search *search, const char *path,
		      const char *found_by)
{
	struct vmlinux *vmlinux = search->vmlinux, *debug;
	struct file file;

	if (!file_open(&file, path, NULL))
		return false;
	if (same_file(path, vmlinux->file.path) || !vmlinux_probe(&file)) {
		file_close(&file);
		return false;
	}
	debug = vmlinux_open(&file, NULL);
	if (debug && belongs(vmlinux, debug) &&
	    (debug->symbols || vmlinux_has_dwarf(debug))) {
		vmlinux_attach(vmlinux, debug, found_by);
		return true;
	}
	vmlinux_close(debug);
	return false;
}

/* --- dwz's supplement --- */

static bool try_supplement(struct search *search, const char *path,
			   const char *found_by)
{
	struct vmlinux *vmlinux = search->vmlinux;
	Elf_Data *link = elf_section_data(vmlinux->elf, ".gnu_debugaltlink");
	size_t name = strnlen(link->d_buf, link->d_size) + 1;
	struct bytes wanted = { (const uint8_t *)link->d_buf + name,
				link->d_size - name }, id;

	(void)found_by;
	if (!file_open(&vmlinux->supplement_file, path, NULL))
		return false;
	vmlinux->supplement = elf_begin(vmlinux->supplement_file.fd,
					ELF_C_READ_MMAP, NULL);
	if (elf_build_id(vmlinux->supplement, vmlinux->supplement_file.bytes,
			 &id) &&
	    same_bytes(id, wanted)) {
		types_supplement(vmlinux->types, vmlinux->supplement);
		return true;
	}
	elf_end(vmlinux->supplement);
	vmlinux->supplement = NULL;
	file_close(&vmlinux->supplement_file);
	return false;
}

/* .gnu_debugaltlink: a path, NUL, the build-id. */
static void search_supplement(struct search *search)
{
	Elf *elf = search->vmlinux->elf;
	Elf_Data *link = elf ? elf_section_data(elf, ".gnu_debugaltlink") : NULL;
	const char *name = link ? link->d_buf : NULL;
	size_t length = name ? strnlen(name, link->d_size) : 0;
	char folder[PATH_MAX];

	if (!length || link->d_size - length < 3 ||
	    try_build_id(search,
			 (struct bytes){ (const uint8_t *)name + length + 1,
					 link->d_size - length - 1 },
			 try_supplement))
		return;
	if (*name == '/')
		try_supplement(search, name, NULL);
	else if (find_folder(search, folder))
		try_format(search, try_supplement, NULL, "%s/%s", folder, name);
}

void debug_file_search(struct vmlinux *vmlinux, const char *path)
{
	struct search search = {
		.vmlinux = vmlinux,
		.path = path ? path : USUAL_DEBUG_PATH,
	};
	struct bytes id;
	const char *link;
	uint32_t crc;

	if (!*search.path || !vmlinux->elf)
		return;
	if (!vmlinux->debug &&
	    (!vmlinux->symbols || !vmlinux_has_types(vmlinux)) &&
	    !(vmlinux_build_id(vmlinux, &id) &&
	      try_build_id(&search, id, try_debug)) &&
	    (link = debug_link(vmlinux->elf, &crc)))
		try_link(&search, link, try_debug);
	search_supplement(&search);
	if (vmlinux->debug) {
		search.vmlinux = vmlinux->debug;
		search_supplement(&search);
	}
}
