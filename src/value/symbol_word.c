/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "value/symbol_word.h"

#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linux/percpu_area.h"
#include "base/array.h"
#include "base/sort.h"
#include "base/text.h"
#include "kernel/kernel.h"
#include "linux/module/made_code.h"
#include "linux/module/module_lines.h"
#include "debuginfo/lines.h"
#include "base/number.h"
#include "types/types.h"

/* --- reading --- */

static bool read_cpu(const char *text, int *cpu)
{
	size_t digits = strspn(text, "0123456789");

	if (!strcmp(text, "all") || !strcmp(text, "a")) {
		*cpu = ALL_CPUS;
		return true;
	}
	if (!digits || digits > 9 || text[digits])
		return false;
	*cpu = atoi(text);
	return true;
}

bool symbol_word_parse(struct symbol_word *word, const char *text, struct error *err)
{
	struct piece piece = piece_unwrap(text);
	size_t size = (size_t)(piece.end - piece.at);
	char *at;

	if (size >= sizeof(word->text))
		return fail(err, ERROR_USAGE, "symbol names are shorter than %d bytes",
			    SYMBOL_NAME_MAX);
	memcpy(word->text, piece.at, size);
	word->text[size] = '\0';
	word->module = word->file = NULL;
	word->name = word->text;
	word->cpu = NO_CPU;
	at = strrchr(word->text, ':');
	if (at && read_cpu(at + 1, &word->cpu))
		*at = '\0';
	at = strchr(word->text, '@');
	if (at && at > word->text) {
		*at = '\0';
		word->file = at + 1;
	}
	at = strchr(word->text, ':');
	if (at) {
		*at = '\0';
		word->module = word->text;
		word->name = at + 1;
	}
	if (!*word->name || *word->name == ':')
		return fail(
			err, ERROR_USAGE,
			"the name of a symbol is missing after the colon (annotate explains whole lines of an oops)");
	return true;
}

/* --- lists --- */

bool symbol_list_add(const struct kernel_symbol *symbol, void *arg)
{
	struct symbol_list *list = arg;

	return array_add(&list->symbol, &list->nr, &list->room, symbol, sizeof(*symbol));
}

/* A symbol to be sorted. Items of this size are sorted faster than whole symbols. */
struct sorted_symbol {
	uint64_t address;
	const struct kernel_symbol *symbol;
};

/* Sorts by address, then symbols of the image before symbols of modules, then by name. */
static int compare_symbols(const void *one, const void *two)
{
	const struct sorted_symbol *a = one, *b = two;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	if (!a->symbol->module != !b->symbol->module)
		return a->symbol->module ? 1 : -1;
	return strcmp(a->symbol->name, b->symbol->name);
}

bool symbol_list_sort(struct symbol_list *list, const struct listener *listener)
{
	struct sorted_symbol *order = calloc(list->nr + 1, sizeof(*order));
	struct kernel_symbol *sorted = calloc(list->nr + 1, sizeof(*sorted));
	bool done = order && sorted;

	for (size_t i = 0; done && i < list->nr; i++)
		order[i] = (struct sorted_symbol){ list->symbol[i].address, &list->symbol[i] };
	done = done && sort_items(order, list->nr, sizeof(*order), compare_symbols, listener);
	for (size_t i = 0; done && i < list->nr; i++)
		sorted[i] = *order[i].symbol;
	if (done) {
		free(list->symbol);
		list->symbol = sorted;
		list->room = list->nr + 1;
	} else {
		free(sorted);
	}
	free(order);
	return done;
}

static void merge_equal(struct symbol_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->nr; i++)
		if (!kept || list->symbol[kept - 1].address != list->symbol[i].address)
			list->symbol[kept++] = list->symbol[i];
	list->nr = kept;
}

/* Returns true if path ends with file, and file begins at the start of the name of a file or
 * folder. */
static bool is_end_of_path(const char *path, const char *file)
{
	size_t length = strlen(path), wanted = strlen(file);

	return wanted <= length && !strcmp(path + length - wanted, file) &&
	       (wanted == length || path[length - wanted - 1] == '/');
}

static bool is_of_file(struct kernel *kernel, const struct kernel_symbol *symbol, const char *file)
{
	const char *own = kernel_symbol_file(kernel, symbol);
	struct code_line line;

	return (own && !strcmp(own, file)) ||
	       (module_line(kernel, symbol->address, &line) &&
		(is_end_of_path(line.path, file) || is_end_of_path(line.unit, file)));
}

static void keep_those_of_file(struct kernel *kernel, const char *file, struct symbol_list *list)
{
	size_t kept = 0;

	/* Finding the file of a symbol takes time, because all names before the symbol are read, so
	 * the user may stop this. */
	for (size_t i = 0; i < list->nr && !kernel_stopped(kernel); i++)
		if (is_of_file(kernel, &list->symbol[i], file))
			list->symbol[kept++] = list->symbol[i];
	list->nr = kept;
}

/* --- similar names --- */

enum { MOST_NEAR = 3, NEAR = 2 }; /* NEAR: how many letters of a similar name may differ */

struct near {
	const char *wanted, *name[MOST_NEAR];
	unsigned int distance; /* of all these names; NEAR: there may be none */
	size_t nr;
};

/* Keeps the symbol if no other name is nearer. Among equally near names, the first are kept. */
static bool keep_near(const struct kernel_symbol *symbol, void *arg)
{
	struct near *near = arg;
	unsigned int distance = text_distance(near->wanted, symbol->name, near->distance);

	if (distance > near->distance)
		return true;
	if (distance < near->distance)
		near->nr = 0;
	near->distance = distance;
	for (size_t i = 0; i < near->nr; i++)
		if (!strcmp(near->name[i], symbol->name))
			return true;
	if (near->nr < MOST_NEAR)
		near->name[near->nr++] = symbol->name;
	return true;
}

/* Adds similar names to the message of err. For short names nothing is suggested, because too many
 * names are similar. */
static void add_near_names(struct kernel *kernel, const struct symbol_word *word, struct error *err)
{
	struct near near = { .wanted = word->name, .distance = NEAR };
	size_t size = sizeof(err->message);

	if (strlen(word->name) < 4)
		return;
	symbol_lookup_all(kernel->symbols, NULL, NULL, word->module, keep_near, &near);
	/* If the table of symbols may lack variables, the word may be the name of a variable, and
	 * suggesting a function would mislead. */
	if (near.nr && near.distance > 1 && !word->module && kernel_lacks_variables(kernel))
		return;
	for (size_t i = 0; i < near.nr; i++)
		text_append(err->message, size, "%s%s", i ? ", " : "; did you mean ", near.name[i]);
	if (near.nr)
		text_append(err->message, size, "?");
}

/* --- look-ups --- */

/* Adds the symbol of another kernel's vmlinux, which may be open, to the list. If there is none, sets
 * err, which suggests similar names, and returns false. */
static bool find_foreign(struct kernel *kernel, const struct symbol_word *word,
			 struct symbol_list *list, struct error *err)
{
	struct kernel_symbol symbol;

	if (word->module)
		fail(err, ERROR_UNKNOWN, "no symbol \"%s\" in %s%s", word->name,
		     strcmp(word->module, "vmlinux") ? "the module " : "", word->module);
	else if (symbol_lookup_find(kernel->symbols, word->name, &symbol, err) ||
		 kernel_symbol_foreign(kernel, word->name, &symbol))
		return symbol_list_add(&symbol, list) || out_of_memory(err);
	if (err && !kernel_stopped(kernel) && !made_code_is_unsure(kernel, word->name, err))
		add_near_names(kernel, word, err);
	return false;
}

bool symbol_word_list(struct kernel *kernel, const struct symbol_word *word,
		      struct symbol_list *list, struct error *err)
{
	char old[SYMBOL_NAME_MAX + 16];

	symbol_lookup_all(kernel->symbols, word->name, NULL, word->module, symbol_list_add, list);
	/* Before 2.6.34 (dd17c8f72993), the names of per-CPU variables had a prefix. */
	snprintf(old, sizeof(old), "per_cpu__%s", word->name);
	if (!list->nr && word->cpu != NO_CPU)
		symbol_lookup_all(kernel->symbols, old, NULL, word->module, symbol_list_add, list);
	if (!list->nr && !find_foreign(kernel, word, list, err))
		return false;
	if (!symbol_list_sort(list, kernel->listener))
		return fail(err, ERROR_INTERRUPTED, "interrupted");
	merge_equal(list);
	if (word->file)
		keep_those_of_file(kernel, word->file, list);
	return list->nr ||
	       fail(err, ERROR_UNKNOWN, "no symbol \"%s\" is known to come from a file %s",
		    word->name, word->file);
}

/* Writes the name of the symbol with its module or file, so that the word means no other symbol. If
 * neither is known, writes only the name. */
static void name_of(struct kernel *kernel, const struct kernel_symbol *symbol, char *text,
		    size_t size)
{
	const char *file = kernel_symbol_file(kernel, symbol);
	struct code_line line;

	if (symbol->module)
		snprintf(text, size, "%s:%s", symbol->module, symbol->name);
	else if (module_line(kernel, symbol->address, &line) && line.unit[0])
		snprintf(text, size, "%s@%s", symbol->name, line.unit);
	else if (file)
		snprintf(text, size, "%s@%s", symbol->name, file);
	else
		snprintf(text, size, "%s", symbol->name);
}

static bool refuse_ambiguous(struct kernel *kernel, const struct symbol_list *list,
			     struct error *err)
{
	enum { SHOWN = 4 };
	char names[400] = "", name[SYMBOL_NAME_MAX];
	size_t i;

	for (i = 0; i < list->nr && i < SHOWN; i++) {
		name_of(kernel, &list->symbol[i], name, sizeof(name));
		if (strlen(names) + strlen(name) + 24 > sizeof(names))
			break;
		text_append(names, sizeof(names), "%s%s (%" PRIx64 ")", i ? ", " : "", name,
			    list->symbol[i].address);
	}
	return fail(err, ERROR_USAGE, "%zu symbols have this name: %s%s", list->nr, names,
		    i < list->nr ? ", ...: sym lists all" : "");
}

static bool address_of(struct kernel *kernel, const struct symbol_word *word,
		       const struct kernel_symbol *symbol, uint64_t *address, struct error *err)
{
	if (!percpu_has_symbol(kernel, symbol)) {
		*address = symbol->address;
		return word->cpu == NO_CPU ||
		       fail(err, ERROR_USAGE, "%s is not a per-CPU variable", word->name);
	}
	if (word->cpu < 0)
		return fail(
			err, ERROR_USAGE,
			"%s is a per-CPU variable: write %s:CPU for the copy of one CPU, %s:all for the copies of all CPUs",
			word->name, word->name, word->name);
	return percpu_copy_of(kernel, symbol->address, (unsigned int)word->cpu, address, err);
}

bool symbol_word_find(struct kernel *kernel, const char *text, struct kernel_symbol *symbol,
		      uint64_t *address, struct error *err)
{
	struct symbol_list list = { 0 };
	struct symbol_word word;
	bool found;

	if (!symbol_word_parse(&word, text, err))
		return false;
	found = symbol_word_list(kernel, &word, &list, err);
	if (found && list.nr > 1)
		found = refuse_ambiguous(kernel, &list, err);
	if (found) {
		*symbol = list.symbol[0];
		found = address_of(kernel, &word, symbol, address, err);
	}
	free(list.symbol);
	return found;
}

bool symbol_word_address(struct kernel *kernel, const char *text, uint64_t *address,
			 struct error *err)
{
	struct kernel_symbol symbol;

	return symbol_word_find(kernel, text, &symbol, address, err);
}

/* Finds the CPUs in ":all", ":a" or ":0,2", and returns them with their length. One CPU is no such list. */
static const char *find_cpus(const char *word, size_t *length)
{
	for (const char *at = strchr(word, ':'); at; at = strchr(at, ':')) {
		at++;
		*length = *at != 'a' ? strspn(at, "0123456789,") : starts_with(at, "all") ? 3 : 1;
		/* In "0,2-4", which struct reads, the minus does not subtract. */
		if ((*at == 'a' || (isdigit((unsigned char)*at) && memchr(at, ',', *length))) &&
		    (!at[*length] || strchr(*at == 'a' ? "+- \t.[)" : "+ \t.[)", at[*length])))
			return at;
	}
	return NULL;
}

/* Sets *cpu to the first number in the list that is *cpu or larger. */
static bool next_of_list(const char *list, unsigned int *cpu)
{
	unsigned long next = ULONG_MAX;
	char *end;

	for (; isdigit((unsigned char)*list); list = *end == ',' ? end + 1 : end) {
		unsigned long number = strtoul(list, &end, 10);

		if (number >= *cpu && number < next)
			next = number;
	}
	if (next > UINT16_MAX)
		return false;
	*cpu = (unsigned int)next;
	return true;
}

bool symbol_word_of_cpu(struct kernel *kernel, const char *word, unsigned int *cpu, char *text,
			size_t size)
{
	size_t length;
	const char *at = find_cpus(word, &length);

	if (!at || !(*at == 'a' ? percpu_next(kernel, cpu) : next_of_list(at, cpu)))
		return false;
	return (size_t)snprintf(text, size, "%.*s%u%s", (int)(at - word), word, (*cpu)++,
				at + length) < size;
}
