#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""module_damage.py FILE FOLDER: writes damaged copies of a module file (ELF, 64 bits) into the
folder. For each it prints its name and a text that kwalk shows."""
import os
import struct
import sys

SECTION = struct.Struct("<IIQQQQIIQQ")
NAME, KIND, FLAGS, ADDRESS, OFFSET, SIZE, LINK, INFO, ALIGN, ENTRY = range(10)
RELA = struct.Struct("<QQq")
DAMAGED, LINES = "are damaged", "module.c:"


class Module:
    def __init__(self, content):
        self.content = bytearray(content)
        self.table, = struct.unpack_from("<Q", content, 40)
        count, names = struct.unpack_from("<HH", content, 60)
        rows = [SECTION.unpack_from(content, self.table + 64 * i) for i in range(count)]
        self.nr = {}
        for i, row in enumerate(rows):
            at = rows[names][OFFSET] + row[NAME]
            self.nr[content[at:content.index(0, at)].decode()] = i

    def section(self, name):
        return list(SECTION.unpack_from(self.content, self.table + 64 * self.nr[name]))

    def change(self, name, **to):
        row = self.section(name)
        for what, value in to.items():
            row[globals()[what]] = value
        SECTION.pack_into(self.content, self.table + 64 * self.nr[name], *row)
        return self

    def relocation(self, name, nr=0, offset=None, kind=None, symbol=None, addend=None):
        at = self.section(name)[OFFSET] + RELA.size * nr
        old = list(RELA.unpack_from(self.content, at))
        if offset is not None:
            old[0] = offset
        if kind is not None:
            old[1] = old[1] >> 32 << 32 | kind
        if symbol is not None:
            old[1] = old[1] & 0xffffffff | symbol << 32
        if addend is not None:
            old[2] = addend
        RELA.pack_into(self.content, at, *old)
        return self


def main():
    path, folder = sys.argv[1:]
    with open(path, "rb") as file:
        whole = file.read()
    os.mkdir(folder)

    def case(name, content, want):
        with open(f"{folder}/{name}.ko", "wb") as out:
            out.write(content)
        print(name, want)

    def damaged(name, want, change):
        module = Module(whole)
        change(module)
        case(name, module.content, want)

    line, info = ".rela.debug_line", ".rela.debug_info"
    size = len(whole)
    case("whole", whole, LINES)
    for i in range(1, 8):
        case(f"cut-{i}", whole[:size * i // 8], "kwalk: ")
    damaged("type", "a relocation (type 37) that is unknown", lambda m: m.relocation(line, kind=37))
    damaged("got", "a relocation (type 9) that is unknown", lambda m: m.relocation(info, 1, kind=9))
    damaged("outside", "outside the section", lambda m: m.relocation(line, offset=1 << 40))
    damaged("last-byte", "outside the section",
            lambda m: m.relocation(line, offset=m.section(".debug_line")[SIZE] - 3))
    damaged("wrapped", "outside the section", lambda m: m.relocation(line, offset=(1 << 64) - 4))
    damaged("symbol", "to a symbol that does not exist", lambda m: m.relocation(line, symbol=1 << 20))
    damaged("symbol-max", "to a symbol that does not exist",
            lambda m: m.relocation(line, symbol=0xffffffff))
    damaged("value", "whose value is too large", lambda m: m.relocation(info, addend=1 << 40))
    damaged("negative", "whose value is too large", lambda m: m.relocation(info, addend=-1))
    for value in (0, 1, 16, 1 << 40):
        damaged(f"entry-{value}", DAMAGED, lambda m, v=value: m.change(line, ENTRY=v))
    damaged("link", DAMAGED, lambda m: m.change(line, LINK=1))
    damaged("link-far", DAMAGED, lambda m: m.change(line, LINK=0xffffffff))
    damaged("size", DAMAGED, lambda m: m.change(line, SIZE=1 << 50))
    damaged("offset", DAMAGED, lambda m: m.change(line, OFFSET=1 << 50))
    damaged("target", "kwalk: ", lambda m: m.change(".debug_line", OFFSET=1 << 50))
    damaged("no-bits", "without debug information", lambda m: m.change(".debug_line", KIND=8))
    damaged("huge", "larger than any module", lambda m: m.change(".text", KIND=8, SIZE=1 << 63))
    damaged("no-symbols", "no symbol table", lambda m: m.change(".symtab", KIND=1))
    damaged("symbols-far", "no symbol table", lambda m: m.change(".symtab", OFFSET=1 << 50))
    damaged("strings-far", "kwalk: ", lambda m: m.change(".strtab", OFFSET=1 << 50))
    damaged("no-text", "is not used", lambda m: m.change(".text", FLAGS=2))
    # A section of relocations that is the section that they change: it is copied, and not changed.
    damaged("overlap", "kwalk: ", lambda m: m.change(
        ".debug_line", OFFSET=m.section(line)[OFFSET], SIZE=m.section(line)[SIZE]))
    damaged("overlap-headers", "thing_work [test_mod]", lambda m: m.change(
        ".debug_line", OFFSET=0, SIZE=len(whole)))
    damaged("overlap-symbols", "thing_work [test_mod]", lambda m: m.change(
        ".debug_line", OFFSET=m.section(".symtab")[OFFSET], SIZE=m.section(".symtab")[SIZE]))
    # All relocations together are not larger than the file.
    damaged("many", DAMAGED, lambda m: [
        m.change(name, KIND=4, OFFSET=0, SIZE=len(whole) // 24 * 24, ENTRY=24,
                 LINK=m.nr[".symtab"], INFO=m.nr[".debug_line"])
        for name in (".comment", ".rela.text", ".rela.debug_frame")])


main()
