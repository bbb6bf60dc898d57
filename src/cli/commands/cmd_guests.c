/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "kernel/arch.h"
#include "kvm/guests.h"
#include "kvm/vcpu.h"
#include "output/writer.h"
#include "cli/command.h"

static void remark_hex(struct output *output, const char *name, uint64_t value)
{
	char text[HEX_DIGITS_MAX + 1];

	text[format_hex(text, value)] = '\0';
	output_remark(output, name, text, STYLE_PLAIN);
}

/* For text: adds the address ranges and the attributes of the slot, in place of the numbers that
 * records contain. */
static void remark_slot(struct output *output, const struct guest_slot *slot)
{
	char text[64];

	snprintf(text, sizeof(text), "%s%s%s%s", slot->flags & SLOT_LOGS_DIRTY ? "log-dirty " : "",
		 slot->flags & SLOT_READ_ONLY ? "read-only " : "",
		 slot->flags & SLOT_GUEST_MEMFD ? "guest-memfd " : "", slot->space ? "smm" : "");
	remark_hex(output, "guest-physical", slot->first);
	remark_hex(output, "to", slot->first + slot->size - 1);
	remark_hex(output, "in the process", slot->user);
	output_remark(output, "attributes", text, STYLE_PLAIN);
}

static void state_slots(struct output *output, const struct kernel *host, const struct guest *guest)
{
	output_list_begin(output, "slots");
	for (size_t i = 0; i < guest->nr_slots; i++) {
		const struct guest_slot *slot = &guest->slot[i];

		output_object_begin(output, NULL);
		remark_slot(output, slot);
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

static void guests_state_registers(struct output *output, const struct kernel *host,
				   const struct guest_cpu *cpu)
{
	output_object_begin(output, "registers");
	for (unsigned int i = 0; i < NR_CPU_REGISTERS; i++) {
		const char *name = register_name(i, host->arch->machine);

		if (name && registers_have(&cpu->registers, i))
			output_hex(output, name, cpu->registers.value[i]);
	}
	if (cpu->has_efer)
		output_hex(output, "efer", cpu->efer);
	if (cpu->has_system) {
		output_hex(output, "sctlr_el1", cpu->sctlr);
		output_hex(output, "tcr_el1", cpu->tcr);
		output_hex(output, "ttbr0_el1", cpu->ttbr0);
		output_hex(output, "ttbr1_el1", cpu->ttbr1);
	}
	output_object_end(output);
}

static void state_cpu(struct output *output, const struct kernel *host, const struct guest_cpu *cpu)
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
		output_count(output, "root_levels", cpu->space.paging->nr_levels);
	} else if (cpu->trouble.code) {
		output_trouble(output, &cpu->trouble);
	}
	if (cpu->vmcb)
		output_hex(output, "vmcb", cpu->vmcb);
	if (cpu->no_vmcb.code)
		output_remark(output, "no_vmcb", cpu->no_vmcb.message, STYLE_PLAIN);
	if (cpu->nested == NESTED_EPT)
		output_remark(
			output, "vmcs",
			"other registers are in the vCPU's VMCS, whose format only the processor knows",
			STYLE_PLAIN);
	guests_state_registers(output, host, cpu);
	output_object_end(output);
}

static uint64_t memory_of(const struct guest *guest)
{
	uint64_t size = 0;

	for (size_t i = 0; i < guest->nr_slots; i++)
		if (!guest->slot[i].space)
			size += guest->slot[i].size;
	return size;
}

static void guests_complain(struct session *session, const struct guest *guest,
			    const struct error *err)
{
	char name[32];

	snprintf(name, sizeof(name), "%" PRIx64, guest->address);
	if (err->code)
		session_complain_of_answer(session, name, err);
}

static void guests_state_cpus(struct session *session, const struct guest *guest)
{
	struct guest_cpu cpu;
	struct error err;

	output_list_begin(session->output, "cpus");
	for (size_t i = 0; i < guest->nr_cpus && !session_interrupted(session); i++)
		if (guest_cpu_read(session->kernel, guest->cpu[i], &cpu, &err))
			state_cpu(session->output, session->kernel, &cpu);
		else
			guests_complain(session, guest, &err);
	output_list_end(session->output);
}

/* Returns the kind of nested paging of the first vCPU, which all vCPUs share. Returns "" if it is
 * unknown. */
static const char *paging_name(struct session *session, const struct guest *guest)
{
	struct guest_cpu cpu;

	if (!guest->nr_cpus || !guest_cpu_read(session->kernel, guest->cpu[0], &cpu, NULL))
		return "";
	return nested_kind_names[cpu.nested];
}

static void guests_show(struct session *session, const char *argument, const struct guest *guest)
{
	struct output *output = session->output;

	output_begin(output, "guests", argument, NULL);
	output_hex(output, "guest", guest->address);
	if (guest->pid)
		output_integer(output, "pid", guest->pid);
	output_string_if(output, "comm", guest->has_task ? guest->task.comm : "");
	output_count(output, "vcpus", guest->nr_cpus);
	output_count(output, "memory", memory_of(guest));
	output_string_if(output, "paging", paging_name(session, guest));
	output_hex_if(output, "mm", guest->mm, guest->mm);
	state_slots(output, session->kernel, guest);
	guests_state_cpus(session, guest);
	if (!guest->has_task)
		output_remark(output, "gone",
			      "the process of this machine has ended, or is not in the list of tasks",
			      STYLE_PLAIN);
	output_end(output);
	guests_complain(session, guest, &guest->slot_trouble);
	guests_complain(session, guest, &guest->cpu_trouble);
}

static const struct field slot[] = { COLUMN("guest-physical"),
				     HIDDEN("first_gfn"),
				     HIDDEN("pages"),
				     HIDDEN("user_address"),
				     HIDDEN("id"),
				     HIDDEN("space"),
				     HIDDEN("flags"),
				     COLUMN("attributes", .heading = "flags"),
				     { 0 } };

static const struct field cpu_fields[] = {
	LINE("vcpu"),
	LINE("paging", .heading = "vcpu"),
	LINE("root", .heading = "vcpu", TEXT(.join = " at ")),
	LINE("root_levels", .heading = "vcpu", TEXT(.after = " levels")),
	LINE("message", .heading = "vcpu", TEXT(.join = ": ")),
	HIDDEN("address"),
	HIDDEN("cpu"),
	HIDDEN("vmcb"),
	LINE("registers", .heading = "", .pairs = 3, .width = 6, TEXT(.join = "  ")),
	/* Why registers are missing, or are older than the dump. */
	LINE("encrypted", .heading = "",
	     TEXT(.yes = "memory and registers of the machine are encrypted (SEV): they cannot be read")),
	LINE("in_guest", .heading = "",
	     TEXT(.yes = "the vCPU was running, so the registers are from its last exit to the host")),
	LINE("nested_guest", .heading = "",
	     TEXT(.yes = "the vCPU was running a nested guest, and the registers belong to that guest")),
	LINE("no_vmcb", .heading = "", TEXT(.before = "the VMCB of the vCPU is not known: ")),
	LINE("vmcs", .heading = ""),
	{ 0 }
};

static const struct record record = {
	.fields = FIELDS(COLUMN("memory", .kind = KIND_BYTES, .width = 8), HIDDEN("mm"),
			 HIDDEN("slots"), HIDDEN("cpus"), LINE("gone", .heading = "")),
};

/* The form of the answers if arguments name machines. */
static const struct record detailed = {
	.apart = true,
	.fields = FIELDS(COLUMN("memory", .kind = KIND_BYTES, .width = 8), HIDDEN("mm"),
			 LINE("slots", .fields = slot), LINE("cpus", .fields = cpu_fields),
			 LINE("gone", .heading = "")),
};

static bool guests_run(struct session *session, char **words, struct error *err)
{
	const struct guest_list *list = guest_machines(session->kernel, err);
	const struct guest *guest;
	bool all = !*words;

	if (!list)
		return false;
	output_declare(session->output, all ? &record : &detailed);
	for (size_t i = 0; all && i < list->nr && !session_interrupted(session); i++)
		guests_show(session, NULL, &list->guest[i]);
	for (; *words && !session_interrupted(session); words++) {
		guest = guest_find(list, *words, err);
		if (guest)
			guests_show(session, *words, guest);
		else
			session_complain(session, *words, err);
	}
	if (!list->damage.code || !all)
		return true;
	*err = list->damage;
	return false;
}

const struct command command_guests = {
	.name = "guests",
	.group = GROUP_DEVICES,
	.arguments = ARGUMENTS({ "VM", WORD_GUEST, .most = MANY }),
	.record = &record,
	.summary = "virtual machines of a KVM host",
	.details =
		"For each virtual machine that the kernel runs with KVM: the address of its\n"
		"struct kvm, its process, number of vCPUs, bytes of memory, and the tables that\n"
		"translate guest-physical addresses: npt (AMD), ept (Intel), stage2 (Arm), or\n"
		"shadow (copies of the guest's tables, made by KVM). With VM (the pid or name\n"
		"of its process, or the address of its struct kvm): also its memory slots, and\n"
		"the registers of each vCPU that are in memory. On AMD, the VMCB contains\n"
		"registers; on Intel, most registers are in the VMCS, whose format only the\n"
		"processor knows. JSON always contains slots and registers.\n"
		"The types of KVM come from its modules, whose BTF is in the dump if the kernel\n"
		"has CONFIG_DEBUG_INFO_BTF_MODULES, or from the file kvm.ko.debug. vtop --guest\n"
		"walks the tables of a virtual machine; the option --guest opens its memory as a\n"
		"dump.",
	.rests_on = RESTS_ON_WALKS,
	.run = guests_run,
};
