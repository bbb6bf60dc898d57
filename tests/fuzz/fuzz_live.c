/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory of the running machine. The first byte chooses /proc/kcore, of which only the start is in
 * memory, or /dev/mem, whose size is unknown. The second byte is a number, and 16 times as many
 * bytes are the content of /proc/iomem and /sys/kernel/vmcoreinfo. */
#include "memory.h"

static const uint8_t *told;
static size_t told_size;

FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);

FILE *__wrap_fopen(const char *path, const char *mode)
{
	if (strcmp(path, "/proc/iomem") != 0 && strcmp(path, "/sys/kernel/vmcoreinfo") != 0)
		return __real_fopen(path, mode);
	return told_size ? fmemopen((void *)told, told_size, mode) : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	uint64_t first = take(&input, 1);
	struct file file;

	told = input.data;
	told_size = (first >> 1) % 16 * 16;
	if (told_size >= input.size)
		return 0;
	if (!open_bytes(&file, input.data + told_size, input.size - told_size))
		return 0;
	if (first & 1) {
		munmap((void *)file.bytes.data, file.bytes.size);
		file.bytes = (struct bytes){ 0 };
		file.memory_device = true;
	} else {
		file.start_only = true;
	}
	try_dump(dump_open_parts(&file, 1, listen(), NULL));
	return 0;
}
