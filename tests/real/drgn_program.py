#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""drgn_program.py KWALK DIR VMLINUX NAME: runs drgn's helpers on the Program that kwalk.drgn makes for the memory
of the guest recorded in DIR. Uses each container: the core that QEMU or the kernel wrote, the same core without
its note, flattened kdump, LiME, raw images, and VMware. Compares with the output of the guest's kernel, with
kwalk, and with drgn if drgn opens the core; drgn must refuse all other containers. Prints TAP without numbers.
Status: 1 if anything differs, and in continuous integration also if there is no drgn. Debian's package of drgn
is for Debian's Python, so that Python runs this."""
import json
import os
import random
import re
import shutil
import subprocess
import sys

import containers
from log import told
from processes import Records
from tap import exit_status, report

FRAMES, SYMBOLS, READS = 400, 100, 300
FLATTEN = ["-F", "-l", "-d", "1"]


# --- containers ---

def without_note(folder, out):
    """Writes the core with another name for the note, so that the note is not recognised. Returns None if the core
    has no note."""
    dump = os.path.join(folder, "vmcore")
    with open(dump, "rb") as file:
        at = file.read(1 << 20).find(b"VMCOREINFO\0")
    if at < 0:
        return None
    subprocess.run(["cp", "--sparse=always", dump, out], check=True)
    os.chmod(out, 0o600)
    with open(out, "r+b") as file:
        file.seek(at)
        file.write(b"UNKNOWN")
    return out


def flattened(folder, out):
    by_qemu = os.path.join(folder, "vmcore.kdump")
    if os.path.exists(by_qemu):
        return by_qemu
    program = shutil.which("makedumpfile", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    with open(os.path.join(folder, "vmcore"), "rb") as file:
        wide = file.read(20)[18] == 62
    if not wide or not program:
        return None
    with open(out, "wb") as file:
        done = subprocess.run([program, *FLATTEN, os.path.join(folder, "vmcore")], stdout=file, stderr=subprocess.DEVNULL,
                              check=False)
    return out if done.returncode == 0 else None  # it cannot read QEMU's cores


def make(folder):
    """Yields (name, files). Each is removed when the next one is requested. Large memories are not written again."""
    dump, out = os.path.join(folder, "vmcore"), os.path.join(folder, "container.drgn")
    yield "core", [dump]
    makers = {"flattened kdump": flattened}
    if os.path.getsize(dump) < containers.LARGE:
        makers = {"core without a note": without_note, **makers}
    for name, maker in makers.items():
        file = maker(folder, out)
        if file:
            yield name, [file]
        if os.path.exists(out):
            os.remove(out)
    if os.path.getsize(dump) < containers.LARGE:
        yield from containers.write_all(folder, dump, out, without=("AVML",))


# --- comparisons ---

def check_tasks(prog, kernel, guest, title):
    """The same tasks as kwalk, except idle tasks, and all tasks that the guest printed."""
    ours = {(task.pid, task.comm, task.address) for task in kernel.tasks() if task.pid}
    theirs = {(task.pid.value_(), task.comm.string_().decode(), task.value_()) for task in helpers.for_each_task(prog)}
    wrong = [str(difference) for difference in ours ^ theirs]
    wrong += [f"no pid {pid}" for pid in {pid for pid, _ in guest.pages} - {pid for pid, _, _ in theirs}]
    report(f"{title}: for_each_task()", len(theirs), wrong)


def check_log(prog, folder, title):
    """Each record that the guest read from /dev/kmsg must be a line. If the ring buffer has wrapped around, drgn
    0.0.22 returns another text for the record at its end."""
    records, _ = told(folder)
    lines = {re.sub(rb"^\[ *(\d+\.\d+)\](\[[^]]*\])? ", rb"\1 ", line) for line in helpers.get_dmesg(prog).splitlines()}
    wrong = []
    for number, (_, _, micro, text) in records.items():
        first = b"%d.%06d %s" % (micro // 1000000, micro % 1000000, text.split("\n")[0].encode())
        if first not in lines:
            wrong.append(f"{number}: no line {first}")
    if min(records) > 0 and len(wrong) == 1:
        wrong = []
    report(f"{title}: get_dmesg()", len(records), wrong)


def check_pages(prog, kernel, title):
    """The flags of struct pages, as kwalk reads them. drgn must find no struct page exactly where kwalk cannot read
    one."""
    first, last = prog["min_low_pfn"].value_(), prog["max_pfn"].value_()
    wanted = set(random.Random(1).sample(range(first, last), FRAMES))
    wrong, read = [], 0
    for pfn, page in enumerate(helpers.for_each_page(prog), first):
        if pfn not in wanted:
            continue
        try:
            # memdesc_flags_t, a struct, since 6.18
            flags = page.flags.value_() if isinstance(page.flags.value_(), int) else page.flags.f.value_()
            read += 1
        except drgn.FaultError:
            flags = None
        try:
            ours = kernel.page(pfn)
            if ours.flags != flags or (ours.page, pfn) != (page.value_(), helpers.page_to_pfn(page).value_()):
                wrong.append(f"pfn {pfn:x}: {flags}, not {ours}")
        except kwalk.Error as error:
            if flags is not None:
                wrong.append(f"pfn {pfn:x}: {flags}, and kwalk: {error}")
    report(f"{title}: for_each_page()", read, wrong)


def kept_frames(prog):
    """Returns the frames in the free lists of CPUs, by page, and the number that the CPUs have counted."""
    frames, counted = set(), 0
    nodes = [prog["contig_page_data"]] if "contig_page_data" in prog else \
        [node for node in (prog["node_data"][i] for i in range(prog["nr_node_ids"])) if node]
    large = 10 if kwalk.drgn.kernel(prog).facts["arch"] == "i386" else 9
    for zone in (zone for node in nodes for zone in node.node_zones if zone.spanned_pages):
        for cpu in helpers.for_each_possible_cpu(prog):
            try:
                pages = helpers.per_cpu_ptr(zone.per_cpu_pageset, cpu)
            except AttributeError:  # before 5.14
                pages = helpers.per_cpu_ptr(zone.pageset, cpu).pcp
            counted += pages.count.value_()
            for number, head in enumerate(pages.lists):
                order = number // 3 if number < 12 else large
                for page in helpers.list_for_each_entry("struct page", head.address_of_(), "lru"):
                    first = helpers.page_to_pfn(page).value_()
                    frames |= set(range(first, first + (1 << order)))
    return frames, counted


def node_counter(prog, name):
    """Returns a counter of the nodes' pages, with the counts of CPUs that are not added to it yet."""
    number = prog.constant(name).value_()
    total = prog["vm_node_stat"][number].counter.value_()
    nodes = [prog["contig_page_data"]] if "contig_page_data" in prog else \
        [node for node in (prog["node_data"][i] for i in range(prog["nr_node_ids"])) if node]
    for node in nodes:
        for cpu in helpers.for_each_possible_cpu(prog):
            total += helpers.per_cpu_ptr(node.per_cpu_nodestats, cpu).vm_node_stat_diff[number].value_()
    return total


def check_frames(prog, program, arguments, title):
    """Compares the counts of the command frames with the kernel's lists and counters. They must be equal."""
    run = subprocess.run([program, "-q", "-j", "-c", "frames; frames -l", *arguments], capture_output=True, text=True,
                         timeout=300, check=False)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    uses = {answer["use"]: answer["frames"] for answer in answers if "size" in answer}
    ours = {pfn for run in answers if run["use"] == "free-percpu" and "start" in run
            for pfn in range(int(run["start"], 16) >> 12, (int(run["end"], 16) >> 12) + 1)}
    kept, counted = kept_frames(prog)
    wrong = [f"frame {pfn:x} is free-percpu, and in no list" for pfn in ours - kept]
    wrong += [f"frame {pfn:x} is in a list, and not free-percpu" for pfn in kept - ours]
    large = sum(state.nr_huge_pages.value_() << state.order.value_()
                for state in (prog["hstates"][i] for i in range(prog["hugetlb_max_hstate"])))
    # A kernel without CONFIG_MEMORY_FAILURE has no such count.
    poisoned = prog["num_poisoned_pages"].counter.value_() if "num_poisoned_pages" in prog else 0
    wrong += [f"{use}: {uses.get(use, 0)}, not {want}" for use, want in (
        ("free-percpu", counted), ("shmem", node_counter(prog, "NR_SHMEM")), ("hugetlb", large),
        ("hwpoison", poisoned)) if uses.get(use, 0) != want]
    report(f"{title}: frames in lists of CPUs, of shared memory, hugetlb, corrupted", len(kept), wrong)


def check_names(prog, kernel, guest_symbols, title):
    """Symbols with a unique name, by their addresses in the guest's /proc/kallsyms."""
    some = random.Random(1).sample(guest_symbols, min(SYMBOLS, len(guest_symbols)))
    wrong, seen = [], 0
    for address, name in some:
        try:
            if kernel.symbol(address).name != name or kernel.symbol(address).module:
                continue
        except kwalk.Error:
            continue  # a per-CPU symbol, or the end of a section
        seen += 1
        said = identify_address(prog, address)
        place = re.search(r"symbol: (\S+)\+0x(\w+)$", said or "")
        # Only kallsyms has labels within a function as names.
        if not place or kernel.symbol(place[1]).address + int(place[2], 16) != address or \
                place[1] != name and place[2] == "0":
            wrong.append(f"{address:x}: {said}, not {name}")
    report(f"{title}: identify_address()", seen, wrong)


def areas_of(prog, kernel, mm):
    """for_each_vma() is newer, and can read the maple tree. Without it, uses the list that existed before 6.1, or
    the structs that kwalk names."""
    if hasattr(helpers, "for_each_vma"):
        yield from helpers.for_each_vma(mm)
    elif mm.type_.type.has_member("mmap"):
        area = mm.mmap
        while area:
            yield area
            area = area.vm_next
    else:
        for area in kernel.task(1).vmas():
            yield drgn.Object(prog, "struct vm_area_struct *", value=area.address)


def check_areas(prog, kernel, guest, title):
    """Compares with /proc/1/maps, except for the vsyscall page."""
    found = [(int(area.vm_start), int(area.vm_end) - 1) for area in
             areas_of(prog, kernel, helpers.find_task(prog, 1).mm) if int(area.vm_end) <= 1 << 63]
    wanted = [(start, end) for start, end, _, _, name in guest.maps if name != "[vsyscall]"]
    wrong = [f"{a:x}-{b:x}" for a, b in set(found) ^ set(wanted)]
    report(f"{title}: mappings of process 1", len(found), wrong)


def check_process(prog, kernel, title):
    """The memory of process 1. drgn reads it with a separate implementation of the walk."""
    task, wrong, seen = helpers.find_task(prog, 1), [], 0
    if helpers.cmdline(task)[:1] != [b"/init"]:
        wrong.append(f"its command is {helpers.cmdline(task)}")
    for area in kernel.task(1).vmas():
        try:
            ours = kernel.read(area.first, 256, pid=1)
        except kwalk.Error:
            continue
        seen += 1
        if helpers.access_process_vm(task, area.first, 256) != ours:
            wrong.append(f"{area.first:x}")
    report(f"{title}: cmdline(), access_process_vm()", seen, wrong)


def check_stacks(prog, kernel, title):
    """Stacks of a sleeping thread, and of the code that each CPU ran in the kernel."""
    wrong = []
    names = [frame.name for frame in prog.stack_trace(helpers.find_task(prog, 2))]
    if "kthreadd" not in names or not {"schedule", "__schedule"} & set(names):
        wrong.append(f"kthreadd: {names}")
    seen = 1
    for cpu in kernel.cpus():
        if not cpu.task or cpu.registers.get("rip", 0) >> 63 == 0:
            continue
        seen += 1
        try:
            frames = prog.stack_trace(drgn.Object(prog, "struct task_struct *", value=cpu.task))
        except Exception as error:  # pylint: disable=broad-except
            if "unknown ORC entry type" not in str(error):  # drgn 0.0.22 with new kernels
                wrong.append(f"CPU {cpu.number}: {error}")
            continue
        if frames[0].pc != cpu.registers["rip"]:
            wrong.append(f"CPU {cpu.number}: {frames[0].pc:x}, not {cpu.registers['rip']:x}")
    report(f"{title}: stack_trace()", seen, wrong)


def check_faults(prog, kernel, title):
    """An address that is not mapped, and memory that does not exist, must raise drgn's FaultError, as helpers
    expect."""
    wrong = []
    # For 32-bit programs, drgn uses 32 bits of addresses, even of physical addresses.
    end = 1 << 64 if kernel.facts["arch"] == "x86_64" else 1 << 32
    holes = [extent.first for extent in kernel.memory() if extent.state not in ("present", "zero") and extent.first < end]
    for address, physical in [(0x1234, False), *((hole, True) for hole in holes[:20])]:
        try:
            wrong.append(f"{address:x} {physical}: {prog.read(address, 8, physical)}")
        except drgn.FaultError:
            pass
    report(f"{title}: FaultError", 1 + len(holes), wrong)


def check_natively(prog, kernel, native, title):
    """Compares with the results of drgn for the core of a kexec kernel. QEMU's cores have no kernel addresses."""
    wrong, seen = [], 0
    chosen = random.Random(1)
    ranges = [r for r in kernel.ranges(1 << 31) if r.status == "mapped" and r.last - r.first < 1 << 40]
    for mapped in chosen.choices(ranges, k=READS):
        address = mapped.first + chosen.randrange(mapped.last - mapped.first + 1) & ~7
        try:
            theirs = native.read(address, 8)
        except drgn.FaultError:
            continue
        seen += 1
        if prog.read(address, 8) != theirs:
            wrong.append(f"{address:x}")
    report(f"{title}: memory as drgn itself reads it", seen, wrong)


def open_natively(path):
    """Returns None if drgn refuses the core."""
    native = drgn.Program()
    try:
        native.set_core_dump(path)
    except Exception:  # pylint: disable=broad-except
        return None
    return native if native.flags & drgn.ProgramFlags.IS_LINUX_KERNEL else None


def check(files, name, folder, vmlinux, guest, title):
    kind = f"{title}, {name}"
    prog = kwalk.drgn.program(files, vmlinux)
    kernel = kwalk.drgn.kernel(prog)
    wide = kernel.facts["arch"] == "x86_64"
    native = open_natively(files[0].partition("@")[0].removesuffix(":0"))
    if name != "core":
        report(f"{kind}: drgn itself refuses it", 1, ["it does not"] if native else [])
    elif wide and guest.crashed:
        check_natively(prog, kernel, native, kind)
    check_tasks(prog, kernel, guest, kind)
    check_log(prog, folder, kind)
    check_pages(prog, kernel, kind)
    check_names(prog, kernel, guest.symbols, kind)
    check_areas(prog, kernel, guest, kind)
    check_faults(prog, kernel, kind)
    if wide:
        check_process(prog, kernel, kind)
        check_stacks(prog, kernel, kind)


class Guest(Records):
    def __init__(self, folder):
        super().__init__(folder)
        with open(os.path.join(folder, "machine.json"), encoding="ascii") as file:
            self.crashed = json.load(file)["crash"]
        with open(os.path.join(folder, "serial.log"), encoding="utf-8", errors="replace") as file:
            self.symbols = [(int(address, 16), name) for address, name in
                            re.findall(r"^@unique (\w+) (\S+) \w+\r?$", file.read(), re.MULTILINE)]


def lacks(name, what):
    if os.environ.get("CI"):
        print(f"not ok - {name}: drgn: {what}")
        return 1
    print(f"ok - {name}: drgn # SKIP {what}")
    return 0


def main():
    global drgn, helpers, identify_address, kwalk  # pylint: disable=global-statement
    program, folder, vmlinux, name = sys.argv[1:]
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(program)), "python"))
    try:
        import drgn  # pylint: disable=import-outside-toplevel
        from drgn.helpers.common import identify_address
        from drgn.helpers import linux as helpers
        import kwalk.drgn
    except ImportError as error:
        return lacks(name, error)
    guest = Guest(folder)
    for kind, files in make(folder):
        try:
            check(files, kind, folder, vmlinux, guest, name)
            if kind == "core":
                check_frames(kwalk.drgn.program(files, vmlinux), program, [vmlinux, *files], name)
        except Exception as error:  # pylint: disable=broad-except
            report(f"{name}, {kind}", 1, [f"{type(error).__name__}: {error}"])
    return exit_status()


if __name__ == "__main__":
    drgn = helpers = identify_address = kwalk = None
    sys.exit(main())
