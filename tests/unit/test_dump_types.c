/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The types of the dump's kernel and of its modules. */
#ifdef HAVE_LIBBPF
#include <bpf/btf.h>
#endif

#include "kernel/module_types.h"
#include "linux/task_members.h"
#include "symbols/kallsyms.h"
#include "types/types.h"
#include "made_kallsyms.h"
#include "skip_all.h"
#include "stop.h"

#include "unit.h"

#ifdef HAVE_LIBBPF

/* Sizes of btf_module.list, btf_module.btf, btf.data and btf.data_size: 16, 8, 8 and 4. */
static struct btf *kernel_btf(const uint32_t sizes[4])
{
	struct btf *btf = btf__new_empty();
	int byte, array[4], name;

	assert_non_null(btf);
	btf__set_endianness(btf, BTF_LITTLE_ENDIAN);
	btf__set_pointer_size(btf, 8);
	byte = btf__add_int(btf, "char", 1, 0);
	for (unsigned int i = 0; i < 4; i++)
		array[i] = btf__add_array(btf, byte, byte, sizes[i]);
	name = btf__add_array(btf, byte, byte, 56);
	btf__add_struct(btf, "btf_module", 64);
	btf__add_field(btf, "list", array[0], 8 * 8, 0);
	btf__add_field(btf, "btf", array[1], 40 * 8, 0);
	btf__add_struct(btf, "btf", 128);
	btf__add_field(btf, "data", array[2], 16 * 8, 0);
	btf__add_field(btf, "data_size", array[3], 48 * 8, 0);
	btf__add_field(btf, "name", name, 64 * 8, 0);
	btf__add_struct(btf, "task_struct", 16);
	btf__add_field(btf, "tasks", array[0], 0, 0);
	return btf;
}

/* Writes a module and its types as they are in the kernel's memory. The name comes after the fields
 * of the struct. */
static void put_module(unsigned int nr, unsigned int next, const char *name, uint64_t data,
		       uint32_t size)
{
	uint64_t module = MODULES + 0x80 * nr, btf = BTFS + 0x100 * nr;

	put(nr ? module + 8 : HEAD, IMAGE + (next ? MODULES + 0x80 * next + 8 : HEAD), 8);
	if (!nr)
		return;
	put(module + 40, IMAGE + btf, 8);
	put(btf + 16, data, 8);
	put(btf + 48, size, 4);
	put(btf + 52, UINT32_MAX, 4); /* these bytes do not belong to the size */
	strcpy((char *)image.bytes + MEMORY + btf + 64, name);
}

static void put_btf(struct btf *base, bool damaged)
{
	struct btf *split = btf__new_empty_split(base);
	uint32_t size;
	const void *raw;

	assert_non_null(split);
	btf__set_endianness(split, BTF_LITTLE_ENDIAN);
	btf__add_struct(split, "of_kvm", 48);
	raw = btf__raw_data(split, &size);
	assert_true(size <= BTF_SIZE);
	if (!damaged)
		memcpy(image.bytes + MEMORY + MODULE_BTF, raw, size);
	put_module(0, 1, NULL, 0, 0);
	put_module(1, 2, "wild", IMAGE + 0x40000000, size);
	put_module(2, 3, "kvmx", IMAGE, 0);
	put_module(3, 4, "kvm", IMAGE + MODULE_BTF, size);
	put_module(4, 0, "last", IMAGE + MODULE_BTF, size);
	btf__free(split);
}

static void types_of_modules(void **state)
{
	static const struct {
		uint32_t sizes[4];
		struct table table;
		bool damaged, found;
		const char *why;
	} rows[] = {
		{ { 16, 8, 8, 4 }, PLAIN, false, true, NULL },
		{ { 16, 8, 8, 4 }, PLAIN, true, false, "is damaged" },
		{ { 15, 8, 8, 4 }, PLAIN, false, false, "this kernel keeps no BTF of modules" },
		{ { 16, 4, 8, 4 }, PLAIN, false, false, "this kernel keeps no BTF of modules" },
		{ { 16, 8, 9, 4 }, PLAIN, false, false, "this kernel keeps no BTF of modules" },
		{ { 16, 8, 8, 8 }, PLAIN, false, false, "this kernel keeps no BTF of modules" },
		{ { 16, 8, 8, 4 },
		  { .encoding = KALLSYMS_RELATIVE, .based = true, .skipped = 1 << 5 },
		  false,
		  false,
		  "btf_modules" },
		/* the end of the kernel's types is unknown */
		{ { 16, 8, 8, 4 },
		  { .encoding = KALLSYMS_RELATIVE, .based = true, .skipped = 1 << 7 },
		  false,
		  false,
		  "this kernel keeps no BTF of modules" },
		{ { 16, 8, 8, 4 },
		  { .encoding = KALLSYMS_RELATIVE, .based = true, .skipped = 1 << 6 },
		  false,
		  false,
		  "this kernel keeps no BTF of modules" },
		/* the note has this symbol, and the table does not */
		{ { 16, 8, 8, 4 },
		  { .encoding = KALLSYMS_RELATIVE,
		    .based = true,
		    .skipped = 1 << 5,
		    .more = "SYMBOL(btf_modules)=ffffffff80007000\n" },
		  false,
		  true,
		  NULL },
		/* the note has all offsets, but the types of a module refer to the kernel's */
		{ { 16, 8, 8, 4 },
		  { .encoding = KALLSYMS_RELATIVE,
		    .based = true,
		    .skipped = 1 << 7,
		    .more = "OFFSET(btf_module.list)=8\nOFFSET(btf_module.btf)=40\n"
			    "OFFSET(btf.data)=16\nOFFSET(btf.data_size)=48\n"
			    "OFFSET(btf.name)=64\n" },
		  false,
		  false,
		  "the BTF of a module needs the BTF of the kernel" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct btf *btf = kernel_btf(rows[i].sizes);
		struct error err = { .message = "" };
		struct kernel *kernel;
		struct types *types;
		uint64_t size;
		uint32_t length;
		const void *raw = btf__raw_data(btf, &length);

		assert_true(length <= BTF_SIZE);
		start(&rows[i].table);
		memcpy(image.bytes + MEMORY + KERNEL_BTF, raw, length);
		put_btf(btf, rows[i].damaged);
		kernel = memory_open(NULL, NULL);
		types = kernel_module_types(kernel, "kvm", &err);
		if (!types == rows[i].found || (!types && !strstr(err.message, rows[i].why)))
			fail_msg("row %zu: %s", i, err.message);
		if (types) {
			assert_true(types_size(types, "struct of_kvm", &size));
			assert_true(size == 48);
			assert_true(types_size(types, "struct btf_module", &size));
		}
		/* the error is remembered and is returned again */
		err = (struct error){ .message = "" };
		assert_ptr_equal(kernel_module_types(kernel, "kvm", &err), types);
		assert_int_equal(err.message[0] != '\0', !types);
		assert_ptr_equal(kernel_module_types(kernel, "kvm", NULL), types);
		if (types) {
			assert_null(kernel_module_types(kernel, "kv", &err));
			assert_non_null(strstr(err.message, "no BTF of the module kv"));
			assert_null(kernel_module_types(kernel, "wild", &err));
			assert_int_equal(err.code, ERROR_UNREADABLE);
			assert_null(kernel_module_types(kernel, "kvmx", &err));
			assert_non_null(kernel_module_types(kernel, "last", &err));
			assert_ptr_equal(kernel_module_types(kernel, "kvm", &err), types);
		}
		open_close(kernel);
		btf__free(btf);
	}
}

static struct types *file_types;

static struct types *types_of_file(struct kernel *kernel, const char *module)
{
	(void)kernel;
	return strcmp(module, "kvm") ? NULL : file_types;
}

/* If there is no BTF of a module, its types come from its file. */
static void types_of_a_module_file(void **state)
{
	static const uint32_t sizes[4] = { 16, 8, 8, 8 };
	struct btf *btf = kernel_btf(sizes);
	struct kernel *kernel;
	struct error err;
	uint32_t length;
	const void *raw = btf__raw_data(btf, &length);

	(void)state;
	start(&plain);
	memcpy(image.bytes + MEMORY + KERNEL_BTF, raw, length);
	kernel = memory_open(NULL, NULL);
	kernel->module_file_types = types_of_file;
	file_types = types_open_btf((struct bytes){ raw, length });
	assert_ptr_equal(kernel_module_types(kernel, "kvm", &err), file_types);
	assert_null(kernel_module_types(kernel, "kvmx", &err));
	assert_non_null(strstr(err.message, "keeps no BTF of modules"));
	open_close(kernel);
	types_close(file_types);
	btf__free(btf);
}

/* The types of the dump give the names, offsets and sizes of members of structs. */
static void types_of_a_dump(void **state)
{
	static const uint32_t sizes[4] = { 16, 8, 8, 4 };
	struct btf *btf = kernel_btf(sizes);
	struct kernel *kernel;
	uint64_t value;
	uint32_t length;
	const void *raw = btf__raw_data(btf, &length);

	(void)state;
	for (int damaged = 0; damaged < 2; damaged++) {
		start(&plain);
		memcpy(image.bytes + MEMORY + KERNEL_BTF, raw, length);
		if (damaged)
			put(KERNEL_BTF, 0, 4);
		kernel = memory_open(NULL, NULL);
		assert_int_equal(kernel_dump_types(kernel) != NULL, !damaged);
		assert_ptr_equal(kernel_types(kernel), kernel_dump_types(kernel));
		assert_int_equal(kernel_type_size(kernel, "btf", &value), !damaged);
		if (!damaged)
			assert_true(value == 128);
		assert_int_equal(kernel_member_offset(kernel, "btf_module", "btf", &value),
				 !damaged);
		if (!damaged)
			assert_true(value == 40);
		assert_int_equal(kernel_member_place(kernel, "btf", "name", 56, &value), !damaged);
		assert_false(kernel_member_place(kernel, "btf", "name", 55, &value));
		assert_false(kernel_member_place(kernel, "btf", "nam", 0, &value));
		assert_false(kernel_type_size(kernel, "btg", &value));
		open_close(kernel);
	}
	btf__free(btf);
}

/* After a stop, a member is not called unknown. When the facts were forgotten, it is known. */
static void members_after_a_stop(void **state)
{
	static const uint32_t sizes[4] = { 16, 8, 8, 4 };
	struct btf *btf = kernel_btf(sizes);
	struct error err = { .code = ERROR_INTERRUPTED };
	unsigned int most = 0, left;
	uint32_t length;
	const void *raw = btf__raw_data(btf, &length);

	(void)state;
	for (; err.code == ERROR_INTERRUPTED; most++) {
		struct listener listener = { .stop = stop_after, .arg = &left };
		struct kernel *kernel;

		start(&plain);
		memcpy(image.bytes + MEMORY + KERNEL_BTF, raw, length);
		kernel = memory_open(NULL, NULL);
		kernel->listener = &listener;
		err = (struct error){ .code = ERROR_NONE };
		left = most;
		if (!kernel_member(kernel, TASK_TASKS, &err))
			assert_int_equal(err.code, ERROR_INTERRUPTED);
		left = UINT32_MAX;
		facts_forget(kernel->facts);
		states_forget(kernel->states);
		assert_non_null(kernel_member(kernel, TASK_TASKS, NULL));
		open_close(kernel);
	}
	assert_in_range(most, 3, 10000);
	btf__free(btf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_after_a_stop),
		cmocka_unit_test(types_of_modules),
		cmocka_unit_test(types_of_a_module_file),
		cmocka_unit_test(types_of_a_dump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
