/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "guests/guests.h"
#include "guests/vcpu.h"
#include "output/row.h"
#include "session/command.h"

/* --- JSON --- */

static void json_slots(struct output *output, const struct kernel *host,
		       const struct guest *guest)
{
	output_list_begin(output, "slots");
	for (size_t i = 0; i < guest->nr_slots; i++) {
		const struct guest_slot *slot = &guest->slot[i];

		output_object_begin(output, NULL);
		output_hex(output, "first_gfn", kernel_pfn(host, slot->first));
		output_count(output, "pages", slot->pages);
		output_hex(output, "user_address", slot->user);
		output_integer(output, "id", slot->id);
		output_count(output, "space", slot->space);
		output_hex(output, "flags", slot->flags);
		output_object_end(output);
	}
	output_list_end(output);
}

static void json_registers(struct output *output, const struct guest_cpu *cpu)
{
	output_object_begin(output, "registers");
	for (unsigned int i = 0; i < NR_CPU_REGISTERS; i++) {
		const char *name = register_name(i, 8);

		if (name && registers_have(&cpu->registers, i))
			output_hex(output, name, cpu->registers.value[i]);
	}
	if (cpu->has_efer)
		output_hex(output, "efer", cpu->efer);
	output_object_end(output);
}

static void json_cpu(struct output *output, const struct guest_cpu *cpu)
{
	output_object_begin(output, NULL);
	output_integer(output, "vcpu", cpu->id);
	output_hex(output, "address", cpu->address);
	if (cpu->cpu >= 0)
		output_integer(output, "cpu", cpu->cpu);
	output_boolean(output, "in_guest", cpu->in_guest);
	output_boolean(output, "nested_guest", cpu->nested_guest);
	output_boolean(output, "encrypted", cpu->encrypted);
	output_string(output, "paging", nested_kind_names[cpu->nested]);
	if (cpu->has_root) {
		output_hex(output, "root", cpu->space.root);
		output_count(output, "root_levels",
			     cpu->space.paging->nr_levels);
	} else {
		output_string_if(output, "message", cpu->trouble.message);
	}
	if (cpu->vmcb)
		output_hex(output, "vmcb", cpu->vmcb);
	json_registers(output, cpu);
	output_object_end(output);
}

/* --- text --- */

static void text_slots(struct output *output, const struct guest *guest)
{
	enum { FIRST = 2, LAST = 20, USER = 38, FLAGS = 56 };
	struct row row = { 0 };

	if (guest->nr_slots)
		output_text(output,
			    "  GUEST-PHYSICAL    TO                IN THE PROCESS    FLAGS\n");
	for (size_t i = 0; i < guest->nr_slots; i++) {
		const struct guest_slot *slot = &guest->slot[i];

		row_pad(&row, FIRST);
		row_hex(&row, slot->first, 1);
		row_pad(&row, LAST);
		row_hex(&row,
			slot->first + slot->size - 1, 1);
		row_pad(&row, USER);
		row_hex(&row, slot->user, 1);
		row_pad(&row, FLAGS);
		row_text(&row, slot->flags & SLOT_LOGS_DIRTY ? "log-dirty " : "");
		row_text(&row, slot->flags & SLOT_READ_ONLY ? "read-only " : "");
		row_text(&row,
			 slot->flags & SLOT_GUEST_MEMFD ? "guest-memfd " : "");
		row_text(&row, slot->space ? "smm" : "");
		row_end(&row, output);
	}
}

static void text_registers(struct output *output, const struct guest_cpu *cpu)
{
	enum { NAME = 8, COLUMN = 26, COLUMNS = 3 };
	struct row row = { 0 };
	unsigned int nr = 0;

	for (unsigned int i = 0; i < NR_CPU_REGISTERS; i++) {
		const char *name = register_name(i, 8);

		if (!name || !registers_have(&cpu->registers, i))
			continue;
		row_pad(&row, 4 + COLUMN * nr);
		row_text(&row, name);
		row_pad(&row, 4 + COLUMN * nr + NAME);
		row_hex(&row, cpu->registers.value[i], 1);
		if (++nr == COLUMNS) {
			row_end(&row, output);
			nr = 0;
		}
	}
	if (nr)
		row_end(&row, output);
	if (cpu->has_efer)
		output_textf(output, "    efer    %" PRIx64 "\n", cpu->efer);
}

/* Why registers are not all there, or older than the dump. */
static void text_doubts(struct output *output, const struct guest_cpu *cpu)
{
	if (cpu->encrypted)
		output_text(output,
			    "    its memory and registers are encrypted (SEV): they cannot be read\n");
	if (cpu->in_guest)
		output_text(output,
			    "    it was running: registers are those of its last exit to the host\n");
	if (cpu->nested_guest)
		output_text(output,
			    "    it was running a guest of its own: registers are that one's\n");
	if (cpu->no_vmcb.code)
		output_textf(output, "    its VMCB is not known: %s\n",
			     cpu->no_vmcb.message);
	if (cpu->nested == NESTED_EPT)
		output_text(output,
			    "    what is not shown is in its VMCS, whose format is the processor's own\n");
}

static void text_cpu(struct output *output, const struct guest_cpu *cpu)
{
	output_textf(output, "  VCPU %d, ", (int)cpu->id);
	if (cpu->has_root)
		output_textf(output, "%s at %" PRIx64 ", %u levels\n",
			     nested_kind_names[cpu->nested], cpu->space.root,
			     cpu->space.paging->nr_levels);
	else
		output_textf(output, "%s: %s\n", nested_kind_names[cpu->nested],
			     cpu->trouble.message);
	text_registers(output, cpu);
	text_doubts(output, cpu);
}

/* --- the answer --- */

static uint64_t memory_of(const struct guest *guest)
{
	uint64_t size = 0;

	for (size_t i = 0; i < guest->nr_slots; i++)
		if (!guest->slot[i].space)
			size += guest->slot[i].size;
	return size;
}

static void complain(struct session *session, const struct guest *guest,
		     const struct error *err)
{
	char name[32];

	snprintf(name, sizeof(name), "%" PRIx64, guest->address);
	if (err->code)
		session_complain_of_answer(session, name, err);
}

static void show_cpus(struct session *session, const struct guest *guest,
		      void (*show)(struct output *output,
				   const struct guest_cpu *cpu))
{
	struct guest_cpu cpu;
	struct error err;

	for (size_t i = 0; i < guest->nr_cpus && !session_interrupted(session);
	     i++)
		if (guest_cpu_read(session->kernel, guest->cpu[i], &cpu, &err))
			show(session->output, &cpu);
		else
			complain(session, guest, &err);
}

/* What all vCPUs have in common, by the first one. */
static const char *paging_name(struct session *session,
			       const struct guest *guest)
{
	struct guest_cpu cpu;

	if (!guest->nr_cpus ||
	    !guest_cpu_read(session->kernel, guest->cpu[0], &cpu, NULL))
		return "";
	return nested_kind_names[cpu.nested];
}

static void show(struct session *session, const char *argument,
		 const struct guest *guest, bool details)
{
	struct output *output = session->output;

	output_begin(output, "guests", argument, "ok");
	output_hex(output, "guest", guest->address);
	if (guest->pid)
		output_integer(output, "pid", guest->pid);
	output_string_if(output, "comm", guest->has_task ? guest->task.comm : "");
	output_count(output, "vcpus", guest->nr_cpus);
	output_count(output, "memory", memory_of(guest));
	output_string_if(output, "paging", paging_name(session, guest));
	output_json_only_begin(output);
	output_hex_if(output, "mm", guest->mm, guest->mm);
	output_json_only_end(output);
	if (output_json(output)) {
		json_slots(output, session->kernel, guest);
		output_list_begin(output, "cpus");
		show_cpus(session, guest, json_cpu);
		output_list_end(output);
	}
	if (!guest->has_task)
		output_note(output,
			    "its process is gone, or not in the list of tasks");
	output_end(output);
	if (details && !output_json(output)) {
		text_slots(output, guest);
		show_cpus(session, guest, text_cpu);
	}
	complain(session, guest, &guest->slot_trouble);
	complain(session, guest, &guest->cpu_trouble);
}

static bool run(struct session *session, char **words, struct error *err)
{
	const struct guest_list *list = kernel_guests(session->kernel, err);
	const struct guest *guest;
	bool all = !*words;
	struct error complaint;

	if (!list)
		return false;
	for (size_t i = 0;
	     all && i < list->nr && !session_interrupted(session); i++)
		show(session, NULL, &list->guest[i], false);
	for (; *words && !session_interrupted(session); words++) {
		guest = guest_find(list, *words, &complaint);
		if (guest)
			show(session, *words, guest, true);
		else
			session_complain(session, *words, &complaint);
	}
	if (!list->damage.code || !all)
		return true;
	*err = list->damage;
	return false;
}

const struct command command_guests = {
	.name = "guests",
	.group = GROUP_MACHINE,
	.arguments = ARGUMENTS({ "VM", WORD_GUEST, .most = MANY }),
	.summary = "virtual machines of a KVM host",
	.details =
		"The virtual machines that the kernel runs by KVM: the address of each one's\n"
		"struct kvm, its process, number of vCPUs, bytes of memory, and how\n"
		"guest-physical addresses become physical: npt (AMD), ept (Intel), or shadow,\n"
		"where KVM keeps copies of the guest's tables. With VM, the pid or name of the\n"
		"process or the address of the struct kvm, also its memory slots and the\n"
		"registers of each vCPU as far as memory holds them: AMD's VMCB is memory,\n"
		"Intel's VMCS has a format of the processor's own. JSON has both always.\n"
		"The types of KVM are those of its modules: their BTF is in the dump where\n"
		"the kernel keeps it (CONFIG_DEBUG_INFO_BTF_MODULES). vtop --guest walks a\n"
		"machine's tables; the option --guest opens its memory as a dump.",
	.rests_on = RESTS_ON_WALKS,
	.run = run,
};
