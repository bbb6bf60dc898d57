/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input is a dump, which is used only through the public header. The last bytes are addresses
 * and the order of calls. If the input begins with 'S', it gives a scene (FUZZ_SCENES) to open
 * instead, and changes of the scene. The promises of the header are checked. */
#include <kwalk.h>

#include "scene.h"

enum { MOST_VISITS = 200, NR_CALLS = 24, CALLS = 9 * NR_CALLS /* bytes */ };

struct visits {
	unsigned int nr;
	kwalk_kernel *kernel;
};

static bool count(struct visits *visits)
{
	return visits->nr++ < MOST_VISITS;
}

static bool see_fact(void *arg, const struct kwalk_fact *fact)
{
	PROMISED(fact->size == sizeof(*fact) && fact->name);
	return count(arg);
}

static bool see_meaning(void *arg, const struct kwalk_meaning *meaning)
{
	PROMISED(meaning->kind && meaning->as && *meaning->text && !strchr(meaning->text, '\n'));
	return count(arg);
}

static bool see_mapping(void *arg, const struct kwalk_mapping *mapping)
{
	PROMISED(mapping->page_size);
	return count(arg);
}

static bool see_flag(void *arg, const char *name)
{
	PROMISED(*name);
	return count(arg);
}

static bool see_vma(void *arg, const struct kwalk_vma *vma)
{
	PROMISED(vma->first <= vma->last);
	return count(arg);
}

static bool see_cpu(void *arg, const struct kwalk_cpu *cpu)
{
	struct visits *visits = arg;

	for (int i = 0; i < KWALK_MAX_REGISTERS; i++) {
		PROMISED(cpu->known >> i & 1 || !cpu->value[i]);
		PROMISED(!(cpu->known >> i & 1) || kwalk_register_name(visits->kernel, i));
	}
	PROMISED(cpu->has_pid == !!cpu->comm);
	return count(arg);
}

static bool see_many(void *arg, size_t index, const struct kwalk_mapping *mapping)
{
	PROMISED(index < 2 && mapping->page_size);
	return count(arg);
}

/* Each way to find a process must find the same process, and the process must be valid after the
 * visit. */
static void find_again(kwalk_kernel *kernel, kwalk_task *task, const struct kwalk_task_info *info)
{
	struct kwalk_task_info other = KWALK_INIT(struct kwalk_task_info);
	struct kwalk_space_info facts = KWALK_INIT(struct kwalk_space_info);
	kwalk_task *copy = kwalk_task_copy(task, NULL);
	kwalk_task *found = kwalk_task_find(kernel, info->pid, NULL);
	kwalk_space *space = kwalk_space_of_pid(kernel, info->pid, NULL);

	PROMISED(copy && kwalk_task_get(copy, &other, NULL) == KWALK_OK &&
		 other.address == info->address && other.pid == info->pid);
	other = KWALK_INIT(struct kwalk_task_info);
	PROMISED(!found ||
		 (kwalk_task_get(found, &other, NULL) == KWALK_OK && other.pid == info->pid));
	if (space)
		PROMISED(!kwalk_space_get(space, &facts, NULL) && facts.nr_levels >= 2 &&
			 facts.nr_levels <= 5);
	kwalk_space_free(space);
	kwalk_task_free(found);
	kwalk_task_free(copy);
}

static bool see_task(void *arg, kwalk_task *task)
{
	struct visits *visits = arg, inner = { .kernel = visits->kernel };
	struct kwalk_task_info info = KWALK_INIT(struct kwalk_task_info);
	kwalk_space *space = kwalk_space_of_task(task, NULL);
	uint64_t paddr;

	if (kwalk_task_get(task, &info, NULL) == KWALK_OK) {
		PROMISED(info.comm);
		find_again(visits->kernel, task, &info);
	}
	kwalk_vmas(task, see_vma, &inner, NULL);
	if (space)
		kwalk_translate(space, 0x1000, &paddr, NULL);
	kwalk_space_free(space);
	return visits->nr++ < 8;
}

/* All bytes of the note can be read. */
static int ask_note(kwalk_kernel *kernel, struct kwalk_error *error)
{
	uint8_t sum = 0;
	const char *text;
	size_t size = 0;
	int code = kwalk_vmcoreinfo(kernel, &text, &size, error);

	PROMISED(code || size);
	for (size_t i = 0; !code && i < size; i++)
		sum ^= (uint8_t)text[i];
	*(volatile uint8_t *)&sum = sum;
	return code;
}

/* All ways to translate an address must agree. */
static void ask_walk(kwalk_space *space, uint64_t vaddr)
{
	struct kwalk_walk walk = KWALK_INIT(struct kwalk_walk);
	uint64_t many[2] = { vaddr, vaddr }, paddr = 0;
	int code = kwalk_translate(space, vaddr, &paddr, NULL);
	const char *names[32];
	size_t nr;

	PROMISED(code == KWALK_OK || code == KWALK_NO_ANSWER);
	PROMISED(!kwalk_translate_many(space, many, many, 2, &nr, NULL));
	PROMISED(many[0] == many[1] &&
		 (code == KWALK_OK ? many[0] == paddr : many[0] == KWALK_UNMAPPED));
	PROMISED(!kwalk_walk(space, vaddr, &walk, NULL));
	PROMISED((walk.status == KWALK_MAPPED) == (code == KWALK_OK));
	PROMISED(code || walk.paddr == paddr);
	PROMISED(walk.first <= vaddr && vaddr <= walk.last);
	if (walk.nr_entries)
		kwalk_entry_flags(space, walk.last_level, walk.entry[walk.last_level], names, 32,
				  &nr, NULL);
}

static void ask_ranges(kwalk_space *space, uint64_t first)
{
	struct kwalk_range range = KWALK_INIT(struct kwalk_range);
	kwalk_ranges *ranges = kwalk_ranges_open(space, first, UINT64_MAX, NULL);
	uint64_t before = 0, paddr;

	for (int i = 0; i < MOST_VISITS && kwalk_ranges_next(ranges, &range, NULL) == KWALK_OK;
	     i++) {
		PROMISED(range.first <= range.last && (!i || range.first > before));
		before = range.last;
		if (range.status == KWALK_MAPPED)
			PROMISED(!kwalk_translate(space, range.first, &paddr, NULL) &&
				 paddr == range.paddr);
	}
	kwalk_ranges_free(ranges);
}

static void ask_read(kwalk_space *space, uint64_t vaddr)
{
	uint8_t bytes[5000];
	uint64_t paddr;

	PROMISED(kwalk_read(space, vaddr, bytes, 1, NULL) ||
		 !kwalk_translate(space, vaddr, &paddr, NULL));
	kwalk_read(space, vaddr, bytes, sizeof(bytes), NULL);
}

/* The name of a symbol must find a symbol with this name. */
static int ask_symbol(kwalk_kernel *kernel, uint64_t vaddr, struct kwalk_error *error)
{
	struct kwalk_symbol symbol = KWALK_INIT(struct kwalk_symbol), found = symbol;
	int code = kwalk_symbol_at(kernel, vaddr, &symbol, error);
	static const char *const names[] = { "schedule", "no_such_symbol",
					     "m:m_open", "no_module:x",
					     "cpu_info", "runqueues:1",
					     "",	 "init_task" };
	struct kwalk_value value = KWALK_INIT(struct kwalk_value);
	uint8_t bytes[64];
	char *name;

	kwalk_symbol_find(kernel, names[vaddr % 8], &found, NULL);
	if (!kwalk_value(kernel, names[vaddr % 8], &value, bytes, sizeof(bytes), NULL))
		PROMISED(value.kind && value.type && value.source);
	found = KWALK_INIT(struct kwalk_symbol);
	if (code)
		return code;
	name = strdup(symbol.name);
	if (!kwalk_symbol_find(kernel, name, &found, NULL))
		PROMISED(!strcmp(found.name, name));
	free(name);
	return code;
}

static int ask_fact(kwalk_kernel *kernel, uint64_t number, struct kwalk_error *error)
{
	static const char *const names[] = { "root", "levels",	"phys_base",
					     "arch", "release", "no_such_fact" };
	struct kwalk_fact fact = KWALK_INIT(struct kwalk_fact);
	const char *name = names[number % 6];
	int code = kwalk_find_fact(kernel, name, &fact, error);

	PROMISED(code || !strcmp(fact.name, name));
	kwalk_was_written(kernel);
	PROMISED(kwalk_dump_format(kwalk_get_dump(kernel)));
	return code;
}

static void ask_memory(kwalk_kernel *kernel, uint64_t paddr)
{
	struct kwalk_extent extent = KWALK_INIT(struct kwalk_extent);
	kwalk_dump *dump = kwalk_get_dump(kernel);
	uint8_t bytes[64];
	int code = kwalk_dump_read(dump, paddr, bytes, 1, NULL);

	PROMISED(!kwalk_dump_extent(dump, paddr, &extent, NULL));
	PROMISED(extent.first <= paddr && paddr <= extent.last);
	PROMISED((code == KWALK_OK) == (extent.state <= KWALK_ZERO));
	kwalk_dump_read(dump, paddr, bytes, sizeof(bytes), NULL);
}

static void ask_one(kwalk_kernel *kernel, kwalk_space *space, unsigned int what, uint64_t value)
{
	struct kwalk_error error = KWALK_INIT(struct kwalk_error);
	struct kwalk_region region = KWALK_INIT(struct kwalk_region);
	struct kwalk_page page = KWALK_INIT(struct kwalk_page);
	struct kwalk_use use = KWALK_INIT(struct kwalk_use);
	struct visits visits = { .kernel = kernel };
	kwalk_space *other;
	uint64_t number;
	int code = KWALK_OK;

	/* Inputs that were kept must not change their meaning. */
	switch (what < 224 ? what % 14 : what < 240 ? what % 16 : what % 5 + 14) {
	case 0: ask_walk(space, value); break;
	case 1: ask_ranges(space, value); break;
	case 2: ask_memory(kernel, value); break;
	case 3: code = ask_symbol(kernel, value, &error); break;
	case 4:
		code = kwalk_find_region(kernel, value, &region, &error);
		PROMISED(code || (region.first <= value && value <= region.last));
		break;
	case 5: code = kwalk_whatis(kernel, space, value, see_meaning, &visits, &error); break;
	case 6: code = kwalk_find_page(kernel, value >> 12, &page, &error); break;
	case 7: code = kwalk_page_flags(kernel, value >> 12, see_flag, &visits, &error); break;
	case 8: code = kwalk_page_pfn(kernel, value, &number, &error); break;
	case 9: code = kwalk_phys_to_virt(kernel, value, &number, &error); break;
	case 10: code = kwalk_frame_use(kernel, value >> 12, &use, &error); break;
	case 11:
		code = kwalk_mappings(kernel, value, KWALK_OF_PROCESSES, see_mapping, &visits,
				      &error);
		break;
	case 12: code = kwalk_tasks(kernel, see_task, &visits, &error); break;
	case 14: code = kwalk_cpus(kernel, see_cpu, &visits, &error); break;
	case 15: code = ask_note(kernel, &error); break;
	case 16: ask_read(space, value); break;
	case 17: code = ask_fact(kernel, value, &error); break;
	case 18:
		code = kwalk_mappings_many(kernel, (uint64_t[]){ value, value + 4096 }, 2,
					   KWALK_OF_PROCESSES, see_many, &visits, &error);
		break;
	default:
		other = kwalk_space_of_root(kernel, value, &error);
		ask_walk(other ? other : space, value);
		kwalk_space_free(other);
	}
	PROMISED(code == KWALK_OK || (error.code == code && *error.message));
}

static void ask_all(kwalk_kernel *kernel, struct input *rest)
{
	kwalk_space *space = kwalk_space_open(kernel, NULL);
	struct visits visits = { .kernel = kernel };
	uint64_t number;

	kwalk_facts(kernel, see_fact, &visits, NULL);
	for (int i = 0; space && i < NR_CALLS; i++) {
		unsigned int what = (unsigned int)take(rest, 1);

		ask_one(kernel, space, what, take(rest, 8));
	}
	PROMISED(kwalk_close(kernel, NULL) == KWALK_OK);
	PROMISED(kwalk_translate(space, 0, &number, NULL) == (space ? KWALK_CLOSED : KWALK_USAGE));
	kwalk_space_free(space);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	scenes_load("scenes", note_words, NULL);
	return 0;
}

/* Options that are wrong must be refused. */
static void open_wrongly(uint64_t how)
{
	struct kwalk_options options = KWALK_INIT(struct kwalk_options);
	struct kwalk_error error = KWALK_INIT(struct kwalk_error);
	const char *const paths[] = { scenes[0].dump.path, NULL };

	options.paths = paths;
	options.nr_paths = 1;
	switch (how % 5) {
	case 0: options.size = 0; break;
	case 1: options.nr_paths = 2; break;
	case 2: options.paths = NULL; break;
	case 3: options.nr_overrides = 1; break;
	default: options.overrides = paths + 1; options.nr_overrides = 1;
	}
	PROMISED(!kwalk_open(&options, &error) && error.code == KWALK_USAGE);
	PROMISED(!kwalk_open(NULL, NULL) && *kwalk_version());
}

static unsigned int stops_at; /* number of questions after which to stop; 0: never */

static bool stop(void *arg)
{
	(void)arg;
	return stops_at && !--stops_at;
}

static void hear(void *arg, const char *text)
{
	PROMISED(text && !strchr(text, '\n'));
	(void)arg;
}

/* Opens the files, makes the calls that rest gives, and closes the files. */
static void ask_files(const char *const *paths, size_t nr, struct input *rest)
{
	struct kwalk_options options = KWALK_INIT(struct kwalk_options);
	struct kwalk_error error = KWALK_INIT(struct kwalk_error);
	kwalk_kernel *kernel;

	options.paths = paths;
	options.nr_paths = nr;
	options.debug_path = "";
	options.warning = options.trouble = options.fact = options.progress = hear;
	options.stop = stop;
	kernel = kwalk_open(&options, &error);
	PROMISED(kernel || (error.code > 0 && *error.message && kwalk_code_name(error.code)));
	PROMISED(!kwalk_bus_error(&error));
	stops_at = 0;
	if (kernel)
		ask_all(kernel, rest);
	kwalk_free(kernel);
}

/* A scene with changes, and calls with words of the scene. */
static void ask_scene(struct input *input)
{
	uint64_t first = take(input, 1), nr = take(input, 1) % 4;
	uint64_t stops = take(input, 1);
	const struct scene *scene = &scenes[(first >> 1) % nr_scenes];
	const char *const paths[] = { scene->dump.path, scene->vmlinux.path };
	uint8_t calls[CALLS];
	struct input rest = { calls, sizeof(calls) };

	open_wrongly(first);
	for (; nr; nr--)
		change_take(input,
			    first & 1 && scene->nr_files > 1 ? &scene->vmlinux : &scene->dump);
	for (int i = 0; i < NR_CALLS; i++) {
		uint64_t how = take(input, 1), what = take(input, 1);
		uint64_t value = take(input, 2);

		if (how & 1)
			value = htole64(member_of_dump(&scene->dump, value));
		else
			value = htole64(value << 12);
		calls[9 * i] = (uint8_t)what;
		memcpy(calls + 9 * i + 1, &value, 8);
	}
	stops_at = (unsigned int)stops;
	ask_files(paths, scene->nr_files, &rest);
	changes_undo();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input scene = { data, size };
	struct input rest = { data + size - (size < CALLS ? size : CALLS),
			      size < CALLS ? size : CALLS };
	int fd;
	const char *paths[1];
	char path[64];

	if (take(&scene, 1) == 'S') {
		ask_scene(&scene);
		return 0;
	}
	fd = memfd_create("input", MFD_CLOEXEC);
	/* Seeds claim more memory than they contain, which is accepted only in larger files. */
	if (fd < 0 || write(fd, data, size) != (ssize_t)size ||
	    ftruncate(fd, (off_t)size + (1 << 20)) < 0)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	paths[0] = path;
	ask_files(paths, 1, &rest);
	close(fd);
	return 0;
}
