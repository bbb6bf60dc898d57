/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* What a column shows of a value. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "kernel/kernel.h"
#include "kernel/percpu.h"
#include "linux/task/task.h"
#include "linux/vma/vma.h"
#include "listing/listing_net.h"
#include "listing/listing_run.h"
#include "symbols/symbol_lookup.h"

static void set_number(struct listing_cell *cell, enum cell_kind kind, uint64_t number)
{
	cell->kind = kind;
	cell->number = number;
}

/* The text of an array, or at a pointer. */
static bool read_text(const struct value_memory *memory, const struct value *value,
		      struct listing_cell *cell, struct error *err)
{
	struct ctype_facts facts = ctype_describe(&value->type);
	uint64_t address;
	size_t length;

	cell->kind = CELL_TEXT;
	if (facts.kind == CTYPE_ARRAY) {
		if (!value_text(memory, value, &facts, cell->text, sizeof(cell->text) - 1, &length))
			return value_read(memory, value->address, cell->text, 1, err) &&
			       fail(err, ERROR_FORMAT, "no text is at %" PRIx64, value->address);
		cell->text[length] = '\0';
		return true;
	}
	if (!value_as_address(memory, value, &address, err))
		return false;
	if (!address)
		cell->kind = CELL_NONE;
	return !address ||
	       kernel_read_string(memory->kernel, address, cell->text, sizeof(cell->text), err);
}

/* As in /proc: "NAME+OFFSET", and the module. Without a symbol, the address. */
static void read_symbol(struct kernel *kernel, uint64_t address, struct listing_cell *cell)
{
	struct kernel_symbol symbol;

	if (!address || !symbol_lookup_at(kernel->symbols, address, &symbol, NULL)) {
		set_number(cell, address ? CELL_HEX : CELL_NONE, address);
		return;
	}
	cell->kind = CELL_TEXT;
	snprintf(cell->text, sizeof(cell->text), "%s", symbol.name);
	if (address > symbol.address)
		text_append(cell->text, sizeof(cell->text), "+0x%" PRIx64,
			    address - symbol.address);
	if (symbol.module)
		text_append(cell->text, sizeof(cell->text), " [%s]", symbol.module);
}

/* The path of a mount, a struct file or a dentry, or at a pointer to one. */
static bool read_path(const struct value_memory *memory, const struct value *value,
		      struct listing_cell *cell, struct error *err)
{
	struct ctype_facts facts = ctype_describe(&value->type);
	const char *name;
	uint64_t address;

	if (!value_as_address(memory, value, &address, err))
		return false;
	if (facts.kind == CTYPE_POINTER)
		facts = ctype_describe(&facts.target);
	name = facts.name;
	cell->kind = address ? CELL_TEXT : CELL_NONE;
	if (!address)
		return true;
	if (!strcmp(name, "mount"))
		return vma_mount_path(memory->kernel, address, cell->text, err);
	if (!strcmp(name, "file"))
		return vma_file_path(memory->kernel, address, cell->text, err);
	if (!strcmp(name, "dentry"))
		return vma_dentry_path(memory->kernel, address, cell->text, err);
	return fail(err, ERROR_USAGE, "a %s has no path: a mount, file or dentry has one", name);
}

/* The CPUs of a struct cpumask, as printf() of the kernel has them ("%*pbl"). */
static bool read_cpus(const struct value_memory *memory, uint64_t address,
		      struct listing_cell *cell, struct error *err)
{
	struct cpu_set cpus, possible;
	uint64_t size;

	if (!kernel_possible_cpus(memory->kernel, &possible, err) ||
	    !kernel_type_size(memory->kernel, "cpumask", &size) ||
	    !kernel_read_cpus(memory->kernel, address, (size_t)size, &cpus, err))
		return false;
	/* A mask that was allocated has room for the possible CPUs only. */
	for (size_t i = 0; i < sizeof(cpus.mask) / sizeof(*cpus.mask); i++)
		cpus.mask[i] &= possible.mask[i];
	cell->kind = CELL_TEXT;
	cell->text[0] = '\0';
	for (unsigned int cpu = 0, last; cpu_set_next(&cpus, &cpu); cpu = last + 1) {
		for (last = cpu; cpu_set_has(&cpus, last + 1);)
			last++;
		text_append(cell->text, sizeof(cell->text), last > cpu ? "%s%u-%u" : "%s%u",
			    *cell->text ? "," : "", cpu, last);
	}
	return true;
}

/* --- tasks --- */

/* The task at an address. A process in poll() waits with a poll_wqueues, which points to it. */
static bool read_task(const struct value_memory *memory, enum column_kind kind, uint64_t address,
		      struct listing_cell *cell, struct error *err)
{
	const struct task_list *list = task_all(memory->kernel, err);
	const struct task *task = list ? task_of_address(list, address) : NULL;
	struct value value;
	struct ctype type;

	if (!list)
		return false;
	if (!task && value_type(memory->kernel, "struct poll_wqueues", &type, NULL)) {
		value = value_at(type, address);
		if (value_path(memory, &value, "polling_task", &value, NULL) &&
		    value_number(memory, &value, &address, NULL))
			task = task_of_address(list, address);
	}
	if (!task)
		return true;
	set_number(cell, kind == COLUMN_PID ? CELL_SIGNED : CELL_TEXT, (uint64_t)task->pid);
	snprintf(cell->text, sizeof(cell->text), "%s", task->comm);
	return true;
}

/* --- signals --- */

/* include/uapi/asm-generic/signal.h, which all architectures use that kwalk knows. */
static void name_signal(uint64_t number, struct listing_cell *cell)
{
	static const char names[][8] = {
		"HUP",	"INT",	  "QUIT", "ILL",   "TRAP", "ABRT", "BUS",  "FPE",
		"KILL", "USR1",	  "SEGV", "USR2",  "PIPE", "ALRM", "TERM", "STKFLT",
		"CHLD", "CONT",	  "STOP", "TSTP",  "TTIN", "TTOU", "URG",  "XCPU",
		"XFSZ", "VTALRM", "PROF", "WINCH", "IO",   "PWR",  "SYS",
	};

	cell->kind = CELL_TEXT;
	if (number && number <= sizeof(names) / sizeof(names[0]))
		snprintf(cell->text, sizeof(cell->text), "SIG%s", names[number - 1]);
	else if (number >= 32 && number <= 64)
		snprintf(cell->text, sizeof(cell->text), "SIGRTMIN+%u", (unsigned int)number - 32);
	else
		set_number(cell, CELL_UNSIGNED, number);
}

static void name_handler(uint64_t address, struct listing_cell *cell)
{
	set_number(cell, address > 1 ? CELL_HEX : CELL_TEXT, address);
	strcpy(cell->text, address ? "SIG_IGN" : "SIG_DFL");
}

/* --- all kinds --- */

static bool read_value(const struct value_memory *memory, const struct value *value,
		       struct listing_cell *cell, struct error *err)
{
	struct ctype_facts facts = ctype_describe(&value->type);
	const char *name = NULL;

	if (facts.kind == CTYPE_ARRAY)
		return read_text(memory, value, cell, err);
	if (!value_number(memory, value, &cell->number, err))
		return false;
	if (facts.kind == CTYPE_ENUM)
		/* As in crash: NR_LRU_BASE and similar names stand before the names of counters. */
		name = ctype_enumerator_of(&value->type, cell->number, true);
	cell->kind = name			 ? CELL_TEXT :
		     facts.kind == CTYPE_POINTER ? CELL_HEX :
		     facts.kind == CTYPE_BOOL	 ? CELL_BOOL :
		     facts.is_signed		 ? CELL_SIGNED :
						   CELL_UNSIGNED;
	if (name)
		snprintf(cell->text, sizeof(cell->text), "%s", name);
	return true;
}

/* Reads a number without its sign. */
static bool read_bits(const struct value_memory *memory, const struct value *value,
		      uint64_t *number, struct error *err)
{
	uint64_t size = ctype_describe(&value->type).size;

	if (!value_number(memory, value, number, err))
		return false;
	if (size < sizeof(*number))
		*number &= (UINT64_C(1) << 8 * size) - 1;
	return true;
}

static void name_number(enum column_kind kind, uint64_t number, struct listing_cell *cell)
{
	switch (kind) {
	case COLUMN_FAMILY: net_family(number, cell); break;
	case COLUMN_SOCK_STATE: net_sock_state(number, cell); break;
	case COLUMN_SIGNAL: name_signal(number, cell); break;
	case COLUMN_HANDLER: name_handler(number, cell); break;
	default:
		cell->kind = CELL_TEXT;
		snprintf(cell->text, sizeof(cell->text), "%" PRIo64, number);
	}
}

static bool read_kind(const struct value_memory *memory, enum column_kind kind,
		      const struct value *value, struct listing_cell *cell, struct error *err)
{
	uint64_t number;

	switch (kind) {
	case COLUMN_TEXT: return read_text(memory, value, cell, err);
	case COLUMN_PATH: return read_path(memory, value, cell, err);
	case COLUMN_ADDRESSES: return net_addresses(memory, value, cell, err);
	case COLUMN_LOCAL: return net_local(memory, value, cell, err);
	case COLUMN_REMOTE: return net_remote(memory, value, cell, err);
	case COLUMN_ADDRESS:
	case COLUMN_SYMBOL:
		if (!value_as_address(memory, value, &number, err))
			return false;
		if (kind == COLUMN_SYMBOL)
			read_symbol(memory->kernel, number, cell);
		else
			set_number(cell, number ? CELL_HEX : CELL_NONE, number);
		return true;
	case COLUMN_HEX:
	case COLUMN_SECONDS:
		cell->kind = kind == COLUMN_HEX ? CELL_HEX : CELL_SECONDS;
		return read_bits(memory, value, &cell->number, err);
	case COLUMN_CPUS:
		return value_as_address(memory, value, &number, err) &&
		       read_cpus(memory, number, cell, err);
	case COLUMN_PID:
	case COLUMN_COMM:
		return value_as_address(memory, value, &number, err) &&
		       read_task(memory, kind, number, cell, err);
	case COLUMN_FAMILY:
	case COLUMN_SOCK_STATE:
	case COLUMN_OCTAL:
	case COLUMN_SIGNAL:
	case COLUMN_HANDLER:
		if (!read_bits(memory, value, &number, err))
			return false;
		name_number(kind, number, cell);
		return true;
	default: return read_value(memory, value, cell, err);
	}
}

bool listing_cell_read(const struct value_memory *memory, enum column_kind kind, const char *text,
		       struct listing_cell *cell, struct error *err)
{
	struct value value;

	cell->kind = CELL_NONE;
	if (kind == COLUMN_NONE || (value_expression(memory, text, &value, err) &&
				    read_kind(memory, kind, &value, cell, err)))
		return true;
	if (err->code == ERROR_UNKNOWN || err->code == ERROR_USAGE)
		return false;
	cell->kind = value_is_null(err) ? CELL_NONE : CELL_UNREADABLE;
	cell->why = *err;
	return true;
}
