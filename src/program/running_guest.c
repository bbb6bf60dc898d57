/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/running_guest.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cli/alias.h"
#include "dump/dump.h"
#include "kernel/facts.h"
#include "kernel/kernel_symbols.h"
#include "kernel/space.h"
#include "kernel/state.h"
#include "output/say.h"
#include "qmp/vm.h"

enum { BANNER_BYTES = 128 };

static struct {
	struct vm vm;
	struct running_memory memory;
	struct guest_range *range; /* owned */
	bool given, verbose, text;
	/* The start of linux_banner, at its physical address, if has_banner. */
	uint8_t banner[BANNER_BYTES];
	uint64_t banner_paddr;
	bool has_banner;
} qemu;

static bool choose(const struct options *options, struct error *err)
{
	for (size_t i = 0; i < options->nr_files; i++) {
		const char *path = options->files[i];

		if (!running_guest_is_named(path))
			continue;
		if (!feature_built(FEATURE_QMP, err))
			return false;
		if (qemu.given)
			return fail(err, ERROR_USAGE, "%s and %s: only one guest can be open",
				    qemu.memory.path, path);
		qemu.given = true;
		qemu.memory.path = path;
	}
	qemu.verbose = options->verbose;
	qemu.text = options->format == OUTPUT_TEXT;
	if (qemu.given && options->gdb)
		return fail(err, ERROR_USAGE,
			    "--gdb does not serve a running guest; use the option -gdb of QEMU");
	if (qemu.given && options->guest)
		return fail(err, ERROR_USAGE,
			    "--guest opens virtual machines in a dump, not in a running guest");
	return true;
}

bool running_guest_connect(const struct options *options, struct error *err)
{
	struct vm *vm = &qemu.vm;

	if (!choose(options, err))
		return false;
	if (!qemu.given)
		return !options->pause ||
		       fail(err, ERROR_USAGE, "--pause is for a running guest (qmp:SOCKET)");
	if (!HAVE_QMP || !vm_connect(vm, qemu.memory.path, options->pause, err))
		return false;
	qemu.memory.paused = options->pause;
	if (!options->pause)
		return true;
	/* If kwalk were stopped, the guest would stay stopped, too. SIGTTOU comes if kwalk is in the
	 * background and writes to the terminal after "stty tostop". */
	signal(SIGTSTP, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	return true;
}

static bool read_memory(void *arg, uint64_t paddr, void *to, size_t size)
{
	return HAVE_QMP && vm_read(arg, paddr, to, size);
}

static bool take_ranges(struct vm *vm, struct error *err)
{
	struct running_memory *memory = &qemu.memory;

	qemu.range = calloc(vm->nr, sizeof(*qemu.range));
	if (!qemu.range)
		return out_of_memory(err);
	for (size_t i = 0; i < vm->nr; i++)
		qemu.range[i] = (struct guest_range){ vm->range[i].paddr, vm->range[i].size,
						      vm->range[i].file, vm->range[i].offset };
	memory->range = qemu.range;
	memory->nr = vm->nr;
	for (size_t i = 0; i < vm->emulator.nr_files; i++)
		memory->file[i] = vm->emulator.file[i].fd;
	memory->nr_files = vm->emulator.nr_files;
	memory->read = read_memory;
	memory->arg = vm;
	return true;
}

static bool find_memory(struct error *err)
{
	struct vm *vm = &qemu.vm;

	if (!HAVE_QMP)
		return true;
	if (!vm_open(vm, err))
		return false;
	if (qemu.verbose)
		say("kwalk: fact: %s: memory of %s", qemu.memory.path, vm->places);
	qemu.memory.notes = (struct bytes){ vm->notes, vm->notes_size };
	return take_ranges(vm, err);
}

bool running_guest_find(struct error *err)
{
	return !HAVE_QMP || find_memory(err);
}

const struct running_memory *running_guest_memory(void)
{
	return &qemu.memory;
}

/* Fails if other bytes are where the banner of the kernel was. Events report a reset, but not kexec,
 * and not a snapshot of another kernel (loadvm). */
static bool check_banner(struct kernel *kernel, struct error *err)
{
	uint8_t bytes[BANNER_BYTES];

	return !qemu.has_banner ||
	       (dump_read(kernel->dump, qemu.banner_paddr, bytes, BANNER_BYTES) == PAGE_PRESENT &&
		!memcmp(bytes, qemu.banner, BANNER_BYTES)) ||
	       fail(err, ERROR_SYSTEM,
		    "%s: the kernel is not in memory any more, so the guest runs another kernel now; open it again",
		    qemu.memory.path);
}

static void remember_banner(struct kernel *kernel)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t address;
	struct walk walk;

	if (!space || !kernel_symbol(kernel, "linux_banner", &address, NULL))
		return;
	walk = walk_page_table(space, address);
	qemu.banner_paddr = walk.paddr;
	qemu.has_banner =
		walk.outcome == WALK_MAPPED &&
		dump_read(kernel->dump, walk.paddr, qemu.banner, BANNER_BYTES) == PAGE_PRESENT;
}

/* Before and after each command. Lists that a command read earlier may have changed since then. */
static bool check(struct session *session, struct error *err)
{
	states_forget(session->kernel->states);
	return !HAVE_QMP || (vm_check(&qemu.vm, err) && check_banner(session->kernel, err));
}

static bool stop_guest(struct session *session, struct error *err)
{
	struct vm *vm = &qemu.vm;

	if (!HAVE_QMP)
		return true;
	if (vm_check(vm, err) && vm_stop(vm, err) && check_banner(session->kernel, err) &&
	    vm_read_notes(vm, err) &&
	    dump_guest_renew(session->kernel->dump, (struct bytes){ vm->notes, vm->notes_size },
			     err)) {
		session->front.forget(session->kernel);
		return true;
	}
	vm_continue(vm, NULL);
	return false;
}

static bool continue_guest(struct session *session, struct error *err)
{
	(void)session;
	return !HAVE_QMP || (vm_continue(&qemu.vm, err) && vm_check(&qemu.vm, err));
}

/* Finds all facts, because some sources need the registers, which are right only now. */
static void find_all_facts(struct kernel *kernel)
{
	uint64_t value;

	for (enum fact_id id = 0; id < NR_FACTS; id++)
		kernel_fact(kernel, id, &value);
	dump_guest_drop_registers(kernel->dump);
}

void running_guest_prepare(struct session *session)
{
	remember_banner(session->kernel);
	session->front.begin = qemu.memory.paused ? stop_guest : check;
	session->front.finish = qemu.memory.paused ? continue_guest : check;
	if (qemu.memory.paused)
		return;
	find_all_facts(session->kernel);
	/* Records have the field "live". */
	if (qemu.text)
		say_warning(
			"kwalk: warning: %s runs while it is read, so an answer may mix several moments; with --pause, the guest stands still during each command",
			qemu.memory.path);
}

void running_guest_close(void)
{
	if (!HAVE_QMP)
		return;
	vm_close(&qemu.vm);
	free(qemu.range);
}
