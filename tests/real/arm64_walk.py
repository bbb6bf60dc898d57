# SPDX-License-Identifier: GPL-3.0-or-later
"""Page tables of arm64 according to the Arm Architecture Reference Manual (D8) and the registers of a CPU. Returns
what they map. The emulated MMU, which cannot list its tables, must confirm the result."""
import collections
import random
import struct

from monitor import Failure

Mapping = collections.namedtuple("Mapping", "vaddr paddr size writable user el0_runs el1_runs index is_global")

DS = 1 << 59            # bit of TCR_EL1: LPA2, with 4K and 16K
LPA = 6                 # value of TCR_EL1.IPS: 52 bits
INSIDE = 1500           # number of addresses in pages of each half that the MMU is asked for
GRANULES = ({0: 12, 1: 16, 2: 14}, {1: 14, 2: 12, 3: 16})   # values of TG0 and TG1


class Memory:
    """The memory in an ELF core. Addresses are physical."""

    def __init__(self, path):
        self.file = open(path, "rb")
        header = self.file.read(64)
        wide = header[4] == 2
        offset, = struct.unpack_from("<Q" if wide else "<I", header, 32 if wide else 28)
        size, count = struct.unpack_from("<HH", header, 54 if wide else 42)
        self.segments = []
        for i in range(count):
            self.file.seek(offset + size * i)
            entry = self.file.read(size)
            at, _, paddr, length = struct.unpack_from("<QQQQ", entry, 8) if wide else struct.unpack_from("<IIII", entry, 4)
            if entry[0] == 1:
                self.segments.append((paddr, length, at))

    def read(self, paddr, size):
        for start, length, offset in self.segments:
            if start <= paddr and paddr + size <= start + length:
                self.file.seek(offset + paddr - start)
                return self.file.read(size)
        raise ValueError(f"no memory at {paddr:#x}")


class Regime:
    """The half of the address space that TTBR0_EL1 or TTBR1_EL1 maps."""

    def __init__(self, tcr, ttbr, upper):
        self.upper = upper
        self.bits = 64 - (tcr >> (16 if upper else 0) & 63)
        self.shift = GRANULES[upper][tcr >> (30 if upper else 14) & 3]
        self.stride = self.shift - 3
        self.levels = -(-(self.bits - self.shift) // self.stride)
        self.lpa2 = bool(tcr & DS)
        self.lpa = self.shift == 16 and tcr >> 32 & 7 == LPA
        # Otherwise the ASID field begins at bit 48, and the low bits are the address of the table.
        base = ttbr & ((1 << 48) - 1) & ~0x3f
        self.root = base | (ttbr >> 2 & 15) << 48 if self.lpa2 or self.lpa else ttbr & ((1 << 48) - 1) & ~1
        self.start = (1 << 64) - (1 << self.bits) if upper else 0

    def address(self, entry):
        """Returns the output address of a descriptor."""
        top = 50 if self.lpa2 else 48
        paddr = entry & ((1 << top) - 1) & -(1 << self.shift)
        if self.lpa2:
            paddr |= (entry >> 8 & 3) << 50
        elif self.lpa:
            paddr |= (entry >> 12 & 15) << 48
        return paddr

    def top_entry(self, vaddr):
        """Returns the address of the first entry in the walk of vaddr."""
        shift = self.shift + self.stride * (self.levels - 1)
        return self.root + (vaddr >> shift & (1 << self.bits - shift) - 1) * 8

    def mappings(self, read):
        """Returns each block and page. read(paddr, size) returns bytes of memory. KASAN maps terabytes of its shadow by
        a few tables to one page. What a table maps that was already read is not returned: self.repeated then contains
        the addresses (start, end), and self.repeated_pages the pages."""
        # vaddr, table, levels below, and whether a table has forbidden writes, EL0, execution at EL0, and execution
        # at EL1
        pending = [(self.start, self.root, self.levels - 1, False, False, False, False)]
        found, seen, repeats, pages_of = [], set(), [], {}
        while pending:
            vaddr, table, below, ro, no_el0, xn, pxn = pending.pop()
            shift = self.shift + self.stride * below
            if (table, below) in seen:
                repeats.append(((vaddr, vaddr + (1 << shift + self.stride)), table))
                continue
            seen.add((table, below))
            count = 1 << (self.bits - shift if below == self.levels - 1 else self.stride)
            for i, (entry,) in enumerate(struct.iter_unpack("<Q", read(table, count * 8))):
                if not entry & 1 or (not below and not entry & 2):
                    continue
                at = vaddr + (i << shift)
                if below and entry & 2:
                    pending.append((at, self.address(entry), below - 1, ro or bool(entry >> 62 & 1),
                                    no_el0 or bool(entry >> 61 & 1), xn or bool(entry >> 60 & 1),
                                    pxn or bool(entry >> 59 & 1)))
                    continue
                user = bool(entry >> 6 & 1) and not no_el0
                # With DBM, the CPU can make a page writable, so the page counts as writable, whatever AP is now.
                writable = not entry >> 7 & 1 and not ro
                pages_of.setdefault(table, set()).add(self.address(entry) & -(1 << shift))
                found.append(Mapping(at, self.address(entry) & -(1 << shift), 1 << shift, writable, user,
                                     not entry >> 54 & 1 and not xn, not entry >> 53 & 1 and not pxn,
                                     entry >> 2 & 7, not entry >> 11 & 1))
        self.repeated = [(start, start + size) for start, _, size in
                         runs([Mapping(start, start, end - start, *[None] * 6) for (start, end), _ in sorted(repeats)])]
        self.repeated_pages = sorted(set().union(*(pages_of.get(table, ()) for _, table in repeats)))
        return sorted(found)


def without(start, end, repeated):
    """Returns the parts of [start, end) that are not in a repeated range."""
    parts = []
    for first, last in repeated:
        if first < end and last > start:
            parts.append((start, first))
            start = last
    return [(first, last) for first, last in parts + [(start, end)] if first < last]


def runs(mappings):
    """Joins adjacent addresses that are mapped to adjacent memory: vaddr, paddr, size."""
    merged = []
    for m in mappings:
        if merged and merged[-1][0] + merged[-1][2] == m.vaddr and merged[-1][1] + merged[-1][2] == m.paddr:
            merged[-1][2] += m.size
        else:
            merged.append([m.vaddr, m.paddr, m.size])
    return merged


def confirm(translate, regime, mappings):
    """The emulated MMU, which translate() asks, must confirm the mappings. Returns the number of addresses asked."""
    page = 1 << regime.shift
    asked, chosen = {}, random.Random(1)
    last = (1 << 64) - 1 if regime.upper else (1 << regime.bits) - 1
    merged = runs(mappings)
    for vaddr, paddr, size in merged[::len(merged) // 800 + 1]:
        asked.update({vaddr: paddr, vaddr + size - 1: paddr + size - 1})
    for m in chosen.sample(mappings, min(INSIDE, len(mappings))):
        offset = chosen.randrange(m.size)
        asked[m.vaddr + offset] = m.paddr + offset
    starts = {m.vaddr for m in mappings}
    ends = {m.vaddr + m.size for m in mappings}
    for vaddr, _, size in merged[::len(merged) // 800 + 1]:
        for at in (vaddr - page, vaddr - 1) * (vaddr not in ends) + (vaddr + size,) * (vaddr + size not in starts):
            if regime.start <= at <= last and not any(start <= at < end for start, end in regime.repeated):
                asked[at] = None
    wrong = [f"{vaddr:#x} at {paddr}, not {got}" for vaddr, paddr in asked.items()
             if (got := translate(vaddr)) != paddr]
    if wrong:
        raise Failure(f"the emulated MMU does not agree: {'; '.join(wrong[:3])}, {len(wrong)} of {len(asked)}")
    return len(asked)
