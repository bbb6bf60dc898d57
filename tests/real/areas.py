#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks kwalk for the purpose of addresses of the guest recorded in DIR: areas of vmalloc, modules, slots of the
fixmap and of kmap, and espfix stacks. Compares the answers with the guest's /proc/vmallocinfo, /proc/modules and
/proc/iomem, and with the emulated MMU's list of pages. Prints TAP without numbers. Status: 1 if anything
differs, 2 if nothing could be compared."""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

from compare import Check, hexadecimal
from page import PAGE
from records import Record
from tap import opened

FLAGS = ("ioremap", "sparse", "vmalloc", "vmap", "user", "dma-coherent", "vpages")
KINDS = ("ioremap", "sparse", "vmalloc", "vmap", "dma-coherent")
OWN_FLAGS = {"no-guard", "uninitialized"}   # flags that the kernel does not print
STACK_CALLERS = re.compile(r"(kernel_clone|fork_idle|copy_process|dup_task_struct|alloc_thread_stack_node)\b")
MOST_CHANGES = 4


class Line:
    """A line of /proc/vmallocinfo."""

    def __init__(self, text):
        start, end, size, rest = re.match(r"0x(\w+)-0x(\w+) +(\d+)(.*)", text).groups()
        self.start, self.end, self.size = int(start, 16), int(end, 16), int(size)
        self.caller = re.search(r" ([^ +]+\+0x[0-9a-f]+)/0x", rest)
        self.caller = self.caller and self.caller[1]
        self.pages = re.search(r" pages=(\d+)", rest)
        self.pages = self.pages and int(self.pages[1])
        self.physical = re.search(r" phys=0x([0-9a-f]+)", rest)
        self.physical = self.physical and int(self.physical[1], 16)
        words = rest.split()
        self.flags = [word for word in words if word in FLAGS]
        self.kind = next((kind for kind in KINDS if kind in words), None)
        if "vm_map_ram" in words:
            self.kind = "map-ram"
        if "unpurged" in words:
            self.kind = "unpurged"


class Kwalk:
    def __init__(self, program, arguments):
        self.program, self.arguments = program, arguments

    def ask(self, *commands):
        with tempfile.NamedTemporaryFile("w", suffix=".script") as script:
            script.write("".join(command + "\n" for command in commands))
            script.flush()
            run = subprocess.run([self.program, "-q", "-j", "-x", script.name, *self.arguments], capture_output=True,
                                 text=True, timeout=300, check=False, env=dict(os.environ, KWALK_DEBUG_PATH=""))
        return [json.loads(line) for line in run.stdout.splitlines()]

    def regions(self, addresses):
        return self.ask(*(f"region {address:x}" for address in addresses))


def number(answer, field):
    return int(answer[field], 16) if field in answer else None


def settle(kwalk, lines):
    """A running kernel starts and ends threads, and purges areas that were freed, after it has listed its areas.
    Returns the lines that are still valid, and the few areas that changed."""
    answers = {number(answer, "start"): answer for answer in kwalk.ask("areas") if "start" in answer}
    starts = {line.start for line in lines}
    new = [answer for start, answer in answers.items()
           if start not in starts and STACK_CALLERS.match(answer.get("caller", ""))]
    gone = [line for line in lines if line.kind == "unpurged" and line.start not in answers or
            STACK_CALLERS.match(line.caller or "") and
            answers.get(line.start, {}).get("kind") in (None, "unpurged", "unowned")]
    if len(new) + len(gone) > MOST_CHANGES:
        return lines, []
    return [line for line in lines if line not in gone], \
        [range(number(answer, "start"), number(answer, "end") + 1) for answer in new] + \
        [range(line.start, line.end) for line in gone]


def check_list(record, kwalk, name, lines, changed):
    bases = {base: module for module, base in modules_of(record)}
    with Check(name, "areas as /proc/vmallocinfo shows them") as check:
        answers = {number(answer, "start"): answer for answer in kwalk.ask("areas") if "start" in answer}
        for line in lines:
            answer = answers.pop(line.start, {"input": f"{line.start:x}"})
            kind = line.kind
            if answer.get("kind") == "module":
                # Since 6.4, a module has several areas. The list has only the first.
                kind = "module"
                if line.start in bases and "modules" not in answer:
                    check.equal(answer, module=bases[line.start])
                modules = answer.get("modules", [answer.get("module")])
                check.true(f"{line.start:x} is of no module", set(modules) <= set(bases.values()))
            check.equal(answer, end=hexadecimal(line.end - 1), size=line.size, kind=kind, pages=line.pages,
                        physical=line.physical and hexadecimal(line.physical))
            flags = [flag for flag in answer.get("flags", []) if flag not in OWN_FLAGS]
            check.true(f"{line.start:x}: flags are {flags}, not {line.flags}", sorted(flags) == sorted(line.flags))
            # If an address has two names, the kernel prints the first.
            if answer.get("caller") != line.caller:
                sym = kwalk.ask(f"sym {line.caller}")[0] if line.caller else {}
                check.true(f"{line.start:x}: the caller is {answer.get('caller')}, not {line.caller}",
                           number(answer, "caller_address") ==
                           number(sym, "address") + sym.get("offset", 0) if "address" in sym else False)
        for start, answer in answers.items():
            if any(start in area for area in changed):
                continue
            check.true(f"{start:x} is no area of the guest's: {answer}", answer.get("flags") == ["uninitialized"]
                       or answer.get("kind") == "unowned")


def modules_of(record):
    return [(name, int(base, 16)) for name, base in record.lines("modules", r"(\S+) .* 0x(\w+)(?: \(\w+\))?")]


def check_addresses(record, kwalk, name, lines, changed):
    """region must know each area from an address within it, recognise the area's guard page, and report gaps as
    free."""
    with Check(name, "addresses within areas, guard pages and gaps") as check:
        known = [line for line in lines if line.kind and not record.in_image(line.start)]
        answers = kwalk.regions(line.start + line.size // 2 & -PAGE | 0x123 for line in known)
        for line, answer in zip(known, answers):
            area = answer.get("area", {})
            check.equal(area, start=hexadecimal(line.start), end=hexadecimal(line.end - 1))
        for line, answer in zip(known, kwalk.regions(line.end - 1 for line in known)):
            guard = line.kind not in ("map-ram", "unpurged") and record.table.find(line.end - 1) is None
            check.equal(answer.get("area", {}), start=hexadecimal(line.start), guard=guard or None)
        gaps = [(a.end, b.start - 1) for a, b in zip(lines, lines[1:]) if a.end < b.start and
                not any(a.end < area.stop and area.start < b.start for area in changed)]
        for (start, last), answer in zip(gaps, kwalk.regions(start for start, _ in gaps)):
            if answer["region"] in ("vmalloc", "modules"):
                check.equal(answer["area"], kind="free", start=hexadecimal(start))


def resources_at(record, paddr):
    """Names of the ranges of /proc/iomem that contain paddr, the innermost last."""
    return [name.strip() for start, end, name in record.lines("iomem", r" *(\w+)-(\w+) : (.*)")
            if int(start, 16) <= paddr <= int(end, 16)] or [None]


def check_ioremap(record, kwalk, name, lines):
    with Check(name, "what ioremap maps, page by page") as check:
        for line in (line for line in lines if line.kind == "ioremap"):
            area = kwalk.ask(f"areas {line.start:x}")[0]
            check.equal(area, physical_end=hexadecimal(line.physical + line.size - PAGE - 1))
            if not record.is_partial:
                check.equal(area, resource=resources_at(record, line.physical)[-1])
            # A window of PCI's configuration space has 65,536 pages.
            pages = range(line.start, line.end - PAGE, PAGE)
            pages = pages[::len(pages) // 256 + 1]
            for vaddr, answer in zip(pages, kwalk.ask(*(f"vtop {vaddr:x}" for vaddr in pages))):
                paddr = line.physical + vaddr - line.start
                check.equal(answer, physical=hexadecimal(paddr))
                check.true(f"{vaddr:x}: the MMU has it elsewhere", record.table.translate(vaddr) == paddr)
                names = resources_at(record, paddr)
                if not record.is_partial:
                    check.equal(answer, resource=None if "System RAM" in names else names[-1])


def check_modules(record, kwalk, name):
    with Check(name, "modules by address") as check:
        for module, base in modules_of(record):
            answer = kwalk.regions([base])[0]
            check.equal(answer, module=module, section="text")
            check.equal(answer.get("area", {}), kind="module", module=module)


def check_fixmap(record, kwalk, name):
    """The kernel maps these devices in slots with these names."""
    slots = {0xfee00000: "FIX_APIC_BASE", 0xfec00000: "FIX_IO_APIC_BASE_0"}
    top = (1 << record.bits) - (1 << 24)
    with Check(name, "slots of the fixmap") as check:
        for page in record.table.pages:
            if page.vaddr >= top and page.paddr in slots and page.size == PAGE:
                check.equal(kwalk.regions([page.vaddr | 0x20])[0], slot=slots[page.paddr])


def check_kmap(record, kwalk, name):
    """The kernel counts a slot of kmap() as long as it is mapped."""
    region = next((r for r in kwalk.ask("regions") if r["region"] == "kmap"), None)
    if not region:
        return
    with Check(name, "slots of kmap") as check:
        start, end = number(region, "start"), number(region, "end")
        for vaddr, answer in zip(range(start, end, PAGE), kwalk.regions(range(start, end, PAGE))):
            mapped = record.table.find(vaddr) is not None
            check.equal(answer, slot_index=(vaddr - start) // PAGE)
            check.true(f"{vaddr:x}: mapped {mapped}, count {answer.get('kmap_count')}",
                       (answer.get("kmap_count", -1) > 0) == mapped)


def check_espfix(record, kwalk, name):
    """Calculates as the kernel's espfix_base_addr(), which kwalk does not use. All copies of a stack are mapped to
    one page."""
    page, slot = (answer.get("values") for answer in kwalk.ask("rd -32 page_random", "rd -32 slot_random"))
    if not page or not slot:
        return
    with Check(name, "espfix stacks of all CPUs") as check:
        cpus = len(record.lines("cpuinfo", r"processor\s*: (\d+)"))
        for cpu in range(cpus):
            place = (cpu // 64 ^ int(page[0], 16)) << 12 | (cpu + int(slot[0], 16)) % 64 * 64
            start = 0xffffff0000000000 + (place & 0xffff | (place & ~0xffff) << 16)
            copies = [start + copy * 0x10000 for copy in (0, 1, 0x1234, 0xffff)]
            check.true(f"{start:x}: not mapped, or not to one place",
                       len({record.table.translate(copy) for copy in copies} - {None}) == 1)
            for copy, answer in zip(copies, kwalk.regions(copies)):
                check.equal(answer, stack="espfix", cpu=cpu, stack_start=hexadecimal(copy),
                            stack_end=hexadecimal(copy + 63))
            # The slot of the next CPU is above, unless the number of slots is reached.
            end = start + 64 if place & 0xfff != 64 * 63 else start - 64 * 63
            check.equal(kwalk.regions([end])[0], cpu=cpu + 1 if cpu + 1 < cpus else None)


def check_alone(with_vmlinux, alone, name):
    """Without vmlinux, the answers are the same if the kernel contains its types. Otherwise there is a clear
    message."""
    want, got = with_vmlinux.ask("areas"), alone.ask("areas")
    with Check(name, "areas without vmlinux") as check:
        if len(got) == 1 and got[0]["status"] == "error":
            check.true(got[0]["message"], "BTF" in got[0]["message"] or "no symbol" in got[0]["message"])
            return
        check.true(f"{len(got)} areas, not {len(want)}", len(got) == len(want))
        for one, other in zip(want, got):
            check.true(f"{one} is not {other}", one == other)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kwalk")
    parser.add_argument("directory", metavar="DIR")
    parser.add_argument("vmlinux")
    parser.add_argument("name")
    given = parser.parse_args()
    record = Record(given.directory, given.vmlinux)
    dump = os.path.join(given.directory, "vmcore")
    kwalk = Kwalk(given.kwalk, opened(given.vmlinux, dump))
    if record.vmalloc and not record.is_partial:
        lines = sorted((Line(text) for text in record.lines("vmallocinfo", r"(.*)")), key=lambda line: line.start)
        lines, changed = (lines, []) if record.instant else settle(kwalk, lines)
        check_list(record, kwalk, given.name, lines, changed)
        check_addresses(record, kwalk, given.name, lines, changed)
        check_ioremap(record, kwalk, given.name, lines)
    elif record.vmalloc:
        check_ioremap(record, kwalk, given.name, [Line(text) for text in record.lines("vmallocinfo", r"(.*)")])
    check_modules(record, kwalk, given.name)
    if record.is_x86:
        check_fixmap(record, kwalk, given.name)
    check_kmap(record, kwalk, given.name)
    if record.is_x86:
        check_espfix(record, kwalk, given.name)
    if given.vmlinux:
        check_alone(kwalk, Kwalk(given.kwalk, [dump]), given.name)
    return 1 if Check.total_failed else 0


if __name__ == "__main__":
    try:
        STATUS = main()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as problem:
        print(f"{type(problem).__name__}: {problem}", file=sys.stderr)
        STATUS = 2
    sys.exit(STATUS)
