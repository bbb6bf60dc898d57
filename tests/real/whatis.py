#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks kwalk for the meaning of numbers from the guest recorded in DIR. Compares with the files of the guest's
kernel (kallsyms, slabinfo, vmallocinfo, iomem) and with the registers of the CPUs. Also annotates texts that
contain the numbers. Prints TAP without numbers. Status: 1 if anything differs."""
import argparse
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

from purpose import STACK_CALLERS, differences, slab_frames
from page import PAGE
from records import Record, is_typed
from tap import exit_status, opened, report


class Kwalk:
    def __init__(self, program, arguments):
        self.program, self.arguments = program, arguments

    def run(self, script, *options, text=None):
        with tempfile.NamedTemporaryFile("w", suffix=".script") as file:
            file.write(script)
            file.flush()
            return subprocess.run([self.program, "-q", *options, "-x", file.name] + self.arguments, input=text,
                                  capture_output=True, text=True, timeout=600, check=False).stdout

    def answers(self, script):
        return [json.loads(line) for line in self.run(script, "-j").splitlines()]

    def whatis(self, numbers, options=""):
        """Returns the answers for each number, by number."""
        found = collections.defaultdict(list)
        for answer in self.answers("".join(f"whatis {options} {number:x}\n" for number in numbers)):
            found[int(answer["input"], 16)].append(answer)
        return found


def as_virtual(answers):
    return next((a for a in answers if a.get("as") == "virtual"), {"input": "none"})


def check_symbols(kwalk, record, title):
    sample = record.unique[::max(1, len(record.unique) // 500)]
    # Before 6.15, per-CPU symbols of x86-64 are not addresses.
    answers = kwalk.whatis(address + 1 for address, name in sample
                           if record.sizes.get(name, 0) > 1 and address >= record.kernel_start)
    wrong = [d for address, name in sample if address + 1 in answers
             for d in differences(as_virtual(answers[address + 1]), symbol=f"{name}+0x1")]
    report(f"{title}: symbols", len(answers), wrong)


def objects(kwalk, record, caches):
    """Returns the answers of kwalk for each object in the slabs of these caches: {cache: {address: answer}}."""
    first = kwalk.whatis(record.page_offset + frame * PAGE for frame in sorted(slab_frames(record))
                         if record.table.translate(record.page_offset + frame * PAGE) == frame * PAGE)
    slabs = collections.defaultdict(dict)
    for answer in map(as_virtual, first.values()):
        if answer.get("cache") in caches and "object" in answer:
            slabs[answer["cache"]][int(answer["slab"], 16)] = answer
    places = {"objects": {n: int(c) for n, c in record.lines("slabinfo", r"(\S+) +\d+ +\d+ +\d+ +(\d+) .*")}}
    found = {}
    for cache, of_cache in slabs.items():
        numbers = []
        for slab, answer in of_cache.items():
            start = int(answer["object"], 16) - answer["object_index"] * answer["object_size"]
            numbers += [start + i * answer["object_size"] for i in range(places["objects"].get(cache, 0))]
        found[cache] = {n: as_virtual(a) for n, a in kwalk.whatis(numbers).items()}
    return found


def check_slabs(kwalk, record, title):
    """Each task is an object in use, and each object in use of the tasks' cache is a task. Objects that the kernel
    keeps for CPUs count as in use."""
    tasks = {int(a["task"], 16): a for a in kwalk.answers("tasks\n") if "task" in a}
    found = objects(kwalk, record, {"task_struct", "mm_struct", "vm_area_struct", "dentry"})
    of_tasks = found.get("task_struct", {})
    wrong, outside = [], 0
    for address, task in tasks.items():
        if address not in of_tasks:
            outside += 1
            continue
        wrong += differences(of_tasks[address], allocated=True, type="task_struct", pid=task["pid"], comm=task["comm"])
    unlisted = [a for a, answer in of_tasks.items() if answer.get("allocated") is not False and a not in tasks]
    if outside > 1 or len(unlisted) > 3 and not record.instant:
        wrong.append(f"{outside} tasks are no objects, {len(unlisted)} objects in use are no tasks: {unlisted[:3]}")
    report(f"{title}: objects that are tasks", len(tasks), wrong)
    wrong, compared = [], 0
    told = {n: int(a) for n, a in record.lines("slabinfo", r"(\S+) +(\d+) +\d+ .*")}
    # What the kernel counts in the image; what it told before is less by the files that the guest has opened since.
    counted = {a["slab_cache"]: a["active"] for a in kwalk.answers("slabs\n") if "active" in a}
    in_use = collections.defaultdict(set)
    for cache, address in record.lines("object", r"(\S+) (\w+)"):
        in_use[cache].add(int(address, 16))
    for cache, answers in found.items():
        states = collections.Counter(str(a.get("allocated")) for a in answers.values())
        compared += len(answers)
        most = counted.get(cache, told.get(cache, 0) + 32)
        if states["None"] or states["True"] > most:
            wrong.append(f"{cache}: {dict(states)}, at most {most} in use")
        if record.instant:
            used = {a for a, answer in answers.items() if answer.get("allocated")}
            wrong += [f"{cache}: {a:x} is in use for {'kwalk' if a in used else 'drgn'} only" for a in used ^ in_use[cache]]
    for answer in found.get("dentry", {}).values():
        if answer.get("allocated") and answer.get("type") != "dentry":
            wrong.append(f"{answer['input']}: no dentry")
    report(f"{title}: objects in use of {', '.join(sorted(found))}", compared, wrong)


def check_tables(kwalk, record, title):
    """CR3, and the tables in a walk of the process on the CPU."""
    wrong, seen = [], {}
    if not record.machine["crash"]:
        held = record.machine["cr3"] if record.is_x86 else record.table.root
        root = [a for a in kwalk.whatis([held])[held] if a.get("as") == "root"]
        wrong += differences(root[0], pid=1, kind="page-table") if root else [f"{held:#x} is no root"]
    for answer in kwalk.answers("".join(f"vtop -p 1 {v.start:x}\n" for v in record.vmas[:20])):
        for level in answer.get("levels", [])[1:]:
            seen[int(level["entry_address"], 16) & -PAGE] = level["name"]
    for paddr, answers in kwalk.whatis(seen).items():
        answer = next((a for a in answers if a.get("as") == "physical"), {"input": f"{paddr:x}"})
        wrong += differences(answer, kind="page-table", level=seen[paddr], pid=1)
    report(f"{title}: page tables of pid 1", len(seen) + 1, wrong)


def check_places(kwalk, record, title):
    wrong, compared = [], 0
    # The last page of an area is its guard.
    stacks = [r.end + 1 - PAGE for r in record.vmalloc if (m := re.match(r" *\d+ (\w+)", r.name)) and record.bits == 64
              and re.fullmatch(STACK_CALLERS, m[1])]
    answers = kwalk.whatis(end - 0x100 for end in stacks)
    for end in stacks:
        answer = as_virtual(answers[end - 0x100])
        if answer.get("kind") == "stack":
            compared += 1
            wrong += differences(answer, depth=0x100)
    leaves = [(int(s, 16), n) for s, n in record.lines("iomem", r" *(\w+)-\w+ : (\S*:\S*|IOAPIC \d+|Local APIC)")]
    answers = kwalk.whatis(start for start, _ in leaves)
    for start, _ in leaves:
        if not any(a.get("kind") == "resource" and a.get("resource") for a in answers[start]):
            wrong.append(f"{start:x}: no resource")
    if record.bits == 64:
        task = int(kwalk.answers("tasks 1\n")[0]["task"], 16)
        answers = kwalk.whatis(task ^ 1 << bit for bit in record.flipped)
        for number, found in answers.items():
            wrong += differences(found[0], kind="non-canonical", meant=f"{task:#x}", pid=1)
            compared += 1
    report(f"{title}: stacks, devices, flipped bits", compared + len(leaves), wrong)


def check_text(kwalk, record, title):
    """Symbols with offset and size, and addresses from a boot with another offset of KASLR."""
    sample = [(a, n) for a, n in record.unique[::max(1, len(record.unique) // 200)]
              if record.sizes.get(n, 0) > 2 and record.printed[n] and re.fullmatch(r"\w+", n)]
    text = "".join(f" {name}+0x2/{record.printed[name]:#x}\n" for _, name in sample)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(text)
        file.flush()
        lines = kwalk.run(f"annotate {file.name}\n")
    wrong = [f"{name}: {text.count(name)}" for address, name in sample
             if f"^ {name}+0x2/{record.printed[name]:#x}: {address + 2:x}, " not in lines]
    kept = "".join(line + "\n" for line in lines.splitlines() if not line.startswith("    ^ "))
    if kept != text:
        wrong.append("the text is not what it was")
    if "_end" not in record.image:  # kwalk needs the symbol to know which addresses are the image's
        report(f"{title}: texts with symbols", len(sample), wrong)
        return
    moved = 0x1000000 if record.kaslr_offset != 0x1000000 else 0x2000000
    linked = record.image["_text"] - record.kaslr_offset
    digits = record.bits // 4
    text = "".join(f"[<{address - record.kaslr_offset + moved:0{digits}x}>]\n" for address, _ in sample)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(text + f"Kernel Offset: {moved:#x} from 0x{linked:x}\n")
        file.flush()
        lines = kwalk.run(f"annotate {file.name}\n")
    wrong += [f"{name}: was not moved" for address, name in sample
              if not re.search(rf": in this kernel {address:x}, (per-CPU variable )?{re.escape(name)}\b", lines)
              and record.image["_text"] <= address]
    report(f"{title}: texts with symbols and of another boot", 2 * len(sample), wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("kwalk", "dir", "vmlinux", "name"):
        parser.add_argument(name)
    given = parser.parse_args()
    record = Record(given.dir, given.vmlinux)
    kwalk = Kwalk(given.kwalk, opened(given.vmlinux, os.path.join(given.dir, "vmcore")))
    checks = [check_symbols, check_text]
    if is_typed(record.serial, given.vmlinux):
        checks += [check_tables, check_places] + [check_slabs] * (not record.is_partial)
    for check in checks:
        check(kwalk, record, given.name + ", whatis")
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
