/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdb/monitor.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/printable.h"
#include "kernel/arch.h"
#include "output/output.h"
#include "output/say.h"
#include "cli/command.h"
#include "debuginfo/vmlinux.h"

/* Sends text to gdb's console, as packets that consist of the letter O and hexadecimal digits. */
static void gdb_monitor_print(void *arg, const char *data, size_t size)
{
	enum { PIECE = 2048 };
	struct packet_line *line = arg;
	char text[1 + 2 * PIECE];

	while (size) {
		size_t piece = size < PIECE ? size : PIECE;

		text[0] = 'O';
		packet_send(line, text, 1 + hex_put(text + 1, data, piece));
		data += piece;
		size -= piece;
	}
}

void monitor_print(struct packet_line *line, const char *text)
{
	char clean[5120];
	size_t size = strnlen(text, sizeof(clean) - 1);

	memcpy(clean, text, size);
	size = printable_clean(clean, size);
	clean[size++] = '\n';
	gdb_monitor_print(line, clean, size);
}

bool monitor_offset(struct kernel *kernel, uint64_t *offset, uint64_t *segment)
{
	const struct vmlinux *vmlinux = kernel->vmlinux;

	if (!vmlinux || kernel->identity->match == VMLINUX_DIFFERS ||
	    !vmlinux_first_segment(vmlinux_of_symbols(vmlinux), segment) ||
	    !kernel_fact(kernel, FACT_KASLR_OFFSET, offset))
		return false;
	*offset &= kernel->arch->address_mask;
	return true;
}

/* Prints the command symbol-file with the offset, for users whose gdb has not asked for the
 * offset. */
static void print_symbol_file(struct kernel *kernel, struct packet_line *line)
{
	const struct vmlinux *vmlinux = kernel->vmlinux;
	uint64_t offset, segment;
	char text[4608];

	if (!monitor_offset(kernel, &offset, &segment)) {
		monitor_print(line,
			      !vmlinux ?
				      "kwalk: symbol-file: there is no vmlinux" :
			      kernel->identity->match == VMLINUX_DIFFERS ?
				      "kwalk: symbol-file: vmlinux is of another kernel" :
				      "kwalk: symbol-file: the address of the kernel is unknown");
		return;
	}
	snprintf(text, sizeof(text), "symbol-file -o 0x%" PRIx64 " %s", offset,
		 vmlinux_of_symbols(vmlinux)->file.path);
	monitor_print(line, text);
}

void monitor_run(struct session *session, struct packet_line *line, const char *text)
{
	if (!strcmp(text, "symbol-file")) {
		print_symbol_file(session->kernel, line);
		return;
	}
	output_sink(session->output, gdb_monitor_print, line);
	say_into(gdb_monitor_print, line);
	session_run_text(session, text);
	output_end_rows(session->output);
	output_flush(session->output);
	say_into(NULL, NULL);
}
