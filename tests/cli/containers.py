#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""containers.py FORMAT DUMP OUTPUT: writes the memory of an ELF dump in another format

FORMAT is raw (one file, from address 0 on, with zeros in gaps), raws (one file for each
range: OUTPUT.ADDRESS), lime, avml, qemu (a migration stream), qemu10 (with commands), mapped (mapped-ram),
numa (a stream with two nodes), microvm, virsh, sparse (virsh save with mapped-ram), vmss,
vmem (with OUTPUT.vmsn beside it), or note (only the text of VMCOREINFO).
Each format is written according to the source of the format, independently of how kwalk reads it.
"""
import mmap
import struct
import sys

PT_LOAD, PT_NOTE = 1, 4
ZEROS = bytes(65536)


def read_elf(path):
    """Returns the ranges as (paddr, bytes), and the text of VMCOREINFO."""
    with open(path, "rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    wide = data[4] == 2
    phoff, = struct.unpack_from("<Q", data, 32) if wide else struct.unpack_from("<I", data, 28)
    size, count = struct.unpack_from("<HH", data, 54 if wide else 42)
    ranges, note = [], b""
    for i in range(count):
        at = phoff + i * size
        if wide:
            kind, _, offset, _, paddr, filesz = struct.unpack_from("<IIQQQQ", data, at)
        else:
            kind, offset, _, paddr, filesz = struct.unpack_from("<IIIII", data, at)
        content = memoryview(data)[offset:offset + filesz]
        if kind == PT_LOAD and filesz:
            ranges.append((paddr, content))
        elif kind == PT_NOTE:
            note = note or find_note(bytes(content))
    return ranges, note


def find_note(notes):
    at = 0
    while at + 12 <= len(notes):
        namesz, descsz, _ = struct.unpack_from("<III", notes, at)
        name = notes[at + 12:at + 12 + namesz]
        desc = at + 12 + (namesz + 3) // 4 * 4
        if name == b"VMCOREINFO\0":
            return notes[desc:desc + descsz].rstrip(b"\0")
        at = desc + (descsz + 3) // 4 * 4
    return b""


def put(out, content):
    """Writes zeros as holes, so that a large memory is written fast."""
    for at in range(0, len(content), len(ZEROS)):
        part = bytes(content[at:at + len(ZEROS)])
        if part == ZEROS[:len(part)]:
            out.seek(len(part), 1)
        else:
            out.write(part)
    out.truncate()


def write_raw(ranges, output):
    with open(output, "wb") as out:
        for paddr, content in ranges:
            out.seek(paddr)
            put(out, content)


def write_raws(ranges, output):
    for paddr, content in ranges:
        with open(f"{output}.{paddr:x}", "wb") as out:
            put(out, content)


def header(magic, version, paddr, size):
    return struct.pack("<IIQQQ", magic, version, paddr, paddr + size - 1, 0)


def write_lime(ranges, output):
    with open(output, "wb") as out:
        for paddr, content in ranges:
            out.write(header(0x4C694D45, 1, paddr, len(content)))
            put(out, content)


def crc_table():
    table = []
    for n in range(256):
        for _ in range(8):
            n = n >> 1 ^ (0x82F63B78 if n & 1 else 0)
        table.append(n)
    return table


CRC = crc_table()


def masked_crc(data):
    """CRC-32C, masked as in the snappy framing format."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = CRC[(crc ^ byte) & 255] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def varint(n):
    out = b""
    while n >= 128:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def snappy(data):
    """Compresses correctly, but not well: a run of one byte becomes copies, and all other data is stored as
    literals."""
    if len(data) > 64 and data.count(data[:1]) == len(data):
        out = varint(len(data)) + b"\0" + data[:1]
        left = len(data) - 1
        while left:
            part = min(left, 64)
            out += bytes([(part - 1) << 2 | 2, 1, 0])
            left -= part
        return out
    return varint(len(data)) + b"\xf4" + struct.pack("<H", len(data) - 1) + data


def chunk(kind, body):
    return bytes([kind]) + struct.pack("<I", len(body))[:3] + body


def frames(content, known):
    """Yields compressed and stored chunks in turn."""
    yield b"\xff\x06\0\0sNaPpY"
    for at in range(0, len(content), 65536):
        part = bytes(content[at:at + 65536])
        if part == ZEROS:
            part = ZEROS  # so that the hash is cached
        if part not in known:
            crc = struct.pack("<I", masked_crc(part))
            packed = snappy(part)
            stored = len(packed) > len(part) and at // 65536 % 2
            known[part] = chunk(1, crc + part) if stored else chunk(0, crc + packed)
        yield known[part]


def write_avml(ranges, output):
    known = {}
    block = 16 << 20
    with open(output, "wb") as out:
        for paddr, content in ranges:
            for at in range(0, len(content), block):
                part = content[at:at + block]
                out.write(header(0x4C4D5641, 2, paddr + at, len(part)))
                start = out.tell()
                out.writelines(frames(part, known))
                out.write(struct.pack("<Q", out.tell() - start))


def pages(ranges):
    for paddr, content in ranges:
        for at in range(0, len(content), 4096):
            yield paddr + at, bytes(content[at:at + 4096])


def string(text):
    return bytes([len(text)]) + text.encode()


def write_qemu(ranges, output, before=b"", machine=b"pc-i440fx-7.2", nodes=(("pc.ram", 0),), others=(), between=b""):
    """Writes the configuration, one start section with the blocks, and the pages in two parts, from the last page
    on. Some pages are first written with other content. 32M are below the hole of any machine. nodes: the names
    of blocks, and where each begins. between: sections before the last part."""
    size = max(paddr + len(content) for paddr, content in ranges)
    ends = [start for _, start in nodes[1:]] + [size]
    blocks = [(name, end - start) for (name, start), end in zip(nodes, ends)]
    blocks = sorted([*blocks, *others, ("vga.vram", 0x10000)], key=lambda block: -block[1])
    all_pages = list(pages(ranges))[::-1]
    with open(output, "wb") as out:
        out.write(before + b"QEVM" + struct.pack(">I", 3))
        out.write(b"\7" + struct.pack(">I", len(machine) + 1) + machine + b"\0")
        out.write(b"\5" + string("configuration/capabilities") + struct.pack(">II", 1, 1) + string("x-ignore"))
        out.write(b"\1" + struct.pack(">I", 2) + string("ram") + struct.pack(">II", 0, 4))
        out.write(struct.pack(">Q", sum(size for _, size in blocks) | 4))
        for name, length in blocks:
            out.write(string(name) + struct.pack(">Q", length))
        out.write(struct.pack(">Q", 8) + string("vga.vram") + b"v" * 4096)
        out.write(struct.pack(">Q", 0x10) + b"\x7e" + struct.pack(">I", 2))
        half, last = len(all_pages) // 2, None
        for kind, part in ((2, all_pages[:half]), (3, all_pages[half:])):
            out.write(between * (kind == 3))
            out.write(bytes([kind]) + struct.pack(">I", 2))
            for n, (paddr, content) in enumerate(part):
                block, start = [node for node in nodes if node[1] <= paddr][-1]
                name, flags = (b"", 0x20) if block == last else (string(block), 0)
                last, paddr = block, paddr - start
                if n % 7 == 0:
                    out.write(struct.pack(">Q", paddr | 8 | flags) + name + b"old!" * 1024)
                    name, flags = b"", 0x20
                if content.count(0) == 4096:
                    out.write(struct.pack(">Q", paddr | 2 | flags) + name + b"\0")
                else:
                    out.write(struct.pack(">Q", paddr | 8 | flags) + name + content)
            out.write(struct.pack(">Q", 0x10) + b"\x7e" + struct.pack(">I", 2))
        out.write(b"\4" + struct.pack(">I", 3) + string("timer") + struct.pack(">II", 0, 2) + b"more")


def write_qemu10(ranges, output):
    """Machines of QEMU 10.0 and later: commands, of which "switchover start" (11) comes before the last part."""
    write_qemu(ranges, output, machine=b"pc-i440fx-10.0",
               between=struct.pack(">BHHI", 8, 2, 4, 77) + struct.pack(">BHH", 8, 11, 0))


def write_mapped(ranges, output, before=b""):
    """The capability mapped-ram: migration/ram.c, mapped_ram_setup_ramblock(). Each block has a header, a bitmap and
    a place for each page; pages of zeros are not written."""
    machine = b"pc-i440fx-10.0"
    size = max(paddr + len(content) for paddr, content in ranges)
    blocks = [("pc.ram", size), ("vga.vram", 0x10000)]
    held = {paddr: content for paddr, content in pages(ranges) if content.count(0) != 4096}
    with open(output, "wb") as out:
        out.write(before + b"QEVM" + struct.pack(">I", 3))
        out.write(b"\7" + struct.pack(">I", len(machine) + 1) + machine + b"\0")
        out.write(b"\5" + string("configuration/capabilities") + struct.pack(">II", 1, 1) + string("mapped-ram"))
        out.write(b"\1" + struct.pack(">I", 2) + string("ram") + struct.pack(">II", 0, 4))
        out.write(struct.pack(">Q", sum(size for _, size in blocks) | 4))
        for name, length in blocks:
            out.write(string(name) + struct.pack(">Q", length))
            bits = bytearray(-(-length // 4096 // 64) * 8)
            bitmap = out.tell() + 28
            first = (bitmap + len(bits) + (1 << 20) - 1) & -(1 << 20)   # MAPPED_RAM_FILE_OFFSET_ALIGNMENT
            out.write(struct.pack(">IQQQ", 1, 4096, bitmap, first))
            for paddr, content in held.items() if name == "pc.ram" else ():
                bits[paddr >> 15] |= 1 << (paddr >> 12 & 7)
                out.seek(first + paddr)
                out.write(content)
            out.seek(bitmap)
            out.write(bits)
            out.truncate(first + length)
            out.seek(first + length)
        out.write(struct.pack(">Q", 0x10) + b"\x7e" + struct.pack(">I", 2) + struct.pack(">BHH", 8, 11, 0))
        out.write(b"\3" + struct.pack(">IQ", 2, 0x10) + b"\x7e" + struct.pack(">I", 2))
        out.write(b"\4" + struct.pack(">I", 3) + string("timer") + struct.pack(">II", 0, 2) + b"more")


def write_numa(ranges, output):
    write_qemu(ranges, output, machine=b"pc-q35-8.0", nodes=(("ram-node0", 0), ("ram-node1", 8 << 20)),
               others=(("memdimm0", 1 << 20), ("/rom@etc/acpi/tables", 0x20000)))


def write_microvm(ranges, output):
    write_qemu(ranges, output, machine=b"microvm", nodes=(("/objects/microvm.ram", 0),))


def write_virt(ranges, output):
    """Writes an arm64 machine, whose memory begins at 1 GiB."""
    base = 1 << 30
    write_qemu([(paddr - base, content) for paddr, content in ranges], output, machine=b"virt-7.2",
               nodes=(("mach-virt.ram", 0),))


def write_riscv_virt(ranges, output):
    """Writes a riscv64 machine, whose memory begins at 2 GiB."""
    base = 2 << 30
    write_qemu([(paddr - base, content) for paddr, content in ranges if content], output, machine=b"virt",
               nodes=(("riscv_virt_board.ram", 0),))


def libvirt_header(packing):
    """src/qemu/qemu_saveimage.c, virQEMUSaveDataWrite(): the header, and the XML with room for a longer one."""
    xml = b"<domain/>\0"
    return (b"LibvirtQemudSave" + struct.pack("<IIII", 2, len(xml), 1, packing)).ljust(92, b"\0") + xml


def write_virsh(ranges, output):
    write_qemu(ranges, output, libvirt_header(0))


def write_sparse(ranges, output):
    """With save_image_format = "sparse" (libvirt 11.2), QEMU itself writes to the file, after the header."""
    write_mapped(ranges, output, libvirt_header(6))


def tag(name, indices, kind):
    return (struct.pack("<H", len(name) << 8 | len(indices) << 6 | kind) + name.encode() +
            b"".join(struct.pack("<I", i) for i in indices))


def vmware_state(ranges, memory=b""):
    """Returns a state that contains the memory, or the state for the file that write_vmem() writes."""
    tags = tag("align_mask", [], 4) + struct.pack("<I", 0xffff)
    tags += tag("regionsCount", [], 4) + struct.pack("<I", len(ranges))
    page = 0
    for i, (paddr, content) in enumerate(ranges):
        for name, value in (("regionPageNum", page), ("regionPPN", paddr >> 12), ("regionSize", len(content) >> 12)):
            tags += tag(name, [i], 4) + struct.pack("<I", value)
        page += len(content) >> 12
    tags += tag("noise", [1, 2], 0x3f) + struct.pack("<QQH", 5, 5, 3) + b"pad" + b"noise"
    if memory:
        tags += tag("Memory", [], 0x3f) + struct.pack("<QQH", len(memory), len(memory), 7) + b"padding" + memory
    groups = [(b"Checkpoint", b"\0\0"), (b"memory", tags + b"\0\0")]
    at = 12 + 80 * len(groups)
    out = struct.pack("<III", 0xbed2bed2, 8, len(groups))
    for name, body in groups:
        out += struct.pack("<64sQQ", name, at, len(body))
        at += len(body)
    return out + b"".join(body for _, body in groups)


def write_vmss(ranges, output):
    with open(output, "wb") as out:
        put(out, vmware_state(ranges, b"".join(c for _, c in ranges)))


def write_vmem(ranges, output):
    with open(output, "wb") as out:
        for _, content in ranges:
            put(out, content)
    open(output + ".vmsn", "wb").write(vmware_state(ranges))


def main():
    form, dump, output = sys.argv[1:]
    ranges, note = read_elf(dump)
    if form == "note":
        open(output, "wb").write(note)
    else:
        {"raw": write_raw, "raws": write_raws, "lime": write_lime,
         "avml": write_avml, "qemu": write_qemu, "virt": write_virt, "riscv": write_riscv_virt,
         "virsh": write_virsh, "sparse": write_sparse, "qemu10": write_qemu10, "mapped": write_mapped, "numa": write_numa, "microvm": write_microvm,
         "vmss": write_vmss, "vmem": write_vmem}[form](ranges, output)


if __name__ == "__main__":
    main()
