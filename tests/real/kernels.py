#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kernels.py KWALK DIR VMLINUX NAME: all kernels in the memory of a guest that crashed: before the crash, with the
capture kernel loaded, and after it, when the capture kernel runs (boot.py --crash). The answers about the crashed
kernel are compared with the answers from the capture kernel's /proc/vmcore, with the emulated MMU's list of pages, and
with the guest's /proc/iomem. Prints TAP without numbers. Status: 1 if anything differs."""
import itertools
import json
import os
import random
import re
import subprocess
import sys

from records import whole_pages
from tap import exit_status, report

SAMPLE = 2000
SAME = "pt; tasks; log; iomem; areas; sym init_task"


class Guest:
    def __init__(self, kwalk, folder, vmlinux):
        self.kwalk, self.folder, self.vmlinux = kwalk, folder, vmlinux
        with open(self.path("machine.json"), encoding="ascii") as file:
            self.is_arm64 = json.load(file).get("arch") == "arm64"
        with open(self.path("serial.log"), encoding="ascii", errors="replace") as file:
            self.serial = file.read().replace("\r", "")

    def path(self, name):
        return os.path.join(self.folder, name)

    def ask(self, commands, name, *more):
        """Returns the answers to commands, one in a line."""
        run = subprocess.run([self.kwalk, "-q", "-j", "-x", "-", *more, self.path(name)], input=commands,
                             capture_output=True, encoding="utf-8", check=False)
        return [json.loads(line) for line in run.stdout.splitlines()]

    def kernels(self, name, *more):
        return self.ask("kernels", name, *more)

    def reserved(self):
        found = re.search(r"^@iomem +(\w+)-(\w+) : Crash kernel$", self.serial, re.MULTILINE)
        return [int(word, 16) for word in found.groups()]

    def release(self):
        return re.search(r"^@version Linux version (\S+)", self.serial, re.MULTILINE)[1]


def only_kernels(rows):
    return [row for row in rows if row["kind"] == "kernel"]


def about_before(guest):
    """One kernel runs, and the image of the other is loaded. Without types, the reserved memory is known only from
    vmlinux."""
    first, last = guest.reserved()
    rows = guest.kernels("vmcore.loaded", guest.vmlinux)
    kernels = only_kernels(rows)
    # The notes of arm64 do not contain TTBR1_EL1, so they do not show which kernel runs.
    state = None if guest.is_arm64 else "running"
    yield "one kernel runs, with its release", [
        (kernel.get("state"), kernel["release"]) for kernel in kernels], [(state, guest.release())]
    yield "its reserved memory is as in iomem", [
        int(kernel[end], 16) for kernel in kernels for end in ("reserved_start", "reserved_end")], [first, last]
    loaded = [row for row in rows if row["kind"] == "loaded"]
    yield "a kernel with its release is loaded in the reserved memory", [
        (row["release"], first <= int(row["physical"], 16) <= last) for row in loaded], [(guest.release(), True)]


def without_state(rows):
    """/proc/vmcore lacks the reserved memory and a part of the first page."""
    return [{name: value for name, value in row.items() if name not in ("page_state", "resource")} for row in rows]


def about_after(guest):
    first, last = guest.reserved()
    kernels = only_kernels(guest.kernels("vmcore.machine"))
    inside = [first <= int(kernel["root"], 16) <= last for kernel in kernels]
    yield "one is in the reserved memory, and one is not", sorted(inside), [False, True]
    crashed, capture = (kernels[inside.index(which)] for which in (False, True))
    if "state" in crashed:
        yield "the capture kernel runs, and is opened", [
            (kernel["state"], kernel["opened"]) for kernel in (crashed, capture)], [("not-running", False), ("running", True)]
    yield "both have a VMCOREINFO", ["vmcoreinfo" in kernel["proofs"] for kernel in kernels], [True, True]

    number = f"--kernel={crashed['kernel']}"
    pages = [page for page in whole_pages(guest.folder) if int(page[0], 16) >= (3 << 30)]
    if int(pages[-1][0], 16) >> 32:
        pages = [page for page in pages if int(page[0], 16) >> 47]
    pages = random.Random(1).sample(pages, min(SAMPLE, len(pages)))
    commands = "\n".join("vtop -k " + page[0] for page in pages)
    answers = guest.ask(commands, "vmcore.machine", number)
    if guest.is_arm64:
        # The kernel went on after the list was made, and unmapped a few pages before it crashed.
        kept = [i for i, row in enumerate(guest.ask(commands, "vmcore")) if "physical" in row]
        yield "few pages were unmapped", [len(kept) > SAMPLE * 99 // 100], [True]
        answers, pages = [answers[i] for i in kept], [pages[i] for i in kept]
    yield "its pages are as in the list of the emulated MMU", [
        row.get("physical") for row in answers], [f"0x{page[1]}" for page in pages]
    for files in ((), (guest.vmlinux,)):
        word = "with vmlinux" if files else "without vmlinux"
        core, machine = (without_state(guest.ask(commands, *opened)) for opened in
                         (("vmcore", *files), ("vmcore.machine", number, *files)))
        yield f"vtop is as from /proc/vmcore, {word}", machine, core
        core, machine = (guest.ask(SAME.replace("; ", "\n"), *opened) for opened in
                         (("vmcore", *files), ("vmcore.machine", number, *files)))
        yield f"tables, tasks, log, iomem and areas are as from /proc/vmcore, {word}", machine, core
    own = guest.ask("info", "vmcore.machine", f"--kernel={capture['kernel']}", guest.vmlinux)
    yield "the capture kernel is opened by its number", [
        row["value"] for row in own if row["fact"] == "root"], [capture["root"]]


def main():
    kwalk, folder, vmlinux, name = sys.argv[1:]
    guest = Guest(kwalk, folder, vmlinux)
    for file, about in (("vmcore.loaded", about_before), ("vmcore.machine", about_after)):
        if os.path.exists(guest.path(file)):
            for title, got, want in about(guest):
                wrong = [f"{one}, not {other}" for one, other in itertools.zip_longest(got, want) if one != other]
                report(f"{name}: kernels: {title}", len(want), wrong)
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
