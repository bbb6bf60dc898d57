/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kvm/two_ways.h"

#include <inttypes.h>

#include "kernel/kernel.h"

const char *const two_ways_names[NR_WAYS] = {
	[WAYS_ONE] = "one-way",	      [WAYS_AGREE] = "agree",		[WAYS_LATER] = "not-yet",
	[WAYS_EMULATED] = "emulated", [WAYS_CONTRADICT] = "contradict",
};

bool guest_view_open(struct kernel *kernel, const struct guest *guest, int64_t number,
		     struct guest_view *view, struct error *err)
{
	*view = (struct guest_view){ .kernel = kernel, .guest = guest };
	if (!guest->mm)
		fail(&view->no_process, ERROR_NO_ANSWER,
		     "the process has ended, so its memory is gone");
	else
		view->has_process =
			task_process_of_mm(kernel, guest->mm, &view->process, &view->no_process);
	for (size_t i = 0; i < guest->nr_cpus; i++)
		if (!guest_cpu_read(kernel, guest->cpu[i], &view->cpu, err))
			return false;
		else if (number < 0 || view->cpu.id == number)
			return true;
	if (number >= 0)
		return fail(err, ERROR_NO_ANSWER, "the machine has no vCPU %" PRIi64, number);
	if (guest->cpu_trouble.code) {
		if (err)
			*err = guest->cpu_trouble;
		return false;
	}
	return fail(err, ERROR_NO_ANSWER, "the machine has no vCPU");
}

/* --- by slot --- */

static void go_by_slot(const struct guest_view *view, struct guest_place *place)
{
	place->slot = guest_slot_at(view->guest, place->guest_physical);
	if (!place->slot)
		return;
	place->user = place->slot->user + (place->guest_physical - place->slot->first);
	place->has_host = view->has_process && !(place->slot->flags & SLOT_GUEST_MEMFD);
	if (place->has_host)
		place->host = query_translate(view->kernel, &view->process.user, place->user);
}

/* --- both ways --- */

static void contradict(struct guest_place *place, const char *what)
{
	place->ways = WAYS_CONTRADICT;
	fail(&place->contradiction, ERROR_FORMAT, "%s", what);
}

static bool host_allows_writing(const struct guest_place *place)
{
	return place->host.status == TRANSLATION_MAPPED && place->host.walk.writable;
}

static void compare_mapped(const struct guest_view *view, struct guest_place *place)
{
	const char *name = nested_kind_names[view->cpu.nested];
	const struct walk *nested = &place->nested;

	place->ways = WAYS_AGREE;
	if (!place->host.has_physical) {
		place->ways = WAYS_CONTRADICT;
		fail(&place->contradiction, ERROR_FORMAT,
		     "%s maps the page to %" PRIx64
		     ", but the page table of the process does not map the page (%s), so the guest can reach a frame that may belong to another owner now",
		     name, nested->paddr, translation_status_names[place->host.status]);
	} else if (nested->paddr != place->host.physical) {
		place->ways = WAYS_CONTRADICT;
		fail(&place->contradiction, ERROR_FORMAT,
		     "%s maps the page to %" PRIx64
		     ", but the page table of the process maps the page to %" PRIx64
		     ", so guest and host see different memory",
		     name, nested->paddr, place->host.physical);
	} else if (nested->writable && !host_allows_writing(place)) {
		contradict(
			place,
			"the guest can write to a page that its process cannot write to, and that may be shared with other processes");
	}
}

/* Does the last entry have KVM's mark for emulated memory? If the mark is not known, any entry that
 * no CPU accepts counts as marked. On Intel CPUs, only an entry that allows writing but not
 * reading counts. On Arm, KVM has no mark, because such an entry is 0. */
static bool two_ways_is_marked(const struct guest_cpu *cpu, const struct walk *walk)
{
	uint64_t entry = walk_last_entry(walk);

	if (walk->outcome != WALK_MAPPED && walk->outcome != WALK_CORRUPT)
		return false;
	if (cpu->nested == NESTED_STAGE2)
		return false;
	if (cpu->mark_mask)
		return (entry & cpu->mark_mask) == cpu->mark_value;
	return walk->outcome == WALK_CORRUPT && (cpu->nested == NESTED_NPT || (entry & 7) == 6);
}

/* Compares the results of both ways. If a page table of the process is missing in the dump, there
 * is no contradiction. */
static void two_ways_compare(const struct guest_view *view, struct guest_place *place)
{
	bool mapped = place->nested.outcome == WALK_MAPPED && !place->marked;

	if (!place->slot && place->marked)
		place->ways = WAYS_EMULATED;
	else if (!place->slot && mapped && !view->guest->slot_trouble.code)
		contradict(
			place,
			"the page is mapped, but is in no memory slot, so the guest can reach memory that does not belong to it");
	else if (place->has_host && mapped && place->host.status != TRANSLATION_UNREADABLE)
		compare_mapped(view, place);
	else if (place->has_host && place->marked && place->host.has_physical)
		contradict(
			place,
			"KVM marked the entry of the page as emulated, but the page is in a memory slot");
	else if (place->nested.outcome == WALK_CORRUPT)
		contradict(
			place,
			"the entry of the page has a reserved bit or memory type, and KVM does not mark emulated memory in this way");
	else if (place->nested.outcome == WALK_NOT_PRESENT)
		place->ways = !place->slot ? WAYS_AGREE : place->has_host ? WAYS_LATER : WAYS_ONE;
}

void guest_place_find(const struct guest_view *view, uint64_t guest_physical,
		      struct guest_place *place)
{
	*place = (struct guest_place){ .guest_physical = guest_physical };
	go_by_slot(view, place);
	place->has_nested = view->cpu.has_root;
	if (!place->has_nested)
		return;
	place->nested = walk_page_table(&view->cpu.space, guest_physical);
	place->marked = two_ways_is_marked(&view->cpu, &place->nested);
	two_ways_compare(view, place);
}
