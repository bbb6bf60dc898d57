/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "answers/signature.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "areas/symbol_lookup.h"
#include "kernel/kernel.h"
#include "log/log.h"

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

bool signature_function(const char *text, char name[SIGNATURE_NAME])
{
	size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789_$.");
	size_t plain = length ? 1 + strcspn(text + 1, ".+") : 0;
	const char *end = text + length;
	char module[64] = "";

	if (!length || isdigit((unsigned char)*text) ||
	    strncmp(end, "+0x", 3) != 0)
		return false;
	end += 3 + strspn(end + 3, "0123456789abcdef");
	if (strncmp(end, "/0x", 3) != 0)
		return false;
	end += 3 + strspn(end + 3, "0123456789abcdef");
	/* Since 5.18 a build-id may follow the module's name. */
	sscanf(end, " [%63[A-Za-z0-9_-]", module);
	/* What the compiler made of a function keeps its name: foo.isra.0, foo.cold. */
	snprintf(name, SIGNATURE_NAME, "%.*s%s%s%s",
		 (int)(plain < length ? plain : length), text,
		 *module ? " [" : "", module, *module ? "]" : "");
	return true;
}

/* --- the log --- */

// clang-format off
/* Messages of panic() that end what another report began. */
static const char *const generic[] = {
	"Fatal exception", "Aiee, killing interrupt handler", "Attempted to kill",
	"hung_task: ", "softlockup: ", "Hard LOCKUP", "Watchdog detected",
	"panic_on_warn", "Oops", "Fatal machine check", "kernel: panic_on_warn",
};
/* Functions that print a report, or lead there: the one that called them is meant. */
static const char *const machinery[] = {
	"__bad_area", "__bad_area_nosemaphore", "__crash_kexec", "__die", "__die_body",
	"__do_page_fault", "__schedule", "__warn", "async_page_fault", "bad_area",
	"bad_area_nosemaphore", "crash_kexec", "die", "die_addr", "do_error_trap",
	"do_exit", "do_general_protection", "do_group_exit", "do_invalid_op",
	"do_page_fault", "do_trap", "do_user_addr_fault", "dump_stack", "dump_stack_lvl",
	"error_code", "fixup_bug", "general_protection", "handle_bug", "invalid_op",
	"kernelmode_fixup_or_oops", "machine_kexec", "make_task_dead", "no_context",
	"nmi_panic", "oops_end", "page_fault", "page_fault_oops", "panic",
	"report_bug", "rewind_stack_and_make_dead", "rewind_stack_do_exit", "schedule",
	"schedule_timeout", "show_stack", "show_trace", "show_trace_log_lvl", "vpanic",
	"warn_slowpath_common", "warn_slowpath_fmt", "warn_slowpath_null",
};
// clang-format on

static bool is_generic(const char *message)
{
	for (size_t i = 0; i < sizeof(generic) / sizeof(*generic); i++)
		if (!strncmp(message, generic[i], strlen(generic[i])))
			return true;
	return false;
}

static bool is_machinery(const char *function)
{
	if (!strncmp(function, "exc_", 4) || !strncmp(function, "asm_exc_", 8))
		return true;
	for (size_t i = 0; i < sizeof(machinery) / sizeof(*machinery); i++)
		if (!strcmp(function, machinery[i]))
			return true;
	return false;
}

struct search {
	struct signature *signature;
	const char *
		start; /* the line that the trace belongs to: its first bytes */
	bool started, in_trace;
};

/* Past the address of old kernels, "[<ffffffff81000000>]", if the text begins with one. */
static const char *skip_address(const char *text)
{
	if (!strncmp(text, "[<", 2)) {
		text += strcspn(text, "]");
		text += *text == ']';
	}
	return text + strspn(text, " ");
}

/* Where a report says that it happened: "RIP: 0010:foo+0x1a/0x40", "EIP is at foo+...",
 * "IP: [<ffffffff81000000>] foo+...". */
static const char *text_of_place(const char *text)
{
	static const char *const starts[] = { "RIP: ", "EIP: ", "RIP ",
					      "EIP is at ", "IP: " };

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (!strncmp(text, starts[i], strlen(starts[i]))) {
			text += strlen(starts[i]);
			text += strspn(text, "0123456789abcdef");
			text += *text == ':';
			return skip_address(text);
		}
	return NULL;
}

static void take_frame(struct signature *signature, const char *function)
{
	if (!*signature->function) {
		if (!is_machinery(function))
			strcpy(signature->function, function);
	} else if (signature->nr_frames < SIGNATURE_FRAMES &&
		   /* the place of the report is the trace's first line, too */
		   (signature->nr_frames ||
		    strcmp(signature->function, function) != 0) &&
		   !is_machinery(function)) {
		strcpy(signature->frame[signature->nr_frames++], function);
	}
}

/* A line of a trace: " [<ffffffff81000000>] ? foo+0x1a/0x40 [module]", of which each part
 * but the function may lack, or a mark such as " <TASK>". False: another line. */
static bool read_trace(struct search *search, const char *text)
{
	char function[SIGNATURE_NAME];

	text = skip_address(text + strspn(text, " "));
	if (*text == '<' || *text == '?' || !*text)
		return true;
	if (!signature_function(text, function))
		return false;
	take_frame(search->signature, function);
	return true;
}

static void start(struct search *search)
{
	struct signature *signature = search->signature;

	search->started = true;
	search->in_trace = false;
	signature->function[0] = '\0';
	signature->nr_frames = 0;
}

static bool visit(void *arg, const struct log_record *record)
{
	struct search *search = arg;
	struct signature *signature = search->signature;
	const char *text = record->text, *place;
	char function[SIGNATURE_NAME];

	if (record->has_time) {
		signature->has_uptime = true;
		signature->uptime = record->ts_nsec;
	}
	if (record->has_level && record->facility != LOG_KERNEL)
		return true;
	if (!strncmp(text, search->start, strlen(search->start))) {
		start(search);
	} else if (!search->started) {
		return true;
	} else if ((place = text_of_place(text)) && !*signature->function &&
		   signature_function(place, function)) {
		strcpy(signature->function, function);
	} else if (!strncmp(text, "Call Trace:", 11) && !signature->nr_frames) {
		search->in_trace = true;
	} else if (search->in_trace) {
		search->in_trace = read_trace(search, text);
	}
	return true;
}

/* --- all of it --- */

/* 64-bit FNV-1a, a NUL after each text. */
static void add_to_hash(uint64_t *hash, const char *text)
{
	do {
		*hash = (*hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
	} while (*text++);
}

static void hash_all(struct signature *signature)
{
	signature->hash = UINT64_C(0xcbf29ce484222325);
	add_to_hash(&signature->hash, signature->title);
	add_to_hash(&signature->hash, signature->function);
	for (size_t i = 0; i < signature->nr_frames; i++)
		add_to_hash(&signature->hash, signature->frame[i]);
}

bool kernel_signature(struct kernel *kernel, const struct panic *of,
		      struct signature *signature, struct error *err)
{
	bool by_report =
		*of->report && (!*of->message || is_generic(of->message));
	struct search search = {
		.signature = signature,
		.start =
			by_report ? of->report : "Kernel panic - not syncing: ",
	};
	const struct cpu_run *run = panic_run(of);
	struct damages damages = { .nr = 0 }; /* kernel_panic() told them */
	struct kernel_symbol symbol;
	struct error why;

	*signature = (struct signature){ 0 };
	signature_title(by_report ? of->report : of->message, signature->title,
			sizeof(signature->title));
	if (!kernel_log(kernel, visit, &search, &damages, &why) &&
	    why.code == ERROR_INTERRUPTED) {
		*err = why;
		return false;
	}
	if (of->end != END_PANIC)
		return false;
	if (!*signature->function && run && run->has_registers &&
	    kernel_symbol_at(kernel, run->registers.value[CPU_IP], &symbol,
			     NULL))
		snprintf(signature->function, SIGNATURE_NAME, "%.*s",
			 (int)strcspn(symbol.name, "."), symbol.name);
	hash_all(signature);
	return *signature->title || *signature->function;
}
