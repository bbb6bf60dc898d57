#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""large.py VMLINUX DUMP OUT GIGABYTES: makes of a guest's ELF core the core of a machine of that size.

What lies below 4 GiB is the guest's. From there to GIGABYTES every section is present, has its struct pages and is mapped by the
direct map; but the struct pages are the guest's own of its first sections, over and over: vmemmap maps the same few pages of
2 MiB. The file is sparse: as long as the memory, and some megabytes larger on disk than DUMP.

Environment: KWALK (./kwalk), which finds the places. Four-level x86-64 with SPARSEMEM_VMEMMAP, and a note."""
import array
import json
import os
import struct
import subprocess
import sys

PAGE, LARGE, SECTION, GIGABYTE = 4096, 2 << 20, 128 << 20, 1 << 30
NEW = 4 * GIGABYTE  # where the new memory begins
STRUCT_PAGE, PAGES_IN_SECTION = 64, SECTION // PAGE
TABLE, DATA, LARGE_DATA = 0x067, 0x8000000000000163, 0x80000000000001e3  # present, accessed, dirty ... and NX
FRAME = 0x000ffffffffff000


def die(text):
    sys.exit(f"large.py: {text}")


class Kwalk:
    """Answers of kwalk about the guest's dump."""

    def __init__(self, vmlinux, dump):
        self.command = [os.environ.get("KWALK", "./kwalk"), "-q", "-j", vmlinux, dump, "-c"]
        self.facts = {answer["fact"]: answer.get("value") for answer in self.ask("info")}

    def ask(self, command):
        run = subprocess.run(self.command + [command], stdout=subprocess.PIPE, check=False)
        return [json.loads(line) for line in run.stdout.decode().splitlines()]

    def physical(self, virtual):
        return int(self.ask(f"vtop -k {virtual:x}")[0]["physical"], 16)

    def word(self, virtual):
        return int(self.ask(f"rd -64 {virtual:x}")[0]["values"][0], 16)

    def symbol(self, name):
        return int(self.ask(f"sym {name}")[0]["address"], 16)

    def fact(self, name):
        value = self.facts.get(name) or die(f"{name} is not known")
        return int(value, 16) if isinstance(value, str) else value


class Core:
    """The memory of OUT, which begins as DUMP's: as an ELF core whose segments lie at BASE + their address."""

    BASE = 1 << 20  # of the file: what lies before memory fits there

    def __init__(self, dump, out, size):
        self.size = size
        with open(dump, "rb") as file:
            header = bytearray(file.read(64))
            offset, number = struct.unpack_from("<Q", header, 32)[0], struct.unpack_from("<H", header, 56)[0]
            file.seek(offset)
            segments = [list(struct.unpack("<IIQQQQQQ", file.read(56))) for _ in range(number)]
            self.out = os.open(out, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
            segments = [segment for segment in segments if segment[0] == 4 or segment[4] < NEW]
            segments.append([1, 6, 0, 0, NEW, size - NEW, size - NEW, 0])
            at = 64 + 56 * len(segments)
            for segment in segments:
                if segment[0] == 4:
                    file.seek(segment[2])
                    os.pwrite(self.out, file.read(segment[5]), at)
                    segment[2] = at
                    at += -(-segment[5] // 8) * 8
                else:
                    if segment[4] != NEW:
                        self.copy(file, *segment[2:6])
                    segment[2] = self.BASE + segment[4]
        struct.pack_into("<Q", header, 32, 64)
        struct.pack_into("<H", header, 56, len(segments))
        os.pwrite(self.out, header + b"".join(struct.pack("<IIQQQQQQ", *segment) for segment in segments), 0)
        os.ftruncate(self.out, self.BASE + size)
        self.free = NEW

    def copy(self, file, offset, _virtual, physical, size):
        for at in range(0, size, LARGE):
            file.seek(offset + at)
            piece = file.read(min(LARGE, size - at))
            if piece.strip(b"\0"):
                os.pwrite(self.out, piece, self.BASE + physical + at)

    def take(self):
        """A new page of zeros."""
        self.free += PAGE
        return self.free - PAGE

    def word(self, physical):
        return struct.unpack("<Q", os.pread(self.out, 8, self.BASE + physical))[0]

    def put(self, physical, *words):
        os.pwrite(self.out, struct.pack(f"<{len(words)}Q", *words), self.BASE + physical)

    def table(self, root, virtual, shift):
        """The table whose entries map 1 << shift bytes each, made where it is missing."""
        table = root
        for level in range(39, shift, -9):
            at = table + (virtual >> level & 511) * 8
            entry = self.word(at)
            if entry & 0x80:
                die(f"a page of {1 << level} bytes lies at {virtual:x}")
            if not entry & 1:
                entry = self.take() | TABLE
                self.put(at, entry)
            table = entry & FRAME
        return table

    def map_large(self, root, virtual, size, frame_of):
        """Pages of 2 MiB from virtual on; frame_of gives the physical address of each."""
        at, end = virtual, virtual + size
        while at < end:
            stop = min(end, at // GIGABYTE * GIGABYTE + GIGABYTE)
            words = [frame_of(place) | LARGE_DATA for place in range(at, stop, LARGE)]
            self.put(self.table(root, at, 21) + (at >> 21 & 511) * 8, *words)
            at = stop


def chunks(kwalk, core, vmemmap):
    """Physical pages of 2 MiB with the guest's struct pages. Tails of compound pages name their head by its address, and
    would be wrong anywhere else: they become pages of their own."""
    nr_sections = kwalk.fact("max_pfn") // PAGES_IN_SECTION
    walks = [kwalk.ask(f"vtop -k {vmemmap + i * LARGE:x}")[0] for i in range(nr_sections)]
    found = [int(walk["physical"], 16) for walk in walks if walk["status"] == "mapped" and walk["page_size"] == LARGE]
    core.free = -(-core.free // LARGE) * LARGE
    for i, physical in enumerate(found):
        words = array.array("Q", os.pread(core.out, LARGE, core.BASE + physical))
        words[1::8] = array.array("Q", (0 if word & 1 else word for word in words[1::8]))
        found[i], core.free = core.free, core.free + LARGE
        os.pwrite(core.out, words.tobytes(), core.BASE + found[i])
    return found or die("vmemmap has no pages of 2 MiB")


def add_sections(core, kwalk, size):
    """Each is as the guest's first one: all sections of a vmemmap have the same map."""
    roots, offset = kwalk.fact("mem_section"), kwalk.fact("page_offset")
    root, roots_at = kwalk.word(roots), kwalk.physical(roots)
    length = 16 if kwalk.word(root + 16) == kwalk.word(root) else 32
    first = [kwalk.word(root + at) for at in range(0, length, 8)]
    for number in range(NEW // SECTION, size // SECTION):
        index, place = divmod(number, PAGE // length)
        if not core.word(roots_at + index * 8):
            core.put(roots_at + index * 8, offset + core.take())
        core.put(core.word(roots_at + index * 8) - offset + place * length, *first)


def main():
    if len(sys.argv) != 5:
        die("usage: large.py VMLINUX DUMP OUT GIGABYTES")
    vmlinux, dump, out, size = *sys.argv[1:4], int(sys.argv[4]) * GIGABYTE
    kwalk = Kwalk(vmlinux, dump)
    if kwalk.fact("levels") != 4 or kwalk.facts.get("memory_model") != "vmemmap":
        die("the dump must be of four levels, with a vmemmap")
    root, vmemmap, offset = kwalk.fact("root"), kwalk.fact("vmemmap"), kwalk.fact("page_offset")
    core = Core(dump, out, size)
    pages = chunks(kwalk, core, vmemmap)
    core.map_large(root, offset + NEW, size - NEW, lambda at: at - offset)
    first = vmemmap + NEW // PAGE * STRUCT_PAGE
    core.map_large(root, first, (size - NEW) // PAGE * STRUCT_PAGE,
                   lambda at: pages[(at - vmemmap) // LARGE % len(pages)])
    add_sections(core, kwalk, size)
    core.put(kwalk.physical(kwalk.symbol("max_pfn")), size // PAGE)


if __name__ == "__main__":
    main()
