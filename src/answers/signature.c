/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "answers/signature.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "areas/symbol_lookup.h"
#include "base/text.h"

/* --- texts without what differs between boots --- */

/* Length of the number that text starts with; 0: none. A word of hexadecimal digits is
 * one from four characters on, if it has a digit. */
static size_t number_length(const char *text)
{
	size_t hex = strspn(text, "0123456789abcdefABCDEF");
	size_t decimal = strspn(text, "0123456789");

	if (text[0] == '0' && (text[1] | 0x20) == 'x')
		return 2 + strspn(text + 2, "0123456789abcdefABCDEF");
	if (hex >= 4 && strcspn(text, "0123456789") < hex &&
	    !isalnum((unsigned char)text[hex]) && text[hex] != '_')
		return hex;
	return decimal;
}

void signature_title(const char *text, char *to, size_t size)
{
	size_t at = 0, skip;
	bool in_word = false;

	while (*text && at + 1 < size) {
		const char *close = *text == '[' ? strchr(text, ']') : NULL;

		skip = in_word ? 0 : number_length(text);
		if (close)
			skip = (size_t)(close - text) + 1;
		in_word = !skip &&
			  (isalnum((unsigned char)*text) || *text == '_');
		to[at++] = skip ? '#' : *text;
		text += skip ? skip : 1;
	}
	to[at] = '\0';
}

/* --- all of it --- */

// clang-format off
/* Messages of panic() that end what another report began. */
static const char *const generic[] = {
	"Fatal exception", "Aiee, killing interrupt handler", "Attempted to kill",
	"hung_task: ", "softlockup: ", "Hard LOCKUP", "Watchdog detected",
	"panic_on_warn", "Oops", "Fatal machine check", "kernel: panic_on_warn",
};
// clang-format on

/* 64-bit FNV-1a, a NUL after each text. */
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

/* Where the log does not tell the function, the registers may. */
static void function_by_registers(struct kernel *kernel,
				  const struct panic *panic,
				  char function[TRACE_NAME])
{
	const struct cpu_run *run = panic_run(panic);
	struct kernel_symbol symbol;

	if (run && run->has_registers &&
	    kernel_symbol_at(kernel, run->registers.value[CPU_IP], &symbol,
			     NULL))
		snprintf(function, TRACE_NAME, "%.*s",
			 (int)strcspn(symbol.name, "."), symbol.name);
}

bool kernel_signature(struct kernel *kernel, const struct panic *panic,
		      struct signature *signature)
{
	bool by_report = *panic->report &&
			 (!*panic->message ||
			  after_any(panic->message, generic,
				    sizeof(generic) / sizeof(*generic)));

	*signature = (struct signature){
		.trace = by_report ? panic->report_trace : panic->message_trace,
	};
	if (panic->end != END_PANIC)
		return false;
	signature_title(by_report ? panic->report : panic->message,
			signature->title, sizeof(signature->title));
	if (!*signature->trace.function)
		function_by_registers(kernel, panic, signature->trace.function);
	hash_all(signature);
	return *signature->title || *signature->trace.function;
}
