/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input is a vmlinux, a boot image, a System.map or the file of a module, which is used with the
 * dump in FUZZ_DUMP. */
#include "ask.h"
#include "mutate.h"

#include "dump/dump.h"
#include "dump/formats/formats.h"
#include "debuginfo/debug_file.h"
#include "debuginfo/ko_file.h"
#include "debuginfo/lines.h"
#include "kernel/kernel.h"
#include "open/open.h"

static const char *dump_path;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	dump_path = fuzz_file("FUZZ_DUMP", "dump-i386");
	return 0;
}

static struct vmlinux *vmlinux_of_bytes(const uint8_t *data, size_t size)
{
	struct error err;
	struct file file;

	if (!open_bytes(&file, data, size))
		return NULL;
	if (vmlinux_probe(&file))
		return vmlinux_open(&file, &err);
	file_close(&file);
	return NULL;
}

/* Asks for lines in the file of a module, as if it belonged to a dump. */
static void ask_module(struct ko_file *module, struct input *rest)
{
	struct inlined_function functions[MOST_INLINED];
	struct kernel_symbol symbol;
	struct code_line line;
	GElf_Shdr header;
	struct error err;

	for (int i = 0; i < 16; i++) {
		uint64_t linked = (1 << 20) + take(rest, 2);

		if (symbols_at(module->symbols, linked, &symbol))
			PROMISED(ko_file_is_code(module, &symbol) || symbol.name);
		ko_file_section(module, linked, &header);
		if (ko_file_line(module, linked, NULL, &line, &err))
			PROMISED(line.line);
		ko_file_inlined(module, linked, NULL, functions);
	}
}

static struct ko_file *module_of_bytes(const uint8_t *data, size_t size)
{
	struct error err;
	struct file file;

	if (!open_bytes(&file, data, size))
		return NULL;
	if (ko_file_probe(&file))
		return ko_file_open(&file, NULL, &err);
	file_close(&file);
	return NULL;
}

static bool count_name(const char *name, void *arg)
{
	size_t *total = arg;

	*total += strlen(name);
	return true;
}

static void ask_symbols(struct vmlinux *vmlinux, struct input *rest)
{
	struct symbols *symbols = vmlinux->symbols;
	struct kernel_symbol symbol, found;
	size_t total = 0;

	if (!symbols)
		return;
	symbols_complete(symbols, "", count_name, &total);
	for (int i = 0; i < 16; i++) {
		if (!symbols_at(symbols, take(rest, 8), &symbol))
			continue;
		PROMISED(symbol.name);
		symbols_find(symbols, symbol.name, &found);
		symbols_room(symbols, symbol.address);
		vmlinux_covers(vmlinux, symbol.address);
		vmlinux_content(vmlinux, symbol.address, 16);
		if (symbols_before(symbols, take(rest, 8), &symbol)) {
			PROMISED(symbol.name);
			vmlinux_same_section(vmlinux, symbol.address, symbol.address + 1);
		}
	}
}

enum { MOST_ASKED = 64 };

struct asked {
	uint64_t address[MOST_ASKED];
	size_t nr;
};

static bool add_asked(const struct kernel_symbol *symbol, void *arg)
{
	struct asked *asked = arg;

	asked->address[asked->nr++] = symbol->address;
	return asked->nr < MOST_ASKED;
}

/* Asks for the lines of symbols one after the other, twice. */
static void ask_lines(const struct vmlinux *vmlinux)
{
	struct lines *lines = vmlinux->elf ? lines_open(vmlinux->elf, vmlinux->file.fd) : NULL;
	struct asked asked = { .nr = 0 };
	struct code_line line;

	if (lines && vmlinux->symbols)
		symbols_each(vmlinux->symbols, NULL, NULL, add_asked, &asked);
	for (size_t i = 0; i < 2 * asked.nr; i++)
		if (lines_find(lines, asked.address[i % asked.nr], NULL, &line))
			PROMISED(line.line);
	lines_close(lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct opening opening = {
		.paths = &dump_path,
		.nr_paths = 1,
		.vmlinux = vmlinux_of_bytes(data, size),
		.modules = module_of_bytes(data, size),
		.listener = listen(),
		.debug_path = "",
	};
	struct input rest = { data + size - (size < 128 ? size : 128), size < 128 ? size : 128 };
	struct input again = rest;

	if (!opening.vmlinux && !opening.modules)
		return 0;
	if (opening.modules)
		ask_module(opening.modules, &rest);
	/* Links to debug files are read, but the files do not exist. */
	if (opening.vmlinux) {
		debug_file_search(opening.vmlinux, "/nonexistent");
		ask_symbols(opening.vmlinux, &rest);
		ask_lines(opening.vmlinux);
	}
	ask_all(&opening, &again);
	return 0;
}
