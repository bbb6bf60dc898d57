#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""rare.py FORMAT DUMP OUTPUT [NAME=VALUE...]: writes the memory of an ELF dump in a rare format

FORMAT is lkcd (compression=0 none, 1 RLE, 2 gzip; version=, bits= of the kernel
up to 7; start= of the pages; machine=; level=; end=0; big=1; passes=1: pages in two
passes), sadump (media=1; efer=; disk=; from= to=: frames that are left out) or xen (the core of
an HVM guest; mixed=1: only pieces are in order; pv=1: a paravirtualised guest).
The formats follow LKCD's dump.h, makedumpfile's sadump_mod.h and Xen's
dump-core-format.txt.
"""
import functools
import re
import struct
import sys
import zlib

from containers import put, read_elf

PAGE = 4096


def pages_of(ranges):
    pages = {}
    for paddr, content in ranges:
        for at in range(0, len(content), PAGE):
            pages[(paddr + at) // PAGE] = bytes(content[at:at + PAGE]).ljust(PAGE, b"\0")
    return pages


def rle(data):
    """A byte is copied. Zero, n (1..255), byte: n times the byte. Two zeros: one zero."""
    def pack(run):
        if len(run[0]) > 1:
            return bytes([0, len(run[0]), run[0][0]])
        return b"\0\0" if run[0] == b"\0" else run[0]
    return re.sub(rb"(.)\1{0,254}", pack, data, flags=re.DOTALL)


def lkcd_header(order, wanted, nr_pages, buffer):
    version, bits = int(wanted.get("version", 9)), wanted.get("bits")
    wide = bits != "32"
    head = struct.pack(order + "QIIIIQQQ", 0xA8190173618F23ED, version, 1024, int(wanted.get("level", 8)), PAGE, 0, 0, 0)
    head += struct.pack(order + ("III" if version == 1 else "I"), *([0, 0] * (version == 1)), nr_pages)
    head += b"panic".ljust(256, b"\0") + bytes(4 if bits == "64" else 0) + bytes(16 if wide else 8)
    head += b"".join(s.ljust(65, b"\0") for s in (
        b"Linux", b"host", b"6.1.0-18-amd64", b"#1", wanted.get("machine", "x86_64").encode(), b"(none)"))
    if version < 2:
        return head
    head += bytes(2 if bits else 0) + bytes(8 if wide else 4)
    if version < 5:
        return head
    return head + struct.pack(order + "IIIQ", int(wanted.get("compression", 2)), 0, 0, buffer if version > 8 else 0)


def write_lkcd(pages, output, wanted):
    buffer, order = int(wanted.get("start", 262144)), ">" if "big" in wanted else "<"
    pack = {0: None, 1: rle, 2: zlib.compress}[int(wanted.get("compression", 2))]
    frames = sorted(pages)

    @functools.cache  # most pages are zero
    def packed_page(page):
        packed = pack(page) if pack else page
        return (packed, 2) if len(packed) < PAGE else (page, 1)

    if "passes" in wanted:
        frames = frames[::2] + frames[1::2]
    with open(output, "wb") as out:
        out.write(lkcd_header(order, wanted, len(pages), buffer).ljust(buffer, b"\0"))
        for frame in frames:
            packed, flags = packed_page(pages[frame])
            out.write(struct.pack(order + "QII", frame * PAGE, len(packed), flags) + packed)
        if wanted.get("end") != "0":
            out.write(struct.pack(order + "QII", 0, 0, 4))


def bitmap(frames, size):
    bits = bytearray(size)
    for frame in frames:
        bits[frame // 8] |= 0x80 >> frame % 8
    return bytes(bits)


def write_sadump(pages, output, wanted):
    system, disk_set, volume, time = b"S" * 16, b"D" * 16, b"V" * 16, struct.pack("<HBBBBBBIhBB", 2024, 2, 1, *[0] * 8)
    end = max(pages) + 1
    left_out = range(int(wanted.get("from", "0"), 16), int(wanted.get("to", "0"), 16))
    frames = [f for f in sorted(pages) if f not in left_out]
    blocks = (end + 8 * PAGE - 1) // (8 * PAGE)
    first = PAGE if "media" in wanted else 0
    used = first + (3 + 2 * blocks + len(frames)) * PAGE
    cpu = bytearray(0x400)
    struct.pack_into("<Q", cpu, len(cpu) - 32, int(wanted.get("efer", "0xd01"), 0))  # long mode
    part = b"sadump\0\0" + struct.pack("<IIII", 1, 60, 1, 1) + bytes(64) + system + disk_set + volume + time
    part += struct.pack("<IIQ", int(wanted.get("disk", 0)), 0, used)
    magic = 0
    while len(part) < PAGE:
        part += struct.pack("<I", magic)
        magic = (magic + 7) * 11 & 0xFFFFFFFF
    head = b"sadump\0\0" + struct.pack("<II", 1, 0) + time + struct.pack(
        "<13I", 0, 0, PAGE, 0, 1, blocks, blocks, end, len(pages), 0, 0, 0, 1) + struct.pack(
            "<IQQQQ", 0, end, len(pages), 0, 0)
    with open(output, "wb") as out:
        if first:
            out.write((system + disk_set + time + bytes(4)).ljust(PAGE, b"\0"))
        out.write(part + head.ljust(PAGE, b"\0"))
        out.write((struct.pack("<I", len(cpu)) + bytes(16) + cpu).ljust(PAGE, b"\0"))
        out.write(bitmap(pages, blocks * PAGE) + bitmap(frames, blocks * PAGE))
        put(out, b"".join(pages[f] for f in frames))


def write_xen(pages, output, wanted):
    frames = sorted(pages, key=lambda f: (f // 64 * 37 % 101 if "mixed" in wanted else 0, f))
    table = b"".join(struct.pack("<QQ", f, f ^ 0x100000) if "pv" in wanted else struct.pack("<Q", f) for f in frames)
    names = b"\0.shstrtab\0.xen_pages\0" + (b".xen_p2m\0" if "pv" in wanted else b".xen_pfn\0")
    # The order is as in tools/libs/guest/xg_core.c: names come last, directly after the table.
    memory = b"".join(pages[f] for f in frames)
    body = memory + table + names
    content = [(1, len(memory + table), names, 3), (11, 0, memory, 1), (22, len(memory), table, 1)]
    sections = bytes(64)
    for name, at, data, kind in content:
        sections += struct.pack("<IIQQQQIIQQ", name, kind, 0, 0, PAGE + at, len(data), 0, 0, 8, 0)
    head = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 4, 62, 1, 0, 0, 64, 0, 64, 56, 0, 64, 4, 1)
    with open(output, "wb") as out:
        put(out, (head + sections).ljust(PAGE, b"\0") + body)


def main():
    form, source, output = sys.argv[1:4]
    wanted = dict(word.split("=") for word in sys.argv[4:])
    ranges, _ = read_elf(source)
    {"lkcd": write_lkcd, "sadump": write_sadump, "xen": write_xen}[form](pages_of(ranges), output, wanted)


main()
