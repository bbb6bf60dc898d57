/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/crash/signature.h"

#include <string.h>

#include "symbols/symbol_lookup.h"
#include "dump/dump.h"
#include "kernel/kernel.h"

/* Continues *hash, a 64-bit FNV-1a, with the text and its NUL. */
static void add_to_hash(uint64_t *hash, const char *text)
{
	do {
		*hash = (*hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
	} while (*text++);
}

static void hash_all(struct signature *signature)
{
	const struct trace *trace = &signature->trace;

	signature->hash = UINT64_C(0xcbf29ce484222325);
	add_to_hash(&signature->hash, signature->title);
	add_to_hash(&signature->hash, trace->function);
	for (size_t i = 0; i < trace->nr_frames; i++)
		add_to_hash(&signature->hash, trace->frame[i]);
}

/* Finds the function using the registers of the CPU that panicked. Used if the log does not name
 * the function. Registers that QEMU saved (nr_cpus is not 0) do not show the function, because QEMU
 * saved them when panic() was already waiting for a reboot. */
static void function_by_registers(struct kernel *kernel, const struct panic *panic,
				  char function[FUNCTION_NAME])
{
	const struct cpu_run *run = panic_run(panic);
	struct kernel_symbol symbol;

	if (!run || !run->has_registers || kernel->dump->nr_cpus ||
	    !symbol_lookup_at(kernel->symbols, run->registers.value[CPU_IP], &symbol, NULL))
		return;
	function_name(symbol.name, strcspn(symbol.name, "."), function);
	if (function_is_machinery(function))
		*function = '\0';
}

/* After a jump to a wild address, the log may contain only doubtful callers: addresses that may be
 * left on the stack from earlier calls. Uses these callers, because without callers all such
 * crashes would have the same signature. */
static void use_guesses(struct signature *signature)
{
	struct trace *trace = &signature->trace;

	if (trace->nr_frames || !trace->nr_guesses || (trace->has_callers && *trace->function))
		return;
	memcpy(trace->frame, trace->guess, sizeof(trace->frame));
	trace->nr_frames = trace->nr_guesses;
	signature->guessed = true;
}

bool signature_of(struct kernel *kernel, const struct panic *panic, struct signature *signature)
{
	bool by_report = panic_by_report(panic);

	*signature = (struct signature){ .trace = panic->trace };
	if (panic->end != END_PANIC)
		return false;
	signature_title(by_report ? panic->report : panic->message, signature->title,
			sizeof(signature->title));
	if (!*signature->trace.function)
		function_by_registers(kernel, panic, signature->trace.function);
	use_guesses(signature);
	hash_all(signature);
	return *signature->title || *signature->trace.function;
}
