/* SPDX-License-Identifier: GPL-3.0-or-later */
/* library-asks SCENE FILE...: a program that knows the library by its public header
 * alone. Ends with status 1 where a promise of the header does not hold; library.bats
 * compares what it prints with what kwalk says. */
#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <kwalk.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static int failures;

#define EXPECT(CONDITION)                                                                          \
	do {                                                                                       \
		if (!(CONDITION)) {                                                                \
			printf("line %d: not so: %s\n", __LINE__, #CONDITION);                     \
			failures++;                                                                \
		}                                                                                  \
	} while (0)

static struct kwalk_error error = { .size = sizeof(error) };

/* The call's code is the wanted one, and its error says the same in words. */
#define EXPECT_CODE(CODE, CALL)                                                                    \
	do {                                                                                       \
		int got_;                                                                          \
		error.code = 0;                                                                    \
		error.message[0] = '\0';                                                           \
		got_ = (CALL);                                                                     \
		if (got_ != (CODE) || (got_ && (error.code != got_ || !error.message[0]))) {       \
			printf("line %d: %s: %s (%s), not %s\n", __LINE__, #CALL,                  \
			       kwalk_code_name(got_), error.message, kwalk_code_name(CODE));       \
			failures++;                                                                \
		}                                                                                  \
	} while (0)

static kwalk_kernel *open_with(char **files, struct kwalk_options *options)
{
	for (options->nr_paths = 0; files[options->nr_paths];)
		options->nr_paths++;
	options->paths = (const char *const *)files;
	options->debug_path = "";
	return kwalk_open(options, &error);
}

static kwalk_kernel *open_files(char **files)
{
	struct kwalk_options options = KWALK_INIT(struct kwalk_options);
	kwalk_kernel *kernel = open_with(files, &options);

	if (kernel)
		return kernel;
	printf("%s: %s\n", kwalk_code_name(error.code), error.message);
	exit(1);
}

/* --- what is mapped, in each way to ask --- */

static void check_page(kwalk_space *space, uint64_t vaddr, bool mapped)
{
	struct kwalk_walk walk = KWALK_INIT(struct kwalk_walk);
	uint64_t one = 1, many[3] = { vaddr, 0x800000000000, vaddr + 1 };
	size_t nr_mapped;
	int code = kwalk_translate(space, vaddr, &one, NULL);

	EXPECT(code == (mapped ? KWALK_OK : KWALK_NO_ANSWER));
	EXPECT_CODE(KWALK_OK, kwalk_translate_many(space, many, many, 3, &nr_mapped, &error));
	EXPECT(many[0] == (mapped ? one : KWALK_UNMAPPED));
	EXPECT(nr_mapped == (size_t)((many[0] != KWALK_UNMAPPED) + (many[1] != KWALK_UNMAPPED) +
				     (many[2] != KWALK_UNMAPPED)));
	EXPECT_CODE(KWALK_OK, kwalk_walk(space, vaddr, &walk, &error));
	EXPECT((walk.status == KWALK_MAPPED) == mapped);
	EXPECT(!mapped || (walk.has_paddr && walk.paddr == one));
	EXPECT(walk.first <= vaddr && vaddr <= walk.last);
}

static void list_ranges(kwalk_space *space, uint64_t first, uint64_t last)
{
	struct kwalk_range range = KWALK_INIT(struct kwalk_range);
	kwalk_ranges *ranges = kwalk_ranges_open(space, first, last, &error);
	int code;

	EXPECT(ranges);
	while ((code = kwalk_ranges_next(ranges, &range, &error)) == KWALK_OK) {
		printf("%" PRIx64 " %" PRIx64, range.first, range.last);
		if (range.status != KWALK_MAPPED) {
			printf(" %s\n", kwalk_status_name((int)range.status));
			continue;
		}
		printf(" %" PRIu64 "%s%s%s\n", range.page_size, range.writable ? " w" : "",
		       range.executable ? " x" : "", range.user ? " u" : "");
		check_page(space, range.first, true);
		check_page(space, range.last, true);
		if (range.last + 1 && range.last + 1 != 0x800000000000)
			check_page(space, range.last + 1,
				   !kwalk_translate(space, range.last + 1, &(uint64_t){ 0 }, NULL));
	}
	EXPECT(code == KWALK_NO_ANSWER);
	EXPECT_CODE(KWALK_NO_ANSWER, kwalk_ranges_next(ranges, &range, &error));
	kwalk_ranges_free(ranges);
}

/* Translates so many addresses in one call that several threads work. */
static void check_threads(kwalk_space *space)
{
	enum { NR = 1 << 19, KINDS = 101 };
	struct kwalk_range range = KWALK_INIT(struct kwalk_range);
	kwalk_ranges *ranges = kwalk_ranges_open(space, 0, UINT64_MAX, &error);
	uint64_t *many = malloc(NR * sizeof(*many)), one[KINDS];
	size_t kinds = 0, nr_mapped, mapped = 0;

	while (kinds < KINDS && kwalk_ranges_next(ranges, &range, &error) == KWALK_OK)
		one[kinds] = range.first + kinds % 7, kinds++;
	kwalk_ranges_free(ranges);
	EXPECT(many && kinds > 1);
	for (size_t i = 0; i < NR; i++)
		many[i] = one[i % kinds];
	EXPECT_CODE(KWALK_OK, kwalk_translate_many(space, many, many, NR, &nr_mapped, &error));
	for (size_t i = 0; i < kinds; i++)
		if (kwalk_translate(space, one[i], &one[i], NULL) != KWALK_OK)
			one[i] = KWALK_UNMAPPED;
	for (size_t i = 0; i < NR; i++) {
		EXPECT(many[i] == one[i % kinds]);
		mapped += many[i] != KWALK_UNMAPPED;
	}
	EXPECT(mapped && nr_mapped == mapped);
	free(many);
}

/* ranges FILE...: as pt from address 0 on. */
static void scene_ranges(char **files)
{
	kwalk_kernel *kernel = open_files(files);
	kwalk_space *space = kwalk_space_open(kernel, &error);

	list_ranges(space, 0, UINT64_MAX);
	check_threads(space);
	kwalk_space_free(space);
	kwalk_free(kernel);
}

/* --- tasks and all else that visits --- */

static bool print_vma(void *arg, const struct kwalk_vma *vma)
{
	(void)arg;
	printf(" %" PRIx64 " %" PRIx64 " %s %s\n", vma->first, vma->last, vma->rights,
	       vma->name ? vma->name : "?");
	return true;
}

static bool print_task(void *arg, kwalk_task *task)
{
	struct kwalk_task_info info = KWALK_INIT(struct kwalk_task_info);
	kwalk_space *space;
	int code;

	(void)arg;
	EXPECT_CODE(KWALK_OK, kwalk_task_get(task, &info, &error));
	printf("%d %d %s %" PRIx64 " %" PRIx64 "\n", info.pid, info.tgid, info.comm, info.address,
	       info.mm);
	code = kwalk_vmas(task, print_vma, NULL, &error);
	EXPECT(code == KWALK_OK || code == KWALK_NO_ANSWER || code == KWALK_UNREADABLE ||
	       code == KWALK_INCOMPLETE);
	EXPECT(info.mm || code == KWALK_NO_ANSWER);
	space = kwalk_space_of_task(task, &error);
	if (info.has_root) {
		struct kwalk_space_info its = KWALK_INIT(struct kwalk_space_info);

		EXPECT_CODE(KWALK_OK, kwalk_space_get(space, &its, &error));
		EXPECT(its.root == info.root && its.has_pid);
	}
	kwalk_space_free(space);
	kwalk_task_free(task); /* is borrowed: no effect */
	return true;
}

static bool print_meaning(void *arg, const struct kwalk_meaning *meaning)
{
	(void)arg;
	printf("%s %s: %s\n", meaning->as, meaning->kind, meaning->text);
	return true;
}

static bool print_fact(void *arg, const struct kwalk_fact *fact)
{
	struct kwalk_fact same = KWALK_INIT(struct kwalk_fact);
	char text[256];

	snprintf(text, sizeof(text), "%s", fact->text);
	EXPECT_CODE(KWALK_OK, kwalk_find_fact(arg, fact->name, &same, &error));
	EXPECT(!strcmp(same.text, text) && same.number == fact->number);
	printf("%s %s\n", fact->name, fact->text);
	return true;
}

static bool print_mapping(void *arg, const struct kwalk_mapping *mapping)
{
	(void)arg;
	printf("%" PRIx64 " %" PRIu64 " pid %d%s\n", mapping->vaddr, mapping->page_size,
	       mapping->has_pid ? mapping->pid : -1, mapping->no_access ? " none" : "");
	return true;
}

static bool print_flag(void *arg, const char *name)
{
	(void)arg;
	printf(" %s", name);
	return true;
}

static void scene_tasks(char **files)
{
	kwalk_kernel *kernel = open_files(files);

	EXPECT_CODE(KWALK_OK, kwalk_tasks(kernel, print_task, NULL, &error));
	kwalk_free(kernel);
}

static void scene_facts(char **files)
{
	kwalk_kernel *kernel = open_files(files);

	EXPECT_CODE(KWALK_OK, kwalk_facts(kernel, print_fact, kernel, &error));
	kwalk_free(kernel);
}

/* frame PHYS FILE... */
static void scene_frame(char **files)
{
	struct kwalk_page page = KWALK_INIT(struct kwalk_page);
	struct kwalk_use use = KWALK_INIT(struct kwalk_use);
	uint64_t paddr = strtoull(*files, NULL, 16), pfn;
	kwalk_kernel *kernel = open_files(files + 1);

	EXPECT_CODE(KWALK_OK, kwalk_find_page(kernel, paddr >> 12, &page, &error));
	printf("page %" PRIx64 " virtual %" PRIx64, page.page, page.vaddr);
	kwalk_page_flags(kernel, paddr >> 12, print_flag, NULL, &error);
	EXPECT_CODE(KWALK_OK, kwalk_page_pfn(kernel, page.page, &pfn, &error));
	EXPECT(pfn == paddr >> 12);
	EXPECT_CODE(KWALK_OK, kwalk_frame_use(kernel, paddr >> 12, &use, &error));
	printf("\nuse %s\n", use.text);
	kwalk_mappings(kernel, paddr, KWALK_OF_PROCESSES, print_mapping, NULL, &error);
	EXPECT_CODE(KWALK_OK, kwalk_whatis(kernel, NULL, paddr, print_meaning, NULL, &error));
	kwalk_free(kernel);
}

static bool expect_next_byte(void *arg, const struct kwalk_meaning *meaning)
{
	EXPECT(meaning->symbol && !strcmp(meaning->symbol, arg) && meaning->symbol_offset == 1);
	return true;
}

/* symbol NAME FILE... */
static void scene_symbol(char **files)
{
	struct kwalk_symbol by_name = KWALK_INIT(struct kwalk_symbol);
	struct kwalk_symbol at = KWALK_INIT(struct kwalk_symbol);
	struct kwalk_region region = KWALK_INIT(struct kwalk_region);
	kwalk_kernel *kernel = open_files(files + 1);

	EXPECT_CODE(KWALK_OK, kwalk_symbol_find(kernel, *files, &by_name, &error));
	EXPECT_CODE(KWALK_OK, kwalk_symbol_at(kernel, by_name.address + 1, &at, &error));
	EXPECT(!strcmp(at.name, *files) && at.offset == 1);
	EXPECT_CODE(KWALK_OK, kwalk_whatis(kernel, NULL, by_name.address + 1, expect_next_byte,
					   *files, &error));
	EXPECT_CODE(KWALK_OK, kwalk_find_region(kernel, by_name.address, &region, &error));
	printf("%" PRIx64 " %" PRIu64 " %s %s\n", by_name.address, by_name.length, region.name,
	       region.section);
	kwalk_free(kernel);
}

/* value EXPRESSION FILE...: its type and its bytes, of which a shorter buffer gets the first. */
static void scene_value(char **files)
{
	struct kwalk_value value = KWALK_INIT(struct kwalk_value), other = value;
	uint8_t bytes[64], first[4] = { 0xaa, 0xaa, 0xaa, 0xaa };
	kwalk_kernel *kernel = open_files(files + 1);

	memset(bytes, 0xaa, sizeof(bytes));
	EXPECT_CODE(KWALK_OK, kwalk_value(kernel, *files, &value, bytes, sizeof(bytes), &error));
	printf("%s|%s|%s", value.kind, value.type, value.source);
	if (value.in_memory)
		printf("|%" PRIx64, value.address);
	if (value.bit_size)
		printf("|%u:%u", value.bit_offset, value.bit_size);
	printf("|%" PRIu64 "%s|", value.length, value.is_signed ? " signed" : "");
	for (size_t i = 0; i < value.length && i < sizeof(bytes); i++)
		printf("%02x", bytes[i]);
	putchar('\n');
	for (size_t i = value.length; i < sizeof(bytes); i++)
		EXPECT(bytes[i] == 0xaa);
	EXPECT_CODE(KWALK_OK, kwalk_value(kernel, *files, &other, first, 3, &error));
	EXPECT(!memcmp(first, bytes, 3) && first[3] == 0xaa);
	EXPECT_CODE(KWALK_OK, kwalk_value(kernel, *files, &other, NULL, 0, &error));
	EXPECT(other.length == value.length && other.address == value.address);
	kwalk_free(kernel);
}

/* --- CPUs --- */

static bool print_cpu(void *arg, const struct kwalk_cpu *cpu)
{
	EXPECT(cpu->size == sizeof(*cpu));
	printf("cpu %d pid %d %s task %" PRIx64, cpu->has_cpu ? (int)cpu->cpu : -1,
	       cpu->has_pid ? cpu->pid : -1, cpu->comm ? cpu->comm : "-", cpu->task);
	for (int i = 0; i < KWALK_MAX_REGISTERS; i++) {
		const char *name = kwalk_register_name(arg, i);

		EXPECT(name || !(cpu->known >> i & 1));
		EXPECT(cpu->known >> i & 1 || !cpu->value[i]);
		if (cpu->known >> i & 1)
			printf(" %s=%" PRIx64, name, cpu->value[i]);
	}
	putchar('\n');
	return true;
}

/* cpus FILE...: a line each, and the note's size. */
static void scene_cpus(char **files)
{
	kwalk_kernel *kernel = open_files(files);
	const char *note = NULL;
	size_t size = 0;
	int code = kwalk_cpus(kernel, print_cpu, kernel, &error);

	if (code)
		printf("%s: %s\n", kwalk_code_name(code), error.message);
	code = kwalk_vmcoreinfo(kernel, &note, &size, &error);
	if (code)
		printf("%s: %s\n", kwalk_code_name(code), error.message);
	else
		fwrite(note, 1, size, stdout);
	kwalk_free(kernel);
}

/* --- memory --- */

/* memory FIRST LAST FILE...: physical bytes, in states and as numbers. */
static void scene_memory(char **files)
{
	uint64_t at = strtoull(files[0], NULL, 16), last = strtoull(files[1], NULL, 16);
	kwalk_kernel *kernel = open_files(files + 2);
	kwalk_dump *dump = kwalk_get_dump(kernel);
	struct kwalk_extent extent = KWALK_INIT(struct kwalk_extent);
	uint64_t word;

	printf("%s\n", kwalk_dump_format(dump));
	do {
		EXPECT_CODE(KWALK_OK, kwalk_dump_extent(dump, at, &extent, &error));
		EXPECT(extent.first <= at && at <= extent.last);
		if (extent.state == KWALK_PRESENT &&
		    kwalk_dump_read(dump, at, &word, 8, &error) == KWALK_OK)
			printf("%" PRIx64 " %" PRIx64 "\n", at, word);
		else
			printf("%" PRIx64 " %s\n", at, kwalk_state_name((int)extent.state));
		at = extent.last + 1;
	} while (at && at <= last);
	kwalk_free(kernel);
}

/* --- wrong use --- */

static bool never(void *arg, const struct kwalk_fact *fact)
{
	(void)arg, (void)fact;
	EXPECT(!"visited");
	return true;
}

static bool never_task(void *arg, kwalk_task *task)
{
	(void)arg, (void)task;
	EXPECT(!"visited");
	return true;
}

static bool never_mapping(void *arg, const struct kwalk_mapping *mapping)
{
	(void)arg, (void)mapping;
	EXPECT(!"visited");
	return true;
}

static bool never_many(void *arg, size_t index, const struct kwalk_mapping *mapping)
{
	(void)index;
	return never_mapping(arg, mapping);
}

static bool never_meaning(void *arg, const struct kwalk_meaning *meaning)
{
	(void)arg, (void)meaning;
	EXPECT(!"visited");
	return true;
}

static bool never_flag(void *arg, const char *name)
{
	(void)arg, (void)name;
	EXPECT(!"visited");
	return true;
}

static bool never_vma(void *arg, const struct kwalk_vma *vma)
{
	(void)arg, (void)vma;
	EXPECT(!"visited");
	return true;
}

static bool never_cpu(void *arg, const struct kwalk_cpu *cpu)
{
	(void)arg, (void)cpu;
	EXPECT(!"visited");
	return true;
}

/* Each function, with handles that are NULL or closed. */
static void ask_in_vain(kwalk_kernel *kernel, kwalk_space *space, kwalk_task *task,
			kwalk_ranges *ranges, int code)
{
	struct kwalk_fact fact = KWALK_INIT(struct kwalk_fact);
	struct kwalk_extent extent = KWALK_INIT(struct kwalk_extent);
	struct kwalk_space_info space_info = KWALK_INIT(struct kwalk_space_info);
	struct kwalk_walk walk = KWALK_INIT(struct kwalk_walk);
	struct kwalk_range range = KWALK_INIT(struct kwalk_range);
	struct kwalk_symbol symbol = KWALK_INIT(struct kwalk_symbol);
	struct kwalk_region region = KWALK_INIT(struct kwalk_region);
	struct kwalk_page page = KWALK_INIT(struct kwalk_page);
	struct kwalk_use use = KWALK_INIT(struct kwalk_use);
	struct kwalk_value number = KWALK_INIT(struct kwalk_value);
	struct kwalk_task_info info = KWALK_INIT(struct kwalk_task_info);
	kwalk_dump *dump = kwalk_get_dump(kernel);
	uint64_t value = 0;
	const char *names[4];
	size_t nr;

	EXPECT(!kwalk_dump_format(dump));
	EXPECT(!kwalk_was_written(kernel));
	EXPECT_CODE(code, kwalk_find_fact(kernel, "arch", &fact, &error));
	EXPECT_CODE(code, kwalk_facts(kernel, never, NULL, &error));
	EXPECT_CODE(code, kwalk_dump_extent(dump, 0, &extent, &error));
	EXPECT_CODE(code, kwalk_dump_read(dump, 0, &value, 8, &error));
	EXPECT(!kwalk_space_open(kernel, &error) && error.code == code);
	EXPECT(!kwalk_space_of_pid(kernel, 1, &error) && error.code == code);
	EXPECT(!kwalk_space_of_task(task, &error) && error.code == code);
	EXPECT(!kwalk_space_of_root(kernel, 0, &error) && error.code == code);
	EXPECT_CODE(code, kwalk_space_get(space, &space_info, &error));
	EXPECT_CODE(code, kwalk_translate(space, 0, &value, &error));
	EXPECT_CODE(code, kwalk_translate_many(space, &value, &value, 1, NULL, &error));
	EXPECT_CODE(code, kwalk_walk(space, 0, &walk, &error));
	EXPECT_CODE(code, kwalk_entry_flags(space, 0, 0, names, 4, &nr, &error));
	EXPECT(!kwalk_ranges_open(space, 0, 1, &error) && error.code == code);
	EXPECT_CODE(code, kwalk_ranges_next(ranges, &range, &error));
	EXPECT_CODE(code, kwalk_read(space, 0, &value, 8, &error));
	EXPECT_CODE(code, kwalk_symbol_find(kernel, "_text", &symbol, &error));
	EXPECT_CODE(code, kwalk_symbol_at(kernel, 0, &symbol, &error));
	EXPECT_CODE(code, kwalk_find_region(kernel, 0, &region, &error));
	EXPECT_CODE(code, kwalk_whatis(kernel, NULL, 0, never_meaning, NULL, &error));
	EXPECT_CODE(code, kwalk_value(kernel, "1", &number, NULL, 0, &error));
	EXPECT_CODE(code, kwalk_find_page(kernel, 0, &page, &error));
	EXPECT_CODE(code, kwalk_page_flags(kernel, 0, never_flag, NULL, &error));
	EXPECT_CODE(code, kwalk_page_pfn(kernel, 0, &value, &error));
	EXPECT_CODE(code, kwalk_phys_to_virt(kernel, 0, &value, &error));
	EXPECT_CODE(code, kwalk_frame_use(kernel, 0, &use, &error));
	EXPECT_CODE(code, kwalk_mappings(kernel, 0, 0, never_mapping, NULL, &error));
	EXPECT_CODE(code, kwalk_mappings_many(kernel, &value, 1, 0, never_many, NULL, &error));
	EXPECT_CODE(code, kwalk_tasks(kernel, never_task, NULL, &error));
	EXPECT(!kwalk_task_find(kernel, 1, &error) && error.code == code);
	EXPECT(!kwalk_task_copy(task, &error) && error.code == code);
	EXPECT_CODE(code, kwalk_task_get(task, &info, &error));
	EXPECT_CODE(code, kwalk_vmas(task, never_vma, NULL, &error));
	EXPECT_CODE(code, kwalk_cpus(kernel, never_cpu, NULL, &error));
	EXPECT_CODE(code, kwalk_vmcoreinfo(kernel, names, &nr, &error));
	EXPECT(!kwalk_register_name(kernel, KWALK_IP));
}

/* Arguments that are NULL or cannot be, with a kernel that is open. */
static void ask_wrongly(kwalk_kernel *kernel, kwalk_space *space)
{
	struct kwalk_fact fact = { 0 };
	struct kwalk_page page = KWALK_INIT(struct kwalk_page);
	struct kwalk_value number = KWALK_INIT(struct kwalk_value);
	kwalk_dump *dump = kwalk_get_dump(kernel);
	uint64_t value = 0;

	EXPECT_CODE(KWALK_USAGE, kwalk_find_fact(kernel, NULL, &fact, &error));
	EXPECT_CODE(KWALK_USAGE, kwalk_find_fact(kernel, "arch", NULL, &error));
	EXPECT_CODE(KWALK_USAGE, kwalk_find_fact(kernel, "arch", &fact, &error));
	EXPECT(strstr(error.message, "size"));
	EXPECT_CODE(KWALK_UNKNOWN, kwalk_find_fact(kernel, "no such", &fact, &error));
	EXPECT_CODE(KWALK_USAGE, kwalk_facts(kernel, NULL, NULL, &error));
	EXPECT_CODE(KWALK_USAGE, kwalk_tasks(kernel, NULL, NULL, &error));
	EXPECT_CODE(KWALK_USAGE, kwalk_translate(space, 0, NULL, &error));
	EXPECT_CODE(KWALK_USAGE, kwalk_translate_many(space, NULL, &value, 1, NULL, &error));
	EXPECT_CODE(KWALK_OK, kwalk_translate_many(space, NULL, NULL, 0, NULL, &error));
	EXPECT_CODE(KWALK_USAGE, kwalk_read(space, 0, NULL, 1, &error));
	EXPECT_CODE(KWALK_OK, kwalk_read(space, 0, NULL, 0, &error));
	EXPECT_CODE(KWALK_USAGE, kwalk_read(space, UINT64_MAX, &value, 2, &error));
	EXPECT_CODE(KWALK_USAGE, kwalk_dump_read(dump, UINT64_MAX, &value, 2, &error));
	EXPECT_CODE(KWALK_UNREADABLE, kwalk_dump_read(dump, UINT64_MAX, &value, 1, &error));
	EXPECT_CODE(KWALK_USAGE, kwalk_find_page(kernel, UINT64_MAX, &page, &error));
	EXPECT_CODE(KWALK_USAGE,
		    kwalk_mappings(kernel, UINT64_MAX, 0, never_mapping, NULL, &error));
	EXPECT_CODE(KWALK_USAGE, kwalk_value(kernel, "1 +", &number, NULL, 0, &error));
	EXPECT_CODE(KWALK_UNKNOWN, kwalk_value(kernel, "no_such", &number, NULL, 0, &error));
	EXPECT_CODE(KWALK_USAGE, kwalk_value(kernel, "schedule", &number, NULL, 1, &error));
	EXPECT_CODE(KWALK_UNREADABLE, kwalk_value(kernel, "*(int *)8", &number, &value, 8, &error));
	EXPECT(number.address == 8 && number.length == 4 && !strcmp(number.type, "int"));
	EXPECT(!kwalk_ranges_open(space, 2, 1, &error) && error.code == KWALK_USAGE);
	EXPECT(!kwalk_space_of_pid(kernel, 4711, &error) && error.code == KWALK_NO_ANSWER);
	EXPECT(!kwalk_task_find(kernel, -1, &error) && error.code == KWALK_NO_ANSWER);
	EXPECT_CODE(KWALK_USAGE, kwalk_cpus(kernel, NULL, NULL, &error));
	EXPECT_CODE(KWALK_USAGE, kwalk_vmcoreinfo(kernel, NULL, &(size_t){ 0 }, &error));
	EXPECT_CODE(KWALK_USAGE, kwalk_vmcoreinfo(kernel, &(const char *){ NULL }, NULL, &error));
	EXPECT(!kwalk_register_name(kernel, -1) &&
	       !kwalk_register_name(kernel, KWALK_MAX_REGISTERS));
	EXPECT(!strcmp(kwalk_status_name(KWALK_SPECIAL), "special") &&
	       !strcmp(kwalk_status_name(KWALK_TABLE_UNREADABLE), "unreadable") &&
	       !kwalk_status_name(KWALK_TABLE_UNREADABLE + 1));
	EXPECT(!kwalk_code_name(-1) && !kwalk_code_name(99) && !kwalk_state_name(99) &&
	       !kwalk_status_name(-1));
}

/* Is refused, and the handles can be used afterwards. */
#define EXPECT_REFUSED(CALL)                                                                       \
	do {                                                                                       \
		struct kwalk_space_info usable_ = KWALK_INIT(struct kwalk_space_info);             \
		EXPECT_CODE(KWALK_USAGE, CALL);                                                    \
		EXPECT_CODE(KWALK_OK, kwalk_space_get(space, &usable_, &error));                   \
	} while (0)

/* Each function that fills something, with nowhere to put it, or a struct that does not
 * say how large it is; each that visits, without a visitor. */
static void ask_without_room(kwalk_kernel *kernel, kwalk_space *space, kwalk_task *task,
			     kwalk_ranges *ranges)
{
	struct kwalk_extent extent = { 0 };
	struct kwalk_walk walk = { 0 };
	struct kwalk_task_info info = { 0 };
	struct kwalk_symbol symbol = { .size = 3 };
	struct kwalk_value number = KWALK_INIT(struct kwalk_value);
	kwalk_dump *dump = kwalk_get_dump(kernel);
	uint64_t paddr = 0x1000;
	size_t nr;

	EXPECT_REFUSED(kwalk_dump_extent(dump, 0, NULL, &error));
	EXPECT_REFUSED(kwalk_dump_extent(dump, 0, &extent, &error));
	EXPECT_REFUSED(kwalk_dump_read(dump, 0, NULL, 1, &error));
	EXPECT_REFUSED(kwalk_space_get(space, NULL, &error));
	EXPECT_REFUSED(kwalk_walk(space, 0, NULL, &error));
	EXPECT_REFUSED(kwalk_walk(space, 0, &walk, &error));
	EXPECT_REFUSED(kwalk_entry_flags(space, 0, 1, NULL, 4, &nr, &error));
	EXPECT_REFUSED(kwalk_ranges_next(ranges, NULL, &error));
	EXPECT_REFUSED(kwalk_symbol_find(kernel, NULL, &symbol, &error));
	EXPECT_REFUSED(kwalk_symbol_find(kernel, "init_task", NULL, &error));
	EXPECT_REFUSED(kwalk_symbol_find(kernel, "init_task", &symbol, &error));
	EXPECT_REFUSED(kwalk_symbol_at(kernel, 0xffffffff81420800, NULL, &error));
	EXPECT_REFUSED(kwalk_find_region(kernel, 0, NULL, &error));
	EXPECT_REFUSED(kwalk_whatis(kernel, NULL, 0, NULL, NULL, &error));
	EXPECT_REFUSED(kwalk_value(kernel, NULL, &number, NULL, 0, &error));
	EXPECT_REFUSED(kwalk_value(kernel, "1", NULL, NULL, 0, &error));
	EXPECT_REFUSED(kwalk_value(kernel, "1", &number, NULL, 1, &error));
	EXPECT_REFUSED(kwalk_find_page(kernel, 1, NULL, &error));
	EXPECT_REFUSED(kwalk_page_flags(kernel, 1, NULL, NULL, &error));
	EXPECT_REFUSED(kwalk_page_pfn(kernel, 0xffffea0000000040, NULL, &error));
	EXPECT_REFUSED(kwalk_phys_to_virt(kernel, 0x1000, NULL, &error));
	EXPECT_REFUSED(kwalk_frame_use(kernel, 1, NULL, &error));
	EXPECT_REFUSED(kwalk_mappings(kernel, 0, 0, NULL, NULL, &error));
	EXPECT_REFUSED(kwalk_mappings_many(kernel, NULL, 1, 0, never_many, NULL, &error));
	EXPECT_REFUSED(kwalk_mappings_many(kernel, &paddr, 1, 0, NULL, NULL, &error));
	EXPECT_REFUSED(kwalk_task_get(task, NULL, &error));
	EXPECT_REFUSED(kwalk_task_get(task, &info, &error));
	EXPECT_REFUSED(kwalk_vmas(task, NULL, NULL, &error));
}

/* A struct of a program that was compiled before it grew, and after. */
static void ask_of_other_sizes(kwalk_kernel *kernel)
{
	struct {
		struct kwalk_region region;
		uint64_t more[2];
	} large;
	struct kwalk_region region;

	memset(&region, 0xaa, sizeof(region));
	region.size = offsetof(struct kwalk_region, paddr);
	EXPECT_CODE(KWALK_OK, kwalk_find_region(kernel, 0, &region, &error));
	EXPECT(region.size == offsetof(struct kwalk_region, paddr));
	EXPECT(region.first == 0 && region.paddr == 0xaaaaaaaaaaaaaaaa);
	memset(&large, 0xaa, sizeof(large));
	large.region.size = sizeof(large);
	EXPECT_CODE(KWALK_OK, kwalk_find_region(kernel, 0, &large.region, &error));
	EXPECT(large.region.size == sizeof(large.region) && !large.more[1]);
}

static void scene_wrong(char **files)
{
	kwalk_kernel *kernel = open_files(files), *other = open_files(files);
	kwalk_space *space = kwalk_space_open(kernel, &error);
	kwalk_space *foreign = kwalk_space_of_pid(other, 1, &error);
	kwalk_task *task = kwalk_task_find(kernel, 1, &error);
	kwalk_ranges *ranges = kwalk_ranges_open(space, 0, UINT64_MAX, &error);
	struct kwalk_options options = { 0 };
	uint64_t value;

	EXPECT(!kwalk_open(NULL, &error) && error.code == KWALK_USAGE);
	EXPECT(!kwalk_open(&options, &error) && error.code == KWALK_USAGE);
	options = KWALK_INIT(struct kwalk_options);
	EXPECT(!kwalk_open(&options, &error) && error.code == KWALK_USAGE);
	options.nr_paths = 1;
	EXPECT(!kwalk_open(&options, NULL));
	ask_in_vain(NULL, NULL, NULL, NULL, KWALK_USAGE);
	EXPECT_CODE(KWALK_USAGE, kwalk_close(NULL, &error));
	kwalk_free(NULL);
	kwalk_space_free(NULL);
	kwalk_task_free(NULL);
	kwalk_ranges_free(NULL);
	ask_wrongly(kernel, space);
	ask_without_room(kernel, space, task, ranges);
	ask_of_other_sizes(kernel);
	EXPECT_CODE(KWALK_USAGE, kwalk_whatis(kernel, foreign, 0, never_meaning, NULL, &error));
	EXPECT_CODE(KWALK_OK, kwalk_close(kernel, &error));
	EXPECT_CODE(KWALK_OK, kwalk_close(kernel, &error));
	ask_in_vain(kernel, space, task, ranges, KWALK_CLOSED);
	EXPECT(kwalk_translate(foreign, 0x1000, &value, &error) == KWALK_OK);
	kwalk_free(kernel);
	EXPECT_CODE(KWALK_CLOSED, kwalk_translate(space, 0, &value, &error));
	kwalk_ranges_free(ranges);
	kwalk_task_free(task);
	kwalk_space_free(space);
	kwalk_space_free(foreign);
	kwalk_free(other);
}

/* --- callbacks --- */

struct caller {
	kwalk_kernel *kernel;
	int calls;
	bool frees;
	const char *cuts;
};

/* Nothing can be asked, and no handle vanishes, while a call is at work. */
static bool call_back(void *arg)
{
	struct caller *caller = arg;
	struct kwalk_fact fact = KWALK_INIT(struct kwalk_fact);

	if (!caller->kernel)
		return false;
	caller->calls++;
	EXPECT_CODE(KWALK_USAGE, kwalk_find_fact(caller->kernel, "arch", &fact, &error));
	EXPECT_CODE(KWALK_USAGE, kwalk_close(caller->kernel, &error));
	if (caller->frees) {
		kwalk_free(caller->kernel);
		caller->kernel = NULL;
	}
	return caller->calls == 2;
}

/* A visitor may do what it likes, even end the kernel. */
static bool end_kernel(void *arg, kwalk_task *task)
{
	struct kwalk_task_info info = KWALK_INIT(struct kwalk_task_info);
	struct caller *caller = arg;

	if (caller->kernel) {
		EXPECT_CODE(KWALK_OK, kwalk_task_get(task, &info, &error));
		kwalk_free(caller->kernel);
		caller->kernel = NULL;
	}
	EXPECT_CODE(KWALK_CLOSED, kwalk_task_get(task, &info, &error));
	return ++caller->calls < 3;
}

static void scene_visits(char **files)
{
	struct caller caller = { .kernel = open_files(files) };

	EXPECT_CODE(KWALK_OK, kwalk_tasks(caller.kernel, end_kernel, &caller, &error));
	EXPECT(caller.calls == 3);
}

static void scene_callbacks(char **files)
{
	struct caller caller = { 0 };
	struct kwalk_options options = KWALK_INIT(struct kwalk_options);
	kwalk_kernel *kernel;

	options.stop = call_back;
	options.arg = &caller;
	kernel = caller.kernel = open_with(files, &options);
	EXPECT(kernel);
	EXPECT_CODE(KWALK_STOPPED, kwalk_mappings(kernel, 0x1000, 0, print_mapping, NULL, &error));
	EXPECT(caller.calls == 2);
	EXPECT_CODE(KWALK_OK, kwalk_mappings(kernel, 0x1000, 0, print_mapping, NULL, &error));
	caller.frees = true;
	kwalk_mappings(kernel, 0x1000, 0, print_mapping, NULL, &error);
	EXPECT(!caller.kernel);
}

/* --- files that change --- */

static void cut(const char *path, off_t size)
{
	if (truncate(path, size) < 0) {
		perror(path);
		exit(1);
	}
}

static bool cut_in_between(void *arg)
{
	struct caller *caller = arg;

	if (caller->cuts)
		cut(caller->cuts, 4096);
	caller->cuts = NULL;
	return false;
}

static void survive(int signal, siginfo_t *info, void *context)
{
	(void)signal, (void)context;
	if (!kwalk_bus_error(info->si_addr))
		_exit(99);
}

/* Between calls. The file is whole again afterwards, but for its content. */
static void scene_shrink(char **files)
{
	kwalk_kernel *kernel = open_files(files);
	kwalk_space *space = kwalk_space_open(kernel, &error);
	struct stat st;
	uint64_t value;

	EXPECT(space && stat(files[0], &st) == 0);
	cut(files[0], 4096);
	EXPECT_CODE(KWALK_CHANGED, kwalk_translate(space, 0, &value, &error));
	EXPECT_CODE(KWALK_CHANGED, kwalk_dump_read(kwalk_get_dump(kernel), 0, &value, 8, &error));
	EXPECT(strstr(error.message, files[0]));
	cut(files[0], st.st_size);
	EXPECT(kwalk_was_written(kernel));
	EXPECT_CODE(KWALK_NO_ANSWER, kwalk_translate(space, 0, &value, &error));
	kwalk_space_free(space);
	kwalk_free(kernel);
}

/* During a call, in a program that handles SIGBUS. */
static void scene_bus(char **files)
{
	struct caller caller = { 0 };
	struct kwalk_options options = KWALK_INIT(struct kwalk_options);
	struct sigaction action = { .sa_sigaction = survive, .sa_flags = SA_SIGINFO };
	kwalk_kernel *kernel;
	kwalk_space *space;
	uint64_t value;

	options.stop = cut_in_between;
	options.arg = &caller;
	kernel = open_with(files, &options);
	space = kwalk_space_open(kernel, &error);
	EXPECT(space);
	sigaction(SIGBUS, &action, NULL);
	EXPECT(!kwalk_bus_error(&caller) && !kwalk_bus_error(NULL));
	caller.cuts = files[0];
	EXPECT_CODE(KWALK_CHANGED, kwalk_mappings(kernel, 0x1000, 0, print_mapping, NULL, &error));
	EXPECT_CODE(KWALK_CHANGED, kwalk_translate(space, 0, &value, &error));
	kwalk_space_free(space);
	kwalk_free(kernel);
}

/* --- arrays that change during a call --- */

enum { RACE_PAGE = 64 << 10, RACE_NR = 256 }; /* a multiple of all page sizes */
static uint64_t *race_addresses;

/* The second half of the addresses is read: the first half changes, and the rest can be read. */
static void change_addresses(int signal, siginfo_t *info, void *context)
{
	char *page = (char *)(race_addresses + RACE_NR / 2);

	(void)signal, (void)context;
	if ((char *)info->si_addr < page || (char *)info->si_addr >= page + RACE_PAGE)
		_exit(99);
	mprotect(page, RACE_PAGE, PROT_READ | PROT_WRITE);
	for (int i = 0; i < RACE_NR / 2; i++)
		race_addresses[i] = 0xffff888000000000;
}

static bool change_next(void *arg, size_t index, const struct kwalk_mapping *mapping)
{
	uint64_t *paddrs = arg;

	(void)mapping;
	paddrs[1] = index ? 0 : 0x7777000;
	return true;
}

static bool translate_changing(void *arg, kwalk_task *task)
{
	struct kwalk_task_info info = KWALK_INIT(struct kwalk_task_info);
	struct sigaction action = { .sa_sigaction = change_addresses, .sa_flags = SA_SIGINFO };
	char *page = (char *)(race_addresses + RACE_NR / 2);
	uint64_t paddrs[RACE_NR];
	kwalk_space *space;

	EXPECT_CODE(KWALK_OK, kwalk_task_get(task, &info, &error));
	if (!info.has_root)
		return true;
	space = kwalk_space_of_task(task, &error);
	for (int i = 0; i < RACE_NR; i++)
		race_addresses[i] = 0x1000;
	EXPECT(!mprotect(page, RACE_PAGE, PROT_NONE));
	sigaction(SIGSEGV, &action, NULL);
	EXPECT_CODE(KWALK_OK,
		    kwalk_translate_many(space, race_addresses, paddrs, RACE_NR, NULL, &error));
	EXPECT(race_addresses[0] == 0xffff888000000000);
	EXPECT(paddrs[RACE_NR - 1] != KWALK_UNMAPPED);
	kwalk_space_free(space);
	++*(int *)arg;
	return false;
}

static void scene_changing(char **files)
{
	kwalk_kernel *kernel = open_files(files);
	uint64_t paddrs[2] = { 0x1410000, 0x1000 };
	char *pages = mmap(NULL, 2 * RACE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
	int nr = 0;

	race_addresses = (uint64_t *)(pages + RACE_PAGE) - RACE_NR / 2;
	EXPECT_CODE(KWALK_OK, kwalk_tasks(kernel, translate_changing, &nr, &error));
	EXPECT(nr == 1);
	EXPECT_CODE(KWALK_OK,
		    kwalk_mappings_many(kernel, paddrs, 2, 0, change_next, paddrs, &error));
	EXPECT(!paddrs[1]); /* the second address was visited, although it had changed */
	munmap(pages, 2 * RACE_PAGE);
	kwalk_free(kernel);
}

/* --- the process stays as it was --- */

static size_t count_descriptors(void)
{
	size_t nr = 0;

	for (int fd = 0; fd < 1024; fd++)
		nr += lseek(fd, 0, SEEK_CUR) >= 0 || errno != EBADF;
	return nr;
}

static bool ignore_task(void *arg, kwalk_task *task)
{
	(void)arg, (void)task;
	return true;
}

static bool ignore_mapping(void *arg, const struct kwalk_mapping *mapping)
{
	(void)arg, (void)mapping;
	return true;
}

static bool ignore_meaning(void *arg, const struct kwalk_meaning *meaning)
{
	(void)arg, (void)meaning;
	return true;
}

static bool ignore_fact(void *arg, const struct kwalk_fact *fact)
{
	(void)arg, (void)fact;
	return true;
}

static bool ignore_cpu(void *arg, const struct kwalk_cpu *cpu)
{
	(void)arg, (void)cpu;
	return true;
}

static void open_and_close(char **files)
{
	kwalk_kernel *kernel = open_files(files);
	kwalk_space *space = kwalk_space_open(kernel, &error);
	kwalk_task *task = kwalk_task_find(kernel, 1, &error);
	kwalk_ranges *ranges = kwalk_ranges_open(space, 0, UINT64_MAX, &error);
	struct kwalk_range range = KWALK_INIT(struct kwalk_range);
	struct kwalk_task_info info = KWALK_INIT(struct kwalk_task_info);

	kwalk_ranges_next(ranges, &range, &error);
	kwalk_task_get(task, &info, &error);
	kwalk_tasks(kernel, ignore_task, NULL, &error);
	kwalk_task_free(task);
	kwalk_free(kernel);
	kwalk_ranges_free(ranges);
	kwalk_space_free(space);
}

static void scene_leak(char **files)
{
	struct mallinfo2 before;
	size_t descriptors;

	for (int i = 0; i < 10; i++) /* what libraries and the allocator keep */
		open_and_close(files);
	before = mallinfo2();
	descriptors = count_descriptors();
	for (int i = 0; i < 1000; i++)
		open_and_close(files);
	EXPECT(count_descriptors() == descriptors);
	EXPECT(mallinfo2().uordblks <= before.uordblks + 4096);
	EXPECT(mallinfo2().hblks <= before.hblks);
}

static void scene_process(char **files)
{
	enum { SIGNALS = 32 }; /* without the real-time signals */
	struct sigaction before[SIGNALS], after;
	struct rlimit limits[RLIM_NLIMITS], limit;
	char data[64];

	memset(before, 0, sizeof(before));
	for (int i = 1; i < SIGNALS; i++)
		sigaction(i, NULL, &before[i]);
	for (int i = 0; i < (int)RLIM_NLIMITS; i++)
		getrlimit((__rlimit_resource_t)i, &limits[i]);
	open_and_close(files);
	for (int i = 1; i < SIGNALS; i++) {
		memset(&after, 0, sizeof(after));
		sigaction(i, NULL, &after);
		EXPECT(after.sa_handler == before[i].sa_handler);
	}
	for (int i = 0; i < (int)RLIM_NLIMITS; i++) {
		getrlimit((__rlimit_resource_t)i, &limit);
		EXPECT(!memcmp(&limit, &limits[i], sizeof(limit)));
	}
	/* malloc() comes from the C library, or from a preloaded one. */
	EXPECT(!dlsym(RTLD_DEFAULT, "memory_hold"));
	snprintf(data, sizeof(data), "%s", kwalk_version());
	EXPECT(data[0]);
}

/* --- threads --- */

/* A bit of each kind of call. */
static uint64_t ask_each_kind(kwalk_kernel *kernel, kwalk_space *space)
{
	struct kwalk_range range = KWALK_INIT(struct kwalk_range);
	struct kwalk_region region = KWALK_INIT(struct kwalk_region);
	struct kwalk_page page = KWALK_INIT(struct kwalk_page);
	struct kwalk_use use = KWALK_INIT(struct kwalk_use);
	struct kwalk_walk walk = KWALK_INIT(struct kwalk_walk);
	kwalk_ranges *ranges = kwalk_ranges_open(space, 0, UINT64_MAX, NULL);
	struct kwalk_value value = KWALK_INIT(struct kwalk_value);
	uint64_t vaddrs[64], sum = 0, word = 0;
	size_t nr = 0;

	while (nr < 64 && kwalk_ranges_next(ranges, &range, NULL) == KWALK_OK)
		vaddrs[nr++] = range.first;
	kwalk_ranges_free(ranges);
	for (size_t i = 0; i < nr; i++) {
		kwalk_walk(space, vaddrs[i], &walk, NULL);
		kwalk_find_region(kernel, vaddrs[i], &region, NULL);
		kwalk_read(space, vaddrs[i], &word, sizeof(word), NULL);
		kwalk_find_page(kernel, walk.paddr >> 12, &page, NULL);
		kwalk_frame_use(kernel, walk.paddr >> 12, &use, NULL);
		sum += walk.paddr + region.first + word + page.page;
	}
	kwalk_translate_many(space, vaddrs, vaddrs, nr, &nr, NULL);
	kwalk_mappings(kernel, walk.paddr, KWALK_OF_PROCESSES, ignore_mapping, NULL, NULL);
	kwalk_whatis(kernel, space, walk.vaddr, ignore_meaning, NULL, NULL);
	kwalk_facts(kernel, ignore_fact, NULL, NULL);
	kwalk_cpus(kernel, ignore_cpu, NULL, NULL);
	kwalk_value(kernel, "init_task.pid", &value, &word, sizeof(word), NULL);
	return sum + nr + value.address + word;
}

static void *ask_much(void *arg)
{
	char **files = arg;
	static const char *const names[] = { "_text", "linux_banner", "swapper_pg_dir" };
	uint64_t sum = 0;

	for (int round = 0; round < 20; round++) {
		kwalk_kernel *kernel = open_files(files);
		kwalk_space *space = kwalk_space_open(kernel, NULL);
		struct kwalk_symbol symbol = KWALK_INIT(struct kwalk_symbol);
		uint64_t paddr = 0;

		for (int i = 0; i < 3; i++)
			if (!kwalk_symbol_find(kernel, names[i], &symbol, NULL) &&
			    !kwalk_translate(space, symbol.address, &paddr, NULL))
				sum += paddr;
		kwalk_tasks(kernel, ignore_task, NULL, NULL);
		sum += ask_each_kind(kernel, space);
		kwalk_space_free(space);
		kwalk_free(kernel);
	}
	return (void *)(uintptr_t)sum;
}

static void scene_threads(char **files)
{
	pthread_t thread[4];
	void *sum = ask_much(files), *other;

	for (int i = 0; i < 4; i++)
		pthread_create(&thread[i], NULL, ask_much, files);
	for (int i = 0; i < 4; i++) {
		pthread_join(thread[i], &other);
		EXPECT(sum && other == sum);
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(char **files);
	} scenes[] = {
		{ "ranges", scene_ranges },   { "tasks", scene_tasks },
		{ "facts", scene_facts },     { "frame", scene_frame },
		{ "symbol", scene_symbol },   { "memory", scene_memory },
		{ "wrong", scene_wrong },     { "callbacks", scene_callbacks },
		{ "shrink", scene_shrink },   { "bus", scene_bus },
		{ "visits", scene_visits },   { "leak", scene_leak },
		{ "process", scene_process }, { "threads", scene_threads },
		{ "cpus", scene_cpus },	      { "changing", scene_changing },
		{ "value", scene_value },
	};

	for (size_t i = 0; argc > 2 && i < sizeof(scenes) / sizeof(scenes[0]); i++)
		if (!strcmp(scenes[i].name, argv[1])) {
			scenes[i].run(argv + 2);
			return failures != 0;
		}
	return 2;
}
