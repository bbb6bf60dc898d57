/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "kernel/found_kernel.h"
#include "cli/command.h"

static const char *const kinds[] = {
	[FOUND_KERNEL] = "kernel",
	[FOUND_LOADED] = "loaded",
	[FOUND_TEXT] = "text",
};

/* The names in records, and what they mean. */
static const struct {
	const char *name, *text;
} proofs[] = {
	{ "table", "its page table maps itself, its banner and the direct map" },
	{ "vmcoreinfo", "VMCOREINFO names this table and the release in memory" },
	{ "init_task", "init_task is swapper" },
	{ "cpu", "a CPU uses its tables" },
	{ "image", "a whole boot image" },
};

static bool is_sure(const struct found_kernel *found)
{
	return found->kind != FOUND_TEXT && !found->doubtful;
}

static void state_proofs(struct output *output, const struct found_kernel *found)
{
	const char *names[sizeof(proofs) / sizeof(proofs[0])];
	char text[400] = "";
	size_t nr = 0;

	for (size_t i = 0; i < sizeof(proofs) / sizeof(proofs[0]); i++) {
		if (!(found->proved >> i & 1))
			continue;
		text_append(text, sizeof(text), "%s%s", nr ? "; " : "", proofs[i].text);
		names[nr++] = proofs[i].name;
	}
	output_boolean(output, "sure", is_sure(found));
	output_strings(output, "proofs", names, nr);
	if (*text)
		output_remark(output, "proved", text, STYLE_PLAIN);
}

static void state_facts(struct output *output, const struct found_kernel *found)
{
	static const enum fact_id facts[NR_FOUND_FACTS] = FOUND_FACTS;
	char text[64];

	for (size_t i = 0; i < NR_FOUND_FACTS; i++) {
		if (!found->has_fact[i])
			continue;
		fact_value_text(facts[i], found->fact[i], text, sizeof(text));
		if (facts[i] == FACT_ROOT)
			output_hex(output, "root", found->fact[i]);
		else if (facts[i] == FACT_LEVELS)
			output_count(output, "levels", found->fact[i]);
		else
			output_string(output, fact_name(facts[i]), text);
	}
}

/* How the user opens the kernel. */
static void state_way(struct output *output, const struct found_kernel *found)
{
	if (found->guest)
		output_remarkf(output, "way", "--guest=%llx --kernel=%u",
			       (unsigned long long)found->guest, found->number);
	else if (found->opened)
		output_remark(output, "way", "this kernel is open", STYLE_PLAIN);
	else if (found->number)
		output_remarkf(output, "way", "--kernel=%u", found->number);
}

static const char *state_of(const struct found_kernel *found)
{
	if (found->kind != FOUND_KERNEL || !found->has_cpus)
		return "";
	return found->nr_cpus ? "running" : "not-running";
}

static bool kernels_show(void *arg, const struct found_kernel *found)
{
	struct session *session = arg;
	struct output *output = session->output;

	output_begin(output, "kernels", NULL, NULL);
	output_count_if(output, "kernel", found->number, found->number);
	output_string(output, "kind", kinds[found->kind]);
	output_string_if(output, "state", state_of(found));
	output_string_if(output, "release", found->release);
	output_hex_if(output, "physical", found->has_physical, found->physical);
	state_facts(output, found);
	output_hex_if(output, "vmcoreinfo", found->note, found->note);
	output_count_if(output, "cpus", found->has_cpus, found->nr_cpus);
	if (found->knows_captures)
		output_boolean(output, "capture", found->captures);
	if (found->kind == FOUND_KERNEL)
		output_boolean(output, "opened", found->opened);
	output_hex_if(output, "reserved_start", found->has_reserved, found->reserved_first);
	output_hex_if(output, "reserved_end", found->has_reserved, found->reserved_last);
	output_hex_if(output, "guest", found->guest, found->guest);
	if (found->guest_pid)
		output_integer(output, "pid", found->guest_pid);
	output_string_if(output, "packed", found->packed ? found->packed : "");
	output_count_if(output, "copies", found->kind == FOUND_TEXT, found->copies);
	output_string_if(output, "use", found->use);
	output_string_if(output, "banner", found->banner);
	state_proofs(output, found);
	if (found->doubtful)
		output_remark(output, "doubt",
			      "several tables of this image could be the kernel's own",
			      STYLE_CAUTION);
	state_way(output, found);
	output_end(output);
	return !session_interrupted(session);
}

static const struct record record = {
	.closed = true,
	.fields =
		FIELDS(COLUMN("kernel", .kind = KIND_NUMBER, .width = 2, .rank = KEPT),
		       COLUMN("kind", .width = 6, .rank = KEPT), COLUMN("state", .width = 11),
		       COLUMN("release", .width = 28, .rank = KEPT),
		       COLUMN("physical", .kind = KIND_PHYSICAL),
		       COLUMN("root", .kind = KIND_PHYSICAL),
		       COLUMN("copies", .kind = KIND_NUMBER, .rank = 3), HIDDEN("arch"),
		       HIDDEN("levels"), HIDDEN("swapper_pg_dir"), HIDDEN("phys_base"),
		       HIDDEN("kaslr_offset"), HIDDEN("kimage_voffset"), HIDDEN("vmcoreinfo"),
		       HIDDEN("cpus"), HIDDEN("opened"), HIDDEN("sure"), HIDDEN("proofs"),
		       LINE("banner"),
		       LINE("guest", .heading = "memory",
			    TEXT(.before = "of the virtual machine ")),
		       LINE("pid", .heading = "memory", TEXT(.before = "pid ")),
		       LINE("use", .heading = "memory"),
		       LINE("reserved_start", .kind = KIND_PHYSICAL, .heading = "reserved"),
		       LINE("reserved_end", .kind = KIND_PHYSICAL, .heading = "reserved",
			    TEXT(.join = " to ")),
		       LINE("packed", .heading = "image", TEXT(.before = "packed by ")),
		       LINE("capture", .heading = "proved",
			    TEXT(.yes = "a capture kernel: it knows where the crashed kernel is")),
		       LINE("proved", TEXT(.join = "; ")), LINE("doubt", .heading = "doubt"),
		       LINE("way", .heading = "open")),
};

static bool kernels_run(struct session *session, char **words, struct error *err)
{
	(void)words;
	output_declare(session->output, &record);
	if (!session->front.each_kernel)
		return fail(err, ERROR_NO_ANSWER,
			    "not here: memory cannot be searched for kernels");
	err->code = ERROR_NONE;
	return session->front.each_kernel(session->kernel, kernels_show, session, err) ||
	       !err->code;
}

const struct command command_kernels = {
	.name = "kernels",
	.also = NULL,
	.meant_by = "kdump crashkernel kexec capture banner",
	.group = GROUP_DUMP,
	.record = &record,
	.summary = "all kernels in memory",
	.details =
		"Searches all memory for kernels. kernel: its page table was found and proved;\n"
		"the option --kernel=NUMBER opens it, so that all commands answer about it. The\n"
		"numbers are in the order of the addresses of the tables. State: running, if a\n"
		"CPU of the dump uses its tables. loaded: the image of a capture kernel in the\n"
		"memory that crashkernel= reserves, which has not run. text: a banner without a\n"
		"page table, such as a copy in a log, in a file, or what remains of a kernel; use\n"
		"shows what the memory is used for, and copies how often the text is there. With\n"
		"virtual machines of KVM: the kernels in their memory.",
	.rests_on = RESTS_ON_ADDRESSES,
	.run = kernels_run,
};
