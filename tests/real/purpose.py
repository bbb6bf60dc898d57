#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks kwalk for the purpose of addresses of the guest recorded in DIR. Compares with the files of the guest's
kernel (/proc/slabinfo, kpageflags, zoneinfo, vmallocinfo, iomem) and with the registers of the CPUs. Prints TAP
without numbers. Status: 1 if anything differs."""
import argparse
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

from page import PAGE
from records import Record
from tap import exit_status, opened, report

EXCEPTIONS = ["DF", "NMI", "DB", "MCE", "VC"]    # in the order of the interrupt stacks in the TSS
STACK_CALLERS = "kernel_clone|fork_idle|copy_process|dup_task_struct|alloc_thread_stack_node"


class Kwalk:
    def __init__(self, program, arguments):
        self.program, self.arguments = program, arguments

    def regions(self, addresses):
        """Returns the answer for each address, by address."""
        addresses = list(addresses)
        with tempfile.NamedTemporaryFile("w", suffix=".script") as script:
            script.writelines(f"region {address:x}\n" for address in addresses)
            script.flush()
            run = subprocess.run([self.program, "-q", "-j", "-x", script.name] + self.arguments,
                                 capture_output=True, text=True, timeout=300, check=False)
        answers = [json.loads(line) for line in run.stdout.splitlines()]
        if len(answers) != len(addresses):
            raise RuntimeError(f"{len(answers)} answers to {len(addresses)} questions: {run.stderr[:200]}")
        return dict(zip(addresses, answers))


def differences(answer, **expected):
    """Returns the fields that differ from the expected values. None: the field must be missing."""
    wrong = {name: answer.get(name) for name, value in expected.items() if answer.get(name) != value}
    return [f"{answer.get('input')}: {wrong}, not {expected}"] if wrong else []


# --- slabs ---------------------------------------------------------------------------------


def slab_frames(record):
    return {int(start, 16) + i for start, count in record.lines("slabs", r"(\w+) (\d+)") for i in range(int(count))}


def check_slabs(kwalk, record, title):
    """A running kernel continues to allocate memory after it has listed its slabs, so a few may differ."""
    told = slab_frames(record)
    others = {r.start // PAGE + i for r in record.ram for i in range(0, (r.end - r.start) // PAGE, 61)
              if record.table.translate(record.page_offset + r.start + i * PAGE) == r.start + i * PAGE}
    others |= {frame + 1 for frame in told}
    answers = kwalk.regions(record.page_offset + frame * PAGE + 0x28 for frame in sorted(told | others)
                            if record.table.translate(record.page_offset + frame * PAGE) == frame * PAGE)
    wrong, caches = [], collections.defaultdict(lambda: collections.defaultdict(set))
    for address, answer in answers.items():
        frame = (address - record.page_offset) // PAGE
        if (frame in told) != ("slab_cache" in answer):
            wrong.append(f"frame {frame:x}: {'a slab' if frame in told else 'no slab'}, kwalk: {answer.get('slab_cache')}")
        if "slab_cache" in answer:
            caches[answer["slab_cache"]][answer["slab"]] |= {answer.get("object_size")} - {None}
    moved = 0 if record.instant else len(told) // 50 + 4
    report(f"{title}: slab pages", len(told), wrong if len(wrong) > moved else [])
    wrong, moved, lines = [], 0, record.lines("slabinfo", r"(\S+) +\d+ +\d+ +(\d+) .* slabdata +\d+ +(\d+) +\d+")
    for name, size, slabs in lines:
        found = caches.pop(name, {})
        moved += abs(len(found) - int(slabs))
        # Of dentries, up to a fifth is freed between the guest's list and the saving of its memory.
        if abs(len(found) - int(slabs)) > (0 if record.instant else 3 + int(slabs) // (5 if name == "dentry" else 20)):
            wrong.append(f"{name}: {len(found)} slabs, not {slabs}")
        wrong += [f"{name}: objects of {got} bytes, not {size}" for got in found.values() if got - {int(size)}]
    wrong += [f"{name}: is no cache" for name in caches]
    report(f"{title}: caches; {moved} slabs came or went", len(lines), wrong)


# --- memory --------------------------------------------------------------------------------


def zones(record):
    """Returns the first frame, one past the last frame, and the name of each zone."""
    found, name, spanned = [], None, 0
    for line in re.findall(r"^@zoneinfo (.*)$", record.serial, re.MULTILINE):
        if match := re.match(r"Node \d+, zone +(\w+)", line):
            name = match[1]
        elif match := re.match(r" +spanned +(\d+)", line):
            spanned = int(match[1])
        elif (match := re.match(r" +start_pfn: +(\d+)", line)) and spanned:
            found.append((int(match[1]), int(match[1]) + spanned, name))
            spanned = 0
    return found


def innermost(record, paddr):
    return min((int(end, 16) - int(start, 16), name) for start, end, name in
               record.lines("iomem", r" *(\w+)-(\w+) : (.*)") if int(start, 16) <= paddr <= int(end, 16))[1]


def check_memory(kwalk, record, title):
    """Zone and resource of the memory that pages of the kernel map, and the validity of address arithmetic."""
    pages = [p for p in record.table.pages if p.vaddr >= record.kernel_start]
    sample = {p.vaddr + p.size // 3: p.paddr + p.size // 3 for p in pages[::len(pages) // 600 + 1]}
    sample.update((record.page_offset + paddr, paddr) for paddr in (0x9f000, 0xa0123, 0xb8000, 0xfffff, 0x100000))
    if record.bits == 32:   # high memory is mapped only elsewhere
        sample.update((p.vaddr, p.paddr) for p in pages if p.vaddr - p.paddr != record.page_offset)
    image = record.image["_text"] - record.image["_text"] % (2 << 20)
    wrong, seen = [], collections.Counter()
    for vaddr, answer in kwalk.regions(sample).items():
        paddr = record.table.translate(vaddr)
        if paddr is None:
            continue
        in_image = record.in_image(vaddr) or record.arch == "x86_64" and image <= vaddr < image + (1 << 30) and (
            paddr == vaddr - (0xffffffff80000000 - record.phys_base))
        linear = vaddr - paddr == record.page_offset or in_image
        expected = {"virt_to_phys": linear, "isa_hole": True if 0xa0000 <= paddr < 0x100000 and record.is_x86 else None}
        zone = [name for start, end, name in zones(record) if start <= paddr // PAGE < end]
        if record.is_ram(paddr):
            # The note of arm64 lacks the length of node_data, which determines the place of the zone in flags.
            if zone and (record.is_x86 or "without" not in title):
                expected["zone"] = zone[0]
            if zone:    # otherwise only the ranges of memory are known
                expected["resource"] = innermost(record, paddr)
            # On arm64, this is only for the direct map.
            expected["virt_to_page"] = linear and not record.in_image(vaddr)
            seen.update(zone)
        wrong += differences(answer, **expected)
    report(f"{title}: zones {dict(seen)}, resources, validity", len(sample), wrong)


# --- stacks and per-CPU memory --------------------------------------------------------------


def check_areas(kwalk, record, title):
    """Areas of vmalloc of the kinds that contain stacks and per-CPU chunks. A CPU keeps two stacks that no task
    uses."""
    nr_cpus = len(record.lines("cpuinfo", r"processor\s*: (\d+)"))
    areas = [(r.start, r.end + 1 - r.start, re.match(r" *\d+ (\w+)", r.name)) for r in record.vmalloc]
    areas = {start: (size, match[1] if match else "") for start, size, match in areas}
    answers = kwalk.regions(start + 0x108 for start in areas)
    stacks = {int(start, 16) for start in record.lines("task-stack", r"(\w+)")}
    wrong, free, compared = [], 0, 0
    for start, (size, caller) in areas.items():
        answer = answers[start + 0x108]
        if stacks and (start in stacks) != (answer.get("stack") == "task"):
            wrong.append(f"{start:x}: {'a' if start in stacks else 'no'} stack of a task, kwalk: {answer.get('stack')}")
        if record.in_image(start):
            continue
        expected = {"stack": None, "percpu": None}
        if record.bits == 64 and re.fullmatch(STACK_CALLERS, caller):
            free += "stack" not in answer
            if "stack" in answer:
                expected = {"stack": "task", "percpu": None, "stack_start": f"{start:#x}",
                            "stack_end": f"{start + size - PAGE - 1:#x}"}
        elif caller in ("irq_init_percpu_irqstack", "map_irq_stack", "init_IRQ", "start_kernel"):
            expected = {"stack": "irq", "percpu": None, "stack_start": f"{start:#x}",
                        "stack_end": f"{start + size - PAGE - 1:#x}"}
        elif caller == "pcpu_get_vm_areas":
            expected = {"stack": None, "percpu": "dynamic"}
        compared += expected["stack"] is not None or expected["percpu"] is not None
        wrong += differences(answer, **expected)
    if not stacks and free > 2 * nr_cpus + 4:
        wrong.append(f"{free} stacks belong to no task")
    report(f"{title}: areas of stacks and CPUs; {free} free stacks", compared, wrong)


class Cpu:
    """The registers that give the addresses of a CPU's memory."""

    def __init__(self, text):
        self.number = int(re.match(r"#(\d+)", text)[1])
        self.tables = {name: int(base, 16) for name, base in re.findall(r"^([GI]DT)= +(\w+)", text, re.MULTILINE)}
        self.segments = {name: int(base, 16) for name, base in
                         re.findall(r"^(TR|FS|GS) ?=\w+ (\w+)", text, re.MULTILINE)}
        self.in_kernel = "CPL=0" in text
        self.halted = "HLT=1" in text
        self.stack = int(re.search(r"\b[RE]SP=(\w+)", text)[1], 16)


def check_cpu(kwalk, record, cpu, answered):
    """Returns the differences of one CPU. The results that were compared are added to answered."""
    own = {"cpu": cpu.number}
    questions = {cpu.tables["GDT"]: own | {"member": "gdt+0x0"}, cpu.segments["TR"]: own | {"member": "tss+0x0"},
                 cpu.tables["IDT"]: {"member": "idt+0x0"}}
    tss = record.machine["tss"][cpu.number]
    if record.bits == 64:
        tops = [tss[i] | tss[i + 1] << 32 for i in range(1, 22, 2)]
        questions[tops[0] - 8] = own | {"stack": "entry", "stack_end": f"{tops[0] - 1:#x}"}
        for name, top in zip(EXCEPTIONS, tops[4:]):
            if top:
                questions[top - 8] = own | {"stack": "exception", "exception": name, "stack_end": f"{top - 1:#x}"}
                questions[top - PAGE * 2 - 8] = own | {"stack": "exception", "guard": True}
    else:
        questions[tss[1] - 4] = own | {"stack": "entry"}
    base = cpu.segments["GS" if record.bits == 64 else "FS"]
    # In the entry code, it is still the user's value, which is 0 with 32 bits.
    if cpu.in_kernel and (base >= record.kernel_start if record.bits == 64 else base):
        place = (base + record.image["cpu_tss_rw"] + 8) % (1 << record.bits)
        questions[place] = own | {"percpu": "static", "percpu_symbol": "cpu_tss_rw+0x8"}
        # In the entry code, it is still the user's value, or contains CR3 for a moment.
        if not record.machine["crash"] and cpu.stack >= record.kernel_start:
            # The first CPU runs init; the other CPUs are idle, or run a thread of the kernel.
            who = {}
            if cpu.halted:
                who = {"pid": 0, "comm": f"swapper/{cpu.number}"}
            elif cpu.number == 0:
                who = {"pid": 1, "comm": "init"}
            questions[cpu.stack] = {"stack": "task"} | who
    answers = kwalk.regions(questions)
    wrong = []
    for address, expected in questions.items():
        if address == cpu.stack and answers[address].get("stack") in ("irq", "hardirq", "softirq", "entry", "exception"):
            expected = {"cpu": cpu.number}
        wrong += differences(answers[address], **expected)
    answered.update(questions)
    return wrong


def check_registers(kwalk, record, title):
    with open(record.path("registers.txt"), encoding="ascii") as file:
        cpus = [Cpu(text) for text in file.read().split("CPU")[1:] if text.startswith("#")]
    wrong, answered = [], set()
    for cpu in cpus:
        wrong += check_cpu(kwalk, record, cpu, answered)
    report(f"{title}: what the registers of {len(cpus)} CPUs point at", len(answered), wrong)


def check_stacks(kwalk, record, title):
    """The first CPU runs init; the other CPUs are idle."""
    with open(record.path("registers.txt"), encoding="ascii") as file:
        cpus = re.split(r"^CPU#(\d+)$", file.read(), flags=re.MULTILINE)[1:]
    questions = {}
    for number, text in zip(map(int, cpus[::2]), cpus[1::2]):
        stack = int(re.search(r"\bSP=(\w+)|x2/sp +(\w+)", text).group(record.arch == "riscv64" and 2 or 1), 16)
        if "EL1h" in text or record.arch == "riscv64" and stack >> 63:
            # At the start of an interrupt stack, the whole stack is free.
            questions[stack - 8] = {"pid": 1, "comm": "init"} if not number else {"pid": 0, "comm": f"swapper/{number}"}
    answers = kwalk.regions(questions)
    wrong = []
    for address, expected in questions.items():
        stack = answers[address].get("stack")
        if stack not in ("task", "irq"):
            wrong.append(f"{address:x} is no stack: {answers[address]}")
        elif stack == "task":
            wrong += differences(answers[address], **expected)
    report(f"{title}: stacks that the registers point at", len(questions), wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dump", help="the memory image, vmcore in DIR")
    for name in ("kwalk", "dir", "vmlinux", "name"):
        parser.add_argument(name)
    given = parser.parse_args()
    record = Record(given.dir, given.vmlinux)
    dump = given.dump or os.path.join(given.dir, "vmcore")
    tables = [(given.name, opened(given.vmlinux, dump))]
    # The kernel has its types in memory, and its symbols, not only functions.
    if given.vmlinux and record.bits == 64 and "init_task" in record.symbols:
        tables.append((given.name + ", without vmlinux", [dump]))
    for title, arguments in tables:
        kwalk = Kwalk(given.kwalk, arguments)
        if record.is_x86:
            check_registers(kwalk, record, title)
        else:
            check_stacks(kwalk, record, title)
        if record.vmalloc and not record.is_partial:
            check_areas(kwalk, record, title)
        check_memory(kwalk, record, title)
        if not record.is_partial:
            check_slabs(kwalk, record, title)
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
