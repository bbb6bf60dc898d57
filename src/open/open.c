/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "open/open.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/machine.h"
#include "base/text.h"
#include "debuginfo/debug_file.h"
#include "debuginfo/ko_file.h"
#include "debuginfo/vmlinux.h"
#include "dump/dump.h"
#include "dump/formats/formats.h"
#include "kernel/arch.h"
#include "kernel/table_search.h"
#include "kernel/vmcoreinfo.h"
#include "linux/module/module_lines.h"
#include "linux/region.h"
#include "open/archs.h"
#include "open/kernel_search.h"
#include "open/opened.h"
#include "paging/family.h"
#include "paging/scan.h"

/* --- the first facts --- */

/* Finds the architecture of a dump, and whether a vmlinux belongs to it. */

/* --- the option --kernel --- */

/* Opens one of several kernels, for the option --kernel. */

/* Keeps the registers of the CPUs that run this kernel. They are in the order of the CPUs' numbers,
 * so they are useful only if the first CPUs are kept. */
static void keep_cpus(struct dump *dump, const struct found_table *table, bool alone)
{
	size_t nr = 0;
	bool others = !alone && !dump->nr_cpus;

	while (nr < dump->nr_cpus && open_search_runs(dump, table, nr))
		nr++;
	for (size_t i = nr; i < dump->nr_cpus && nr; i++)
		if (open_search_runs(dump, table, i))
			nr = 0;
	others |= nr < dump->nr_cpus;
	dump->nr_hidden_cpus = dump->nr_cpus - nr;
	dump->nr_cpus = nr;
	if (others)
		dump->nr_stopped = 0;
}

/* Searches memory for all kernels, and makes `kernel` the one with this number, which is not 0. Sets
 * kernel->table, ->note and ->arch, and removes the registers of CPUs that run other kernels. */
static bool open_choose_kernel(struct kernel *kernel, unsigned int number, struct error *err)
{
	struct kernel_search search = { .dump = kernel->dump, .listener = kernel->listener };
	size_t nr;

	open_search_scan(&search);
	open_search_all_tables(&search);
	nr = search.tables.nr_found;
	if (number > nr)
		return fail(err, ERROR_USAGE,
			    "--kernel=%u: the search of memory found %zu kernel%s%s", number, nr,
			    nr == 1 ? "" : "s", nr ? ", which the command kernels lists" : "");
	keep_cpus(kernel->dump, &search.tables.found[number - 1], nr == 1);
	open_search_use(kernel, &search, &search.tables.found[number - 1]);
	return true;
}

/* Returns e_machine: from -o arch=, or else from the dump, or else from the note. Returns 0 if it
 * is unknown. */
static uint16_t choose_machine(const struct kernel *kernel)
{
	const struct fact *mode = &kernel->facts->fact[FACT_MODE];
	uint16_t machine;

	if (mode->status == FACT_KNOWN)
		return arch_of_mode(mode->value)->machine;
	machine = kernel->dump->machine;
	return machine == EM_NONE ? machine_of_note(kernel->note->text) : machine;
}

/* Returns true if all memory must be searched for a kernel, which takes long. No search is needed
 * if there is a note, if there are a usable vmlinux and the registers of a CPU, or if -o gives all
 * facts that a page table walk needs. */
static bool needs_search(const struct kernel *kernel)
{
	const struct fact *facts = kernel->facts->fact;
	bool has_levels =
		facts[FACT_LEVELS].given ||
		(facts[FACT_MODE].given && !arch_of_mode(facts[FACT_MODE].value)->levels_vary);

	return !kernel->note->text.size &&
	       !(kernel->vmlinux && kernel->vmlinux->symbols &&
		 vmlinux_has_types(kernel->vmlinux) && kernel->identity->match != VMLINUX_DIFFERS &&
		 kernel->dump->nr_cpus) &&
	       !(facts[FACT_ROOT].given && has_levels);
}

/* Fails if the architecture is unknown. For a file of unknown format that is used as a raw image,
 * one further condition must be true: a search has found a kernel in the image, or -o gives the
 * root or the mode of the page table. */
static bool need_arch(const struct kernel *kernel, struct error *err)
{
	static const char no_kernel[] =
		"neither a dump in a known format nor a kernel executable (vmlinux), and as a raw image of memory from address 0 on it contains no kernel; give an image that starts at another address as FILE@ADDRESS, and the ranges of an image without holes as FILE:OFFSET@ADDRESS";
	const struct dump *dump = kernel->dump;
	char bytes[FIRST_BYTES_TEXT];
	bool proved = kernel->table->known || kernel->note->found ||
		      kernel->facts->fact[FACT_MODE].given || kernel->facts->fact[FACT_ROOT].given;

	if (kernel->arch && (proved || !dump->guessed))
		return true;
	if (!proved && dump->guessed)
		return fail(err, ERROR_FORMAT, "%s is %s%s", dump->file.path,
			    inputs_describe(&dump->file, no_kernel),
			    inputs_first_bytes(&dump->file, bytes));
	return fail(
		err, ERROR_UNKNOWN,
		"%s: its architecture is unknown, and no kernel was found in its memory; name the architecture using -o arch=",
		dump->file.path);
}

/* Finds the architecture, by a search of memory if necessary, and compares vmlinux with the dump.
 * If number is not 0, opens this kernel of the list that a search of memory finds. Fails if there
 * is no such kernel, or if the architecture is unknown or not supported. */
static bool open_first_facts(struct kernel *kernel, unsigned int number, struct error *err)
{
	const struct vmlinux *vmlinux = kernel->vmlinux;
	bool searched = number != 0;

	if (number && !open_choose_kernel(kernel, number, err))
		return false;
	if (!number) {
		open_set_arch(kernel, arch_find(choose_machine(kernel)));
		searched = needs_search(kernel);
		if (searched)
			open_search_memory(kernel);
	}
	if (!kernel->arch && vmlinux)
		open_set_arch(kernel, arch_find(vmlinux->machine));
	if (!need_arch(kernel, err))
		return false;
	if (vmlinux && vmlinux->machine != kernel->arch->machine)
		return fail(
			err, ERROR_FORMAT, "%s: is an %s kernel, but the dump is of an %s kernel%s",
			vmlinux->file.path, arch_find(vmlinux->machine)->name, kernel->arch->name,
			kernel_not_booted(kernel) ?
				": no kernel is running yet, because CPU 0 does not use page tables" :
				"");
	open_identify(kernel);
	/* vmlinux does not belong to the dump and is not used, so the search is needed after
	 * all. */
	if (!searched && needs_search(kernel)) {
		open_search_memory(kernel);
		open_read_release(kernel);
		open_forget(kernel);
	}
	kernel_find_page_size(kernel);
	return true;
}

/* Returns false if the build-ids are known and differ. Two builds can have the same banner, so an
 * equal banner is not enough. */
static bool is_of_one_build(const struct vmlinux *given, const struct vmlinux *found)
{
	char ours[BUILD_ID_TEXT], theirs[BUILD_ID_TEXT];

	return !given || !vmlinux_build_id_text(given, ours) ||
	       !vmlinux_build_id_text(found, theirs) || !strcmp(ours, theirs);
}

bool open_adopt_vmlinux(struct kernel *kernel, struct vmlinux *vmlinux, const char *source)
{
	struct identity before = *kernel->identity;
	struct vmlinux *given = kernel->vmlinux;
	struct listener *listener = kernel->listener;

	kernel->vmlinux = vmlinux;
	kernel->identity->match = VMLINUX_UNCHECKED;
	open_forget(kernel);
	kernel->listener = NULL; /* do not warn if this candidate does not match */
	if (vmlinux->machine == kernel->arch->machine)
		open_identify(kernel);
	kernel->listener = listener;
	if (kernel->identity->match == VMLINUX_MATCHES && is_of_one_build(given, vmlinux)) {
		if (given && before.match == VMLINUX_MATCHES) {
			vmlinux_attach(given, vmlinux, source);
			kernel->vmlinux = given;
		} else {
			kernel->vmlinux->source = source;
			vmlinux_close(given);
		}
		listener_fact(listener, "vmlinux: %s (%s)", vmlinux->file.path,
			      kernel->identity->proof);
		kernel_find_page_size(kernel);
		return true;
	}
	vmlinux_close(vmlinux);
	kernel->vmlinux = given;
	*kernel->identity = before;
	open_forget(kernel);
	return false;
}

static const char *confidence(struct kernel *kernel)
{
	bool is_map = kernel->vmlinux && !kernel->vmlinux->elf;
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t swapper;
	struct walk walk;

	if (!space)
		return "page table not found";
	if (kernel->identity->match == VMLINUX_DIFFERS)
		return is_map ? "System.map does not belong to the dump, so facts are doubtful" :
				"vmlinux does not belong to the dump, so facts are doubtful";
	if (!kernel_fact(kernel, FACT_SWAPPER_PG_DIR, &swapper))
		return "only the page table of a CPU is known, and no kernel symbols";
	walk = walk_page_table(space, swapper);
	if (walk.outcome == WALK_UNREADABLE)
		return "page tables are missing in the dump";
	if (walk.outcome != WALK_MAPPED || walk.paddr != space_kernel_root(space))
		return "page table does not map itself, so facts are doubtful";
	if (kernel->identity->match == VMLINUX_MATCHES)
		return is_map ? "System.map matches, page table proved" :
				"vmlinux matches, page table proved";
	return kernel->vmlinux ? "page table proved" : "no vmlinux, page table proved";
}

void open_describe(struct kernel *kernel, char *line, size_t size)
{
	const char *release = kernel->identity->release;
	uint64_t mode, levels;
	char paging[32] = "paging mode unknown";

	if (kernel_fact(kernel, FACT_MODE, &mode) && kernel_fact(kernel, FACT_LEVELS, &levels))
		snprintf(paging, sizeof(paging), "%s, %u levels", kernel_mode_names[mode],
			 (unsigned int)levels);
	snprintf(line, size, "%s: %s dump, Linux %s, %s; %s", kernel->dump->file.path,
		 kernel->dump->format_name, release[0] ? release : "of unknown release", paging,
		 confidence(kernel));
}

/* --- the holes of a raw image --- */

/* Raw images without the holes of memory. LiME's format "raw", VMware's .vmem files, and the memory
 * files of cloud-hypervisor and Firecracker contain the ranges of RAM one after the other. So all
 * bytes after the first hole are at a lower offset than their physical address.
 *
 * Such an image is smaller than the end of memory; so is an image that was cut short. The difference
 * shows in the direct map: each of its entries contains the address that the entry must map. If a table is
 * read from the wrong place, its entries are wrong. */

/* After this number of wrong entries, the place of the tables is certainly wrong. */
enum { MOST_WRONG = 64 };
/* An entry is right by chance if 40 bits are. So a few right entries prove a place. */
enum { FEWEST_RIGHT = 8 };

/* The image. All addresses are physical. */
struct image {
	struct kernel *kernel;
	uint64_t start, size; /* the place that the user gave, or 0 */
	uint64_t end; /* the end of memory, exclusive, as the kernel knows it */
	uint64_t shift; /* the size of the holes that the image lacks, if it was not cut short */
};

/* What the direct map shows. */
struct direct_map {
	uint64_t least; /* set by the caller: smaller gaps are not counted */
	uint64_t above; /* set by the caller; see nr_above */
	uint64_t nr_wrong; /* entries that map another page, or cannot be read */
	uint64_t nr_above; /* right entries that are in tables at or above `above` */
	/* The largest address of a right entry. There is no hole below it. */
	uint64_t proved;
	uint64_t end; /* the end of the memory that right entries map, exclusive */
	/* The gaps are ranges that are not mapped, before `end`. from and to (exclusive) belong to
	 * the first one. */
	uint64_t nr_gaps, from, to;
};

static void take_entry(struct direct_map *map, const struct scanned *scanned, uint64_t base)
{
	uint64_t first = scanned->first - base;

	if (scanned->outcome != WALK_MAPPED || scanned->paddr != first || scanned->repeated) {
		map->nr_wrong++;
		return;
	}
	map->proved = larger_of(map->proved, scanned->entry_paddr);
	map->nr_above += scanned->entry_paddr >= map->above;
	if (first > map->end && first - map->end >= map->least && !map->nr_gaps++) {
		map->from = map->end;
		map->to = first;
	}
	map->end = scanned->last - base + 1;
}

/* Finds the last address of the direct map that is scanned. */
static bool end_of_direct_map(const struct image *image, uint64_t base, uint64_t *last)
{
	const struct region *region;

	*last = base + image->end - 1;
	if (image->end)
		return true;
	region = region_of(image->kernel, base + image->start, NULL);
	*last = region ? region->last : 0;
	return region && region->kind == REGION_DIRECT_MAP;
}

/* Reads the direct map up to the end of memory, or until it is certainly wrong. Returns false if the
 * place of the direct map is unknown, or if the listener stopped the work. */
static bool read_direct_map(const struct image *image, struct direct_map *map)
{
	struct kernel *kernel = image->kernel;
	const struct space *space = kernel_space(kernel, NULL);
	struct scanned scanned;
	struct scan scan;
	uint64_t base, last;

	if (!space || !kernel_direct_base(kernel, &base, NULL) ||
	    !end_of_direct_map(image, base, &last))
		return false;
	map->end = image->start;
	scan_start(&scan, space, base + image->start, last, false);
	scan.listener = kernel->listener;
	while (map->nr_wrong < MOST_WRONG && scan_next(&scan, &scanned))
		take_entry(map, &scanned, base);
	if (scan.end == SCAN_RUNNING)
		scan_release(&scan);
	return scan.end != SCAN_INTERRUPTED && scan.end != SCAN_NO_MEMORY;
}

/* Places the bytes of the image before `from` at its start, and its last bytes from the address `to`
 * on. The bytes between them have no place. */
static bool place_around(struct image *image, uint64_t from, uint64_t to, struct error *err)
{
	const struct raw_run runs[] = {
		{ { 0, image->start }, from - image->start },
		{ { to - image->shift - image->start, to }, image->end - to },
	};

	open_forget(image->kernel);
	return raw_set_runs(image->kernel->dump, runs, 2, 0, err);
}

/* Places the bytes of the image before `end` at its start. Further memory counts as truncated. */
static bool place_before(struct image *image, uint64_t end, struct error *err)
{
	const struct raw_run run = { { 0, image->start }, end - image->start };

	open_forget(image->kernel);
	return raw_set_runs(image->kernel->dump, &run, 1, image->end, err);
}

/* Places the image as if the hole began at `hole`. Returns true if tables after the hole are then
 * right, and no table is wrong, and the direct map has only one gap into which the hole fits. */
static bool try_hole(struct image *image, uint64_t hole, struct direct_map *map)
{
	*map = (struct direct_map){ .above = hole + image->shift, .least = image->shift };
	return hole > image->start && hole < image->start + image->size &&
	       place_around(image, hole, hole + image->shift, NULL) &&
	       read_direct_map(image, map) && !map->nr_wrong && map->nr_above >= FEWEST_RIGHT &&
	       map->nr_gaps == 1;
}

/* The note may have been found after the hole. */
static void move_note(struct image *image, uint64_t from, uint64_t to)
{
	struct vmcoreinfo *note = image->kernel->note;

	if (note->found && note->paddr >= to - image->shift)
		note->paddr += image->shift;
	else if (note->found && note->paddr >= from)
		note->found = false;
}

static bool tell_hole(struct image *image, const struct direct_map *map, struct error *err)
{
	struct dump *dump = image->kernel->dump;

	if (!place_around(image, map->from, map->to, err))
		return false;
	move_note(image, map->from, map->to);
	snprintf(dump->format_name, sizeof(dump->format_name), "raw memory without its holes");
	listener_fact(image->kernel->listener,
		      "%s: the hole in memory was left out: the byte at offset %#" PRIx64
		      " is physical %" PRIx64 " (%" PRIu64 " entries of the direct map agree)",
		      dump->file.path, map->to - image->shift - image->start, map->to,
		      map->nr_above);
	return true;
}

/* Returns the end of the part of the image that is certainly where its offset says. There is no hole
 * within the kernel's image, and none below a table that is right. */
static uint64_t proved_end(struct image *image, const struct direct_map *map)
{
	struct kernel *kernel = image->kernel;
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t proved = map->proved, end;
	struct walk walk;

	if (space)
		proved = larger_of(proved, space_kernel_root(space));
	if (kernel->table->known)
		proved = larger_of(proved, kernel->table->own_banner);
	if (space && kernel_symbol(kernel, "_end", &end, NULL)) {
		walk = walk_page_table(space, end - 1);
		if (walk.outcome == WALK_MAPPED)
			proved = larger_of(proved, walk.paddr);
	}
	return (proved | (kernel_page_size(kernel) - 1)) + 1;
}

/* The place of the bytes after `proved` is unknown. Uses them only if the user gave the place. */
static bool use_proved_part(struct image *image, uint64_t proved, struct error *err)
{
	struct dump *dump = image->kernel->dump;

	proved = smaller_of(proved, image->start + image->size);
	if (!place_before(image, dump->guessed ? proved : image->start + image->size, err))
		return false;
	if (dump->guessed && image->kernel->note->paddr >= proved)
		image->kernel->note->found = false;
	dump_warn(dump,
		  "has %#" PRIx64 " bytes, but memory ends at physical %" PRIx64
		  ", so it was cut short, or the holes in memory were left out; only memory below physical %" PRIx64
		  " is certainly in place",
		  image->size, image->end, proved);
	listener_warn(image->kernel->listener,
		      "%s: %s%s; if the holes were left out, give each range as FILE:OFFSET@ADDRESS",
		      dump->file.path, dump->warning,
		      dump->guessed ? ", and used; if the file was cut short, give it as FILE@0" :
				      "");
	return true;
}

static bool place_image(struct image *image, const struct direct_map *map, struct error *err)
{
	static const uint64_t four_gb = UINT64_C(1) << 32;
	uint64_t proved = proved_end(image, map);
	struct direct_map tried;

	if ((image->end > four_gb && image->shift < four_gb &&
	     try_hole(image, four_gb - image->shift, &tried)) ||
	    try_hole(image, map->nr_gaps ? map->from : map->end, &tried))
		return tell_hole(image, &tried, err);
	return use_proved_part(image, proved, err);
}

/* If a raw image is smaller than the kernel's memory, finds out whether the holes of memory were left
 * out. If the direct map proves where the hole was, places the memory accordingly. If not, warns; and
 * if the user did not give a place, memory whose place is not proved is not used. May forget all
 * facts. Must be called when the symbols are known. */
static bool open_place_image(struct kernel *kernel, struct error *err)
{
	const struct dump *dump = kernel->dump;
	struct image image = { .kernel = kernel, .size = dump->file.size };
	struct direct_map map = { .above = UINT64_MAX };
	uint64_t max_pfn;

	if (!dump->places || dump->nr_more || dump->places[0].offset)
		return true;
	image.start = dump->places[0].paddr;
	if (kernel_fact(kernel, FACT_MAX_PFN, &max_pfn))
		image.end = max_pfn << kernel->page_shift;
	if (!read_direct_map(&image, &map))
		return true;
	image.end = larger_of(image.end, map.end);
	if (image.end <= image.start + image.size)
		return true;
	image.shift = image.end - image.start - image.size;
	map = (struct direct_map){ .above = UINT64_MAX, .least = image.shift };
	return !read_direct_map(&image, &map) || place_image(&image, &map, err);
}

/* --- the option -o --- */

/* Sets facts that the user gives with -o NAME=VALUE. */

static bool parse_name(const char *value, const char *const *names, size_t nr, uint64_t *number)
{
	size_t place;
	bool found = text_place(value, names, nr, &place);

	*number = place;
	return found;
}

static bool override_parse_number(const char *value, int base, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(value, &end, base);
	return errno == 0 && end != value && *end == '\0';
}

static bool parse_fact(const struct fact_row *row, const char *value, uint64_t *number)
{
	switch (row->format) {
	case FACT_MODE_NAME: return parse_name(value, kernel_mode_names, NR_MODES, number);
	case FACT_MODEL_NAME: return parse_name(value, memory_model_names, NR_MODELS, number);
	case FACT_DECIMAL: return *value != '-' && override_parse_number(value, 10, number);
	case FACT_HEX: return *value != '-' && override_parse_number(value, 16, number);
	case FACT_SIGNED_HEX: return override_parse_number(value, 16, number);
	}
	return false;
}

static bool override_fact(struct kernel *kernel, const struct fact_row *row, const char *value,
			  struct error *err)
{
	uint64_t number;

	if (!parse_fact(row, value, &number))
		return fail(err, ERROR_USAGE, "%s: invalid value \"%s\"", row->name, value);
	if (number < row->least || (row->most && number > row->most))
		return fail(err, ERROR_USAGE, "%s: %s", row->name, row->limits);
	kernel_give_fact(kernel, row->id, number);
	return true;
}

static bool override_is_named(const char *text, size_t length, const char *name)
{
	return strlen(name) == length && !strncmp(text, name, length);
}

static bool no_such_fact(const char *name, int length, struct error *err)
{
	char names[400] = "release, vmcoreinfo";
	size_t used = strlen(names);

	for (enum fact_id id = 0; id < NR_FACTS; id++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, ", %s", fact_name(id));
	return fail(err, ERROR_USAGE, "%.*s: cannot be set; these can: %s", length, name, names);
}

static bool override_release(struct kernel *kernel, const char *release, struct error *err)
{
	struct identity *identity = kernel->identity;
	int length = snprintf(identity->release, sizeof(identity->release), "%s", release);

	if (length <= 0 || (size_t)length >= sizeof(identity->release))
		return fail(err, ERROR_USAGE, "release: invalid value \"%s\"", release);
	identity->release_source = "option -o";
	return true;
}

/* Sets a fact. `text` is "NAME=VALUE", as in option -o. */
static bool open_override(struct kernel *kernel, const char *text, struct error *err)
{
	const char *equals = strchr(text, '=');
	size_t length = equals ? (size_t)(equals - text) : strlen(text);

	if (!equals)
		return fail(err, ERROR_USAGE, "%s: must be NAME=VALUE", text);
	if (override_is_named(text, length, "vmcoreinfo"))
		return open_set_note_file(kernel, equals + 1, err);
	if (override_is_named(text, length, "release"))
		return override_release(kernel, equals + 1, err);
	for (enum fact_id id = 0; id < NR_FACTS; id++)
		if (override_is_named(text, length, fact_name(id)))
			return override_fact(kernel, fact_row(id), equals + 1, err);
	return no_such_fact(text, (int)length, err);
}

/* --- the vmlinux --- */

/* Searches for the vmlinux of a dump in the file system. */

enum { LONGEST_PATH = 1024 };

/* The folders of Debian, Fedora and SUSE, and then the build folder of the kernel. %r stands for
 * the release. */
static const char usual_places[] = "/usr/lib/debug:/boot:/lib/modules/%r/build:/lib/modules/%r";

/* Names that are tried in each folder. %b stands for the first two digits of the build-id, and %i
 * for its other digits. */
static const char *const names[] = { ".build-id/%b/%i.debug",
				     "lib/modules/%r/vmlinux",
				     "lib/modules/%r/vmlinux.debug",
				     "usr/lib/modules/%r/vmlinux",
				     "usr/lib/modules/%r/vmlinux.debug",
				     "boot/vmlinux-%r",
				     "boot/vmlinux-%r.debug",
				     "vmlinux-%r",
				     "vmlinux-%r.debug",
				     "vmlinux",
				     "vmlinux.debug",
				     NULL };

/* System.map files that some distributions install with a kernel. */
static const char *const map_names[] = { "boot/System.map-%r", "System.map-%r", "System.map",
					 NULL };

struct vmlinux_search {
	struct kernel *kernel;
	const char *path; /* folders; NULL: usual_places */
	const char *const *names;
	bool for_maps; /* true: search for System.map files; false: search for ELF files */
	const char *source; /* how a file was found, for `info` */
	const char *release;
	char id[BUILD_ID_TEXT]; /* build-id; "": the note contains none */
};

/* Reads release and build-id. Returns false if there is no release. The release is from the dump,
 * and becomes part of a path. A release that starts with '.' or contains '/' could lead to files
 * outside the folders, so it is rejected, too. */
static bool read_keys(struct vmlinux_search *search)
{
	if (!open_build_id_of_note(search->kernel, search->id) || strlen(search->id) <= 2)
		search->id[0] = '\0';
	return search->release[0] && search->release[0] != '.' && !strchr(search->release, '/');
}

/* Copies a template into path, and replaces %r, %b and %i. Returns false if the template needs a
 * build-id that is unknown, or if the path would be too long. */
static bool fill_in(const struct vmlinux_search *search, const char *template,
		    char path[LONGEST_PATH])
{
	size_t used = 0;

	for (const char *at = template; *at; at++) {
		const char *text = at;
		size_t size = 1;

		if (*at == '%' && at[1]) {
			char key = *++at;

			if (key != 'r' && !search->id[0])
				return false;
			text = key == 'r' ? search->release :
			       key == 'b' ? search->id :
					    search->id + 2;
			size = key == 'b' ? 2 : strlen(text);
		}
		if (size >= LONGEST_PATH - used)
			return false;
		memcpy(path + used, text, size);
		used += size;
	}
	path[used] = '\0';
	return true;
}

/* Returns true if the System.map may be useful. A small file is only a stub that names the real
 * file. A System.map is needed only if the dump's kallsyms contains no variables. Without kallsyms,
 * the System.map cannot be used, because nothing could prove that it belongs to the dump. */
static bool wants_map(struct kernel *kernel, const struct file *file)
{
	enum { LONGEST_STUB = 512 };

	return file->bytes.size > LONGEST_STUB && kernel_kallsyms(kernel, NULL) &&
	       kernel_has_symbol(kernel, "init_task") == UNSURE;
}

static bool try_file(const struct vmlinux_search *search, const char *path)
{
	struct file file = { .fd = -1 };
	struct vmlinux *vmlinux;

	if (!file_open_found(&file, path, NULL))
		return false;
	if (!vmlinux_probe(&file) || system_map_probe(&file) != search->for_maps ||
	    (search->for_maps && !wants_map(search->kernel, &file))) {
		file_close(&file);
		return false;
	}
	vmlinux = vmlinux_open(&file, NULL);
	if (vmlinux)
		debug_file_search(vmlinux, search->path);
	return vmlinux && open_adopt_vmlinux(search->kernel, vmlinux, search->source);
}

static bool try_folder(const struct vmlinux_search *search, const char *folder, size_t length)
{
	char template[LONGEST_PATH], path[LONGEST_PATH];
	int size = snprintf(template, sizeof(template), "%.*s/", (int)length, folder);

	/* Most folders of the path do not exist. */
	if (size >= LONGEST_PATH || !fill_in(search, template, path) || access(path, F_OK) != 0)
		return false;
	for (const char *const *name = search->names; *name; name++) {
		size = snprintf(template, sizeof(template), "%.*s/%s", (int)length, folder, *name);
		if (size < LONGEST_PATH && fill_in(search, template, path) &&
		    try_file(search, path))
			return true;
	}
	return false;
}

/* Tries the folders of the path, and then the folder of the dump, which may be from a stranger. */
static bool vmlinux_search_try_all(struct vmlinux_search *search)
{
	const char *at = search->path ? search->path : usual_places;
	const char *dump = search->kernel->dump->file.path, *slash = strrchr(dump, '/');

	search->source = "found by the dump's release";
	while (*at) {
		size_t length = strcspn(at, ":");

		if (length && try_folder(search, at, length))
			return true;
		at += length;
		at += *at == ':';
	}
	search->source = "found beside the dump";
	return slash ? try_folder(search, dump, (size_t)(slash - dump)) :
		       try_folder(search, ".", 1);
}

/* Returns true if there is no vmlinux, or only a vmlinux without symbols that may belong to the
 * dump. */
static bool open_lacks_symbols(const struct kernel *kernel)
{
	return !kernel->vmlinux ||
	       (!kernel->vmlinux->symbols && kernel->identity->match != VMLINUX_DIFFERS);
}

bool open_search_vmlinux(struct kernel *kernel, const char *path)
{
	struct vmlinux_search search = {
		.kernel = kernel,
		.path = path,
		.names = names,
		.release = kernel->identity->release,
	};

	if (!open_lacks_symbols(kernel) || (path && !*path) || !read_keys(&search))
		return false;
	if (vmlinux_search_try_all(&search))
		return true;
	search.names = map_names;
	search.for_maps = true;
	return vmlinux_search_try_all(&search);
}

/* --- the files of modules --- */

/* Searches for the files of modules in the file system. */

/* Copies the file into memory, because a file that was not open from the start could be truncated
 * unnoticed while it is mapped. */
static bool open_copy(struct file *copy, const char *path)
{
	struct file file;
	uint8_t *to;
	bool ok;

	if (!file_open_found(&file, path, NULL))
		return false;
	ok = file.bytes.size <= LARGEST_MODULE &&
	     file_create(copy, path, file.bytes.size, &to, NULL);
	if (ok && !file_read(&file, 0, to, file.bytes.size)) {
		file_close(copy);
		ok = false;
	}
	file_close(&file);
	return ok;
}

static struct ko_file *try_module(struct kernel *kernel, const char *path)
{
	struct file file, unpacked;
	struct error why;

	if (kernel_stopped(kernel) || !open_copy(&file, path))
		return NULL;
	if (packed_input_probe(&file)) {
		bool ok = packed_module_open(&file, kernel->listener, &unpacked, &why);

		file_close(&file);
		if (!ok)
			return NULL;
		file = unpacked;
	}
	if (ko_file_probe(&file))
		return ko_file_open(&file, kernel->listener, NULL);
	file_close(&file);
	return NULL;
}

/* Tries .build-id/c0/ffee....debug below each folder of the path. c0ffee... stands for the
 * build-id. */
static struct ko_file *search_build_id(struct kernel *kernel, struct bytes build_id)
{
	const char *at = open_debug_path(kernel);
	char hex[BUILD_ID_TEXT], path[PATH_MAX];
	struct ko_file *found = NULL;

	at = at ? at : USUAL_DEBUG_PATH;
	if (build_id.size < 2 || !elf_build_id_text(build_id, hex))
		return NULL;
	while (!found && *at) {
		int size = (int)strcspn(at, ":");

		if (size && snprintf(path, sizeof(path), "%.*s/.build-id/%.2s/%s.debug", size, at,
				     hex, hex + 2) < PATH_MAX)
			found = try_module(kernel, path);
		at += size;
		at += *at == ':';
	}
	return found;
}

/* The ends of names of files: with debug information, and with all compressions of the kernel's
 * Kconfig (MODULE_COMPRESS_GZIP and so on). */
static const char *const ends[] = { ".ko.debug", ".ko", ".ko.xz", ".ko.zst", ".ko.gz" };
enum { NR_ENDS = sizeof(ends) / sizeof(ends[0]) };

/* Tries NAME.ko.debug, NAME.ko and so on in the folder of vmlinux, with '_' and with '-' in the name. The
 * name is from the dump and becomes part of a path, so it must have only the letters of names of
 * modules. */
static struct ko_file *search_beside(struct kernel *kernel, const char *module)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_-";
	const char *vmlinux = kernel->vmlinux ? kernel->vmlinux->file.path : NULL;
	const char *slash = vmlinux ? strrchr(vmlinux, '/') : NULL;
	int folder = slash ? (int)(slash + 1 - vmlinux) : 0;
	struct ko_file *found = NULL;
	char name[KO_FILE_NAME], path[PATH_MAX];

	if (!vmlinux || !*module || module[strspn(module, letters)] ||
	    strlen(module) >= sizeof(name))
		return NULL;
	strcpy(name, module);
	for (int i = 0; i < 2 * NR_ENDS && !found; i++) {
		for (char *at = name; i == NR_ENDS && *at; at++)
			*at = *at == '_' ? '-' : *at;
		if (snprintf(path, sizeof(path), "%.*s%s%s", folder, vmlinux, name,
			     ends[i % NR_ENDS]) < PATH_MAX)
			found = try_module(kernel, path);
	}
	return found;
}

/* --- the folders in which distributions install debug files of modules --- */

enum { DEEPEST = 16, MOST_ENTRIES = 1 << 17 };

struct tree_search {
	struct kernel *kernel;
	const char *module;
	size_t nr_entries;
	struct ko_file *found;
};

/* Is the name of the file MODULE with one of the ends, with '-' or '_' in MODULE? */
static bool is_name_of(const char *name, const char *module)
{
	for (; *module; module++, name++)
		if (*name != *module && !(*name == '-' && *module == '_'))
			return false;
	for (int i = 0; i < NR_ENDS; i++)
		if (!strcmp(name, ends[i]))
			return true;
	return false;
}

/* Searches a folder and the folders in it. Links to folders are not followed. */
static void search_tree(struct tree_search *search, const char *folder, int depth)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *stream = depth < DEEPEST ? opendir(folder) : NULL;

	while (stream && !search->found && (entry = readdir(stream))) {
		bool is_folder = entry->d_type == DT_DIR;

		if (++search->nr_entries > MOST_ENTRIES || kernel_stopped(search->kernel))
			break;
		if (entry->d_name[0] == '.' ||
		    (!is_folder && !is_name_of(entry->d_name, search->module)) ||
		    snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name) >= PATH_MAX)
			continue;
		if (is_folder)
			search_tree(search, path, depth + 1);
		else
			search->found = try_module(search->kernel, path);
	}
	if (stream)
		closedir(stream);
}

/* Searches lib/modules/RELEASE below each folder of the path. The release is from the dump, so it
 * must not lead to another folder. */
static struct ko_file *search_release(struct kernel *kernel, const char *module)
{
	static const char *const places[] = { "lib/modules", "usr/lib/modules" };
	const char *release = kernel->identity->release, *at = open_debug_path(kernel);
	struct tree_search search = { .kernel = kernel, .module = module };
	char path[PATH_MAX];

	at = at ? at : USUAL_DEBUG_PATH;
	if (!*release || *release == '.' || strchr(release, '/'))
		return NULL;
	while (!search.found && *at) {
		int size = (int)strcspn(at, ":");

		for (int i = 0; size && !search.found && i < 2; i++)
			if (snprintf(path, sizeof(path), "%.*s/%s/%s", size, at, places[i],
				     release) < PATH_MAX)
				search_tree(&search, path, 0);
		at += size;
		at += *at == ':';
	}
	return search.found;
}

static struct ko_file *search_module(struct kernel *kernel, const char *module,
				     struct bytes build_id)
{
	struct ko_file *found = search_build_id(kernel, build_id);

	/* A debug file has no .modinfo, and the name of this one is the build-id. */
	if (found)
		snprintf(found->name, sizeof(found->name), "%s", module);
	else
		found = search_beside(kernel, module);
	return found ? found : search_release(kernel, module);
}

/* Sets kernel->find_ko_file, so that files of modules are searched by build-id in the folders of the
 * path, by name in the folder of vmlinux, and by release and name in the folders of the path.
 * `path` is opening->debug_path. */
static void open_search_modules(struct kernel *kernel, const char *path)
{
	open_set_debug_path(kernel, path);
	kernel->find_ko_file = path && !*path ? NULL : search_module;
	kernel->module_file_types = module_file_types;
}

/* --- opening --- */

/* Without files, nothing depends on the architecture but the width of numbers. */
static const struct arch *any_arch(void)
{
	size_t i = 0;

	while (archs[i]->pointer_size < 8)
		i++;
	return archs[i];
}

static void open_without_dump(struct kernel *kernel)
{
	if (!kernel->vmlinux) {
		open_set_arch(kernel, any_arch());
		return;
	}
	kernel_suppose_fact(kernel, FACT_ROOT, 0);
	kernel_suppose_fact(kernel, FACT_KASLR_OFFSET, 0);
	arch_find(kernel->vmlinux->machine)->suppose_facts(kernel);
}

/* Warns of files of modules that do not belong to the dump. With opening->strict, fails. */
static bool compare_modules(struct kernel *kernel, const struct opening *opening, struct error *err)
{
	struct error why;

	for (struct ko_file *file = kernel->module_files; file; file = file->next) {
		if (file->machine != kernel->arch->machine)
			return fail(err, ERROR_FORMAT,
				    "%s: is a module for another machine than %s", file->file.path,
				    kernel->arch->name);
		if (kernel->dump->format->none || module_file_belongs(kernel, file, &why))
			continue;
		if (opening->strict)
			return fail(err, why.code, "%s (--strict)", why.message);
		listener_warn(kernel->listener, "%s", why.message);
	}
	return true;
}

/* Sets the listener, which is borrowed. Searches for symbols and types ask it whether to stop. */
static void vmlinux_listen(struct vmlinux *vmlinux, const struct listener *listener)
{
	for (; vmlinux; vmlinux = vmlinux->debug) {
		types_listen(vmlinux->types, listener);
		if (vmlinux->symbols)
			symbols_listen(vmlinux->symbols, listener);
	}
}

static bool open_start(struct kernel *kernel, const struct opening *opening, struct error *err)
{
	const struct dump *dump = kernel->dump;

	kernel->listener = opening->listener;
	if (opening->no_vmlinux)
		kernel->no_vmlinux = opening->no_vmlinux;
	if (dump->warning[0])
		listener_warn(kernel->listener, "%s: %s", dump->file.path, dump->warning);
	for (size_t i = 0; i < opening->nr_overrides; i++)
		if (!open_override(kernel, opening->overrides[i], err))
			return false;
	if (dump->format->none)
		open_without_dump(kernel);
	if (kernel_is_blank(kernel))
		return true;
	if (kernel->vmlinux)
		debug_file_search(kernel->vmlinux, opening->debug_path);
	if (!open_first_facts(kernel, opening->kernel, err))
		return false;
	open_search_vmlinux(kernel, opening->debug_path);
	if (opening->fetch && open_lacks_symbols(kernel))
		opening->fetch(opening->arg, kernel);
	if (!open_place_image(kernel, err))
		return false;
	if (kernel->vmlinux)
		vmlinux_listen(kernel->vmlinux, kernel->listener);
	if (opening->strict && kernel->identity->match == VMLINUX_DIFFERS)
		return fail(err, ERROR_FORMAT, "%s: does not belong to the dump (--strict)",
			    kernel->vmlinux->file.path);
	open_search_modules(kernel, opening->debug_path);
	if (!opening->kernel && dump->vmcoreinfo.size && dump->nr_cpus &&
	    kernel_cpu_is_foreign(kernel))
		listener_warn(
			kernel->listener,
			"CPU 0 runs another kernel than the kernel of the note VMCOREINFO, which is open; the command kernels lists them, and --kernel=NUMBER opens one");
	return compare_modules(kernel, opening, err);
}

struct kernel *open_kernel_dump(const struct opening *opening, struct error *err)
{
	struct dump *dump = opening->dump;
	struct vmlinux *vmlinux = opening->vmlinux;
	struct ko_file *modules = opening->modules;
	struct kernel *kernel;

	if (!dump && !inputs_open(opening, &dump, &vmlinux, &modules, err))
		return NULL;
	kernel = open_create(dump, vmlinux, err);
	if (kernel)
		kernel->module_files = modules;
	else
		ko_file_close(modules);
	if (kernel && open_start(kernel, opening, err))
		return kernel;
	open_close(kernel);
	return NULL;
}
