/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Facts by name. The names are the same as in the command info. */
#include "kernel/facts.h"

#include <string.h>

#include "dump/dump.h"
#include "lib/handle.h"
#include "debuginfo/vmlinux.h"

/* Facts whose values are texts. */
enum text_fact { TEXT_FORMAT, TEXT_RELEASE, TEXT_VMLINUX, NR_TEXT_FACTS };
enum { NR_ALL = NR_TEXT_FACTS + NR_FACTS };

static const char *const text_names[NR_TEXT_FACTS] = {
	"dump_format",
	"release",
	"vmlinux",
};

static const char *lib_facts_name_of(unsigned int nr)
{
	return nr < NR_TEXT_FACTS ? text_names[nr] : fact_name(nr - NR_TEXT_FACTS);
}

/* Finds a fact whose value is a text. Returns false if the fact is unknown. */
static bool find_text(const struct kernel *kernel, enum text_fact nr, const char **text,
		      const char **source)
{
	const struct identity *identity = kernel->identity;
	const struct vmlinux *vmlinux = kernel->vmlinux;

	switch (nr) {
	case TEXT_FORMAT:
		*text = kernel->dump->format_name;
		*source = kernel->dump->file.path;
		return true;
	case TEXT_RELEASE:
		*text = identity->release;
		*source = identity->release_source;
		return identity->release[0];
	default:
		*text = vmlinux ? vmlinux->file.path : "none";
		*source = vmlinux && vmlinux->source ? vmlinux->source : "given";
		return true;
	}
}

static bool lib_facts_find_fact(struct call *call, unsigned int nr, size_t *used,
				struct kwalk_fact *found)
{
	enum fact_id id = nr - NR_TEXT_FACTS;
	const char *text, *source;
	const struct fact *fact;
	char value[64];

	*found = KWALK_INIT(struct kwalk_fact);
	found->name = lib_facts_name_of(nr);
	if (nr < NR_TEXT_FACTS) {
		if (!find_text(call->kernel, nr, &text, &source))
			return false;
	} else {
		if (!kernel_fact(call->kernel, id, &found->number))
			return false;
		fact = &call->kernel->facts->fact[id];
		found->is_number = fact_row(id)->format < FACT_MODE_NAME;
		if (!found->is_number)
			found->number = 0;
		found->doubtful = fact->doubt || fact->against;
		fact_value_text(id, fact->value, value, sizeof(value));
		text = value;
		source = fact->source;
	}
	found->text = handle_text(call->handle, used, text);
	found->source = handle_text(call->handle, used, source);
	return true;
}

static bool find_by_name(struct call *call, const char *name, struct kwalk_fact *found)
{
	size_t used = 0;

	for (unsigned int nr = 0; nr < NR_ALL; nr++)
		if (!strcmp(lib_facts_name_of(nr), name))
			return lib_facts_find_fact(call, nr, &used, found) ||
			       fail(&call->err, ERROR_UNKNOWN,
				    "no source of the dump has the fact %s", name);
	return fail(&call->err, ERROR_UNKNOWN, "%.200s: there is no such fact", name);
}

int kwalk_find_fact(kwalk_kernel *kernel, const char *name, struct kwalk_fact *fact,
		    struct kwalk_error *error)
{
	struct kwalk_fact found;
	struct call call;

	if (!call_begin(&call, kernel, READS_ALL, error))
		return call.refused;
	return call_end(&call, call_wants(&call, name, "the name") &&
				       find_by_name(&call, name, &found) &&
				       call_give(&call, fact, &found, sizeof(found)));
}

int kwalk_facts(kwalk_kernel *kernel, bool (*visit)(void *arg, const struct kwalk_fact *fact),
		void *arg, struct kwalk_error *error)
{
	struct kwalk_fact found[NR_ALL];
	unsigned int nr_found = 0;
	char text[HANDLE_TEXT];
	struct call call;
	size_t used = 0;
	int code;

	if (!call_begin(&call, kernel, READS_ALL, error))
		return call.refused;
	for (unsigned int nr = 0; visit && nr < NR_ALL; nr++)
		nr_found += lib_facts_find_fact(&call, nr, &used, &found[nr_found]);
	/* visit() may call functions that overwrite kernel->text, so the texts of the facts are
	 * copied. */
	memcpy(text, kernel->text, used);
	code = call_end(&call, call_wants(&call, (void *)visit, "visit"));
	for (unsigned int i = 0; status_shows(code) && i < nr_found; i++) {
		if (found[i].text)
			found[i].text = text + (found[i].text - kernel->text);
		if (found[i].source)
			found[i].source = text + (found[i].source - kernel->text);
		if (!visit(arg, &found[i]))
			break;
	}
	return code;
}
