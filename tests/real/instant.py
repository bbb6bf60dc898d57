#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""instant.py DIR [VMLINUX]: makes the records of the guest in DIR (boot.py --instant) true at one instant, when the
guest was stopped. What the guest printed before stays in printed.log. serial.log keeps of it what cannot change after
it was printed (CONSTANT). The rest is written again, in the form in which the guest printed it:
  pagemap      of init, from the page table in the registers and the list of the emulated MMU
  vmallocinfo  only ranges of devices' memory that the MMU still lists
  iomem        only the ranges of RAM and of the kernel
With VMLINUX, drgn reads more from the same dump (drgn_lines.py). Debian's package of drgn is for Debian's Python.
"""
import os
import re
import subprocess
import sys

from arm64_walk import Memory
from page import PAGE, SHIFT
from records import Record

HERE = os.path.dirname(os.path.abspath(__file__))
# kmsg: these records are in the log, but others may follow. cpuinfo: a task may run on another CPU, but no CPU comes or
# goes. maps: only says which pages to ask for.
CONSTANT = {"symbol", "unique", "symbols", "version", "cmdline", "cpuinfo", "vmcoreinfo", "modules", "kmsg", "maps",
            "failed", "without", "ready"}
BY_DRGN = ("@pagemap ", "@maps ", "@vmallocinfo ", "@iomem ")
VALID, LARGE = 1, 1 << 7            # bits of entries of x86
PROT_NONE = {"arm64": 1 << 58}      # PTE_PROT_NONE of 6.1; _PAGE_PROTNONE of x86 is bit 8
PRESENT, SWAPPED = 1 << 63, 1 << 62     # bits of pagemap


class Tables:
    """Reads entries in the memory of the stopped guest."""

    def __init__(self, record):
        self.record, self.memory = record, Memory(record.path("vmcore"))
        self.arm64 = record.arch == "arm64"
        self.size = 4 if record.arch == "i386" else 8

    def entry(self, vaddr):
        """Returns the last entry of the walk, and the number of bits of an address in its page."""
        record = self.record
        at = record.top_entry(record.table.root, vaddr)
        for shift, below in zip(record.shifts, [*record.shifts[1:], 0]):
            entry = int.from_bytes(self.memory.read(at, self.size), "little")
            leaf = not below or (not entry & 2 if self.arm64 else entry & LARGE)
            if not entry & VALID or leaf:
                return entry, shift
            table = record.regimes[0].address(entry) if self.arm64 else entry & (1 << 52) - 1 & -PAGE
            at = table + (vaddr >> below) % (PAGE // self.size) * self.size
        raise ValueError("a walk without an end")

    def frame(self, entry, shift):
        """Returns the frame of an entry that is not valid because the page has no access rights."""
        if self.arm64:
            return self.record.regimes[0].address(entry) >> SHIFT
        if self.size == 8:      # pte_pfn(), arch/x86/include/asm/pgtable-invert.h
            entry = ~entry
        return (entry & (1 << 52 if self.size == 8 else 1 << 32) - (1 << shift)) >> SHIFT

    def swap(self, entry):
        """Returns the type and offset of a swap entry: arch/*/include/asm/pgtable*.h of 6.1."""
        if self.arm64:
            return entry >> 3 & 31, entry >> 8 & (1 << 50) - 1
        if self.size == 4:
            return entry >> 1 & 31, entry >> 9
        return entry >> 59, ~entry >> 9 & (1 << 50) - 1

    def pagemap(self, vaddr):
        """Returns the word that /proc/PID/pagemap would have now."""
        entry, shift = self.entry(vaddr)
        listed = self.record.table.translate(vaddr)
        if bool(entry & VALID) != (listed is not None):
            raise ValueError(f"{vaddr:x}: the entry is {entry:x}, but the MMU lists {listed}")
        if listed is not None:
            return PRESENT | listed >> SHIFT
        if entry & PROT_NONE.get(self.record.arch, 1 << 8):
            return PRESENT | self.frame(entry, shift) + (vaddr % (1 << shift) >> SHIFT)
        if entry:
            kind, offset = self.swap(entry)
            return SWAPPED | offset << 5 | kind
        return 0


def is_still(record, start, text):
    """Is a line of /proc/vmallocinfo a range of a device's memory, and does the MMU list all its pages?"""
    found = re.match(r"-0x(\w+) .* phys=0x(\w+) .*ioremap", text)
    return found and all(record.table.translate(vaddr) == int(found[2], 16) + vaddr - start
                         for vaddr in range(start, int(found[1], 16) - PAGE, PAGE))


def settled(record, lines):
    """Returns the lines that are true, without those that drgn reads."""
    tables = Tables(record)
    for line in lines:
        tag, _, rest = line[1:].partition(" ")
        if not line.startswith("@") or tag in CONSTANT:
            yield line
        elif tag == "pagemap":
            kind, pid, vaddr = rest.split()[:3]
            if pid == "1":
                yield f"@pagemap {kind} 1 {vaddr} {tables.pagemap(int(vaddr, 16)):x}"
        elif tag.startswith("device"):
            if record.table.translate(int(rest, 16)) is not None:
                yield line
        elif tag == "vmallocinfo":
            if is_still(record, int(rest[2:].split("-")[0], 16), rest[rest.index("-"):]):
                yield line
        elif tag == "iomem":
            if rest.endswith((" : System RAM", " : Kernel code", " : Kernel data")):
                yield line


def main():
    folder, *vmlinux = sys.argv[1:]
    with open(os.path.join(folder, "serial.log"), encoding="utf-8", errors="replace") as file:
        printed = file.read().replace("\r", "")
    record = Record(folder, *vmlinux)
    lines = list(settled(record, printed.splitlines()))
    if vmlinux:
        places = [line for line in lines if line.startswith("@pagemap ")] + \
            re.findall(r"^@(?:cached|unmapped|frame|pagemap \S+ (?!1 )\d+) .*", printed, re.MULTILINE)
        run = subprocess.run([os.path.join(HERE, "drgn_lines.py"), folder, *vmlinux], input="\n".join(places), text=True,
                             check=True, stdout=subprocess.PIPE)
        lines = [line for line in lines if not line.startswith(BY_DRGN)] + run.stdout.splitlines()
    os.rename(os.path.join(folder, "serial.log"), os.path.join(folder, "printed.log"))
    with open(os.path.join(folder, "serial.log"), "w", encoding="utf-8") as file:
        file.write("\n".join(["@instant", *lines, ""]))


if __name__ == "__main__":
    main()
