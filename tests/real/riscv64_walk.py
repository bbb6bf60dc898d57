# SPDX-License-Identifier: GPL-3.0-or-later
"""Page tables of riscv64 according to The RISC-V Instruction Set Manual, volume II, and satp. Returns what they map, in
the form of arm64_walk.py. The emulated MMU must confirm the result."""
import struct

from arm64_walk import Mapping

ENTRIES, SHIFT, STRIDE = 512, 12, 9
VALID, READ, WRITE, EXECUTE, USER, GLOBAL = (1 << bit for bit in range(6))
NAPOT, SIXTEEN = 1 << 63, 16    # Svnapot: an entry of a range of 16 pages


def root_of(satp):
    return (satp & (1 << 44) - 1) << SHIFT


class Regime:
    """The half of the address space that satp maps. Both halves have the same table."""

    repeated, repeated_pages = [], []

    def __init__(self, satp, upper):
        self.upper = upper
        self.levels = (satp >> 60) - 5
        self.shift, self.stride = SHIFT, STRIDE
        self.bits = SHIFT + STRIDE * self.levels - 1
        self.root = root_of(satp)
        self.start = (1 << 64) - (1 << self.bits) if upper else 0

    def top_entry(self, vaddr):
        """Returns the address of the first entry in the walk of vaddr."""
        return self.root + (vaddr >> SHIFT + STRIDE * (self.levels - 1)) % ENTRIES * 8

    def mappings(self, read):
        """Returns each page of each size. read(paddr, size) returns bytes of memory."""
        first = ENTRIES // 2 if self.upper else 0
        pending = [(self.start, self.root + first * 8, ENTRIES // 2, self.levels - 1)]
        found = []
        while pending:
            vaddr, table, count, below = pending.pop()
            shift = SHIFT + STRIDE * below
            for i, (entry,) in enumerate(struct.iter_unpack("<Q", read(table, count * 8))):
                paddr, size = (entry >> 10 & (1 << 44) - 1) << SHIFT, 1 << shift
                if not entry & VALID or entry & NAPOT and i % SIXTEEN:
                    continue
                if not entry & (READ | WRITE | EXECUTE):
                    pending.append((vaddr + (i << shift), paddr, ENTRIES, below - 1))
                    continue
                if entry & NAPOT:
                    size *= SIXTEEN
                found.append(Mapping(vaddr + (i << shift), paddr & -size, size, bool(entry & WRITE), bool(entry & USER),
                                     bool(entry & EXECUTE), bool(entry & EXECUTE), entry >> 61 & 3, bool(entry & GLOBAL)))
        return sorted(found)
